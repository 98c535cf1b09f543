// SPDX-License-Identifier: EUPL-1.2

package party

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Season is a quarter of the year as texts say it, on the northern half of the earth.
type Season string

// The closed list of seasons.
const (
	Spring Season = "spring"
	Summer Season = "summer"
	Autumn Season = "autumn"
	Winter Season = "winter"
)

var seasons = [...]Season{Spring, Summer, Autumn, Winter}

// PartialDate is a day, a month, a season or a year, as far as it is known. The zero value is unknown. Values
// are comparable with ==.
//
// Its text is that of ISO 8601-2 (EDTF level 1): "2021", "2021-03", "2021-03-12", "2021-21" to "2021-24" for spring
// to winter, and "" for unknown.
type PartialDate struct {
	Year   int // 1 to 9999; 0 is unknown, and then so is the rest
	Month  time.Month
	Day    int
	Season Season // without Month
}

// InYear is a year.
func InYear(y int) PartialDate { return PartialDate{Year: y} }

// InMonth is a month of a year.
func InMonth(y int, m time.Month) PartialDate { return PartialDate{Year: y, Month: m} }

// InSeason is a season of a year.
func InSeason(y int, s Season) PartialDate { return PartialDate{Year: y, Season: s} }

// OnDay is the calendar day that a time shows in its own zone.
func OnDay(t time.Time) PartialDate {
	y, m, d := t.Date()
	return PartialDate{Year: y, Month: m, Day: d}
}

var errDate = errors.New("party: a date is written 2021, 2021-03, 2021-03-12, or 2021-21 for spring 2021")

// ParseDate reads the text form. An error never quotes the input.
func ParseDate(s string) (PartialDate, error) {
	if s == "" {
		return PartialDate{}, nil
	}
	parts := strings.Split(s, "-")
	if len(parts) > 3 || len(parts[0]) != 4 || parts[0] == "0000" {
		return PartialDate{}, errDate
	}
	var n [3]int
	for i, p := range parts {
		if i > 0 && len(p) != 2 || strings.ContainsFunc(p, func(r rune) bool { return r < '0' || r > '9' }) {
			return PartialDate{}, errDate
		}
		n[i], _ = strconv.Atoi(p) // digits only, at most four
	}
	d := PartialDate{Year: n[0], Month: time.Month(n[1]), Day: n[2]}
	if len(parts) == 2 && n[1] > 20 && n[1] <= 20+len(seasons) {
		d = InSeason(n[0], seasons[n[1]-21])
	} else if len(parts) > 1 && n[1] == 0 || len(parts) > 2 && n[2] == 0 {
		return PartialDate{}, errDate
	}
	return d, d.check()
}

func (d PartialDate) check() error {
	if d == (PartialDate{}) {
		return nil
	}
	ok := d.Year >= 1 && d.Year <= 9999 && d.Month >= 0 && d.Month <= 12 && d.Day >= 0
	switch {
	case d.Season != "":
		ok = ok && d.Month == 0 && d.Day == 0 && d.seasonIndex() >= 0
	case d.Day > 0:
		ok = ok && d.Month > 0 && d.Day <= lastDay(d.Year, d.Month)
	}
	if !ok {
		return errDate
	}
	return nil
}

func (d PartialDate) seasonIndex() int {
	for i, s := range seasons {
		if s == d.Season {
			return i
		}
	}
	return -1
}

func lastDay(y int, m time.Month) int { return time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// Known says whether anything is known of it.
func (d PartialDate) Known() bool { return d.Year != 0 }

// String gives the text form.
func (d PartialDate) String() string {
	switch {
	case !d.Known():
		return ""
	case d.Season != "":
		return fmt.Sprintf("%04d-%02d", d.Year, 21+d.seasonIndex())
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, int(d.Month))
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText gives the text form; it refuses a date that is none.
func (d PartialDate) MarshalText() ([]byte, error) { return []byte(d.String()), d.check() }

// UnmarshalText reads the text form.
func (d *PartialDate) UnmarshalText(b []byte) error {
	x, err := ParseDate(string(b))
	if err == nil {
		*d = x
	}
	return err
}

// First and Last are the earliest and latest day that it can mean, at 00:00 UTC; both are the zero time when it is
// unknown. "Winter 2021" is said of the winter that begins and of the one that ends in that year, so it reaches
// from December 2020 to February 2022.
func (d PartialDate) First() time.Time {
	day := func(y int, m time.Month, n int) time.Time { return time.Date(y, m, n, 0, 0, 0, 0, time.UTC) }
	switch {
	case !d.Known():
		return time.Time{}
	case d.Season == Winter:
		return day(d.Year-1, time.December, 1)
	case d.Season != "":
		return day(d.Year, time.Month(3+3*d.seasonIndex()), 1)
	}
	return day(d.Year, max(d.Month, 1), max(d.Day, 1))
}

// Last is the latest day that it can mean. See First.
func (d PartialDate) Last() time.Time {
	end := func(y int, m time.Month) time.Time { return time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC) }
	switch {
	case !d.Known():
		return time.Time{}
	case d.Season == Winter:
		return end(d.Year+1, time.February)
	case d.Season != "":
		return end(d.Year, time.Month(5+3*d.seasonIndex()))
	case d.Month == 0:
		return end(d.Year, time.December)
	case d.Day == 0:
		return end(d.Year, d.Month)
	}
	return d.First()
}

// Before says that d is over before other begins, whatever they mean exactly. False also when that is not known.
func (d PartialDate) Before(other PartialDate) bool {
	return d.Known() && other.Known() && d.Last().Before(other.First())
}

// CompareDates is a total order for lists: by first day, then the more exact one, unknown last.
func CompareDates(a, b PartialDate) int {
	if a.Known() != b.Known() {
		if a.Known() {
			return -1
		}
		return 1
	}
	return cmp.Or(a.First().Compare(b.First()), a.Last().Compare(b.Last()), cmp.Compare(a.String(), b.String()))
}

// Words is what printing needs of a lang.Locale.
type Words interface {
	T(key string, args ...any) string
	Date(time.Time) string
	Number(any) string
}

// Print says a date in the reader's language: "12 March 2021", "March 2021", "spring 2021", "2021", "unknown".
func (d PartialDate) Print(w Words) string {
	year := strconv.Itoa(d.Year)
	switch {
	case !d.Known():
		return w.T("party.date.unknown")
	case d.Season != "":
		return w.T("party.date."+string(d.Season), "Year", year)
	case d.Month == 0:
		return year
	case d.Day == 0:
		return w.T(fmt.Sprintf("party.date.month_%d", int(d.Month)), "Year", year)
	}
	return w.Date(d.First().Add(12 * time.Hour)) // noon: the same day in every European zone
}

// Between says a period in the words of a key with the places From and To (or Until); the first day goes without what the last
// says again: "26 to 28 January 2021". Languages that begin with the year say both whole.
func Between(w Words, key string, first, last PartialDate) string {
	from, to := first.Print(w), last.Print(w)
	if first != last && first.Day > 0 && last.Day > 0 {
		a, b := strings.Split(from, " "), strings.Split(to, " ")
		for len(a) > 1 && len(b) > 1 && a[len(a)-1] == b[len(b)-1] {
			a, b = a[:len(a)-1], b[:len(b)-1]
		}
		from = strings.Join(a, " ")
	}
	return w.T(key, "From", from, "To", to, "Until", to)
}
