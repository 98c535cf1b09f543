// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// visit is one courier's turn with one partner of an owner.
type visit struct {
	*Courier
	owner, partner journal.ID
	dir            Directory

	mu     sync.Mutex          // guards the following
	stuck  map[journal.ID]bool // conversations, and the partner itself
	filled map[journal.ID]bool // conversations in which a gap was filled
	ended  []ended
	err    error
}

// ended is a message that needs no more carrying, and what to keep of how it ended.
type ended struct {
	Sent
	status, reason string
	receipt        []byte
	at             time.Time
}

// batch delivers what is due, as much as one request takes, and gives how many receipts came; more is false when nothing
// was due.
func (v *visit) batch(ctx context.Context) (n int, more bool, _ error) {
	v.ended, v.err = nil, nil
	due, err := v.due(ctx)
	if err != nil || len(due) == 0 {
		return 0, false, err
	}
	leaving, sealed, err := v.load(ctx, due)
	if err != nil {
		return 0, false, err
	}
	unsent, err := v.finish(ctx)
	if err != nil {
		return 0, false, errors.Join(v.err, err)
	}
	if len(leaving) > 0 {
		v.deliver(ctx, leaving, sealed)
	}
	received, err := v.finish(ctx)
	return unsent + received, err == nil, errors.Join(v.err, err)
}

// load reads what would leave. What may not leave any more ends here: its room is told.
func (v *visit) load(ctx context.Context, due []Sent) (leaving []Sent, sealed [][]byte, err error) {
	for i := range due {
		s := due[i]
		b, err := v.sealed(ctx, &s)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case v.stuck[s.Conversation]:
		case s.State == "queued":
			if _, err := v.Post.partner(ctx, v.dir, v.owner, v.partner, s.Type); err != nil {
				v.stop(s, v.Courier.later(ctx, v.owner, s, fault.Wrap(fault.Guarded, err, reason(err)))) // what takes back may go all the same
				continue
			}
			leaving, sealed = append(leaving, s), append(sealed, b)
		case s.State == Expired || s.State == Voided:
			if err := v.unsent(ctx, s); err != nil {
				v.stop(s, err)
			}
		}
	}
	return leaving, sealed, nil
}

