// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/selection"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// choice is how a release finds out which of the tables that are asked for are worth measuring, and what each part of that may cost.
type choice struct {
	base       *pooled.Plan // of single columns, which the choice looks at
	candidates []table.Set
	picks      int
	rho, after noise.Rho // for choosing, and for measuring what is chosen with the single columns again
}

// choice divides the promise: a quarter for single columns, a quarter for choosing, the rest for what is chosen. Nil where nothing
// is to be chosen. Errors: Invalid where there are not so many tables of several columns.
func (r *releaseCmd) choice(all *pooled.Plan) (*choice, error) {
	if r.Choose == 0 {
		return nil, nil
	}
	out := choice{picks: r.Choose}
	for _, a := range all.Tables {
		if len(a.Set) > 1 {
			out.candidates = append(out.candidates, a.Set)
		}
	}
	if r.Choose < 0 || r.Choose >= len(out.candidates) {
		return nil, fault.Bad("choose", "statistics.want.choose", "Max", len(out.candidates)-1)
	}
	rho := all.Cost() * (1 - 1e-9) // so that parts that are rounded up still come to no more
	var err error
	if out.base, err = pooled.New(all.Domain, singles(all.Domain), rho/4); err != nil {
		return nil, err
	}
	out.rho = rho / 4
	out.after = rho - out.base.Cost() - out.rho
	return &out, nil
}

// singles asks for all tables of one column.
func singles(d table.Domain) (out []pooled.Asked) {
	for i := range d.Columns {
		out = append(out, pooled.Asked{Set: table.SetOf(i)})
	}
	return out
}

// charge is what all of it costs.
func (x *choice) charge() noise.Charge {
	return x.base.Charge() + x.rho.Charge() + 1 + x.after.Charge() + 1
}

// plan measures single columns, chooses, and gives the plan of what was chosen. The budget is charged before.
func (x *choice) plan(c *call, records *table.Records) (*pooled.Plan, error) {
	base, err := x.base.Measure(c.ctx, records, system)
	if err != nil {
		return nil, err
	}
	chosen, err := selection.Choose(c.ctx, records, selection.Request{Base: base, Candidates: x.candidates, Picks: x.picks, Rho: x.rho, After: x.after}, system(0))
	if err != nil {
		return nil, err
	}
	asked := singles(records.Domain)
	for _, s := range chosen.Sets {
		asked = append(asked, pooled.Asked{Set: s})
	}
	p, err := pooled.New(records.Domain, asked, x.after)
	if err == nil && x.base.Charge()+chosen.Charge+p.Charge() > x.charge() {
		err = fault.New(fault.Internal, "fault.internal")
	}
	return p, err
}
