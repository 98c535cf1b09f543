// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// mostParts bounds a table: as many parts as the largest one has.
const mostParts = 8192

// takeTable keeps a part of a partner's table. With the last part the table is read whole, takes the place of those before it when
// it is full, and the answers that the epoch's questions already have are looked up in it. Refusals: the wall between kinds of
// offices, a part that belongs to nothing, a table that is none.
func (d Desk) takeTable(ctx context.Context, in post.Incoming) error {
	head, raw, err := parted[tableHead](in)
	if err != nil {
		return err
	}
	if raw, err = partOf(ctx, in, raw); err != nil {
		return err
	}
	whole, err := hex.DecodeString(head.Hash)
	ends := time.Unix(head.Ends, 0).UTC()
	if err != nil || len(whole) != sha256.Size || head.Epoch.IsZero() || head.Number < 1 || head.Part < 1 || head.Part > head.Parts || head.Parts > mostParts || len(raw) == 0 || head.Quota < 0 ||
		ends.After(d.now().Add(Life+post.LongSkew)) {
		return unreadable()
	}
	if _, err := d.compares(ctx, in.Owner, in.From); err != nil {
		return err
	}
	if !d.now().Before(ends) {
		return fault.New(fault.Guarded, "matching.reason.epoch")
	}
	last := false
	err = d.DB.Write(ctx, func(tx db.Tx) error {
		if last, err = d.keepPart(ctx, tx, in, head, whole, ends, raw); err != nil || !last {
			return firstOf(err, done(ctx, tx, in, !last))
		}
		if err := d.whole(ctx, tx, in.Owner, in.From, head, whole); err != nil {
			return err
		}
		return in.Done(ctx, tx)
	})
	if err != nil || !last {
		return err
	}
	return d.lookAgain(ctx, in.Owner, in.From, head.Epoch)
}

// partOf gives the bytes of a part of a table: those of the message, or of the parcel that it names instead.
func partOf(ctx context.Context, in post.Incoming, raw []byte) ([]byte, error) {
	if len(in.Parcels) == 0 {
		if len(raw) > partSize {
			return nil, unreadable()
		}
		return raw, nil
	}
	if len(in.Parcels) > 1 || len(raw) > 0 {
		return nil, unreadable()
	}
	r, err := in.Open(ctx, in.Parcels[0])
	if err != nil {
		return nil, err
	}
	if raw, err = io.ReadAll(io.LimitReader(r, parcelSize+1)); err == nil && len(raw) > parcelSize {
		err = unreadable()
	}
	return raw, err
}

func done(ctx context.Context, tx db.Tx, in post.Incoming, is bool) error {
	if !is {
		return nil
	}
	return in.Done(ctx, tx)
}

