// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
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
	return s.SearchAny(ctx, w, kind, [][][]Token{words}, show...)
}

// SearchAny finds the dossiers that any of several searches finds.
func (s *Store) SearchAny(ctx context.Context, w Who, kind string, searches [][][]Token, show ...journal.Category) (Hits, error) {
	o, err := s.owner(w)
	if err != nil {
		return Hits{}, err
	}
	k, err := s.c.Registry.kind(kind)
	if err != nil {
		return Hits{}, err
	}
	blinds := blindAll(o, searches)
	if len(blinds) == 0 {
		return Hits{}, nil
	}
	var h Hits
	var shown []ReadOf
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		ids, err := candidates(ctx, tx, o.ID, blinds)
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

// blindAll blinds the words of searches; a search with a word of no alternatives finds nothing and is left out.
func blindAll(o Owner, searches [][][]Token) [][][]blind {
	var out [][][]blind
	for _, words := range searches {
		search := make([][]blind, len(words))
		for i, word := range words {
			for _, t := range word {
				search[i] = append(search[i], blind{t.Kind, string(o.Keys.Token(t.Kind, t.Value))})
			}
		}
		if len(words) > 0 && !slices.ContainsFunc(search, func(w []blind) bool { return len(w) == 0 }) {
			out = append(out, search)
		}
	}
	return out
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

// candidates finds the dossiers that have, for one of the searches, one of the alternatives of every word. For each it
// walks those of the rarest word and asks about each other word by the whole key, so that what it costs depends on the
// rarest word and on the cap.
func candidates(ctx context.Context, tx db.Tx, owner journal.ID, searches [][][]blind) ([]journal.ID, error) {
	leads, err := rarest(ctx, tx, owner, searches, few)
	if err != nil {
		return nil, err
	}
	args := []any{owner}
	var members []string
	for i, words := range searches {
		if leads[i] == nobody {
			continue
		}
		var text string
		if text, args = candidatesSQL(args, words, leads[i]); text != "" {
			members = append(members, text)
		}
	}
	if len(members) == 0 {
		return nil, nil
	}
	return ids(ctx, tx, strings.Join(members, ` UNION `)+fmt.Sprintf(` LIMIT %d`, searchCap), args)
}

// How far it is counted how many share a word: mostly some word is rarer than few; where none is, counting further is
// worth it.
const (
	few  = 100
	many = 5000
)

// nobody stands for the lead of a search of which nobody has some word.
const nobody = -1

// rarest gives each search's rarest word, as far as counting to a limit tells them apart.
func rarest(ctx context.Context, tx db.Tx, owner journal.ID, searches [][][]blind, limit int) ([]int, error) {
	leads := make([]int, len(searches))
	args := []any{owner, limit}
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	var counts []string
	for i, words := range searches {
		for j, word := range words {
			if len(words) == 1 {
				break // it leads, however common
			}
			for _, t := range word {
				counts = append(counts, fmt.Sprintf(`SELECT %d, %d, COUNT(*) FROM (SELECT 1 FROM token WHERE owner = $1 AND kind = %s AND hmac = %s LIMIT $2) AS x%d`,
					i, j, arg(t.kind), arg([]byte(t.hmac)), len(counts)))
			}
		}
	}
	if len(counts) == 0 {
		return leads, nil
	}
	shares, err := countShares(ctx, tx, strings.Join(counts, ` UNION ALL `), args, searches)
	if err != nil {
		return nil, err
	}
	further := false
	for i, share := range shares {
		if len(share) < 2 {
			continue
		}
		leads[i] = 0
		for j, n := range share {
			if n < share[leads[i]] {
				leads[i] = j
			}
		}
		if share[leads[i]] == 0 {
			leads[i] = nobody
		}
		further = further || leads[i] != nobody && share[leads[i]] >= limit
	}
	if further && limit < many {
		return rarest(ctx, tx, owner, searches, many)
	}
	return leads, nil
}

// countShares adds up how many dossiers share each word of each search.
func countShares(ctx context.Context, tx db.Tx, text string, args []any, searches [][][]blind) ([][]int, error) {
	shares := make([][]int, len(searches))
	for i := range searches {
		shares[i] = make([]int, len(searches[i]))
	}
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i, j, n int
		if err := rows.Scan(&i, &j, &n); err != nil {
			return nil, err
		}
		shares[i][j] += n
	}
	return shares, rows.Err()
}

// candidatesSQL walks the leading word's alternatives, each in the order of its key, and looks the others up.
func candidatesSQL(args []any, words [][]blind, lead int) (string, []any) {
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	var b strings.Builder
	b.WriteString(`SELECT dossier FROM (SELECT DISTINCT dossier FROM (`)
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
	fmt.Fprintf(&b, ` LIMIT %d) AS found`, searchCap)
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
