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
		Says:  func(l *Line) register.Asked { return l.asks() },
		Order: order, Columns: columns(), Filters: filters(),
		Title: func(v *see, l Line) page.Cell { return register.Quote(v.L, l.Name) }, State: mark,
		Passages: func(v *see, p Partnership) []register.Passage {
			return register.Passages(v.L, v.T("text"), p.Described.Text)
		},
		Facts: facts, Past: func(_ *see, p Partnership) []register.Event { return p.History },
		Notes: func(v *see, p Partnership) []register.Note { return register.Wanting(v.L, p.Described.Name) },
		Edit:  &register.Act[Partnership]{Type: DescribedType, Again: register.Again[Described], Asks: func(p Partnership) register.Asked { return p.Described.asks() }},
		Acts:  []register.Act[Partnership]{{Name: "end", Type: EndedType, Icon: "circle-x", Asks: func(Partnership) register.Asked { return new(Ended).Asks("partnership") }}},
		// a record is known again by its key; where it has none by its sort and name
		Import: &register.Import[Partnership]{Sample: sample, Same: "name", Keyed: true, Known: []string{"sort", "name"}}}
}

//go:embed sample.csv
var sample []byte

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
	return []register.Column[Line]{{Name: "name", Said: register.AsLead, Under: "sort"}, {Name: "language", Said: register.InFile}, {Name: "sort", Said: register.InFile}, {Name: "members", Said: register.InBoth},
		{Name: "countries", Said: register.InBoth}, {Name: "since", Said: register.InBoth}, {Name: "state", Said: register.AsState},
		{Name: "until", Said: register.InFile}, {Name: "activity", Said: register.InFile}, {Name: "source", Said: register.InFile}}
}

func facts(v *see, p Partnership) []page.Fact {
	l, x, says := v.L, p.Described, p.Described.asks()
	out := says.Facts(v, "sort", "countries", "since", "until")
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
	return append(out, says.Facts(v, "activity?", "link?", "source")...)
}
