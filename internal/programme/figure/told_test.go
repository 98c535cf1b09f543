// SPDX-License-Identifier: EUPL-1.2

package figure_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// numbers draws what an office counted for a measure: every part, and the totals that follow.
func numbers(t *rapid.T, m figure.Measure) map[string]int64 {
	out := map[string]int64{}
	total := rapid.Int64Range(0, 60).Draw(t, "total")
	for _, s := range m.Sums {
		n, ok := out[s.Total]
		if !ok {
			n = total
			out[s.Total] = n
		}
		left := n
		for _, p := range s.Parts {
			if v, ok := out[p]; ok {
				left -= v
			}
		}
		for i, p := range s.Parts {
			if _, ok := out[p]; ok {
				continue
			}
			v := left
			if i < len(s.Parts)-1 && slices.ContainsFunc(s.Parts[i+1:], func(p string) bool { _, known := out[p]; return !known }) {
				v = rapid.Int64Range(0, left).Draw(t, p)
			}
			out[p], left = v, left-v
		}
	}
	return out
}

// addUp says whether numbers hold a measure's sums: not all that are drawn do, where sums cross.
func addUp(m figure.Measure, n map[string]int64) bool {
	for _, s := range m.Sums {
		var sum int64
		for _, p := range s.Parts {
			if n[p] < 0 {
				return false
			}
			sum += n[p]
		}
		if sum != n[s.Total] {
			return false
		}
	}
	return true
}

// Whatever an office counted, what is told of it passes the other side's audit, tells no number below the threshold, and
// holds the truth.
func TestWhatIsToldOfATableTellsNobody(t *testing.T) {
	checked := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(figure.Measures()).Draw(t, "measure")
		n, k := numbers(t, m), rapid.IntRange(3, 12).Draw(t, "k")
		if !addUp(m, n) {
			return
		}
		checked[m.Code]++
		cells, err := m.Protect(context.Background(), n, k, nil)
		if err != nil {
			t.Fatalf("%v: %v", n, err)
		}
		x := table(m, cells, k)
		if err := x.Check(context.Background()); err != nil {
			t.Fatalf("%v as %v: %v", n, cells, err)
		}
		told, err := x.Ranges(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for code, v := range n {
			if r := told[code]; v < r.Low || !r.Open && v > r.High || v < int64(k) && r.Exact() {
				t.Fatalf("%s is %d, told as %q", code, v, cells[code])
			}
		}
		if again, err := m.Protect(context.Background(), n, k, nil); err != nil || !maps.Equal(cells, again) {
			t.Fatalf("another time %v: %v", again, err)
		}
	})
	if len(checked) < 4 {
		t.Errorf("only %v were drawn", checked)
	}
}

func table(m figure.Measure, cells map[string]string, k int) figure.Table {
	x := figure.Table{Measure: m.Code, From: "GR", Period: "2026-Q1", K: k, Cells: cells, Queries: []string{strings.Repeat("a", 64)}}
	if m.Corridor {
		x.To = "AL"
	}
	if m.Yearly {
		x.Period = "2026"
	}
	return x
}

// rights tells of n people, of whom some were told, applied and received.
func rights(cells string) figure.Table {
	m, _ := figure.Find("rights")
	out := map[string]string{}
	for i, v := range strings.Fields(cells) {
		out[m.Cells()[i]] = v
	}
	return table(m, out, 10)
}

func TestTheOtherSideAudits(t *testing.T) {
	good := rights("40 30 10 <10 withheld 12 28") // people, told and not, applied and not, received and not
	for name, x := range map[string]figure.Table{
		"a number below the threshold": rights("40 35 5 <10 withheld 12 28"),
		"what can be calculated":       rights("40 30 10 <10 35 12 28"),
		"sums that do not hold":        rights("40 30 12 <10 withheld 12 28"),
		"one too few":                  rights("40 30 10 <10 withheld 12"),
		"another threshold":            rights("40 30 10 <5 withheld 12 28"),
		"not measured":                 rights("40 30 10 not_measured withheld 12 28"),
	} {
		if err := x.Check(context.Background()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := good.Check(context.Background()); err != nil { // who did not apply is one of ten numbers, from 31 to 40
		t.Error(err)
	}
	for field, change := range map[string]func(*figure.Table){
		"measure": func(x *figure.Table) { x.Measure = "salaries" }, "period": func(x *figure.Table) { x.Period = "2026" }, "from": func(x *figure.Table) { x.To = "AL" },
		"queries": func(x *figure.Table) { x.Queries = nil }, "k": func(x *figure.Table) { x.K = 1 },
	} {
		x := rights("40 30 10 20 20 12 28")
		change(&x)
		if err := x.Check(context.Background()); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestATableArrivesOnceAndTheLastCounts(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	tell := func(x figure.Table) int {
		r, err := figure.Tell(o.Ctx, o.Store, o.Post, athens, o.Clock.Now(), x)
		o.Must(err)
		return len(r.Appended)
	}
	first := o.Clock.Now()
	if tell(rights("40 30 10 20 20 12 28")) != 1 || tell(rights("40 30 10 20 20 12 28")) != 0 {
		t.Error("the same table is stored twice")
	}
	o.Clock.Advance(time.Hour)
	tell(rights("60 45 15 30 30 25 35"))
	if _, err := figure.Tell(o.Ctx, o.Store, o.Post, athens, first, rights("40 30 10 20 20 12 28")); err != nil {
		t.Fatal(err)
	}
	all, err := figure.Tellings(o.Ctx, o.Store, o.Reader, "rights")
	o.Must(err)
	if len(all) != 1 || all[0].Cells["people"] != "60" || all[0].Office != athens || all[0].Cells["told"] != "45" {
		t.Fatalf("%+v", all)
	}
	if old, err := figure.List(o.Ctx, o.Store, o.Reader, ""); err != nil || len(old) != 0 {
		t.Errorf("%d figures of corridors: %v", len(old), err)
	}
	for _, w := range []func() error{
		func() error {
			_, err := figure.Tell(o.Ctx, o.Store, o.Officer, athens, o.Clock.Now(), rights("80 50 30 30 50 25 55"))
			return err
		},
		func() error {
			_, err := figure.Tell(o.Ctx, o.Store, o.Reader, athens, o.Clock.Now(), rights("80 50 30 30 50 25 55"))
			return err
		},
	} {
		if err := w(); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else than the post: %v", err)
		}
	}
}

// A table that differs by less than the threshold somewhere is not told: the difference would be.
func TestASmallChangeIsNotTold(t *testing.T) {
	was := rights("40 30 10 20 20 12 28")
	for cells, near := range map[string]bool{"40 30 10 20 20 12 28": false, "41 31 10 20 21 12 29": true, "60 45 15 30 30 25 35": true, "60 40 20 30 30 22 38": false, "60 40 20 30 30 <10 withheld": false} {
		if x := rights(cells); x.Near(was) != near {
			t.Errorf("%s after %v: near %v", cells, was.Cells, !near)
		}
	}
}
