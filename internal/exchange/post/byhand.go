// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Along is what somebody takes along to a partner, in the order in which it is to be taken in.
type Along struct {
	To       card.Card
	Pieces   [][]byte // of parcels, each sealed to the partner; they stand before the messages
	Sealed   [][]byte // messages, each sealed to the partner
	Receipts [][]byte // of what was brought in from the partner
	Left     int      // messages that found no room, or whose parcels did not
	before   []going  // how far the parcels of its messages had gone
}

// timesAlong is how often a receipt is taken along before it counts as arrived. A message whose receipt was lost each time
// comes again, and its receipt with it.
const timesAlong = 3

// mostAlong bounds what one file holds of each.
const mostAlong = 500

// TakeAlong gives what waits for a partner and the receipts that it has not had, as many bytes as there is room for; receipts,
// which are small and end messages there, take at most half of it, and parcels what the messages without any leave. What is given may have left, and still waits until its receipt comes, in whatever way; parcels
// that were given whole rest for so long before they are given again. Errors: NotFound for an office
// that is not pinned.
func (p *Post) TakeAlong(ctx context.Context, owner, partner journal.ID, room int, rest time.Duration) (Along, error) {
	to, err := p.Directory.Partner(ctx, owner, partner)
	if err != nil && !(fault.Is(err, fault.Denied) && to.Office == partner) {
		return Along{}, err
	}
	_, secrets, err := p.Directory.Self(ctx, owner)
	if err != nil { // an office that may not sign now sends nothing
		return Along{}, err
	}
	if _, err := p.Release(ctx, owner); err != nil {
		return Along{}, err
	}
	out := Along{To: to}
	if out.Receipts, err = p.receiptsAlong(ctx, owner, partner, secrets, room/2); err != nil {
		return out, err
	}
	for _, r := range out.Receipts {
		room -= len(r)
	}
	wait, err := p.waiting(ctx, owner, partner)
	if err != nil {
		return out, err
	}
	if out.Sealed, err = p.gonesAlong(ctx, owner, partner, wait); err != nil {
		return out, err
	}
	for _, b := range out.Sealed {
		room -= len(b)
	}
	large := map[journal.ID]bool{} // conversations in which a message with parcels is next
	for i, s := range wait {
		if large[s.Conversation] = large[s.Conversation] || s.Parcels != ""; large[s.Conversation] {
			continue
		}
		b, err := p.leaves(ctx, owner, s)
		if err != nil {
			return out, err
		}
		if b == nil {
			continue
		}
		if len(b) > room || len(out.Sealed) == mostAlong {
			out.Left = len(wait) - i
			return out, nil
		}
		room -= len(b)
		out.Sealed = append(out.Sealed, b)
	}
	return out, p.largeAlong(ctx, owner, wait, large, secrets, room, rest, &out)
}

