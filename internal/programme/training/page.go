// SPDX-License-Identifier: EUPL-1.2

package training

import (
	"cmp"
	"context"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Path is where trainings are shown.
const Path = "/programme/trainings"

// Config is what the pages need. Store and Needs are required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Colleagues lists those who work here, to choose a trainer from. Nil knows none.
	Colleagues func(context.Context, *page.Request) ([]page.Option, error)
	Needs      Needs
	// Groups lists who can be trained, as the register of needs has them, and where their words are.
	Groups     []string
	GroupWords string
}

// Needs is the register of needs, as far as a training answers them. Writing the same twice changes nothing.
type Needs struct {
	Path string
	// Waiting gives a need that waits for an answer; none where it does not, or is not to be seen.
	Waiting func(ctx context.Context, w store.Who, id journal.ID) (n Need, ok bool, err error)
	// Open lists those that wait for an answer.
	Open func(ctx context.Context, w store.Who, l *lang.Locale) ([]page.Option, error)
	// Plan says that a training under an activity is to answer a need; Meet that it did.
	Plan func(ctx context.Context, w store.Who, id journal.ID, on party.PartialDate, code string) error
	Meet func(ctx context.Context, w store.Who, id journal.ID, on party.PartialDate, evidence string) error
	// Say gives what a need says in a reader's language, in few words; "" where it is not to be seen or not said in it.
	Say func(ctx context.Context, w store.Who, l *lang.Locale, id journal.ID) string
}

// Need is what a training that answers it begins with.
type Need struct {
	Text              wording.Text
	Countries, Groups []string
}

// Room gives the pages of trainings.
func Room(c Config) page.Room {
	g := c.register()
	g.Routes = []page.Route{
		{Pattern: "GET " + Path + "/{id}/act/{act}", Handle: c.ask},
		{Pattern: "POST " + Path + "/{id}/act/{act}", Handle: c.take},
		{Pattern: "GET " + Path + "/{id}/slips/{code}", Handle: c.slip},
	}
	return g.Pages()
}

type see = register.See

func (c Config) register() *register.Of[Training, Line] {
	return &register.Of[Training, Line]{Room: "training", Kind: access.KindTraining, Path: Path, Icon: "school", Store: c.Store, Names: c.Names,
		Line:  func(t Training) (Line, bool) { return t.Summary(), t.Exists() },
		Order: order, Columns: c.columns(), Filters: c.filters(), Figures: figures,
		Tabs:  []register.Tab{{Filter: "state", Code: string(Planned)}, {Filter: "state", Code: string(Delivered)}, {Filter: "state", Code: string(Measured)}},
		Title: func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Title) },
		State: func(v *see, l Line) page.Mark {
			return page.Mark{Tone: tones[l.State], Text: v.T("state." + string(l.State))}
		},
		Passages: func(v *see, t Training) []register.Passage { return register.Passages(v.L, v.T("text"), t.Plan.Title) },
		Facts:    c.facts, Notes: notes, Tables: tables, Ways: c.ways, Past: func(_ *see, t Training) []register.Event { return t.History }, Edit: c.edit()}
}

// List gives all trainings that somebody may see, the latest first; those without a date come first of all.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	return Config{Store: s}.register().Rows(ctx, w, codes)
}

// inOrder is order as a code.
func inOrder(p Plan) []string {
	if !p.On.Known() {
		return register.InOrder(register.Always)
	}
	return register.InOrder(register.LatestFirst(p.On))
}

func order(a, b Row) int {
	if x, y := a.V.On, b.V.On; x.Known() != y.Known() {
		if x.Known() {
			return 1
		}
		return -1
	}
	if c := b.V.On.First().Compare(a.V.On.First()); c != 0 {
		return c
	}
	return strings.Compare(a.ID.String(), b.ID.String())
}

var tones = map[State]string{Planned: page.Info, Delivered: page.Good, Measured: page.Good}

func (c Config) groups(l *lang.Locale, gs []string) string {
	var out []string
	for _, g := range gs {
		out = append(out, l.T(c.GroupWords+g))
	}
	return l.List(out)
}

func (c Config) columns() []register.Column[Line] {
	return []register.Column[Line]{
		{Name: "text", Link: true, Cell: func(v *see, l Line) page.Cell {
			x := register.Excerpt(v.L, l.Title)
			x.Sub = l.Activity
			return x
		}, Plain: func(v *see, l Line) string { return l.Title.In(v.L.Tag()).Text }},
		register.Plainly("groups", func(v *see, l Line) string { return c.groups(v.L, l.Groups) }),
		register.Plainly("countries", func(v *see, l Line) string { return register.Countries(v.L, l.Countries) }),
		{Name: "on", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: day(v.L, l.On)} }, Plain: func(_ *see, l Line) string { return l.On.String() }},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("state." + string(l.State)), Tone: tones[l.State], Sub: day(v.L, l.DeliveredOn)}
		}, Plain: func(v *see, l Line) string { return v.T("state." + string(l.State)) }},
		register.Plainly("gain", func(v *see, l Line) string { return gain(v, l.Outcome) }),
	}
}

