// SPDX-License-Identifier: EUPL-1.2

package screening_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/pagetest"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// desk is an office with its web door; who says who is at the screen.
type desk struct {
	*world
	*pagetest.Door
	who    store.Who
	counts []screening.Counted
}

func (w *world) desk(who store.Who) *desk {
	w.t.Helper()
	d := &desk{world: w, who: who}
	c := screening.RoomConfig{Store: w.store, Sets: w.sets, Appearance: w.ground, Threshold: 5,
		Names: func(context.Context, ...journal.ID) map[journal.ID]string {
			return map[journal.ID]string{border: "Border unit", tirana: "Shelter Tirana", w.besa().Actor.ID: "Besa Manager"}
		},
		Partners: func(context.Context, *page.Request) ([]page.Option, error) {
			return []page.Option{{Value: tirana.String(), Text: "Shelter Tirana"}}, nil
		},
		Purpose: func(context.Context, *page.Request, journal.ID, []journal.Category) (string, error) {
			return "identification", nil
		}}
	if who.Actor.Office == access.Assistance {
		c.Case = func(ctx context.Context, r *page.Request, id journal.ID) (screening.Case, error) {
			o, err := w.store.Open(ctx, store.Who{Actor: r.Actor, Purpose: access.ForScreening}, casework.Ref(id))
			if err != nil {
				return screening.Case{}, err
			}
			p := o.State.(casework.Person)
			s, _ := p.Beside["screening"].(screening.State)
			return screening.Case{State: s, Code: p.Registered.Code, Child: p.Child()}, nil
		}
		c.Files = func(ctx context.Context, r *page.Request) ([]page.Option, error) {
			rows, err := w.store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForScreening}, store.Query{Kind: access.KindPerson})
			var out []page.Option
			for _, x := range rows.Rows {
				out = append(out, page.Option{Value: x.Ref.ID.String(), Text: "Larch"})
			}
			return out, err
		}
		c.Counts = func(context.Context, *page.Request) ([]screening.Counted, error) { return d.counts, nil }
	}
	d.Door = pagetest.New(w.t, page.Config{Clock: w.clock, Office: page.Office{Name: "Office of tests", Kind: who.Actor.Office, ID: who.Actor.Owner}, Rooms: []page.Room{screening.Room(c)},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return d.who.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: w.store.CommitReads})
	d.Before = func() { w.clock.Advance(time.Second) }
	return d
}

// filled is a form as a browser sends it: what was not asked is sent empty.
func filled(sets screening.Sets, id journal.ID, who, set string, answers map[string]string) url.Values {
	s, _ := sets.Newest(set)
	v := url.Values{"entry": {id.String()}, "dossier": {id.String()}, "who": {who}, "role": {"border"}, "set": {s.Code}, "version": {s.Version}, "place": {"border"}, "language": {"sq"},
		"interpreted": {"interpreter"}, "remarks": {"kept remark"}}
	for _, d := range s.WithoutAppearance().Dimensions {
		for _, i := range d.Indicators {
			v.Set("a."+i.ID, answers[i.ID])
		}
	}
	return v
}

