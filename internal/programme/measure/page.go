// SPDX-License-Identifier: EUPL-1.2

package measure

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/sheet"
)

// Path is where the register is shown.
const Path = "/programme/measures"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// AskedOf gives what bringing tables in needs to know of an office. Nil where none are.
	AskedOf func(ctx context.Context, w store.Who) (sheet.Asked, error)
	// Citing gives what names a measure by its code: recommendations, proposals. Nil gives none.
	Citing func(ctx context.Context, r *page.Request, code string) ([]page.Line, error)
}

type see = register.See

// Room gives the pages of the register of measures.
func Room(c Config) page.Room {
	g := c.register()
	if c.AskedOf != nil {
		g.Routes = c.desk().Routes()
	}
	return g.Pages()
}

// List gives all measures that somebody may see, by plan and number.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	return Config{Store: s}.register().Rows(ctx, w, codes)
}

// desk is where a table of measures is brought in.
func (c Config) desk() sheet.Desk {
	return sheet.Desk{Room: "measures", Path: Path + "/import", Back: page.Crumb{Text: "measure.title", Href: Path}, Fields: Fields(), Guess: Guess, Sample: sample,
		Ask: func(l *lang.Locale) []register.Field {
			return []register.Field{{Kind: "text", Name: "plan", Label: l.T("measure.plan"), Hint: l.T("sheet.plan.hint"), Optional: true}}
		},
		Do: func(ctx context.Context, r *page.Request, t sheet.Table, m sheet.Mapping, s sheet.Sent, dry bool) (sheet.Report, error) {
			w := register.As(r)
			a, err := c.AskedOf(ctx, w)
			if err != nil {
				return sheet.Report{}, err
			}
			a.Document, a.Language, a.Year = s.Document, s.Language, s.Year
			return Import(ctx, c.Store, w, t, m, Asked{a, s.Values.Get("plan"), party.OnDay(r.Now)}, dry)
		}}
}

// At gives the address of the list of measures with a code.
func At(code string) string { return Path + "?code=" + url.QueryEscape(code) }

func (c Config) register() *register.Of[Measure, Line] {
	return &register.Of[Measure, Line]{Room: "measure", Kind: access.KindMeasure, Path: Path, Icon: "list-details", Store: c.Store, Names: c.Names,
		Line:  func(m Measure) (Line, bool) { return m.Summary(), m.Exists() },
		Order: order, Columns: columns(), Filters: append(filters(), c.ofPlan()),
		Tabs:   []register.Tab{{Filter: "due", Code: "late"}, {Filter: "due", Code: "unowned"}, {Filter: "state", Code: string(UnderWay)}, {Filter: "state", Code: string(Done)}},
		Called: func(v *see, l Line) string { return v.T("at", "Code", l.Code) },
		Title: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("at", "Code", l.Code) + " · " + l.Plan}
		},
		State:    func(v *see, l Line) page.Mark { return standing(v, l) },
		Passages: func(v *see, m Measure) []register.Passage { return register.Passages(v.L, v.T("text"), m.Noted.Text) },
		Facts:    facts, More: c.more, Tables: func(v *see, m Measure) []page.Table { return append(shares(v, m), c.citing(v, m)...) },
		Notes: func(v *see, m Measure) []register.Note { return register.Wanting(v.L, m.Noted.Text) },
		Past:  func(_ *see, m Measure) []register.Event { return m.History },
		Edit:  edit(), Acts: []register.Act[Measure]{report()}}
}

// order is by plan, then by number: 9 before 44, 44 before 44a.
func order(a, b Row) int {
	if c := strings.Compare(a.V.Plan, b.V.Plan); c != 0 {
		return c
	}
	if x, y := leading(a.V.Code), leading(b.V.Code); len(x) != len(y) {
		return len(x) - len(y)
	}
	return strings.Compare(a.V.Code+a.ID.String(), b.V.Code+b.ID.String())
}

func leading(code string) string {
	return code[:len(code)-len(strings.TrimLeft(code, "0123456789"))]
}

// late says that a measure's date is over and that it is neither done nor dropped.
func late(l Line, now time.Time) bool {
	return l.Due.Known() && l.State != Done && l.State != Dropped && now.After(l.Due.Last().AddDate(0, 0, 1))
}

