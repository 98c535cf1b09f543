// SPDX-License-Identifier: EUPL-1.2

package change

import (
	"context"
	_ "embed"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Path is where the register is shown.
const Path = "/programme/changes"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts and offices by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Offices lists the offices to which terms in force let the programme's messages go. Nil knows none.
	Offices func(context.Context, *page.Request) ([]page.Option, error)
}

type see = register.See

// Room gives the pages of the register.
func Room(c Config) page.Room { return c.register().Pages() }

func (c Config) register() *register.Of[Change, Line] {
	return &register.Of[Change, Line]{Room: "change", Kind: access.KindChange, Path: Path, Icon: "bulb", Store: c.Store, Names: c.Names,
		Line:  func(x Change) (Line, bool) { return x.Summary(), x.Exists() },
		Says:  func(l *Line) register.Asked { return l.asks(nil) },
		Order: order, Columns: columns(), Filters: filters(), Tabs: tabs(),
		Title: func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Text) },
		State: func(v *see, l Line) page.Mark {
			return page.Mark{Tone: tones[l.State], Text: v.T("state." + string(l.State))}
		},
		Passages: passages, Facts: c.facts, Notes: notes, Past: func(_ *see, x Change) []register.Event { return x.History },
		Beside: func(v *see, _ register.Chosen) []register.Note {
			return []register.Note{{Tone: page.Info, Text: v.T("not_added")}}
		},
		Edit: c.edit(), Acts: []register.Act[Change]{judge()},
		// a change is known again by its key; where it has none by its words and who changed it
		Import: &register.Import[Change]{Sample: sample, Same: "text", Keyed: true, Known: []string{"who", "text"}}}
}

// List gives all changes that somebody may see, the latest first, those without a date last.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	return Config{Store: s}.register().Rows(ctx, w, codes)
}

func order(a, b Row) int {
	if c := b.V.On.Last().Compare(a.V.On.Last()); c != 0 {
		return c
	}
	return strings.Compare(a.ID.String(), b.ID.String())
}

var tones = map[State]string{Waiting: page.Info, Confirmed: page.Good, Contested: page.Warn}

func tabs() []register.Tab {
	var out []register.Tab
	for _, s := range States() {
		out = append(out, register.Tab{Filter: "state", Code: string(s)})
	}
	return out
}

func filters() []register.Filter {
	return []register.Filter{
		register.OneOf("state", "", "change.state.", States()),
		register.OneOf("sort", "", "change.sort.", Sorts()),
		register.InCountry(""),
		register.OfActivity(),
	}
}

func columns() []register.Column[Line] {
	return []register.Column[Line]{{Name: "text", Said: register.AsLead, Under: "sort"}, {Name: "language", Said: register.InFile}, {Name: "sort", Said: register.InFile},
		{Name: "who", Cell: func(v *see, l Line) page.Cell {
			c := register.Quote(v.L, l.Who)
			c.Sub = register.Countries(v.L, l.Countries)
			return c
		}, Plain: func(v *see, l Line) string { return l.Who.In(v.L.Tag()).Text }},
		{Name: "countries", Said: register.InFile}, {Name: "on", Said: register.InBoth}, {Name: "evidence", Said: register.InFile}, {Name: "contribution", Said: register.InFile},
		register.Plainly("activities", func(_ *see, l Line) string { return strings.Join(l.Activities, ", ") }), {Name: "reporter", Said: register.InFile},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("state." + string(l.State)), Tone: tones[l.State], Sub: l.Judge}
		}, Plain: func(v *see, l Line) string { return v.T("state." + string(l.State)) }},
	}
}

func passages(v *see, x Change) []register.Passage {
	out := register.Passages(v.L, v.T("text"), x.Reported.Text)
	return append(out, register.Passages(v.L, v.T("contribution"), x.Reported.Contribution)...)
}

func (c Config) facts(v *see, x Change) []page.Fact {
	l, r := v.L, x.Reported
	out := r.asks(nil).Facts(v, "who", "sort", "on", "evidence", "link?")
	out[0].Sub = register.Countries(l, r.Countries)
	for _, code := range r.Activities {
		out = append(out, page.Fact{Term: v.T("activity"), Text: code, Href: register.ActivityPath(code)})
	}
	if len(r.Activities) == 0 {
		out = append(out, page.Fact{Term: v.T("activity"), Text: v.T("activity.none")})
	}
	out = append(out, r.asks(nil).Facts(v, "reporter")...)
	for _, o := range []struct {
		key string
		id  journal.ID
	}{{"office", r.Office}, {"from", x.From}} {
		if !o.id.IsZero() && c.Names != nil {
			out = append(out, page.Fact{Term: v.T(o.key), Text: c.Names(v.Context(), v.Actor.Owner, o.id)[o.id]})
		}
	}
	if j := x.Judged; j.State != "" {
		out = append(out, page.Fact{Term: v.T("judged", "By", j.By), Text: v.T("state." + string(j.State)), Tone: tones[j.State], Sub: j.On.Print(l) + " · " + j.Why})
	}
	return out
}

func notes(v *see, x Change) []register.Note {
	var out []register.Note
	switch {
	case x.State() != Waiting:
	case !x.Reported.Office.IsZero() && x.From.IsZero():
		out = append(out, register.Note{Tone: page.Info, Text: v.T("waiting.there")})
	default:
		out = append(out, register.Note{Tone: page.Info, Text: v.T("waiting")})
	}
	return append(out, register.Wanting(v.L, x.Reported.Text)...)
}

func (c Config) edit() *register.Act[Change] {
	return &register.Act[Change]{Type: ReportedType, Again: register.Again[Reported], Asks: func(x Change) register.Asked {
		if c.Offices == nil {
			return x.Reported.asks(nil)
		}
		return x.Reported.asks(func(v *see) ([]page.Option, error) { return c.Offices(v.Context(), v.Request) })
	}}
}

func judge() register.Act[Change] {
	return register.Act[Change]{Name: "judge", Type: JudgedType, Icon: "scale", Lead: "judge.lead",
		May: func(x Change) error {
			if !x.Reported.Office.IsZero() && x.From.IsZero() {
				return fault.New(fault.Guarded, "change.guard.there")
			}
			return nil
		},
		Asks: func(x Change) register.Asked {
			judged := Judged{Of: x.Mark()}
			return judged.asks()
		}}
}

//go:embed sample.csv
var sample []byte
