// SPDX-License-Identifier: EUPL-1.2

package explorer

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/atlas"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// sheet is the page.
type sheet struct {
	Lang, Dir, Theme string
	Policy           string
	Style            template.CSS
	Script           template.JS
	Data             template.JS
	L                words

	Offices string
	Tab     string // what the browser's tab says
	Title   said
	Means   said
	Facts   []fact
	Others  []Other
	Back    string

	All     *shown // the one number of all
	AllName string
	Legend  []legend
	Cards   []card
	Years   bool
	Map     *region
	Flows   *flows
	Cross   bool
	Past    *past
	Synth   bool
	Ranged  bool // figures have intervals

	Notes       []said
	Certificate Certificate
	Files       []file
}

// words lets the template ask for texts.
type words struct{ l *lang.Locale }

// T gives the text of a key of this package.
func (w words) T(key string, args ...any) string { return w.l.T("explorer."+key, args...) }

// said is a text with its language where that is not the page's.
type said struct{ Text, Lang string }

type fact struct{ Name, Text string }

type legend struct{ Kind, Text string }

// card is the table of one column, or of all columns that were opened from one that takes several answers.
type card struct {
	ID           string
	Title, Means said
	Rows         []row
	Long         bool // more rows than are shown at once
	Sized        bool // sorted by size, for their list has no order of its own
	Year         bool
	Several      bool
}

// row is one answer: the column and value that the script looks up.
type row struct {
	ID            string
	Column, Value int
	Label         said
	Unknown       bool
	Cell          shown

	size float64
}

// file is one of those beside the page.
type file struct{ Name, Hash string }

// atOnce is how many rows of a card are shown before "all".
const atOnce = 10

// region is the map, which the script colours.
type region struct {
	atlas.Map
	Names   map[string]string
	Columns []choice
}

type choice struct {
	Value int
	Text  string
}

func sheetOf(b Book, l *lang.Locale, o Options) (sheet, error) {
	r := b.Release
	v := sheet{Lang: l.Tag(), Dir: l.Dir(), Theme: o.Theme, Policy: policy(), Style: template.CSS(style), Script: template.JS(script), L: words{l}, Others: o.Others, Back: o.Back}
	v.Offices = officesOf(r, l)
	v.Title = nameOf(l, r)
	v.Tab = v.Title.Text
	if o.Back != "" {
		v.Tab = l.T("explorer.title")
	}
	v.Means = in(l, r.Population)
	v.Facts = []fact{
		{l.T("explorer.period"), period(l, r)},
		{l.T("explorer.unit"), unit(l, r.Unit)},
		{l.T("explorer.published"), moment(l, r)},
		{l.T("explorer.kept"), l.T("explorer.kept." + b.method())}}
	if x := r.Promise; x != nil && x.Choice != nil {
		v.Facts = append(v.Facts, fact{l.T("explorer.tables"), chosen(l, *x)})
	}
	find := b.finder()
	if t, ok := find(); ok {
		s := show(l, t.Cells[0], b.k(), 0)
		v.All, v.AllName = &s, l.T("explorer.all."+unitCode(l, r.Unit))
	}
	v.Legend = b.legend(l)
	v.Cards = b.cards(l)
	v.Years = slices.ContainsFunc(v.Cards, func(c card) bool { return c.Year })
	v.Map = b.region(l)
	v.Flows = b.flows(l)
	v.Cross = slices.ContainsFunc(b.Tables.Tables, func(t bundle.Table) bool { return len(t.Columns) > 1 })
	v.Past = b.past(l, o.Earlier)
	v.Synth, v.Ranged = b.Records != nil, b.method() != string(bundle.Exact)
	if n := in(l, r.Notes); n.Text != "" {
		for _, p := range strings.Split(n.Text, "\n") {
			if p = strings.TrimSpace(p); p != "" {
				v.Notes = append(v.Notes, said{p, n.Lang})
			}
		}
	}
	v.Certificate = CertificateOf(b, l)
	for _, name := range o.Files {
		v.Files = append(v.Files, file{name, r.Files[name]})
	}
	data, err := b.data(l)
	v.Data = template.JS(data)
	return v, err
}

func in(l *lang.Locale, texts map[string]string) said {
	t, tag := text(l, texts)
	return said{t, tag}
}

// method is how people are protected: by noise, or as the guard says.
func (b Book) method() string {
	if g := b.Release.Guard; g != nil && g.Method == "rounded" {
		return g.Method
	}
	return string(b.Release.Route)
}

// k is the threshold; 0 on the route of noise.
func (b Book) k() int64 {
	if b.Release.Guard == nil {
		return 0
	}
	return b.Release.Guard.K
}

