// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Desk plans, approves and draws releases. It is used by pointer and by several goroutines; one draws at a time.
type Desk struct {
	Store *store.Store
	Clock clock.Clock
	// Sources gives what an owner can count, its own records and tables that were brought in.
	Sources func(ctx context.Context, owner journal.ID) source.Sources
	// Random gives the noise of each part of a release its coin tosses: crypto/rand's reader for all, but in tests.
	Random func(part int) io.Reader
	// Job gives a named background principal of an owner.
	Job func(owner journal.ID, name string, p access.Purpose) (store.Who, error)
	// Secret gives a key of an owner's own: rounding and the seeds of records are drawn from it.
	Secret func(owner journal.ID) [32]byte
	// Office says who publishes.
	Office func(owner journal.ID) bundle.Office
	// Told gives what the office told others of a source outside of releases, as the job "statistics": later exact releases are
	// held against it. May be nil.
	Told func(ctx context.Context, w store.Who, s source.Source) ([]Told, error)
	// Locale gives a language of the files: "en", "fr".
	Locale func(tag string) *lang.Locale

	drawing  sync.Mutex // held by whoever draws
	mu       sync.Mutex
	progress map[journal.ID]Progress // guarded by mu
}

// Progress is how far the drawing of a release is.
type Progress struct{ Done, Of int }

// Progress gives how far the drawing of a release is; false where it is not being drawn.
func (d *Desk) Progress(id journal.ID) (Progress, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.progress[id]
	return p, ok
}

func (d *Desk) tell(id journal.ID, p Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.progress == nil {
		d.progress = map[journal.ID]Progress{}
	}
	if d.progress[id] = p; p == (Progress{}) {
		delete(d.progress, id)
	}
}

// As gives somebody with the purpose that releases are made for.
func As(a access.Actor) store.Who { return store.Who{Actor: a, Purpose: access.ForStatistics} }

// statistics is the job that counts and draws.
func (d *Desk) statistics(owner journal.ID) (store.Who, error) {
	return d.Job(owner, "statistics", access.ForStatistics)
}

// Open reads a release as somebody may see it. Error: NotFound.
func (d *Desk) Open(ctx context.Context, w store.Who, id journal.ID) (*store.Opened, State, error) {
	return begun(d.Store.Open(ctx, w, Ref(id)))
}

// begun gives what was opened with its state, where anything was recorded.
func begun(o *store.Opened, err error) (*store.Opened, State, error) {
	if err != nil {
		return nil, State{}, err
	}
	s := o.State.(State)
	if !s.Exists() {
		return nil, s, fault.New(fault.NotFound, "fault.not_found")
	}
	return o, s, nil
}

// Budget reads what is left of a source; a source that nothing was released of has the usual one.
func (d *Desk) Budget(ctx context.Context, w store.Who, source string) (Budget, error) {
	o, err := d.Store.Open(ctx, w, BudgetRef(w.Actor.Owner, source))
	if fault.Is(err, fault.NotFound) {
		return Budget{Source: source, Policy: Usual()}, nil
	}
	if err != nil {
		return Budget{}, err
	}
	return o.State.(Budget), nil
}

// Plan reads what is asked against an owner's sources. It needs none of their records and spends nothing.
func (d *Desk) Plan(ctx context.Context, owner journal.ID, a Asks) (*Plan, error) {
	return NewPlan(d.Sources(ctx, owner), a, d.Clock.Now())
}

// Draft writes a draft, after reading it as a plan. entry makes sending it twice harmless.
func (d *Desk) Draft(ctx context.Context, w store.Who, id, entry journal.ID, a Asks) error {
	p, err := d.Plan(ctx, w.Actor.Owner, a)
	if err != nil {
		return err
	}
	a.Called = p.Source.Title
	_, err = d.Store.Append(ctx, w, Ref(id), store.Draft{ID: entry, Type: DraftedType, Payload: Draft{a}})
	return err
}

// Ask asks a second person to approve a draft.
func (d *Desk) Ask(ctx context.Context, w store.Who, id journal.ID) error {
	_, err := d.Store.Append(ctx, w, Ref(id), store.Draft{Type: AskedType, Payload: Asking{As: FunctionOf(w.Actor)}})
	return err
}

// Sign signs what was drawn; the second person who does publishes it.
func (d *Desk) Sign(ctx context.Context, w store.Who, id journal.ID, hash string) error {
	_, err := d.Store.Append(ctx, w, Ref(id), store.Draft{Type: SignedType, Payload: Signing{Hash: hash}})
	return err
}

// Approve records that a second person has looked at what a release says and could tell, and reserves what it costs, in one
// transaction: of two releases that do not fit together, only one is approved.
//
// Errors: Guarded where the budget is used up, where the same person drafted it, or where it was not asked for.
func (d *Desk) Approve(ctx context.Context, w store.Who, id journal.ID, a Approval) error {
	a.As = FunctionOf(w.Actor)
	_, s, err := d.Open(ctx, w, id)
	if err != nil {
		return err
	}
	p, err := d.Plan(ctx, w.Actor.Owner, s.Asks)
	if err != nil {
		return err
	}
	_, err = d.Store.UpdateEach(ctx, w, []store.Change{
		{Ref: Ref(id), Decide: func(any) ([]store.Draft, error) {
			return []store.Draft{{Type: ApprovedType, Payload: a, Room: written}}, nil
		}},
		{Ref: BudgetRef(w.Actor.Owner, s.Asks.Source), Decide: func(any) ([]store.Draft, error) {
			return []store.Draft{{Type: ReservedType, Payload: Reservation{Release: id, Source: s.Asks.Source, Route: s.Asks.Route, Years: p.Years, Cost: p.Cost}, Room: written}}, nil
		}},
	})
	return told(err)
}

