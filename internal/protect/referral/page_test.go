// SPDX-License-Identifier: EUPL-1.2

package referral_test

import (
	stdcontext "context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/pagetest"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// desk is the office in Tirana with its web door.
type desk struct {
	*casetest.World
	*pagetest.Door
	who   store.Who
	until time.Time // what the office says of its backups
	late  bool
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{World: casetest.New(t)}
	d.who = d.Besa()
	names := map[journal.ID]string{casetest.Athens: "Athens office", d.Besa().Actor.ID: "Besa Focal"}
	room := referral.Room(referral.RoomConfig{Store: d.Store, Codes: conversation.Codes{Store: d.Store}, Names: func(stdcontext.Context, ...journal.ID) map[journal.ID]string { return names },
		Complete: func(erased time.Time) (time.Time, bool) {
			if erased.IsZero() || erased.After(d.Clock.Now()) {
				t.Errorf("asked about an erasure at %s", erased)
			}
			return d.until, d.late
		},
		Offices: func(stdcontext.Context, *page.Request) ([]page.Option, error) {
			return []page.Option{{Value: casetest.Athens.String(), Text: "Athens office"}}, nil
		}})
	d.Door = pagetest.New(t, page.Config{Clock: d.Clock, Office: page.Office{Name: "Office of tests", Kind: access.Assistance, ID: casetest.Tirana}, Rooms: []page.Room{room},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return d.who.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: d.Store.CommitReads})
	d.Before = func() { d.Clock.Advance(time.Second) }
	return d
}

// The course of a referral at its recipient, by its pages.
func TestAReferralReceivedByItsPages(t *testing.T) {
	d := newDesk(t)
	d.Both("/referrals", "No referrals yet", "Pas encore d’orientation")
	id := d.Register(casetest.Lindita())
	receipt := d.Consent(id, journal.D0, journal.D1, journal.D2)
	_, ref := d.Draft(id)
	d.Offer(id, ref)
	at := "/referrals/" + ref.String()
	d.Both("/referrals?state=offered", "psychological help", "aide psychologique")
	d.Both("/referrals?state=accepted", "No referrals yet", "Pas encore d’orientation")
	d.Both(at, "Answer awaited until", "Réponse attendue")
	for _, planted := range []string{"Lindita", "Larch", "Albania<", "lemon"} {
		if body := d.Ask("GET", at, "en", nil, 200); strings.Contains(body, planted) {
			t.Errorf("the offer shows %q", planted)
		}
	}

	d.Ask("POST", at+"/accept", "en", url.Values{"conditions": {"kept words"}, "measures": {"escort"}}, 422, `href="#f-level"`, "kept words", `value="escort" checked`)
	d.Ask("POST", at+"/decline", "fr", url.Values{"reason": {"because"}, "alternative": {casetest.Athens.String()}}, 422, `href="#f-reason"`, `" selected>Athens office`)
	d.Ask("POST", at+"/accept", "en", url.Values{"level": {"medium"}, "measures": {"escort"}, "conditions": {"after Tuesday"}}, 303)
	d.Both(at, "The other office hands over next", "L’autre bureau transmet ensuite")
	d.Ask("POST", at+"/report", "en", url.Values{"status": {"delivered"}}, 409, "This is not possible where the referral stands now")
	d.Deliver()

	d.HandOver(id, ref)
	d.Ask("GET", at, "en", nil, 200, "Lindita Prova", "the dentist", "What was handed over", "Besa Focal", "medium, escort on the way", `"names"`)
	d.who = d.Who(casetest.Tirana, 8, access.FocalPoint)
	if body := d.Ask("GET", at, "en", nil, 200, "only whoever handles this referral reads it"); strings.Contains(body, "Lindita") || strings.Contains(body, "/report") {
		t.Error("a colleague reads what was handed over")
	}
	d.who = d.Besa()
	d.Ask("POST", at+"/report", "en", url.Values{"status": {"not_delivered"}, "words": {"kept words"}}, 422, `href="#f-reason"`, "kept words")
	d.Ask("POST", at+"/report", "en", url.Values{"status": {"in_service"}, "words": {"arrived well"}}, 303)

	d.Withdraw(id, receipt)
	d.Deliver()
	body := d.Ask("GET", at, "en", nil, 200, "The person withdrew a consent", "safe contact and identity", "arrived well")
	if strings.Contains(body, "Lindita") || strings.Contains(body, "the dentist") {
		t.Error("what was erased is shown")
	}
	d.Both(at, "Erased", "Effacé ici")
	d.Both(at, "No backup can bring it back", "Aucune sauvegarde ne peut le rétablir")
	d.until = time.Date(2031, 4, 9, 0, 0, 0, 0, time.UTC)
	d.Both(at, "the erasure is complete on 9 April 2031", "l’effacement sera complet le 9 avril 2031")
	d.late = true
	d.Both(at, "was to be complete on 9 April 2031", "devait être complet le 9 avril 2031")
	d.Ask("POST", at+"/report", "en", url.Values{"status": {"delivered"}}, 303)
	d.Ask("POST", at+"/close", "en", nil, 303)
	d.Both(at, "closed", "terminée")
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
	d.Both(at, "The offer has changed", "L’offre a changé")
	d.Both(at, "Nothing is handed over until you answer again", "Rien n’est transmis tant que vous n’avez pas répondu de nouveau")
	for _, x := range [][2]string{{"within a week", "dans la semaine"}, {"not said", "non précisé"}, {"weeks", "quelques semaines"}, {"the conditions are met", "les conditions sont remplies"}} {
		d.Both(at, x[0], x[1])
	}
	d.Ask("POST", at+"/accept", "en", url.Values{"level": {"low"}}, 409, "has been changed since you looked")
	d.Ask("POST", at+"/accept", "en", url.Values{"level": {"low"}, "amendment": {"1"}}, 303)
	d.Deliver()
	d.HandOver(id, ref)
	d.Consent(id, journal.D2)
	d.Do(d.Ana(), id, store.Draft{Type: "person.contact", Payload: casework.Contact{SafeToCall: casework.SafeNo, SafeName: "the florist"}})
	d.Supplement(id, ref, journal.D1)
	d.Both(at, "This was wrong: use the corrected version below.", "C’était inexact")
	d.Ask("GET", at, "en", nil, 200, "Corrected on", "Added on", "the florist", "Lindita Prova", "Addition or correction no. 2")
}

func TestAReferralDeclinedNamesAnother(t *testing.T) {
	d := newDesk(t)
	id := d.Register(casetest.Lindita())
	d.Consent(id, journal.D0)
	_, ref := d.Draft(id)
	d.Offer(id, ref)
	at := "/referrals/" + ref.String()
	d.Ask("POST", at+"/decline", "en", url.Values{"reason": {"no_place"}, "alternative": {casetest.Athens.String()}}, 303)
	d.Deliver()
	d.Both(at, "declined: no place", "déclinée\u00a0: pas de place")
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
	d.Ask("GET", "/referrals/"+ref.String(), "en", nil, 200, "This offer has expired")
	d.Withdraw(id, receipt)
	d.Deliver()
	d.Both("/referrals/"+ref.String(), "This referral was withdrawn", "Cette orientation a été retirée")
	d.Ask("GET", "/referrals/"+d.Store.NewID().String(), "en", nil, 404)
}
