// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/entraide-thb/entraide/internal/measure/attack"
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
		return []store.Draft{{Type: BrokenType, Payload: Reasoned{Reason: reason}, Room: written}}, nil
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
	p, err := d.Plan(ctx, owner, s.Asks)
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
	if _, err := d.Store.Append(ctx, w, Ref(s.ID), store.Draft{Type: DrawingType, Payload: begun, Room: written}); err != nil {
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
		return d.breakOff(ctx, w, s, changed(err))
	case fault.Guarded:
		return d.breakOff(ctx, w, s, guarded(err))
	}
	if s.status == Drawing && ctx.Err() == nil {
		return d.breakOff(ctx, w, s, "interrupted")
	}
	return err
}

// changed gives the code of why a release is no longer what was planned, or is too much together with others.
func changed(err error) string {
	if f := new(fault.Fault); errors.As(err, &f) && slices.ContainsFunc(f.Fields, func(x fault.Field) bool {
		return x.Key == "statistics.want.few_cells" || x.Key == "statistics.want.few_sums"
	}) {
		return "linked"
	}
	return "changed"
}

// guarded gives the code of why a release tells too much.
func guarded(err error) string {
	if f := new(fault.Fault); errors.As(err, &f) {
		switch f.Key {
		case "statistics.guard.no_rounding":
			return "no_rounding"
		case "release.guard.attacked", "release.guard.noise":
			return "attacked"
		}
	}
	return "told_before"
}

// make draws and gives the files, attacked as others would.
func (d *Desk) make(ctx context.Context, w store.Who, s State, p *Plan, r *table.Records, seed []byte) (*Files, error) {
	f := &Files{State: s, Plan: p}
	trial := attack.Trial{Coin: binary.BigEndian.Uint64(seed)}
	if p.pooled == nil {
		if err := d.protect(ctx, w, f); err != nil {
			return nil, err
		}
	} else {
		if err := d.noisy(ctx, f, r, seed); err != nil {
			return nil, err
		}
		trial.Plan, trial.Random = p.pooled, tosses(seed)
	}
	own := f.Release.Checks
	d.describe(w.Actor.Owner, f)
	checks, err := attack.Certificate(ctx, &f.Whole, trial, nil)
	if err != nil {
		return nil, err
	}
	for _, c := range checks {
		if c.Found > 0 {
			return nil, fault.New(fault.Guarded, "release.guard.attacked")
		}
	}
	f.Release.Checks = append(checks, own...)
	return f, nil
}

// tosses gives the games coin tosses of their own, each time others: nothing that they decide is secret.
func tosses(seed []byte) func(int) io.Reader {
	var n atomic.Uint64
	return func(int) io.Reader {
		var key [32]byte
		copy(key[8:], seed)
		binary.BigEndian.PutUint64(key[:], n.Add(1))
		return rand.NewChaCha8(key)
	}
}

// faithful is how many standard deviations the noise may lie from what chance gives, before it is taken for broken.
const faithful = 6

// noisy measures on the route pooled.
func (d *Desk) noisy(ctx context.Context, f *Files, r *table.Records, seed []byte) error {
	var err error
	if f.Plan.choice != nil {
		chosen, err := f.Plan.choice.Plan(ctx, r, d.Random)
		if err != nil {
			return err
		}
		f.Plan.settle(chosen)
	}
	if f.drawn, err = f.Plan.pooled.Measure(ctx, r, d.Random); err != nil {
		return err
	}
	if off, err := attack.Drawn(f.drawn, r); err != nil || math.Abs(off) > faithful {
		return fault.Wrap(fault.Guarded, err, "release.guard.noise")
	}
	if f.Promise, err = f.Plan.Promise(); err != nil {
		return err
	}
	if f.Tables, err = bundle.Estimates(f.drawn); err != nil {
		return err
	}
	for _, set := range f.Plan.All {
		x, _ := f.Plan.pooled.Deviation(set)
		f.sigmas = append(f.sigmas, round2(x))
	}
	if !f.State.Asks.Records {
		return nil
	}
	f.seed = hex.EncodeToString(seed)
	return f.people(ctx, f.drawn, binary.BigEndian.Uint64(seed))
}

// people makes the records.
func (f *Files) people(ctx context.Context, rel *pooled.Release, seed uint64) error {
	r, err := microdata.Make(ctx, rel, microdata.Options{Seed: seed, Mask: 1.5}, nil)
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
	made := Made{Hash: f.hash, Promise: f.Promise, Sigmas: f.sigmas, Cells: p.Cells, Hidden: f.hidden, Seed: f.seed, Earlier: f.earlier, Checks: f.Release.Checks}
	spent := Spent{Release: s.ID, Unit: "person", Version: p.Source.Version, Rho: p.Cost, Delta: s.Asks.Delta, Sigmas: f.sigmas, Cells: p.Cells, Hash: f.hash, Commitment: s.Begun.Commitment, Signed: [2]journal.ID{s.By, s.Approver}}
	for _, set := range p.Asked {
		spent.Workload = append(spent.Workload, TableName(p.Names(set)))
	}
	if p.pooled == nil {
		spent.Delta = 0
	}
	_, err = d.Store.UpdateEach(ctx, w, []store.Change{
		{Ref: Ref(s.ID), Decide: func(any) ([]store.Draft, error) {
			return []store.Draft{{Type: DrawnType, Payload: made, Room: written, Blob: &store.Blob{Category: journal.D9, Bytes: archive}}}, nil
		}},
		{Ref: BudgetRef(w.Actor.Owner, s.Asks.Source), Decide: func(any) ([]store.Draft, error) {
			return []store.Draft{{Type: SpentType, Payload: spent, Room: written}}, nil
		}},
	})
	return told(err)
}
