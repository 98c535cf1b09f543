// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
)

// chambers is a judge's office that asks and the units that could be asked.
type chambers struct {
	*world
	judge, clerk, focal, other *visitor
	at                         string
	id                         journal.ID
}

const plantedChild, plantedFacts, plantedReport = "Planted Child", "PLANTED REASON", "PLANTED REPORT"

func newChambers(t *testing.T) *chambers {
	t.Helper()
	w := newWorld(t, "court", "tirana", "athens")
	c := &chambers{world: w, judge: w.hire("court", "judge", access.Prosecutor), clerk: w.hire("court", "clerk", access.Prosecutor), focal: w.hire("tirana", "focal", access.FocalPoint), other: w.hire("tirana", "colleague", access.CaseManager)}
	court, tirana := w.offices["court"].ID, w.offices["tirana"].ID
	w.agree("court", "tirana", terms.Grant{From: court, To: tirana, Purpose: inquiry.Purpose, Categories: []journal.Category{journal.D0, journal.D2, journal.D3, journal.D6}},
		terms.Grant{From: tirana, To: court, Purpose: inquiry.Purpose, Categories: []journal.Category{journal.D0, journal.D3}})
	c.id = w.n.newID()
	c.at = inquiry.Path + "/" + c.id.String()
	return c
}

// asked is what the judge types.
func (c *chambers) asked() url.Values {
	return url.Values{"dossier": {c.id.String()}, "entry": {c.n.newID().String()}, "to": {c.offices["tirana"].ID.String()}, "second": {c.clerk.id.String()}, "basis": {"convention"}, "article": {"Article 34"}, "decision": {"Order 12"},
		"questions": {"living_conditions", "parents"}, "children": {"1"}, "due": {"2026-04-01"}, "told": {"told"}, "names": {plantedChild}, "reach": {"Shkodra"}, "facts": {plantedFacts}}
}

// does posts an act that must be taken.
func (c *chambers) does(v *visitor, act string, form url.Values) {
	c.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("entry", c.n.newID().String())
	if a := c.post(v, c.at+"/"+act, form); a.code != http.StatusSeeOther {
		c.Fatalf("%s at %s: %d %s", v.login, act, a.code, a.body)
	}
	c.deliver()
}

func (c *chambers) state(v *visitor) inquiry.Inquiry {
	c.Helper()
	o, err := c.n.Store.Open(c.Context(), v.who(access.ForReferral), store.Ref{Kind: access.KindInquiry, ID: c.id})
	c.must(err)
	return o.State.(inquiry.Inquiry)
}

var wordMissing = regexp.MustCompile(`\[inquiry\.[a-z_.]+\]`)

// sees gives a page, which must come with all its words.
func (c *chambers) sees(v *visitor, path string) string {
	c.Helper()
	a := c.get(v, path)
	if a.code != http.StatusOK || wordMissing.MatchString(a.body) {
		c.Fatalf("%s at %s: %d %s", v.login, path, a.code, wordMissing.FindString(a.body))
	}
	return a.body
}