func day(l *lang.Locale, d party.PartialDate) string {
	if !d.Known() {
		return ""
	}
	return d.Print(l)
}

// gain says what the tests came to, "" when they are not concluded.
func gain(v *see, a Aggregate) string {
	switch {
	case a.Trainees == 0:
		return ""
	case a.Withheld:
		return v.T("withheld", "Min", v.L.Number(MinPairs))
	}
	return v.T("gain.of", "Before", v.L.Number(a.Before), "After", v.L.Number(a.After), "Of", v.L.Number(a.Pairs))
}

func (c Config) filters() []register.Filter {
	return []register.Filter{
		register.OneOf("state", "", "training.state.", States()),
		register.InCountry("training.countries"),
		register.OneOf("group", "training.groups", c.GroupWords, c.Groups),
		register.OfActivity(),
	}
}

// figures add the pairs of the trainings shown: shares of the sums, never averages of shares.
func figures(v *see, c register.Chosen) []register.Figure {
	var sum Aggregate
	for _, r := range register.Chose[Line](c, store.Is("state", string(Measured))) {
		if a := r.V.Outcome; a.Trainees > 0 && !a.Withheld {
			sum.Trainees, sum.Pairs, sum.Before, sum.After = sum.Trainees+a.Trainees, sum.Pairs+a.Pairs, sum.Before+a.Before, sum.After+a.After
		}
	}
	if sum.Pairs == 0 {
		return nil
	}
	return []register.Figure{{Label: v.T("gain"), Value: gain(v, sum), Note: v.T("gain.note")}}
}

func (c Config) facts(v *see, t Training) []page.Fact {
	p := t.Plan
	out := []page.Fact{{Term: v.T("activity"), Text: p.Activity}, {Term: v.T("groups"), Text: c.groups(v.L, p.Groups)}, {Term: v.T("countries"), Text: register.Countries(v.L, p.Countries)},
		{Term: v.T("on"), Text: day(v.L, p.On)}}
	if p.Activity != "" {
		out[0].Href = register.ActivityPath(p.Activity)
	}
	if p.Items > 0 {
		out = append(out, page.Fact{Term: v.T("test"), Text: v.T("test.of", "Items", v.L.Number(p.Items), "Mark", v.L.Number(p.Mark))})
	}
	for _, id := range t.Needs {
		out = append(out, page.Fact{Term: v.T("answers"), Text: c.said(v, id), Href: c.Needs.Path + "/" + id.String()})
	}
	if t.Done.On.Known() {
		out = append(out, page.Fact{Term: v.T("delivered"), Text: t.Done.On.Print(v.L), Sub: t.Done.Evidence})
	}
	if a := t.Outcome; a.Trainees > 0 {
		out = append(out, page.Fact{Term: v.T("gain"), Text: gain(v, a)})
		if len(a.Excluded) > 0 {
			out = append(out, page.Fact{Term: v.T("excluded"), Text: v.L.List(a.Excluded), Sub: v.T("excluded.why")})
		}
	}
	return out
}

// said gives what a need says in few words, or what it is.
func (c Config) said(v *see, need journal.ID) string {
	if c.Needs.Say == nil {
		return v.L.T("need.one")
	}
	return cmp.Or(c.Needs.Say(v.Context(), register.As(v.Request), v.L, need), v.L.T("need.one"))
}

func notes(v *see, t Training) []register.Note {
	return register.Wanting(v.L, t.Plan.Title)
}

// tables shows the trainees to who sees them.
func tables(v *see, t Training) []page.Table {
	if len(t.Trainees) == 0 {
		return nil
	}
	out := page.Table{Caption: v.T("trainees"), Columns: []page.Column{{Text: v.T("code")}, {Text: v.T("countries")}, {Text: v.T("before")}, {Text: v.T("after")}}}
	for _, x := range t.Trainees {
		row := page.Row{Cells: []page.Cell{{Text: x.Code, Href: Path + "/" + t.ID.String() + "/slips/" + x.Code}, {Text: register.Countries(v.L, nonEmpty(x.Country))}, {Text: score(v, t, Before, x.Code)}, {Text: score(v, t, After, x.Code)}}}
		out.Rows = append(out.Rows, row)
	}
	return []page.Table{out}
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// score says a trainee's result of a test.
func score(v *see, t Training, w When, code string) string {
	right, sat := t.Score(w, code)
	switch _, written := t.Tests[w][code]; {
	case sat:
		return v.L.T("register.of", "N", v.L.Number(right), "Of", v.L.Number(t.Plan.Items))
	case written:
		return v.T("absent")
	}
	return ""
}
