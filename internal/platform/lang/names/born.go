// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// date is a birth date as far as it is known; month and day may be 0.
type date struct{ year, month, day int }

func (d date) valid() bool {
	if d.year < 1880 || d.year > 2199 || d.month < 0 || d.month > 12 || d.day < 0 || d.month == 0 && d.day > 0 {
		return false
	}
	return d.day == 0 || d.day <= time.Date(d.year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func (d date) String() string {
	switch {
	case d.month == 0:
		return fmt.Sprintf("%04d", d.year)
	case d.day == 0:
		return fmt.Sprintf("%04d-%02d", d.year, d.month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// swapped gives the date with day and month exchanged, as clerks of two countries read 04/03.
func (d date) swapped() (date, bool) {
	s := date{d.year, d.day, d.month}
	return s, d.day > 0 && d.day != d.month && s.valid()
}

// vague says that a date may only mean its year: nothing more is given, or it is the 1st of January, which
// offices write when they know no day.
func (d date) vague() bool { return d.month == 0 || d.month == 1 && d.day == 1 }

// only marks that no more than this is known of someone's birth.
const only = "only "

// bornTokens gives what a stored birth date is found by: itself, swapped, and its parts.
func bornTokens(text string) []Token {
	d, ok := parseISO(text)
	if !ok {
		return nil
	}
	values := []string{d.String()}
	if s, ok := d.swapped(); ok {
		values = append(values, s.String())
	}
	if d.vague() {
		values = append(values, only+date{year: d.year}.String())
	} else if d.day == 0 {
		values = append(values, only+d.String())
	}
	if d.day > 0 {
		values = append(values, date{d.year, d.month, 0}.String())
	}
	return bornAll(append(values, date{year: d.year}.String()))
}

func bornAll(values []string) []Token {
	var out []Token
	for _, v := range values {
		out = append(out, Token{KindBorn, v})
	}
	return out
}

// bornQuery gives what a date that someone looks for may be stored as: itself, swapped, or vaguely.
func bornQuery(d date) []Token {
	values := []string{d.String()}
	if s, ok := d.swapped(); ok {
		values = append(values, s.String(), only+date{s.year, s.month, 0}.String())
	}
	if d.day > 0 {
		values = append(values, only+date{d.year, d.month, 0}.String())
	}
	if d.month > 0 {
		values = append(values, only+date{year: d.year}.String())
		if d.vague() {
			values = append(values, date{year: d.year}.String())
		}
	}
	return bornAll(values)
}

// parseISO reads 1999, 1999-04 or 1999-04-23.
func parseISO(s string) (date, bool) {
	parts := strings.Split(strings.TrimSpace(s), "-")
	if len(parts) > 3 || len(parts[0]) != 4 {
		return date{}, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || i > 0 && (len(p) > 2 || v == 0) || p[0] == '+' {
			return date{}, false
		}
		n[i] = v
	}
	d := date{n[0], n[1], n[2]}
	return d, d.valid()
}

// readDates reads a date as people type it: ISO, or day, month and year parted by dots, strokes or hyphens,
// the year in two or four digits, or month and year. The month may stand first. Two digits of a year can
// mean two dates.
func readDates(s string) []date {
	if d, ok := parseISO(s); ok {
		return []date{d}
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '/' || r == '-' })
	if len(parts) < 2 || len(parts) > 3 {
		return nil
	}
	n := make([]int, len(parts))
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || len(p) > 4 || len(p) == 3 || v < 0 {
			return nil
		}
		n[i] = v
	}
	last := len(n) - 1
	if len(parts[0]) == 4 { // 1999/4/23
		n[0], n[last] = n[last], n[0]
		parts[last] = parts[0]
	}
	var years []int
	switch {
	case len(parts[last]) == 4:
		years = []int{n[last]}
	case len(n) == 3:
		years = []int{1900 + n[last], 2000 + n[last]}
	}
	var out []date
	for _, y := range years {
		d := date{year: y, month: n[0]}
		if len(n) == 3 {
			d = date{y, n[1], n[0]}
		}
		if d.month == 0 || len(n) == 3 && d.day == 0 {
			continue
		}
		if !d.valid() {
			d.month, d.day = d.day, d.month
		}
		if d.valid() {
			out = append(out, d)
		}
	}
	return out
}
