// SPDX-License-Identifier: EUPL-1.2

package lang

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// cldr is what an office shows of one language's CLDR data.
type cldr struct {
	Territories map[string]string   `json:"territories"`
	Languages   map[string]string   `json:"languages"`
	Months      []string            `json:"months"`
	MonthsShort []string            `json:"monthsShort"`
	DateLong    string              `json:"dateLong"`
	DateMedium  string              `json:"dateMedium"`
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
	return l.dated(l.c.DateLong, t.In(l.zone))
}

// ShortDate gives a date as "3 Mar 2021".
func (l *Locale) ShortDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.dated(l.c.DateMedium, t.In(l.zone))
}

// dated writes a date as CLDR's pattern of a language says, with the digits 0 to 9 in every language: a number that is
// copied by hand must look like the one on a telephone. English and French say day, month, year.
func (l *Locale) dated(pattern string, t time.Time) string {
	if l.person == nil {
		months := l.c.Months
		if pattern == l.c.DateMedium {
			months = l.c.MonthsShort
		}
		return l.day(t) + " " + months[t.Month()-1] + " " + strconv.Itoa(t.Year())
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(pattern); {
		n := 1
		for i+n < len(pattern) && pattern[i+n] == pattern[i] {
			n++
		}
		switch run := pattern[i : i+n]; {
		case pattern[i] == '\'':
			quoted = !quoted
		case quoted:
			b.WriteString(run)
		default:
			b.WriteString(l.dateField(run, t))
		}
		i += n
	}
	return b.String()
}

// day gives the day of a month as it is written beside the month in words: "1er" in French.
func (l *Locale) day(t time.Time) string {
	if t.Day() == 1 && l.tag == "fr" {
		return "1er"
	}
	return strconv.Itoa(t.Day())
}

// dateField gives what a run of one letter stands for in a pattern; what stands for nothing is itself.
func (l *Locale) dateField(run string, t time.Time) string {
	switch run {
	case "d":
		return l.day(t)
	case "dd":
		return fmt.Sprintf("%02d", t.Day())
	case "M", "L":
		return strconv.Itoa(int(t.Month()))
	case "MM", "LL":
		return fmt.Sprintf("%02d", int(t.Month()))
	case "MMM", "LLL":
		return l.c.MonthsShort[t.Month()-1]
	case "MMMM", "LLLL":
		return l.c.Months[t.Month()-1]
	case "y", "yyyy":
		return strconv.Itoa(t.Year())
	}
	return run
}

// Told gives what something is called and what it is, "Label: text", as the language sets a colon.
func (l *Locale) Told(label, text string) string {
	if l.tag == "fr" {
		return label + "\u00a0: " + text
	}
	return label + ": " + text
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
	if l.person != nil { // a month in words is not taken for a day
		return l.Date(t) + ", " + l.Time(t)
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
	pattern := forms["relativeTimePattern-count-"+l.pluralForm(abs)]
	if pattern == "" {
		pattern = forms["relativeTimePattern-count-other"]
	}
	return strings.ReplaceAll(pattern, "{0}", l.Number(abs))
}

// pluralForm gives CLDR's name of the plural form of a whole number.
func (l *Locale) pluralForm(n int) string {
	tag := l.tag
	if l.person != nil {
		tag = l.person.chain[len(l.person.chain)-1]
	}
	names := map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	return cmp.Or(names[plural.Cardinal.MatchPlural(language.Make(tag), n, 0, 0, 0, 0)], "other")
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
	return l.Decimal(s)
}

// Decimal gives a decimal number of any length, as "-12.50", with the language's separators and all of its digits.
func (l *Locale) Decimal(s string) string {
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
	comma, and := ", ", " "+l.T("lang.and")+" "
	if l.person != nil && l.Dir() == "rtl" { // Arabic has its own comma, and its "and" is written together with the word
		comma, and = "، ", strings.TrimSuffix(and, " ")
	}
	return strings.Join(xs[:len(xs)-1], comma) + and + xs[len(xs)-1]
}

// Clauses joins what may have commas of its own, by semicolons as the language sets them.
func (l *Locale) Clauses(xs []string) string { return strings.Join(xs, l.T("lang.between")) }

// Country gives the name of a country or territory by its alpha-2 code (XK for Kosovo, which is
// user-assigned); the code itself when it is unknown.
func (l *Locale) Country(code string) string {
	if n, ok := l.c.Territories[code]; ok {
		return n
	}
	return code
}

// EachTerritory gives every name that the program knows of a country or territory, in every language that it has, in no order.
func (b *Bundle) EachTerritory(f func(code, name string)) {
	for _, c := range b.cldr {
		for code, name := range c.Territories {
			f(code, name)
		}
	}
}

// Countries lists the codes of all countries and territories that have a name, in the order of the alphabet: the closed list
// of what a record can say of one.
func (b *Bundle) Countries() []string {
	var out []string
	for code := range b.cldr["en"].Territories {
		if len(code) == 2 && !slices.Contains(noCountry, code) {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// noCountry lists what CLDR names besides countries and territories: unions, made-up places, and islands with codes that are
// reserved for the post.
var noCountry = []string{"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB"}

// Language gives the name of a language by its tag; the tag itself when it is unknown.
func (l *Locale) Language(tag string) string {
	if l.person != nil && tag == l.tag && l.person.name != "" {
		return l.person.name
	}
	if tag == "cnr" { // CLDR names Montenegrin under another tag
		tag = "sr-ME"
	}
	if n, ok := l.c.Languages[tag]; ok {
		return n
	}
	if tag == "sr-Latn" && l.person == nil { // beside "sr" in a worker's list nobody could tell them apart
		return l.T("lang.serbian_latin")
	}
	base, _, _ := strings.Cut(tag, "-")
	if n, ok := l.c.Languages[base]; ok {
		return n
	}
	return tag
}

// Languages lists the tags of the languages that people in files may speak, with their names.
func (l *Locale) Languages() map[string]string { return l.c.Languages }

// Foreign gives the lang attribute of a text in a language: "" when that is the reader's, or when nobody says which it is.
func (l *Locale) Foreign(language string) string {
	base, _, _ := strings.Cut(l.Tag(), "-")
	if language == base || language == l.Tag() || language == "und" {
		return ""
	}
	return language
}