// TestASocialInquiryAcrossTheBorder is journey J12a as far as two offices go: a sealed request with legal basis and day, two
// people, only to the competent unit; taken on and answered in time; read by those who handle it and nobody else.
func TestASocialInquiryAcrossTheBorder(t *testing.T) {
	c := newChambers(t)
	if b := c.sees(c.judge, inquiry.Path); !strings.Contains(b, "There is no request") {
		t.Error("the empty list")
	}
	form := c.sees(c.judge, inquiry.Path+"/new")
	if !strings.Contains(form, "Office in tirana") || strings.Contains(form, "Office in athens") || strings.Contains(form, `value="`+c.judge.id.String()+`"`) {
		t.Error("the form offers a unit that no terms reach, or the judge as the second person")
	}
	wrong := c.asked()
	wrong.Del("article")
	wrong.Set("due", "2026-03-01")
	if a := c.post(c.judge, inquiry.Path+"/new", wrong); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Name the article") || !strings.Contains(a.body, "a day still to come") || !strings.Contains(a.body, plantedFacts) {
		t.Errorf("without an article and too late: %d", a.code)
	}
	if a := c.post(c.judge, inquiry.Path+"/new", c.asked()); a.code != http.StatusSeeOther {
		t.Fatalf("drafting: %d %s", a.code, a.body)
	}
	c.deliver()
	if a := c.post(c.judge, c.at+"/send", url.Values{"entry": {c.n.newID().String()}}); a.code != http.StatusConflict {
		t.Errorf("sent by who drafted it: %d", a.code)
	}
	if rows, err := c.n.Store.List(t.Context(), c.focal.who(access.ForReferral), store.Query{Kind: access.KindInquiry}); err != nil || len(rows.Rows) != 0 {
		t.Fatalf("it left before a second person sent it: %v", err)
	}
	if b := c.sees(c.clerk, c.at); !strings.Contains(b, "You are the second person") || !strings.Contains(b, plantedChild) {
		t.Error("the second person cannot read what to send")
	}
	c.does(c.clerk, "send", nil)

	// There: codes are seen by those who could take it, the rest by who has taken it.
	if b := c.sees(c.focal, c.at); strings.Contains(b, plantedChild) || strings.Contains(b, plantedFacts) || !strings.Contains(b, "is read by whoever handles it") {
		t.Error("a request that nobody has taken shows who it is about")
	}
	if a := c.post(c.focal, c.at+"/accept", url.Values{"entry": {c.n.newID().String()}}); a.code == http.StatusSeeOther {
		t.Error("accepted by somebody who does not handle it")
	}
	c.does(c.focal, "take", nil)
	if b := c.sees(c.focal, c.at); !strings.Contains(b, plantedChild) || !strings.Contains(b, plantedFacts) || !strings.Contains(b, "Article 34") {
		t.Error("who handles it cannot read it")
	}
	if b := c.sees(c.other, c.at); strings.Contains(b, plantedChild) || strings.Contains(b, plantedFacts) {
		t.Error("a colleague reads who it is about")
	}
	c.does(c.focal, "accept", nil)
	if a := c.post(c.focal, c.at+"/answer", url.Values{"entry": {c.n.newID().String()}, "found": {"done"}}); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Write the report") {
		t.Errorf("answered without a report: %d", a.code)
	}
	c.does(c.focal, "answer", url.Values{"found": {"done"}, "report": {plantedReport}})
	for _, v := range []*visitor{c.judge, c.clerk} {
		if b := c.sees(v, c.at); !strings.Contains(b, plantedReport) || !strings.Contains(b, "in time") {
			t.Errorf("%s does not read the answer", v.login)
		}
	}
	if in, known := c.state(c.judge).InTime(); !in || !known {
		t.Error("answered in time, and not counted so")
	}
	stranger := c.hire("court", "stranger", access.Prosecutor)
	if a := c.get(stranger, c.at); a.code != http.StatusNotFound && a.code != http.StatusForbidden {
		t.Errorf("somebody else of the court reads it: %d", a.code)
	}
	for _, v := range []*visitor{c.judge, c.focal} {
		if b := c.sees(v, inquiry.Path); strings.Contains(b, plantedChild) || !strings.Contains(b, "living conditions") {
			t.Errorf("the list of %s", v.login)
		}
		if b := c.get(v, "/partners/"+c.offices["tirana"].ID.String()).body; wordMissing.MatchString(b) {
			t.Error("a message without its word")
		}
	}
}

// TestARefusalHasAReasonAndARequestTakenBackIsErased: refused with a reason; taken back, nothing of it is left where it came to.
func TestARefusalHasAReasonAndARequestTakenBackIsErased(t *testing.T) {
	c := newChambers(t)
	draft := func() {
		t.Helper()
		c.id = c.n.newID()
		c.at = inquiry.Path + "/" + c.id.String()
		if a := c.post(c.judge, inquiry.Path+"/new", c.asked()); a.code != http.StatusSeeOther {
			t.Fatalf("%d %s", a.code, a.body)
		}
		c.does(c.clerk, "send", nil)
		c.does(c.focal, "take", nil)
	}
	draft()
	if a := c.post(c.focal, c.at+"/refuse", url.Values{"entry": {c.n.newID().String()}}); a.code != http.StatusUnprocessableEntity {
		t.Errorf("refused without a reason: %d", a.code)
	}
	c.does(c.focal, "refuse", url.Values{"reason": {"not_competent"}})
	if b := c.sees(c.judge, c.at); !strings.Contains(b, "this unit is not competent") {
		t.Error("the refusal's reason does not come back")
	}
	draft()
	c.does(c.judge, "withdraw", url.Values{"reason": {"no_longer_needed"}})
	i := c.state(c.focal)
	if i.Status() != inquiry.Withdrawn || i.Draft.Child != nil || i.Draft.Facts != "" || i.Missing[journal.D2] != journal.Erased {
		t.Errorf("taken back, and still there: %+v", i.Draft)
	}
	if b := c.sees(c.focal, c.at); !strings.Contains(b, "was erased") {
		t.Error("it is not told that it was erased")
	}
}

