// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// searchCap is how many candidates a search takes from the token table: a word that more dossiers share
// than this needs a second word.
const searchCap = 500

// Hits is what a search found.
type Hits struct {
	Rows []Row // those that the actor may know of, at most PageSize
	More bool  // there are more; add a word
	// Elsewhere lists dossiers that match but that the actor may not know of. It is for the system (a
	// duplicate desk is told), never for the actor's screen.
	Elsewhere []journal.ID
}

// Search finds dossiers of a kind by what they can be found by. words are ANDed; each is a list of
// alternatives of which one suffices. Values are in clear here and blinded before they reach the
// database.
func (s *Store) Search(ctx context.Context, w Who, kind string, words [][]Token) (Hits, error) {
	o, err := s.owner(w)
	if err != nil {
		return Hits{}, err
	}
	k, err := s.c.Registry.kind(kind)
	if err != nil || len(words) == 0 {
		return Hits{}, err
	}
	var h Hits
	var shown []ReadOf
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		ids, err := s.candidates(ctx, tx, o, words)
		if err != nil || len(ids) == 0 {
			return err
		}
		h.More = len(ids) >= searchCap
		for len(ids) > 0 && len(h.Rows) <= PageSize {
			n := min(len(ids), PageSize)
			list, args := in([]any{o.ID, k.Name}, ids[:n])
			found, _, err := readRows(ctx, tx, k.Name, `SELECT id, revision, state, due, assignee, opened, updated FROM dossier WHERE owner = $1 AND kind = $2 AND id IN (`+list+`)`, args)
			if err != nil {
				return err
			}
			ids = ids[n:]
			visible, of, err := s.openRows(ctx, tx, o, w, k, found)
			if err != nil {
				return err
			}
			h.add(found, visible)
			shown = append(shown, of...)
		}
		return nil
	})
	if err != nil {
		return Hits{}, err
	}
	if len(h.Rows) > PageSize {
		h.Rows, h.More = h.Rows[:PageSize], true
	}
	return h, s.note(ctx, w, shown)
}

func (h *Hits) add(found, visible []Row) {
	seen := map[journal.ID]bool{}
	for _, r := range visible {
		seen[r.Ref.ID] = true
	}
	for _, r := range found {
		if !seen[r.Ref.ID] {
			h.Elsewhere = append(h.Elsewhere, r.Ref.ID)
		}
	}
	h.Rows = append(h.Rows, visible...)
}

// candidates intersects the words' token lists in SQL.
func (s *Store) candidates(ctx context.Context, tx db.Tx, o Owner, words [][]Token) ([]journal.ID, error) {
	args := []any{o.ID}
	var b strings.Builder
	for i, word := range words {
		if len(word) == 0 {
			return nil, nil
		}
		if i > 0 {
			b.WriteString(" INTERSECT ")
		}
		b.WriteString("SELECT dossier FROM token WHERE owner = $1 AND (")
		for j, t := range word {
			if j > 0 {
				b.WriteString(" OR ")
			}
			args = append(args, t.Kind, o.Keys.Token(t.Kind, t.Value))
			fmt.Fprintf(&b, "(kind = $%d AND hmac = $%d)", len(args)-1, len(args))
		}
		b.WriteString(")")
	}
	if len(words) == 1 {
		b.WriteString(" GROUP BY dossier")
	}
	fmt.Fprintf(&b, " LIMIT %d", searchCap)
	rows, err := tx.Query(ctx, b.String(), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []journal.ID
	for rows.Next() {
		var id journal.ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
