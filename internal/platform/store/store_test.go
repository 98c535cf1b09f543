// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// The kind that these tests use: a person's file in miniature.
type (
	opened struct {
		Code    string     `json:"code" part:"D0"`
		Name    string     `json:"name,omitempty" part:"D2"`
		Manager journal.ID `json:"manager" part:"D0"`
	}
	named struct {
		Name  string `json:"name,omitempty" part:"D2"`
		Phone string `json:"phone,omitempty" part:"D2"`
	}
	noted struct {
		Text string `json:"text" part:"D3"`
	}
	wiped struct {
		Why string `json:"why" part:"D0"`
	}
	filed struct {
		Sort  string `json:"sort" part:"D0"`
		Title string `json:"title,omitempty" part:"D3"`
		Ill   string `json:"ill,omitempty" part:"D4"`
	}
	summary struct {
		Code string `json:"code" part:"D0"`
		Name string `json:"name,omitempty" part:"D2"`
	}
	state struct {
		code, name string
		manager    journal.ID
		notes      []string
		count      int
		missing    map[journal.Category]journal.Absence
	}
)

func personKind() store.Kind {
	return store.Of(store.KindOf[state]{
		Name: access.KindPerson, Base: journal.D0, Codes: []string{"code", "first"},
		Types: []store.Type{
			{Name: "person.registered", Payload: opened{}},
			{Name: "person.identity", Payload: named{}, Overlap: []string{"name", "phone"}},
			{Name: "note.added", Payload: noted{}},
			{Name: "person.wiped", Payload: wiped{}},
			{Name: "file.added", Payload: filed{}, Blob: true},
		},
		Fold: func(es []journal.Entry) (state, error) {
			s := state{missing: map[journal.Category]journal.Absence{}}
			for _, e := range es {
				s.count++
				for c, why := range e.Missing {
					s.missing[c] = why
				}
				switch e.Type {
				case "person.registered":
					p, err := journal.In[opened](e)
					if err != nil {
						return s, err
					}
					s.code, s.name, s.manager = p.Code, p.Name, p.Manager
				case "person.identity":
					p, err := journal.In[named](e)
					if err != nil {
						return s, err
					}
					s.name = p.Name
				case "note.added":
					p, err := journal.In[noted](e)
					if err != nil {
						return s, err
					}
					s.notes = append(s.notes, p.Text)
				}
			}
			return s, nil
		},
		Guard: func(_ *store.Guarding, s state, e journal.Entry) error {
			if (s.count == 0) != (e.Type == "person.registered") {
				return fault.New(fault.Guarded, "test.first")
			}
			if v, err := journal.In[noted](e); err == nil && e.Type == "note.added" && v.Text == "" {
				return fault.Bad("text", "test.text")
			}
			return nil
		},
		Derive: func(s state) store.Derived {
			d := store.Derived{State: "open", Assignee: s.manager, Codes: map[string][]string{"code": {s.code}, "first": {s.code[:1]}},
				Standing: []store.Standing{{Actor: s.manager, Relation: access.AsManager}}, Summary: summary{s.code, s.name}}
			for _, w := range strings.Fields(strings.ToLower(s.name)) {
				d.Tokens = append(d.Tokens, store.Token{Kind: "name", Value: w})
			}
			return d
		},
		Effects: func(_ *store.Guarding, _, _ state, e journal.Entry) (store.Effects, error) {
			if e.Type == "person.wiped" {
				return store.Effects{Erase: []journal.Category{journal.D2, journal.D3}}, nil
			}
			return store.Effects{}, nil
		},
	})
}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

type world struct {
	t     testing.TB
	ctx   context.Context
	db    *db.DB
	path  string
	clock *clock.Manual
	s     *store.Store
	owner store.Owner
	ana   store.Who // case manager
	boris store.Who // another case manager

	policies *access.Policies
}

