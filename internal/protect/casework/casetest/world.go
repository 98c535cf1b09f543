// SPDX-License-Identifier: EUPL-1.2

// Package casetest gives the tests of this wing two assistance offices on one real store: one that holds
// files and sends, one that receives. Messages between them are recorded in the append's own transaction
// and delivered by hand, so that a test decides what arrives, when and whether.
package casetest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/resemblance"
)

// Start is the time at which a World begins.
var Start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Ids that stand through a test. Athens and Tirana are offices; Terms is what lies between them.
var (
	Athens = journal.MustID("01900000-0000-7000-8000-000000000001")
	Tirana = journal.MustID("01900000-0000-7000-8000-000000000002")
	Terms  = journal.MustID("01900000-0000-7000-8000-0000000000ff")
)

// World is the two offices. Allowed lists the categories that the sharing terms cover; all of them at first.
type World struct {
	T       *testing.T
	Ctx     context.Context
	DB      *db.DB
	Clock   *clock.Manual
	Store   *store.Store
	Work    casework.Work
	Allowed []journal.Category

	owners  map[journal.ID]store.Owner
	arrived map[journal.ID]bool // messages delivered
}

// New makes a world on the engine that the test runs on (dbtest.DSN). beside are the rooms whose entries lie in a file too.
func New(t *testing.T, beside ...casework.Beside) *World {
	t.Helper()
	return On(t, dbtest.DSN(t), beside...)
}

// On is New on a database.
func On(t *testing.T, dsn string, beside ...casework.Beside) *World {
	t.Helper()
	w := &World{T: t, Ctx: context.Background(), Clock: clock.NewManual(Start), Allowed: append([]journal.Category{journal.D0}, referral.Shareable()...), owners: map[journal.ID]store.Owner{}, arrived: map[journal.ID]bool{}}
	d, err := db.Open(w.Ctx, db.Config{DSN: dsn})
	w.must(err)
	t.Cleanup(func() { _ = d.Close() })
	w.DB = d
	w.must(d.Write(w.Ctx, func(tx db.Tx) error {
		_, err := tx.Exec(w.Ctx, `CREATE TABLE recorded (owner BYTEA, number BIGINT, message TEXT)`)
		return err
	}))
	for _, id := range []journal.ID{Athens, Tirana} {
		keys, err := vault.Create()
		w.must(err)
		w.owners[id] = store.Owner{ID: id, Office: access.Assistance, Keys: keys}
	}
	policies, err := access.Base()
	w.must(err)
	registry, err := store.NewRegistry(
		casework.Kind(func(_ *store.Guarding, _ journal.ID, cats []journal.Category) (journal.ID, error) {
			return w.covering(cats)
		}, tokens, beside...),
		referral.KindIn(func(_ *store.Guarding, _ journal.ID, cats []journal.Category) (journal.ID, error) {
			return w.covering(cats)
		}), resemblance.Kind())
	w.must(err)
	w.Store, err = store.New(store.Config{DB: d, Clock: w.Clock, Policies: policies, Registry: registry, Owner: w.owner, Sender: recorder{}})
	w.must(err)
	w.Work = casework.Work{Store: w.Store, Find: find, Likenesses: likenesses, Terms: func(_ context.Context, _ store.Who, _ journal.ID, cats []journal.Category) (journal.ID, error) {
		return w.covering(cats)
	}}
	return w
}

// tokens is what a person is found by.
func tokens(i casework.Identity, c casework.Contact) []store.Token {
	return all(names.Tokens(casework.Named(i, c)))
}

func all(of []names.Token) []store.Token {
	var out []store.Token
	for _, t := range of {
		out = append(out, store.Token(t))
	}
	return out
}

func words(of [][]names.Token) [][]store.Token {
	var out [][]store.Token
	for _, word := range of {
		out = append(out, all(word))
	}
	return out
}

// find turns a text into words to search by.
func find(text string) [][]store.Token { return words(names.Query(text)) }

func likenesses(i casework.Identity, c casework.Contact) []store.Alike {
	var out []store.Alike
	for _, a := range names.Likenesses(casework.Named(i, c)) {
		out = append(out, likeness(a))
	}
	return out
}

func likeness(a names.Alike) store.Alike {
	out := store.Alike{As: a.As, Words: words(a.Words), Rare: a.Rare, Few: a.Few}
	if a.Or != nil {
		or := likeness(*a.Or)
		out.Or = &or
	}
	return out
}

