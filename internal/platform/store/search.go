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
// database. show lists the personal categories that the rows are to show, as in a Query.
func (s *Store) Search(ctx context.Context, w Who, kind string, words [][]Token, show ...journal.Category) (Hits, error) {
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
			list, args := db.In([]any{o.ID, k.Name}, ids[:n])
			found, _, err := readRows(ctx, tx, k.Name, `SELECT id, revision, state, due, assignee, opened, updated FROM dossier WHERE owner = $1 AND kind = $2 AND id IN (`+list+`)`, args)
			if err != nil {
				return err
			}
			ids = ids[n:]
			visible, of, err := s.openRows(ctx, tx, o, w, k, found, show)
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

// candidates finds the dossiers that have one of the alternatives of every word. It walks those of the rarest word, and
// asks about each other word by the whole key, so that what it costs depends on the rarest word and on the cap.
func (s *Store) candidates(ctx context.Context, tx db.Tx, o Owner, words [][]Token) ([]journal.ID, error) {
	blinds := make([][]blind, len(words))
	rare, fewest := 0, rareEnough+1
	for i, word := range words {
		if len(word) == 0 {
			return nil, nil
		}
		for _, t := range word {
			blinds[i] = append(blinds[i], blind{t.Kind, string(o.Keys.Token(t.Kind, t.Value))})
		}
		if len(words) == 1 {
			break
		}
		n, err := share(ctx, tx, o.ID, blinds[i])
		if err != nil || n == 0 {
			return nil, err
		}
		if n < fewest {
			rare, fewest = i, n
		}
	}
	text, args := candidatesSQL(o.ID, blinds, rare)
	return ids(ctx, tx, text, args)
}

// rareEnough is where counting how many share a word ends: among words that more share, it matters little which leads.
const rareEnough = 1000

// share counts the dossiers that have one of a word's alternatives, as far as it matters.
func share(ctx context.Context, tx db.Tx, owner journal.ID, word []blind) (int, error) {
	total := 0
	for _, t := range word {
		var n int
		err := tx.Row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM token WHERE owner = $1 AND kind = $2 AND hmac = $3 LIMIT $4) AS x`, owner, t.kind, []byte(t.hmac), rareEnough).Scan(&n)
		if err != nil {
			return 0, err
		}
		if total += n; total >= rareEnough {
			break
		}
	}
	return total, nil
}

// candidatesSQL walks one word's alternatives, each in the order of its key, and looks the others up.
func candidatesSQL(owner journal.ID, words [][]blind, lead int) (string, []any) {
	args := []any{owner}
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	var b strings.Builder
	b.WriteString(`SELECT DISTINCT dossier FROM (`)
	for i, t := range words[lead] {
		if i > 0 {
			b.WriteString(` UNION ALL `)
		}
		fmt.Fprintf(&b, `SELECT dossier FROM token WHERE owner = $1 AND kind = %s AND hmac = %s`, arg(t.kind), arg([]byte(t.hmac)))
	}
	b.WriteString(`) AS t WHERE 1 = 1`)
	for i, word := range words {
		if i == lead {
			continue
		}
		for j, t := range word {
			b.WriteString([]string{` AND (`, ` OR `}[min(j, 1)])
			fmt.Fprintf(&b, `EXISTS (SELECT 1 FROM token AS u WHERE u.owner = $1 AND u.kind = %s AND u.hmac = %s AND u.dossier = t.dossier)`, arg(t.kind), arg([]byte(t.hmac)))
		}
		b.WriteString(`)`)
	}
	fmt.Fprintf(&b, ` LIMIT %d`, searchCap)
	return b.String(), args
}

// ids reads one column of ids.
func ids(ctx context.Context, tx db.Tx, text string, args []any) ([]journal.ID, error) {
	rows, err := tx.Query(ctx, text, args...)
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
