// SPDX-License-Identifier: EUPL-1.2

package pouch

import "github.com/entraide-thb/entraide/internal/platform/lang"

// Words says what became of a line, and why.
func (l Line) Words(in *lang.Locale) string {
	if l.Sort == "file" {
		return in.T(l.Reason, l.Args...)
	}
	s := in.T("pouch." + l.Sort + "." + l.What)
	if l.Reason != "" {
		s += " " + in.T(l.Reason, l.Args...)
	}
	return s
}

// Holds says how many messages, receipts and pieces of files there are, of each that there are any; "0 messages" for nothing.
func Holds(in *lang.Locale, messages, receipts, pieces int) string {
	var out []string
	if messages > 0 || receipts+pieces == 0 {
		out = append(out, in.N("pouch.messages", messages))
	}
	if receipts > 0 {
		out = append(out, in.N("pouch.receipts", receipts))
	}
	if pieces > 0 {
		out = append(out, in.N("pouch.pieces", pieces))
	}
	return in.List(out)
}