// At the border: two questions, a list, the form, its result shown once, passed on, gone.
func TestAScreeningAtTheBorderByItsPages(t *testing.T) {
	w := newWorld(t)
	d := w.desk(w.agim())
	d.Both("/screening", "Begin with somebody who has no file", "Commencer avec une personne sans dossier")
	d.Both("/screening/new", "When in doubt, choose", "En cas de doute")
	d.Ask("GET", "/screening/new/lists?who=&role=border", "en", nil, 422, `href="#f-who"`)
	body := d.Ask("GET", "/screening/new/lists?who=not_sure&role=border", "en", nil, 200, "The rules for children apply", "Intercepted journey", "Labour exploitation, children", "no population")
	if strings.Contains(body, "Labour exploitation, adults") {
		t.Error("whoever may be a child is offered the adults' list")
	}
	at := "/screening/new/form?who=adult&role=border&set=delphi_labour_adult"
	d.Both(at, "Leave the rest at “not asked”", "Laissez le reste sur «\u00a0non demandé\u00a0»")
	d.Ask("GET", at, "en", nil, 200, "weights", "unverified", `name="a.DR-01" value="" checked`)
	d.Ask("GET", "/screening/new/form?who=adult&role=border&set=nothing", "en", nil, 303)

	id := w.store.NewID()
	wrong := filled(w.sets, id, "adult", "delphi_labour_adult", map[string]string{"DR-02": "yes", "DR-03": "no"})
	wrong.Del("language")
	d.Ask("POST", "/screening/new/form", "en", wrong, 422, `href="#f-language"`, "kept remark", `name="a.DR-02" value="yes" checked`, `name="a.DR-03" value="no" checked`)
	d.Ask("POST", "/screening/new/form", "fr", filled(w.sets, id, "adult", "delphi_labour_adult", nil), 422, "Aucune réponse pour l’instant")

	good := filled(w.sets, id, "adult", "delphi_labour_adult", map[string]string{"DR-02": "yes", "DR-03": "yes", "DR-10": "yes", "EX-01": "no"})
	for range 2 { // sent twice, as a browser does that loads the answer again
		d.Ask("POST", "/screening/new/form", "en", good, 200, "Shown once", "A rule of this list is met", "met by 2 medium + 1 weak", "not a decision about the person", "Do not ask now whether anything may be shared", "no way to combine", "kept remark", "Unknown is not a no")
	}
	signal := "/screening/signals/" + id.String()
	body = d.Ask("GET", signal, "en", nil, 200, "Pass it on before", "The answers are not for you to read")
	if strings.Contains(body, "kept remark") || strings.Contains(body, "Was misled") {
		t.Error("the officer reads the answers back")
	}
	d.Both("/screening/signals", "written down, waits", "noté, en attente")
	d.Ask("POST", signal+"/forward", "en", url.Values{"entry": {w.store.NewID().String()}}, 422, `href="#f-to"`)
	d.Ask("POST", signal+"/forward", "en", url.Values{"entry": {w.store.NewID().String()}, "to": {tirana.String()}}, 303)
	d.Ask("GET", signal, "en", nil, 404)
	d.Both("/screening/signals", "No signals", "Aucun signalement")
	if w.sent[0].For != "identification" || strings.Contains(string(w.sent[0].Body), "kept remark") {
		t.Errorf("sent %+v", w.sent[0])
	}
	d.Ask("GET", "/screening/figures", "en", nil, 404)
	d.Ask("GET", "/cases/"+id.String()+"/screening", "en", nil, 404)
}

