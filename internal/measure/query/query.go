// SPDX-License-Identifier: EUPL-1.2

// Package query counts: a Query says which records of which source, of which days, parted by which columns, and Run gives
// the numbers. A query is a text that can be kept, and the same text over the same records gives the same numbers: a figure
// that cannot be traced to its query does not go out.
//
// Blank is unknown, which is an answer of its own and never "no". A share is over the records with any known answer: of five
// people of whom one suffered labour, one sexual and one other exploitation, one both of the first two, and one of whom nobody
// knows, shares are 50, 50 and 25 %.
//
// What Run gives is exact and for the office alone. What leaves is a release (packages exact and pooled) or a protected figure.
package query

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Query asks for numbers. Its text (Text) is its identity.
type Query struct {
	Source  string `json:"source"`
	Version string `json:"version"` // of the source's columns
	From    string `json:"from"`    // first day: 2026-01-01
	Until   string `json:"until"`   // last day, inclusive
	// Where narrows to records that give one of the answers, for each column named. Of a column that takes several answers,
	// to those that give any of them. "unknown" is an answer.
	Where map[string][]string `json:"where,omitempty"`
	// By parts the records by columns, at most MostBy. One that takes several answers parts into those that give each: such
	// parts overlap, and it stands alone.
	By []string `json:"by,omitempty"`
	// Share asks for each answer's share of the records with any known one: the last of By, or the only one.
	Share bool `json:"share,omitempty"`
}

// Bounds of a query.
const (
	MostBy    = 3
	mostText  = 64 << 10
	mostYears = 100
	mostCells = 1 << 20
)

// Text gives a query as it is kept: the same for equal queries.
func (q Query) Text() ([]byte, error) { return json.Marshal(q) }

