// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// An invitation goes from the host's page to another office's, under terms for the programme and not without; the name
// comes back when the host has accepted.
func TestAnInvitationTravelsUnderTerms(t *testing.T) {
	w := newWorld(t, "paris", "tirana")
	host, guest := w.hire("paris", "claire", access.ProgrammeOfficer), w.hire("tirana", "besa", access.ProgrammeOfficer)
	paris, tirana := w.offices["paris"].ID, w.offices["tirana"].ID
	id, person, session := w.n.newID(), w.n.newID(), w.n.newID()
	write := func(by *visitor, at journal.ID, ds ...store.Draft) {
		t.Helper()
		for _, d := range ds {
			_, err := w.n.Store.Append(t.Context(), by.who(access.ForProgramme), store.Ref{Kind: access.KindEvent, ID: at}, d)
			w.must(err)
		}
	}
	write(host, id, store.Draft{Type: event.DescribedType, Payload: event.Described{Title: wording.New("en", "Workshop on forms"), Sort: "workshop", Start: party.InYear(2026), Zone: "Europe/Paris", Mode: event.Online}},
		store.Draft{Type: event.SessionType, Payload: event.SessionSet{Session: session, Item: "1", Title: wording.New("en", "Opening")}},
		store.Draft{Type: event.QuotaType, Payload: event.QuotaSet{Country: "AL", Seats: 1, Office: tirana}})
	at := event.Path + "/" + id.String()
	if a := w.post(host, at+"/invite", nil); a.code != 422 || !strings.Contains(a.body, "Albanie") {
		t.Fatalf("invited without terms: %d", a.code)
	}
	cats := []journal.Category{journal.PP, journal.PI, journal.PC}
	w.agree("paris", "tirana", terms.Grant{From: paris, To: tirana, Purpose: between.Purpose, Categories: cats}, terms.Grant{From: tirana, To: paris, Purpose: between.Purpose, Categories: cats})
	if a := w.post(host, at+"/invite", nil); a.code != 303 {
		t.Fatalf("invited: %d", a.code)
	}
	w.deliver()
	there := event.InvitationRef(tirana, paris, id).ID
	if a := w.get(guest, event.Path+"?side=invited"); a.code != 200 || !strings.Contains(a.body, "Workshop on forms") || !strings.Contains(a.body, "Office in paris") {
		t.Fatalf("the invitation: %d", a.code)
	}
	write(guest, there, store.Draft{Type: event.NominatedType, Payload: event.Nominated{Person: person, Country: "AL", Office: tirana, Function: "Registrar", Language: "sq", Mode: event.Online, Name: "Planted Name"}})
	w.deliver()
	if a := w.get(host, at+"/people"); a.code != 200 || !strings.Contains(a.body, "Registrar") || strings.Contains(a.body, "Planted Name") {
		t.Fatalf("before it is accepted: %d", a.code)
	}
	form := w.get(host, at+"/people/"+person.String())
	_, entry, _ := strings.Cut(form.body, `name="entry" value="`)
	if a := w.post(host, at+"/people/"+person.String(), url.Values{"entry": {entry[:36]}, "what": {"accept"}}); a.code != 303 {
		t.Fatalf("accepted: %d", a.code)
	}
	w.deliver()
	if a := w.get(host, at+"/people"); !strings.Contains(a.body, "Planted Name") {
		t.Error("the name did not follow")
	}
	// Who takes part notes in their own office; the host gathers it.
	invited := event.Path + "/" + there.String()
	if a := w.get(guest, invited+"/capture"); a.code != 200 || !strings.Contains(a.body, "This office") || !strings.Contains(a.body, `name="countries" value="AL"`) || strings.Contains(a.body, "organisation:") {
		t.Fatalf("the form for notes there: %d", a.code)
	}
	note, err := json.Marshal([]map[string]any{{"id": w.n.newID(), "at": w.clock.Now(), "take": "action", "session": session, "theme": "data", "language": "en", "text": "Send the list", "owner": "office:" + tirana.String()}})
	w.must(err)
	if a := w.post(guest, invited+"/capture", url.Values{"notes": {string(note)}}); a.code != 200 || strings.Contains(a.body, `"kept":[]`) {
		t.Fatalf("a note there: %d %s", a.code, a.body)
	}
	w.deliver()
	if a := w.get(host, at+"/notes"); !strings.Contains(a.body, "Send the list") || !strings.Contains(a.body, "Office in tirana") {
		t.Errorf("the host does not see what was noted there: %d", a.code)
	}
	if a := w.get(guest, invited+"/notes"); a.code != 200 || !strings.Contains(a.body, "Send the list") || strings.Contains(a.body, "/notes/file") {
		t.Errorf("its own notes there: %d", a.code)
	}
	if a := w.get(host, "/partners/"+tirana.String()); strings.Contains(a.body, "[event.") {
		t.Error("a message without its word")
	}
}
