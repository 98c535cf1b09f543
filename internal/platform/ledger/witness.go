// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// ErrFork says that a log contradicts what it signed before.
var ErrFork = errors.New("ledger: the log contradicts a checkpoint that it signed before")

// ErrUnproven says that a log's growth since a remembered checkpoint was not shown: the proof is missing or
// wrong. The log may be whole; ask it for a proof.
var ErrUnproven = errors.New("ledger: not shown that the log extends the checkpoint that it signed before")

// Fork holds the two signed checkpoints that contradict each other.
type Fork struct{ Before, Now string }

// Error implements error.
func (f *Fork) Error() string { return ErrFork.Error() }

// Unwrap gives ErrFork.
func (f *Fork) Unwrap() error { return ErrFork }

// Witness remembers, for owner, the latest checkpoint of another log, whose signature ParseCheckpoint has
// checked. It refuses with a *Fork one that goes back, or that commits to another tree at the same size, and
// with ErrUnproven a larger one whose proof (see Consistency) does not show that it extends the one
// remembered. What it refuses it does not remember.
func Witness(ctx context.Context, tx db.Tx, owner journal.ID, c Checkpoint, proof []tlog.Hash, at time.Time) error {
	var size int64
	var text string
	err := tx.Row(ctx, `SELECT size, note FROM ledger_seen WHERE owner = $1 AND origin = $2`, owner, c.Origin).Scan(&size, &text)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil {
		if before, same := (Checkpoint{Size: size, Note: text}), text == c.Note; !same {
			err := consistent(before, c, proof)
			if errors.Is(err, ErrFork) {
				return &Fork{Before: text, Now: c.Note}
			}
			if err != nil {
				return err
			}
		}
	}
	return remember(ctx, tx, owner, c, at)
}

func remember(ctx context.Context, tx db.Tx, owner journal.ID, c Checkpoint, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO ledger_seen (owner, origin, size, at, note) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner, origin) DO UPDATE SET size = excluded.size, at = excluded.at, note = excluded.note`,
		owner, c.Origin, c.Size, db.Micros(at), c.Note)
	return err
}

func consistent(before, now Checkpoint, proof []tlog.Hash) error {
	root, err := rootOf(before.Note)
	if err != nil {
		return err
	}
	switch {
	case now.Size < before.Size:
		return ErrFork
	case now.Size == before.Size:
		if now.Root != root {
			return ErrFork
		}
		return nil
	}
	if err := tlog.CheckTree(proof, now.Size, now.Root, before.Size, root); err != nil {
		return ErrUnproven
	}
	return nil
}

// rootOf reads the root of a checkpoint whose signature was checked when it was stored.
func rootOf(text string) (tlog.Hash, error) {
	var origin, size, root string
	if _, err := fmt.Sscanf(text, "%s\n%s\n%s\n", &origin, &size, &root); err != nil {
		return tlog.Hash{}, err
	}
	return tlog.ParseHash(root)
}

// Consistency proves that the log at a later size extends the log at an earlier one; from is at least 1.
func Consistency(ctx context.Context, tx db.Tx, owner journal.ID, from, to int64) ([]tlog.Hash, error) {
	return tlog.ProveTree(to, from, &hashes{ctx: ctx, tx: tx, owner: owner})
}

// Holds says whether an owner's log, as numbered now, holds a checkpoint that it signed before: at least as long, and
// the same tree at that size. The signature must have been checked (ParseCheckpoint).
func Holds(ctx context.Context, tx db.Tx, owner journal.ID, c Checkpoint) (bool, error) {
	size, err := Size(ctx, tx, owner)
	if err != nil || c.Size > size {
		return false, err
	}
	root, err := tlog.TreeHash(c.Size, &hashes{ctx: ctx, tx: tx, owner: owner})
	return err == nil && root == c.Root, err
}

// Seen gives the latest checkpoint of another log that an owner remembers (Witness); empty for none.
func Seen(ctx context.Context, tx db.Tx, owner journal.ID, origin string) (note string, size int64, err error) {
	err = tx.Row(ctx, `SELECT size, note FROM ledger_seen WHERE owner = $1 AND origin = $2`, owner, origin).Scan(&size, &note)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return note, size, err
}
