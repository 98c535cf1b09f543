// SPDX-License-Identifier: EUPL-1.2

package referral_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// An accepted offer that changes is answered again before anything is handed over, and then no more is handed over than
// was announced.
func TestAnAmendedOfferIsAnsweredAgain(t *testing.T) {
	w := casetest.New(t)
	id, _, ref := w.Accepted(journal.D0, journal.D1, journal.D2, journal.D6)
	w.Amend(id, ref, func(a *casework.Amendment) {
		a.Reason, a.Categories, a.Met = "less_shared", []journal.Category{journal.D1, journal.D6}, "met"
	})
	out, _ := w.Person(w.Ana(), id).Referral.Find(ref)
	in, _ := w.In(ref)
	if out.Status != referral.Offered || in.Status != referral.Offered || in.Number != 1 || in.Met != "met" || in.Worker != w.Besa().Actor.ID {
		t.Fatalf("there %s, here %s, %+v", in.Status, out.Status, in.Changes)
	}
	if got := in.Changes[0].Changed(); !slices.Equal(got, []string{referral.PartCategories, referral.PartMet}) {
		t.Errorf("it shows as changed %v", got)
	}
	v, err := w.Work.Preview(w.Ctx, w.Ana(), id, ref, w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Work.HandOver(w.Ctx, w.Ana(), id, ref, v.Hash, w.Clock.Now()); !fault.Is(err, fault.Guarded) {
		t.Fatalf("handed over before the answer: %v", err)
	}
	if err := w.TryIn(w.Besa(), ref, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}}); !fault.Is(err, fault.Guarded) {
		t.Fatalf("an answer to what was asked before: %v", err)
	}
	w.Accept(ref)
	w.HandOver(id, ref)
	if in, _ = w.In(ref); !slices.Equal(in.Package.Categories(), []journal.Category{journal.D1, journal.D6}) {
		t.Fatalf("handed over %v", in.Package.Categories())
	}
	if err := w.Work.Amend(w.Ctx, w.Ana(), id, ref, w.Amending(id, ref)); !fault.Is(err, fault.Guarded) {
		t.Fatalf("the offer is amended after the hand-over: %v", err)
	}
}

// More asked is looked at again; an answer that crossed the amendment changes nothing; no again leaves the need open.
func TestAmendingAsksForTheRiskAndTakesNo(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	w.Consent(id, journal.D0, journal.D2)
	_, ref := w.Draft(id)
	w.Offer(id, ref)
	a := w.Amending(id, ref)
	a.Reason, a.Urgency, a.Period = "sooner", "immediate", "months"
	if err := w.Work.Amend(w.Ctx, w.Ana(), id, ref, a); !names(err, "referral.need.risk_again") {
		t.Fatalf("sooner, without looking at the risk: %v", err)
	}
	a.Risk = referral.Risk{Level: "medium", Measures: []string{"escort"}}
	if err := w.Work.Amend(w.Ctx, w.Ana(), id, ref, a); err != nil {
		t.Fatal(err)
	}
	// Tirana accepts what it knows of; the amendment is on its way.
	if err := w.TryIn(w.Besa(), ref, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}}); err != nil {
		t.Fatal(err)
	}
	w.Deliver()
	out, _ := w.Person(w.Ana(), id).Referral.Find(ref)
	in, _ := w.In(ref)
	if out.Status != referral.Offered || in.Status != referral.Offered || out.SenderRisk.Level != "medium" || in.Offer.Urgency != "immediate" || in.Offer.Period != "months" {
		t.Fatalf("here %s, there %s: %+v", out.Status, in.Status, in.Offer)
	}
	if err := w.TryIn(w.Besa(), ref, "incoming.answered", referral.InAnswered{Reason: "no_place", Alternative: casetest.Athens, Amendment: 1}); err != nil {
		t.Fatal(err)
	}
	w.Deliver()
	if out, _ = w.Person(w.Ana(), id).Referral.Find(ref); out.Status != referral.Declined || out.Answer.Alternative != casetest.Athens {
		t.Fatalf("after no: %s, %+v", out.Status, out.Answer)
	}
	if dues := w.Person(w.Ana(), id).Dues(); !slices.ContainsFunc(dues, func(d casework.Due) bool { return d.What == "need_open" }) {
		t.Errorf("the need is not back on its owner's list: %v", dues)
	}
}

// names says whether a fault names a key of the catalogue.
func names(err error, key string) bool {
	f, ok := err.(*fault.Fault)
	return ok && (f.Key == key || slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Key == key }))
}

