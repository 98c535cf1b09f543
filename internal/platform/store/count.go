// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Span is what a code of a dossier must lie in: From and To are in it, and equal for one value; "" is no bound. A code that is
// asked for by anything but one value has at most one value in each dossier; days written as "20261125" are such.
type Span struct{ Name, From, To string }

// Is asks for one value of a code.
func Is(name, value string) Span { return Span{name, value, value} }

// spans gives all that a query asks of codes, in one order.
func (q Query) spans() []Span {
	out := slices.Clone(q.Spans)
	for name, value := range q.Codes {
		out = append(out, Is(name, value))
	}
	inorder.By(out, func(a, b Span) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return slices.Compact(out)
}

// Count gives how many dossiers of a kind meet a query's conditions, of those that the actor may know of.
func (s *Store) Count(ctx context.Context, w Who, q Query) (int, error) {
	o, err := s.owner(w)
	if err != nil {
		return 0, err
	}
	k, err := s.c.Registry.kind(q.Kind)
	if err != nil {
		return 0, err
	}
	return s.count(ctx, o, w, k, q)
}

func (s *Store) count(ctx context.Context, o Owner, w Who, k *Kind, q Query) (int, error) {
	spans := q.spans()
	return remembered(s, o, w, k, fmt.Sprintf("count %q %s %d %d %v", q.State, q.Assignee, db.Micros(q.DueBy), db.Micros(q.DueAfter), spans), func() (int, error) {
		if q.State == "" && q.Assignee.IsZero() && q.DueBy.IsZero() && q.DueAfter.IsZero() && len(spans) > 0 {
			if n, ok := s.tallyHas(o, w, k, spans); ok {
				return n, nil
			}
			return s.countCodes(ctx, o, w, k, spans)
		}
		few, err := s.fewOwn(ctx, o, w, k)
		if err != nil {
			return 0, err
		}
		q.After, q.By, q.Limit = "", "", PageSize
		text, args, err := s.listSQL(o, w, k, q, nil, few)
		if err != nil {
			return 0, err
		}
		text = "SELECT COUNT(*) FROM (" + text[:strings.LastIndex(text, " ORDER BY ")] + ") AS x"
		var n int
		err = s.c.DB.Read(ctx, func(tx db.Tx) error { return tx.Row(ctx, text, args...).Scan(&n) })
		return n, err
	})
}

// tallyHas gives how many dossiers have one value of a code where that was counted already for all values of it.
func (s *Store) tallyHas(o Owner, w Who, k *Kind, spans []Span) (int, bool) {
	if len(spans) != 1 || !spans[0].one() || !s.everywhere(o, w, k) {
		return 0, false
	}
	v, ok, _ := s.memory.recall(ofOwner{o.ID, k.Name}, tallyOf(spans[0].Name, nil))
	if !ok {
		return 0, false
	}
	n, ok := v.(map[string]int)
	return n[spans[0].From], ok
}

// tallyOf names a tally among what is remembered.
func tallyOf(code string, spans []Span) string { return fmt.Sprintf("tally %q %v", code, spans) }

// countCodes counts from the index of codes alone, beginning at the rarest.
func (s *Store) countCodes(ctx context.Context, o Owner, w Who, k *Kind, spans []Span) (int, error) {
	first, _, err := s.rarest(ctx, o, w, k, spans)
	if err != nil {
		return 0, err
	}
	b := asking{args: []any{o.ID, k.Name}}
	b.add(`SELECT COUNT(*) FROM code o WHERE o.owner = $1 AND o.kind = $2`)
	b.in("o", spans[first])
	b.lie(without(spans, first), "o.dossier")
	if !s.everywhere(o, w, k) {
		b.standing(s, w, "o.dossier")
	}
	var n int
	err = s.c.DB.Read(ctx, func(tx db.Tx) error { return tx.Row(ctx, b.String(), b.args...).Scan(&n) })
	return n, err
}

// rarest says which of several spans has the fewest dossiers, and how many.
func (s *Store) rarest(ctx context.Context, o Owner, w Who, k *Kind, spans []Span) (first, n int, err error) {
	if len(spans) == 1 {
		return 0, 0, nil
	}
	for i, x := range spans {
		m, err := s.count(ctx, o, w, k, Query{Spans: []Span{x}})
		if err != nil {
			return 0, 0, err
		}
		if i == 0 || m < n {
			first, n = i, m
		}
	}
	return first, n, nil
}

func without(spans []Span, i int) []Span { return slices.Delete(slices.Clone(spans), i, i+1) }

// Tally counts the dossiers of a kind by the values of one of its codes, of those that the actor may know of and whose codes
// lie in all the spans. It reads the codes and nothing else.
func (s *Store) Tally(ctx context.Context, w Who, kind, code string, of ...Span) (map[string]int, error) {
	o, err := s.owner(w)
	if err != nil {
		return nil, err
	}
	k, err := s.c.Registry.kind(kind)
	if err != nil {
		return nil, err
	}
	spans := Query{Spans: of}.spans()
	out, err := remembered(s, o, w, k, tallyOf(code, spans), func() (map[string]int, error) {
		b := asking{args: []any{o.ID, k.Name}}
		b.add(`SELECT o.value, COUNT(*) FROM code o WHERE o.owner = $1 AND o.kind = $2 AND o.name = %s`, code)
		b.lie(spans, "o.dossier")
		if !s.everywhere(o, w, k) {
			b.standing(s, w, "o.dossier")
		}
		b.add(` GROUP BY o.value`)
		return s.tallied(ctx, b)
	})
	return maps.Clone(out), err
}

func (s *Store) tallied(ctx context.Context, b asking) (map[string]int, error) {
	out := map[string]int{}
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		clear(out)
		rows, err := tx.Query(ctx, b.String(), b.args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var value string
			var n int
			if err := rows.Scan(&value, &n); err != nil {
				return err
			}
			out[value] = n
		}
		return rows.Err()
	})
	return out, err
}

