// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// table is two offices that have pinned each other and agreed nothing yet.
type table struct {
	*world
	ana, leo, besa *visitor // ana and leo in the one, besa in the other
	other          journal.ID
}

func newTable(t *testing.T, one, two string) *table {
	t.Helper()
	w := newWorld(t, one, two)
	b := &table{world: w, ana: w.hire(one, "ana", access.Liaison, access.ProgrammeOfficer), leo: w.hire(one, "leo", access.Liaison), besa: w.hire(two, "besa", access.Liaison, access.ProgrammeOfficer), other: w.offices[two].ID}
	w.pins(one, two)
	return b
}

// pins lets two offices pin each other's cards.
func (w *world) pins(a, b string) {
	w.Helper()
	for _, pair := range [][2]journal.ID{{w.offices[a].ID, w.offices[b].ID}, {w.offices[b].ID, w.offices[a].ID}} {
		c, err := opCard(w.Context(), w.n, Of{pair[1]})
		w.must(err)
		_, err = opPin(w.Context(), w.n, PinIn{Of: Of{pair[0]}, Card: c.Card, How: "demo"})
		w.must(err)
	}
}

// form is a draft as somebody types it.
func (b *table) form(with journal.ID) url.Values {
	return url.Values{"with": {with.String()}, "title": {"Protocol of the two offices"}, "basis": {"Fictitious protocol"}, "handling": {"H2"}, "from": {"2026-03-01"}, "until": {"2027-03-01"}, "retention": {"365"},
		"g[0].purpose": {"referral"}, "g[0].way": {"both"}, "g[0].categories": {"D0", "D1"}, "g[0].accept": {"focal_point"}}
}

// types sends a draft with its legal text, and gives the answer.
func (b *table) types(v *visitor, path string, form url.Values, text string) reply {
	b.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, xs := range form {
		for _, x := range xs {
			b.must(m.WriteField(k, x))
		}
	}
	if text != "" {
		f, err := m.CreateFormFile("text", "protocol.txt")
		b.must(err)
		_, err = f.Write([]byte(text))
		b.must(err)
	}
	b.must(m.Close())
	return b.ask(v, "POST", path, &body, func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) })
}

// does posts an act on a page and gives the status.
func (b *table) does(v *visitor, path string, form url.Values) int {
	b.Helper()
	b.clock.Advance(time.Minute)
	a := b.post(v, path, form)
	if to := a.header.Get("Location"); a.code == http.StatusSeeOther && !strings.HasPrefix(to, "/terms/") {
		b.Fatalf("%s at %s is sent to %s", v.login, path, to)
	}
	b.deliver()
	return a.code
}

func (b *table) at(v *visitor, id string) terms.State {
	b.Helper()
	o, err := b.n.Store.Open(b.Context(), v.who(access.ForExchange), store.Ref{Kind: access.KindTerms, ID: journal.MustID(id)})
	b.must(err)
	return o.State.(terms.State)
}

// drafted drafts terms and gives where they are shown, and their id.
func (b *table) drafted(v *visitor, form url.Values) (at, id string) {
	b.Helper()
	a := b.types(v, "/terms", form, "The legal text.")
	if a.code != http.StatusSeeOther {
		b.Fatalf("drafting: %d %s", a.code, a.body)
	}
	at = a.header.Get("Location")
	return at, strings.TrimPrefix(at, "/terms/")
}

