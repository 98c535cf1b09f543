// SPDX-License-Identifier: EUPL-1.2

package figure

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// ToldType is the entry type of a small table that an office told.
const ToldType = "figure.told"

// Table is a protected table as it travels and is stored: the numbers of a measure, of one country or territory, or from one to
// another, in a period.
type Table struct {
	Measure string            `json:"measure"`      // code of the measure
	From    string            `json:"from"`         // country or territory, alpha-2
	To      string            `json:"to,omitempty"` // likewise, of referrals
	Period  string            `json:"period"`       // "2026-Q3", or "2026"
	K       int               `json:"k"`            // the sender's threshold
	Cells   map[string]string `json:"cells"`        // by the measure's codes: "12", "<10", "withheld"
	Queries []string          `json:"queries"`      // hashes of the queries that it was counted by
}

// Told is the payload of figure.told. Queries are the hashes of the queries that it was counted by. Written by the post, or by
// whoever sends the office's own.
type Told struct {
	Measure string            `json:"measure" part:"D9"`
	From    string            `json:"from" part:"D9"`
	To      string            `json:"to,omitempty" part:"D9"`
	Period  string            `json:"period" part:"D9"`
	K       int               `json:"k" part:"D9"`
	Cells   map[string]string `json:"cells" part:"D9"`
	Queries []string          `json:"queries" part:"D9"`
	Office  journal.ID        `json:"office" part:"D9"` // that told it
}

func (v Told) table() Table {
	return Table{v.Measure, v.From, v.To, v.Period, v.K, v.Cells, v.Queries}
}

// Telling is a table that an office told, as it stands.
type Telling struct {
	Table
	Office journal.ID
	At     time.Time // when it was told
	Times  int       // how often with other numbers
}

// Running says that it was told before its period was over.
func (t Telling) Running() bool {
	_, until, err := Span(t.Period)
	return err == nil && t.At.Before(until)
}

// Span gives when a period begins and when it is over: a quarter or a year. Error: Invalid.
func Span(period string) (from, until time.Time, err error) {
	if y, err := strconv.Atoi(period); err == nil && len(period) == 4 && y >= 2000 && y < 2100 {
		return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(y+1, 1, 1, 0, 0, 0, 0, time.UTC), nil
	}
	q, err := ParseQuarter(period)
	if err != nil {
		return from, until, fault.Bad("period", "programme.need.quarter")
	}
	return q.Before().End(), q.End(), nil
}

// maxQueries bounds the queries behind one table.
const maxQueries = 40

// Check says what is wrong with a table, whoever made it. Error: Invalid, naming the fields.
func (t Table) Check(ctx context.Context) error {
	m, ok := Find(t.Measure)
	if !ok {
		return fault.Bad("measure", "programme.need.measure")
	}
	var fs fault.Fields
	if _, _, err := Span(t.Period); err != nil || (len(t.Period) == 4) != m.Yearly {
		fs.Add("period", "programme.need.quarter")
	}
	if !activity.IsCountry(t.From) || m.Corridor != (t.To != "") || m.Corridor && (!activity.IsCountry(t.To) || t.To == t.From) {
		fs.Add("from", "programme.need.corridor")
	}
	if len(t.Queries) == 0 || len(t.Queries) > maxQueries {
		fs.Add("queries", "programme.need.queries")
	}
	fs = append(fs, fieldsOf(m.check(ctx, t.Cells, t.K))...)
	return fs.Err()
}

// TableRef names the dossier of what an office tells of a measure, a place and a period.
func TableRef(owner, office journal.ID, t Table) store.Ref {
	return store.Ref{Kind: access.KindFigure, ID: provenance.ID("told", owner.String(), office.String(), t.Measure, t.From, t.To, t.Period)}
}

// Near says whether two tables of the same numbers differ so little that telling the second would tell of fewer than k what
// changed: some number moved by less than the threshold. Who watches a figure being corrected must not learn of one person.
func (t Table) Near(o Table) bool {
	for code, v := range t.Cells {
		a, b := rangeOf(v, t.K), rangeOf(o.Cells[code], o.K)
		if d := a.Low - b.Low; a.Exact() && b.Exact() && d != 0 && d < int64(t.K) && -d < int64(t.K) {
			return true
		}
	}
	return false
}