var tones = map[State]string{Planned: page.Off, UnderWay: page.Info, Done: page.Good, Dropped: page.Off}

func standing(v *see, l Line) page.Mark {
	if late(l, v.Now) {
		return page.Mark{Tone: page.Bad, Text: v.T("late")}
	}
	return page.Mark{Tone: tones[l.State], Text: v.T("state." + string(l.State))}
}

func columns() []register.Column[Line] {
	return []register.Column[Line]{
		{Name: "code", Link: true, Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("at", "Code", l.Code), Sub: l.Plan}
		}, Plain: func(_ *see, l Line) string { return l.Code }},
		{Name: "plan", Plain: func(_ *see, l Line) string { return l.Plan }},
		{Name: "text", Cell: func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Text) }, Plain: func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Text }},
		register.Plainly("owners", func(v *see, l Line) string { return v.NamesOf(v.L, l.Owners) }),
		register.Plainly("due", func(v *see, l Line) string { return date(v, l.Due) }),
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			m := standing(v, l)
			return page.Cell{Text: m.Text, Tone: m.Tone, Sub: date(v, l.On)}
		}, Plain: func(v *see, l Line) string { return standing(v, l).Text }},
	}
}

// more leads to where a table is brought in.
func (c Config) more(v *see, _ register.Chosen) []page.Action {
	if c.AskedOf == nil || !register.MayEdit(v.Request) {
		return nil
	}
	return []page.Action{{Text: v.L.T("sheet.measures.title"), Href: Path + "/import", Icon: "file-import"}}
}

// shares shows how far each owner is, where there are several or one has reported on theirs.
func shares(v *see, m Measure) []page.Table {
	t := page.Table{Caption: v.T("shares"), Columns: []page.Column{{Text: v.T("owner")}, {Text: v.T("state")}, {Text: v.T("why")}}}
	told := false
	for _, o := range m.Noted.Owners {
		state, why := page.Cell{Text: v.T("unreported"), Tone: page.Warn}, page.Cell{}
		if r, ok := m.Share(o); ok {
			state, why, told = page.Cell{Text: v.T("state." + string(r.State)), Tone: tones[r.State], Sub: date(v, r.On)}, page.Cell{Text: r.Why, Sub: r.By}, true
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: v.Names[o], Href: "/programme/organisations/" + o.String()}, state, why}})
	}
	if len(t.Rows) < 2 && !told {
		return nil
	}
	return []page.Table{t}
}

func date(v *see, d party.PartialDate) string {
	if !d.Known() {
		return ""
	}
	return d.Print(v.L)
}

func filters() []register.Filter {
	return []register.Filter{
		register.OneOf("state", "", "measure.state.", States()),
		{Name: "due", Options: func(v *see) []page.Option {
			return register.Codes(v.L, "measure.due.", []string{"late", "undated", "unowned"})
		}, In: func(v *see, choice string) store.Span {
			if choice == "late" {
				return v.ByNow("late")
			}
			return store.Is("lacks", choice)
		}},
		register.OfOrganisation("owner", "measure.owners"),
		register.InCountry("measure.countries"),
		register.OfCode("code"),
	}
}

func facts(v *see, m Measure) []page.Fact {
	n := m.Noted
	out := []page.Fact{{Term: v.T("plan"), Text: n.Plan}, {Term: v.T("indicator"), Text: register.Quote(v.L, n.Indicator).Text}, {Term: v.T("owners"), Text: v.NamesOf(v.L, n.Owners)}, {Term: v.T("countries"), Text: register.Countries(v.L, n.Countries)}, {Term: v.T("due"), Text: date(v, n.Due)}, {Term: v.T("source"), Text: n.Source}}
	for _, x := range slices.Backward(m.Reports) {
		if !x.Owner.IsZero() {
			continue // in the table of shares
		}
		out = append(out, page.Fact{Term: v.T("reported", "By", x.By), Text: v.T("state." + string(x.State)), Tone: tones[x.State], Sub: strings.TrimPrefix(date(v, x.On)+" · "+x.Why, " · ")})
	}
	return out
}