// Pairs gives, for each value of one code, the values of another that dossiers with it have, in order and each once: of the
// dossiers of a kind that the actor may know of and whose codes lie in all the spans. It reads the codes and nothing else, in
// one walk over those that have the first; it keeps nothing (Remembered does).
func (s *Store) Pairs(ctx context.Context, w Who, kind, code, with string, of ...Span) (map[string][]string, error) {
	o, err := s.owner(w)
	if err != nil {
		return nil, err
	}
	k, err := s.c.Registry.kind(kind)
	if err != nil {
		return nil, err
	}
	b := s.pairsSQL(o, w, k, code, with, of)
	out := map[string][]string{}
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		clear(out)
		rows, err := tx.Query(ctx, b.String(), b.args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var value, other string
			if err := rows.Scan(&value, &other); err != nil {
				return err
			}
			out[value] = append(out[value], other)
		}
		return rows.Err()
	})
	for value, others := range out {
		slices.Sort(others)
		out[value] = slices.Compact(others)
	}
	return out, err
}

// pairsSQL begins at the first code: CROSS JOIN is the order in which SQLite is to go.
func (s *Store) pairsSQL(o Owner, w Who, k *Kind, code, with string, of []Span) asking {
	b := asking{args: []any{o.ID, k.Name}}
	b.add(`SELECT o.value, x.value FROM code o CROSS JOIN code x WHERE o.owner = $1 AND o.kind = $2 AND o.name = %s AND x.owner = $1 AND x.dossier = o.dossier AND x.name = %s`, code, with)
	b.lie(Query{Spans: of}.spans(), "o.dossier")
	if !s.everywhere(o, w, k) {
		b.standing(s, w, "o.dossier")
	}
	return b
}