// A new consent takes the place of one that runs out, and nothing is announced that no consent or term covers.
func TestAnAmendmentRestsOnConsentAndTerms(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	old := w.Giving(journal.D0, journal.D1)
	old.Expires = w.Clock.Now().Add(6 * 24 * time.Hour)
	w.Do(w.Ana(), id, store.Draft{Type: "consent.given", Payload: old})
	_, ref := w.Draft(id)
	w.Offer(id, ref)
	w.Accept(ref)
	a := w.Amending(id, ref)
	a.Reason, a.Expires = "consent_renewed", w.Clock.Now().Add(20*24*time.Hour)
	if err := w.Work.Amend(w.Ctx, w.Ana(), id, ref, a); !names(err, "referral.need.expires_covered") {
		t.Fatalf("beyond what she agreed to: %v", err)
	}
	renewed := w.Consent(id, journal.D0, journal.D1)
	if err := w.Work.Amend(w.Ctx, w.Ana(), id, ref, a); err != nil {
		t.Fatal(err)
	}
	w.Deliver()
	in, _ := w.In(ref)
	if len(in.CameIn.Slips) != 1 || in.CameIn.Slips[0].Receipt != renewed || !in.Changes[0].Renewed {
		t.Fatalf("it rests on %+v", in.CameIn.Slips)
	}
	a = w.Amending(id, ref)
	if err := w.Work.Amend(w.Ctx, w.Ana(), id, ref, a); err != nil { // another day
		t.Fatal(err)
	}
	same := w.Amending(id, ref)
	o, _ := w.Person(w.Ana(), id).Referral.Find(ref)
	same.Expires = o.Expires
	if err := w.Work.Amend(w.Ctx, w.Ana(), id, ref, same); !names(err, "referral.guard.nothing_amended") {
		t.Errorf("nothing changes: %v", err)
	}
	stale := w.Amending(id, ref)
	stale.Number = 2
	if err := w.Work.Amend(w.Ctx, w.Ana(), id, ref, stale); !names(err, "referral.guard.amended_meanwhile") {
		t.Errorf("two people at once: %v", err)
	}
	w.Deliver()
	w.Accept(ref)
	w.Withdraw(id, renewed)
	w.Withdraw(id, old.Receipt)
	if err := w.Work.Amend(w.Ctx, w.Ana(), id, ref, w.Amending(id, ref)); err == nil {
		t.Error("amended although she withdrew")
	}
}

// amended is an amendment as it comes to the recipient.
func amended(n int) referral.InAmended {
	o := offered()
	o.Offer.Urgency = map[int]string{1: "month", 2: "immediate"}[n]
	return referral.InAmended{Number: n, Reason: "sooner", Offer: o.Offer, Categories: []journal.Category{journal.D2}, Expires: o.Expires, Slips: o.Slips}
}

// The recipient's software takes no amendment that holds more than codes of the same need, or that consent or terms do
// not cover.
func TestTheRecipientRefusesUncoveredAmendments(t *testing.T) {
	whole := context(journal.D0, journal.D2)
	for name, c := range map[string]struct {
		change func(*referral.InAmended)
		in     referral.InContext
		status referral.Status
		kind   fault.Kind
	}{
		"another need":         {func(a *referral.InAmended) { a.Offer.Need = "medical" }, whole, referral.Accepted, fault.Invalid},
		"text as reason":       {func(a *referral.InAmended) { a.Reason = "he found her" }, whole, referral.Accepted, fault.Invalid},
		"text as period":       {func(a *referral.InAmended) { a.Offer.Period = "until the trial" }, whole, referral.Accepted, fault.Invalid},
		"text on conditions":   {func(a *referral.InAmended) { a.Met = "she agrees" }, whole, referral.Accepted, fault.Invalid},
		"where a shelter is":   {func(a *referral.InAmended) { a.Categories = []journal.Category{journal.D5} }, whole, referral.Accepted, fault.Invalid},
		"more than consented":  {func(a *referral.InAmended) { a.Categories = []journal.Category{journal.D4} }, context(journal.D0, journal.D4), referral.Accepted, fault.Uncovered},
		"no consent":           {func(a *referral.InAmended) { a.Slips = nil }, whole, referral.Accepted, fault.Uncovered},
		"terms do not cover":   {func(*referral.InAmended) {}, context(journal.D0), referral.Accepted, fault.Uncovered},
		"run out":              {func(a *referral.InAmended) { a.Expires = now }, whole, referral.Accepted, fault.Guarded},
		"for ever":             {func(a *referral.InAmended) { a.Expires = now.Add(referral.LongestOffer + time.Hour) }, whole, referral.Accepted, fault.Invalid},
		"after it was expired": {func(*referral.InAmended) {}, whole, referral.Expired, fault.Guarded},
		"after a withdrawal":   {func(*referral.InAmended) {}, whole, referral.WithdrawnPerson, fault.Guarded},
		"after the hand-over":  {func(*referral.InAmended) {}, whole, referral.HandedOver, fault.Guarded},
	} {
		a := amended(1)
		c.change(&a)
		if err := referral.GuardIn(referral.In{CameIn: offered(), Status: c.status}, c.in, entry(t, "incoming.amended", a)); !fault.Is(err, c.kind) {
			t.Errorf("%s: want %s, got %v", name, c.kind, err)
		}
	}
	child := offered()
	child.Offer.Age = "child"
	a := amended(1)
	a.Offer.Age = "child"
	if err := referral.GuardIn(referral.In{CameIn: child, Status: referral.Accepted}, whole, entry(t, "incoming.amended", a)); !fault.Is(err, fault.Uncovered) {
		t.Errorf("a child's identity announced on the child's word: %v", err)
	}
}

