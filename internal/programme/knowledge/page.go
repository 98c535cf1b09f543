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
	"github.com/entraide-thb/entraide/internal/programme/provenance"
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
		Line:  func(k Knowledge) (Line, bool) { return k.Summary(), k.Exists() },
		Order: order, Columns: columns(), Filters: filters(), Search: true,
		Tabs:  []register.Tab{{Filter: "state", Code: string(Unreviewed)}, {Filter: "state", Code: string(Reviewed)}, {Filter: "state", Code: string(Outdated)}, {Filter: "sort", Code: string(Practice)}},
		Title: func(v *see, l Line) page.Cell { return register.Quote(v.L, l.Name) },
		State: func(v *see, l Line) page.Mark {
			return page.Mark{Tone: tones[l.At(v.Now)], Text: v.T("state." + string(l.At(v.Now)))}
		},
		Passages: func(v *see, k Knowledge) []register.Passage {
			return register.Passages(v.L, v.T("text"), k.Written.Text)
		},
		Facts: facts, Notes: notes, Past: func(_ *see, k Knowledge) []register.Event { return k.History },
		Edit: edit(), Acts: acts(), Import: fromFile()}
}

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
	return []register.Column[Line]{
		{Name: "name", Link: true, Cell: func(v *see, l Line) page.Cell {
			c := register.Excerpt(v.L, l.Name)
			c.Sub = v.T("sort." + string(l.Sort))
			return c
		}, Plain: func(v *see, l Line) string { return l.Name.In(v.L.Tag()).Text }},
		{Name: "language", Key: "register.language", Plain: func(v *see, l Line) string { return l.Name.In(v.L.Tag()).Language }},
		{Name: "sort", Plain: func(v *see, l Line) string { return v.T("sort." + string(l.Sort)) }},
		register.Plainly("countries", func(v *see, l Line) string { return register.Countries(v.L, l.Countries) }),
		{Name: "on", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: l.On.Print(v.L)} }, Plain: func(_ *see, l Line) string { return l.On.String() }},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("state." + string(l.At(v.Now))), Tone: tones[l.At(v.Now)], Sub: l.By}
		}, Plain: func(v *see, l Line) string { return v.T("state." + string(l.At(v.Now))) }},
		{Name: "by", Plain: func(_ *see, l Line) string { return l.By }},
		{Name: "source", Key: "register.source", Plain: func(v *see, l Line) string { return l.Source.Print(v.L) }},
		{Name: "link", Key: "register.link", Plain: func(_ *see, l Line) string { return l.Link }},
	}
}

