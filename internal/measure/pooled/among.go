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

// Bounds of a plan that several offices carry out.
const (
	MostOffices = 32
	// leastEach is the least variance of one office's noise. A sum of draws is not exactly one draw of the distribution; from here
	// on what it costs more is below 10 to the -36th for any plan (P. Kairouz, Z. Liu, T. Steinke, "The Distributed Discrete
	// Gaussian Mechanism", 2021, theorem 1: a quarter of the numbers times ten times the offices times exp(-pi^2 variance)).
	leastEach = 10
)

// Among is a plan that several offices carry out together: each adds noise of its own to the parts of its own records, and
// only the sum of all is ever seen.
type Among struct {
	Offices int
	Against int
	// Whole is the plan as everybody sees it: with the noise of all offices together.
	Whole *Plan
	each  []uint64
}

// Among spreads a plan over offices so that it keeps its promise even towards so many of them together, who know their own
// noise and take it off: what is left is as much as the plan asks. Towards everybody else it is more. Errors: Invalid where
// there are fewer than two offices or no one would be left, or where the plan is so exact that draws cannot be added up.
func (p *Plan) Among(offices, against int) (*Among, error) {
	if offices < 2 || offices > MostOffices {
		return nil, fault.Bad("offices", "statistics.want.offices", "Min", 2, "Max", MostOffices)
	}
	if against < 0 || against >= offices {
		return nil, fault.Bad("against", "statistics.want.against", "Max", offices-1)
	}
	whole := *p
	whole.Parts = append([]Part(nil), p.Parts...)
	a := &Among{offices, against, &whole, make([]uint64, len(p.Parts))}
	honest := uint64(offices - against)
	for i := range whole.Parts {
		x := &whole.Parts[i]
		a.each[i] = (x.Variance-1)/honest + 1
		if x.shrink > 0 && a.each[i] < leastEach {
			return nil, fault.Bad("budget", "statistics.want.smaller_budget")
		}
		if a.each[i] > noise.MaxVariance/uint64(offices) {
			return nil, fault.Bad("budget", "statistics.want.larger_budget")
		}
		x.Variance = a.each[i] * uint64(offices)
	}
	return a, nil
}

// Cost is what the release costs as it looks to so many of the offices together; to nobody of them with none.
func (a *Among) Cost(together int) noise.Rho {
	left := a.Offices - together
	if left <= 0 {
		return noise.Rho(math.Inf(1))
	}
	return a.Whole.Cost() * noise.Rho(a.Offices) / noise.Rho(left)
}

// Numbers is how many numbers one office contributes.
func (a *Among) Numbers() (n int) {
	for _, x := range a.Whole.Parts {
		n += x.cells
	}
	return n
}

// Contribute gives one office's part: of its own records, with its own noise, all parts in a row. It may be seen by nobody
// but through what hides it until all are added. random and errors as of Measure.
func (a *Among) Contribute(ctx context.Context, r *table.Records, random func(part int) io.Reader) ([]int64, error) {
	own := *a.Whole
	own.Parts = append([]Part(nil), own.Parts...)
	for i := range own.Parts {
		own.Parts[i].Variance = a.each[i]
	}
	out, err := own.Measure(ctx, r, random)
	if err != nil {
		return nil, err
	}
	row := make([]int64, 0, a.Numbers())
	for _, part := range out.Noisy {
		row = append(row, part...)
	}
	return row, nil
}

// Release gives what may be published of the sum of all contributions. Error: Invalid for another number of numbers.
func (a *Among) Release(sum []int64) (*Release, error) {
	if len(sum) != a.Numbers() {
		return nil, fault.Bad("sum", "statistics.want.numbers", "Max", a.Numbers())
	}
	out := &Release{Plan: a.Whole}
	for _, x := range a.Whole.Parts {
		out.Noisy = append(out.Noisy, append([]int64(nil), sum[:x.cells]...))
		sum = sum[x.cells:]
	}
	return out, nil
}
