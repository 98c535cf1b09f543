// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// TestWhatAnOlderProgramDerivedIsDerivedAnewOnce takes the codes away that an older program did not write: a list that asks for
// them then finds what was there before, and nothing is done a second time.
func TestWhatAnOlderProgramDerivedIsDerivedAnewOnce(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for range 3 {
			w.coded("A1")
		}
		err := w.db.Write(w.ctx, func(tx db.Tx) error {
			_, err := tx.Exec(w.ctx, `DELETE FROM code WHERE owner = $1 AND name = $2`, w.owner.ID, "first")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		firsts := func(s *store.Store) int {
			t.Helper()
			n, err := s.Count(w.ctx, w.ana, store.Query{Kind: access.KindPerson, Spans: []store.Span{store.Is("first", "A")}})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n, err := w.s.DeriveAgain(w.ctx, w.owner.ID); err != nil || n != 0 || firsts(w.s) != 0 {
			t.Fatalf("the same program derives %d anew, %v", n, err)
		}
		kind := personKind()
		kind.Derives = 1
		later := w.with(kind)
		for _, want := range []int{3, 0} {
			if n, err := later.DeriveAgain(w.ctx, w.owner.ID); err != nil || n != want || firsts(later) != 3 {
				t.Errorf("derived %d anew, %v; %d are found", n, err, firsts(later))
			}
		}
	})
}
