// SPDX-License-Identifier: EUPL-1.2

package clock

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Unit is what a length counts in.
type Unit byte

// The units of a length: hours run on, all others are counted on the calendar of a zone.
const (
	Hours  Unit = 'h'
	Days   Unit = 'd'
	Weeks  Unit = 'w'
	Months Unit = 'M'
	Years  Unit = 'y'
)

// Length is how long a period lasts, as a law says it: 30 days, 3 months, 72 hours. The zero Length is "none".
type Length struct {
	N    int
	Unit Unit
}

var lengthText = regexp.MustCompile(`^([1-9][0-9]{0,3})([hdwMy])$`)

// ParseLength reads "72h", "30d", "2w", "3M" or "1y".
func ParseLength(s string) (Length, error) {
	m := lengthText.FindStringSubmatch(s)
	if m == nil {
		return Length{}, fmt.Errorf("clock: a length is a number and one of h, d, w, M, y, as in 30d or 3M: %q", s)
	}
	n, err := strconv.Atoi(m[1])
	return Length{n, Unit(m[2][0])}, err
}

// MustLength is ParseLength for constants; it panics on what ParseLength refuses.
func MustLength(s string) Length {
	l, err := ParseLength(s)
	if err != nil {
		panic(err)
	}
	return l
}

// IsZero says whether there is no length.
func (l Length) IsZero() bool { return l == Length{} }

// String gives the form that ParseLength reads; "" for none.
func (l Length) String() string {
	if l.IsZero() {
		return ""
	}
	return strconv.Itoa(l.N) + string(l.Unit)
}

// MarshalText gives the form of String.
func (l Length) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the form of String.
func (l *Length) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*l = Length{}
		return nil
	}
	*l, err = ParseLength(string(b))
	return err
}

// End gives the last second of a period that a moment starts, in a zone (nil is UTC).
//
// Hours run on from the moment. Longer units are counted on the calendar: the day of the moment is not
// counted and the last day counts whole, so that a period of 30 days from 1 March, at any hour, ends with
// 31 March. Months end on the day of the same number, or on the month's last day where there is none. This
// is how Regulation 1182/71 counts; its extension over weekends and holidays is left out, as it differs
// between laws. The end of a day is its end in the zone, on days of 23 and of 25 hours too.
func (l Length) End(start time.Time, zone *time.Location) time.Time {
	if l.Unit == Hours {
		return start.Add(time.Duration(l.N) * time.Hour)
	}
	y, m, d := l.shift(start, zone, 1)
	return endOfDay(y, m, d, zoneOr(zone))
}

// Before gives when a lead time ahead of an end begins: hours run back from it, longer units go back on
// the calendar to the first moment of a day.
func (l Length) Before(end time.Time, zone *time.Location) time.Time {
	if l.Unit == Hours {
		return end.Add(-time.Duration(l.N) * time.Hour)
	}
	y, m, d := l.shift(end, zone, -1)
	return time.Date(y, m, d, 0, 0, 0, 0, zoneOr(zone))
}

// shift moves a moment's calendar day forward (by 1) or back (by -1) by the length.
func (l Length) shift(t time.Time, zone *time.Location, by int) (int, time.Month, int) {
	y, m, d := t.In(zoneOr(zone)).Date()
	n := l.N * by
	switch l.Unit {
	case Days:
		return civil(y, m, d+n)
	case Weeks:
		return civil(y, m, d+7*n)
	case Years:
		n *= 12
	}
	y, m, _ = civil(y, m+time.Month(n), 1)
	return y, m, min(d, lastOf(y, m))
}

// civil normalises a calendar day without any zone.
func civil(y int, m time.Month, d int) (int, time.Month, int) {
	return time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Date()
}

// lastOf gives the number of a month's last day.
func lastOf(y int, m time.Month) int {
	_, _, d := civil(y, m+1, 0)
	return d
}

// EndOfDay gives the last second of a moment's day in a zone: what "the same day" leaves.
func EndOfDay(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zoneOr(zone)).Date()
	return endOfDay(y, m, d, zoneOr(zone))
}

// endOfDay gives the last second whose calendar day in the zone is this one. Where clocks go forward at
// midnight there is no 00:00 on the next day, and time.Date may land an hour back in this one.
func endOfDay(y int, m time.Month, d int, zone *time.Location) time.Time {
	next := time.Date(y, m, d+1, 0, 0, 0, 0, zone)
	if next.Day() == d {
		next = next.Add(time.Hour)
	}
	return next.Add(-time.Second)
}

func zoneOr(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// Day is a calendar day as 2006-01-02; "" is open-ended. Days compare as texts.
type Day string

// DayOf gives a moment's calendar day in a zone.
func DayOf(t time.Time, zone *time.Location) Day {
	return Day(t.In(zoneOr(zone)).Format(time.DateOnly))
}

func (d Day) valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return d == "" || err == nil
}

