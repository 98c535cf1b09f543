// SPDX-License-Identifier: EUPL-1.2

package action

import (
	"context"
	_ "embed"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Path is where the register is shown.
const Path = "/programme/actions"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Offices offers the offices that an owner can have. Nil offers none.
	Offices func(ctx context.Context, r *page.Request) ([]page.Option, error)
}

// Room gives the pages of the register of actions.
func Room(c Config) page.Room { return c.register().Pages() }

type see = register.See

func (c Config) register() *register.Of[Action, Line] {
	return &register.Of[Action, Line]{Room: "action", Kind: access.KindAction, Path: Path, Icon: "checklist", Store: c.Store, Names: c.Names,
		Line:  func(a Action) (Line, bool) { return a.Summary(), a.Exists() },
		Says:  func(l *Line) register.Asked { return l.asks(nil) },
		Order: order, Columns: c.columns(), Filters: filters(), Tabs: tabs(), Figures: figures,
		Title:    func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Text) },
		State:    func(v *see, l Line) page.Mark { return standing(v.L, l, v.Now) },
		Passages: func(v *see, a Action) []register.Passage { return register.Passages(v.L, v.T("text"), a.Agreed.Text) },
		Facts:    c.facts, Notes: notes, Ways: ways, Past: past, Edit: c.edit(), Acts: acts(),
		// an action is known again by the day on which it was agreed and its words
		Import: &register.Import[Action]{Sample: sample, Same: "text", Known: []string{"on", "text"}}}
}

//go:embed sample.csv
var sample []byte

// List gives all actions that somebody may see: the one due first comes first, those without a date last.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	return Config{Store: s}.register().Rows(ctx, w, codes)
}

// codes are what lists ask an action for that follows from its dates.
func (l Line) codes(d *store.Derived) {
	set := func(name, value string) { d.Codes[name] = []string{value} }
	d.Codes[register.OrderCode] = register.InOrder(register.DayAfter(l.Due))
	if next := l.NextAsking(); !next.IsZero() {
		set("asking", register.Day(next))
	}
	if l.InTime() {
		set("in_time", "yes")
	}
	switch {
	case l.State == Refused:
	case !l.Due.Known() && l.State == Open:
		set("undated", "open")
	case !l.Due.Known():
		set("undated", "over")
	case l.State == Open:
		set("late", register.DayAfter(l.Due))
		set("counts", register.DayAfter(l.Due))
	default:
		set("counts", register.Always)
	}
}

func order(a, b Row) int {
	if x, y := a.V.Due, b.V.Due; x.Known() != y.Known() {
		if x.Known() {
			return -1
		}
		return 1
	}
	if c := a.V.Due.Last().Compare(b.V.Due.Last()); c != 0 {
		return c
	}
	return strings.Compare(a.ID.String(), b.ID.String())
}

// ways lead on from an open action: to the draft of an agreement.
func ways(v *see, a Action) []page.Action {
	if !register.MayEdit(v.Request) || a.State != Open || !a.From.IsZero() {
		return nil
	}
	return []page.Action{{Text: v.L.T("agreement.new"), Href: "/programme/agreements/new?action=" + a.ID.String() + "&activity=" + a.Agreed.Activity, Icon: "heart-handshake"}}
}

// due is a filter that follows from dates.
type due string

const (
	late    due = "late"
	month   due = "month" // within thirty days
	undated due = "undated"
	asking  due = "asking" // a follow-up is to be made
	counted due = "counted"
)

func dues() []due { return []due{late, month, asking, undated, counted} }

// in says which codes have what is asked for: each holds the day from which it is so.
func (d due) in(v *see) store.Span {
	switch d {
	case late:
		return v.ByNow("late")
	case month:
		return v.Within("late", 31)
	case asking:
		return v.ByNow("asking")
	case counted:
		return v.ByNow("counts")
	}
	return store.Is("undated", "open")
}

func filters() []register.Filter {
	return []register.Filter{
		register.OneOf("state", "", "action.state.", States()),
		{Name: "due", Options: func(v *see) []page.Option { return register.Codes(v.L, "action.due.", dues()) },
			In: func(v *see, choice string) store.Span { return due(choice).in(v) }},
		register.OfOrganisation("owner", ""),
		register.OfActivity(),
	}
}

// tabs are the questions asked most often, each with how many it finds; "counted" is the list behind the figure.
func tabs() []register.Tab {
	var out []register.Tab
	for _, d := range dues() {
		out = append(out, register.Tab{Filter: "due", Code: string(d)})
	}
	return out
}

func figures(v *see, c register.Chosen) []register.Figure {
	done, due := c.Count(store.Is("in_time", "yes")), c.Count(v.ByNow("counts"))
	refused, undated := c.Count(store.Is("state", string(Refused))), c.Count(store.Span{Name: "undated"})
	if due+refused+undated == 0 {
		return nil
	}
	return []register.Figure{{Label: v.T("done_in_time"), Value: v.L.T("register.of", "N", v.L.Number(done), "Of", v.L.Number(due)),
		Note: v.T("done_in_time.note", "Refused", v.L.Number(refused), "Undated", v.L.Number(undated))}}
}

