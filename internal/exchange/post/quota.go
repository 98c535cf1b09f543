// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Quota is what one partner may send in an hour and in a day (UTC); 0 leaves a bound out.
type Quota struct {
	HourMessages int64 `json:"hour_messages,omitempty"`
	HourBytes    int64 `json:"hour_bytes,omitempty"`
	DayMessages  int64 `json:"day_messages,omitempty"`
	DayBytes     int64 `json:"day_bytes,omitempty"`
}

// UsualQuota holds unless an office sets another: many times what offices write each other, and less than would fill a disk
// before somebody looks.
func UsualQuota() Quota {
	return Quota{HourMessages: 20_000, HourBytes: 1 << 30, DayMessages: 100_000, DayBytes: 4 << 30}
}

// backFactor is how much more a partner may send of what takes back: no flood of other messages may keep a withdrawal out.
const backFactor = 2

// Used is what a partner sent in the hour and the day that run.
type Used struct {
	Hour, Day time.Time // when they began
	Quota               // what was sent, not what may be
}

// meters count what partners send, in memory; what came before the process began is read once.
type meters struct {
	mu sync.Mutex // guards by
	by map[meterKey]*meter
}

// meter is what a partner sent, and its places at work: whoever sends much at once waits for itself, not others for it.
type meter struct {
	Used
	places chan struct{}
}

// enter takes one of a partner's places; leave must be called once.
func (m *meter) enter(ctx context.Context) (leave func(), err error) {
	select {
	case m.places <- struct{}{}:
		return func() { <-m.places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type meterKey struct{ owner, partner journal.ID }

// quota gives what holds for a partner.
func (p *Post) quota(owner, partner journal.ID) Quota {
	if p.Quota == nil {
		return UsualQuota()
	}
	return p.Quota(owner, partner)
}

// spend counts a message of a partner, or says until when no more is taken in: an Unavailable fault, exchange.post.quota.
func (p *Post) spend(u *meter, a *arrival) error {
	q, now := p.quota(a.owner, a.From), p.Clock.Now().UTC()
	if p.takesBack(a.Type) {
		q = Quota{q.HourMessages * backFactor, q.HourBytes * backFactor, q.DayMessages * backFactor, q.DayBytes * backFactor}
	}
	p.meters.mu.Lock()
	defer p.meters.mu.Unlock()
	u.turn(now)
	over := func(used, more, most int64) bool { return most > 0 && used+more > most }
	switch {
	case over(u.DayMessages, 1, q.DayMessages), over(u.DayBytes, a.size, q.DayBytes):
		return putOff(u.Day.Add(24*time.Hour).Sub(now), "exchange.post.quota")
	case over(u.HourMessages, 1, q.HourMessages), over(u.HourBytes, a.size, q.HourBytes):
		return putOff(u.Hour.Add(time.Hour).Sub(now), "exchange.post.quota")
	}
	u.HourMessages++
	u.DayMessages++
	u.HourBytes += a.size
	u.DayBytes += a.size
	return nil
}

// turn begins a new hour, and a new day.
func (u *Used) turn(now time.Time) {
	if h := now.Truncate(time.Hour); !h.Equal(u.Hour) {
		u.Hour, u.HourMessages, u.HourBytes = h, 0, 0
	}
	if d := now.Truncate(24 * time.Hour); !d.Equal(u.Day) {
		u.Day, u.DayMessages, u.DayBytes = d, 0, 0
	}
}

// used gives a partner's meter; the first time it is read from what was kept.
func (p *Post) used(ctx context.Context, owner, partner journal.ID) (*meter, error) {
	k := meterKey{owner, partner}
	p.meters.mu.Lock()
	u, ok := p.meters.by[k]
	p.meters.mu.Unlock()
	if ok {
		return u, nil
	}
	now := p.Clock.Now().UTC()
	u = &meter{places: make(chan struct{}, lanes)}
	u.turn(now)
	err := p.DB.Read(ctx, func(tx db.Tx) error {
		const sums = `SELECT COUNT(*), COALESCE(SUM(size), 0) FROM post_in WHERE owner = $1 AND partner = $2 AND at >= $3`
		if err := tx.Row(ctx, sums, owner, partner, db.Micros(u.Hour)).Scan(&u.HourMessages, &u.HourBytes); err != nil {
			return err
		}
		return tx.Row(ctx, sums, owner, partner, db.Micros(u.Day)).Scan(&u.DayMessages, &u.DayBytes)
	})
	if err != nil {
		return nil, err
	}
	p.meters.mu.Lock()
	defer p.meters.mu.Unlock()
	if first, ok := p.meters.by[k]; ok {
		return first, nil // somebody else was faster
	}
	if p.meters.by == nil {
		p.meters.by = map[meterKey]*meter{}
	}
	p.meters.by[k] = u
	return u, nil
}

// Usage gives what a partner sent an owner in the hour and the day that run, and what it may.
func (p *Post) Usage(ctx context.Context, owner, partner journal.ID) (Used, Quota, error) {
	u, err := p.used(ctx, owner, partner)
	if err != nil {
		return Used{}, Quota{}, err
	}
	p.meters.mu.Lock()
	defer p.meters.mu.Unlock()
	u.turn(p.Clock.Now().UTC())
	return u.Used, p.quota(owner, partner), nil
}

// Over says whether a partner has sent as much as it may.
func (u Used) Over(most Quota) bool {
	full := func(used, most int64) bool { return most > 0 && used >= most }
	return full(u.HourMessages, most.HourMessages) || full(u.HourBytes, most.HourBytes) || full(u.DayMessages, most.DayMessages) || full(u.DayBytes, most.DayBytes)
}
