// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// homePage is /programme: what the programme is, who decides, what it is about, what came of it and what is not known.
type homePage struct {
	Title, Objective item
	Facts            []fact
	Standing         table
	Priorities       table
	Pillars          []page.Tab
	Groups           []roomGroup
	Waiting          []waiting
	Figures          table
	Translate        string // where the programme's texts are written in a further language
	Empty            *page.Empty
}

// roomGroup is rooms that belong together.
type roomGroup struct {
	Title string
	Rooms []page.Tab
}

// waiting is one reason why something needs somebody, with what it is.
type waiting struct {
	Title, Count string
	Lines        []page.Line
	More         item // the way to all; the zero item where there is none
}

// shownFigures is how many of the latest figures the home shows.
const shownFigures = 8

func (rm room) home(ctx context.Context, r *page.Request) (page.Response, error) {
	w, l := rolls.As(r), r.L
	s, m, err := rm.counted(ctx, r)
	if err != nil {
		return nil, err
	}
	if !s.Exists() {
		return page.View("programme/home", l.T("programme.menu"), homePage{Empty: nothingYet(l), Groups: roomGroups(l)}), nil
	}
	g, err := rm.register(ctx, w)
	if err != nil {
		return nil, err
	}
	figures, err := figure.List(ctx, rm.Store, w, "")
	if err != nil {
		return nil, err
	}
	d := homePage{Title: saidIn(l, s, scheme.TitleText, s.Title), Objective: saidIn(l, s, scheme.ObjectiveText, s.Objective), Facts: rm.schemeFacts(l, s, g), Priorities: priorityTable(l, s, m),
		Figures: rm.figureTable(ctx, r, figures[:min(len(figures), shownFigures)])}
	d.Groups = roomGroups(l)
	if rolls.MayEdit(r) {
		d.Translate = wordsPath
	}
	for _, p := range activity.Pillars() {
		d.Pillars = append(d.Pillars, page.Tab{Text: l.T("programme.pillar." + p), Count: l.Number(m[cell{pillar: p}]), Href: filter{Pillar: p}.path()})
	}
	if d.Standing, err = rm.standingTable(ctx, w, l, g); err != nil {
		return nil, err
	}
	if d.Waiting, err = rm.waiting(ctx, r, s, m); err != nil {
		return nil, err
	}
	return page.View("programme/home", l.T("programme.menu"), d), nil
}

// toDecide is what the rooms say needs a decision.
func (c Config) toDecide(ctx context.Context, r *page.Request) ([]page.Line, error) {
	out, err := committee.Config{Store: c.Store, Names: c.Names}.ToDecide(ctx, r)
	if err != nil {
		return nil, err
	}
	more, err := c.agreements().Pending(ctx, r)
	return append(out, more...), err
}

func roomGroups(l *lang.Locale) []roomGroup {
	var out []roomGroup
	for _, g := range groups() {
		x := roomGroup{Title: l.T("programme.group." + g.Name)}
		for _, s := range g.Sections {
			x.Rooms = append(x.Rooms, page.Tab{Text: l.T(s.Key), Href: s.Path})
		}
		out = append(out, x)
	}
	return out
}

// shownWaiting is how many lines of each reason the home shows; the rest is counted.
const shownWaiting = 5

// waiting gathers what needs a decision, what is late, what has no date, and which partner no activity reaches.
func (rm room) waiting(ctx context.Context, r *page.Request, s scheme.Scheme, m counts) ([]waiting, error) {
	p, err := rm.Pending(ctx, r, "")
	if err != nil {
		return nil, err
	}
	l := r.L
	var uncovered []page.Line
	for _, c := range s.Partners() {
		if m[cell{country: c}] == 0 {
			uncovered = append(uncovered, page.Line{Tone: page.Warn, Title: l.Country(c), Href: countryPath(c)})
		}
	}
	undecided := slices.Concat(p.Votes, p.Undecided)
	var out []waiting
	for _, x := range []struct {
		key   string
		lines Lines
	}{{"undecided", Lines{N: len(undecided), First: undecided}}, {"late", p.Late}, {"overdue", p.Overdue}, {"undated", p.Undated}, {"uncovered", Lines{N: len(uncovered), First: uncovered}}} {
		if n := x.lines.N; n > 0 {
			w := waiting{Title: l.T("programme.waiting." + x.key), Count: l.Number(n), Lines: x.lines.First[:min(len(x.lines.First), shownWaiting)]}
			if x.lines.Href != "" && n > shownWaiting {
				w.More = text(l.N("programme.more", n-shownWaiting)).to(x.lines.Href)
			}
			out = append(out, w)
		}
	}
	return out, nil
}

