// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/liaison/permission"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// TestWhatCameKeepsItsHandlingCode: terms that the two sign later bind what comes under them, and nothing that came before; both
// offices say the same of a letter.
func TestWhatCameKeepsItsHandlingCode(t *testing.T) {
	d := newDesks(t)
	write := func() journal.ID {
		id := d.n.newID()
		d.must(d.writes(d.eleni, id, letter.WrittenType, letter.Letter{To: d.tirana, Thread: id, Words: letter.Words{Subject: "s", Text: "t"}}))
		d.must(d.writes(d.dorian, id, letter.AssignedType, letter.Assigned{Worker: d.mira.id}))
		return id
	}
	shows := func(id journal.ID, code string) {
		t.Helper()
		for _, v := range []*visitor{d.eleni, d.mira} {
			if b := d.sees(v, letter.Path+"/"+id.String()); !strings.Contains(b, code+" · ") {
				t.Errorf("%s is not shown %s", v.login, code)
			}
		}
	}
	before := write()
	shows(before, "H2")
	words := []journal.Category{journal.D0, journal.D3}
	d.signed("athens", "tirana", DraftIn{Title: "Later", Handling: "H3", Replaces: d.terms, Grants: []terms.Grant{{From: d.athens, To: d.tirana, Purpose: letter.Purpose, Categories: words}, {From: d.tirana, To: d.athens, Purpose: letter.Purpose, Categories: words}}})
	after := write()
	shows(after, "H3")
	shows(before, "H2")
}

// permitted are two offices and a third to pass something on to, with a letter that came to Mira under H2.
type permitted struct {
	*desks
	paris, letter journal.ID
}

func newAsking(t *testing.T) *permitted {
	t.Helper()
	w := newWorld(t, "athens", "tirana", "paris")
	a := &permitted{desks: &desks{world: w, eleni: w.hire("athens", "eleni", access.CaseManager), dorian: w.hire("tirana", "dorian", access.Liaison), mira: w.hire("tirana", "mira", access.CaseManager), focal: w.hire("tirana", "agim", access.FocalPoint),
		athens: w.offices["athens"].ID, tirana: w.offices["tirana"].ID}, paris: w.offices["paris"].ID}
	words := []journal.Category{journal.D0, journal.D3}
	both := func(a, b journal.ID) []terms.Grant {
		return []terms.Grant{{From: a, To: b, Purpose: letter.Purpose, Categories: words}, {From: b, To: a, Purpose: letter.Purpose, Categories: words}}
	}
	a.terms = w.agree("athens", "tirana", both(a.athens, a.tirana)...)
	w.agree("tirana", "paris", both(a.tirana, a.paris)...)
	a.letter = w.n.newID()
	a.must(a.writes(a.eleni, a.letter, letter.WrittenType, letter.Letter{To: a.tirana, Thread: a.letter, Words: letter.Words{Subject: plantedSubject, Text: plantedText}}))
	a.must(a.writes(a.dorian, a.letter, letter.AssignedType, letter.Assigned{Worker: a.mira.id}))
	return a
}

// passes lets Mira pass the letter on to Paris on the page.
func (a *permitted) passes() (journal.ID, reply) {
	a.Helper()
	id := a.n.newID()
	out := a.post(a.mira, letter.Path+"/new", url.Values{"letter": {id.String()}, "entry": {a.n.newID().String()}, "passes": {a.letter.String()}, "to": {a.paris.String()}, "subject": {plantedSubject}, "text": {plantedText}})
	a.deliver()
	return id, out
}

