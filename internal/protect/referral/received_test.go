// SPDX-License-Identifier: EUPL-1.2

package referral_test

import (
	"encoding/json"
	"slices"
	"strings"
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
)

var now = casetest.Start

func slip(cats ...journal.Category) referral.Slip {
	return referral.Slip{Receipt: casetest.Terms, Purpose: consent.Referral, Recipient: casetest.Tirana, Categories: cats, Expires: now.Add(time.Hour)}
}

func context(covered ...journal.Category) referral.InContext {
	return referral.InContext{Now: now, Self: casetest.Tirana, Terms: func(_ journal.ID, cats []journal.Category) (journal.ID, error) {
		for _, c := range cats {
			if !slices.Contains(covered, c) {
				return journal.ID{}, fault.New(fault.Uncovered, "fault.uncovered")
			}
		}
		return casetest.Terms, nil
	}}
}

func entry(t *testing.T, typ string, payload any) journal.Entry {
	t.Helper()
	parts, err := journal.Split(payload)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Entry{Header: journal.Header{Type: typ, Dossier: casetest.Terms, OccurredAt: now}, Parts: parts}
}

func offered() referral.CameIn {
	return referral.CameIn{From: casetest.Athens, Expires: now.Add(time.Hour), Slips: []referral.Slip{slip(journal.D0, journal.D2)},
		Offer: referral.Offer{Need: "legal", Age: "adult", Sex: "f", Languages: []string{"sq"}, Urgency: "week"}}
}

// The recipient's software refuses an offer that holds more than codes, or that terms or consent do not
// cover, whatever the sender's software let through.
func TestTheRecipientRefusesUncoveredOffers(t *testing.T) {
	whole := context(journal.D0, journal.D2)
	if err := referral.GuardIn(referral.In{}, whole, entry(t, "incoming.offered", offered())); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*referral.CameIn)
		in     referral.InContext
		kind   fault.Kind
	}{
		"no receipt":             {func(o *referral.CameIn) { o.Slips = nil }, whole, fault.Uncovered},
		"receipt without codes":  {func(o *referral.CameIn) { o.Slips = []referral.Slip{slip(journal.D2)} }, whole, fault.Uncovered},
		"receipt for another":    {func(o *referral.CameIn) { o.Slips[0].Recipient = casetest.Athens }, whole, fault.Uncovered},
		"receipt for statistics": {func(o *referral.CameIn) { o.Slips[0].Purpose = consent.Statistics }, whole, fault.Uncovered},
		"receipt run out":        {func(o *referral.CameIn) { o.Slips[0].Expires = now }, whole, fault.Uncovered},
		"ground without article": {func(o *referral.CameIn) {
			o.Slips, o.Grounds = nil, []referral.GroundSlip{{Categories: []journal.Category{journal.D0}}}
		}, whole, fault.Uncovered},
		"no terms":         {func(*referral.CameIn) {}, context(), fault.Uncovered},
		"run out":          {func(o *referral.CameIn) { o.Expires = now }, whole, fault.Guarded},
		"open for ever":    {func(o *referral.CameIn) { o.Expires = now.Add(referral.LongestOffer + time.Hour) }, whole, fault.Invalid},
		"unknown need":     {func(o *referral.CameIn) { o.Offer.Need = "she was held in a flat" }, whole, fault.Invalid},
		"text as language": {func(o *referral.CameIn) { o.Offer.Languages = []string{"Albanian, from Shkodra"} }, whole, fault.Invalid},
		"text as age":      {func(o *referral.CameIn) { o.Offer.Age = "born 1999" }, whole, fault.Invalid},
		"text as urgency":  {func(o *referral.CameIn) { o.Offer.Urgency = "he is looking for her" }, whole, fault.Invalid},
	} {
		o := offered()
		c.change(&o)
		if err := referral.GuardIn(referral.In{}, c.in, entry(t, "incoming.offered", o)); !fault.Is(err, c.kind) {
			t.Errorf("%s: want %s, got %v", name, c.kind, err)
		}
	}
	if err := referral.GuardIn(referral.In{Status: referral.Offered}, whole, entry(t, "incoming.offered", offered())); !fault.Is(err, fault.Guarded) {
		t.Errorf("an offer twice: %v", err)
	}
}

