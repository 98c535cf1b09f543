// SPDX-License-Identifier: EUPL-1.2

package journal_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// safe is a field whose careful value wins, as of whether one may call.
type safe string

func caution(s safe) int { return slices.Index([]safe{"yes", "ask", "no"}, s) }

var anySafe = rapid.SampledFrom([]safe{"yes", "ask", "no"})

// written is a write of the field before it has a place in the dossier.
type written struct {
	id    journal.ID
	base  int64
	value safe
}

// fold gives the register of writes in the order in which they arrived.
func fold(ws []written) (r journal.Register[safe]) {
	for i, w := range ws {
		r.Set(journal.Header{ID: w.id, Revision: int64(i) + 1, Base: w.base}, w.value)
	}
	return r
}

// permutations calls f with every order of ws.
func permutations(ws []written, f func([]written)) {
	var place func(n int)
	place = func(n int) {
		if n == len(ws) {
			f(ws)
			return
		}
		for i := n; i < len(ws); i++ {
			ws[n], ws[i] = ws[i], ws[n]
			place(n + 1)
			ws[n], ws[i] = ws[i], ws[n]
		}
	}
	place(0)
}

func draw(t *rapid.T, label string, base func() int64) written {
	return written{journal.NewID(time.UnixMilli(rapid.Int64Range(0, 1<<40).Draw(t, label+" at")), nil), base(), anySafe.Draw(t, label)}
}

// TestConcurrentWritesMergeInAnyOrder: whatever a dossier held before, and whatever of it each of several
// writers had seen, the careful value and the set of standing values do not depend on who arrives first.
func TestConcurrentWritesMergeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var before []written
		for i := range rapid.IntRange(0, 4).Draw(t, "earlier writes") {
			before = append(before, draw(t, "earlier", func() int64 { return rapid.Int64Range(0, int64(i)).Draw(t, "earlier base") }))
		}
		var now []written
		for range rapid.IntRange(1, 5).Draw(t, "concurrent writes") {
			now = append(now, draw(t, "concurrent", func() int64 { return rapid.Int64Range(0, int64(len(before))).Draw(t, "concurrent base") }))
		}
		sorted := func(vs []safe) string { slices.Sort(vs); return fmt.Sprint(vs) }
		first := fold(append(slices.Clone(before), now...))
		value, standing := first.Cautious(caution), sorted(first.Values())
		permutations(now, func(order []written) {
			r := fold(append(slices.Clone(before), order...))
			if got := r.Cautious(caution); got != value {
				t.Fatalf("in another order %s, first %s: %v", got, value, order)
			}
			if got := sorted(r.Values()); got != standing {
				t.Fatalf("in another order %s stand, first %s: %v", got, standing, order)
			}
			for _, w := range order { // never less careful than any of those who wrote at the same time
				if caution(w.value) > caution(r.Cautious(caution)) {
					t.Fatalf("%s was written and %s holds", w.value, r.Cautious(caution))
				}
			}
			if r.Disputed() != (len(r.Values()) > 1) || r.Last() != order[len(order)-1].value {
				t.Fatal("Disputed or Last")
			}
		})
	})
}

// TestTiesDoNotDependOnArrival: of values of the same caution, the same one wins in every order.
func TestTiesDoNotDependOnArrival(t *testing.T) {
	type note struct {
		safe
		text string
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(t, "writers")
		ids, notes := make([]journal.ID, n), make([]note, n)
		order := make([]written, n) // of which only the base carries an index
		for i := range n {
			ids[i] = journal.NewID(time.UnixMilli(rapid.Int64Range(0, 1).Draw(t, "at")), nil)
			notes[i] = note{anySafe.Draw(t, "safe"), fmt.Sprint("note ", i)}
			order[i].base = int64(i)
		}
		var first []note
		permutations(order, func(order []written) {
			var r journal.Register[note]
			for at, w := range order {
				r.Set(journal.Header{ID: ids[w.base], Revision: int64(at) + 1}, notes[w.base])
			}
			careful := r.Careful(func(x note) int { return caution(x.safe) })
			if first == nil {
				first = careful
			}
			if !slices.Equal(careful, first) || r.Cautious(func(x note) int { return caution(x.safe) }) != first[0] {
				t.Fatalf("in another order %v, first %v", careful, first)
			}
		})
	})
}

func TestLaterWriteReplacesWhatItsWriterSaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ws []written
		for i := range rapid.IntRange(1, 6).Draw(t, "writes") {
			ws = append(ws, draw(t, "write", func() int64 { return rapid.Int64Range(0, int64(i)).Draw(t, "base") }))
		}
		last := draw(t, "last", func() int64 { return int64(len(ws)) }) // has seen everything
		r := fold(append(ws, last))
		if r.Disputed() || len(r.Values()) != 1 || r.Cautious(caution) != last.value || r.Last() != last.value {
			t.Fatalf("after one who saw all, %v stand", r.Values())
		}
	})
}

func TestRegisterByExample(t *testing.T) {
	id := journal.NewID(time.UnixMilli(1), nil)
	for name, c := range map[string]struct {
		writes []written
		value  safe
		stand  int
	}{
		"never written":                       {nil, "", 0},
		"once":                                {[]written{{id, 0, "yes"}}, "yes", 1},
		"one after the other":                 {[]written{{id, 0, "no"}, {id, 1, "yes"}}, "yes", 1},
		"at the same time":                    {[]written{{id, 0, "no"}, {id, 0, "yes"}}, "no", 2},
		"the third saw the first alone":       {[]written{{id, 0, "yes"}, {id, 0, "no"}, {id, 1, "ask"}}, "no", 2},
		"the third saw both":                  {[]written{{id, 0, "yes"}, {id, 0, "no"}, {id, 2, "ask"}}, "ask", 1},
		"a device that was away a long time":  {[]written{{id, 0, "yes"}, {id, 1, "ask"}, {id, 2, "yes"}, {id, 0, "no"}}, "no", 2},
		"and one that had nothing careful":    {[]written{{id, 0, "no"}, {id, 0, "yes"}}, "no", 2},
		"settled by someone who saw the rest": {[]written{{id, 0, "no"}, {id, 0, "yes"}, {id, 2, "yes"}}, "yes", 1},
	} {
		r := fold(c.writes)
		if got := r.Cautious(caution); got != c.value || len(r.Values()) != c.stand {
			t.Errorf("%s: %q, %v stand", name, got, r.Values())
		}
	}
}
