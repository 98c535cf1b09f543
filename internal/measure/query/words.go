// SPDX-License-Identifier: EUPL-1.2

package query

import (
	"maps"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Said is what stands beside a figure, in a reader's words: whom it counts, in which days, and what that means.
type Said struct {
	Title      string
	Population string
	Period     string
	Means      []string // definitions and what to mind
}

// Say puts a query of a source into words.
func (q Query) Say(l *lang.Locale, s source.Source) Said {
	out := Said{Title: l.T("measure.source." + s.Code), Means: []string{l.T("measure.source." + s.Code + ".means")}}
	if p, err := q.Period(); err == nil {
		out.Period = l.T("count.period", "From", l.Date(p.From), "Until", l.Date(p.Until.Add(-time.Second)))
	}
	var where []string
	for _, name := range slices.Sorted(maps.Keys(q.Where)) {
		if c, ok := column(s, name); ok {
			where = append(where, l.T("count.where", "Column", l.T("measure.column."+name), "Answers", oneOf(l, c, q.Where[name])))
		}
	}
	if out.Population = out.Title; len(where) > 0 {
		out.Population = l.T("count.population", "Source", out.Title, "Where", l.List(where))
	}
	for _, name := range q.By {
		if c, _ := column(s, name); c.Several {
			out.Means = append(out.Means, l.T("count.several"))
		}
	}
	if q.Share {
		out.Means = append(out.Means, l.T("count.share"))
	}
	return out
}

// Answer gives the word of an answer.
func Answer(l *lang.Locale, c source.Column, answer string) string {
	switch {
	case answer == source.Unknown:
		return l.T("count.unknown")
	case c.List == "country":
		return l.Country(answer)
	}
	return l.T(c.List + "." + answer)
}

func oneOf(l *lang.Locale, c source.Column, answers []string) string {
	out := ""
	for i, a := range answers {
		if word := Answer(l, c, a); i == 0 {
			out = word
		} else {
			out = l.T("count.or", "One", out, "Other", word)
		}
	}
	return out
}