func facts(v *see, k Knowledge) []page.Fact {
	l, w := v.L, k.Written
	out := []page.Fact{{Term: v.T("sort"), Text: v.T("sort." + string(w.Sort))}, {Term: v.T("countries"), Text: register.Countries(l, w.Countries)}, {Term: v.T("on"), Text: w.On.Print(l)}}
	if w.Activity != "" {
		at := register.AgreedAt(l, w.Activity, w.Item, w.On)
		out = append(out, page.Fact{Term: v.T("activity"), Text: at.Text, Href: at.Href, Sub: at.Sub})
	}
	if w.Link != "" {
		out = append(out, v.LinkFact(w.Link))
	}
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
	return append(out, v.SourceFact(w.Source))
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

// edit is the form with the whole of what is known.
func edit() *register.Act[Knowledge] {
	return &register.Act[Knowledge]{Type: WrittenType, Again: register.Again[Written],
		Fields: func(_ context.Context, v *see, k Knowledge) ([]register.Field, error) {
			text := v.Write("text", k.Exists())
			text[1].Optional, text[1].Rows = true, 10
			out := []register.Field{text[0], {Kind: "text", Name: "name", Label: v.T("name")}, text[1],
				{Kind: "select", Name: "sort", Label: v.T("sort"), Options: register.Codes(v.L, "knowledge.sort.", Sorts()), Blank: v.L.T("register.choose")},
				{Kind: "checks", Name: "countries", Label: v.T("countries"), Options: v.CountryOptions(v.L, k.Written.Countries...), Optional: true},
				{Kind: "date", Name: "on", Label: v.T("on"), Optional: true}, v.ActivityField(), v.ItemField()}
			return append(append(out, v.SourceFields()...), v.LinkField()), nil
		},
		Start: func(v *see, k Knowledge) register.Values {
			w, out := k.Written, v.Written(k.Written.Name)
			if !k.Exists() {
				return register.Put(out, "activity", v.URL.Query().Get("activity"))
			}
			language := out.Get("language")
			register.Put(out, "name", w.Name.By[language].Text, "text", w.Text.By[language].Text, "sort", string(w.Sort), "on", w.On.String(), "activity", w.Activity, "item", w.Item, "link", w.Link)
			return register.PutMany(register.PutSource(out, w.Source), "countries", w.Countries)
		},
		Write: func(t *register.Typed, k Knowledge) any { return written(t, k) }}
}

// written gives what was typed, beside what it already says in other languages.
func written(t *register.Typed, k Knowledge) Written {
	return Written{Name: k.Written.Name.With(t.Text("language"), t.Text("name")), Text: t.Writing(k.Written.Text), Sort: Sort(t.Text("sort")), Countries: t.Many("countries"), On: t.Date("on"),
		Activity: t.Text("activity"), Item: t.Text("item"), Source: t.Source(), Link: t.Text("link")}
}

func acts() []register.Act[Knowledge] {
	today := func(v *see, _ Knowledge) register.Values { return register.Put(register.Values{}, "on", v.Today()) }
	return []register.Act[Knowledge]{
		{Name: "review", Type: ReviewedType, Icon: "rosette-discount-check", Lead: "review.lead", Start: today, Fields: func(_ context.Context, v *see, _ Knowledge) ([]register.Field, error) {
			return []register.Field{{Kind: "text", Name: "by", Label: v.T("by"), Hint: v.T("by.hint")}, v.OnField(), {Kind: "date", Name: "until", Label: v.T("until"), Optional: true}}, nil
		}, Write: func(t *register.Typed, _ Knowledge) any { return Review{t.Text("by"), t.Date("on"), t.Date("until")} }},
		{Name: "outdate", Type: OutdatedType, Icon: "clock", Start: today, May: func(k Knowledge) error {
			if k.State == Outdated {
				return fault.New(fault.Guarded, "knowledge.guard.outdated")
			}
			return nil
		}, Fields: func(_ context.Context, v *see, _ Knowledge) ([]register.Field, error) {
			return []register.Field{v.OnField(), {Kind: "textarea", Name: "reason", Label: v.T("reason")}}, nil
		}, Write: func(t *register.Typed, _ Knowledge) any { return Past{t.Date("on"), t.Text("reason")} }},
	}
}

//go:embed sample.csv
var sample []byte

// fromFile reads a file. A record is known again by its key; where it has none by its sort, countries and name.
func fromFile() *register.Import[Knowledge] {
	return &register.Import[Knowledge]{Sample: sample, Same: "name", Required: []string{"language", "name", "sort", "source"},
		Columns: []string{"key", "language", "name", "text", "sort", "countries", "on", "activity", "item", "source", "lines", "link"},
		ID: func(t *register.Typed) journal.ID {
			if key := t.Text("key"); key != "" {
				return provenance.ID(t.Office.String(), "knowledge", key)
			}
			return provenance.ID(t.Office.String(), "knowledge", t.Text("sort"), t.Text("countries"), t.Text("name"))
		},
		Drafts: func(t *register.Typed, now Knowledge) []store.Draft {
			v := written(t, now)
			v.check(&t.Wrong)
			return register.Unless(now.Written, v, WrittenType)
		}}
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