// asks lets Mira ask on the page, and gives the question.
func (a *permitted) asks(change func(url.Values)) (journal.ID, reply) {
	a.Helper()
	id := a.n.newID()
	form := url.Values{"dossier": {id.String()}, "entry": {a.n.newID().String()}, "kind": {"letter"}, "thing": {a.letter.String()}, "of": {a.desks.letter(a.mira, a.letter).Message.String()}, "for": {permission.Onward}, "office": {a.paris.String()},
		"reason": {"protection"}, "text": {"PLANTED REASON"}, "due": {"2026-03-20"}}
	if change != nil {
		change(form)
	}
	out := a.post(a.mira, permission.Path+"/new", form)
	a.deliver()
	return id, out
}

// does posts an act on a question.
func (a *permitted) does(v *visitor, id journal.ID, act string, form url.Values) reply {
	a.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("entry", a.n.newID().String())
	a.clock.Advance(time.Minute)
	out := a.post(v, permission.Path+"/"+id.String()+"/"+act, form)
	a.deliver()
	return out
}

func (a *permitted) state(v *visitor, id journal.ID) permission.State {
	a.Helper()
	o, err := a.n.Store.Open(a.Context(), v.who(access.ForExchange), store.Ref{Kind: access.KindPermission, ID: id})
	a.must(err)
	return o.State.(permission.State)
}

// want holds a page against what it must say and must not.
func (a *permitted) want(v *visitor, path string, says []string, never ...string) {
	a.Helper()
	b := a.get(v, path)
	if b.code != http.StatusOK || permissionWordMissing.MatchString(b.body) {
		a.Fatalf("%s at %s: %d %s", v.login, path, b.code, permissionWordMissing.FindString(b.body))
	}
	for _, s := range says {
		if !strings.Contains(b.body, s) {
			a.Errorf("%s at %s is not told %q", v.login, path, s)
		}
	}
	for _, s := range never {
		if strings.Contains(b.body, s) {
			a.Errorf("%s at %s is told %q", v.login, path, s)
		}
	}
}

var permissionWordMissing = regexp.MustCompile(`\[(permission|exchange|letter|docket|request|inquiry)\.[a-z_.]+\]`)