// The recipient's software opens no category that the receipts, grounds and terms do not all cover.
func TestTheRecipientRefusesUncoveredParts(t *testing.T) {
	all := append([]journal.Category{journal.D0}, referral.Shareable()...)
	accepted := referral.In{CameIn: offered(), Status: referral.Accepted}
	received := func() referral.Received {
		return referral.Received{Slips: []referral.Slip{slip(journal.D0, journal.D2)}, Cover: []referral.Covered{{Category: journal.D2, Receipt: casetest.Terms}},
			Package: referral.Package{D2: json.RawMessage(`{"names":["Lindita Prova"]}`)}}
	}
	if err := referral.GuardIn(accepted, context(all...), entry(t, "incoming.handed_over", received())); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*referral.Received)
		state  referral.In
		terms  []journal.Category
		kind   fault.Kind
	}{
		"a category more than consented": {func(r *referral.Received) {
			r.D4 = json.RawMessage(`{}`)
			r.Cover = append(r.Cover, referral.Covered{Category: journal.D4, Receipt: casetest.Terms})
		}, accepted, all, fault.Uncovered},
		"a category without what it rests on": {func(r *referral.Received) { r.Cover = nil }, accepted, all, fault.Invalid},
		"one named twice for another": {func(r *referral.Received) {
			r.Slips = []referral.Slip{slip(journal.D1, journal.D2)}
			r.D1 = json.RawMessage(`{}`)
			r.Cover = append(r.Cover, r.Cover[0])
		}, accepted, all, fault.Invalid},
		"terms that do not cover it":            {func(*referral.Received) {}, accepted, []journal.Category{journal.D0, journal.D1}, fault.Uncovered},
		"a receipt run out":                     {func(r *referral.Received) { r.Slips[0].Expires = now }, accepted, all, fault.Uncovered},
		"a receipt whose withdrawal came first": {func(*referral.Received) {}, referral.In{CameIn: offered(), Status: referral.Accepted, Recalls: []referral.InRecalled{{Receipt: casetest.Terms}}}, all, fault.Uncovered},
		"nothing":                               {func(r *referral.Received) { r.Package = referral.Package{} }, accepted, all, fault.Invalid},
		"before it was accepted":                {func(*referral.Received) {}, referral.In{CameIn: offered(), Status: referral.Offered}, all, fault.Guarded},
		"after it was withdrawn":                {func(*referral.Received) {}, referral.In{CameIn: offered(), Status: referral.WithdrawnPerson}, all, fault.Guarded},
	} {
		r := received()
		c.change(&r)
		if err := referral.GuardIn(c.state, context(c.terms...), entry(t, "incoming.handed_over", r)); !fault.Is(err, c.kind) {
			t.Errorf("%s: want %s, got %v", name, c.kind, err)
		}
	}
}

