// SPDX-License-Identifier: EUPL-1.2

// Package pooled publishes tables of many people so that nobody can tell whether any one person is in them: exact integers
// with exact noise (package noise), spread over what all tables have in common, so that tables that overlap agree with each
// other to the last digit and each cell has a known error.
//
// A Plan says which tables and what they cost; it needs no data, so that the plus and minus of every cell is known before
// anything is spent. Measure draws the noise, once. What Release holds may be published; everything made from it (Table,
// sums, shares) costs nothing more.
//
// The mechanism is ResidualPlanner (Y. Xiao, G. He, D. Zhang, D. Kifer, arXiv 2305.08175) with discrete noise: each table is
// the sum of centred parts, one for each of its sets of columns; each part is measured once and serves all tables.
package pooled

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"runtime"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Bounds of a plan. A plan beyond them is refused before work starts.
const (
	MostTables  = 20_000
	MostWays    = 6
	MostNumbers = 1 << 27 // in all parts together, eight bytes each
)

// Asked is one table that is to be published. Weight is how much its error counts beside others'; zero means one.
type Asked struct {
	Set    table.Set `json:"set"`
	Weight float64   `json:"weight,omitempty"`
}

// Part is the centred part of one set of columns: what their table says that the tables of fewer of them do not.
type Part struct {
	Set      table.Set `json:"set"`
	Scale    int64     `json:"scale"`    // what the part is multiplied by to be of integers: the product of the columns' sizes
	Variance uint64    `json:"variance"` // of the noise on the multiplied part
	cells    int
	shrink   float64 // how far centring shortens one person's row, squared: the product of 1 - 1/n
}

// Plan is what will be measured, and at what cost.
type Plan struct {
	Domain table.Domain `json:"domain"`
	Tables []Asked      `json:"tables"`
	Parts  []Part       `json:"parts"` // smaller sets first
	at     map[string]int
}

// New plans tables of a domain for a budget: the error of all cells together, squared and weighted, is the least that the
// budget allows. Errors: Invalid for a domain, table or budget that cannot be, or that is too large.
func New(d table.Domain, asked []Asked, budget noise.Rho) (*Plan, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	if !(budget > 0) || math.IsInf(float64(budget), 0) {
		return nil, fault.Bad("budget", "statistics.want.budget")
	}
	if len(asked) == 0 || len(asked) > MostTables {
		return nil, fault.Bad("tables", "statistics.want.tables", "Max", MostTables)
	}
	p := &Plan{Domain: d, Tables: asked, at: map[string]int{}}
	if err := p.close(); err != nil {
		return nil, err
	}
	return p, p.spread(budget)
}

// close finds the parts of all tables.
func (p *Plan) close() error {
	numbers := 0
	for _, a := range p.Tables {
		if len(a.Set) > MostWays {
			return fault.Bad("tables", "statistics.want.ways", "Max", MostWays)
		}
		if a.Weight < 0 || math.IsNaN(a.Weight) || math.IsInf(a.Weight, 0) {
			return fault.Bad("tables", "statistics.want.weight")
		}
		if err := p.Domain.Holds(a.Set); err != nil {
			return err
		}
		for _, s := range a.Set.Subsets() {
			if _, ok := p.at[s.Key()]; ok {
				continue
			}
			part := Part{Set: s, Scale: 1, cells: p.Domain.Cells(s), shrink: 1}
			for _, c := range s {
				n := len(p.Domain.Columns[c].Values)
				part.Scale *= int64(n)
				part.shrink *= 1 - 1/float64(n)
			}
			if numbers += part.cells; numbers > MostNumbers {
				return fault.Bad("tables", "statistics.want.numbers", "Max", MostNumbers)
			}
			p.at[s.Key()] = len(p.Parts)
			p.Parts = append(p.Parts, part)
		}
	}
	inorder.Stably(p.Parts, func(a, b Part) int { return cmp.Or(len(a.Set)-len(b.Set), slices.Compare(a.Set, b.Set)) })
	for i, x := range p.Parts {
		p.at[x.Set.Key()] = i
	}
	return nil
}

