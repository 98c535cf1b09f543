// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Seeded is a fictitious person of a demo, who can sign in at once.
type Seeded struct {
	ID       journal.ID // zero lets the service make one
	Name     string
	Login    string
	Password string
	Roles    []access.Role // sensitive ones too, without a second person
	Secret   string        // of the authenticator, in base32; "" for no second factor
	Zone     string
	Language string
}

// Seed makes accounts of a demo and gives their ids, in order. Denied unless Config.Demo. Someone whose login
// exists already is left alone, so a second run changes nothing.
func (s *Service) Seed(ctx context.Context, owner journal.ID, people []Seeded) ([]journal.ID, error) {
	if !s.c.Demo {
		return nil, fault.New(fault.Denied, "identity.fault.not_a_demo")
	}
	o, err := s.c.Owner(owner)
	if err != nil {
		return nil, err
	}
	ids := make([]journal.ID, 0, len(people))
	for _, p := range people {
		id, err := s.seed(ctx, o, p)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (s *Service) seed(ctx context.Context, o Owner, p Seeded) (journal.ID, error) {
	var fs fault.Fields
	checkLogin(&fs, "login", p.Login)
	checkPreferences(&fs, p.Zone, p.Language)
	if err := fs.Err(); err != nil {
		return journal.ID{}, err
	}
	if err := checkInvitation(o, p.Name, p.Roles); err != nil {
		return journal.ID{}, err
	}
	login := normalLogin(p.Login)
	_, standing, err := s.byLogin(ctx, s.hostToken("login", login))
	if err != nil || !standing.id.IsZero() {
		return standing.id, err
	}
	phc, err := s.hasher.hash(ctx, p.Password)
	if err != nil {
		return journal.ID{}, err
	}
	id := p.ID
	if id.IsZero() {
		id = s.id()
	}
	now := db.Micros(s.now())
	a := row{owner: o.ID, id: id, state: Active, zone: p.Zone, language: p.Language, created: now, updated: now}
	if a.name, err = seal(o.Keys, "name", id, strings.TrimSpace(p.Name)); err != nil {
		return id, err
	}
	return id, s.c.DB.Write(ctx, func(tx db.Tx) error {
		if err := s.insert(ctx, tx, a); err != nil {
			return err
		}
		for _, r := range p.Roles {
			if err := s.seedRole(ctx, tx, o.ID, id, r); err != nil {
				return err
			}
		}
		return s.enrol(ctx, tx, o, a, login, phc, p.Secret, nil)
	})
}

// seedRole gives a role, and approves it at once where two people would be needed.
func (s *Service) seedRole(ctx context.Context, tx db.Tx, owner, account journal.ID, r access.Role) error {
	grant, err := s.give(ctx, tx, owner, account, journal.ID{}, r)
	if err != nil || !IsSensitive(r) {
		return err
	}
	return s.activate(ctx, tx, owner, Grant{ID: grant, Account: account, Role: r}, journal.ID{})
}
