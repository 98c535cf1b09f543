// SPDX-License-Identifier: EUPL-1.2

package knowledge

import (
	"context"
	_ "embed"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Path is where the knowledge base is shown.
const Path = "/programme/knowledge"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
}

// Room gives the pages of the knowledge base.
func Room(c Config) page.Room { return c.register().Pages() }

type see = register.See

func (c Config) register() *register.Of[Knowledge, Line] {
	return &register.Of[Knowledge, Line]{Room: "knowledge", Kind: access.KindKnowledge, Path: Path, Icon: "book", Store: c.Store, Names: c.Names,
		Line: func(k Knowledge) (Line, bool) { return k.Summary(), k.Exists() },
		Says: func(l *Line) register.Asked {
			return ask.Of("knowledge", l, ask.Language(&l.Name), ask.Title("name", &l.Name, MaxName), ask.Code("sort", &l.Sort, Sorts()), ask.Countries(&l.Countries), ask.Date("on", &l.On), ask.Source(&l.Source), ask.Link(&l.Link))
		},
		Order: order, Columns: columns(), Filters: filters(), Search: true,
		Tabs:  []register.Tab{{Filter: "state", Code: string(Unreviewed)}, {Filter: "state", Code: string(Reviewed)}, {Filter: "state", Code: string(Outdated)}, {Filter: "sort", Code: string(Practice)}},
		Title: func(v *see, l Line) page.Cell { return register.Quote(v.L, l.Name) },
		State: func(v *see, l Line) page.Mark {
			return page.Mark{Tone: tones[l.At(v.Now)], Text: v.T("state." + string(l.At(v.Now)))}
		},
		Passages: func(v *see, k Knowledge) []register.Passage {
			return register.Passages(v.L, v.T("text"), k.Written.Text)
		},
		Beyond: func(v *see, k Knowledge) []register.Passage { return register.Passages(v.L, "", k.Written.Name)[1:] }, // the name in other languages
		Facts:  facts, Notes: notes, Past: func(_ *see, k Knowledge) []register.Event { return k.History },
		Edit: &register.Act[Knowledge]{Type: WrittenType, Again: register.Again[Written], Asks: func(k Knowledge) register.Asked { return k.Written.asks() }}, Acts: acts(),
		// a record is known again by its key; where it has none by its sort, countries and name
		Import: &register.Import[Knowledge]{Sample: sample, Same: "name", Keyed: true, Known: []string{"sort", "countries", "name"}}}
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

// inState says which codes have those in a state now: a review holds until a day.
func inState(v *see, choice string) store.Span {
	switch State(choice) {
	case Unreviewed:
		return v.ByNow("review")
	case Reviewed:
		return v.Yet("review")
	}
	return store.Is("state", choice)
}

var tones = map[State]string{Unreviewed: page.Warn, Reviewed: page.Good, Outdated: page.Off}

func filters() []register.Filter {
	return []register.Filter{
		register.OneOf("sort", "", "knowledge.sort.", Sorts()),
		register.InCountry(""),
		{Name: "state", Options: func(v *see) []page.Option { return register.Codes(v.L, "knowledge.state.", States()) }, In: inState},
		{Name: "language", Key: "register.language", Options: func(v *see) []page.Option { return register.Languages(v.L) }},
		register.OfActivity(),
	}
}

func columns() []register.Column[Line] {
	return []register.Column[Line]{{Name: "name", Said: register.AsLead, Under: "sort"}, {Name: "language", Said: register.InFile}, {Name: "sort", Said: register.InFile},
		{Name: "countries", Said: register.InBoth}, {Name: "on", Said: register.InBoth},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("state." + string(l.At(v.Now))), Tone: tones[l.At(v.Now)], Sub: l.By}
		}, Plain: func(v *see, l Line) string { return v.T("state." + string(l.At(v.Now))) }},
		{Name: "by", Plain: func(_ *see, l Line) string { return l.By }}, {Name: "source", Said: register.InFile}, {Name: "link", Said: register.InFile}}
}

func facts(v *see, k Knowledge) []page.Fact {
	l, w, says := v.L, k.Written, k.Written.asks()
	out := says.Facts(v, "sort", "countries", "on")
	if w.Activity != "" {
		at := register.AgreedAt(l, w.Activity, w.Item, w.On)
		out = append(out, page.Fact{Term: v.T("activity"), Text: at.Text, Href: at.Href, Sub: at.Sub})
	}
	out = append(out, says.Facts(v, "link?")...)
	review := page.Fact{Term: v.T("by"), Text: k.Review.By}
	if k.Review.By != "" {
		review.Sub = k.Review.On.Print(l)
		if k.State != Reviewed {
			review.Sub = v.T("review.before", "On", review.Sub)
		}
	}
	out = append(out, review)
	if k.Review.Until.Known() && k.State == Reviewed {
		out = append(out, page.Fact{Term: v.T("until"), Text: k.Review.Until.Print(l)})
	}
	return append(out, says.Facts(v, "source")...)
}

// notes say how far it can be relied on, before anybody reads it.
func notes(v *see, k Knowledge) []register.Note {
	var out []register.Note
	switch k.Summary().At(v.Now) {
	case Unreviewed:
		out = append(out, register.Note{Tone: page.Warn, Text: v.T("unreviewed.text")})
	case Outdated:
		out = append(out, register.Note{Tone: page.Bad, Title: v.T("state.outdated"), Text: k.Past.Reason})
	}
	return append(out, register.Wanting(v.L, k.Written.Name)...)
}

func acts() []register.Act[Knowledge] {
	return []register.Act[Knowledge]{
		{Name: "review", Type: ReviewedType, Icon: "rosette-discount-check", Lead: "review.lead", Asks: func(Knowledge) register.Asked { return new(Review).asks() }},
		{Name: "outdate", Type: OutdatedType, Icon: "clock", May: func(k Knowledge) error {
			if k.State == Outdated {
				return fault.New(fault.Guarded, "knowledge.guard.outdated")
			}
			return nil
		}, Asks: func(Knowledge) register.Asked { return new(Past).Asks("knowledge") }},
	}
}

// FromEvent gives what a good practice noted at an event says: the first sentence of its text, in each language, is its name.
func FromEvent(text wording.Text, w Written) Written {
	w.Sort, w.Text, w.Name = Practice, text, wording.New(text.Original, short(text.By[text.Original].Text))
	for _, tag := range text.Languages() {
		if tag != text.Original {
			w.Name = w.Name.With(tag, short(text.By[tag].Text))
		}
	}
	return w
}

// short gives the beginning of a text: its first sentence, at most 120 letters.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if i := strings.IndexAny(s, ".!?;"); i > 0 {
		s = s[:i]
	}
	if rs := []rune(s); len(rs) > 120 {
		s = strings.TrimSpace(string(rs[:120])) + "…"
	}
	return s
}