// engines runs a test on SQLite and, where one is given, on PostgreSQL.
func engines(t *testing.T, f func(*testing.T, *world)) {
	dbtest.Engines(t, func(t *testing.T, dsn string) { f(t, newWorld(t, dsn)) })
}

func newWorld(t testing.TB, dsn string) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), path: dsn, clock: clock.NewManual(start)}
	d, err := db.Open(w.ctx, db.Config{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	w.db = d
	keys, err := vault.Create()
	if err != nil {
		t.Fatal(err)
	}
	w.owner = store.Owner{ID: journal.MustID("01900000-0000-7000-8000-000000000001"), Office: access.Assistance, Keys: keys}
	policies, err := access.Base()
	if err != nil {
		t.Fatal(err)
	}
	w.policies = policies
	w.s = w.with(personKind())
	w.ana, w.boris = w.manager(1), w.manager(2)
	return w
}

// with gives a store on the same database whose program knows a kind.
func (w *world) with(kind store.Kind) *store.Store {
	w.t.Helper()
	registry, err := store.NewRegistry(kind)
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := store.New(store.Config{DB: w.db, Clock: w.clock, Policies: w.policies, Registry: registry, Owner: func(id journal.ID) (store.Owner, error) {
		if id != w.owner.ID {
			return store.Owner{}, fault.New(fault.NotFound, "store.not_found")
		}
		return w.owner, nil
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) manager(n byte) store.Who {
	id := journal.MustID("01900000-0000-7000-8000-0000000000aa")
	id[15] = n
	return store.Who{Actor: access.Actor{ID: id, Owner: w.owner.ID, Office: access.Assistance, Roles: []access.Role{access.CaseManager}}, Purpose: access.ForAssistance}
}

func (w *world) open(name string) store.Ref {
	w.t.Helper()
	w.clock.Advance(time.Second)
	ref := store.Ref{Kind: access.KindPerson, ID: w.s.NewID()}
	if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.registered", Payload: opened{Code: "Larch-" + ref.ID.String()[30:], Name: name, Manager: w.ana.Actor.ID}}); err != nil {
		w.t.Fatal(err)
	}
	return ref
}

func (w *world) note(ref store.Ref, text string) store.Result {
	w.t.Helper()
	w.clock.Advance(time.Second)
	r, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "note.added", Payload: noted{text}})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func want(t *testing.T, err error, k fault.Kind) {
	t.Helper()
	if !fault.Is(err, k) {
		t.Fatalf("want a fault of kind %s, got %v", k, err)
	}
}

func TestAppendOpenList(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		if r := w.note(ref, "came with a friend"); r.Revision != 2 {
			t.Fatalf("revision %d", r.Revision)
		}
		o, err := w.s.Open(w.ctx, w.ana, ref)
		if err != nil {
			t.Fatal(err)
		}
		if s := o.State.(state); s.name != "Mira Test" || len(s.notes) != 1 || o.Revision != 2 {
			t.Fatalf("opened %+v", s)
		}
		p, err := w.s.List(w.ctx, w.ana, store.Query{Kind: access.KindPerson, Show: []journal.Category{journal.D2}})
		if err != nil || len(p.Rows) != 1 {
			t.Fatalf("list: %v %v", p.Rows, err)
		}
		sum, err := store.Summary[summary](p.Rows[0])
		if err != nil || sum.Name != "Mira Test" {
			t.Fatalf("summary %+v %v", sum, err)
		}
	})
}

