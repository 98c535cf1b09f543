// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	"embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
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
}

type room struct{ Config }

// Room gives the pages of the register of recommendations.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "recommendation", Templates: templates, Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.list},
		{Pattern: "GET " + Path + "/import", Handle: rm.importForm},
		{Pattern: "POST " + Path + "/import", Handle: rm.importFile, MaxBody: MaxFile + 1<<16},
		{Pattern: "GET " + Path + "/import/sample", Handle: rm.sample},
		{Pattern: "GET " + Path + "/reply", Handle: rm.reply},
		{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
		{Pattern: "GET " + Path + "/{id}/act/{act}", Handle: rm.ask},
		{Pattern: "POST " + Path + "/{id}/act/{act}", Handle: rm.act},
	}}
}

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("recommendation.title")}}
	if len(more) > 0 {
		out[1].Href = Path
	}
	return append(out, more...)
}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

var tones = map[State]string{Unjudged: page.Off, Not: page.Bad, Partly: page.Warn, Implemented: page.Good, Past: page.Off}

// sources lists the bodies that recommendations come from.
func sources(rows []Row) []page.Option {
	var out []page.Option
	for _, r := range rows {
		o := page.Option{Value: SourceCode(r.V.Source), Text: r.V.Source}
		if !slices.ContainsFunc(out, func(x page.Option) bool { return x.Value == o.Value }) {
			out = append(out, o)
		}
	}
	return out
}

func filters(l *lang.Locale, a register.Around, all []Row) []register.Field {
	every := l.T("register.any")
	var countries []string
	for _, r := range all {
		if r.V.Country != "" {
			countries = append(countries, r.V.Country)
		}
	}
	return []register.Field{
		{Kind: "select", Name: "source", Label: l.T("recommendation.source"), Options: sources(all), Blank: every},
		{Kind: "select", Name: "country", Label: l.T("recommendation.country"), Options: a.CountryOptions(l, countries...), Blank: every},
		{Kind: "select", Name: "owner", Label: l.T("recommendation.owners"), Options: a.OrganisationOptions(), Blank: every},
		{Kind: "select", Name: "state", Label: l.T("recommendation.state"), Options: register.Codes(l, "recommendation.state.", States()), Blank: every},
		{Kind: "select", Name: "strength", Label: l.T("recommendation.strength"), Options: register.Codes(l, "recommendation.strength.", Strengths()), Blank: every},
		{Kind: "select", Name: "due", Label: l.T("recommendation.due"), Options: register.Codes(l, "recommendation.due.", []string{"late", "undated", "unowned"}), Blank: every},
	}
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l, w := r.L, register.As(r)
	around, err := register.Look(ctx, rm.Store, w, l)
	if err != nil {
		return nil, err
	}
	every, err := List(ctx, rm.Store, w, nil)
	if err != nil {
		return nil, err
	}
	fs := filters(l, around, every)
	chosen := register.Query(r, fs)
	rows := narrowed(every, chosen, r)
	if r.URL.Query().Get("as") == "csv" {
		return page.Sheet("recommendations.csv", sheet(l, around, rows))
	}
	d := register.List{Title: l.T("recommendation.title"), Lead: l.N("recommendation.count", len(rows)), Crumbs: crumbs(l), Tabs: tabs(r, every, chosen), Table: listTable(r, around, rows, len(chosen) > 0)}
	d.Narrow(Path, fs, chosen)
	if len(rows) > 0 {
		d.Actions = []page.Action{{Text: l.T("recommendation.reply"), Href: register.Address(Path+"/reply", chosen), Icon: "file-text"}}
	}
	if register.MayEdit(r) {
		d.Actions = append(d.Actions, page.Action{Text: l.T("recommendation.import"), Href: Path + "/import", Icon: "file-import", Primary: true})
	}
	return page.View("register/list", l.T("recommendation.title"), d), nil
}

