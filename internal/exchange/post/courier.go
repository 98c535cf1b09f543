// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Courier delivers the outboxes of a node's owners over HTTP.
type Courier struct {
	Post   *Post
	Owners func() []journal.ID
	Client *http.Client
	// Local delivers to an owner of the same node without the network, through the same Receive; false when
	// the office is not here.
	Local func(office journal.ID) bool
	// Chance gives a time below another, by which offices that wait for the same one spread their tries; nil is the machine's.
	Chance func(below time.Duration) time.Duration

	mu   sync.Mutex          // guards the following
	left map[journal.ID]bool // messages without a try noted that may have left
}

// Begin reads what waits for the courier's owners and may have left although no try at it was noted: the process before may
// have ended between the two. Nobody then says of these that they never arrived. To be called before anything else is sent.
func (c *Courier) Begin(ctx context.Context) error {
	return c.Post.DB.Read(ctx, func(tx db.Tx) error {
		for _, owner := range c.Owners() {
			if err := c.begin(ctx, tx, owner); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Courier) begin(ctx context.Context, tx db.Tx, owner journal.ID) error {
	rows, err := tx.Query(ctx, `SELECT id FROM post_out WHERE owner = $1 AND tries = 0 AND (state = 'queued' OR state = 'voided' AND done = 0)`, owner)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id journal.ID
		if err := rows.Scan(&id); err != nil {
			return err
		}
		c.leaves(id)
	}
	return rows.Err()
}

// leaves says that a message is being sent; noted, that its table says so too; mayHaveLeft asks.
func (c *Courier) leaves(id journal.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left == nil {
		c.left = map[journal.ID]bool{}
	}
	c.left[id] = true
}

func (c *Courier) noted(id journal.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.left, id)
}

func (c *Courier) mayHaveLeft(id journal.ID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left[id]
}

// First and longest wait between tries to deliver one message.
const (
	firstWait   = 2 * time.Second
	longestWait = time.Hour
)

// Once tries to deliver every message that is due, each conversation in its order, and gives how many
// receipts came back; what was held while an owner could not sign is queued first. A partner that is away holds up only what is for that partner, and a message that is
// stuck only its conversation: a withdrawal never overtakes the hand-over that it takes back.
func (c *Courier) Once(ctx context.Context) (int, error) {
	n := 0
	var all error
	for _, owner := range c.Owners() {
		if _, err := c.Post.Release(ctx, owner); err != nil {
			all = errors.Join(all, err)
		}
		due, err := c.due(ctx, owner)
		if err != nil {
			return n, err
		}
		stuck := map[journal.ID]bool{} // partners and conversations
		for _, s := range due {
			if stuck[s.Partner] || stuck[s.Conversation] {
				continue
			}
			if err := c.deliver(ctx, owner, s); err != nil {
				stuck[s.Conversation] = true
				stuck[s.Partner] = ofPartner(err)
				all = errors.Join(all, err)
				continue
			}
			n++
		}
	}
	return n, all
}

// Run calls Once every so often, and at once when wake is signalled, until the context ends.
func (c *Courier) Run(ctx context.Context, every time.Duration, wake <-chan struct{}, onError func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-wake:
		}
		if _, err := c.Once(ctx); err != nil && ctx.Err() == nil {
			onError(err)
		}
	}
}

// due lists what is due; what stands behind an earlier message of its conversation that is not due waits.
func (c *Courier) due(ctx context.Context, owner journal.ID) ([]Sent, error) {
	var out []Sent
	err := c.Post.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+sentColumns+` FROM post_out o WHERE owner = $1 AND (state = 'queued' AND next <= $2 OR state = 'voided' AND done = 0) AND NOT EXISTS
			(SELECT 1 FROM post_out e WHERE e.owner = o.owner AND e.partner = o.partner AND e.conversation = o.conversation AND e.seq < o.seq AND e.state = 'queued' AND e.next > $2)
			ORDER BY at, seq LIMIT 200`, owner, db.Micros(c.Post.Clock.Now()))
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

func (c *Courier) deliver(ctx context.Context, owner journal.ID, s Sent) error {
	sealed, err := c.sealed(ctx, owner, &s)
	if err != nil {
		return err
	}
	switch s.State {
	case "queued":
	case Expired, Voided:
		return c.unsent(ctx, owner, s)
	default:
		return nil // delivered by somebody else meanwhile
	}
	to, err := c.Post.partner(ctx, owner, s.Partner, s.Type)
	if err != nil {
		return c.later(ctx, owner, s, err)
	}
	if s.Tries == 0 {
		c.leaves(s.ID)
	}
	var receipt []byte
	if c.Local != nil && c.Local(s.Partner) {
		receipt, err = c.Post.Receive(ctx, s.Partner, sealed)
	} else {
		receipt, err = c.http(ctx, to.URL, s.Partner, sealed)
	}
	if err != nil {
		return c.later(ctx, owner, s, err)
	}
	r, err := ReadReceipt(receipt, to)
	if err == nil && (r.Message != s.ID || r.Hash != s.Hash || r.To != owner || r.Status != "accepted" && r.Status != "refused") {
		err = errors.New("post: the receipt is for another message")
	}
	if err != nil {
		return c.later(ctx, owner, s, err)
	}
	if f := c.Post.receipts[s.Type]; f != nil {
		if err := f(ctx, owner, s, r); err != nil {
			return c.later(ctx, owner, s, err)
		}
	}
	return c.finish(ctx, owner, s, r, receipt)
}

