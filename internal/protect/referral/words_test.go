// SPDX-License-Identifier: EUPL-1.2

package referral_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language,
// and each fault key its sentence.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("referral.age", referral.Ages())
	w.List("referral.sex", referral.Sexes())
	w.List("referral.urgency", referral.Urgencies())
	w.List("referral.decline", referral.DeclineReasons())
	w.List("referral.end", referral.EndReasons())
	w.List("referral.fail", referral.FailReasons())
	w.List("referral.risk", referral.RiskLevels())
	w.List("referral.measure", referral.Measures())
	w.List("referral.amend", referral.AmendReasons())
	w.List("referral.period", referral.Periods())
	w.List("referral.met", referral.Mets())
	w.List("service.catalogue", referral.Needs())
	w.List("referral.status", langtest.Strings([]referral.Status{referral.Draft, referral.RiskOK, referral.Offered, referral.Accepted, referral.Declined, referral.Expired, referral.WithdrawnSender,
		referral.WithdrawnPerson, referral.HandedOver, referral.InService, referral.Delivered, referral.NotDelivered, referral.FedBack, referral.Closed}))
	for _, typ := range referral.MessageTypes() {
		w.Keys = append(w.Keys, typ+".title") // as lists of messages call it
	}
	found := w.Named("", `"(referral\.(?:need|guard|message)\.[a-z_]+|referral\.preview_changed)"`)
	if found < 5 {
		t.Fatalf("only %d keys found in the code", found)
	}
	w.Check(found + 1)
}
