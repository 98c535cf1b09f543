// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/prosecute/proceeding"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

var (
	proceedingWordMissing = regexp.MustCompile(`\[(proceeding|count|measure|app)\.[a-z_.0-9]+\]`)
	entryField            = regexp.MustCompile(`name="entry" value="([0-9a-f-]+)"`)
)

// opens opens a proceeding by its form and gives its address.
func (w *world) opens(v *visitor, reference string) string {
	w.Helper()
	id := w.n.newID()
	a := w.post(v, proceeding.Path+"/new", url.Values{"dossier": {id.String()}, "entry": {w.n.newID().String()}, "reference": {reference}, "court": {"Court of Planted"}, "country": {"GR"}, "articles": {"GR-323A"}, "forms": {"labour"}, "opened": {"2025-05-02"}})
	if a.code != http.StatusSeeOther {
		w.Fatalf("%d %s", a.code, a.body)
	}
	return proceeding.Path + "/" + id.String()
}

// writes asks for a form and sends it; it gives the code of the answer.
func (w *world) writes(v *visitor, at, act string, pairs ...string) reply {
	w.Helper()
	a := w.get(v, at+"/"+act)
	m := entryField.FindStringSubmatch(a.body)
	if a.code != 200 || m == nil || proceedingWordMissing.MatchString(a.body) {
		return a
	}
	form := url.Values{"entry": {m[1]}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return w.post(v, at+"/"+act, form)
}

// A proceeding from its opening to its last decision: every step by its form, what is wrong said beside its field, read by whoever
// works on it or supervises it, seen by codes by the rest of the office and by nobody elsewhere, and erased when its period is over.
func TestAProceedingFromOpeningToErasure(t *testing.T) {
	w := newWorld(t, "court", "border")
	clerk, other, chief, officer := w.hire("court", "clerk", access.Prosecutor), w.hire("court", "other", access.Prosecutor), w.hire("court", "chief", access.Prosecutor), w.hire("border", "officer", access.PoliceOfficer)
	at := w.opens(clerk, "TH-12/2025")
	for _, x := range []struct {
		act   string
		pairs []string
		code  int
		says  string
	}{
		{"decide", []string{"n", "1", "instance", "first", "on", "2025-09-01", "outcome", "convicted"}, 422, "Choose a defendant who is charged."},
		{"defendant", []string{"n", "1", "name", "Planted Example", "sex", "m", "age", "adult", "citizen", "AL", "charged", "2025-06-03"}, 303, ""},
		{"defendant", []string{"n", "2", "charged", "2025-04-03"}, 422, "does not fit the order"},
		{"defendant", []string{"n", "2"}, 303, ""},
		{"injured", []string{"count", "3", "count_how", "least", "minors", "1", "minors_how", "exactly", "unpunished", "applied"}, 303, ""},
		{"redress", []string{"ordered", "12 000", "paid", "4000", "currency", "eur", "finances", "yes"}, 303, ""},
		{"redress", []string{"ordered", "much"}, 422, "Give a whole sum"},
		{"date", []string{"on", w.clock.Now().AddDate(0, 0, 3).Format(time.DateOnly), "what", "judgment"}, 303, ""},
		{"assign", []string{"worker", chief.id.String(), "as", "supervisor"}, 303, ""},
		{"decide", []string{"n", "1", "instance", "first", "on", "2025-09-01", "outcome", "convicted", "months", "60"}, 303, ""},
		{"decide", []string{"n", "1", "instance", "appeal", "on", "2025-08-01", "outcome", "acquitted"}, 422, "does not fit the order"},
		{"decide", []string{"n", "1", "instance", "appeal", "on", "2025-11-20", "outcome", "convicted", "months", "48", "final", "true"}, 303, ""},
	} {
		if a := w.writes(clerk, at, x.act, x.pairs...); a.code != x.code || !strings.Contains(a.body, x.says) {
			t.Errorf("%s %v: %d %s", x.act, x.pairs, a.code, proceedingWordMissing.FindString(a.body))
		}
	}
	whole := w.get(clerk, at)
	for _, words := range []string{"Planted Example", "Court of Planted", "TH-12/2025", "at least 3", "12,000", "48 months", "court of appeal", "final", "applied", "Number of injured persons written", "20 November 2025"} {
		if !strings.Contains(whole.body, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if m := proceedingWordMissing.FindString(whole.body); m != "" {
		t.Error(m)
	}
	if a := w.get(clerk, "/"); !strings.Contains(a.body, at) || !strings.Contains(a.body, "judgment") {
		t.Error("today does not tell of the next date")
	}
	if a := w.get(chief, at); !strings.Contains(a.body, "Planted Example") || w.get(chief, at+"/change").code != http.StatusForbidden || w.get(chief, at+"/assign").code != 200 {
		t.Error("who supervises it does not read it, or corrects it, or cannot give it to others")
	}
	if a := w.get(other, at); a.code != 200 || strings.Contains(a.body, "Planted") || strings.Contains(a.body, "TH-12") || !strings.Contains(a.body, "art. 323A") || w.get(other, at+"/injured").code != http.StatusForbidden {
		t.Errorf("a colleague reads more than its codes: %d", a.code)
	}
	if a := w.get(officer, at); a.code != http.StatusNotFound {
		t.Errorf("a police office: %d", a.code)
	}
	for text, found := range map[string]bool{"th 12.2025": true, "TH-13/2025": false, "": false} {
		if a := w.post(clerk, proceeding.Path+"/find", url.Values{"text": {text}}); a.code != 200 || strings.Contains(a.body, at) != found {
			t.Errorf("%q: %d, found %v", text, a.code, !found)
		}
	}
	for path, listed := range map[string]bool{"": true, "?stage=final": true, "?stage=charged": false, "?whose=all": true} {
		if a := w.get(clerk, proceeding.Path+path); a.code != 200 || strings.Contains(a.body, at) != listed || proceedingWordMissing.MatchString(a.body) {
			t.Errorf("%q: %d %s", path, a.code, proceedingWordMissing.FindString(a.body))
		}
	}
	if a := w.get(other, proceeding.Path); strings.Contains(a.body, at) {
		t.Error("another's proceeding is listed as one's own")
	}
	if a := w.get(clerk, proceeding.Path+".csv"); strings.Contains(a.body, "Planted Example") || strings.Count(a.body, "TH-12/2025") != 3 {
		t.Errorf("the export: %s", a.body)
	}
	w.clock.Advance(10*366*24*time.Hour + 24*time.Hour)
	_, err := w.n.MarkOnce(t.Context())
	w.must(err)
	clerk.signIn()
	if a := w.get(clerk, at); a.code != 200 || strings.Contains(a.body, "Planted") || !strings.Contains(a.body, "Its period is over") || strings.Contains(a.body, "60 months") {
		t.Errorf("its period is over: %d", a.code)
	}
	if a := w.post(clerk, proceeding.Path+"/find", url.Values{"text": {"TH-12/2025"}}); strings.Contains(a.body, at) {
		t.Error("and it is found")
	}
}

const oldHead = "reference,country,court,articles,forms,opened,defendant,charged,instance,decided,outcome,months,final\n"

// A table is first looked at and writes nothing; brought in, it writes; brought again, nothing is new. What somebody else works on is
// left alone, and one that was opened by hand is found by its number.
func TestATableOfProceedings(t *testing.T) {
	w := newWorld(t, "court")
	clerk, other := w.hire("court", "clerk", access.Prosecutor), w.hire("court", "other", access.Prosecutor)
	at := w.opens(clerk, "TH-12/2025")
	const old = "A-1,GR,Court,323A,labour,2024-01-08,1,2024-03-04,first,2025-02-03,convicted,24,yes\n"
	table := oldHead + old + "TH 12/2025,,,,,,1,2025-06-01,,,,,\nB-1,GR,Court,999,,2024-01-08,,,,,,,\n"
	seen := w.upload(clerk, proceeding.Path+"/import", table)
	data := regexp.MustCompile(`name="data" value="([^"]+)"`).FindStringSubmatch(seen.body)
	if seen.code != 200 || data == nil || !strings.Contains(seen.body, "This would be done") || !strings.Contains(seen.body, "Choose at least one article") || proceedingWordMissing.MatchString(seen.body) {
		t.Fatalf("%d %s", seen.code, seen.body)
	}
	if a := w.get(clerk, proceeding.Path); strings.Contains(a.body, "A-1") {
		t.Error("looking at it writes")
	}
	tally := regexp.MustCompile(`(?s)<dd>(\d+)</dd>`)
	for i, want := range []string{"[1 1 0 1]", "[0 0 2 1]"} {
		var got []string
		a := w.post(clerk, proceeding.Path+"/import", url.Values{"data": {strings.ReplaceAll(data[1], "&#43;", "+")}})
		for _, m := range tally.FindAllStringSubmatch(a.body, 4) {
			got = append(got, m[1])
		}
		if a.code != 200 || fmt.Sprint(got) != want {
			t.Errorf("time %d: %d %v, not %s", i, a.code, got, want)
		}
	}
	if a := w.get(clerk, at); !strings.Contains(a.body, "1 June 2025") {
		t.Error("a table does not add to what was opened by hand")
	}
	if a := w.upload(other, proceeding.Path+"/import", oldHead+old); !strings.Contains(a.body, "Somebody else works on this proceeding.") {
		t.Errorf("another's: %s", a.body)
	}
	if a := w.upload(clerk, proceeding.Path+"/import", "nonsense\n"); a.code != http.StatusUnprocessableEntity || w.get(clerk, proceeding.Path+"/import/sample").code != 200 {
		t.Errorf("no table: %d", a.code)
	}
	sample := w.get(clerk, proceeding.Path+"/import/sample")
	if a := w.upload(clerk, proceeding.Path+"/import", sample.body); a.code != 200 || strings.Contains(a.body, "Lines that are wrong</h2>") {
		t.Errorf("the sample is wrong: %s", a.body)
	}
}

// brought40 brings a table of forty proceedings of 2025 into an office: one under an article that figures do not count, one of
// elsewhere, 25 of the other 38 convicted.
func (w *world) brought40(clerk *visitor) {
	w.Helper()
	table := oldHead
	for i := range 40 {
		article, form, country, outcome := "323A", "labour", "GR", "convicted"
		switch {
		case i == 0:
			article = "349" // which figures do not count
		case i == 1:
			article, country = "110/a", "AL" // elsewhere
		case i < 14:
			form = "sexual"
		}
		if i%3 == 0 {
			outcome = "acquitted"
		}
		table += fmt.Sprintf("C-%d,%s,Court,%s,%s,2024-01-08,1,2025-03-04,first,2025-10-06,%s,,no\n", i, country, article, form, outcome)
	}
	olds, wrong, err := proceeding.ReadTable([]byte(table))
	w.must(err)
	law, err := w.n.proceedingLaw()
	w.must(err)
	rep, err := proceeding.Bringing{Store: w.n.Store, Law: law, Now: w.clock.Now()}.Bring(w.Context(), clerk.who(access.ForIdentification), olds, wrong, false)
	w.must(err)
	if rep.Added != 40 || len(rep.Wrong) > 0 {
		w.Fatalf("%+v", rep)
	}
}

// The office counts who was prosecuted and who was convicted, by the year of the charge and of the first decision, under articles that
// figures count and in its own country; what it tells is protected.
func TestProsecutionsAndConvictionsAreTold(t *testing.T) {
	w := newWorld(t, "court", "paris")
	clerk := w.hire("court", "clerk", access.Prosecutor)
	w.brought40(clerk)
	o := w.offices["court"]
	job, err := w.n.Job(o.ID, "statistics", access.ForStatistics)
	w.must(err)
	f, err := query.Run(t.Context(), w.n.sources(o), job, query.Query{Source: "judgments", Version: "2026-1", From: "2025-01-01", Until: "2025-12-31", By: []string{"core", "outcome"}})
	w.must(err)
	if f.Total != 40 || f.Count("no") != 1 || f.Count("yes", "convicted") != 26 {
		t.Errorf("%+v", f)
	}
	told, queries, err := w.n.countTable(t.Context(), o, "prosecutions", "2025", "")
	w.must(err)
	want := map[string]string{"prosecuted": "38", "prosecuted.sexual": "12", "prosecuted.not_sexual": "26", "prosecuted.labour": "26", "convicted": "25", "acquitted": "13", "discontinued": "<10", "prosecuted.organs": "<10"}
	if o.Threshold != 10 || len(queries) != 4 {
		t.Fatalf("threshold %d, %d queries", o.Threshold, len(queries))
	}
	for cell, n := range want {
		if told.Cells[cell] != n && !(n == "<10" && told.Cells[cell] == "withheld") {
			t.Errorf("%s is told as %q, not %q", cell, told.Cells[cell], n)
		}
	}
	if _, _, err := w.n.countTable(t.Context(), w.offices["paris"], "prosecutions", "2025", ""); err == nil {
		t.Error("a programme office counts prosecutions")
	}
	if !slices.Equal(proceeding.Forms(), casework.Forms()) {
		t.Errorf("forms of proceedings %v, of files %v", proceeding.Forms(), casework.Forms())
	}
	if t.Failed() {
		for _, k := range slices.Sorted(maps.Keys(told.Cells)) {
			t.Log(k, told.Cells[k])
		}
	}
}
