// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Sensitive lists the roles that nobody can give alone: one administrator proposes, another approves,
// and the person who would receive the role can be neither the approver nor alone. Each stands here because it
// reaches beyond the dossiers that a person is assigned to:
//
//   - node_administrator manages people, so could make accounts for itself;
//   - oversight reads the whole log;
//   - duplicate_desk compares identities across the office's files;
//   - referral_desk sees the codes, tracks and clocks of all cases;
//   - supervisor reads the files of those supervised and is told of emergency access;
//   - rapporteur gets exact figures for the statutory return;
//   - liaison signs sharing terms, so decides where data may go.
func Sensitive() []access.Role {
	return []access.Role{access.Administrator, access.Oversight, access.DuplicateDesk, access.ReferralDesk, access.Supervisor, access.Rapporteur, access.Liaison}
}

// IsSensitive says whether a role needs two people.
func IsSensitive(r access.Role) bool { return slices.Contains(Sensitive(), r) }

// GrantState is where a grant of a role stands.
type GrantState string

// The closed list of grant states.
const (
	Proposed GrantState = "proposed" // waits for a second person
	Granted  GrantState = "active"   // the account holds the role
	Refused  GrantState = "refused"
	Ended    GrantState = "ended"
)

// Grant is one role of one account, with who asked and who decided.
type Grant struct {
	ID       journal.ID
	Account  journal.ID
	Role     access.Role
	State    GrantState
	Proposer journal.ID // zero for the host's own command at init
	Proposed time.Time
	Decider  journal.ID
	Decided  time.Time
}

const grantColumns = `id, account, role, state, proposer, proposed, decider, decided`

func scanGrant(scan func(...any) error) (Grant, error) {
	var g Grant
	var proposed, decided int64
	err := scan(&g.ID, &g.Account, &g.Role, &g.State, &g.Proposer, &proposed, &g.Decider, &decided)
	g.Proposed, g.Decided = db.Time(proposed), db.Time(decided)
	return g, err
}

// grantsOf lists the live grants of one account, or of all for the zero account.
func grantsOf(ctx context.Context, tx db.Tx, owner, account journal.ID) ([]Grant, error) {
	query, args := `SELECT `+grantColumns+` FROM identity_grant WHERE owner = $1 AND state IN ('active', 'proposed') ORDER BY role, id`, []any{owner}
	if !account.IsZero() {
		query, args = `SELECT `+grantColumns+` FROM identity_grant WHERE owner = $1 AND account = $2 AND state IN ('active', 'proposed') ORDER BY role, id`, []any{owner, account}
	}
	var gs []Grant
	err := each(ctx, tx, func(scan func(...any) error) error {
		g, err := scanGrant(scan)
		gs = append(gs, g)
		return err
	}, query, args...)
	return gs, err
}

// checkRoles refuses roles that are unknown, or that an office of this kind does not have.
func checkRoles(kind access.OfficeKind, roles []access.Role) error {
	var fs fault.Fields
	for _, r := range roles {
		if !slices.Contains(access.RolesOf(kind), r) {
			fs.Add("roles", "identity.role.unknown")
			break
		}
	}
	return fs.Err()
}

