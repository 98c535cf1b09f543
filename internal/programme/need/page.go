// SPDX-License-Identifier: EUPL-1.2

package need

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Path is where the register is shown.
const Path = "/programme/needs"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
}

type room struct{ Config }

// Room gives the pages of the register of needs.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "need", Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.list},
		{Pattern: "GET " + Path + "/new", Handle: rm.blank},
		{Pattern: "POST " + Path + "/new", Handle: rm.create},
		{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
		{Pattern: "GET " + Path + "/{id}/edit", Handle: rm.edit},
		{Pattern: "POST " + Path + "/{id}/edit", Handle: rm.save},
		{Pattern: "GET " + Path + "/{id}/act/{act}", Handle: rm.ask},
		{Pattern: "POST " + Path + "/{id}/act/{act}", Handle: rm.act},
	}}
}

// List gives all needs that somebody may see, the most urgent first, then the earliest identified.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	rows, err := register.All[Line](ctx, s, w, store.Query{Kind: access.KindNeed, Codes: codes})
	urgency := func(r Row) int {
		if i := slices.Index(Urgencies(), r.V.Urgency); i >= 0 {
			return i
		}
		return len(Urgencies())
	}
	slices.SortFunc(rows, func(a, b Row) int {
		if c := urgency(a) - urgency(b); c != 0 {
			return c
		}
		if c := a.V.On.First().Compare(b.V.On.First()); c != 0 {
			return c
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
	return rows, err
}

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("need.title")}}
	if len(more) > 0 {
		out[1].Href = Path
	}
	return append(out, more...)
}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

var tones = map[State]string{Identified: page.Warn, Planned: page.Info, Met: page.Good}

func filters(l *lang.Locale, a register.Around) []register.Field {
	all := l.T("register.any")
	return []register.Field{
		{Kind: "select", Name: "state", Label: l.T("need.state"), Options: register.Codes(l, "need.state.", States()), Blank: all},
		{Kind: "select", Name: "theme", Label: l.T("need.theme"), Options: register.Codes(l, "need.theme.", Themes()), Blank: all},
		{Kind: "select", Name: "group", Label: l.T("need.groups"), Options: register.Codes(l, "need.group.", Groups()), Blank: all},
		{Kind: "select", Name: "country", Label: l.T("need.countries"), Options: a.CountryOptions(l), Blank: all},
		{Kind: "select", Name: "urgency", Label: l.T("need.urgency"), Options: register.Codes(l, "need.urgency.", Urgencies()), Blank: all},
	}
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l, w := r.L, register.As(r)
	around, err := register.Look(ctx, rm.Store, w, l)
	if err != nil {
		return nil, err
	}
	fs := filters(l, around)
	chosen := register.Query(r, fs)
	rows, err := List(ctx, rm.Store, w, chosen)
	if err != nil {
		return nil, err
	}
	if r.URL.Query().Get("as") == "csv" {
		return page.Sheet("needs.csv", sheet(l, rows))
	}
	c := CountMet(rows)
	d := register.List{Title: l.T("need.title"), Lead: l.N("need.count", len(rows)), Crumbs: crumbs(l), Table: listTable(l, rows, len(chosen) > 0)}
	d.Narrow(Path, fs, chosen)
	for _, s := range States()[:3] {
		d.Tabs = append(d.Tabs, page.Tab{Text: l.T("need.state." + string(s)), Href: register.Address(Path, map[string]string{"state": string(s)}), Current: chosen["state"] == string(s)})
	}
	if c.Of > 0 {
		d.Figures = []register.Figure{{Label: l.T("need.met_in_time"), Value: l.T("register.of", "N", l.Number(c.Met), "Of", l.Number(c.Of)), Note: l.T("need.met_in_time.note")}}
	}
	d.Notes = proposals(l, Proposed(rows), register.MayEdit(r))
	if register.MayEdit(r) {
		d.Actions = []page.Action{{Text: l.T("need.new"), Href: Path + "/new", Icon: "plus", Primary: true}}
	}
	return page.View("register/list", l.T("need.title"), d), nil
}

// mostProposals bounds how many pairs a list proposes at once.
const mostProposals = 5

func proposals(l *lang.Locale, pairs []Pair, may bool) []register.Note {
	var out []register.Note
	for _, p := range pairs[:min(len(pairs), mostProposals)] {
		n := register.Note{Tone: page.Info, Title: l.T("need.alike"), Text: l.T("need.alike.pair", "A", register.Excerpt(l, p.A.V.Text).Text, "B", register.Excerpt(l, p.B.V.Text).Text)}
		if may {
			n.Actions = []page.Action{{Text: l.T("need.alike.look"), Href: pathOf(p.A.ID) + "/act/join"}}
		}
		out = append(out, n)
	}
	return out
}

func listTable(l *lang.Locale, rows []Row, narrowed bool) page.Table {
	t := page.Table{Caption: l.T("need.title"), Empty: &page.Empty{Icon: "clipboard-list", Title: l.T("need.empty"), Text: l.T("need.empty.text")}}
	if narrowed {
		t.Empty = &page.Empty{Icon: "search", Title: l.T("register.none"), Text: l.T("register.none.text"), Action: &page.Action{Text: l.T("register.all"), Href: Path}}
	}
	for _, k := range []string{"need.text", "need.groups", "need.countries", "need.urgency", "need.state", "need.raised"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	for _, r := range rows {
		v := r.V
		first := register.Excerpt(l, v.Text)
		first.Href, first.Sub = pathOf(r.ID), l.T("need.theme."+string(v.Theme))
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{first, {Text: groups(l, v.Groups)}, {Text: register.Countries(l, v.Countries)}, {Text: register.Word(l, "need.urgency.", v.Urgency)},
			{Text: l.T("need.state." + string(v.State)), Tone: tone(v.State), Sub: v.Since.Print(l)}, raised(l, v.Noted)}})
	}
	return t
}

func tone(s State) string {
	if t := tones[s]; t != "" {
		return t
	}
	return page.Off
}

func groups(l *lang.Locale, gs []Group) string {
	var out []string
	for _, g := range gs {
		out = append(out, l.T("need.group."+string(g)))
	}
	return l.List(out)
}

// raised says at which meeting and under which item of its agenda.
func raised(l *lang.Locale, v Noted) page.Cell {
	c := page.Cell{Text: v.Activity, Sub: v.On.Print(l)}
	if v.Activity != "" {
		c.Href = register.ActivityPath(v.Activity)
	}
	if v.Item != "" {
		c.Sub = l.T("register.item", "Item", v.Item) + " · " + c.Sub
	}
	return c
}

func sheet(l *lang.Locale, rows []Row) [][]string {
	var head []string
	for _, k := range []string{"need.text", "register.language", "need.theme", "need.groups", "need.countries", "need.urgency", "need.state", "register.since", "need.on", "need.activity", "need.item", "need.answer", "need.code"} {
		head = append(head, l.T(k))
	}
	out := [][]string{head}
	known := func(s string) string {
		if s == "" {
			return l.T("page.unknown")
		}
		return s
	}
	for _, r := range rows {
		v := r.V
		shown := v.Text.In(l.Tag())
		out = append(out, []string{shown.Text, shown.Language, l.T("need.theme." + string(v.Theme)), known(groups(l, v.Groups)), known(register.Countries(l, v.Countries)),
			known(register.Word(l, "need.urgency.", v.Urgency)), l.T("need.state." + string(v.State)), v.Since.String(), v.On.String(), known(v.Activity), v.Item, register.Word(l, "need.answer.", v.Answer), v.Code})
	}
	return out
}
