// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Gap is a conversation in which a message of a partner has not arrived although a later one has.
type Gap struct {
	Partner, Conversation journal.ID
	Missing               int64
}

// Gaps lists the holes in what partners sent, which they are asked to fill.
func Gaps(ctx context.Context, tx db.Tx, owner journal.ID) ([]Gap, error) {
	rows, err := tx.Query(ctx, `SELECT partner, conversation, last - next + 1 - (SELECT COUNT(*) FROM post_in i WHERE i.owner = o.owner AND i.conversation = o.conversation AND i.partner = o.partner AND i.seq > o.next)
		FROM post_order o WHERE owner = $1 AND last >= next`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Gap
	for rows.Next() {
		var g Gap
		if err := rows.Scan(&g.Partner, &g.Conversation, &g.Missing); err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// Received is a message of the inbox.
type Received struct {
	ID, Partner  journal.ID
	Type         string
	Conversation journal.ID
	Seq          int64
	Hash         string
	Categories   []journal.Category
	Size         int64
	State        string // accepted | refused | gone: its sender says that it never comes
	Reason       string
	At           time.Time
	Due          time.Time
}

// Inbox lists the latest received messages of an owner, newest first; of one conversation unless it is zero.
func Inbox(ctx context.Context, tx db.Tx, owner, conversation journal.ID, limit int) ([]Received, error) {
	rows, err := tx.Query(ctx, `SELECT id, partner, type, conversation, seq, hash, categories, size, state, reason, at, due FROM post_in WHERE owner = $1 AND type NOT IN ('post.gone', 'post.status') `+only(conversation)+` ORDER BY at DESC, id DESC LIMIT $2`,
		args(owner, limit, conversation)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Received
	for rows.Next() {
		var r Received
		var cats string
		var hash []byte
		var at, due int64
		if err := rows.Scan(&r.ID, &r.Partner, &r.Type, &r.Conversation, &r.Seq, &hash, &cats, &r.Size, &r.State, &r.Reason, &at, &due); err != nil {
			return nil, err
		}
		r.Hash, r.Categories, r.At, r.Due = hex.EncodeToString(hash), split(cats), db.Time(at), timeOf(due)
		out = append(out, r)
	}
	return out, rows.Err()
}

// Outbox lists the latest sent messages of an owner, newest first; of one conversation unless it is zero.
func Outbox(ctx context.Context, tx db.Tx, owner, conversation journal.ID, limit int) ([]Sent, error) {
	rows, err := tx.Query(ctx, `SELECT `+sentColumns+` FROM post_out WHERE owner = $1 AND type <> 'post.status' `+only(conversation)+` ORDER BY at DESC, id DESC LIMIT $2`, args(owner, limit, conversation)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Sent
	for rows.Next() {
		s, err := scanSent(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func only(conversation journal.ID) string {
	if conversation.IsZero() {
		return ""
	}
	return "AND conversation = $3"
}

func args(owner journal.ID, limit int, conversation journal.ID) []any {
	if conversation.IsZero() {
		return []any{owner, limit}
	}
	return []any{owner, limit, conversation}
}

const sentColumns = `id, partner, type, conversation, seq, hash, categories, size, state, reason, tries, next, at, done, due, parcels`

func scanSent(rows *sql.Rows) (Sent, error) {
	var s Sent
	var cats string
	var hash []byte
	var next, at, done, due int64
	if err := rows.Scan(&s.ID, &s.Partner, &s.Type, &s.Conversation, &s.Seq, &hash, &cats, &s.Size, &s.State, &s.Reason, &s.Tries, &next, &at, &done, &due, &s.Parcels); err != nil {
		return s, fmt.Errorf("post: read the outbox: %w", err)
	}
	s.Hash, s.Categories, s.Next, s.At, s.Done = hex.EncodeToString(hash), split(cats), db.Time(next), db.Time(at), db.Time(done)
	s.Due = timeOf(due)
	return s, nil
}

func join(cs []journal.Category) string {
	var out []string
	for _, c := range cs {
		out = append(out, string(c))
	}
	return strings.Join(out, " ")
}

func split(s string) []journal.Category {
	var out []journal.Category
	for _, c := range strings.Fields(s) {
		out = append(out, journal.Category(c))
	}
	return out
}

// moment is a time that may be none, as it is kept.
func moment(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return db.Micros(t)
}

// timeOf is moment's other way.
func timeOf(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return db.Time(micros)
}
