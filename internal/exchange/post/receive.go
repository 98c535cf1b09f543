// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// arrival is a message that was opened and attributed to a pinned partner.
type arrival struct {
	envelope
	owner   journal.ID
	dir     Directory
	secrets card.Secrets
	size    int64
	blocked bool
	counted bool // it was new, and the partner's quota counts it
}

// Receive takes a sealed message for an owner and gives the signed receipt. A repeated message gives the
// same receipt again and has no further effect. One that came before its predecessors is not taken in: its receipt says
// Early, and which number is missing. When a message cannot even be attributed to a pinned partner there is no receipt,
// only an error; nor while the partner has sent too much (Unavailable, exchange.post.quota).
func (p *Post) Receive(ctx context.Context, owner journal.ID, sealed []byte) ([]byte, error) {
	a := p.receive(ctx, owner, sealed)
	return a.Receipt, a.Err
}

func (p *Post) receive(ctx context.Context, owner journal.ID, sealed []byte) Answer {
	a, err := p.open(ctx, p.Directory, owner, sealed)
	if err != nil {
		return Answer{Err: err}
	}
	receipt, err := p.take(ctx, a)
	return Answer{receipt, err, a.counted}
}

// Answer is what became of one message of several: a receipt, or why there is none.
type Answer struct {
	Receipt []byte
	Err     error
	counted bool // on the quota of a pinned partner
}

// lanes bounds how many conversations of one batch are worked on at a time: they share the commits of the database.
const lanes = 48

// ReceiveAll is Receive for several messages at once, in their order within each conversation, and beside each other
// otherwise. Cards and terms are looked up once for all of them.
func (p *Post) ReceiveAll(ctx context.Context, owner journal.ID, sealed [][]byte) []Answer {
	out, arrivals := make([]Answer, len(sealed)), make([]*arrival, len(sealed))
	dir := &glance{Directory: p.Directory}
	opening := new(errgroup.Group)
	opening.SetLimit(p.width(runtime.GOMAXPROCS(0)))
	for i := range sealed {
		opening.Go(func() error {
			out[i].Err = guarded(func() (err error) { arrivals[i], err = p.open(ctx, dir, owner, sealed[i]); return err })
			return nil
		})
	}
	_ = opening.Wait() // each has its own error
	var order []lane
	by := map[lane][]int{}
	for i, a := range arrivals {
		if a == nil {
			continue
		}
		l := lane{a.From, a.Conversation}
		if by[l] == nil {
			order = append(order, l)
		}
		by[l] = append(by[l], i)
	}
	taking := new(errgroup.Group)
	taking.SetLimit(p.width(lanes))
	for _, l := range order {
		taking.Go(func() error {
			var stuck error // what stands behind a message that could not be taken in waits with it
			for _, i := range by[l] {
				if out[i].Err = stuck; stuck == nil {
					out[i].Err = guarded(func() (err error) { out[i].Receipt, err = p.take(ctx, arrivals[i]); return err })
					out[i].counted = arrivals[i].counted
				}
				if out[i].Err != nil && stuck == nil {
					stuck = fault.New(fault.Unavailable, "exchange.post.behind")
				}
			}
			return nil
		})
	}
	_ = taking.Wait()
	return out
}

// lane is what must stay in order.
type lane struct{ partner, conversation journal.ID }

// guarded turns a panic into an error: one message must not take down an office that takes in others beside it.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fault.Wrap(fault.Internal, fmt.Errorf("panic: %v", r), "fault.internal")
		}
	}()
	return f()
}

// open unseals a message, takes it apart and checks whose it is.
func (p *Post) open(ctx context.Context, dir Directory, owner journal.ID, sealed []byte) (*arrival, error) {
	if len(sealed) > MaxMessage {
		return nil, fault.New(fault.TooMuch, "exchange.post.too_large")
	}
	_, secrets, err := dir.Self(ctx, owner)
	if err != nil {
		return nil, err
	}
	raw, err := unseal(sealed, secrets)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	e, err := decode(raw)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	from, err := dir.Partner(ctx, owner, e.From)
	blocked := fault.Is(err, fault.Denied) && from.Office == e.From
	if err != nil && !blocked {
		return nil, fault.New(fault.Denied, "exchange.partner.unknown")
	}
	a := &arrival{envelope: e, owner: owner, dir: dir, secrets: secrets, size: int64(len(sealed)), blocked: blocked}
	if p.signed(ctx, owner, from, e.signed, e.sig) {
		return a, nil
	}
	// What came before under a key that has been stolen since was answered: the same bytes get the same answer.
	if receipt, _, err := p.known(ctx, a); err != nil || receipt == nil {
		if p.misused(ctx, owner, e.From, e.signed, e.sig) {
			return nil, fault.New(fault.Denied, StolenKey)
		}
		return nil, fault.New(fault.Denied, "exchange.post.bad_signature")
	}
	return a, nil
}

