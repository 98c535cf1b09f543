// SPDX-License-Identifier: EUPL-1.2

package wording

import (
	"strings"
	"unicode"
)

// Likeness gives how many words two texts of one language share, of all that are in either: 0 to 1. Words of fewer than
// three letters tell nothing.
func Likeness(a, b string) float64 {
	x, y := bag(a), bag(b)
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	if either := len(x) + len(y) - both; either > 0 {
		return float64(both) / float64(either)
	}
	return 0
}

func bag(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) }) {
		if len([]rune(w)) > 2 {
			out[w] = true
		}
	}
	return out
}