// ordered gives a page in the order of a code.
func (s *Store) ordered(ctx context.Context, o Owner, w Who, k *Kind, q Query) (Page, error) {
	from := atOrder
	if spans := q.besides(); slices.ContainsFunc(spans, Span.one) {
		var err error
		if from, err = s.start(ctx, o, w, k, q.By, spans); err != nil || from == nowhere {
			return Page{}, errors.Join(err, q.checkCursor())
		}
	}
	text, args, err := s.orderedSQL(o, w, k, q, from)
	if err != nil {
		return Page{}, err
	}
	return s.rows(ctx, o, w, k, q, text, args)
}

// Where a list in the order of a code begins, besides at one of its spans.
const (
	atOrder = -1 // it walks the order until a page is full
	nowhere = -2 // nothing is to be found
)

// start says where a list begins: it walks the order and asks about each dossier, unless so few of many fit that it is
// quicker to sort all that have the rarest code.
func (s *Store) start(ctx context.Context, o Owner, w Who, k *Kind, by string, spans []Span) (int, error) {
	n, err := s.count(ctx, o, w, k, Query{Spans: spans})
	if err != nil || n == 0 {
		return nowhere, err
	}
	first, rare, err := s.rarest(ctx, o, w, k, spans)
	if len(spans) == 1 {
		rare = n
	}
	if err != nil {
		return atOrder, err
	}
	all, err := s.count(ctx, o, w, k, Query{Spans: []Span{{Name: by}}})
	if err != nil || rare < PageSize*all/n {
		return first, err
	}
	return atOrder, nil
}

func (q Query) checkCursor() error {
	if q.After == "" {
		return nil
	}
	_, _, err := q.afterValue()
	return err
}

// besides gives the spans of codes other than the one that orders.
func (q Query) besides() []Span {
	return slices.DeleteFunc(q.spans(), func(x Span) bool { return x.Name == q.By })
}

// one says whether a span is of one value.
func (x Span) one() bool { return x.From == x.To && x.From != "" }

// orderedSQL makes the query of a list in the order of a code. from says which span it begins at; atOrder is at none.
func (s *Store) orderedSQL(o Owner, w Who, k *Kind, q Query, from int) (string, []any, error) {
	spans := q.besides()
	b := asking{args: []any{o.ID, k.Name}}
	b.add(`SELECT d.id, d.revision, d.state, d.due, d.assignee, d.opened, d.updated FROM `)
	if from == atOrder {
		b.add(`code o, dossier d WHERE o.owner = $1 AND o.kind = $2 AND o.name = %s AND d.owner = $1 AND d.id = o.dossier`, q.By)
	} else { // CROSS JOIN is the order in which SQLite is to go
		b.add(`code f CROSS JOIN code o CROSS JOIN dossier d WHERE f.owner = $1 AND f.kind = $2`)
		b.in("f", spans[from])
		b.add(` AND o.owner = $1 AND o.dossier = f.dossier AND o.name = %s AND d.owner = $1 AND d.id = o.dossier`, q.By)
		spans = without(spans, from)
	}
	if !s.everywhere(o, w, k) {
		b.standing(s, w, "d.id")
	}
	b.narrow(q)
	at := false // all have one value
	for _, x := range q.spans() {
		if x.Name == q.By {
			b.within("o.value", x)
			at = at || x.one()
		}
	}
	b.lie(spans, "o.dossier")
	if q.After != "" {
		value, id, err := q.afterValue()
		if err != nil {
			return "", nil, err
		}
		if at {
			b.add(` AND o.dossier > %s`, id)
		} else {
			x := b.arg(value) // twice, the second time in a form that an index can begin at
			b.add(` AND (o.value > ` + x + ` OR (o.value = ` + x + ` AND o.dossier > ` + b.arg(id) + `)) AND o.value >= ` + x)
		}
	}
	b.add(fmt.Sprintf(` ORDER BY o.value, o.dossier LIMIT %d`, q.Limit+1))
	return b.String(), b.args, nil
}
