// SPDX-License-Identifier: EUPL-1.2

package pooled

import (
	"context"
	"io"
	"math"

	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Release is what was measured: it may be published.
type Release struct {
	Plan  *Plan     `json:"plan"`
	Noisy [][]int64 `json:"noisy"` // of each part, multiplied by its scale
}

// Measure draws the noise and gives what may be published. random is asked for one stream of coin tosses for each part, from
// several goroutines: crypto/rand's reader for every one, or a seeded stream each in tests. Nothing but the release may leave.
//
// Errors: of a domain that is not the plan's, of random, of the context.
func (p *Plan) Measure(ctx context.Context, r *table.Records, random func(part int) io.Reader) (*Release, error) {
	return p.measure(ctx, r, func(part int) draw {
		s := noise.New(random(part))
		return draw{s.Gaussian, s.Err}
	})
}

// draw is where noise comes from.
type draw struct {
	of  func(variance uint64) int64
	err func() error
}

func (p *Plan) measure(ctx context.Context, r *table.Records, noises func(part int) draw) (*Release, error) {
	if !same(r.Domain, p.Domain) {
		return nil, fault.Bad("domain", "statistics.want.domain")
	}
	sets := make([]table.Set, len(p.Parts))
	for i, x := range p.Parts {
		sets[i] = x.Set
	}
	out := &Release{p, make([][]int64, len(p.Parts))}
	return out, r.Each(ctx, sets, func(i int, cells []int64) error {
		x := p.Parts[i]
		part := append([]int64(nil), cells...)
		centre(part, p.sizes(x.Set), func(n, v, sum int64) int64 { return n*v - sum })
		d := noises(i)
		for c := range part {
			part[c] += d.of(x.Variance)
		}
		out.Noisy[i] = part
		return d.err()
	})
}

func same(a, b table.Domain) bool {
	if len(a.Columns) != len(b.Columns) {
		return false
	}
	for i := range a.Columns {
		if a.Columns[i].Name != b.Columns[i].Name || len(a.Columns[i].Values) != len(b.Columns[i].Values) {
			return false
		}
		for j := range a.Columns[i].Values {
			if a.Columns[i].Values[j] != b.Columns[i].Values[j] {
				return false
			}
		}
	}
	return true
}

func (p *Plan) sizes(s table.Set) []int {
	out := make([]int, len(s))
	for i, c := range s {
		out[i] = len(p.Domain.Columns[c].Values)
	}
	return out
}

// centre replaces, along each column in turn, every value by f of the column's size, the value, and the sum of the line.
func centre[T int64 | float64](cells []T, sizes []int, f func(n, v, sum T) T) {
	inner := 1
	for k := len(sizes) - 1; k >= 0; k-- {
		n := sizes[k]
		for from := 0; from < len(cells); from += n * inner {
			for i := from; i < from+inner; i++ {
				var sum T
				for j := i; j < i+n*inner; j += inner {
					sum += cells[j]
				}
				for j := i; j < i+n*inner; j += inner {
					cells[j] = f(T(n), cells[j], sum)
				}
			}
		}
		inner *= n
	}
}

// Estimate is one published table: for each cell the estimate, which may be below zero and no integer, and the standard
// deviation of its noise, the same for all.
type Estimate struct {
	Set       table.Set `json:"set"`
	Values    []float64 `json:"values"`
	Deviation float64   `json:"deviation"`
}

// z95 is how many standard deviations to either side hold 95 of 100 draws.
const z95 = 1.959963984540054

// Interval gives the bounds between which the true count lies in 95 of 100 releases.
func (e Estimate) Interval(cell int) (low, high float64) {
	return e.Values[cell] - z95*e.Deviation, e.Values[cell] + z95*e.Deviation
}

// Table gives the estimate of any table whose parts were measured. Sums of its cells are the estimates of smaller tables.
// Error: NotFound for a table that was not measured.
func (r *Release) Table(s table.Set) (Estimate, error) {
	dev, ok := r.Plan.Deviation(s)
	if !ok {
		return Estimate{}, fault.New(fault.NotFound, "statistics.not_measured")
	}
	out := Estimate{s, make([]float64, r.Plan.Domain.Cells(s)), dev}
	sizes := r.Plan.sizes(s)
	for _, a := range s.Subsets() {
		i := r.Plan.at[a.Key()]
		r.add(out.Values, s, sizes, r.Plan.Parts[i], r.Noisy[i])
	}
	return out, nil
}

// add spreads one part over the cells of a table.
func (r *Release) add(to []float64, s table.Set, sizes []int, x Part, noisy []int64) {
	centred := make([]float64, len(noisy))
	spread := 1.0
	for i, v := range noisy {
		centred[i] = float64(v)
	}
	centre(centred, r.Plan.sizes(x.Set), func(n, v, sum float64) float64 { return v - sum/n })
	// step is how far a cell of the part is from the next along each of the table's columns; none along those it lacks.
	step, inner := make([]int, len(s)), 1
	for k := len(s) - 1; k >= 0; k-- {
		if x.Set.Has(s[k]) {
			step[k] = inner
			inner *= sizes[k]
		} else {
			spread /= float64(sizes[k])
		}
	}
	f := spread / float64(x.Scale)
	if len(s) == 0 {
		to[0] += centred[0] * f
		return
	}
	at, digits, last := 0, make([]int, len(s)), len(s)-1
	for c := 0; c < len(to); c += sizes[last] {
		for j, k := 0, at; j < sizes[last]; j, k = j+1, k+step[last] {
			to[c+j] += centred[k] * f
		}
		for k := last - 1; k >= 0; k-- {
			digits[k]++
			at += step[k]
			if digits[k] < sizes[k] {
				break
			}
			digits[k] = 0
			at -= step[k] * sizes[k]
		}
	}
}

// Distance is the mean over tables of the total-variation distance between the estimates, cut at zero and made shares, and
// the truth's shares: for benchmarks, never for publication.
func Distance(truth []int64, e Estimate) float64 {
	var all, sum, d float64
	for i, v := range truth {
		all += float64(v)
		sum += max(0, e.Values[i])
	}
	for i, v := range truth {
		d += math.Abs(float64(v)/max(1, all) - max(0, e.Values[i])/max(1, sum))
	}
	return d / 2
}