// Rule is one legal deadline as data, in the wording of one law.
type Rule struct {
	Code   string `json:"code" yaml:"code"`
	Length Length `json:"length" yaml:"length"`
	// Longest is the most that the law allows, where it gives a span; it is shown and never enforced.
	Longest Length `json:"longest,omitzero" yaml:"longest,omitempty"`
	From    Day    `json:"from,omitempty" yaml:"from,omitempty"`   // first day on which this wording holds
	Until   Day    `json:"until,omitempty" yaml:"until,omitempty"` // last day
	Starts  string `json:"starts,omitempty" yaml:"starts"`         // code of what starts it
	Article string `json:"article,omitempty" yaml:"article"`
	Source  string `json:"source,omitempty" yaml:"source"`
	// CheckedAt and CheckedBy say when and by whom the rule was compared with the law itself. Without a
	// name the rule is unverified: it may protect, and never end a protection.
	CheckedAt Day      `json:"checked_at,omitempty" yaml:"checked_at,omitempty"`
	CheckedBy string   `json:"checked_by,omitempty" yaml:"checked_by,omitempty"`
	Minimum   bool     `json:"minimum,omitempty" yaml:"minimum,omitempty"` // an international minimum, as the national rule is not known
	Blocks    []string `json:"blocks,omitempty" yaml:"blocks,omitempty"`   // codes of what may not be done while it runs
	Tells     []string `json:"tells,omitempty" yaml:"tells,omitempty"`     // roles that are warned
	Warn      []Length `json:"warn,omitempty" yaml:"warn,omitempty"`       // lead times before the end
}

// Verified says whether somebody answers for the rule by name.
func (r Rule) Verified() bool { return r.CheckedBy != "" && r.CheckedAt != "" }

// Holds says whether this wording is in force on a day.
func (r Rule) Holds(on Day) bool {
	return (r.From == "" || r.From <= on) && (r.Until == "" || on <= r.Until)
}

// Check says what is wrong with the rule as data, or nil.
func (r Rule) Check() error {
	switch {
	case r.Code == "" || r.Length.IsZero():
		return fmt.Errorf("clock: a rule needs a code and a length: %q", r.Code)
	case r.Source == "":
		return fmt.Errorf("clock: rule %s names no source", r.Code)
	case !r.From.valid() || !r.Until.valid() || !r.CheckedAt.valid():
		return fmt.Errorf("clock: rule %s: a day is written as 2026-11-23", r.Code)
	case r.From != "" && r.Until != "" && r.Until < r.From:
		return fmt.Errorf("clock: rule %s ends before it begins", r.Code)
	case (r.CheckedBy == "") != (r.CheckedAt == ""):
		return fmt.Errorf("clock: rule %s: who checked it and when belong together", r.Code)
	}
	return nil
}

// Due gives the last second of the period that a moment starts under a rule, in a zone.
func Due(r Rule, start time.Time, zone *time.Location) time.Time { return r.Length.End(start, zone) }

// Warnings gives the moments at which a rule warns of an end, earliest first.
func Warnings(r Rule, end time.Time, zone *time.Location) []time.Time {
	return WarnAt(r.Warn, end, zone)
}

// WarnAt gives the moments that lie by given lead times before an end, earliest first.
func WarnAt(leads []Length, end time.Time, zone *time.Location) []time.Time {
	out := make([]time.Time, 0, len(leads))
	for _, l := range leads {
		out = append(out, l.Before(end, zone))
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// Rules are all wordings of some deadlines, past, present and to come.
type Rules []Rule

// At gives the wording of a rule that held on the day on which a clock started: a later law does not
// change a clock that runs. ok is false when there was none.
func (rs Rules) At(code string, start time.Time, zone *time.Location) (r Rule, ok bool) {
	day := DayOf(start, zone)
	for _, x := range rs {
		if x.Code == code && x.Holds(day) {
			return x, true
		}
	}
	return Rule{}, false
}

// Check says what is wrong with the rules: a rule by itself, or two wordings that hold on the same day.
func (rs Rules) Check() error {
	for i, a := range rs {
		if err := a.Check(); err != nil {
			return err
		}
		for _, b := range rs[:i] {
			if a.Code == b.Code && overlap(a, b) {
				return fmt.Errorf("clock: two wordings of rule %s hold on the same day", a.Code)
			}
		}
	}
	return nil
}

func overlap(a, b Rule) bool {
	starts := func(x, y Rule) bool { return x.Until == "" || strings.Compare(string(y.From), string(x.Until)) <= 0 }
	return starts(a, b) && starts(b, a)
}