// spread gives each part its noise: in closed form, since the weighted error is a sum of v / precision and the cost a sum of
// shrink x precision.
func (p *Plan) spread(budget noise.Rho) error {
	v := make([]float64, len(p.Parts))
	for _, a := range p.Tables {
		w := a.Weight
		if w == 0 {
			w = 1
		}
		for _, s := range a.Set.Subsets() {
			v[p.at[s.Key()]] += w * p.share(p.Parts[p.at[s.Key()]], a.Set)
		}
	}
	sum := 0.0
	for i, x := range p.Parts {
		sum += math.Sqrt(v[i] * x.shrink)
	}
	for i := range p.Parts {
		x := &p.Parts[i]
		if x.shrink == 0 { // a column of one value says nothing
			x.Variance = 1
			continue
		}
		sigma2 := math.Sqrt(x.shrink/v[i]) * sum / (2 * float64(budget))
		scaled := math.Ceil(float64(x.Scale) * float64(x.Scale) * sigma2)
		if scaled > noise.MaxVariance {
			return fault.Bad("budget", "statistics.want.larger_budget")
		}
		x.Variance = max(1, uint64(scaled))
	}
	return nil
}

// share is how much of a part's variance comes into each cell of a table that it is a part of.
func (p *Plan) share(x Part, of table.Set) float64 {
	f := x.shrink
	for _, c := range of {
		if !x.Set.Has(c) {
			n := float64(len(p.Domain.Columns[c].Values))
			f /= n * n
		}
	}
	return f
}

// Cost is what the plan spends: never more than its budget.
func (p *Plan) Cost() noise.Rho {
	sum := 0.0
	for _, x := range p.Parts {
		s := float64(x.Scale)
		sum += x.shrink * s * s / (2 * float64(x.Variance))
	}
	return noise.Rho(sum)
}

// Charge is the cost as a register counts it: calculated in whole numbers, each part rounded up.
func (p *Plan) Charge() noise.Charge {
	sum := new(big.Int)
	for _, x := range p.Parts {
		// shrink times the scale squared is the product of n (n-1) over the part's columns.
		part := big.NewInt(noise.Unit)
		for _, n := range p.sizes(x.Set) {
			part.Mul(part, big.NewInt(int64(n)*int64(n-1)))
		}
		twice := new(big.Int).Lsh(new(big.Int).SetUint64(x.Variance), 1)
		part.Add(part, twice).Sub(part, big.NewInt(1))
		sum.Add(sum, part.Div(part, twice))
	}
	if !sum.IsInt64() {
		return math.MaxInt64
	}
	return noise.Charge(sum.Int64())
}

// Bytes is how much memory the measurement takes at most beside the records, and what remains of it.
func (p *Plan) Bytes() int64 {
	var all, most int64
	for _, x := range p.Parts {
		all, most = all+8*int64(x.cells), max(most, 8*int64(x.cells))
	}
	return all + 3*most*int64(runtime.GOMAXPROCS(0))
}

// Deviation gives the standard deviation of the noise in each cell of a table, and whether the plan measures all parts of it.
func (p *Plan) Deviation(s table.Set) (float64, bool) {
	sum := 0.0
	for _, a := range s.Subsets() {
		i, ok := p.at[a.Key()]
		if !ok {
			return 0, false
		}
		x := p.Parts[i]
		sum += float64(x.Variance) / (float64(x.Scale) * float64(x.Scale)) * p.share(x, s)
	}
	return math.Sqrt(sum), true
}

// String says what a plan is, for logs and reports.
func (p *Plan) String() string {
	return fmt.Sprintf("%d tables of %d parts, rho %.6g", len(p.Tables), len(p.Parts), float64(p.Cost()))
}
