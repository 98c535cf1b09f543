// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

const deadlinesPath = "/programme/deadlines"

// deadline is something in a register that waits for a day, or for a date.
type deadline struct {
	Room    string // whose record it is: the catalogue key of one of it
	Text    page.Cell
	Owners  []journal.ID
	On      party.PartialDate // not known: nobody has set a date
	Because string            // catalogue key of what the date is
	// Progress says how far it is; "" where only done and not done are told apart.
	Progress string
}

// moment is the end of the last day of a date.
func (d deadline) moment() time.Time { return d.On.Last().AddDate(0, 0, 1) }

// when says how near a deadline is: a code of whens.
func (d deadline) when(now time.Time) string {
	switch {
	case !d.On.Known():
		return "undated"
	case !now.Before(d.moment()):
		return "late"
	case d.moment().Before(now.AddDate(0, 0, 30)):
		return "month"
	}
	return "later"
}

func whens() []string { return []string{"late", "month", "later", "undated"} }

// deadlines gathers what waits in all registers, the earliest first, what has no date last.
func (rm room) deadlines(ctx context.Context, r *page.Request) ([]deadline, error) {
	var out []deadline
	for _, of := range []func(context.Context, *page.Request) ([]deadline, error){rm.needDeadlines, rm.actionDeadlines, rm.recommendationDeadlines, rm.agreementDeadlines, rm.measureDeadlines} {
		ds, err := of(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, ds...)
	}
	slices.SortStableFunc(out, func(a, b deadline) int {
		if a.On.Known() != b.On.Known() {
			if a.On.Known() {
				return -1
			}
			return 1
		}
		if c := a.On.Last().Compare(b.On.Last()); c != 0 {
			return c
		}
		return strings.Compare(a.Text.Href, b.Text.Href)
	})
	return out, nil
}

// needDeadlines: a need is to be met within twelve months of being identified.
func (rm room) needDeadlines(ctx context.Context, r *page.Request) ([]deadline, error) {
	rows, err := need.List(ctx, rm.Store, rolls.As(r), nil)
	var out []deadline
	for _, x := range rows {
		if x.V.State != need.Identified && x.V.State != need.Planned {
			continue
		}
		c := rolls.Excerpt(r.L, x.V.Text)
		c.Href = need.Path + "/" + x.ID.String()
		out = append(out, deadline{Room: "need.one", Text: c, On: party.OnDay(x.V.On.First().AddDate(1, 0, 0)), Because: "programme.deadlines.need"})
	}
	return out, err
}

func (rm room) actionDeadlines(ctx context.Context, r *page.Request) ([]deadline, error) {
	rows, err := action.List(ctx, rm.Store, rolls.As(r), nil)
	var out []deadline
	for _, x := range rows {
		if x.V.State != action.Open {
			continue
		}
		c := rolls.Excerpt(r.L, x.V.Text)
		c.Href = action.Path + "/" + x.ID.String()
		out = append(out, deadline{Room: "action.one", Text: c, Owners: []journal.ID{x.V.Owner}, On: x.V.Due, Because: "programme.deadlines.action"})
	}
	return out, err
}

func (rm room) recommendationDeadlines(ctx context.Context, r *page.Request) ([]deadline, error) {
	rows, err := recommendation.List(ctx, rm.Store, rolls.As(r), nil)
	var out []deadline
	for _, x := range rows {
		if x.V.State == recommendation.Implemented || x.V.State == recommendation.Past {
			continue
		}
		out = append(out, deadline{Room: "recommendation.one", Owners: x.V.Owners, On: x.V.Due, Because: "programme.deadlines.recommendation",
			Text: page.Cell{Text: x.V.Source + " · " + r.L.T("recommendation.at", "Paragraph", x.V.Paragraph), Href: recommendation.Path + "/" + x.ID.String()}})
	}
	return out, err
}

// measureDeadlines: what a strategy or action plan asks for, with how far its owners are.
func (rm room) measureDeadlines(ctx context.Context, r *page.Request) ([]deadline, error) {
	rows, err := measure.List(ctx, rm.Store, rolls.As(r), nil)
	var out []deadline
	for _, x := range rows {
		if x.V.State == measure.Done || x.V.State == measure.Dropped {
			continue
		}
		out = append(out, deadline{Room: "measure.one", Owners: x.V.Owners, On: x.V.Due, Because: "programme.deadlines.measure", Progress: progress(r.L, x.V),
			Text: page.Cell{Text: r.L.T("measure.at", "Code", x.V.Code) + " · " + x.V.Plan, Href: measure.Path + "/" + x.ID.String()}})
	}
	return out, err
}