// TestAListMasksNames: what was not asked for is neither in the rows nor noted as read; what was, is both.
func TestAListMasksNames(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		word := [][]store.Token{{{Kind: "name", Value: "mira"}}}
		ways := map[string]func(show ...journal.Category) ([]store.Row, error){
			"list": func(show ...journal.Category) ([]store.Row, error) {
				p, err := w.s.List(w.ctx, w.ana, store.Query{Kind: access.KindPerson, Show: show})
				return p.Rows, err
			},
			"search": func(show ...journal.Category) ([]store.Row, error) {
				h, err := w.s.Search(w.ctx, w.ana, access.KindPerson, [][][]store.Token{word}, show...)
				return h.Rows, err
			},
		}
		reads := 0
		for name, way := range ways {
			for _, show := range [][]journal.Category{nil, {journal.D1}, {journal.D2}} {
				rows, err := way(show...)
				if err != nil || len(rows) != 1 {
					t.Fatalf("%s: %v %v", name, rows, err)
				}
				sum, err := store.Summary[summary](rows[0])
				if err != nil || sum.Code == "" {
					t.Fatalf("%s: %+v %v", name, sum, err)
				}
				named := slices.Contains(show, journal.D2)
				if (sum.Name != "") != named {
					t.Errorf("%s asked for %v shows %q", name, show, sum.Name)
				}
				if named {
					reads++
				}
				var n int
				if err := w.db.Read(w.ctx, func(tx db.Tx) error {
					return tx.Row(w.ctx, `SELECT COUNT(*) FROM read_of WHERE owner = $1 AND dossier = $2`, w.ana.Actor.Owner, ref.ID).Scan(&n)
				}); err != nil || n != reads {
					t.Errorf("%s asked for %v: %d reads noted, want %d (%v)", name, show, n, reads, err)
				}
			}
		}
	})
}

func TestStrangerLearnsNothing(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		_, err := w.s.Open(w.ctx, w.boris, ref)
		want(t, err, fault.NotFound)
		_, err = w.s.Append(w.ctx, w.boris, ref, store.Draft{Type: "note.added", Payload: noted{"x"}})
		want(t, err, fault.NotFound)
		p, err := w.s.List(w.ctx, w.boris, store.Query{Kind: access.KindPerson})
		if err != nil || len(p.Rows) != 0 {
			t.Fatalf("a stranger's list: %v %v", p.Rows, err)
		}
		h, err := w.s.Search(w.ctx, w.boris, access.KindPerson, [][][]store.Token{{{{Kind: "name", Value: "mira"}}}})
		if err != nil || len(h.Rows) != 0 || h.More {
			t.Fatalf("a stranger's search: %+v %v", h, err)
		}
		h, err = w.s.Search(w.ctx, w.ana, access.KindPerson, [][][]store.Token{{{{Kind: "name", Value: "mira"}}, {{Kind: "name", Value: "test"}, {Kind: "name", Value: "nobody"}}}})
		if err != nil || len(h.Rows) != 1 {
			t.Fatalf("her manager's search: %+v %v", h, err)
		}
		other := w.ana
		other.Actor.Owner = w.s.NewID()
		_, err = w.s.Open(w.ctx, other, ref)
		want(t, err, fault.NotFound)
		_, err = w.s.Open(w.ctx, w.ana, store.Ref{Kind: access.KindReferralIn, ID: ref.ID})
		want(t, err, fault.Invalid)
	})
}

func TestSendingTwiceIsHarmless(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		d := store.Draft{ID: w.s.NewID(), Type: "note.added", Payload: noted{"once"}}
		for range 3 {
			if _, err := w.s.Append(w.ctx, w.ana, ref, d); err != nil {
				t.Fatal(err)
			}
		}
		o, err := w.s.Open(w.ctx, w.ana, ref)
		if err != nil || o.Revision != 2 {
			t.Fatalf("revision %d %v", o.Revision, err)
		}
		elsewhere := w.open("Second Test")
		_, err = w.s.Append(w.ctx, w.ana, elsewhere, d)
		want(t, err, fault.Conflict)
	})
}

func TestOnlyOverlapConflicts(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.identity", Base: 1, Payload: named{Name: "Mira A"}}); err != nil {
			t.Fatal(err)
		}
		_, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.identity", Base: 1, Payload: named{Name: "Mira B"}})
		want(t, err, fault.Conflict)
		if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.identity", Base: 1, Payload: named{Phone: "+355"}}); err != nil {
			t.Fatalf("another field: %v", err)
		}
		if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "note.added", Base: 1, Payload: noted{"a fact"}}); err != nil {
			t.Fatalf("a fact: %v", err)
		}
		_, err = w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "note.added", Base: 99, Payload: noted{"ahead"}})
		want(t, err, fault.Invalid)
	})
}

