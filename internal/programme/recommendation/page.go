// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	"embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the register is shown.
const Path = "/programme/recommendations"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Offices offers the offices that an owner can have. Nil offers none.
	Offices func(ctx context.Context, r *page.Request) ([]page.Option, error)
	// Locale gives the words of a language, for the reply that is handed over. Nil is the reader's.
	Locale func(tag string) *lang.Locale
}

type see = register.See

// Room gives the pages of the register of recommendations.
func Room(c Config) page.Room {
	g := c.register()
	g.Templates, g.Routes = templates, []page.Route{{Pattern: "GET " + Path + "/reply", Handle: c.reply}, {Pattern: "GET " + Path + "/reply/file", Handle: c.replyFile}, {Pattern: "GET " + Path + "/years", Handle: c.years}}
	return g.Pages()
}

func (c Config) register() *register.Of[Recommendation, Line] {
	return &register.Of[Recommendation, Line]{Room: "recommendation", Kind: access.KindRecommendation, Path: Path, Icon: "clipboard-check", Store: c.Store, Names: c.Names,
		Line:  func(x Recommendation) (Line, bool) { return x.Summary(), x.Exists() },
		Order: order, Columns: slices.Concat(shown(), inFile()), Filters: filters(), Tabs: tabs(), Codes: true, More: more,
		Called: func(v *see, l Line) string { return v.T("at", "Paragraph", l.Paragraph) },
		Title: func(v *see, l Line) page.Cell {
			return page.Cell{Text: l.Source + " · " + v.T("at", "Paragraph", l.Paragraph)}
		},
		State: func(v *see, l Line) page.Mark {
			return standing(v, l)
		},
		Passages: passages, Facts: c.facts, Past: func(_ *see, x Recommendation) []register.Event { return x.History },
		Notes: c.notes, Acts: c.acts(), Import: fromFile()}
}

// List gives all recommendations that somebody may see, by source, document and country, in the order of paragraphs.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	return Config{Store: s}.register().Rows(ctx, w, codes)
}

// inOrder is order as a code; sources and documents stand together, in no order of their names.
func inOrder(m Made) []string {
	return register.InOrder(register.Same(m.Source), register.Same(m.Document), m.Country, register.NumberedCode(m.Paragraph))
}

func order(a, b Row) int {
	x, y := a.V.Made, b.V.Made
	if c := strings.Compare(x.Source+"\x00"+x.Document+"\x00"+x.Country, y.Source+"\x00"+y.Document+"\x00"+y.Country); c != 0 {
		return c
	}
	return ComparePlaces(x.Paragraph, y.Paragraph)
}

var tones = map[State]string{Unjudged: page.Off, Not: page.Bad, Partly: page.Warn, Implemented: page.Good, Past: page.Off}

func standing(v *see, l Line) page.Mark {
	if l.Refused {
		return page.Mark{Tone: page.Off, Text: v.T("refused")}
	}
	return page.Mark{Tone: tones[l.State], Text: v.T("state." + string(l.State))}
}

// Tone gives the tone in which a state is shown.
func Tone(s State) string { return tones[s] }

