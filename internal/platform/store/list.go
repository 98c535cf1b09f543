// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// PageSize is the most rows that List gives at once: each is authorised on its own.
const PageSize = 50

// Query says which dossiers of a kind to list. All conditions are on clear columns.
type Query struct {
	Kind     string
	State    string            // "" for any
	Codes    map[string]string // name -> value, all must hold
	Spans    []Span            // likewise, all must hold
	Assignee journal.ID        // zero for any
	DueBy    time.Time         // zero for any; else those due at or before it
	DueAfter time.Time         // zero for any; else those due after it
	ByDue    bool              // order by due, earliest first; else by last change, latest first
	By       string            // order by the values of this code instead, of which each has at most one (or one that a span asks for); what has none is left out
	After    string            // cursor of the page before
	Limit    int               // 0 means PageSize
	// Show lists the personal categories that a row's summary is to show, as far as the actor may see them. Others stay
	// sealed: a list masks names unless they were asked for, and what was not opened is not noted as read.
	Show []journal.Category
}

// Row is one dossier in a list.
type Row struct {
	Ref       Ref
	Revision  int64
	State     string
	Due       time.Time
	Assignee  journal.ID
	Opened    time.Time
	Updated   time.Time
	Relations []access.Relation
	// Parts are the summary's parts that were asked for and that the actor may see; decode with Summary.
	Parts map[journal.Category]json.RawMessage
}

// Summary decodes a row's summary.
func Summary[T any](r Row) (T, error) {
	var v T
	err := journal.Join(r.Parts, &v)
	return v, err
}

// Page is one page of a list; Next is empty on the last.
type Page struct {
	Rows []Row
	Next string
}

// Each walks all rows of a query that the actor may know of, page by page, until f gives an error.
func (s *Store) Each(ctx context.Context, w Who, q Query, f func(Row) error) error {
	return s.First(ctx, w, q, math.MaxInt, f)
}

// First is Each for at most so many rows, for a page that must not grow with the records.
func (s *Store) First(ctx context.Context, w Who, q Query, most int, f func(Row) error) error {
	for {
		p, err := s.List(ctx, w, q)
		if err != nil {
			return err
		}
		for _, row := range p.Rows[:min(len(p.Rows), most)] {
			if err := f(row); err != nil {
				return err
			}
		}
		if most, q.After = most-len(p.Rows), p.Next; most <= 0 || q.After == "" {
			return nil
		}
	}
}

// List gives a page of the dossiers that the actor may know of. It narrows by standing in SQL where the
// actor's roles do not reach all dossiers of the kind, then authorises each row.
func (s *Store) List(ctx context.Context, w Who, q Query) (Page, error) {
	o, err := s.owner(w)
	if err != nil {
		return Page{}, err
	}
	k, err := s.c.Registry.kind(q.Kind)
	if err != nil {
		return Page{}, err
	}
	if q.Limit <= 0 || q.Limit > PageSize {
		q.Limit = PageSize
	}
	if q.By != "" {
		return s.ordered(ctx, o, w, k, q)
	}
	of, few, err := s.ofRareCode(ctx, o, k, q.spans())
	if err != nil || few && len(of) == 0 {
		return Page{}, err
	}
	few, err = s.fewOwn(ctx, o, w, k)
	if err != nil {
		return Page{}, err
	}
	sqlText, args, err := s.listSQL(o, w, k, q, of, few)
	if err != nil {
		return Page{}, err
	}
	return s.rows(ctx, o, w, k, q, sqlText, args)
}

// everywhere says whether the actor's roles reach every dossier of the kind, whoever stands to it.
func (s *Store) everywhere(o Owner, w Who, k *Kind) bool {
	return s.allowed(w, access.Read, "", access.Row{Owner: o.ID, Kind: k.Name, Facts: s.facts(o.ID)}, k.Base)
}

// rareCode is how many dossiers at most have a code that a list starts from; with a commoner one it is quicker to walk the
// dossiers in their order and ask about each until a page is full.
const rareCode = 50

