// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Draft is an entry to be: what happened, when, and what the writer had seen.
type Draft struct {
	ID journal.ID // made by the writer; zero lets the store make one
	// Type is a registered entry type of the dossier's kind; Payload is a value of its payload type.
	Type    string
	Payload any
	At      time.Time // when it happened; zero means now
	// Base is the revision that the writer had seen; zero means the one that the decision was made on.
	Base int64
	// Blob is the bytes that come with an entry whose type asks for them.
	Blob *Blob
	// Room is the room that writes, where the entry's type asks for one (Type.Room).
	Room string
}

// Result is what an Update did.
type Result struct {
	Ref      Ref
	Revision int64
	Appended []journal.Entry // as stored, without parts; empty when all were there already
	State    any             // the whole state after it: never to be shown without Open
}

// Decide says what to append to a state. It may run several times and must have no other effect. Nothing is stored where it gives
// an error; drafts beside a fault that names fields which cannot be read are shown to the guards all the same, so that whoever
// mends a form is told everything that is wrong at once.
type Decide func(state any) ([]Draft, error)

// Also runs in the transaction of an append, after it; an error undoes the append.
type Also func(ctx context.Context, tx db.Tx, appended []journal.Entry) error

// tries caps how often an Update runs again because its dossier has moved on.
const tries = 24

// errMoved says that something read on the snapshot has changed since.
var errMoved = errors.New("store: moved on")

// Update appends what decide says to a dossier, which may not exist yet.
//
// Errors: Invalid (unknown type, payload of the wrong type, time in the future), Denied (the door),
// Guarded or Uncovered (a guard), Conflict (overlapping fields written meanwhile, or the dossier never
// stood still), and whatever decide or an Also gives. Nothing is stored when there is an error.
func (s *Store) Update(ctx context.Context, w Who, ref Ref, decide Decide, also ...Also) (Result, error) {
	rs, err := s.UpdateEach(ctx, w, []Change{{ref, decide}}, also...)
	if err != nil {
		return Result{}, err
	}
	return rs[0], nil
}

// Change is what one Update would do to one dossier.
type Change struct {
	Ref    Ref
	Decide Decide
}

// RefusedChange says which of the changes of UpdateEach an error is about.
type RefusedChange struct {
	At  int
	Err error
}

// Error implements error.
func (e *RefusedChange) Error() string { return fmt.Sprintf("change %d: %v", e.At, e.Err) }

// Unwrap gives the error.
func (e *RefusedChange) Unwrap() error { return e.Err }

