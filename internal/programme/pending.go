// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// Pending is what of a programme needs somebody, one line each.
type Pending struct {
	Late      []page.Line // their dates have passed, and nobody has said what became of them
	Undated   []page.Line
	Undecided []page.Line // what an import read into the source, and what the source says in two ways
	Missing   []page.Line // corridors without a figure for the last whole quarter
	Arrived   []page.Line // figures of the last month
	Justice   []page.Line // activities of the pillar prosecution, for offices of police and justice
}

// over lists the statuses that wait for nothing more.
var over = []activity.Status{"held", "delivered", "recurring"}

// figuresNew is how long a figure counts as just arrived.
const figuresNew = 30 * 24 * time.Hour

// Pending gathers what needs somebody, as the reader may see it. from narrows the figures that are missing to corridors
// that begin in a country or territory; "" is all.
func (c Config) Pending(ctx context.Context, r *page.Request, from string) (Pending, error) {
	rm := room{c}
	var p Pending
	list, err := rm.activities(ctx, rolls.As(r), nil)
	if err != nil {
		return p, err
	}
	figures, err := figure.List(ctx, rm.Store, rolls.As(r), "")
	if err != nil {
		return p, err
	}
	for _, a := range list {
		p.activity(r, a)
		p.corridor(r, a, figures, from)
	}
	p.figures(ctx, r, rm, figures)
	late, err := rm.lateMeasures(ctx, r)
	if err != nil {
		return p, err
	}
	p.Late = append(p.Late, late...)
	todo, err := c.toDecide(ctx, r)
	if err != nil {
		return p, err
	}
	p.Undecided = append(todo, p.Undecided...)
	return p, p.contradictions(ctx, r, rm)
}

// lineOf names an activity on a line.
func lineOf(l *lang.Locale, a activity.Line) page.Line {
	title, language := a.In(l.Tag())
	return page.Line{Title: a.Code + " · " + title, Lang: l.Foreign(language), Href: activityPath(a.Code)}
}

func (p *Pending) activity(r *page.Request, a activity.Line) {
	l, x := r.L, lineOf(r.L, a)
	x.Basis = joined(statusWord(l, a.Status), when(l, a).Text, countries(l, a.Countries))
	end := lastDay(a)
	switch {
	case !a.Start.Known() && !a.End.Known() && !a.DateInferred.Known() && !a.Since.Known():
		y := x
		y.Tone = page.Off
		p.Undated = append(p.Undated, y)
	case end.Known() && !slices.Contains(over, a.Status) && end.Last().AddDate(0, 0, 1).Before(r.Now):
		y, day := x, end.Last()
		y.Tone, y.Text, y.When, y.Due, y.Now = page.Warn, l.T("programme.pending.late"), l.T("programme.pending.until"), &day, r.Now
		p.Late = append(p.Late, y)
	}
	if slices.Contains(a.Pillars, "P3") {
		x.Tone = statusTones[a.Status]
		p.Justice = append(p.Justice, x)
	}
}

// lastDay gives when an activity should be over: its end, or the day of something that has not begun yet. What is
// under way and names only its beginning may still go on.
func lastDay(a activity.Line) party.PartialDate {
	for _, d := range []party.PartialDate{a.Start, a.DateInferred} {
		if !a.End.Known() && slices.Contains([]activity.Status{"planned", "scheduled", "to_be_completed"}, a.Status) {
			a.End = d
		}
	}
	return a.End
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
		x := page.Line{Tone: page.Good, Title: f.Activity + " · " + quarter(r.L, f.Quarter) + ": " + f.Count.Print(r.L), Href: activityPath(f.Activity), Text: corridor(r.L, f.Corridor), Due: &at, Now: r.Now}
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