// statement is a text of the source with its lines.
func statement(l *lang.Locale, s scheme.Scheme, x scheme.Statement) item {
	return quoted(x.Text, l.Foreign(s.Source.Language)).with(lines(l, s.Source, x.Lines))
}

func (rm room) schemeFacts(l *lang.Locale, s scheme.Scheme, g register) []fact {
	source := text(published(l, s.Source))
	source.Text = l.T("programme.source.of", "Kind", kindOf(l, s.Source), "Masthead", sourced(l, s, s.Source.Masthead).Text)
	source.Sub = published(l, s.Source)
	out := []fact{one(l.T("programme.fact.source"), source), one(l.T("programme.fact.lead"), g.link(l, s.Lead)), one(l.T("programme.fact.implementer"), g.link(l, s.Implementer)),
		one(l.T("programme.fact.countries"), text(countries(l, s.Partners()))), one(l.T("programme.fact.budget"), text(s.Budget.Print(l)))}
	var goals, within []item
	for _, x := range s.Goals {
		goals = append(goals, saidIn(l, s, scheme.GoalText(x), x.Text).with(lines(l, s.Source, x.Lines)))
	}
	for _, x := range s.Schemes {
		within = append(within, saidIn(l, s, scheme.SchemeText(x), x.Text).with(lines(l, s.Source, x.Lines)))
	}
	return append(out, fact{l.T("programme.fact.goals"), goals}, fact{l.T("programme.fact.within"), within})
}

func priorityTable(l *lang.Locale, s scheme.Scheme, m counts) table {
	t := table{Caption: l.T("programme.priorities"), Columns: columns(l, "priority", "source_words")}
	t.Columns = append(t.Columns, column{l.T("programme.column.count"), true})
	for _, p := range s.Priorities {
		n := strconv.Itoa(p.N)
		t.Rows = append(t.Rows, []item{text(short(l, p.N)).to(filter{Priority: n}.path()), saidIn(l, s, scheme.PriorityText(p), p.Title).with(lines(l, s.Source, p.Lines)), m.number(l, cell{priority: n})})
	}
	return t
}

// withGaps adds, between the oldest figure and the last whole quarter, those quarters that nobody has counted: the zero
// Count says so. A year of them at most.
func withGaps(list []figure.Figure, now time.Time) []figure.Figure {
	if len(list) == 0 {
		return nil
	}
	out, oldest := slices.Clone(list), list[len(list)-1].Quarter
	for q, i := figure.QuarterOf(now).Before(), 0; i < 4 && q.After(oldest); q, i = q.Before(), i+1 {
		if !slices.ContainsFunc(list, func(f figure.Figure) bool { return f.Quarter == q }) {
			out = append(out, figure.Figure{Quarter: q, Activity: list[0].Activity, Corridor: list[0].Corridor})
		}
	}
	inorder.Stably(out, func(a, b figure.Figure) int { return strings.Compare(b.Quarter.String(), a.Quarter.String()) })
	return out
}

// figureTable lists figures with what they say and do not say.
func (rm room) figureTable(ctx context.Context, r *page.Request, list []figure.Figure) table {
	l := r.L
	t := table{Caption: l.T("programme.figures"), Columns: columns(l, "quarter", "figure", "corridor", "office", "sent"),
		Empty: &page.Empty{Icon: "chart-bar", Title: l.T("programme.figures.none"), Text: l.T("programme.figures.none.text")}}
	for _, f := range list {
		office := ""
		if rm.Names != nil {
			office = rm.Names(ctx, r.Actor.Owner, f.Office)[f.Office]
		}
		if !f.Count.Measured() && f.Office.IsZero() {
			t.Rows = append(t.Rows, []item{text(quarter(l, f.Quarter)), text(f.Count.Print(l)).with(meaning(l, f.Count)), text(corridor(l, f.Corridor)), text("–"), text("–")})
			continue
		}
		t.Rows = append(t.Rows, []item{text(quarter(l, f.Quarter)), text(f.Count.Print(l)).with(meaning(l, f.Count)), text(corridor(l, f.Corridor)).with(f.Activity), text(office), sent(l, f)})
	}
	return t
}
