// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// hosted is two offices of one host that refer to each other: sealed, signed and checked as between two machines.
type hosted struct {
	*world
	ana, besa *visitor
	terms     journal.ID
}

func newHosted(t *testing.T) *hosted {
	t.Helper()
	h := &hosted{world: newWorld(t, "athens", "tirana")}
	h.ana, h.besa = h.hire("athens", "ana", access.CaseManager, access.Liaison), h.hire("tirana", "besa", access.FocalPoint, access.CaseManager, access.Liaison)
	h.terms = h.agree("athens", "tirana")
	h.ana.signIn()
	h.besa.signIn()
	return h
}

// offered opens a file and sends its offer.
func (h *hosted) offered(name string) file {
	h.Helper()
	f := h.open(h.ana, name, "tirana")
	h.must(h.n.Work.Offer(h.Context(), h.ana.who(access.ForReferral), f.id, f.referral, h.clock.Now().Add(5*24*time.Hour)))
	h.deliver()
	return f
}

// handed plays on to the hand-over.
func (h *hosted) handed(name string) file {
	h.Helper()
	f := h.offered(name)
	h.must(h.say(f, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}}))
	h.deliver()
	v, err := h.n.Work.Preview(h.Context(), h.ana.who(access.ForReferral), f.id, f.referral, h.clock.Now())
	h.must(err)
	h.must(h.n.Work.HandOver(h.Context(), h.ana.who(access.ForReferral), f.id, f.referral, v.Hash, h.clock.Now()))
	h.deliver()
	return f
}

func (h *hosted) say(f file, typ string, payload any) error {
	h.clock.Advance(time.Second)
	_, err := h.n.Store.Append(h.Context(), h.besa.who(access.ForReferral), store.Ref{Kind: access.KindReferralIn, ID: f.referral}, store.Draft{Type: typ, Payload: payload})
	return err
}

// out is the referral at its sender, in at its recipient.
func (h *hosted) out(f file) referral.Out {
	h.Helper()
	p, _, err := h.n.Work.Open(h.Context(), h.ana.who(access.ForAssistance), f.id)
	h.must(err)
	o, _ := p.Referral.Find(f.referral)
	return o
}

func (h *hosted) in(f file) referral.In {
	h.Helper()
	o, err := h.n.Store.Open(h.Context(), h.besa.who(access.ForReferral), store.Ref{Kind: access.KindReferralIn, ID: f.referral})
	h.must(err)
	return o.State.(referral.In)
}

// decide lets an office suspend, resume or end the terms, or block and unblock the other.
func (h *hosted) decide(by *visitor, kind string, id journal.ID, typ string, payload any) {
	h.Helper()
	h.clock.Advance(time.Second)
	_, err := h.n.Store.Append(h.Context(), by.who(access.ForExchange), store.Ref{Kind: kind, ID: id}, store.Draft{Type: typ, Payload: payload})
	h.must(err)
}