// sealed reads what would leave, and whether it still may: a message whose time or terms have run out, or that was voided
// since, does not.
func (v *visit) sealed(ctx context.Context, s *Sent) ([]byte, error) {
	var b []byte
	var expires int64
	var hash string
	var k waitingKeys
	err := v.Post.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT sealed, state, reason, expires, terms, signer, recipient, copy FROM post_out WHERE owner = $1 AND id = $2`, v.owner, s.ID).Scan(&b, &s.State, &s.Reason, &expires, &hash, &k.signer, &k.recipient, &k.copy)
	})
	if err != nil || s.State != "queued" {
		return nil, err
	}
	if v.Post.takesBack(s.Type) && s.Type != RenewedType {
		return v.current(ctx, s, b, k)
	}
	now := v.Post.Clock.Now()
	if expires != 0 && !now.Before(db.Time(expires)) {
		s.State, s.Reason = Expired, "exchange.post.expired"
		return nil, nil
	}
	if hash == "" || v.Post.opens[s.Type] || s.Type == RenewedType {
		return v.current(ctx, s, b, k)
	}
	all, err := v.dir.Terms(ctx, v.owner, v.partner)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if h := t.Document.Hash(); hex.EncodeToString(h[:]) == hash && t.Status(now) == "in_force" {
			return v.current(ctx, s, b, k)
		}
	}
	s.State, s.Reason = Expired, "exchange.post.uncovered"
	return nil, nil
}

// deliver carries messages, those of one conversation in their order, and takes in what comes back.
func (v *visit) deliver(ctx context.Context, leaving []Sent, sealed [][]byte) {
	to, err := v.Post.partner(ctx, v.dir, v.owner, v.partner, leaving[0].Type)
	if err == nil {
		err = v.tombs(ctx, to, leaving)
	}
	if err == nil {
		leaving, sealed = v.withParcels(ctx, to, leaving, sealed)
		if len(leaving) == 0 {
			return
		}
	}
	var answers []Answer
	if err == nil {
		for _, s := range leaving {
			if s.Tries == 0 {
				v.leaves(s.ID)
			}
		}
		answers, err = v.carry(ctx, to.URL, v.partner, sealed)
	}
	if err != nil {
		v.later(ctx, leaving[0], err)
		v.stop(Sent{Conversation: v.partner}, nil)
		return
	}
	by, order := map[journal.ID][]int{}, []journal.ID{}
	for i, s := range leaving {
		if by[s.Conversation] == nil {
			order = append(order, s.Conversation)
		}
		by[s.Conversation] = append(by[s.Conversation], i)
	}
	taking := new(errgroup.Group)
	taking.SetLimit(v.Post.width(lanes))
	for _, c := range order {
		taking.Go(func() error {
			for _, i := range by[c] {
				if !v.answered(ctx, leaving[i], answers[i], to) {
					break
				}
			}
			return nil
		})
	}
	_ = taking.Wait() // errors are in v
}

// withParcels brings what belongs to messages before them. A message whose parcels cannot be brought now waits, and its
// conversation with it. Where the partner takes none of ours, the message goes without: its answer says why, and may end it.
func (v *visit) withParcels(ctx context.Context, to card.Card, leaving []Sent, sealed [][]byte) (ready []Sent, bytes [][]byte) {
	for i, s := range leaving {
		if v.stuck[s.Conversation] {
			continue
		}
		if s.Parcels != "" {
			if err := v.parcels(ctx, s, to); err != nil && !fault.Is(err, fault.Denied) {
				v.later(ctx, s, err)
				continue
			}
		}
		ready, bytes = append(ready, s), append(bytes, sealed[i])
	}
	return ready, bytes
}

// tombs tells the partner first, where messages stand behind some that never left, which these are.
func (v *visit) tombs(ctx context.Context, to card.Card, leaving []Sent) error {
	untold, err := v.Post.untold(ctx, v.owner, v.partner)
	if err != nil || len(untold) == 0 {
		return err
	}
	highest := map[journal.ID]int64{}
	for _, s := range leaving {
		highest[s.Conversation] = max(highest[s.Conversation], s.Seq)
	}
	for c, seq := range highest {
		if !untold[c] {
			continue
		}
		if _, err := v.tell(ctx, to, c, 1, seq, false); err != nil {
			return err
		}
	}
	return nil
}

// tell sends the partner a list of what never comes of a conversation, from a number on and before another, and gives how
// many that are.
func (v *visit) tell(ctx context.Context, to card.Card, conversation journal.ID, from, before int64, all bool) (int, error) {
	gone, under, err := v.Post.tombs(ctx, v.owner, lane{v.partner, conversation}, from, before, all)
	if err != nil || len(gone) == 0 {
		return 0, err
	}
	sealed, err := v.Post.tombstone(ctx, v.owner, v.partner, gone, under)
	if err != nil {
		return 0, err
	}
	answers, err := v.carry(ctx, to.URL, v.partner, [][]byte{sealed})
	if err == nil {
		err = answers[0].Err
	}
	if err == nil {
		_, err = ReadReceipt(answers[0].Receipt, to)
	}
	if err != nil {
		return 0, err
	}
	return len(gone), v.Post.noteTold(ctx, v.owner, gone)
}

// asked gives a partner what it lacks before a message that it did not take in: what still waits here is due at once, and
// what never comes is said. Asked twice in one visit, the message waits.
func (v *visit) asked(ctx context.Context, s Sent, r Receipt, to card.Card) {
	v.mu.Lock()
	again := v.filled[s.Conversation]
	v.filled[s.Conversation] = true
	v.mu.Unlock()
	if again || r.Expects >= s.Seq {
		v.later(ctx, s, fault.New(fault.Guarded, "exchange.post.gap"))
		return
	}
	gone, err := v.tell(ctx, to, s.Conversation, r.Expects, s.Seq, true)
	if err != nil {
		v.later(ctx, s, err)
		return
	}
	var waiting int64
	err = v.Post.DB.Write(ctx, func(tx db.Tx) (err error) {
		waiting, err = tx.Exec(ctx, `UPDATE post_out SET next = $1 WHERE owner = $2 AND partner = $3 AND conversation = $4 AND seq >= $5 AND seq < $6 AND state = 'queued'`,
			db.Micros(v.Post.Clock.Now()), v.owner, v.partner, s.Conversation, r.Expects, s.Seq)
		return err
	})
	if err != nil || gone == 0 && waiting == 0 {
		v.later(ctx, s, errors.Join(fault.New(fault.Guarded, "exchange.post.gap"), err))
	}
}

// answered takes in what came back for one message; false when nothing behind it in its conversation counts now.
func (v *visit) answered(ctx context.Context, s Sent, a Answer, to card.Card) bool {
	if a.Err != nil {
		if !v.disowned(ctx, s, a.Err) {
			v.later(ctx, s, a.Err)
		}
		return false
	}
	r, err := v.Post.readReceipt(ctx, v.owner, a.Receipt, to)
	if err == nil && (r.Message != s.ID || r.Hash != s.Hash || r.To != v.owner) {
		err = errors.New("post: the receipt is for another message")
	}
	if err != nil {
		v.later(ctx, s, err)
		return false
	}
	if r.Status == Early {
		v.asked(ctx, s, r, to)
		return false
	}
	if f := v.Post.receipts[s.Type]; f != nil {
		if err := f(ctx, v.owner, s, r); err != nil {
			v.later(ctx, s, err)
			return false
		}
	}
	v.end(ended{s, r.Status, r.Reason, a.Receipt, r.At})
	return true
}

func (v *visit) end(e ended) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ended = append(v.ended, e)
}

// unsent ends a message that never left, or whose tries (Sent.Tries) came to nothing that we know: its wing is told, our
// copy goes.
func (v *visit) unsent(ctx context.Context, s Sent) error {
	if s.Tries == 0 && v.mayHaveLeft(s.ID) {
		s.Tries = 1
	}
	now := v.Post.Clock.Now().UTC().Truncate(time.Microsecond)
	if f := v.Post.receipts[s.Type]; f != nil {
		r := Receipt{Version: Version, Message: s.ID, Hash: s.Hash, To: v.owner, Status: s.State, Reason: s.Reason, At: now}
		if err := f(ctx, v.owner, s, r); err != nil {
			return err
		}
	}
	v.end(ended{s, s.State, s.Reason, nil, now})
	return nil
}

// finish keeps receipts, all in one transaction, drops our copies of what was sent (their hashes stay), and gives how many
// that were.
func (v *visit) finish(ctx context.Context) (int, error) {
	done := v.ended
	v.ended = nil
	if len(done) == 0 {
		return 0, nil
	}
	if err := v.Post.finish(ctx, v.owner, done...); err != nil {
		return 0, err
	}
	for _, e := range done {
		v.noted(e.ID)
	}
	return len(done), nil
}

// settle keeps the one receipt of a message.
func (p *Post) settle(ctx context.Context, owner journal.ID, s Sent, r Receipt, receipt []byte) error {
	return p.finish(ctx, owner, ended{s, r.Status, r.Reason, receipt, r.At})
}

// finish keeps how messages ended, all in one transaction.
func (p *Post) finish(ctx context.Context, owner journal.ID, done ...ended) error {
	return p.DB.WriteAgain(ctx, func(tx db.Tx) error {
		for _, e := range done {
			_, err := tx.Exec(ctx, `UPDATE post_out SET state = $1, reason = $2, sealed = NULL, copy = NULL, receipt = $3, done = $4, tries = $5 WHERE owner = $6 AND id = $7`,
				e.status, e.reason, e.receipt, db.Micros(e.at), e.Tries+1, owner, e.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// later notes that a message could not be delivered now, and holds up what stands behind it.
func (v *visit) later(ctx context.Context, s Sent, why error) {
	err := v.Courier.later(ctx, v.owner, s, why)
	v.stop(s, err)
	if ofPartner(why) {
		v.stop(Sent{Conversation: v.partner}, nil)
	}
}

// stop holds up a conversation for the rest of the visit.
func (v *visit) stop(s Sent, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stuck[s.Conversation] = true
	v.err = errors.Join(v.err, err)
}
