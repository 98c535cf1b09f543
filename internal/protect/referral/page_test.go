// SPDX-License-Identifier: EUPL-1.2

package referral_test

import (
	stdcontext "context"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// desk is the office in Tirana with its web door.
type desk struct {
	*casetest.World
	h      http.Handler
	who    store.Who
	bundle *lang.Bundle
	until  time.Time // what the office says of its backups
	late   bool
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{World: casetest.New(t)}
	d.who = d.Besa()
	var err error
	if d.bundle, err = lang.Load(); err != nil {
		t.Fatal(err)
	}
	names := map[journal.ID]string{casetest.Athens: "Athens office", d.Besa().Actor.ID: "Besa Focal"}
	room := referral.Room(referral.RoomConfig{Store: d.Store, Names: func(stdcontext.Context, ...journal.ID) map[journal.ID]string { return names },
		Complete: func(erased time.Time) (time.Time, bool) {
			if erased.IsZero() || erased.After(d.Clock.Now()) {
				t.Errorf("asked about an erasure at %s", erased)
			}
			return d.until, d.late
		},
		Offices: func(stdcontext.Context, *page.Request) ([]page.Option, error) {
			return []page.Option{{Value: casetest.Athens.String(), Text: "Athens office"}}, nil
		}})
	d.h, err = page.New(page.Config{Bundle: d.bundle, Clock: d.Clock, Office: page.Office{Name: "Office of tests", Kind: access.Assistance, ID: casetest.Tirana}, Rooms: []page.Room{room},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return d.who.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: d.Store.CommitReads})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// ask wants a status and every text, and gives the page.
func (d *desk) ask(method, path, language string, v url.Values, code int, texts ...string) string {
	d.T.Helper()
	d.Clock.Advance(time.Second)
	q := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, q)
	body := html.UnescapeString(w.Body.String())
	if w.Code != code {
		d.T.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, code, body)
	}
	for _, x := range texts {
		if !strings.Contains(body, x) {
			d.T.Errorf("%s (%s) lacks %q in %s", path, language, x, body[max(0, strings.Index(body, "<main")):])
		}
	}
	if k := d.bundle.Missing(); len(k) > 0 {
		d.T.Errorf("%s: no text for %v", path, k)
	}
	return body
}

// both asks for a page in English and French.
func (d *desk) both(path, en, fr string) {
	d.T.Helper()
	d.ask("GET", path, "en", nil, 200, en)
	d.ask("GET", path, "fr", nil, 200, fr)
}

// The course of a referral at its recipient, by its pages.
func TestAReferralReceivedByItsPages(t *testing.T) {
	d := newDesk(t)
	d.both("/referrals", "No referrals yet", "Pas encore d’orientation")
	id := d.Register(casetest.Lindita())
	receipt := d.Consent(id, journal.D0, journal.D1, journal.D2)
	_, ref := d.Draft(id)
	d.Offer(id, ref)
	at := "/referrals/" + ref.String()
	d.both("/referrals?state=offered", "psychological help", "aide psychologique")
	d.both("/referrals?state=accepted", "No referrals yet", "Pas encore d’orientation")
	d.both(at, "Answer awaited until", "Réponse attendue")
	for _, planted := range []string{"Lindita", "Larch", "Albania<", "lemon"} {
		if body := d.ask("GET", at, "en", nil, 200); strings.Contains(body, planted) {
			t.Errorf("the offer shows %q", planted)
		}
	}

	d.ask("POST", at+"/accept", "en", url.Values{"conditions": {"kept words"}, "measures": {"escort"}}, 422, `href="#f-level"`, "kept words", `value="escort" checked`)
	d.ask("POST", at+"/decline", "fr", url.Values{"reason": {"because"}, "alternative": {casetest.Athens.String()}}, 422, `href="#f-reason"`, `" selected>Athens office`)
	d.ask("POST", at+"/accept", "en", url.Values{"level": {"medium"}, "measures": {"escort"}, "conditions": {"after Tuesday"}}, 303)
	d.both(at, "The other office hands over next", "L’autre bureau transmet ensuite")
	d.ask("POST", at+"/report", "en", url.Values{"status": {"delivered"}}, 409, "This is not possible where the referral stands now")
	d.Deliver()

	d.HandOver(id, ref)
	d.ask("GET", at, "en", nil, 200, "Lindita Prova", "the dentist", "What was handed over", "Besa Focal", "medium, escort on the way", `"names"`)
	d.who = d.Who(casetest.Tirana, 8, access.FocalPoint)
	if body := d.ask("GET", at, "en", nil, 200, "only whoever handles this referral reads it"); strings.Contains(body, "Lindita") || strings.Contains(body, "/report") {
		t.Error("a colleague reads what was handed over")
	}
	d.who = d.Besa()
	d.ask("POST", at+"/report", "en", url.Values{"status": {"not_delivered"}, "words": {"kept words"}}, 422, `href="#f-reason"`, "kept words")
	d.ask("POST", at+"/report", "en", url.Values{"status": {"in_service"}, "words": {"arrived well"}}, 303)

	d.Withdraw(id, receipt)
	d.Deliver()
	body := d.ask("GET", at, "en", nil, 200, "The person withdrew a consent", "safe contact and identity", "arrived well")
	if strings.Contains(body, "Lindita") || strings.Contains(body, "the dentist") {
		t.Error("what was erased is shown")
	}
	d.both(at, "Erased", "Effacé ici")
	d.both(at, "No backup can bring it back", "Aucune sauvegarde ne peut le rétablir")
	d.until = time.Date(2031, 4, 9, 0, 0, 0, 0, time.UTC)
	d.both(at, "the erasure is complete on 9 April 2031", "l’effacement sera complet le 9 avril 2031")
	d.late = true
	d.both(at, "was to be complete on 9 April 2031", "devait être complet le 9 avril 2031")
	d.ask("POST", at+"/report", "en", url.Values{"status": {"delivered"}}, 303)
	d.ask("POST", at+"/close", "en", nil, 303)
	d.both(at, "closed", "terminée")
}