// take answers an attributed message.
func (p *Post) take(ctx context.Context, a *arrival) ([]byte, error) {
	m, err := p.used(ctx, a.owner, a.From)
	if err != nil {
		return nil, err
	}
	leave, err := m.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	receipt, missing, err := p.known(ctx, a)
	if err != nil {
		return nil, err
	}
	if receipt != nil {
		return signedAgain(receipt, a.secrets), nil
	}
	if err := p.spend(m, a); err != nil {
		return nil, err
	}
	a.counted = true
	if a.blocked && !p.takesBack(a.Type) {
		return p.refuse(ctx, a, p.receiptFor(a), fault.New(fault.Denied, "exchange.partner.blocked"))
	}
	return p.accept(ctx, a, missing)
}

// receiptFor begins the receipt for a message.
func (p *Post) receiptFor(a *arrival) Receipt {
	h := a.hash()
	return Receipt{Version: 1, Message: a.ID, Hash: hex.EncodeToString(h[:]), From: a.owner, To: a.From, Status: Accepted, At: p.Clock.Now().UTC().Truncate(time.Microsecond)}
}

// known gives the receipt of a message that was handled before; an id used twice for different bytes is a
// replay with a change and refused. Of one that is new it gives the first number before its own that is missing, 0 for none.
func (p *Post) known(ctx context.Context, a *arrival) (receipt []byte, missing int64, err error) {
	var hash []byte
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		err := tx.Row(ctx, `SELECT receipt, hash FROM post_in WHERE owner = $1 AND partner = $2 AND id = $3`, a.owner, a.From, a.ID).Scan(&receipt, &hash)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		missing, err = missingBefore(ctx, tx, a)
		return err
	})
	if err != nil || hash == nil {
		return nil, missing, err
	}
	if h := a.hash(); string(h[:]) != string(hash) {
		return nil, 0, fault.New(fault.Denied, "exchange.post.replayed")
	}
	return receipt, 0, nil
}

// check says what in the header forbids the message here.
func (p *Post) check(ctx context.Context, a *arrival) error {
	now := p.Clock.Now()
	switch {
	case a.Version != Version:
		return fault.New(fault.Invalid, "exchange.post.version")
	case a.To != a.owner:
		return fault.New(fault.Denied, "exchange.post.wrong_office")
	case p.takesBack(a.Type): // whenever it was sent
	case a.Sent.After(now.Add(LongSkew)):
		return fault.New(fault.Invalid, "exchange.post.future")
	case a.Sent.After(now.Add(Skew)):
		return fault.New(fault.Unavailable, "exchange.post.future")
	case !now.Before(a.Expires):
		return fault.New(fault.Invalid, "exchange.post.expired")
	}
	switch {
	case a.Hop != 0:
		return fault.New(fault.Uncovered, "exchange.post.hop")
	case slices.Contains(a.Categories, journal.D5):
		return fault.New(fault.Uncovered, "exchange.terms.uncovered", "Category", "D5")
	}
	if a.Terms == "" {
		return fault.New(fault.Uncovered, "exchange.terms.none")
	}
	if p.opens[a.Type] {
		return opening(a.Header)
	}
	doc, err := p.covering(ctx, a.dir, a.owner, a.From, a.Header)
	if err == nil && doc.Handling != a.Handling && !p.takesBack(a.Type) { // it binds for good: it is the one that both signed
		return fault.New(fault.Uncovered, "exchange.post.handling")
	}
	return err
}

