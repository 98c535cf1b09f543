// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// another gives a store on the same database that has nothing at hand, as a second process would be.
func (w *world) another() *store.Store {
	w.t.Helper()
	policies, err := access.Base()
	if err != nil {
		w.t.Fatal(err)
	}
	registry, err := store.NewRegistry(personKind())
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := store.New(store.Config{DB: w.db, Clock: w.clock, Policies: policies, Registry: registry, Owner: func(journal.ID) (store.Owner, error) { return w.owner, nil }})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// keyOf gives the id of a dossier's key of a category.
func (w *world) keyOf(ref store.Ref, c journal.Category) (id vault.Key) {
	w.t.Helper()
	if err := w.db.Read(w.ctx, func(tx db.Tx) error {
		return tx.Row(w.ctx, `SELECT id FROM vault_key WHERE owner = $1 AND dossier = $2 AND category = $3`, w.owner.ID, ref.ID, string(c)).Scan((*[]byte)(&id))
	}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// same opens a dossier where it is at hand and where nothing is, and compares.
func (w *world) same(ref store.Ref) *store.Opened {
	w.t.Helper()
	here, err := w.s.Open(w.ctx, w.ana, ref)
	if err != nil {
		w.t.Fatal(err)
	}
	there, err := w.another().Open(w.ctx, w.ana, ref)
	if err != nil {
		w.t.Fatal(err)
	}
	if !reflect.DeepEqual(here, there) {
		w.t.Errorf("at hand %+v\nas stored %+v", here, there)
	}
	return here
}

// What is at hand of a dossier is what is stored of it, however it came there: written, read, written again, erased.
func TestWhatIsAtHandIsWhatIsStored(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		w.same(ref)
		w.note(ref, "came with a friend")
		if o := w.same(ref); o.Revision != 2 || len(o.Entries) != 2 {
			t.Fatalf("opened %+v", o)
		}
		if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.wiped", Payload: wiped{"wish"}}); err != nil {
			t.Fatal(err)
		}
		if s := w.same(ref).State.(state); s.name != "" || s.missing[journal.D3] != journal.Erased {
			t.Fatalf("after erasing %+v", s)
		}
		w.note(ref, "came back")
		if s := w.same(ref).State.(state); !slices.Equal(s.notes, []string{"", "came back"}) {
			t.Errorf("after erasing and writing %+v", s)
		}
	})
}

// What another process writes and erases in the same database is seen here at once.
func TestWhatAnotherProcessWritesIsNotMissed(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref, other := w.open("Mira Test"), w.another()
		w.same(ref)
		if _, err := other.Append(w.ctx, w.ana, ref, store.Draft{Type: "note.added", Payload: noted{"seen elsewhere"}}); err != nil {
			t.Fatal(err)
		}
		if s := w.same(ref).State.(state); len(s.notes) != 1 {
			t.Fatalf("their note is missing: %+v", s)
		}
		if r := w.note(ref, "and here"); r.Revision != 3 {
			t.Fatalf("revision %d", r.Revision)
		}
		if _, err := other.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.wiped", Payload: wiped{"wish"}}); err != nil {
			t.Fatal(err)
		}
		if s := w.same(ref).State.(state); s.name != "" || !slices.Equal(s.notes, []string{"", ""}) {
			t.Errorf("what they erased is shown: %+v", s)
		}
	})
}

// An erasure that no entry tells of, as one carried out again on a restored copy, counts for what is at hand too.
func TestAnErasureWithoutAnEntryIsNotMissed(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref, other := w.open("Mira Test"), w.another()
		w.same(ref)
		key := w.keyOf(ref, journal.D2)
		if _, err := other.Forget(w.ctx, w.owner.ID, []vault.Erasure{{Dossier: ref.ID, Category: journal.D2, Key: key, At: w.clock.Now()}}); err != nil {
			t.Fatal(err)
		}
		if s := w.same(ref).State.(state); s.name != "" || s.missing[journal.D2] != journal.Erased {
			t.Errorf("what was forgotten is shown: %+v", s)
		}
	})
}

// That a dossier is at hand opens it to nobody: who stands to it is asked each time.
func TestAFileAtHandIsOpenToNobodyElse(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ref := w.open("Mira Test")
		w.same(ref)
		if _, err := w.s.Open(w.ctx, w.boris, ref); !fault.Is(err, fault.NotFound) {
			t.Errorf("opened by somebody without standing: %v", err)
		}
		if _, err := w.s.Open(w.ctx, w.ana, store.Ref{Kind: access.KindSignal, ID: ref.ID}); err == nil {
			t.Error("opened as what it is not")
		}
	})
}
