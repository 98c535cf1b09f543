// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Life is how long an epoch lasts: then its secret is destroyed, and everything that rests on it is of no use.
const Life = 30 * 24 * time.Hour

// UsualQuota is how many elements a partner may ask in an epoch, unless the office says otherwise: it bounds how much of a list of
// guesses it can try.
const UsualQuota = 32 * 1024

// kept is an epoch as its owner keeps it.
type kept struct {
	*match.Epoch
	partner      journal.ID
	starts, ends time.Time
	tables       int
	records      int
	quota, used  int
}

func secretPurpose(epoch journal.ID) string { return "matching epoch " + epoch.String() }

const epochColumns = `id, partner, starts, ends, secret, tables, records, quota, used`

// readEpoch reads one row of match_epoch.
func (d Desk) readEpoch(owner journal.ID, row interface{ Scan(...any) error }) (kept, error) {
	var k kept
	var id journal.ID
	var sealed []byte
	var starts, ends int64
	if err := row.Scan(&id, &k.partner, &starts, &ends, &sealed, &k.tables, &k.records, &k.quota, &k.used); err != nil {
		return k, err
	}
	plain, err := d.Keys(owner).Open(secretPurpose(id), sealed)
	if err != nil {
		return k, err
	}
	k.starts, k.ends = db.Time(starts), db.Time(ends)
	k.Epoch, err = match.ParseEpoch(id, plain)
	return k, err
}

