// SPDX-License-Identifier: EUPL-1.2

package release_test

import (
	"context"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// world is an office whose sources are made-up records.
type world struct {
	*testing.T
	desk    *release.Desk
	clock   *clock.Manual
	owner   journal.ID
	records []source.Record
}

var texts = func() *lang.Bundle {
	b, err := lang.Load()
	if err != nil {
		panic(err)
	}
	return b
}()

// chance gives the same coin tosses in every run.
func chance(part int) io.Reader {
	var key [32]byte
	key[0], key[1] = byte(part), 1
	return rand.NewChaCha8(key)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewManual(time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)), owner: journal.MustID("01900000-0000-7000-8000-000000000001")}
	d, err := db.Open(t.Context(), db.Config{DSN: dbtest.DSN(t)})
	w.must(err)
	t.Cleanup(func() { _ = d.Close() })
	keys, err := vault.Create()
	w.must(err)
	owner := store.Owner{ID: w.owner, Office: access.Programme, Keys: keys}
	policies, err := access.Base()
	w.must(err)
	registry, err := store.NewRegistry(release.Kind(), release.BudgetKind())
	w.must(err)
	s, err := store.New(store.Config{DB: d, Clock: w.clock, Policies: policies, Registry: registry, Owner: func(journal.ID) (store.Owner, error) { return owner, nil }})
	w.must(err)
	w.desk = &release.Desk{Store: s, Clock: w.clock, Random: chance,
		Sources: func(context.Context, journal.ID) source.Sources { return source.Sources{w.persons()} },
		Job: func(_ journal.ID, name string, p access.Purpose) (store.Who, error) {
			return store.Job(owner, name, p), nil
		},
		Secret: func(journal.ID) [32]byte { return [32]byte{7} },
		Office: func(journal.ID) bundle.Office {
			return bundle.Office{Name: "Office of tests", Country: "AL", Fingerprint: "ab"}
		},
		Locale: func(tag string) *lang.Locale { return texts.Locale(tag, time.UTC) },
	}
	for y := 2023; y <= 2026; y++ {
		w.people(y, 160)
	}
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// person is somebody of the office; each n is somebody else.
func (w *world) person(n byte, r access.Role) store.Who {
	id := journal.MustID("01900000-0000-7000-8000-0000000000aa")
	id[15] = n
	return release.As(access.Actor{ID: id, Owner: w.owner, Office: access.Programme, Roles: []access.Role{r}})
}

// people adds records of a year, the same in every run.
func (w *world) people(year, n int) {
	g := rand.New(rand.NewPCG(uint64(year), 1))
	pick := func(of ...string) []string { return []string{of[g.IntN(len(of))]} }
	for i := range n {
		var id journal.ID
		id[0], id[1], id[2], id[3] = byte(year), byte(i), byte(i>>8), 1
		r := source.Record{Person: id, On: time.Date(year, time.Month(1+g.IntN(12)), 1+g.IntN(28), 12, 0, 0, 0, time.UTC),
			Says: map[string][]string{"sex": pick("female", "female", "female", "male", ""), "age": pick("adult", "adult", "child", ""), "forms": pick("labour", "sexual", "other", "")}}
		if g.IntN(5) == 0 {
			r.Says["forms"] = []string{"labour", "sexual"}
		}
		w.records = append(w.records, r)
	}
}

func (w *world) persons() source.Source {
	return source.Source{Code: "persons", Version: "1", Most: 1, Columns: []source.Column{{Code: "sex", Values: []string{"female", "male"}}, {Code: "age", Values: []string{"child", "adult"}}, {Code: "forms", Values: []string{"labour", "sexual", "other"}, Several: true}},
		Read: func(_ context.Context, _ store.Who, p source.Period, add func(source.Record) error) error {
			for _, r := range w.records {
				if p.Has(r.On) {
					if err := add(r); err != nil {
						return err
					}
				}
			}
			return nil
		}}
}

// noisy asks for a release of a year on the route pooled.
func noisy(year string, epsilon float64) release.Asks {
	return release.Asks{Source: "persons", Version: "1", From: year + "-01-01", Until: year + "-12-31", Route: bundle.Pooled, Columns: []string{"sex", "age", "forms.labour"}, Ways: 2, Epsilon: epsilon, Delta: 1e-6}
}

// counted asks for one on the route exact.
func counted(from, until, method string) release.Asks {
	return release.Asks{Source: "persons", Version: "1", From: from, Until: until, Route: bundle.Exact, Columns: []string{"sex", "age"}, Ways: 2, K: 10, Method: method}
}

// asked drafts and asks for a release.
func (w *world) asked(a release.Asks) journal.ID {
	w.Helper()
	id := w.desk.Store.NewID()
	w.must(w.desk.Draft(w.Context(), w.person(1, access.Rapporteur), id, w.desk.Store.NewID(), a))
	w.must(w.desk.Ask(w.Context(), w.person(1, access.Rapporteur), id))
	return id
}

func (w *world) says(who byte, id journal.ID, typ string, payload any) {
	w.Helper()
	_, err := w.desk.Store.Append(w.Context(), w.person(who, access.Rapporteur), release.Ref(id), store.Draft{Type: typ, Payload: payload})
	w.must(err)
}

func (w *world) approve(id journal.ID) error {
	return w.desk.Approve(w.Context(), w.person(2, access.Liaison), id, release.Approval{Content: true, Safety: true})
}

// drawn gives a release as it stands after the job has worked.
func (w *world) drawn(a release.Asks) release.State {
	w.Helper()
	id := w.asked(a)
	w.must(w.approve(id))
	_, err := w.desk.Work(w.Context(), w.owner)
	w.must(err)
	return w.state(id)
}

func (w *world) state(id journal.ID) release.State {
	w.Helper()
	_, s, err := w.desk.Open(w.Context(), w.person(1, access.Rapporteur), id)
	w.must(err)
	return s
}

func (w *world) budget() release.Budget {
	w.Helper()
	b, err := w.desk.Budget(w.Context(), w.person(1, access.Rapporteur), "persons")
	w.must(err)
	return b
}

// published is drawn, signed by two people.
func (w *world) published(a release.Asks) (release.State, bundle.Release, bundle.Tables) {
	w.Helper()
	s := w.drawn(a)
	if s.Status() != release.Drawn {
		w.Fatalf("%s: %+v", s.Status(), s.End)
	}
	w.says(1, s.ID, release.SignedType, release.Signing{Hash: s.Made.Hash})
	w.says(2, s.ID, release.SignedType, release.Signing{Hash: s.Made.Hash})
	s, b, err := w.desk.PublicFiles(w.Context(), w.owner, s.ID)
	w.must(err)
	x, _, err := release.Read(b)
	w.must(err)
	return s, x.Release, x.Tables
}
