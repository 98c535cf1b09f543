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

// State is where an account stands.
type State string

// The closed list of states. Locked is not stored: it is an active account whose back-off is running.
const (
	Invited   State = "invited"   // has a link, no credentials yet; also after a reset
	Active    State = "active"    //
	Locked    State = "locked"    // too many failed attempts just now; ends by itself
	Suspended State = "suspended" // kept out until reinstated
	Closed    State = "closed"    // credentials and login destroyed; the id and name stay for the log
)

// Account is a person's account as the people page shows it. Login is empty for everyone but its holder.
type Account struct {
	ID          journal.ID
	Owner       journal.ID
	Name        string
	Login       string
	State       State
	LockedUntil time.Time // zero unless State is Locked
	Roles       []access.Role
	Grants      []Grant // live ones: active and proposed
	Zone        string  // IANA time zone, "" for the office's
	Language    string  // BCP 47 tag, "" for the office's
	LinkUntil   time.Time
	Created     time.Time
	Updated     time.Time
}

// row is an account's row, secrets still sealed.
type row struct {
	owner, id                     journal.ID
	state                         State
	login, name, password, factor []byte
	step                          int64
	zone, language                string
	founder                       int64
	created, updated              int64
}

const accountColumns = `owner, id, state, login, name, password, factor, step, zone, language, founder, created, updated`

func (a *row) scan(scan func(...any) error) error {
	return scan(&a.owner, &a.id, &a.state, &a.login, &a.name, &a.password, &a.factor, &a.step, &a.zone, &a.language, &a.founder, &a.created, &a.updated)
}

// load reads an account's row; NotFound when this owner has none of that id.
func load(ctx context.Context, tx db.Tx, owner, id journal.ID) (row, error) {
	var a row
	err := a.scan(tx.Row(ctx, `SELECT `+accountColumns+` FROM identity_account WHERE owner = $1 AND id = $2`, owner, id).Scan)
	if none(err) {
		return a, fault.New(fault.NotFound, "identity.fault.no_account")
	}
	return a, err
}

func (s *Service) insert(ctx context.Context, tx db.Tx, a row) error {
	_, err := tx.Exec(ctx, `INSERT INTO identity_account (`+accountColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		a.owner, a.id, string(a.state), notNil(a.login), notNil(a.name), notNil(a.password), notNil(a.factor), a.step, a.zone, a.language, a.founder, a.created, a.updated)
	return err
}

// save writes an account's row back.
func (s *Service) save(ctx context.Context, tx db.Tx, a row) error {
	_, err := tx.Exec(ctx, `UPDATE identity_account SET state = $3, login = $4, name = $5, password = $6, factor = $7, step = $8,
		zone = $9, language = $10, founder = $11, updated = $12 WHERE owner = $1 AND id = $2`,
		a.owner, a.id, string(a.state), notNil(a.login), notNil(a.name), notNil(a.password), notNil(a.factor), a.step,
		a.zone, a.language, a.founder, db.Micros(s.now()))
	return err
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// rolesOf lists the roles that an account holds now, sorted.
func rolesOf(ctx context.Context, tx db.Tx, owner, account journal.ID) ([]access.Role, error) {
	var roles []access.Role
	err := each(ctx, tx, func(scan func(...any) error) error {
		var r string
		if err := scan(&r); err != nil {
			return err
		}
		roles = append(roles, access.Role(r))
		return nil
	}, `SELECT role FROM identity_grant WHERE owner = $1 AND account = $2 AND state = 'active' ORDER BY role`, owner, account)
	return slices.Compact(roles), err
}

// administrator checks, against the database and not the session, that an actor may manage people now.
func administrator(ctx context.Context, tx db.Tx, by access.Actor) error {
	denied := fault.New(fault.Denied, "identity.fault.not_administrator")
	if by.Job != "" || by.ID.IsZero() || by.Owner.IsZero() {
		return denied
	}
	a, err := load(ctx, tx, by.Owner, by.ID)
	if fault.Is(err, fault.NotFound) || err == nil && a.state != Active {
		return denied
	}
	if err != nil {
		return err
	}
	roles, err := rolesOf(ctx, tx, by.Owner, by.ID)
	if err != nil {
		return err
	}
	// The actor's own list may be narrower (an API token), never wider.
	if !slices.Contains(roles, access.Administrator) || !slices.Contains(by.Roles, access.Administrator) {
		return denied
	}
	return nil
}

// administrators counts active accounts that hold the administrator's role, other than one.
func administrators(ctx context.Context, tx db.Tx, owner, except journal.ID) (int, error) {
	var n int
	err := tx.Row(ctx, `SELECT COUNT(DISTINCT a.id) FROM identity_account a JOIN identity_grant g ON g.owner = a.owner AND g.account = a.id
		WHERE a.owner = $1 AND a.id <> $2 AND a.state = 'active' AND g.state = 'active' AND g.role = $3`, owner, except, string(access.Administrator)).Scan(&n)
	return n, err
}

// keepOne refuses a change that would leave the office without any administrator.
func keepOne(ctx context.Context, tx db.Tx, owner, without journal.ID) error {
	n, err := administrators(ctx, tx, owner, without)
	if err == nil && n == 0 {
		return fault.New(fault.Guarded, "identity.fault.last_administrator")
	}
	return err
}
