// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// TestAnOfficeRenewsItsKeysByHand: what takes nothing back and waits arrives once the partner has pinned the new card, and the
// new keys are there after the office was started again.
func TestAnOfficeRenewsItsKeysByHand(t *testing.T) {
	c := clock.NewManual(start)
	a, b := newFar(t, c, "Shelter", access.Assistance), newFar(t, c, "Ministry", access.Programme)
	agreeToWitness(a, b)
	_, err := opChooseWitness(t.Context(), a.n, ChooseWitnessIn{Partner: b.owner.ID})
	a.must(err)
	first, err := opCard(t.Context(), a.n, Of{})
	a.must(err)
	c.Advance(7 * time.Hour)
	_, err = a.n.WitnessOnce(t.Context()) // waits, signed with the old key
	a.must(err)
	renewed, err := opRenewCard(t.Context(), a.n, RenewCardIn{Stolen: true}) // so nobody is told by post
	a.must(err)
	if renewed.Fingerprint == first.Fingerprint {
		t.Fatal("the same keys")
	}
	a.close()
	a.open(nil)
	if again, err := opCard(t.Context(), a.n, Of{}); err != nil || again.Fingerprint != renewed.Fingerprint {
		t.Fatalf("after a start: %+v, %v", again, err)
	}
	_, err = opPin(t.Context(), b.n, PinIn{Card: renewed.Card, How: "phone", Renewed: true})
	a.must(err)
	if p := b.partner(a); len(p.Earlier) != 1 || card.Hex(p.Card.Fingerprint()) != renewed.Fingerprint {
		t.Errorf("%+v", p)
	}
	c.Advance(time.Minute)
	carry(a, b)
	if a.cosigned(b) == 0 {
		t.Error("what waited, or its answer, was lost")
	}
	var out []post.Sent
	a.must(a.n.DB.Read(t.Context(), func(tx dbTx) (err error) {
		out, err = post.Outbox(t.Context(), tx, a.owner.ID, journal.ID{}, 10)
		return err
	}))
	for _, s := range out {
		if s.State != post.Accepted {
			t.Errorf("%+v", s)
		}
	}
	_, err = opPin(t.Context(), b.n, PinIn{Card: first.Card, How: "phone"})
	a.must(err)
	if p := b.partner(a); len(p.Earlier) != 0 {
		t.Error("an earlier key counts that nobody vouched for")
	}
}

// TestAPlannedRenewalNeedsNoHand: partners with terms learn of new keys from the key that they have pinned, twice in a row; their
// page says that nobody has compared them, until somebody has.
func TestAPlannedRenewalNeedsNoHand(t *testing.T) {
	c := clock.NewManual(start)
	a, b := newFar(t, c, "Shelter", access.Assistance), newFar(t, c, "Ministry", access.Programme)
	agreeToWitness(a, b)
	_, err := opChooseWitness(t.Context(), a.n, ChooseWitnessIn{Partner: b.owner.ID})
	a.must(err)
	var renewed CardOut
	for range 2 {
		renewed, err = opRenewCard(t.Context(), a.n, RenewCardIn{})
		a.must(err)
	}
	for range 4 { // the second card is not believed there before the first was taken
		c.Advance(time.Hour)
		_, err := opDeliver(t.Context(), a.n, Empty{})
		a.must(err)
	}
	c.Advance(7 * time.Hour)
	carry(a, b)
	p := b.partner(a)
	if card.Hex(p.Card.Fingerprint()) != renewed.Fingerprint || p.How != terms.ByRenewal || len(p.Earlier) != 2 {
		t.Fatalf("pinned: %s, %s, %d earlier", card.Hex(p.Card.Fingerprint()), p.How, len(p.Earlier))
	}
	if a.cosigned(b) == 0 {
		t.Error("nothing goes on under the new keys")
	}
	_, err = opPin(t.Context(), b.n, PinIn{Card: renewed.Card, How: "phone"})
	b.must(err)
	if p := b.partner(a); p.How != "phone" || len(p.Earlier) != 2 {
		t.Errorf("compared: %s, %d earlier", p.How, len(p.Earlier))
	}
}
