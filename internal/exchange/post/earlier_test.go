// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

// renewing is a node's directory that knows earlier cards.
type renewing struct {
	*node
	before map[journal.ID][]card.Card
}

// Earlier gives them.
func (r renewing) Earlier(_ context.Context, _, office journal.ID) ([]card.Card, error) {
	return r.before[office], nil
}

// An office that renews its keys loses nothing that was under way, in neither direction; one whose key was stolen is believed
// with the new key alone, and what was taken in before stays.
func TestRenewedKeysLoseNothing(t *testing.T) {
	for _, stolen := range []bool{false, true} {
		from, to := two(t)
		c := journal.NewID(day, nil)
		from.mustQueue(t, from.message(c))
		from.deliver(t)
		from.mustQueue(t, from.message(c)) // signed with the old key, and not delivered yet
		under := to.message(c)             // sealed to the old key, and not delivered yet
		to.mustQueue(t, under)

		old, oldKey := from.card, from.secrets.Seal
		s, err := card.NewSecrets([32]byte{77})
		if err != nil {
			t.Fatal(err)
		}
		s.Before = []*age.HybridIdentity{oldKey}
		from.secrets = s
		if from.card, _, err = s.Issue(old); err != nil {
			t.Fatal(err)
		}
		from.Directory = renewing{from, map[journal.ID][]card.Card{greek: {old}}} // it says of no key of its own that it was stolen
		from.clock.Advance(time.Second)
		if from.deliver(t); len(to.handled) != 2 {
			t.Fatalf("before the new card was pinned: %d handled", len(to.handled))
		}
		from.mustQueue(t, from.message(c))
		from.clock.Advance(time.Second)
		if from.deliver(t); len(to.handled) != 2 || from.outbox(t)[0].Reason != "exchange.post.not_known_there" {
			t.Fatalf("a key that nobody compared is believed: %+v", from.outbox(t)[0])
		}
		_, posing := (&node{Post: from.Post, id: greek, clock: from.clock, secrets: oldSecrets(t, 1), terms: from.terms}).forged(t, to, func(*Header) {})
		to.pinned[greek] = from.card
		to.Directory = renewing{to, map[journal.ID][]card.Card{}}
		if !stolen {
			to.Directory.(renewing).before[greek] = []card.Card{old}
		}
		if _, err := to.Receive(t.Context(), albanian, posing); stolen != fault.Is(err, fault.Denied) {
			t.Errorf("stolen %v: under the old key: %v", stolen, err)
		}
		from.clock.Advance(2 * time.Hour)
		to.clock.Set(from.clock.Now())
		from.deliver(t)
		to.deliver(t)
		if n := len(from.handled); stolen && n != 0 || !stolen && (n != 1 || from.handled[0].ID != under.ID) {
			t.Errorf("stolen %v: %d handled of what was sealed to the old key", stolen, n)
		}
		for _, x := range from.outbox(t) {
			if x.State != Accepted {
				t.Errorf("stolen %v: %+v", stolen, x)
			}
		}
	}
}

func oldSecrets(t *testing.T, seed byte) card.Secrets {
	t.Helper()
	s, err := card.NewSecrets([32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A receipt that is given again under new keys is signed with these, and the log holds what it held.
func TestAReceiptUnderNewKeysLeavesTheLogWhole(t *testing.T) {
	from, to := two(t)
	log := to.logged(t, 7)
	from.mustQueue(t, from.message(greek))
	sealed := from.waiting(t)[0]
	if _, err := to.Receive(t.Context(), albanian, sealed); err != nil {
		t.Fatal(err)
	}
	was, err := to.secrets, error(nil)
	if to.secrets, err = card.NewSecrets([32]byte{80}); err != nil {
		t.Fatal(err)
	}
	to.secrets.Before = []*age.HybridIdentity{was.Seal}
	if to.card, _, err = to.secrets.Issue(to.card); err != nil {
		t.Fatal(err)
	}
	again, err := to.Receive(t.Context(), albanian, sealed)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := ReadReceipt(again, to.card); err != nil || r.Status != Accepted {
		t.Errorf("the receipt that is given again: %+v, %v", r, err)
	}
	if _, err := log.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	to.read(t, func(tx db.Tx) error {
		r, err := ledger.Verify(t.Context(), tx, albanian, to.card.Log, Canonical, CountLeaves)
		if !r.OK || r.Size != 1 {
			t.Errorf("the log: %+v", r)
		}
		return err
	})
}