// progress says how far a measure is: as a whole, and how many of its owners have said so of theirs.
func progress(l *lang.Locale, m measure.Line) string {
	text := l.T("measure.state." + string(m.State))
	if len(m.Owners) < 2 && len(m.Shares) == 0 {
		return text
	}
	done := 0
	for _, s := range m.Shares {
		if s.State == measure.Done {
			done++
		}
	}
	return text + " · " + l.T("measure.progress", "Reported", l.Number(len(m.Shares)), "Done", l.Number(done), "Owners", l.Number(len(m.Owners)))
}

// lateMeasures are those whose dates are over, for the page of the day.
func (rm room) lateMeasures(ctx context.Context, r *page.Request) ([]page.Line, error) {
	ds, err := rm.measureDeadlines(ctx, r)
	if err != nil {
		return nil, err
	}
	g, err := rm.register(ctx, rolls.As(r))
	var out []page.Line
	for _, d := range ds {
		if d.when(r.Now) != "late" {
			continue
		}
		day := d.On.Last()
		var names []string
		for _, id := range d.Owners {
			names = append(names, g.name(r.L, id))
		}
		out = append(out, page.Line{Tone: page.Warn, Title: d.Text.Text, Href: d.Text.Href, Text: d.Progress, Basis: r.L.List(names), When: r.L.T("programme.pending.until"), Due: &day, Now: r.Now})
	}
	return out, err
}

// agreementDeadlines: an agreement in force ends, when it says when.
func (rm room) agreementDeadlines(ctx context.Context, r *page.Request) ([]deadline, error) {
	rows, err := agreement.List(ctx, rm.Store, rolls.As(r))
	var out []deadline
	for _, x := range rows {
		if x.V.StateAt(r.Now) != agreement.InForce || !x.V.Until.Known() {
			continue
		}
		c := rolls.Excerpt(r.L, x.V.Title)
		c.Text, c.Href = x.V.Code+" · "+c.Text, agreement.Path+"/"+x.ID.String()
		out = append(out, deadline{Room: "agreement.one", Text: c, On: x.V.Until, Because: "programme.deadlines.agreement"})
	}
	return out, err
}

func (rm room) showDeadlines(ctx context.Context, r *page.Request) (page.Response, error) {
	all, err := rm.deadlines(ctx, r)
	if err != nil {
		return nil, err
	}
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	l, chosen := r.L, r.URL.Query().Get("when")
	n := map[string]int{}
	for _, d := range all {
		n[d.when(r.Now)]++
	}
	d := rolls.List{Title: l.T("programme.deadlines.title"), Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.deadlines.title")}},
		Tabs: []page.Tab{{Text: l.T("register.any"), Count: l.Number(len(all)), Href: deadlinesPath, Current: !slices.Contains(whens(), chosen)}}}
	for _, w := range whens() {
		d.Tabs = append(d.Tabs, page.Tab{Text: l.T("programme.deadlines." + w), Count: l.Number(n[w]), Href: deadlinesPath + "?when=" + w, Current: w == chosen})
	}
	if slices.Contains(whens(), chosen) {
		all = slices.DeleteFunc(all, func(x deadline) bool { return x.when(r.Now) != chosen })
	}
	d.Lead = l.N("programme.deadlines.count", len(all))
	d.Table = page.Table{Caption: l.T("programme.deadlines.title"), Empty: &page.Empty{Icon: "calendar-event", Title: l.T("programme.deadlines.none"), Text: l.T("programme.deadlines.none.text")},
		Columns: []page.Column{{Text: l.T("programme.deadlines.record")}, {Text: l.T("programme.deadlines.until")}, {Text: l.T("programme.deadlines.owner")}}}
	for _, x := range all {
		d.Table.Rows = append(d.Table.Rows, deadlineRow(r, g, x))
	}
	return page.View("register/list", l.T("programme.deadlines.title"), d), nil
}

func deadlineRow(r *page.Request, g register, x deadline) page.Row {
	l := r.L
	x.Text.Sub = l.T(x.Room)
	until := page.Cell{Text: l.T("programme.deadlines.undated"), Tone: page.Off, Sub: l.T(x.Because)}
	if x.On.Known() {
		until = page.Cell{Text: x.On.Print(l), Sub: l.T(x.Because)}
		if x.when(r.Now) == "late" {
			until.Tone = page.Bad
		}
	}
	var names []string
	for _, id := range x.Owners {
		if s := g.name(l, id); s != "" {
			names = append(names, s)
		}
	}
	return page.Row{Cells: []page.Cell{x.Text, until, {Text: l.List(names), Sub: x.Progress}}}
}