// TestTermsAreNegotiatedOverThePost: two offices without any terms come to some: proposal, counter-proposal, both signatures,
// an amendment that takes their place, a suspension and an end that the other office is told of.
func TestTermsAreNegotiatedOverThePost(t *testing.T) {
	b := newTable(t, "athens", "tirana")
	if a := b.get(b.ana, "/terms/new?with="+b.other.String()+"&template=referral"); a.code != 200 || !strings.Contains(a.body, "children first") || !strings.Contains(a.body, `value="focal_point" checked`) {
		t.Fatalf("the form: %d", a.code)
	}
	at, id := b.drafted(b.ana, b.form(b.other))
	if n := b.does(b.ana, at+"/sign", nil); n != http.StatusConflict {
		t.Errorf("who wrote a version signs it: %d", n)
	}
	if a := b.get(b.ana, at); strings.Contains(a.body, at+"/sign") || !strings.Contains(a.body, "Somebody else of your office signs it") {
		t.Error("who wrote a version is offered to sign it")
	}
	if _, err := b.n.Store.Open(t.Context(), b.besa.who(access.ForExchange), store.Ref{Kind: access.KindTerms, ID: journal.MustID(id)}); err == nil {
		t.Error("a draft left before anybody sent it")
	}
	if n := b.does(b.ana, at+"/send", nil); n != http.StatusSeeOther {
		t.Fatalf("sending: %d", n)
	}
	got := b.at(b.besa, id)
	if len(got.Versions) != 1 || got.Versions[0].By != b.offices["athens"].ID || !got.Versions[0].Came || string(got.Text) != "The legal text." || got.Stage(b.other) != "answer" {
		t.Fatalf("the proposal as it came: %+v", got.Versions)
	}
	if a := b.get(b.besa, at); !strings.Contains(html.UnescapeString(a.body), "Their proposal waits for an answer") {
		t.Error("the page does not say that the proposal waits")
	}

	// The other office writes another version, with the text of before.
	form := b.form(b.offices["athens"].ID)
	form.Set("retention", "180")
	form["g[0].categories"] = []string{"D0"}
	if a := b.types(b.besa, at+"/edit", form, ""); a.code != http.StatusSeeOther {
		t.Fatalf("a counter-proposal: %d %s", a.code, a.body)
	}
	if n := b.does(b.besa, at+"/send", nil); n != http.StatusSeeOther {
		t.Fatalf("sending it: %d", n)
	}
	s := b.at(b.ana, id)
	if len(s.Versions) != 2 || s.Document.Retention != 180 || string(s.Text) != "The legal text." {
		t.Fatalf("the counter-proposal as it came: %+v", s.Document)
	}
	for _, path := range []string{at, at + "/versions/" + s.Versions[1].Hash} {
		if body := b.get(b.ana, path).body; !strings.Contains(body, "<del>365 days</del>") || !strings.Contains(body, "<ins>180 days</ins>") {
			t.Errorf("%s does not show what changed", path)
		}
	}

	// Both sign it; a version after that is refused.
	if n := b.does(b.ana, at+"/sign", nil); n != http.StatusSeeOther {
		t.Fatalf("signing: %d", n)
	}
	if got := b.at(b.besa, id); got.Stage(b.other) != "half_there" {
		t.Errorf("the signature did not come: %s", got.Stage(b.other))
	}
	if a := b.types(b.besa, at+"/edit", b.form(b.offices["athens"].ID), ""); a.code != http.StatusUnprocessableEntity {
		t.Errorf("another version after a signature: %d", a.code)
	}
	liaison := b.hire("tirana", "dua", access.Liaison)
	if n := b.does(liaison, at+"/sign", nil); n != http.StatusSeeOther {
		t.Fatalf("signing there: %d", n)
	}
	for _, v := range []*visitor{b.ana, b.besa} {
		if s := b.at(v, id); s.Status(b.clock.Now()) != "in_force" || len(s.Signatures) != 2 || len(s.Cards) != 2 {
			t.Errorf("%s: %s, %d signatures", v.login, s.Status(b.clock.Now()), len(s.Signatures))
		}
	}
	b.amends(at, id)
}

