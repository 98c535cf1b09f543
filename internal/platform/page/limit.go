// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

const (
	held       = 10_000 // limiters kept; beyond, the ones at rest go
	crowd      = 5      // how many people may share an address, as in one office
	usualRate  = 20
	usualBurst = 80
)

// limiter bounds requests by session and by address, in memory only: no visitor is written down.
type limiter struct {
	rate  rate.Limit
	burst int
	addr  func(*http.Request) string

	mu sync.Mutex // guards by
	by map[string]*rate.Limiter
}

func newLimiter(c Config) *limiter {
	l := &limiter{rate: usualRate, burst: usualBurst, addr: c.Address, by: map[string]*rate.Limiter{}}
	if c.Rate > 0 {
		l.rate = rate.Limit(c.Rate)
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
	return l.allow("a"+Network(l.addr(q)), now, l.rate*crowd, l.burst*crowd)
}

func (l *limiter) session(id journal.ID, now time.Time) bool {
	return l.allow("s"+string(id[:]), now, l.rate, l.burst)
}

func (l *limiter) allow(key string, now time.Time, r rate.Limit, burst int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.by[key]
	if x == nil {
		l.tidy(now)
		x = rate.NewLimiter(r, burst)
		l.by[key] = x
	}
	return x.AllowN(now, 1)
}

// tidy drops limiters that are full again; they would be made anew just so. When all are busy, all go.
func (l *limiter) tidy(now time.Time) {
	if len(l.by) < held {
		return
	}
	for k, x := range l.by {
		if x.TokensAt(now) >= float64(x.Burst()) {
			delete(l.by, k)
		}
	}
	if len(l.by) >= held {
		clear(l.by)
	}
}

// Network gives what one visitor holds of a remote address: an IPv4 address, or the /64 of an IPv6 one.
func Network(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Limiter bounds requests by address for doors beside the pages.
type Limiter struct{ l *limiter }

// NewLimiter makes one with the limits of the pages.
func NewLimiter() *Limiter { return &Limiter{newLimiter(Config{})} }

// Allow says whether a request may go on now.
func (l *Limiter) Allow(q *http.Request, now time.Time) bool { return l.l.address(q, now) }
