// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// item is a text on a page. Lang is set when the text is a quotation in another language than the page's. The zero
// item is "not known".
type item struct {
	Text, Href, Sub string
	Lang            string
	Tone            string // shows Text as a status
	Zero            bool   // a number that is none: shown quietly, so that the others stand out
}

func text(s string) item { return item{Text: s} }

// quoted is a text in the source's language.
func quoted(s, language string) item { return item{Text: s, Lang: language} }

// Short says that it stands on one line in a table.
func (i item) Short() bool { return page.Few(i.Text) }

func (i item) to(href string) item { i.Href = href; return i }

func (i item) with(sub string) item { i.Sub = sub; return i }

// fact is one line of facts: usually one item, sometimes several.
type fact struct {
	Term  string
	Items []item
}

func one(term string, i item) fact { return fact{term, []item{i}} }

// column and table are a table whose cells can be quotations.
type column struct {
	Text string
	Num  bool
}

type table struct {
	Caption string
	Columns []column
	Rows    [][]item
	More    item // the way to the rows that are not shown; the zero item where all are
	Empty   *page.Empty
}

func columns(l *lang.Locale, keys ...string) []column {
	var out []column
	for _, k := range keys {
		out = append(out, column{Text: l.T("programme.column." + k)})
	}
	return out
}

// lines says where a source says something: "newsletter, lines 248-253".
func lines(l *lang.Locale, src scheme.Source, where string) string {
	if where == "" {
		return ""
	}
	key := "programme.source.lines"
	if !strings.ContainsAny(where, "-,") {
		key = "programme.source.line"
	}
	return l.T(key, "Kind", kindOf(l, src), "Lines", strings.ReplaceAll(where, "-", "–"))
}

// cited says where something stands: its lines in the programme's own source, else the document that it came from and where in it.
func cited(l *lang.Locale, src scheme.Source, x party.Source) string {
	if x.Document != "" && x.Document != src.Document() {
		return x.Print(l)
	}
	return lines(l, src, x.Lines)
}

func kindOf(l *lang.Locale, src scheme.Source) string {
	if src.Kind == "" {
		return l.T("programme.source.kind.other")
	}
	return l.T("programme.source.kind." + src.Kind)
}

// span says when something is or was: one day, a beginning and an end, or as much of it as is known. "" when nothing is.
func span(l *lang.Locale, start, end party.PartialDate) string {
	switch {
	case start.Known() && end.Known() && start != end:
		return party.Between(l, "programme.dates.range", start, end)
	case start.Known() && end.Known():
		return start.Print(l)
	case start.Known():
		return l.T("programme.dates.from", "From", start.Print(l))
	case end.Known():
		return l.T("programme.dates.until", "To", end.Print(l))
	}
	return ""
}

// when says the dates of a line in a list, with what is ours marked so.
func when(l *lang.Locale, a activity.Line) item {
	if s := span(l, a.Start, a.End); s != "" {
		return text(s)
	}
	if a.DateInferred.Known() {
		return text(a.DateInferred.Print(l)).with(l.T("programme.inferred"))
	}
	if a.Since.Known() {
		return text(since(l, a.Since))
	}
	return item{}
}

// since says from when on something recurs or goes on.
func since(l *lang.Locale, d party.PartialDate) string {
	return l.T("programme.dates.since", "Since", d.Print(l))
}

var statusTones = map[activity.Status]string{"planned": page.Info, "scheduled": page.Info, "ongoing": page.Good, "funded_2021": page.Good, "entering_phase_2": page.Good,
	"recurring": page.Good, "to_be_completed": page.Warn, "held": page.Off, "delivered": page.Off, "postponed": page.Warn, "cancelled": page.Off}

func status(l *lang.Locale, s activity.Status) item {
	if s == "" {
		return item{}
	}
	return item{Text: l.T("programme.status." + string(s)), Tone: statusTones[s]}
}

// short is a priority in a few of our words; the source's stand on the home page.
func short(l *lang.Locale, n int) string {
	key := "programme.priority." + strconv.Itoa(n)
	if !l.Has(key) {
		return l.T("programme.priority.n", "N", n)
	}
	return l.T("programme.priority.named", "N", n, "Name", l.T(key))
}

// country names a country or territory; None is where the source names none.
func country(l *lang.Locale, code string) string {
	if code == activity.None {
		return l.T("programme.none.country")
	}
	return l.Country(code)
}

func countries(l *lang.Locale, codes []string) string {
	var out []string
	for _, c := range codes {
		out = append(out, l.Country(c))
	}
	return l.List(out)
}

func pillars(l *lang.Locale, codes []string) string {
	var out []string
	for _, p := range codes {
		out = append(out, l.T("programme.pillar."+p))
	}
	return l.List(out)
}

func corridor(l *lang.Locale, c activity.Corridor) string {
	if !c.Known() {
		return ""
	}
	return l.T("programme.corridor.way", "From", l.Country(c.From), "To", l.Country(c.To))
}

func quarter(l *lang.Locale, q figure.Quarter) string {
	return l.T("programme.quarter", "N", q.N, "Year", strconv.Itoa(q.Year))
}

// meaning says in plain words what a count says and does not say.
func meaning(l *lang.Locale, c figure.Count) string {
	switch {
	case !c.Measured():
		return l.T("programme.figure.meaning.not_measured")
	case c.Below() > 0:
		return l.T("programme.figure.meaning.below", "K", c.Below())
	}
	return l.T("programme.figure.meaning.number")
}

// sent says when a figure was sent, and that it can still grow when its quarter was running.
func sent(l *lang.Locale, f figure.Figure) item {
	i := text(l.Date(f.At))
	if f.Running() {
		i.Sub = l.T("programme.figure.running")
	}
	if f.Times > 1 {
		i.Sub = strings.TrimPrefix(i.Sub+l.T("lang.between")+l.N("programme.figure.corrected", f.Times-1), l.T("lang.between"))
	}
	return i
}

// published says when the source came out, as far as it is known.
func published(l *lang.Locale, s scheme.Source) string {
	switch {
	case s.Date.Known():
		return s.Date.Print(l)
	case s.From.Known() && s.To.Known():
		return l.T("programme.source.between", "From", s.From.Print(l), "To", s.To.Print(l))
	}
	return ""
}