// After a hand-over only what a new consent allows is added, and what was wrong is corrected, byte for byte as previewed.
func TestASupplementAddsWhatANewConsentAllows(t *testing.T) {
	w := casetest.New(t)
	id, first, ref := w.HandedOver(journal.D0, journal.D1, journal.D2)
	v, err := w.Work.PreviewSupplement(w.Ctx, w.Ana(), id, ref, nil, w.Clock.Now())
	if err != nil || len(v.Handed.Package.Categories()) != 0 || !slices.Contains(v.Withheld, journal.D3) {
		t.Fatalf("without a new consent: %v of %v, %v", v.Handed.Package.Categories(), v.Withheld, err)
	}
	second := w.Consent(id, journal.D3)
	w.Do(w.Ana(), id, store.Draft{Type: "person.identity", Payload: casework.Identity{Names: []string{"Lindita Provaj"}, Born: "1999-04-23"}})
	v = w.Supplement(id, ref, journal.D2)
	ms := w.Sent(casetest.Athens)
	last := ms[len(ms)-1]
	if last.Type != referral.MsgSupplement || string(last.Body) != string(v.Bytes) || !slices.Equal(last.Categories, []journal.Category{journal.D2, journal.D3}) {
		t.Fatalf("sent %s %v: %s", last.Type, last.Categories, last.Body)
	}
	in, _ := w.In(ref)
	if !slices.Equal(in.Package.Categories(), []journal.Category{journal.D1, journal.D2, journal.D3}) || !strings.Contains(string(in.Package.D2), "Provaj") || len(in.Supplied) != 1 {
		t.Fatalf("there: %v %s", in.Package.Categories(), in.Package.D2)
	}
	// The consent that a corrected name first went under ends: the name is taken back, in every version, for good.
	w.Withdraw(id, first)
	w.Deliver()
	in, o := w.In(ref)
	if got := in.Package.Categories(); !slices.Equal(got, []journal.Category{journal.D3}) {
		t.Fatalf("still held: %v", got)
	}
	for _, e := range o.Entries {
		if _, there := e.Parts[journal.D2]; there {
			t.Errorf("%s still holds a name", e.Type)
		}
	}
	w.Consent(id, journal.D1, journal.D2)
	if v, err = w.Work.PreviewSupplement(w.Ctx, w.Ana(), id, ref, []journal.Category{journal.D2}, w.Clock.Now()); err != nil || len(v.Handed.Package.Categories()) != 0 {
		t.Errorf("what was taken back goes again: %v, %v", v.Handed.Package.Categories(), err)
	}
	w.Withdraw(id, second)
	w.Deliver()
	if in, _ = w.In(ref); len(in.Package.Categories()) != 0 {
		t.Errorf("still held: %v", in.Package.Categories())
	}
}

