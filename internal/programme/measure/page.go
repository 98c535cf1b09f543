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
	// Called gives what plans are called for a reader, each by its name as it was typed. It is asked once for a page. Nil leaves them so.
	Called func(r *page.Request) func(plan string) string
}

func (c Config) called(v *see, plan string) string {
	if c.Called == nil {
		return plan
	}
	return v.Once("called", func() any { return c.Called(v.Request) }).(func(string) string)(plan)
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
		Says:  func(l *Line) register.Asked { return l.asks() },
		Order: order, Columns: c.columns(), Filters: append(filters(), c.ofPlan()),
		Tabs:   []register.Tab{{Filter: "due", Code: "late"}, {Filter: "due", Code: "unowned"}, {Filter: "state", Code: string(UnderWay)}, {Filter: "state", Code: string(Done)}},
		Called: func(v *see, l Line) string { return v.T("at", "Code", l.Code) },
		Title: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("at", "Code", l.Code) + " · " + c.called(v, l.Plan)}
		},
		State:    func(v *see, l Line) page.Mark { return standing(v, l) },
		Passages: func(v *see, m Measure) []register.Passage { return register.Passages(v.L, v.T("text"), m.Noted.Text) },
		Facts:    c.facts, More: c.more, Tables: func(v *see, m Measure) []page.Table { return append(shares(v, m), c.citing(v, m)...) },
		Notes: func(v *see, m Measure) []register.Note { return register.Wanting(v.L, m.Noted.Text) },
		Past:  func(_ *see, m Measure) []register.Event { return m.History },
		Edit:  &register.Act[Measure]{Type: NotedType, Again: register.Again[Noted], Asks: func(m Measure) register.Asked { return m.Noted.asks() }},
		Acts:  []register.Act[Measure]{{Name: "report", Type: ReportedType, Icon: "report", Asks: func(m Measure) register.Asked { return new(Reported).asks(m, true) }}}}
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

func (c Config) columns() []register.Column[Line] {
	return []register.Column[Line]{
		{Name: "code", Link: true, Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("at", "Code", l.Code), Sub: c.called(v, l.Plan)}
		}, Plain: func(_ *see, l Line) string { return l.Code }},
		{Name: "plan", Said: register.InFile},
		{Name: "text", Cell: func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Text) }, Plain: func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Text }},
		{Name: "owners", Said: register.InBoth},
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

func (c Config) facts(v *see, m Measure) []page.Fact {
	n := m.Noted
	out := n.asks().Facts(v, "plan", "indicator", "owners", "countries", "due", "source")
	if called := c.called(v, n.Plan); called != n.Plan {
		out[0].Text, out[0].Sub = called, n.Plan // it was typed so
	}
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