// TestALetterUnderH2IsPassedOnByPermissionOnly: refused without, with what to do; asked of who wrote it, who answers on a condition
// and until a day; passed on then to the office that was named and no other, and noted; and not any more once it is over or taken back.
func TestALetterUnderH2IsPassedOnByPermissionOnly(t *testing.T) {
	a := newAsking(t)
	at := letter.Path + "/" + a.letter.String()
	a.want(a.mira, at, []string{"H2 · ", "Pass on", "Ask permission for the letter"})
	a.want(a.mira, at+"/pass", []string{plantedText, "Passed on: a letter of Office in athens"})
	if _, r := a.passes(); r.code != http.StatusConflict || !strings.Contains(r.body, "not to be passed on without its owner’s permission") {
		t.Fatalf("passed on without a permission: %d", r.code)
	}
	of := a.desks.letter(a.mira, a.letter).Message
	a.want(a.mira, permission.Path+"/new?kind=letter&thing="+a.letter.String()+"&of="+of.String(), []string{"Office in athens sent it", "Passing on", "Office in paris"}, "Use in court")
	for name, change := range map[string]func(url.Values){"a use that no code speaks of": func(v url.Values) { v.Set("for", permission.Court); v.Del("office") }, "to nobody": func(v url.Values) { v.Del("office") }, "to its owner": func(v url.Values) { v.Set("office", a.athens.String()) }, "a day that has passed": func(v url.Values) { v.Set("due", "2026-03-01") }} {
		if _, r := a.asks(change); r.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, r.code)
		}
	}
	if _, r := a.asks(func(v url.Values) { v.Set("of", a.n.newID().String()) }); r.passed() {
		t.Errorf("of a message that never came: %d", r.code)
	}
	id, r := a.asks(nil)
	if r.code != http.StatusSeeOther {
		t.Fatalf("asking: %d %s", r.code, r.body)
	}
	page := permission.Path + "/" + id.String()
	if s := a.state(a.eleni, id); s.Status(a.clock.Now()) != permission.Received || s.Waits() != conversation.Here || s.Two || s.Question.Words().Text != "PLANTED REASON" {
		t.Fatalf("in the owner's office: %+v", s)
	}
	a.want(a.eleni, page, []string{"PLANTED REASON", "Office in paris", "waits for an answer"})
	a.want(a.eleni, "/requests", []string{"Passing on", "Permission"})
	a.want(a.mira, "/requests", []string{"Passing on"})
	a.want(a.dorian, page, []string{"asked"}, "PLANTED REASON")
	if a.get(a.hire("athens", "other", access.CaseManager), page).passed() {
		t.Error("somebody who did not write the letter knows of it")
	}
	if r := a.does(a.mira, id, "remind", nil); r.code != http.StatusSeeOther || a.state(a.eleni, id).Reminders != 1 {
		t.Errorf("reminded: %d", r.code)
	}
	if r := a.does(a.mira, id, "remind", nil); r.code != http.StatusConflict {
		t.Errorf("twice a day: %d", r.code)
	}
	a.want(a.eleni, page+"/answer", []string{"Do you permit it?", "without names"}, "Second person")
	for _, wrong := range []url.Values{{}, {"granted": {"no"}}, {"granted": {"yes"}, "until": {"2026-03-01"}}, {"granted": {"yes"}, "conditions": {"other"}}} {
		if r := a.does(a.eleni, id, "answer", wrong); r.code != http.StatusUnprocessableEntity {
			t.Errorf("answered with %v: %d", wrong, r.code)
		}
	}
	if r := a.does(a.eleni, id, "answer", url.Values{"granted": {"yes"}, "conditions": {"names_hidden", "tell_after"}, "until": {"2026-04-30"}, "text": {"PLANTED CONDITION"}}); r.code != http.StatusSeeOther {
		t.Fatalf("answering: %d %s", r.code, r.body)
	}
	a.want(a.mira, at, []string{"granted · without names · report to the owner what came of it · until 30 April 2026"})
	a.want(a.mira, page, []string{"PLANTED CONDITION", "Answer received"})

	passed, r := a.passes()
	if r.code != http.StatusSeeOther {
		t.Fatalf("with a permission: %d %s", r.code, r.body)
	}
	a.want(a.mira, letter.Path+"/"+passed.String(), []string{"Passes on", at})
	if s := a.state(a.mira, id); s.Used != 1 {
		t.Errorf("noted %d times", s.Used)
	}
	a.want(a.mira, page, []string{"Permission used"})
	if err := a.writes(a.mira, a.n.newID(), letter.WrittenType, letter.Letter{To: a.paris, Thread: a.n.newID(), Passes: a.letter, Words: letter.Words{Subject: "s", Text: "t"}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("passed on without naming the permission: %v", err)
	}
	if r := a.does(a.eleni, id, "withdraw", url.Values{"reason": {"conditions_broken"}}); r.code != http.StatusSeeOther {
		t.Fatalf("taking back: %d %s", r.code, r.body)
	}
	a.want(a.mira, page, []string{"Taken back by the other office", "the conditions were not kept"})
	if _, r := a.passes(); r.code != http.StatusConflict {
		t.Errorf("taken back, and passed on: %d", r.code)
	}

	// Another one is over on its day; a third is refused, a fourth taken back before anybody answers.
	second, _ := a.asks(nil)
	a.does(a.eleni, second, "answer", url.Values{"granted": {"yes"}, "until": {"2026-03-02"}})
	if s := a.state(a.mira, second); s.Status(a.clock.Now()) != permission.Granted || s.Status(a.clock.Now().AddDate(0, 0, 1)) != permission.Over || s.Holds(a.clock.Now().AddDate(0, 0, 1), of, permission.Onward, a.paris) || !s.Holds(a.clock.Now(), of, permission.Onward, a.paris) || s.Holds(a.clock.Now(), of, permission.Onward, a.athens) {
		t.Errorf("until today: %+v", s.Answer)
	}
	third, _ := a.asks(nil)
	a.does(a.eleni, third, "answer", url.Values{"granted": {"no"}, "refusal": {"protects_person"}})
	a.want(a.mira, permission.Path+"/"+third.String(), []string{"refused", "it would endanger somebody"})
	fourth, _ := a.asks(nil)
	a.does(a.mira, fourth, "withdraw", url.Values{"reason": {"no_longer_needed"}})
	if s := a.state(a.eleni, fourth); s.Ended != "no_longer_needed" || s.Waits() != "" {
		t.Errorf("the question was taken back: %+v", s)
	}
	if r := a.does(a.eleni, fourth, "answer", url.Values{"granted": {"yes"}}); r.passed() && r.code == http.StatusSeeOther {
		t.Error("answered after it was taken back")
	}
	a.want(a.mira, permission.Path+"?side=sent", []string{"granted", "refused", "taken back"})
}

