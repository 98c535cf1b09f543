// SPDX-License-Identifier: EUPL-1.2

package publication

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/programme/activity"
)

// A saved document is read where the office's pages are not: its annex holds the lists that they would show. Every number leads
// to one of them, and each list leads back.

const (
	countryList = "countries" // anchors of the annex
	amountList  = "amounts"
	sourceNote  = "source" // what lines are lines of
	lastOf      = "from-"  // before the anchor of a list: where the number stands that leads to it
	maxCodes    = 300      // how many activities a list names; more are in the list of all activities
)

// annex adds the lists behind the document's numbers to it.
func (d *Document) annex(w words) {
	d.Annex = []Block{{Heading: w.l.T("publication.annex")}, {Text: []Run{said(w.l.T("publication.annex.text"))}}}
	d.Annex = append(d.Annex, w.groups(d.groups())...)
	d.Annex = append(d.Annex, w.amounts()...)
	if d.Kind != Report {
		return
	}
	d.Annex = append(d.Annex, w.partners()...)
	for _, x := range w.rec.Results {
		d.Annex = append(d.Annex, w.behind(x)...)
	}
}

// group is a number of activities of one kind, priority or status, and the anchor of where it stands.
type group struct{ of, value, back string }

func (g group) anchor() string { return g.of + "-" + g.value }

// groups collects those that the document counts, in its order, and names the places where it does, so that their lists can lead back.
func (d *Document) groups() []group {
	var out []group
	add := func(runs []Run, back func(group) string) {
		for _, r := range runs {
			of, value, _ := strings.Cut(strings.TrimPrefix(r.inside(), "#"), "-")
			g := group{of: of, value: value}
			if !slices.Contains(narrowing(), of) || slices.ContainsFunc(out, func(o group) bool { return o.anchor() == g.anchor() }) {
				continue
			}
			g.back = back(g)
			out = append(out, g)
		}
	}
	for i := range d.Blocks {
		b := &d.Blocks[i]
		ofBlock := func(g group) string {
			b.Anchor = cmp.Or(b.Anchor, lastOf+g.anchor())
			return b.Anchor
		}
		add(b.Text, ofBlock)
		for _, x := range b.Items {
			add(x, ofBlock)
		}
		if b.Table == nil {
			continue
		}
		for n, row := range b.Table.Rows {
			for _, c := range row {
				add(c, func(g group) string {
					b.Table.Codes = append(b.Table.Codes, make([]string, max(0, n+1-len(b.Table.Codes)))...)
					b.Table.Codes[n] = cmp.Or(b.Table.Codes[n], lastOf+g.anchor())
					return b.Table.Codes[n]
				})
			}
		}
	}
	return out
}

// narrowing names what a number of activities can be narrowed to, as the list of activities has it in its address.
func narrowing() []string { return []string{"kind", "priority", "status"} }

// groups lists, for each, the activities by where they stand.
func (w words) groups(list []group) []Block {
	if len(list) == 0 {
		return nil
	}
	t := Table{Caption: w.l.T("publication.annex.groups"), Columns: w.columns("which", "records")}
	for _, g := range list {
		t.Codes = append(t.Codes, g.anchor())
		t.Rows = append(t.Rows, [][]Run{{{Text: w.group(g), In: "#" + g.back}}, w.members(g)})
	}
	return []Block{{Heading: w.l.T("publication.annex.activities"), Sub: true}, {Table: &t}}
}

func (w words) group(g group) string {
	switch {
	case g.of == "priority" && g.value == activity.None:
		return w.l.T("programme.none.priority")
	case g.of == "priority":
		n, _ := strconv.Atoi(g.value) // of a number, as of all that this document counts
		return w.priority(n)
	}
	return w.l.T("programme." + g.of + "." + g.value)
}

// members names a group's activities: where the group is one of a kind or priority, those of each status together.
func (w words) members(g group) []Run {
	all := w.rec.only(func(r *Record) bool {
		switch g.of {
		case "kind":
			return string(r.Kind) == g.value
		case "priority":
			return g.value == activity.None && len(r.Priorities) == 0 || slices.ContainsFunc(r.Priorities, func(n int) bool { return strconv.Itoa(n) == g.value })
		}
		return string(r.Status) == g.value
	})
	if g.of == "status" {
		return w.named(all)
	}
	var out []Run
	for _, st := range append(slices.Clone(activity.Statuses()), "") {
		list := slices.DeleteFunc(slices.Clone(all), func(r *Record) bool { return r.Status != st })
		if len(list) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, said(w.l.T("lang.between")))
		}
		out = append(out, said(plain(w.status(list[0]))+w.l.T("publication.colon")))
		out = append(out, w.named(list)...)
	}
	return out
}

// named names activities by their codes, each with the way to its record.
func (w words) named(list []*Record) []Run {
	out := codes(list[:min(len(list), maxCodes)])
	if more := len(list) - maxCodes; more > 0 {
		out = append(out, between(1), Run{Text: w.l.N("publication.annex.more", more), In: "#" + records})
	}
	return out
}