func (w *World) owner(id journal.ID) (store.Owner, error) {
	o, ok := w.owners[id]
	if !ok {
		return o, fault.New(fault.NotFound, "store.not_found")
	}
	return o, nil
}

func (w *World) covering(cats []journal.Category) (journal.ID, error) {
	for _, c := range cats {
		if !slices.Contains(w.Allowed, c) {
			return journal.ID{}, fault.New(fault.Uncovered, "fault.uncovered")
		}
	}
	return Terms, nil
}

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Who is someone of an office; n tells people of the same role apart.
func (w *World) Who(office journal.ID, n byte, roles ...access.Role) store.Who {
	id := journal.MustID("01900000-0000-7000-8000-0000000000aa")
	id[13], id[14], id[15] = office[15], roles[0][0], n
	return store.Who{Actor: access.Actor{ID: id, Owner: office, Office: access.Assistance, Roles: roles}, Purpose: access.ForAssistance}
}

// Ana is the case manager in Athens, Vera her supervisor, Besa the focal point in Tirana.
func (w *World) Ana() store.Who  { return w.Who(Athens, 1, access.CaseManager) }
func (w *World) Vera() store.Who { return w.Who(Athens, 2, access.Supervisor) }
func (w *World) Besa() store.Who { return w.Who(Tirana, 3, access.FocalPoint, access.CaseManager) }

// Job is a background principal of an office.
func (w *World) Job(office journal.ID, name string) store.Who {
	p := access.ForDelivery
	if name == "clock" {
		p = access.ForDeadlines
	}
	return store.Job(w.owners[office], name, p)
}

// Try appends entries to a person's file a second later and gives what came of it.
func (w *World) Try(who store.Who, person journal.ID, ds ...store.Draft) error {
	w.Clock.Advance(time.Second)
	_, err := w.Store.Update(w.Ctx, who, casework.Ref(person), func(any) ([]store.Draft, error) { return ds, nil })
	return err
}

// Do is Try that must succeed.
func (w *World) Do(who store.Who, person journal.ID, ds ...store.Draft) {
	w.T.Helper()
	w.must(w.Try(who, person, ds...))
}

// Person reads a file.
func (w *World) Person(who store.Who, id journal.ID) casework.Person {
	w.T.Helper()
	p, _, err := w.Work.Open(w.Ctx, who, id)
	w.must(err)
	return p
}

// In reads a referral received in Tirana, as Besa.
func (w *World) In(ref journal.ID) (referral.In, *store.Opened) {
	w.T.Helper()
	o, err := w.Store.Open(w.Ctx, w.Besa(), store.Ref{Kind: access.KindReferralIn, ID: ref})
	w.must(err)
	return o.State.(referral.In), o
}

// TryIn appends an entry to a referral received.
func (w *World) TryIn(who store.Who, ref journal.ID, typ string, payload any) error {
	w.Clock.Advance(time.Second)
	_, err := w.Store.Append(w.Ctx, who, store.Ref{Kind: access.KindReferralIn, ID: ref}, store.Draft{Type: typ, Payload: payload})
	return err
}

// recorder keeps messages in a table, in the transaction of the append that brings them about.
type recorder struct{}

// Prepare gives the function that records one.
func (recorder) Prepare(_ context.Context, owner journal.ID, message any) (func(context.Context, db.Tx) error, error) {
	b, err := json.Marshal(message)
	return func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO recorded (owner, number, message) SELECT $1, COUNT(*), $2 FROM recorded`, owner, string(b))
		return err
	}, err
}

// Sent gives the messages that an office has sent so far, oldest first.
func (w *World) Sent(office journal.ID) []referral.Message {
	w.T.Helper()
	var out []referral.Message
	w.must(w.DB.Read(w.Ctx, func(tx db.Tx) error {
		rows, err := tx.Query(w.Ctx, `SELECT message FROM recorded WHERE owner = $1 ORDER BY number`, office)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			var m referral.Message
			if err := rows.Scan(&s); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(s), &m); err != nil {
				return err
			}
			out = append(out, m)
		}
		return rows.Err()
	}))
	return out
}

// Types gives the types of the messages that an office has sent.
func (w *World) Types(office journal.ID) []string {
	w.T.Helper()
	var out []string
	for _, m := range w.Sent(office) {
		out = append(out, m.Type)
	}
	return out
}