// citing lists what names the measure by its code.
func (c Config) citing(v *see, m Measure) []page.Table {
	if c.Citing == nil {
		return nil
	}
	lines, err := c.Citing(v.Context(), v.Request, m.Noted.Code)
	if err != nil {
		return nil // the record itself stands; the lists say what is wrong with theirs
	}
	t := page.Table{Caption: v.T("cited"), Columns: []page.Column{{Text: v.T("cited.by")}, {Text: v.T("state")}}, Empty: &page.Empty{Icon: "link", Title: v.T("cited.none")}}
	for _, x := range lines {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: x.Title, Lang: x.Lang, Href: x.Href, Sub: x.Basis}, {Text: x.Text, Tone: x.Tone}}})
	}
	return []page.Table{t}
}

// edit is the form with what the plan says of a measure.
func edit() *register.Act[Measure] {
	return &register.Act[Measure]{Type: NotedType, Again: register.Again[Noted],
		Fields: func(_ context.Context, v *see, m Measure) ([]register.Field, error) {
			return append([]register.Field{{Kind: "text", Name: "plan", Label: v.T("plan"), Hint: v.T("plan.hint")}, {Kind: "text", Name: "code", Label: v.T("code"), Hint: v.T("code.hint")}}, append(v.Write("text", m.Exists()),
				register.Field{Kind: "textarea", Name: "indicator", Label: v.T("indicator"), Hint: v.T("indicator.hint"), Rows: 2, Optional: true},
				register.Field{Kind: "checks", Name: "owners", Label: v.T("owners"), Options: v.OrganisationOptions(), Optional: true},
				register.Field{Kind: "checks", Name: "countries", Label: v.T("countries"), Options: v.CountryOptions(v.L, append([]string{"FR", "SE"}, m.Noted.Countries...)...), Optional: true},
				register.Field{Kind: "date", Name: "due", Label: v.T("due"), Optional: true}, register.Field{Kind: "text", Name: "source", Label: v.T("source"), Optional: true})...), nil
		},
		Start: func(v *see, m Measure) register.Values {
			n, out := m.Noted, v.Written(m.Noted.Text)
			register.Put(out, "plan", n.Plan, "code", n.Code, "due", n.Due.String(), "source", n.Source, "indicator", n.Indicator.By[out.Get("language")].Text)
			register.PutIDs(out, "owners", n.Owners...)
			return register.PutMany(out, "countries", n.Countries)
		},
		Write: func(t *register.Typed, m Measure) any {
			return Noted{Plan: t.Text("plan"), Code: t.Text("code"), Text: t.Writing(m.Noted.Text), Indicator: m.Noted.Indicator.With(t.Text("language"), t.Text("indicator")), Owners: t.Organisations("owners", "measure.want.owners"), Countries: t.Many("countries"), Due: t.Date("due"), Source: t.Text("source")}
		}}
}

// report says how far it is.
func report() register.Act[Measure] {
	return register.Act[Measure]{Name: "report", Type: ReportedType, Icon: "report",
		Fields: func(_ context.Context, v *see, m Measure) ([]register.Field, error) {
			var owners []page.Option
			for _, o := range m.Noted.Owners {
				owners = append(owners, page.Option{Value: o.String(), Text: v.Names[o]})
			}
			return []register.Field{v.OnField(), {Kind: "select", Name: "owner", Label: v.T("share"), Options: owners, Blank: v.T("whole"), Optional: true}, {Kind: "select", Name: "state", Label: v.T("state"), Options: register.Codes(v.L, "measure.state.", States()[1:]), Blank: v.L.T("register.choose")},
				{Kind: "text", Name: "by", Label: v.T("by")}, {Kind: "textarea", Name: "why", Label: v.T("why"), Hint: v.T("why.hint")}}, nil
		},
		Start: func(v *see, _ Measure) register.Values { return register.Put(register.Values{}, "on", v.Today()) },
		Write: func(t *register.Typed, _ Measure) any {
			return Reported{State: State(t.Text("state")), Owner: t.Organisation("owner", "measure.want.owners"), On: t.Date("on"), By: t.Text("by"), Why: t.Text("why")}
		}}
}
