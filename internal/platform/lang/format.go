// SPDX-License-Identifier: EUPL-1.2

package lang

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// cldr is what an office shows of one language's CLDR data.
type cldr struct {
	Territories map[string]string   `json:"territories"`
	Languages   map[string]string   `json:"languages"`
	Months      []string            `json:"months"`
	MonthsShort []string            `json:"monthsShort"`
	Decimal     string              `json:"decimal"`
	Group       string              `json:"group"`
	Percent     string              `json:"percent"`
	Relative    map[string]relative `json:"relative"`
}

type relative struct {
	Last   string            `json:"relative-type--1"`
	This   string            `json:"relative-type-0"`
	Next   string            `json:"relative-type-1"`
	Future map[string]string `json:"relativeTime-type-future"`
	Past   map[string]string `json:"relativeTime-type-past"`
}

// Date gives a date as "3 March 2021". English is written the European way: day before month.
func (l *Locale) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(l.zone)
	return fmt.Sprintf("%d %s %d", t.Day(), l.c.Months[t.Month()-1], t.Year())
}

// ShortDate gives a date as "3 Mar 2021".
func (l *Locale) ShortDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(l.zone)
	return fmt.Sprintf("%d %s %d", t.Day(), l.c.MonthsShort[t.Month()-1], t.Year())
}

// Time gives a time of day as "14:05", on 24 hours in every language.
func (l *Locale) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(l.zone).Format("15:04")
}

// DateTime gives both.
func (l *Locale) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.ShortDate(t) + ", " + l.Time(t)
}

// Relative gives a time as seen from now: "in 4 days", "yesterday", "in 3 hours" on the same day.
func (l *Locale) Relative(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(l.zone), now.In(l.zone)
	days := dayNumber(t) - dayNumber(now)
	switch {
	case days == 0:
		d := t.Sub(now)
		if h := int(d.Hours()); h != 0 {
			return l.relative("hour", h)
		}
		return l.relative("minute", int(d.Minutes()))
	case days >= -13 && days <= 13:
		return l.relative("day", days)
	case days >= -60 && days <= 60:
		return l.relative("week", days/7)
	case days >= -730 && days <= 730:
		return l.relative("month", days/30)
	}
	return l.relative("year", days/365)
}

// dayNumber counts local calendar days, so that a day of 23 or 25 hours is one.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (l *Locale) relative(unit string, n int) string {
	r := l.c.Relative[unit]
	if n == 0 && unit == "minute" {
		return r.This
	}
	if unit == "day" {
		switch n {
		case -1:
			return r.Last
		case 0:
			return r.This
		case 1:
			return r.Next
		}
	}
	forms, abs := r.Future, n
	if n < 0 {
		forms, abs = r.Past, -n
	}
	pattern := forms["relativeTimePattern-count-other"]
	if one := forms["relativeTimePattern-count-one"]; one != "" && (abs == 1 || abs == 0 && l.tag == "fr") {
		pattern = one
	}
	return strings.ReplaceAll(pattern, "{0}", l.Number(abs))
}

// Number gives an integer or decimal number with the language's separators.
func (l *Locale) Number(v any) string {
	var s string
	switch x := v.(type) {
	case int:
		s = strconv.Itoa(x)
	case int64:
		s = strconv.FormatInt(x, 10)
	case float64:
		s = strconv.FormatFloat(x, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
	whole, frac, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	var b strings.Builder
	if strings.HasPrefix(s, "-") {
		b.WriteString("−")
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && len(whole) > 4 {
			b.WriteString(l.c.Group)
		}
		b.WriteRune(r)
	}
	if frac != "" {
		b.WriteString(l.c.Decimal + frac)
	}
	return b.String()
}

// Percent gives a share (0.25) as "25%".
func (l *Locale) Percent(f float64) string {
	n := l.Number(float64(int(f*1000+0.5)) / 10)
	return strings.Replace(l.c.Percent, "#,##0", n, 1)
}

// List joins with commas and "and".
func (l *Locale) List(xs []string) string {
	switch len(xs) {
	case 0:
		return ""
	case 1:
		return xs[0]
	}
	return strings.Join(xs[:len(xs)-1], ", ") + " " + l.T("lang.and") + " " + xs[len(xs)-1]
}

// Country gives the name of a country or territory by its alpha-2 code (XK for Kosovo, which is
// user-assigned); the code itself when it is unknown.
func (l *Locale) Country(code string) string {
	if n, ok := l.c.Territories[code]; ok {
		return n
	}
	return code
}

// Language gives the name of a language by its tag; the tag itself when it is unknown.
func (l *Locale) Language(tag string) string {
	if n, ok := l.c.Languages[tag]; ok {
		return n
	}
	base, _, _ := strings.Cut(tag, "-")
	if n, ok := l.c.Languages[base]; ok {
		return n
	}
	return tag
}

// Languages lists the tags of the languages that people in files may speak, with their names.
func (l *Locale) Languages() map[string]string { return l.c.Languages }
