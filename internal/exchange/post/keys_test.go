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
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// robbed gives two offices with keyrings: the first's keys are stolen (rob), and the second learns of it.
func robbed(t *testing.T) (from, to *node, rob func()) {
	t.Helper()
	from, to = holding(t)
	k, err := vault.Create()
	if err != nil {
		t.Fatal(err)
	}
	to.Keys = func(journal.ID) Keyring { return k }
	from.Directory, to.Directory = renewing{from, nil}, renewing{to, nil} // nobody counts the earlier card
	return from, to, func() {
		s, err := card.NewSecrets([32]byte{78})
		if err != nil {
			t.Fatal(err)
		}
		s.Before = []*age.HybridIdentity{from.secrets.Seal}
		from.secrets = s
		if from.card, _, err = s.Issue(from.card); err != nil {
			t.Fatal(err)
		}
		to.pinned[greek] = from.card
		from.clock.Advance(2 * time.Hour)
		to.clock.Set(from.clock.Now())
	}
}

func (n *node) states(t *testing.T) map[journal.ID]Sent {
	t.Helper()
	out := map[journal.ID]Sent{}
	for _, s := range n.outbox(t) {
		out[s.ID] = s
	}
	return out
}

// After a theft nothing waits for ever: what takes back leaves under the new keys and is taken in once, all else that had not
// left ends and its room is told.
func TestAfterATheftNothingWaitsForEver(t *testing.T) {
	from, to, rob := robbed(t)
	c, d := journal.NewID(day, nil), journal.NewID(day, nil)
	plain, recall := from.message(c), from.back(d, `{}`)
	theirs, theirRecall := to.message(c), to.back(d, `{}`)
	from.mustQueue(t, plain)
	from.mustQueue(t, recall)
	to.mustQueue(t, theirs)
	to.mustQueue(t, theirRecall)
	thief := from.secrets
	rob()
	from.deliver(t)
	to.deliver(t)
	for n, want := range map[*node]map[journal.ID]string{from: {plain.ID: Expired, recall.ID: Accepted}, to: {theirs.ID: Expired, theirRecall.ID: Accepted}} {
		got := n.states(t)
		for id, state := range want {
			if s := got[id]; s.State != state || state == Expired && (s.Reason != NewKeys || s.Tries != 1) {
				t.Errorf("%s: %s (%s), after %d; want %s", s.Type, s.State, s.Reason, s.Tries, state)
			}
		}
		if len(n.receipts) != 1 || n.receipts[0].Status != Expired || n.receipts[0].Reason != NewKeys {
			t.Errorf("its room was told %+v", n.receipts)
		}
		if len(n.handled) != 1 || n.handled[0].Type != takeBack {
			t.Errorf("taken in: %d", len(n.handled))
		}
	}
	if sealed, err := seal([]byte("x"), to.pinned[greek]); err != nil {
		t.Fatal(err)
	} else if _, err := unseal(sealed, thief); err == nil {
		t.Error("the thief opens what is sealed to the new card: this test shows nothing")
	}
}

// What was taken in before the theft, and whose receipt was lost, is answered again with the new key, in both directions; it has
// no second effect.
func TestAfterATheftReceiptsAreSignedAgain(t *testing.T) {
	from, to, rob := robbed(t)
	c := journal.NewID(day, nil)
	plain, recall := from.message(c), to.back(c, `{}`)
	from.mustQueue(t, plain)
	to.mustQueue(t, recall)
	from.network.Store(deaf)
	to.network.Store(deaf)
	from.deliver(t)
	to.deliver(t)
	from.network.Store(up)
	to.network.Store(up)
	rob()
	from.deliver(t)
	to.deliver(t)
	if s := from.states(t)[plain.ID]; s.State != Accepted || len(to.handled) != 1 {
		t.Errorf("what was sent under the stolen key: %+v, handled %d times", s, len(to.handled))
	}
	if s := to.states(t)[recall.ID]; s.State != Accepted || len(from.handled) != 1 {
		t.Errorf("what was answered under the stolen key: %+v, handled %d times", s, len(from.handled))
	}
}

// An office keeps nothing of a message that waits that it could open itself, unless it takes something back; and of those nothing
// once they are over.
func TestOnlyWhatTakesBackIsKeptForLater(t *testing.T) {
	from, _, _ := robbed(t)
	c := journal.NewID(day, nil)
	from.mustQueue(t, from.message(c))
	from.mustQueue(t, from.back(c, `{}`))
	copies := func() (n int) {
		from.read(t, func(tx db.Tx) error {
			return tx.Row(t.Context(), `SELECT COUNT(*) FROM post_out WHERE copy IS NOT NULL`).Scan(&n)
		})
		return n
	}
	if n := copies(); n != 1 {
		t.Errorf("%d copies of two messages", n)
	}
	if n, err := from.Reseal(t.Context(), greek); n != 1 || err != nil {
		t.Errorf("sealed again: %d, %v", n, err)
	}
	if from.deliver(t); copies() != 0 {
		t.Errorf("%d copies of what arrived", copies())
	}
}

