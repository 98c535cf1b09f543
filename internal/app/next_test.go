// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// Her rights come next once somebody screened or presumed, whatever the result, until they were explained.
func TestHerRightsComeNextAfterAScreening(t *testing.T) {
	b, err := lang.Load()
	must(t, err)
	screened := screening.State{Screenings: []screening.Screening{{}}}
	for name, x := range map[string]struct {
		p    casework.Person
		want bool
	}{
		"new":       {casework.Person{}, false},
		"screened":  {casework.Person{Beside: map[string]any{"screening": screened}}, true},
		"presumed":  {casework.Person{PresumedAt: time.Unix(1, 0)}, true},
		"explained": {casework.Person{Beside: map[string]any{"screening": screened, "rights": rights.State{Told: []rights.Told{{}}}}}, false},
	} {
		for tag, title := range map[string]string{"en": "Explain her rights", "fr": "Lui expliquer ses droits"} {
			got := nextOfRights(b.Locale(tag, time.UTC), x.p)
			if (len(got) == 1) != x.want || x.want && (got[0].Title != title || !strings.HasSuffix(got[0].Href, "/rights/informed")) {
				t.Errorf("%s, %s: %+v", name, tag, got)
			}
		}
	}
}
