// SPDX-License-Identifier: EUPL-1.2

package referral_test

import (
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// sent is a referral whose person withdrew her consent while the hand-over was still on its way.
func sent(t *testing.T, more ...journal.Entry) referral.Out {
	t.Helper()
	es := []journal.Entry{
		entry(t, "referral.drafted", referral.Drafted{Referral: casetest.Terms, Recipient: casetest.Tirana, Offer: offered().Offer}),
		entry(t, "referral.offered", referral.Sent{Referral: casetest.Terms, Expires: offered().Expires}),
		entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Accepted: true, Risk: referral.Risk{Level: "low"}}),
		entry(t, "referral.handed_over", referral.Handed{Referral: casetest.Terms, Cover: []referral.Covered{{Category: journal.D2, Receipt: casetest.Terms}}}),
		entry(t, "referral.withdrawn", referral.Withdrawn{Referral: casetest.Terms, Person: true, Reason: "person_wish"}),
	}
	s, err := referral.Fold(append(es, more...))
	if err != nil {
		t.Fatal(err)
	}
	return s.Out[0]
}

// A hand-over that the other office refused left nothing there: what was asked back counts as erased.
func TestARefusedHandOverSettlesWhatWasAskedBack(t *testing.T) {
	if o := sent(t); len(o.Recalls) != 1 || !o.Recalls[0].Answered.IsZero() {
		t.Fatalf("before: %+v", o.Recalls)
	}
	o := sent(t, entry(t, "referral.refused", referral.Refused{Referral: casetest.Terms, Message: referral.MsgPackage, Reason: "exchange.post.expired"}))
	if r := o.Recalls[0]; r.Answered.IsZero() || !slices.Equal(r.Held, []referral.Held{{Category: journal.D2, Erased: true}}) {
		t.Errorf("%+v", r)
	}
	o = sent(t, entry(t, "referral.refused", referral.Refused{Referral: casetest.Terms, Message: referral.MsgPackage, Reason: "exchange.post.voided", Unsent: true}))
	if !o.Recalls[0].Answered.IsZero() {
		t.Error("our own word that it never left counts as theirs")
	}
}

// A hand-over that was tried, got no answer and then ran out may lie there: it stays to be asked back.
func TestWhatMayLieThereStaysToBeAskedBack(t *testing.T) {
	es := []journal.Entry{
		entry(t, "referral.drafted", referral.Drafted{Referral: casetest.Terms, Recipient: casetest.Tirana, Offer: offered().Offer}),
		entry(t, "referral.offered", referral.Sent{Referral: casetest.Terms, Expires: offered().Expires}),
		entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Accepted: true, Risk: referral.Risk{Level: "low"}}),
		entry(t, "referral.handed_over", referral.Handed{Referral: casetest.Terms, Cover: []referral.Covered{{Category: journal.D2, Receipt: casetest.Terms}}}),
	}
	for maybe, want := range map[bool]int{true: 1, false: 0} {
		ended := entry(t, "referral.refused", referral.Refused{Referral: casetest.Terms, Message: referral.MsgPackage, Reason: "exchange.post.expired", Unsent: true, Maybe: maybe})
		withdrawn := entry(t, "referral.withdrawn", referral.Withdrawn{Referral: casetest.Terms, Person: true, Reason: "person_wish"})
		s, err := referral.Fold(append(slices.Clone(es), ended, withdrawn))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(s.Out[0].Recalls); got != want {
			t.Errorf("it may lie there: %v; asked back %d times, want %d", maybe, got, want)
		}
	}
}

// What comes back about a referral holds codes only, whatever the other side's software let through.
func TestTheSenderRefusesTextInAnswers(t *testing.T) {
	s, err := referral.Fold([]journal.Entry{
		entry(t, "referral.drafted", referral.Drafted{Referral: casetest.Terms, Recipient: casetest.Tirana, Offer: offered().Offer}),
		entry(t, "referral.offered", referral.Sent{Referral: casetest.Terms, Expires: offered().Expires})})
	if err != nil {
		t.Fatal(err)
	}
	handed, err := referral.Fold([]journal.Entry{
		entry(t, "referral.drafted", referral.Drafted{Referral: casetest.Terms, Recipient: casetest.Tirana, Offer: offered().Offer}),
		entry(t, "referral.handed_over", referral.Handed{Referral: casetest.Terms})})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		s    referral.State
		e    journal.Entry
		want bool
	}{
		"yes":                {s, entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Accepted: true, Risk: referral.Risk{Level: "low"}}), true},
		"no":                 {s, entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Reason: "no_place"}), true},
		"yes, no risk":       {s, entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Accepted: true}), false},
		"yes with a reason":  {s, entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Accepted: true, Risk: referral.Risk{Level: "low"}, Reason: "we know her uncle"}), false},
		"text for a reason":  {s, entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Reason: "we know her uncle"}), false},
		"text for a measure": {s, entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Reason: "no_place", Risk: referral.Risk{Measures: []string{"her uncle"}}}), false},
		"report":             {handed, entry(t, "referral.feedback", referral.Reported{Referral: casetest.Terms, Status: referral.Delivered}), true},
		"report with text":   {handed, entry(t, "referral.feedback", referral.Reported{Referral: casetest.Terms, Status: referral.NotDelivered, Reason: "her uncle came"}), false},
		"report of another":  {handed, entry(t, "referral.feedback", referral.Reported{Referral: casetest.Terms, Status: referral.Closed}), false},
	} {
		err := referral.Guard(c.s, referral.Context{Now: now}, c.e)
		if c.want && err != nil || !c.want && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
