// SPDX-License-Identifier: EUPL-1.2

package yearbook

import (
	"cmp"
	"context"
	"embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the register is shown.
const Path = "/programme/yearbook"

// Config is what the pages need. Store and Territories are required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Territories reads names of countries and territories.
	Territories func() *territory.Names
}

type see = register.See

// Room gives the pages of the register of published figures.
func Room(c Config) page.Room { return c.register().Pages() }

func (c Config) register() *register.Of[Book, Line] {
	return &register.Of[Book, Line]{Room: "yearbook", Kind: access.KindYearbook, Path: Path, Icon: "chart-bar", Store: c.Store, Names: c.Names,
		Line: func(b Book) (Line, bool) { return b.Summary(), b.Exists() }, Order: order,
		Columns: []register.Column[Line]{
			{Name: "name", Link: true, Cell: func(v *see, l Line) page.Cell {
				return page.Cell{Text: l.Name, Sub: v.L.T("intake.shape." + string(l.Shape))}
			}, Plain: func(_ *see, l Line) string { return l.Name }},
			{Name: "taken", Num: true, Cell: number(func(l Line) int { return l.Taken }), Plain: plain(func(l Line) int { return l.Taken })},
			{Name: "against", Num: true, Cell: number(func(l Line) int { return l.Against }), Plain: plain(func(l Line) int { return l.Against })},
			{Name: "left", Num: true, Cell: number(func(l Line) int { return l.Left }), Plain: plain(func(l Line) int { return l.Left })},
			{Name: "state", Cell: func(v *see, l Line) page.Cell {
				return page.Cell{Text: v.T("state." + l.state()), Tone: tones[l.state()]}
			}, Plain: func(v *see, l Line) string { return v.T("state." + l.state()) }},
		},
		Filters: []register.Filter{register.OneOf("shape", "", "intake.shape.", intake.Shapes()), register.OneOf("state", "", "yearbook.state.", []string{inUse, withdrawn})},
		More: func(v *see, _ register.Chosen) []page.Action {
			if !register.MayEdit(v.Request) {
				return nil
			}
			return []page.Action{{Text: v.T("bring"), Href: bringPath, Icon: "file-import", Primary: true}}
		},
		Title: func(_ *see, l Line) page.Cell { return page.Cell{Text: l.Name} },
		State: func(v *see, l Line) page.Mark {
			return page.Mark{Tone: tones[l.state()], Text: v.T("state." + l.state())}
		},
		Passages: func(*see, Book) []register.Passage { return nil },
		Facts:    facts, Tables: tables, Notes: notes, Past: func(_ *see, b Book) []register.Event { return b.History },
		Ways: func(v *see, b Book) []page.Action {
			return []page.Action{{Text: v.T("whole"), Href: Path + "/" + b.ID.String() + "/table", Icon: "download"}}
		},
		Acts: []register.Act[Book]{{Name: "withdraw", Type: WithdrawnType, Icon: "circle-x",
			May: func(b Book) error {
				if b.Withdrawn.On.Known() {
					return fault.New(fault.Guarded, "yearbook.guard.withdrawn")
				}
				return nil
			},
			Asks: func(Book) register.Asked { return new(Ended).Asks("yearbook") }}},
		Templates: templates,
		Routes: []page.Route{
			{Pattern: "GET " + bringPath, Handle: c.ask},
			{Pattern: "POST " + bringPath, Handle: c.take, MaxBody: 3 * MaxPage},
			{Pattern: "GET " + bringPath + "/sample", Handle: sampleFile},
			{Pattern: "GET " + Path + "/{id}/table", Handle: c.whole},
		}}
}

func order(a, b register.Found[Line]) int {
	rank := func(l Line) int { return slices.Index(intake.Shapes(), l.Shape) }
	return cmp.Or(rank(a.V)-rank(b.V), strings.Compare(a.V.Name, b.V.Name), strings.Compare(a.ID.String(), b.ID.String()))
}

var tones = map[string]string{inUse: page.Good, withdrawn: page.Off}

func number(of func(Line) int) func(*see, Line) page.Cell {
	return func(v *see, l Line) page.Cell { return page.Cell{Text: v.L.Number(of(l))} }
}

func plain(of func(Line) int) func(*see, Line) string {
	return func(v *see, l Line) string { return v.L.Number(of(l)) }
}