func TestManyWritersLoseNothing(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		var wg sync.WaitGroup
		errs := make(chan error, 64)
		for i := range 8 {
			wg.Go(func() {
				for j := range 4 {
					if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "note.added", Payload: noted{fmt.Sprint(i, j)}}); err != nil {
						errs <- err
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		o, err := w.s.Open(w.ctx, w.ana, ref)
		if err != nil || o.Revision != 33 {
			t.Fatalf("revision %d %v", o.Revision, err)
		}
	})
}

func TestAnErrorLeavesNothing(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		_, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "note.added", Payload: noted{"half"}}, func(context.Context, db.Tx, []journal.Entry) error {
			return fault.New(fault.Unavailable, "test.broken")
		})
		want(t, err, fault.Unavailable)
		o, err := w.s.Open(w.ctx, w.ana, ref)
		if err != nil || o.Revision != 1 {
			t.Fatalf("revision %d %v", o.Revision, err)
		}
	})
}

func TestReadsAreLoggedBeforeTheAnswer(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		ctx := store.WithReads(w.ctx)
		if _, err := w.s.Open(ctx, w.ana, ref); err != nil {
			t.Fatal(err)
		}
		rs, err := w.s.ReadsOf(store.WithReads(w.ctx), w.ana, ref, 10)
		if err != nil || len(rs) != 0 {
			t.Fatalf("noted too early: %v %v", rs, err)
		}
		if err := w.s.CommitReads(ctx); err != nil {
			t.Fatal(err)
		}
		rs, err = w.s.ReadsOf(store.WithReads(w.ctx), w.ana, ref, 10)
		if err != nil || len(rs) != 1 || rs[0].Actor != w.ana.Actor.ID || len(rs[0].Of) != 1 {
			t.Fatalf("reads: %+v %v", rs, err)
		}
	})
}

// One request may read for two purposes, and a job may read within it: each stands in the log under its own name.
func TestReadsStandUnderWhoReadThemAndWhy(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		ctx := store.WithReads(w.ctx)
		for _, p := range []access.Purpose{access.ForAssistance, access.ForReferral, access.ForAssistance} {
			who := w.ana
			who.Purpose = p
			if _, err := w.s.Open(ctx, who, ref); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(w.s.CommitReads(ctx), w.s.CommitReads(ctx)); err != nil {
			t.Fatal(err)
		}
		rs, err := w.s.ReadsOf(store.WithReads(w.ctx), w.ana, ref, 10)
		if err != nil || len(rs) != 2 {
			t.Fatalf("reads: %+v %v", rs, err)
		}
		purposes := []string{rs[0].Purpose, rs[1].Purpose}
		if slices.Sort(purposes); !slices.Equal(purposes, []string{"assistance", "referral"}) {
			t.Errorf("noted for %v", purposes)
		}
		if r := w.verify(); !r.OK {
			t.Errorf("the log: %+v", r.Difference)
		}
	})
}

func TestErasingLeavesNoBytesAndBreaksNoLog(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		w.note(ref, "to be forgotten")
		w.verify()
		body := w.body(ref, journal.D3)
		if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.wiped", Payload: wiped{"wish"}}); err != nil {
			t.Fatal(err)
		}
		o, err := w.s.Open(w.ctx, w.ana, ref)
		if err != nil {
			t.Fatal(err)
		}
		s := o.State.(state)
		if s.name != "" || s.missing[journal.D2] != journal.Erased || s.missing[journal.D3] != journal.Erased {
			t.Fatalf("after erasure %+v", s)
		}
		h, err := w.s.Search(w.ctx, w.ana, access.KindPerson, [][][]store.Token{{{{Kind: "name", Value: "mira"}}}})
		if err != nil || len(h.Rows) != 0 {
			t.Fatalf("still found: %+v %v", h, err)
		}
		if r := w.verify(); !r.OK {
			t.Fatalf("erasing broke the log: %+v", r.Difference)
		}
		if w.db.Engine() == db.SQLite {
			for _, f := range []string{w.path, w.path + "-wal"} {
				b, err := os.ReadFile(f)
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				if bytes.Contains(b, body) {
					t.Errorf("%s still holds the erased bytes", filepath.Base(f))
				}
			}
		}
	})
}