func officesOf(r bundle.Release, l *lang.Locale) string {
	var names []string
	for _, o := range r.Offices {
		names = append(names, o.Name)
	}
	return l.List(names)
}

// nameOf is a release's title.
func nameOf(l *lang.Locale, r bundle.Release) said {
	if t := in(l, r.Title); t.Text != "" {
		return t
	}
	return said{l.T("explorer.title"), ""}
}

// moment words the day on which a release was published.
func moment(l *lang.Locale, r bundle.Release) string {
	if r.At.IsZero() {
		return l.T("explorer.period.unsaid")
	}
	return l.Date(r.At)
}

// period words from when until when a release speaks.
func period(l *lang.Locale, r bundle.Release) string {
	if r.From == "" || r.Until == "" {
		return l.T("explorer.period.unsaid")
	}
	return l.T("explorer.period.from", "From", day(l, r.From), "Until", day(l, r.Until))
}

// day words a day written 2026-01-01; what is no day stays as it is.
func day(l *lang.Locale, s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return l.Date(t)
}

// unitCode is a unit that has words; one that has none is counted as records.
func unitCode(l *lang.Locale, code string) string {
	if !l.Has("explorer.all." + code) {
		return "record"
	}
	return code
}

func unit(l *lang.Locale, code string) string { return l.T("explorer.unit." + unitCode(l, code)) }

// finder gives the table of some columns, by their numbers.
func (b Book) finder() func(columns ...int) (bundle.Table, bool) {
	at := map[string]int{}
	for i, t := range b.Tables.Tables {
		if s, err := b.Release.Set(t); err == nil { // as check has made sure of
			at[s.Key()] = i
		}
	}
	return func(columns ...int) (bundle.Table, bool) {
		i, ok := at[table.SetOf(columns...).Key()]
		if !ok {
			return bundle.Table{}, false
		}
		return b.Tables.Tables[i], true
	}
}

// legend explains the looks that occur, in the order of a fixed list.
func (b Book) legend(l *lang.Locale) []legend {
	found := map[string]bool{}
	for _, t := range b.Tables.Tables {
		for _, c := range t.Cells {
			found[kinds[c.Flag].look] = true
		}
	}
	var out []legend
	for _, look := range []string{"told", "estimated", "noise", "rounded", "below", "withheld"} {
		if found[look] {
			out = append(out, legend{look, l.T("explorer.legend."+look, "K", l.Number(b.k()))})
		}
	}
	if b.Records != nil {
		out = append(out, legend{"synthetic", l.T("explorer.legend.synthetic")})
	}
	return out
}

// cards gives a card for each column that was measured alone. Columns that were opened from one that takes several answers
// ("form.labour", "form.begging": yes, no, unknown) share one, with a row for each "yes".
func (b Book) cards(l *lang.Locale) []card {
	find, columns := b.finder(), b.Release.Columns
	var out []card
	for i := 0; i < len(columns); i++ {
		n := b.together(i)
		if n > 1 {
			if c, ok := b.several(l, i, n); ok {
				out = append(out, c)
			}
			i += n - 1
			continue
		}
		t, ok := find(i)
		if !ok {
			continue
		}
		col := columns[i]
		c := card{ID: "c" + strconv.Itoa(i), Title: title(l, col), Means: in(l, col.Means), Sized: nations(l, col), Year: yearly(col)}
		for v := range col.Values {
			c.Rows = append(c.Rows, b.row(l, i, v, t))
		}
		out = append(out, b.finish(l, c, func(r row) bundle.Cell { return t.Cells[r.Value] }))
	}
	return out
}

func (b Book) row(l *lang.Locale, column, value int, t bundle.Table) row {
	col := b.Release.Columns[column]
	r := row{ID: rowID(column, value), Column: column, Value: value, Label: label(l, col, value), Unknown: col.Values[value] == unknown}
	if c := t.Cells[value]; c.Value != nil {
		r.size = *c.Value
	}
	return r
}

// unknown is the code of a blank.
const unknown = source.Unknown

// finish sorts a card's rows, and draws them on one scale.
func (b Book) finish(l *lang.Locale, c card, cell func(row) bundle.Cell) card {
	if c.Sized {
		inorder.Stably(c.Rows, func(x, y row) int {
			switch {
			case x.Unknown != y.Unknown:
				if x.Unknown {
					return 1
				}
				return -1
			case x.size > y.size:
				return -1
			case x.size < y.size:
				return 1
			}
			return 0
		})
	}
	most := 0.0
	for _, r := range c.Rows {
		most = max(most, reach(cell(r)))
	}
	for i, r := range c.Rows {
		c.Rows[i].Cell = show(l, cell(r), b.k(), most)
	}
	c.Long = len(c.Rows) > atOnce+2
	return c
}