// Tell stores a table that office has told at a time, as w: the job "post" with the purpose "exchange", or whoever of this
// office may send its own. also runs in the same transaction. The same table twice changes nothing.
//
// Errors: Invalid (what Check says; a period that has not begun), Denied (the door), and what also gives.
func Tell(ctx context.Context, s *store.Store, w store.Who, office journal.ID, at time.Time, t Table, also ...store.Also) (store.Result, error) {
	if err := t.Check(ctx); err != nil {
		return store.Result{}, err
	}
	if from, _, _ := Span(t.Period); office.IsZero() || at.IsZero() || at.Before(from) {
		return store.Result{}, fault.Bad("period", "programme.need.quarter_begun")
	}
	at = at.UTC().Truncate(time.Microsecond)
	ref := TableRef(w.Actor.Owner, office, t)
	return s.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		if f := state.(Figure); f.Told.Measure != "" && (maps.Equal(f.Told.Cells, t.Cells) && f.Told.K == t.K) {
			return nil, nil
		}
		return []store.Draft{{ID: provenance.ID("figure told", ref.ID.String(), cellsText(t), at.Format(time.RFC3339Nano)), Type: ToldType, At: at, Room: room,
			Payload: Told{t.Measure, t.From, t.To, t.Period, t.K, t.Cells, t.Queries, office}}}, nil
	}, also...)
}

// cellsText writes a table's numbers in the measure's order.
func cellsText(t Table) string {
	m, _ := Find(t.Measure)
	out := strconv.Itoa(t.K)
	for _, c := range m.Cells() {
		out += " " + t.Cells[c]
	}
	return out
}

// foldTold takes in a table: of several the one told last, whatever order they came in.
func (f *Figure) foldTold(e journal.Entry) error {
	v, err := journal.In[Told](e)
	if err != nil || v.Measure == "" { // not for this reader
		return err
	}
	f.Told.Times++
	if f.Told.Times == 1 || !e.OccurredAt.Before(f.Told.At) {
		f.Told.Table, f.Told.Office, f.Told.At = v.table(), v.Office, e.OccurredAt
	}
	return nil
}

func guardTold(g *store.Guarding, f Figure, e journal.Entry) error {
	v, err := journal.In[Told](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	if g.Actor.Job == "" && v.Office != g.Owner { // people speak for their own office only
		return fault.New(fault.Guarded, "programme.guard.own_figure")
	}
	t, was := v.table(), f.Told
	if was.Measure != "" && (was.Measure != t.Measure || was.From != t.From || was.To != t.To || was.Period != t.Period || was.Office != v.Office) {
		return fault.New(fault.Invalid, "fault.invalid")
	}
	return t.Check(context.Background()) // arithmetic only, of a few dozen numbers
}

// ToldLine is what a list knows of a table.
type ToldLine struct {
	Told
	At    time.Time `json:"at" part:"D9"`
	Times int       `json:"times" part:"D9"`
}

func deriveTold(t Telling) store.Derived {
	return store.Derived{State: "told", Codes: map[string][]string{"measure": {t.Measure}, "from": {t.Office.String()}},
		Summary: ToldLine{Told{t.Measure, t.From, t.To, t.Period, t.K, t.Cells, t.Queries, t.Office}, t.At, t.Times}}
}

// Tellings gives the tables that the actor may see, latest period first; of one measure when code is not "".
func Tellings(ctx context.Context, s *store.Store, w store.Who, code string) ([]Telling, error) {
	q := store.Query{Kind: access.KindFigure, State: "told"}
	if code != "" {
		q.Codes = map[string]string{"measure": code}
	}
	var out []Telling
	err := s.First(ctx, w, q, maxList, func(r store.Row) error {
		l, err := store.Summary[ToldLine](r)
		out = append(out, Telling{l.table(), l.Office, l.At, l.Times})
		return err
	})
	if err != nil {
		return nil, err
	}
	inorder.By(out, func(a, b Telling) int {
		if c := strings.Compare(b.Period, a.Period); c != 0 {
			return c
		}
		return strings.Compare(a.Measure+a.From+a.To+a.Office.String(), b.Measure+b.From+b.To+b.Office.String())
	})
	return out, nil
}
