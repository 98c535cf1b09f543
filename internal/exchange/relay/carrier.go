// SPDX-License-Identifier: EUPL-1.2

package relay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Carrier carries pouches between a node's owners and relays: it fetches what lies in the boxes of owners that are reached
// through one, takes it in and answers, and puts what waits for partners into theirs.
type Carrier struct {
	Post   *post.Post
	Owners func() []journal.ID
	// Partners gives the pinned cards of an owner.
	Partners func(ctx context.Context, owner journal.ID) ([]card.Card, error)
	// Former gives the secrets that an owner had before it renewed its keys, none of them stolen: a partner that does not know of the new
	// ones yet fetches from the box of those. Nil knows none.
	Former func(ctx context.Context, owner journal.ID) ([]card.Secrets, error)
	// Word is what lets the owners have boxes at their relay.
	Word   func() string
	Client *http.Client

	turn sync.Mutex // one Once at a time

	mu   sync.Mutex // guards the following
	been map[Key]*visit
}

// visit is what is remembered of a box, in memory alone.
type visit struct {
	opened time.Time
	left   string    // what was put last, by its hash
	at     time.Time // when
	full   int       // how often in a row the shelf had no room, and until when nothing is put there
	rests  time.Time
	tries  map[int64]int
}

// How often a box is opened anew, what waits unchanged is put again, and something that cannot be taken in now is looked at.
const (
	openEach  = 24 * time.Hour
	againEach = time.Hour
	mostTries = 100
	firstRest = 30 * time.Second // of a full shelf; doubled each time, to againEach at most

	filesEach  = 24 * time.Hour // files of messages are put again
	mostAtOnce = 3              // pouches, so that a shelf has room for others
)

// Once does everything that there is to do now. What fails for one partner is told, and done for the others.
func (c *Carrier) Once(ctx context.Context) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	var all error
	for _, owner := range c.Owners() {
		own, secrets, err := c.Post.Directory.Self(ctx, owner)
		if err != nil {
			all = errors.Join(all, err)
			continue
		}
		partners, err := c.Partners(ctx, owner)
		if err != nil {
			all = errors.Join(all, err)
			continue
		}
		for _, p := range partners {
			if err := c.with(ctx, own, secrets, p); err != nil {
				all = errors.Join(all, fmt.Errorf("relay: partner %s: %w", p.Office, err))
			}
		}
	}
	return all
}

// with does what there is to do with one partner.
func (c *Carrier) with(ctx context.Context, own card.Card, secrets card.Secrets, p card.Card) error {
	var all error
	if at, ok := At(own); ok {
		k, err := KeyOf(secrets, p, p.Office, own.Office)
		if err == nil {
			err = c.ours(ctx, client{c.Client, at}, k, own.Office, p.Office)
		}
		all = errors.Join(all, err)
	}
	if at, ok := At(p); ok {
		all = errors.Join(all, c.theirs(ctx, client{c.Client, at}, own.Office, secrets, p))
	}
	return all
}

// ours fetches from our own box, and leaves what answers it.
func (c *Carrier) ours(ctx context.Context, at client, k Key, owner, partner journal.ID) error {
	v, now := c.visit(k), c.Post.Clock.Now()
	if now.Sub(v.opened) >= openEach {
		if err := at.open(ctx, k, c.Word()); err != nil {
			return err
		}
		v.opened = now
	}
	came, err := c.fetch(ctx, at, k, There, owner, v)
	if err == nil && came {
		err = c.leave(ctx, at, k, Back, owner, partner, v)
	}
	if fault.Is(err, fault.NotFound) { // the relay has lost it: it is opened anew, the next time
		v.opened = time.Time{}
		return nil
	}
	return err
}

