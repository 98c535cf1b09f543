// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/microdata"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Report counts what Work did.
type Report struct {
	Drawn  int `json:"drawn"`
	Broken int `json:"broken"`
}

// Work draws what an owner's people have approved, one release after the other, and is called again and again by the
// node. A release that was being drawn when the program last ended is broken off: whatever was in memory is lost, what it
// cost stays, and people decide whether to ask anew.
func (d *Desk) Work(ctx context.Context, owner journal.ID) (Report, error) {
	d.drawing.Lock()
	defer d.drawing.Unlock()
	var rep Report
	w, err := d.statistics(owner)
	if err != nil {
		return rep, err
	}
	for _, status := range []Status{Drawing, Approved} {
		var todo []State
		err := d.each(ctx, w, store.Query{State: string(status)}, func(s State) error { todo = append(todo, s); return nil })
		if err != nil {
			return rep, err
		}
		for i := range todo {
			s := todo[len(todo)-1-i] // the one that was approved first
			if status == Drawing {
				err = d.breakOff(ctx, w, s, "interrupted")
			} else {
				err = d.draw(ctx, w, s)
			}
			if err != nil {
				return rep, err
			}
			if _, after, err := d.Open(ctx, w, s.ID); err != nil {
				return rep, err
			} else if after.status == Drawn {
				rep.Drawn++
			} else {
				rep.Broken++
			}
		}
	}
	return rep, nil
}

// breakOff ends a release that cannot be made. What it reserved is given back only where drawing had not begun.
func (d *Desk) breakOff(ctx context.Context, w store.Who, s State, reason string) error {
	changes := []store.Change{{Ref: Ref(s.ID), Decide: func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: BrokenType, Payload: Reasoned{Reason: reason}, Room: Room}}, nil
	}}}
	if s.status == Approved {
		changes = append(changes, d.free(w, s))
	}
	_, err := d.Store.UpdateEach(ctx, w, changes)
	return told(err)
}

// draw makes one release. Counting comes first, noise after the entry that says that it is drawn.
func (d *Desk) draw(ctx context.Context, w store.Who, s State) error {
	defer d.tell(s.ID, Progress{})
	owner := w.Actor.Owner
	p, err := d.Plan(owner, s.Asks)
	if err != nil { // the source has changed since
		return d.broke(ctx, w, s, err)
	}
	b, err := d.Budget(ctx, w, s.Asks.Source)
	if err != nil {
		return err
	}
	if c, there := b.Charge(s.ID); !there || c.Cost != p.Cost {
		return d.breakOff(ctx, w, s, "changed")
	}
	d.tell(s.ID, Progress{1, 4})
	all, err := p.Source.Coded(ctx, w, p.Period)
	if err != nil {
		return d.broke(ctx, w, s, err)
	}
	records, err := p.records(all)
	if err != nil {
		return d.broke(ctx, w, s, err)
	}
	begun := Begun{Cost: p.Cost}
	seed, commitment := d.seed(owner, s.ID)
	if s.Asks.Records && p.pooled != nil {
		begun.Commitment = commitment
	}
	if _, err := d.Store.Append(ctx, w, Ref(s.ID), store.Draft{Type: DrawingType, Payload: begun, Room: Room}); err != nil {
		return err
	}
	s.status, s.Begun = Drawing, begun
	d.tell(s.ID, Progress{2, 4})
	f, err := d.make(ctx, w, s, p, records, seed)
	if err != nil {
		return d.broke(ctx, w, s, err)
	}
	d.tell(s.ID, Progress{3, 4})
	return d.keep(ctx, w, s, p, f)
}

// broke breaks a release off for an error's reason; what is not about the release itself is given back, to be tried again
// where nothing was drawn yet.
func (d *Desk) broke(ctx context.Context, w store.Who, s State, err error) error {
	switch fault.Of(err) {
	case fault.Invalid, fault.NotFound:
		return d.breakOff(ctx, w, s, "changed")
	case fault.Guarded:
		reason := "told_before"
		if strings.Contains(err.Error(), "no_rounding") {
			reason = "no_rounding"
		}
		return d.breakOff(ctx, w, s, reason)
	}
	if s.status == Drawing && ctx.Err() == nil {
		return d.breakOff(ctx, w, s, "interrupted")
	}
	return err
}

// make draws and gives the files.
func (d *Desk) make(ctx context.Context, w store.Who, s State, p *Plan, r *table.Records, seed []byte) (*Files, error) {
	f := &Files{State: s, Plan: p}
	var err error
	if p.pooled == nil {
		if err = d.protect(ctx, w, f); err != nil {
			return nil, err
		}
	} else if err = d.noisy(ctx, f, r, seed); err != nil {
		return nil, err
	}
	if d.Attack != nil {
		more, err := d.Attack(ctx, *f)
		if err != nil {
			return nil, err
		}
		f.Checks = append(f.Checks, more...)
	}
	return f, d.describe(ctx, w.Actor.Owner, f)
}

