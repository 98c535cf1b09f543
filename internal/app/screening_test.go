// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// asking finds a list for adults that asks after appearance, and its question.
func asking(w *world) (set, version, id string) {
	w.Helper()
	for _, s := range w.n.lists.Lists() {
		for _, d := range s.Dimensions {
			for _, i := range d.Indicators {
				if i.Appearance && screening.Fits(s, screening.Adult) {
					return s.Code, s.Version, i.ID
				}
			}
		}
	}
	w.Fatal("no list asks after appearance")
	return "", "", ""
}

// TestAnAdministratorTurnsQuestionsOnAppearanceOn: off until an administrator gives the ground, which then stands in the
// log, on the form and in the entry.
func TestAnAdministratorTurnsQuestionsOnAppearanceOn(t *testing.T) {
	w := newWorld(t, "athens")
	boss, worker := w.hire("athens", "boss", access.Administrator), w.hire("athens", "worker", access.Responder)
	set, version, id := asking(w)
	const ground = "Article 5 of a fictitious act"
	asks := func(why string) reply {
		return w.api(worker, "POST", "/dossiers/signal/"+w.n.newID().String()+"/entries?purpose=screening", map[string]any{"id": w.n.newID(), "type": "screening.recorded",
			"payload": screening.Recorded{Who: screening.Adult, Role: "outreach", Place: "street", Language: "sq", Interpreted: consent.Interpreter, Appearance: why, Set: set, Version: version, Answers: map[string]screening.Answer{id: "yes"}}})
	}
	form := "/screening/new/form?who=adult&role=outreach&set=" + set
	if a := asks(ground); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "screening.need.appearance_off") {
		t.Fatalf("off, and asked: %d %s", a.code, a.body)
	}
	if a := w.get(worker, form); a.code != http.StatusOK || strings.Contains(a.body, `name="a.`+id+`"`) {
		t.Fatalf("off, and on the form: %d", a.code)
	}
	to := url.Values{"name": {"Office in athens"}, "zone": {"Europe/Athens"}, "language": {"en"}, "threshold": {"5"}, "appearance": {ground}, "base": {"0"}}
	if a := w.post(boss, "/settings", to); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	if a := asks("she looks it"); a.code != http.StatusUnprocessableEntity {
		t.Fatalf("on another ground: %d %s", a.code, a.body)
	}
	if a := asks(ground); a.code != http.StatusOK {
		t.Fatalf("on: %d %s", a.code, a.body)
	}
	if a := w.get(worker, form); !strings.Contains(a.body, `name="a.`+id+`"`) {
		t.Fatal("on, and not on the form")
	}
	w.reopen()
	if a := asks(ground); a.code != http.StatusOK {
		t.Fatalf("after a start: %d %s", a.code, a.body)
	}
	if a := w.get(boss, "/settings"); !strings.Contains(a.body, "on this ground: "+ground) {
		t.Error("the history of settings does not name the ground")
	}
}

// TestOnlyOfficesThatScreenHaveItsPages: programme and justice hold no signal, and the police open no file.
func TestOnlyOfficesThatScreenHaveItsPages(t *testing.T) {
	w := newWorld(t)
	for office, role := range map[string]access.Role{"paris": access.ProgrammeOfficer, "court": access.Prosecutor} {
		v := w.hire(office, office+"-worker", role)
		if a := w.get(v, "/screening"); a.code != http.StatusNotFound {
			t.Errorf("%s: %d", office, a.code)
		}
		if a := w.api(v, "POST", "/dossiers/signal/"+w.n.newID().String()+"/entries?purpose=screening", map[string]any{"id": w.n.newID(), "type": "signal.noted", "payload": screening.Noted{Words: "x"}}); a.code != http.StatusForbidden {
			t.Errorf("%s writes a signal: %d %s", office, a.code, a.body)
		}
	}
	officer := w.hire("border", "officer", access.Responder, access.PoliceOfficer)
	if a := w.get(officer, "/screening"); a.code != http.StatusOK {
		t.Errorf("at the border: %d", a.code)
	}
	for _, path := range []string{"/screening/figures", "/cases/" + w.n.newID().String() + "/screening"} {
		if a := w.get(officer, path); a.code != http.StatusNotFound {
			t.Errorf("the police open %s: %d", path, a.code)
		}
	}
}