// A new card comes by post only from the key of the very card that is pinned, and brings new keys and nothing else.
func TestOnlyThePinnedCardVouchesForANewOne(t *testing.T) {
	for name, want := range map[string]string{"planned": "", "by an earlier key": "exchange.card.not_by_pinned", "with another address": "exchange.card.more_than_keys", "nobody takes any": "exchange.post.unknown_type"} {
		t.Run(name, func(t *testing.T) {
			from, to := holding(t)
			was, fresh := from.secrets, oldSecrets(t, 79)
			c := from.card
			switch name {
			case "by an earlier key":
				between := oldSecrets(t, 80)
				var err error
				if to.pinned[greek], _, err = between.Issue(c); err != nil {
					t.Fatal(err)
				}
				to.Directory = renewing{to, map[journal.ID][]card.Card{greek: {from.card}}}
			case "with another address":
				c.URL = "https://elsewhere.example"
			}
			_, b, err := fresh.Issue(c)
			if err != nil {
				t.Fatal(err)
			}
			var pinned []byte
			to.Repin = func(ctx context.Context, in Incoming, b []byte) error {
				pinned = b
				return to.DB.Write(ctx, func(tx db.Tx) error { return in.Done(ctx, tx) })
			}
			if name == "nobody takes any" {
				to.Repin = nil
			}
			s, err := from.Announce(t.Context(), greek, albanian, was, b)
			if err == nil {
				err = from.DB.Write(t.Context(), func(tx db.Tx) error { return from.Enqueue(t.Context(), tx, s) })
			}
			if err != nil {
				t.Fatal(err)
			}
			from.deliver(t)
			if out := from.outbox(t); len(out) != 1 || out[0].Reason != want || (want == "") != (string(pinned) == string(b)) || want != "" && pinned != nil {
				t.Errorf("%+v; pinned %q", out, pinned)
			}
		})
	}
}

// disowning is a node's directory that knows which cards of partners count no more.
type disowning struct {
	renewing
	of map[journal.ID][]card.Card
}

// Disowned gives them.
func (d disowning) Disowned(_ context.Context, _, office journal.ID) ([]card.Card, error) {
	return d.of[office], nil
}

// What a stolen key had signed and that left by hand, or through a relay, has nobody in the line who says no. Whoever took it in before
// gives its receipt again; whoever did not reads why, and hears that the key is in use; and it does not wait for all of its time.
func TestWhatAStolenKeySignedAndLeftByHandEnds(t *testing.T) {
	from, to, rob := robbed(t)
	was := from.card
	arrived, lost := from.message(journal.NewID(day, nil)), from.message(journal.NewID(day, nil))
	from.mustQueue(t, arrived)
	from.mustQueue(t, lost)
	along := func() [][]byte {
		t.Helper()
		a, err := from.TakeAlong(t.Context(), greek, albanian, MaxMessage, 0)
		if err != nil {
			t.Fatal(err)
		}
		return a.Sealed
	}
	bring := func(b []byte) (string, error) {
		t.Helper()
		r, err := to.BringIn(t.Context(), albanian, b)
		return r.Status, err
	}
	left := along()
	if len(left) != 2 {
		t.Fatalf("%d of two left", len(left))
	}
	if status, err := bring(left[0]); status != Accepted || err != nil {
		t.Fatal(status, err)
	}
	rob()
	var told []card.Card
	to.Directory = disowning{renewing{to, nil}, map[journal.ID][]card.Card{greek: {was}}}
	to.Misused = func(_ context.Context, owner journal.ID, of card.Card) { told = append(told, of) }
	again := along()
	if len(again) != 2 {
		t.Fatalf("%d are asked for after the theft, which may have arrived", len(again))
	}
	if status, err := bring(again[0]); status != Accepted || err != nil || len(told) != 0 {
		t.Errorf("what was taken in before: %s, %v, told %d times", status, err, len(told))
	}
	if _, err := bring(again[1]); !fault.Is(err, fault.Denied) || reason(err) != StolenKey || len(told) != 1 || told[0] != was {
		t.Errorf("what was not: %v, told of %v", err, told)
	}
	strange := newNode(t, greek, 9)
	strange.terms = from.terms
	_, posing := strange.forged(t, to, func(*Header) {})
	if _, err := bring(posing); reason(err) != "exchange.post.bad_signature" || len(told) != 1 {
		t.Errorf("a stranger's is %v, and told of %d times", err, len(told))
	}
	receipts, err := to.TakeAlong(t.Context(), albanian, greek, MaxMessage, 0)
	if err != nil || len(receipts.Receipts) != 1 {
		t.Fatalf("%d receipts go back, %v", len(receipts.Receipts), err)
	}
	if _, ended, err := from.TakeReceipt(t.Context(), greek, receipts.Receipts[0]); !ended || err != nil {
		t.Errorf("the receipt of what was taken in ends nothing: %v", err)
	}

	from.clock.Set(day.Add(askedAfterTheft - time.Second))
	if n := len(along()); n != 1 {
		t.Errorf("%d are asked for at the end of their days", n)
	}
	from.clock.Advance(2 * time.Hour)
	if n := len(along()); n != 0 {
		t.Errorf("%d still leave after them", n)
	}
	from.network.Store(down)
	from.deliver(t)
	got := from.states(t)
	if s := got[lost.ID]; s.State != Expired || s.Reason != NewKeys || s.Tries < 2 {
		t.Errorf("nobody answered, and it is %s (%s) after %d", s.State, s.Reason, s.Tries)
	}
	if s := got[arrived.ID]; s.State != Accepted {
		t.Errorf("what arrived is %s", s.State)
	}
}