// Two offices of one host refer to each other by the same path as any two; what one of them ends or blocks is refused
// with a reason that both can read, and a withdrawal passes all the same.
func TestTwoOfficesOfOneHost(t *testing.T) {
	h := newHosted(t)
	f := h.handed("First")
	if o, in := h.out(f), h.in(f); o.Status != referral.HandedOver || o.ReceiptedAt.IsZero() || !strings.Contains(string(in.Package.D2), "NamedFirst") {
		t.Fatalf("handed over: %s, %s", o.Status, in.Package.D2)
	}
	var keys int
	h.must(h.n.DB.Read(t.Context(), func(tx dbTx) error {
		return tx.Row(t.Context(), `SELECT COUNT(DISTINCT owner) FROM vault_key`).Scan(&keys)
	}))
	if keys != 2 {
		t.Errorf("%d owners have keys of their own", keys)
	}

	second := h.open(h.ana, "Second", "tirana")
	h.decide(h.besa, access.KindTerms, h.terms, "terms.suspended", terms.Marked{Reason: "decided_here"})
	h.must(h.n.Work.Offer(t.Context(), h.ana.who(access.ForReferral), second.id, second.referral, h.clock.Now().Add(5*24*time.Hour)))
	h.deliver()
	if o := h.out(second); o.Status != referral.Declined || len(o.Refusals) != 1 || o.Refusals[0].Reason != "exchange.terms.suspended" {
		t.Errorf("an offer under terms suspended there: %s %+v", o.Status, o.Refusals)
	}
	for _, v := range []*visitor{h.ana, h.besa} { // both can read why
		other := "tirana"
		if v == h.besa {
			other = "athens"
		}
		if page := h.get(v, "/partners/"+h.offices[other].ID.String()); page.code != 200 || !strings.Contains(page.body, "These terms are suspended.") {
			t.Errorf("%s is not told why: %d", v.login, page.code)
		}
	}

	h.decide(h.besa, access.KindTerms, h.terms, "terms.ended", terms.Marked{Reason: "decided_here"})
	h.decide(h.besa, access.KindPartner, h.offices["athens"].ID, "partner.blocked", terms.Blocked{Reason: "decided_here"})
	h.write(h.ana, access.KindPerson, f.id, store.Draft{Type: "consent.withdrawn", Payload: consent.Ended{Receipt: f.receipt, By: consent.ByPerson}})
	h.deliver()
	o, in := h.out(f), h.in(f)
	if len(o.Recalls) != 1 || len(in.Package.Categories()) != 0 {
		t.Errorf("a withdrawal after the terms ended and the office was blocked: %+v, they hold %v", o.Recalls, in.Package.Categories())
	}
	if o.Recalls[0].Answered.IsZero() {
		t.Errorf("the erasure is not confirmed: %+v", o.Recalls)
	}
	third := h.open(h.ana, "Third", "tirana") // that they ended the terms was told here, so that nothing leaves
	if err := h.n.Work.Offer(t.Context(), h.ana.who(access.ForReferral), third.id, third.referral, h.clock.Now().Add(5*24*time.Hour)); !fault.Is(err, fault.Uncovered) {
		t.Errorf("an offer under terms that they have ended: %v", err)
	}
	v, err := opVerify(t.Context(), h.n, Of{})
	if err != nil || !v.OK || len(v.Reports) != 2 {
		t.Errorf("%+v %v", v, err)
	}
}

// An answer that comes after the offer was withdrawn, or twice, changes nothing; nobody else can answer.
func TestAnswersToWhatIsOver(t *testing.T) {
	h := newHosted(t)
	f := h.offered("First")
	h.write(h.ana, access.KindPerson, f.id, store.Draft{Type: "referral.withdrawn", Payload: referral.Withdrawn{Referral: f.referral, Person: true, Reason: "person_wish"}})
	h.must(h.say(f, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}})) // the two cross on their way
	h.deliver()
	if o, in := h.out(f), h.in(f); o.Status != referral.WithdrawnPerson || in.Status != referral.WithdrawnPerson {
		t.Errorf("withdrawn: %s here, %s there", o.Status, in.Status)
	}
	if err := h.say(f, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("answered after it was withdrawn: %v", err)
	}
}

// Terms say who signed them: somebody by name, the other office, or the command line, which the log says too.
func TestTermsSayWhoseHandSigned(t *testing.T) {
	h := newHosted(t)
	page := h.get(h.ana, "/terms/"+h.terms.String())
	for _, want := range []string{"on the command line, by whoever runs this machine; 2 Mar", "at that office; taken in here"} {
		if page.code != 200 || !strings.Contains(page.body, want) {
			t.Errorf("%d, no %q on the terms' page", page.code, want)
		}
	}
	oversight := h.hire("athens", "iris", access.Oversight)
	log := h.get(oversight, "/log")
	if log.code != 200 || !strings.Contains(log.body, "the command line") || !strings.Contains(log.body, "terms.signed") {
		t.Errorf("%d, the log does not say that the command line signed", log.code)
	}
	own, other := h.offices["athens"].ID, h.offices["tirana"].ID
	old, err := h.n.Store.Open(t.Context(), h.ana.who(access.ForExchange), store.Ref{Kind: access.KindTerms, ID: h.terms})
	h.must(err)
	draft := DraftIn{Of: Of{own}, Partner: other, Title: "By hand", Grants: old.State.(terms.State).Document.Grants, Handling: "H2", Basis: "Fictitious", TextName: "protocol.txt", Text: []byte("Fictitious."),
		From: h.clock.Now(), Until: h.clock.Now().AddDate(1, 0, 0), Retention: 30}
	drafted, err := opDraftTerms(t.Context(), h.n, draft)
	h.must(err)
	if a := h.post(h.ana, "/terms/"+drafted.Document.ID.String()+"/sign", nil); a.code >= 400 {
		t.Fatalf("signing: %d", a.code)
	}
	page = h.get(h.ana, "/terms/"+drafted.Document.ID.String())
	if !strings.Contains(page.body, "by Worker ana") || strings.Contains(page.body, "command line") {
		t.Errorf("signed by a person, the page says so not")
	}
}

