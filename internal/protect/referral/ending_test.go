// SPDX-License-Identifier: EUPL-1.2

package referral_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// Where an amendment is refused, or runs out unanswered, the office that accepted the offer as it was is told; nobody is
// told of an offer that was never changed, or twice.
func TestARefusedAmendmentEndsThereToo(t *testing.T) {
	a := amended(1)
	drafted := []journal.Entry{entry(t, "referral.drafted", referral.Drafted{Referral: casetest.Terms, Recipient: casetest.Tirana, Offer: offered().Offer}),
		entry(t, "referral.risk_assessed", referral.Assessed{Referral: casetest.Terms, Risk: referral.Risk{Level: "low"}}),
		entry(t, "referral.offered", referral.Sent{Referral: casetest.Terms, Expires: offered().Expires})}
	accepted := append(drafted[:3:3], entry(t, "referral.answered", referral.Answered{Referral: casetest.Terms, Accepted: true, Risk: referral.Risk{Level: "low"}}))
	changed := append(accepted[:4:4], entry(t, "referral.amended", referral.Amended{Referral: casetest.Terms, Number: 1, Reason: a.Reason, Offer: a.Offer, Expires: a.Expires}))
	ms, err := referral.Messages(fold(t, accepted), fold(t, changed), consent.State{}, changed[4])
	if err != nil || len(ms) != 1 {
		t.Fatalf("%d messages for an amendment, %v", len(ms), err)
	}
	amendment := ms[0].ID
	expired := entry(t, "referral.expired", referral.Marked{Referral: casetest.Terms})
	refused := func(sent journal.ID, unsent bool) journal.Entry {
		return entry(t, "referral.refused", referral.Refused{Referral: casetest.Terms, Message: referral.MsgAmend, Reason: "exchange.post.uncovered", Sent: sent, Unsent: unsent})
	}
	for name, x := range map[string]struct {
		on   []journal.Entry
		e    journal.Entry
		told bool
	}{
		"refused":                    {changed, refused(amendment, false), true},
		"never left":                 {changed, refused(amendment, true), false}, // it waits until its time runs out
		"an earlier one":             {changed, refused(casetest.Terms, false), false},
		"run out":                    {changed, expired, true},
		"run out after it was ended": {append(changed[:5:5], refused(amendment, false)), expired, false},
		"an offer never changed":     {drafted, expired, false},
	} {
		ms, err := referral.Messages(fold(t, x.on), fold(t, append(x.on[:len(x.on):len(x.on)], x.e)), consent.State{}, x.e)
		if err != nil || (len(ms) == 1) != x.told || x.told && (ms[0].Type != referral.MsgWithdraw || ms[0].To != casetest.Tirana) {
			t.Errorf("%s: %+v, %v", name, ms, err)
		}
	}
	if err := referral.GuardIn(referral.In{CameIn: offered(), Status: referral.Accepted}, context(journal.D0), entry(t, "incoming.withdrawn", referral.InWithdrawn{Reason: "other"})); err != nil {
		t.Errorf("the other office does not take it: %v", err)
	}
}
