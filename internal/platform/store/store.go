// SPDX-License-Identifier: EUPL-1.2

// Package store is the one door to what an office holds.
//
// Wings register kinds of dossiers with their folds and guards (Of, NewRegistry). Everything that an
// office does then goes through four functions: Update appends entries, Open reads one dossier, List and
// Search find some. Each of them asks access.Authorize about the very row at hand, for every data
// category, and denies by default; none of them can be called without saying who acts and for what
// purpose. Pages, the API, the command line, imports, messages of other offices and background jobs are
// all callers of these four.
//
// Update reads a snapshot, folds it, asks the caller what to append, runs the guards, seals each part
// under the dossier's key for its category, and only then enters the database's writer, where it checks
// that the dossier has not moved on. When it has, everything runs again. So a withdrawal and a hand-over
// can never both win, and slow work (unsealing, guards, signatures) never holds up other writers.
//
// In one transaction a write changes: the entry and its parts, the dossier's clear columns, codes,
// standing, search tokens and summary, one leaf of the log, and any outgoing message.
//
// Reading parts of personal categories notes what was read; the note is one read entry, committed before
// the first byte of the answer leaves (see WithReads). A read entry has a leaf in the log too.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// Owner is one office that this node serves, with its keys unlocked.
type Owner struct {
	ID     journal.ID
	Office access.OfficeKind
	Keys   *vault.Keyring
}

// Sender turns a message that an append brings about into something that the append's transaction can
// store. Prepare runs outside the transaction and may be slow; the function that it gives runs inside.
type Sender interface {
	Prepare(ctx context.Context, owner journal.ID, message any) (func(context.Context, db.Tx) error, error)
}

// Config is what a Store is made of. All but Sender, Random, Rules and Facts are required.
type Config struct {
	DB       *db.DB
	Clock    clock.Clock
	Policies *access.Policies
	Registry *Registry
	Owner    func(journal.ID) (Owner, error)
	Sender   Sender
	Random   io.Reader
	// Rules gives the policies that hold for an owner: those of every office and what its packs forbid. Nil is Policies.
	Rules func(journal.ID) *access.Policies
	// Facts gives the signed pack facts that hold for an owner (permissions that rest on national law).
	Facts func(journal.ID) []string
}

// Store is safe for use by many goroutines.
type Store struct {
	c      Config
	turns  *turns
	kept   kept
	memory *memory
}

// New checks the configuration.
func New(c Config) (*Store, error) {
	if c.DB == nil || c.Clock == nil || c.Policies == nil || c.Registry == nil || c.Owner == nil {
		return nil, errors.New("store: DB, Clock, Policies, Registry and Owner are required")
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	return &Store{c: c, turns: newTurns(), memory: newMemory()}, nil
}

// Registry gives the kinds and entry types that this store knows.
func (s *Store) Registry() *Registry { return s.c.Registry }

// Who is who acts, and for what purpose: what the door asks first.
type Who struct {
	Actor   access.Actor
	Purpose access.Purpose
}

// Job is a named background principal of an owner.
func Job(o Owner, name string, p access.Purpose) Who {
	return Who{Actor: access.Actor{ID: JobID(name), Owner: o.ID, Office: o.Office, Roles: []access.Role{access.Job}, Job: name}, Purpose: p}
}

// JobID is the fixed id under which a background job stands in entries: its name, spelt in the id's
// bytes, so that it can never be a person's (a person's id has a time and a version in it).
func JobID(name string) journal.ID {
	var id journal.ID
	copy(id[:], "job:"+name)
	return id
}

// Ref names a dossier.
type Ref struct {
	Kind string
	ID   journal.ID
}

// NewID makes an id for a dossier or an entry.
func (s *Store) NewID() journal.ID { return journal.NewID(s.now(), s.c.Random) }

// now is the clock's time in UTC, to the microsecond that the database keeps.
func (s *Store) now() time.Time { return s.c.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Store) facts(owner journal.ID) []string {
	if s.c.Facts == nil {
		return nil
	}
	return s.c.Facts(owner)
}

func (s *Store) rules(owner journal.ID) *access.Policies {
	if s.c.Rules == nil {
		return s.c.Policies
	}
	return s.c.Rules(owner)
}

// allowed asks the door about one category of one row.
func (s *Store) allowed(w Who, a access.Action, typ string, row access.Row, c journal.Category) bool {
	return s.rules(w.Actor.Owner).Authorize(access.Request{Actor: w.Actor, Action: a, Type: typ, Row: row, Category: c, Purpose: w.Purpose}).Allow
}

// owner loads the acting owner; nobody acts in another's name.
func (s *Store) owner(w Who) (Owner, error) {
	if w.Actor.Owner.IsZero() || w.Actor.ID.IsZero() {
		return Owner{}, fault.New(fault.Unsigned, "fault.unsigned")
	}
	o, err := s.c.Owner(w.Actor.Owner)
	if err != nil {
		return Owner{}, err
	}
	if o.Office != w.Actor.Office {
		return Owner{}, fault.New(fault.Denied, "fault.denied")
	}
	return o, nil
}
