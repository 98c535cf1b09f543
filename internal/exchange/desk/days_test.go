// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Whoever types a day of terms, wherever that is: every office reads that day, its form has it again, and keeping the form changes nothing.
func TestDaysOfTermsAreTheSameEverywhere(t *testing.T) {
	words, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	var first time.Time
	for _, name := range []string{"Europe/Athens", "Europe/Paris", "UTC", "America/Los_Angeles", "Pacific/Auckland"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		typed := dayOf(time.Date(2026, 11, 29, 0, 0, 0, 0, zone), zone) // as a form with days is read there
		if first.IsZero() {
			first = typed
		}
		if !typed.Equal(first) || day(first) != "2026-11-29" || inWords(words.Locale("en", zone), first) != "29 November 2026" {
			t.Errorf("%s: %s is written %s and %q", name, typed, day(first), inWords(words.Locale("en", zone), first))
		}
		moment := first.Add(90 * time.Minute)
		if !unchanged(typed, moment).Equal(moment) || !unchanged(typed.AddDate(0, 0, 1), moment).Equal(first.AddDate(0, 0, 1)) {
			t.Errorf("%s: a moment that nobody changed does not stay, or a day that was does", name)
		}
	}
}
