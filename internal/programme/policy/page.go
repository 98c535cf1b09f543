// SPDX-License-Identifier: EUPL-1.2

package policy

import (
	"context"
	_ "embed"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Path is where the register is shown.
const Path = "/programme/policies"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
}

// Room gives the pages of the register.
func Room(c Config) page.Room { return c.register().Pages() }

type see = register.See

func (c Config) register() *register.Of[Policy, Line] {
	return &register.Of[Policy, Line]{Room: "policy", Kind: access.KindPolicy, Path: Path, Icon: "scale", Store: c.Store, Names: c.Names,
		Line:  func(p Policy) (Line, bool) { return p.Summary(), p.Exists() },
		Order: order, Columns: columns(), Filters: filters(), Tabs: []register.Tab{{Filter: "subject", Code: "purchase"}, {Filter: "subject", Code: "training"}, {Filter: "subject", Code: string(Position)}},
		Title: func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Text) },
		State: mark,
		Passages: func(v *see, p Policy) []register.Passage {
			title := v.T("text")
			if p.Stated.Subject == Position {
				title = v.T("position.of", "Whose", p.Stated.Whose.In(v.L.Tag()).Text)
			}
			return register.Passages(v.L, title, p.Stated.Text)
		},
		Facts: facts, Past: func(_ *see, p Policy) []register.Event { return p.History }, Notes: notes,
		Beside: func(v *see, _ register.Chosen) []register.Note {
			return []register.Note{{Tone: page.Info, Text: v.T("no_side")}}
		},
		Edit: edit(), Acts: acts(), Import: fromFile()}
}

// Import brings a file in CSV into the office of w: an officer, or the job "importer". A second import of the same file
// changes nothing. Errors: a register.WrongFile (nothing was imported), or what the store gives.
func Import(ctx context.Context, s *store.Store, w store.Who, src []byte) (register.Imported, error) {
	return Config{Store: s}.register().ImportFile(ctx, w, src)
}

func order(a, b Row) int {
	key := func(r Row) string {
		return string(r.V.Subject) + "\n" + strings.Join(r.V.Countries, " ") + "\n" + r.ID.String()
	}
	return strings.Compare(key(a), key(b))
}

func mark(v *see, l Line) page.Mark {
	switch {
	case l.Ended.Known():
		return page.Mark{Tone: page.Off, Text: v.T("ended_on", "On", l.Ended.Print(v.L))}
	case l.Subject == Position:
		return page.Mark{Tone: page.Info, Text: v.T("position.of", "Whose", l.Whose.In(v.L.Tag()).Text)}
	case !l.Since.Known(): // that it is in force would be ours to conclude
		return page.Mark{Tone: page.Off, Text: v.T("as_stated")}
	}
	return page.Mark{Tone: page.Good, Text: v.T("in_force")}
}

func filters() []register.Filter {
	return []register.Filter{
		register.OneOf("subject", "", "policy.subject.", Subjects()),
		register.InCountry(""),
		register.OfActivity(),
	}
}

func columns() []register.Column[Line] {
	return []register.Column[Line]{
		{Name: "text", Link: true, Cell: func(v *see, l Line) page.Cell {
			c := register.Excerpt(v.L, l.Text)
			c.Sub = v.T("subject." + string(l.Subject))
			return c
		}, Plain: func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Text }},
		{Name: "language", Key: "register.language", Plain: func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Language }},
		{Name: "subject", Plain: func(v *see, l Line) string { return v.T("subject." + string(l.Subject)) }},
		register.Plainly("countries", func(v *see, l Line) string { return register.Countries(v.L, l.Countries) }),
		register.Plainly("law", func(_ *see, l Line) string { return l.Law }),
		{Name: "since", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: l.Since.Print(v.L)} }, Plain: func(_ *see, l Line) string { return l.Since.String() }},
		{Name: "first_use", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: l.FirstUse.Print(v.L)} }, Plain: func(_ *see, l Line) string { return l.FirstUse.String() }},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			m := mark(v, l)
			return page.Cell{Text: m.Text, Tone: m.Tone}
		}, Plain: func(v *see, l Line) string { return mark(v, l).Text }},
		{Name: "sanctions", Plain: func(v *see, l Line) string { return l.Sanctions.In(v.L.Tag()).Text }},
		{Name: "trained", Plain: func(v *see, l Line) string { return l.Trained.In(v.L.Tag()).Text }},
		{Name: "source", Key: "register.source", Plain: func(v *see, l Line) string { return l.Source.Print(v.L) }},
	}
}

func facts(v *see, p Policy) []page.Fact {
	l, x := v.L, p.Stated
	out := []page.Fact{{Term: v.T("subject"), Text: v.T("subject." + string(x.Subject))}, {Term: v.T("countries"), Text: register.Countries(l, x.Countries)}}
	if x.Subject == Position {
		out = append(out, page.Fact{Term: v.T("whose"), Text: x.Whose.In(l.Tag()).Text}, page.Fact{Term: v.T("since"), Text: x.Since.Print(l)})
	} else {
		out = append(out, page.Fact{Term: v.T("law"), Text: x.Law}, page.Fact{Term: v.T("since"), Text: x.Since.Print(l)}, page.Fact{Term: v.T("first_use"), Text: x.FirstUse.Print(l)},
			page.Fact{Term: v.T("sanctions"), Text: x.Sanctions.In(l.Tag()).Text}, page.Fact{Term: v.T("trained"), Text: x.Trained.In(l.Tag()).Text})
	}
	if p.Ended.On.Known() {
		out = append(out, page.Fact{Term: v.T("reason"), Text: p.Ended.Reason, Sub: p.Ended.On.Print(l)})
	}
	if x.Activity != "" {
		out = append(out, page.Fact{Term: v.T("activity"), Text: x.Activity, Href: register.ActivityPath(x.Activity)})
	}
	if x.Link != "" {
		out = append(out, v.LinkFact(x.Link))
	}
	return append(out, v.SourceFact(x.Source))
}

