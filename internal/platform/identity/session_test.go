// SPDX-License-Identifier: EUPL-1.2

package identity_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
)

func TestACodeWorksOnceAndOneStepEarlyOrLate(t *testing.T) {
	h := newHost(t)
	a, _ := h.found(athens)
	for _, drift := range []time.Duration{-30 * time.Second, 0, 30 * time.Second} {
		h.clock.Advance(5 * time.Minute)
		if _, err := a.try(good, a.codeAt(h.clock.Now().Add(drift))); err != nil {
			t.Errorf("a clock off by %s: %v", drift, err)
		}
	}
	for _, drift := range []time.Duration{-time.Minute, time.Minute, time.Hour} {
		h.clock.Advance(5 * time.Minute)
		_, err := a.try(good, a.codeAt(h.clock.Now().Add(drift)))
		h.is(err, fault.Unsigned, "identity.fault.code")
	}
	h.clock.Advance(5 * time.Minute)
	code := a.code()
	_, err := a.try(good, code)
	h.must(err)
	_, err = a.try(good, code)
	h.is(err, fault.Unsigned, "identity.fault.code")
	_, err = a.try(good, a.codeAt(h.clock.Now().Add(-30*time.Second))) // older than one that was used
	h.is(err, fault.Unsigned, "identity.fault.code")
}

func TestARecoveryCodeWorksOnce(t *testing.T) {
	h := newHost(t)
	a, _ := h.found(athens)
	if len(a.codes) != 8 {
		t.Fatalf("%d codes", len(a.codes))
	}
	token, err := a.try(good, a.codes[3])
	h.must(err)
	_, err = a.try(good, a.codes[3])
	h.is(err, fault.Unsigned, "identity.fault.code")
	_, x := h.with(token)
	if n, err := h.s.RecoveryLeft(h.ctx, x); err != nil || n != 7 {
		t.Errorf("%d left, %v", n, err)
	}
	fresh, err := h.s.NewRecoveryCodes(h.ctx, x)
	h.must(err)
	_, err = a.try(good, a.codes[0])
	h.is(err, fault.Unsigned, "identity.fault.code")
	_, err = a.try(good, fresh[0])
	h.must(err)
}

func TestAWrongPartIsNotTold(t *testing.T) {
	h := newHost(t)
	a, b := h.found(athens)
	h.must(h.s.Suspend(h.ctx, a.actor(), b.id))
	var said []string
	for _, x := range [][2]string{{a.login, "wrong wrong wrong"}, {"nobody-here", good}, {b.login, good}, {"", ""}} {
		_, _, err := h.s.SignIn(h.ctx, x[0], x[1], home, "")
		h.is(err, fault.Unsigned, "identity.fault.refused")
		said = append(said, fmt.Sprint(err))
	}
	if len(slices.Compact(said)) != 1 {
		t.Errorf("%q", said)
	}
}

// waits is how long a refusal says that one must wait, zero when it is no such refusal.
func waits(err error) int {
	var f *fault.Fault
	if errors.As(err, &f) && f.Kind == fault.TooMuch {
		n, _ := f.Args["Minutes"].(int)
		return n
	}
	return 0
}

func TestGuessingIsSlowedAndNobodyIsLockedOutForEver(t *testing.T) {
	h := newHost(t)
	a, b := h.found(athens)
	worst, tries := 0, 0
	for range 200 { // a stranger who knows the login, from one address after another
		_, _, err := h.s.SignIn(h.ctx, a.login, "wrong wrong wrong", fmt.Sprintf("198.51.100.%d", tries), "")
		if n := waits(err); n > 0 {
			worst = max(worst, n)
			h.clock.Advance(time.Minute)
			continue
		}
		tries++
	}
	if tries > 40 || worst == 0 || worst > 16 {
		t.Errorf("%d guesses in 200 tries, waits of up to %d minutes", tries, worst)
	}
	h.clock.Advance(16 * time.Minute) // the stranger pauses: the owner is let in
	if _, err := a.try(good, ""); err != nil {
		t.Errorf("after the longest wait: %v", err)
	}
	administrator := b.actor()
	for range 20 {
		_, _, _ = h.s.SignIn(h.ctx, a.login, "wrong wrong wrong", "198.51.100.9", "")
	}
	if _, err := a.try(good, ""); waits(err) == 0 {
		t.Errorf("while it waits: %v", err)
	}
	all, err := h.s.People(h.ctx, administrator)
	h.must(err)
	if i := slices.IndexFunc(all, func(x identity.Account) bool { return x.ID == a.id }); all[i].State != identity.Locked || all[i].LockedUntil.IsZero() {
		t.Errorf("the people page says %s", all[i].State)
	}
	h.must(h.s.Unlock(h.ctx, administrator, a.id))
	if _, err := a.try(good, ""); err != nil {
		t.Errorf("after an administrator's help: %v", err)
	}
}

