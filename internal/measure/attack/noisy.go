// SPDX-License-Identifier: EUPL-1.2

package attack

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
)

// Measure makes one release of data by a plan, with noise of its own each time.
type Measure func(ctx context.Context, r *table.Records) (*pooled.Release, error)

// delta is the chance at which epsilon is asked for where only rho is promised.
const delta = 1e-6

// Membership plays, so often as said, against an attacker who knows everybody but the target and calculates the likelihood of
// the whole release with and without them: no attack on the tables does better. coin decides who is a target and whether they
// are in; people are at least one.
func Membership(ctx context.Context, p *pooled.Plan, people *table.Records, measure Measure, games int, coin *rand.Rand) (Game, error) {
	return play(ctx, p, people, games, coin, func(with, without *table.Records, target []uint16, in bool) (float64, error) {
		data := without
		if in {
			data = with
		}
		rel, err := measure(ctx, data)
		if err != nil {
			return 0, err
		}
		return likelihood(p, target, 1, func(part int) ([]int64, []int64, error) {
			known, err := without.Count(p.Parts[part].Set)
			return rel.Noisy[part], known, err
		})
	})
}

// Differencing plays against an attacker who knows nobody: he has two releases of the same people, the second of which holds
// the target or does not, and subtracts.
func Differencing(ctx context.Context, p *pooled.Plan, people *table.Records, measure Measure, games int, coin *rand.Rand) (Game, error) {
	return play(ctx, p, people, games, coin, func(with, without *table.Records, target []uint16, in bool) (float64, error) {
		first, err := measure(ctx, without)
		if err != nil {
			return 0, err
		}
		data := without
		if in {
			data = with
		}
		second, err := measure(ctx, data)
		if err != nil {
			return 0, err
		}
		return likelihood(p, target, 2, func(part int) ([]int64, []int64, error) {
			d := make([]int64, len(second.Noisy[part]))
			for c, v := range second.Noisy[part] {
				d[c] = v - first.Noisy[part][c]
			}
			return d, nil, nil
		})
	})
}

// play draws targets and coins; say gives the attacker's evidence that the target is in: above zero he says so.
func play(ctx context.Context, p *pooled.Plan, people *table.Records, games int, coin *rand.Rand, say func(with, without *table.Records, target []uint16, in bool) (float64, error)) (Game, error) {
	rho := p.Cost()
	promise, err := rho.At(delta)
	if err != nil {
		return Game{}, err
	}
	g := Game{Ceiling: Ceiling(rho, promise)}
	for range games {
		if err := ctx.Err(); err != nil {
			return g, err
		}
		at, in := coin.IntN(people.Len()), coin.IntN(2) == 1
		without, err := except(people, at)
		if err != nil {
			return g, err
		}
		evidence, err := say(people, without, record(people, at), in)
		if err != nil {
			return g, err
		}
		if g.Of++; (evidence > 0) == in {
			g.Right++
		}
	}
	return g, nil
}

func record(r *table.Records, at int) []uint16 {
	out := make([]uint16, len(r.Domain.Columns))
	for c := range out {
		out[c] = r.Column(c)[at]
	}
	return out
}

// except gives all records but one.
func except(r *table.Records, but int) (*table.Records, error) {
	out, err := table.NewRecords(r.Domain, r.Len())
	for i := 0; i < r.Len() && err == nil; i++ {
		if i != but {
			err = out.Add(record(r, i)...)
		}
	}
	return out, err
}

// likelihood is the logarithm of how much likelier what was published is with the target than without. Each part says how the
// target's own part, which is known but for whether it is there, lies to what is left when the others' part is taken away;
// times says by how much the noise's variance is larger than the plan's.
func likelihood(p *pooled.Plan, target []uint16, times float64, seen func(part int) (noisy, others []int64, err error)) (float64, error) {
	sum := 0.0
	for i, x := range p.Parts {
		own, size := row(p.Domain, x.Set, target)
		noisy, others, err := seen(i)
		if err != nil {
			return 0, err
		}
		dot, square := 0.0, 0.0
		for c, w := range own {
			dot += w * float64(noisy[c])
			square += w * w
		}
		for c, n := range others { // their centred part along the target's is their table along it, times the scale
			dot -= own[c] * float64(n) * size
		}
		sum += (dot - square/2) / (float64(x.Variance) * times)
	}
	return sum, nil
}

// row is the centred part of one person: the product, over the columns, of the number of values less one where the cell has
// the person's value, and of minus one elsewhere. size is the part's scale.
func row(d table.Domain, s table.Set, codes []uint16) (cells []float64, size float64) {
	cells, size = []float64{1}, 1
	for _, c := range s {
		n := len(d.Columns[c].Values)
		next := make([]float64, 0, len(cells)*n)
		for _, w := range cells {
			for v := range n {
				f := -1.0
				if uint16(v) == codes[c] {
					f = float64(n - 1)
				}
				next = append(next, w*f)
			}
		}
		cells, size = next, size*float64(n)
	}
	return cells, size
}

// Drawn holds a release against the data that it was made of: whether its noise is as large as the plan says, in standard
// deviations of what chance gives. Beyond six either way the sampler or the plan is broken. What it gives depends on the
// data: it decides whether a release may leave, and is published by nobody.
func Drawn(rel *pooled.Release, r *table.Records) (float64, error) {
	var energy, cells float64
	for i, x := range rel.Plan.Parts {
		if x.Variance < 2 { // a column of one value
			continue
		}
		counts, err := r.Count(x.Set)
		if err != nil {
			return 0, err
		}
		centred := centre(counts, rel.Plan.Domain, x.Set)
		for c, v := range rel.Noisy[i] {
			d := float64(v) - float64(centred[c])
			energy += d * d / float64(x.Variance)
			cells++
		}
	}
	if cells == 0 {
		return 0, nil
	}
	return (energy - cells) / math.Sqrt(2*cells), nil
}

// centre is each cell times its column's number of values, less the line's sum, along each column in turn.
func centre(cells []int64, d table.Domain, s table.Set) []int64 {
	inner := 1
	for k := len(s) - 1; k >= 0; k-- {
		n := len(d.Columns[s[k]].Values)
		for c := range len(cells) / n {
			first := c/inner*inner*n + c%inner
			sum := int64(0)
			for v := range n {
				sum += cells[first+v*inner]
			}
			for v := range n {
				cells[first+v*inner] = int64(n)*cells[first+v*inner] - sum
			}
		}
		inner *= n
	}
	return cells
}
