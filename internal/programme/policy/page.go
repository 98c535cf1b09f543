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
		Says:  func(l *Line) register.Asked { return l.asks() },
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
		Edit: &register.Act[Policy]{Type: StatedType, Again: register.Again[Stated], Asks: func(p Policy) register.Asked { return p.Stated.asks() }},
		Acts: []register.Act[Policy]{{Name: "end", Type: EndedType, Icon: "circle-x", Asks: func(Policy) register.Asked { return new(Ended).Asks("policy") }}},
		// a record is known again by its key; where it has none by its subject, countries and words
		Import: &register.Import[Policy]{Sample: sample, Same: "text", Keyed: true, Known: []string{"subject", "countries", "text"}}}
}

//go:embed sample.csv
var sample []byte

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
	return []register.Column[Line]{{Name: "text", Said: register.AsLead, Under: "subject"}, {Name: "language", Said: register.InFile}, {Name: "subject", Said: register.InFile}, {Name: "countries", Said: register.InBoth},
		{Name: "law", Said: register.InBoth}, {Name: "since", Said: register.InBoth}, {Name: "first_use", Said: register.InBoth}, {Name: "state", Said: register.AsState},
		{Name: "sanctions", Said: register.InFile}, {Name: "trained", Said: register.InFile}, {Name: "source", Said: register.InFile}}
}

func facts(v *see, p Policy) []page.Fact {
	says := p.Stated.asks()
	out := says.Facts(v, "subject", "countries")
	if p.Stated.Subject == Position {
		out = append(out, says.Facts(v, "whose", "since")...)
	} else {
		out = append(out, says.Facts(v, "law", "since", "first_use", "sanctions", "trained")...)
	}
	if p.Ended.On.Known() {
		out = append(out, page.Fact{Term: v.T("reason"), Text: p.Ended.Reason, Sub: p.Ended.On.Print(v.L)})
	}
	return append(out, says.Facts(v, "activity?", "link?", "source")...)
}

// notes say whose a position is before anybody reads it.
func notes(v *see, p Policy) []register.Note {
	var out []register.Note
	if p.Stated.Subject == Position {
		out = append(out, register.Note{Tone: page.Info, Text: v.T("position.text", "Whose", p.Stated.Whose.In(v.L.Tag()).Text)})
	}
	return append(out, register.Wanting(v.L, p.Stated.Text)...)
}
