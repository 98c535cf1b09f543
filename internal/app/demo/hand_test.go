// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// TestTurnsAreDoneBySomebodyInWordsOnTheScreen fails for a worker who has no place at the office, and for words that
// no catalogue has.
func TestTurnsAreDoneBySomebodyInWordsOnTheScreen(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	words := 0
	for _, x := range turns {
		o := offices[x.place]
		if !slices.ContainsFunc(o.People, func(p person) bool { return p.Login == x.login }) {
			t.Errorf("%s does not work at %s", x.login, o.Name)
		}
		l := b.Locale(o.Language, time.UTC)
		for _, does := range x.does {
			for _, m := range screenWord.FindAllStringSubmatch(does, -1) {
				words++
				if !l.Has(m[1]) {
					t.Errorf("%s: no screen says %s", x.login, m[1])
				}
			}
		}
	}
	if words < 20 {
		t.Errorf("only %d words of the screen are told", words)
	}
}