// A request that came back as not delivered may have arrived all the same: taken back, or sent to another unit, it is erased
// there too. Free words have no place beside codes.
func TestWhatMayHaveArrivedIsTakenBackEverywhere(t *testing.T) {
	for _, act := range []string{"withdraw", "draft"} {
		c := newChambers(t)
		athens, court := c.offices["athens"].ID, c.offices["court"].ID
		c.agree("court", "athens", terms.Grant{From: court, To: athens, Purpose: inquiry.Purpose, Categories: []journal.Category{journal.D0, journal.D2, journal.D3, journal.D6}})
		if a := c.post(c.judge, inquiry.Path+"/new", c.asked()); a.code != http.StatusSeeOther {
			t.Fatalf("%d %s", a.code, a.body)
		}
		c.does(c.clerk, "send", nil)
		c.does(c.focal, "take", nil)
		ref := store.Ref{Kind: access.KindInquiry, ID: c.id}
		for _, said := range []inquiry.Said{{Outcome: inquiry.Accepted, Reason: plantedChild}, {Outcome: inquiry.Accepted, Found: plantedChild}} {
			if _, err := c.n.Store.Append(t.Context(), c.focal.who(access.ForReferral), ref, store.Draft{Type: inquiry.AcceptedType, Payload: said}); !fault.Is(err, fault.Invalid) {
				t.Errorf("words beside a code were taken: %v", err)
			}
		}
		job, err := c.n.Job(court, "post", access.ForDelivery)
		c.must(err)
		_, err = c.n.Store.Append(t.Context(), job, ref, store.Draft{Type: inquiry.ReturnedType, Payload: inquiry.Back{Reason: "exchange.post.expired"}})
		c.must(err)
		if act == "withdraw" {
			c.does(c.judge, "withdraw", url.Values{"reason": {"wish"}})
		} else {
			again := inquiry.Draft{To: athens, Second: c.clerk.id, Asked: c.state(c.judge).Draft.Asked}
			_, err = c.n.Store.Append(t.Context(), c.judge.who(access.ForReferral), ref, store.Draft{Type: inquiry.DraftedType, Payload: again})
			c.must(err)
			c.deliver()
		}
		if i := c.state(c.focal); i.Draft.Child != nil || i.Draft.Facts != "" || i.Missing[journal.D2] != journal.Erased {
			t.Errorf("%s: it is still there: %+v", act, i.Draft)
		}
	}
}

// TestWhatTermsDoNotCoverIsNotAsked: a category that terms leave out keeps the whole request here.
func TestWhatTermsDoNotCoverIsNotAsked(t *testing.T) {
	c := newChambers(t)
	athens, court := c.offices["athens"].ID, c.offices["court"].ID
	c.agree("court", "athens", terms.Grant{From: court, To: athens, Purpose: inquiry.Purpose, Categories: []journal.Category{journal.D0, journal.D2}})
	ask := c.asked()
	ask.Set("to", athens.String())
	if a := c.post(c.judge, inquiry.Path+"/new", ask); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	if a := c.post(c.clerk, c.at+"/send", url.Values{"entry": {c.n.newID().String()}}); a.code != http.StatusForbidden || c.state(c.clerk).Status() != inquiry.Drafted {
		t.Errorf("sent without terms that cover it: %d", a.code)
	}
	for _, office := range []string{"paris", "border"} { // who may not hold such a request at all
		kind := map[string]access.OfficeKind{"paris": access.Programme, "border": access.Police}[office]
		who := store.Who{Actor: access.Actor{ID: c.judge.id, Owner: c.judge.office.ID, Office: kind, Roles: []access.Role{access.Prosecutor}}, Purpose: access.ForReferral}
		r := access.Request{Actor: who.Actor, Action: access.Write, Type: inquiry.DraftedType, Category: journal.D2, Purpose: who.Purpose, Row: access.Row{Owner: who.Actor.Owner, Kind: access.KindInquiry, Relations: []access.Relation{access.Founder}}}
		if c.n.rules(who.Actor.Owner).Authorize(r).Allow {
			t.Errorf("an office of kind %s holds requests", kind)
		}
	}
}