// In the assistance office: what arrived, taken on, its result, what came of it, into a file.
func TestASignalReceivedByItsPages(t *testing.T) {
	w := newWorld(t)
	id := w.screen(w.agim(), recorded())
	w.do(w.agim(), id, "signal.forwarded", forward(false))
	w.deliver()
	d := w.desk(w.besa())
	at := "/screening/signals/" + id.String()
	d.Both("/screening/signals", "arrived, waits", "arrivé, en attente")
	if body := d.Ask("GET", at, "en", nil, 200, "This signal waits for somebody", "Border unit", "Take it on"); strings.Contains(body, "Was misled") {
		t.Error("before taking it on the answers are shown")
	}
	d.Ask("POST", at+"/take", "en", nil, 303)
	d.Both(at, "Not excluded: screen again", "Non exclu\u00a0: refaire un repérage")
	d.Ask("GET", at, "en", nil, 200, "Was misled about pay", "It came without a name", "Besa Manager")
	s, _, err := w.signal(w.besa(), id)
	w.must(err)
	outcome := url.Values{"entry": {w.store.NewID().String()}, "screening": {s.Screenings[0].ID.String()}, "outcome": {"confirmed"}}
	d.Ask("POST", at+"/outcome", "en", outcome, 422, `href="#f-by"`, `href="#f-on"`)
	outcome["by"], outcome["on"] = []string{"panel"}, []string{"2026-03-02"}
	d.Ask("POST", at+"/outcome", "en", outcome, 303)
	d.Both(at, "identification panel", "commission d’identification")
	d.Ask("POST", at+"/note", "en", url.Values{"entry": {w.store.NewID().String()}}, 422, `href="#f-words"`)
	d.Ask("POST", at+"/note", "en", url.Values{"entry": {w.store.NewID().String()}, "safe_to_call": {"ask"}, "number": {"+30 000"}, "name": {"Lindita Prova"}}, 422, `href="#f-hours"`, "Lindita Prova")
	d.Ask("POST", at+"/note", "en", url.Values{"entry": {w.store.NewID().String()}, "safe_to_call": {"no"}, "number": {"+30 000"}, "name": {"Lindita Prova"}}, 303)
	if body := d.Ask("GET", at, "en", nil, 200, "no, never", "Lindita Prova"); strings.Contains(body, "+30 000") {
		t.Error("a number is shown that must never be called")
	}
	d.Ask("POST", at+"/consent", "en", url.Values{"entry": {w.store.NewID().String()}, "to": {border.String()}}, 422, `href="#f-categories"`)
	d.Ask("POST", at+"/nonsense", "en", nil, 404)

	d.Ask("POST", at+"/file", "en", nil, 422, `href="#f-person"`)
	person := w.file(w.besa(), "adult")
	if to := d.Ask("POST", at+"/file", "en", url.Values{"person": {person.String()}}, 303); to != "/cases/"+person.String() {
		t.Errorf("leads to %s", to)
	}
	d.Both(at, "in a file", "versé dans un dossier")

	d.who = w.dea()
	if body := d.Ask("GET", at, "en", nil, 200); strings.Contains(body, "Was misled") || strings.Contains(body, "Lindita") {
		t.Error("a colleague reads it")
	}
}

// In a person's file: the result stays readable for her case manager, and says what came of it.
func TestAScreeningInAFileByItsPages(t *testing.T) {
	w := newWorld(t)
	d := w.desk(w.besa())
	person := w.file(w.besa(), "adult")
	base := "/cases/" + person.String() + "/screening"
	d.Both(base, "With: Larch", "Avec\u00a0: Larch")
	id := w.store.NewID()
	to := d.Ask("POST", base+"/form", "en", filled(w.sets, id, "adult", "unodc", map[string]string{"GEN-02": "yes"}), 303)
	if to != base+"/"+id.String() {
		t.Fatalf("leads to %s", to)
	}
	d.Both(to, "This list has no rule", "Cette liste n’a pas de règle")
	d.Ask("GET", to, "en", nil, 200, "The source gives none", "no population", "Screen again", "no way to combine")
	d.Ask("POST", to, "fr", url.Values{"outcome": {"not_confirmed"}}, 422, `href="#f-by"`)
	d.Ask("POST", to, "fr", url.Values{"outcome": {"not_confirmed"}, "by": {"court"}, "on": {"2026-03-02"}}, 303)
	d.Both(to, "not confirmed, can be reopened", "non confirmée, peut être rouverte")
	d.Ask("GET", base+"/"+w.store.NewID().String(), "en", nil, 404)

	doubt := w.store.NewID()
	d.Ask("POST", base+"/form", "en", filled(w.sets, doubt, "not_sure", "delphi_labour_child", map[string]string{"DR-02": "yes"}), 303)
	d.Ask("GET", base+"/"+doubt.String(), "en", nil, 200, "Ask for a guardian today")
	if body := d.Ask("GET", base, "en", nil, 200, "The file follows the rules for children"); strings.Contains(body, `value="adult"`) {
		t.Error("a child's file offers adult")
	}
	d.who = w.dea()
	d.Ask("GET", base+"/"+id.String(), "en", nil, 404)
	d.Ask("GET", base, "en", nil, 404)
}

