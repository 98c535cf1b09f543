// SPDX-License-Identifier: EUPL-1.2

package partnership

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
const Path = "/programme/partnerships"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
}

// Room gives the pages of the register.
func Room(c Config) page.Room { return c.register().Pages() }

type see = register.See

func (c Config) register() *register.Of[Partnership, Line] {
	return &register.Of[Partnership, Line]{Room: "partnership", Kind: access.KindPartnership, Path: Path, Icon: "affiliate", Store: c.Store, Names: c.Names,
		Line:  func(p Partnership) (Line, bool) { return p.Summary(), p.Exists() },
		Order: order, Columns: columns(), Filters: filters(),
		Title: func(v *see, l Line) page.Cell { return register.Quote(v.L, l.Name) }, State: mark,
		Passages: func(v *see, p Partnership) []register.Passage {
			return register.Passages(v.L, v.T("text"), p.Described.Text)
		},
		Facts: facts, Past: func(_ *see, p Partnership) []register.Event { return p.History },
		Notes: func(v *see, p Partnership) []register.Note { return register.Wanting(v.L, p.Described.Name) },
		Edit:  edit(), Acts: acts(), Import: fromFile()}
}

// Import brings a file in CSV into the office of w: an officer, or the job "importer". A second import of the same file
// changes nothing. Errors: a register.WrongFile (nothing was imported), or what the store gives.
func Import(ctx context.Context, s *store.Store, w store.Who, src []byte) (register.Imported, error) {
	return Config{Store: s}.register().ImportFile(ctx, w, src)
}

func order(a, b Row) int {
	return strings.Compare(strings.ToLower(a.V.Name.In("").Text)+a.ID.String(), strings.ToLower(b.V.Name.In("").Text)+b.ID.String())
}

// mark says whether it is running: an agreed end that is over ends it too.
func mark(v *see, l Line) page.Mark {
	switch {
	case l.Ended.Known():
		return page.Mark{Tone: page.Off, Text: v.T("ended_on", "On", l.Ended.Print(v.L))}
	case l.Until.Known() && v.Now.After(l.Until.Last().AddDate(0, 0, 1)):
		return page.Mark{Tone: page.Off, Text: v.T("ended_on", "On", l.Until.Print(v.L))}
	}
	return page.Mark{Tone: page.Good, Text: v.T("running")}
}

func filters() []register.Filter {
	return []register.Filter{
		register.OneOf("sort", "", "partnership.sort.", Sorts()),
		register.OfOrganisation("member", ""),
		register.InCountry(""),
		register.OfActivity(),
	}
}

func columns() []register.Column[Line] {
	return []register.Column[Line]{
		{Name: "name", Link: true, Cell: func(v *see, l Line) page.Cell {
			c := register.Excerpt(v.L, l.Name)
			c.Sub = v.T("sort." + string(l.Sort))
			return c
		}, Plain: func(v *see, l Line) string { return l.Name.In(v.L.Tag()).Text }},
		{Name: "language", Key: "register.language", Plain: func(v *see, l Line) string { return l.Name.In(v.L.Tag()).Language }},
		{Name: "sort", Plain: func(v *see, l Line) string { return v.T("sort." + string(l.Sort)) }},
		register.Plainly("members", func(v *see, l Line) string { return v.NamesOf(v.L, l.Members) }),
		register.Plainly("countries", func(v *see, l Line) string { return register.Countries(v.L, l.Countries) }),
		{Name: "since", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: l.Since.Print(v.L)} }, Plain: func(_ *see, l Line) string { return l.Since.String() }},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			m := mark(v, l)
			return page.Cell{Text: m.Text, Tone: m.Tone}
		}, Plain: func(v *see, l Line) string { return mark(v, l).Text }},
		{Name: "until", Plain: func(_ *see, l Line) string { return l.Until.String() }},
		{Name: "activity", Plain: func(_ *see, l Line) string { return l.Activity }},
		{Name: "source", Key: "register.source", Plain: func(v *see, l Line) string { return l.Source.Print(v.L) }},
	}
}

