// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// calendarPage is /programme/calendar: a year's activities, events, trainings and sessions of the committee where their dates put
// them, no more exactly than is known.
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

// dated is something on the calendar, with when it is as far as that is known.
type dated struct {
	item
	on   activity.Span
	code string // of an activity
	of   string // the code of the activity that an event or training belongs to
}

// counted is how many records of a kind have one span, as their code says.
type counted struct {
	activity.Span
	kind string
	n    int
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

// shownDated is how many records of a kind a calendar shows of a month; the rest is counted.
const shownDated = 12

func (rm room) calendar(ctx context.Context, r *page.Request) (page.Response, error) {
	l, w := r.L, rolls.As(r)
	var all []counted
	for _, x := range onCalendar() {
		tally, err := rm.Store.Tally(ctx, w, x.kind, activity.SpanCode)
		if err != nil {
			return nil, err
		}
		for code, n := range tally {
			if s, ok := activity.ReadSpan(code); ok {
				all = append(all, counted{s, x.kind, n})
			}
		}
	}
	var d calendarPage
	var err error
	if d.None, err = rm.undatedItems(ctx, r); err != nil {
		return nil, err
	}
	if len(all)+len(d.None) == 0 {
		return page.View("programme/calendar", l.T("programme.calendar.title"), calendarPage{Empty: nothingYet(l)}), nil
	}
	if years := yearsOf(all); len(years) > 0 {
		year := yearOf(years, r.URL.Query().Get("year"), r.Now)
		for _, y := range years {
			d.Years = append(d.Years, page.Tab{Text: strconv.Itoa(y), Href: "/programme/calendar?year=" + strconv.Itoa(y), Current: y == year})
		}
		err = rm.yearPage(ctx, r, &d, all, year)
	}
	return page.View("programme/calendar", l.T("programme.calendar.title"), d), err
}

// yearPage fills in a year: months in which nothing is are not asked for.
func (rm room) yearPage(ctx context.Context, r *page.Request, d *calendarPage, all []counted, year int) (err error) {
	for m := time.January; m <= time.December; m++ {
		x := month{Name: party.InMonth(year, m).Print(r.L), Now: year == r.Now.Year() && m == r.Now.Month()}
		if x.Items, err = rm.during(ctx, r, all, func(c counted) bool { return c.in(year, m) }, fmt.Sprintf("%04d-%02d", year, m), activity.InMonth(year, m)); err != nil {
			return err
		}
		d.Months = append(d.Months, x)
	}
	d.Whole, err = rm.during(ctx, r, all, func(c counted) bool { return !c.Precise() && c.touches(year) }, fmt.Sprintf("%04d", year), activity.InYear(year))
	return err
}

// during reads what is in some time, of each kind that which begins last, in the order of beginnings, and says how many more there
// are.
func (rm room) during(ctx context.Context, r *page.Request, all []counted, is func(counted) bool, when string, in []store.Span) ([]item, error) {
	var list []dated
	var more []item
	for _, x := range onCalendar() {
		n := 0
		for _, c := range all {
			if c.kind == x.kind && is(c) {
				n += c.n
			}
		}
		if n == 0 {
			continue
		}
		found, err := rm.begunLast(ctx, r, x, in)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
		if rest := n - len(found); rest > 0 {
			more = append(more, text(r.L.N("programme.more", rest)).to(x.all(when)))
		}
	}
	inorder.Stably(list, func(a, b dated) int { return a.on.From.First().Compare(b.on.From.First()) })
	var out []item
	for _, x := range list {
		if !x.told(list) {
			out = append(out, x.item)
		}
	}
	return append(out, more...), nil
}

// told says of an activity that an event or training of its own stands on the same days, and names it: once is enough.
func (x dated) told(list []dated) bool {
	return x.code != "" && slices.ContainsFunc(list, func(y dated) bool { return y.of == x.code && y.on == x.on })
}

// mostWalked is how many pages a month looks through for activities that still go on in it.
const mostWalked = 4

// begunLast goes back in time through what begins by the end of some time, and gives the first that end after its beginning.
func (rm room) begunLast(ctx context.Context, r *page.Request, x calendared, in []store.Span) (out []dated, err error) {
	begins, ends := in[0], in[1]
	q := store.Query{Kind: x.kind, Spans: []store.Span{begins}, By: activity.BeginsCode}
	for range mostWalked {
		p, err := rm.Store.List(ctx, rolls.As(r), q)
		if err != nil {
			return nil, err
		}
		for _, row := range p.Rows {
			d, err := x.of(r.L, row)
			if err != nil {
				return nil, err
			}
			if d.on.Ends() >= ends.From && len(out) < shownDated {
				out = append(out, d)
			}
		}
		if q.After = p.Next; q.After == "" || len(out) == shownDated {
			break
		}
	}
	return out, nil
}

// withMore adds how many of n are not shown, and the way to all.
func withMore(l *lang.Locale, out []item, n int, f filter) []item {
	if n > len(out) {
		out = append(out, text(l.N("programme.more", n-len(out))).to(f.path()))
	}
	return out
}

// undatedItems are the first activities without any date.
func (rm room) undatedItems(ctx context.Context, r *page.Request) ([]item, error) {
	f := filter{Lacks: activity.Undated}
	n, err := rm.Store.Count(ctx, rolls.As(r), f.query(r.Now))
	if err != nil || n == 0 {
		return nil, err
	}
	q := f.query(r.Now)
	q.Limit = shownDated
	list, _, err := rm.page(ctx, rolls.As(r), q)
	var out []item
	for _, a := range list {
		out = append(out, entryOf(r.L, a).with(r.L.T("programme.kind."+string(a.Kind))))
	}
	return withMore(r.L, out, n, f), err
}

// entryOf names an activity as a link.
func entryOf(l *lang.Locale, a activity.Line) item {
	title, language := a.In(l.Tag())
	return quoted(a.Code+" · "+title, l.Foreign(language)).to(activityPath(a.Code))
}
