// SPDX-License-Identifier: EUPL-1.2

package screening_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/screening"
	"github.com/entraide-thb/entraide/packs/indicators"
)

var (
	begin  = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	border = journal.MustID("01900000-0000-7000-8000-000000000011") // a police office
	tirana = journal.MustID("01900000-0000-7000-8000-000000000012") // an assistance office
	ground = "Article 5 of a fictitious act"
)

func lists(t testing.TB) screening.Sets {
	t.Helper()
	s, err := indicators.Load()
	if err != nil {
		t.Fatal(err)
	}
	return screening.Sets{Sets: s}
}

// world is a police office and an assistance office on one real store; messages wait until they are delivered.
type world struct {
	t       *testing.T
	ctx     context.Context
	clock   *clock.Manual
	db      *db.DB
	store   *store.Store
	sets    screening.Sets
	ground  string             // on which appearance is asked; empty is off
	allowed []journal.Category // by the sharing terms
	owners  map[journal.ID]store.Owner
	sent    []screening.Message
	notes   []screening.Note // that follow a signal
}

// Prepare keeps a message until its append is committed.
func (w *world) Prepare(_ context.Context, _ journal.ID, m any) (func(context.Context, db.Tx) error, error) {
	return func(context.Context, db.Tx) error {
		if n, ok := m.(screening.Note); ok {
			w.notes = append(w.notes, n)
		} else {
			w.sent = append(w.sent, m.(screening.Message))
		}
		return nil
	}, nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), clock: clock.NewManual(begin), sets: lists(t), owners: map[journal.ID]store.Owner{},
		allowed: []journal.Category{journal.D0, journal.D1, journal.D2, journal.D3, journal.D8}}
	var err error
	w.db, err = db.Open(w.ctx, db.Config{DSN: dbtest.DSN(t)})
	w.must(err)
	t.Cleanup(func() { _ = w.db.Close() })
	for id, kind := range map[journal.ID]access.OfficeKind{border: access.Police, tirana: access.Assistance} {
		keys, err := vault.Create()
		w.must(err)
		w.owners[id] = store.Owner{ID: id, Office: kind, Keys: keys}
	}
	policies, err := access.Base()
	w.must(err)
	registry, err := store.NewRegistry(casework.Kind(nil, nil, w.beside()), screening.Kind(screening.KindConfig{Sets: w.sets,
		Appearance: func(journal.ID) string { return w.ground },
		Terms: func(_ *store.Guarding, _, to journal.ID, _ string, cats []journal.Category) error {
			for _, c := range cats {
				if !slices.Contains(w.allowed, c) || to != tirana {
					return fault.New(fault.Uncovered, "fault.uncovered")
				}
			}
			return nil
		}}))
	w.must(err)
	w.store, err = store.New(store.Config{DB: w.db, Clock: w.clock, Policies: policies, Registry: registry, Sender: w,
		Owner: func(id journal.ID) (store.Owner, error) { return w.owners[id], nil }})
	w.must(err)
	return w
}

// beside puts screenings into files, as an office does.
func (w *world) beside() casework.Beside {
	of := func(state any) screening.State { s, _ := state.(screening.State); return s }
	return casework.Beside{Name: "screening", Types: screening.Types(),
		Fold: func(es []journal.Entry) (any, error) { return w.sets.Fold(es) },
		Guard: func(g *store.Guarding, p casework.Person, state any, e journal.Entry) error {
			return w.sets.Guard(of(state), screening.Context{Now: g.Now, Child: p.Child(), Appearance: w.ground}, e)
		},
		Counts: func(state any) any { return of(state).Counts() }}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refuses fails the test unless err is a fault of this kind that names the key.
func (w *world) refuses(err error, k fault.Kind, key string) {
	w.t.Helper()
	refused(w.t, err, k, key)
}

func refused(t testing.TB, err error, k fault.Kind, key string) {
	t.Helper()
	f, ok := err.(*fault.Fault)
	if !ok || f.Kind != k {
		t.Fatalf("want %s %s, got %v", k, key, err)
	}
	if f.Key != key && !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Key == key }) {
		t.Fatalf("want %s %s, got %v", k, key, err)
	}
}

