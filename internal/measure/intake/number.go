// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Number is a number as its source states it, in one spelling: "12", "0.35", "<5", ">=100", or "" where none is told. Flags are
// the source's own letters, sorted by the source.
type Number struct {
	Text  string `json:"n,omitempty"`
	Flags string `json:"f,omitempty"`
}

// Flags of ours, beside those of a source.
const (
	Withheld     = "withheld"     // the source has it and does not tell it
	Contradicted = "contradicted" // the file says two numbers: neither is taken
)

// Told says whether there is a number or a bound.
func (n Number) Told() bool { return n.Text != "" }

// Whole gives a number that is exact and whole.
func (n Number) Whole() (int64, bool) {
	i, err := strconv.ParseInt(n.Text, 10, 64)
	return i, err == nil && i >= 0
}

// Range gives between which the number lies; without bound upwards where none is told.
func (n Number) Range() (low, high float64) {
	switch {
	case n.Text == "":
		return 0, math.Inf(1)
	case strings.HasPrefix(n.Text, "<"):
		x, _ := strconv.ParseFloat(n.Text[1:], 64)
		return 0, max(x-1, 0)
	case strings.HasPrefix(n.Text, ">="):
		x, _ := strconv.ParseFloat(n.Text[2:], 64)
		return x, math.Inf(1)
	}
	x, _ := strconv.ParseFloat(n.Text, 64)
	return x, x
}

// IsEstimate says whether the source says that it estimated the number: SDMX's and Eurostat's flags, and those of releases.
func (n Number) IsEstimate() bool {
	return slices.Contains([]string{"E", "U", "estimated", "noise"}, n.Flags)
}