// Hash names a query: the SHA-256 of its text, hexadecimal.
func (q Query) Hash() string {
	b, _ := q.Text() // strings only: it cannot fail
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Parse reads a kept query, and nothing else. Error: Invalid.
func Parse(text []byte) (Query, error) {
	var q Query
	if len(text) > mostText {
		return q, fault.New(fault.Invalid, "query.need.text")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		return q, fault.Wrap(fault.Invalid, err, "query.need.text")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return q, fault.New(fault.Invalid, "query.need.text")
	}
	return q, nil
}

// Period gives the days that are asked for. Error: Invalid.
func (q Query) Period() (source.Period, error) {
	from, err := time.Parse(time.DateOnly, q.From)
	if err != nil {
		return source.Period{}, fault.Bad("from", "query.need.day")
	}
	until, err := time.Parse(time.DateOnly, q.Until)
	if err != nil || until.Before(from) || until.Year()-from.Year() > mostYears {
		return source.Period{}, fault.Bad("until", "query.need.day")
	}
	return source.Period{From: from, Until: until.AddDate(0, 0, 1)}, nil
}

// Figure is what a query comes to.
type Figure struct {
	Query Query
	Hash  string // of the query
	Total int64  // records that Where lets through
	Cells []Cell // of By, every combination of answers that can be, "unknown" last of each column
}

// Cell is one number. Of is what its share is of: records that give any known answer, with the same answers in the other
// columns; 0 where no share was asked for, or nobody gives any, and then the share is unknown and not 0.
type Cell struct {
	Key   []string // the answers, in the order of By
	Count int64
	Of    int64
}

// Share gives the cell's share and whether it is known.
func (c Cell) Share() (float64, bool) {
	if c.Of == 0 {
		return 0, false
	}
	return float64(c.Count) / float64(c.Of), true
}

// Run counts, as w: the job "statistics". Errors: NotFound for a source that is not there, Invalid for what it does not say,
// Conflict where its columns are of another version, the source's.
func Run(ctx context.Context, sources source.Sources, w store.Who, q Query) (Figure, error) {
	s, p, err := q.check(sources)
	if err != nil {
		return Figure{}, err
	}
	records, err := s.Coded(ctx, w, p)
	if err != nil {
		return Figure{}, err
	}
	return q.count(s, records)
}

func (q Query) check(sources source.Sources) (source.Source, source.Period, error) {
	s, err := sources.Find(q.Source)
	if err != nil {
		return s, source.Period{}, err
	}
	p, err := q.Period()
	if err != nil {
		return s, p, err
	}
	if s.Version != q.Version {
		return s, p, fault.New(fault.Conflict, "query.guard.version")
	}
	for name, answers := range q.Where {
		c, ok := column(s, name)
		if !ok || len(answers) == 0 || slices.ContainsFunc(answers, func(a string) bool { return a != source.Unknown && !slices.Contains(c.Values, a) }) {
			return s, p, fault.Bad("where", "query.need.where")
		}
	}
	for i, name := range q.By {
		c, ok := column(s, name)
		if !ok || slices.Contains(q.By[:i], name) || len(q.By) > MostBy || c.Several && len(q.By) > 1 {
			return s, p, fault.Bad("by", "query.need.by")
		}
	}
	if q.Share && len(q.By) == 0 {
		return s, p, fault.Bad("by", "query.need.share")
	}
	return s, p, nil
}

func column(s source.Source, code string) (source.Column, bool) {
	i := slices.IndexFunc(s.Columns, func(c source.Column) bool { return c.Code == code })
	if i < 0 {
		return source.Column{}, false
	}
	return s.Columns[i], true
}

// coded are records as a query looks at them: where each of a source's columns stands among the coded ones.
type coded struct {
	*table.Records
	at map[string]int
}

func codedOf(s source.Source, records *table.Records) coded {
	x, n := coded{records, map[string]int{}}, 0
	for _, c := range s.Columns {
		x.at[c.Code] = n
		if n++; c.Several {
			n += len(c.Values) - 1
		}
	}
	return x
}

// Codes of a column that takes several answers, one for each value.
const (
	codeYes     = 0
	codeUnknown = 2
)

// gives says whether a record gives an answer in a column.
func (x coded) gives(c source.Column, row int, answer string) bool {
	i := slices.Index(c.Values, answer)
	switch {
	case !c.Several && i < 0:
		return int(x.Column(x.at[c.Code])[row]) == len(c.Values)
	case !c.Several:
		return int(x.Column(x.at[c.Code])[row]) == i
	case i < 0:
		return x.Column(x.at[c.Code])[row] == codeUnknown
	}
	return x.Column(x.at[c.Code] + i)[row] == codeYes
}

func (q Query) count(s source.Source, records *table.Records) (Figure, error) {
	x, f := codedOf(s, records), Figure{Query: q, Hash: q.Hash()}
	var by []source.Column
	cells := 1
	for _, name := range q.By {
		c, _ := column(s, name)
		by, cells = append(by, c), cells*(len(c.Values)+1)
	}
	if cells > mostCells {
		return f, fault.Bad("by", "query.need.by")
	}
	f.Cells = frame(by)
	for row := range x.Len() {
		if !q.lets(s, x, row) {
			continue
		}
		f.Total++
		x.put(f.Cells, by, row)
	}
	if q.Share {
		f.share(by)
	}
	if len(by) == 0 {
		f.Cells = nil
	}
	return f, nil
}

// lets says whether Where lets a record through.
func (q Query) lets(s source.Source, x coded, row int) bool {
	for name, answers := range q.Where {
		c, _ := column(s, name)
		if !slices.ContainsFunc(answers, func(a string) bool { return x.gives(c, row, a) }) {
			return false
		}
	}
	return true
}

// frame gives every combination of answers, the last column's side by side.
func frame(by []source.Column) []Cell {
	out := []Cell{{}}
	for _, c := range by {
		var next []Cell
		for _, cell := range out {
			for _, v := range append(slices.Clone(c.Values), source.Unknown) {
				next = append(next, Cell{Key: append(slices.Clone(cell.Key), v)})
			}
		}
		out = next
	}
	return out
}

// put counts a record in its cell; where the column takes several answers, in the cell of each.
func (x coded) put(cells []Cell, by []source.Column, row int) {
	if len(by) == 1 && by[0].Several {
		for i := range cells {
			if x.gives(by[0], row, cells[i].Key[0]) {
				cells[i].Count++
			}
		}
		return
	}
	at := 0
	for _, c := range by {
		at = at*(len(c.Values)+1) + int(x.Column(x.at[c.Code])[row])
	}
	cells[at].Count++
}

// share fills in what each cell is a share of. The unknown are a share of nothing.
func (f *Figure) share(by []source.Column) {
	last := by[len(by)-1]
	n := len(last.Values) + 1
	for at := 0; at < len(f.Cells); at += n {
		group := f.Cells[at : at+n]
		known := f.Total - group[n-1].Count // of a column that takes several answers, which stands alone
		if !last.Several {
			known = 0
			for _, c := range group[:n-1] {
				known += c.Count
			}
		}
		for i := range group[:n-1] {
			group[i].Of = known
		}
	}
}

// Count gives the number of records that give the answers, in the order of By; those left out are added up.
func (f Figure) Count(answers ...string) int64 {
	var n int64
	for _, c := range f.Cells {
		if len(answers) <= len(c.Key) && slices.Equal(c.Key[:len(answers)], answers) {
			n += c.Count
		}
	}
	return n
}
