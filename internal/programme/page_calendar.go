// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// calendarPage is /programme/calendar: a year's activities where their dates put them, no more exactly than is known.
type calendarPage struct {
	Years  []page.Tab
	Months []month
	Whole  []item // of the year, without a month
	None   []item // without any date
	Empty  *page.Empty
}

type month struct {
	Name  string
	Now   bool
	Items []item
}

// scheduled is an activity on the calendar. Our reading of a date counts, and is marked.
type scheduled struct {
	activity.Line
	from, to party.PartialDate
	inferred bool
}

func schedule(list []activity.Line) (dated []scheduled, undated []activity.Line) {
	for _, a := range list {
		x := scheduled{a, a.Start, a.End, false}
		if !x.from.Known() {
			x.from = a.End
		}
		if !x.from.Known() {
			x.from, x.inferred = a.DateInferred, true
		}
		if !x.to.Known() {
			x.to = x.from
		}
		if !x.from.Known() {
			undated = append(undated, a)
			continue
		}
		dated = append(dated, x)
	}
	slices.SortStableFunc(dated, func(a, b scheduled) int { return a.from.First().Compare(b.from.First()) })
	return dated, undated
}

// precise says whether a date is known to the month.
func precise(d party.PartialDate) bool { return d.Month != 0 }

// in says whether an activity belongs to a month of a year: its first month, its last one, and those between.
func (x scheduled) in(year int, m time.Month) bool {
	if !precise(x.from) || !precise(x.to) {
		return false
	}
	first, last := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC), time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC)
	return !x.from.First().After(last) && !x.to.Last().Before(first)
}

func (x scheduled) touches(year int) bool {
	return x.from.First().Year() <= year && x.to.Last().Year() >= year
}

// yearsOf gives the years that anything falls into, without gaps for a few years.
func yearsOf(list []scheduled) []int {
	var out []int
	for _, x := range list {
		for y := x.from.First().Year(); y <= x.to.Last().Year(); y++ {
			out = append(out, y)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// yearOf picks the year to show: the one asked for when it has something, else this one, else the nearest.
func yearOf(years []int, asked string, now time.Time) int {
	want, err := strconv.Atoi(asked)
	if err == nil && slices.Contains(years, want) {
		return want
	}
	return slices.MinFunc(years, func(a, b int) int {
		return max(a-now.Year(), now.Year()-a) - max(b-now.Year(), now.Year()-b)
	})
}

func (rm room) calendar(ctx context.Context, r *page.Request) (page.Response, error) {
	list, err := rm.activities(ctx, rolls.As(r), nil)
	if err != nil {
		return nil, err
	}
	l := r.L
	if len(list) == 0 {
		return page.View("programme/calendar", l.T("programme.calendar.title"), calendarPage{Empty: nothingYet(l)}), nil
	}
	dated, undated := schedule(list)
	var d calendarPage
	for _, a := range undated {
		d.None = append(d.None, entryOf(l, a).with(l.T("programme.kind."+string(a.Kind))))
	}
	if years := yearsOf(dated); len(years) > 0 {
		year := yearOf(years, r.URL.Query().Get("year"), r.Now)
		for _, y := range years {
			d.Years = append(d.Years, page.Tab{Text: strconv.Itoa(y), Href: "/programme/calendar?year=" + strconv.Itoa(y), Current: y == year})
		}
		d.Months, d.Whole = monthsOf(l, dated, year, r.Now)
	}
	return page.View("programme/calendar", l.T("programme.calendar.title"), d), nil
}

func monthsOf(l *lang.Locale, dated []scheduled, year int, now time.Time) (months []month, whole []item) {
	for m := time.January; m <= time.December; m++ {
		x := month{Name: party.InMonth(year, m).Print(l), Now: year == now.Year() && m == now.Month()}
		for _, a := range dated {
			if a.in(year, m) {
				x.Items = append(x.Items, a.item(l))
			}
		}
		months = append(months, x)
	}
	for _, a := range dated {
		if a.touches(year) && (!precise(a.from) || !precise(a.to)) {
			whole = append(whole, a.item(l))
		}
	}
	return months, whole
}

// entryOf names an activity as a link.
func entryOf(l *lang.Locale, a activity.Line) item {
	title, language := a.In(l.Tag())
	return quoted(a.Code+" · "+title, l.Foreign(language)).to(activityPath(a.Code))
}

// item says what, when and how sure.
func (x scheduled) item(l *lang.Locale) item {
	parts := []string{span(l, x.Start, x.End)}
	if x.inferred {
		parts = []string{x.from.Print(l) + " (" + l.T("programme.inferred") + ")"}
	}
	parts = append(parts, l.T("programme.kind."+string(x.Kind)))
	if w := statusWord(l, x.Status); w != "" {
		parts = append(parts, w)
	}
	return entryOf(l, x.Line).with(strings.Join(parts, " · "))
}
