// SPDX-License-Identifier: EUPL-1.2

package explorer

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// past sets releases of the same source side by side, the oldest first and this one last.
type past struct {
	Periods  []string
	Warnings []string
	Tables   []pastTable
}

type pastTable struct {
	Title said
	Rows  []pastRow
}

type pastRow struct {
	Label  said
	Cells  []shown
	Change string
}

// mostPast is how many rows of a column are set side by side: the largest now.
const mostPast = 12

// past compares with earlier releases of the same source; nil where there are none.
func (b Book) past(l *lang.Locale, earlier []Book) *past {
	var all []Book
	for _, e := range earlier {
		if e.Release.Source == b.Release.Source && e.Release.ID != b.Release.ID {
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		return nil
	}
	inorder.Stably(all, func(x, y Book) int {
		if x.Release.From < y.Release.From {
			return -1
		}
		return 1
	})
	all = append(all, b)
	p := &past{}
	alike := true
	for _, e := range all {
		p.Periods = append(p.Periods, period(l, e.Release))
		alike = alike && e.Release.Version == b.Release.Version && e.Release.Unit == b.Release.Unit
	}
	if !alike {
		p.Warnings = append(p.Warnings, l.T("explorer.past.versions"))
	}
	if slices.ContainsFunc(all, func(e Book) bool { return e.Release.Route != b.Release.Route }) {
		p.Warnings = append(p.Warnings, l.T("explorer.past.routes"))
	}
	if t, ok := pastOf(l, all, nil, alike); ok {
		p.Tables = append(p.Tables, t)
	}
	for i := 0; i < len(b.Release.Columns); i++ {
		n := b.together(i)
		var joined pastTable
		for j := i; j < i+n; j++ {
			t, ok := pastOf(l, all, &b.Release.Columns[j], alike)
			if ok && n > 1 {
				asked, answer := b.parted(l, j)
				t.Rows[0].Label = answer
				t = pastTable{asked, t.Rows[:1]}
			}
			if ok {
				joined.Title, joined.Rows = t.Title, append(joined.Rows, t.Rows...)
			}
		}
		if len(joined.Rows) > 0 {
			p.Tables = append(p.Tables, joined)
		}
		i += n - 1
	}
	return p
}

// pastOf sets one column side by side, or with nil the number of all; false where fewer than two releases have it.
func pastOf(l *lang.Locale, all []Book, col *bundle.Column, alike bool) (pastTable, bool) {
	now := all[len(all)-1]
	t := pastTable{Title: said{Text: l.T("explorer.all." + unitCode(l, now.Release.Unit))}}
	values := []string{""}
	if col != nil {
		t.Title, values = title(l, *col), col.Values
	}
	cells, most, have := make([][]*bundle.Cell, len(values)), 0.0, 0
	for _, e := range all {
		of, ok := e.alone(col)
		if ok {
			have++
		}
		for i, v := range values {
			c := of[v]
			cells[i] = append(cells[i], c)
			if c != nil {
				most = max(most, reach(*c))
			}
		}
	}
	if _, ok := now.alone(col); !ok || have < 2 {
		return t, false
	}
	for i := range values {
		r := pastRow{Label: said{Text: t.Title.Text}}
		if col != nil {
			r.Label = label(l, *col, i)
		}
		for j, c := range cells[i] {
			if c == nil {
				r.Cells = append(r.Cells, shown{Kind: "none", Main: l.T("explorer.unmeasured")})
				continue
			}
			r.Cells = append(r.Cells, show(l, *c, all[j].k(), most))
		}
		if n := len(cells[i]); alike {
			r.Change = change(l, cells[i][n-2], cells[i][n-1])
		}
		t.Rows = append(t.Rows, r)
		if len(t.Rows) == mostPast {
			break
		}
	}
	return t, true
}

// alone gives the cells of a column of the same code by its values.
func (b Book) alone(col *bundle.Column) (map[string]*bundle.Cell, bool) {
	out, find := map[string]*bundle.Cell{}, b.finder()
	if col == nil {
		t, ok := find()
		if ok {
			out[""] = &t.Cells[0]
		}
		return out, ok
	}
	i := slices.IndexFunc(b.Release.Columns, func(c bundle.Column) bool { return c.Code == col.Code })
	if i < 0 {
		return out, false
	}
	t, ok := find(i)
	if ok {
		for j, v := range b.Release.Columns[i].Values {
			out[v] = &t.Cells[j]
		}
	}
	return out, ok
}

// change says whether two figures differ beyond their intervals.
func change(l *lang.Locale, before, now *bundle.Cell) string {
	if before == nil || now == nil {
		return ""
	}
	lo, hi, ok := sure(*before)
	low, high, also := sure(*now)
	switch {
	case !ok || !also:
		return l.T("explorer.change.none")
	case low > hi:
		return l.T("explorer.change.more")
	case high < lo:
		return l.T("explorer.change.fewer")
	}
	return l.T("explorer.change.none")
}

// sure gives between what a figure lies: a number that is told lies where it is.
func sure(c bundle.Cell) (low, high float64, ok bool) {
	if low, high, ok = bounds(c); ok {
		return low, high, true
	}
	if c.Value == nil || c.Flag != "" {
		return 0, 0, false
	}
	return *c.Value, *c.Value, true
}
