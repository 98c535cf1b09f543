// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Whatever the network does, every message arrives once, and each conversation in its order.
func TestEveryMessageArrivesOnceAndInOrder(t *testing.T) {
	from, to := two(t)
	rapid.Check(t, func(r *rapid.T) {
		to.handled, from.receipts = nil, nil
		conversations := []journal.ID{journal.NewID(day, nil), journal.NewID(day, nil), journal.NewID(day, nil)}
		sent := map[journal.ID][]journal.ID{}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			switch rapid.IntRange(0, 3).Draw(r, "step") {
			case 0, 1:
				o := from.message(rapid.SampledFrom(conversations).Draw(r, "conversation"))
				from.mustQueue(t, o)
				sent[o.Conversation] = append(sent[o.Conversation], o.ID)
			case 2:
				to.network.Store(rapid.Int32Range(up, deaf).Draw(r, "network"))
			case 3:
				from.deliver(t)
			}
			from.clock.Advance(time.Duration(rapid.IntRange(1, 3000).Draw(r, "seconds")) * time.Second)
			to.clock.Set(from.clock.Now())
		}
		to.network.Store(up)
		from.clock.Advance(longestWait)
		to.clock.Set(from.clock.Now())
		from.deliver(t)
		arrived, total := map[journal.ID][]journal.ID{}, 0
		for _, in := range to.handled {
			arrived[in.Conversation] = append(arrived[in.Conversation], in.ID)
		}
		for c, ids := range sent {
			total += len(ids)
			if !slices.Equal(arrived[c], ids) {
				r.Fatalf("sent %v, arrived %v", ids, arrived[c])
			}
		}
		if len(to.handled) != total || len(from.receipts) != total {
			r.Fatalf("%d sent, %d arrived, %d receipts", total, len(to.handled), len(from.receipts))
		}
		for _, s := range from.outbox(t) {
			if s.State != "accepted" {
				r.Fatalf("a message is %s: %s", s.State, s.Reason)
			}
		}
	})
	to.read(t, func(tx db.Tx) error {
		gaps, err := Gaps(t.Context(), tx, albanian)
		if len(gaps) > 0 {
			t.Errorf("gaps: %v", gaps)
		}
		return err
	})
	from.read(t, func(tx db.Tx) error {
		var kept int64
		err := tx.Row(t.Context(), `SELECT COUNT(*) FROM post_out WHERE sealed IS NOT NULL`).Scan(&kept)
		if kept != 0 {
			t.Errorf("%d copies kept after their receipt", kept)
		}
		return err
	})
}

// While an office is away, one message asks for all of them; the wait doubles up to an hour, with jitter.
func TestTheWaitDoublesUpToAnHour(t *testing.T) {
	from, to := two(t)
	to.network.Store(down)
	for range 3 {
		from.mustQueue(t, from.message(journal.NewID(day, nil)))
	}
	wait := firstWait
	for try := range int64(15) {
		if n := from.deliver(t); n != 0 {
			t.Fatalf("%d receipts from an office that is away", n)
		}
		tries := int64(0)
		var first Sent
		for _, s := range from.outbox(t) {
			tries += s.Tries
			if s.Tries > 0 {
				first = s
			}
			if ahead := s.Next.Sub(from.clock.Now()); s.State != "queued" || ahead < wait/2 || ahead > wait+time.Second {
				t.Fatalf("try %d: %s, waits %s, want %s to %s", try, s.State, ahead, wait/2, wait)
			}
		}
		if tries != try+1 || first.Reason != "exchange.post.away" {
			t.Fatalf("%d tries, %s", tries, first.Reason)
		}
		if n := from.deliver(t); n != 0 || from.outbox(t)[0].Next != first.Next {
			t.Fatal("it was tried again before its time")
		}
		from.clock.Set(first.Next)
		wait = min(2*wait, longestWait)
	}
}