// accept takes a message in, or refuses it, or says that it came before its time. Whatever takes something back does not
// wait for its predecessors when its room can take it without them.
func (p *Post) accept(ctx context.Context, a *arrival, missing int64) ([]byte, error) {
	r := p.receiptFor(a)
	err := p.check(ctx, a)
	handler, ok := p.handler(a.Type)
	if err == nil && !ok {
		err = fault.New(fault.Invalid, "exchange.post.unknown_type")
	}
	if err == nil && missing > 0 && !p.takesBack(a.Type) {
		return p.early(ctx, a, r, missing)
	}
	if err == nil && len(a.Parcels) > 0 {
		here, herr := p.hasAll(ctx, a)
		if herr != nil {
			return nil, herr
		}
		if !here { // no receipt: its sender brings them first
			return nil, putOff(time.Minute, WithoutParcels)
		}
	}
	if err == nil {
		var receipt []byte
		if receipt, err = p.handle(ctx, a, r, handler); err == nil {
			return receipt, nil
		}
		if missing > 0 && !tryAgain(err) {
			return p.early(ctx, a, r, missing)
		}
	}
	if tryAgain(err) {
		return nil, err
	}
	if again, _, kerr := p.known(ctx, a); kerr == nil && again != nil {
		return again, nil // a twin of this message was handled meanwhile
	}
	return p.refuse(ctx, a, r, err)
}

// tryAgain says whether an error is about now, not about the message.
func tryAgain(err error) bool {
	k := fault.Of(err)
	return k == fault.Internal || k == fault.Unavailable || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// handle gives a message to its room, with the note that it was taken in to be made in the same transaction.
func (p *Post) handle(ctx context.Context, a *arrival, r Receipt, handler Handler) ([]byte, error) {
	done := false
	receipt, err := signReceipt(r, a.secrets.Sign)
	if err != nil {
		return nil, err
	}
	record := func(ctx context.Context, tx db.Tx) error {
		done = true
		return p.record(ctx, tx, a, r, receipt)
	}
	if err := handler(ctx, Incoming{Header: a.Header, Owner: a.owner, Body: a.body, Hash: r.Hash, Done: record, post: p, signed: a.signed, sig: a.sig}); err != nil {
		return nil, err
	}
	if !done {
		err = p.DB.Write(ctx, func(tx db.Tx) error { return record(ctx, tx) })
	}
	return receipt, err
}

func (p *Post) refuse(ctx context.Context, a *arrival, r Receipt, why error) ([]byte, error) {
	r.Status, r.Reason = Refused, "refused"
	var f *fault.Fault
	if errors.As(why, &f) {
		r.Reason = f.Key
	}
	receipt, err := signReceipt(r, a.secrets.Sign)
	if err != nil {
		return nil, err
	}
	return receipt, p.DB.Write(ctx, func(tx db.Tx) error { return p.record(ctx, tx, a, r, receipt) })
}

// record notes a message with its receipt, and how far its conversation has come.
func (p *Post) record(ctx context.Context, tx db.Tx, a *arrival, r Receipt, receipt []byte) error {
	h := a.hash()
	err := p.note(ctx, tx, noted{owner: a.owner, partner: a.From, id: a.ID, typ: a.Type, conversation: a.Conversation, seq: a.Seq, hash: h[:],
		categories: join(a.Categories), size: a.size, state: r.Status, reason: r.Reason, at: r.At, due: a.Due, receipt: receipt, handling: a.Handling})
	if err != nil || a.To != a.owner { // another office's message has no place in what is counted here
		return err
	}
	if err := claim(ctx, tx, a.owner, a.From, a.Parcels, r.At); err != nil {
		return err
	}
	return advance(ctx, tx, a.owner, lane{a.From, a.Conversation}, a.Seq)
}

// noted is a row of what came.
type noted struct {
	owner, partner, id journal.ID
	typ                string
	conversation       journal.ID
	seq                int64
	hash               []byte
	categories         string
	size               int64
	state, reason      string
	at, due            time.Time
	receipt            []byte
	handling           string
}

// note writes the row, and the leaf of its receipt.
func (p *Post) note(ctx context.Context, tx db.Tx, n noted) error {
	var leaf any
	if p.Leaf != nil {
		id := journal.NewID(n.at, nil)
		if err := p.Leaf(ctx, tx, n.owner, id, n.receipt, n.at); err != nil {
			return err
		}
		leaf = id
	}
	_, err := tx.Exec(ctx, `INSERT INTO post_in (owner, id, partner, type, conversation, seq, hash, categories, size, state, reason, at, receipt, due, leaf, handling)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		n.owner, n.id, n.partner, n.typ, n.conversation, n.seq, n.hash, n.categories, n.size, n.state, n.reason, db.Micros(n.at), n.receipt, moment(n.due), leaf, n.handling)
	return err
}
