// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/programme/measure"
)

// TestPlansOfDifferentNamesNeverBecomeOne, whatever their names have in common: each stands once, under an address of its own, and
// no measure is lost.
func TestPlansOfDifferentNamesNeverBecomeOne(t *testing.T) {
	word := rapid.SampledFrom([]string{"Plan", "plan", "PLAN", "1", "2", "10", "1.2", "1-2", "a", "A", "b", "é", "e", "of", "de", "№", "–", "/", "  ", "Σχέδιο", "План", "inter-ministerial", strings.Repeat("long", 10)})
	rapid.Check(t, func(t *rapid.T) {
		source := []strategy{{Code: "nap2", Title: text("Second plan of everything")}}
		var plans []measure.Plan
		keys := map[string]bool{}
		for _, ws := range rapid.SliceOfN(rapid.SliceOfN(word, 1, 5), 1, 12).Draw(t, "names") {
			name := strings.Join(ws, " ")
			if strings.TrimSpace(name) == "" {
				continue
			}
			plans, keys[spelt(name)] = append(plans, measure.Plan{Name: name, N: 1}), true
		}
		all := withPlans(slices.Clone(source), plans)
		if len(all) != len(source)+len(keys) {
			t.Fatalf("%d names became %d plans: %+v", len(keys), len(all)-len(source), all)
		}
		codes, n := map[string]bool{}, 0
		for _, x := range all {
			if x.Code == "" || codes[x.Code] || strings.ContainsAny(x.Code, "/ ?#.") {
				t.Fatalf("the address %q is none, or of two plans", x.Code)
			}
			codes[x.Code], n = true, n+x.N
			for _, p := range x.Plans {
				if spelt(p.Name) != spelt(x.Plans[0].Name) {
					t.Fatalf("%q and %q are one plan", p.Name, x.Plans[0].Name)
				}
			}
		}
		if n != len(plans) {
			t.Fatalf("%d measures of %d", n, len(plans))
		}
	})
}

// TestAPlanMeansTheStrategyWhoseTitleItNames, and of several the nearest; a number that goes on is another's.
func TestAPlanMeansTheStrategyWhoseTitleItNames(t *testing.T) {
	all := []strategy{{Code: "nap", Title: text("National action plan")}, {Code: "nap2", Title: text("National action plan 2")}, {Code: "joint", Title: text("Joint strategy of two countries")}, {Code: "other", Title: text("Joint strategy of three countries")}}
	for name, want := range map[string]string{"nap2": "nap2", "NATIONAL  action plan": "nap", "National action plan 2": "nap2", "National action plan 2, first part": "nap2", "National action plan 20": "", "National action plan 2019-2021": "nap",
		"National action planning": "", "Joint strategy of two": "joint", "Joint strategy": "", "Joint strategy of": "", "Joint str": "", "Joint strategy of three countries (draft)": "other", "№ 1": ""} {
		got := ""
		if i := meant(all, name); i >= 0 {
			got = all[i].Code
		}
		if got != want {
			t.Errorf("%q means %q, want %q", name, got, want)
		}
	}
}
