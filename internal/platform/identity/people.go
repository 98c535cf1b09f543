// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// manage runs a change of one account by an administrator, in a transaction.
func (s *Service) manage(ctx context.Context, by access.Actor, account journal.ID, f func(tx db.Tx, a *row) error) error {
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		if err := administrator(ctx, tx, by); err != nil {
			return err
		}
		a, err := load(ctx, tx, by.Owner, account)
		if err != nil {
			return err
		}
		return f(tx, &a)
	})
}

// Suspend keeps a person out at once: sessions end, API tokens stop working, links are dead. Roles stay for
// Reinstate.
func (s *Service) Suspend(ctx context.Context, by access.Actor, account journal.ID) error {
	return s.manage(ctx, by, account, func(tx db.Tx, a *row) error {
		if a.state != Active {
			return fault.New(fault.Guarded, "identity.fault.not_active")
		}
		if err := keepOne(ctx, tx, a.owner, a.id); err != nil {
			return err
		}
		a.state = Suspended
		if err := s.save(ctx, tx, *a); err != nil {
			return err
		}
		if err := s.dropSessions(ctx, tx, a.owner, a.id); err != nil {
			return err
		}
		return s.record(ctx, tx, EventSuspended, a.owner, a.id, by.ID, journal.ID{})
	})
}

// Reinstate lets a suspended person in again, with the roles held before.
func (s *Service) Reinstate(ctx context.Context, by access.Actor, account journal.ID) error {
	return s.manage(ctx, by, account, func(tx db.Tx, a *row) error {
		if a.state != Suspended {
			return fault.New(fault.Guarded, "identity.fault.not_suspended")
		}
		a.state = Active
		if err := s.save(ctx, tx, *a); err != nil {
			return err
		}
		return s.record(ctx, tx, EventReinstated, a.owner, a.id, by.ID, journal.ID{})
	})
}

// Close ends an account for good: login, credentials, tokens and roles are gone; its id and name stay, because
// the log says who did what.
func (s *Service) Close(ctx context.Context, by access.Actor, account journal.ID) error {
	return s.manage(ctx, by, account, func(tx db.Tx, a *row) error {
		if a.state == Closed {
			return fault.New(fault.Guarded, "identity.fault.closed")
		}
		if err := keepOne(ctx, tx, a.owner, a.id); err != nil {
			return err
		}
		return s.close(ctx, tx, a.owner, a.id, by.ID)
	})
}

func (s *Service) close(ctx context.Context, tx db.Tx, owner, account, by journal.ID) error {
	a, err := load(ctx, tx, owner, account)
	if err != nil {
		return err
	}
	if err := s.dropCredentials(ctx, tx, &a); err != nil {
		return err
	}
	live, err := grantsOf(ctx, tx, owner, account)
	if err != nil {
		return err
	}
	for _, g := range live {
		if err := s.decide(ctx, tx, owner, g.ID, Ended, by); err != nil {
			return err
		}
	}
	a.state, a.founder = Closed, 0
	if err := s.save(ctx, tx, a); err != nil {
		return err
	}
	return s.record(ctx, tx, EventClosed, owner, account, by, journal.ID{})
}

// Unlock ends an account's back-off, for someone who typed it wrong too often.
func (s *Service) Unlock(ctx context.Context, by access.Actor, account journal.ID) error {
	return s.manage(ctx, by, account, func(tx db.Tx, a *row) error {
		token, err := loginToken(ctx, tx, a.owner, a.id)
		if err != nil || token == nil {
			return err
		}
		if err := clearFailures(ctx, tx, loginKey(token)); err != nil {
			return err
		}
		return s.record(ctx, tx, EventUnlocked, a.owner, a.id, by.ID, journal.ID{})
	})
}

// People lists an owner's accounts for an administrator, oldest first, with names opened and logins not.
func (s *Service) People(ctx context.Context, by access.Actor) ([]Account, error) {
	o, err := s.c.Owner(by.Owner)
	if err != nil {
		return nil, err
	}
	var out []Account
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		if err := administrator(ctx, tx, by); err != nil {
			return err
		}
		var rows []row
		err := each(ctx, tx, func(scan func(...any) error) error {
			var a row
			err := a.scan(scan)
			rows = append(rows, a)
			return err
		}, `SELECT `+accountColumns+` FROM identity_account WHERE owner = $1 ORDER BY created, id`, by.Owner)
		if err != nil {
			return err
		}
		out, err = s.accounts(ctx, tx, o, rows)
		return err
	})
	return out, err
}

