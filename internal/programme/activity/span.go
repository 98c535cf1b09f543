// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Codes that lists and counts ask an activity of the programme for, beside those of its Place.
const (
	SpanCode     = "span"     // its Span
	LateCode     = "late"     // the day from which it is late; none where it is over
	LacksCode    = "lacks"    // each of its Gaps, and Undated
	CorridorCode = "corridor" // both ends of its corridor
	ReadCode     = "read"     // "yes" where the import read something into the source: a date, or a number that is a bound
	BeginsCode   = "begins"   // the days of its Span, as InMonth and InYear ask for them
	EndsCode     = "ends"
)

// Undated is the value of LacksCode of what has no date at all.
const Undated = "date"

// Span is when an activity is, as far as that is known: from the first of its dates to the last. A day is known to its month
// here, which is what a calendar shows.
type Span struct {
	From, To party.PartialDate
	Inferred bool // it is our reading of the date
}

// Span gives it; ok is false where nothing is known.
func (l Line) Span() (s Span, ok bool) {
	s = Span{From: l.Start, To: l.End}
	if !s.From.Known() {
		s.From = l.End
	}
	if !s.From.Known() {
		s.From, s.Inferred = l.DateInferred, true
	}
	if !s.To.Known() {
		s.To = s.From
	}
	return s, s.From.Known()
}

// Code gives the span as the value of a code: "202103-202212", in the order of beginnings; months that are not known are 00.
func (s Span) Code() string {
	month := func(d party.PartialDate, day time.Time) string {
		if d.Month == 0 {
			return day.Format("2006") + "00"
		}
		return day.Format("200601")
	}
	return month(s.From, s.From.First()) + "-" + month(s.To, s.To.Last())
}

// ReadSpan reads a code's value back; ok is false for what is none.
func ReadSpan(code string) (s Span, ok bool) {
	if len(code) != 13 || code[6] != '-' {
		return s, false
	}
	month := func(v string) (party.PartialDate, bool) {
		if v[4:] == "00" {
			t, err := time.Parse("2006", v[:4])
			return party.InYear(t.Year()), err == nil
		}
		t, err := time.Parse("200601", v)
		return party.InMonth(t.Year(), t.Month()), err == nil
	}
	var from, to bool
	s.From, from = month(code[:6])
	s.To, to = month(code[7:])
	return s, from && to
}

// Precise says whether the months of both ends are known.
func (s Span) Precise() bool { return s.From.Month != 0 && s.To.Month != 0 }

// days gives the values of BeginsCode and EndsCode. What is known to the month stands apart from what is known to the year.
// Beginnings are turned around: what begins last before a day is likeliest to go on then, and a list begins with it.
func (s Span) days() (begins, ends string) {
	apart := "y"
	if s.Precise() {
		apart = "m"
	}
	return apart + back(s.From.First()), apart + s.To.Last().Format("20060102")
}

// Ends gives the value of EndsCode.
func (s Span) Ends() string {
	_, ends := s.days()
	return ends
}

// Dated adds the codes of a span to those of a dossier, where anything is known of when it is: a calendar asks for them.
func (l Line) Dated(codes map[string][]string) {
	if s, ok := l.Span(); ok {
		begins, ends := s.days()
		codes[SpanCode], codes[BeginsCode], codes[EndsCode] = []string{s.Code()}, []string{begins}, []string{ends}
	}
}

// InMonth asks for what is known to be in a month: begins by its end, and ends after its beginning.
func InMonth(year int, m time.Month) []store.Span {
	return within("m", time.Date(year, m, 1, 0, 0, 0, 0, time.UTC), time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC))
}

// InYear asks for what is known to be in a year, and not in which of its months.
func InYear(year int) []store.Span {
	return within("y", time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC))
}

func within(apart string, first, last time.Time) []store.Span {
	const day = "20060102"
	return []store.Span{{Name: BeginsCode, From: apart + back(last), To: apart + "99999999"}, {Name: EndsCode, From: apart + first.Format(day), To: apart + "99999999"}}
}

// back turns a day around, so that the latest stands first.
func back(day time.Time) string {
	return fmt.Sprintf("%08d", 99999999-day.Year()*10000-int(day.Month())*100-day.Day())
}

// Late asks for what is late at a time.
func Late(now time.Time) store.Span {
	return store.Span{Name: LateCode, To: now.UTC().Format("20060102")}
}

// ended lists the statuses that wait for nothing more.
var ended = []Status{"held", "delivered", "recurring"}

// LastDay gives when an activity should be over: its end, or the day of something that has not begun yet. What is
// under way and names only its beginning may still go on.
func (l Line) LastDay() party.PartialDate {
	for _, d := range []party.PartialDate{l.Start, l.DateInferred} {
		if !l.End.Known() && slices.Contains([]Status{"planned", "scheduled", "to_be_completed"}, l.Status) {
			l.End = d
		}
	}
	return l.End
}

// beside adds the codes that follow from dates, gaps and the corridor.
func (l Line) beside(d *store.Derived) {
	l.Dated(d.Codes)
	if day := l.LastDay(); day.Known() && !slices.Contains(ended, l.Status) {
		d.Codes[LateCode] = []string{day.Last().AddDate(0, 0, 1).Format("20060102")}
	}
	for _, g := range l.Gaps() {
		d.Codes[LacksCode] = append(d.Codes[LacksCode], string(g))
	}
	if !l.Start.Known() && !l.End.Known() && !l.DateInferred.Known() && !l.Since.Known() {
		d.Codes[LacksCode] = append(d.Codes[LacksCode], Undated)
	}
	if _, exact := l.Participants.Exact(); l.DateNote != "" || l.DateInferred.Known() || l.FromCountries.Known() || l.Participants.Known() && !exact {
		d.Codes[ReadCode] = []string{"yes"}
	}
	if l.Corridor.Known() {
		d.Codes[CorridorCode] = []string{l.Corridor.From + l.Corridor.To}
	}
}

// words are what an activity is found by in a long programme: the words of its title and description.
func (l Line) words() []store.Token {
	var out []store.Token
	for _, w := range Words(strings.Join(append([]string{l.Code, l.Title, l.Description}, slices.Sorted(maps.Values(l.Titles))...), "\n")) {
		if len(out) < maxWords {
			out = append(out, store.Token{Kind: OwnWordToken, Value: w})
		}
	}
	return out
}
