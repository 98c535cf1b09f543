// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// screened stands in for the screening room's entry, which this room only counts.
type screened struct {
	Rule string `json:"rule" part:"D0"`
}

func draft(typ string, payload any) store.Draft { return store.Draft{Type: typ, Payload: payload} }

// refused fails the test unless err is a fault of this kind and key.
func refused(t *testing.T, err error, k fault.Kind, key string) {
	t.Helper()
	f, ok := err.(*fault.Fault)
	if !ok || f.Kind != k {
		t.Fatalf("want %s %s, got %v", k, key, err)
	}
	if f.Key == key {
		return
	}
	for _, x := range f.Fields {
		if x.Key == key {
			return
		}
	}
	t.Fatalf("want %s, got %v", key, err)
}

func hour(n int) time.Duration { return time.Duration(n) * time.Hour }

func day(w *casetest.World, n int) time.Time {
	return w.Clock.Now().Add(time.Duration(n) * 24 * time.Hour)
}

// G3: a need moves the same whatever identification has come to.
func TestG3ServicesWaitForNoStatus(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	for _, step := range []casework.Identified{{Step: casework.Presumed}, {Step: casework.UnderDecision},
		{Step: casework.NotRecognised, Reason: "not enough", Remedy: "review panel", Until: day(w, 30), Told: "sq"}, {Step: casework.Reopened}} {
		w.Do(w.Ana(), id, draft("track.identification", step))
		need := w.Store.NewID()
		w.Do(w.Ana(), id, draft("service.need_identified", services.Noted{Need: need, Code: "medical", Urgency: "immediate"}),
			draft("service.step", services.Stepped{Need: need, Step: services.InDelivery}), draft("service.step", services.Stepped{Need: need, Step: services.Met}))
	}
}

// G4: in doubt about age the child's rules hold: no consent to share by her alone.
func TestG4AgeInDoubtIsAChild(t *testing.T) {
	w := casetest.New(t)
	r := casetest.Lindita()
	r.Age = "not_sure"
	id := w.Register(r)
	alone := draft("consent.given", w.Giving(journal.D0))
	refused(t, w.Try(w.Ana(), id, alone), fault.Guarded, "consent.guard.guardian")
	g := w.Giving(journal.D0)
	g.By, g.Guardian, g.ChildView = consent.ByGuardian, "Guardian Prova", "wants it"
	refused(t, w.Try(w.Ana(), id, draft("consent.given", g)), fault.Guarded, "consent.guard.guardian")
	w.Do(w.Ana(), id, draft("track.child", casework.ChildStep{Guardian: "appointed"}), draft("consent.given", g))
	w.Do(w.Ana(), id, draft("track.child", casework.ChildStep{Age: "adult"}), alone)
}

