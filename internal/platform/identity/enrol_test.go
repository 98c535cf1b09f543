// SPDX-License-Identifier: EUPL-1.2

package identity_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
)

func TestALinkWorksOnceAndForThreeDays(t *testing.T) {
	h := newHost(t)
	boss, _ := h.found(athens)
	link, err := h.s.Invite(h.ctx, boss.actor(), "New Person", []access.Role{access.CaseManager})
	h.must(err)
	if strings.Contains(link.Path, "victim") || !strings.HasPrefix(link.Path, "/start/") || strings.Contains(strings.ToLower(link.Path), "person") {
		t.Errorf("the link says something: %s", link.Path)
	}
	h.clock.Advance(72*time.Hour - time.Second)
	setup, err := h.s.BeginEnrol(h.ctx, link.Path)
	h.must(err)
	if setup.Name != "New Person" || strings.Contains(setup.URL, "New") || setup.QR.Size == 0 {
		t.Errorf("the setup shows %q in %s", setup.Name, setup.URL)
	}
	h.clock.Advance(time.Second)
	_, err = h.s.BeginEnrol(h.ctx, link.Path)
	h.is(err, fault.NotFound, "identity.fault.link")

	second, err := h.s.Invite(h.ctx, boss.actor(), "Other Person", nil)
	h.must(err)
	h.start(second, athens, "other")
	for _, path := range []string{second.Path, link.Path, "/start/nonsense", second.Path[:len(second.Path)-2] + "AA"} { // used, over, none, forged: one answer
		_, err = h.s.BeginEnrol(h.ctx, path)
		h.is(err, fault.NotFound, "identity.fault.link")
		_, err = h.s.Enrol(h.ctx, identity.Enrolment{Link: path, Login: "third", Password: good})
		h.is(err, fault.NotFound, "identity.fault.link")
	}
}

func TestANewLinkEndsTheOneBefore(t *testing.T) {
	h := newHost(t)
	boss, _ := h.found(athens)
	first, err := h.s.Invite(h.ctx, boss.actor(), "New Person", nil)
	h.must(err)
	second, err := h.s.Reset(h.ctx, boss.actor(), first.Account)
	h.must(err)
	_, err = h.s.BeginEnrol(h.ctx, first.Path)
	h.is(err, fault.NotFound, "identity.fault.link")
	h.start(second, athens, "newperson")
}

func TestWhatEnrolmentRefuses(t *testing.T) {
	h := newHost(t)
	boss, _ := h.found(athens)
	link, err := h.s.Invite(h.ctx, boss.actor(), "New Person", nil)
	h.must(err)
	setup, err := h.s.BeginEnrol(h.ctx, link.Path)
	h.must(err)
	p := &someone{h: h, secret: strings.ReplaceAll(setup.Secret, " ", "")}
	for name, x := range map[string]struct {
		login, password, field, key string
	}{
		"a short login":               {"ab", good, "login", "identity.login.form"},
		"a login with spaces":         {"a b c", good, "login", "identity.login.form"},
		"a login that is taken":       {"FIRST1", good, "login", "identity.login.taken"},
		"a short password":            {"newperson", "short one", "password", "identity.password.short"},
		"a password that is common":   {"newperson", "password1234", "password", "identity.password.common"},
		"a password like its login":   {"newperson-of-here", "newperson-of-here", "password", "identity.password.contains_login"},
		"one letter over and over":    {"newperson", strings.Repeat("a", 16), "password", "identity.password.common"},
		"a password beyond all sense": {"newperson", strings.Repeat("long ", 300), "password", "identity.password.long"},
	} {
		_, err := h.s.Enrol(h.ctx, identity.Enrolment{Link: link.Path, Login: x.login, Password: x.password, Setup: setup.Sealed, Code: p.code()})
		if err == nil {
			t.Fatalf("%s was taken", name)
		}
		h.field(err, x.field, x.key)
	}
	_, err = h.s.Enrol(h.ctx, identity.Enrolment{Link: link.Path, Login: "newperson", Password: good, Setup: setup.Sealed, Code: "000000"})
	h.field(err, "code", "identity.code.wrong")
	h.clock.Advance(time.Hour)
	_, err = h.s.Enrol(h.ctx, identity.Enrolment{Link: link.Path, Login: "newperson", Password: good, Setup: setup.Sealed, Code: p.code()})
	h.field(err, "code", "identity.code.setup_expired")
}

func TestTheFirstTwoApproveEachOther(t *testing.T) {
	h := newHost(t)
	links, err := h.s.Found(h.ctx, athens, [2]identity.Founder{{Name: "First Person"}, {Name: "Second Person"}})
	h.must(err)
	a := h.start(links[0], athens, "first")
	if got := a.actor(); got.Has(access.Administrator) {
		t.Error("one person alone became administrator")
	}
	b := h.start(links[1], athens, "second")
	for _, p := range []*someone{a, b} {
		if got := p.actor(); !got.Has(access.Administrator) {
			t.Errorf("%s is no administrator when both have started", p.login)
		}
	}
	_, err = h.s.Found(h.ctx, athens, [2]identity.Founder{{Name: "Third Person"}, {Name: "Fourth Person"}})
	h.is(err, fault.Guarded, "identity.fault.founded")
}

