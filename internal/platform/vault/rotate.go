// SPDX-License-Identifier: EUPL-1.2

package vault

import (
	"context"
	"fmt"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// rotateBatch is how many keys one transaction wraps again: other writers wait no longer than that takes.
const rotateBatch = 200

// Rotate wraps every data key of an owner that another root wraps under this keyring's newest one, in
// transactions of a few hundred, and gives how many it wrapped. Data keys themselves stay, and so does all
// that is sealed under them.
//
// It can be stopped at any moment (ctx) and begun again: what is wrapped already is passed over. Readers and
// writers may go on meanwhile as long as they use this keyring; a process that still holds the older one
// cannot read what was wrapped again. progress, which may be nil, is told after each transaction how many of
// how many are done. A key that does not open stops it with an Internal fault.
func (k *Keyring) Rotate(ctx context.Context, d *db.DB, owner journal.ID, progress func(done, total int64)) (int64, error) {
	root := k.newest()
	var done, total, before int64
	for {
		var left int64
		if err := d.Read(ctx, func(tx db.Tx) error {
			return tx.Row(ctx, `SELECT COUNT(*) FROM vault_key WHERE owner = $1 AND root <> $2`, owner, root.id[:]).Scan(&left)
		}); err != nil {
			return done, err
		}
		total = done + left
		if left == 0 {
			break
		}
		if before == left { // a whole pass changed nothing: another rotation, to another root, is at work
			return done, fault.New(fault.Unavailable, "db.busy")
		}
		before = left
		if err := k.pass(ctx, d, owner, func(n int64) {
			done += n
			if progress != nil {
				progress(done, max(done, total))
			}
		}); err != nil {
			return done, err
		}
	}
	if done == 0 {
		return 0, nil
	}
	// The older wrappings were overwritten in the file; the write-ahead log holds a copy until this.
	if err := d.Scrub(ctx); err != nil && !fault.Is(err, fault.Unavailable) {
		return done, err
	}
	return done, nil
}

// Unopened counts an owner's data keys that no root of this keyring wraps: those of a rotation that it does not know.
func (k *Keyring) Unopened(ctx context.Context, tx db.Tx, owner journal.ID) (int64, error) {
	rows, err := tx.Query(ctx, `SELECT root, COUNT(*) FROM vault_key WHERE owner = $1 GROUP BY root`, owner)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var total int64
	for rows.Next() {
		var id []byte
		var n int64
		if err := rows.Scan(&id, &n); err != nil {
			return 0, err
		}
		if _, ok := k.byID(id); !ok {
			total += n
		}
	}
	return total, rows.Err()
}

// pass goes once through the table in the order of its key.
func (k *Keyring) pass(ctx context.Context, d *db.DB, owner journal.ID, wrapped func(n int64)) error {
	var after stored
	for {
		var batch []stored
		err := d.Read(ctx, func(tx db.Tx) (err error) {
			batch, err = k.underOthers(ctx, tx, owner, after)
			return err
		})
		if err != nil || len(batch) == 0 {
			return err
		}
		after = batch[len(batch)-1]
		again := make([]stored, len(batch))
		for i, s := range batch {
			if again[i], err = k.rewrap(owner, s); err != nil {
				return fmt.Errorf("vault: rotate: %w", err)
			}
		}
		var n int64
		if err := d.Write(ctx, func(tx db.Tx) (err error) { n, err = replace(ctx, tx, owner, batch, again); return err }); err != nil {
			return err
		}
		wrapped(n)
	}
}

// underOthers reads the next keys that another root than the newest wraps.
func (k *Keyring) underOthers(ctx context.Context, tx db.Tx, owner journal.ID, after stored) ([]stored, error) {
	newest := k.newest()
	rows, err := tx.Query(ctx, `SELECT dossier, category, id, root, wrapped FROM vault_key
		WHERE owner = $1 AND root <> $2 AND (dossier > $3 OR dossier = $3 AND category > $4) ORDER BY dossier, category LIMIT $5`,
		owner, newest.id[:], after.dossier, string(after.category), rotateBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []stored
	for rows.Next() {
		var s stored
		var id []byte
		if err := rows.Scan(&s.dossier, &s.category, &id, &s.root, &s.wrapped); err != nil {
			return nil, err
		}
		copy(s.id[:], id)
		out = append(out, s)
	}
	return out, rows.Err()
}

func (k *Keyring) rewrap(owner journal.ID, s stored) (stored, error) {
	raw, err := k.raw(owner, s)
	if err != nil {
		return s, err
	}
	r := k.newest()
	s.root = r.id[:]
	s.wrapped = r.wrap.Seal(nil, nil, raw, place(owner, s.dossier, s.id, s.category))
	return s, nil
}

// replace writes the new wrappings. A key that was shredded or replaced since it was read stays as it is.
func replace(ctx context.Context, tx db.Tx, owner journal.ID, was, now []stored) (int64, error) {
	var total int64
	for i, s := range now {
		n, err := tx.Exec(ctx, `UPDATE vault_key SET root = $1, wrapped = $2 WHERE owner = $3 AND dossier = $4 AND category = $5 AND id = $6 AND root = $7`,
			s.root, s.wrapped, owner, s.dossier, string(s.category), s.id[:], was[i].root)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}