// noisy measures on the route pooled.
func (d *Desk) noisy(ctx context.Context, f *Files, r *table.Records, seed []byte) error {
	rel, err := f.Plan.pooled.Measure(ctx, r, d.Random)
	if err != nil {
		return err
	}
	if f.Promise, err = f.Plan.Promise(); err != nil {
		return err
	}
	for _, set := range f.Plan.All {
		e, err := rel.Table(set)
		if err != nil {
			return err
		}
		t := bundle.Table{Columns: f.Plan.Names(set), Cells: make([]bundle.Cell, len(e.Values))}
		for i := range e.Values {
			low, high := e.Interval(i)
			t.Cells[i] = estimated(e.Values[i], max(0, low), max(0, high))
		}
		f.Tables.Tables = append(f.Tables.Tables, t)
		f.sigmas = append(f.sigmas, round2(e.Deviation))
	}
	f.Checks = append(f.Checks, consistency(f.Plan, f.Tables))
	if !f.State.Asks.Records {
		return nil
	}
	f.seed = hex.EncodeToString(seed)
	return f.people(ctx, rel, binary.BigEndian.Uint64(seed))
}

// estimated is a cell with noise; one whose interval reaches down to zero tells no number that can be told from none.
func estimated(v, low, high float64) bundle.Cell {
	v, low, high = round2(v), round2(low), round2(high)
	c := bundle.Cell{Value: &v, Low: &low, High: &high, Flag: "estimated"}
	if low <= 0 {
		c.Flag = "noise"
	}
	return c
}

// consistency counts sums that do not agree between tables, of all that there are. Files carry two places: a sum of n cells
// may be off by n halves of the last.
func consistency(p *Plan, t bundle.Tables) bundle.Check {
	out := bundle.Check{Code: "consistency"}
	at := map[string]bundle.Table{}
	for _, x := range t.Tables {
		at[TableName(x.Columns)] = x
	}
	for _, set := range p.All {
		if len(set) == 0 {
			continue
		}
		n := len(p.Domain.Columns[set[len(set)-1]].Values)
		whole, part := at[TableName(p.Names(set[:len(set)-1]))], at[TableName(p.Names(set))]
		for i, c := range whole.Cells {
			sum, known := 0.0, c.Value != nil
			for _, x := range part.Cells[i*n : (i+1)*n] {
				if known = known && x.Value != nil; known {
					sum += *x.Value
				}
			}
			if !known {
				continue
			}
			if out.Of++; sum-*c.Value > 0.006*float64(n+1) || *c.Value-sum > 0.006*float64(n+1) {
				out.Found++
			}
		}
	}
	return out
}

// people makes the records.
func (f *Files) people(ctx context.Context, rel *pooled.Release, seed uint64) error {
	r, err := microdata.Make(ctx, rel, microdata.Options{Seed: seed, Mask: 1}, nil)
	if err != nil {
		return err
	}
	f.Records = r
	return nil
}

// keep stores the files with the entry that says so, and the line of the register, in one transaction.
func (d *Desk) keep(ctx context.Context, w store.Who, s State, p *Plan, f *Files) error {
	archive, err := f.archive()
	if err != nil {
		return d.broke(ctx, w, s, err)
	}
	if len(archive) > store.MaxBlob {
		return d.breakOff(ctx, w, s, "large")
	}
	made := Made{Hash: f.hash, Promise: f.Promise, Sigmas: f.sigmas, Cells: p.Cells, Hidden: f.hidden, Seed: f.seed, Earlier: f.earlier, Checks: f.Checks}
	spent := Spent{Release: s.ID, Unit: "person", Version: p.Source.Version, Rho: p.Cost, Delta: s.Asks.Delta, Sigmas: f.sigmas, Cells: p.Cells, Hash: f.hash, Commitment: s.Begun.Commitment, Signed: [2]journal.ID{s.By, s.Approver}}
	for _, set := range p.Asked {
		spent.Workload = append(spent.Workload, TableName(p.Names(set)))
	}
	if p.pooled == nil {
		spent.Delta = 0
	}
	_, err = d.Store.UpdateEach(ctx, w, []store.Change{
		{Ref: Ref(s.ID), Decide: func(any) ([]store.Draft, error) {
			return []store.Draft{{Type: DrawnType, Payload: made, Room: Room, Blob: &store.Blob{Category: journal.D9, Bytes: archive}}}, nil
		}},
		{Ref: BudgetRef(w.Actor.Owner, s.Asks.Source), Decide: func(any) ([]store.Draft, error) {
			return []store.Draft{{Type: SpentType, Payload: spent, Room: Room}}, nil
		}},
	})
	return told(err)
}
