// SPDX-License-Identifier: EUPL-1.2

package exact

import (
	"context"
	"errors"
	"math"

	"github.com/entraide-thb/entraide/internal/measure/linear"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Range is what is known of a cell: its number is whole and lies from Low to High.
type Range struct{ Low, High int64 }

// Known is a cell that is published as it is.
func Known(v int64) Range { return Range{v, v} }

// Below is a cell that is published as "fewer than k".
func Below(k int64) Range { return Range{0, k - 1} }

// AtLeast is a cell that is withheld beside others that are published as "fewer than k": it is none of those.
func AtLeast(k int64) Range { return Range{k, MostValue} }

// Withheld is a cell of which nothing is published, not even by how others are.
func Withheld() Range { return Range{0, MostValue} }

// Width is how many numbers are in the range.
func (r Range) Width() int64 { return r.High - r.Low + 1 }

// Finding is what somebody can calculate of one cell. Certain says that tables with both ends exist: the range is exactly what
// can be calculated. Else the range holds the truth, and whole numbers may bound it further.
type Finding struct {
	Range
	Certain bool
}

// auditor asks for both ends of cells of one system.
type auditor struct {
	s       System
	known   []Range
	problem *linear.Problem
	at      []int // of a cell: its number in the problem, or -1 when it is known
	cells   []int // of a number in the problem: its cell
	sums    []Sum // with something unknown in them
}

func newAuditor(s System, known []Range) (*auditor, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if len(known) != s.Cells {
		return nil, fault.Bad("values", "statistics.want.as_many")
	}
	a := &auditor{s: s, known: known, at: make([]int, s.Cells)}
	var low, high []float64
	for c, r := range known {
		if r.Low < 0 || r.High < r.Low || r.High > MostValue {
			return nil, fault.Bad("values", "statistics.want.counts")
		}
		if a.at[c] = -1; r.Low < r.High {
			a.at[c] = len(a.cells)
			a.cells = append(a.cells, c)
			low, high = append(low, float64(r.Low)), append(high, float64(r.High))
		}
	}
	a.problem = linear.New(low, high)
	for _, x := range s.Sums {
		right := float64(0)
		var terms []linear.Term
		add := func(c int, f float64) {
			if a.at[c] < 0 {
				right -= f * float64(known[c].Low)
			} else {
				terms = append(terms, linear.Term{Number: a.at[c], Coefficient: f})
			}
		}
		add(x.Total, -1)
		for _, p := range x.Parts {
			add(p, 1)
		}
		if len(terms) > 0 {
			a.problem.Require(right, terms...)
			a.sums = append(a.sums, x)
		} else if right != 0 {
			return nil, contradiction()
		}
	}
	return a, nil
}

func contradiction() error { return fault.Bad("values", "statistics.want.adding_up") }

// ends finds the range of one cell that is not known.
func (a *auditor) ends(ctx context.Context, cell int) (Finding, error) {
	one := linear.Term{Number: a.at[cell], Coefficient: 1}
	lo, first, err := a.problem.Least(ctx, one)
	if err != nil {
		return Finding{}, translated(err)
	}
	hi, second, err := a.problem.Greatest(ctx, one)
	if err != nil {
		return Finding{}, translated(err)
	}
	f := Finding{Range{int64(math.Ceil(lo - 1e-6)), int64(math.Floor(hi + 1e-6))}, false}
	f.Certain = a.whole(first, cell, f.Low) && a.whole(second, cell, f.High)
	return f, nil
}

func translated(err error) error {
	if errors.Is(err, linear.ErrContradiction) {
		return contradiction()
	}
	return err
}

// whole says whether a solution is a table of whole numbers that satisfies every sum, with a cell as it should be.
func (a *auditor) whole(x []float64, cell int, want int64) bool {
	value := func(c int) int64 {
		if a.at[c] < 0 {
			return a.known[c].Low
		}
		return int64(math.Round(x[a.at[c]]))
	}
	for i, v := range x {
		r := a.known[a.cells[i]]
		if n := math.Round(v); math.Abs(n-v) > 1e-6 || int64(n) < r.Low || int64(n) > r.High {
			return false
		}
	}
	for _, s := range a.sums {
		sum := int64(0)
		for _, p := range s.Parts {
			sum += value(p)
		}
		if sum != value(s.Total) {
			return false
		}
	}
	return value(cell) == want
}

// Audit finds what can be calculated of every cell. known is what was published. progress, which may be nil, is told how many
// cells are done. Errors: Invalid for a system or ranges that cannot be, or that contradict each other; the context's.
func Audit(ctx context.Context, s System, known []Range, progress func(done, of int)) ([]Finding, error) {
	a, err := newAuditor(s, known)
	if err != nil {
		return nil, err
	}
	out := make([]Finding, s.Cells)
	done := 0
	for c, r := range known {
		if out[c] = (Finding{r, true}); a.at[c] >= 0 {
			if out[c], err = a.ends(ctx, c); err != nil {
				return nil, err
			}
		}
		if done++; progress != nil {
			progress(done, s.Cells)
		}
	}
	return out, nil
}

// Recovered lists the withheld cells whose number can be calculated, by where they are: for a published table of anybody's.
func Recovered(known []Range, found []Finding) (cells []int) {
	for c, f := range found {
		if known[c].Width() > 1 && f.Width() == 1 {
			cells = append(cells, c)
		}
	}
	return cells
}