// G5: a child whose guardian is not appointed: identity stays, even where a consent seems to cover it.
func TestG5ChildWithoutGuardian(t *testing.T) {
	w := casetest.New(t)
	id, _, ref := w.Accepted(journal.D0, journal.D1, journal.D2)
	w.Do(w.Ana(), id, draft("track.child", casework.ChildStep{Age: "child", Guardian: "requested"}))
	v, err := w.Work.Preview(w.Ctx, w.Ana(), id, ref, w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	refused(t, w.Work.HandOver(w.Ctx, w.Ana(), id, ref, v.Hash, w.Clock.Now()), fault.Guarded, "referral.guard.guardian")
	w.Do(w.Ana(), id, draft("track.child", casework.ChildStep{Guardian: "appointed"}))
	w.HandOver(id, ref)
}

// G5: what a law or a court asks for waits for the child's guardian; danger does not.
func TestG5InDangerAChildsIdentityGoes(t *testing.T) {
	w := casetest.New(t)
	id, _, ref := w.Accepted(journal.D0, journal.D1, journal.D2) // given while she passed for an adult
	w.Do(w.Ana(), id, draft("person.assigned", casework.Assigned{Worker: w.Vera().Actor.ID, Relation: access.AsSuper}),
		draft("track.child", casework.ChildStep{Age: "child", Guardian: "requested"}))
	on := func(k consent.GroundKind) {
		g := consent.Ground{Ground: w.Store.NewID(), Kind: k, Article: "Art. 14", Recipient: casetest.Tirana, Categories: []journal.Category{journal.D2}, Why: "why", Told: true, Until: day(w, 20)}
		w.Do(w.Ana(), id, draft("consent.ground_proposed", g))
		w.Do(w.Vera(), id, draft("consent.ground_confirmed", consent.GroundConfirmed{Ground: g.Ground}))
	}
	handOver := func() error {
		v, err := w.Work.Preview(w.Ctx, w.Ana(), id, ref, w.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return w.Work.HandOver(w.Ctx, w.Ana(), id, ref, v.Hash, w.Clock.Now())
	}
	on(consent.CourtOrder)
	refused(t, handOver(), fault.Guarded, "referral.guard.guardian")
	on(consent.DangerToChild)
	if err := handOver(); err != nil {
		t.Fatal(err)
	}
}

// G6: no coded offer without a live consent or ground that covers it.
func TestG6NoOfferWithoutConsent(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	_, ref := w.Draft(id)
	offer := func() error { return w.Work.Offer(w.Ctx, w.Ana(), id, ref, day(w, 5)) }
	refused(t, offer(), fault.Uncovered, "referral.guard.no_consent")

	w.Consent(id, journal.D1, journal.D2) // names no codes
	refused(t, offer(), fault.Uncovered, "referral.guard.no_consent")
	elsewhere := w.Giving(journal.D0)
	elsewhere.Recipient = w.Store.NewID()
	assistance := w.Giving(journal.D0)
	assistance.Purpose = consent.Assistance
	short := w.Giving(journal.D0)
	short.Expires = day(w, 1)
	w.Do(w.Ana(), id, draft("consent.given", elsewhere), draft("consent.given", assistance), draft("consent.given", short))
	w.Clock.Advance(48 * time.Hour)
	refused(t, offer(), fault.Uncovered, "referral.guard.no_consent")

	receipt := w.Consent(id, journal.D0)
	w.Do(w.Ana(), id, draft("consent.suspended", consent.Ended{Receipt: receipt, By: consent.ByPerson}))
	refused(t, offer(), fault.Uncovered, "referral.guard.no_consent")
	w.Do(w.Ana(), id, draft("consent.resumed", consent.Ended{Receipt: receipt, By: consent.ByPerson}))
	w.Allowed = nil
	if err := offer(); !fault.Is(err, fault.Uncovered) {
		t.Fatalf("without sharing terms: %v", err)
	}
	if ms := w.Sent(casetest.Athens); len(ms) != 0 {
		t.Fatalf("something left: %v", w.Types(casetest.Athens))
	}
	w.Allowed = []journal.Category{journal.D0}
	w.Offer(id, ref)
	if in, _ := w.In(ref); in.Status != referral.Offered {
		t.Fatalf("the offer stands at %s", in.Status)
	}
}

// G6: a ground other than consent needs two people, and then carries an offer across.
func TestG6GroundNeedsTwoPeople(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	w.Do(w.Ana(), id, draft("person.assigned", casework.Assigned{Worker: w.Vera().Actor.ID, Relation: access.AsSuper}))
	_, ref := w.Draft(id)
	g := consent.Ground{Ground: w.Store.NewID(), Kind: consent.DangerToLife, Article: "Art. 14", Recipient: casetest.Tirana, Categories: []journal.Category{journal.D0, journal.D2},
		Why: "a threat", Until: day(w, 20)}
	refused(t, w.Try(w.Ana(), id, draft("consent.ground_proposed", g)), fault.Invalid, "consent.need.why_not_told")
	g.Told = true
	w.Do(w.Ana(), id, draft("consent.ground_proposed", g))
	refused(t, w.Work.Offer(w.Ctx, w.Ana(), id, ref, day(w, 5)), fault.Uncovered, "referral.guard.no_consent")
	confirm := draft("consent.ground_confirmed", consent.GroundConfirmed{Ground: g.Ground})
	refused(t, w.Try(w.Ana(), id, confirm), fault.Guarded, "consent.guard.second_person")
	w.Do(w.Vera(), id, confirm)
	w.Offer(id, ref)
	w.Accept(ref)
	w.HandOver(id, ref)
	in, _ := w.In(ref)
	if cats := in.Package.Categories(); len(cats) != 1 || cats[0] != journal.D2 {
		t.Fatalf("handed over %v", cats)
	}
	w.Do(w.Ana(), id, draft("referral.withdrawn", referral.Withdrawn{Referral: ref, Reason: "danger"}))
	w.Deliver()
	if r := w.Person(w.Ana(), id).Referral.Out[0].Recalls; len(r) != 1 || r[0].Answered.IsZero() {
		t.Fatalf("the erasure of what a ground carried is never answered: %+v", r)
	}
}

// G6: rest comes between a screening and the question whether to share.
func TestG6RestBeforeSharing(t *testing.T) {
	w := casetest.New(t, casework.Beside{Types: []store.Type{store.Type{Name: "screening.recorded", Payload: screened{}}}})
	id := w.Register(casetest.Lindita())
	w.Do(w.Ana(), id, draft("screening.recorded", screened{"none"}))
	at := w.Clock.Now()
	for _, wait := range []time.Duration{time.Minute, time.Hour, consent.Rest - 2*time.Second} {
		w.Clock.Set(at.Add(wait))
		refused(t, w.Try(w.Ana(), id, draft("consent.given", w.Giving(journal.D0))), fault.Guarded, "consent.guard.rest")
	}
	own := w.Giving(journal.D0)
	own.Recipient, own.Purpose = journal.ID{}, consent.Assistance
	w.Do(w.Ana(), id, draft("consent.given", own)) // help here never waits
	w.Clock.Set(at.Add(consent.Rest))
	w.Consent(id, journal.D0)
}

// G7: a withdrawn consent ends sharing here at once and sends a recall that must be answered.
func TestG7Withdrawal(t *testing.T) {
	w := casetest.New(t)
	id, receipt, ref := w.HandedOver(journal.D0, journal.D1, journal.D2, journal.D3)
	w.Withdraw(id, receipt)
	o, _ := w.Person(w.Ana(), id).Referral.Find(ref)
	if len(o.Recalls) != 1 || !o.Recalls[0].Answered.IsZero() {
		t.Fatalf("recalls %+v", o.Recalls)
	}
	if ts := w.Types(casetest.Athens); ts[len(ts)-1] != referral.MsgRecall {
		t.Fatalf("sent %v", ts)
	}
	if d := w.Person(w.Ana(), id).Dues(); d[len(d)-1].What != "recall" {
		t.Fatalf("an unanswered recall is not due: %+v", d)
	}
	w.Deliver()
	o, _ = w.Person(w.Ana(), id).Referral.Find(ref)
	if o.Recalls[0].Answered.IsZero() || len(o.Recalls[0].Held) != 3 {
		t.Fatalf("unanswered: %+v", o.Recalls)
	}
	_, second := w.DraftFor(id, "legal")
	refused(t, w.Work.Offer(w.Ctx, w.Ana(), id, second, day(w, 5)), fault.Uncovered, "referral.guard.no_consent")
	refused(t, w.Try(w.Ana(), id, draft("consent.withdrawn", consent.Ended{Receipt: receipt, By: consent.ByPerson})), fault.Guarded, "consent.guard.withdrawn")
}

// G7 before a hand-over: the referral ends as withdrawn by the person, the other office is told, and
// nothing can be handed over any more.
func TestG7WithdrawalBeforeHandOver(t *testing.T) {
	w := casetest.New(t)
	id, receipt, ref := w.Accepted(journal.D0, journal.D1, journal.D2)
	v, err := w.Work.Preview(w.Ctx, w.Ana(), id, ref, w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.Withdraw(id, receipt)
	refused(t, w.Work.HandOver(w.Ctx, w.Ana(), id, ref, v.Hash, w.Clock.Now()), fault.Conflict, "referral.preview_changed")
	w.Deliver()
	if in, _ := w.In(ref); in.Status != referral.WithdrawnPerson {
		t.Fatalf("the recipient sees %s", in.Status)
	}
	if ts := w.Types(casetest.Athens); ts[len(ts)-1] != referral.MsgWithdraw {
		t.Fatalf("sent %v", ts)
	}
}

// G8: declined or expired, the need is open again on its owner's list.
func TestG8TheNeedIsOpenAgain(t *testing.T) {
	open := func(t *testing.T, w *casetest.World, id journal.ID) {
		t.Helper()
		for _, d := range w.Person(w.Ana(), id).Dues() {
			if d.What == "need_open" && d.Of == "psychological" {
				return
			}
		}
		t.Fatalf("dues %+v", w.Person(w.Ana(), id).Dues())
	}
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	w.Consent(id, journal.D0)
	_, ref := w.Draft(id)
	w.Offer(id, ref)
	refused(t, w.TryIn(w.Besa(), ref, "incoming.answered", referral.InAnswered{Reason: "because of her story"}), fault.Invalid, "referral.need.reason")
	if err := w.TryIn(w.Besa(), ref, "incoming.answered", referral.InAnswered{Reason: "no_place", Alternative: w.Store.NewID()}); err != nil {
		t.Fatal(err)
	}
	w.Deliver()
	open(t, w, id)

	second := w.Drafting(w.Person(w.Ana(), id).Services.Needs[0].Need)
	w.Do(w.Ana(), id, draft("referral.drafted", second), draft("referral.risk_assessed", referral.Assessed{Referral: second.Referral, Risk: referral.Risk{Level: "low"}}))
	w.Offer(id, second.Referral)
	expire := draft("referral.expired", referral.Marked{Referral: second.Referral})
	refused(t, w.Try(w.Job(casetest.Athens, "clock"), id, expire), fault.Guarded, "referral.guard.not_expired")
	w.Clock.Advance(5 * 24 * time.Hour)
	w.Do(w.Job(casetest.Athens, "clock"), id, expire)
	open(t, w, id)
	refused(t, w.TryIn(w.Besa(), second.Referral, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}}), fault.Guarded, "referral.guard.offer_expired")
}

// G9: a file closes only when nothing is open, and then takes nothing but what keeps the person safe.
func TestG9Closing(t *testing.T) {
	w := casetest.New(t)
	id, receipt, ref := w.HandedOver(journal.D0, journal.D1)
	task := casework.Tasked{Task: w.Store.NewID(), What: "call", For: w.Ana().Actor.ID, Due: day(w, 1)}
	w.Do(w.Ana(), id, draft("task.added", task))
	shut := func() error {
		return w.Try(w.Ana(), id, draft("person.closed", casework.Closed{Reason: "goals_met"}))
	}
	refused(t, shut(), fault.Guarded, "casework.guard.open_need")
	need := w.Person(w.Ana(), id).Services.Needs[0].Need
	w.Do(w.Ana(), id, draft("service.step", services.Stepped{Need: need, Step: services.Met}))
	refused(t, shut(), fault.Guarded, "casework.guard.open_referral")
	if err := w.TryIn(w.Besa(), ref, "incoming.feedback", referral.InReported{Status: referral.Delivered}); err != nil {
		t.Fatal(err)
	}
	w.Deliver()
	w.Do(w.Ana(), id, draft("referral.closed", referral.Marked{Referral: ref}))
	goal := services.GoalSet{Goal: w.Store.NewID(), Area: "housing", Aim: "a flat of her own", Review: day(w, 30)}
	w.Do(w.Ana(), id, draft("service.goal_set", goal))
	refused(t, shut(), fault.Guarded, "casework.guard.open_goal")
	w.Do(w.Ana(), id, draft("service.goal_reviewed", services.GoalReviewed{Goal: goal.Goal, Outcome: services.Waived}))
	refused(t, shut(), fault.Guarded, "casework.guard.open_task")
	w.Do(w.Ana(), id, draft("task.done", casework.TaskDone{Task: task.Task}))
	if err := shut(); err != nil {
		t.Fatal(err)
	}
	refused(t, w.Try(w.Ana(), id, draft("note.added", casework.Noted{Sort: "account", Account: "x"})), fault.Guarded, "casework.guard.closed")
	w.Withdraw(id, receipt) // never too late
	w.Do(w.Ana(), id, draft("person.reopened", casework.Closed{Reason: "person_back"}))
	refused(t, shut(), fault.Guarded, "casework.guard.open_recall")
	w.Deliver()
	if err := shut(); err != nil {
		t.Fatal(err)
	}
}

// G10: a refusal carries a reason, a remedy and a date that lies ahead.
func TestG10RefusalCarriesItsRemedy(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	w.Do(w.Ana(), id, draft("track.identification", casework.Identified{Step: casework.Presumed}), draft("track.identification", casework.Identified{Step: casework.UnderDecision}))
	whole := casework.Identified{Step: casework.NotRecognised, Reason: "not enough", Remedy: "the review panel", Until: day(w, 30), Told: "sq"}
	for key, change := range map[string]func(*casework.Identified){
		"casework.need.reason": func(v *casework.Identified) { v.Reason = "" },
		"casework.need.remedy": func(v *casework.Identified) { v.Remedy = "" },
		"casework.need.until":  func(v *casework.Identified) { v.Until = w.Clock.Now().Add(-time.Hour) },
		"casework.need.told":   func(v *casework.Identified) { v.Told = "" },
	} {
		v := whole
		change(&v)
		refused(t, w.Try(w.Ana(), id, draft("track.identification", v)), fault.Invalid, key)
	}
	refused(t, w.Try(w.Ana(), id, draft("track.identification", casework.Identified{Step: casework.NotRecognised})), fault.Invalid, "casework.need.remedy")
	w.Do(w.Ana(), id, draft("track.identification", whole))
	if next := casework.NextSteps(casework.NotRecognised); len(next) != 2 {
		t.Fatalf("a refusal must lead on: %v", next)
	}
}

func TestOneOpenOfferPerPersonRecipientAndNeed(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	need, ref := w.Draft(id)
	again := w.Drafting(need)
	refused(t, w.Try(w.Ana(), id, draft("referral.drafted", again)), fault.Guarded, "referral.guard.one_open")
	other := w.Drafting(need)
	other.Offer.Need = "legal"
	w.Do(w.Ana(), id, draft("referral.drafted", other))
	elsewhere := w.Drafting(need)
	elsewhere.Recipient = w.Store.NewID()
	w.Do(w.Ana(), id, draft("referral.drafted", elsewhere))
	w.Do(w.Ana(), id, draft("referral.withdrawn", referral.Withdrawn{Referral: ref, Reason: "mistake"}), draft("referral.drafted", again))
}
