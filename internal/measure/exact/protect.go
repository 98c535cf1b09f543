// SPDX-License-Identifier: EUPL-1.2

package exact

import (
	"cmp"
	"context"
	"errors"
	"math"

	"github.com/entraide-thb/entraide/internal/measure/linear"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Rules is how a table is to be protected.
type Rules struct {
	// K is the threshold: a number below it reads "fewer than K", and no number that is not shown can be told more exactly than
	// as one of K.
	K int64
	// Open says which cells anybody knows: combinations that cannot be, or what was published as it is before. May be nil.
	Open []bool
	// Before is what earlier releases say of the same cells. May be nil.
	Before []Range
	// Like says which cells were withheld last time, so that a pattern stays. May be nil.
	Like []bool
	// Hidden says which cells nobody publishes, that can be calculated from those that are: a quarter that is left when three
	// were published beside their year. A small one is protected as if it were. May be nil.
	Hidden []bool
}

// Threshold gives what is published when only single numbers are looked at: what most tables do, and what Audit undoes.
func Threshold(values []int64, k int64) []Range {
	out := make([]Range, len(values))
	for c, v := range values {
		if out[c] = Known(v); v < k {
			out[c] = Below(k)
		}
	}
	return out
}

// Protect gives what may be published of a table: for each cell its number, Below(K), or AtLeast(K) for one that is withheld to
// protect another. It is the same for the same input. What it gives was audited with all that a reader knows, who sees "fewer
// than K" and so knows that what is withheld beside it is none of those: every small number could be any from 0 to K-1, every
// other one that is withheld any of at least K, and for both ends there is a table that could have been the true one.
//
// Where that cannot be had, all numbers that are not shown are given as Withheld(), small ones too, and must be printed alike:
// none reads "fewer than K", so that nothing is known of any. Each could still be any of at least K.
//
// Errors: Invalid for what cannot be or does not add up; Guarded when earlier releases, or cells that anybody knows, tell too
// much already.
func Protect(ctx context.Context, s System, values []int64, r Rules, progress func(done, of int)) ([]Range, error) {
	p, err := newProtection(s, values, r)
	if err != nil {
		return nil, err
	}
	for _, alike := range []bool{false, true} {
		p.begin(alike)
		if safe, err := p.run(ctx, progress); err != nil {
			return nil, err
		} else if safe {
			return p.published, p.show(ctx)
		}
	}
	return nil, fault.New(fault.Guarded, "statistics.guard.told_before")
}

// run withholds until nothing is at risk; false where this way of printing cannot protect.
func (p *protection) run(ctx context.Context, progress func(done, of int)) (bool, error) {
	for {
		risk, err := p.atRisk(ctx, p.s.Cells)
		if err != nil || len(risk) == 0 {
			return err == nil, err
		}
		before := p.withheld
		for i, c := range risk {
			for _, to := range p.goals(c) {
				can, err := p.hideWith(ctx, c, to)
				if err != nil {
					return false, err
				}
				if !can && p.published[c] == Below(p.rules.K) && !p.hidden(c) {
					return false, nil // it could not be any below K, whatever else is withheld
				}
			}
			if progress != nil {
				progress(i+1, len(risk))
			}
		}
		if p.withheld == before && !p.widen(risk) { // the moves were there, and still no whole tables: withhold what stands nearest
			return false, nil
		}
	}
}

// protection is a table on its way to be published.
type protection struct {
	s         System
	values    []int64
	rules     Rules
	published []Range
	alike     bool // all that is not shown is printed alike
	withheld  int
	in        [][]int // of a cell: the sums it stands in
}

func newProtection(s System, values []int64, r Rules) (*protection, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if err := s.check(values); err != nil {
		return nil, err
	}
	if r.K < 1 || r.K > 1000 {
		return nil, fault.Bad("k", "statistics.want.threshold")
	}
	if r.Open != nil && len(r.Open) != s.Cells || r.Before != nil && len(r.Before) != s.Cells || r.Like != nil && len(r.Like) != s.Cells || r.Hidden != nil && len(r.Hidden) != s.Cells {
		return nil, fault.Bad("values", "statistics.want.as_many")
	}
	p := &protection{s: s, values: values, rules: r, in: make([][]int, s.Cells)}
	for i, x := range s.Sums {
		p.in[x.Total] = append(p.in[x.Total], i)
		for _, c := range x.Parts {
			p.in[c] = append(p.in[c], i)
		}
	}
	return p, nil
}

// begin sets what a threshold alone hides.
func (p *protection) begin(alike bool) {
	p.alike, p.withheld, p.published = alike, 0, Threshold(p.values, p.rules.K)
	for c, r := range p.published {
		switch {
		case p.open(c):
			p.published[c] = Known(p.values[c])
		case p.hidden(c) && p.values[c] >= p.rules.K, alike && !p.hidden(c) && r.Width() > 1:
			p.published[c] = Withheld()
		}
	}
}

func (p *protection) open(c int) bool   { return p.rules.Open != nil && p.rules.Open[c] }
func (p *protection) hidden(c int) bool { return p.rules.Hidden != nil && p.rules.Hidden[c] }

// known is what a reader has: this release and those before.
func (p *protection) known() ([]Range, error) {
	out := append([]Range(nil), p.published...)
	for c := range p.rules.Hidden {
		if p.rules.Hidden[c] {
			out[c] = Withheld()
		}
	}
	for c, b := range p.rules.Before {
		out[c] = Range{max(out[c].Low, b.Low), min(out[c].High, b.High)}
		if p.values[c] < b.Low || p.values[c] > b.High {
			return nil, fault.Bad("before", "statistics.want.adding_up")
		}
	}
	return out, nil
}

// mostAgain bounds the ends that are asked for again so that less is withheld.
const mostAgain = 4000

// show gives back what was withheld and need not be, the largest numbers first: what was withheld for one cell often protects
// those before it as well. What was withheld last time stays so. Tables with too much to try stay as they are.
func (p *protection) show(ctx context.Context) error {
	var again []int
	asked := 0
	for c, r := range p.published {
		if r.Width() == 1 {
			continue
		}
		asked++
		if p.values[c] >= p.rules.K && !p.hidden(c) && (p.rules.Like == nil || !p.rules.Like[c]) {
			again = append(again, c)
		}
	}
	if len(again)*asked > mostAgain {
		return nil
	}
	inorder.By(again, func(a, b int) int { return cmp.Or(cmp.Compare(p.values[b], p.values[a]), cmp.Compare(b, a)) })
	for _, c := range again {
		was := p.published[c]
		p.published[c] = Known(p.values[c])
		switch risk, err := p.atRisk(ctx, 1); {
		case err != nil:
			return err
		case len(risk) > 0:
			p.published[c] = was
		}
	}
	return nil
}

// atRisk lists the cells of which more can be calculated than may be, up to most of them.
func (p *protection) atRisk(ctx context.Context, most int) (out []int, err error) {
	known, err := p.known()
	if err != nil {
		return nil, err
	}
	a, err := newAuditor(p.s, known)
	if err != nil {
		return nil, err
	}
	for c, r := range p.published {
		if len(out) == most {
			return out, nil
		}
		if r.Width() == 1 || p.hidden(c) && p.values[c] >= p.rules.K {
			continue // shown, or as large as what may be
		}
		if a.at[c] < 0 {
			out = append(out, c) // told before
			continue
		}
		f, err := a.ends(ctx, c)
		if err != nil {
			return nil, err
		}
		if !f.Certain || f.Width() < p.rules.K {
			out = append(out, c)
		}
	}
	return out, nil
}

// goals gives what a cell must also be able to be.
func (p *protection) goals(c int) []int64 {
	if p.values[c] < p.rules.K {
		return []int64{0, p.rules.K - 1}
	}
	return []int64{p.values[c] + p.rules.K - 1}
}

// hideWith withholds the cells through which a cell's number can become another one while all sums hold and everything that is
// shown stays: those that cost the least. It says whether there are any.
func (p *protection) hideWith(ctx context.Context, cell int, to int64) (bool, error) {
	d := float64(to - p.values[cell])
	if d == 0 {
		return true, nil
	}
	// Each cell goes up by one number and down by another.
	n := p.s.Cells
	low, high := make([]float64, 2*n), make([]float64, 2*n)
	var costs []linear.Term
	for c, v := range p.values {
		high[2*c], high[2*c+1] = linear.Infinity, float64(v)
		if !p.alike && !p.hidden(c) && v >= p.rules.K { // withheld, it is known to be no small one
			high[2*c+1] = float64(v - p.rules.K)
		}
		cost := 1 + math.Log2(1+float64(v))
		switch {
		case c == cell:
			low[2*c], high[2*c], low[2*c+1], high[2*c+1] = max(0, d), max(0, d), max(0, -d), max(0, -d)
			continue
		case p.open(c):
			high[2*c], high[2*c+1] = 0, 0
			continue
		case p.hidden(c):
			cost = 0.0005
		case p.published[c] == Below(p.rules.K):
			high[2*c] = float64(p.rules.K - 1 - v)
			cost = 0.001
		case p.published[c].Width() > 1:
			cost = 0.001
		case p.rules.Like != nil && p.rules.Like[c]:
			cost /= 2
		}
		if p.rules.Before != nil {
			b := p.rules.Before[c]
			high[2*c], high[2*c+1] = min(high[2*c], float64(b.High-v)), min(high[2*c+1], float64(v-b.Low))
		}
		costs = append(costs, linear.Term{Number: 2 * c, Coefficient: cost}, linear.Term{Number: 2*c + 1, Coefficient: cost})
	}
	problem := linear.New(low, high)
	for _, x := range p.s.Sums {
		terms := []linear.Term{{Number: 2 * x.Total, Coefficient: -1}, {Number: 2*x.Total + 1, Coefficient: 1}}
		for _, c := range x.Parts {
			terms = append(terms, linear.Term{Number: 2 * c, Coefficient: 1}, linear.Term{Number: 2*c + 1, Coefficient: -1})
		}
		problem.Require(0, terms...)
	}
	_, z, err := problem.Least(ctx, costs...)
	if errors.Is(err, linear.ErrContradiction) {
		return false, nil // another end may still be reached; what cannot be is said by the audit
	}
	if err != nil {
		return false, err
	}
	for c := range p.values {
		if math.Abs(z[2*c]-z[2*c+1]) > 1e-6 {
			p.withhold(c)
		}
	}
	return true, nil
}

func (p *protection) withhold(c int) bool {
	if p.published[c].Width() > 1 || p.open(c) {
		return false
	}
	if p.published[c] = AtLeast(p.rules.K); p.alike {
		p.published[c] = Withheld()
	}
	p.withheld++
	return true
}

// widen withholds, for the first cell at risk beside which anything is shown, the smallest number that is.
func (p *protection) widen(risk []int) bool {
	for _, cell := range risk {
		best := -1
		look := func(c int) {
			if p.published[c].Width() == 1 && !p.open(c) && (best < 0 || p.values[c] < p.values[best]) {
				best = c
			}
		}
		for _, i := range p.in[cell] {
			look(p.s.Sums[i].Total)
			for _, c := range p.s.Sums[i].Parts {
				look(c)
			}
		}
		if best >= 0 {
			return p.withhold(best)
		}
	}
	for c := range p.values { // nothing beside them is shown: elsewhere
		if p.withhold(c) {
			return true
		}
	}
	return false
}
