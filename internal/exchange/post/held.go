// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Keyring seals what a held message says, under its owner's unlocked key; vault's Keyring is one.
type Keyring interface {
	Seal(purpose string, plain []byte) ([]byte, error)
	Open(purpose string, sealed []byte) ([]byte, error)
}

// TakesBack says whether messages of a type only take something back, or answer that (Returns).
func (p *Post) TakesBack(typ string) bool { return p.returns[typ] }

// Hold keeps a message that takes something back, unsigned and without a number, for an office that may not sign now; what
// it gives runs in the transaction of what brought the message about. Earlier messages that it voids end at once. Nothing
// is checked but its type and size: a withdrawal holds here whatever stands in the way of telling it. Release queues it.
//
// Errors: TooMuch for its size, Internal for a type that may bring something new.
func (p *Post) Hold(owner journal.ID, o Outgoing) (func(context.Context, db.Tx) error, error) {
	if !p.returns[o.Type] {
		return nil, fmt.Errorf("post: %s takes nothing back", o.Type)
	}
	if len(o.Body) > MaxMessage/2 {
		return nil, fault.New(fault.TooMuch, "exchange.post.too_large")
	}
	voids := o.Voids
	o.Voids = nil // they end now, and what is queued later was not meant
	plain, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	sealed, err := p.Keys(owner).Seal(heldPurpose(o.ID), plain)
	if err != nil {
		return nil, err
	}
	now := db.Micros(p.Clock.Now())
	return func(ctx context.Context, tx db.Tx) error {
		if err := void(ctx, tx, owner, o.To, o.Conversation, voids); err != nil {
			return err
		}
		var last int64
		if err := tx.Row(ctx, `SELECT COALESCE(MAX(number), 0) FROM post_held WHERE owner = $1`, owner).Scan(&last); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO post_held (owner, id, number, partner, conversation, type, at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			owner, o.ID, last+1, o.To, o.Conversation, o.Type, now, sealed)
		return err
	}, nil
}

// heldPurpose binds what is sealed to its message: a row that was copied into another one's place does not open.
func heldPurpose(message journal.ID) string { return "exchange held message " + message.String() }

// held is one row of messages that wait for the office to sign again.
type held struct {
	id, conversation journal.ID
	sealed           []byte
}

// Release signs and queues what Hold kept of an owner, in order, each once: it leaves post_held in the transaction that
// queues it. It gives how many it queued; what cannot be queued stays, and all of its conversation behind it, and the next
// call tries again.
func (p *Post) Release(ctx context.Context, owner journal.ID) (int, error) {
	all, err := p.allHeld(ctx, owner)
	if err != nil {
		return 0, err
	}
	n, stuck := 0, map[journal.ID]bool{}
	for _, h := range all {
		if stuck[h.conversation] {
			continue
		}
		if rerr := p.release(ctx, owner, h); rerr != nil {
			stuck[h.conversation] = true
			err = errors.Join(err, fmt.Errorf("post: queue what was held: %w", rerr))
			continue
		}
		n++
	}
	return n, err
}

func (p *Post) allHeld(ctx context.Context, owner journal.ID) ([]held, error) {
	var out []held
	err := p.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, conversation, sealed FROM post_held WHERE owner = $1 ORDER BY number`, owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var h held
			if err := rows.Scan(&h.id, &h.conversation, &h.sealed); err != nil {
				return err
			}
			out = append(out, h)
		}
		return rows.Err()
	})
	return out, err
}

func (p *Post) release(ctx context.Context, owner journal.ID, h held) error {
	plain, err := p.Keys(owner).Open(heldPurpose(h.id), h.sealed)
	if err != nil {
		return err
	}
	var o Outgoing
	if err := json.Unmarshal(plain, &o); err != nil {
		return fault.Wrap(fault.Internal, err, "exchange.post.unreadable")
	}
	s, err := p.Prepare(ctx, owner, o)
	if err != nil {
		return err
	}
	return p.DB.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM post_held WHERE owner = $1 AND id = $2`, owner, h.id)
		if err != nil || n == 0 {
			return err // another Release was faster
		}
		return p.Enqueue(ctx, tx, s)
	})
}

// resealHeld is Reseal of what Hold keeps.
func (p *Post) resealHeld(ctx context.Context, owner journal.ID) (int, error) {
	all, err := p.allHeld(ctx, owner)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	for i, h := range all {
		plain, err := p.Keys(owner).Open(heldPurpose(h.id), h.sealed)
		if err != nil {
			return 0, err
		}
		if all[i].sealed, err = p.Keys(owner).Seal(heldPurpose(h.id), plain); err != nil {
			return 0, err
		}
	}
	return len(all), p.DB.Write(ctx, func(tx db.Tx) error {
		for _, h := range all {
			if _, err := tx.Exec(ctx, `UPDATE post_held SET sealed = $1 WHERE owner = $2 AND id = $3`, h.sealed, owner, h.id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Restored says of everything that waited in an owner's outbox when it was backed up that it may have left since: the
// office that wrote the backup went on. Nobody then says that it never arrived.
func Restored(ctx context.Context, tx db.Tx, owner journal.ID) error {
	_, err := tx.Exec(ctx, `UPDATE post_out SET tries = 1 WHERE owner = $1 AND (state = 'queued' OR state = 'voided' AND done = 0) AND tries = 0`, owner)
	return err
}