func TestAnUnknownLoginWaitsAsAKnownOne(t *testing.T) {
	h := newHost(t)
	a, _ := h.found(athens)
	first := func(login string) int {
		for i := range 50 {
			if _, _, err := h.s.SignIn(h.ctx, login, "wrong wrong wrong", fmt.Sprintf("198.51.100.%d", i), ""); waits(err) > 0 {
				return i
			}
		}
		return -1
	}
	if known, unknown := first(a.login), first("nobody-here"); known != unknown || known < 0 {
		t.Errorf("a known login waits after %d tries, an unknown one after %d", known, unknown)
	}
}

func TestOneAddressIsSlowedWhateverTheLogin(t *testing.T) {
	h := newHost(t)
	h.found(athens)
	for i := range 100 {
		if _, _, err := h.s.SignIn(h.ctx, fmt.Sprintf("login-%d", i), "wrong wrong wrong", "198.51.100.1", ""); waits(err) > 0 {
			if _, _, err := h.s.SignIn(h.ctx, "another", "wrong wrong wrong", "198.51.100.2", ""); waits(err) > 0 {
				t.Error("another address waits too")
			}
			return
		}
	}
	t.Error("a hundred logins from one address")
}

func TestASessionEndsByItself(t *testing.T) {
	h := newHost(t)
	boss, _ := h.found(athens)
	worker := h.join(boss, "worker", access.CaseManager)
	for _, x := range []struct {
		p              *someone
		idle, absolute time.Duration
	}{{worker, 30 * time.Minute, 12 * time.Hour}, {boss, 10 * time.Minute, 4 * time.Hour}} {
		token := x.p.signIn()
		h.clock.Advance(x.idle - time.Second)
		if h.dead(token) {
			t.Errorf("%s: ended while in use", x.p.login)
		}
		h.clock.Advance(x.idle)
		if !h.dead(token) {
			t.Errorf("%s: lives on unused", x.p.login)
		}
		token = x.p.signIn()
		began := h.clock.Now()
		for h.clock.Now().Sub(began) < x.absolute-5*time.Minute {
			if h.dead(token) {
				t.Fatalf("%s: ended after %s", x.p.login, h.clock.Now().Sub(began))
			}
			h.clock.Advance(5 * time.Minute)
		}
		h.clock.Advance(5 * time.Minute)
		if !h.dead(token) {
			t.Errorf("%s: lives on after %s", x.p.login, x.absolute)
		}
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	h := newHost(t)
	a, b := h.found(athens)
	one, two, other := a.signIn(), a.signIn(), b.signIn()
	actor, x := h.with(one)
	all, err := h.s.Sessions(h.ctx, actor)
	h.must(err)
	if len(all) != 2 || all[0].Device != "Firefox, Linux" {
		t.Fatalf("%+v", all)
	}
	theirs, y := h.with(other)
	h.is(h.s.Revoke(h.ctx, theirs, x.ID), fault.NotFound, "identity.fault.no_session") // somebody else's
	h.must(h.s.Revoke(h.ctx, actor, x.ID))
	if !h.dead(one) || h.dead(two) || h.dead(other) {
		t.Error("another session ended than the one that was to end")
	}
	h.must(h.s.RevokeAll(h.ctx, actor))
	if !h.dead(two) || h.dead(other) || y.ID.IsZero() {
		t.Error("signing out everywhere")
	}
}

func TestANewPasswordEndsWhatElseIsOpen(t *testing.T) {
	h := newHost(t)
	a, _ := h.found(athens)
	elsewhere, here := a.signIn(), a.signIn()
	_, x := h.with(here)
	program, err := h.s.NewToken(h.ctx, x, "figures", []access.Role{access.Administrator}, []identity.Scope{identity.ScopeRead}, time.Hour)
	h.must(err)
	_, err = h.s.ChangePassword(h.ctx, x, "not the password", "nine loud storks land", home)
	h.field(err, "current_password", "identity.password.wrong")
	_, err = h.s.ChangePassword(h.ctx, x, good, "short", home)
	h.field(err, "password", "identity.password.short")
	next, err := h.s.ChangePassword(h.ctx, x, good, "nine loud storks land", home)
	h.must(err)
	if !h.dead(elsewhere) || !h.dead(here) || !h.dead(program) || h.dead(next) {
		t.Error("what was open before lives on, or the new session does not")
	}
	_, err = a.try(good, "")
	h.is(err, fault.Unsigned, "identity.fault.refused")
	_, err = a.try("nine loud storks land", "")
	h.must(err)
}

func TestGraveActsAskForTheSecondFactorAgain(t *testing.T) {
	h := newHost(t)
	a, _ := h.found(athens)
	token := a.signIn()
	h.clock.Advance(9 * time.Minute)
	_, x := h.with(token)
	h.must(x.Recent(h.clock.Now()))
	h.clock.Advance(2 * time.Minute)
	h.is(x.Recent(h.clock.Now()), fault.Denied, "identity.fault.step_up")
	_, err := h.s.NewToken(h.ctx, x, "figures", []access.Role{access.Administrator}, []identity.Scope{identity.ScopeRead}, time.Hour)
	h.is(err, fault.Denied, "identity.fault.step_up")
	_, err = h.s.ChangePassword(h.ctx, x, good, "nine loud storks land", home)
	h.is(err, fault.Denied, "identity.fault.step_up")
	_, err = h.s.NewRecoveryCodes(h.ctx, x)
	h.is(err, fault.Denied, "identity.fault.step_up")
	h.is(h.s.StepUp(h.ctx, x, "000000", home), fault.Unsigned, "identity.fault.code")
	h.must(h.s.StepUp(h.ctx, x, a.code(), home))
	_, x = h.with(token)
	_, err = h.s.NewRecoveryCodes(h.ctx, x)
	h.must(err)
}

func TestATokenIsNarrowAndMortal(t *testing.T) {
	h := newHost(t)
	boss, _ := h.found(athens)
	p := h.join(boss, "worker", access.CaseManager, access.Health)
	actor, x := h.with(p.signIn())
	for name, bad := range map[string]struct {
		label  string
		roles  []access.Role
		scopes []identity.Scope
		life   time.Duration
		field  string
	}{
		"no label":          {"", []access.Role{access.Health}, []identity.Scope{identity.ScopeRead}, time.Hour, "label"},
		"no scope":          {"x", []access.Role{access.Health}, nil, time.Hour, "scopes"},
		"an unknown scope":  {"x", []access.Role{access.Health}, []identity.Scope{"all"}, time.Hour, "scopes"},
		"no role":           {"x", nil, []identity.Scope{identity.ScopeRead}, time.Hour, "roles"},
		"a role not held":   {"x", []access.Role{access.Administrator}, []identity.Scope{identity.ScopeRead}, time.Hour, "roles"},
		"a life of 2 years": {"x", []access.Role{access.Health}, []identity.Scope{identity.ScopeRead}, 2 * 366 * 24 * time.Hour, "days"},
		"no life":           {"x", []access.Role{access.Health}, []identity.Scope{identity.ScopeRead}, 0, "days"},
	} {
		_, err := h.s.NewToken(h.ctx, x, bad.label, bad.roles, bad.scopes, bad.life)
		var f *fault.Fault
		if !errors.As(err, &f) || len(f.Fields) == 0 || f.Fields[0].Name != bad.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	secret, err := h.s.NewToken(h.ctx, x, "figures", []access.Role{access.Health}, []identity.Scope{identity.ScopeRead}, 24*time.Hour)
	h.must(err)
	got, y := h.with(secret)
	if !slices.Equal(got.Roles, []access.Role{access.Health}) || got.ID != p.id || y.Recent(h.clock.Now()) == nil {
		t.Errorf("a token acts as %+v", got)
	}
	h.must(y.Allows(identity.ScopeRead))
	h.is(y.Allows(identity.ScopeWrite), fault.Denied, "identity.fault.scope")
	h.must(h.s.EndRole(h.ctx, boss.actor(), p.id, access.Health))
	if got, _ := h.with(secret); len(got.Roles) != 0 {
		t.Errorf("a token keeps a role that its person lost: %v", got.Roles)
	}
	h.must(h.s.Suspend(h.ctx, boss.actor(), p.id))
	if !h.dead(secret) {
		t.Error("a suspended person's token works")
	}
	h.must(h.s.Reinstate(h.ctx, boss.actor(), p.id))
	all, err := h.s.Tokens(h.ctx, actor)
	h.must(err)
	h.is(h.s.RevokeToken(h.ctx, boss.actor(), all[0].ID), fault.NotFound, "identity.fault.no_token") // somebody else's
	h.clock.Advance(24 * time.Hour)
	if !h.dead(secret) {
		t.Error("a token lives past its time")
	}
}

func TestAClosedAccountIsGoneButItsName(t *testing.T) {
	h := newHost(t)
	boss, _ := h.found(athens)
	p := h.join(boss, "worker", access.CaseManager)
	token := p.signIn()
	h.must(h.s.Close(h.ctx, boss.actor(), p.id))
	if !h.dead(token) {
		t.Error("its session lives on")
	}
	_, err := p.try(good, "")
	h.is(err, fault.Unsigned, "identity.fault.refused")
	h.is(h.s.Reinstate(h.ctx, boss.actor(), p.id), fault.Guarded, "identity.fault.not_suspended")
	names, err := h.s.Names(h.ctx, athens, nil)
	h.must(err)
	if names, err = h.s.Names(h.ctx, athens, append(keysOf(names), p.id)); err != nil || names[p.id] != "Person worker" {
		t.Errorf("%v %v", names, err)
	}
	again := h.join(boss, "worker", access.CaseManager) // the login is free for somebody else
	if again.id == p.id {
		t.Error("the same account")
	}
}

func TestEveryChangeHasItsLeafAndSweepingLeavesTheLiving(t *testing.T) {
	h := newHost(t)
	a, _ := h.found(athens)
	before := h.leaves
	token := a.signIn()
	if h.leaves == before {
		t.Error("signing in leaves no trace")
	}
	history, err := h.s.History(h.ctx, a.actor(), a.id)
	h.must(err)
	if !slices.ContainsFunc(history, func(e identity.Event) bool { return e.Type == identity.EventInvited }) || history[0].Type != identity.EventSessionOpened {
		t.Errorf("%v", history)
	}
	h.must(h.s.Sweep(h.ctx, athens))
	if h.dead(token) {
		t.Error("sweeping ended a living session")
	}
}

func TestDevicesAreCoarseWords(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                 "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36":            "Chrome, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/604.1": "Safari, iPhone",
		"curl/8.14.1": "", "": "", "Go-http-client/1.1": "", "Firefox/1": "Firefox",
	} {
		if got := identity.DeviceOf(agent); got != want {
			t.Errorf("%q is %q, not %q", agent, got, want)
		}
	}
}

func TestTheCookieIsForThisHostOnly(t *testing.T) {
	h := newHost(t)
	c := h.s.Cookie("x")
	if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || c.Name[:7] != "__Host-" {
		t.Errorf("%+v", c)
	}
}