// A sheet says neither what it is for nor who is meant; below the threshold no figure stands.
func TestTheSheetAndTheFigures(t *testing.T) {
	w := newWorld(t)
	d := w.desk(w.besa())
	for _, s := range w.sets.Lists() {
		body := d.Ask("GET", "/screening/paper/"+s.Code, "en", nil, 200, "Interview sheet", "Your initials", s.Version)
		_, sheet, _ := strings.Cut(body, "<article")
		head, _, _ := strings.Cut(sheet, "<tbody")
		if !pagetest.Neutral(head) {
			t.Errorf("the head of %s says %q", s.Code, head)
		}
	}
	d.Ask("GET", "/screening/paper/delphi_labour_adult", "fr", nil, 200, "Feuille d’entretien", "N’écrivez aucun nom")
	d.Ask("GET", "/screening/paper/nothing", "en", nil, 404)

	d.Both("/screening/figures", "No figures yet", "Pas encore de chiffres")
	add := func(n int, outcome string, later screening.Later) {
		for range n {
			d.counts = append(d.counts, screening.Counted{Set: "delphi_labour_adult", Version: "2009-1", Outcome: outcome, Later: later})
		}
	}
	add(3, screening.RuleMet, screening.Confirmed)
	add(4, screening.NotExcluded, "")
	if body := d.Ask("GET", "/screening/figures", "en", nil, 200, "Fewer than 5 outcomes are known", "fewer than 5"); strings.Contains(body, "%") && strings.Contains(body, "Sensitivity") {
		t.Error("a figure stands on three outcomes")
	}
	add(4, screening.RuleMet, screening.Confirmed)
	add(1, screening.RuleMet, screening.NotConfirmed)
	add(2, screening.NotExcluded, screening.Confirmed)
	d.Ask("GET", "/screening/figures", "en", nil, 200, "Sensitivity", "77.8%", "87.5%", "45.3% to 93.7%") // 7 of 9; 7 of 8
	d.Both("/screening/figures", "Positive predictive value", "Valeur prédictive positive")
	d.counts = d.counts[:7]
	add(4, screening.RuleMet, screening.Confirmed)
	if body := d.Ask("GET", "/screening/figures", "en", nil, 200); !regexp.MustCompile(`(?s)Specificity.*?not known`).MatchString(body) {
		t.Error("what stands on nothing is not unknown")
	}
	d.who = w.ora()
	d.Ask("GET", "/screening/figures", "en", nil, 403)
}

// The writer of a named signal takes it back by its page and sees that the other office confirmed; one that runs out says so.
func TestASignalEndsByItsPages(t *testing.T) {
	w := newWorld(t)
	id := w.named()
	d := w.desk(w.agim())
	at := "/screening/signals/" + id.String()
	d.Both(at, "She does not wish it any more", "Elle ne le souhaite plus")
	if body := d.Ask("GET", at, "en", nil, 200); strings.Contains(body, "Lindita") {
		t.Error("its writer reads the name back")
	}
	d.Ask("POST", at+"/withdraw", "en", url.Values{"entry": {w.store.NewID().String()}}, 303)
	d.Both(at, "not yet confirmed by the other office", "pas encore confirmé par l’autre bureau")
	w.must(w.post(tirana, id, "signal.taken_back", screening.CameBack{At: w.clock.Now()}))
	w.must(w.post(border, id, "signal.erased", screening.Erased{At: w.clock.Now()}))
	d.Both(at, "Erased by the other office, confirmed", "Effacé par l’autre bureau, confirmé")

	late := w.screen(w.agim(), recorded())
	w.clock.Advance(screening.PassOn - 5*time.Hour)
	d.Both("/screening/signals", "pass it on now", "à transmettre maintenant")
	w.clock.Advance(5 * time.Hour)
	w.clockwork(border, late)
	d.Both("/screening/signals/"+late.String(), "Not passed on in time", "Pas transmis à temps")
	d.Both("/screening/signals", "lapsed, erased", "échu, effacé")

	d.who = w.besa()
	there := w.desk(w.besa())
	there.Both(at, "The person took it back", "La personne l’a repris")
	there.Both(at, "confirmed to the office that sent it", "confirmé au bureau qui l’avait envoyé")
}