// give adds one role inside a transaction: at once when one person may give it to another, else as a proposal. A role
// already held or proposed is left as it is and gives the standing grant's id.
func (s *Service) give(ctx context.Context, tx db.Tx, owner, account, by journal.ID, role access.Role) (journal.ID, error) {
	live, err := grantsOf(ctx, tx, owner, account)
	if err != nil {
		return journal.ID{}, err
	}
	for _, g := range live {
		if g.Role == role {
			return g.ID, nil
		}
	}
	g := Grant{ID: s.id(), State: Granted, Decider: by}
	typ := EventGranted
	decided := db.Micros(s.now())
	if IsSensitive(role) || !by.IsZero() && account == by { // nobody gives themselves anything alone
		g.State, g.Decider, typ, decided = Proposed, journal.ID{}, EventProposed, 0
	}
	_, err = tx.Exec(ctx, `INSERT INTO identity_grant (owner, id, account, role, state, proposer, proposed, decider, decided) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		owner, g.ID, account, string(role), string(g.State), by, db.Micros(s.now()), g.Decider, decided)
	if err != nil {
		return journal.ID{}, err
	}
	if g.State == Granted {
		if err := s.dropSessions(ctx, tx, owner, account); err != nil {
			return journal.ID{}, err
		}
	}
	return g.ID, s.record(ctx, tx, typ, owner, account, by, g.ID, role)
}

// Propose gives a role to an account. A role of the Sensitive list, and any role for oneself, waits until a second
// administrator approves; any other is held at once, and the account's sessions end so that it takes effect. It returns
// the grant's id.
func (s *Service) Propose(ctx context.Context, by access.Actor, account journal.ID, role access.Role) (journal.ID, error) {
	o, err := s.c.Owner(by.Owner)
	if err != nil {
		return journal.ID{}, err
	}
	if err := checkRoles(o.Office, []access.Role{role}); err != nil {
		return journal.ID{}, err
	}
	var id journal.ID
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		if err := administrator(ctx, tx, by); err != nil {
			return err
		}
		a, err := load(ctx, tx, by.Owner, account)
		if err != nil {
			return err
		}
		if a.state == Closed {
			return fault.New(fault.Guarded, "identity.fault.closed")
		}
		id, err = s.give(ctx, tx, by.Owner, account, by.ID, role)
		return err
	})
	return id, err
}

// Approve makes a proposed role effective. The approver is an administrator who neither proposed it nor
// would receive it, and the receiver has enrolled: one approves a person, not an open link.
func (s *Service) Approve(ctx context.Context, by access.Actor, grant journal.ID) error {
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		g, err := s.decidable(ctx, tx, by, grant)
		if err != nil {
			return err
		}
		if g.Proposer == by.ID || g.Account == by.ID {
			return fault.New(fault.Denied, "identity.fault.second_person")
		}
		a, err := load(ctx, tx, by.Owner, g.Account)
		if err != nil {
			return err
		}
		if a.state != Active {
			return fault.New(fault.Guarded, "identity.fault.not_enrolled")
		}
		return s.activate(ctx, tx, by.Owner, g, by.ID)
	})
}

// activate makes a proposed grant effective and ends the account's sessions.
func (s *Service) activate(ctx context.Context, tx db.Tx, owner journal.ID, g Grant, decider journal.ID) error {
	if err := s.decide(ctx, tx, owner, g.ID, Granted, decider); err != nil {
		return err
	}
	if err := s.dropSessions(ctx, tx, owner, g.Account); err != nil {
		return err
	}
	return s.record(ctx, tx, EventApproved, owner, g.Account, decider, g.ID, g.Role)
}

// Refuse drops a proposed role. Any administrator may, the proposer included.
func (s *Service) Refuse(ctx context.Context, by access.Actor, grant journal.ID) error {
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		g, err := s.decidable(ctx, tx, by, grant)
		if err != nil {
			return err
		}
		if err := s.decide(ctx, tx, by.Owner, g.ID, Refused, by.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, EventRefused, by.Owner, g.Account, by.ID, g.ID, g.Role)
	})
}

// decidable loads a proposed grant for an administrator.
func (s *Service) decidable(ctx context.Context, tx db.Tx, by access.Actor, grant journal.ID) (Grant, error) {
	if err := administrator(ctx, tx, by); err != nil {
		return Grant{}, err
	}
	g, err := scanGrant(tx.Row(ctx, `SELECT `+grantColumns+` FROM identity_grant WHERE owner = $1 AND id = $2`, by.Owner, grant).Scan)
	if none(err) {
		return g, fault.New(fault.NotFound, "identity.fault.no_grant")
	}
	if err == nil && g.State != Proposed {
		return g, fault.New(fault.Conflict, "identity.fault.decided")
	}
	return g, err
}

func (s *Service) decide(ctx context.Context, tx db.Tx, owner, grant journal.ID, to GrantState, by journal.ID) error {
	_, err := tx.Exec(ctx, `UPDATE identity_grant SET state = $3, decider = $4, decided = $5 WHERE owner = $1 AND id = $2`,
		owner, grant, string(to), by, db.Micros(s.now()))
	return err
}

// EndRole takes a role away at once and ends the account's sessions. One administrator is enough:
// taking access away is the cautious side. The last administrator cannot be taken.
func (s *Service) EndRole(ctx context.Context, by access.Actor, account journal.ID, role access.Role) error {
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		if err := administrator(ctx, tx, by); err != nil {
			return err
		}
		live, err := grantsOf(ctx, tx, by.Owner, account)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(live, func(g Grant) bool { return g.Role == role && g.State == Granted })
		if i < 0 {
			return fault.New(fault.NotFound, "identity.fault.no_grant")
		}
		if role == access.Administrator {
			if err := keepOne(ctx, tx, by.Owner, account); err != nil {
				return err
			}
		}
		if err := s.decide(ctx, tx, by.Owner, live[i].ID, Ended, by.ID); err != nil {
			return err
		}
		if err := s.dropSessions(ctx, tx, by.Owner, account); err != nil {
			return err
		}
		return s.record(ctx, tx, EventEnded, by.Owner, account, by.ID, live[i].ID, role)
	})
}

// demote turns an account's active sensitive roles into proposals by `by`, so that whoever resets another's
// credentials cannot step into the roles that two people gave.
func (s *Service) demote(ctx context.Context, tx db.Tx, owner, account, by journal.ID) error {
	live, err := grantsOf(ctx, tx, owner, account)
	if err != nil {
		return err
	}
	for _, g := range live {
		if !IsSensitive(g.Role) {
			continue
		}
		// A pending proposal of someone else becomes this person's too: who resets may not also approve.
		if _, err := tx.Exec(ctx, `UPDATE identity_grant SET state = 'ended', decider = $3, decided = $4 WHERE owner = $1 AND id = $2`,
			owner, g.ID, by, db.Micros(s.now())); err != nil {
			return err
		}
		if err := s.record(ctx, tx, EventEnded, owner, account, by, g.ID, g.Role); err != nil {
			return err
		}
		if _, err := s.give(ctx, tx, owner, account, by, g.Role); err != nil {
			return err
		}
	}
	return nil
}