// amends lets later terms take the place of others, and the other office suspend and end them.
func (b *table) amends(at, id string) {
	t := b.T
	form := b.form(b.other)
	form.Set("replaces", id)
	form.Set("from", "2026-06-01")
	form.Set("until", "2028-06-01")
	next, second := b.drafted(b.leo, form)
	for _, step := range []struct {
		who  *visitor
		path string
	}{{b.leo, next + "/send"}, {b.besa, next + "/sign"}, {b.ana, next + "/sign"}} {
		if n := b.does(step.who, step.path, nil); n != http.StatusSeeOther {
			t.Fatalf("%s: %d", step.path, n)
		}
	}
	status := func(v *visitor, id string) string {
		all, err := b.n.directory.Terms(t.Context(), v.office.ID, b.at(v, id).Document.Other(v.office.ID).Office)
		b.must(err)
		for _, s := range all {
			if s.Document.ID.String() == id {
				return s.Status(b.clock.Now())
			}
		}
		return ""
	}
	for _, v := range []*visitor{b.ana, b.besa} {
		if a, z := status(v, id), status(v, second); a != "in_force" || z != "not_yet" {
			t.Errorf("%s, before the day: %s, %s", v.login, a, z)
		}
	}
	b.clock.Advance(100 * 24 * time.Hour)
	b.ana.signIn()
	b.besa.signIn()
	for _, v := range []*visitor{b.ana, b.besa} {
		if a, z := status(v, id), status(v, second); a != "replaced" || z != "in_force" {
			t.Errorf("%s, after the day: %s, %s", v.login, a, z)
		}
	}
	// Suspended by one, only that one resumes; ended is for good. Each is told.
	for _, x := range []struct {
		who      *visitor
		act      string
		code     int
		expected string
	}{{b.besa, "suspend", 303, "suspended"}, {b.ana, "resume", 303, "suspended"}, {b.besa, "resume", 303, "in_force"}, {b.besa, "end", 303, "ended"}} {
		if n := b.does(x.who, next+"/"+x.act, url.Values{"reason": {"breach"}}); n != x.code {
			t.Fatalf("%s: %d", x.act, n)
		}
		for _, v := range []*visitor{b.ana, b.besa} {
			if got := status(v, second); got != x.expected {
				t.Errorf("%s after %s by %s: %s", v.login, x.act, x.who.login, got)
			}
		}
	}
	if body := html.UnescapeString(b.get(b.ana, next).body); !strings.Contains(body, "Ended by Office in tirana: the terms were not kept to.") {
		t.Error("the page does not say who ended them and why")
	}
	if a := b.get(b.ana, "/terms"); a.code != 200 || strings.Count(a.body, "Protocol of the two offices") != 2 {
		t.Errorf("the list: %d", a.code)
	}
}

// TestNobodyGetsTermsThatTheyMayNotHave: H0 is for police and justice, where a shelter is is never shared, and whoever has
// blocked an office gets no proposal from it.
func TestNobodyGetsTermsThatTheyMayNotHave(t *testing.T) {
	b := newTable(t, "athens", "tirana")
	form := b.form(b.other)
	form.Set("handling", "H0")
	if a := b.types(b.ana, "/terms", form, "Text."); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "H0 is for police and justice") {
		t.Errorf("H0 between offices that assist: %d", a.code)
	}
	form = b.form(b.other)
	form["g[0].categories"] = []string{"D5"}
	if a := b.types(b.ana, "/terms", form, "Text."); a.code != http.StatusUnprocessableEntity {
		t.Errorf("where a shelter is: %d", a.code)
	}
	if a := b.types(b.ana, "/terms", b.form(b.other), ""); a.code != http.StatusUnprocessableEntity {
		t.Errorf("no text: %d", a.code)
	}
	at, id := b.drafted(b.ana, b.form(b.other))
	b.must(b.appendAs(b.besa, access.KindPartner, b.offices["athens"].ID, "partner.blocked", terms.Blocked{Reason: "decided_here"}))
	if n := b.does(b.ana, at+"/send", nil); n != http.StatusSeeOther {
		t.Fatalf("sending to who has blocked us: %d", n)
	}
	if s := b.at(b.ana, id); len(s.Returned) != 1 || s.Returned[0].Reason != "exchange.partner.blocked" {
		t.Errorf("not told that the proposal was refused: %+v", s.Returned)
	}
	if body := html.UnescapeString(b.get(b.ana, at).body); !strings.Contains(body, "Not delivered: proposal of sharing terms") {
		t.Error("the page does not say so")
	}
}

// TestOnlyWhomTheTermsNameTakesOn: where terms name who may take on a referral, nobody else of the receiving office does.
func TestOnlyWhomTheTermsNameTakesOn(t *testing.T) {
	for role, may := range map[access.Role]bool{access.FocalPoint: true, access.Prosecutor: false} {
		w := newWorld(t, "athens", "tirana")
		one, two := w.offices["athens"].ID, w.offices["tirana"].ID
		grant := terms.Grant{From: one, To: two, Purpose: "referral", Categories: []journal.Category{journal.D0, journal.D1, journal.D2}, Accept: []access.Role{role}}
		w.agree("athens", "tirana", grant, terms.Grant{From: two, To: one, Purpose: "referral", Categories: grant.Categories})
		h := &hosted{world: w, ana: w.hire("athens", "ana", access.CaseManager), besa: w.hire("tirana", "besa", access.FocalPoint, access.CaseManager)}
		f := h.offered("First")
		if err := h.say(f, "incoming.assigned", referral.Taken{Worker: h.besa.id}); (err == nil) != may || err != nil && !fault.Is(err, fault.Denied) {
			t.Errorf("terms name %s: a focal point takes it on: %v", role, err)
		}
	}
}