var (
	plainNumber = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,15})?$`)
	grouped     = regexp.MustCompile(`^[0-9]{1,3}([,' .][0-9]{3})+$`)
	commaed     = regexp.MustCompile(`^[0-9]{1,12},[0-9]{1,12}$`)
	groupedDot  = regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,12}$`)
	footnote    = regexp.MustCompile(`(\*+|\[[^\]]{1,3}\]|\([0-9a-z]{1,2}\)|[¹²³⁴⁵⁶⁷⁸⁹]+)$`)
	below       = regexp.MustCompile(`^(?:<|less than|fewer than|under|below|moins de|inferieur a) ?([0-9]{1,9})$`)
	notAbove    = regexp.MustCompile(`^(?:<=|≤|at most|au plus) ?([0-9]{1,9})$`)
	above       = regexp.MustCompile(`^(?:>|more than|over|above|plus de) ?([0-9]{1,9})$`)
	atLeast     = regexp.MustCompile(`^(?:>=|≥|at least|au moins) ?([0-9]{1,9})$|^([0-9]{1,9}) ?\+$`)
)

// none are the ways of saying that no number is known. A hyphen stands for zero in some tables and for unknown in others, and is
// taken for unknown.
var none = map[string]string{"": "", ":": "", "-99": "", "-99.0": "", "na": "", "n/a": "", "n.a.": "", "nan": "", "null": "", "..": "", "...": "", "…": "", "unknown": "", "inconnu": "", "nd": "", "n.d.": "",
	"-": "dash", "–": "dash", "—": "dash"}

// withholding are the ways of saying that a number is known and not told.
var withholding = map[string]bool{"*": true, "**": true, "x": true, "c": true, "s": true, "(s)": true, "conf": true, "confidential": true, "secret": true}

// sort is what sort of number is expected.
type sort int

const (
	counts    sort = iota // whole, never below zero
	measured              // a rate: never below zero
	estimated             // with noise: any
)

// number reads a number. kind and why say what was done to it ("" for nothing); where kind is Dropped or Contradictory there is
// none.
func number(s string, of sort) (n Number, kind Kind, why string) {
	t := strings.Join(strings.Fields(strings.Map(spaces, s)), " ")
	t = strings.ToLower(strings.TrimPrefix(t, "'"))
	if w, ok := none[t]; ok {
		if w != "" {
			return Number{}, Repaired, w
		}
		return Number{}, "", ""
	}
	if withholding[t] {
		return Number{Flags: Withheld}, "", ""
	}
	if n, ok := bound(t); ok {
		if n.Text != strings.ReplaceAll(t, " ", "") {
			return n, Repaired, "bound"
		}
		return n, "", ""
	}
	if rest, ok := strings.CutPrefix(strings.Replace(t, "−", "-", 1), "-"); ok {
		if n, kind, why := decimal(rest, of); of == estimated && n.Told() {
			return Number{Text: "-" + n.Text}, kind, why
		}
		return Number{}, Dropped, "negative"
	}
	if m := footnote.FindString(t); m != "" {
		n, k, w := number(strings.TrimSpace(strings.TrimSuffix(t, m)), of)
		if k == "" && n.Told() {
			k, w = Repaired, "footnote"
		}
		if n.Told() {
			return n, k, w
		}
		return Number{}, Dropped, "number"
	}
	return decimal(t, of)
}

// spaces makes every space one, and every apostrophe.
func spaces(r rune) rune {
	switch r {
	case '\u00a0', '\u202f', '\u2009', '\u2007':
		return ' '
	case '’', '‘':
		return '\''
	}
	return r
}

func bound(t string) (Number, bool) {
	t = strings.ReplaceAll(t, "é", "e")
	for _, x := range []struct {
		form *regexp.Regexp
		sign string
		add  int64
	}{{below, "<", 0}, {notAbove, "<", 1}, {above, ">=", 1}, {atLeast, ">=", 0}} {
		if m := x.form.FindStringSubmatch(t); m != nil {
			i, _ := strconv.ParseInt(strings.Join(m[1:], ""), 10, 64) // of two ways to write it one is there
			if x.sign == "<" && i+x.add == 0 {
				return Number{}, false
			}
			return Number{Text: x.sign + strconv.FormatInt(i+x.add, 10)}, true
		}
	}
	return Number{}, false
}

// decimal reads digits with separators. One point or comma before three digits can part thousands or decimals: for counts a comma
// parts thousands, as the bodies write that publish them, and a point is not understood; elsewhere a point parts decimals.
func decimal(t string, of sort) (Number, Kind, string) {
	switch {
	case plainNumber.MatchString(t):
		whole, fraction, has := strings.Cut(t, ".")
		whole = strings.TrimLeft(whole, "0")
		if whole == "" {
			whole = "0"
		}
		fraction = strings.TrimRight(fraction, "0")
		if of == counts && has && len(t)-strings.Index(t, ".") == 4 && fraction != "" {
			return Number{}, Contradictory, "separator" // 1.234: a thousand, or one and a bit
		}
		if fraction == "" {
			return Number{Text: whole}, "", ""
		}
		if of == counts {
			return Number{}, Dropped, "whole"
		}
		return Number{Text: whole + "." + fraction}, "", ""
	case grouped.MatchString(t):
		sep := strings.IndexAny(t, ",' .")
		if strings.Trim(t, "0123456789"+t[sep:sep+1]) != "" {
			return Number{}, Dropped, "number"
		}
		if t[sep] == ',' && of != counts && strings.Count(t, ",") == 1 {
			return Number{}, Contradictory, "separator"
		}
		n, _, _ := decimal(strings.ReplaceAll(t, t[sep:sep+1], ""), of)
		return n, Repaired, "thousands"
	case groupedDot.MatchString(t):
		n, k, w := decimal(strings.ReplaceAll(t, ",", ""), of)
		if k == "" {
			k, w = Repaired, "thousands"
		}
		return n, k, w
	case commaed.MatchString(t):
		n, k, w := decimal(strings.Replace(t, ",", ".", 1), of)
		if k == "" {
			k, w = Repaired, "comma"
		}
		return n, k, w
	}
	return Number{}, Dropped, "number"
}
