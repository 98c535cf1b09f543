// SPDX-License-Identifier: EUPL-1.2

package release_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// quarter gives the n-th of 2025.
func quarter(n int) source.Period {
	from := time.Date(2025, time.Month(3*n-2), 1, 0, 0, 0, 0, time.UTC)
	return source.Period{From: from, Until: from.AddDate(0, 3, 0)}
}

// lateOne leaves one record in the last quarter of 2025, and gives how many are in each.
func (w *world) lateOne() (counts [5]int64) {
	w.records = nil
	w.people(2025, 400)
	for i := range w.records {
		r := &w.records[i]
		if r.On.Month() > 9 && counts[4] > 0 {
			r.On = r.On.AddDate(0, -3, 0)
		}
		counts[(int(r.On.Month())+2)/3]++
	}
	return counts
}

// told gives tables of one number each: how many records there were in a quarter, or of it along an answer; small numbers read
// "fewer than ten".
func told(counts [5]int64, of map[string][]string) (out []release.Told) {
	for q, n := range counts {
		if q == 0 {
			continue
		}
		known := exact.Known(n)
		if n < 10 {
			known = exact.Below(10)
		}
		out = append(out, release.Told{ID: fmt.Sprint(q), Period: quarter(q), Numbers: []release.Number{{Known: known, Of: of}}})
	}
	return out
}

// left is what somebody knows of the last quarter who takes the three others from what was published of the year: nothing, from
// 0 to more than anybody asks, where the year's number was not told.
func left(c bundle.Cell, counts [5]int64) exact.Range {
	before := counts[1] + counts[2] + counts[3]
	switch {
	case c.Flag == "" && c.Value != nil:
		return exact.Known(int64(*c.Value) - before)
	case c.Flag == bundle.Rounded:
		return exact.Range{Low: max(0, int64(*c.Low)-before), High: int64(*c.High) - before}
	}
	return exact.Withheld()
}

// TestAReleaseTellsNothingOfAToldNumber: three quarters were told, the fourth, of one record, as fewer than ten. A release of the
// year differs from what was told by that record, and must not give it away; without being held against what was told, it does.
func TestAReleaseTellsNothingOfAToldNumber(t *testing.T) {
	for _, method := range release.Methods() {
		for _, holds := range []bool{true, false} {
			w := newWorld(t)
			counts := w.lateOne()
			if holds {
				w.desk.Told = func(_ context.Context, _ store.Who, s source.Source) ([]release.Told, error) {
					return told(counts, nil), nil
				}
			}
			s := w.drawn(counted("2025-01-01", "2025-12-31", method))
			if s.Status() != release.Drawn {
				t.Fatalf("%s, held against it %v: %s %+v", method, holds, s.Status(), s.End)
			}
			if len(s.Made.Earlier) != 0 {
				t.Errorf("what was told is no release: %v", s.Made.Earlier)
			}
			b, err := w.desk.Files(t.Context(), w.person(1, "rapporteur"), s)
			w.must(err)
			x, _, err := release.Read(b)
			w.must(err)
			got := left(cells(t, x.Tables, "")[0], counts)
			if holds && (got.Width() < 10 || got.Low > 1 || got.High < 1) {
				t.Errorf("%s: of one record it is known that there are %d to %d", method, got.Low, got.High)
			}
			if method == "suppressed" && !holds && got != exact.Known(1) {
				t.Errorf("the attack finds nothing where nothing stands against it: %v", got)
			}
		}
	}
}

// TestToldAnswersAreLinked: what was told is of some answers of a column only, joined, and of a time that contains the release's.
func TestToldAnswersAreLinked(t *testing.T) {
	w := newWorld(t)
	counts := w.lateOne()
	var children [5]int64
	for _, r := range w.records {
		if a := r.Says["age"]; a[0] != "adult" {
			children[(int(r.On.Month())+2)/3]++
		}
	}
	children[4] = 0
	for i := range w.records { // the late one is an adult
		if r := &w.records[i]; r.On.Month() > 9 {
			r.Says["age"] = []string{"adult"}
		}
	}
	of := map[string][]string{"age": {"child", "unknown"}}
	w.desk.Told = func(context.Context, store.Who, source.Source) ([]release.Told, error) {
		year := release.Told{ID: "year", Period: source.Year(2025), Numbers: []release.Number{
			{Known: exact.Known(counts[1] + counts[2] + counts[3] + counts[4])}, {Known: exact.AtLeast(0), Of: map[string][]string{"age": {"adult"}}}, {Known: exact.Known(5), Of: map[string][]string{"nothing": {"x"}}}}}
		return append(told(children, of), year), nil
	}
	s := w.drawn(counted("2025-01-01", "2025-12-31", "suppressed"))
	if s.Status() != release.Drawn {
		t.Fatalf("%s %+v", s.Status(), s.End)
	}
	b, err := w.desk.Files(t.Context(), w.person(1, "rapporteur"), s)
	w.must(err)
	x, _, err := release.Read(b)
	w.must(err)
	if total := cells(t, x.Tables, "")[0]; total.Value == nil {
		t.Errorf("what was told as it is, is withheld: %+v", total)
	}
	age := cells(t, x.Tables, "age") // child, adult, unknown
	if age[0].Value != nil && age[2].Value != nil || age[1].Value != nil {
		t.Errorf("children of the last quarter can be calculated: %+v", age)
	}
}

// TestMoreThanCanBeCheckedIsRefusedBeforeItIsCounted: protected counts of long lists, as a plan and together with what was told.
func TestMoreThanCanBeCheckedIsRefusedBeforeItIsCounted(t *testing.T) {
	w := newWorld(t)
	long := w.persons()
	long.Columns = append(long.Columns, source.Column{Code: "place", List: "country"})
	for i := range 400 {
		long.Columns[len(long.Columns)-1].Values = append(long.Columns[len(long.Columns)-1].Values, fmt.Sprint("p", i))
	}
	w.desk.Sources = func(context.Context, journal.ID) source.Sources { return source.Sources{long} }
	a := counted("2025-01-01", "2025-12-31", "suppressed")
	a.Columns, a.Ways = []string{"sex", "age", "place"}, 3
	_, err := w.desk.Plan(t.Context(), w.owner, a)
	if f := new(fault.Fault); !errors.As(err, &f) || f.Kind != fault.Invalid || f.Fields[0].Key != "release.want.fewer_exact" {
		t.Fatalf("%v", err)
	}
	a.Ways = 2
	if _, err := w.desk.Plan(t.Context(), w.owner, a); err != nil {
		t.Fatalf("what can be checked is refused: %v", err)
	}
	w.desk.Told = func(context.Context, store.Who, source.Source) (out []release.Told, err error) {
		for q := 1; q < 5; q++ {
			out = append(out, release.Told{ID: fmt.Sprint(q), Period: quarter(q), Numbers: []release.Number{{Known: exact.AtLeast(0)}}})
		}
		return out, nil
	}
	if s := w.drawn(a); s.Status() != release.Broken || s.End.Reason != "linked" {
		t.Errorf("%s %+v", s.Status(), s.End)
	}
}
