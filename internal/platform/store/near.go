// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Alike is one way in which a dossier may resemble others.
type Alike struct {
	As    string    // a code for it
	Words [][]Token // ANDed, each a list of alternatives, as in Search
	// Rare says that the last word is rare whatever the others are, so that nothing is counted to learn which is.
	Rare bool
	// Few is how many dossiers at most may be found for the likeness to count, 0 for any number; Or is what counts instead
	// where more are found. May be nil.
	Few int
	Or  *Alike
}

// nearCap is how many dossiers of one likeness are looked at.
const nearCap = PageSize

// Near is what Nearest found.
type Near struct {
	Found []Likeness // nearest first
	More  int        // at least so many more are alike
}

// Likeness is one dossier that is alike, in which way, and of how many that are alike so: at least, where nearCap are.
type Likeness struct {
	ID journal.ID
	As string
	Of int
}

// Nearest finds dossiers of a kind that are alike in one of several ways and that the actor may not know of: most of them
// at most, in the order of the ways. It is for the system (a duplicate desk is told), never for the actor's screen. but is
// the dossier that is compared.
//
// What it costs is bounded at any size: few statements for each way, of which none looks at more than walkNear rows that
// share its rarest word.
func (s *Store) Nearest(ctx context.Context, w Who, kind string, but journal.ID, ways []Alike, most int) (Near, error) {
	var near Near
	o, err := s.owner(w)
	if err != nil {
		return near, err
	}
	k, err := s.c.Registry.kind(kind)
	if err != nil || s.everywhere(o, w, k) { // who may know of all is told by a search
		return near, err
	}
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		near = Near{}
		all, err := alike(ctx, tx, o, but, ways)
		if err != nil {
			return err
		}
		hidden, err := s.hidden(ctx, tx, o, w, k, all)
		n := min(len(hidden), most)
		near = Near{hidden[:n], len(hidden) - n}
		return err
	})
	return near, err
}

// alike gives the dossiers that are alike in one of several ways, each as the first of them.
func alike(ctx context.Context, tx db.Tx, o Owner, but journal.ID, ways []Alike) ([]Likeness, error) {
	ways, err := withoutVain(ctx, tx, o, but, ways)
	if err != nil {
		return nil, err
	}
	var all []Likeness
	for len(ways) > 0 && len(all) < nearCap {
		way := ways[0]
		ways = ways[1:]
		found, many, err := way.find(ctx, tx, o, but)
		if err != nil {
			return nil, err
		}
		if many && way.Or != nil {
			ways = append(ways, *way.Or) // the last: what is rare is nearer
		}
		for _, id := range found {
			if !slices.ContainsFunc(all, func(l Likeness) bool { return l.ID == id }) {
				all = append(all, Likeness{id, way.As, len(found)})
			}
		}
	}
	return all, nil
}

// withoutVain leaves out the ways of a single word where nobody has any of them, which one statement tells: numbers mostly
// are nobody else's.
func withoutVain(ctx context.Context, tx db.Tx, o Owner, but journal.ID, ways []Alike) ([]Alike, error) {
	var any Alike
	var others []Alike
	for _, way := range ways {
		if len(way.Words) != 1 || way.Few > 0 {
			others = append(others, way)
			continue
		}
		any.Words = [][]Token{slices.Concat(append(any.Words, way.Words[0])...)}
	}
	if len(ways)-len(others) < 2 {
		return ways, nil
	}
	found, _, err := any.find(ctx, tx, o, but)
	if len(found) > 0 {
		return ways, err
	}
	return others, err
}

// find gives the dossiers that are alike in one way, without the one that is compared; nothing where they are too many to
// count.
func (a Alike) find(ctx context.Context, tx db.Tx, o Owner, but journal.ID) (found []journal.ID, many bool, err error) {
	words := blindAll(o, [][][]Token{a.Words})
	if len(words) == 0 {
		return nil, false, nil
	}
	of := among{owner: o.ID, walk: walkNear, limit: nearCap + 1}
	if a.Few > 0 {
		of.limit = a.Few + 2 // the one that is compared, and one too many
	}
	lead := len(a.Words) - 1
	if !a.Rare {
		if lead, err = rarest(ctx, tx, o.ID, words[0]); err != nil || lead == nobody {
			return nil, false, err
		}
	}
	text, args := of.candidatesSQL(words[0], lead)
	if found, err = ids(ctx, tx, text, args); err != nil {
		return nil, false, err
	}
	found = slices.DeleteFunc(found, func(id journal.ID) bool { return id == but })
	if a.Few > 0 && len(found) > a.Few {
		return nil, true, nil
	}
	return found, false, nil
}

// lookUp asks which of some dossiers are of a kind. It asks for a column that no index of the kind holds, so that SQLite
// looks the ids up.
const lookUp = `SELECT id, state FROM dossier WHERE owner = $1 AND ` + ofKind + ` AND id IN `

// hidden gives those of some dossiers that are of a kind and that the actor may not know of, in their order.
func (s *Store) hidden(ctx context.Context, tx db.Tx, o Owner, w Who, k *Kind, of []Likeness) ([]Likeness, error) {
	if len(of) == 0 {
		return nil, nil
	}
	found := make([]journal.ID, len(of))
	for i, l := range of {
		found[i] = l.ID
	}
	list, args := db.In([]any{o.ID, k.Name}, found)
	rows, err := tx.Query(ctx, lookUp+`(`+list+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	there := map[journal.ID]bool{}
	for rows.Next() {
		var id journal.ID
		var state string
		if err := rows.Scan(&id, &state); err != nil {
			return nil, err
		}
		there[id] = true
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	standing, err := standings(ctx, tx, o.ID, w.Actor.ID, found, s.now())
	if err != nil {
		return nil, err
	}
	facts := s.facts(o.ID)
	return slices.DeleteFunc(of, func(l Likeness) bool {
		return !there[l.ID] || s.allowed(w, access.Read, "", access.Row{Owner: o.ID, Kind: k.Name, Dossier: l.ID, Relations: standing[l.ID], Facts: facts}, k.Base)
	}), nil
}