// body gives the stored bytes of a dossier's part.
func (w *world) body(ref store.Ref, c journal.Category) []byte {
	w.t.Helper()
	var b []byte
	if err := w.db.Read(w.ctx, func(tx db.Tx) error {
		return tx.Row(w.ctx, `SELECT p.body FROM part p JOIN entry e ON e.owner = p.owner AND e.id = p.entry WHERE e.owner = $1 AND e.dossier = $2 AND p.category = $3`, w.owner.ID, ref.ID, string(c)).Scan(&b)
	}); err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) verify() ledger.Report {
	w.t.Helper()
	signer := func(id journal.ID) (ledger.Signer, error) { return ledger.NewSigner(id, w.owner.Keys.Seed("log")) }
	q := &ledger.Sequencer{DB: w.db, Clock: w.clock, Signer: signer, Owners: func() []journal.ID { return []journal.ID{w.owner.ID} }}
	if _, err := q.Once(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	sg, err := signer(w.owner.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	var r ledger.Report
	if err := w.db.Read(w.ctx, func(tx db.Tx) (err error) {
		r, err = ledger.Verify(w.ctx, tx, w.owner.ID, sg.Verifier(), store.Canonical, store.CountEntries)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return r
}

func TestLogVerifiesAndNamesTheFirstDifference(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a := w.open("Mira Test")
		w.note(a, "one")
		w.verify()
		w.note(a, "two")
		if _, err := w.s.Open(w.ctx, w.ana, a); err != nil {
			t.Fatal(err)
		}
		if r := w.verify(); !r.OK || r.Size != 4 {
			t.Fatalf("report %+v %+v", r, r.Difference)
		}
		tamper := func(query string, args ...any) {
			t.Helper()
			if err := w.db.Write(w.ctx, func(tx db.Tx) error { _, err := tx.Exec(w.ctx, query, args...); return err }); err != nil {
				t.Fatal(err)
			}
		}
		tamper(`UPDATE entry SET purpose = 'statistics' WHERE owner = $1 AND revision = 2`, w.owner.ID)
		if r := w.verify(); r.OK || r.Difference.Number != 1 {
			t.Fatalf("an altered entry: %+v", r.Difference)
		}
		tamper(`UPDATE entry SET purpose = 'assistance' WHERE owner = $1 AND revision = 2`, w.owner.ID)
		if r := w.verify(); !r.OK {
			t.Fatalf("put back: %+v", r.Difference)
		}
		tamper(`UPDATE part SET body = $1 WHERE owner = $2 AND category = 'D3'`, []byte("forged"), w.owner.ID)
		if r := w.verify(); r.OK || r.Difference.Number != 1 {
			t.Fatalf("a forged part: %+v", r.Difference)
		}
	})
}

func TestTheFileHoldsNoPlainText(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "office.db"))
	ref := w.open("Plantedgivenname Plantedfamilyname")
	w.note(ref, "planted words 739148205517") // each long enough that chance does not write it into what is sealed
	if _, err := w.s.Open(w.ctx, w.ana, ref); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{w.path, w.path + "-wal"} {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, planted := range []string{"Plantedgivenname", "plantedgivenname", "Plantedfamilyname", "plantedfamilyname", "planted words", "739148205517"} {
			if bytes.Contains(b, []byte(planted)) {
				t.Errorf("%s holds %q in clear", filepath.Base(f), planted)
			}
		}
	}
}
