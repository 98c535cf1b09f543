// SPDX-License-Identifier: EUPL-1.2

package result

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/packs/results"
)

// Protected figures that offices tell. Each is a small table; some of its numbers are "fewer than k", others are not told at
// all. Sums keep what is known: a number, a lower bound, or fewer than so many; never 0 for what nobody told.

// addTold adds up the tables of all items, number by number.
func (v *Value) addTold() {
	v.Told = map[string]query.Range{}
	seen := map[string]bool{}
	for _, i := range v.Items {
		for code, r := range i.Told {
			if seen[code] {
				r = v.Told[code].Add(r)
			}
			v.Told[code], seen[code] = r, true
		}
	}
}

// toldParts lists the parts of a dimension that lie in the tables themselves: "accepted.child" is of "child".
var toldParts = map[string]struct {
	parts []string
	list  string // of their words
}{
	"adult_child": {[]string{"child", "adult", source.Unknown}, "count.age"},
	"age":         {[]string{"child", "adult", source.Unknown}, "count.age"},
	"sex":         {[]string{"f", "m", "x", source.Unknown}, "referral.sex"},
	"type":        {[]string{"request", "inquiry"}, "result.tell.type"},
	"form":        {[]string{"sexual", "labour", "slavery", "servitude", "crime", "organs", "surrogacy", "marriage", "adoption"}, "count.form"},
}

// within gives what an indicator comes to for each part that lies in its tables.
func (v Value) within(by string) []Part {
	var out []Part
	for _, p := range toldParts[by].parts {
		told := map[string]query.Range{}
		for code, r := range v.Told {
			if whole, is := strings.CutSuffix(code, "."+p); is {
				told[whole] = r
			}
		}
		w := Word{Code: p, Key: toldParts[by].list + "." + p}
		if p == source.Unknown {
			w.Key = "count.unknown"
		}
		if len(told) > 0 {
			out = append(out, Part{Word: w, Value: Value{Sums: Sums{Measured: true, Count: v.Count, Told: told}}})
		}
	}
	return out
}

// printTold says what a framework tells of a table: "12 accepted; 9 of 12 (75%) completed; median: 4 to 7 days".
func printTold(l *lang.Locale, x results.Indicator, told map[string]query.Range) string {
	var out []string
	for _, t := range x.Tells {
		n, known := told[t.N]
		of, divided := told[t.Of]
		switch {
		case t.Median != "":
			if s := median(l, t.Median, told); s != "" {
				out = append(out, s)
			}
		case !known:
		case divided:
			out = append(out, l.T("result.tell."+x.Figures+"."+t.N, "N", rateText(l, query.Rate{N: n, Of: of})))
		case t.Of == "":
			out = append(out, l.T("result.tell."+x.Figures+"."+t.N, "N", rangeText(l, n)))
		}
	}
	return l.Clauses(out)
}

// rangeText says a number as far as it is known.
func rangeText(l *lang.Locale, r query.Range) string {
	switch {
	case r.Exact() && r.Low > 0:
		return l.Number(r.Low)
	case r.Low == 0 && r.Open:
		return l.T("result.tell.withheld")
	case r.Low == 0:
		return "<" + l.Number(r.High+1)
	case r.Open:
		return l.T("result.tell.at_least", "N", l.Number(r.Low))
	}
	return l.T("result.tell.between", "Low", l.Number(r.Low), "High", l.Number(r.High))
}

// rateText says one number of another, with the share where both are known, and its bounds where it has any.
func rateText(l *lang.Locale, r query.Rate) string {
	if r.N.Exact() && r.Of.Exact() && r.Of.Low > 0 {
		return l.T("result.ratio", "N", l.Number(r.N.Low), "Of", l.Number(r.Of.Low), "Percent", l.Percent(share(int(r.N.Low), int(r.Of.Low))))
	}
	text := l.T("register.of", "N", rangeText(l, r.N), "Of", rangeText(l, r.Of))
	if low, high, known := r.Bounds(); known && (low > 0 || high < 1) {
		text += " " + l.T("result.tell.share", "Low", l.Percent(low), "High", l.Percent(high))
	}
	return text
}

// spans are the spans of days of a told histogram, shortest first.
var spans = []string{"d0_7", "d8_30", "d31"}

// median says in which span of days the median lies, as far as the histogram tells. Those of whom the days are not known are
// left out.
func median(l *lang.Locale, prefix string, told map[string]query.Range) string {
	bins, any := []query.Range{}, false
	for _, b := range spans {
		r, known := told[prefix+"."+b]
		bins, any = append(bins, r), any || known
	}
	if !any {
		return ""
	}
	low, high, known := query.Median(bins)
	word := func(i int) string { return l.T("result.tell.days." + spans[i]) }
	switch {
	case !known, low == 0 && high == len(spans)-1:
		return l.T("result.tell.median", "Days", l.T("result.tell.withheld"))
	case low == high:
		return l.T("result.tell.median", "Days", word(low))
	}
	if low == 0 {
		return l.T("result.tell.median", "Days", l.T("result.tell.days.at_most"))
	}
	return l.T("result.tell.median", "Days", l.T("result.tell.days.at_least"))
}
