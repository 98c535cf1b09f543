// SPDX-License-Identifier: EUPL-1.2

package workbook

import (
	"strings"
	"unicode"
)

// Harmless keeps a spreadsheet from taking a text for a formula. Invisible characters go first, as a formula can hide
// behind them; what then begins like a formula gets an apostrophe before it.
func Harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if s != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