// narrowed gives the rows that fit what was chosen.
func narrowed(rows []Row, chosen map[string]string, r *page.Request) []Row {
	return slices.DeleteFunc(slices.Clone(rows), func(x Row) bool {
		v := x.V
		has := map[string]bool{"source": SourceCode(v.Source) == chosen["source"], "country": v.Country == chosen["country"], "state": string(v.State) == chosen["state"],
			"strength": string(v.Strength) == chosen["strength"],
			"owner":    slices.ContainsFunc(v.Owners, func(o journal.ID) bool { return o.String() == chosen["owner"] }),
			"due":      chosen["due"] == "late" && v.Late(r.Now) || chosen["due"] == "undated" && !v.Due.Known() || chosen["due"] == "unowned" && len(v.Owners) == 0}
		for name := range chosen {
			if !has[name] {
				return true
			}
		}
		return false
	})
}

// tabs count by state, and what is late, has no date or no owner.
func tabs(r *page.Request, rows []Row, chosen map[string]string) []page.Tab {
	var out []page.Tab
	add := func(name, code, key string) {
		codes := map[string]string{name: code}
		out = append(out, page.Tab{Text: r.L.T(key + code), Count: r.L.Number(len(narrowed(rows, codes, r))), Href: register.Address(Path, codes), Current: chosen[name] == code})
	}
	for _, s := range States() {
		add("state", string(s), "recommendation.state.")
	}
	for _, d := range []string{"late", "undated", "unowned"} {
		add("due", d, "recommendation.due.")
	}
	return out
}

func listTable(r *page.Request, a register.Around, rows []Row, narrow bool) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("recommendation.title"), Empty: &page.Empty{Icon: "clipboard-check", Title: l.T("recommendation.empty"), Text: l.T("recommendation.empty.text")}}
	if narrow {
		t.Empty = &page.Empty{Icon: "search", Title: l.T("register.none"), Text: l.T("register.none.text"), Action: &page.Action{Text: l.T("register.all"), Href: Path}}
	}
	for _, k := range []string{"paragraph", "text", "owners", "due", "state"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T("recommendation." + k)})
	}
	for _, x := range rows {
		v := x.V
		text := register.Excerpt(l, v.Text)
		text.Sub = register.Word(l, "recommendation.strength.", v.Strength)
		due := page.Cell{}
		if v.Due.Known() {
			due.Text = v.Due.Print(l)
		}
		if v.Late(r.Now) {
			due.Sub = l.T("recommendation.due.late")
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("recommendation.at", "Paragraph", v.Paragraph), Href: pathOf(x.ID), Sub: place(l, v.Made)}, text, {Text: names(l, a, v.Owners)}, due,
			{Text: l.T("recommendation.state." + string(v.State)), Tone: tones[v.State], Sub: v.Judge}}})
	}
	return t
}

// place says whose recommendation it is, in which document, to whom.
func place(l *lang.Locale, m Made) string {
	s := m.Source + ", " + m.Document
	if m.Country != "" {
		s += " · " + l.Country(m.Country)
	}
	return s
}

func names(l *lang.Locale, a register.Around, ids []journal.ID) string {
	var out []string
	for _, id := range ids {
		out = append(out, a.Names[id])
	}
	return l.List(out)
}

// sheet writes a list for a spreadsheet; its first columns are those that an import reads.
func sheet(l *lang.Locale, a register.Around, rows []Row) [][]string {
	head := append(slices.Clone(Columns()), "state", "judged_by", "reports", "dissent")
	out := [][]string{head}
	for _, x := range rows {
		v, shown := x.V, x.V.Text.In(l.Tag())
		var owners []string
		for _, o := range v.Owners {
			owners = append(owners, a.Names[o])
		}
		out = append(out, []string{v.Source, v.Document, v.Paragraph, v.Country, string(v.Strength), shown.Language, shown.Text, strings.Join(v.Articles, listDivider), strings.Join(v.Measures, listDivider), v.On.String(),
			strings.Join(owners, listDivider), v.Due.String(), string(v.State), v.Judge, l.Number(v.Reports), l.Number(v.Dissent)})
	}
	return out
}

func (rm room) opened(ctx context.Context, r *page.Request) (Recommendation, error) {
	id, err := r.ID("id")
	if err != nil {
		return Recommendation{}, err
	}
	return open(ctx, rm.Store, register.As(r), id)
}

func open(ctx context.Context, s *store.Store, w store.Who, id journal.ID) (Recommendation, error) {
	o, err := s.Open(ctx, w, store.Ref{Kind: access.KindRecommendation, ID: id})
	if err != nil {
		return Recommendation{}, err
	}
	return o.State.(Recommendation), nil
}
