// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
)

var hashField = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)

func TestALiaisonSendsAFigureFromTheActivitysPage(t *testing.T) {
	w := newWorld(t, "athens", "tirana", "paris")
	w.agree("athens", "tirana")
	w.agree("athens", "paris", terms.Grant{From: w.offices["athens"].ID, To: w.offices["paris"].ID, Purpose: figure.Purpose, Categories: []journal.Category{journal.D9}})
	for _, o := range w.offices {
		_, err := opImportProgramme(t.Context(), w.n, ImportProgrammeIn{Of: Of{o.ID}})
		w.must(err)
	}
	manager, liaison := w.hire("athens", "manager", access.CaseManager), w.hire("athens", "liaison", access.Liaison)
	officer := w.hire("paris", "officer", access.ProgrammeOfficer, access.Liaison)
	w.open(manager, "one", "tirana")
	const page = "/programme/activities/P4-G1"
	if got := w.get(manager, page); strings.Contains(got.body, page+"/figure") {
		t.Error("a case manager is offered to send figures")
	}
	for _, v := range []*visitor{manager, officer} {
		if got := w.get(v, page+"/figure"); got.code != 403 {
			t.Errorf("%s may open the form: %d", v, got.code)
		}
	}
	form := url.Values{"quarter": {"2026-Q1"}, "recipient": {w.offices["tirana"].ID.String()}, "to": {w.offices["paris"].ID.String()}}
	if got := w.get(liaison, page); !strings.Contains(got.body, page+"/figure") {
		t.Fatal("the liaison is not offered to send figures")
	}
	if got := w.post(liaison, page+"/figure", url.Values{"quarter": {"1999-Q1"}, "recipient": form["to"], "to": form["recipient"]}); got.code != 422 {
		t.Errorf("an office without terms: %d", got.code)
	}
	shown := w.post(liaison, page+"/figure", form)
	body := html.UnescapeString(shown.body)
	if shown.code != 200 || !strings.Contains(body, `{"corridor":{"from":"GR","to":"AL"},"quarter":"2026-Q1","count":"<10","k":10,"activity":"P4-G1"}`) && !strings.Contains(body, `"count":"\u003c10"`) {
		t.Fatalf("the preview: %d %s", shown.code, body)
	}
	form.Set("hash", strings.Repeat("0", 64))
	if got := w.post(liaison, page+"/figure/send", form); got.code != 409 || !strings.Contains(got.body, "has changed since you looked") {
		t.Errorf("what the preview did not show is sent: %d", got.code)
	}
	form.Set("hash", hashField.FindStringSubmatch(shown.body)[1])
	if got := w.post(manager, page+"/figure/send", form); got.code != 403 {
		t.Errorf("a case manager sends: %d", got.code)
	}
	if got := w.post(liaison, page+"/figure/send", form); got.code != 303 {
		t.Fatalf("sending: %d %s", got.code, got.body)
	}
	forged := map[string]any{"id": w.n.newID(), "type": figure.ReceivedType, "payload": map[string]any{"activity": "P4-G1", "corridor_from": "GR", "corridor_to": "AL", "quarter": "2026-Q1",
		"count": "999", "k": 10, "office": w.offices["athens"].ID}}
	own := figure.Ref(w.offices["athens"].ID, w.offices["athens"].ID, figure.Body{Corridor: activity.Corridor{From: "GR", To: "AL"}, Quarter: "2026-Q1", Activity: "P4-G1"})
	if got := w.api(liaison, "POST", "/dossiers/figure/"+own.ID.String()+"/entries?purpose=exchange", forged); got.code != 403 {
		t.Errorf("a liaison writes a figure that nobody counted: %d %s", got.code, got.body)
	}
	w.deliver()
	if got := w.get(officer, page); !strings.Contains(got.body, "&lt;10") || !strings.Contains(got.body, "Office in athens") {
		t.Error("the figure did not arrive")
	}
	entries := w.entries()
	if got := w.post(liaison, page+"/figure/send", form); got.code != 303 || w.entries() != entries {
		t.Errorf("sending again: %d, %d more entries", got.code, w.entries()-entries)
	}
}
