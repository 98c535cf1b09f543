// SPDX-License-Identifier: EUPL-1.2

package agreements_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/packs/agreements"
)

// TestModelsAreWholeInBothLanguages: every paragraph has its place once and its words in both, with the same choices open.
func TestModelsAreWholeInBothLanguages(t *testing.T) {
	models, err := agreements.Models()
	if err != nil || len(models) != 7 {
		t.Fatal(len(models), err)
	}
	for code, m := range models {
		seen, carried := map[string]bool{}, map[string]bool{}
		for _, p := range m.Paragraphs {
			if p.ID == "" || seen[p.ID] {
				t.Errorf("%s: paragraph %q stands twice or has no name", code, p.ID)
			}
			seen[p.ID] = true
			if p.Term != "" {
				if carried[p.Term] || p.Heading || !slices.Contains(agreements.Terms(), p.Term) {
					t.Errorf("%s %s: carried out by %q", code, p.ID, p.Term)
				}
				carried[p.Term] = true
			}
			for _, l := range agreements.Languages() {
				if s := p.In(l); s == "" || s != strings.TrimSpace(s) {
					t.Errorf("%s %s: no %s", code, p.ID, l)
				}
			}
			if strings.Count(p.FR, "[") != strings.Count(p.EN, "[") {
				t.Errorf("%s %s: other choices in one language than in the other", code, p.ID)
			}
		}
		if len(m.Sources) == 0 || m.Verified {
			t.Errorf("%s names no sources, or says that somebody verified it", code)
		}
		if code != "liaison" && len(carried) != len(agreements.Terms()) {
			t.Errorf("%s leaves out something that terms enforce: %v", code, carried)
		}
		for _, l := range agreements.Languages() {
			if m.Title[l] == "" {
				t.Errorf("%s has no title in %s", code, l)
			}
		}
	}
}
