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

// Canonical gives the leaf bytes of a stored entry, made afresh from what is stored.
type Canonical func(ctx context.Context, tx db.Tx, owner, entry journal.ID) ([]byte, error)

// Report is what a verification found.
type Report struct {
	Owner      journal.ID  `json:"owner"`
	Origin     string      `json:"origin"`
	Size       int64       `json:"size"`    // numbered leaves
	Waiting    int64       `json:"waiting"` // not numbered yet
	Root       string      `json:"root"`    // base64 of the tree's root
	OK         bool        `json:"ok"`      // nothing differs
	Difference *Difference `json:"difference,omitempty"`
}

// Difference is the first place where the log and what is stored do not agree.
type Difference struct {
	Number int64      `json:"number"`
	Entry  journal.ID `json:"entry,omitzero"`
	What   string     `json:"what"`
}

func (r *Report) differs(number int64, entry journal.ID, what string) {
	if r.Difference == nil {
		r.Difference = &Difference{number, entry, what}
	}
}

// Verify recomputes an owner's whole log from the stored entries and compares it with the stored leaves,
// the tree and every signed checkpoint. Only a broken database is an error; whatever differs is in the report.
func Verify(ctx context.Context, tx db.Tx, owner journal.ID, verifier string, canonical Canonical) (Report, error) {
	r := Report{Owner: owner, Origin: Origin(owner)}
	checkpoints, err := readCheckpoints(ctx, tx, owner)
	if err != nil {
		return r, err
	}
	if err := tx.Row(ctx, `SELECT COUNT(*) FROM ledger_leaf WHERE owner = $1 AND number IS NULL`, owner).Scan(&r.Waiting); err != nil {
		return r, err
	}
	leaves, err := readLeaves(ctx, tx, owner)
	if err != nil {
		return r, err
	}
	tree := &memory{}
	next := 0
	for i, l := range leaves {
		if l.number != int64(i) {
			r.differs(int64(i), l.entry, "a number is missing or used twice")
			break
		}
		b, err := canonical(ctx, tx, owner, l.entry)
		if err != nil {
			r.differs(l.number, l.entry, err.Error())
			break
		}
		h := tlog.RecordHash(b)
		if h != l.hash {
			r.differs(l.number, l.entry, "the entry is not the one that was logged")
			break
		}
		if err := tree.add(h); err != nil {
			return r, err
		}
		for next < len(checkpoints) && checkpoints[next].size == int64(i)+1 {
			if !r.checkpoint(tree, checkpoints[next], verifier, l.entry) {
				break
			}
			next++
		}
	}
	r.Size = int64(len(leaves))
	if next < len(checkpoints) {
		r.differs(checkpoints[next].size-1, journal.ID{}, "a signed checkpoint covers entries that are not there")
	}
	if n := len(checkpoints); n > 0 && checkpoints[n-1].size < r.Size {
		r.differs(checkpoints[n-1].size, journal.ID{}, "numbered entries that no checkpoint covers")
	}
	if root, err := tree.root(); err == nil && r.Size > 0 {
		r.Root = root.String()
	}
	if r.Difference == nil {
		if err := countEntries(ctx, tx, owner, r.Size+r.Waiting, &r); err != nil {
			return r, err
		}
	}
	r.OK = r.Difference == nil
	return r, nil
}

// countEntries finds entries that were stored without a leaf.
func countEntries(ctx context.Context, tx db.Tx, owner journal.ID, leaves int64, r *Report) error {
	var e, rd int64
	if err := tx.Row(ctx, `SELECT COUNT(*) FROM entry WHERE owner = $1`, owner).Scan(&e); err != nil {
		return err
	}
	if err := tx.Row(ctx, `SELECT COUNT(*) FROM read_entry WHERE owner = $1`, owner).Scan(&rd); err != nil {
		return err
	}
	if e+rd != leaves {
		r.differs(leaves, journal.ID{}, fmt.Sprintf("%d entries are stored and %d are in the log", e+rd, leaves))
	}
	return nil
}

func (r *Report) checkpoint(tree *memory, c storedCheckpoint, verifier string, entry journal.ID) bool {
	parsed, err := ParseCheckpoint(c.note, verifier)
	if err != nil {
		r.differs(c.size-1, entry, "a checkpoint's signature does not verify")
		return false
	}
	root, err := tree.root()
	if err != nil || parsed.Root != root || parsed.Size != c.size {
		r.differs(c.size-1, entry, "a signed checkpoint commits to another tree")
		return false
	}
	return true
}

