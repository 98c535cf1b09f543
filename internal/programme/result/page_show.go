// SPDX-License-Identifier: EUPL-1.2

package result

import (
	"context"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/packs/results"
)

// showPage is one indicator: its figure, what it means, what it is parted by, and the list behind it.
type showPage struct {
	Title, Means, Sheet string
	Crumbs              []page.Crumb
	Figure              register.Figure
	Filters             []register.Field
	Base                string
	Narrowed            bool
	Notes               []register.Note
	Facts               []page.Fact
	Tables              []page.Table
	Lists               []list
}

func (c Config) show(ctx context.Context, r *page.Request) (page.Response, error) {
	f, err := results.Default()
	if err != nil {
		return nil, err
	}
	x, ok := f.Find(r.PathValue("id"))
	if !ok {
		return nil, fault.New(fault.NotFound, "store.not_found")
	}
	chosen, codes, filters, err := c.chosen(ctx, r)
	if err != nil {
		return nil, err
	}
	w := register.As(r)
	m, err := c.one(ctx, w, r.L, r.Now, x, chosen)
	if err != nil {
		return nil, err
	}
	if r.URL.Query().Get("as") == "csv" {
		return page.Sheet("result-"+x.ID+".csv", behindSheet(r.L, m))
	}
	at, err := turnedTo(r)
	if err != nil {
		return nil, err
	}
	d := c.shown(r.L, f, m, codes, filters, at)
	if len(d.Lists) == 0 && at != (leaf{}) {
		return nil, fault.Bad("after", "store.bad_cursor")
	}
	if x.Adds == results.Rate && at == (leaf{}) {
		ts, err := c.rates(ctx, w, r.L, x, m.Value.Items)
		if err != nil {
			return nil, err
		}
		d.Tables = append(ts, d.Tables...)
	}
	return page.View("result/show", r.L.T("result.one"), d), nil
}

func (c Config) shown(l *lang.Locale, f results.Framework, m Measured, codes map[string]string, filters []register.Field, at leaf) showPage {
	x, v := m.Indicator, m.Value
	title := x.ID + " · " + x.Title.In(l.Tag())
	d := showPage{Title: title, Means: x.Means.In(l.Tag()), Base: Path + "/" + x.ID, Narrowed: len(codes) > 0, Filters: filters,
		Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("result.title"), Href: register.Address(Path, codes)}, {Text: x.ID}},
		Figure: register.Figure{Label: l.T("result.level." + x.Level + ".one"), Value: Print(l, x, v.Sums), Note: Beside(l, x, v.Sums)}, Facts: facts(l, f, x)}
	if s := x.Caution.In(l.Tag()); s != "" {
		d.Notes = append(d.Notes, register.Note{Tone: page.Warn, Text: s})
	}
	if x.Vocabulary != "" {
		for _, n := range f.NotToClaim {
			d.Notes = append(d.Notes, register.Note{Tone: page.Info, Title: l.T("result.not_to_claim"), Text: n.In(l.Tag())})
		}
	}
	if !v.Measured {
		return d
	}
	d.Sheet = register.Address(d.Base, codes, "as", "csv")
	if x.Adds != results.Rate && at == (leaf{}) { // a rate is by country or territory, above
		for _, by := range x.By {
			d.Tables = append(d.Tables, parted(l, m, by)...)
		}
	}
	d.Lists = lists(l, m, d.Base, codes, at)
	return d
}

func facts(l *lang.Locale, f results.Framework, x results.Indicator) []page.Fact {
	lines := page.Fact{Term: l.T("result.lines"), Text: l.T("result.lines.none")}
	if x.Lines != "" {
		lines.Text = l.T("publication.lines", "Lines", x.Lines)
	}
	var by []string
	for _, b := range x.By {
		by = append(by, l.T("result.by."+b))
	}
	out := []page.Fact{{Term: l.T("result.adds"), Text: l.T("result.adds." + x.Adds), Sub: l.T("result.adds." + x.Adds + ".text")},
		{Term: l.T("result.unit"), Text: l.T("result.unit." + strconv.Itoa(x.Measure))}, {Term: l.T("result.goals"), Text: l.List(x.Goals)}, lines,
		{Term: l.T("result.framework"), Text: f.Source.Document.In(l.Tag()), Sub: f.Version}}
	if len(by) > 0 {
		out = append(out, page.Fact{Term: l.T("result.parted"), Text: l.List(by)})
	}
	if x.Code != "" {
		out = append(out, page.Fact{Term: l.T("result.vocabulary"), Text: x.Code, Sub: l.T("result.vocabulary.of", "Vocabulary", x.Vocabulary)})
	}
	return out
}

// parted is a figure by one of its dimensions; nothing where there is nothing to part.
func parted(l *lang.Locale, m Measured, by string) []page.Table {
	parts := m.Value.Parts(m.Indicator, by, m.Of)
	if len(parts) == 0 || m.Adds == results.List {
		return nil
	}
	what := l.T("result.by." + by)
	t := page.Table{Caption: l.T("result.by", "By", begun(what, unicode.ToLower)), Columns: []page.Column{{Text: begun(what, unicode.ToUpper)}, {Text: l.T("result.value")}}}
	inorder.Stably(parts, func(a, b Part) int { return rank(a) - rank(b) })
	for _, p := range parts {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: named(l, p.Word)}, {Text: Print(l, m.Indicator, p.Value.Sums), Sub: Beside(l, m.Indicator, p.Value.Sums)}}})
	}
	return []page.Table{t}
}

// begun gives words with their first letter as a head, or a place within a sentence, wants it.
func begun(s string, as func(rune) rune) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(as(r)) + s[n:]
}

// rank puts what says nothing last.
func rank(p Part) int {
	if p.Word == (Word{}) {
		return 1
	}
	return 0
}

// partners gives the programme's partner countries or territories.
func (c Config) partners(ctx context.Context, w store.Who) ([]string, error) {
	rows, err := register.All[scheme.Line](ctx, c.Store, w, store.Query{Kind: access.KindProgramme})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	latest := slices.MaxFunc(rows, func(a, b register.Found[scheme.Line]) int { return a.V.Year - b.V.Year })
	o, err := c.Store.Open(ctx, w, store.Ref{Kind: access.KindProgramme, ID: latest.ID})
	if err != nil {
		return nil, err
	}
	return o.State.(scheme.Scheme).Partners(), nil
}
