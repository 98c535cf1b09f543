// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"net/http"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/limit"
)

const (
	crowd      = 5 // how many people may share an address, as in one office
	usualRate  = 20
	usualBurst = 80
)

// limiter bounds requests by session and by address.
type limiter struct {
	rate  float64
	burst int
	addr  func(*http.Request) string
	keys  limit.Keys
}

func newLimiter(c Config) *limiter {
	l := &limiter{rate: usualRate, burst: usualBurst, addr: c.Address}
	if c.Rate > 0 {
		l.rate = c.Rate
	}
	if c.Burst > 0 {
		l.burst = c.Burst
	}
	if l.addr == nil {
		l.addr = func(q *http.Request) string { return q.RemoteAddr }
	}
	return l
}

func (l *limiter) address(q *http.Request, now time.Time) bool {
	return l.keys.Allow("a"+limit.Network(l.addr(q)), now, l.rate*crowd, l.burst*crowd)
}

func (l *limiter) session(id journal.ID, now time.Time) bool {
	return l.keys.Allow("s"+string(id[:]), now, l.rate, l.burst)
}

// Limiter bounds requests by address for doors beside the pages.
type Limiter struct{ l *limiter }

// NewLimiter makes one with the limits of the pages.
func NewLimiter() *Limiter { return &Limiter{newLimiter(Config{})} }

// Allow says whether a request may go on now.
func (l *Limiter) Allow(q *http.Request, now time.Time) bool { return l.l.address(q, now) }
