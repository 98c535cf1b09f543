// SPDX-License-Identifier: EUPL-1.2

package result

import (
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/packs/results"
)

// Print says what an indicator comes to: "3 of 7 (43%)", "more than 250", "not measured yet", "none recorded". Nothing
// recorded is said in words: that no record is here does not mean that nothing happened.
func Print(l *lang.Locale, x results.Indicator, v Sums) string {
	switch {
	case !v.Measured:
		return l.T("result.not_measured")
	case v.Count == 0:
		return l.T("result.none")
	}
	switch x.Adds {
	case results.Rate:
		return l.N("result.rates.measured", v.Count)
	case results.Told:
		return printTold(l, x, v.Told)
	case results.Ratio:
		return l.T("result.ratio", "N", l.Number(v.N), "Of", l.Number(v.Of), "Percent", l.Percent(share(v.N, v.Of)))
	case results.Distinct:
		return l.T("register.of", "N", l.Number(v.N), "Of", l.Number(v.Of))
	case results.Sum:
		return v.Number.Print(l)
	case results.Paired:
		before, after := share(v.Pairs.Before, v.Pairs.Of), share(v.Pairs.After, v.Pairs.Of)
		return l.T("result.gain", "Points", signed(l, points(after)-points(before)), "Before", l.Percent(before), "After", l.Percent(after), "Of", l.Number(v.Pairs.Of))
	}
	return l.Number(v.Count)
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// points gives tenths of a percent as they are printed, so that their difference is the one that a reader computes.
func points(f float64) int { return int(1000*f + .5) }

// signed gives tenths with their sign.
func signed(l *lang.Locale, n int) string {
	if n > 0 {
		return "+" + l.Number(float64(n)/10)
	}
	return l.Number(float64(n) / 10)
}

// Beside says what a figure leaves out, or what one that is not measured waits for; "" when nothing.
func Beside(l *lang.Locale, x results.Indicator, v Sums) string {
	if !v.Measured {
		return l.T("result.waits." + waitsFor(x))
	}
	var out []string
	if v.Unknown > 0 {
		out = append(out, l.N("result.unknown", v.Unknown, "Of", v.Count))
	}
	for _, a := range v.Left {
		out = append(out, l.N("result.aside."+a.Why, a.N))
	}
	if v.Dateless > 0 {
		out = append(out, l.N("result.undated", v.Dateless))
	}
	return l.Clauses(out)
}

// waitsFor says what an indicator waits for: what the framework says, else a room that keeps its records.
func waitsFor(x results.Indicator) string {
	switch {
	case x.Figures != "" && x.Waits == "":
		return "figures"
	case x.Waits == "":
		return "room"
	}
	return x.Waits
}

// named gives what a code is called.
func named(l *lang.Locale, w Word) string {
	switch {
	case w.Key != "":
		return l.T(w.Key)
	case w.Text != "":
		return w.Text
	case w.Code != "":
		return l.Country(w.Code)
	}
	return l.T("page.unknown")
}

// priorityWord names a priority of the programme: by its own words where the catalogue has them.
func priorityWord(n int) Word {
	if n >= 1 && n <= 5 {
		return Word{Code: strconv.Itoa(n), Key: "programme.priority." + strconv.Itoa(n)}
	}
	return Word{Code: strconv.Itoa(n), Text: strconv.Itoa(n)}
}
