// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
)

const askedPhone, askedWords, saidThere = "690 000 111", "PLANTED WORDS", "PLANTED ANSWER"

// bureaux are a police office that asks and a justice office that answers.
type bureaux struct {
	*world
	ana, ben, judge, clerk *visitor
	id                     journal.ID
	at                     string
}

func newBureaux(t *testing.T) *bureaux {
	t.Helper()
	w := newWorld(t, "border", "court", "athens")
	b := &bureaux{world: w, ana: w.hire("border", "ana", access.PoliceOfficer), ben: w.hire("border", "ben", access.PoliceOfficer), judge: w.hire("court", "judge", access.Prosecutor), clerk: w.hire("court", "clerk", access.Prosecutor)}
	police, court := w.offices["border"].ID, w.offices["court"].ID
	w.agree("border", "court", terms.Grant{From: police, To: court, Purpose: request.Purpose, Categories: []journal.Category{journal.D0, journal.D6, journal.D8}},
		terms.Grant{From: court, To: police, Purpose: request.Purpose, Categories: []journal.Category{journal.D0, journal.D8}})
	b.id = w.n.newID()
	b.at = request.Path + "/" + b.id.String()
	return b
}

// asked is what Ana types.
func (b *bureaux) asked() url.Values {
	return url.Values{"dossier": {b.id.String()}, "entry": {b.n.newID().String()}, "to": {b.offices["court"].ID.String()}, "second": {b.ben.id.String()}, "basis": {"police_cooperation"}, "article": {"Article 7"}, "purpose": {"investigation"},
		"questions": {"phone_holder", "known"}, "phones": {"+355 " + askedPhone + "; +355 690 000 112"}, "facts": {askedWords}, "handling": {"H0", "H2"}, "court": {"true"}, "urgency": {"urgent"}, "due": {"2026-04-01"}}
}

func (b *bureaux) does(v *visitor, act string, form url.Values) {
	b.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("entry", b.n.newID().String())
	b.clock.Advance(time.Minute)
	if a := b.post(v, b.at+"/"+act, form); a.code != http.StatusSeeOther {
		b.Fatalf("%s at %s: %d %s", v.login, act, a.code, a.body)
	}
	b.deliver()
}

// refused posts an act that must not be taken.
func (b *bureaux) refused(v *visitor, act string, form url.Values, code int) string {
	b.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("entry", b.n.newID().String())
	a := b.post(v, b.at+"/"+act, form)
	if a.code != code {
		b.Errorf("%s at %s: %d, want %d: %s", v.login, act, a.code, code, a.body)
	}
	return a.body
}

func (b *bureaux) state(v *visitor) request.State {
	b.Helper()
	o, err := b.n.Store.Open(b.Context(), v.who(access.ForExchange), store.Ref{Kind: access.KindRequest, ID: b.id})
	b.must(err)
	return o.State.(request.State)
}

// wantOverdue holds both offices' lists against one.
func (b *bureaux) wantOverdue(when string, at time.Time, want ...string) {
	b.Helper()
	b.overdueOnBothSides("border", "court", when, at, want...)
}

var liaisonWordMissing = regexp.MustCompile(`\[(request|docket|letter|app|page)\.[a-z_.]+\]`)

func (w *world) sees(v *visitor, path string) string {
	w.Helper()
	a := w.get(v, path)
	if a.code != http.StatusOK || liaisonWordMissing.MatchString(a.body) {
		w.Fatalf("%s at %s: %d %s", v.login, path, a.code, liaisonWordMissing.FindString(a.body))
	}
	return a.body
}

// sent drafts and sends the request.
func (b *bureaux) sent() {
	b.Helper()
	if a := b.post(b.ana, request.Path+"/new", b.asked()); a.code != http.StatusSeeOther {
		b.Fatalf("drafting: %d %s", a.code, a.body)
	}
	b.does(b.ben, "send", nil)
}

