// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

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

// First and longest wait between tries to deliver one message, and the longest that another office may ask for.
const (
	firstWait   = 2 * time.Second
	longestWait = time.Hour
	longestAsk  = 24 * time.Hour
)

// A courier visits so many partners at a time, and each for so many batches before the others have another turn.
const (
	partnersAtOnce = 8
	batchesATurn   = 32
)

// Once tries to deliver every message that is due, each conversation in its order, and gives how many
// receipts came back; what was held while an owner could not sign is queued first. Partners are visited beside each other: one
// that is away, or has much to get, holds up only what is for that partner, and a message that is
// stuck only its conversation: a withdrawal never overtakes the hand-over that it takes back.
func (c *Courier) Once(ctx context.Context) (int, error) {
	n := 0
	var all error
	for _, owner := range c.Owners() {
		if _, err := c.Post.Release(ctx, owner); err != nil {
			all = errors.Join(all, err)
		}
		if err := c.Post.tell(ctx, owner); err != nil {
			all = errors.Join(all, err)
		}
		partners, err := c.partners(ctx, owner)
		if err != nil {
			return n, errors.Join(all, err)
		}
		var mu sync.Mutex // guards n and all
		visits := new(errgroup.Group)
		visits.SetLimit(c.Post.width(partnersAtOnce))
		for _, partner := range partners {
			visits.Go(func() error {
				got, err := c.visit(ctx, owner, partner)
				mu.Lock()
				defer mu.Unlock()
				n, all = n+got, errors.Join(all, err)
				return nil
			})
		}
		_ = visits.Wait() // each has told its error
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

// partners lists for whom something is due.
func (c *Courier) partners(ctx context.Context, owner journal.ID) ([]journal.ID, error) {
	var out []journal.ID
	err := c.Post.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT partner FROM post_out WHERE owner = $1 AND (state = 'queued' AND next <= $2 OR state = 'voided' AND done = 0) GROUP BY partner ORDER BY partner`, owner, db.Micros(c.Post.Clock.Now()))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id journal.ID
			if err := rows.Scan(&id); err != nil {
				return err
			}
			out = append(out, id)
		}
		return rows.Err()
	})
	return out, err
}

// visit delivers to one partner what is due, batch by batch, until nothing more is, or the partner is away.
func (c *Courier) visit(ctx context.Context, owner, partner journal.ID) (n int, all error) {
	v := &visit{Courier: c, owner: owner, partner: partner, dir: &glance{Directory: c.Post.Directory}, stuck: map[journal.ID]bool{}, filled: map[journal.ID]bool{}}
	for range batchesATurn {
		got, more, err := v.batch(ctx)
		n, all = n+got, errors.Join(all, err)
		if !more || v.stuck[partner] || ctx.Err() != nil {
			break
		}
		v.dir = &glance{Directory: c.Post.Directory}
	}
	return n, all
}

// due lists what is due for a partner; what stands behind an earlier message of its conversation that is not due waits.
func (v *visit) due(ctx context.Context) ([]Sent, error) {
	var out []Sent
	err := v.Post.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+sentColumns+` FROM post_out o WHERE owner = $1 AND partner = $2 AND (state = 'queued' AND next <= $3 OR state = 'voided' AND done = 0) AND NOT EXISTS
			(SELECT 1 FROM post_out e WHERE e.owner = o.owner AND e.partner = o.partner AND e.conversation = o.conversation AND e.seq < o.seq AND e.state = 'queued' AND e.next > $3)
			ORDER BY at, seq LIMIT $4`, v.owner, v.partner, db.Micros(v.Post.Clock.Now()), MaxBatch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for size := int64(0); rows.Next(); {
			s, err := scanSent(rows)
			if err != nil {
				return err
			}
			if size += s.Size + 4; size > maxBatchBytes && len(out) > 0 {
				break
			}
			if !v.stuck[s.Conversation] {
				out = append(out, s)
			}
		}
		return rows.Err()
	})
	return out, err
}

// carry takes sealed messages to an office and brings back what it answers to each; its error is about all of them.
func (c *Courier) carry(ctx context.Context, url string, office journal.ID, sealed [][]byte) ([]Answer, error) {
	if c.Local != nil && c.Local(office) {
		return c.Post.ReceiveAll(ctx, office, sealed), nil
	}
	if !strings.HasPrefix(url, "http") { // a relay's, or no line at all: others carry there
		return nil, fault.New(fault.Unavailable, "exchange.post.other_way")
	}
	at := strings.TrimSuffix(url, "/") + "/post/" + office.String()
	if len(sealed) == 1 {
		b, status, wait, err := c.post(ctx, at, "application/age", sealed[0], maxHeader)
		if err != nil {
			return nil, err
		}
		return []Answer{reply{status, wait, b}.verdict()}, nil
	}
	b, status, wait, err := c.post(ctx, at, batchMedia, packBatch(sealed), int64(len(sealed))*(replyHead+maxHeader))
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, reply{status: status, wait: wait}.verdict().Err
	}
	replies, err := unpackReplies(b, len(sealed))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "exchange.post.away")
	}
	out := make([]Answer, len(replies))
	for i, r := range replies {
		out[i] = r.verdict()
	}
	return out, nil
}

// post is one request.
func (c *Courier) post(ctx context.Context, at, media string, body []byte, most int64) ([]byte, int, time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(body))
	if err != nil {
		return nil, 0, 0, err
	}
	req.Header.Set("Content-Type", media)
	resp, err := c.Client.Do(req)
	if err != nil {
		return nil, 0, 0, fault.Wrap(fault.Unavailable, errors.Unwrap(err), "exchange.post.away")
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return nil, 0, 0, fault.Wrap(fault.Unavailable, err, "exchange.post.away")
	}
	seconds, err := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 32)
	if err != nil {
		seconds = 0 // not said, or in another form
	}
	return b, resp.StatusCode, time.Duration(seconds) * time.Second, nil
}

// later notes a failed try and when the next one is: the wait doubles up to an hour, with jitter, unless the partner asks
// for longer. When the partner is away, all that waits for it is put off, so that one message asks whether it is back.
func (c *Courier) later(ctx context.Context, owner journal.ID, s Sent, why error) error {
	wait := longestWait
	if s.Tries < 11 {
		wait = firstWait << s.Tries
	}
	chance := c.Chance
	if chance == nil {
		chance = rand.N[time.Duration]
	}
	wait = max(wait/2+chance(wait/2+1), min(waitOf(why), longestAsk))
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

// ofPartner says whether a try failed because of the partner as a whole, not because of the message; what a quota keeps out
// keeps out nothing that takes back.
func ofPartner(err error) bool {
	return waitOf(err) == 0 && (fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Denied))
}

// reason is what the log and the page say of a failed try: a code, never an address.
func reason(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) && f.Key != "" {
		return f.Key
	}
	return "exchange.post.away"
}
