// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// StatusType is the post's own message that says what became of messages after they were taken in.
const StatusType = "post.status"

// What may become of a message that was taken in, beside Accepted and Refused: a receipt says that the office took it in, these
// what people did with it.
const (
	Seen     = "seen"
	Executed = "executed"
)

// mostMarks bounds how many one message of them carries.
const mostMarks = 500

// Status is post.status.
type Status struct {
	Marks []Mark `json:"marks"`
}

// Mark says what became of a message, and when.
type Mark struct {
	Message journal.ID `json:"message"`
	Status  string     `json:"status"`
	Reason  string     `json:"reason,omitempty"` // code
	At      time.Time  `json:"at"`
}

// Deed is a mark as a room names it among the messages that an entry brings about: what became of a partner's message by it.
type Deed struct {
	Partner, Message journal.ID
	Status, Reason   string
}

func (m Mark) shaped() bool {
	return !m.Message.IsZero() && slices.Contains([]string{Seen, Accepted, Refused, Executed}, m.Status) && (m.Reason == "" || terms.IsCode(m.Reason)) && !m.At.IsZero()
}

// Mark notes, in the transaction of what a person did, what became of a message that came from a partner; the courier tells
// the partner, many of them at once. Saying the same again changes nothing. Errors: Internal for a status or reason that is
// no code of the list.
func (p *Post) Mark(ctx context.Context, tx db.Tx, owner, partner, message journal.ID, status, reason string) error {
	m := Mark{message, status, reason, p.Clock.Now().UTC().Truncate(time.Microsecond)}
	if !m.shaped() {
		return errors.New("post: no mark: " + status)
	}
	return keepMark(ctx, tx, owner, partner, m, 1)
}

func keepMark(ctx context.Context, tx db.Tx, owner, partner journal.ID, m Mark, ours int) error {
	_, err := tx.Exec(ctx, `INSERT INTO post_mark (owner, partner, message, status, ours, reason, at, told) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
		ON CONFLICT (owner, partner, message, status, ours) DO NOTHING`, owner, partner, m.Message, m.Status, ours, m.Reason, db.Micros(m.At))
	return err
}

// told takes in what a partner says became of messages that an owner sent it; of others nothing is kept.
func (p *Post) told(ctx context.Context, in Incoming) error {
	s, err := Read[Status](in)
	if err != nil {
		return err
	}
	if len(s.Marks) == 0 || len(s.Marks) > mostMarks || slices.ContainsFunc(s.Marks, func(m Mark) bool { return !m.shaped() }) {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return p.DB.Write(ctx, func(tx db.Tx) error {
		for _, m := range s.Marks {
			var n int64
			if err := tx.Row(ctx, `SELECT COUNT(*) FROM post_out WHERE owner = $1 AND id = $2 AND partner = $3`, in.Owner, m.Message, in.From).Scan(&n); err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if err := keepMark(ctx, tx, in.Owner, in.From, m, 0); err != nil {
				return err
			}
		}
		return in.Done(ctx, tx)
	})
}

// tell queues what became of partners' messages and they do not know yet: one message for each partner. What cannot be
// queued, as without terms, waits.
func (p *Post) tell(ctx context.Context, owner journal.ID) error {
	by := map[journal.ID][]Mark{}
	err := p.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT partner, message, status, reason, at FROM post_mark WHERE owner = $1 AND ours = 1 AND told = 0 ORDER BY at LIMIT $2`, owner, mostMarks)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var partner journal.ID
			var m Mark
			var at int64
			if err := rows.Scan(&partner, &m.Message, &m.Status, &m.Reason, &at); err != nil {
				return err
			}
			m.At = db.Time(at)
			by[partner] = append(by[partner], m)
		}
		return rows.Err()
	})
	for partner, marks := range by {
		err = errors.Join(err, p.tellOne(ctx, owner, partner, marks))
	}
	return err
}

func (p *Post) tellOne(ctx context.Context, owner, partner journal.ID, marks []Mark) error {
	body, err := json.Marshal(Status{marks})
	if err != nil {
		return err
	}
	s, err := p.prepareOwn(ctx, owner, partner, StatusType, "", body)
	if fault.Is(err, fault.Uncovered) || fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		return nil // it waits for terms
	}
	if err != nil {
		return err
	}
	now := db.Micros(p.Clock.Now())
	return p.DB.Write(ctx, func(tx db.Tx) error {
		for _, m := range marks {
			if _, err := tx.Exec(ctx, `UPDATE post_mark SET told = $1 WHERE owner = $2 AND partner = $3 AND message = $4 AND status = $5 AND ours = 1`, now, owner, partner, m.Message, m.Status); err != nil {
				return err
			}
		}
		return p.Enqueue(ctx, tx, s)
	})
}

// Marks lists what became of a message, oldest first: what is said here of one that came, and what the partner says of one
// that was sent.
func Marks(ctx context.Context, tx db.Tx, owner, partner, message journal.ID) ([]Mark, error) {
	rows, err := tx.Query(ctx, `SELECT status, reason, at FROM post_mark WHERE owner = $1 AND partner = $2 AND message = $3 ORDER BY at, status`, owner, partner, message)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Mark
	for rows.Next() {
		m, at := Mark{Message: message}, int64(0)
		if err := rows.Scan(&m.Status, &m.Reason, &at); err != nil {
			return nil, err
		}
		m.At = db.Time(at)
		out = append(out, m)
	}
	return out, rows.Err()
}

// Late is a message whose time is over and of which nobody has said that it was done or refused.
type Late struct {
	Partner, Message, Conversation journal.ID
	Type                           string
	Due                            time.Time
	Ours                           bool // to be done here; else there
}

// Overdue lists them, of both directions, the longest overdue first. It is worked out on each side for itself, from the
// same signed header and the same marks.
func Overdue(ctx context.Context, tx db.Tx, owner journal.ID, now time.Time, most int) ([]Late, error) {
	const undone = ` AND due > 0 AND due <= $2 AND NOT EXISTS (SELECT 1 FROM post_mark m WHERE m.owner = x.owner AND m.partner = x.partner AND m.message = x.id AND m.status IN ('executed', 'refused'))`
	rows, err := tx.Query(ctx, `SELECT partner, id, conversation, type, due, 0 FROM post_out x WHERE owner = $1 AND state IN ('queued', 'accepted')`+undone+`
		UNION ALL SELECT partner, id, conversation, type, due, 1 FROM post_in x WHERE owner = $1 AND state = 'accepted'`+undone+` ORDER BY 5, 2 LIMIT $3`, owner, db.Micros(now), most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Late
	for rows.Next() {
		var l Late
		var due, ours int64
		if err := rows.Scan(&l.Partner, &l.Message, &l.Conversation, &l.Type, &due, &ours); err != nil {
			return nil, err
		}
		l.Due, l.Ours = db.Time(due), ours == 1
		out = append(out, l)
	}
	return out, rows.Err()
}