// largeAlong gives, of what has parcels and is next in its conversation, the parcels and then the message; what stands behind it in
// its conversation is for the next time.
func (p *Post) largeAlong(ctx context.Context, owner journal.ID, wait []Sent, large map[journal.ID]bool, own card.Secrets, room int, rest time.Duration, out *Along) error {
	for _, s := range wait {
		if !large[s.Conversation] {
			continue
		}
		if s.Parcels == "" || room < 0 { // it waits behind one that was given now, or that found no room
			out.Left++
			continue
		}
		b, err := p.leaves(ctx, owner, s)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		g, err := p.going(ctx, owner, s)
		if err != nil {
			return err
		}
		out.before = append(out.before, g)
		got, all, err := p.piecesAlong(ctx, owner, g, out.To, own, room-len(b), rest)
		if err != nil {
			return err
		}
		for _, x := range got {
			room -= len(x)
		}
		out.Pieces = append(out.Pieces, got...)
		if !all || len(b) > room {
			out.Left, room = out.Left+1, -1 // so that nothing overtakes it
			continue
		}
		room -= len(b)
		out.Sealed = append(out.Sealed, b)
		if err := p.wentWhole(ctx, owner, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// gonesAlong tells, before what waits, which messages before it never come: the partner would wait for them.
func (p *Post) gonesAlong(ctx context.Context, owner, partner journal.ID, wait []Sent) ([][]byte, error) {
	untold, err := p.untold(ctx, owner, partner)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, s := range wait {
		if !untold[s.Conversation] {
			continue
		}
		delete(untold, s.Conversation) // a conversation's first that waits stands behind all of them
		ms, under, err := p.tombs(ctx, owner, lane{partner, s.Conversation}, 1, math.MaxInt64, false)
		if err != nil || len(ms) == 0 {
			return out, err
		}
		b, err := p.tombstone(ctx, owner, partner, ms, under)
		if err != nil {
			return out, err
		}
		out = append(out, b)
	}
	return out, nil
}

// wanted notes that a partner lacks messages of a conversation from a number on: what does not wait any more is said with
// whatever leaves next.
func (p *Post) wanted(ctx context.Context, owner journal.ID, s Sent, from int64) error {
	return p.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE post_out SET told = -1 WHERE owner = $1 AND partner = $2 AND conversation = $3 AND seq >= $4 AND seq < $5 AND state <> 'queued'`, owner, s.Partner, s.Conversation, from, s.Seq)
		return err
	})
}

// waiting lists what waits for a partner.
func (p *Post) waiting(ctx context.Context, owner, partner journal.ID) ([]Sent, error) {
	var out []Sent
	err := p.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+sentColumns+` FROM post_out WHERE owner = $1 AND partner = $2 AND state = 'queued' ORDER BY at, seq LIMIT $3`, owner, partner, 4*mostAlong)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			s, err := scanSent(rows)
			if err != nil {
				return err
			}
			out = append(out, s)
		}
		return rows.Err()
	})
	return out, err
}

// leaves gives a message's bytes and notes that they may have left; nil when they may not leave any more: the courier ends
// those.
func (p *Post) leaves(ctx context.Context, owner journal.ID, s Sent) ([]byte, error) {
	if _, err := p.partner(ctx, p.Directory, owner, s.Partner, s.Type); err != nil {
		return nil, nil // blocked, and it takes nothing back
	}
	b, err := (&visit{Courier: &Courier{Post: p}, owner: owner, partner: s.Partner, dir: p.Directory}).sealed(ctx, &s)
	if err != nil || s.State != "queued" {
		return nil, err
	}
	err = p.DB.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE post_out SET tries = CASE WHEN tries = 0 THEN 1 ELSE tries END, reason = 'exchange.post.taken_along' WHERE owner = $1 AND id = $2 AND state = 'queued'`, owner, s.ID)
		if n == 0 {
			b = nil // withdrawn meanwhile
		}
		return err
	})
	return b, err
}

