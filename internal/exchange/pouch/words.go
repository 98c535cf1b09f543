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
