// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// Beside a worker she sees what is held and who opened it, in her language where there is a catalogue of it.
func TestSheReadsHerFileInHerLanguage(t *testing.T) {
	s := newSite(t)
	r := casetest.Lindita()
	r.Languages = []string{"sq", "fr"}
	id := s.Register(r)
	file := "/cases/" + id.String()
	s.Consent(id, journal.D0, journal.D2)
	s.Do(s.Ana(), id, draft("note.added", casework.Noted{Sort: "account", Account: "planted account"}), draft("note.added", casework.Noted{Sort: "health", Health: "planted health"}))
	s.page(file, "en") // an opening that she then sees
	body := s.page(file+"/view", "en", "Read with the person", `lang="sq"`, "Çfarë ruan kjo zyrë për ju", "planted account", "Lindita Prova", "Tërhiqe këtë pëlqim", "Në letër, nëse dëshironi", "Ana Worker")
	if strings.Contains(body, "planted health") {
		t.Error("a psychologist's note is on the case manager's screen")
	}
	s.page(file+"/view?in=ours", "en", "What this office holds about you", "Take this back")
	title := body[strings.Index(body, "<title>"):strings.Index(body, "</title>")]
	if strings.Contains(title, "Larch") || strings.Contains(title, "Lindita") {
		t.Errorf("the title says %s", title)
	}
}

// She takes a consent back from there, and sees at once that it is done.
func TestSheTakesAConsentBackFromThere(t *testing.T) {
	s := newSite(t)
	id, receipt, ref := s.HandedOver(journal.D0, journal.D1, journal.D2)
	file := "/cases/" + id.String()
	change := file + "/consents/" + receipt.String() + "/change"
	s.page(file+"/view", "en", change+"?from=view")
	s.page(change+"?from=view", "en", `value="withdrawn" checked`, `name="from" value="view"`)
	if to := s.post(change, form("what", "withdrawn", "by", "person", "from", "view")); to != file+"/view" {
		t.Errorf("led on to %s", to)
	}
	body := s.page(file+"/view", "en", "withdrawn")
	if strings.Contains(body, "Take this back") {
		t.Error("what is withdrawn can be withdrawn again")
	}
	if o, _ := s.Person(s.Ana(), id).Referral.Find(ref); len(o.Recalls) != 1 {
		t.Errorf("the other office is not told: %+v", o.Recalls)
	}
}

// shelterWorker works in the shelter where she sleeps.
func (s *site) shelterWorker() store.Who { return s.Who(casetest.Athens, 6, access.Shelter) }

// lodged makes a file in which the shelter has written where she sleeps.
func (s *site) lodged() journal.ID {
	s.T.Helper()
	id := s.Register(casetest.Lindita())
	s.Do(s.Ana(), id, draft("person.assigned", casework.Assigned{Worker: s.shelterWorker().Actor.ID, Relation: access.AsShelter}),
		draft("person.assigned", casework.Assigned{Worker: s.Vera().Actor.ID, Relation: access.AsSuper}))
	s.Do(s.shelterWorker(), id, draft("place.moved", casework.Lodged{Shelter: "planted street 7"}))
	return id
}

// Where a shelter is shows on no screen but that of the case manager and the shelter, each time on request, and never
// on what the person reads.
func TestWhereSheSleepsIsNeverOnHerScreen(t *testing.T) {
	s := newSite(t)
	id := s.lodged()
	file := "/cases/" + id.String()
	never := func(who, path, body string) {
		t.Helper()
		if strings.Contains(body, "planted street") {
			t.Errorf("%s sees at %s where she sleeps", who, path)
		}
	}
	for _, path := range []string{"", "/view", "/view?in=ours", "/identity", "/number", "/contact"} {
		never("the case manager", path, s.page(file+path, "en"))
	}
	s.page(file+"/place", "en", "planted street 7", "Tell her aloud")
	if w := s.ask("GET", file+"/place/edit", "en", nil); w.Code != 403 {
		t.Errorf("the case manager writes where she sleeps: %d", w.Code)
	}

	s.who = s.Vera()
	never("the supervisor", "", s.page(file, "en"))
	if strings.Contains(s.page(file, "en"), "Where she sleeps") {
		t.Error("the supervisor learns that it is known")
	}
	if w := s.ask("GET", file+"/place", "en", nil); w.Code != 404 || strings.Contains(w.Body.String(), "planted street") {
		t.Errorf("the supervisor asks where she sleeps: %d", w.Code)
	}

	s.who = s.shelterWorker()
	s.page(file, "en", "Where she sleeps")
	s.page(file+"/place", "en", "planted street 7")
	s.wants(s.ask("POST", file+"/place/edit", "fr", form("shelter", "")), 422, "no place", "Écrivez le lieu")
	s.post(file+"/place/edit", form("away", "true"))
	if w := s.ask("GET", file+"/place", "en", nil); w.Code != 404 {
		t.Errorf("she has left, and a place is shown: %d", w.Code)
	}
}