// What an answer says travels before anything is handed over: codes only.
func TestAnswersHoldNoText(t *testing.T) {
	s := referral.In{CameIn: offered(), Status: referral.Offered}
	ok := referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "medium", Measures: []string{"escort"}}, Conditions: "bring her papers"}
	if err := referral.GuardIn(s, context(journal.D0), entry(t, "incoming.answered", ok)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*referral.InAnswered){
		"level":             func(a *referral.InAnswered) { a.Risk.Level = "her uncle" },
		"measures":          func(a *referral.InAnswered) { a.Risk.Measures = []string{"her uncle must not know"} },
		"reason":            func(a *referral.InAnswered) { a.Reason = "we know her" },
		"declining, reason": func(a *referral.InAnswered) { a.Accepted, a.Reason = false, "we know her" },
		"declining, measures": func(a *referral.InAnswered) {
			a.Accepted, a.Reason, a.Risk = false, "no_place", referral.Risk{Measures: []string{"We know"}}
		},
	} {
		a := ok
		change(&a)
		if err := referral.GuardIn(s, context(journal.D0), entry(t, "incoming.answered", a)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A recall erases exactly the categories of the receipt that was withdrawn, for good, and answers.
func TestARecallErasesExactlyItsCategories(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	w.Do(w.Ana(), id, store.Draft{Type: "note.added", Payload: casework.Noted{Sort: "account", Account: "planted account"}})
	kept := w.Consent(id, journal.D0, journal.D1)
	recalled := w.Consent(id, journal.D2, journal.D3)
	_, ref := w.Draft(id)
	w.Offer(id, ref)
	w.Accept(ref)
	w.HandOver(id, ref)
	in, o := w.In(ref)
	if got := in.Package.Categories(); !slices.Equal(got, []journal.Category{journal.D1, journal.D2, journal.D3}) {
		t.Fatalf("handed over %v", got)
	}
	if !strings.Contains(string(in.Package.D3), "planted account") || len(absent(o)) != 0 {
		t.Fatalf("before the recall: %s, missing %v", in.Package.D3, absent(o))
	}

	w.Withdraw(id, recalled)
	w.Deliver()
	in, o = w.In(ref)
	if got := in.Package.Categories(); !slices.Equal(got, []journal.Category{journal.D1}) {
		t.Fatalf("still held: %v", got)
	}
	if got := absent(o); got[journal.D2] != journal.Erased || got[journal.D3] != journal.Erased || got[journal.D1] != "" {
		t.Fatalf("missing: %v", got)
	}
	if in.Status != referral.HandedOver || len(in.Erased) != 2 {
		t.Fatalf("the referral itself stands at %s, erased %v", in.Status, in.Erased)
	}
	var answer referral.ErasedBody
	ms := w.Sent(casetest.Tirana)
	if last := ms[len(ms)-1]; last.Type != referral.MsgErased || json.Unmarshal(last.Body, &answer) != nil {
		t.Fatalf("answered with %s", last.Type)
	}
	if len(answer.Held) != 2 || !answer.Held[0].Erased || !answer.Held[1].Erased {
		t.Fatalf("answer %+v", answer)
	}

	w.Withdraw(id, kept)
	w.Deliver()
	if in, _ = w.In(ref); len(in.Package.Categories()) != 0 {
		t.Fatalf("still held: %v", in.Package.Categories())
	}
	for _, r := range w.Person(w.Ana(), id).Referral.Out[0].Recalls {
		if r.Answered.IsZero() {
			t.Fatalf("unanswered: %+v", r)
		}
	}
}

// absent gives the categories that were erased or are hidden in an opened dossier.
func absent(o *store.Opened) map[journal.Category]journal.Absence {
	out := map[journal.Category]journal.Absence{}
	for _, e := range o.Entries {
		for c, why := range e.Missing {
			out[c] = why
		}
	}
	return out
}

// A withdrawn referral takes back everything; only what was there is reported as erased.
func TestAWithdrawnReferralTakesBackEverything(t *testing.T) {
	w := casetest.New(t)
	id, _, ref := w.HandedOver(journal.D0, journal.D1, journal.D2, journal.D4)
	w.Do(w.Ana(), id, store.Draft{Type: "referral.withdrawn", Payload: referral.Withdrawn{Referral: ref, Person: true, Reason: "person_wish"}})
	w.Deliver()
	in, _ := w.In(ref)
	if in.Status != referral.WithdrawnPerson || len(in.Package.Categories()) != 0 || len(in.Erased) != 2 {
		t.Fatalf("%s, held %v, erased %v", in.Status, in.Package.Categories(), in.Erased)
	}
	o, _ := w.Person(w.Ana(), id).Referral.Find(ref)
	if len(o.Recalls) != 1 || o.Recalls[0].Answered.IsZero() {
		t.Fatalf("recalls %+v", o.Recalls)
	}
}

// Until somebody takes a referral on, the office sees codes only; afterwards only whoever handles it sees
// the rest.
func TestOnlyWhoHandlesItReadsThePackage(t *testing.T) {
	w := casetest.New(t)
	_, _, ref := w.HandedOver(journal.D0, journal.D1, journal.D2)
	colleague := w.Who(casetest.Tirana, 7, access.FocalPoint, access.CaseManager)
	o, err := w.Store.Open(w.Ctx, colleague, store.Ref{Kind: access.KindReferralIn, ID: ref})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.Shown, []journal.Category{journal.D0}) || len(o.State.(referral.In).Package.Categories()) != 0 {
		t.Fatalf("a colleague sees %v", o.Shown)
	}
	if err := w.TryIn(colleague, ref, "incoming.feedback", referral.InReported{Status: referral.Delivered}); !fault.Is(err, fault.Denied) {
		t.Fatalf("a colleague reports: %v", err)
	}
	athens := w.Ana()
	if _, err := w.Store.Open(w.Ctx, athens, store.Ref{Kind: access.KindReferralIn, ID: ref}); !fault.Is(err, fault.NotFound) {
		t.Fatalf("the sender reads the recipient's record: %v", err)
	}
}

// What travels of a receipt names nobody.
func TestSlipsNameNobody(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	g := w.Giving(journal.D0, journal.D1)
	g.Witness, g.Wish = "Witness Planted", "planted wish"
	w.Do(w.Ana(), id, store.Draft{Type: "consent.given", Payload: g})
	_, ref := w.Draft(id)
	w.Offer(id, ref)
	w.Accept(ref)
	w.HandOver(id, ref)
	for _, m := range w.Sent(casetest.Athens) {
		for _, word := range []string{"Planted", "planted", "Lindita", "Larch", "planted account", "1999-04-23"} {
			if strings.Contains(string(m.Body), word) {
				t.Errorf("%s holds %q", m.Type, word)
			}
		}
	}
}

// A recall of a hand-over that never came is answered too: whoever asks learns that nothing is held, and the
// request does not stay open for ever.
func TestARecallOfWhatNeverCameIsAnswered(t *testing.T) {
	accepted := referral.In{CameIn: offered(), Status: referral.Accepted, Referral: casetest.Terms}
	e := entry(t, "incoming.recalled", referral.InRecalled{Receipt: casetest.Terms, Categories: []journal.Category{journal.D2}})
	ms, err := referral.InMessages(accepted, accepted, e)
	if err != nil || len(ms) != 1 || ms[0].Type != referral.MsgErased {
		t.Fatalf("want one confirmation, got %+v, %v", ms, err)
	}
	var b referral.ErasedBody
	if err := json.Unmarshal(ms[0].Body, &b); err != nil || len(b.Held) != 1 || b.Held[0].Category != journal.D2 || !b.Held[0].Erased {
		t.Fatalf("%+v, %v", b, err)
	}
}

// Who a child is comes with a guardian's consent or in danger, whatever the sender's software let
// through; "not sure" counts as a child.
func TestG5AtTheRecipient(t *testing.T) {
	all := append([]journal.Category{journal.D0}, referral.Shareable()...)
	for name, c := range map[string]struct {
		age    string
		by     consent.Giver
		ground consent.GroundKind
		want   bool
	}{
		"an adult herself":         {"adult", consent.ByPerson, "", true},
		"a child herself":          {"child", consent.ByPerson, "", false},
		"not sure, herself":        {"not_sure", consent.ByPerson, "", false},
		"a child by its guardian":  {"child", consent.ByGuardian, "", true},
		"a child in danger":        {"child", "", consent.DangerToChild, true},
		"a child, by a duty":       {"child", "", consent.LegalDuty, false},
		"a child, by court order":  {"child", "", consent.CourtOrder, false},
		"a child's life in danger": {"child", "", consent.DangerToLife, true},
	} {
		o := offered()
		o.Offer.Age = c.age
		r := referral.Received{Package: referral.Package{D2: json.RawMessage(`{"names":["Lindita Prova"]}`)}}
		if c.ground == "" {
			s := slip(journal.D0, journal.D2)
			s.By = c.by
			r.Slips, r.Cover = []referral.Slip{s}, []referral.Covered{{Category: journal.D2, Receipt: s.Receipt}}
		} else {
			r.Grounds = []referral.GroundSlip{{Ground: casetest.Athens, Kind: c.ground, Article: "art. 1", Categories: []journal.Category{journal.D2}}}
			r.Cover = []referral.Covered{{Category: journal.D2, Ground: casetest.Athens}}
		}
		err := referral.GuardIn(referral.In{CameIn: o, Status: referral.Accepted}, context(all...), entry(t, "incoming.handed_over", r))
		if c.want && err != nil || !c.want && !fault.Is(err, fault.Uncovered) {
			t.Errorf("%s: %v", name, err)
		}
	}

	// A guardian's agreement to something else, named as what the name rests on, beside the child's own to that.
	own, guardians := slip(journal.D0, journal.D2), slip(journal.D0, journal.D1)
	own.By, guardians.By, guardians.Receipt = consent.ByPerson, consent.ByGuardian, casetest.Athens
	o := offered()
	o.Offer.Age = "child"
	r := referral.Received{Package: referral.Package{D2: json.RawMessage(`{"names":["Lindita Prova"]}`)}, Slips: []referral.Slip{own, guardians},
		Cover: []referral.Covered{{Category: journal.D2, Receipt: guardians.Receipt}}}
	if err := referral.GuardIn(referral.In{CameIn: o, Status: referral.Accepted}, context(all...), entry(t, "incoming.handed_over", r)); !fault.Is(err, fault.Uncovered) {
		t.Errorf("a guardian's agreement to something else: %v", err)
	}
}