func TestASensitiveRoleNeedsTwoPeople(t *testing.T) {
	h := newHost(t)
	a, b := h.found(athens)
	c := h.join(a, "third", access.CaseManager)
	for _, role := range identity.Sensitive() {
		if role == access.Administrator {
			continue
		}
		id, err := h.s.Propose(h.ctx, a.actor(), c.id, role)
		h.must(err)
		if got := c.actor(); got.Has(role) {
			t.Errorf("%s was given by one person", role)
		}
		h.is(h.s.Approve(h.ctx, a.actor(), id), fault.Denied, "identity.fault.second_person") // the proposer
		h.is(h.s.Approve(h.ctx, c.actor(), id), fault.Denied, "identity.fault.not_administrator")
		session := c.signIn()
		h.must(h.s.Approve(h.ctx, b.actor(), id))
		if got := c.actor(); !got.Has(role) || !h.dead(session) {
			t.Errorf("%s was not given by two, or the session before lives on", role)
		}
	}
	own, err := h.s.Propose(h.ctx, a.actor(), b.id, access.Oversight)
	h.must(err)
	h.is(h.s.Approve(h.ctx, b.actor(), own), fault.Denied, "identity.fault.second_person") // who would receive it
	open, err := h.s.Invite(h.ctx, a.actor(), "Not Started", []access.Role{access.Liaison})
	h.must(err)
	all, err := h.s.People(h.ctx, b.actor())
	h.must(err)
	i := slices.IndexFunc(all, func(x identity.Account) bool { return x.ID == open.Account })
	h.is(h.s.Approve(h.ctx, b.actor(), all[i].Grants[0].ID), fault.Guarded, "identity.fault.not_enrolled")
}

func TestWhoResetsAnotherDoesNotStepIntoTheirRoles(t *testing.T) {
	h := newHost(t)
	a, b := h.found(athens)
	c := h.join(a, "third", access.CaseManager)
	grant, err := h.s.Propose(h.ctx, a.actor(), c.id, access.Oversight)
	h.must(err)
	h.must(h.s.Approve(h.ctx, b.actor(), grant))
	before := c.signIn()
	h.is(func() error { _, err := h.s.Reset(h.ctx, a.actor(), a.id); return err }(), fault.Denied, "identity.fault.second_person")
	link, err := h.s.Reset(h.ctx, a.actor(), c.id)
	h.must(err)
	if !h.dead(before) {
		t.Error("the session before the reset lives on")
	}
	_, err = c.try(good, "")
	h.is(err, fault.Unsigned, "identity.fault.refused")
	again := h.start(link, athens, "third-again")
	got := again.actor()
	if got.Has(access.Oversight) || !got.Has(access.CaseManager) {
		t.Errorf("after a reset: %v", got.Roles)
	}
	all, err := h.s.People(h.ctx, a.actor())
	h.must(err)
	for _, x := range all {
		for _, g := range x.Grants {
			if x.ID == c.id && g.State == identity.Proposed {
				h.is(h.s.Approve(h.ctx, a.actor(), g.ID), fault.Denied, "identity.fault.second_person")
				h.must(h.s.Approve(h.ctx, b.actor(), g.ID))
			}
		}
	}
	if !again.actor().Has(access.Oversight) {
		t.Error("a third hand could not give the role back")
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	h := newHost(t)
	a, b := h.found(athens)
	h.must(h.s.Suspend(h.ctx, a.actor(), b.id))
	h.is(h.s.EndRole(h.ctx, a.actor(), a.id, access.Administrator), fault.Guarded, "identity.fault.last_administrator")
	h.is(h.s.Close(h.ctx, a.actor(), a.id), fault.Guarded, "identity.fault.last_administrator")
	h.is(h.s.Suspend(h.ctx, a.actor(), a.id), fault.Guarded, "identity.fault.last_administrator")
	h.must(h.s.Reinstate(h.ctx, a.actor(), b.id))
	h.must(h.s.EndRole(h.ctx, a.actor(), a.id, access.Administrator))
}

func TestNobodyManagesWhoIsNotAnAdministratorOfThatOffice(t *testing.T) {
	h := newHost(t)
	a, _ := h.found(athens)
	foreign, _ := h.found(tirana)
	worker := h.join(a, "worker", access.CaseManager)
	for name, by := range map[string]access.Actor{"a worker": worker.actor(), "another office's": foreign.actor(), "a job": {Job: "post", Owner: athens, Roles: []access.Role{access.Administrator}}, "nobody": {}} {
		for act, err := range map[string]error{
			"suspends": h.s.Suspend(h.ctx, by, worker.id), "closes": h.s.Close(h.ctx, by, worker.id), "unlocks": h.s.Unlock(h.ctx, by, worker.id), "ends a role": h.s.EndRole(h.ctx, by, worker.id, access.CaseManager),
			"proposes": func() error { _, err := h.s.Propose(h.ctx, by, worker.id, access.Health); return err }(),
			"resets":   func() error { _, err := h.s.Reset(h.ctx, by, worker.id); return err }(),
			"lists": func() error {
				all, err := h.s.People(h.ctx, by)
				if err == nil && !slices.ContainsFunc(all, func(x identity.Account) bool { return x.ID == worker.id }) {
					return fault.New(fault.NotFound, "")
				}
				return err
			}(),
		} {
			if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s %s: %v", name, act, err)
			}
		}
	}
	if got := worker.actor(); !got.Has(access.CaseManager) {
		t.Errorf("the worker holds %v", got.Roles)
	}
}
