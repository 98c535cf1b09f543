// SPDX-License-Identifier: EUPL-1.2

package explorer

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// shown is one figure as it is read and drawn.
type shown struct {
	Kind  string // of its look: "told", "estimated", "noise", "below", "withheld", "rounded"
	Main  string
	Range string // its interval in numbers; "" where there is none
	Note  string // what the range or the missing number means
	// Where bar and interval begin and end, in percent of the row; "" where there is none.
	Bar, From, Wide, Until string
}

// kinds are the letters by which the script knows a cell's flag, and the looks.
var kinds = map[string]struct{ letter, look string }{
	"": {"c", "told"}, bundle.Estimated: {"e", "estimated"}, bundle.Noise: {"n", "noise"}, bundle.Below: {"b", "below"}, bundle.Hidden: {"w", "withheld"}, bundle.Rounded: {"r", "rounded"},
}

// bounds gives between what a figure lies, cut at zero, and whether that is known.
func bounds(c bundle.Cell) (low, high float64, ok bool) {
	if c.High == nil {
		return 0, 0, false
	}
	if c.Low != nil {
		low = max(*c.Low, 0)
	}
	return low, max(*c.High, low), true
}

// reach is how far to the end a figure's row is drawn.
func reach(c bundle.Cell) float64 {
	m := 0.0
	if c.Value != nil {
		m = *c.Value
	}
	if c.High != nil && c.Flag != bundle.Hidden {
		m = max(m, *c.High)
	}
	return m
}

// show words and draws a figure beside others of which the furthest reaches most.
func show(l *lang.Locale, c bundle.Cell, k int64, most float64) shown {
	s := shown{Kind: kinds[c.Flag].look}
	low, high, known := bounds(c)
	if known {
		s.Range = number(l, low) + "–" + number(l, high)
	}
	switch c.Flag {
	case bundle.Noise:
		s.Main, s.Note = l.T("explorer.noise"), ""
	case bundle.Below:
		s.Main = l.T("explorer.below", "K", l.Number(k))
		s.Range = ""
	case bundle.Hidden:
		s.Main = l.T("explorer.withheld")
	case bundle.Rounded:
		if s.Main = number(l, *c.Value); *c.Value == 0 && high > 0 { // a rounded nothing is not nobody
			s.Main, s.Range = l.T("explorer.below", "K", number(l, high+1)), ""
		}
	default:
		s.Main = number(l, max(*c.Value, 0))
	}
	if most <= 0 {
		return s
	}
	if c.Value != nil && c.Flag != bundle.Noise {
		s.Bar = percent(max(*c.Value, 0) / most)
	}
	if c.Flag == bundle.Below && !known {
		low, high, known = 0, float64(k-1), true
	}
	if known && c.Flag == bundle.Hidden { // it is that much at least
		s.Bar = percent(min(low/most, 1))
	}
	if known && c.Flag != "" {
		from, until := min(low/most, 1), min(high/most, 1)
		s.From, s.Wide, s.Until = percent(from), percent(until-from), percent(until)
	}
	return s
}

func percent(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(100*f, 'f', 2, 64), "0"), ".") + "%"
}

func number(l *lang.Locale, f float64) string { return l.Number(int(math.Round(f))) }

// separators gives what stands between thousands and before tenths, for the script, which writes numbers as the page does.
func separators(l *lang.Locale) (group, decimal string) {
	s := []rune(l.Decimal("12345.6"))
	return string(s[2 : len(s)-5]), string(s[len(s)-2])
}

// rowID names a row, so that map and flows can lead to it.
func rowID(column, value int) string { return fmt.Sprintf("r%d-%d", column, value) }
