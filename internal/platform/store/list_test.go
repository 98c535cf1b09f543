// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"errors"
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

func TestRowsAreWalkedToAnEnd(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for i := range 5 {
			w.coded(fmt.Sprint(i))
		}
		q := store.Query{Kind: access.KindPerson, By: "code", Limit: 2}
		for most, want := range map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 9: 5} {
			n := 0
			if err := w.s.First(w.ctx, w.ana, q, most, func(store.Row) error { n++; return nil }); err != nil || n != want {
				t.Errorf("the first %d: %d, %v", most, n, err)
			}
		}
		n, stop := 0, errors.New("stop")
		err := w.s.Each(w.ctx, w.ana, q, func(store.Row) error {
			if n++; n == 3 {
				return stop
			}
			return nil
		})
		if n != 3 || err != stop {
			t.Errorf("after %d: %v", n, err)
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

func TestAListOfOneValueGoesThroughAllThatHaveIt(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		want := map[journal.ID]bool{}
		for i := range 30 {
			if ref := w.coded(fmt.Sprintf("%c%03d", "AB"[i%2], i)); i%2 == 1 {
				want[ref.ID] = true
			}
		}
		q := store.Query{Kind: access.KindPerson, By: "first", Limit: 4, Spans: []store.Span{store.Is("first", "B")}}
		for range 30 {
			p, err := w.s.List(w.ctx, w.ana, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range p.Rows {
				if !want[r.Ref.ID] {
					t.Errorf("%s is listed twice, or has another value", r.Ref.ID)
				}
				delete(want, r.Ref.ID)
			}
			if q.After = p.Next; q.After == "" {
				break
			}
		}
		if len(want) > 0 || q.After != "" {
			t.Errorf("%d are left out", len(want))
		}
	})
}

func TestPairsGiveTheCodesThatDossiersHaveTogether(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for _, code := range []string{"B002", "A001", "B001", "A001"} {
			w.coded(code)
		}
		got, err := w.s.Pairs(w.ctx, w.ana, access.KindPerson, "first", "code")
		if err != nil || fmt.Sprint(got) != "map[A:[A001] B:[B001 B002]]" {
			t.Errorf("%v, %v", got, err)
		}
		if got, err = w.s.Pairs(w.ctx, w.ana, access.KindPerson, "first", "code", store.Span{Name: "code", From: "B002"}); err != nil || fmt.Sprint(got) != "map[B:[B002]]" {
			t.Errorf("of some: %v, %v", got, err)
		}
		if got, err = w.s.Pairs(w.ctx, w.boris, access.KindPerson, "first", "code"); err != nil || len(got) != 0 {
			t.Errorf("somebody without standing sees %v, %v", got, err)
		}
		if _, err = w.s.Pairs(w.ctx, w.ana, "none", "first", "code"); err == nil {
			t.Error("pairs of a kind that is not there")
		}
	})
}

func TestWhatWasCountedIsForgottenWithTheNextChange(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		everybody := store.Job(w.owner, "statistics", access.ForStatistics)
		for n := range 3 {
			w.coded("A")
			got, err := w.s.Tally(w.ctx, everybody, access.KindPerson, "code")
			if err != nil || got["A"] != n+1 {
				t.Fatalf("after %d: %v, %v", n+1, got, err)
			}
			got["A"] = 99 // whoever asked may do with it what they like
			if all, err := w.s.Count(w.ctx, everybody, store.Query{Kind: access.KindPerson}); err != nil || all != n+1 {
				t.Fatalf("after %d: %d, %v", n+1, all, err)
			}
		}
	})
}

func TestWhatWasMadeOfAllIsMadeAnewWithTheNextChange(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		everybody := store.Job(w.owner, "statistics", access.ForStatistics)
		made := 0
		sum := func(who store.Who) int {
			n, err := store.Remembered(w.s, who, []string{access.KindPerson}, "test", func() (int, error) {
				made++
				return w.s.Count(w.ctx, who, store.Query{Kind: access.KindPerson})
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for n := range 3 {
			w.coded("A")
			if first, again := sum(everybody), sum(everybody); first != n+1 || again != n+1 || made != n+1 {
				t.Fatalf("after %d: %d, then %d, made %d times", n+1, first, again, made)
			}
		}
		if sum(w.boris) != 0 || sum(w.ana) != 3 || sum(w.boris) != 0 || made != 6 {
			t.Errorf("it is not made for whoever asks: %d times", made)
		}
		begun, err := store.Remembered(w.s, everybody, []string{access.KindPerson}, "during", func() (int, error) {
			w.coded("A") // something changes while it is made
			return 3, nil
		})
		if err != nil || begun != 3 {
			t.Fatal(begun, err)
		}
		if n, err := store.Remembered(w.s, everybody, []string{access.KindPerson}, "during", func() (int, error) { return 4, nil }); err != nil || n != 4 {
			t.Errorf("what was made of before a change was kept: %d, %v", n, err)
		}
		if n := sum(everybody); n != 4 {
			t.Errorf("%d", n)
		}
	})
}

func TestAListInAnOrderIsTheSameWhereverItBegins(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		who := []store.Who{w.ana, store.Job(w.owner, "statistics", access.ForStatistics)}
		const all = 120
		for i := range all {
			w.coded(fmt.Sprintf("%c%03d", "AB"[min(i%17, 1)], (i*37)%all))
		}
		for name, c := range map[string]struct {
			spans []store.Span
			want  int
		}{
			"all": {nil, all}, "common": {[]store.Span{store.Is("first", "B")}, 112}, "rare": {[]store.Span{store.Is("first", "A")}, 8}, "one": {[]store.Span{store.Is("code", "A000")}, 1}, "none": {[]store.Span{store.Is("first", "C")}, 0},
			"from": {[]store.Span{{Name: "code", From: "B100"}}, 19}, "up to": {[]store.Span{{Name: "code", To: "A999"}}, 8}, "both": {[]store.Span{{Name: "code", From: "A050", To: "B010"}, store.Is("first", "B")}, 10}, "any": {[]store.Span{{Name: "code"}}, all},
		} {
			for _, x := range who {
				if n, err := w.s.Count(w.ctx, x, store.Query{Kind: access.KindPerson, Spans: c.spans}); err != nil || n != c.want {
					t.Errorf("%s: counted %d, %v", name, n, err)
				}
				var got []string
				q := store.Query{Kind: access.KindPerson, By: "code", Limit: 7, Spans: c.spans}
				for range all {
					p, err := w.s.List(w.ctx, x, q)
					if err != nil {
						t.Fatal(name, err)
					}
					for _, r := range p.Rows {
						s, err := store.Summary[summary](r)
						if err != nil {
							t.Fatal(err)
						}
						got = append(got, s.Code+r.Ref.ID.String())
					}
					if q.After = p.Next; q.After == "" {
						break
					}
				}
				if len(got) != c.want || x.Actor.Job == "" && !slices.IsSorted(got) {
					t.Errorf("%s: %d, in order %t", name, len(got), slices.IsSorted(got))
				}
			}
		}
		tally, err := w.s.Tally(w.ctx, w.ana, access.KindPerson, "first", store.Span{Name: "code", To: "B009"})
		if err != nil || tally["A"] != 8 || tally["B"] != 9 {
			t.Errorf("of some: %v, %v", tally, err)
		}
	})
}