// theirs leaves what waits for a partner in its box, and fetches what came back: in that of our newest keys or, as long as the partner
// has not opened that one, of those before.
func (c *Carrier) theirs(ctx context.Context, at client, owner journal.ID, secrets card.Secrets, p card.Card) error {
	ours := []card.Secrets{secrets}
	for i := 0; i < len(ours); i++ {
		k, err := KeyOf(ours[i], p, owner, p.Office)
		if err != nil {
			return err
		}
		v := c.visit(k)
		if _, err = c.fetch(ctx, at, k, Back, owner, v); err == nil { // which asks, too, whether the box is open
			err = c.leave(ctx, at, k, There, owner, p.Office, v)
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		if i == 0 && c.Former != nil {
			former, err := c.Former(ctx, owner)
			if err != nil {
				return err
			}
			ours = append(ours, former...)
		}
	}
	return nil // they have not opened one yet: it waits
}

// fetch brings in everything that lies on a shelf. What cannot be taken in now stays there; came says that something was
// taken in or is here already, and wants an answer.
func (c *Carrier) fetch(ctx context.Context, at client, k Key, shelf string, owner journal.ID, v *visit) (came bool, err error) {
	for after := int64(0); ; {
		number, b, err := at.next(ctx, k, shelf, after)
		if err != nil || number <= after {
			return came, err
		}
		after = number
		r, err := pouch.Bring(ctx, c.Post, owner, pouch.File{Bytes: b})
		if err != nil {
			return came, err
		}
		came = came || r.Back > 0
		if later(r) && v.tries[number] < mostTries {
			v.tries[number]++
			continue
		}
		delete(v.tries, number)
		if err := at.drop(ctx, k, shelf, number); err != nil {
			return came, err
		}
	}
}

func later(r pouch.Report) bool {
	for _, l := range r.Lines {
		if l.What == pouch.Later {
			return true
		}
	}
	return false
}

// leave puts a pouch with what waits for a partner on a shelf: at once when that has changed, and every hour else; on one that was
// full after a rest. Errors: NotFound for a box that is not open.
func (c *Carrier) leave(ctx context.Context, at client, k Key, shelf string, owner, partner journal.ID, v *visit) error {
	state, err := c.waits(ctx, owner, partner)
	now := c.Post.Clock.Now()
	if err != nil || state == "" || state == v.left && now.Sub(v.at) < againEach || now.Before(v.rests) {
		return err
	}
	for n, more := 0, true; more && n < mostAtOnce; n++ {
		f, err := pouch.Fill(ctx, c.Post, owner, partner, pouch.MaxFile, filesEach)
		if err != nil || f.Bytes == nil {
			return err
		}
		err = at.put(ctx, k, shelf, f.Bytes)
		v.room(!fault.Is(err, fault.TooMuch), now)
		if err != nil && !fault.Is(err, fault.TooMuch) { // on a full shelf small ones find room at most: files begin anew
			if stayed := f.Stayed(context.WithoutCancel(ctx)); stayed != nil {
				return errors.Join(err, stayed)
			}
		}
		if err != nil {
			return err
		}
		v.at, more = now, f.Pieces > 0 && f.Left > 0
	}
	v.left, err = c.waits(ctx, owner, partner) // taking along counts how often a receipt was
	return err
}

// room notes whether a shelf had room.
func (v *visit) room(is bool, now time.Time) {
	if is {
		v.full, v.rests = 0, time.Time{}
		return
	}
	v.rests = now.Add(min(firstRest<<min(v.full, 10), againEach))
	v.full++
}

func (c *Carrier) waits(ctx context.Context, owner, partner journal.ID) (state string, err error) {
	err = c.Post.DB.Read(ctx, func(tx db.Tx) error {
		state, err = post.Waiting(ctx, tx, owner, partner)
		return err
	})
	return state, err
}

func (c *Carrier) visit(k Key) *visit {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.been == nil {
		c.been = map[Key]*visit{}
	}
	if c.been[k] == nil {
		c.been[k] = &visit{tries: map[int64]int{}}
	}
	return c.been[k]
}

// Run calls Once every so often until the context ends.
func (c *Carrier) Run(ctx context.Context, every time.Duration, trouble func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := c.Once(ctx); err != nil && ctx.Err() == nil {
				trouble(err)
			}
		}
	}
}
