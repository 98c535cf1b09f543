// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

// reads collects what one request has read, until CommitReads.
type reads struct {
	mu sync.Mutex
	by map[reader]map[journal.ID]map[journal.Category]bool
}

// reader is who read and why: a request may read for several purposes, and a background job may read within it.
type reader struct {
	owner, actor journal.ID
	purpose      string
}

func readerOf(w Who) reader { return reader{w.Actor.Owner, w.Actor.ID, string(w.Purpose)} }

type readsKey struct{}

// WithReads gives a context whose Opens, Lists and Searches are noted together and committed by CommitReads, as one read
// entry for each actor and purpose. Without it each call commits its own before it returns.
func WithReads(ctx context.Context) context.Context {
	return context.WithValue(ctx, readsKey{}, &reads{by: map[reader]map[journal.ID]map[journal.Category]bool{}})
}

// ReadOf is one dossier's line in a read entry.
type ReadOf struct {
	Dossier    journal.ID         `json:"dossier"`
	Categories []journal.Category `json:"categories"`
}

// note remembers that personal categories of a dossier were shown.
func (s *Store) note(ctx context.Context, w Who, shown []ReadOf) error {
	var personal []ReadOf
	for _, r := range shown {
		r.Categories = slices.DeleteFunc(slices.Clone(r.Categories), func(c journal.Category) bool { return !c.Personal() })
		if len(r.Categories) > 0 {
			personal = append(personal, r)
		}
	}
	if len(personal) == 0 {
		return nil
	}
	batch, ok := ctx.Value(readsKey{}).(*reads)
	if !ok {
		n, err := s.readNote(readerOf(w), personal)
		if err != nil {
			return err
		}
		return s.commitRead(ctx, n)
	}
	batch.mu.Lock()
	defer batch.mu.Unlock()
	what := batch.by[readerOf(w)]
	if what == nil {
		what = map[journal.ID]map[journal.Category]bool{}
		batch.by[readerOf(w)] = what
	}
	for _, r := range personal {
		if what[r.Dossier] == nil {
			what[r.Dossier] = map[journal.Category]bool{}
		}
		for _, c := range r.Categories {
			what[r.Dossier][c] = true
		}
	}
	return nil
}

// CommitReads writes the read entries of a request, if it has read anything personal. The answer may only
// leave when it gives nil.
func (s *Store) CommitReads(ctx context.Context) error {
	batch, ok := ctx.Value(readsKey{}).(*reads)
	if !ok {
		return nil
	}
	batch.mu.Lock()
	defer batch.mu.Unlock()
	var notes []readNote
	for by, what := range batch.by {
		var of []ReadOf
		for id, cats := range what {
			r := ReadOf{Dossier: id}
			for c := range cats {
				r.Categories = append(r.Categories, c)
			}
			slices.Sort(r.Categories)
			of = append(of, r)
		}
		slices.SortFunc(of, func(a, b ReadOf) int { return strings.Compare(string(a.Dossier[:]), string(b.Dossier[:])) })
		n, err := s.readNote(by, of)
		if err != nil {
			return err
		}
		notes = append(notes, n)
	}
	clear(batch.by)
	if len(notes) == 0 {
		return nil
	}
	return s.commitRead(ctx, notes...)
}

// readNote is one read entry ready to be written.
type readNote struct {
	h    journal.Header
	of   []ReadOf
	what []byte
	salt []byte
}

func (s *Store) readNote(by reader, of []ReadOf) (readNote, error) {
	what, err := json.Marshal(of)
	if err != nil {
		return readNote{}, err
	}
	n := readNote{of: of, what: what, salt: make([]byte, 16),
		h: journal.Header{Owner: by.owner, ID: s.NewID(), Kind: "read", Type: "read", Schema: 1, Actor: by.actor, Purpose: by.purpose, OccurredAt: s.now()}}
	_, err = io.ReadFull(s.c.Random, n.salt)
	return n, err
}

func (s *Store) commitRead(ctx context.Context, notes ...readNote) error {
	return s.c.DB.WriteAgain(ctx, func(tx db.Tx) error {
		for _, n := range notes {
			h := n.h
			if _, err := tx.Exec(ctx, `INSERT INTO read_entry (owner, id, actor, purpose, at, what, salt) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				h.Owner, h.ID, h.Actor, h.Purpose, db.Micros(h.OccurredAt), string(n.what), n.salt); err != nil {
				return err
			}
			rows := make([][]any, len(n.of))
			for i, r := range n.of {
				rows[i] = []any{h.Owner, r.Dossier, h.ID}
			}
			if err := db.Insert(ctx, tx, `INSERT INTO read_of (owner, dossier, read) VALUES`, rows, ""); err != nil {
				return err
			}
			hash := ledger.LeafHash(canonicalReadOf(h, n.salt, n.what))
			if err := ledger.Append(ctx, tx, h.Owner, ledger.Leaf{Entry: h.ID, Hash: hash, At: h.OccurredAt}); err != nil {
				return err
			}
		}
		return nil
	})
}

func canonicalReadOf(h journal.Header, salt, what []byte) []byte {
	h.RecordedAt = h.OccurredAt
	return canonical(h, salt, map[journal.Category][]byte{"of": digest(salt, "of", what)}, nil)
}

func canonicalRead(ctx context.Context, tx db.Tx, owner, id journal.ID) ([]byte, error) {
	h := journal.Header{Owner: owner, ID: id, Kind: "read", Type: "read", Schema: 1}
	var at int64
	var what string
	var salt []byte
	err := tx.Row(ctx, `SELECT actor, purpose, at, what, salt FROM read_entry WHERE owner = $1 AND id = $2`, owner, id).Scan(&h.Actor, &h.Purpose, &at, &what, &salt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoEntry
	}
	if err != nil {
		return nil, err
	}
	h.OccurredAt = db.Time(at)
	return canonicalReadOf(h, salt, []byte(what)), nil
}

// Read is one read entry: who opened what, when and for what purpose.
type Read struct {
	ID      journal.ID
	Actor   journal.ID
	Purpose string
	At      time.Time
	Of      []ReadOf
}

// ReadsOf lists the latest reads of one dossier, newest first: what the person sees beside a worker, and
// what oversight looks through. The caller must be able to see that the dossier exists.
func (s *Store) ReadsOf(ctx context.Context, w Who, ref Ref, limit int) ([]Read, error) {
	if _, err := s.Open(ctx, w, ref); err != nil {
		return nil, err
	}
	var out []Read
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT r.id, r.actor, r.purpose, r.at, r.what FROM read_of o JOIN read_entry r ON r.owner = o.owner AND r.id = o.read
			WHERE o.owner = $1 AND o.dossier = $2 ORDER BY r.at DESC, r.id DESC LIMIT $3`, w.Actor.Owner, ref.ID, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r Read
			var at int64
			var what string
			if err := rows.Scan(&r.ID, &r.Actor, &r.Purpose, &at, &what); err != nil {
				return err
			}
			r.At = db.Time(at)
			var of []ReadOf
			if err := json.Unmarshal([]byte(what), &of); err != nil {
				return err
			}
			for _, x := range of { // a read of several dossiers tells nothing here of the others
				if x.Dossier == ref.ID {
					r.Of = append(r.Of, x)
				}
			}
			out = append(out, r)
		}
		return rows.Err()
	})
	return out, err
}
