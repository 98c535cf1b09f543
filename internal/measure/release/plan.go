// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/selection"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Plan is what a release will be made of, known before anything is counted.
type Plan struct {
	Asks    Asks
	Source  source.Source
	Domain  table.Domain // the columns asked for
	Asked   []table.Set  // the largest tables
	All     []table.Set  // these and all that are part of them, smaller ones first
	Cells   int          // of all tables
	Years   []int        // closed calendar years that it counts and nothing else; none where it may touch any record
	Cost    Cost         // nothing on the route exact
	Period  source.Period
	columns []int        // of the source's domain
	pooled  *pooled.Plan // on the route pooled; where tables are chosen, of the largest, until they were
	choice  *selection.Spread
}

// NewPlan reads what is asked. It needs no data. Errors: NotFound for a source that is not there; Invalid, naming the fields:
// columns or tables that do not exist or are too many, another version than the source's, a promise that cannot be kept.
func NewPlan(all source.Sources, a Asks, now time.Time) (*Plan, error) {
	var fs fault.Fields
	if a.check(&fs, now); fs.Err() != nil {
		return nil, fs.Err()
	}
	src, err := all.Find(a.Source)
	if err != nil {
		return nil, err
	}
	if a.Version != src.Version || a.Called != "" && a.Called != src.Title { // or under the name of another table
		return nil, fault.Bad("version", "release.want.version")
	}
	p := &Plan{Asks: a, Source: src, Period: source.Period{From: day(a.From), Until: day(a.Until).AddDate(0, 0, 1)}}
	if err := p.pick(); err != nil {
		return nil, err
	}
	if err := p.tables(); err != nil {
		return nil, err
	}
	p.Years = closed(src, p.Period, now)
	if a.Route == bundle.Exact {
		return p, p.bears()
	}
	return p, p.spread()
}

// bears refuses more than can be protected together, before anything is counted.
func (p *Plan) bears() error {
	sums := 0
	for _, s := range p.All {
		for i := range s {
			sums += p.Domain.Cells(slices.Delete(slices.Clone(s), i, i+1))
		}
	}
	if p.Cells > exact.MostCells || sums > exact.MostSums {
		return fault.Bad("ways", "release.want.fewer_exact", "Cells", exact.MostCells, "Sums", exact.MostSums)
	}
	return nil
}

// pick finds the columns that are asked for.
func (p *Plan) pick() error {
	d := p.Source.Domain()
	for _, name := range p.Asks.Columns {
		at := slices.IndexFunc(d.Columns, func(c table.Column) bool { return c.Name == name })
		if at < 0 || slices.Contains(p.columns, at) {
			return fault.Bad("columns", "release.want.columns")
		}
		p.columns = append(p.columns, at)
	}
	slices.Sort(p.columns)
	for _, at := range p.columns {
		p.Domain.Columns = append(p.Domain.Columns, d.Columns[at])
	}
	return p.Domain.Validate()
}

// tables lists those that are asked for, and all that are part of them.
func (p *Plan) tables() error {
	p.Asked = p.Domain.Upto(min(p.Asks.Ways, len(p.Domain.Columns)))
	for _, names := range p.Asks.Extra {
		var s table.Set
		for _, name := range names {
			at := slices.IndexFunc(p.Domain.Columns, func(c table.Column) bool { return c.Name == name })
			if at < 0 || s.Has(at) {
				return fault.Bad("extra", "release.want.extra")
			}
			s = append(s, at)
		}
		if len(s) > MostWays+1 {
			return fault.Bad("extra", "release.want.ways")
		}
		if slices.Sort(s); !slices.ContainsFunc(p.Asked, func(t table.Set) bool { return s.In(t) }) {
			p.Asked = append(p.Asked, s)
		}
	}
	seen := map[string]bool{}
	for _, s := range p.Asked {
		if err := p.Domain.Holds(s); err != nil {
			return err
		}
		for _, part := range s.Subsets() {
			if k := part.Key(); !seen[k] {
				seen[k] = true
				p.All = append(p.All, part)
				p.Cells += p.Domain.Cells(part)
			}
			if len(p.All) > MostTables || p.Cells > MostCells {
				return fault.Bad("ways", "release.want.fewer", "Tables", MostTables, "Cells", MostCells)
			}
		}
	}
	inorder.Stably(p.All, func(a, b table.Set) int { return cmp.Or(len(a)-len(b), slices.Compare(a, b)) })
	return nil
}

