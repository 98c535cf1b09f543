// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// loaded is a dossier as it lies in the database, on one snapshot.
type loaded struct {
	ref       Ref
	exists    bool
	revision  int64
	erasures  int64           // of its keys, ever
	entries   []journal.Entry // headers only until opened
	sealed    []map[journal.Category][]byte
	keys      vault.Keys
	relations []access.Relation // of the actor, live ones
}

// load reads a dossier. A dossier of another kind than asked for is as good as none: ids are always
// checked together with what they claim to be.
func (s *Store) load(ctx context.Context, tx db.Tx, o Owner, actor journal.ID, ref Ref) (*loaded, error) {
	l := &loaded{ref: ref}
	kind, err := l.head(ctx, tx, o.ID, actor, s.now())
	if errors.Is(err, sql.ErrNoRows) {
		l.relations = []access.Relation{"founder"}
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	if kind != ref.Kind {
		return &loaded{ref: ref}, nil
	}
	l.exists = true
	f := s.kept.get(place{o.ID, ref.ID}, o.Keys, l.revision, l.erasures)
	if f != nil {
		l.entries, l.sealed, l.keys = f.entries, f.sealed, f.keys
		return l, nil
	}
	if l.keys, err = o.Keys.Load(ctx, tx, o.ID, ref.ID); err != nil {
		return nil, err
	}
	if err := l.readEntries(ctx, tx, o.ID); err != nil {
		return nil, err
	}
	s.kept.put(&file{place{o.ID, ref.ID}, o.Keys, l.revision, l.erasures, l.entries, l.sealed, l.keys})
	return l, nil
}

func (l *loaded) readEntries(ctx context.Context, tx db.Tx, owner journal.ID) error {
	rows, err := tx.Query(ctx, `SELECT e.id, e.revision, e.base, e.type, e.version, e.actor, e.purpose, e.occurred, e.recorded, p.category, p.body
		FROM entry e LEFT JOIN part p ON p.owner = e.owner AND p.entry = e.id
		WHERE e.owner = $1 AND e.dossier = $2 ORDER BY e.revision`, owner, l.ref.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		h := journal.Header{Owner: owner, Dossier: l.ref.ID, Kind: l.ref.Kind}
		var occurred, recorded int64
		var category sql.NullString
		var body []byte
		if err := rows.Scan(&h.ID, &h.Revision, &h.Base, &h.Type, &h.Schema, &h.Actor, &h.Purpose, &occurred, &recorded, &category, &body); err != nil {
			return err
		}
		if n := len(l.entries); n == 0 || l.entries[n-1].Revision != h.Revision {
			h.OccurredAt, h.RecordedAt = db.Time(occurred), db.Time(recorded)
			l.entries = append(l.entries, journal.Entry{Header: h})
			l.sealed = append(l.sealed, map[journal.Category][]byte{})
		}
		if category.Valid {
			l.sealed[len(l.sealed)-1][journal.Category(category.String)] = body
		}
	}
	return rows.Err()
}

// head reads what kind the dossier is, its revision, how many of its keys were destroyed, and how the actor stands to it
// now; sql.ErrNoRows where there is none.
func (l *loaded) head(ctx context.Context, tx db.Tx, owner, actor journal.ID, now time.Time) (kind string, err error) {
	rows, err := tx.Query(ctx, `SELECT d.kind, d.revision, (SELECT COUNT(*) FROM vault_erasure x WHERE x.owner = d.owner AND x.dossier = d.id), s.relation FROM dossier d
		LEFT JOIN standing s ON s.owner = d.owner AND s.actor = $1 AND s.dossier = d.id AND s.until > $2
		WHERE d.owner = $3 AND d.id = $4 ORDER BY s.relation`, actor, db.Micros(now), owner, l.ref.ID)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	err = sql.ErrNoRows
	for rows.Next() {
		var r sql.NullString
		if err = rows.Scan(&kind, &l.revision, &l.erasures, &r); err != nil {
			return "", err
		}
		if r.Valid {
			l.relations = append(l.relations, access.Relation(r.String))
		}
	}
	return kind, errors.Join(err, rows.Err())
}

// open unseals the parts of categories that may be seen; nil means all (for folds that run inside the
// store, whose state never leaves unfiltered).
func (l *loaded) open(may func(journal.Category) bool) ([]journal.Entry, error) {
	out := make([]journal.Entry, len(l.entries))
	for i, e := range l.entries {
		e.Parts = make(map[journal.Category]json.RawMessage, len(l.sealed[i]))
		for c, body := range l.sealed[i] {
			if may != nil && !may(c) {
				e.Miss(c, journal.Hidden)
				continue
			}
			plain, err := unseal(l.keys, e.ID, c, body)
			if err != nil {
				return nil, err
			}
			if plain == nil {
				e.Miss(c, journal.Erased)
				continue
			}
			e.Parts[c] = plain
		}
		out[i] = e
	}
	return out, nil
}

// unseal opens one part; nil when it was erased.
func unseal(keys vault.Keys, id journal.ID, c journal.Category, body []byte) ([]byte, error) {
	if body == nil || !c.Sealed() {
		return body, nil
	}
	key, ok := keys.Key(c)
	if !ok {
		return nil, nil // its key was destroyed
	}
	plain, err := key.Open(body, bound(id, c))
	if err != nil {
		return nil, fmt.Errorf("store: part %s of entry %s does not open: %w", c, id, err)
	}
	return plain, nil
}

// bound ties a sealed part to its place, so that a part copied elsewhere does not open.
func bound(id journal.ID, c journal.Category) []byte { return append(id[:len(id):len(id)], c...) }

// categories lists the categories that the dossier's parts have, in order.
func (l *loaded) categories() []journal.Category {
	var out []journal.Category
	for _, c := range journal.Categories() {
		if slices.ContainsFunc(l.sealed, func(m map[journal.Category][]byte) bool { _, ok := m[c]; return ok }) {
			out = append(out, c)
		}
	}
	return out
}