// owner says who sees to an action: an organisation, else the office to which it was assigned, which may be this one.
func (c Config) owner(v *see, l Line) page.Cell {
	switch {
	case !l.Owner.IsZero():
		return l.asks(nil).Cell(v, "owner")
	case !l.From.IsZero():
		return page.Cell{Text: v.T("owner.here")}
	case !l.Office.IsZero() && c.Names != nil:
		return page.Cell{Text: c.Names(v.Context(), v.Actor.Owner, l.Office)[l.Office]}
	}
	return page.Cell{}
}

func (c Config) columns() []register.Column[Line] {
	return []register.Column[Line]{{Name: "text", Said: register.AsLead}, {Name: "language", Said: register.InFile}, {Name: "owner", Said: register.InFile, Cell: c.owner}, {Name: "due", Said: register.InBoth},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			m := standing(v.L, l, v.Now)
			return page.Cell{Text: m.Text, Tone: m.Tone, Sub: further(v.L, l, v.Now)}
		}, Plain: func(v *see, l Line) string { return standing(v.L, l, v.Now).Text }},
		{Name: "agreed", Cell: func(v *see, l Line) page.Cell { return register.AgreedAt(v.L, l.Activity, l.Item, l.On) }},
		{Name: "done_on", Plain: func(_ *see, l Line) string { return l.DoneOn.String() }},
		{Name: "on", Said: register.InFile}, {Name: "activity", Said: register.InFile}, {Name: "item", Said: register.InFile}}
}

func standing(l *lang.Locale, v Line, now time.Time) page.Mark {
	switch {
	case v.Late(now):
		return page.Mark{Tone: page.Bad, Text: l.T("action.late")}
	case v.State == Done:
		return page.Mark{Tone: page.Good, Text: l.T("action.state.done")}
	case v.State == Refused:
		return page.Mark{Tone: page.Off, Text: l.T("action.state.refused")}
	}
	return page.Mark{Tone: page.Info, Text: l.T("action.state.open")}
}

// further says what is to be asked of the owner, or when it was done.
func further(l *lang.Locale, v Line, now time.Time) string {
	if v.State == Done {
		return v.DoneOn.Print(l)
	}
	if d := v.Asking(now); d > 0 {
		return l.T("action.asking", "Days", strconv.Itoa(d))
	}
	return ""
}

func (c Config) facts(v *see, a Action) []page.Fact {
	x := a.Summary()
	at := register.AgreedAt(v.L, x.Activity, x.Item, x.On)
	out := append(x.asks(nil).Facts(v, "owner", "due"), page.Fact{Term: v.T("agreed"), Text: at.Text, Href: at.Href, Sub: at.Sub})
	if out[0].Text == "" {
		out[0].Text = c.owner(v, x).Text
	}
	for _, o := range []struct {
		key string
		id  journal.ID
	}{{"office", x.Office}, {"from", x.From}} {
		if !o.id.IsZero() && c.Names != nil {
			out = append(out, page.Fact{Term: v.T(o.key), Text: c.Names(v.Context(), v.Actor.Owner, o.id)[o.id]})
		}
	}
	if !x.Need.IsZero() {
		out = append(out, page.Fact{Term: v.T("need"), Text: v.L.T("need.one"), Href: "/programme/needs/" + x.Need.String()})
	}
	if a.Done.Evidence != "" {
		out = append(out, page.Fact{Term: v.T("evidence"), Text: a.Done.Evidence, Sub: a.Done.On.Print(v.L)})
	}
	if a.Refused.Reason != "" {
		out = append(out, page.Fact{Term: v.T("reason"), Text: a.Refused.Reason, Sub: a.Refused.On.Print(v.L)})
	}
	return out
}

func notes(v *see, a Action) []register.Note {
	var out []register.Note
	if days := a.Summary().Asking(v.Now); days > 0 {
		out = append(out, register.Note{Tone: page.Warn, Title: v.T("asking", "Days", strconv.Itoa(days)), Text: v.T("asking.text")})
	}
	if a.State == Open {
		out = append(out, register.Wanting(v.L, a.Agreed.Text)...)
	}
	return out
}

func past(v *see, a Action) []register.Event {
	var out []register.Event
	for _, e := range a.History {
		x := register.Event{Type: e.Type, Text: e.Text, At: e.At, By: e.By}
		if e.Type == AskedType {
			x.Title = v.T("asked", "Days", strconv.Itoa(e.Days))
		}
		if e.Type == FollowedType {
			x.Title = v.T("followed", "Days", strconv.Itoa(e.Days))
		}
		out = append(out, x)
	}
	return out
}
