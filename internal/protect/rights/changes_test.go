// SPDX-License-Identifier: EUPL-1.2

package rights_test

import (
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

func TestChangesNameWhatDiffersAndWhere(t *testing.T) {
	const signed = "Hello.\n\n## Rest\n\nAt least 30 days.\n\n## Help\n\nIt is free."
	for name, c := range map[string]struct {
		now  string
		want []page.Change
	}{
		"nothing":           {signed, nil},
		"a paragraph":       {"Hello.\n\n## Rest\n\nAt least 3 months.\n\n## Help\n\nIt is free.", []page.Change{{Term: "Rest", Before: "At least 30 days.", After: "At least 3 months."}}},
		"one more":          {signed + "\n\nAlways.", []page.Change{{Term: "Help", After: "Always."}}},
		"one less":          {"## Rest\n\nAt least 30 days.\n\n## Help\n\nIt is free.", []page.Change{{Before: "Hello."}}},
		"a heading as well": {"Hello.\n\n## Time\n\nAt least 30 days.\n\n## Help\n\nIt is free.", []page.Change{{Term: "Time", Before: "Rest", After: "Time"}}},
	} {
		if got := rights.Changes(signed, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWhoSignsAgainSeesWhatChanged(t *testing.T) {
	p := newPages(t, false)
	p.sign("GR", "en")
	p.has(p.body(p.get("/rights-texts/GR/en", "en"), 200), false, "Changed since the last signature")
	p.has(p.body(p.get("/rights-texts/GR/en", "en"), 200), true, "/rights/GR?lang=en")
	p.rewrite("GR", "en")
	b := p.body(p.get("/rights-texts/GR/en", "en"), 200)
	p.has(b, true, "Changed since the last signature", "<del>", "Sign these words")
	p.has(b, false, "See the public page")
}
