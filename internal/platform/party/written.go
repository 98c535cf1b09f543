// SPDX-License-Identifier: EUPL-1.2

package party

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Plainly gives a text in small letters without accents and doubled spaces, so that "Réalisé " is "realise".
func Plainly(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == '’' || r == '‘':
			return '\''
		case r == '–' || r == '—' || r == '‑':
			return '-'
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

var monthWords = map[string]time.Month{
	"janvier": 1, "janv": 1, "jan": 1, "january": 1, "fevrier": 2, "fevr": 2, "fev": 2, "february": 2, "feb": 2, "mars": 3, "march": 3, "mar": 3, "avril": 4, "avr": 4, "april": 4, "apr": 4,
	"mai": 5, "may": 5, "juin": 6, "june": 6, "jun": 6, "juillet": 7, "juil": 7, "july": 7, "jul": 7, "aout": 8, "august": 8, "aug": 8, "septembre": 9, "sept": 9, "september": 9, "sep": 9,
	"octobre": 10, "oct": 10, "october": 10, "novembre": 11, "nov": 11, "november": 11, "decembre": 12, "dec": 12, "december": 12,
}

var seasonWords = map[string]Season{"printemps": Spring, "spring": Spring, "ete": Summer, "summer": Summer, "automne": Autumn, "autumn": Autumn, "hiver": Winter, "winter": Winter}

const (
	dayForm  = `(\d{1,2})(?:er|st|nd|rd|th)?`
	wordForm = `([a-z]+)\.?`
)

var (
	numeric  = regexp.MustCompile(`^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$`)
	monthly  = regexp.MustCompile(`^(\d{1,2})[/.](\d{4})$`)
	withDay  = regexp.MustCompile(`^` + dayForm + ` ` + wordForm + ` (\d{4})$`)
	wordYear = regexp.MustCompile(`^` + wordForm + ` (\d{4})$`)
	quarter  = regexp.MustCompile(`^(?:t|q)?([1-4])(?:er|e|eme|st|nd|rd|th)?(?: (?:trimestre|trim\.?|quarter))? (\d{4})$`)
	half     = regexp.MustCompile(`^(?:s|h)?([12])(?:er|e|eme|st|nd)?(?: (?:semestre|half))? (\d{4})$`)
	fromTo   = regexp.MustCompile(`^(?:du |de |from )?(.+?) (?:au|a|to|et|and|jusqu'au) (.+)$`)
	hyphen   = regexp.MustCompile(`^(.+?) ?- ?(.+)$`)
	yearEnd  = regexp.MustCompile(` (\d{4})$`)
	monthEnd = regexp.MustCompile(` ` + wordForm + ` (\d{4})$`)
	bareDay  = regexp.MustCompile(`^` + dayForm + `$`)
	dayMonth = regexp.MustCompile(`^` + dayForm + ` ` + wordForm + `$`)
	bareWord = regexp.MustCompile(`^` + wordForm + `$`)
)

// WrittenDates reads a date or a span as people write it in French or English: "13-14 avril 2021", "avril 2021", "1er trimestre
// 2021", "du 3 au 4 mars 2021", "13/04/2021" (the day first), "2021-04-13". year is that of words without one ("1er
// trimestre"), 0 for none. ok is false for what is no date; nothing is guessed.
func WrittenDates(s string, year int) (start, end PartialDate, ok bool) {
	s = strings.TrimSpace(strings.TrimSuffix(Plainly(s), "."))
	if len(s) > 100 {
		return start, end, false
	}
	for _, in := range []string{s, s + " " + strconv.Itoa(year)} {
		if start, end, ok = span(strings.ReplaceAll(strings.TrimPrefix(in, "le "), "d'", "")); ok || year == 0 {
			break
		}
	}
	return start, end, ok && start.Known() && !end.Before(start)
}

// WrittenDate reads one date as far as it is known, as people write it: the forms of ParseDate, and those of WrittenDates that are no
// span. Empty is unknown. An error never quotes the input.
func WrittenDate(s string) (PartialDate, error) {
	d, err := ParseDate(strings.TrimSpace(s))
	if err == nil {
		return d, nil
	}
	start, end, ok := WrittenDates(s, 0)
	if !ok || start != end {
		return PartialDate{}, errDate
	}
	return start, nil
}

func span(s string) (start, end PartialDate, ok bool) {
	if d, e, ok := one(s); ok {
		return d, e, true
	}
	for _, form := range []*regexp.Regexp{fromTo, hyphen} {
		m := form.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		first, last := m[1], m[2]
		_, e, ok := one(last)
		if !ok {
			continue
		}
		switch { // what the first date leaves out is that of the last
		case bareDay.MatchString(first):
			first += monthEnd.FindString(last)
		case dayMonth.MatchString(first) || bareWord.MatchString(first):
			first += yearEnd.FindString(last)
		}
		if d, _, ok := one(first); ok {
			return d, e, true
		}
	}
	return start, end, false
}

// one reads one date; a quarter or half of a year is a span of months.
func one(s string) (start, end PartialDate, ok bool) {
	same := func(text string) (PartialDate, PartialDate, bool) {
		d, err := ParseDate(text)
		return d, d, err == nil && d.Known()
	}
	if d, e, ok := same(s); ok {
		return d, e, true
	}
	switch {
	case numeric.MatchString(s):
		m := numeric.FindStringSubmatch(s)
		return same(m[3] + "-" + two(m[2]) + "-" + two(m[1]))
	case monthly.MatchString(s):
		m := monthly.FindStringSubmatch(s)
		return same(m[2] + "-" + two(m[1]))
	case withDay.MatchString(s):
		m := withDay.FindStringSubmatch(s)
		if n := monthWords[m[2]]; n != 0 {
			return same(m[3] + "-" + two(strconv.Itoa(int(n))) + "-" + two(m[1]))
		}
	case wordYear.MatchString(s):
		m := wordYear.FindStringSubmatch(s)
		y, _ := strconv.Atoi(m[2])
		if n := monthWords[m[1]]; n != 0 {
			return InMonth(y, n), InMonth(y, n), y > 0
		}
		if season := seasonWords[m[1]]; season != "" {
			return InSeason(y, season), InSeason(y, season), y > 0
		}
	}
	if m := quarter.FindStringSubmatch(s); m != nil && s[0] != m[1][0] || m != nil && strings.Contains(s, "tr") || m != nil && strings.Contains(s, "qu") {
		return months3(m, 3)
	}
	if m := half.FindStringSubmatch(s); m != nil && (s[0] != m[1][0] || strings.Contains(s, "sem") || strings.Contains(s, "half")) {
		return months3(m, 6)
	}
	return start, end, false
}

// months3 gives the span of the n-th part of a year, each of so many months.
func months3(m []string, each int) (start, end PartialDate, ok bool) {
	n, _ := strconv.Atoi(m[1])
	y, _ := strconv.Atoi(m[2])
	return InMonth(y, time.Month((n-1)*each+1)), InMonth(y, time.Month(n*each)), y > 0
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}