func (w *world) who(office journal.ID, n byte, roles ...access.Role) store.Who {
	id := journal.MustID("01900000-0000-7000-8000-0000000000aa")
	id[13], id[14], id[15] = office[15], roles[0][0], n
	return store.Who{Actor: access.Actor{ID: id, Owner: office, Office: w.owners[office].Office, Roles: roles}, Purpose: access.ForScreening}
}

// agim and liri are officers at the border; besa and dea work in Tirana, ora goes out there.
func (w *world) agim() store.Who { return w.who(border, 1, access.Responder, access.PoliceOfficer) }
func (w *world) liri() store.Who { return w.who(border, 2, access.Responder, access.PoliceOfficer) }
func (w *world) besa() store.Who { return w.who(tirana, 3, access.CaseManager) }
func (w *world) dea() store.Who  { return w.who(tirana, 4, access.CaseManager, access.FocalPoint) }
func (w *world) ora() store.Who  { return w.who(tirana, 5, access.Responder) }

// try appends an entry to a signal a second later.
func (w *world) try(who store.Who, id journal.ID, typ string, payload any) error {
	w.clock.Advance(time.Second)
	_, err := w.store.Append(w.ctx, who, store.Ref{Kind: access.KindSignal, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

func (w *world) do(who store.Who, id journal.ID, typ string, payload any) {
	w.t.Helper()
	w.must(w.try(who, id, typ, payload))
}

// signal opens one.
func (w *world) signal(who store.Who, id journal.ID) (screening.Signal, *store.Opened, error) {
	o, err := w.store.Open(w.ctx, who, store.Ref{Kind: access.KindSignal, ID: id})
	if err != nil {
		return screening.Signal{}, nil, err
	}
	return o.State.(screening.Signal), o, nil
}

// recorded is a screening by the adults' list that meets a rule by two medium and one weak, at the border.
func recorded() screening.Recorded {
	return screening.Recorded{Who: "adult", Role: "border", Place: "border", Language: "sq", Interpreted: consent.Interpreter, Set: "delphi_labour_adult", Version: "2009-1",
		Answers: map[string]screening.Answer{"DR-02": "yes", "DR-01": "no"}, Remarks: "planted remark"}
}

// screen records one anonymous screening in a new signal.
func (w *world) screen(who store.Who, r screening.Recorded) journal.ID {
	w.t.Helper()
	id := w.store.NewID()
	w.do(who, id, "screening.recorded", r)
	return id
}

// deliver lets everything that was sent arrive, and its receipt come back.
func (w *world) deliver() {
	w.t.Helper()
	for _, m := range w.sent {
		came, err := w.incoming(m)
		w.must(err)
		w.must(w.arrive(m, came))
		w.must(w.receipt(m, "signal.receipted", screening.Receipted{At: w.clock.Now()}))
	}
	w.sent = nil
}

func (w *world) incoming(m screening.Message) (screening.Came, error) {
	o := m.Outgoing()
	return screening.Incoming(post.Incoming{Header: post.Header{From: border, Conversation: o.Conversation, Purpose: o.Purpose, Categories: o.Categories}, Body: o.Body})
}

func (w *world) arrive(m screening.Message, came screening.Came) error {
	_, err := w.store.Append(w.ctx, store.Job(w.owners[m.To], "post", access.ForDelivery), store.Ref{Kind: access.KindSignal, ID: m.Signal}, store.Draft{ID: m.ID, Type: "signal.received", Payload: came})
	return err
}

func (w *world) receipt(m screening.Message, typ string, payload any) error {
	_, err := w.store.Append(w.ctx, store.Job(w.owners[border], "post", access.ForDelivery), store.Ref{Kind: access.KindSignal, ID: m.Signal}, store.Draft{Type: typ, Payload: payload})
	return err
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
