// SPDX-License-Identifier: EUPL-1.2

package measure_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/sheet"
)

const table = "Mesure;Intitulé;Responsable;Indicateur;Échéance;Avancement;Observations\n" +
	"Mesure n° 44;Former les praticiens;MIPROF;nombre de sessions;décembre 2021;en cours;Deux sessions tenues\n" +
	"Measure 9;Une autre;MIPROF | Ministère inconnu;;à définir;réalisée;\n" +
	";Sans numéro;;;;;\n" +
	"44;Encore;;;;;\n" +
	"12.3;Une troisième;;;1er trimestre;bof;\n"

func asked(o *programmetest.Office) measure.Asked {
	return measure.Asked{Plan: "Second national action plan", Asked: sheet.Asked{Document: "Suivi 2021", Language: "fr", Partners: map[string]journal.ID{"miprof": actors.OrganisationRef(o.Owner, "miprof").ID}}}
}

// TestATableOfMeasuresComesIn reads a French table dry, for good and again: what is left out is told by row and field, and a
// measure that somebody noted by hand is known again.
func TestATableOfMeasuresComesIn(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	tab, err := sheet.Read([]byte(table))
	o.Must(err)
	m := measure.Guess(tab.Head)
	for i, want := range []string{"3 3 0 0", "3 3 0 0", "3 0 0 3"} {
		r, err := measure.Import(o.Ctx, o.Store, o.Importer, tab, m, asked(o), i == 0)
		o.Must(err)
		if got := fmt.Sprint(r.Rows, r.Created, r.Updated, r.Unchanged); got != want {
			t.Fatalf("import %d: %s, want %s", i, got, want)
		}
		var dropped []string
		for _, d := range r.Dropped {
			dropped = append(dropped, fmt.Sprint(d.Row, d.Field, strings.TrimPrefix(d.Why, "sheet.why.")))
		}
		if want := "[3ownerspartner 3duedate 4measure_code 5codemeasure_twice 6statemeasure_state]"; fmt.Sprint(dropped) != want {
			t.Fatalf("%v, want %s", dropped, want)
		}
	}
	rows, err := measure.List(o.Ctx, o.Store, o.Officer, map[string]string{"code": "44"})
	o.Must(err)
	x := rows[0].V
	if len(rows) != 1 || x.State != measure.UnderWay || x.Due.String() != "2021-12" || len(x.Owners) != 1 || x.Indicator.In("fr").Text != "nombre de sessions" || x.Source != "Suivi 2021" || x.On.Known() {
		t.Fatalf("%+v", rows)
	}
	tab.Rows[0].Cells[5], tab.Rows[0].Cells[4] = "réalisée", ""
	r, err := measure.Import(o.Ctx, o.Store, o.Importer, tab, m, asked(o), false)
	o.Must(err)
	rows, err = measure.List(o.Ctx, o.Store, o.Officer, map[string]string{"code": "44"})
	o.Must(err)
	if r.Updated != 1 || rows[0].V.State != measure.Done || rows[0].V.Due.String() != "2021-12" {
		t.Fatalf("%+v %+v", r, rows[0].V)
	}
	if _, err := measure.Import(o.Ctx, o.Store, o.Importer, tab, m, measure.Asked{}, true); !fault.Is(err, fault.Invalid) {
		t.Fatalf("without a plan: %v", err)
	}
}

