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
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
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
	if d.None, err = rm.undatedItems(ctx, r); err != nil {
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
	for m := time.January; m <= time.December; m++ {
		x := month{Name: party.InMonth(year, m).Print(r.L), Now: year == r.Now.Year() && m == r.Now.Month()}
		if x.Items, err = rm.during(ctx, r, sum(dated, func(c counted) bool { return c.in(year, m) }), filter{Month: fmt.Sprintf("%04d-%02d", year, m)}, activity.InMonth(year, m)); err != nil {
			return err
		}
		d.Months = append(d.Months, x)
	}
	d.Whole, err = rm.during(ctx, r, sum(dated, func(c counted) bool { return !c.Precise() && c.touches(year) }), filter{Month: fmt.Sprintf("%04d", year)}, activity.InYear(year))
	return err
}

// sum counts the activities whose span is so.
func sum(dated []counted, is func(counted) bool) (n int) {
	for _, c := range dated {
		if is(c) {
			n += c.n
		}
	}
	return n
}

// during reads those of n activities in some time that begin last, in the order of their beginnings, and says how many more
// there are.
func (rm room) during(ctx context.Context, r *page.Request, n int, f filter, in []store.Span) ([]item, error) {
	if n == 0 {
		return nil, nil
	}
	list, err := rm.begunLast(ctx, rolls.As(r), in)
	if err != nil {
		return nil, err
	}
	inorder.Stably(list, func(a, b activity.Line) int {
		x, _ := a.Span()
		y, _ := b.Span()
		return x.From.First().Compare(y.From.First())
	})
	var out []item
	for _, a := range list {
		s, _ := a.Span()
		out = append(out, scheduled{a, s}.item(r.L))
	}
	return withMore(r.L, out, n, f), nil
}

// mostWalked is how many pages a month looks through for activities that still go on in it.
const mostWalked = 4

// begunLast goes back in time through what begins by the end of some time, and gives the first that end after its beginning.
func (rm room) begunLast(ctx context.Context, w store.Who, in []store.Span) (out []activity.Line, err error) {
	begins, ends := in[0], in[1]
	q := store.Query{Kind: access.KindActivity, Spans: []store.Span{begins}, By: activity.BeginsCode}
	for range mostWalked {
		list, next, err := rm.page(ctx, w, q)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if s, _ := a.Span(); s.Ends() >= ends.From && len(out) < shownDated {
				out = append(out, a)
			}
		}
		if q.After = next; next == "" || len(out) == shownDated {
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
