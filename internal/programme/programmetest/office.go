// SPDX-License-Identifier: EUPL-1.2

// Package programmetest gives tests of the programme wing an office on a real store.
package programmetest

import (
	"context"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/load"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

// Office is an office of one kind with the programme's kinds.
type Office struct {
	T     testing.TB
	Ctx   context.Context
	Clock *clock.Manual
	DB    *db.DB
	File  string // of the database, where it is SQLite
	Store *store.Store
	Owner journal.ID
	kind  access.OfficeKind

	Importer store.Who // the job
	Post     store.Who // the job, for exchange
	Officer  store.Who // a programme officer
	Reader   store.Who // oversight: reads the programme and changes nothing
}

// Start is when an office's clock begins: in the third quarter of 2026.
var Start = time.Date(2026, 9, 14, 9, 0, 0, 0, time.UTC)

// New makes an empty office.
func New(t testing.TB, kind access.OfficeKind) *Office {
	t.Helper()
	o := &Office{T: t, Ctx: context.Background(), Clock: clock.NewManual(Start), Owner: journal.MustID("01900000-0000-7000-8000-000000000001"), kind: kind}
	o.open(nil)
	return o
}

// open gives the office its store, with who sends its messages, and its people.
func (o *Office) open(sends store.Sender) *db.DB {
	t, kind := o.T, o.kind
	t.Helper()
	o.File = dbtest.DSN(t)
	d, err := db.Open(o.Ctx, db.Config{DSN: o.File})
	o.Must(err)
	o.DB = d
	t.Cleanup(func() { _ = d.Close() })
	keys, err := vault.Create()
	o.Must(err)
	owner := store.Owner{ID: o.Owner, Office: kind, Keys: keys}
	policies, err := access.Base()
	o.Must(err)
	registry, err := store.NewRegistry(programme.Kinds(nil)...)
	o.Must(err)
	o.Store, err = store.New(store.Config{DB: d, Clock: o.Clock, Policies: policies, Registry: registry, Sender: sends, Owner: func(journal.ID) (store.Owner, error) { return owner, nil }})
	o.Must(err)
	o.Importer, o.Post = store.Job(owner, "importer", access.ForProgramme), store.Job(owner, "post", access.ForExchange)
	o.Officer, o.Reader = o.Person(1, access.ProgrammeOfficer), o.Person(2, access.Oversight)
	return d
}

// Person is somebody of the office with a role; each n is somebody else.
func (o *Office) Person(n byte, r access.Role) store.Who {
	id := journal.MustID("01900000-0000-7000-8000-0000000000aa")
	id[15] = n
	return store.Who{Actor: access.Actor{ID: id, Owner: o.Owner, Office: o.kind, Roles: []access.Role{r}}, Purpose: access.ForProgramme}
}

// Must ends the test on an error.
func (o *Office) Must(err error) {
	o.T.Helper()
	if err != nil {
		o.T.Fatal(err)
	}
}

// Load imports the pack's programme.
func (o *Office) Load() load.Report {
	o.T.Helper()
	return o.LoadFile(pack.File())
}

// LoadFile imports a file that must be good.
func (o *Office) LoadFile(src []byte) load.Report {
	o.T.Helper()
	o.Clock.Advance(time.Second)
	r, err := load.Import(o.Ctx, o.Store, o.Importer, src)
	o.Must(err)
	return r
}

// Revisions gives how many entries the dossiers of a kind have together.
func (o *Office) Revisions(kind string) (n int64) {
	o.T.Helper()
	p, err := o.Store.List(o.Ctx, o.Reader, store.Query{Kind: kind})
	o.Must(err)
	for _, r := range p.Rows {
		n += r.Revision
	}
	return n
}