// amounts says where the programme's own figure stands and which activities have one.
func (w words) amounts() []Block {
	var items [][]Run
	if s := w.rec.Scheme; s.Budget.Known() {
		items = append(items, []Run{said(w.l.T("publication.budget", "Budget", joined(s.Budget.Print(w.l), s.Currency)) + w.l.T("lang.between")), w.at(s.Lines)})
	}
	if list := w.rec.only(func(r *Record) bool { return r.Amount.Known() }); len(list) > 0 {
		items = append(items, append([]Run{said(w.l.T("publication.annex.with_amount") + " ")}, w.named(list)...))
	}
	if len(items) == 0 {
		return nil
	}
	return []Block{{Heading: w.l.T("publication.annex.amounts"), Sub: true, Anchor: amountList}, {Items: items}}
}

func joined(s ...string) string {
	return strings.Join(slices.DeleteFunc(s, func(s string) bool { return s == "" }), " ")
}

// partners lists the programme's partner countries or territories with the activities in each, but for those whose place is in no
// document.
func (w words) partners() []Block {
	t := Table{Caption: w.l.T("publication.annex.partners"), Columns: w.columns("country", "records")}
	for _, c := range w.rec.Scheme.Partners() {
		list := w.rec.only(func(r *Record) bool { return !r.PlaceWithheld && slices.Contains(r.Countries, c) })
		row := [][]Run{{said(w.l.Country(c))}, w.named(list)}
		if len(list) == 0 {
			row[1] = []Run{said(w.l.T("publication.annex.nothing"))}
		}
		t.Rows = append(t.Rows, row)
	}
	return []Block{{Heading: w.l.T("publication.annex.countries"), Sub: true, Anchor: countryList}, {Table: &t}}
}

const (
	ofIndicator = "indicator-" // before an indicator's id: what stands behind it,
	rowOf       = "result-"    // and its line in the table of results
)

// behind says what an indicator counts and lists the records that it was made of.
func (w words) behind(x Result) []Block {
	l := w.l
	point := func(key, text string) []Run { return []Run{said(l.Told(l.T(key), text))} }
	about := [][]Run{{{Text: l.Told(l.T("publication.column.figure"), x.Value), In: "#" + rowOf + x.ID}}, point("publication.annex.means", x.Means), point("publication.annex.adds", x.Adds)}
	if x.Beside != "" {
		about = append(about, point("publication.column.beside", x.Beside))
	}
	if x.Protected {
		about = append(about, point("publication.annex.protected", l.T("publication.annex.protected.text")))
	}
	out := []Block{{Heading: x.Title, Sub: true, Anchor: ofIndicator + x.ID}, {Items: about}}
	for _, b := range x.Behind {
		if x.Protected {
			b.Caption = l.T("publication.annex.releases")
		}
		b.Caption = l.Told(x.ID, b.Caption) // the tables of a document are told apart
		if t := w.listed(b); len(t.Rows) > 0 {
			out = append(out, Block{Table: &t})
		}
	}
	return out
}

// listed is a list behind an indicator as a table, without columns that say nothing.
func (w words) listed(b Behind) Table {
	t := Table{Caption: b.Caption, Columns: w.columns("record", "activity", "day", "countries", "counts")}
	if b.Counts != "" {
		t.Columns[4].Text = b.Counts
	}
	if more := b.Of - len(b.Items); more > 0 {
		t.Caption += " " + w.l.N("publication.annex.bounded", more, "N", w.l.Number(len(b.Items)), "More", w.l.Number(more))
	}
	for _, i := range b.Items {
		title := []Run{{Text: i.Title, Lang: i.Lang, Href: i.Href}}
		if i.Sub != "" {
			title = append(title, said(w.l.T("lang.between")+i.Sub))
		}
		row := [][]Run{title, nil, {said(i.On)}, {said(w.l.List(w.names(i.Countries)))}, {said(i.Counts)}}
		if r, known := w.rec.named(i.Activity); known {
			if i.Href != activityPages+"/"+r.Code {
				row[1] = []Run{toRecord(r, r.Code)}
			}
			if r.PlaceWithheld {
				row[3] = w.countries(r)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return spoken(t)
}

func (w words) names(countries []string) []string {
	var out []string
	for _, c := range countries {
		out = append(out, w.l.Country(c))
	}
	return out
}

// spoken leaves out the columns in which no row says anything.
func spoken(t Table) Table {
	out := Table{Caption: t.Caption, Codes: t.Codes, Rows: make([][][]Run, len(t.Rows))}
	for c := range t.Columns {
		if c > 0 && !slices.ContainsFunc(t.Rows, func(r [][]Run) bool { return plain(r[c]) != "" }) {
			continue
		}
		out.Columns = append(out.Columns, t.Columns[c])
		for n, r := range t.Rows {
			out.Rows[n] = append(out.Rows[n], r[c])
		}
	}
	return out
}

// narrowed is the anchor of the list that an address of the list of activities asks for; "" for all of them.
func narrowed(href string) string {
	u, err := url.Parse(href)
	if err != nil || u.Path != activityPages {
		return ""
	}
	q := u.Query()
	for _, of := range narrowing() {
		if v := q.Get(of); v != "" {
			return of + "-" + v
		}
	}
	return ""
}

// at says where in the programme's source something stands, and leads to what that source is.
func (w words) at(lines string) Run {
	if lines == "" {
		return Run{Text: w.l.T("publication.annex.source"), In: "#" + sourceNote}
	}
	return Run{Text: w.l.T("publication.lines", "Lines", strings.ReplaceAll(lines, "-", "–")), In: "#" + sourceNote}
}