// TestWhatCameWithoutACodeIsHeldToTheTerms: of a message whose code nobody kept the terms' holds, on the page and at the door; where no
// terms are known either, nothing is done with it without its owner.
func TestWhatCameWithoutACodeIsHeldToTheTerms(t *testing.T) {
	a := newAsking(t)
	at, message := letter.Path+"/"+a.letter.String(), a.desks.letter(a.mira, a.letter).Message
	exec := func(sql string, args ...any) {
		t.Helper()
		a.must(a.n.DB.Write(a.Context(), func(tx db.Tx) error {
			n, err := tx.Exec(a.Context(), sql, args...)
			if err == nil && n == 0 {
				t.Errorf("%s touches nothing", sql)
			}
			return err
		}))
	}
	exec(`UPDATE post_in SET handling = '' WHERE owner = $1 AND id = $2`, a.tirana, message)
	const rename = `UPDATE code SET name = $3 WHERE owner = $1 AND kind = 'terms' AND value = $2`
	exec(rename, a.tirana, a.athens.String(), "nowhere")
	a.want(a.mira, at, []string{"Ask permission for the letter"}, "H2 · ")
	a.want(a.mira, permission.Path+"/new?kind=letter&thing="+a.letter.String()+"&of="+message.String(), []string{"Use in court", "Passing on"})
	if _, r := a.passes(); r.code != http.StatusConflict {
		t.Errorf("passed on under no code at all: %d", r.code)
	}
	exec(rename, a.tirana, a.athens.String(), "party")
	a.want(a.mira, at, []string{"H2 · ", "Ask permission for the letter"})
	if _, r := a.passes(); r.code != http.StatusConflict {
		t.Errorf("passed on without a permission: %d", r.code)
	}
	id, r := a.asks(nil)
	if r.code != http.StatusSeeOther {
		t.Fatalf("asking: %d", r.code)
	}
	a.does(a.eleni, id, "answer", url.Values{"granted": {"yes"}})
	if _, r := a.passes(); r.code != http.StatusSeeOther {
		t.Errorf("with a permission: %d", r.code)
	}
}

