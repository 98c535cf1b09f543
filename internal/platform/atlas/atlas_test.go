// SPDX-License-Identifier: EUPL-1.2

package atlas

import (
	"regexp"
	"slices"
	"testing"
)

func TestTheRegionIsWhole(t *testing.T) {
	m := Region()
	at := map[string]Territory{}
	shape := regexp.MustCompile(`^(M-?\d+ -?\d+(l-?\d+ -?\d+)+z)+$`)
	for _, x := range m.Territories {
		at[x.Code] = x
		if !shape.MatchString(x.D) {
			t.Errorf("%s: no closed path", x.Code)
		}
	}
	for _, code := range []string{"AL", "BA", "BG", "HR", "GR", "XK", "MK", "MD", "ME", "RO", "RS"} {
		x, ok := at[code]
		if !ok {
			t.Errorf("%s is missing", code)
		} else if x.Label[0] < 0 || x.Label[0] > m.Width || x.Label[1] < 0 || x.Label[1] > m.Height {
			t.Errorf("%s is labelled outside of the map: %v", code, x.Label)
		}
	}
	if len(file) > 60_000 {
		t.Errorf("the map has %d bytes: too many for a bad connection", len(file))
	}
}

func TestLinesSayWhatIsDisputed(t *testing.T) {
	i := slices.IndexFunc(Region().Lines, func(l Line) bool { return l.Kind == "disputed" })
	if i < 0 || Region().Lines[i].D == "" {
		t.Fatal("the line towards Kosovo is drawn as any other")
	}
}
