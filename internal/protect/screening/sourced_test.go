// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/packs/indicators"
)

// TestWhatWasObservedTellsWhereItsSourceHasIt, for a list that was drawn up from a report.
func TestWhatWasObservedTellsWhereItsSourceHasIt(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		i    indicators.Indicator
		want string
	}{{indicators.Indicator{Weight: "S", Page: "42-43"}, "strong; page 42-43 of the source"}, {indicators.Indicator{Page: "7"}, "page 7 of the source"}, {indicators.Indicator{Weight: "S"}, "strong"}, {indicators.Indicator{}, ""}} {
		if got := sourced(b.Locale("en", nil), c.i); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}
