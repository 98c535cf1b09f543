// SPDX-License-Identifier: EUPL-1.2

package change

import (
	"context"
	_ "embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
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
		Order: order, Columns: columns(), Filters: filters(), Tabs: tabs(),
		Title: func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Text) },
		State: func(v *see, l Line) page.Mark {
			return page.Mark{Tone: tones[l.State], Text: v.T("state." + string(l.State))}
		},
		Passages: passages, Facts: c.facts, Notes: notes, Past: func(_ *see, x Change) []register.Event { return x.History },
		Beside: func(v *see, _ register.Chosen) []register.Note {
			return []register.Note{{Tone: page.Info, Text: v.T("not_added")}}
		},
		Edit: c.edit(), Acts: []register.Act[Change]{judge()}, Import: fromFile()}
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
	return []register.Column[Line]{
		{Name: "text", Link: true, Cell: func(v *see, l Line) page.Cell {
			c := register.Excerpt(v.L, l.Text)
			c.Sub = v.T("sort." + string(l.Sort))
			return c
		}, Plain: func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Text }},
		{Name: "language", Key: "register.language", Plain: func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Language }},
		{Name: "sort", Plain: func(v *see, l Line) string { return v.T("sort." + string(l.Sort)) }},
		{Name: "who", Cell: func(v *see, l Line) page.Cell {
			c := register.Quote(v.L, l.Who)
			c.Sub = register.Countries(v.L, l.Countries)
			return c
		}, Plain: func(v *see, l Line) string { return l.Who.In(v.L.Tag()).Text }},
		{Name: "countries", Plain: func(v *see, l Line) string { return register.Countries(v.L, l.Countries) }},
		{Name: "on", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: since(v, l)} }, Plain: func(_ *see, l Line) string { return l.On.String() }},
		{Name: "evidence", Plain: func(_ *see, l Line) string { return l.Evidence }},
		{Name: "contribution", Plain: func(v *see, l Line) string { return l.Contribution.In(v.L.Tag()).Text }},
		register.Plainly("activities", func(_ *see, l Line) string { return strings.Join(l.Activities, ", ") }),
		{Name: "reporter", Plain: func(_ *see, l Line) string { return l.Reporter }},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("state." + string(l.State)), Tone: tones[l.State], Sub: l.Judge}
		}, Plain: func(v *see, l Line) string { return v.T("state." + string(l.State)) }},
	}
}

func since(v *see, l Line) string {
	if !l.On.Known() {
		return ""
	}
	return l.On.Print(v.L)
}

func passages(v *see, x Change) []register.Passage {
	out := register.Passages(v.L, v.T("text"), x.Reported.Text)
	return append(out, register.Passages(v.L, v.T("contribution"), x.Reported.Contribution)...)
}

func (c Config) facts(v *see, x Change) []page.Fact {
	l, r := v.L, x.Reported
	out := []page.Fact{{Term: v.T("who"), Text: r.Who.In(l.Tag()).Text, Sub: register.Countries(l, r.Countries)}, {Term: v.T("sort"), Text: v.T("sort." + string(r.Sort))},
		{Term: v.T("on"), Text: since(v, x.Summary())}, {Term: v.T("evidence"), Text: r.Evidence}}
	if r.Link != "" {
		out = append(out, v.LinkFact(r.Link))
	}
	for _, code := range r.Activities {
		out = append(out, page.Fact{Term: v.T("activity"), Text: code, Href: register.ActivityPath(code)})
	}
	if len(r.Activities) == 0 {
		out = append(out, page.Fact{Term: v.T("activity"), Text: v.T("activity.none")})
	}
	out = append(out, page.Fact{Term: v.T("reporter"), Text: r.Reporter})
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
	return &register.Act[Change]{Type: ReportedType, Again: register.Again[Reported],
		Fields: func(ctx context.Context, v *see, x Change) ([]register.Field, error) {
			out := append(v.Write("text", x.Exists()),
				register.Field{Kind: "select", Name: "sort", Label: v.T("sort"), Options: register.Codes(v.L, "change.sort.", Sorts()), Blank: v.L.T("register.choose")},
				register.Field{Kind: "text", Name: "who", Label: v.T("who"), Hint: v.T("who.hint")},
				register.Field{Kind: "checks", Name: "countries", Label: v.T("countries"), Options: v.CountryOptions(v.L, x.Reported.Countries...), Optional: true},
				register.Field{Kind: "date", Name: "on", Label: v.T("on"), Optional: true},
				register.Field{Kind: "textarea", Name: "evidence", Label: v.T("evidence"), Hint: v.T("evidence.hint")}, v.LinkField(),
				register.Field{Kind: "checks", Name: "activities", Label: v.T("activities"), Hint: v.T("activities.hint"), Options: v.ActivityOptions(), Optional: true},
				register.Field{Kind: "textarea", Name: "contribution", Label: v.T("contribution"), Hint: v.T("contribution.hint"), Optional: true},
				register.Field{Kind: "text", Name: "reporter", Label: v.T("reporter"), Hint: v.T("reporter.hint")})
			return c.withOffice(ctx, v, x, out)
		},
		Start: func(v *see, x Change) register.Values {
			r, out := x.Reported, v.Written(x.Reported.Text)
			if !x.Exists() {
				return register.Put(out, "activities", v.URL.Query().Get("activity"), "countries", v.URL.Query().Get("country"))
			}
			language := out.Get("language")
			register.Put(out, "sort", string(r.Sort), "who", r.Who.By[language].Text, "on", r.On.String(), "evidence", r.Evidence, "link", r.Link, "contribution", r.Contribution.By[language].Text, "reporter", r.Reporter)
			register.PutIDs(out, "office", r.Office)
			return register.PutMany(register.PutMany(out, "countries", r.Countries), "activities", r.Activities)
		},
		Write: func(t *register.Typed, x Change) any { return reported(t, x) }}
}