// keepPart writes a part down; last says that now all are there.
func (d Desk) keepPart(ctx context.Context, tx db.Tx, in post.Incoming, head tableHead, whole []byte, ends time.Time, raw []byte) (last bool, err error) {
	_, err = tx.Exec(ctx, `INSERT INTO match_table (owner, epoch, number, partner, whole, parts, come, hash, ends, quota, at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10) ON CONFLICT (owner, epoch, number) DO NOTHING`,
		in.Owner, head.Epoch, head.Number, in.From, flag(head.Full), head.Parts, whole, db.Micros(ends), head.Quota, db.Micros(d.now()))
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO match_part (owner, epoch, number, part, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner, epoch, number, part) DO NOTHING`, in.Owner, head.Epoch, head.Number, head.Part, raw)
	if err != nil {
		return false, err
	}
	if n == 0 {
		return false, fault.New(fault.Invalid, "matching.reason.table")
	}
	n, err = tx.Exec(ctx, `UPDATE match_table SET come = come + 1 WHERE owner = $1 AND epoch = $2 AND number = $3 AND partner = $4 AND parts = $5 AND hash = $6`, in.Owner, head.Epoch, head.Number, in.From, head.Parts, whole)
	if err != nil {
		return false, err
	}
	if n == 0 { // a part of another table under the same number, or another partner's
		return false, fault.New(fault.Denied, "matching.reason.table")
	}
	var come int
	err = tx.Row(ctx, `SELECT come FROM match_table WHERE owner = $1 AND epoch = $2 AND number = $3`, in.Owner, head.Epoch, head.Number).Scan(&come)
	return come == head.Parts, err
}

func flag(is bool) int {
	if is {
		return 1
	}
	return 0
}

// whole checks a table of which every part is there, and drops what it replaces.
func (d Desk) whole(ctx context.Context, tx db.Tx, owner, partner journal.ID, head tableHead, hash []byte) error {
	raw, err := partsOf(ctx, tx, owner, head.Epoch, head.Number)
	if err != nil {
		return err
	}
	h := sha256.Sum256(raw)
	t, err := match.ParseTable(raw)
	if err != nil || string(h[:]) != string(hash) || t.Epoch != head.Epoch {
		return fault.New(fault.Invalid, "matching.reason.table")
	}
	// One epoch has one key: another one would mark who asks.
	if head.Number > 1 {
		if one, err := headOf(ctx, tx, owner, head.Epoch, 1); err == nil && one.Public != t.Public {
			return fault.New(fault.Denied, "matching.reason.table")
		}
	}
	if !head.Full {
		return nil
	}
	for _, q := range []string{
		`DELETE FROM match_part WHERE owner = $1 AND epoch IN (SELECT epoch FROM match_table WHERE owner = $1 AND partner = $2) AND NOT (epoch = $3 AND number >= $4)`,
		`DELETE FROM match_table WHERE owner = $1 AND partner = $2 AND NOT (epoch = $3 AND number >= $4)`,
	} {
		if _, err := tx.Exec(ctx, q, owner, partner, head.Epoch, head.Number); err != nil {
			return err
		}
	}
	return nil
}

func partsOf(ctx context.Context, tx db.Tx, owner, epoch journal.ID, number int) ([]byte, error) {
	rows, err := tx.Query(ctx, `SELECT body FROM match_part WHERE owner = $1 AND epoch = $2 AND number = $3 ORDER BY part`, owner, epoch, number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []byte
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, rows.Err()
}

// Theirs is a partner's running epoch as the asker knows it.
type Theirs struct {
	Epoch   journal.ID
	Ends    time.Time
	At      time.Time // the last table came
	Tables  int
	Entries int // with what fills tables up
	Quota   int
	Used    int
	public  oprf.Element
}

// tableOf gives a partner's running epoch; ok is false while no table of it is whole.
func (d Desk) tableOf(ctx context.Context, owner, partner journal.ID) (t Theirs, ok bool, err error) {
	var at, ends int64
	err = d.DB.Read(ctx, func(tx db.Tx) error {
		err := tx.Row(ctx, `SELECT epoch, ends, quota, at FROM match_table WHERE owner = $1 AND partner = $2 AND come = parts AND ends > $3 ORDER BY at DESC, number DESC LIMIT 1`, owner, partner, db.Micros(d.now())).Scan(&t.Epoch, &ends, &t.Quota, &at)
		if err != nil {
			return err
		}
		return tx.Row(ctx, `SELECT COALESCE(SUM(elements), 0) FROM match_question WHERE owner = $1 AND epoch = $2`, owner, t.Epoch).Scan(&t.Used)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, err
	}
	t.Ends, t.At = db.Time(ends), db.Time(at)
	heads, err := d.heads(ctx, owner, partner, t.Epoch)
	if err != nil || len(heads) == 0 {
		return t, false, err
	}
	t.public, t.Tables = heads[0].Public, len(heads)
	for _, x := range heads {
		t.Entries += x.Entries
	}
	return t, true, nil
}

// heads reads what the whole tables of a partner's epoch say of themselves: a page asks for no more, however large they are.
func (d Desk) heads(ctx context.Context, owner, partner, epoch journal.ID) (out []match.Head, err error) {
	err = d.DB.Read(ctx, func(tx db.Tx) error {
		out = nil
		numbers, err := numbersOf(ctx, tx, owner, partner, epoch)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			h, err := headOf(ctx, tx, owner, epoch, n)
			if err != nil {
				return err
			}
			out = append(out, h)
		}
		return nil
	})
	return out, err
}

// headOf reads the head of one table.
func headOf(ctx context.Context, tx db.Tx, owner, epoch journal.ID, number int) (match.Head, error) {
	var b []byte
	if err := tx.Row(ctx, `SELECT substr(body, 1, $1) FROM match_part WHERE owner = $2 AND epoch = $3 AND number = $4 AND part = 1`, match.HeadSize, owner, epoch, number).Scan(&b); err != nil {
		return match.Head{}, err
	}
	return match.ReadHead(b)
}

// tables reads the whole tables of a partner's epoch.
func (d Desk) tables(ctx context.Context, owner, partner, epoch journal.ID) ([]*match.Table, error) {
	var out []*match.Table
	err := d.DB.Read(ctx, func(tx db.Tx) error {
		out = nil
		numbers, err := numbersOf(ctx, tx, owner, partner, epoch)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			raw, err := partsOf(ctx, tx, owner, epoch, n)
			if err != nil {
				return err
			}
			t, err := match.ParseTable(raw)
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

func numbersOf(ctx context.Context, tx db.Tx, owner, partner, epoch journal.ID) ([]int, error) {
	rows, err := tx.Query(ctx, `SELECT number FROM match_table WHERE owner = $1 AND partner = $2 AND epoch = $3 AND come = parts ORDER BY number`, owner, partner, epoch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// lookAgain looks the answers that an epoch's questions already have up in its tables, and notes hits that are new.
func (d Desk) lookAgain(ctx context.Context, owner, partner, epoch journal.ID) error {
	ids, err := d.questionsOf(ctx, owner, epoch)
	if err != nil || len(ids) == 0 {
		return err
	}
	tables, err := d.tables(ctx, owner, partner, epoch)
	if err != nil {
		return err
	}
	for _, id := range ids {
		q, err := d.question(ctx, owner, id)
		if err != nil {
			return err
		}
		if len(q.secret.Outs) == 0 {
			continue
		}
		err = d.write(ctx, owner, id, func(c Comparison) ([]store.Draft, error) {
			found := q.found(tables, c.Found)
			if len(found) == 0 || c.AnsweredAt.IsZero() {
				return nil, nil
			}
			return []store.Draft{{Type: AnsweredType, Payload: Answered{Found: found}}}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d Desk) questionsOf(ctx context.Context, owner, epoch journal.ID) ([]journal.ID, error) {
	var out []journal.ID
	err := d.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM match_question WHERE owner = $1 AND epoch = $2 ORDER BY id`, owner, epoch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id journal.ID
			if err := rows.Scan(&id); err != nil {
				return err
			}
			out = append(out, id)
		}
		return rows.Err()
	})
	return out, err
}