func facts(v *see, b Book) []page.Fact {
	x, l := b.Brought, v.L
	out := []page.Fact{{Term: v.T("shape"), Text: l.T("intake.shape." + string(x.Shape))}, {Term: v.T("taken"), Text: l.Number(x.Taken), Sub: l.N("yearbook.lines", x.Lines)},
		{Term: l.T("intake.kind.contradictory"), Text: l.Number(x.Against)}, {Term: l.T("intake.kind.dropped"), Text: l.Number(x.Left)}, {Term: l.T("intake.kind.repaired"), Text: l.Number(x.Mended)},
		{Term: v.T("hash"), Text: x.Hash[:min(16, len(x.Hash))] + "…"}}
	if b.Withdrawn.Reason != "" {
		out = append(out, page.Fact{Term: v.T("reason"), Text: b.Withdrawn.Reason, Sub: b.Withdrawn.On.Print(l)})
	}
	return out
}

// countable says that a table can be counted, or why not.
func countable(l *lang.Locale, f *intake.Figures) string {
	all, err := f.Sources("", "")
	if err != nil {
		return l.Fault(err)
	}
	if f.Shape == intake.UNODC || f.Shape == intake.Eurostat {
		says := l.N("yearbook.countable.parts", len(all))
		if len(all) == intake.MostParts {
			says += " " + l.T("yearbook.countable.most")
		}
		return says
	}
	return l.T("yearbook.countable")
}

func notes(v *see, b Book) []register.Note {
	f, err := b.Figures()
	if err != nil {
		return nil
	}
	var out []register.Note
	if !b.Summary().Ended { // what was withdrawn is not offered
		out = append(out, register.Note{Tone: page.Info, Text: v.L.Told(v.T("counting"), countable(v.L, f))})
	}
	for _, c := range f.Columns {
		for _, x := range c.Values {
			if c.List == "country" && x == "XK" {
				return append(out, register.Note{Tone: page.Info, Text: v.T("kosovo")})
			}
		}
	}
	return out
}

// mostShown is how many numbers a page shows of a table, mostColumns of records how many columns, mostValues how many values.
const (
	mostShown   = 200
	mostColumns = 12
	mostValues  = 12
)

func tables(v *see, b Book) []page.Table {
	f, err := b.Figures()
	if err != nil {
		return nil
	}
	return append(shown(v.L, f), tallies(v.L, f.Report)...)
}

// shown draws what was understood: the numbers with where they stand, columns that say one thing only left to the caption; of
// records the counts of each column.
func shown(l *lang.Locale, f *intake.Figures) []page.Table {
	if f.Rows != nil {
		return counts(l, f)
	}
	t := page.Table{Caption: l.T("yearbook.numbers")}
	var vary []int
	var same []string
	for i, c := range f.Columns {
		if len(c.Values) > 1 {
			vary = append(vary, i)
			t.Columns = append(t.Columns, page.Column{Text: called(l, c)})
		} else if len(c.Values) == 1 {
			same = append(same, l.Told(called(l, c), word(l, c, c.Values[0])))
		}
	}
	if len(same) > 0 {
		t.Caption += " · " + strings.Join(same, " · ")
	}
	t.Columns = append(t.Columns, page.Column{Text: l.T("yearbook.number"), Num: true})
	for _, c := range f.Cells[:min(len(f.Cells), mostShown)] {
		var row page.Row
		for _, i := range vary {
			row.Cells = append(row.Cells, page.Cell{Text: word(l, f.Columns[i], f.Columns[i].Values[c.At[i]])})
		}
		t.Rows = append(t.Rows, page.Row{Cells: append(row.Cells, told(l, c.Number))})
	}
	if more := len(f.Cells) - mostShown; more > 0 {
		t.Caption += " · " + l.N("yearbook.more", more)
	}
	return []page.Table{t}
}

// told shows a number as its source states it; what is not told says so and is never zero.
func told(l *lang.Locale, n intake.Number) page.Cell {
	c := page.Cell{Text: n.Text, Sub: n.Flags}
	switch {
	case n.Flags == intake.Contradicted:
		return page.Cell{Text: l.T("yearbook.contradicted"), Tone: page.Warn}
	case n.Flags == intake.Withheld:
		return page.Cell{Text: l.T("yearbook.withheld"), Tone: page.Off}
	case n.Text == "":
		c.Text = l.T("page.unknown")
	case strings.Trim(n.Text, "0123456789.-") == "":
		c.Text = l.Decimal(n.Text)
	}
	return c
}