// The sender's door takes no supplement that an old consent covers, and the recipient's none of what it erased.
func TestSupplementsAreHeldToTheirConsent(t *testing.T) {
	w := casetest.New(t)
	id, receipt, ref := w.Accepted(journal.D0, journal.D1, journal.D2, journal.D6)
	w.Amend(id, ref, func(a *casework.Amendment) { a.Reason, a.Categories = "less_shared", []journal.Category{journal.D1} })
	w.Accept(ref)
	w.HandOver(id, ref)
	p := referral.Supplied{Referral: ref, Number: 2, Terms: casetest.Terms, Receipts: []journal.ID{receipt}, Cover: []referral.Covered{{Category: journal.D2, Receipt: receipt}},
		Package: referral.Package{D2: json.RawMessage(`{"names":["x"]}`)}}
	if err := w.Try(w.Ana(), id, store.Draft{Type: "referral.supplemented", Payload: p}); !names(err, "referral.guard.new_consent") {
		t.Errorf("on a consent from before the hand-over: %v", err)
	}
	p.Corrects = []journal.Category{journal.D2}
	if err := w.Try(w.Ana(), id, store.Draft{Type: "referral.supplemented", Payload: p}); !names(err, "referral.need.corrects") {
		t.Errorf("corrects what was never handed over: %v", err)
	}
	all := append([]journal.Category{journal.D0}, referral.Shareable()...)
	came := referral.InSupplied{Number: 1, Slips: []referral.Slip{slip(journal.D2)}, Cover: []referral.Covered{{Category: journal.D2, Receipt: casetest.Terms}}, Package: p.Package}
	held := referral.In{CameIn: offered(), Status: referral.InService}
	if err := referral.GuardIn(held, context(all...), entry(t, "incoming.supplemented", came)); err != nil {
		t.Fatal(err)
	}
	child := held
	child.Offer.Age = "child"
	erased := held
	erased.Erased = []referral.Held{{Category: journal.D2, Erased: true}}
	recalled := held
	recalled.Recalls = []referral.InRecalled{{Receipt: casetest.Terms}}
	for name, s := range map[string]referral.In{"what was erased": erased, "on a consent withdrawn": recalled, "a child's name on the child's word": child, "before the hand-over": {CameIn: offered(), Status: referral.Accepted}} {
		if err := referral.GuardIn(s, context(all...), entry(t, "incoming.supplemented", came)); !fault.Is(err, fault.Guarded) && !fault.Is(err, fault.Uncovered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// permutations calls f with every order of 0 .. n-1.
func permutations(n int, f func([]int)) {
	order := make([]int, 0, n)
	used := make([]bool, n)
	var next func()
	next = func() {
		if len(order) == n {
			f(order)
		}
		for i := range n {
			if !used[i] {
				used[i], order = true, append(order, i)
				next()
				used[i], order = false, order[:len(order)-1]
			}
		}
	}
	next()
}

// Whatever the order in which amendments, answers, a withdrawal, the end of its time and the hand-over come to the
// recipient, each twice: the latest amendment holds, nothing is taken in that was not accepted as it then stood, and a
// withdrawal or the end of its time stands.
func TestAmendmentsAtTheRecipientInAnyOrder(t *testing.T) {
	later := context(journal.D0, journal.D2)
	later.Now = offered().Expires
	yes := func(n int) journal.Entry {
		return entry(t, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}, Amendment: n})
	}
	handed := func(n int) journal.Entry {
		return entry(t, "incoming.handed_over", referral.Received{Slips: []referral.Slip{slip(journal.D0, journal.D2)}, Cover: []referral.Covered{{Category: journal.D2, Receipt: casetest.Terms}},
			Package: referral.Package{D2: json.RawMessage(`{"names":["x"]}`)}, Amendment: n})
	}
	events := []journal.Entry{entry(t, "incoming.amended", amended(1)), entry(t, "incoming.amended", amended(2)), yes(0), yes(2), handed(2),
		entry(t, "incoming.withdrawn", referral.InWithdrawn{Person: true, Reason: "person_wish"}), entry(t, "incoming.expired", referral.InClosed{})}
	taken := 0
	permutations(len(events), func(order []int) {
		es := []journal.Entry{entry(t, "incoming.offered", offered())}
		s := foldIn(t, es)
		for _, i := range slices.Concat(order, order) {
			e, c := events[i], context(journal.D0, journal.D2)
			if e.Type == "incoming.expired" {
				c = later
			}
			if referral.GuardIn(s, c, e) != nil {
				continue
			}
			was := s
			es = append(es, e)
			s = foldIn(t, es)
			switch {
			case was.Status == referral.WithdrawnPerson && (s.Status != was.Status || len(s.Package.Categories()) > 0),
				was.Status == referral.Expired && s.Status != was.Status && s.Status != referral.WithdrawnPerson:
				t.Fatalf("%v: %s became %s by %s", order, was.Status, s.Status, e.Type)
			case s.Number < was.Number || s.Number == 2 && s.Offer.Urgency != "immediate":
				t.Fatalf("%v: amendment %d after %d, %s", order, s.Number, was.Number, s.Offer.Urgency)
			case s.Status == referral.HandedOver && was.Status != s.Status:
				if was.Status != referral.Accepted || was.Answer.Amendment != was.Number {
					t.Fatalf("%v: handed over although the answer was to %d of %d", order, was.Answer.Amendment, was.Number)
				}
				taken++
			}
		}
		if s.Status != referral.WithdrawnPerson || len(s.Package.Categories()) > 0 {
			t.Fatalf("%v: ends as %s, holding %v", order, s.Status, s.Package.Categories())
		}
	})
	if taken == 0 {
		t.Error("no order came to a hand-over")
	}
}

func foldIn(t *testing.T, es []journal.Entry) referral.In {
	t.Helper()
	s, err := referral.FoldIn(es)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The same at the sender: an answer counts for the latest amendment only, a hand-over needs it, and a withdrawal or the
// end of its time stands.
func TestAmendmentsAtTheSenderInAnyOrder(t *testing.T) {
	of := offered()
	person := consent.State{Receipts: []consent.Receipt{{Given: consent.Given{Receipt: casetest.Terms, Purpose: consent.Referral, Recipient: casetest.Tirana,
		Categories: []journal.Category{journal.D0, journal.D2}, Expires: now.Add(48 * time.Hour)}}}}
	c := referral.Context{Now: now, Consent: person, Terms: func(journal.ID, []journal.Category) (journal.ID, error) { return casetest.Terms, nil }}
	later := c
	later.Now = of.Expires
	change := func(n int) journal.Entry {
		a := amended(n)
		return entry(t, "referral.amended", referral.Amended{Referral: casetest.Terms, Number: n, Reason: a.Reason, Offer: a.Offer, Categories: a.Categories, Risk: referral.Risk{Level: "low"},
			Terms: casetest.Terms, Receipts: []journal.ID{casetest.Terms}, Expires: a.Expires})
	}
	said := func(n int) journal.Entry {
		return entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Amendment: n, Accepted: true, Risk: referral.Risk{Level: "low"}})
	}
	handed := func(n int) journal.Entry {
		return entry(t, "referral.handed_over", referral.Handed{Referral: casetest.Terms, Amendment: n, Terms: casetest.Terms, Receipts: []journal.ID{casetest.Terms},
			Cover: []referral.Covered{{Category: journal.D2, Receipt: casetest.Terms}}, Package: referral.Package{D2: json.RawMessage(`{}`)}})
	}
	events := []journal.Entry{change(1), change(2), said(0), said(2), handed(2),
		entry(t, "referral.withdrawn", referral.Withdrawn{Referral: casetest.Terms, Person: true, Reason: "person_wish"}), entry(t, "referral.expired", referral.Marked{Referral: casetest.Terms})}
	start := []journal.Entry{entry(t, "referral.drafted", referral.Drafted{Referral: casetest.Terms, Recipient: casetest.Tirana, Offer: of.Offer}),
		entry(t, "referral.risk_assessed", referral.Assessed{Referral: casetest.Terms, Risk: referral.Risk{Level: "low"}}),
		entry(t, "referral.offered", referral.Sent{Referral: casetest.Terms, Terms: casetest.Terms, Receipts: []journal.ID{casetest.Terms}, Expires: of.Expires})}
	handedOver := 0
	permutations(len(events), func(order []int) {
		es := slices.Clone(start)
		s := fold(t, es)
		for _, i := range slices.Concat(order, order) {
			e, at := events[i], c
			if e.Type == "referral.expired" {
				at = later
			}
			if referral.Guard(s, at, e) != nil {
				continue
			}
			was := s.Out[0]
			es = append(es, e)
			s = fold(t, es)
			o := s.Out[0]
			switch {
			case was.Ended != nil && o.Status != was.Status, was.Status == referral.Expired && o.Status != was.Status && o.Ended == nil:
				t.Fatalf("%v: %s became %s by %s", order, was.Status, o.Status, e.Type)
			case o.Status == referral.Accepted && o.Answer.Amendment != o.Number:
				t.Fatalf("%v: accepted by the answer to %d of %d", order, o.Answer.Amendment, o.Number)
			case o.Handed != nil && was.Handed == nil:
				if was.Status != referral.Accepted || was.Number != 2 {
					t.Fatalf("%v: handed over at %s, amendment %d", order, was.Status, was.Number)
				}
				handedOver++
			}
		}
		if o := s.Out[0]; o.Ended == nil && o.Status != referral.Expired && o.Status != referral.Declined {
			t.Fatalf("%v: ends as %s", order, o.Status)
		}
	})
	if handedOver == 0 {
		t.Error("no order came to a hand-over")
	}
}

func fold(t *testing.T, es []journal.Entry) referral.State {
	t.Helper()
	s, err := referral.Fold(es)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