// TestTheDeskShowsBeforeItWrites looks at a table on the page, corrects a column, writes, and does not write what was not seen.
func TestTheDeskShowsBeforeItWrites(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	for _, l := range []string{"en", "fr"} {
		s.Page(measure.Path+"/import", l)
		s.Page(measure.Path, l)
	}
	sent := func(v url.Values) answer { return answer{t, s.Post(measure.Path+"/import", v, table)} }
	v := url.Values{"document": {"Suivi 2021"}, "language": {"fr"}, "plan": {"Second national action plan"}}
	if w := sent(url.Values{"language": {"fr"}}); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("without a document: %d", w.Code)
	}
	looked := sent(v)
	looked.says("What would be done", "Former les praticiens", "no number of a measure", "an organisation that the programme does not know", "Bring it in")
	if n := s.Revisions(access.KindMeasure); n != 0 {
		t.Fatalf("looking wrote %d entries", n)
	}
	again := url.Values{"write": {"yes"}, "seen": {"something else"}}
	for k, x := range v {
		again[k] = x
	}
	sent(again).says("have changed since you looked")
	if n := s.Revisions(access.KindMeasure); n != 0 {
		t.Fatalf("what nobody saw was written: %d entries", n)
	}
	again["seen"] = []string{looked.hidden("seen")}
	sent(again).says("Brought in.")
	rows, err := measure.List(s.Ctx, s.Store, s.Officer, map[string]string{"code": "44"})
	s.Must(err)
	o, err := s.Store.Open(s.Ctx, s.Reader, store.Ref{Kind: access.KindMeasure, ID: rows[0].ID})
	s.Must(err)
	if h := o.State.(measure.Measure).History; h[0].By != s.Who.Actor.ID {
		t.Errorf("the history does not name who brought the table in: %v", h)
	}
	sent(v).says("There is nothing to write")
	off := url.Values{"column.text": {""}}
	for k, x := range v {
		off[k] = x
	}
	if w := sent(off); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "in which column the words") {
		t.Fatalf("without a column of words: %d", w.Code)
	}
	if body := s.Page("/programme/deadlines?when=late", "en"); !strings.Contains(body, "Measure 44 · Second national action plan") || !strings.Contains(body, "under way") {
		t.Error("the deadlines do not show the measure")
	}
	s.Who = s.Reader
	if w := sent(v); w.Code != http.StatusForbidden {
		t.Errorf("a reader brings a table in: %d", w.Code)
	}
}

// answer is what a page answered.
type answer struct {
	t *testing.T
	*httptest.ResponseRecorder
}

func (a answer) says(wants ...string) {
	a.t.Helper()
	for _, w := range wants {
		if !strings.Contains(a.Body.String(), w) {
			a.t.Fatalf("%d: the page does not say %q\n%s", a.Code, w, a.Body)
		}
	}
}

func (a answer) hidden(name string) string {
	_, rest, _ := strings.Cut(a.Body.String(), `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// TestOwnersReportOnTheirShares: a measure of two owners is done when both are.
func TestOwnersReportOnTheirShares(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	one, two := actors.OrganisationRef(s.Owner, "miprof").ID.String(), actors.OrganisationRef(s.Owner, "fr-moj").ID.String()
	at := s.Saved(measure.Path+"/new", url.Values{"plan": {"Plan"}, "code": {"7"}, "language": {"en"}, "text": {"Do it"}, "indicator": {"it is done"}, "owners": {one, two}, "due": {"2026-01"}})
	report := func(owner, state string) {
		s.Saved(at+"/act/report", url.Values{"owner": {owner}, "state": {state}, "on": {"2026-07"}, "by": {"Somebody"}, "why": {"a paper"}})
	}
	report(one, "done")
	for _, l := range []string{"en", "fr"} {
		s.Page(at, l)
	}
	body := s.Page(at, "en")
	for _, want := range []string{"has not reported", "it is done", "How far each owner is"} {
		if !strings.Contains(body, want) {
			t.Errorf("the measure does not say %q", want)
		}
	}
	if !strings.Contains(s.Page("/programme/deadlines", "en"), "1 of 2 owners have reported, 1 done") {
		t.Error("the deadlines do not tell the owners' progress")
	}
	report(two, "done")
	if body := s.Page(at, "en"); strings.Contains(body, "has not reported") || strings.Contains(s.Page("/programme/deadlines", "en"), "Measure 7") {
		t.Error("done by both, it still waits")
	}
	if w := s.Fill(at+"/act/report", url.Values{"owner": {actors.OrganisationRef(s.Owner, "unodc").ID.String()}, "state": {"done"}, "on": {"2026-07"}, "by": {"x"}, "why": {"y"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("somebody who owns nothing of it reports: %d", w.Code)
	}
}

func FuzzTableOfMeasures(f *testing.F) {
	f.Add("Mesure n° 44", "Former", "en cours", "décembre 2021", "a;b")
	f.Add("A.3", "x", "fait", "2021", "")
	f.Fuzz(func(t *testing.T, code, text, state, due, owners string) {
		if c, ok := measure.CodeOf(code); ok {
			if again, ok := measure.CodeOf(c); !ok || again != c {
				t.Fatalf("%q is read as %q, and that as %q", code, c, again)
			}
		}
		tab := sheet.Table{Head: []string{"code", "text", "state", "due", "owners"}, Rows: []sheet.Row{{N: 2, Cells: []string{code, text, state, due, owners}}, {N: 3}}}
		items, dropped, err := measure.ReadTable(tab, measure.Guess(tab.Head), measure.Asked{Plan: "P"})
		if err != nil || items+len(dropped) == 0 {
			t.Fatalf("%d %v %v", items, dropped, err)
		}
	})
}
