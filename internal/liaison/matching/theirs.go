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
	return d.lookAgain(ctx, in.Owner, head)
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

// whole reads a table of which every part is there, keeps it in blocks instead, and drops what it replaces.
func (d Desk) whole(ctx context.Context, tx db.Tx, owner, partner journal.ID, head tableHead, hash []byte) error {
	h := sha256.New()
	parts := &partReader{next: func(part int) (b []byte, err error) {
		if part > head.Parts {
			return nil, io.EOF
		}
		return b, tx.Row(ctx, `SELECT body FROM match_part WHERE owner = $1 AND epoch = $2 AND number = $3 AND part = $4`, owner, head.Epoch, head.Number, part).Scan(&b)
	}}
	err := match.Split(io.TeeReader(parts, h), func(b []byte) error {
		if err := d.oneKey(ctx, tx, owner, head, b); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE match_table SET head = $1 WHERE owner = $2 AND epoch = $3 AND number = $4`, b, owner, head.Epoch, head.Number)
		return err
	}, func(entries []byte) error {
		_, err := tx.Exec(ctx, `INSERT INTO match_block (owner, epoch, number, first, body) VALUES ($1, $2, $3, $4, $5)`, owner, head.Epoch, head.Number, entries[:match.TagSize], entries)
		return err
	})
	if errors.Is(err, match.ErrTable) || err == nil && string(h.Sum(nil)) != string(hash) {
		return fault.New(fault.Invalid, "matching.reason.table")
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM match_part WHERE owner = $1 AND epoch = $2 AND number = $3`, owner, head.Epoch, head.Number); err != nil || !head.Full {
		return err
	}
	const others = `owner = $1 AND partner = $2 AND NOT (epoch = $3 AND number >= $4)`
	for _, q := range []string{
		`DELETE FROM match_part WHERE owner = $1 AND (epoch, number) IN (SELECT epoch, number FROM match_table WHERE ` + others + `)`,
		`DELETE FROM match_block WHERE owner = $1 AND (epoch, number) IN (SELECT epoch, number FROM match_table WHERE ` + others + `)`,
		`DELETE FROM match_table WHERE ` + others,
	} {
		if _, err := tx.Exec(ctx, q, owner, partner, head.Epoch, head.Number); err != nil {
			return err
		}
	}
	return nil
}

// oneKey refuses a table of another epoch than its message says, or of another key than the epoch's first: that would mark who asks.
func (d Desk) oneKey(ctx context.Context, tx db.Tx, owner journal.ID, head tableHead, raw []byte) error {
	h, err := match.ReadHead(raw)
	if err != nil {
		return err
	}
	if h.Epoch != head.Epoch {
		return match.ErrTable
	}
	var first []byte
	err = tx.Row(ctx, `SELECT head FROM match_table WHERE owner = $1 AND epoch = $2 AND head IS NOT NULL AND number <> $3 ORDER BY number LIMIT 1`, owner, head.Epoch, head.Number).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if one, err := match.ReadHead(first); err != nil || one.Public != h.Public {
		return fault.New(fault.Denied, "matching.reason.table")
	}
	return nil
}

// partReader reads parts one after the other, so that one is in memory at a time.
type partReader struct {
	next func(part int) ([]byte, error) // from 1; io.EOF behind the last
	part int
	rest []byte
}

func (r *partReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		r.part++
		var err error
		if r.rest, err = r.next(r.part); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
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
		err := tx.Row(ctx, `SELECT epoch, ends, quota, at FROM match_table WHERE owner = $1 AND partner = $2 AND head IS NOT NULL AND ends > $3 ORDER BY at DESC, number DESC LIMIT 1`, owner, partner, db.Micros(d.now())).Scan(&t.Epoch, &ends, &t.Quota, &at)
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
		rows, err := tx.Query(ctx, `SELECT head FROM match_table WHERE owner = $1 AND partner = $2 AND epoch = $3 AND head IS NOT NULL ORDER BY number`, owner, partner, epoch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			h, err := match.ReadHead(b)
			if err != nil {
				return err
			}
			out = append(out, h)
		}
		return rows.Err()
	})
	return out, err
}

// found looks the answer of a question up in the whole tables of its epoch, from a number on.
func (d Desk) found(ctx context.Context, owner journal.ID, q question, from int) (out []Hit, err error) {
	err = d.DB.Read(ctx, func(tx db.Tx) error {
		numbers, err := numbersOf(ctx, tx, owner, q.partner, q.epoch, from)
		if err != nil {
			return err
		}
		var tables []match.Look
		for _, n := range numbers {
			tables = append(tables, func(tag []byte) ([]byte, error) {
				var block []byte
				err := tx.Row(ctx, `SELECT body FROM match_block WHERE owner = $1 AND epoch = $2 AND number = $3 AND first <= $4 ORDER BY first DESC LIMIT 1`, owner, q.epoch, n, tag).Scan(&block)
				if errors.Is(err, sql.ErrNoRows) {
					return nil, nil
				}
				return match.InBlock(block, tag), err
			})
		}
		out, err = q.found(tables)
		return err
	})
	return out, err
}

func numbersOf(ctx context.Context, tx db.Tx, owner, partner, epoch journal.ID, from int) ([]int, error) {
	rows, err := tx.Query(ctx, `SELECT number FROM match_table WHERE owner = $1 AND partner = $2 AND epoch = $3 AND head IS NOT NULL AND number >= $4 ORDER BY number`, owner, partner, epoch, from)
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

// lookAgain looks the answers that an epoch's questions already have up in a table that has come, and notes hits that are new.
func (d Desk) lookAgain(ctx context.Context, owner journal.ID, head tableHead) error {
	ids, err := d.questionsOf(ctx, owner, head.Epoch)
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
		found, err := d.found(ctx, owner, q, head.Number)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			continue
		}
		err = d.write(ctx, owner, id, func(c Comparison) ([]store.Draft, error) {
			fresh := unknown(found, c.Found)
			if len(fresh) == 0 || c.AnsweredAt.IsZero() {
				return nil, nil
			}
			return []store.Draft{{Type: AnsweredType, Payload: Answered{Found: fresh}}}, nil
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
