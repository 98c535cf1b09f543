// SPDX-License-Identifier: EUPL-1.2

package result

import (
	"context"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/packs/results"
)

// list is a page of the records that a figure, or a part of what it leaves out, was made of.
type list struct {
	page.Table
	Prev, Next string
	Where      string // which of them they are, where they are not all
}

// leaf is which page of which list is asked for. The zero leaf is the first of each, beside what the figure is parted by.
type leaf struct {
	list string // dateless, or why its records count in neither number; "" for those behind the figure
	from int    // how many come before
}

// dateless names the list of what is in no period.
const dateless = "undated"

func turnedTo(r *page.Request) (leaf, error) {
	q := r.URL.Query()
	if q.Get("after") == "" {
		return leaf{}, nil
	}
	n, err := strconv.Atoi(q.Get("after"))
	if err != nil || n < 0 {
		return leaf{}, fault.Bad("after", "store.bad_cursor")
	}
	return leaf{q.Get("list"), n}, nil
}

// Listed is a list of records behind a figure: those that it was made of, or those that it leaves out for one reason.
type Listed struct {
	Caption string
	Items   []*Item
	name    string // in an address
}

// listed gives them, those that count first.
func listed(l *lang.Locale, v Value) []Listed {
	out := []Listed{{Caption: l.T("result.behind"), Items: v.Items}}
	for _, a := range v.Aside {
		out = append(out, Listed{l.N("result.aside."+a.Why, len(a.Items)), a.Items, a.Why})
	}
	if len(v.Undated) > 0 {
		out = append(out, Listed{l.N("result.undated", len(v.Undated)), v.Undated, dateless})
	}
	return out
}

// Behind gives the lists of records behind an indicator, over all periods; none when it is not measured.
func (c Config) Behind(ctx context.Context, w store.Who, l *lang.Locale, now time.Time, x results.Indicator) ([]Listed, error) {
	m, err := c.one(ctx, w, l, now, x, Chosen{})
	if err != nil || !m.Value.Measured {
		return nil, err
	}
	return listed(l, m.Value), nil
}

// lists gives the records of a figure, a page of each list, or the page that is asked for of one.
func lists(l *lang.Locale, m Measured, base string, codes map[string]string, at leaf) []list {
	var out []list
	for _, x := range listed(l, m.Value) {
		switch {
		case at == leaf{}:
			out = append(out, turned(l, m.Indicator, x.Caption, x.Items, base, codes, leaf{list: x.name}))
		case at.list == x.name:
			out = append(out, turned(l, m.Indicator, x.Caption, x.Items, base, codes, at))
		}
	}
	return out
}

func turned(l *lang.Locale, x results.Indicator, caption string, items []*Item, base string, codes map[string]string, at leaf) list {
	from := min(at.from, max(0, len(items)-1)) / store.PageSize * store.PageSize
	to := min(from+store.PageSize, len(items))
	out := list{Table: behind(l, x, caption, items[from:to])}
	if to-from < len(items) {
		out.Where = l.T("register.of", "N", l.T("result.tell.between", "Low", l.Number(from+1), "High", l.Number(to)), "Of", l.Number(len(items)))
	}
	turn := func(n int) string {
		if n == 0 {
			return register.Address(base, codes)
		}
		return register.Address(base, codes, "list", at.list, "after", strconv.Itoa(n))
	}
	if from > 0 {
		out.Prev = turn(from - store.PageSize)
	}
	if to < len(items) {
		out.Next = turn(to)
	}
	return out
}

func behind(l *lang.Locale, x results.Indicator, caption string, items []*Item) page.Table {
	t := page.Table{Caption: caption, Columns: []page.Column{{Text: l.T("result.record")}, {Text: l.T("register.on")}, {Text: l.T("result.by.country")}},
		Empty: &page.Empty{Icon: "clipboard-list", Title: l.T("result.none"), Text: l.T("result.none.text")}}
	if head := Counts(l, x); head != "" {
		t.Columns = append(t.Columns, page.Column{Text: head})
	}
	for _, i := range items {
		cells := []page.Cell{{Text: i.Title, Lang: i.Lang, Sub: i.Sub, Href: i.Href}, {}, {Text: register.Countries(l, i.Countries)}}
		if i.On.Known() {
			cells[1].Text = i.On.Print(l)
		}
		if Counts(l, x) != "" {
			cells = append(cells, counted(l, x, i))
		}
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	return t
}

// Counts heads the column that says what an item adds; "" where each counts as one.
func Counts(l *lang.Locale, x results.Indicator) string {
	switch x.Adds {
	case results.Ratio, results.Sum, results.Paired, results.Told:
		return l.T("result.counts." + x.Adds)
	case results.Rate:
		return l.T("result.rates.detected")
	}
	return ""
}

// CountedAs says what an item adds, in words; "" where each counts as one.
func CountedAs(l *lang.Locale, x results.Indicator, i *Item) string { return counted(l, x, i).Text }

func counted(l *lang.Locale, x results.Indicator, i *Item) page.Cell {
	switch {
	case i.Aside != "":
		return page.Cell{Text: l.T("result.counts.not"), Tone: page.Off}
	case x.Adds == results.Told:
		return page.Cell{Text: printTold(l, x, i.Told)}
	case x.Adds == results.Rate:
		return page.Cell{Text: rangeText(l, i.Told[people])}
	case x.Adds == results.Sum && i.Number.Known():
		return page.Cell{Text: i.Number.Print(l)}
	case x.Adds == results.Paired:
		return page.Cell{Text: l.T("result.pairs", "Before", l.Number(i.Pairs.Before), "After", l.Number(i.Pairs.After), "Of", l.Number(i.Pairs.Of))}
	case x.Adds == results.Ratio && i.In:
		return page.Cell{Text: l.T("result.yes"), Tone: page.Good}
	case x.Adds == results.Ratio:
		return page.Cell{Text: l.T("result.no"), Tone: page.Off}
	}
	return page.Cell{}
}