// Mine gives one's own account, login included.
func (s *Service) Mine(ctx context.Context, who access.Actor) (Account, error) {
	o, err := s.c.Owner(who.Owner)
	if err != nil {
		return Account{}, err
	}
	var out Account
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		a, err := load(ctx, tx, who.Owner, who.ID)
		if err != nil {
			return err
		}
		all, err := s.accounts(ctx, tx, o, []row{a})
		if err != nil {
			return err
		}
		out = all[0]
		out.Login, err = open(o.Keys, "login", a.id, a.login)
		return err
	})
	return out, err
}

// accounts opens rows for a page.
func (s *Service) accounts(ctx context.Context, tx db.Tx, o Owner, rows []row) ([]Account, error) {
	grants, err := grantsOf(ctx, tx, o.ID, journal.ID{})
	if err != nil {
		return nil, err
	}
	locked, err := s.lockedUntil(ctx, tx, o.ID)
	if err != nil {
		return nil, err
	}
	links, err := linksUntil(ctx, tx, o.ID)
	if err != nil {
		return nil, err
	}
	out := make([]Account, 0, len(rows))
	for _, a := range rows {
		name, err := open(o.Keys, "name", a.id, a.name)
		if err != nil {
			return nil, err
		}
		x := Account{ID: a.id, Owner: a.owner, Name: name, State: a.state, Zone: a.zone, Language: a.language,
			LinkUntil: links[a.id], Created: db.Time(a.created), Updated: db.Time(a.updated)}
		if until := locked[a.id]; a.state == Active && s.now().Before(until) {
			x.State, x.LockedUntil = Locked, until
		}
		for _, g := range grants {
			if g.Account != a.id {
				continue
			}
			x.Grants = append(x.Grants, g)
			if g.State == Granted {
				x.Roles = append(x.Roles, g.Role)
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// timesOf collects (account, micros) pairs of a query.
func timesOf(ctx context.Context, tx db.Tx, query string, args ...any) (map[journal.ID]time.Time, error) {
	m := map[journal.ID]time.Time{}
	err := each(ctx, tx, func(scan func(...any) error) error {
		var id journal.ID
		var us int64
		err := scan(&id, &us)
		m[id] = db.Time(us)
		return err
	}, query, args...)
	return m, err
}

func linksUntil(ctx context.Context, tx db.Tx, owner journal.ID) (map[journal.ID]time.Time, error) {
	return timesOf(ctx, tx, `SELECT account, expires FROM identity_link WHERE owner = $1`, owner)
}

func (s *Service) lockedUntil(ctx context.Context, tx db.Tx, owner journal.ID) (map[journal.ID]time.Time, error) {
	return timesOf(ctx, tx, `SELECT l.account, b.until FROM identity_login l JOIN identity_backoff b ON b.kind = 'login' AND b.hmac = l.token
		WHERE l.owner = $1`, owner)
}

// Names gives the display names of accounts of an owner, for pages that say who did something. Ids that are no
// account (a background job) are left out. The caller decides who may see them.
func (s *Service) Names(ctx context.Context, owner journal.ID, ids []journal.ID) (map[journal.ID]string, error) {
	o, err := s.c.Owner(owner)
	if err != nil {
		return nil, err
	}
	names := make(map[journal.ID]string, len(ids))
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		for _, id := range ids {
			if _, done := names[id]; done || id.IsZero() {
				continue
			}
			var sealed []byte
			err := tx.Row(ctx, `SELECT name FROM identity_account WHERE owner = $1 AND id = $2`, owner, id).Scan(&sealed)
			if none(err) {
				continue
			}
			if err != nil {
				return err
			}
			if names[id], err = open(o.Keys, "name", id, sealed); err != nil {
				return err
			}
		}
		return nil
	})
	return names, err
}

// Colleague is somebody with an account: a name, and the roles that say what may be given to her.
type Colleague struct {
	ID    journal.ID
	Name  string
	Roles []access.Role
}

// Colleagues lists the active accounts of an owner by name, for choosing whom to give a task or a file. The caller
// decides who may see them.
func (s *Service) Colleagues(ctx context.Context, owner journal.ID) ([]Colleague, error) {
	o, err := s.c.Owner(owner)
	if err != nil {
		return nil, err
	}
	var out []Colleague
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		grants, err := grantsOf(ctx, tx, owner, journal.ID{})
		if err != nil {
			return err
		}
		return each(ctx, tx, func(scan func(...any) error) error {
			var c Colleague
			var sealed []byte
			if err := scan(&c.ID, &sealed); err != nil {
				return err
			}
			for _, g := range grants {
				if g.Account == c.ID && g.State == Granted {
					c.Roles = append(c.Roles, g.Role)
				}
			}
			c.Name, err = open(o.Keys, "name", c.ID, sealed)
			out = append(out, c)
			return err
		}, `SELECT id, name FROM identity_account WHERE owner = $1 AND state = $2`, owner, string(Active))
	})
	inorder.By(out, func(a, b Colleague) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}
