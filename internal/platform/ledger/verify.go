// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
	Root       string      `json:"root"`    // base64 of the tree's root; empty when it was not reached
	Verifier   string      `json:"verifier"`
	Counted    bool        `json:"counted"` // entries without a leaf were looked for
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

// Count gives how many entries of an owner are stored that must each have a leaf.
type Count func(ctx context.Context, tx db.Tx, owner journal.ID) (int64, error)

// RowsOf is a Count of a table that has a column owner. table is a name in the source, never input.
func RowsOf(table string) Count {
	if strings.Trim(table, "abcdefghijklmnopqrstuvwxyz_") != "" {
		panic("ledger: no name of a table: " + table)
	}
	return func(ctx context.Context, tx db.Tx, owner journal.ID) (n int64, err error) {
		err = tx.Row(ctx, `SELECT COUNT(*) FROM `+table+` WHERE owner = $1`, owner).Scan(&n)
		return n, err
	}
}

// Verify recomputes an owner's whole log from the stored entries and compares it with the stored leaves,
// the stored tree and every signed checkpoint. stored has one Count for each room that writes leaves: their
// sum finds entries that were stored without a leaf, which is not looked for when there is none (Counted
// says so). Only a broken database is an error; whatever differs is in the report, the first place alone.
func Verify(ctx context.Context, tx db.Tx, owner journal.ID, verifier string, canonical Canonical, stored ...Count) (Report, error) {
	r := Report{Owner: owner, Origin: Origin(owner), Verifier: verifier, Counted: len(stored) > 0}
	v := verification{ctx: ctx, tx: tx, canonical: canonical, r: &r}
	if err := v.read(); err != nil {
		return r, err
	}
	if err := v.numbered(); err != nil {
		return r, err
	}
	if r.Difference == nil {
		v.ends()
	}
	if r.Difference == nil {
		v.unnumbered()
	}
	if r.Difference == nil && len(stored) > 0 {
		if err := countEntries(ctx, tx, owner, stored, &r); err != nil {
			return r, err
		}
	}
	r.OK = r.Difference == nil
	return r, nil
}

// verification is one run of Verify.
type verification struct {
	ctx       context.Context
	tx        db.Tx
	canonical Canonical
	r         *Report

	checkpoints []storedCheckpoint
	leaves      []storedLeaf // numbered
	waiting     []storedLeaf
	stored      []storedHash // the tree, by place

	tree memory // made afresh
	next int    // of checkpoints
}

func (v *verification) read() (err error) {
	if v.checkpoints, err = readCheckpoints(v.ctx, v.tx, v.r.Owner); err != nil {
		return err
	}
	if v.leaves, err = readLeaves(v.ctx, v.tx, v.r.Owner, `number IS NOT NULL ORDER BY number`); err != nil {
		return err
	}
	if v.waiting, err = readLeaves(v.ctx, v.tx, v.r.Owner, `number IS NULL ORDER BY at, entry`); err != nil {
		return err
	}
	if v.stored, err = readTree(v.ctx, v.tx, v.r.Owner); err != nil {
		return err
	}
	v.r.Size, v.r.Waiting = int64(len(v.leaves)), int64(len(v.waiting))
	return nil
}

// numbered goes through the numbered leaves until something differs.
func (v *verification) numbered() error {
	for i, l := range v.leaves {
		if l.number != int64(i) {
			v.r.differs(int64(i), l.entry, "a number is missing or used twice")
			return nil
		}
		if what := v.differs(l); what != "" {
			v.r.differs(l.number, l.entry, what)
			return nil
		}
		had := len(v.tree.hashes)
		if err := v.tree.add(l.hash); err != nil {
			return err
		}
		for place := had; place < len(v.tree.hashes); place++ {
			if place >= len(v.stored) || v.stored[place].place != int64(place) || v.stored[place].hash != v.tree.hashes[place] {
				v.r.differs(l.number, l.entry, "the stored tree is not the one of the leaves")
				return nil
			}
		}
		for v.next < len(v.checkpoints) && v.checkpoints[v.next].size == int64(i)+1 {
			if !v.r.checkpoint(&v.tree, v.checkpoints[v.next], v.r.Verifier, l.entry) {
				return nil
			}
			v.next++
		}
	}
	if root, err := v.tree.root(); err == nil && v.tree.n > 0 {
		v.r.Root = root.String()
	}
	return nil
}

// differs says how a leaf differs from what is stored; "" when it does not.
func (v *verification) differs(l storedLeaf) string {
	b, err := v.canonical(v.ctx, v.tx, v.r.Owner, l.entry)
	if err != nil {
		return err.Error()
	}
	if tlog.RecordHash(b) != l.hash {
		return "the entry is not the one that was logged"
	}
	return ""
}

// ends compares where the leaves, the tree and the checkpoints end.
func (v *verification) ends() {
	if v.next < len(v.checkpoints) {
		v.r.differs(max(v.checkpoints[v.next].size-1, 0), journal.ID{}, "a signed checkpoint covers entries that are not there")
	}
	covered := int64(0)
	if n := len(v.checkpoints); n > 0 {
		covered = v.checkpoints[n-1].size
	}
	if covered < v.r.Size {
		v.r.differs(covered, journal.ID{}, "numbered entries that no checkpoint covers")
	}
	if len(v.stored) != len(v.tree.hashes) {
		v.r.differs(v.r.Size, journal.ID{}, "the stored tree is larger than its leaves")
	}
}

// unnumbered compares the leaves that wait for their number.
func (v *verification) unnumbered() {
	for i, l := range v.waiting {
		if what := v.differs(l); what != "" {
			v.r.differs(v.r.Size+int64(i), l.entry, what)
			return
		}
	}
}

// countEntries finds entries that were stored without a leaf.
func countEntries(ctx context.Context, tx db.Tx, owner journal.ID, stored []Count, r *Report) error {
	var total int64
	for _, count := range stored {
		n, err := count(ctx, tx, owner)
		if err != nil {
			return err
		}
		total += n
	}
	if leaves := r.Size + r.Waiting; total != leaves {
		r.differs(leaves, journal.ID{}, fmt.Sprintf("%d entries are stored and %d are in the log", total, leaves))
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

// readLeaves reads the leaves of an owner that which chooses and orders; their number is -1 while they have none.
func readLeaves(ctx context.Context, tx db.Tx, owner journal.ID, which string, args ...any) ([]storedLeaf, error) {
	rows, err := tx.Query(ctx, `SELECT COALESCE(number, -1), entry, hash FROM ledger_leaf WHERE owner = $1 AND `+which, append([]any{owner}, args...)...)
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
		if len(h) == tlog.HashSize { // else it stays zero, which no entry has
			copy(l.hash[:], h)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

type storedHash struct {
	place int64
	hash  tlog.Hash
}

func readTree(ctx context.Context, tx db.Tx, owner journal.ID) ([]storedHash, error) {
	rows, err := tx.Query(ctx, `SELECT place, hash FROM ledger_hash WHERE owner = $1 ORDER BY place`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []storedHash
	for rows.Next() {
		var s storedHash
		var h []byte
		if err := rows.Scan(&s.place, &h); err != nil {
			return nil, err
		}
		if len(h) == tlog.HashSize {
			copy(s.hash[:], h)
		}
		out = append(out, s)
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