// sealed reads what would leave, and whether it still may: a message whose time or terms have run out, or that was voided
// since, does not.
func (c *Courier) sealed(ctx context.Context, owner journal.ID, s *Sent) ([]byte, error) {
	var b []byte
	var expires int64
	var hash string
	err := c.Post.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT sealed, state, reason, expires, terms FROM post_out WHERE owner = $1 AND id = $2`, owner, s.ID).Scan(&b, &s.State, &s.Reason, &expires, &hash)
	})
	if err != nil || s.State != "queued" {
		return nil, err
	}
	if c.Post.returns[s.Type] {
		return b, nil
	}
	now := c.Post.Clock.Now()
	if expires != 0 && !now.Before(db.Time(expires)) {
		s.State, s.Reason = Expired, "exchange.post.expired"
		return nil, nil
	}
	if hash == "" || c.Post.opens[s.Type] {
		return b, nil
	}
	all, err := c.Post.Directory.Terms(ctx, owner, s.Partner)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if h := t.Document.Hash(); hex.EncodeToString(h[:]) == hash && t.Status(now) == "in_force" {
			return b, nil
		}
	}
	s.State, s.Reason = Expired, "exchange.post.uncovered"
	return nil, nil
}

// unsent ends a message that never left, or whose tries (Sent.Tries) came to nothing that we know: its wing is told, our
// copy goes.
func (c *Courier) unsent(ctx context.Context, owner journal.ID, s Sent) error {
	if s.Tries == 0 && c.mayHaveLeft(s.ID) {
		s.Tries = 1
	}
	now := c.Post.Clock.Now().UTC().Truncate(time.Microsecond)
	r := Receipt{Version: Version, Message: s.ID, Hash: s.Hash, To: owner, Status: s.State, Reason: s.Reason, At: now}
	if f := c.Post.receipts[s.Type]; f != nil {
		if err := f(ctx, owner, s, r); err != nil {
			return err
		}
	}
	return c.finish(ctx, owner, s, r, nil)
}

// finish keeps the receipt and drops our copy of what was sent; its hash stays.
func (c *Courier) finish(ctx context.Context, owner journal.ID, s Sent, r Receipt, receipt []byte) error {
	err := c.Post.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE post_out SET state = $1, reason = $2, sealed = NULL, receipt = $3, done = $4, tries = $5 WHERE owner = $6 AND id = $7`,
			r.Status, r.Reason, receipt, db.Micros(r.At), s.Tries+1, owner, s.ID)
		return err
	})
	if err == nil {
		c.noted(s.ID)
	}
	return err
}

// later notes a failed try and when the next one is: the wait doubles up to an hour, with jitter. When the
// partner is away, all that waits for it is put off, so that one message asks whether it is back.
func (c *Courier) later(ctx context.Context, owner journal.ID, s Sent, why error) error {
	wait := longestWait
	if s.Tries < 11 {
		wait = firstWait << s.Tries
	}
	chance := c.Chance
	if chance == nil {
		chance = rand.N[time.Duration]
	}
	wait = wait/2 + chance(wait/2+1)
	next := c.Post.Clock.Now().Add(wait)
	err := c.Post.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE post_out SET tries = tries + 1, next = $1, reason = $2 WHERE owner = $3 AND id = $4 AND state = 'queued'`, db.Micros(next), reason(why), owner, s.ID)
		if err == nil && ofPartner(why) {
			_, err = tx.Exec(ctx, `UPDATE post_out SET next = $1 WHERE owner = $2 AND partner = $3 AND state = 'queued' AND next < $1`, db.Micros(next), owner, s.Partner)
		}
		return err
	})
	if err == nil {
		c.noted(s.ID)
	}
	return errors.Join(fmt.Errorf("post: deliver to %s: %w", s.Partner, why), err)
}

// ofPartner says whether a try failed because of the partner as a whole, not because of the message.
func ofPartner(err error) bool {
	return fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Denied)
}

// reason is what the log and the page say of a failed try: a code, never an address.
func reason(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) && f.Key != "" {
		return f.Key
	}
	return "exchange.post.away"
}

func (c *Courier) http(ctx context.Context, url string, office journal.ID, sealed []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(url, "/")+"/post/"+office.String(), bytes.NewReader(sealed))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/age")
	resp, err := c.Client.Do(req)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, errors.Unwrap(err), "exchange.post.away")
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxHeader))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "exchange.post.away")
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return b, nil
	case http.StatusForbidden:
		return nil, fault.New(fault.Denied, "exchange.post.not_known_there")
	case http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return nil, fault.New(fault.Invalid, "exchange.post.not_read_there")
	case http.StatusTooEarly:
		return nil, fault.New(fault.Unavailable, "exchange.post.future")
	case http.StatusTooManyRequests:
		return nil, fault.New(fault.Unavailable, "exchange.post.busy_there")
	}
	return nil, fault.New(fault.Unavailable, "exchange.post.away")
}
