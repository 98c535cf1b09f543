// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/packs/collections"
)

// Every source, column and answer that an office can count has its words in both languages, its domain can be counted, and
// its records are read by the job that counts; a programme office counts nobody.
func TestWhatOfficesCountHasItsWords(t *testing.T) {
	w := newWorld(t, "athens")
	for _, kind := range access.OfficeKinds() {
		all := w.n.sources(Owner{Kind: kind})
		if kind == access.Programme && len(all) > 0 {
			t.Errorf("a programme office counts %d sources", len(all))
		}
		for _, s := range all {
			if err := s.Domain().Validate(); err != nil || s.Version == "" || s.Most < 1 || len(s.Kinds) == 0 {
				t.Errorf("%s: %v", s.Code, err)
			}
			for _, tag := range []string{"en", "fr"} {
				l := w.n.inLanguage(tag)
				keys := []string{"measure.source." + s.Code, "measure.source." + s.Code + ".means"}
				for _, c := range s.Columns {
					keys = append(keys, "measure.column."+c.Code)
					for _, v := range c.Values {
						if word := query.Answer(l, c, v); c.List == "country" && word == v || c.List != "country" && !l.Has(c.List+"."+v) {
							t.Errorf("%s: no word for %s of %s.%s", tag, v, s.Code, c.Code)
						}
					}
				}
				for _, k := range keys {
					if !l.Has(k) {
						t.Errorf("%s lacks %s", tag, k)
					}
				}
				q := query.Query{Source: s.Code, Version: s.Version, From: "2026-01-01", Until: "2026-12-31", Where: map[string][]string{s.Columns[0].Code: {s.Columns[0].Values[0], source.Unknown}}, By: []string{s.Columns[1].Code}, Share: true}
				if said := q.Say(l, s); said.Title == "" || !strings.Contains(said.Population, l.T("count.unknown")) || !strings.Contains(said.Period, "2026") || len(said.Means) < 2 {
					t.Errorf("%s says %+v", s.Code, said)
				}
			}
		}
	}
}

// TestWhatBodiesAskForCanBeCounted: each source and column that a collection names is one of an office of some kind.
func TestWhatBodiesAskForCanBeCounted(t *testing.T) {
	w := newWorld(t, "athens")
	var all source.Sources
	for _, kind := range access.OfficeKinds() {
		all = append(all, w.n.sources(Owner{Kind: kind})...)
	}
	asked, err := collections.All()
	w.must(err)
	for _, c := range asked {
		for code, columns := range c.Wants {
			s, err := all.Find(code)
			if err != nil {
				t.Errorf("%s wants %s, which nobody counts", c.ID, code)
			}
			for _, x := range columns {
				if !slices.ContainsFunc(s.Columns, func(own source.Column) bool { return own.Code == x }) {
					t.Errorf("%s wants %s of %s, which it does not say", c.ID, x, code)
				}
			}
		}
	}
}
