// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// searchCap is how many candidates a search takes from the token table: a word that more dossiers share
// than this needs a second word.
const searchCap = 500

// How many dossiers that share a search's rarest word are looked at. Past that somebody must type more, and a new file's
// likenesses rest on what is rarer: its numbers, and the name with the date of birth.
const (
	walkSearch = 20_000
	walkNear   = 1_000
)

// Hits is what a search found.
type Hits struct {
	Rows []Row // those that the actor may know of, at most PageSize
	More bool  // there may be more; add a word
}

// Search finds the dossiers of a kind that any of several searches finds. A search is words, ANDed; each is a list of
// alternatives of which one suffices. Values are in clear here and blinded before they reach the database. As a List it
// narrows by standing in SQL where the actor's roles do not reach all dossiers of the kind, then authorises each row; show
// lists the personal categories that the rows are to show, as in a Query.
func (s *Store) Search(ctx context.Context, w Who, kind string, searches [][][]Token, show ...journal.Category) (Hits, error) {
	return s.search(ctx, w, kind, searches, -1, show)
}

// SearchPage is Search for a page of what it finds, counted from 0, those that were made last first. Of a search that finds more
// than a cap no further pages are given: More says so on the last.
func (s *Store) SearchPage(ctx context.Context, w Who, kind string, searches [][][]Token, n int) (h Hits, next bool, err error) {
	h, err = s.search(ctx, w, kind, searches, max(n, 0), nil)
	if next = len(h.Rows) > PageSize; next {
		h.Rows, h.More = h.Rows[:PageSize], false
	}
	return h, next, err
}

// search gives what a search found, or, from 0, a page of it with one row more where there is one.
func (s *Store) search(ctx context.Context, w Who, kind string, searches [][][]Token, n int, show []journal.Category) (Hits, error) {
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
	of := among{owner: o.ID, walk: walkSearch}
	if !s.everywhere(o, w, k) {
		of.actor, of.now = w.Actor.ID, db.Micros(s.now())
	}
	caps, part := []int{PageSize + 1, searchCap}, pick{most: PageSize, show: show} // mostly a page is all that is needed
	if n >= 0 {
		caps, part = caps[1:], pick{skip: n * PageSize, most: PageSize + 1}
	}
	var h Hits
	var shown []ReadOf
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		for _, of.limit = range caps {
			ids, err := of.candidates(ctx, tx, blinds)
			if err != nil {
				return err
			}
			if n >= 0 {
				inorder.By(ids, func(a, b journal.ID) int { return bytes.Compare(b[:], a[:]) })
			}
			if h, shown, err = s.found(ctx, tx, o, w, k, ids, part); err != nil {
				return err
			}
			if len(h.Rows) == part.most || len(ids) < of.limit {
				return nil
			}
		}
		h.More = true
		return nil
	})
	if err != nil {
		return Hits{}, err
	}
	return h, s.note(ctx, w, shown)
}

// pick says which of those that are found are given: so many, after some, with the categories that they are to show.
type pick struct {
	skip, most int
	show       []journal.Category
}

