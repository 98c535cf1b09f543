// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"bytes"
	"encoding/csv"
	"strings"
	"unicode"
)

// Sheet makes a download of rows for spreadsheets: CSV in UTF-8 with its mark and CRLF, every cell harmless. name is
// neutral and plain.
func Sheet(name string, rows [][]string) (Response, error) {
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, c := range row {
			safe[i] = harmless(c)
		}
		if err := w.Write(safe); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return File(name, "text/csv; charset=utf-8", b.Bytes()), w.Error()
}

// harmless keeps a spreadsheet from taking a text for a formula. Invisible characters go first, as a formula can hide
// behind them; what then begins like a formula gets an apostrophe before it.
func harmless(s string) string {
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