// notes say whose a position is before anybody reads it.
func notes(v *see, p Policy) []register.Note {
	var out []register.Note
	if p.Stated.Subject == Position {
		out = append(out, register.Note{Tone: page.Info, Text: v.T("position.text", "Whose", p.Stated.Whose.In(v.L.Tag()).Text)})
	}
	return append(out, register.Wanting(v.L, p.Stated.Text)...)
}

func edit() *register.Act[Policy] {
	return &register.Act[Policy]{Type: StatedType, Again: register.Again[Stated],
		Fields: func(_ context.Context, v *see, p Policy) ([]register.Field, error) {
			out := append(v.Write("text", p.Exists()),
				register.Field{Kind: "select", Name: "subject", Label: v.T("subject"), Options: register.Codes(v.L, "policy.subject.", Subjects()), Blank: v.L.T("register.choose")},
				register.Field{Kind: "text", Name: "whose", Label: v.T("whose"), Hint: v.T("whose.hint"), Optional: true},
				register.Field{Kind: "checks", Name: "countries", Label: v.T("countries"), Options: v.CountryOptions(v.L, append([]string{"FR", "SE"}, p.Stated.Countries...)...), Optional: true},
				register.Field{Kind: "text", Name: "law", Label: v.T("law"), Hint: v.T("law.hint"), Optional: true},
				register.Field{Kind: "date", Name: "since", Label: v.T("since"), Optional: true},
				register.Field{Kind: "date", Name: "first_use", Label: v.T("first_use"), Optional: true},
				register.Field{Kind: "textarea", Name: "sanctions", Label: v.T("sanctions"), Optional: true},
				register.Field{Kind: "textarea", Name: "trained", Label: v.T("trained"), Hint: v.T("trained.hint"), Optional: true}, v.ActivityField())
			return append(append(out, v.SourceFields()...), v.LinkField()), nil
		},
		Start: func(v *see, p Policy) register.Values {
			x, out := p.Stated, v.Written(p.Stated.Text)
			if !p.Exists() {
				return register.Put(out, "activity", v.URL.Query().Get("activity"))
			}
			language := out.Get("language")
			register.Put(out, "subject", string(x.Subject), "whose", x.Whose.By[language].Text, "law", x.Law, "since", x.Since.String(), "first_use", x.FirstUse.String(), "sanctions", x.Sanctions.By[language].Text, "trained", x.Trained.By[language].Text,
				"activity", x.Activity, "link", x.Link)
			return register.PutMany(register.PutSource(out, x.Source), "countries", x.Countries)
		},
		Write: func(t *register.Typed, p Policy) any { return stated(t, p) }}
}

// stated gives what was typed, beside what it already says in other languages.
func stated(t *register.Typed, p Policy) Stated {
	language := t.Text("language")
	return Stated{Text: t.Writing(p.Stated.Text), Subject: Subject(t.Text("subject")), Countries: t.Many("countries"), Whose: p.Stated.Whose.With(language, t.Text("whose")), Law: t.Text("law"), Since: t.Date("since"),
		FirstUse: t.Date("first_use"), Sanctions: p.Stated.Sanctions.With(language, t.Text("sanctions")), Trained: p.Stated.Trained.With(language, t.Text("trained")), Activity: t.Text("activity"), Source: t.Source(), Link: t.Text("link")}
}

func acts() []register.Act[Policy] {
	return []register.Act[Policy]{{Name: "end", Type: EndedType, Icon: "circle-x", Start: func(v *see, _ Policy) register.Values { return register.Put(register.Values{}, "on", v.Today()) },
		Fields: func(_ context.Context, v *see, _ Policy) ([]register.Field, error) {
			return []register.Field{v.OnField(), {Kind: "textarea", Name: "reason", Label: v.T("reason")}}, nil
		}, Write: func(t *register.Typed, _ Policy) any { return Ended{t.Date("on"), t.Text("reason")} }}}
}

//go:embed sample.csv
var sample []byte

// fromFile reads a file. A record is known again by its key; where it has none by its subject, countries and words.
func fromFile() *register.Import[Policy] {
	return &register.Import[Policy]{Sample: sample, Same: "text", Required: []string{"language", "text", "subject", "source"},
		Columns: []string{"key", "language", "text", "subject", "whose", "countries", "law", "since", "first_use", "sanctions", "trained", "activity", "source", "lines", "link"},
		ID: func(t *register.Typed) journal.ID {
			if key := t.Text("key"); key != "" {
				return provenance.ID(t.Office.String(), "policy", key)
			}
			return provenance.ID(t.Office.String(), "policy", t.Text("subject"), t.Text("countries"), t.Text("text"))
		},
		Drafts: func(t *register.Typed, now Policy) []store.Draft {
			v := stated(t, now)
			v.check(&t.Wrong)
			return register.Unless(now.Stated, v, StatedType)
		}}
}
