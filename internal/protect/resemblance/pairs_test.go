// SPDX-License-Identifier: EUPL-1.2

package resemblance_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/resemblance"
)

// file opens one file.
func (w *world) file(who store.Who, name, born, number, document string) journal.ID {
	w.T.Helper()
	w.Clock.Advance(time.Second)
	r := casetest.Lindita()
	r.Code, r.None = fmt.Sprintf("F%d", w.Clock.Now().Unix()), true
	r.Identity = casework.Identity{Names: []string{name}, Born: born, Nationality: "RO"}
	if document != "" {
		r.Identity.Documents = []casework.Document{{Sort: "passport", Country: "RO", Number: document}}
	}
	r.Contact.Number = number
	id, err := w.Work.Register(w.Ctx, who, r)
	if err != nil {
		w.T.Fatal(err)
	}
	return id
}

// others gives with whom a file makes open pairs, and how many more it is said to resemble.
func (w *world) others(made journal.ID) (of []journal.ID, more int) {
	w.T.Helper()
	for _, row := range w.pairs(w.dafni(), resemblance.Open) {
		s, err := store.Summary[resemblance.Summary](row)
		if err != nil {
			w.T.Fatal(err)
		}
		if s.Made == made {
			of, more = append(of, s.Other), s.More
		}
	}
	return of, more
}

// A common name makes no pairs by itself, however many share it; a number, a date or a near year beside it does, the
// nearest first and no more than a desk can look at.
func TestACommonNameMakesFewPairs(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for i := range 12 {
			w.file(w.Ana(), "Maria Popescu", fmt.Sprintf("19%d-03-1%d", 60+i, i%10), "", "")
		}
		for name, c := range map[string]struct {
			born, number, document string
			want, more             int
		}{
			"of another year":  {born: "1990-01-09", want: 0},
			"of no known year": {want: 0},
			"of a near year":   {born: "1958", want: 1},
			"of a year in the middle, of which five are near": {born: "1966-08-20", want: 5},
		} {
			of, more := w.others(w.file(w.maria(), "Popescu Maria", c.born, c.number, c.document))
			if len(of) != c.want || more != c.more {
				t.Errorf("%s: %d pairs and %d more, want %d and %d", name, len(of), more, c.want, c.more)
			}
		}
		for range casework.MostAlike + 2 {
			w.file(w.Ana(), "Ana Ionescu", "1985", "", "")
		}
		exact, number := w.file(w.Ana(), "Ana Ionescu", "1985-04-03", "", ""), w.file(w.Ana(), "Zoe Dobre", "", "+40 720 000 111", "")
		made := w.file(w.maria(), "Ana Ionescu", "1985-03-04", "0720000111", "")
		of, more := w.others(made)
		if len(of) != casework.MostAlike || more != 4 || !slices.Contains(of, exact) || !slices.Contains(of, number) {
			t.Errorf("%d pairs and %d more; the date swapped: %v, the number: %v", len(of), more, slices.Contains(of, exact), slices.Contains(of, number))
		}
		for _, row := range w.pairs(w.dafni(), resemblance.Open) {
			o, err := w.Store.Open(w.Ctx, w.dafni(), row.Ref)
			if err != nil {
				t.Fatal(err)
			}
			share := map[string]int{"phone": 1, "born": 1, "year": casework.MostAlike + 3} // exact is of that name and year too
			if p := o.State.(resemblance.Pair); p.Made == made && p.Of != share[p.As] {
				t.Errorf("as %s: %d files share it, not %d", p.As, p.Of, share[p.As])
			}
		}
		_, page := w.ask(w.dafni(), "GET", "/resemblances", "en", nil)
		if !strings.Contains(page, "at least 4 more") {
			t.Error("the page does not say that more resembled than were noted")
		}
	})
}

// Of two files that are opened at once, each sees the other: one pair, whoever notes it.
func TestAPairStandsOnceFromEitherSide(t *testing.T) {
	w := worldOn(t, dbtest.File(t))
	a, b := w.file(w.Ana(), "Zdravka Rara", "1990", "", ""), w.file(w.maria(), "Zdravka Rara", "1971", "", "")
	if err := w.desk.Note(w.Ctx, w.Ana(), a, store.Near{Found: []store.Likeness{{ID: b}}}); err != nil {
		t.Fatal(err)
	}
	if n := len(w.pairs(w.dafni(), resemblance.Open)); n != 1 {
		t.Fatalf("%d pairs", n)
	}
	if one, two := resemblance.PairID(a, b), resemblance.PairID(b, a); one != two || one == a || one == b || one.String()[14] != '7' {
		t.Errorf("%v %v", one, two)
	}
}

// A judgement and what both files say of it are one transaction: when the second file cannot say it, nothing was said.
func TestAJudgementIsWholeOrNothing(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ana, maria := w.twice()
		whole := resemblance.PairID(ana, maria)
		broken := w.Store.NewID() // a pair whose second file is not there: the last of three appends fails
		job, err := w.desk.Job(casetest.Athens)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Store.Append(w.Ctx, job, store.Ref{Kind: access.KindResemblance, ID: broken}, store.Draft{Type: "resemblance.noted", Payload: resemblance.Noted{Made: maria, Other: w.Store.NewID()}}); err != nil {
			t.Fatal(err)
		}
		same := resemblance.Judged{Verdict: resemblance.Same, Grounds: []string{"names"}}
		if err := w.desk.Judge(w.Ctx, w.dafni(), broken, same); err == nil {
			t.Fatal("a file that is not there says that it is the same")
		}
		o, err := w.Store.Open(w.Ctx, w.dafni(), store.Ref{Kind: access.KindResemblance, ID: broken})
		if err != nil || o.State.(resemblance.Pair).Verdict != resemblance.Open || len(w.Person(w.maria(), maria).Same) != 0 {
			t.Fatalf("half of it was kept: %+v %v", o, err)
		}
		// What an older program left half said, judging again makes whole, without saying twice what is said.
		if _, err := w.Store.Append(w.Ctx, w.dafni(), casework.Ref(ana), store.Draft{Type: "person.same_as", Payload: casework.SameAs{Other: maria}}); err != nil {
			t.Fatal(err)
		}
		revision := func(id journal.ID) int64 {
			t.Helper()
			who := w.Ana()
			if id == maria {
				who = w.maria()
			}
			o, err := w.Store.Open(w.Ctx, who, casework.Ref(id))
			if err != nil {
				t.Fatal(err)
			}
			return o.Revision
		}
		a, m := revision(ana), revision(maria)
		for range 2 {
			if err := w.desk.Judge(w.Ctx, w.dafni(), whole, same); err != nil {
				t.Fatal(err)
			}
		}
		if revision(ana) != a || revision(maria) != m+1 || !slices.Contains(w.Person(w.maria(), maria).Same, ana) {
			t.Errorf("revisions %d to %d and %d to %d", a, revision(ana), m, revision(maria))
		}
		if err := w.desk.Judge(w.Ctx, w.Ana(), whole, same); !fault.Is(err, fault.NotFound) {
			t.Errorf("a case manager judges: %v", err)
		}
		if code, _ := w.ask(w.Ana(), "POST", "/resemblances/"+whole.String(), "en", url.Values{"verdict": {"same"}, "grounds": {"names"}}); code < 400 {
			t.Errorf("a case manager judges on the page: %d", code)
		}
	})
}
