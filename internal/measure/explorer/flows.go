// SPDX-License-Identifier: EUPL-1.2

package explorer

import (
	"regexp"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// flows is who goes from where to where: the tables of two columns of countries.
type flows struct {
	Pairs []pair
	From  string
	To    string
	Rows  []flow // of the first pair, the largest first: for readers without the script
}

type pair struct {
	From, To int
	Text     string
}

type flow struct {
	From, To said
	Cell     shown

	size float64
}

// mostFlows is how many are drawn and listed.
const mostFlows = 30

// origin are codes of columns that say where people come from.
var origin = regexp.MustCompile(`origin|citizen|national|birth|from|coo\b`)

func (b Book) flows(l *lang.Locale) *flows {
	find, columns := b.finder(), b.Release.Columns
	var countries []int
	for i, c := range columns {
		if nations(l, c) {
			countries = append(countries, i)
		}
	}
	f := &flows{}
	for x, i := range countries {
		for _, j := range countries[x+1:] {
			if _, ok := find(i, j); !ok {
				continue
			}
			p := pair{From: i, To: j}
			if origin.MatchString(columns[j].Code) && !origin.MatchString(columns[i].Code) {
				p = pair{From: j, To: i}
			}
			p.Text = l.T("explorer.flows.pair", "From", title(l, columns[p.From]).Text, "To", title(l, columns[p.To]).Text)
			f.Pairs = append(f.Pairs, p)
		}
	}
	if len(f.Pairs) == 0 {
		return nil
	}
	p := f.Pairs[0]
	from, to := columns[p.From], columns[p.To]
	f.From, f.To = title(l, from).Text, title(l, to).Text
	t, _ := find(min(p.From, p.To), max(p.From, p.To))
	f.Rows = b.largest(l, p, from, to, t)
	return f
}

func (b Book) largest(l *lang.Locale, p pair, from, to bundle.Column, t bundle.Table) []flow {
	var rows []flow
	var cells []bundle.Cell
	for i, o := range from.Values {
		for j, d := range to.Values {
			at := i*len(to.Values) + j
			if p.From > p.To {
				at = j*len(from.Values) + i
			}
			c := t.Cells[at]
			if o == unknown || d == unknown || c.Value == nil || c.Flag == bundle.Noise || *c.Value <= 0 {
				continue
			}
			rows = append(rows, flow{label(l, from, i), label(l, to, j), shown{}, *c.Value})
			cells = append(cells, c)
		}
	}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	inorder.Stably(order, func(x, y int) int {
		switch {
		case rows[x].size > rows[y].size:
			return -1
		case rows[x].size < rows[y].size:
			return 1
		}
		return 0
	})
	var out []flow
	for _, i := range order[:min(mostFlows, len(order))] {
		r := rows[i]
		r.Cell = show(l, cells[i], b.k(), reach(cells[order[0]]))
		out = append(out, r)
	}
	return out
}
