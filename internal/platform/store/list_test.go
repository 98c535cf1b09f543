// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// coded opens a file with a code of its own choice.
func (w *world) coded(code string) store.Ref {
	w.t.Helper()
	ref := store.Ref{Kind: access.KindPerson, ID: w.s.NewID()}
	if _, err := w.s.Append(w.ctx, w.ana, ref, store.Draft{Type: "person.registered", Payload: opened{Code: code, Name: "Mira Test", Manager: w.ana.Actor.ID}}); err != nil {
		w.t.Fatal(err)
	}
	return ref
}

func TestAListByACodeGoesThroughAllInItsOrder(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		want := map[journal.ID]string{}
		for i := range 9 {
			code := fmt.Sprintf("C%d", (i*5)%7) // two of them twice
			want[w.coded(code).ID] = code
		}
		var got []string
		q := store.Query{Kind: access.KindPerson, By: "code", Limit: 2}
		for range 10 {
			p, err := w.s.List(w.ctx, w.ana, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range p.Rows {
				got = append(got, want[r.Ref.ID])
				delete(want, r.Ref.ID)
			}
			if q.After = p.Next; q.After == "" {
				break
			}
		}
		if len(got) != 9 || !slices.IsSorted(got) || len(want) != 0 {
			t.Errorf("in order: %v; left out: %v", got, want)
		}
		if p, err := w.s.List(w.ctx, w.boris, store.Query{Kind: access.KindPerson, By: "code"}); err != nil || len(p.Rows) != 0 {
			t.Errorf("somebody without standing sees %v, %v", p.Rows, err)
		}
		if p, err := w.s.List(w.ctx, w.ana, store.Query{Kind: access.KindPerson, By: "code", Codes: map[string]string{"code": "C5"}}); err != nil || len(p.Rows) != 2 {
			t.Errorf("of one code: %d, %v", len(p.Rows), err)
		}
		for _, bad := range []string{"!", "AAAA"} {
			if _, err := w.s.List(w.ctx, w.ana, store.Query{Kind: access.KindPerson, By: "code", After: bad}); !fault.Is(err, fault.Invalid) {
				t.Errorf("the cursor %q: %v", bad, err)
			}
		}
	})
}

func TestATallyCountsWhatSomebodyMayKnowOf(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for _, code := range []string{"A", "B", "A"} {
			w.coded(code)
		}
		got, err := w.s.Tally(w.ctx, w.ana, access.KindPerson, "code")
		if err != nil || got["A"] != 2 || got["B"] != 1 || len(got) != 2 {
			t.Errorf("%v, %v", got, err)
		}
		if got, err = w.s.Tally(w.ctx, w.boris, access.KindPerson, "code"); err != nil || len(got) != 0 {
			t.Errorf("somebody without standing counts %v, %v", got, err)
		}
	})
}