type storedCheckpoint struct {
	size int64
	note string
}

func readCheckpoints(ctx context.Context, tx db.Tx, owner journal.ID) ([]storedCheckpoint, error) {
	rows, err := tx.Query(ctx, `SELECT size, note FROM ledger_checkpoint WHERE owner = $1 ORDER BY size`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []storedCheckpoint
	for rows.Next() {
		var c storedCheckpoint
		if err := rows.Scan(&c.size, &c.note); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

type storedLeaf struct {
	number int64
	entry  journal.ID
	hash   tlog.Hash
}

func readLeaves(ctx context.Context, tx db.Tx, owner journal.ID) ([]storedLeaf, error) {
	rows, err := tx.Query(ctx, `SELECT number, entry, hash FROM ledger_leaf WHERE owner = $1 AND number IS NOT NULL ORDER BY number`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []storedLeaf
	for rows.Next() {
		var l storedLeaf
		var h []byte
		if err := rows.Scan(&l.number, &l.entry, &h); err != nil {
			return nil, err
		}
		copy(l.hash[:], h)
		out = append(out, l)
	}
	return out, rows.Err()
}

// memory is a tree in memory.
type memory struct {
	hashes []tlog.Hash
	n      int64
}

// ReadHashes implements tlog.HashReader.
func (m *memory) ReadHashes(places []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(places))
	for i, p := range places {
		if p >= int64(len(m.hashes)) {
			return nil, errors.New("ledger: a tree hash is not there")
		}
		out[i] = m.hashes[p]
	}
	return out, nil
}

func (m *memory) add(h tlog.Hash) error {
	hs, err := tlog.StoredHashesForRecordHash(m.n, h, m)
	if err != nil {
		return err
	}
	m.hashes = append(m.hashes, hs...)
	m.n++
	return nil
}

func (m *memory) root() (tlog.Hash, error) { return tlog.TreeHash(m.n, m) }

// ErrFork says that a log contradicts what it signed before.
var ErrFork = errors.New("ledger: the log contradicts a checkpoint that it signed before")

// Fork holds the two signed checkpoints that contradict each other.
type Fork struct{ Before, Now string }

// Error implements error.
func (f *Fork) Error() string { return ErrFork.Error() }

// Unwrap gives ErrFork.
func (f *Fork) Unwrap() error { return ErrFork }

// Witness remembers, for owner, the latest checkpoint of another log, and refuses one that goes back or
// that commits to another tree at the same size. (Whether a larger one extends it needs a consistency
// proof, which the other office sends; Consistent checks it.)
func Witness(ctx context.Context, tx db.Tx, owner journal.ID, c Checkpoint, proof []tlog.Hash, at time.Time) error {
	var size int64
	var text string
	err := tx.Row(ctx, `SELECT size, note FROM ledger_seen WHERE owner = $1 AND origin = $2`, owner, c.Origin).Scan(&size, &text)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil {
		if before, same := (Checkpoint{Size: size, Note: text}), text == c.Note; !same {
			if err := consistent(before, c, proof); err != nil {
				return &Fork{Before: text, Now: c.Note}
			}
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO ledger_seen (owner, origin, size, at, note) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner, origin) DO UPDATE SET size = excluded.size, at = excluded.at, note = excluded.note`,
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
	return tlog.CheckTree(proof, now.Size, now.Root, before.Size, root)
}

// rootOf reads the root of a checkpoint whose signature was checked when it was stored.
func rootOf(text string) (tlog.Hash, error) {
	var origin, size, root string
	if _, err := fmt.Sscanf(text, "%s\n%s\n%s\n", &origin, &size, &root); err != nil {
		return tlog.Hash{}, err
	}
	return tlog.ParseHash(root)
}

// Consistency proves that the log at a later size extends the log at an earlier one.
func Consistency(ctx context.Context, tx db.Tx, owner journal.ID, from, to int64) ([]tlog.Hash, error) {
	p, err := tlog.ProveTree(to, from, &hashes{ctx: ctx, tx: tx, owner: owner})
	return p, err
}
