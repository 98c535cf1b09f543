// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/measure/source"
	columns "github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/figure"
)

// answering gives a source whose records answer anything, mostly what told figures ask about.
func answering(s source.Source) source.Source {
	g := rand.New(rand.NewPCG(7, uint64(len(s.Code))))
	s.Most = 1
	var all []source.Record
	for i := range 3000 {
		r := source.Record{Person: journal.ID{byte(i), byte(i >> 8), 1}, On: source.Year(2025).From, Says: map[string][]string{}}
		for _, c := range s.Columns {
			v := append(slices.Clone(c.Values), "")[g.IntN(len(c.Values)+1)]
			if c.List == "country" && g.IntN(2) == 0 {
				v = "AL"
			}
			r.Says[c.Code] = []string{v}
		}
		all = append(all, r)
	}
	s.Read = func(_ context.Context, _ store.Who, p source.Period, add func(source.Record) error) error {
		for _, r := range all {
			if err := add(r); err != nil {
				return err
			}
		}
		return nil
	}
	return s
}

// TestWhatIsToldIsKnownByItsRecords holds what is said of each told number, which later releases rest on, against how it is counted.
func TestWhatIsToldIsKnownByItsRecords(t *testing.T) {
	w := newWorld(t, "athens", "court")
	all := slices.Concat(w.n.sources(w.offices["athens"]), w.n.sources(w.offices["court"]))
	for _, m := range figure.Measures() {
		numbers, of := map[string]int64{}, 0
		coded := map[string]coding{}
		for _, c := range tallies[m.Code] {
			s, err := all.Find(c.source)
			if err != nil {
				continue // another kind of office counts it
			}
			s = answering(s)
			q := query.Query{Source: s.Code, Version: s.Version, From: "2025-01-01", Until: "2025-12-31", By: c.by, Where: c.narrows(where(m.Code, "GR", "AL"))}
			f, err := query.Run(t.Context(), source.Sources{s}, store.Who{}, q)
			w.must(err)
			c.put(f, func(cell string, n int64) { numbers[cell] += n })
			coded[s.Code] = coding{w, s}
		}
		for _, code := range m.Cells() {
			answers, src := counted(m.Code, code, "GR", "AL")
			c, there := coded[src]
			if !there {
				continue
			}
			if got := c.count(answers); got != numbers[code] {
				t.Errorf("%s %s: %d are counted, and %d of what is said of it %v", m.Code, code, numbers[code], got, answers)
			}
			of++
		}
		if of < 3 {
			t.Errorf("%s: only %d numbers", m.Code, of)
		}
	}
}

// coding counts a source's records by its columns as they are coded.
type coding struct {
	w *world
	s source.Source
}

func (c coding) count(answers map[string][]string) (n int64) {
	c.w.Helper()
	r, err := c.s.Coded(c.w.Context(), store.Who{}, source.Year(2025))
	c.w.must(err)
	for row := range r.Len() {
		in := true
		for at, col := range r.Domain.Columns {
			if want, there := answers[col.Name]; there {
				in = in && slices.Contains(want, col.Values[r.Column(at)[row]])
			}
		}
		for name := range answers {
			in = in && slices.ContainsFunc(r.Domain.Columns, func(x columns.Column) bool { return x.Name == name })
		}
		if in {
			n++
		}
	}
	return n
}
