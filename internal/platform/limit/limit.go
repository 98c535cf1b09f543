// SPDX-License-Identifier: EUPL-1.2

// Package limit bounds how often visitors may ask, each by a key, in memory only: no visitor is written down.
package limit

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// held is how many keys are remembered; beyond, the ones at rest go.
const held = 10_000

// Keys is a limiter for each key. The zero value remembers nothing yet and is ready for use.
type Keys struct {
	mu sync.Mutex // guards by
	by map[string]*rate.Limiter
}

// Allow says whether somebody may ask now, at a steady rate a second after a burst. A key keeps the rate and burst with
// which it first came.
func (k *Keys) Allow(key string, now time.Time, steady float64, burst int) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	x := k.by[key]
	if x == nil {
		k.tidy(now)
		x = rate.NewLimiter(rate.Limit(steady), burst)
		k.by[key] = x
	}
	return x.AllowN(now, 1)
}

// Return gives back what Allow took, at most up to the burst: whoever turns out to be bounded elsewhere is not bounded here too.
func (k *Keys) Return(key string, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if x := k.by[key]; x != nil && x.TokensAt(now) < float64(x.Burst()) {
		x.AllowN(now, -1)
	}
}

// tidy drops limiters that are full again; they would be made anew just so. When all are busy, all go.
func (k *Keys) tidy(now time.Time) {
	if k.by == nil {
		k.by = map[string]*rate.Limiter{}
	}
	if len(k.by) < held {
		return
	}
	for key, x := range k.by {
		if x.TokensAt(now) >= float64(x.Burst()) {
			delete(k.by, key)
		}
	}
	if len(k.by) >= held {
		clear(k.by)
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