// UpdateEach is Update for several dossiers, each named once, in one transaction: all of it is stored or nothing. A guard
// that looks at another of them sees it as it was before. Its errors are Update's; of several changes,
// in a RefusedChange where one is to blame.
func (s *Store) UpdateEach(ctx context.Context, w Who, changes []Change, also ...Also) ([]Result, error) {
	o, err := s.owner(w)
	if err != nil {
		return nil, err
	}
	refs := make([]Ref, len(changes))
	for i, c := range changes {
		if _, err := s.c.Registry.kind(c.Ref.Kind); err != nil {
			return nil, err
		}
		if c.Ref.ID.IsZero() || slices.ContainsFunc(refs[:i], func(r Ref) bool { return r.ID == c.Ref.ID }) {
			return nil, fault.Bad("dossier", "store.no_dossier")
		}
		refs[i] = c.Ref
	}
	if rs, err := s.once(ctx, o, w, changes, also); !errors.Is(err, errMoved) {
		return rs, err
	}
	end, err := s.turns.take(ctx, refs...)
	if err != nil {
		return nil, err
	}
	defer end()
	for range tries {
		if rs, err := s.once(ctx, o, w, changes, also); !errors.Is(err, errMoved) {
			return rs, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return nil, fault.New(fault.Conflict, "store.busy")
}

// once tries changes on one snapshot of each dossier.
func (s *Store) once(ctx context.Context, o Owner, w Who, changes []Change, also []Also) ([]Result, error) {
	var as attempts
	out, now := make([]Result, len(changes)), s.now()
	for i, c := range changes {
		k, err := s.c.Registry.kind(c.Ref.Kind)
		if err != nil {
			return nil, err
		}
		a := &attempt{s: s, o: o, w: w, k: k, now: now}
		if out[i], err = a.ready(ctx, c.Ref, c.Decide); err != nil {
			if len(changes) > 1 {
				err = &RefusedChange{i, err}
			}
			return nil, err
		}
		if len(a.fresh) > 0 {
			as = append(as, a)
		}
	}
	if len(as) == 0 { // everything was there already: sending twice is harmless
		return out, s.onlyAlso(ctx, also)
	}
	return out, as.commit(ctx, also)
}

// Append appends one draft, as the API, offline devices and other offices do.
func (s *Store) Append(ctx context.Context, w Who, ref Ref, d Draft, also ...Also) (Result, error) {
	return s.Update(ctx, w, ref, func(any) ([]Draft, error) { return []Draft{d}, nil }, also...)
}

// attempt is one try of an Update, on one snapshot.
type attempt struct {
	s   *Store
	o   Owner
	w   Who
	k   *Kind
	now time.Time

	l       *loaded
	open    []journal.Entry // all entries, opened, new ones at the end
	fresh   []newEntry
	seen    map[Ref]int64 // revisions of other dossiers that guards looked at
	effects Effects
	before  Derived
	after   Derived
	plan    plan
	sends   []func(context.Context, db.Tx) error // messages, ready to be stored
}

// newEntry is an entry on its way in.
type newEntry struct {
	journal.Entry
	salt    []byte
	bodies  map[journal.Category][]byte // as they will lie in the database
	digests map[journal.Category][]byte // of the bodies
	leaf    [32]byte                    // of the log
	blob    *Blob
	chunks  []chunk // of the blob, sealed
}

// ready makes everything that the commit will write; without fresh entries there is nothing to write.
func (a *attempt) ready(ctx context.Context, ref Ref, decide Decide) (Result, error) {
	state, err := a.read(ctx, ref)
	if err != nil {
		return Result{}, err
	}
	drafts, err := decide(state)
	if err != nil {
		return Result{}, a.besides(ctx, state, drafts, err)
	}
	for _, d := range drafts {
		if state, err = a.add(ctx, state, d); err != nil {
			return Result{}, err
		}
	}
	if len(a.fresh) == 0 {
		return Result{Ref: ref, Revision: a.l.revision, State: state}, nil
	}
	if state, err = a.erased(state); err != nil {
		return Result{}, err
	}
	a.after = a.k.derive(state)
	if err := a.k.check(a.after); err != nil {
		return Result{}, err
	}
	if err := a.seal(); err != nil {
		return Result{}, err
	}
	if a.sends, err = a.prepare(ctx); err != nil {
		return Result{}, err
	}
	return Result{Ref: ref, Revision: a.fresh[len(a.fresh)-1].Revision, State: state, Appended: a.headers()}, nil
}

// besides adds to a fault that names fields what a guard finds wrong with others. To whom the door is closed is told that.
func (a *attempt) besides(ctx context.Context, state any, drafts []Draft, wrong error) error {
	var f, more *fault.Fault
	if !errors.As(wrong, &f) || f.Kind != fault.Invalid || len(f.Fields) == 0 || len(drafts) == 0 {
		return wrong
	}
	switch _, err := a.add(ctx, state, drafts[0]); {
	case fault.Is(err, fault.Denied), fault.Is(err, fault.NotFound):
		return err
	case errors.As(err, &more):
		all := slices.Clone(f.Fields)
		(*fault.Fields)(&all).More(more.Fields)
		return &fault.Fault{Kind: f.Kind, Key: f.Key, Args: f.Args, Fields: all, Cause: f.Cause}
	}
	return wrong
}

// read loads and folds the dossier.
func (a *attempt) read(ctx context.Context, ref Ref) (any, error) {
	err := a.s.c.DB.Read(ctx, func(tx db.Tx) (err error) {
		a.l, err = a.s.load(ctx, tx, a.o, a.w.Actor.ID, ref)
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.fold()
}

// fold gives the state of what was loaded.
func (a *attempt) fold() (any, error) {
	var err error
	if a.open, err = a.l.open(nil); err != nil {
		return nil, err
	}
	state, err := a.k.fold(a.open)
	if err != nil {
		return nil, err
	}
	if a.l.exists {
		a.before = a.k.derive(state)
	}
	return state, nil
}

// add takes one draft through authorisation, conflict check and guard, and folds it.
func (a *attempt) add(ctx context.Context, state any, d Draft) (any, error) {
	e, t, err := a.entry(d)
	if err != nil {
		return nil, err
	}
	// Sending twice is harmless to its writer. To others that an entry is there, and at which revision the dossier
	// stands, is known only once the door has let them pass.
	there := slices.IndexFunc(a.open, func(x journal.Entry) bool { return x.ID == e.ID })
	if there >= 0 && a.open[there].Actor == a.w.Actor.ID {
		return state, nil
	}
	if err := a.authorise(e); err != nil {
		return nil, err
	}
	if t.Room != "" && d.Room != t.Room {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	if there >= 0 {
		return state, nil
	}
	if d.Base < 0 || d.Base >= e.Revision {
		return nil, fault.Bad("base", "store.base_ahead")
	}
	if err := checkBlob(t, e, d.Blob); err != nil {
		return nil, err
	}
	if err := conflict(a.open, e, t.Overlap); err != nil {
		return nil, err
	}
	g := a.guarding(ctx)
	g.blob = d.Blob
	if a.k.guard != nil {
		if err := a.k.guard(g, state, e); err != nil {
			return nil, err
		}
	}
	a.open = append(a.open, e)
	a.fresh = append(a.fresh, newEntry{Entry: e, blob: d.Blob})
	after, err := a.k.fold(a.open)
	if err != nil {
		return nil, err
	}
	if a.k.effects != nil {
		fx, err := a.k.effects(g, state, after, e)
		if err != nil {
			return nil, err
		}
		a.effects.Messages = append(a.effects.Messages, fx.Messages...)
		a.effects.Erase = append(a.effects.Erase, fx.Erase...)
	}
	return after, nil
}

// futureSkew is how far ahead a device's clock may run before its times are refused.
const futureSkew = 10 * time.Minute

// entry makes a full entry of a draft.
func (a *attempt) entry(d Draft) (journal.Entry, typeInfo, error) {
	t, err := a.s.c.Registry.typ(a.k.Name, d.Type)
	if err != nil {
		return journal.Entry{}, t, err
	}
	if got := reflect.TypeOf(d.Payload); got != t.reflected && (got == nil || got.Kind() != reflect.Pointer || got.Elem() != t.reflected) {
		return journal.Entry{}, t, fmt.Errorf("store: payload of %s is %T, not %s", d.Type, d.Payload, t.reflected)
	}
	parts, err := journal.Split(d.Payload)
	if err != nil {
		return journal.Entry{}, t, err
	}
	head := a.l.revision + int64(len(a.fresh))
	at := d.At.UTC().Truncate(time.Microsecond)
	if d.At.IsZero() {
		at = a.now
	}
	if at.After(a.now.Add(futureSkew)) {
		return journal.Entry{}, t, fault.Bad("occurred_at", "store.in_future")
	}
	h := journal.Header{ID: d.ID, Owner: a.o.ID, Dossier: a.l.ref.ID, Kind: a.k.Name, Revision: head + 1, Base: d.Base, Type: d.Type,
		Schema: t.Schema, Actor: a.w.Actor.ID, Purpose: string(a.w.Purpose), OccurredAt: at, RecordedAt: a.now}
	if h.ID.IsZero() {
		h.ID = a.s.NewID()
	}
	if h.Base == 0 {
		h.Base = head
	}
	return journal.Entry{Header: h, Parts: parts}, t, nil
}

// authorise asks the door about every part that the entry would write, and about the entry itself when
// it has none.
func (a *attempt) authorise(e journal.Entry) error {
	row := access.Row{Owner: a.o.ID, Kind: a.k.Name, Dossier: a.l.ref.ID, Relations: a.l.relations, Facts: a.s.facts(a.o.ID)}
	cats := []journal.Category{a.k.Base}
	if len(e.Parts) > 0 {
		cats = cats[:0]
		for c := range e.Parts {
			cats = append(cats, c)
		}
		slices.Sort(cats) // the same refusal each time
	}
	for _, c := range cats {
		if !a.s.allowed(a.w, access.Write, e.Type, row, c) {
			if !a.mayKnow(row) {
				return fault.New(fault.NotFound, "store.not_found")
			}
			return fault.New(fault.Denied, "store.denied", "Category", string(c))
		}
	}
	return nil
}

// mayKnow says whether the actor may learn that the dossier exists.
func (a *attempt) mayKnow(row access.Row) bool {
	return !a.l.exists || a.s.allowed(a.w, access.Read, "", row, a.k.Base)
}

// conflict refuses an entry that overlaps in a current value with one that its writer had not seen.
func conflict(open []journal.Entry, e journal.Entry, overlap []string) error {
	if len(overlap) == 0 {
		return nil
	}
	mine := fieldsOf(e)
	var fs fault.Fields
	for _, x := range open {
		if x.Type != e.Type || x.Revision <= e.Base || x.Base >= e.Revision {
			continue
		}
		theirs := fieldsOf(x)
		for _, f := range overlap {
			if a, b := mine[f], theirs[f]; a != "" && b != "" && a != b {
				fs.Add(f, "store.changed_meanwhile")
			}
		}
	}
	if len(fs) == 0 {
		return nil
	}
	return &fault.Fault{Kind: fault.Conflict, Key: "store.conflict", Fields: fs}
}

// fieldsOf gives an entry's top-level fields as JSON text.
func fieldsOf(e journal.Entry) map[string]string {
	out := map[string]string{}
	for _, raw := range e.Parts {
		var m map[string]json.RawMessage
		if json.Unmarshal(raw, &m) == nil {
			for k, v := range m {
				out[k] = string(v)
			}
		}
	}
	return out
}

func (a *attempt) guarding(ctx context.Context) *Guarding {
	return &Guarding{ctx: ctx, Now: a.now, Owner: a.o.ID, Office: a.o.Office, Actor: a.w.Actor, other: func(kind string, id journal.ID) (any, error) {
		return a.other(ctx, Ref{kind, id})
	}, find: func(kind, code, value string) ([]journal.ID, error) { return a.find(ctx, kind, code, value) }}
}

func (a *attempt) find(ctx context.Context, kind, code, value string) ([]journal.ID, error) {
	var out []journal.ID
	err := a.s.c.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT dossier FROM code WHERE owner = $1 AND kind = $2 AND name = $3 AND value = $4 ORDER BY dossier DESC`, a.o.ID, kind, code, value)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id journal.ID
			if err := rows.Scan(&id); err != nil {
				return err
			}
			out = append(out, id)
		}
		return rows.Err()
	})
	return out, err
}

// other folds another dossier for a guard and remembers its revision.
func (a *attempt) other(ctx context.Context, ref Ref) (any, error) {
	k, err := a.s.c.Registry.kind(ref.Kind)
	if err != nil {
		return nil, err
	}
	var l *loaded
	err = a.s.c.DB.Read(ctx, func(tx db.Tx) (err error) {
		l, err = a.s.load(ctx, tx, a.o, a.w.Actor.ID, ref)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !l.exists {
		return nil, fault.New(fault.NotFound, "store.not_found")
	}
	if a.seen == nil {
		a.seen = map[Ref]int64{}
	}
	if was, again := a.seen[ref]; again && was != l.revision {
		return nil, errMoved
	}
	a.seen[ref] = l.revision
	es, err := l.open(nil)
	if err != nil {
		return nil, err
	}
	return k.fold(es)
}

// erased refolds with the parts gone that the effects erase, so that nothing of them stays in tokens,
// codes or the summary.
func (a *attempt) erased(state any) (any, error) {
	if len(a.effects.Erase) == 0 {
		return state, nil
	}
	for i, e := range a.open {
		kept := make(map[journal.Category]json.RawMessage, len(e.Parts))
		gone := journal.Entry{Header: e.Header, Missing: e.Missing}
		for c, p := range e.Parts {
			if i < len(a.l.entries) && slices.Contains(a.effects.Erase, c) {
				gone.Miss(c, journal.Erased)
			} else {
				kept[c] = p
			}
		}
		gone.Parts = kept
		a.open[i] = gone
	}
	return a.k.fold(a.open)
}

func (a *attempt) prepare(ctx context.Context) ([]func(context.Context, db.Tx) error, error) {
	var out []func(context.Context, db.Tx) error
	for _, m := range a.effects.Messages {
		if a.s.c.Sender == nil {
			return nil, errors.New("store: a message to send, and no sender")
		}
		f, err := a.s.c.Sender.Prepare(ctx, a.o.ID, m)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// onlyAlso runs the Alsos when nothing was new: a repeated message must still be marked as handled.
func (s *Store) onlyAlso(ctx context.Context, also []Also) error {
	if len(also) == 0 {
		return nil
	}
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		for _, f := range also {
			if err := f(ctx, tx, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