// together says how many columns from one on belong together: the same code before the dot, "yes" first in each.
func (b Book) together(i int) int {
	stem, _, ok := strings.Cut(b.Release.Columns[i].Code, ".")
	if !ok {
		return 1
	}
	n := 0
	for _, c := range b.Release.Columns[i:] {
		if s, _, ok := strings.Cut(c.Code, "."); !ok || s != stem || c.Values[0] != "yes" {
			break
		}
		n++
	}
	return max(n, 1)
}

// several makes the card of columns that belong together. Their titles are "what is asked: the answer".
func (b Book) several(l *lang.Locale, from, n int) (card, bool) {
	find := b.finder()
	c := card{ID: "c" + strconv.Itoa(from), Several: true, Means: in(l, b.Release.Columns[from].Means)}
	cells := map[string]bundle.Cell{}
	add := func(r row, cell bundle.Cell) { c.Rows, cells[r.ID] = append(c.Rows, r), cell }
	for i := from; i < from+n; i++ {
		t, ok := find(i)
		if !ok {
			continue
		}
		asked, answer := b.parted(l, i)
		r := b.row(l, i, 0, t)
		r.Label = answer
		if c.Title.Text == "" {
			c.Title = asked
		}
		add(r, t.Cells[0])
	}
	if t, ok := find(from); ok {
		if v := slices.Index(b.Release.Columns[from].Values, unknown); v >= 0 {
			add(b.row(l, from, v, t), t.Cells[v])
		}
	}
	if len(c.Rows) == 0 {
		return c, false
	}
	return b.finish(l, c, func(r row) bundle.Cell { return cells[r.ID] }), true
}

// parted parts a title at its colon, or where it is the code, at its dot; else it heads both the card and the row.
func (b Book) parted(l *lang.Locale, i int) (asked, answer said) {
	c, at := b.Release.Columns[i], ":"
	t := title(l, c)
	if t.Text == c.Code {
		at = "."
	}
	before, after, ok := strings.Cut(t.Text, at)
	if !ok {
		return t, t
	}
	return said{strings.TrimRight(before, " \u00a0\u202f"), t.Lang}, said{strings.TrimSpace(after), t.Lang}
}

// title is a column's title, or its code.
func title(l *lang.Locale, c bundle.Column) said {
	if t := in(l, c.Title); t.Text != "" {
		return t
	}
	return said{c.Code, ""}
}

// nations says whether a column's values are countries or territories: it says so, or all of its values are codes of such.
func nations(l *lang.Locale, c bundle.Column) bool {
	if c.List != "" {
		return c.List == "country"
	}
	n := 0
	for _, v := range c.Values {
		if v == unknown {
			continue
		}
		if n++; len(v) != 2 || v != strings.ToUpper(v) || l.Country(v) == v {
			return false
		}
	}
	return n > 2
}

// label words a value: the release's own word, a country's name, or the code itself.
func label(l *lang.Locale, c bundle.Column, value int) said {
	code := c.Values[value]
	own, _, _ := strings.Cut(l.Tag(), "-")
	if w := c.Words[own][code]; w != "" {
		return said{w, l.Foreign(own)}
	}
	if code == unknown {
		return said{l.T("explorer.unknown"), ""}
	}
	if nations(l, c) {
		return said{l.Country(code), ""}
	}
	if w := c.Words["en"][code]; w != "" {
		return said{w, l.Foreign("en")}
	}
	return said{code, ""}
}

// yearly says whether a column's values are years.
func yearly(c bundle.Column) bool {
	years := 0
	for _, v := range c.Values {
		if v == unknown {
			continue
		}
		if _, err := strconv.Atoi(v); err != nil || len(v) != 4 {
			return false
		}
		years++
	}
	return years > 1
}

// region gives the map where a column of countries was measured.
func (b Book) region(l *lang.Locale) *region {
	find := b.finder()
	m := &region{Map: atlas.Region(), Names: map[string]string{}}
	for i, c := range b.Release.Columns {
		_, ok := find(i)
		if ok && nations(l, c) && slices.ContainsFunc(c.Values, func(v string) bool { return m.has(v) }) {
			m.Columns = append(m.Columns, choice{i, title(l, c).Text})
		}
	}
	if len(m.Columns) == 0 {
		return nil
	}
	for _, t := range m.Territories {
		m.Names[t.Code] = l.Country(t.Code)
	}
	return m
}

func (m *region) has(code string) bool {
	return slices.ContainsFunc(m.Territories, func(t atlas.Territory) bool { return t.Code == code })
}
