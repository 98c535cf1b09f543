// SPDX-License-Identifier: EUPL-1.2

package casetest

import (
	"encoding/json"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// Lindita is a fictitious person as the tests register her.
func Lindita() casework.Registration {
	return casework.Registration{
		Registered: casework.Registered{Code: "Larch", Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq", "el"}, Fictitious: true},
		Identity:   casework.Identity{Names: []string{"Lindita Prova"}, Born: "1999-04-23", Nationality: "AL"},
		Contact: casework.Contact{SafeToCall: casework.SafeAsk, SafeName: "the dentist", Channel: "call", Number: "+30 000 000 0001", Hours: "10 to 12",
			Never: []string{"her brother"}, CodeWord: "lemon"},
	}
}

// Register opens a file in Athens, Ana's.
func (w *World) Register(r casework.Registration) journal.ID {
	w.T.Helper()
	w.Clock.Advance(time.Second)
	r.None = true // stories register people of the same name
	id, err := w.Work.Register(w.Ctx, w.Ana(), r)
	w.must(err)
	return id
}

// Giving is a consent of the person to share categories with Tirana.
func (w *World) Giving(cats ...journal.Category) consent.Given {
	return consent.Given{Receipt: w.Store.NewID(), Purpose: consent.Referral, Recipient: Tirana, Categories: cats, Language: "sq", Interpreting: consent.Interpreter,
		By: consent.ByPerson, Expires: w.Clock.Now().Add(90 * 24 * time.Hour)}
}

// Consent gives one and its receipt.
func (w *World) Consent(id journal.ID, cats ...journal.Category) journal.ID {
	w.T.Helper()
	g := w.Giving(cats...)
	w.Do(w.Ana(), id, store.Draft{Type: "consent.given", Payload: g})
	return g.Receipt
}

// Withdraw ends a consent.
func (w *World) Withdraw(id, receipt journal.ID) {
	w.T.Helper()
	w.Do(w.Ana(), id, store.Draft{Type: "consent.withdrawn", Payload: consent.Ended{Receipt: receipt, By: consent.ByPerson}})
}

// Drafting is a referral to Tirana for psychological help.
func (w *World) Drafting(need journal.ID) referral.Drafted {
	return referral.Drafted{Referral: w.Store.NewID(), Recipient: Tirana, NeedID: need,
		Offer: referral.Offer{Need: "psychological", Age: "adult", Sex: "f", Languages: []string{"sq"}, Urgency: "week"}}
}

// Draft notes a need for psychological help, drafts a referral for it and looks at the risk.
func (w *World) Draft(id journal.ID) (need, ref journal.ID) { return w.DraftFor(id, "psychological") }

// DraftFor is Draft for a need of the catalogue.
func (w *World) DraftFor(id journal.ID, code string) (need, ref journal.ID) {
	w.T.Helper()
	need = w.Store.NewID()
	d := w.Drafting(need)
	d.Offer.Need = code
	w.Do(w.Ana(), id, store.Draft{Type: "service.need_identified", Payload: services.Noted{Need: need, Code: code, Urgency: "week"}},
		store.Draft{Type: "referral.drafted", Payload: d},
		store.Draft{Type: "referral.risk_assessed", Payload: referral.Assessed{Referral: d.Referral, Risk: referral.Risk{Level: "low", Measures: []string{"arrival_call"}}}})
	return need, d.Referral
}

// Offer sends the coded offer for five days and delivers it.
func (w *World) Offer(id, ref journal.ID) {
	w.T.Helper()
	w.must(w.Work.Offer(w.Ctx, w.Ana(), id, ref, w.Clock.Now().Add(5*24*time.Hour)))
	w.Deliver()
}

// Accept is Besa's yes, delivered.
func (w *World) Accept(ref journal.ID) {
	w.T.Helper()
	in, _ := w.In(ref)
	w.must(w.TryIn(w.Besa(), ref, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}, Conditions: "after Tuesday", Amendment: in.Number}))
	w.Deliver()
}

// Amending is the offer as it stands, to be changed and sent for the next five days.
func (w *World) Amending(id, ref journal.ID) casework.Amendment {
	w.T.Helper()
	o, _ := w.Person(w.Ana(), id).Referral.Find(ref)
	return casework.Amendment{Reason: "situation_changed", Urgency: o.Offer.Urgency, Period: o.Offer.Period, Languages: o.Offer.Languages, Categories: o.Plan, Met: o.Met, Expires: w.Clock.Now().Add(5 * 24 * time.Hour)}
}

// Amend changes the offer and delivers that.
func (w *World) Amend(id, ref journal.ID, change func(*casework.Amendment)) {
	w.T.Helper()
	a := w.Amending(id, ref)
	change(&a)
	w.Clock.Advance(time.Second)
	w.must(w.Work.Amend(w.Ctx, w.Ana(), id, ref, a))
	w.Deliver()
}

// Supplement sends what its preview shows now, and delivers it.
func (w *World) Supplement(id, ref journal.ID, corrects ...journal.Category) casework.Preview {
	w.T.Helper()
	w.Clock.Advance(time.Second)
	v, err := w.Work.PreviewSupplement(w.Ctx, w.Ana(), id, ref, corrects, w.Clock.Now())
	w.must(err)
	w.must(w.Work.Supplement(w.Ctx, w.Ana(), id, ref, corrects, v.Hash, w.Clock.Now()))
	w.Deliver()
	return v
}

