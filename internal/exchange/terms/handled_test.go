// SPDX-License-Identifier: EUPL-1.2

package terms

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// TestWhatCameIsHandledUnderTheTermsOfItsPurpose: those in force; after these the last that both signed; never those of another
// purpose, of the other direction, or that one of the two has not signed.
func TestWhatCameIsHandledUnderTheTermsOfItsPurpose(t *testing.T) {
	us, them := journal.ID{1}, journal.ID{2}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	of := func(handling, purpose string, from, to journal.ID, begins time.Time, signatures int) State {
		s := State{Document: Document{Handling: handling, From: begins, Until: begins.AddDate(1, 0, 0), Grants: []Grant{{From: from, To: to, Purpose: purpose}}}, Signatures: map[journal.ID]string{}}
		for i := range signatures {
			s.Signatures[journal.ID{byte(i + 1)}] = "s"
		}
		return s
	}
	old, now := of("H1", "request", them, us, day.AddDate(-3, 0, 0), 2), of("H3", "request", them, us, day, 2)
	for name, x := range map[string]struct {
		all  []State
		want string
	}{
		"in force":        {[]State{old, now}, "H3"},
		"over":            {[]State{of("H2", "request", them, us, day.AddDate(-5, 0, 0), 2), old}, "H1"},
		"other purpose":   {[]State{of("H1", "letter", them, us, day, 2)}, ""},
		"other direction": {[]State{of("H1", "request", us, them, day, 2)}, ""},
		"half signed":     {[]State{of("H1", "request", them, us, day, 1)}, ""},
	} {
		if got := handled(x.all, us, day.AddDate(0, 1, 0), them, "request"); got != x.want {
			t.Errorf("%s: %q, not %q", name, got, x.want)
		}
	}
}