// TestAUnitThatWasAwayHearsOnce: the unit is away for days; what waits comes backwards and twice, and stands as it was written.
func TestAUnitThatWasAwayHearsOnce(t *testing.T) {
	c := newChambers(t)
	if a := c.post(c.judge, inquiry.Path+"/new", c.asked()); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	sealed := func(owner journal.ID) (out [][]byte) {
		t.Helper()
		c.must(c.n.DB.Read(t.Context(), func(tx dbTx) error {
			rows, err := tx.Query(t.Context(), `SELECT sealed FROM post_out WHERE owner = $1 AND state = 'queued' ORDER BY at, seq`, owner)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var b []byte
				if err := rows.Scan(&b); err != nil {
					return err
				}
				out = append(out, b)
			}
			return rows.Err()
		}))
		return out
	}
	write := func(v *visitor, typ string, payload any) {
		t.Helper()
		c.clock.Advance(60_000_000_000)
		_, err := c.n.Store.Append(t.Context(), v.who(access.ForReferral), store.Ref{Kind: access.KindInquiry, ID: c.id}, store.Draft{Type: typ, Payload: payload})
		c.must(err)
	}
	court, tirana := c.offices["court"].ID, c.offices["tirana"].ID
	write(c.clerk, inquiry.SentType, inquiry.Sending{To: tirana})
	c.clock.Advance(5 * 24 * 3600_000_000_000)
	for _, b := range slices.Repeat(sealed(court), 3) {
		_, err := c.n.Post.Receive(t.Context(), tirana, b)
		c.must(err)
	}
	write(c.focal, inquiry.TakenType, inquiry.Taken{Worker: c.focal.id})
	write(c.focal, inquiry.AcceptedType, inquiry.Said{Outcome: inquiry.Accepted})
	write(c.focal, inquiry.AnsweredType, inquiry.Said{Outcome: inquiry.Answered, Found: "done", Report: plantedReport})
	back := sealed(tirana)
	slices.Reverse(back)
	if len(back) != 2 {
		t.Fatalf("%d messages wait", len(back))
	}
	for _, b := range slices.Repeat(back, 2) {
		_, err := c.n.Post.Receive(t.Context(), court, b)
		c.must(err)
	}
	if i := c.state(c.judge); i.Status() != inquiry.Answered || i.Said.Report != plantedReport {
		t.Errorf("%s, %q", i.Status(), i.Said.Report)
	}
	o, err := c.n.Store.Open(t.Context(), c.judge.who(access.ForReferral), store.Ref{Kind: access.KindInquiry, ID: c.id})
	c.must(err)
	heard := 0
	for _, e := range o.Entries {
		if e.Type == inquiry.HeardType {
			heard++
		}
	}
	if heard != 2 {
		t.Errorf("the court heard %d times", heard)
	}
	// Nobody speaks in another office's name.
	for _, typ := range []string{inquiry.HeardType, inquiry.ReturnedType} {
		if _, err := c.n.Store.Append(t.Context(), c.judge.who(access.ForReferral), store.Ref{Kind: access.KindInquiry, ID: c.id}, store.Draft{Type: typ, Payload: inquiry.Said{Outcome: inquiry.Refused}}); err == nil {
			t.Errorf("%s by hand: %v", typ, err)
		}
	}
}

// TestTheSecondPersonIsOneWhoMaySend: a request is handed to a colleague who can read and send it; to somebody of another work it would
// be shown as nothing at all, and wait for ever. Where there is no such colleague the form says so.
func TestTheSecondPersonIsOneWhoMaySend(t *testing.T) {
	c := newChambers(t)
	watch := c.hire("court", "watch", access.Oversight)
	form := c.sees(c.judge, inquiry.Path+"/new")
	if !strings.Contains(form, c.clerk.id.String()) || strings.Contains(form, watch.id.String()) || strings.Contains(form, c.judge.id.String()) || strings.Contains(form, "Nobody else here can read this") {
		t.Error("the form offers whoever cannot send it, or not whoever can")
	}
	alone := c.hire("athens", "alone", access.CaseManager)
	c.hire("athens", "psychologist", access.Health)
	if form := c.sees(alone, inquiry.Path+"/new"); !strings.Contains(form, "Nobody else here can read this") {
		t.Error("the form does not say that nobody else can send it")
	}
}