// withOffice asks to which office it is reported, where there is one to choose.
func (c Config) withOffice(ctx context.Context, v *see, x Change, out []register.Field) ([]register.Field, error) {
	if c.Offices == nil {
		return out, nil
	}
	options, err := c.Offices(ctx, v.Request)
	if err != nil || len(options) == 0 && x.Reported.Office.IsZero() {
		return out, err
	}
	return append(out, register.Field{Kind: "select", Name: "office", Label: v.T("office"), Hint: v.T("office.hint"), Options: options, Blank: v.T("office.here"), Optional: true}), nil
}

// reported gives what was typed, beside what the report already says in other languages.
func reported(t *register.Typed, x Change) Reported {
	r, language := x.Reported, t.Text("language")
	return Reported{Text: t.Writing(r.Text), Sort: Sort(t.Text("sort")), Who: r.Who.With(language, t.Text("who")), On: t.Date("on"), Evidence: t.Text("evidence"), Link: t.Text("link"),
		Contribution: r.Contribution.With(language, t.Text("contribution")), Activities: filled(t.Many("activities")), Countries: filled(t.Many("countries")), Reporter: t.Text("reporter"), Office: t.ID("office", "change.want.office")}
}

func filled(xs []string) []string {
	return slices.DeleteFunc(slices.Clone(xs), func(s string) bool { return s == "" })
}

func judge() register.Act[Change] {
	return register.Act[Change]{Name: "judge", Type: JudgedType, Icon: "scale", Lead: "judge.lead",
		May: func(x Change) error {
			if !x.Reported.Office.IsZero() && x.From.IsZero() {
				return fault.New(fault.Guarded, "change.guard.there")
			}
			return nil
		},
		Fields: func(_ context.Context, v *see, _ Change) ([]register.Field, error) {
			return []register.Field{{Kind: "hidden", Name: "of"}, {Kind: "select", Name: "state", Label: v.T("verdict"), Options: register.Codes(v.L, "change.verdict.", States()[1:]), Blank: v.L.T("register.choose")},
				{Kind: "text", Name: "by", Label: v.T("by"), Hint: v.T("by.hint")}, v.OnField(), {Kind: "textarea", Name: "why", Label: v.T("why"), Hint: v.T("why.hint")}}, nil
		},
		Start: func(v *see, x Change) register.Values {
			return register.Put(register.Values{}, "on", v.Today(), "of", x.Mark())
		},
		Write: func(t *register.Typed, _ Change) any {
			return Judged{State(t.Text("state")), t.Text("by"), t.Date("on"), t.Text("why"), t.Text("of")}
		}}
}

//go:embed sample.csv
var sample []byte

// fromFile reads a file of changes. A change is known again by its key; where it has none by its words and who changed it.
func fromFile() *register.Import[Change] {
	return &register.Import[Change]{Sample: sample, Same: "text", Required: []string{"language", "text", "sort", "who", "evidence", "reporter"},
		Columns: []string{"key", "language", "text", "sort", "who", "countries", "on", "evidence", "link", "activities", "contribution", "reporter"},
		ID: func(t *register.Typed) journal.ID {
			if key := t.Text("key"); key != "" {
				return provenance.ID(t.Office.String(), "change", key)
			}
			return provenance.ID(t.Office.String(), "change", t.Text("who"), t.Text("text"))
		},
		Drafts: func(t *register.Typed, now Change) []store.Draft {
			v := reported(t, now)
			v.Office = now.Reported.Office
			v.check(&t.Wrong)
			return register.Unless(now.Reported, v, ReportedType)
		}}
}