// The purpose "person_view" and an emergency do not open it either, whoever asks.
func TestWhereSheSleepsIsNotReadForHerOrInAnEmergency(t *testing.T) {
	s := newSite(t)
	id := s.lodged()
	for _, p := range []access.Purpose{access.ForPerson, access.ForEmergency} {
		who := s.Ana()
		who.Purpose = p
		if got := s.Person(who, id).Lodged.Shelter; got != "" {
			t.Errorf("for %s: %q", p, got)
		}
	}
	if got := s.Person(s.Ana(), id).Lodged.Shelter; got != "planted street 7" {
		t.Errorf("the case manager reads %q", got)
	}
	if err := s.Try(s.Ana(), id, draft("place.moved", casework.Lodged{Shelter: "elsewhere"})); !fault.Is(err, fault.Denied) {
		t.Errorf("the case manager writes it: %v", err)
	}
}

// The plan by its pages: a goal in her words, a step, done, looked at again.
func TestThePlanByItsPages(t *testing.T) {
	s := newSite(t)
	id := s.Register(casetest.Lindita())
	file := "/cases/" + id.String()
	date := func(days int) string { return day(s.World, days).Format(time.DateOnly) }
	s.wants(s.ask("POST", file+"/goals/new", "fr", form("area", "housing", "wish", "kept words")), 422, "no aim", `href="#f-aim"`, "kept words")
	s.post(file+"/goals/new", form("area", "housing", "aim", "a flat of her own", "wish", "a door that I lock", "review", date(30)))
	goal := s.Person(s.Ana(), id).Services.Goals[0].Goal.String()
	s.wants(s.ask("POST", file+"/goals/"+goal+"/step", "en", form("what", "kept words", "due", date(7))), 422, "nobody", `href="#f-who"`, "kept words")
	s.post(file+"/goals/"+goal+"/step", form("what", "write to the housing office", "who", "worker", "due", date(7)))
	s.page(file, "en", "a flat of her own", "In her words: a door that I lock", "write to the housing office", "step of the plan: housing")
	s.page(file, "fr", "Dans ses mots", "étape du projet\u00a0: logement")
	s.page(file+"/view", "en", "a flat of her own")
	step := s.Person(s.Ana(), id).Services.Goals[0].Steps[0].Step.String()
	s.post(file+"/goals/"+goal+"/steps/"+step+"/done", nil)
	s.wants(s.ask("POST", file+"/goals/"+goal+"/review", "en", form("outcome", "on_way")), 422, "no next review", `href="#f-review"`)
	s.post(file+"/goals/"+goal+"/review", form("outcome", "reached", "words", "it is mine"))
	s.page(file, "en", "reached", "it is mine")
	if g := s.Person(s.Ana(), id).Services.Goals[0]; g.Open() || g.Steps[0].Done.IsZero() || g.Outcome != services.Reached {
		t.Errorf("%+v", g)
	}
	second := s.Register(casework.Registration{Registered: casework.Registered{Code: "Ash", Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}}})
	if w := s.ask("GET", "/cases/"+second.String()+"/goals/"+goal+"/review", "en", nil); w.Code != 404 {
		t.Errorf("a goal under another file: %d", w.Code)
	}
}