// TestARequestIsAskedByTwoAndAnsweredByOne: what leaves was read by a second person; over there codes are seen by all who
// could take it, the rest by who has; the answer comes back with its conditions, in part first.
func TestARequestIsAskedByTwoAndAnsweredByOne(t *testing.T) {
	b := newBureaux(t)
	if s := b.sees(b.ana, request.ListPath); !strings.Contains(s, "There is no request") {
		t.Error("the empty list")
	}
	if s := b.sees(b.ana, request.Path+"/new?to="+b.offices["court"].ID.String()); !strings.Contains(s, "Office in court") || strings.Contains(s, "Office in athens") {
		t.Error("the form offers an office that no terms reach")
	}
	wrong := b.asked()
	for _, f := range []string{"article", "phones", "facts"} {
		wrong.Del(f)
	}
	if a := b.post(b.ana, request.Path+"/new", wrong); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Name the article") || !strings.Contains(a.body, "who or what it is about") {
		t.Errorf("without an article and a subject: %d", a.code)
	}
	if a := b.post(b.ana, request.Path+"/new", b.asked()); a.code != http.StatusSeeOther {
		t.Fatalf("drafting: %d %s", a.code, a.body)
	}
	b.refused(b.ana, "send", nil, http.StatusConflict)
	if rows, err := b.n.Store.List(t.Context(), b.judge.who(access.ForExchange), store.Query{Kind: access.KindRequest}); err != nil || len(rows.Rows) != 0 {
		t.Fatalf("it left before a second person sent it: %v", err)
	}
	if s := b.sees(b.ben, b.at); !strings.Contains(s, "You are the second person") || !strings.Contains(s, askedPhone) {
		t.Error("the second person cannot read what to send")
	}
	b.does(b.ben, "send", nil)

	if s := b.sees(b.judge, b.at); strings.Contains(s, askedPhone) || strings.Contains(s, askedWords) || strings.Contains(s, "Article 7") || !strings.Contains(s, "is read by whoever handles it") {
		t.Error("a request that nobody has taken shows who it is about")
	}
	b.refused(b.judge, "accept", nil, http.StatusForbidden)
	b.does(b.judge, "take", nil)
	if s := b.sees(b.judge, b.at); !strings.Contains(s, askedPhone) || !strings.Contains(s, askedWords) || !strings.Contains(s, "use in court") {
		t.Error("who handles it cannot read it")
	}
	if s := b.sees(b.clerk, b.at); strings.Contains(s, askedPhone) {
		t.Error("a colleague reads who it is about")
	}
	b.does(b.judge, "accept", nil)
	for _, form := range []string{"answer", "extend", "refuse"} {
		b.sees(b.judge, b.at+"/"+form)
	}
	if s := b.refused(b.judge, "answer", url.Values{"answers": {"known"}, "outcome": {"partly"}}, http.StatusUnprocessableEntity); !strings.Contains(s, "Write the answer") || !strings.Contains(s, "what may be done") {
		t.Error("an answer without words and conditions")
	}
	b.does(b.judge, "answer", url.Values{"answers": {"known"}, "outcome": {"partly"}, "report": {"first part"}, "handling": {"H0", "H1"}})
	if s := b.state(b.ana); s.Status() != request.Partly || s.Waits() != "there" {
		t.Errorf("answered in part: %s, waits %q", s.Status(), s.Waits())
	}
	b.does(b.judge, "answer", url.Values{"answers": {"known", "phone_holder"}, "outcome": {"answered"}, "report": {saidThere}, "handling": {"H0"}})
	for _, v := range []*visitor{b.ana, b.ben} {
		if s := b.sees(v, b.at); !strings.Contains(s, saidThere) || !strings.Contains(s, "first part") || !strings.Contains(s, "in time") || !strings.Contains(s, "not in court without permission") {
			t.Errorf("%s does not read the answers with their conditions", v.login)
		}
	}
	if s := b.sees(b.ana, request.ListPath+"?side=sent"); strings.Contains(s, askedPhone) || !strings.Contains(s, "who holds the phone number") {
		t.Error("the list")
	}
}

