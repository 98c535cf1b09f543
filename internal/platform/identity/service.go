// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Keyring seals small secrets under an owner's unlocked key; vault's Keyring is one. What was sealed for one
// purpose does not open for another.
type Keyring interface {
	Seal(purpose string, plain []byte) ([]byte, error)
	Open(purpose string, sealed []byte) ([]byte, error)
}

// Database is what identity needs of db.DB.
type Database interface {
	Read(ctx context.Context, f func(db.Tx) error) error
	Write(ctx context.Context, f func(db.Tx) error) error
}

// Owner is one office that this host serves.
type Owner struct {
	ID     journal.ID
	Office access.OfficeKind
	Keys   Keyring
}

// Config is what a Service is made of. DB, Clock, HostKey, Owner and Leaf are required.
type Config struct {
	DB    Database
	Clock clock.Clock
	// Random is crypto/rand when nil.
	Random io.Reader
	// HostKey is 32 secret bytes of this host, the same for all owners: it keys the lookup of logins and
	// network addresses. Whoever has it and the database can test guesses of logins.
	HostKey []byte
	// Owner gives an owner whose key is unlocked. It returns a fault (NotFound, or Unavailable while locked).
	Owner func(journal.ID) (Owner, error)
	// Leaf adds an event's canonical form to the owner's log, in the transaction of the change itself. It may run
	// more than once for one change (PostgreSQL runs a transaction again on conflict).
	Leaf func(ctx context.Context, tx db.Tx, owner, event journal.ID, canonical []byte, at time.Time) error
	// Params are the costs of password hashes; zero means DefaultParams.
	Params Params
	// Scopes is the closed list of what an API token may be narrowed to; nil means ScopeRead and ScopeWrite.
	Scopes []Scope
	// Demo lets Seed make accounts whose password is known, and lets those without a second factor sign in by
	// password alone. An office with real people never sets it.
	Demo bool
	// Alone says that no other process and no other Service writes this database's accounts, sessions and tokens: then
	// what was read of them is kept in memory until this Service writes again.
	Alone bool
	// Insecure drops Secure and the __Host- prefix from the cookie. Only for a demo on http://127.0.0.1.
	Insecure bool
	// Address gives the client's network address of a request, for the back-off; nil takes RemoteAddr. Behind a
	// proxy it must read what that proxy, and no client, writes.
	Address func(*http.Request) string
}

// Service holds the accounts of all owners of a host. It is safe for concurrent use. Every answer comes from the database,
// or is what it said before and what nothing was written after (see recall).
type Service struct {
	c      Config
	recall *recall // nil unless Config.Alone
	hasher *hasher
	cookie string
}

// New makes a Service and checks its configuration.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Clock == nil || c.Owner == nil || c.Leaf == nil || len(c.HostKey) != 32 {
		return nil, errors.New("identity: DB, Clock, Owner, Leaf and a HostKey of 32 bytes are required")
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Scopes == nil {
		c.Scopes = []Scope{ScopeRead, ScopeWrite}
	}
	if c.Address == nil {
		c.Address = remoteAddress
	}
	h, err := newHasher(c.Params, c.Random)
	if err != nil {
		return nil, err
	}
	s := &Service{c: c, hasher: h}
	if c.Alone {
		s.recall = &recall{}
		s.c.DB = recalling{c.DB, s.recall}
	}
	// A suffix of the host's own keeps offices on several ports of one machine apart: cookies ignore ports.
	s.cookie = fmt.Sprintf("s-%x", s.hostToken("cookie", "")[:4])
	if !c.Insecure {
		s.cookie = "__Host-" + s.cookie
	}
	return s, nil
}

// remoteAddress is the peer's address; of IPv6 only the /64, which is what one household or office holds.
func remoteAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// now is the clock's time in UTC, to the microsecond that the database keeps.
func (s *Service) now() time.Time { return s.c.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) id() journal.ID { return journal.NewID(s.now(), s.c.Random) }

// seal and open bind a secret to its purpose and account, so that a row copied into another account's
// place does not open.
func seal(k Keyring, purpose string, account journal.ID, plain string) ([]byte, error) {
	return k.Seal("identity."+purpose+"."+account.String(), []byte(plain))
}

func open(k Keyring, purpose string, account journal.ID, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	b, err := k.Open("identity."+purpose+"."+account.String(), sealed)
	return string(b), err
}

// none says whether a query found no row.
func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// each runs f on every row of a query.
func each(ctx context.Context, tx db.Tx, f func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