// sources lists the bodies that recommendations come from.
func sources(v *see) []page.Option {
	out := []page.Option{}
	for _, code := range v.Values("source") {
		for _, r := range register.Matching[Line](v, 1, store.Is("source", code)) {
			out = append(out, page.Option{Value: code, Text: r.V.Source})
		}
	}
	inorder.By(out, func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	return out
}

func dues() []string { return []string{"late", "undated", "unowned", "received"} }

func filters() []register.Filter {
	return []register.Filter{
		{Name: "source", Options: sources},
		register.InCountry(""),
		register.OfOrganisation("owner", "recommendation.owners"),
		register.OneOf("state", "", "recommendation.state.", States()),
		register.OneOf("strength", "", "recommendation.strength.", Strengths()),
		{Name: "due", Options: func(v *see) []page.Option { return register.Codes(v.L, "recommendation.due.", dues()) },
			In: func(v *see, choice string) store.Span {
				switch choice {
				case "late":
					return v.ByNow("late")
				case "received":
					return store.Span{Name: "from"}
				}
				return store.Is("lacks", choice)
			}},
	}
}

// tabs count by state, and what is late, has no date or no owner.
func tabs() []register.Tab {
	var out []register.Tab
	for _, s := range States() {
		out = append(out, register.Tab{Filter: "state", Code: string(s)})
	}
	for _, d := range dues() {
		out = append(out, register.Tab{Filter: "due", Code: d})
	}
	return out
}

// more leads to the reply and to the years that cover what the list shows.
func more(v *see, c register.Chosen) []page.Action {
	if c.N == 0 {
		return nil
	}
	same := ""
	if v.URL.RawQuery != "" {
		same = "?" + v.URL.Query().Encode()
	}
	return []page.Action{{Text: v.T("years"), Href: Path + "/years" + same, Icon: "chart-bar"}, {Text: v.T("reply"), Href: Path + "/reply" + same, Icon: "file-text"}}
}

// shown are the columns of the list, inFile those of its file: first the ones that an import reads.
func shown() []register.Column[Line] {
	return []register.Column[Line]{
		{Name: "paragraph", Link: true, Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("at", "Paragraph", l.Paragraph), Sub: place(v.L, l.Made)}
		}},
		{Name: "text", Cell: func(v *see, l Line) page.Cell {
			c := register.Excerpt(v.L, l.Text)
			c.Sub = register.Word(v.L, "recommendation.strength.", l.Strength)
			return c
		}},
		{Name: "owners", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: v.NamesOf(v.L, l.Owners)} }},
		{Name: "due", Cell: func(v *see, l Line) page.Cell {
			f := dueOn(v, l)
			return page.Cell{Text: f.Text, Sub: f.Sub}
		}},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			m := standing(v, l)
			return page.Cell{Text: m.Text, Tone: m.Tone, Sub: l.Judge}
		}},
	}
}

func inFile() []register.Column[Line] {
	plain := func(name string, text func(v *see, l Line) string) register.Column[Line] {
		return register.Column[Line]{Name: name, Plain: text}
	}
	return []register.Column[Line]{
		plain("source", func(_ *see, l Line) string { return l.Source }),
		plain("document", func(_ *see, l Line) string { return l.Document }),
		plain("paragraph", func(_ *see, l Line) string { return l.Paragraph }),
		plain("country", func(_ *see, l Line) string { return l.Country }),
		plain("strength", func(_ *see, l Line) string { return string(l.Strength) }),
		plain("language", func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Language }),
		plain("text", func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Text }),
		plain("articles", func(_ *see, l Line) string { return strings.Join(l.Articles, register.Divider) }),
		plain("measures", func(_ *see, l Line) string { return strings.Join(l.Measures, register.Divider) }),
		plain("made_on", func(_ *see, l Line) string { return l.On.String() }),
		plain("owners", func(v *see, l Line) string {
			var out []string
			for _, o := range l.Owners {
				out = append(out, v.Names[o])
			}
			return strings.Join(out, register.Divider)
		}),
		plain("due", func(_ *see, l Line) string { return l.Due.String() }),
		plain("state", func(_ *see, l Line) string { return string(l.State) }),
		plain("judged_by", func(_ *see, l Line) string { return l.Judge }),
		plain("reports", func(v *see, l Line) string { return v.L.Number(l.Reports) }),
		plain("dissent", func(v *see, l Line) string { return v.L.Number(l.Dissent) }),
	}
}

// place says whose recommendation it is, in which document, to whom.
func place(l *lang.Locale, m Made) string {
	s := m.Source + ", " + m.Document
	if m.Country != "" {
		s += " · " + l.Country(m.Country)
	}
	return s
}

func dueOn(v *see, l Line) page.Fact {
	f := page.Fact{Term: v.T("due")}
	if l.Due.Known() {
		f.Text = l.Due.Print(v.L)
	}
	if l.Late(v.Now) {
		f.Sub = v.T("due.late")
	}
	return f
}

func open(ctx context.Context, s *store.Store, w store.Who, id journal.ID) (Recommendation, error) {
	o, err := s.Open(ctx, w, store.Ref{Kind: access.KindRecommendation, ID: id})
	if err != nil {
		return Recommendation{}, err
	}
	return o.State.(Recommendation), nil
}
