// SPDX-License-Identifier: EUPL-1.2

// Package linear finds the least and the greatest value of sums over numbers that are bounded and must satisfy equations: the
// bounded simplex method with a dense inverse, for some thousands of numbers and equations with small whole coefficients, as
// sums in published tables are. One Problem is solved for many objectives in turn; each goes on from where the last ended.
//
// It calculates in floating point. Whoever needs a proof rounds a solution and checks it in integers.
package linear

import (
	"context"
	"errors"
	"math"
	"slices"
)

// Term is a coefficient of one number.
type Term struct {
	Number      int
	Coefficient float64
}

// Problem is numbers within bounds, and equations between them. It is used by one goroutine at a time.
type Problem struct {
	n         int       // numbers; behind them stands one slack for each equation, zero once a solution is found
	low, high []float64 // of numbers and slacks, as all that follows
	columns   [][]entry // where each occurs
	right     []float64
	value     []float64
	row       []int       // in which it is basic, or -1 when it lies at a bound
	head      []int       // what is basic in a row
	inverse   [][]float64 // of the basic columns, row by row
	pivots    int
	solved    bool
}

type entry struct {
	row int
	c   float64
}

// Errors of a problem.
var (
	ErrContradiction = errors.New("linear: no numbers satisfy all equations and bounds")
	ErrUnbounded     = errors.New("linear: the sum has no bound")
	ErrSteps         = errors.New("linear: no answer after too many steps")
)

// Infinity is the upper bound of a number without one.
var Infinity = math.Inf(1)

const (
	tiny     = 1e-9
	patience = 50     // steps without progress after which the order of numbers decides, so that no circle is run
	most     = 100000 // steps for one objective
	between  = 100    // pivots after which values are calculated anew
)

// New makes a problem of numbers with their bounds; lower ones are finite.
func New(low, high []float64) *Problem {
	return &Problem{n: len(low), low: slices.Clone(low), high: slices.Clone(high), columns: make([][]entry, len(low))}
}

// Require adds an equation: the terms' sum is right, each number in it once. All are added before the first question.
func (p *Problem) Require(right float64, terms ...Term) {
	for _, t := range terms {
		p.columns[t.Number] = append(p.columns[t.Number], entry{len(p.right), t.Coefficient})
	}
	p.right = append(p.right, right)
}

// Least gives the least value of the terms' sum, and the numbers at which it has it.
func (p *Problem) Least(ctx context.Context, terms ...Term) (float64, []float64, error) {
	if err := p.begin(ctx); err != nil {
		return 0, nil, err
	}
	cost := make([]float64, len(p.value))
	for _, t := range terms {
		cost[t.Number] += t.Coefficient
	}
	if err := p.descend(ctx, cost); err != nil {
		return 0, nil, err
	}
	sum := 0.0
	for _, t := range terms {
		sum += t.Coefficient * p.value[t.Number]
	}
	return sum, slices.Clone(p.value[:p.n]), nil
}

// Greatest gives the greatest value of the terms' sum, and the numbers at which it has it.
func (p *Problem) Greatest(ctx context.Context, terms ...Term) (float64, []float64, error) {
	turned := slices.Clone(terms)
	for i := range turned {
		turned[i].Coefficient = -turned[i].Coefficient
	}
	v, x, err := p.Least(ctx, turned...)
	return -v, x, err
}

// begin finds a first solution: slacks take what is missing, and are driven to zero.
func (p *Problem) begin(ctx context.Context) error {
	if p.solved {
		return nil
	}
	m := len(p.right)
	p.value, p.row = make([]float64, p.n+m), make([]int, p.n+m)
	p.head, p.inverse = make([]int, m), make([][]float64, m)
	rest := slices.Clone(p.right)
	for j := range p.n {
		if p.low[j] > p.high[j] {
			return ErrContradiction
		}
		p.value[j], p.row[j] = p.low[j], -1
		for _, e := range p.columns[j] {
			rest[e.row] -= e.c * p.value[j]
		}
	}
	cost := make([]float64, p.n+m)
	p.low, p.high, p.columns = append(p.low, make([]float64, m)...), append(p.high, make([]float64, m)...), append(p.columns, make([][]entry, m)...)
	for i := range m {
		s, sign := p.n+i, math.Copysign(1, rest[i])
		p.columns[s] = []entry{{i, sign}}
		p.value[s], p.high[s], cost[s] = math.Abs(rest[i]), Infinity, 1
		p.head[i], p.row[s] = s, i
		p.inverse[i] = make([]float64, m)
		p.inverse[i][i] = sign
	}
	if err := p.descend(ctx, cost); err != nil {
		return err
	}
	for i := range m {
		if p.value[p.n+i] > 1e-6 {
			return ErrContradiction
		}
		p.value[p.n+i], p.high[p.n+i] = 0, 0
	}
	p.solved = true
	return nil
}

