// SPDX-License-Identifier: EUPL-1.2

package identity_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

const (
	good = "seven quiet herons cross"
	home = "192.0.2.7"
)

var (
	athens = journal.MustID("01900000-0000-7000-8000-000000000001")
	tirana = journal.MustID("01900000-0000-7000-8000-000000000002")
)

// host is a real service on a real database, with a clock that stands still until it is moved.
type host struct {
	*testing.T
	ctx    context.Context
	clock  *clock.Manual
	db     *db.DB
	s      *identity.Service
	leaves int
}

// someone is a person with what they keep: login, authenticator, recovery codes.
type someone struct {
	h      *host
	id     journal.ID
	owner  journal.ID
	login  string
	secret string
	codes  []string
}

func newHost(t *testing.T) *host {
	return newHostOn(t, func(d identity.Database) identity.Database { return d })
}

// newHostOn is newHost with something between the service and its database.
func newHostOn(t *testing.T, between func(identity.Database) identity.Database) *host {
	t.Helper()
	h := &host{T: t, ctx: t.Context(), clock: clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))}
	var err error
	h.db, err = db.Open(h.ctx, db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	h.must(err)
	t.Cleanup(func() { _ = h.db.Close() })
	keys := map[journal.ID]*vault.Keyring{}
	for _, id := range []journal.ID{athens, tirana} {
		keys[id], err = vault.Create()
		h.must(err)
	}
	h.s, err = identity.New(identity.Config{DB: between(h.db), Alone: true, Clock: h.clock, HostKey: []byte(strings.Repeat("k", 32)), Params: identity.Params{Memory: 64, Time: 1, Threads: 1},
		Owner: func(id journal.ID) (identity.Owner, error) {
			if keys[id] == nil {
				return identity.Owner{}, fault.New(fault.NotFound, "fault.not_found")
			}
			return identity.Owner{ID: id, Office: access.Assistance, Keys: keys[id]}, nil
		},
		Leaf: func(context.Context, db.Tx, journal.ID, journal.ID, []byte, time.Time) error { h.leaves++; return nil }})
	h.must(err)
	return h
}

func (h *host) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// is checks an error by its kind, and by its key when there is one.
func (h *host) is(err error, k fault.Kind, key string) {
	h.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != k || key != "" && f.Key != key {
		h.Errorf("%v, not %v %s", err, k, key)
	}
}

// field checks that an error is about one field.
func (h *host) field(err error, name, key string) {
	h.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 || f.Fields[0].Name != name || f.Fields[0].Key != key {
		h.Errorf("%v, not %s: %s", err, name, key)
	}
}

// code is what an authenticator shows now.
func (p *someone) code() string { return p.codeAt(p.h.clock.Now()) }

func (p *someone) codeAt(at time.Time) string {
	c, err := totp.GenerateCode(p.secret, at)
	p.h.must(err)
	return c
}

// start opens a link and enrols with the authenticator that it shows.
func (h *host) start(link identity.Link, owner journal.ID, login string) *someone {
	h.Helper()
	setup, err := h.s.BeginEnrol(h.ctx, link.Path)
	h.must(err)
	p := &someone{h: h, id: link.Account, owner: owner, login: login, secret: strings.ReplaceAll(setup.Secret, " ", "")}
	p.codes, err = h.s.Enrol(h.ctx, identity.Enrolment{Link: link.Path, Login: login, Password: good, Setup: setup.Sealed, Code: p.code()})
	h.must(err)
	h.clock.Advance(30 * time.Second) // the code is used up
	return p
}

// found founds an office and starts its two first people.
func (h *host) found(owner journal.ID) (a, b *someone) {
	h.Helper()
	links, err := h.s.Found(h.ctx, owner, [2]identity.Founder{{Name: "First Person", Roles: []access.Role{access.Supervisor}}, {Name: "Second Person", Roles: []access.Role{access.CaseManager}}})
	h.must(err)
	tag := owner.String()[35:]
	return h.start(links[0], owner, "first"+tag), h.start(links[1], owner, "second"+tag)
}

// join invites somebody and lets them start.
func (h *host) join(by *someone, login string, roles ...access.Role) *someone {
	h.Helper()
	link, err := h.s.Invite(h.ctx, by.actor(), "Person "+login, roles)
	h.must(err)
	return h.start(link, by.owner, login)
}

// actor is who somebody acts as now.
func (p *someone) actor() access.Actor {
	p.h.Helper()
	a, _ := p.h.with(p.signIn())
	return a
}

// signIn gives a session's token, after password and code.
func (p *someone) signIn() string {
	p.h.Helper()
	token, err := p.try(good, "")
	p.h.must(err)
	return token
}

// try signs in with a password and a code; "" is the code of now.
func (p *someone) try(password, code string) (string, error) {
	pending, whole, err := p.h.s.SignIn(p.h.ctx, p.login, password, home, "Firefox, Linux")
	if err != nil {
		return "", err
	}
	if whole {
		p.h.Fatal("a password alone opened a session")
	}
	if code == "" {
		p.h.clock.Advance(30 * time.Second)
		code = p.code()
	}
	token, _, err := p.h.s.Factor(p.h.ctx, pending, code, home)
	return token, err
}

// with asks who a request with a session's token is from.
func (h *host) with(token string) (access.Actor, identity.Session) {
	h.Helper()
	a, x, err := h.s.Authenticate(h.request(token))
	h.must(err)
	return a, x
}

// dead says whether a token opens nothing.
func (h *host) dead(token string) bool {
	_, _, err := h.s.Authenticate(h.request(token))
	return fault.Is(err, fault.Unsigned)
}

func (h *host) request(token string) *http.Request {
	r, err := http.NewRequestWithContext(h.ctx, "GET", "/", nil)
	h.must(err)
	if strings.HasPrefix(token, "ent_") {
		r.Header.Set("Authorization", "Bearer "+token)
	} else {
		r.AddCookie(h.s.Cookie(token))
	}
	return r
}

func keysOf[K comparable, V any](m map[K]V) []K {
	var out []K
	for k := range m {
		out = append(out, k)
	}
	return out
}