func facts(v *see, p Partnership) []page.Fact {
	l, x := v.L, p.Described
	out := []page.Fact{{Term: v.T("sort"), Text: v.T("sort." + string(x.Sort))}, {Term: v.T("countries"), Text: register.Countries(l, x.Countries)},
		{Term: v.T("since"), Text: x.Since.Print(l)}, {Term: v.T("until"), Text: x.Until.Print(l)}}
	for _, m := range x.Members {
		out = append(out, page.Fact{Term: v.T("member"), Text: v.Names[m], Href: "/programme/organisations/" + m.String()})
	}
	if len(x.Members) == 0 {
		out = append(out, page.Fact{Term: v.T("members")})
	}
	if len(p.Left) > 0 {
		out = append(out, page.Fact{Term: v.T("left"), Text: v.NamesOf(l, p.Left)})
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

func edit() *register.Act[Partnership] {
	return &register.Act[Partnership]{Type: DescribedType, Again: register.Again[Described],
		Fields: func(_ context.Context, v *see, p Partnership) ([]register.Field, error) {
			text := v.Write("text", p.Exists())
			text[1].Optional = true
			out := []register.Field{text[0], {Kind: "text", Name: "name", Label: v.T("name")}, text[1],
				{Kind: "select", Name: "sort", Label: v.T("sort"), Options: register.Codes(v.L, "partnership.sort.", Sorts()), Blank: v.L.T("register.choose")},
				{Kind: "checks", Name: "members", Label: v.T("members"), Options: v.OrganisationOptions(), Optional: true},
				{Kind: "checks", Name: "countries", Label: v.T("countries"), Options: v.CountryOptions(v.L, p.Described.Countries...), Optional: true},
				{Kind: "date", Name: "since", Label: v.T("since"), Optional: true}, {Kind: "date", Name: "until", Label: v.T("until"), Optional: true}, v.ActivityField()}
			return append(append(out, v.SourceFields()...), v.LinkField()), nil
		},
		Start: func(v *see, p Partnership) register.Values {
			x, out := p.Described, v.Written(p.Described.Name)
			if !p.Exists() {
				return register.Put(out, "activity", v.URL.Query().Get("activity"))
			}
			language := out.Get("language")
			register.Put(out, "name", x.Name.By[language].Text, "text", x.Text.By[language].Text, "sort", string(x.Sort), "since", x.Since.String(), "until", x.Until.String(), "activity", x.Activity, "link", x.Link)
			return register.PutIDs(register.PutMany(register.PutSource(out, x.Source), "countries", x.Countries), "members", x.Members...)
		},
		Write: func(t *register.Typed, p Partnership) any { return described(t, p) }}
}

// described gives what was typed, beside what it already says in other languages.
func described(t *register.Typed, p Partnership) Described {
	return Described{Name: p.Described.Name.With(t.Text("language"), t.Text("name")), Text: t.Writing(p.Described.Text), Sort: Sort(t.Text("sort")), Members: t.Organisations("members", "partnership.want.members"),
		Countries: t.Many("countries"), Since: t.Date("since"), Until: t.Date("until"), Activity: t.Text("activity"), Source: t.Source(), Link: t.Text("link")}
}

func acts() []register.Act[Partnership] {
	return []register.Act[Partnership]{{Name: "end", Type: EndedType, Icon: "circle-x", Start: func(v *see, _ Partnership) register.Values { return register.Put(register.Values{}, "on", v.Today()) },
		Fields: func(_ context.Context, v *see, _ Partnership) ([]register.Field, error) {
			return []register.Field{v.OnField(), {Kind: "textarea", Name: "reason", Label: v.T("reason")}}, nil
		}, Write: func(t *register.Typed, _ Partnership) any { return Ended{t.Date("on"), t.Text("reason")} }}}
}

//go:embed sample.csv
var sample []byte

// fromFile reads a file. A record is known again by its key; where it has none by its sort and name.
func fromFile() *register.Import[Partnership] {
	return &register.Import[Partnership]{Sample: sample, Same: "name", Required: []string{"language", "name", "sort", "source"},
		Columns: []string{"key", "language", "name", "text", "sort", "members", "countries", "since", "until", "activity", "source", "lines", "link"},
		ID: func(t *register.Typed) journal.ID {
			if key := t.Text("key"); key != "" {
				return provenance.ID(t.Office.String(), "partnership", key)
			}
			return provenance.ID(t.Office.String(), "partnership", t.Text("sort"), t.Text("name"))
		},
		Drafts: func(t *register.Typed, now Partnership) []store.Draft {
			v := described(t, now)
			v.check(&t.Wrong)
			return register.Unless(now.Described, v, DescribedType)
		}}
}
