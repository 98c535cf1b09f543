// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Scope narrows an API token to a part of the API.
type Scope string

// The scopes that exist when Config.Scopes names no others.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
)

// tokenPrefix lets scanners of leaked secrets, and people, know an API token when they see one.
const tokenPrefix = "ent_"

// maxTokenLife is the longest life of an API token.
const maxTokenLife = 366 * 24 * time.Hour

// Token is an API token as its holder's list shows it; the secret itself is never seen again.
type Token struct {
	ID      journal.ID
	Label   string
	Roles   []access.Role // it acts with these, as far as the account still holds them
	Scopes  []Scope
	Created time.Time
	Expires time.Time
}

// NewToken issues an API token bound to one's own account: with some of the roles that one holds, some scopes,
// and a life of at most 366 days. The session must be recent (see Session.Recent). It gives the secret, once.
func (s *Service) NewToken(ctx context.Context, x Session, label string, roles []access.Role, scopes []Scope, life time.Duration) (string, error) {
	if err := x.Recent(s.now()); err != nil {
		return "", err
	}
	var fs fault.Fields
	if n := utf8.RuneCountInString(strings.TrimSpace(label)); n < 1 || n > 60 {
		fs.Add("label", "identity.token.label_form")
	}
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(x Scope) bool { return !slices.Contains(s.c.Scopes, x) }) {
		fs.Add("scopes", "identity.token.scopes_form")
	}
	if life <= 0 || life > maxTokenLife {
		fs.Add("days", "identity.token.days_form")
	}
	if err := fs.Err(); err != nil {
		return "", err
	}
	o, err := s.c.Owner(x.Owner)
	if err != nil {
		return "", err
	}
	b, err := newBearer(x.Owner, s.c.Random)
	if err != nil {
		return "", err
	}
	sealed, err := seal(o.Keys, "token", x.Account, strings.TrimSpace(label))
	if err != nil {
		return "", err
	}
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		held, err := rolesOf(ctx, tx, x.Owner, x.Account)
		if err != nil {
			return err
		}
		if len(roles) == 0 || slices.ContainsFunc(roles, func(r access.Role) bool { return !slices.Contains(held, r) }) {
			return fault.Bad("roles", "identity.token.roles_form")
		}
		id := s.id()
		_, err = tx.Exec(ctx, `INSERT INTO identity_token (owner, hash, id, account, label, roles, scopes, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			x.Owner, b.hash("token"), id, x.Account, sealed, words(roles), words(scopes), db.Micros(s.now()), db.Micros(s.now().Add(life)))
		if err != nil {
			return err
		}
		return s.record(ctx, tx, EventTokenIssued, x.Owner, x.Account, x.Account, id, roles...)
	})
	if err != nil {
		return "", err
	}
	return tokenPrefix + b.String(), nil
}

// words stores a list of codes in one column; codes hold no spaces.
func words[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

func unwords[T ~string](s string) []T {
	var out []T
	for _, f := range strings.Fields(s) {
		out = append(out, T(f))
	}
	return out
}

// byToken authenticates an API token: its roles are those it was given that its account still holds.
func (s *Service) byToken(ctx context.Context, token string) (access.Actor, Session, error) {
	gone := fault.New(fault.Unsigned, "identity.fault.signed_out")
	secret, marked := strings.CutPrefix(token, tokenPrefix)
	b, ok := parseBearer(secret)
	if !ok || !marked {
		return access.Actor{}, Session{}, gone
	}
	hash, now := b.hash("token"), s.now()
	x, kept, mark := s.recall.get(hash)
	if !kept {
		var err error
		if x, err = s.token(ctx, b.owner, hash); err != nil {
			return access.Actor{}, Session{}, err
		}
		s.recall.put(hash, x, mark)
	}
	if !x.live(now) {
		return access.Actor{}, Session{}, gone
	}
	a, err := s.actor(x.found)
	return a, x.Session, err
}

// token reads an API token, live or not, with its holder.
func (s *Service) token(ctx context.Context, owner journal.ID, hash []byte) (recalled, error) {
	x := recalled{found: found{Session: Session{Owner: owner, Token: true}}}
	f := &x.found
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		var roles, scopes string
		var created, expires int64
		err := tx.Row(ctx, `SELECT id, account, roles, scopes, created, expires FROM identity_token WHERE owner = $1 AND hash = $2`, owner, hash).
			Scan(&f.ID, &f.Account, &roles, &scopes, &created, &expires)
		if none(err) {
			return fault.New(fault.Unsigned, "identity.fault.signed_out")
		}
		if err != nil {
			return err
		}
		f.Created, f.Expires, f.Scopes = db.Time(created), db.Time(expires), unwords[Scope](scopes)
		if err := s.holder(ctx, tx, f); err != nil {
			return err
		}
		given := unwords[access.Role](roles)
		f.roles = slices.DeleteFunc(f.roles, func(r access.Role) bool { return !slices.Contains(given, r) })
		return nil
	})
	return x, err
}

// Tokens lists one's own live API tokens, newest first.
func (s *Service) Tokens(ctx context.Context, who access.Actor) ([]Token, error) {
	o, err := s.c.Owner(who.Owner)
	if err != nil {
		return nil, err
	}
	var out []Token
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		return each(ctx, tx, func(scan func(...any) error) error {
			var t Token
			var label []byte
			var roles, scopes string
			var created, expires int64
			if err := scan(&t.ID, &label, &roles, &scopes, &created, &expires); err != nil {
				return err
			}
			t.Roles, t.Scopes, t.Created, t.Expires = unwords[access.Role](roles), unwords[Scope](scopes), db.Time(created), db.Time(expires)
			var err error
			t.Label, err = open(o.Keys, "token", who.ID, label)
			out = append(out, t)
			return err
		}, `SELECT id, label, roles, scopes, created, expires FROM identity_token WHERE owner = $1 AND account = $2 AND expires > $3 ORDER BY created DESC, id`,
			who.Owner, who.ID, db.Micros(s.now()))
	})
	return out, err
}

// RevokeToken ends one of one's own API tokens, at once.
func (s *Service) RevokeToken(ctx context.Context, who access.Actor, token journal.ID) error {
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM identity_token WHERE owner = $1 AND account = $2 AND id = $3`, who.Owner, who.ID, token)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "identity.fault.no_token")
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, EventTokenRevoked, who.Owner, who.ID, who.ID, token)
	})
}