// epochFor gives the running epoch for a partner; ok is false when there is none.
func (d Desk) epochFor(ctx context.Context, owner, partner journal.ID) (k kept, ok bool, err error) {
	err = d.DB.Read(ctx, func(tx db.Tx) error {
		k, err = d.readEpoch(owner, tx.Row(ctx, `SELECT `+epochColumns+` FROM match_epoch WHERE owner = $1 AND partner = $2 AND ends > $3 ORDER BY starts DESC LIMIT 1`, owner, partner, db.Micros(d.now())))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return k, false, nil
	}
	return k, err == nil, err
}

// epoch gives a running epoch by its id. Errors: Guarded when it has ended or never was, or is another partner's.
func (d Desk) epoch(ctx context.Context, owner, partner, id journal.ID) (k kept, err error) {
	err = d.DB.Read(ctx, func(tx db.Tx) error {
		k, err = d.readEpoch(owner, tx.Row(ctx, `SELECT `+epochColumns+` FROM match_epoch WHERE owner = $1 AND id = $2`, owner, id))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && (k.partner != partner || !d.now().Before(k.ends)) {
		return kept{}, fault.New(fault.Guarded, "matching.reason.epoch")
	}
	return k, err
}

// Destroy ends the epochs whose time is over, and gives how many ended: the secrets are gone from the database and, where the
// engine can, from its files; partners' tables of ended epochs and what was asked in them go as well.
func (d Desk) Destroy(ctx context.Context, owner journal.ID) (int, error) {
	now := db.Micros(d.now())
	var n int64
	err := d.DB.Write(ctx, func(tx db.Tx) error {
		var err error
		for _, q := range []string{
			`DELETE FROM match_listed WHERE owner = $1 AND epoch IN (SELECT id FROM match_epoch WHERE owner = $1 AND ends <= $2)`,
			`DELETE FROM match_part WHERE owner = $1 AND epoch IN (SELECT epoch FROM match_table WHERE owner = $1 AND ends <= $2)`,
			`DELETE FROM match_block WHERE owner = $1 AND epoch IN (SELECT epoch FROM match_table WHERE owner = $1 AND ends <= $2)`,
			`DELETE FROM match_asked WHERE owner = $1 AND epoch IN (SELECT epoch FROM match_table WHERE owner = $1 AND ends <= $2)`,
			`DELETE FROM match_table WHERE owner = $1 AND ends <= $2`,
			`DELETE FROM match_epoch WHERE owner = $1 AND ends <= $2`,
		} {
			if n, err = tx.Exec(ctx, q, owner, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || n == 0 {
		return int(n), err
	}
	if err := d.DB.Scrub(ctx); err != nil && !fault.Is(err, fault.Unavailable) {
		return int(n), err
	}
	return int(n), nil
}

// Publish brings a partner's table up to date with those of all records that may be found: it begins an epoch where none
// runs, sends all again when somebody left or a key became one that too many share, sends what changed, or sends nothing. It gives how many records the partner's table now has.
func (d Desk) Publish(ctx context.Context, owner, partner journal.ID, records []Record) (int, error) {
	if _, err := d.compares(ctx, owner, partner); err != nil {
		return 0, err
	}
	k, runs, err := d.epochFor(ctx, owner, partner)
	if err != nil {
		return 0, err
	}
	if !runs {
		if k, err = d.begin(owner, partner); err != nil {
			return 0, err
		}
	}
	listed, err := d.listed(ctx, owner, k.ID)
	if err != nil {
		return 0, err
	}
	now, changed := map[journal.ID][]byte{}, []match.Row(nil)
	var all []match.Row
	for _, r := range records {
		if !r.Found {
			continue
		}
		row := match.Row{Record: r.ID, Keys: match.Keys(r.Subject)}
		now[r.ID] = digest(d.Keys(owner), r)
		all = append(all, row)
		if string(listed[r.ID]) != string(now[r.ID]) {
			changed = append(changed, row)
		}
	}
	full := !runs
	for id, was := range listed { // somebody left, or is known by less than before: the old entries must go
		if x, still := now[id]; !still || string(x) != string(was) {
			full = true
		}
	}
	if !full && len(changed) == 0 {
		return k.records, nil
	}
	rows, common := match.Added(all, changed)
	if full = full || common; full {
		rows = all
	}
	table, report, err := k.Build(ctx, rows, d.random(), nil)
	if err != nil {
		return 0, err
	}
	if k.records = report.Records; !full {
		k.records = len(now)
	}
	return k.records, d.send(ctx, owner, k, !runs, full, table, now)
}

func (d Desk) begin(owner, partner journal.ID) (kept, error) {
	e, err := match.NewEpoch(d.Store.NewID(), d.random())
	now := d.now()
	return kept{Epoch: e, partner: partner, starts: now, ends: now.Add(Life).Truncate(time.Second), quota: cmp.Or(d.Quota, UsualQuota)}, err
}

// listed gives which records a partner's tables of an epoch list, with their marks.
func (d Desk) listed(ctx context.Context, owner, epoch journal.ID) (map[journal.ID][]byte, error) {
	return d.marks(ctx, `SELECT record, digest FROM match_listed WHERE owner = $1 AND epoch = $2`, owner, epoch)
}

// marks reads records with their marks of one epoch.
func (d Desk) marks(ctx context.Context, query string, owner, epoch journal.ID) (map[journal.ID][]byte, error) {
	out := map[journal.ID][]byte{}
	err := d.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, query, owner, epoch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id journal.ID
			var mark []byte
			if err := rows.Scan(&id, &mark); err != nil {
				return err
			}
			out[id] = mark
		}
		return rows.Err()
	})
	return out, err
}

// send queues a table in parts, as messages or parcels, in one transaction with what the office keeps of it.
func (d Desk) send(ctx context.Context, owner journal.ID, k kept, fresh, full bool, table *match.Table, listed map[journal.ID][]byte) error {
	raw := table.Bytes()
	hash := sha256.Sum256(raw)
	to, err := d.Post.Directory.Partner(ctx, owner, k.partner)
	if err != nil {
		return err
	}
	size := partSize
	if len(raw) > partSize && strings.HasPrefix(to.URL, "http") {
		size = parcelSize
	}
	parts := slices.Collect(slices.Chunk(raw, size))
	var sealed []*post.Sealed
	for i, part := range parts {
		id := d.Store.NewID()
		head := tableHead{Epoch: k.ID, Ends: k.ends.Unix(), Quota: k.quota, Number: k.tables + 1, Full: full, Part: i + 1, Parts: len(parts), Hash: hex.EncodeToString(hash[:])}
		var parcels []post.Parcel
		if size == parcelSize {
			x, err := d.Post.Attach(ctx, owner, bytes.NewReader(part))
			if err != nil {
				return err
			}
			parcels, part = []post.Parcel{x}, nil
		}
		m, err := envelope(id, k.partner, id, MsgTable, head, part)
		if err != nil {
			return err
		}
		m.Parcels = parcels
		m.Expires = k.ends
		s, err := d.Post.Prepare(ctx, owner, m)
		if err != nil {
			return err
		}
		sealed = append(sealed, s)
	}
	secret, err := d.Keys(owner).Seal(secretPurpose(k.ID), k.Bytes())
	if err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx db.Tx) error {
		if err := d.keep(ctx, tx, owner, k, secret, fresh, listed); err != nil {
			return err
		}
		for _, s := range sealed {
			if err := d.Post.Enqueue(ctx, tx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// keep writes down what a partner's tables list now. Errors: Conflict when another run came between.
func (d Desk) keep(ctx context.Context, tx db.Tx, owner journal.ID, k kept, secret []byte, fresh bool, listed map[journal.ID][]byte) error {
	if fresh {
		var other int
		if err := tx.Row(ctx, `SELECT COUNT(*) FROM match_epoch WHERE owner = $1 AND partner = $2 AND ends > $3`, owner, k.partner, db.Micros(d.now())).Scan(&other); err != nil {
			return err
		}
		if other > 0 {
			return fault.New(fault.Conflict, "store.busy")
		}
		_, err := tx.Exec(ctx, `INSERT INTO match_epoch (owner, `+epochColumns+`) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, 0)`,
			owner, k.ID, k.partner, db.Micros(k.starts), db.Micros(k.ends), secret, k.records, k.quota)
		if err != nil {
			return err
		}
	} else {
		n, err := tx.Exec(ctx, `UPDATE match_epoch SET tables = tables + 1, records = $1 WHERE owner = $2 AND id = $3 AND tables = $4`, k.records, owner, k.ID, k.tables)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "store.busy")
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM match_listed WHERE owner = $1 AND epoch = $2`, owner, k.ID); err != nil {
		return err
	}
	rows := make([][]any, 0, len(listed))
	for id, mark := range listed {
		rows = append(rows, []any{owner, k.ID, id, mark})
	}
	for _, r := range rows {
		if _, err := tx.Exec(ctx, `INSERT INTO match_listed (owner, epoch, record, digest) VALUES ($1, $2, $3, $4)`, r...); err != nil {
			return err
		}
	}
	return nil
}

// Reseal seals epochs' secrets and questions of an owner again, under the newest key of its keyring, and gives how many.
func (d Desk) Reseal(ctx context.Context, owner journal.ID) (int, error) {
	n := 0
	for _, x := range []struct {
		read, write string
		purpose     func(journal.ID) string
	}{
		{`SELECT id, secret FROM match_epoch WHERE owner = $1`, `UPDATE match_epoch SET secret = $1 WHERE owner = $2 AND id = $3`, secretPurpose},
		{`SELECT id, sealed FROM match_question WHERE owner = $1`, `UPDATE match_question SET sealed = $1 WHERE owner = $2 AND id = $3`, questionPurpose},
	} {
		all := map[journal.ID][]byte{}
		err := d.DB.Read(ctx, func(tx db.Tx) error {
			rows, err := tx.Query(ctx, x.read, owner)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var id journal.ID
				var sealed []byte
				if err := rows.Scan(&id, &sealed); err != nil {
					return err
				}
				all[id] = sealed
			}
			return rows.Err()
		})
		if err != nil {
			return n, err
		}
		for id, sealed := range all {
			plain, err := d.Keys(owner).Open(x.purpose(id), sealed)
			if err != nil {
				return n, err
			}
			if all[id], err = d.Keys(owner).Seal(x.purpose(id), plain); err != nil {
				return n, err
			}
		}
		err = d.DB.Write(ctx, func(tx db.Tx) error {
			for id, sealed := range all {
				if _, err := tx.Exec(ctx, x.write, sealed, owner, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(all)
	}
	return n, nil
}
