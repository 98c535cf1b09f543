// SPDX-License-Identifier: EUPL-1.2

package identity_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/identity"
)

// watched counts what is read, and can do something between a reading and its use.
type watched struct {
	identity.Database
	reads int
	after func()
}

func (w *watched) Read(ctx context.Context, f func(db.Tx) error) error {
	w.reads++
	err := w.Database.Read(ctx, f)
	if after := w.after; after != nil {
		w.after = nil
		after()
	}
	return err
}

// newWatched is a host whose readings are watched.
func newWatched(t *testing.T) (*host, *watched) {
	w := &watched{}
	return newHostOn(t, func(d identity.Database) identity.Database { w.Database = d; return w }), w
}

// asks gives how often the database is asked to say who a request is from.
func (w *watched) asks(h *host, token string) int {
	h.Helper()
	before := w.reads
	h.with(token)
	return w.reads - before
}

// A session that is at hand is not read again, until anything is written of accounts.
func TestASessionIsReadOnceUntilSomethingIsWritten(t *testing.T) {
	h, w := newWatched(t)
	a, b := h.found(athens)
	token := a.signIn()
	b.signIn()
	if first, second := w.asks(h, token), w.asks(h, token); first != 1 || second != 0 {
		t.Fatalf("read %d times, then %d times", first, second)
	}
	b.signIn()
	if again := w.asks(h, token); again != 1 {
		t.Errorf("read %d times after a write", again)
	}
}

// Whatever ends a session or takes from it is seen by the very next request, though the session was at hand.
func TestWhatEndsASessionEndsItAtOnce(t *testing.T) {
	h, w := newWatched(t)
	boss, _ := h.found(athens)
	ends := map[string]func(p *someone, token string){
		"signed out":     func(p *someone, token string) { h.must(h.s.SignOut(h.request(token))) },
		"revoked":        func(p *someone, token string) { a, x := h.with(token); h.must(h.s.Revoke(h.ctx, a, x.ID)) },
		"all revoked":    func(p *someone, token string) { a, _ := h.with(token); h.must(h.s.RevokeAll(h.ctx, a)) },
		"suspended":      func(p *someone, token string) { h.must(h.s.Suspend(h.ctx, boss.actor(), p.id)) },
		"closed":         func(p *someone, token string) { h.must(h.s.Close(h.ctx, boss.actor(), p.id)) },
		"reset":          func(p *someone, token string) { _, err := h.s.Reset(h.ctx, boss.actor(), p.id); h.must(err) },
		"restored":       func(p *someone, token string) { h.must(h.s.EndAll(h.ctx, athens)) },
		"left alone":     func(p *someone, token string) { h.clock.Advance(30 * time.Minute) },
		"a new password": func(p *someone, token string) { h.password(p, token) },
	}
	for name, end := range ends {
		p := h.join(boss, "worker-"+strings.ReplaceAll(name, " ", "-"), access.CaseManager)
		token := p.signIn()
		h.with(token)
		if w.asks(h, token) != 0 {
			t.Errorf("%s: the session was not at hand", name)
		}
		end(p, token)
		if !h.dead(token) {
			t.Errorf("%s: the session lives on", name)
		}
	}
}

// password gives somebody another password.
func (h *host) password(p *someone, token string) {
	h.Helper()
	_, x := h.with(token)
	_, err := h.s.ChangePassword(h.ctx, x, good, "nine loud storks land", home)
	h.must(err)
}

// A role that is ended counts at once, and nobody can change what is at hand through what they were given of it.
func TestRolesOfASessionAtHand(t *testing.T) {
	h, _ := newWatched(t)
	boss, _ := h.found(athens)
	p := h.join(boss, "worker", access.CaseManager, access.Shelter)
	token := p.signIn()
	a, _ := h.with(token)
	a.Roles[0], a.Roles[1] = access.Administrator, access.Oversight
	if a, _ := h.with(token); !a.Has(access.CaseManager) || !a.Has(access.Shelter) || len(a.Roles) != 2 {
		t.Errorf("acts as %v", a.Roles)
	}
	h.must(h.s.EndRole(h.ctx, boss.actor(), p.id, access.Shelter))
	if !h.dead(token) {
		t.Error("a session outlives a role that it had")
	}
}

// A session that was read just before it ended is not kept as if it lived.
func TestAReadingOlderThanAWriteIsNotKept(t *testing.T) {
	h, w := newWatched(t)
	p, _ := h.found(athens)
	token := p.signIn()
	a, x := h.with(token)
	p.signIn() // so that the next request reads again
	w.after = func() { h.must(h.s.Revoke(h.ctx, a, x.ID)) }
	h.with(token) // its answer was read while it lived
	if !h.dead(token) {
		t.Error("the session lives on")
	}
}