// HandOver hands over what the preview shows now, and delivers it.
func (w *World) HandOver(id, ref journal.ID) {
	w.T.Helper()
	v, err := w.Work.Preview(w.Ctx, w.Ana(), id, ref, w.Clock.Now())
	w.must(err)
	w.must(w.Work.HandOver(w.Ctx, w.Ana(), id, ref, v.Hash, w.Clock.Now()))
	w.Deliver()
}

// Accepted plays the story up to the acceptance: a file, a consent to the categories, a need, an offer.
func (w *World) Accepted(cats ...journal.Category) (id, receipt, ref journal.ID) {
	w.T.Helper()
	id = w.Register(Lindita())
	w.Do(w.Ana(), id, store.Draft{Type: "note.added", Payload: casework.Noted{Sort: "account", Account: "planted account"}},
		store.Draft{Type: "note.added", Payload: casework.Noted{Sort: "legal", Legal: "planted legal note"}})
	receipt = w.Consent(id, cats...)
	_, ref = w.Draft(id)
	w.Offer(id, ref)
	w.Accept(ref)
	return id, receipt, ref
}

// HandedOver plays the story up to the hand-over.
func (w *World) HandedOver(cats ...journal.Category) (id, receipt, ref journal.ID) {
	w.T.Helper()
	id, receipt, ref = w.Accepted(cats...)
	w.HandOver(id, ref)
	return id, receipt, ref
}

// Deliver delivers every recorded message that has not arrived, as the post would, until none is left.
func (w *World) Deliver() {
	w.T.Helper()
	for moved := true; moved; {
		moved = false
		for _, from := range []journal.ID{Athens, Tirana} {
			for _, m := range w.Sent(from) {
				if !w.arrived[m.ID] {
					w.arrive(from, m)
					w.arrived[m.ID], moved = true, true
				}
			}
		}
	}
}

// arrive writes one message where it belongs.
func (w *World) arrive(from journal.ID, m referral.Message) {
	w.T.Helper()
	ref := store.Ref{Kind: access.KindReferralIn, ID: m.Referral}
	d := store.Draft{ID: m.ID}
	switch m.Type {
	case referral.MsgOffer:
		b := body[referral.OfferBody](w, m)
		d.Type, d.Payload = "incoming.offered", referral.CameIn{From: from, Offer: b.Offer, Expires: b.Expires, Slips: b.Slips, Grounds: b.Grounds}
	case referral.MsgPackage:
		b := body[referral.PackageBody](w, m)
		p, _ := referral.PackageOf(b.Parts)
		d.Type, d.Payload = "incoming.handed_over", referral.Received{Slips: b.Slips, Grounds: b.Grounds, Cover: b.Cover, Amendment: b.Amendment, Package: p}
	case referral.MsgAmend:
		b := body[referral.AmendBody](w, m)
		d.Type, d.Payload = "incoming.amended", referral.InAmended{Number: b.Number, Reason: b.Reason, Offer: b.Offer, Categories: b.Categories, Met: b.Met, Expires: b.Expires, Slips: b.Slips, Grounds: b.Grounds}
	case referral.MsgSupplement:
		b := body[referral.SupplementBody](w, m)
		p, _ := referral.PackageOf(b.Parts)
		d.Type, d.Payload = "incoming.supplemented", referral.InSupplied{Number: b.Number, Corrects: b.Corrects, Slips: b.Slips, Grounds: b.Grounds, Cover: b.Cover, Package: p}
	case referral.MsgWithdraw:
		b := body[referral.WithdrawBody](w, m)
		d.Type, d.Payload = "incoming.withdrawn", referral.InWithdrawn{Person: b.Person, Reason: b.Reason}
	case referral.MsgRecall:
		b := body[referral.RecallBody](w, m)
		d.Type, d.Payload = "incoming.recalled", referral.InRecalled{Receipt: b.Receipt, Categories: b.Categories}
	default:
		w.arriveBack(m)
		return
	}
	_, err := w.Store.Append(w.Ctx, w.Job(m.To, "post"), ref, d)
	w.must(err)
}

// arriveBack writes what the recipient says into the person's file.
func (w *World) arriveBack(m referral.Message) {
	w.T.Helper()
	post := w.Job(m.To, "post")
	page, err := w.Store.List(w.Ctx, post, store.Query{Kind: access.KindPerson, Codes: map[string]string{"ref": referral.RefCode(referral.Out{Drafted: referral.Drafted{Referral: m.Referral, Recipient: Tirana}})}})
	w.must(err)
	if len(page.Rows) != 1 {
		w.T.Fatalf("%d files for one answer", len(page.Rows))
	}
	d := store.Draft{ID: m.ID}
	switch m.Type {
	case referral.MsgAnswer:
		d.Type, d.Payload = "referral.answered", referral.Answered(body[referral.AnswerBody](w, m))
	case referral.MsgFeedback:
		d.Type, d.Payload = "referral.feedback", referral.Reported(body[referral.FeedbackBody](w, m))
	case referral.MsgErased:
		d.Type, d.Payload = "referral.erasure_confirmed", referral.Confirmed(body[referral.ErasedBody](w, m))
	}
	_, err = w.Store.Append(w.Ctx, post, page.Rows[0].Ref, d)
	w.must(err)
}

func body[T any](w *World, m referral.Message) T {
	w.T.Helper()
	var v T
	w.must(json.Unmarshal(m.Body, &v))
	return v
}