// found looks candidates up, page by page until there are enough of those that the actor may know of.
func (s *Store) found(ctx context.Context, tx db.Tx, o Owner, w Who, k *Kind, ids []journal.ID, p pick) (h Hits, shown []ReadOf, err error) {
	for len(ids) > 0 && len(h.Rows) < p.most {
		n := min(len(ids), PageSize)
		list, args := db.In([]any{o.ID, k.Name}, ids[:n])
		rows, _, err := readRows(ctx, tx, k.Name, `SELECT id, revision, state, due, assignee, opened, updated FROM dossier WHERE owner = $1 AND `+ofKind+` AND id IN (`+list+`)`, args)
		if err != nil {
			return h, nil, err
		}
		of := ids[:n]
		inorder.By(rows, func(a, b Row) int { return slices.Index(of, a.Ref.ID) - slices.Index(of, b.Ref.ID) })
		ids = ids[n:]
		visible, reads, err := s.openRows(ctx, tx, o, w, k, rows, p.show)
		if err != nil {
			return h, nil, err
		}
		skipped := min(p.skip, len(visible))
		p.skip -= skipped
		visible, reads = visible[skipped:], reads[skipped:]
		room := min(len(visible), p.most-len(h.Rows))
		h.More = len(ids) > 0 || room < len(visible)
		h.Rows, shown = append(h.Rows, visible[:room]...), append(shown, reads[:room]...)
	}
	return h, shown, nil
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

// among says where a search looks.
type among struct {
	owner journal.ID
	actor journal.ID // only where this actor has a standing; zero for everywhere
	now   int64
	limit int // how many are wanted
	walk  int // how many that share the rarest word are looked at
}

// candidates finds the dossiers that have, for one of the searches, one of the alternatives of every word. For each it
// walks those of the rarest word and asks about each other word by the whole key, so that what it costs depends on the
// rarest word and on two caps, never on how many dossiers there are.
func (a among) candidates(ctx context.Context, tx db.Tx, searches [][][]blind) ([]journal.ID, error) {
	var out []journal.ID
	searches = together(searches)
	for _, words := range searches {
		lead, err := rarest(ctx, tx, a.owner, words)
		if err != nil {
			return nil, err
		}
		if lead == nobody {
			continue
		}
		text, args := a.candidatesSQL(words, lead)
		found, err := ids(ctx, tx, text, args)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			if len(out) < a.limit && (len(searches) == 1 || !slices.Contains(out, id)) {
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

// counting lists how far it is counted how many share each token: mostly some word is rare, and the first is far enough.
var counting = []int{16, 200}

// countingMost is how far it is counted, for each word as a whole, where none is rare.
const countingMost = 5000

// nobody stands for the lead of a search of which nobody has some word.
const nobody = -1

// shared is how many dossiers share a word, as far as they were counted.
type shared struct {
	known  int     // of the tokens that were counted to the end
	common []blind // the others
	bound  int     // how many these are, at least
}

func (s shared) least() int { return s.known + s.bound }

// rarest gives a search's rarest word, as far as counting tells them apart. A single word leads, however common.
func rarest(ctx context.Context, tx db.Tx, owner journal.ID, words [][]blind) (lead int, err error) {
	if len(words) == 1 {
		return 0, nil
	}
	all := make([]shared, len(words))
	for i, word := range words {
		all[i].common = word
	}
	for _, limit := range counting {
		if err := countTokens(ctx, tx, owner, all, limit); err != nil {
			return 0, err
		}
		lead = rarer(all)
		if all[lead].least() == 0 {
			return nobody, nil
		}
		if len(all[lead].common) == 0 {
			return lead, nil
		}
	}
	return lead, countWords(ctx, tx, owner, all, &lead)
}

// rarer gives the word that fewest share.
func rarer(all []shared) (lead int) {
	for i, s := range all {
		if s.least() < all[lead].least() {
			lead = i
		}
	}
	return lead
}

// mostCounted is how many tokens one statement counts.
const mostCounted = 32

// countTokens counts the tokens of which it is not known yet how many dossiers have them, each to a limit. Statements have
// one of two lengths, filled up with nothing, and the limit stands in their text: so they stay compiled.
func countTokens(ctx context.Context, tx db.Tx, owner journal.ID, all []shared, limit int) error {
	var of []int // the word of each token
	var tokens []blind
	for i := range all {
		for _, t := range all[i].common {
			of, tokens = append(of, i), append(tokens, t)
		}
		all[i].common, all[i].bound = nil, 0
	}
	for len(tokens) > 0 {
		n := min(len(tokens), mostCounted)
		counts, err := count(ctx, tx, owner, tokens[:n], limit)
		if err != nil {
			return err
		}
		for i, t := range tokens[:n] {
			s := &all[of[i]]
			if counts[i] < limit {
				s.known += counts[i]
			} else {
				s.common, s.bound = append(s.common, t), s.bound+limit
			}
		}
		of, tokens = of[n:], tokens[n:]
	}
	return nil
}

// countWords counts further, the common tokens of each word together, and gives the rarest then.
func countWords(ctx context.Context, tx db.Tx, owner journal.ID, all []shared, lead *int) error {
	var b strings.Builder
	args, into := []any{owner}, make([]any, len(all))
	for i := range all {
		into[i] = &all[i].bound
		b.WriteString([]string{`SELECT `, `, `}[min(i, 1)])
		if len(all[i].common) == 0 {
			b.WriteByte('0')
			continue
		}
		var list string
		list, args = db.In(args, filled(all[i].common))
		fmt.Fprintf(&b, `(SELECT COUNT(*) FROM (SELECT 1 FROM token WHERE owner = $1 AND hmac IN (%s) LIMIT %d) AS x%d)`, list, countingMost, i)
	}
	if err := tx.Row(ctx, b.String(), args...).Scan(into...); err != nil {
		return err
	}
	*lead = rarer(all)
	return nil
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
func (a among) candidatesSQL(words [][]blind, lead int) (string, []any) {
	list, args := db.In([]any{a.owner}, filled(words[lead]))
	var b strings.Builder
	fmt.Fprintf(&b, `SELECT DISTINCT t.dossier FROM (SELECT dossier FROM token WHERE owner = $1 AND hmac IN (%s) LIMIT %d) AS t WHERE 1 = 1`, list, a.walk)
	for i, word := range words {
		if i != lead {
			list, args = db.In(args, filled(word))
			b.WriteString(` AND EXISTS (SELECT 1 FROM token AS u WHERE u.owner = $1 AND u.hmac IN (` + list + `) AND u.dossier = t.dossier)`)
		}
	}
	if !a.actor.IsZero() {
		args = append(args, a.actor, a.now)
		fmt.Fprintf(&b, ` AND EXISTS (SELECT 1 FROM standing AS s WHERE s.owner = $1 AND s.actor = $%d AND s.dossier = t.dossier AND s.until > $%d)`, len(args)-1, len(args))
	}
	fmt.Fprintf(&b, ` LIMIT %d`, a.limit)
	return b.String(), args
}

// filled gives a word's alternatives in one of five lengths, filled up with the last: that makes few texts of searches,
// which stay compiled, and little that is looked for in vain.
func filled(word []blind) [][]byte {
	size := len(word)
	for _, length := range []int{32, 8, 4, 2, 1} {
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
