// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
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
	on activity.Span
}

// counted is how many activities have one span, as their code says.
type counted struct {
	activity.Span
	n int
}

// in says whether an activity belongs to a month of a year: its first month, its last one, and those between.
func (x counted) in(year int, m time.Month) bool {
	if !x.Precise() {
		return false
	}
	first, last := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC), time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC)
	return !x.From.First().After(last) && !x.To.Last().Before(first)
}

func (x counted) touches(year int) bool {
	return x.From.First().Year() <= year && x.To.Last().Year() >= year
}

// yearsOf gives the years that anything falls into, without gaps for a few years.
func yearsOf(list []counted) []int {
	var out []int
	for _, x := range list {
		for y := x.From.First().Year(); y <= x.To.Last().Year(); y++ {
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

// shownDated is how many activities a calendar shows of a month; the rest is counted.
const shownDated = 12

func (rm room) calendar(ctx context.Context, r *page.Request) (page.Response, error) {
	l, w := r.L, rolls.As(r)
	tally, err := rm.Store.Tally(ctx, w, access.KindActivity, activity.SpanCode)
	if err != nil {
		return nil, err
	}
	var dated []counted
	for code, n := range tally {
		if s, ok := activity.ReadSpan(code); ok {
			dated = append(dated, counted{s, n})
		}
	}
	var d calendarPage
	if d.None, err = rm.dated(ctx, r, filter{Lacks: activity.Undated}, func(a activity.Line) item { return entryOf(l, a).with(l.T("programme.kind." + string(a.Kind))) }); err != nil {
		return nil, err
	}
	if len(dated)+len(d.None) == 0 {
		return page.View("programme/calendar", l.T("programme.calendar.title"), calendarPage{Empty: nothingYet(l)}), nil
	}
	if years := yearsOf(dated); len(years) > 0 {
		year := yearOf(years, r.URL.Query().Get("year"), r.Now)
		for _, y := range years {
			d.Years = append(d.Years, page.Tab{Text: strconv.Itoa(y), Href: "/programme/calendar?year=" + strconv.Itoa(y), Current: y == year})
		}
		err = rm.yearPage(ctx, r, &d, dated, year)
	}
	return page.View("programme/calendar", l.T("programme.calendar.title"), d), err
}

// yearPage fills in a year: months in which nothing is are not asked for.
func (rm room) yearPage(ctx context.Context, r *page.Request, d *calendarPage, dated []counted, year int) (err error) {
	item := func(a activity.Line) item {
		s, _ := a.Span()
		return scheduled{a, s}.item(r.L)
	}
	for m := time.January; m <= time.December; m++ {
		x := month{Name: party.InMonth(year, m).Print(r.L), Now: year == r.Now.Year() && m == r.Now.Month()}
		if slices.ContainsFunc(dated, func(c counted) bool { return c.in(year, m) }) {
			if x.Items, err = rm.dated(ctx, r, filter{Month: fmt.Sprintf("%04d-%02d", year, m)}, item); err != nil {
				return err
			}
		}
		d.Months = append(d.Months, x)
	}
	if slices.ContainsFunc(dated, func(c counted) bool { return !c.Precise() && c.touches(year) }) {
		d.Whole, err = rm.dated(ctx, r, filter{Month: fmt.Sprintf("%04d", year)}, item)
	}
	return err
}

// dated reads the first activities that fit a filter, in the order of their beginnings, and says how many more there are.
func (rm room) dated(ctx context.Context, r *page.Request, f filter, of func(activity.Line) item) ([]item, error) {
	q := f.query(r.Now)
	n, err := rm.Store.Count(ctx, rolls.As(r), q)
	if err != nil || n == 0 {
		return nil, err
	}
	if q.Limit = shownDated; f.Month != "" {
		q.By = activity.BeginsCode
	}
	list, _, err := rm.page(ctx, rolls.As(r), q)
	var out []item
	for _, a := range list {
		out = append(out, of(a))
	}
	if n > len(list) {
		out = append(out, text(r.L.N("programme.more", n-len(list))).to(f.path()))
	}
	return out, err
}

// entryOf names an activity as a link.
func entryOf(l *lang.Locale, a activity.Line) item {
	title, language := a.In(l.Tag())
	return quoted(a.Code+" · "+title, l.Foreign(language)).to(activityPath(a.Code))
}

// item says what, when and how sure.
func (x scheduled) item(l *lang.Locale) item {
	parts := []string{span(l, x.Start, x.End)}
	if x.on.Inferred {
		parts = []string{x.on.From.Print(l) + " (" + l.T("programme.inferred") + ")"}
	}
	parts = append(parts, l.T("programme.kind."+string(x.Kind)))
	if w := statusWord(l, x.Status); w != "" {
		parts = append(parts, w)
	}
	return entryOf(l, x.Line).with(strings.Join(parts, " · "))
}