// spread plans the noise. Where more than one record of a person is counted, each costs more: the plan gets less.
func (p *Plan) spread() error {
	most, err := allowed(noise.Promise{Epsilon: p.Asks.Epsilon, Delta: p.Asks.Delta})
	if err != nil {
		return err
	}
	m := float64(max(p.Source.Most, 1))
	rho := most.Rho() / noise.Rho(m*m)
	if p.Asks.Choose > 0 {
		return p.choose(rho)
	}
	asked := make([]pooled.Asked, len(p.All)) // small tables count as much as large ones: readers look at them first
	for i, s := range p.All {
		asked[i].Set = s
	}
	if p.pooled, err = pooled.New(p.Domain, asked, rho); err != nil {
		return err
	}
	p.Cost = costOf(p.pooled.Charge(), p.Source.Most)
	return nil
}

// choose divides the budget where only some of the tables are measured: which is known when the data were looked at.
func (p *Plan) choose(rho noise.Rho) (err error) {
	if p.choice, err = selection.Divide(p.Domain, p.All, p.Asks.Choose, rho); err != nil {
		return err
	}
	if p.pooled, err = p.choice.Expect(nil); err != nil {
		return err
	}
	p.Cost = costOf(p.choice.Charge(), p.Source.Most)
	return nil
}

// settle makes of a plan with a choice one of the tables that were chosen.
func (p *Plan) settle(chosen *pooled.Plan) {
	p.pooled, p.Asked, p.All, p.Cells = chosen, nil, nil, 0
	for _, a := range chosen.Tables {
		p.Asked = append(p.Asked, a.Set)
	}
	for _, x := range chosen.Parts {
		p.All = append(p.All, x.Set)
		p.Cells += p.Domain.Cells(x.Set)
	}
	inorder.Stably(p.All, func(a, b table.Set) int { return cmp.Or(len(a)-len(b), slices.Compare(a, b)) })
}

// closed gives the calendar years that a period is made of, where all of them are over and a record is of one of them only.
func closed(s source.Source, p source.Period, now time.Time) []int {
	begins := func(t time.Time) bool { return t.YearDay() == 1 }
	if s.Most > 1 || !begins(p.From) || !begins(p.Until) || p.Until.Year() > now.UTC().Year() {
		return nil
	}
	var out []int
	for y := p.From.Year(); y < p.Until.Year(); y++ {
		out = append(out, y)
	}
	return out
}

// Names gives the columns of a table.
func (p *Plan) Names(s table.Set) []string {
	out := make([]string, len(s))
	for i, c := range s {
		out[i] = p.Domain.Columns[c].Name
	}
	return out
}

// PlusMinus gives how far, in 95 of 100 releases, a number of a table lies from the truth at most: to be shown before
// anything is spent. On the route exact it is what rounding can do; nothing where numbers are withheld.
func (p *Plan) PlusMinus(s table.Set) float64 {
	if p.pooled == nil {
		if p.Asks.Method == "rounded" {
			return float64(p.Asks.K - 1)
		}
		return 0
	}
	d, ok := p.pooled.Deviation(s)
	if !ok && p.choice != nil {
		if x, err := p.choice.Expect(s); err == nil {
			d, _ = x.Deviation(s)
		}
	}
	return 1.959964 * d
}

// Promise says what a pooled plan promises, at its own delta.
func (p *Plan) Promise() (bundle.Promise, error) {
	at, err := p.Cost.Rho().At(p.Asks.Delta)
	out := bundle.Promise{Rho: p.Cost.String(), Epsilon: at.Epsilon, Delta: p.Asks.Delta}
	if p.choice != nil {
		out.Choice = &bundle.Choice{Of: len(p.choice.Candidates), Taken: p.choice.Picks, Rho: costOf(p.choice.Look(), p.Source.Most).String()}
	}
	return out, err
}

// Narrowest is the table with the largest error, and that error.
func (p *Plan) Narrowest() (worst table.Set, plus float64) {
	for _, s := range p.All {
		if x := p.PlusMinus(s); x >= plus {
			worst, plus = s, x
		}
	}
	return worst, plus
}

// records counts the source's records of a period, of the plan's columns only.
func (p *Plan) records(all *table.Records) (*table.Records, error) {
	out, err := table.NewRecords(p.Domain, all.Len())
	if err != nil {
		return nil, err
	}
	columns := make([][]uint16, len(p.columns))
	for i, at := range p.columns {
		columns[i] = all.Column(at)
	}
	row := make([]uint16, len(columns))
	for n := range all.Len() {
		for i := range columns {
			row[i] = columns[i][n]
		}
		if err := out.Add(row...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// round2 rounds for files: two places say more than noise lets tell.
func round2(x float64) float64 { return math.Round(x*100) / 100 }

// expm is e to the x, bounded for what is shown.
func expm(x float64) float64 { return math.Exp(min(x, 20)) }
