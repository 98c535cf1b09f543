// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// TestWhatIsAssignedToAnotherOfficeIsAnsweredThere walks the pages of two offices: an action and a recommendation go to
// their owner's office under terms and not without, are answered there, and the answer stands where they are kept; what is
// judged later follows.
func TestWhatIsAssignedToAnotherOfficeIsAnsweredThere(t *testing.T) {
	w := newWorld(t, "paris", "tirana")
	host, owner := w.hire("paris", "claire", access.ProgrammeOfficer), w.hire("tirana", "besa", access.ProgrammeOfficer)
	paris, tirana := w.offices["paris"].ID, w.offices["tirana"].ID
	_, err := opImportProgramme(t.Context(), w.n, ImportProgrammeIn{Of: Of{paris}})
	w.must(err)
	orgs, err := register.All[actors.OrganisationLine](t.Context(), w.n.Store, host.who(access.ForProgramme), store.Query{Kind: access.KindOrganisation})
	w.must(err)
	made := recommendation.Made{Source: "Body", Document: "Report, 2025", Paragraph: "84", Text: wording.New("en", "Train the police")}
	ref := recommendation.Ref(paris, made)
	_, err = w.n.Store.Append(t.Context(), host.who(access.ForProgramme), ref, store.Draft{Type: recommendation.MadeType, Payload: made})
	w.must(err)
	sends := func(v *visitor, path string, form url.Values) reply {
		form.Set("entry", w.n.newID().String())
		return w.post(v, path, form)
	}
	must := func(v *visitor, path string, form url.Values) {
		t.Helper()
		if a := sends(v, path, form); a.code != http.StatusSeeOther {
			t.Fatalf("%s at %s: %d %s", v.login, path, a.code, a.body)
		}
		w.deliver()
	}
	at := recommendation.Path + "/" + ref.ID.String()
	must(host, at+"/act/own", url.Values{"owners": {orgs[0].ID.String()}, "due": {"2026-08"}})
	assign := url.Values{"owner": {orgs[0].ID.String()}, "office": {tirana.String()}}
	if a := sends(host, at+"/act/assign", assign); a.code == http.StatusSeeOther {
		t.Fatal("a recommendation leaves without terms")
	}
	cats := []journal.Category{journal.PP}
	w.agree("paris", "tirana", terms.Grant{From: paris, To: tirana, Purpose: between.Purpose, Categories: cats}, terms.Grant{From: tirana, To: paris, Purpose: between.Purpose, Categories: cats})
	if a := w.get(host, at+"/act/assign"); !strings.Contains(a.body, "Office in tirana") {
		t.Fatalf("no office to choose: %d", a.code)
	}
	must(host, at+"/act/assign", assign)

	there := recommendation.Path + "/" + recommendation.AssignedRef(tirana, paris, ref.ID).ID.String()
	if a := w.get(owner, there); !strings.Contains(a.body, "Office in paris asks this of your office") || strings.Contains(a.body, "/act/judge") || strings.Contains(a.body, "/act/own") || strings.Contains(a.body, "/act/dissent") {
		t.Fatalf("in the owner's office: %d", a.code)
	}
	must(owner, there+"/act/report", url.Values{"on": {"2026-03-02"}, "language": {"en"}, "text": {"Two officers were trained"}, "evidence": {"Register of the academy"}})
	if a := w.get(host, at); !strings.Contains(a.body, "Two officers were trained") || !strings.Contains(a.body, "Register of the academy") {
		t.Errorf("progress does not come back: %d", a.code)
	}
	must(host, at+"/act/judge", url.Values{"state": {"partly"}, "by": {"The coordination"}, "on": {"2026-03-02"}, "why": {"two of eleven"}})
	if a := w.get(owner, there); !strings.Contains(a.body, "two of eleven") {
		t.Error("the judgement does not follow")
	}
	must(owner, there+"/act/refuse", url.Values{"on": {"2026-03-02"}, "reason": {"The rest is not our mandate"}})
	if a := w.get(host, at); !strings.Contains(a.body, "The rest is not our mandate") {
		t.Error("the refusal does not come back")
	}

	// The action: the form of it names the owner's office.
	id := w.n.newID()
	must(host, action.Path+"/new", url.Values{"dossier": {id.String()}, "language": {"en"}, "text": {"Send the list"}, "owner": {orgs[0].ID.String()}, "office": {tirana.String()}, "on": {party.OnDay(w.clock.Now()).String()}})
	does := action.Path + "/" + action.AssignedRef(tirana, paris, id).ID.String()
	if a := w.get(owner, does); a.code != http.StatusOK || strings.Contains(a.body, does+"/edit") {
		t.Fatalf("the action there: %d", a.code)
	}
	must(owner, does+"/act/refuse", url.Values{"on": {"2026-03-02"}, "reason": {"No list is kept"}})
	if a := w.get(owner, does); strings.Contains(a.body, "/act/reopen") {
		t.Error("the owner is offered to open it again")
	}
	if a := w.get(host, action.Path+"/"+id.String()); !strings.Contains(a.body, "No list is kept") || !strings.Contains(a.body, "Office in tirana") {
		t.Errorf("the refusal of an action: %d", a.code)
	}
	for _, p := range []string{"/partners/" + tirana.String(), at, there} {
		for _, v := range []*visitor{host, owner} {
			if a := w.get(v, p); strings.Contains(a.body, "[recommendation.") || strings.Contains(a.body, "[action.") {
				t.Errorf("%s: a word is missing", p)
			}
		}
	}
}