// told gives the reason why one of several changes was refused.
func told(err error) error {
	if r := new(store.RefusedChange); errors.As(err, &r) {
		return r.Err
	}
	return err
}

// Hold keeps a release back for good. What was reserved is given back where nothing was drawn yet.
func (d *Desk) Hold(ctx context.Context, w store.Who, id journal.ID, r Reasoned) error {
	_, s, err := d.Open(ctx, w, id)
	if err != nil {
		return err
	}
	changes := []store.Change{{Ref: Ref(id), Decide: func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: HeldType, Payload: r}}, nil
	}}}
	if s.status == Approved {
		changes = append(changes, d.free(w, s))
	}
	_, err = d.Store.UpdateEach(ctx, w, changes)
	return told(err)
}

// Spend takes from the budget of a source what somebody else's drawing costs, before it begins: what several offices publish
// together, once for each. Two people have agreed to it there. It is never given back. Error: Guarded where the budget does not
// bear it.
func (d *Desk) Spend(ctx context.Context, owner, id journal.ID, source string, years []int, s Spent) error {
	w, err := d.statistics(owner)
	if err != nil {
		return err
	}
	s.Release = id
	_, err = d.Store.Update(ctx, w, BudgetRef(owner, source), func(state any) ([]store.Draft, error) {
		if _, there := state.(Budget).Charge(id); there {
			return nil, nil
		}
		return []store.Draft{{Type: ReservedType, Payload: Reservation{Release: id, Source: source, Route: bundle.Pooled, Years: years, Cost: s.Rho}, Room: written}, {Type: SpentType, Payload: s, Room: written}}, nil
	})
	return err
}

// Exactly lists the published counts of a source that are exact behind a threshold and share days with a period: whoever has them
// can take them off noise.
func (d *Desk) Exactly(ctx context.Context, owner journal.ID, source, from, until string) ([]State, error) {
	all, err := d.Published(ctx, owner)
	return slices.DeleteFunc(all, func(s State) bool {
		return s.status != Published || s.Asks.Route != bundle.Exact || s.Asks.Source != source || s.Asks.From > until || from > s.Asks.Until
	}), err
}

func (d *Desk) free(w store.Who, s State) store.Change {
	return store.Change{Ref: BudgetRef(w.Actor.Owner, s.Asks.Source), Decide: func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: FreedType, Payload: Freed{s.ID}, Room: written}}, nil
	}}
}

// seed gives the seed of a release's records, and what commits to it.
func (d *Desk) seed(owner, id journal.ID) (seed []byte, commitment string) {
	secret := d.Secret(owner)
	m := hmac.New(sha256.New, secret[:])
	m.Write([]byte("records\n" + id.String()))
	seed = m.Sum(nil)[:8]
	h := sha256.Sum256(seed)
	return seed, hex.EncodeToString(h[:])
}

// each opens all releases of a status, oldest change last, as somebody may see them.
func (d *Desk) each(ctx context.Context, w store.Who, q store.Query, take func(State) error) error {
	q.Kind = access.KindRelease
	return d.Store.Each(ctx, w, q, func(row store.Row) error {
		_, s, err := d.Open(ctx, w, row.Ref.ID)
		if err != nil {
			return err
		}
		return take(s)
	})
}

// Published lists what everybody may see: releases that two people signed, latest first. What was taken down since is among
// them, and says so. It is read once until a release changes.
func (d *Desk) Published(ctx context.Context, owner journal.ID) ([]State, error) {
	w, err := d.statistics(owner)
	if err != nil {
		return nil, err
	}
	all, err := store.Remembered(d.Store, w, []string{access.KindRelease}, "register", func() (out []State, err error) {
		for _, status := range []Status{Published, Withdrawn} {
			if err := d.each(ctx, w, store.Query{State: string(status)}, func(s State) error {
				out = append(out, s)
				return nil
			}); err != nil {
				return nil, err
			}
		}
		latestFirst(out)
		return out, nil
	})
	return slices.Clone(all), err // what is remembered stays as it is
}

// Files gives the archive of a release that was drawn. Error: NotFound where there is none.
func (d *Desk) Files(ctx context.Context, w store.Who, s State) ([]byte, error) {
	if s.MadeEntry.IsZero() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	b, err := d.Store.OpenBlob(ctx, w, Ref(s.ID), s.MadeEntry)
	return b.Bytes, err
}

// PublicFiles gives the archive of a published release to anybody. Error: NotFound for any other.
func (d *Desk) PublicFiles(ctx context.Context, owner, id journal.ID) (State, []byte, error) {
	w, err := d.statistics(owner)
	if err != nil {
		return State{}, nil, err
	}
	_, s, err := d.Open(ctx, w, id)
	if err != nil {
		return s, nil, err
	}
	if s.status != Published {
		return s, nil, fault.New(fault.NotFound, "fault.not_found")
	}
	b, err := d.Files(ctx, w, s)
	return s, b, err
}

// now gives the time for files, whole seconds.
func (d *Desk) now() time.Time { return d.Clock.Now().UTC().Truncate(time.Second) }
