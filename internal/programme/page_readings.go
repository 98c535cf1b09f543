// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// reading is something that the import made of its source, or refused to make: what it is about, in our words, and the source's
// own beside them.
type reading struct {
	About  item
	Words  string
	Also   string // what else of the same
	Quotes []item
}

// readings lists them, from the records: names that mean one country or territory, priorities worded in two ways, dates that are
// not whole, numbers that are bounds, and the money that nobody has stated.
func (rm room) readings(ctx context.Context, r *page.Request, s scheme.Scheme) ([]reading, error) {
	l, w := r.L, rolls.As(r)
	var out []reading
	own := l.Foreign(s.Source.Language)
	for _, c := range s.Countries {
		if len(c.Aliases) == 0 {
			continue
		}
		x := reading{About: text(l.Country(c.Code)).to(countryPath(c.Code)), Words: l.T("programme.reading.names", "Code", c.Code)}
		for _, name := range append([]string{c.InSource}, c.Aliases...) {
			x.Quotes = append(x.Quotes, quoted(name, own))
		}
		out = append(out, x)
	}
	for _, p := range s.Priorities {
		if p.Heading != "" {
			out = append(out, reading{About: text(short(l, p.N)).to(filter{Priority: strconv.Itoa(p.N)}.path()), Words: l.T("programme.reading.priority"),
				Quotes: []item{quoted(p.Title, own).with(lines(l, s.Source, p.Lines)), quoted(p.Heading, own)}})
		}
	}
	read := filter{Read: "yes"}
	list, next, err := rm.page(ctx, w, read.query(r.Now))
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		out = append(out, dateReading(l, s, a)...)
		out = append(out, boundReading(l, s, a)...)
	}
	if next != "" {
		n, err := rm.Store.Count(ctx, w, read.query(r.Now))
		if err != nil {
			return nil, err
		}
		out = append(out, reading{About: text(l.N("programme.more", n-len(list))).to(read.path())})
	}
	budget, err := rm.budgetReading(ctx, r, s)
	return append(out, budget), err
}

// dateReading says what became of a date that the source gives in words or in part.
func dateReading(l *lang.Locale, s scheme.Scheme, a activity.Line) []reading {
	note, x := a.DateNote, reading{About: entryOf(l, a)}
	if note != "" {
		x.Quotes = []item{quoted(note, l.Foreign(s.Source.Language))}
	}
	switch start := span(l, a.Start, a.End); {
	case a.DateInferred.Known() && start == "":
		x.Words = l.T("programme.reading.inferred", "Date", a.DateInferred.Print(l))
	case note == "":
		return nil
	case start != "":
		x.Words = l.T("programme.reading.dated", "Dates", start)
	default:
		x.Words = l.T("programme.reading.undated")
	}
	return []reading{x}
}

// boundReading says which numbers are no counts, and which are more than the programme has partners.
func boundReading(l *lang.Locale, s scheme.Scheme, a activity.Line) []reading {
	x := reading{About: entryOf(l, a)}
	if c, n := a.FromCountries, len(s.Partners()); c.Known() && c.Low() > int64(n) {
		x.Words = l.T("programme.reading.countries", "Number", c.Print(l), "Partners", l.Number(n))
	}
	if _, exact := a.Participants.Exact(); a.Participants.Known() && !exact {
		x.Words, x.Also = l.T("programme.reading.bound", "Number", a.Participants.Print(l)), x.Words
	}
	if x.Words == "" {
		return nil
	}
	return []reading{x}
}

func (rm room) budgetReading(ctx context.Context, r *page.Request, s scheme.Scheme) (reading, error) {
	l, w := r.L, rolls.As(r)
	of, err := rm.Store.Count(ctx, w, own())
	if err != nil {
		return reading{}, err
	}
	without, err := rm.Store.Count(ctx, w, filter{Lacks: string(activity.NoAmount)}.query(r.Now))
	total := l.T("publication.unknown")
	if s.Budget.Known() {
		total = s.Budget.Print(l)
	}
	return reading{About: text(l.T("publication.budget", "Budget", total) + " (" + l.N("publication.budget.amounts", of-without, "Of", of) + ")"), Words: l.T("programme.reading.budget")}, err
}