// TestARequestIsCorrectedAndTheCorrectionIsSeen: what was wrong is gone there; nobody answers before saying that they saw the
// correction.
func TestARequestIsCorrectedAndTheCorrectionIsSeen(t *testing.T) {
	b := newBureaux(t)
	b.sent()
	b.does(b.judge, "take", nil)
	b.does(b.judge, "accept", nil)
	b.sees(b.ana, b.at+"/correct")
	right := b.asked()
	right.Set("phones", "+355 690 999 999")
	right.Set("facts", "corrected words")
	b.does(b.ana, "correct", right)
	if s := b.state(b.judge); s.Version != 1 || s.Asked.Facts != askedWords {
		t.Fatal("the correction left before a second person sent it")
	}
	b.does(b.ben, "send", nil)
	s := b.state(b.judge)
	if s.Version != 2 || s.Asked.Facts != "corrected words" || !s.Unseen() {
		t.Fatalf("over there: version %d, %q", s.Version, s.Asked.Facts)
	}
	o, err := b.n.Store.Open(t.Context(), b.judge.who(access.ForExchange), store.Ref{Kind: access.KindRequest, ID: b.id})
	b.must(err)
	for _, e := range o.Entries {
		if e.Type == request.ReceivedType && e.Missing[journal.D8] != journal.Erased {
			t.Error("what was wrong is still there")
		}
	}
	b.refused(b.judge, "answer", url.Values{"answers": {"known"}, "outcome": {"answered"}, "report": {saidThere}, "handling": {"H0"}}, http.StatusConflict)
	if !b.state(b.ana).Unseen() {
		t.Error("seen before anybody said so")
	}
	b.wantOverdue("corrected", time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC), request.MsgCorrect)
	b.does(b.judge, "see", nil)
	if b.state(b.ana).Unseen() || b.state(b.judge).Unseen() {
		t.Error("seen, and still awaited")
	}
	b.does(b.judge, "answer", url.Values{"answers": {"known"}, "outcome": {"answered"}, "report": {saidThere}, "handling": {"H0"}})
	b.wantOverdue("answered", time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC))
	moved := b.asked()
	moved.Set("to", b.offices["athens"].ID.String())
	b.refused(b.ana, "correct", moved, http.StatusUnprocessableEntity)
}

// TestARequestTakenBackIsErasedAndThatIsConfirmed, reminded at most once a day, with more time granted, overdue on both sides.
func TestARequestTakenBackIsErasedAndThatIsConfirmed(t *testing.T) {
	b := newBureaux(t)
	b.sent()
	b.does(b.judge, "take", nil)
	b.does(b.ana, "remind", nil)
	b.refused(b.ana, "remind", nil, http.StatusConflict)
	if s := b.sees(b.judge, b.at); !strings.Contains(s, "asked for again") {
		t.Error("the reminder is not shown there")
	}
	b.wantOverdue("before more time was agreed", time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC), request.MsgAsk)
	b.refused(b.judge, "extend", url.Values{"due": {"2026-03-20"}, "reason": {"capacity"}}, http.StatusUnprocessableEntity)
	b.does(b.judge, "extend", url.Values{"due": {"2026-04-20"}, "reason": {"inquiries_run"}})
	if s := b.sees(b.ben, b.at); !strings.Contains(s, "More time is asked for") {
		t.Error("that more time is asked for is not told")
	}
	b.sees(b.ben, b.at+"/decide")
	b.refused(b.ben, "decide", nil, http.StatusUnprocessableEntity)
	b.does(b.ben, "decide", url.Values{"granted": {"yes"}})
	late := time.Date(2026, 4, 21, 0, 0, 0, 0, time.UTC)
	b.wantOverdue("more time was agreed", late.Add(-time.Hour))
	b.wantOverdue("that time is over", late, request.MsgDecide)
	for _, v := range []*visitor{b.ana, b.judge} {
		if s := b.state(v); !s.DueAt().Equal(late) || s.Wanting() {
			t.Errorf("%s: due %s", v.login, s.DueAt())
		}
	}
	b.clock.Advance(late.Sub(b.clock.Now()) + time.Hour)
	b.ana.signIn()
	b.judge.signIn()
	for _, v := range []*visitor{b.ana, b.judge} {
		if s := b.sees(v, "/requests?view=overdue"); !strings.Contains(s, b.at) {
			t.Errorf("%s does not see that it is overdue", v.login)
		}
	}
	b.does(b.ana, "remind", nil)
	b.does(b.judge, "accept", nil)
	b.refused(b.ana, "withdraw", nil, http.StatusUnprocessableEntity)
	b.does(b.ana, "withdraw", url.Values{"reason": {"no_longer_needed"}})
	s := b.state(b.judge)
	if s.Status() != request.Withdrawn || s.Asked.Subject != nil || s.Asked.Facts != "" || s.Missing[journal.D8] != journal.Erased || s.Missing[journal.D6] != journal.Erased {
		t.Errorf("taken back, and still there: %+v", s.Asked)
	}
	b.wantOverdue("taken back", late)
	if s := b.state(b.ana); s.Unerased() || s.Waits() != "" || s.Asked.Facts != askedWords {
		t.Error("the erasure was not confirmed, or this office lost its own part")
	}
	for _, v := range []*visitor{b.ana, b.judge} {
		if s := b.sees(v, "/requests"); strings.Contains(s, b.at) {
			t.Errorf("%s: it still waits", v.login)
		}
	}
}

