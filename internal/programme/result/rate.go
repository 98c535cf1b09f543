// SPDX-License-Identifier: EUPL-1.2

package result

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/packs/results"
)

// people is the number of a told table that a rate divides.
const people = "people"

// detected is what offices told of a country or territory: of its latest period, what each told added up.
type detected struct {
	items []*Item
	told  map[string]query.Range
}

// latest gives what was told last of each country or territory. Earlier years are in no rate: a rate is of one year.
func latest(items []*Item) map[string]detected {
	out := map[string]detected{}
	for _, i := range items {
		for _, c := range i.Countries {
			d := out[c]
			if len(d.items) > 0 && d.items[0].On.Year > i.On.Year {
				continue
			}
			if len(d.items) > 0 && d.items[0].On.Year < i.On.Year {
				d.items = nil
			}
			d.items = append(d.items, i)
			out[c] = d
		}
	}
	for c, d := range out {
		v := Value{Items: d.items}
		v.addTold()
		d.told = v.Told
		out[c] = d
	}
	return out
}

// rates is the table of a rate by country or territory: what is divided, by what, where that stands and of when it is, and
// beside it the numbers by each dimension. Where one of the two is not known, the page says so for each, so that nobody fills
// it in from memory.
func (c Config) rates(ctx context.Context, w store.Who, l *lang.Locale, x results.Indicator, items []*Item) ([]page.Table, error) {
	partners, err := c.partners(ctx, w)
	if err != nil {
		return nil, err
	}
	populations, err := results.Populations()
	if err != nil {
		return nil, err
	}
	told := latest(items)
	for code := range told {
		if !slices.Contains(partners, code) {
			partners = append(partners, code)
		}
	}
	slices.Sort(partners)
	t := page.Table{Caption: l.T("result.rates"), Columns: []page.Column{{Text: l.T("result.by.country")}, {Text: l.T("result.rates.detected")}, {Text: l.T("result.rates.population")}, {Text: l.T("result.rates.source")}, {Text: l.T("result.rates.rate")}},
		Empty: &page.Empty{Icon: "chart-bar", Title: l.T("result.none"), Text: l.T("result.none.text")}}
	for _, code := range partners {
		p, known := populations[code]
		t.Rows = append(t.Rows, rateRow(l, code, told[code], p, known))
	}
	out := []page.Table{t}
	for _, by := range x.By {
		if parts := byPart(l, by, partners, told); len(parts.Rows) > 0 {
			out = append(out, parts)
		}
	}
	return out, nil
}

func rateRow(l *lang.Locale, code string, d detected, p results.Population, known bool) page.Row {
	no := page.Cell{Text: l.T("result.not_measured"), Tone: page.Off}
	cells := []page.Cell{{Text: l.Country(code)}, no, no, {Text: l.T("result.rates.source.none")}, no}
	if len(d.items) > 0 {
		cells[1] = page.Cell{Text: rangeText(l, d.told[people]), Sub: d.items[0].On.Print(l)}
		if n := len(d.items); n > 1 { // the same person may be known to several
			cells[1].Sub += l.T("lang.between") + l.N("result.rates.offices", n)
		}
	}
	if known {
		cells[2] = page.Cell{Text: l.Number(p.People)}
		cells[3] = page.Cell{Text: p.Source.In(l.Tag()), Sub: l.T("result.rates.year", "Year", strconv.Itoa(p.Year))}
	}
	if len(d.items) > 0 && known {
		cells[4] = page.Cell{Text: perHundredThousand(l, d.told[people], p.People)}
	}
	return page.Row{Cells: cells}
}

// perHundredThousand divides anew, whatever is known of the number.
func perHundredThousand(l *lang.Locale, n query.Range, of int64) string {
	per := func(n int64) string { return l.Number(float64(n*10_000_000/of) / 100) }
	switch {
	case n.Exact() && n.Low > 0:
		return per(n.Low)
	case n.Low == 0 && n.Open:
		return l.T("result.tell.withheld")
	case n.Low == 0:
		return "<" + per(n.High+1)
	case n.Open:
		return l.T("result.tell.at_least", "N", per(n.Low))
	}
	return l.T("result.tell.between", "Low", per(n.Low), "High", per(n.High))
}

// byPart is the numbers of one dimension, a row for each country or territory.
func byPart(l *lang.Locale, by string, countries []string, told map[string]detected) page.Table {
	t := page.Table{Caption: l.T("result.rates.by", "By", l.T("result.by."+by)), Columns: []page.Column{{Text: l.T("result.by.country")}}}
	for _, code := range countries {
		if len(told[code].items) == 0 {
			continue
		}
		row := page.Row{Cells: []page.Cell{{Text: l.Country(code)}}}
		for _, p := range (Value{Sums: Sums{Told: told[code].told}}).within(by) {
			if len(t.Rows) == 0 {
				t.Columns = append(t.Columns, page.Column{Text: named(l, p.Word)})
			}
			row.Cells = append(row.Cells, page.Cell{Text: rangeText(l, p.Value.Told[people])})
		}
		if len(row.Cells) == len(t.Columns) {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
