// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"
	"slices"
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
			found, _, err := readRows(ctx, tx, k.Name, `SELECT id, revision, state, due, assignee, opened, updated FROM dossier WHERE owner = $1 AND `+ofKind+` AND id IN (`+list+`)`, args)
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

// ofKind asks for the second argument's kind without offering it to an index: SQLite would walk all dossiers of the kind
// rather than look up fifty ids.
const ofKind = `kind || '' = $2`

// blindAll blinds the words of searches; a search with a word of no alternatives finds nothing and is left out.
func blindAll(o Owner, searches [][][]Token) [][][]blind {
	var out [][][]blind
	for _, words := range searches {
		search := make([][]blind, len(words))
		for i, word := range words {
			for _, t := range word {
				search[i] = append(search[i], blind(o.Keys.Token(t.Kind, t.Value)))
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
	var out []journal.ID
	searches = together(searches)
	for _, words := range searches {
		lead, err := rarest(ctx, tx, owner, words)
		if err != nil {
			return nil, err
		}
		if lead == nobody {
			continue
		}
		text, args := candidatesSQL(owner, words, lead)
		found, err := ids(ctx, tx, text, args)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			if len(out) < searchCap && (len(searches) == 1 || !slices.Contains(out, id)) {
				out = append(out, id)
			}
		}
	}
	return out, nil
}

// together makes one search of those of a single word: its alternatives are theirs. It comes first, so that the number of
// a document or a telephone is found however many share a name.
func together(searches [][][]blind) [][][]blind {
	var out [][][]blind
	var single []blind
	for _, words := range searches {
		if len(words) == 1 {
			single = append(single, words[0]...)
		} else {
			out = append(out, words)
		}
	}
	if len(single) > 0 {
		out = slices.Insert(out, 0, [][]blind{single})
	}
	return out
}

// counting lists how far it is counted how many share a word: mostly some word is rare, and the first is far enough;
// where none is, counting further is worth it.
var counting = []int{16, 200, 1000, 5000}

// nobody stands for the lead of a search of which nobody has some word.
const nobody = -1

// rarest gives a search's rarest word, as far as counting tells them apart. A single word leads, however common.
func rarest(ctx context.Context, tx db.Tx, owner journal.ID, words [][]blind) (lead int, err error) {
	if len(words) == 1 {
		return 0, nil
	}
	for _, limit := range counting {
		shares, more, err := countShares(ctx, tx, owner, words, limit)
		if err != nil {
			return 0, err
		}
		lead = 0
		for i, n := range shares {
			if n == 0 {
				return nobody, nil
			}
			if n < shares[lead] {
				lead = i
			}
		}
		if !more[lead] {
			break
		}
	}
	return lead, nil
}

// mostCounted is how many tokens one statement counts.
const mostCounted = 32

// countShares adds up how many dossiers share each word, by counting each of its alternatives to a limit; more says of
// which words one reached it. Statements have one of two lengths, filled up with nothing, and the limit
// stands in their text: so they stay compiled.
func countShares(ctx context.Context, tx db.Tx, owner journal.ID, words [][]blind, limit int) (shares []int, more []bool, err error) {
	shares, more = make([]int, len(words)), make([]bool, len(words))
	var of []int // the word of each token
	var tokens []blind
	for i, word := range words {
		for _, t := range word {
			of, tokens = append(of, i), append(tokens, t)
		}
	}
	for len(tokens) > 0 {
		n := min(len(tokens), mostCounted)
		counts, err := count(ctx, tx, owner, tokens[:n], limit)
		if err != nil {
			return nil, nil, err
		}
		for i := range n {
			shares[of[i]] += counts[i]
			more[of[i]] = more[of[i]] || counts[i] >= limit
		}
		of, tokens = of[n:], tokens[n:]
	}
	return shares, more, nil
}

// count gives how many dossiers have each of a few tokens, to a limit.
func count(ctx context.Context, tx db.Tx, owner journal.ID, tokens []blind, limit int) ([]int, error) {
	size := mostCounted
	if len(tokens) <= mostCounted/2 {
		size /= 2
	}
	args, counts, into := append(make([]any, 0, size+1), owner), make([]int, size), make([]any, size)
	var b strings.Builder
	for i := range size {
		b.WriteString([]string{`SELECT `, `, `}[min(i, 1)])
		fmt.Fprintf(&b, `(SELECT COUNT(*) FROM (SELECT 1 FROM token WHERE owner = $1 AND hmac = $%d LIMIT %d) AS x%d)`, i+2, limit, i)
		into[i] = &counts[i]
		if i < len(tokens) {
			args = append(args, []byte(tokens[i]))
		} else {
			args = append(args, nil) // equal to nothing, and not looked for
		}
	}
	return counts, tx.Row(ctx, b.String(), args...).Scan(into...)
}

// candidatesSQL walks the leading word's alternatives and looks the others up.
func candidatesSQL(owner journal.ID, words [][]blind, lead int) (string, []any) {
	list, args := db.In([]any{owner}, filled(words[lead]))
	var b strings.Builder
	b.WriteString(`SELECT DISTINCT t.dossier FROM token AS t WHERE t.owner = $1 AND t.hmac IN (` + list + `)`)
	for i, word := range words {
		if i != lead {
			list, args = db.In(args, filled(word))
			b.WriteString(` AND EXISTS (SELECT 1 FROM token AS u WHERE u.owner = $1 AND u.hmac IN (` + list + `) AND u.dossier = t.dossier)`)
		}
	}
	fmt.Fprintf(&b, ` LIMIT %d`, searchCap)
	return b.String(), args
}

// filled gives a word's alternatives in one of three lengths, filled up with the last: that makes few texts of searches,
// which stay compiled.
func filled(word []blind) [][]byte {
	size := len(word)
	for _, length := range []int{32, 8, 1} {
		if len(word) <= length {
			size = length
		}
	}
	out := make([][]byte, size)
	for i := range out {
		out[i] = []byte(word[min(i, len(word)-1)])
	}
	return out
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