// descend walks from solution to solution as long as the cost falls.
func (p *Problem) descend(ctx context.Context, cost []float64) error {
	still := 0
	w := make([]float64, len(p.right))
	for step := range most {
		if step%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		j, up := p.entering(cost, still > patience)
		if j < 0 {
			return nil
		}
		clear(w)
		for _, e := range p.columns[j] {
			for r := range w {
				w[r] += p.inverse[r][e.row] * e.c
			}
		}
		t, out := p.leaving(j, up, w, still > patience)
		if math.IsInf(t, 1) {
			return ErrUnbounded
		}
		if still++; t > tiny {
			still = 0
		}
		p.step(j, up, t, out, w)
	}
	return ErrSteps
}

// entering gives a number at a bound that is worth moving: the one with the steepest cost, or, when nothing was gained for
// long, the first (Bland's rule).
func (p *Problem) entering(cost []float64, first bool) (number int, up float64) {
	y := make([]float64, len(p.right))
	for r, h := range p.head {
		if c := cost[h]; c != 0 {
			for i, x := range p.inverse[r] {
				y[i] += c * x
			}
		}
	}
	number = -1
	best := 1e-7
	for j, column := range p.columns {
		if p.row[j] >= 0 || p.low[j] == p.high[j] {
			continue
		}
		d := cost[j]
		for _, e := range column {
			d -= y[e.row] * e.c
		}
		dir := 1.0
		if p.value[j] > p.low[j] {
			dir = -1
		}
		if g := -d * dir; g > best {
			number, up, best = j, dir, g
			if first {
				return number, up
			}
		}
	}
	return number, up
}

// leaving gives how far a number can move, and the row whose number stops it, or -1 when its own other bound does.
func (p *Problem) leaving(j int, up float64, w []float64, first bool) (t float64, out int) {
	t, out = p.high[j]-p.low[j], -1
	for r, x := range w {
		x *= up
		h := p.head[r]
		var limit float64
		switch {
		case x > tiny:
			limit = (p.value[h] - p.low[h]) / x
		case x < -tiny:
			limit = (p.high[h] - p.value[h]) / -x
		default:
			continue
		}
		limit = max(0, limit)
		switch {
		case limit < t-tiny:
			t, out = limit, r
		case limit > t+tiny || out < 0:
		case first && h < p.head[out], !first && math.Abs(x) > math.Abs(w[out]):
			t, out = min(t, limit), r
		}
	}
	return t, out
}

// step moves a number, and what depends on it; what was stopped leaves the basis for it.
func (p *Problem) step(j int, up, t float64, out int, w []float64) {
	for r, h := range p.head {
		p.value[h] -= up * t * w[r]
	}
	if out < 0 {
		if up > 0 {
			p.value[j] = p.high[j]
		} else {
			p.value[j] = p.low[j]
		}
		return
	}
	p.value[j] += up * t
	h := p.head[out]
	if up*w[out] > 0 {
		p.value[h] = p.low[h]
	} else {
		p.value[h] = p.high[h]
	}
	p.head[out], p.row[j], p.row[h] = j, out, -1
	pivot := p.inverse[out]
	for i := range pivot {
		pivot[i] /= w[out]
	}
	for r, line := range p.inverse {
		if f := w[r]; r != out && f != 0 {
			for i, x := range pivot {
				line[i] -= f * x
			}
		}
	}
	if p.pivots++; p.pivots%between == 0 {
		p.refresh()
	}
}

// refresh calculates the basic numbers anew from those at bounds, so that errors do not add up.
func (p *Problem) refresh() {
	rest := slices.Clone(p.right)
	for j, column := range p.columns {
		if p.row[j] < 0 && p.value[j] != 0 {
			for _, e := range column {
				rest[e.row] -= e.c * p.value[j]
			}
		}
	}
	for r, h := range p.head {
		v := 0.0
		for i, x := range p.inverse[r] {
			v += x * rest[i]
		}
		p.value[h] = v
	}
}