// A message that the other side cannot read holds up its own conversation, not the others.
func TestAStuckMessageHoldsUpItsConversationOnly(t *testing.T) {
	from, to := two(t)
	a, b := journal.NewID(day, nil), journal.NewID(day, nil)
	first := from.message(a)
	from.mustQueue(t, first)
	from.mustQueue(t, from.message(a))
	from.mustQueue(t, from.message(b))
	err := from.DB.Write(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE post_out SET sealed = $1 WHERE id = $2`, []byte("damaged on our own disk"), first.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	from.clock.Advance(time.Second)
	if from.deliver(t); len(to.handled) != 1 || to.handled[0].Conversation != b {
		t.Fatalf("%d handled", len(to.handled))
	}
	for _, s := range from.outbox(t) {
		if want := s.ID == first.ID; s.Conversation == a && (s.State != "queued" || want != (s.Reason == "exchange.post.not_read_there")) {
			t.Errorf("%+v", s)
		}
	}
}

// What was sealed and never committed leaves no hole in the sequence, and two that were sealed at the same
// moment cannot both have its place.
func TestACrashBetweenSealAndCommitLeavesNoHole(t *testing.T) {
	from, to := two(t)
	ctx, c := t.Context(), journal.NewID(day, nil)
	lost, err := from.Prepare(ctx, greek, from.message(c))
	if err != nil {
		t.Fatal(err)
	}
	from.mustQueue(t, from.message(c))
	if err := from.DB.Write(ctx, func(tx db.Tx) error { return from.Enqueue(ctx, tx, lost) }); !fault.Is(err, fault.Conflict) {
		t.Fatalf("two messages in one place: %v", err)
	}
	undone := errors.New("undone")
	s, err := from.Prepare(ctx, greek, from.message(c))
	if err != nil {
		t.Fatal(err)
	}
	err = from.DB.Write(ctx, func(tx db.Tx) error { return errors.Join(from.Enqueue(ctx, tx, s), undone) })
	if !errors.Is(err, undone) || len(from.outbox(t)) != 1 {
		t.Fatalf("a message outlives what brought it about: %v", err)
	}
	from.mustQueue(t, from.message(c))
	from.clock.Advance(time.Second)
	if from.deliver(t); len(to.handled) != 2 || to.handled[0].Seq != 1 || to.handled[1].Seq != 2 || to.handled[1].Prev != to.handled[0].Hash {
		t.Fatalf("%d handled", len(to.handled))
	}
}

// A receipt that whoever waits for it cannot take yet is asked for again; the other side answers the same.
func TestAReceiptIsToldUntilItIsTaken(t *testing.T) {
	from, to := two(t)
	from.mustQueue(t, from.message(greek))
	broken := true
	from.heed = func() error {
		if broken {
			return errors.New("the disk is full")
		}
		return nil
	}
	from.clock.Advance(time.Second)
	if from.deliver(t) != 0 || from.outbox(t)[0].State != "queued" {
		t.Fatal("a receipt that nobody took counts")
	}
	broken = false
	from.clock.Advance(time.Hour)
	if from.deliver(t) != 1 || len(to.handled) != 1 || len(from.receipts) != 1 {
		t.Fatalf("%d handled, %d receipts", len(to.handled), len(from.receipts))
	}
	if got := from.receipts[0]; got.Status != "accepted" || !got.At.Equal(day) {
		t.Errorf("the second answer is not the first: %+v", got)
	}
}

// The clocks of two offices may be a day apart: nothing is lost, what comes from the future is taken in
// when its time has come.
func TestClocksADayApart(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"sender ahead": 24 * time.Hour, "sender behind": -24 * time.Hour} {
		from, to := two(t)
		from.clock.Advance(ahead)
		o := from.message(greek)
		o.Expires = from.clock.Now().Add(7 * 24 * time.Hour)
		from.mustQueue(t, o)
		duty := from.message(albanian)
		duty.Type = takeBack
		from.mustQueue(t, duty)
		hours := 0
		for ; len(to.handled) < 2 && hours < 30; hours++ {
			from.deliver(t)
			if len(to.handled) < 2 && ahead > 0 && from.outbox(t)[1].Reason+from.outbox(t)[0].Reason == "" {
				t.Errorf("%s: the sender is not told why it waits", name)
			}
			from.clock.Advance(time.Hour)
			to.clock.Advance(time.Hour)
		}
		if len(to.handled) != 2 || ahead < 0 && hours != 1 {
			t.Errorf("%s: %d arrived within %d hours", name, len(to.handled), hours)
		}
		for _, s := range from.outbox(t) {
			if s.State == "refused" {
				t.Errorf("%s: refused for good: %s", name, s.Reason)
			}
		}
	}
}

// Two owners of one node use the same path, without the network.
func TestTwoOwnersOfOneNode(t *testing.T) {
	from, to := two(t)
	from.courier.Local = func(id journal.ID) bool { return id == albanian }
	from.courier.Client = nil // would panic
	both := &both{from, to}
	from.Directory = both
	from.mustQueue(t, from.message(greek))
	o := from.message(greek)
	o.Categories = []journal.Category{journal.D2}
	from.mustQueue(t, o)
	to.terms[0].Document.Grants = nil // the other owner ended it there
	from.clock.Advance(time.Second)
	from.deliver(t)
	out := from.outbox(t)
	if len(out) != 2 || out[0].State != "refused" || out[0].Reason != "exchange.terms.none" || out[1].State != "refused" {
		t.Errorf("%+v", out)
	}
	to.terms = from.terms
	from.mustQueue(t, from.message(greek))
	from.clock.Advance(time.Second)
	if from.deliver(t); len(from.handled) != 1 || from.handled[0].Owner != albanian {
		t.Errorf("%d handled", len(from.handled))
	}
}

// both is the directory of a node with two owners.
type both struct{ a, b *node }

func (d *both) of(owner journal.ID) *node {
	if owner == d.b.id {
		return d.b
	}
	return d.a
}

func (d *both) Self(ctx context.Context, owner journal.ID) (card.Card, card.Secrets, error) {
	return d.of(owner).Self(ctx, owner)
}

func (d *both) Partner(ctx context.Context, owner, partner journal.ID) (card.Card, error) {
	return d.of(owner).Partner(ctx, owner, partner)
}

func (d *both) Terms(ctx context.Context, owner, partner journal.ID) ([]terms.State, error) {
	return d.of(owner).Terms(ctx, owner, partner)
}

// TestAReplyIsSeenAtOnce: what a handler queues is told of when the courier can see it, and what is undone is not told of.
func TestAReplyIsSeenAtOnce(t *testing.T) {
	from, to := two(t)
	var seen []int
	to.Queued = func() { seen = append(seen, len(to.outbox(t))) }
	refused := errors.New("undone")
	to.answer = func(in Incoming) error {
		s, err := to.Prepare(t.Context(), to.id, to.message(in.Conversation))
		if err != nil {
			return err
		}
		err = to.DB.Write(t.Context(), func(tx db.Tx) error { return errors.Join(to.Enqueue(t.Context(), tx, s), refused) })
		if !errors.Is(err, refused) || len(seen) > 0 {
			t.Errorf("%v; told of what was undone: %v", err, seen)
		}
		return to.DB.Write(t.Context(), func(tx db.Tx) error { return to.Enqueue(t.Context(), tx, s) })
	}
	from.mustQueue(t, from.message(greek))
	if from.deliver(t) != 1 || !slices.Equal(seen, []int{1}) {
		t.Errorf("told of %v", seen)
	}
	if to.deliver(t) != 1 || len(from.handled) != 1 {
		t.Errorf("%d replies arrived", len(from.handled))
	}
}
