// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// TestAnOfficeRenewsItsKeys: what waits arrives once the partner has pinned the new card, and the new keys are there after
// the office was started again.
func TestAnOfficeRenewsItsKeys(t *testing.T) {
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
	renewed, err := opRenewCard(t.Context(), a.n, Of{})
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