// called gives what a column is called: its word where it is one that tables have in common, else what its file calls it.
func called(l *lang.Locale, c intake.Column) string {
	if c.Head != "" && !l.Has("yearbook.column."+c.Code) {
		return c.Head
	}
	return ofCode(l, c.Code)
}

func ofCode(l *lang.Locale, code string) string {
	if key := "yearbook.column." + code; code != "" && l.Has(key) {
		return l.T(key)
	}
	return code
}

// word gives what a value is called: the name of a country or territory, the words that all columns have, else the value itself.
func word(l *lang.Locale, c intake.Column, v string) string {
	switch {
	case slices.Contains([]string{intake.Total, intake.Unknown, intake.Other, "female", "male", "yes", "no"}, v):
		return l.T("yearbook.value." + v)
	case c.List == "country" && len(v) == 2:
		return l.Country(v)
	}
	return v
}

func counts(l *lang.Locale, f *intake.Figures) []page.Table {
	var out []page.Table
	for _, x := range f.Counts() {
		if len(out) == mostColumns {
			break
		}
		t := page.Table{Caption: called(l, x.Column), Columns: []page.Column{{Text: l.T("yearbook.value")}, {Text: l.T("yearbook.records"), Num: true}, {Text: l.T("yearbook.share"), Num: true}}}
		for i, v := range x.Column.Values[:min(len(x.Column.Values), mostValues)] {
			share := ""
			if x.Known > 0 {
				share = l.Percent(float64(x.N[i]) / float64(x.Known))
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: word(l, x.Column, v)}, {Text: l.Number(x.N[i])}, {Text: share}}})
		}
		if more := len(x.Column.Values) - mostValues; more > 0 {
			t.Caption += " · " + l.N("yearbook.more", more)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("yearbook.value.unknown")}, {Text: l.Number(x.Blank)}, {Text: "–"}}})
		out = append(out, t)
	}
	return out
}

// tallies draws what was found in a file that is not as it should be.
func tallies(l *lang.Locale, r intake.Report) []page.Table {
	if len(r.Tallies) == 0 {
		return nil
	}
	t := page.Table{Caption: l.T("yearbook.found"), Columns: []page.Column{{Text: l.T("yearbook.became")}, {Text: l.T("yearbook.why")}, {Text: l.T("yearbook.times"), Num: true}}}
	if len(r.Notes) > 0 { // while the file is at hand
		t.Columns = append(t.Columns, page.Column{Text: l.T("yearbook.at")})
	}
	for _, x := range r.Tallies {
		row := []page.Cell{{Text: l.T("intake.kind." + string(x.Kind)), Tone: kindTones[x.Kind]}, {Text: l.T("intake.why." + x.Why), Sub: ofCode(l, x.Column)}, {Text: l.Number(x.N)}}
		if len(r.Notes) > 0 {
			row = append(row, page.Cell{Text: places(l, r, x)})
		}
		t.Rows = append(t.Rows, page.Row{Cells: row})
	}
	return []page.Table{t}
}

var kindTones = map[intake.Kind]string{intake.Contradictory: page.Bad, intake.Dropped: page.Warn, intake.Repaired: page.Info}

// mostLines is how many places are named of one finding.
const mostLines = 5

// places names the first lines of a finding, with what the file says there while it is at hand.
func places(l *lang.Locale, r intake.Report, x intake.Tally) string {
	var out []string
	for _, n := range r.Notes {
		if n.Kind != x.Kind || n.Why != x.Why || n.Column != x.Column || len(out) == mostLines {
			continue
		}
		text := l.T("yearbook.line", "N", l.Number(n.Line))
		if n.Said != "" {
			text = l.Told(text, n.Said)
		}
		out = append(out, text)
	}
	return strings.Join(out, " · ")
}

// whole gives the table as it was understood, as a file.
func (c Config) whole(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	o, err := c.Store.Open(ctx, register.As(r), store.Ref{Kind: access.KindYearbook, ID: id})
	if err != nil {
		return nil, err
	}
	f, err := o.State.(Book).Figures()
	if err != nil {
		return nil, err
	}
	return page.Rows("figures.csv", func(put func([]string) error) error { return f.Rewrite(put) }), nil
}
