// SPDX-License-Identifier: EUPL-1.2

package bundle

import (
	"math"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
)

// Flags of cells.
const (
	Estimated = "estimated"
	Noise     = "noise" // zero lies within the interval
	Below     = "below"
	Hidden    = "withheld"
	Rounded   = "rounded"
)

// digits is to what numbers of the route pooled are written: a hundredth, far below any noise. Sums of many cells differ from
// the number beside them by no more than half of it for each.
const digits = 100

func written(v float64) *float64 {
	v = math.Round(v*digits) / digits
	if v == 0 {
		v = 0 // never -0
	}
	return &v
}

// Estimates gives every table that a release measured, smaller ones first, with the interval of each cell.
func Estimates(r *pooled.Release) (Tables, error) {
	var out Tables
	for _, x := range r.Plan.Parts {
		e, err := r.Table(x.Set)
		if err != nil {
			return out, err
		}
		t := Table{Columns: names(r.Plan.Domain, x.Set), Cells: make([]Cell, len(e.Values))}
		for c, v := range e.Values {
			low, high := e.Interval(c)
			t.Cells[c] = Cell{Value: written(v), Low: written(low), High: written(high), Flag: Estimated}
			if low <= 0 {
				t.Cells[c].Flag = Noise
			}
		}
		out.Tables = append(out.Tables, t)
	}
	return out, nil
}

func names(d table.Domain, s table.Set) []string {
	out := make([]string, len(s))
	for i, c := range s {
		out[i] = d.Columns[c].Name
	}
	return out
}

// Suppressed gives the tables of a linked system as Protect gave them. found is what the audit says of each cell: between which
// numbers one that is not shown lies for whoever calculates.
func Suppressed(d table.Domain, l exact.Linked, published []exact.Range, found []exact.Finding, k int64) Tables {
	return linked(d, l, func(c int) Cell {
		r := published[c]
		if r.Width() == 1 {
			return Cell{Value: number(r.Low)}
		}
		out := Cell{Flag: Hidden}
		if r == exact.Below(k) {
			out.Flag = Below
		}
		out.Low = number(found[c].Low)
		if found[c].High < exact.MostValue {
			out.High = number(found[c].High)
		}
		return out
	})
}

// RoundedTo gives the tables of a linked system as Round gave them.
func RoundedTo(d table.Domain, l exact.Linked, published []int64, base int64) Tables {
	known := exact.Rounded(published, base)
	return linked(d, l, func(c int) Cell {
		return Cell{Value: number(published[c]), Low: number(known[c].Low), High: number(known[c].High), Flag: Rounded}
	})
}

func number(v int64) *float64 {
	f := float64(v)
	return &f
}

func linked(d table.Domain, l exact.Linked, cell func(c int) Cell) (out Tables) {
	for _, s := range l.Sets {
		from, to, _ := l.Table(s)
		t := Table{Columns: names(d, s)}
		for c := from; c < to; c++ {
			t.Cells = append(t.Cells, cell(c))
		}
		out.Tables = append(out.Tables, t)
	}
	return out
}

// Link gives the system of a release's tables on the route exact, and what a reader knows of each of its cells: one that is
// withheld is no small one where small ones read "fewer than k". Cells of smaller tables that were not published are not known
// at all. Errors: Invalid for what cannot be linked.
func (w *Whole) Link() (exact.Linked, []exact.Range, error) {
	d := w.Release.Domain()
	sizes := make([]int, len(d.Columns))
	for i, c := range d.Columns {
		sizes[i] = len(c.Values)
	}
	var sets [][]int
	for _, t := range w.Tables.Tables {
		s, err := w.Release.Set(t)
		if err != nil {
			return exact.Linked{}, nil, err
		}
		sets = append(sets, s)
	}
	l, err := exact.Link(sizes, sets)
	if err != nil {
		return l, nil, err
	}
	known := make([]exact.Range, l.Cells)
	for c := range known {
		known[c] = exact.Withheld()
	}
	least := w.Tables.least(w.Release.Guard)
	for i, t := range w.Tables.Tables {
		from, _, _ := l.Table(sets[i])
		for c, x := range t.Cells {
			known[from+c] = w.Release.known(x, least)
		}
	}
	return l, known, nil
}

// least gives what a withheld number is at least. Where small ones read "fewer than k" it is none of them; where none reads so,
// all that are not told may be printed alike.
func (t Tables) least(g *Guard) int64 {
	for _, x := range t.Tables {
		if g != nil && slices.ContainsFunc(x.Cells, func(c Cell) bool { return c.Flag == Below }) {
			return g.K
		}
	}
	return 0
}

// known is what one cell says, without what the publisher calculated of it.
func (r Release) known(c Cell, least int64) exact.Range {
	switch {
	case c.Value != nil && c.Flag == Rounded && r.Guard != nil:
		return exact.Rounded([]int64{int64(math.Round(*c.Value))}, r.Guard.Base)[0]
	case c.Value != nil:
		return exact.Known(int64(math.Round(*c.Value)))
	case c.Flag == Below && r.Guard != nil:
		return exact.Below(r.Guard.K)
	case c.Flag == Hidden:
		return exact.AtLeast(least)
	}
	return exact.Withheld()
}
