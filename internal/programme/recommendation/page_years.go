// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// At gives where a recommendation stood at the end of a year, in the judgement that was the latest then; there is false when it
// had not been made yet. One that says not when it was made was always there. Of a judgement's date known in part the last day
// counts, so that nothing stands earlier than somebody said so.
func (l Line) At(year int) (was State, there bool) {
	if l.On.Known() && l.On.First().Year() > year {
		return "", false
	}
	was = Unjudged
	for i, j := range l.Judged {
		if j.On.Last().Year() <= year && !slices.ContainsFunc(l.Judged[:i], func(k Was) bool { return k.On.Last().After(j.On.Last()) }) {
			was = j.State
		}
	}
	return was, true
}

// CountAt counts by state at the end of a year; those not made yet are left out.
func CountAt(rows []Row, year int) map[State]int {
	out := map[State]int{}
	for _, r := range rows {
		if was, there := r.V.At(year); there {
			out[was]++
		}
	}
	return out
}

// yearsPage compares one year with another: how many stood where at the end of each, and each record then and now.
type yearsPage struct {
	Crumbs          []page.Crumb
	Lead            string
	Years, Compared page.Table
	Tabs            []page.Tab
	Empty           *page.Empty
}

// mostYears is how far back the comparison goes.
const mostYears = 12

// years lists the years that anything was made or judged in, up to this one, the latest first.
func years(rows []Row, now int) []int {
	first := now
	for _, r := range rows {
		if r.V.On.Known() {
			first = min(first, r.V.On.First().Year())
		}
		for _, j := range r.V.Judged {
			first = min(first, j.On.Last().Year())
		}
	}
	var out []int
	for y := now; y >= first && len(out) < mostYears; y-- {
		out = append(out, y)
	}
	return out
}

func (c Config) years(ctx context.Context, r *page.Request) (page.Response, error) {
	g := c.register()
	v, x, err := g.Chosen(ctx, r)
	if err != nil {
		return nil, err
	}
	l, rows, chosen := r.L, register.Chose[Line](x), x.Codes()
	d := yearsPage{Crumbs: g.Crumbs(r, v.T("years")), Lead: l.N("recommendation.count", len(rows))}
	if len(rows) == 0 {
		d.Empty = &page.Empty{Icon: "clipboard-check", Title: v.T("empty"), Text: v.T("empty.text")}
		return page.View("recommendation/years", v.T("years"), d), nil
	}
	all := years(rows, r.Now.In(r.Zone).Year())
	d.Years = countTable(v, rows, all)
	then := all[min(1, len(all)-1)]
	for _, y := range all {
		if r.URL.Query().Get("then") == strconv.Itoa(y) {
			then = y
		}
	}
	for _, y := range all {
		d.Tabs = append(d.Tabs, page.Tab{Text: strconv.Itoa(y), Href: register.Address(Path+"/years", chosen, "then", strconv.Itoa(y)), Current: y == then})
	}
	d.Compared = compareTable(v, rows, then)
	return page.View("recommendation/years", v.T("years"), d), nil
}

func countTable(v *see, rows []Row, all []int) page.Table {
	t := page.Table{Caption: v.T("years.count"), Columns: []page.Column{{Text: v.T("years.year")}}}
	for _, s := range States() {
		t.Columns = append(t.Columns, page.Column{Text: v.T("state." + string(s)), Num: true})
	}
	for _, y := range all {
		row := page.Row{Cells: []page.Cell{{Text: strconv.Itoa(y), Href: Path + "/years?then=" + strconv.Itoa(y)}}}
		n := CountAt(rows, y)
		for _, s := range States() {
			row.Cells = append(row.Cells, page.Cell{Text: v.L.Number(n[s])})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// compareTable shows each record then and now, those that moved first.
func compareTable(v *see, rows []Row, then int) page.Table {
	t := page.Table{Caption: v.T("years.compared", "Year", strconv.Itoa(then)), Columns: []page.Column{{Text: v.T("paragraph")}, {Text: v.T("years.was", "Year", strconv.Itoa(then))}, {Text: v.T("years.now")}}}
	rows = slices.Clone(rows)
	inorder.Stably(rows, func(a, b Row) int { return stayed(a, then) - stayed(b, then) })
	for _, r := range rows {
		was := page.Cell{Text: v.T("years.not_made"), Tone: page.Off}
		if s, there := r.V.At(then); there {
			was = page.Cell{Text: v.T("state." + string(s)), Tone: tones[s]}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: v.T("at", "Paragraph", r.V.Paragraph), Href: Path + "/" + r.ID.String(), Sub: place(v.L, r.V.Made)}, was,
			{Text: v.T("state." + string(r.V.State)), Tone: tones[r.V.State], Sub: r.V.Judge}}})
	}
	return t
}

func stayed(r Row, then int) int {
	if was, there := r.V.At(then); there && was == r.V.State {
		return 1
	}
	return 0
}
