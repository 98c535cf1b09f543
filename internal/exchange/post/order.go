// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// GoneType is the post's own message that says which earlier ones never come, so that what stands behind them is taken in.
const GoneType = "post.gone"

// mostGone bounds how many one such message names.
const mostGone = 200

// Gone is post.gone.
type Gone struct {
	Messages []GoneMessage `json:"messages"`
}

// GoneMessage is one that does not come, or not again.
type GoneMessage struct {
	Conversation journal.ID `json:"conversation"`
	Seq          int64      `json:"seq"`
	ID           journal.ID `json:"id"`
	Type         string     `json:"type"`
	Hash         string     `json:"hash"`
	Why          string     `json:"why"` // voided | expired | accepted | refused: the last two were answered by a receipt long ago
}

func (g GoneMessage) shaped() bool {
	return g.Seq > 0 && !g.ID.IsZero() && !g.Conversation.IsZero() && terms.IsCode(g.Type) && hashShape.MatchString(g.Hash) && slices.Contains([]string{Voided, Expired, Accepted, Refused}, g.Why)
}

// place is how far the messages of a lane have come: all before next are here, last is the highest that was seen.
type place struct{ next, last int64 }

// placeOf reads it; for a conversation that was begun before places were kept it is counted.
func placeOf(ctx context.Context, tx db.Tx, owner journal.ID, l lane) (at place, kept bool, err error) {
	err = tx.Row(ctx, `SELECT next, last FROM post_order WHERE owner = $1 AND partner = $2 AND conversation = $3`, owner, l.partner, l.conversation).Scan(&at.next, &at.last)
	if !errors.Is(err, sql.ErrNoRows) {
		return at, err == nil, err
	}
	at.next = 1
	rows, err := tx.Query(ctx, `SELECT seq FROM post_in WHERE owner = $1 AND conversation = $2 AND partner = $3 ORDER BY seq`, owner, l.conversation, l.partner)
	if err != nil {
		return at, false, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&at.last); err != nil {
			return at, false, err
		}
		if at.last == at.next {
			at.next++
		}
	}
	return at, false, rows.Err()
}

// missingBefore gives the first number before a message's own that is missing; 0 for none.
func missingBefore(ctx context.Context, tx db.Tx, a *arrival) (int64, error) {
	if a.Seq == 1 {
		return 0, nil
	}
	at, _, err := placeOf(ctx, tx, a.owner, lane{a.From, a.Conversation})
	if err != nil || a.Seq <= at.next {
		return 0, err
	}
	return at.next, nil
}

// advance notes that a number has come.
func advance(ctx context.Context, tx db.Tx, owner journal.ID, l lane, seq int64) error {
	at, _, err := placeOf(ctx, tx, owner, l)
	if err != nil {
		return err
	}
	for at.next == seq || at.next <= at.last {
		if at.next != seq {
			var one int64
			err := tx.Row(ctx, `SELECT 1 FROM post_in WHERE owner = $1 AND conversation = $2 AND seq = $3 AND partner = $4 LIMIT 1`, owner, l.conversation, at.next, l.partner).Scan(&one)
			if errors.Is(err, sql.ErrNoRows) {
				break
			}
			if err != nil {
				return err
			}
		}
		at.next++
	}
	at.last = max(at.last, seq)
	return at.keep(ctx, tx, owner, l)
}

func (at place) keep(ctx context.Context, tx db.Tx, owner journal.ID, l lane) error {
	_, err := tx.Exec(ctx, `INSERT INTO post_order (owner, partner, conversation, next, last) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (owner, partner, conversation) DO UPDATE SET next = excluded.next, last = excluded.last`, owner, l.partner, l.conversation, at.next, at.last)
	return err
}

// early answers a message whose predecessors are missing: a receipt that is not the last word, and says what to send.
func (p *Post) early(ctx context.Context, a *arrival, r Receipt, missing int64) ([]byte, error) {
	r.Status, r.Expects = Early, missing
	receipt, err := signReceipt(r, a.secrets.Sign)
	if err != nil {
		return nil, err
	}
	return receipt, p.DB.Write(ctx, func(tx db.Tx) error {
		l := lane{a.From, a.Conversation}
		at, kept, err := placeOf(ctx, tx, a.owner, l)
		if err != nil || kept && at.last >= a.Seq {
			return err
		}
		at.last = max(at.last, a.Seq)
		return at.keep(ctx, tx, a.owner, l)
	})
}