// One's own card, a stranger's card and a changed one on the pages of partners.
func TestPinningOnThePages(t *testing.T) {
	h := newHosted(t)
	c, err := opCard(t.Context(), h.n, Of{h.offices["athens"].ID})
	h.must(err)
	if a := h.get(h.ana, "/office"); a.code != 200 || !strings.Contains(a.body, c.Words) {
		t.Errorf("one's own card: %d", a.code)
	}
	for name, x := range map[string]struct {
		card string
		code int
	}{"one's own": {string(c.Card), 422}, "a changed one": {strings.Replace(string(c.Card), "athens", "sparta", 1), 422}, "words": {"please pin me", 422}, "nothing": {"", 422}} {
		if a := h.post(h.ana, "/partners", map[string][]string{"card": {x.card}, "how": {"phone"}}); a.code != x.code {
			t.Errorf("%s: %d", name, a.code)
		}
	}
	there, err := opCard(t.Context(), h.n, Of{h.offices["tirana"].ID})
	h.must(err)
	if a := h.post(h.ana, "/partners", map[string][]string{"card": {string(there.Card)}, "how": {"somehow"}}); a.code != 422 {
		t.Errorf("pinned without a word how it was compared: %d", a.code)
	}
	if a := h.post(h.ana, "/partners/new", map[string][]string{"card": {string(there.Card)}}); a.code != 200 || !strings.Contains(a.body, there.Words) {
		t.Errorf("looking at a fingerprint: %d", a.code)
	}
	renewed, err := opRenewCard(t.Context(), h.n, RenewCardIn{Of: Of{h.offices["tirana"].ID}, Stolen: true})
	h.must(err)
	if a := h.post(h.ana, "/partners/new", map[string][]string{"card": {string(renewed.Card)}}); !strings.Contains(a.body, `name="stolen"`) || strings.Contains(a.body, `value="none" checked`) {
		t.Error("with new keys the page does not ask whether one was stolen, or answers itself")
	}
	for answer, code := range map[string]int{"": 422, "perhaps": 422} {
		if a := h.post(h.ana, "/partners", map[string][]string{"card": {string(renewed.Card)}, "how": {"phone"}, "stolen": {answer}}); a.code != code {
			t.Errorf("%q whether a key was stolen: %d", answer, a.code)
		}
	}
	if a := h.post(h.ana, "/partners", map[string][]string{"card": {string(renewed.Card)}, "how": {"phone"}, "stolen": {"none"}}); a.code != 303 {
		t.Errorf("new keys: %d", a.code)
	}
	partner := "/partners/" + h.offices["tirana"].ID.String()
	for _, act := range []string{"block", "unblock"} {
		if a := h.post(h.ana, partner+"/"+act, nil); a.code != 303 {
			t.Errorf("%s: %d", act, a.code)
		}
		if blocked := strings.Contains(h.get(h.ana, partner).body, "This office is blocked here."); blocked != (act == "block") {
			t.Errorf("after %s the page says blocked: %v", act, blocked)
		}
	}
	stranger := h.hire("athens", "nobody", access.Health)
	if a := h.post(stranger, partner+"/block", nil); a.code < 400 {
		t.Errorf("somebody without a part in it blocks an office: %d", a.code)
	}
}