// TestWhatAnOfficeMayNotAskOrSay: categories that terms leave out keep the whole request here; nobody speaks in another
// office's name; an assistance office holds no requests.
func TestWhatAnOfficeMayNotAskOrSay(t *testing.T) {
	b := newBureaux(t)
	b.sent()
	for _, x := range []struct {
		v    *visitor
		typ  string
		load any
	}{{b.ana, request.HeardType, request.Said{Outcome: request.Refused, Reason: "other"}}, {b.ana, request.ErasedThereType, request.Erased{By: b.offices["court"].ID}}, {b.judge, request.RecalledType, request.Ended{Reason: "other"}}, {b.ana, request.AcceptedType, request.Said{Outcome: request.Accepted}}} {
		if _, err := b.n.Store.Append(t.Context(), x.v.who(access.ForExchange), store.Ref{Kind: access.KindRequest, ID: b.id}, store.Draft{Type: x.typ, Payload: x.load}); !fault.Is(err, fault.Denied) {
			t.Errorf("%s writes %s: %v", x.v.login, x.typ, err)
		}
	}
	b.does(b.judge, "take", nil)
	if _, err := b.n.Store.Append(t.Context(), b.judge.who(access.ForExchange), store.Ref{Kind: access.KindRequest, ID: b.id}, store.Draft{Type: request.AcceptedType, Payload: request.Said{Outcome: request.Accepted, Reason: askedWords}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("words beside a code were taken: %v", err)
	}
	b.does(b.judge, "refuse", url.Values{"reason": {"harms_proceedings"}})
	if s := b.sees(b.ana, b.at); !strings.Contains(s, "it would harm proceedings") {
		t.Error("the refusal's reason does not come back")
	}
	manager := b.hire("athens", "manager", access.CaseManager)
	q := access.Request{Actor: manager.who(access.ForExchange).Actor, Action: access.Write, Type: request.DraftedType, Category: journal.D8, Purpose: access.ForExchange, Row: access.Row{Owner: manager.office.ID, Kind: access.KindRequest, Relations: []access.Relation{access.Founder}}}
	if b.n.rules(manager.office.ID).Authorize(q).Allow {
		t.Error("an assistance office holds requests of police")
	}
}

// TestARequestBeginsFromWhatWasFoundInCommon: the comparison's page leads to the form, which knows the office and what both know;
// nobody else's reader gets as much, and the address holds ids only.
func TestARequestBeginsFromWhatWasFoundInCommon(t *testing.T) {
	b := newBureaux(t)
	b.comparing("border", "court")
	b.record(b.judge, subject.Known{Phones: []string{"00355 69 5550 101"}})
	mine := b.record(b.ana, subject.Known{Names: []string{"Planted Example"}, Phones: []string{"+355 69 555 0101"}})
	b.night("court", "border")
	c := b.lookUp(b.ana, mine, "court")
	if len(c.Found) != 1 {
		t.Fatalf("%+v", c)
	}
	link := request.Path + "/new?to=" + b.offices["court"].ID.String() + "&amp;from=" + c.ID.String() + "&amp;hit=0"
	if s := b.reads(b.ana, matching.Path+"/"+c.ID.String()); !strings.Contains(s, link) {
		t.Error("the comparison does not lead to a request")
	}
	form := b.sees(b.ana, strings.ReplaceAll(link, "&amp;", "&"))
	if strings.Contains(form, "Planted Example") || !strings.Contains(form, "555 0101") || !strings.Contains(form, "began from a comparison") || !strings.Contains(form, `value="`+b.offices["court"].ID.String()+`" selected`) {
		t.Error("the form does not know what it begins from")
	}
	if a := b.get(b.ben, strings.ReplaceAll(link, "&amp;", "&")); strings.Contains(a.body, "555 0101") {
		t.Errorf("a colleague who does not work on the record reads it: %d", a.code)
	}
	if s := b.sees(b.ana, "/requests?kind=comparison"); !strings.Contains(s, matching.Path+"/"+c.ID.String()) {
		t.Error("the desk does not show what was found")
	}
}