func (w *world) appendAs(v *visitor, kind string, id journal.ID, typ string, payload any) error {
	w.clock.Advance(time.Second)
	_, err := w.n.Store.Append(w.Context(), v.who(access.ForExchange), store.Ref{Kind: kind, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

// TestTermsThatEndAreTold: 90 days before the end on Today and on the terms, in red within 30; nobody is told of terms whose
// place others take.
func TestTermsThatEndAreTold(t *testing.T) {
	w := newWorld(t, "athens", "tirana")
	ana := w.hire("athens", "ana", access.CaseManager, access.Liaison)
	id := w.agree("athens", "tirana")
	for _, x := range []struct {
		days      int
		soon, now bool
	}{{100, false, false}, {80, true, false}, {20, false, true}} {
		days := x.days
		o, err := w.n.Store.Open(t.Context(), ana.who(access.ForExchange), store.Ref{Kind: access.KindTerms, ID: id})
		w.must(err)
		until := o.State.(terms.State).Document.Until
		w.clock.Set(until.Add(-time.Duration(days) * 24 * time.Hour))
		ana.signIn()
		today, page := html.UnescapeString(w.get(ana, "/").body), html.UnescapeString(w.get(ana, "/terms/"+id.String()).body)
		told := strings.Contains(today, "They end soon.")
		if told != (x.soon || x.now) {
			t.Errorf("%d days before, Today tells: %v", days, told)
		}
		if strings.Contains(page, "These terms end on") != (x.soon || x.now) || strings.Contains(page, "note note-bad") != x.now {
			t.Errorf("%d days before, the page: soon %v, urgent %v", days, strings.Contains(page, "These terms end on"), strings.Contains(page, "note note-bad"))
		}
	}
	o, err := w.n.Store.Open(t.Context(), ana.who(access.ForExchange), store.Ref{Kind: access.KindTerms, ID: id})
	w.must(err)
	last := o.State.(terms.State).Document.Until.UTC()
	w.clock.Set(time.Date(last.Year(), last.Month(), last.Day()-10, 22, 30, 0, 0, time.UTC)) // in Athens a day later
	ana.signIn()
	for _, path := range []string{"/", "/terms/" + id.String(), "/terms"} {
		if page := html.UnescapeString(w.get(ana, path).body); !strings.Contains(page, "in 10 days") || !strings.Contains(page, last.Format("2 January 2006")) {
			t.Errorf("%s counts the days to %s otherwise", path, last)
		}
	}
}

// TestTermsHoldBehindManyLaterOnes: beyond the first page of a list, those in force still cover, and Today still tells of those that end.
func TestTermsHoldBehindManyLaterOnes(t *testing.T) {
	d := newDesks(t)
	o, err := d.n.Store.Open(t.Context(), d.dorian.who(access.ForExchange), store.Ref{Kind: access.KindTerms, ID: d.terms})
	d.must(err)
	grants := o.State.(terms.State).Document.Grants
	d.clock.Advance(360 * 24 * time.Hour)
	for range store.PageSize + 1 {
		d.clock.Advance(time.Second)
		_, err := opDraftTerms(t.Context(), d.n, DraftIn{Of: Of{d.tirana}, Partner: d.athens, Title: "Not signed yet", Handling: "H2", Grants: grants, Basis: "Fictitious", TextName: "protocol.txt", Text: []byte("Fictitious."),
			From: d.clock.Now(), Until: d.clock.Now().AddDate(1, 0, 0), Retention: 365})
		d.must(err)
	}
	if id, err := d.n.directory.covering(t.Context(), d.tirana, d.athens, letter.Purpose, []journal.Category{journal.D0}); id != d.terms {
		t.Errorf("%v, %v", id, err)
	}
	id := d.n.newID()
	if err := d.writes(d.dorian, id, letter.WrittenType, letter.Letter{To: d.athens, Thread: id, Words: letter.Words{Subject: "s", Text: "t"}}); err != nil {
		t.Errorf("a guard does not find them: %v", err)
	}
	d.dorian.signIn()
	if today := html.UnescapeString(d.get(d.dorian, "/").body); !strings.Contains(today, "They end soon.") {
		t.Error("Today does not tell of the terms that end")
	}
}