func (p *Post) receiptsAlong(ctx context.Context, owner, partner journal.ID, own card.Secrets, room int) ([][]byte, error) {
	var out [][]byte
	space := room
	err := p.DB.Write(ctx, func(tx db.Tx) error {
		out, room = nil, space // it may run again
		rows, err := tx.Query(ctx, `SELECT h.message, i.receipt FROM post_by_hand h JOIN post_in i ON i.owner = h.owner AND i.partner = h.partner AND i.id = h.message
			WHERE h.owner = $1 AND h.partner = $2 ORDER BY i.at, i.id LIMIT $3`, owner, partner, mostAlong)
		if err != nil {
			return err
		}
		var of []journal.ID
		for rows.Next() {
			var id journal.ID
			var receipt []byte
			if err := rows.Scan(&id, &receipt); err != nil {
				return errors.Join(err, rows.Close())
			}
			if room -= len(receipt); room < 0 {
				break
			}
			of, out = append(of, id), append(out, receipt)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for i, id := range of {
			out[i] = signedAgain(out[i], own)
			if _, err := tx.Exec(ctx, `UPDATE post_by_hand SET times = times + 1 WHERE owner = $1 AND partner = $2 AND message = $3`, owner, partner, id); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `DELETE FROM post_by_hand WHERE owner = $1 AND partner = $2 AND times >= $3`, owner, partner, timesAlong)
		return err
	})
	return out, err
}

// Waits counts what TakeAlong would give for a partner now: messages and receipts.
func Waits(ctx context.Context, tx db.Tx, owner, partner journal.ID) (messages, receipts int, err error) {
	err = tx.Row(ctx, `SELECT (SELECT COUNT(*) FROM post_out WHERE owner = $1 AND partner = $2 AND state = 'queued'), (SELECT COUNT(*) FROM post_by_hand WHERE owner = $1 AND partner = $2)`,
		owner, partner).Scan(&messages, &receipts)
	return messages, receipts, err
}

// Look opens a sealed message without taking it in, and says what is on its envelope and whether it was taken in before.
// Nothing of that is proven. Errors: Invalid for what is not for this owner, or damaged.
func (p *Post) Look(ctx context.Context, owner journal.ID, sealed []byte) (h Header, known bool, err error) {
	raw, err := p.Unseal(ctx, owner, sealed)
	if err != nil {
		return h, false, err
	}
	e, err := decode(raw)
	if err != nil {
		return h, false, fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	receipt, _, err := p.known(ctx, &arrival{envelope: e, owner: owner})
	return e.Header, receipt != nil, err
}

// Unseal opens what was sealed to an owner's card. Errors: Invalid, TooMuch.
func (p *Post) Unseal(ctx context.Context, owner journal.ID, sealed []byte) ([]byte, error) {
	if len(sealed) > MaxMessage {
		return nil, fault.New(fault.TooMuch, "exchange.post.too_large")
	}
	_, secrets, err := p.Directory.Self(ctx, owner)
	if err != nil {
		return nil, err
	}
	raw, err := unseal(sealed, secrets)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	return raw, nil
}

// Seal seals bytes to a card, as messages are sealed.
func Seal(raw []byte, to card.Card) ([]byte, error) { return seal(raw, to) }

// BringIn is Receive of a message that a person brought: its receipt is read, and kept for whoever goes back there.
func (p *Post) BringIn(ctx context.Context, owner journal.ID, sealed []byte) (Receipt, error) {
	b, err := p.Receive(ctx, owner, sealed)
	if err != nil {
		return Receipt{}, err
	}
	own, _, err := p.Directory.Self(ctx, owner)
	if err != nil {
		return Receipt{}, err
	}
	r, err := p.readReceipt(ctx, owner, b, own)
	if err != nil {
		return r, err
	}
	if r.Status == Early { // settles nothing, and is not kept
		return r, nil
	}
	return r, p.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO post_by_hand (owner, partner, message, times) VALUES ($1, $2, $3, 0) ON CONFLICT (owner, partner, message) DO UPDATE SET times = 0`, owner, r.To, r.Message)
		return err
	})
}

// TakeReceipt takes in a receipt that did not come as the answer to a delivery: in a file, or from where a message was left
// for the other office. ended says that its message waited until now. A receipt of a message that is over changes nothing.
// Errors: Denied for a signature or an office that is not that of a pinned partner, NotFound for a message that was never sent.
func (p *Post) TakeReceipt(ctx context.Context, owner journal.ID, receipt []byte) (r Receipt, ended bool, err error) {
	if len(receipt) < signatureSize || json.Unmarshal(receipt[signatureSize:], &r) != nil {
		return Receipt{}, false, fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	from, err := p.Directory.Partner(ctx, owner, r.From)
	if err != nil && !(fault.Is(err, fault.Denied) && from.Office == r.From) {
		return Receipt{}, false, fault.New(fault.Denied, "exchange.partner.unknown")
	}
	if r, err = p.readReceipt(ctx, owner, receipt, from); err != nil {
		return Receipt{}, false, fault.Wrap(fault.Denied, err, "exchange.post.bad_signature")
	}
	s, err := p.sent(ctx, owner, r.Message)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && (s.Partner != r.From || s.Hash != r.Hash || r.To != owner):
		return r, false, fault.New(fault.NotFound, "exchange.post.never_sent")
	case err != nil || s.State != "queued":
		return r, false, err
	case r.Status == Early:
		return r, false, p.wanted(ctx, owner, s, r.Expects)
	}
	if f := p.receipts[s.Type]; f != nil {
		if err := f(ctx, owner, s, r); err != nil {
			return r, false, err
		}
	}
	return r, true, p.settle(ctx, owner, s, r, receipt)
}

// signatureSize is how many bytes of a receipt are its signature.
const signatureSize = 64

// sent reads one message of the outbox.
func (p *Post) sent(ctx context.Context, owner, id journal.ID) (s Sent, err error) {
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+sentColumns+` FROM post_out WHERE owner = $1 AND id = $2`, owner, id)
		if err != nil {
			return err
		}
		defer rows.Close()
		if !rows.Next() {
			return errors.Join(rows.Err(), sql.ErrNoRows)
		}
		s, err = scanSent(rows)
		return err
	})
	return s, err
}
