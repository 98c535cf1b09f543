// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// Pending is what of a programme needs somebody, one line each.
type Pending struct {
	Late      Lines       // activities whose dates have passed, and nobody has said what became of them
	Overdue   Lines       // what the registers hold with a date that is over: needs, actions, agreements, recommendations, measures, questions
	Undated   Lines       //
	Votes     []page.Line // sessions of the committee whose motions wait for the reader's vote
	Undecided []page.Line // what an import read into the source, and what the source says in two ways
	Missing   []page.Line // corridors without a figure for the last whole quarter
	Arrived   []page.Line // figures of the last month
	Justice   Lines       // activities of the pillar prosecution, for offices of police and justice
}

// Lines are the first lines of a list, how many there are in all, and where all of them are.
type Lines struct {
	N     int
	First []page.Line
	Href  string
}

// shownPending is how many lines of a list are read at most.
const shownPending = 8

// figuresNew is how long a figure counts as just arrived.
const figuresNew = 30 * 24 * time.Hour

// Pending gathers what needs somebody, as the reader may see it. from narrows the figures that are missing to corridors
// that begin in a country or territory; "" is all.
func (c Config) Pending(ctx context.Context, r *page.Request, from string) (Pending, error) {
	rm := room{c}
	var p Pending
	corridors, err := rm.matchingAll(ctx, rolls.As(r), store.Span{Name: activity.CorridorCode})
	if err != nil {
		return p, err
	}
	figures, err := figure.List(ctx, rm.Store, rolls.As(r), "")
	if err != nil {
		return p, err
	}
	for _, a := range corridors {
		p.corridor(r, a, figures, from)
	}
	for _, x := range []struct {
		to   *Lines
		f    filter
		line func(*page.Request, activity.Line) page.Line
	}{{&p.Late, filter{Late: "now"}, lateLine}, {&p.Undated, filter{Lacks: activity.Undated}, undatedLine}, {&p.Justice, filter{Pillar: "P3"}, justiceLine}} {
		if *x.to, err = rm.first(ctx, r, x.f, x.line); err != nil {
			return p, err
		}
	}
	p.figures(ctx, r, rm, figures)
	if p.Overdue, err = rm.overdue(ctx, r); err != nil {
		return p, err
	}
	todo, err := c.toDecide(ctx, r)
	if err != nil {
		return p, err
	}
	for _, x := range slices.Backward(todo) {
		if committee.Ballot(x.Href) {
			p.Votes = slices.Insert(p.Votes, 0, x)
		} else {
			p.Undecided = slices.Insert(p.Undecided, 0, x)
		}
	}
	return p, p.contradictions(ctx, r, rm)
}

// first counts the activities that fit a filter and reads the first of them.
func (rm room) first(ctx context.Context, r *page.Request, f filter, line func(*page.Request, activity.Line) page.Line) (Lines, error) {
	n, err := rm.Store.Count(ctx, rolls.As(r), f.query(r.Now))
	out := Lines{N: n, Href: f.path()}
	if err != nil || n == 0 {
		return out, err
	}
	q := f.query(r.Now)
	q.Limit = shownPending
	list, _, err := rm.page(ctx, rolls.As(r), q)
	for _, a := range list {
		out.First = append(out.First, line(r, a))
	}
	return out, err
}

// lineOf names an activity on a line.
func lineOf(l *lang.Locale, a activity.Line) page.Line {
	title, language := a.In(l.Tag())
	return page.Line{Title: a.Code + " · " + title, Lang: l.Foreign(language), Href: activityPath(a.Code)}
}

func aboutLine(r *page.Request, a activity.Line) page.Line {
	x := lineOf(r.L, a)
	x.Basis = joined(statusWord(r.L, a.Status), when(r.L, a).Text, countries(r.L, a.Countries))
	return x
}

func lateLine(r *page.Request, a activity.Line) page.Line {
	x, day := aboutLine(r, a), a.LastDay().Last()
	x.Tone, x.Text, x.When, x.Due, x.Now = page.Warn, r.L.T("programme.pending.late"), r.L.T("programme.pending.until"), &day, r.Now
	return x
}

func undatedLine(r *page.Request, a activity.Line) page.Line {
	x := aboutLine(r, a)
	x.Tone = page.Off
	return x
}

func justiceLine(r *page.Request, a activity.Line) page.Line {
	x := aboutLine(r, a)
	x.Tone = statusTones[a.Status]
	return x
}

// joined joins what is known.
func joined(xs ...string) string {
	return strings.Join(slices.DeleteFunc(xs, func(s string) bool { return s == "" }), " · ")
}

// corridor asks for the decision on a corridor that nobody has named, and for the figure that is missing on it.
func (p *Pending) corridor(r *page.Request, a activity.Line, figures []figure.Figure, from string) {
	if !a.Corridor.Known() {
		return
	}
	l, whole := r.L, figure.QuarterOf(r.Now).Before()
	if a.Inferred {
		x := lineOf(l, a)
		x.Tone, x.Text = page.Info, l.T("programme.pending.corridor", "Corridor", corridor(l, a.Corridor))
		p.Undecided = append(p.Undecided, x)
	}
	if from != "" && a.Corridor.From != from || slices.ContainsFunc(figures, func(f figure.Figure) bool { return f.Activity == a.Code && f.Quarter == whole }) {
		return
	}
	x := lineOf(l, a)
	x.Tone, x.Text = page.Warn, l.T("programme.pending.figure", "Quarter", quarter(l, whole), "Corridor", corridor(l, a.Corridor))
	p.Missing = append(p.Missing, x)
}

func (p *Pending) figures(ctx context.Context, r *page.Request, rm room, list []figure.Figure) {
	for _, f := range list {
		if r.Now.Sub(f.At) > figuresNew {
			continue
		}
		at := f.At
		x := page.Line{Tone: page.Good, Title: r.L.Told(f.Activity+" · "+quarter(r.L, f.Quarter), f.Count.Print(r.L)), Href: activityPath(f.Activity), Text: corridor(r.L, f.Corridor), Due: &at, Now: r.Now}
		if rm.Names != nil {
			x.Basis = rm.Names(ctx, r.Actor.Owner, f.Office)[f.Office]
		}
		p.Arrived = append(p.Arrived, x)
	}
}

// contradictions are what the source says in two ways: somebody must decide which holds.
func (p *Pending) contradictions(ctx context.Context, r *page.Request, rm room) error {
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return err
	}
	for _, q := range s.Questions() {
		if !q.Open() || len(q.Stated) == 0 {
			continue
		}
		about, language := s.Say(r.L.Tag(), q.About)
		x := page.Line{Tone: page.Info, Title: about, Lang: r.L.Foreign(language), Href: "/programme/gaps", Text: r.L.N("programme.pending.contradiction", len(q.Stated))}
		p.Undecided = append(p.Undecided, x)
	}
	return nil
}