// gone takes note of what never comes. What is here stays as it is; what comes late all the same is refused.
func (p *Post) gone(ctx context.Context, in Incoming) error {
	g, err := Read[Gone](in)
	if err != nil {
		return err
	}
	if len(g.Messages) == 0 || len(g.Messages) > mostGone || slices.ContainsFunc(g.Messages, func(m GoneMessage) bool { return !m.shaped() }) {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	_, secrets, err := p.Directory.Self(ctx, in.Owner)
	if err != nil {
		return err
	}
	return p.DB.Write(ctx, func(tx db.Tx) error {
		for _, m := range g.Messages {
			if err := p.lost(ctx, tx, in, m, secrets); err != nil {
				return err
			}
		}
		return in.Done(ctx, tx)
	})
}

// lost notes one of them, with the receipt that it gets should it come after all.
func (p *Post) lost(ctx context.Context, tx db.Tx, in Incoming, m GoneMessage, secrets card.Secrets) error {
	var one int64
	err := tx.Row(ctx, `SELECT 1 FROM post_in WHERE owner = $1 AND partner = $2 AND (id = $3 OR conversation = $4 AND seq = $5) LIMIT 1`, in.Owner, in.From, m.ID, m.Conversation, m.Seq).Scan(&one)
	if err == nil {
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	r := Receipt{Version: 1, Message: m.ID, Hash: m.Hash, From: in.Owner, To: in.From, Status: Refused, Reason: "exchange.post.gone", At: p.Clock.Now().UTC().Truncate(time.Microsecond)}
	receipt, err := signReceipt(r, secrets.Sign)
	if err != nil {
		return err
	}
	hash, err := hex.DecodeString(m.Hash)
	if err != nil {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	if err := p.note(ctx, tx, noted{owner: in.Owner, partner: in.From, id: m.ID, typ: m.Type, conversation: m.Conversation, seq: m.Seq, hash: hash, state: "gone", reason: r.Reason, at: r.At, receipt: receipt}); err != nil {
		return err
	}
	return advance(ctx, tx, in.Owner, lane{in.From, m.Conversation}, m.Seq)
}

// tombs lists what of a lane, from a number on and before another, does not wait to be sent any more; those alone that the
// partner was not told of, unless it asks (all).
func (p *Post) tombs(ctx context.Context, owner journal.ID, l lane, from, before int64, all bool) (out []GoneMessage, under string, err error) {
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, seq, type, hash, state, terms, told FROM post_out WHERE owner = $1 AND partner = $2 AND conversation = $3 AND seq >= $4 AND seq < $5 AND state <> 'queued' ORDER BY seq LIMIT $6`,
			owner, l.partner, l.conversation, from, before, mostGone)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			m, hash, told := GoneMessage{Conversation: l.conversation}, []byte(nil), int64(0)
			if err := rows.Scan(&m.ID, &m.Seq, &m.Type, &hash, &m.Why, &under, &told); err != nil {
				return err
			}
			if m.Hash = hex.EncodeToString(hash); all || told < 0 || told == 0 && (m.Why == Voided || m.Why == Expired) {
				out = append(out, m)
			}
		}
		return rows.Err()
	})
	return out, under, err
}

// Gone makes the sealed message that tells a partner which of an owner's messages of a conversation, from a number on and
// before another, never come; nil when each still waits to be sent. A courier sends it by itself; whoever carries files puts
// it beside them.
func (p *Post) Gone(ctx context.Context, owner, partner, conversation journal.ID, from, before int64) ([]byte, error) {
	ms, hash, err := p.tombs(ctx, owner, lane{partner, conversation}, from, before, true)
	if err != nil || len(ms) == 0 {
		return nil, err
	}
	return p.tombstone(ctx, owner, partner, ms, hash)
}

func (p *Post) tombstone(ctx context.Context, owner, partner journal.ID, ms []GoneMessage, hash string) ([]byte, error) {
	body, err := json.Marshal(Gone{ms})
	if err != nil {
		return nil, err
	}
	s, err := p.prepareOwn(ctx, owner, partner, GoneType, hash, body)
	if err != nil {
		return nil, err
	}
	return s.bytes, nil
}

// noteTold keeps that a partner knows.
func (p *Post) noteTold(ctx context.Context, owner journal.ID, ms []GoneMessage) error {
	now := db.Micros(p.Clock.Now())
	return p.DB.Write(ctx, func(tx db.Tx) error {
		for _, m := range ms {
			if _, err := tx.Exec(ctx, `UPDATE post_out SET told = $1 WHERE owner = $2 AND id = $3`, now, owner, m.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// untold lists the conversations in which something never left and the partner does not know, or asked for it.
func (p *Post) untold(ctx context.Context, owner, partner journal.ID) (map[journal.ID]bool, error) {
	out := map[journal.ID]bool{}
	err := p.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT conversation FROM post_out WHERE owner = $1 AND partner = $2 AND (state IN ('voided', 'expired') AND told = 0 OR told < 0) GROUP BY conversation`, owner, partner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c journal.ID
			if err := rows.Scan(&c); err != nil {
				return err
			}
			out[c] = true
		}
		return rows.Err()
	})
	return out, err
}
