// SPDX-License-Identifier: EUPL-1.2

package printed

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/exact"
)

// word is what one cell of a printed table is.
type word int

const (
	label    word = iota // text
	number               // a whole number, zero or more
	fewer                // "<5": fewer than a number
	hidden               // not told
	negative             // a number below zero
	broken               // a number that is not whole
)

// signs are what tables print where they tell no number. A dash means zero in some tables and nothing told in others: taken for
// nothing told, less is claimed than might be.
var signs = []string{"", "*", "**", "x", "c", "s", ":", "..", "...", ".", "-", "–", "—", "n/a", "na", "nd", "n.d.", "n.c.", "suppressed", "confidential"}

// read says what a cell is and what is known of its number.
func read(s string) (word, exact.Range) {
	s = strings.Trim(strings.TrimSpace(s), "\u00a0\u202f\u2009 ")
	for _, x := range signs {
		if strings.EqualFold(s, x) {
			return hidden, exact.Withheld()
		}
	}
	for _, x := range []string{"<", "‹", "less than ", "fewer than ", "moins de "} {
		if rest, ok := strings.CutPrefix(strings.ToLower(s), x); ok {
			if strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "≤") {
				rest = strings.TrimLeft(rest, "=≤")
				if w, r := whole(strings.TrimSpace(rest)); w == number {
					return fewer, exact.Range{Low: 0, High: r.Low}
				}
			}
			if w, r := whole(strings.TrimSpace(rest)); w == number && r.Low > 0 {
				return fewer, exact.Below(r.Low)
			}
			return label, exact.Range{}
		}
	}
	if rest, ok := strings.CutPrefix(s, "≤"); ok {
		if w, r := whole(strings.TrimSpace(rest)); w == number {
			return fewer, exact.Range{Low: 0, High: r.Low}
		}
	}
	return whole(s)
}

// whole reads a number that may have marks between its thousands: a comma, a point, a space or an apostrophe, the same one
// throughout, before every three digits.
func whole(s string) (word, exact.Range) {
	if s == "" {
		return label, exact.Range{}
	}
	sign := strings.HasPrefix(s, "-") || strings.HasPrefix(s, "−")
	s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(s, "-"), "−"), "+")
	var n int64
	var mark rune
	since, marks, digits := 0, 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			if n > exact.MostValue {
				return broken, exact.Range{}
			}
			n, since, digits = n*10+int64(r-'0'), since+1, digits+1
		case strings.ContainsRune(",.' \u00a0\u202f\u2009’", r) && digits > 0:
			if marks > 0 && (r != mark || since != 3) || marks == 0 && since > 3 {
				return fraction(s), exact.Range{}
			}
			mark, since, marks = r, 0, marks+1
		default:
			return label, exact.Range{}
		}
	}
	switch {
	case digits == 0:
		return label, exact.Range{}
	case marks > 0 && since != 3:
		return fraction(s), exact.Range{}
	case n > exact.MostValue:
		return broken, exact.Range{}
	case sign && n > 0:
		return negative, exact.Range{}
	}
	return number, exact.Known(n)
}

// fraction tells a number that is not whole from text that holds digits.
func fraction(s string) word {
	for _, r := range s {
		if (r < '0' || r > '9') && !strings.ContainsRune(",.", r) {
			return label
		}
	}
	return broken
}

// totals are what tables call the sum of all, in the languages of the program and its neighbours.
var totals = []string{"total", "totals", "all", "sum", "grand total", "overall", "ensemble", "tous", "total général", "gesamt", "insgesamt", "totale", "totaal", "razem", "ukupno", "skupaj", "σύνολο", "toplam", "всего", "укупно", "вкупно", "общо", "gjithsej", "összesen", "celkem", "both sexes", "_t"}

func isTotal(s string) bool {
	s = strings.Trim(strings.ToLower(strings.TrimSpace(s)), " :*")
	for _, x := range totals {
		if s == x {
			return true
		}
	}
	return false
}
