// SPDX-License-Identifier: EUPL-1.2

package selection

import (
	"context"
	"io"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Spread is a budget divided: a quarter for a first look at single columns, a quarter for choosing, and the rest for measuring what
// is chosen, with the single columns again. It needs no data.
type Spread struct {
	Domain     table.Domain
	Candidates []table.Set // of more than one column
	Picks      int
	base       *pooled.Plan
	rho, after noise.Rho // for choosing, and for what is published
}

// Divide divides a budget. Errors: Invalid where there are not more candidates than picks; as of pooled.New.
func Divide(d table.Domain, all []table.Set, picks int, rho noise.Rho) (*Spread, error) {
	out := &Spread{Domain: d, Picks: picks}
	for _, s := range all {
		if len(s) > 1 {
			out.Candidates = append(out.Candidates, s)
		}
	}
	if len(out.Candidates) < 2 {
		return nil, fault.Bad("choose", "statistics.want.choose_few")
	}
	if picks < 1 || picks >= len(out.Candidates) {
		return nil, fault.Bad("choose", "statistics.want.choose", "Max", len(out.Candidates)-1)
	}
	rho *= 1 - 1e-6 // so that parts that are rounded up still come to no more than was given
	var err error
	if out.base, err = pooled.New(d, singles(d), rho/4); err != nil {
		return nil, err
	}
	out.rho = rho / 4
	out.after = rho - out.base.Charge().Rho() - out.rho
	return out, nil
}

// singles asks for all tables of one column.
func singles(d table.Domain) (out []pooled.Asked) {
	for i := range d.Columns {
		out = append(out, pooled.Asked{Set: table.SetOf(i)})
	}
	return out
}

// Charge is what all of it costs.
func (x *Spread) Charge() noise.Charge { return x.Look() + x.after.Charge() + 1 }

// Look is the part of the charge that goes into the choice: the first look, and choosing.
func (x *Spread) Look() noise.Charge { return x.base.Charge() + x.rho.Charge() + 1 }

// Expect plans what would be measured if a table were chosen together with the largest of the others: how exact it is then, before
// anything is known. The empty set is the largest alone.
func (x *Spread) Expect(s table.Set) (*pooled.Plan, error) {
	largest := slices.Clone(x.Candidates)
	inorder.Stably(largest, func(a, b table.Set) int { return x.Domain.Cells(b) - x.Domain.Cells(a) })
	largest = slices.DeleteFunc(largest, func(t table.Set) bool { return slices.Equal(t, s) })
	if len(s) > 1 {
		largest = append([]table.Set{s}, largest...)
	}
	return x.measuring(largest[:x.Picks])
}

// measuring plans chosen tables beside single columns.
func (x *Spread) measuring(chosen []table.Set) (*pooled.Plan, error) {
	asked := singles(x.Domain)
	for _, s := range chosen {
		asked = append(asked, pooled.Asked{Set: s})
	}
	return pooled.New(x.Domain, asked, x.after)
}

// Plan looks at single columns, chooses, and gives the plan of what was chosen, which is still to be measured. All of the charge is
// to be booked before. random is asked for streams of coin tosses as by pooled's Measure. Errors: of random; the context's.
func (x *Spread) Plan(ctx context.Context, r *table.Records, random func(int) io.Reader) (*pooled.Plan, error) {
	base, err := x.base.Measure(ctx, r, random)
	if err != nil {
		return nil, err
	}
	chosen, err := Choose(ctx, r, Request{Base: base, Candidates: x.Candidates, Picks: x.Picks, Rho: x.rho, After: x.after}, random(len(x.base.Parts)))
	if err != nil {
		return nil, err
	}
	p, err := x.measuring(chosen.Sets)
	if err == nil && x.base.Charge()+chosen.Charge+p.Charge() > x.Charge() {
		err = fault.New(fault.Internal, "fault.internal")
	}
	return p, err
}