// ofRareCode gives the dossiers that have one of the codes, where few have it.
func (s *Store) ofRareCode(ctx context.Context, o Owner, k *Kind, spans []Span) (of []journal.ID, few bool, err error) {
	spans = slices.DeleteFunc(spans, func(x Span) bool { return !x.one() })
	if len(spans) == 0 {
		return nil, false, nil
	}
	err = s.c.DB.Read(ctx, func(tx db.Tx) error {
		for _, x := range spans {
			found, err := ids(ctx, tx, fmt.Sprintf(`SELECT dossier FROM code WHERE owner = $1 AND kind = $2 AND name = $3 AND value = $4 LIMIT %d`, rareCode+1), []any{o.ID, k.Name, x.Name, x.From})
			if err != nil || len(found) <= rareCode {
				of, few = found, err == nil
				return err
			}
		}
		return nil
	})
	return of, few, err
}

// fewFiles is how many standings at most an actor has whose list starts from them: with more it is quicker to walk the
// dossiers in their order and ask about each until a page is full. Without it, somebody with thirty files in a large office
// would wait while all the others are asked about.
const fewFiles = 200

// fewOwn says whether an actor who does not reach all dossiers of a kind stands to few.
func (s *Store) fewOwn(ctx context.Context, o Owner, w Who, k *Kind) (bool, error) {
	if s.everywhere(o, w, k) {
		return false, nil
	}
	var n int
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM standing WHERE owner = $1 AND actor = $2 LIMIT %d) AS x`, fewFiles+1), o.ID, w.Actor.ID).Scan(&n)
	})
	return n <= fewFiles, err
}

// listSQL makes the query of a list by last change or by due date; of lists the dossiers that it is made of, where that is
// known, and few says that the actor stands to few.
func (s *Store) listSQL(o Owner, w Who, k *Kind, q Query, of []journal.ID, few bool) (string, []any, error) {
	b := asking{args: []any{o.ID, k.Name}}
	b.add(`SELECT d.id, d.revision, d.state, d.due, d.assignee, d.opened, d.updated FROM dossier d WHERE d.owner = $1`)
	switch {
	case len(of) > 0:
		var list string
		list, b.args = db.In(b.args, of)
		b.add(` AND d.` + ofKind + ` AND d.id IN (` + list + `)`)
	case few:
		b.add(` AND d.`+ofKind+` AND d.id IN (SELECT s.dossier FROM standing s WHERE s.owner = $1 AND s.actor = %s AND s.until > %s)`, w.Actor.ID, db.Micros(s.now()))
	default:
		b.add(` AND d.kind = $2`)
	}
	if (len(of) > 0 || !few) && !s.everywhere(o, w, k) {
		b.standing(s, w, "d.id")
	}
	b.narrow(q)
	b.lie(q.spans(), "d.id")
	column, order, than := "d.updated", "DESC", "<"
	if q.ByDue {
		column, order, than = "d.due", "ASC", ">"
	}
	if q.After != "" {
		at, id, err := readCursor(q.After)
		if err != nil {
			return "", nil, err
		}
		x, y := b.arg(at), b.arg(id)
		b.add(fmt.Sprintf(` AND (%s %s %s OR (%s = %s AND d.id %s %s))`, column, than, x, column, x, than, y))
	}
	b.add(fmt.Sprintf(` ORDER BY %s %s, d.id %s LIMIT %d`, column, order, order, q.Limit+1))
	return b.String(), b.args, nil
}

// asking is a query in the making.
type asking struct {
	strings.Builder
	args []any
}

// arg adds a value and gives its place.
func (b *asking) arg(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// add writes a piece of the query, with values in the places of its %s.
func (b *asking) add(text string, values ...any) {
	for _, v := range values {
		text = strings.Replace(text, "%s", b.arg(v), 1)
	}
	b.WriteString(text)
}

// standing asks that the actor stands to a dossier.
func (b *asking) standing(s *Store, w Who, dossier string) {
	b.add(` AND EXISTS (SELECT 1 FROM standing s WHERE s.owner = $1 AND s.actor = %s AND s.dossier = `+dossier+` AND s.until > %s)`, w.Actor.ID, db.Micros(s.now()))
}

// narrow asks for what stands in a dossier's own columns.
func (b *asking) narrow(q Query) {
	if q.State != "" {
		b.add(` AND d.state = %s`, q.State)
	}
	if !q.Assignee.IsZero() {
		b.add(` AND d.assignee = %s`, q.Assignee)
	}
	if !q.DueBy.IsZero() {
		b.add(` AND d.due <= %s`, db.Micros(q.DueBy))
	}
	if !q.DueAfter.IsZero() {
		b.add(` AND d.due > %s AND d.due < %s`, db.Micros(q.DueAfter), int64(never))
	}
}

// lie asks that a dossier has codes that lie in spans: by the dossier, whose kind is known, so that nobody walks all that have
// the code.
func (b *asking) lie(spans []Span, dossier string) {
	for _, x := range spans {
		b.add(` AND EXISTS (SELECT 1 FROM code c WHERE c.owner = $1 AND c.dossier = ` + dossier)
		b.in("c", x)
		b.add(`)`)
	}
}

// in asks that a row of the table code lies in a span.
func (b *asking) in(table string, x Span) {
	b.add(` AND `+table+`.name = %s`, x.Name)
	b.within(table+".value", x)
}

// within asks that a value lies in a span.
func (b *asking) within(value string, x Span) {
	if x.one() {
		b.add(` AND `+value+` = %s`, x.From)
		return
	}
	if x.From != "" {
		b.add(` AND `+value+` >= %s`, x.From)
	}
	if x.To != "" {
		b.add(` AND `+value+` <= %s`, x.To)
	}
}

// afterValue reads the cursor of a list in the order of a code: where the page before ended.
func (q Query) afterValue() (string, journal.ID, error) {
	b, err := base64.RawURLEncoding.DecodeString(q.After)
	if err != nil || len(b) < len(journal.ID{}) || !utf8.Valid(b[len(journal.ID{}):]) {
		return "", journal.ID{}, fault.Bad("after", "store.bad_cursor")
	}
	return string(b[len(journal.ID{}):]), journal.ID(b[:len(journal.ID{})]), nil
}

// next makes the cursor behind a page's last row.
func (q Query) next(ctx context.Context, tx db.Tx, owner journal.ID, last Row, due int64) (string, error) {
	switch {
	case q.By != "":
		var value string
		err := tx.Row(ctx, `SELECT value FROM code WHERE owner = $1 AND dossier = $2 AND name = $3`, owner, last.Ref.ID, q.By).Scan(&value)
		return base64.RawURLEncoding.EncodeToString(append(last.Ref.ID[:], value...)), err
	case q.ByDue:
		return cursor(due, last.Ref.ID), nil
	}
	return cursor(db.Micros(last.Updated), last.Ref.ID), nil
}

// AfterDue is the cursor behind a row of a list by due date, in the list of any kind: a page that is merged of several lists
// goes on in each of them from its own last row.
func AfterDue(r Row) string { return cursor(db.Micros(r.Due), r.Ref.ID) }

func cursor(at int64, id journal.ID) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(at))
	return base64.RawURLEncoding.EncodeToString(append(b, id[:]...))
}

func readCursor(s string) (any, journal.ID, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 24 {
		return nil, journal.ID{}, fault.Bad("after", "store.bad_cursor")
	}
	return int64(binary.BigEndian.Uint64(b)), journal.ID(b[8:]), nil
}

// rows runs a list query and opens the summaries of what the actor may see.
func (s *Store) rows(ctx context.Context, o Owner, w Who, k *Kind, q Query, sqlText string, args []any) (Page, error) {
	var p Page
	var shown []ReadOf
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		found, dues, err := readRows(ctx, tx, k.Name, sqlText, args)
		if err != nil {
			return err
		}
		if len(found) > q.Limit {
			found = found[:q.Limit]
			if p.Next, err = q.next(ctx, tx, o.ID, found[len(found)-1], dues[len(found)-1]); err != nil {
				return err
			}
		}
		p.Rows, shown, err = s.openRows(ctx, tx, o, w, k, found, q.Show)
		return err
	})
	if err != nil {
		return Page{}, err
	}
	return p, s.note(ctx, w, shown)
}

func readRows(ctx context.Context, tx db.Tx, kind, sqlText string, args []any) ([]Row, []int64, error) {
	rows, err := tx.Query(ctx, sqlText, args...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	var out []Row
	var dues []int64
	for rows.Next() {
		r := Row{Ref: Ref{Kind: kind}}
		var due, opened, updated int64
		if err := rows.Scan(&r.Ref.ID, &r.Revision, &r.State, &due, &r.Assignee, &opened, &updated); err != nil {
			return nil, nil, err
		}
		if due != never {
			r.Due = db.Time(due)
		}
		r.Opened, r.Updated = db.Time(opened), db.Time(updated)
		out, dues = append(out, r), append(dues, due)
	}
	return out, dues, rows.Err()
}

// openRows authorises each row, and opens of the summaries of those that the actor may know of what was asked for.
func (s *Store) openRows(ctx context.Context, tx db.Tx, o Owner, w Who, k *Kind, found []Row, show []journal.Category) ([]Row, []ReadOf, error) {
	if len(found) == 0 {
		return nil, nil, nil
	}
	ids := make([]journal.ID, len(found))
	for i, r := range found {
		ids[i] = r.Ref.ID
	}
	standing, err := standings(ctx, tx, o.ID, w.Actor.ID, ids, s.now())
	if err != nil {
		return nil, nil, err
	}
	facts := s.facts(o.ID)
	may := func(r Row, c journal.Category) bool {
		return s.allowed(w, access.Read, "", access.Row{Owner: o.ID, Kind: k.Name, Dossier: r.Ref.ID, Relations: r.Relations, Facts: facts}, c)
	}
	visible, ids := make([]Row, 0, len(found)), ids[:0]
	for _, r := range found {
		if r.Relations = standing[r.Ref.ID]; may(r, k.Base) {
			visible, ids = append(visible, r), append(ids, r.Ref.ID)
		}
	}
	if len(visible) == 0 {
		return nil, nil, nil
	}
	asked, masked := asked(show)
	bodies, err := summaries(ctx, tx, o.ID, ids, masked)
	if err != nil {
		return nil, nil, err
	}
	keys, err := o.Keys.LoadMany(ctx, tx, o.ID, ids, masked...)
	if err != nil {
		return nil, nil, err
	}
	shown := make([]ReadOf, len(visible))
	for i := range visible {
		r := &visible[i]
		if shown[i], err = r.open(keys[r.Ref.ID], bodies[r.Ref.ID], asked, func(c journal.Category) bool { return may(*r, c) }); err != nil {
			return nil, nil, err
		}
	}
	return visible, shown, nil
}

// asked gives the categories to open, what is not personal and what of the rest was asked for, and those to leave
// sealed.
func asked(show []journal.Category) (open, masked []journal.Category) {
	for _, c := range journal.Categories() {
		if c.Personal() && !slices.Contains(show, c) {
			masked = append(masked, c)
		} else {
			open = append(open, c)
		}
	}
	return open, masked
}

func (r *Row) open(keys vault.Keys, bodies map[journal.Category][]byte, asked []journal.Category, may func(journal.Category) bool) (ReadOf, error) {
	of := ReadOf{Dossier: r.Ref.ID}
	r.Parts = map[journal.Category]json.RawMessage{}
	for _, c := range asked {
		body, ok := bodies[c]
		if !ok || !may(c) {
			continue
		}
		plain, err := unseal(keys, r.Ref.ID, c, body)
		if err != nil {
			return of, err
		}
		if plain != nil {
			r.Parts[c] = plain
			of.Categories = append(of.Categories, c)
		}
	}
	return of, nil
}

func summaries(ctx context.Context, tx db.Tx, owner journal.ID, ids []journal.ID, masked []journal.Category) (map[journal.ID]map[journal.Category][]byte, error) {
	list, args := db.In([]any{owner}, ids)
	rows, err := tx.Query(ctx, `SELECT dossier, category, body FROM summary WHERE owner = $1 AND dossier IN (`+list+`)`+vault.Without(masked), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[journal.ID]map[journal.Category][]byte, len(ids))
	for rows.Next() {
		var id journal.ID
		var c journal.Category
		var body []byte
		if err := rows.Scan(&id, &c, &body); err != nil {
			return nil, err
		}
		if out[id] == nil {
			out[id] = map[journal.Category][]byte{}
		}
		out[id][c] = body
	}
	return out, rows.Err()
}

func standings(ctx context.Context, tx db.Tx, owner, actor journal.ID, ids []journal.ID, now time.Time) (map[journal.ID][]access.Relation, error) {
	list, args := db.In([]any{owner, actor, db.Micros(now)}, ids)
	rows, err := tx.Query(ctx, `SELECT dossier, relation FROM standing WHERE owner = $1 AND actor = $2 AND until > $3 AND dossier IN (`+list+`) ORDER BY dossier, relation`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[journal.ID][]access.Relation{}
	for rows.Next() {
		var id journal.ID
		var r access.Relation
		if err := rows.Scan(&id, &r); err != nil {
			return nil, err
		}
		out[id] = append(out[id], r)
	}
	return out, rows.Err()
}
