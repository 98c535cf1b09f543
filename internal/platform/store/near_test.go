// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func word(w string) []store.Token { return []store.Token{{Kind: "name", Value: w}} }

// What somebody may not know of is found for the desk, the nearest first; what they may know of is not.
func TestNearestGivesWhatIsHidden(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		both, one := w.open("Mira Rare Test"), w.open("Mira Test")
		for range 4 {
			w.open("Common Test")
		}
		ways := []store.Alike{{As: "both", Words: [][]store.Token{word("mira"), word("rare")}}, {As: "one", Words: [][]store.Token{word("mira")}, Few: 3}, {Words: [][]store.Token{word("common")}, Few: 3}, {Words: [][]store.Token{word("nobody")}}, {}}
		near := func(who store.Who, but journal.ID, most int) store.Near {
			t.Helper()
			n, err := w.s.Nearest(w.ctx, who, access.KindPerson, but, ways, most)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := near(w.boris, journal.ID{}, 5); !slices.Equal(n.Found, []store.Likeness{{both.ID, "both", 1}, {one.ID, "one", 2}}) || n.More != 0 {
			t.Errorf("%+v", n)
		}
		if n := near(w.boris, both.ID, 5); !slices.Equal(n.Found, []store.Likeness{{one.ID, "one", 1}}) {
			t.Errorf("what is compared resembles itself: %+v", n)
		}
		if n := near(w.boris, journal.ID{}, 1); !slices.Equal(n.Found, []store.Likeness{{both.ID, "both", 1}}) || n.More != 1 {
			t.Errorf("of two, one was asked for: %+v", n)
		}
		if n := near(w.ana, journal.ID{}, 5); len(n.Found)+n.More != 0 {
			t.Errorf("her own files are told to the desk: %+v", n)
		}
		ways[2].Few = 4
		if n := near(w.boris, journal.ID{}, 9); len(n.Found) != 6 {
			t.Errorf("four of a name are few where four may be: %+v", n)
		}
	})
}

// A search pays for what its actor may know of, and finds it however many others share the word.
func TestAFewOwnFilesAreFoundAmongManyOfOthers(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for range 30 {
			w.open("Mira Test")
		}
		ref := store.Ref{Kind: access.KindPerson, ID: w.s.NewID()}
		if _, err := w.s.Append(w.ctx, w.boris, ref, store.Draft{Type: "person.registered", Payload: opened{Code: "B1", Name: "Mira Test", Manager: w.boris.Actor.ID}}); err != nil {
			t.Fatal(err)
		}
		h, err := w.s.Search(w.ctx, w.boris, access.KindPerson, [][][]store.Token{{word("mira")}})
		if err != nil || len(h.Rows) != 1 || h.Rows[0].Ref != ref || h.More {
			t.Fatalf("%+v %v", h, err)
		}
		for range store.PageSize - 30 {
			w.open("Mira Test")
		}
		if h, err = w.s.Search(w.ctx, w.ana, access.KindPerson, [][][]store.Token{{word("mira")}}); err != nil || len(h.Rows) != store.PageSize || h.More {
			t.Fatalf("a full page: %d rows, more %v, %v", len(h.Rows), h.More, err)
		}
		w.open("Mira Test")
		if h, err = w.s.Search(w.ctx, w.ana, access.KindPerson, [][][]store.Token{{word("mira")}}); err != nil || len(h.Rows) != store.PageSize || !h.More {
			t.Fatalf("one too many: %d rows, more %v, %v", len(h.Rows), h.More, err)
		}
	})
}

// Several dossiers change together or not at all.
func TestUpdateEachIsOneTransaction(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		one, two, new := w.open("Mira Test"), w.open("Vera Test"), store.Ref{Kind: access.KindPerson, ID: w.s.NewID()}
		add := func(ref store.Ref, ds ...store.Draft) store.Change {
			return store.Change{Ref: ref, Decide: func(any) ([]store.Draft, error) { return ds, nil }}
		}
		note, first := store.Draft{Type: "note.added", Payload: noted{"x"}}, store.Draft{Type: "person.registered", Payload: opened{Code: "N", Name: "N", Manager: w.ana.Actor.ID}}
		stands := func(want ...int64) {
			t.Helper()
			for i, ref := range []store.Ref{one, two, new} {
				o, err := w.s.Open(w.ctx, w.ana, ref)
				if want[i] == 0 && !fault.Is(err, fault.NotFound) || want[i] > 0 && (err != nil || o.Revision != want[i]) {
					t.Fatalf("dossier %d: %+v %v, want revision %d", i, o, err, want[i])
				}
			}
			if r := w.verify(); !r.OK {
				t.Fatalf("the log: %+v", r.Difference)
			}
		}
		stop := errors.New("the power fails")
		_, err := w.s.UpdateEach(w.ctx, w.ana, []store.Change{add(one, note), add(two, note), add(new, first)}, func(ctx context.Context, tx db.Tx, es []journal.Entry) error {
			var n int
			if err := tx.Row(ctx, `SELECT COUNT(*) FROM entry`).Scan(&n); err != nil || n != 5 || len(es) != 3 {
				t.Errorf("inside: %d entries, %d told, %v", n, len(es), err)
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		stands(1, 1, 0)
		_, err = w.s.UpdateEach(w.ctx, w.ana, []store.Change{add(one, note), add(new, note)})
		want(t, err, fault.Denied)
		_, err = w.s.UpdateEach(w.ctx, w.ana, []store.Change{add(one, note), add(one, note)})
		want(t, err, fault.Invalid)
		stands(1, 1, 0)
		rs, err := w.s.UpdateEach(w.ctx, w.ana, []store.Change{add(one, note, note), add(two), add(new, first)})
		if err != nil || len(rs) != 3 || rs[0].Revision != 3 || rs[1].Revision != 1 || len(rs[1].Appended) != 0 || rs[2].Revision != 1 {
			t.Fatalf("%+v %v", rs, err)
		}
		stands(3, 1, 1)
	})
}
