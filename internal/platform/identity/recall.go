// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
)

// mostRecalled bounds how many sessions and tokens are kept at hand.
const mostRecalled = 4096

// recall keeps what the database said of sessions and tokens that were used lately, by the hash of their secret: who
// holds them, which roles, until when. Every write of this package passes recalling and empties it, whatever it wrote: so a
// session that was ended, a role that was taken, an account that was closed is gone from here before whoever did it has an
// answer. It must not be used where another process writes these tables too (Config.Alone). A nil recall keeps nothing.
type recall struct {
	mu     sync.RWMutex
	writes uint64 // that have ended
	of     map[string]recalled
}

// recalled is a session or token as it was read, and how long it lives unless it is used.
type recalled struct {
	found
	idle time.Duration // zero for a token
}

// live says whether a session or token lives at a moment.
func (r recalled) live(now time.Time) bool {
	return now.Before(r.Expires) && (r.idle == 0 || now.Before(r.Seen.Add(r.idle)))
}

// get gives what is kept, and otherwise the mark to put it under once it was read from the database.
func (r *recall) get(hash []byte) (x recalled, kept bool, mark uint64) {
	if r == nil {
		return x, false, 0
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	x, kept = r.of[string(hash)]
	x.roles = slices.Clone(x.roles) // the caller's own
	return x, kept, r.writes
}

// put keeps what was read, unless something was written since the mark was given: it may be older than that.
func (r *recall) put(hash []byte, x recalled, mark uint64) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.writes != mark {
		return
	}
	if r.of == nil || len(r.of) >= mostRecalled {
		r.of = map[string]recalled{}
	}
	x.roles = slices.Clone(x.roles)
	r.of[string(hash)] = x
}

func (r *recall) empty() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes++
	clear(r.of)
}

// recalling is the database of a service that recalls.
type recalling struct {
	Database
	of *recall
}

// Write implements Database.
func (r recalling) Write(ctx context.Context, f func(db.Tx) error) error {
	defer r.of.empty() // even after an error: it may tell of the answer and not of the write
	return r.Database.Write(ctx, f)
}