// TestAnAnswerUnderH1GoesToCourtByPermissionOnly: what two people sent, two permit; what one answered, one does. The copy for a court is
// refused before, made with the conditions in it then, and noted.
func TestAnAnswerUnderH1GoesToCourtByPermissionOnly(t *testing.T) {
	b := newBureaux(t)
	b.sent()
	b.does(b.judge, "take", nil)
	b.does(b.judge, "accept", nil)
	b.does(b.judge, "answer", url.Values{"answers": {"known"}, "outcome": {"answered"}, "report": {saidThere}, "handling": {"H0", "H1"}})
	a := &permitted{desks: &desks{world: b.world}}
	answer := b.state(b.ana).Replies[1]
	if len(answer.Handling) != 2 || answer.Report == "" {
		t.Fatalf("%+v", answer)
	}
	a.want(b.ana, b.at, []string{"Ask permission for the answer", "Copy for a court’s file", "H2 · "})
	if r := b.post(b.ana, b.at+"/court?of="+answer.Message.String(), url.Values{}); r.code != http.StatusConflict || !strings.Contains(r.body, "not to be used in court without its owner’s permission") {
		t.Fatalf("a copy without a permission: %d", r.code)
	}
	ask := func(v *visitor, of journal.ID, use string) (journal.ID, reply) {
		id := b.n.newID()
		r := b.post(v, permission.Path+"/new", url.Values{"dossier": {id.String()}, "entry": {b.n.newID().String()}, "kind": {"request"}, "thing": {b.id.String()}, "of": {of.String()}, "for": {use}, "whom": {"PLANTED BODY"}, "reason": {"evidence"}, "due": {"2026-03-20"}})
		b.deliver()
		return id, r
	}
	id, r := ask(b.ana, answer.Message, permission.Court)
	if r.code != http.StatusSeeOther {
		t.Fatalf("asking: %d %s", r.code, r.body)
	}
	if a.get(b.clerk, permission.Path+"/"+id.String()).passed() {
		t.Error("a colleague of who answered knows of it")
	}
	if r := a.does(b.judge, id, "answer", url.Values{"granted": {"yes"}, "conditions": {"closed_session"}}); r.code != http.StatusSeeOther {
		t.Fatalf("answering: %d %s", r.code, r.body)
	}
	a.want(b.ben, b.at, []string{"granted · in closed session only"})
	made := b.post(b.ana, b.at+"/court?of="+answer.Message.String(), url.Values{})
	if made.code != http.StatusOK || !strings.HasPrefix(made.body, "%PDF-") {
		t.Fatalf("with a permission: %d %.200s", made.code, made.body)
	}
	if s := a.state(b.ana, id); s.Used != 1 {
		t.Errorf("noted %d times", s.Used)
	}

	// The request itself left by two people, under H2 and for law enforcement only.
	asked := b.state(b.judge).Message
	id, r = ask(b.judge, asked, permission.Onward)
	if r.code != http.StatusSeeOther {
		t.Fatalf("asking: %d %s", r.code, r.body)
	}
	if s := a.state(b.ana, id); !s.Two || s.Question.Words().Whom != "PLANTED BODY" || s.Question.Suspect == nil {
		t.Errorf("%+v", s)
	}
	a.want(b.ana, permission.Path+"/"+id.String()+"/answer", []string{"Second person"})
	if r := a.does(b.ana, id, "answer", url.Values{"granted": {"yes"}, "second": {b.ana.id.String()}}); r.code != http.StatusUnprocessableEntity {
		t.Errorf("proposed to oneself: %d", r.code)
	}
	if r := a.does(b.ana, id, "answer", url.Values{"granted": {"yes"}, "second": {b.ben.id.String()}}); r.code != http.StatusSeeOther {
		t.Fatalf("proposing: %d %s", r.code, r.body)
	}
	if s := a.state(b.judge, id); s.Answer != nil {
		t.Error("it left before the second person sent it")
	}
	if r := a.does(b.ana, id, "send", nil); r.code == http.StatusSeeOther {
		t.Error("the first person sends what she proposed")
	}
	a.want(b.ben, permission.Path+"/"+id.String(), []string{"You are the second person"})
	if r := a.does(b.ben, id, "send", nil); r.code != http.StatusSeeOther {
		t.Fatalf("sending: %d %s", r.code, r.body)
	}
	if s := a.state(b.judge, id); s.Status(b.clock.Now()) != permission.Granted {
		t.Errorf("%+v", s)
	}

	// Nobody answers for what this office has not sent.
	if _, r := ask(b.clerk, asked, permission.Onward); r.code == http.StatusSeeOther {
		t.Error("somebody asks who does not work on it")
	}
}
