// SPDX-License-Identifier: EUPL-1.2

package result

import (
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/packs/results"
)

// sheet writes the framework for a spreadsheet: the figure in words, and the numbers that it was made of, so that whoever
// adds files together can compute rates anew.
func sheet(l *lang.Locale, ms []Summed, c Chosen) [][]string {
	out := [][]string{nil}
	for _, k := range []string{"id", "level", "indicator", "value", "numerator", "denominator", "number", "beside", "adds", "year", "priority", "country", "means", "lines"} {
		out[0] = append(out[0], l.T("result.file."+k))
	}
	for _, m := range ms {
		n, of, number := "", "", ""
		switch v := m.Sums; {
		case !v.Measured:
		case m.Adds == results.Ratio, m.Adds == results.Distinct:
			n, of = strconv.Itoa(v.N), strconv.Itoa(v.Of)
		case m.Adds == results.Sum && v.Count > 0 && v.Number.Known():
			number = v.Number.Print(l)
		case m.Adds == results.Count, m.Adds == results.List:
			number = strconv.Itoa(v.Count)
		case m.Adds == results.Paired && v.Count > 0:
			n, of = strconv.Itoa(v.Pairs.After-v.Pairs.Before), strconv.Itoa(v.Pairs.Of)
		}
		out = append(out, []string{m.ID, l.T("result.level." + m.Level + ".one"), m.Title.In(l.Tag()), Print(l, m.Indicator, m.Sums), n, of, number, Beside(l, m.Indicator, m.Sums),
			l.T("result.adds." + m.Adds), whole(l, c.Year), whole(l, c.Priority), place(l, c.Country), m.Means.In(l.Tag()), m.Lines})
	}
	return out
}

func whole(l *lang.Locale, n int) string {
	if n == 0 {
		return l.T("register.any")
	}
	return strconv.Itoa(n)
}

func place(l *lang.Locale, code string) string {
	if code == "" {
		return l.T("register.any")
	}
	return l.Country(code)
}

// behindSheet writes the list behind a figure, what is in neither of its numbers included.
func behindSheet(l *lang.Locale, m Measured) [][]string {
	out := [][]string{{l.T("result.record"), l.T("register.on"), l.T("result.by.country"), l.T("result.file.counts"), l.T("result.file.address")}}
	put := func(items []*Item, why string) {
		for _, i := range items {
			what := why
			if what == "" {
				what = counted(l, m.Indicator, i).Text
			}
			if what == "" {
				what = l.Number(1)
			}
			out = append(out, []string{i.Title, i.On.String(), register.Countries(l, i.Countries), what, i.Href})
		}
	}
	put(m.Value.Items, "")
	for _, a := range m.Value.Aside {
		put(a.Items, l.N("result.aside."+a.Why, 1))
	}
	put(m.Value.Undated, l.N("result.undated", 1))
	return out
}
