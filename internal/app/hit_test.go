// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
)

// TestARequestOfANightSaysWhatItsHitIsAbout: of several records that one night found, a request says what the one is about from whose
// hit it began, and adds the rest of that one.
func TestARequestOfANightSaysWhatItsHitIsAbout(t *testing.T) {
	w := newWorld(t, "border", "court")
	officer, prosecutor := w.hire("border", "officer", access.PoliceOfficer), w.hire("court", "prosecutor", access.Prosecutor)
	w.comparing("border", "court")
	border := w.offices["border"].ID.String()
	w.record(officer, subject.Known{Phones: []string{plantedPhone}})
	w.record(officer, subject.Known{Plates: []string{"CB 1111 AA"}})
	phone := w.record(prosecutor, subject.Known{Names: []string{"Planted Example"}, Phones: []string{plantedPhone}})
	w.record(prosecutor, subject.Known{Names: []string{"Somebody Else"}, Plates: []string{"CB 1111 AA"}})
	w.night("border", "court")
	all := w.comparisons(prosecutor)
	if len(all) != 1 || len(all[0].Found) != 2 {
		t.Fatalf("%+v", all)
	}
	c := all[0]
	shown := html.UnescapeString(w.reads(prosecutor, matching.Path+"/"+c.ID.String()))
	for i, h := range c.Found {
		link := fmt.Sprintf("/requests/new?to=%s&from=%s&hit=%d", border, c.ID, i)
		if !strings.Contains(shown, link) {
			t.Errorf("no link %s", link)
		}
		form := w.sees(prosecutor, link)
		if of := h.Record == phone; strings.Contains(form, "555 0101") != of || strings.Contains(form, "CB 1111 AA") == of {
			t.Errorf("hit %d is of the telephone: %v, and the form says otherwise", i, of)
		}
		a := w.post(prosecutor, "/requests/new", url.Values{"dossier": {w.n.newID().String()}, "entry": {w.n.newID().String()}, "origin": {c.ID.String()}, "hit": {fmt.Sprint(i)}, "to": {border}, "more": {"true"}})
		if of := h.Record == phone; strings.Contains(a.body, "Planted Example") != of || strings.Contains(a.body, "Somebody Else") == of {
			t.Errorf("hit %d is of the telephone: %v, and what is added is of the other", i, of)
		}
	}
	if form := w.sees(prosecutor, fmt.Sprintf("/requests/new?to=%s&from=%s", border, c.ID)); strings.Contains(form, "555 0101") || strings.Contains(form, "CB 1111 AA") {
		t.Error("without a hit, of two records, one is taken")
	}
}

// TestARequestFromAHitSaysWhatBothKnow: the rest of the office's own record is added only when somebody ticks for it, shown before
// it is drafted, and told to the second person.
func TestARequestFromAHitSaysWhatBothKnow(t *testing.T) {
	w := newWorld(t, "border", "court")
	officer, prosecutor, second := w.hire("border", "officer", access.PoliceOfficer), w.hire("court", "prosecutor", access.Prosecutor), w.hire("court", "second", access.Prosecutor)
	w.comparing("border", "court")
	border := w.offices["border"].ID
	w.record(officer, subject.Known{Names: []string{"Somebody Else"}, Phones: []string{plantedPhone}, Plates: []string{"CB 1111 AA"}})
	there := w.record(prosecutor, subject.Known{Names: []string{"Planted Example"}, Born: "1980-02-03", Phones: []string{plantedPhone}, Accounts: []string{"GR1601101250000000012300695"}, Plates: []string{"CB 1111 AA", "CB 2222 BB"}})
	w.night("border", "court")
	c := w.lookUp(prosecutor, there, "border")
	if len(c.Found) != 1 || !slices.Equal(c.Found[0].Kinds, []string{"phone", "plate"}) {
		t.Fatalf("%+v", c.Found)
	}
	form := w.sees(prosecutor, "/requests/new?to="+border.String()+"&from="+c.ID.String())
	for word, want := range map[string]bool{"555 0101": true, "Planted Example": false, "1980": false, "GR16": false, "CB 1111 AA": false, "CB 2222 BB": false, "Add more of our record": true} {
		if strings.Contains(form, word) != want {
			t.Errorf("the form says %q: %v", word, !want)
		}
	}
	id := w.n.newID()
	typed := url.Values{"dossier": {id.String()}, "entry": {w.n.newID().String()}, "origin": {c.ID.String()}, "to": {border.String()}, "second": {second.id.String()}, "basis": {"police_cooperation"}, "article": {"Article 7"}, "purpose": {"investigation"},
		"questions": {"known"}, "phones": {plantedPhone}, "urgency": {"normal"}, "due": {"2026-04-01"}, "more": {"true"}}
	a := w.post(prosecutor, "/requests/new", typed)
	for _, word := range []string{"Planted Example", "1980-02-03", "GR1601101250000000012300695", "CB 1111 AA; CB 2222 BB", "more of our record than both offices know"} {
		if a.code != http.StatusOK || !strings.Contains(a.body, word) {
			t.Errorf("ticked, and the form does not show %q: %d", word, a.code)
		}
	}
	if w.get(second, "/requests/"+id.String()).passed() {
		t.Error("it was drafted before anybody saw what was added")
	}
	typed.Del("more")
	typed.Set("added", "true")
	typed.Set("names", "Planted Example")
	if a := w.post(prosecutor, "/requests/new", typed); a.code != http.StatusSeeOther {
		t.Fatalf("drafting: %d %s", a.code, a.body)
	}
	if b := w.sees(second, "/requests/"+id.String()); !strings.Contains(b, "more of our record than both offices know") {
		t.Error("the second person is not told")
	}
}