// What changed of an offer stands side by side; whoever had accepted answers again, and to nothing older.
func TestAnAmendedOfferByItsPages(t *testing.T) {
	d := newDesk(t)
	id, _, ref := d.Accepted(journal.D0, journal.D1, journal.D2)
	at := "/referrals/" + ref.String()
	d.Amend(id, ref, func(a *casework.Amendment) {
		a.Reason, a.Urgency, a.Period, a.Met, a.Risk = "sooner", "immediate", "weeks", "met", referral.Risk{Level: "low"}
		a.Categories = []journal.Category{journal.D1}
	})
	d.both(at, "The offer has changed", "L’offre a changé")
	d.both(at, "Nothing is handed over until you answer again", "Rien n’est transmis tant que vous n’avez pas répondu de nouveau")
	for _, x := range [][2]string{{"within a week", "dans la semaine"}, {"not said", "non précisé"}, {"weeks", "quelques semaines"}, {"the conditions are met", "les conditions sont remplies"}} {
		d.both(at, x[0], x[1])
	}
	d.ask("POST", at+"/accept", "en", url.Values{"level": {"low"}}, 409, "has been changed since you looked")
	d.ask("POST", at+"/accept", "en", url.Values{"level": {"low"}, "amendment": {"1"}}, 303)
	d.Deliver()
	d.HandOver(id, ref)
	d.Consent(id, journal.D2)
	d.Do(d.Ana(), id, store.Draft{Type: "person.contact", Payload: casework.Contact{SafeToCall: casework.SafeNo, SafeName: "the florist"}})
	d.Supplement(id, ref, journal.D1)
	d.both(at, "This was wrong: use the corrected version below.", "C’était inexact")
	d.ask("GET", at, "en", nil, 200, "Corrected on", "Added on", "the florist", "Lindita Prova", "Addition or correction no. 2")
}

func TestAReferralDeclinedNamesAnother(t *testing.T) {
	d := newDesk(t)
	id := d.Register(casetest.Lindita())
	d.Consent(id, journal.D0)
	_, ref := d.Draft(id)
	d.Offer(id, ref)
	at := "/referrals/" + ref.String()
	d.ask("POST", at+"/decline", "en", url.Values{"reason": {"no_place"}, "alternative": {casetest.Athens.String()}}, 303)
	d.Deliver()
	d.both(at, "declined: no place", "déclinée\u00a0: pas de place")
	if a := d.Person(d.Ana(), id).Referral.Out[0].Answer; a == nil || a.Alternative != casetest.Athens || a.Reason != "no_place" {
		t.Errorf("the sender learns %+v", a)
	}
}

func TestAnOfferWithdrawnOrRunOutSaysSo(t *testing.T) {
	d := newDesk(t)
	id := d.Register(casetest.Lindita())
	receipt := d.Consent(id, journal.D0)
	_, ref := d.Draft(id)
	d.Offer(id, ref)
	d.Clock.Advance(6 * 24 * time.Hour)
	d.ask("GET", "/referrals/"+ref.String(), "en", nil, 200, "This offer has expired")
	d.Withdraw(id, receipt)
	d.Deliver()
	d.both("/referrals/"+ref.String(), "This referral was withdrawn", "Cette orientation a été retirée")
	d.ask("GET", "/referrals/"+d.Store.NewID().String(), "en", nil, 404)
}
