// SPDX-License-Identifier: EUPL-1.2

package action

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Path is where the register is shown.
const Path = "/programme/actions"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
}

type room struct{ Config }

// Room gives the pages of the register of actions.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "action", Routes: []page.Route{
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

// List gives all actions that somebody may see: the one due first comes first, those without a date last.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	rows, err := register.All[Line](ctx, s, w, store.Query{Kind: access.KindAction, Codes: codes})
	slices.SortFunc(rows, func(a, b Row) int {
		if x, y := a.V.Due, b.V.Due; x.Known() != y.Known() {
			if x.Known() {
				return -1
			}
			return 1
		}
		if c := a.V.Due.Last().Compare(b.V.Due.Last()); c != 0 {
			return c
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
	return rows, err
}

// due is a filter that follows from dates, so no code in the store holds it.
type due string

const (
	late    due = "late"
	month   due = "month" // within thirty days
	undated due = "undated"
	asking  due = "asking" // a follow-up is to be made
	counted due = "counted"
)

func dues() []due { return []due{late, month, asking, undated, counted} }

func (d due) match(l Line, now time.Time) bool {
	switch d {
	case late:
		return l.Late(now)
	case month:
		return l.State == Open && l.Due.Known() && !l.Late(now) && l.Due.Last().Before(now.AddDate(0, 0, 30))
	case undated:
		return l.State == Open && !l.Due.Known()
	case asking:
		return l.Asking(now) > 0
	case counted:
		return l.Counts(now)
	}
	return true
}

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("action.title")}}
	if len(more) > 0 {
		out[1].Href = Path
	}
	return append(out, more...)
}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func filters(l *lang.Locale, a register.Around) []register.Field {
	all := l.T("register.any")
	return []register.Field{
		{Kind: "select", Name: "state", Label: l.T("action.state"), Options: register.Codes(l, "action.state.", States()), Blank: all},
		{Kind: "select", Name: "due", Label: l.T("action.due"), Options: register.Codes(l, "action.due.", dues()), Blank: all},
		{Kind: "select", Name: "owner", Label: l.T("action.owner"), Options: a.OrganisationOptions(), Blank: all},
		{Kind: "select", Name: "activity", Label: l.T("action.activity"), Options: a.ActivityOptions(), Blank: all},
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
	codes := map[string]string{}
	for k, v := range chosen {
		if k != "due" {
			codes[k] = v
		}
	}
	rows, err := List(ctx, rm.Store, w, codes)
	if err != nil {
		return nil, err
	}
	c := CountDone(rows, r.Now)
	tabs := rm.tabs(r, rows, chosen)
	rows = slices.DeleteFunc(rows, func(x Row) bool { return !due(chosen["due"]).match(x.V, r.Now) })
	if r.URL.Query().Get("as") == "csv" {
		return page.Sheet("actions.csv", sheet(r, around, rows))
	}
	d := register.List{Title: l.T("action.title"), Lead: l.N("action.count", len(rows)), Crumbs: crumbs(l), Tabs: tabs, Table: listTable(r, around, rows, len(chosen) > 0)}
	d.Narrow(Path, fs, chosen)
	if c.Due+c.Refused+c.Undated > 0 {
		d.Figures = []register.Figure{{Label: l.T("action.done_in_time"), Value: l.T("register.of", "N", l.Number(c.Done), "Of", l.Number(c.Due)),
			Note: l.T("action.done_in_time.note", "Refused", l.Number(c.Refused), "Undated", l.Number(c.Undated))}}
	}
	if register.MayEdit(r) {
		d.Actions = []page.Action{{Text: l.T("action.new"), Href: Path + "/new", Icon: "plus", Primary: true}}
	}
	return page.View("register/list", l.T("action.title"), d), nil
}

// tabs are the questions asked most often, each with how many it finds; "counted" is the list behind the figure.
func (rm room) tabs(r *page.Request, rows []Row, chosen map[string]string) []page.Tab {
	var out []page.Tab
	for _, d := range dues() {
		n := 0
		for _, x := range rows {
			if d.match(x.V, r.Now) {
				n++
			}
		}
		codes := map[string]string{}
		for k, v := range chosen {
			codes[k] = v
		}
		codes["due"] = string(d)
		out = append(out, page.Tab{Text: r.L.T("action.due." + string(d)), Count: r.L.Number(n), Href: register.Address(Path, codes), Current: chosen["due"] == string(d)})
	}
	return out
}

func listTable(r *page.Request, a register.Around, rows []Row, narrowed bool) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("action.title"), Empty: &page.Empty{Icon: "checklist", Title: l.T("action.empty"), Text: l.T("action.empty.text")}}
	if narrowed {
		t.Empty = &page.Empty{Icon: "search", Title: l.T("register.none"), Text: l.T("register.none.text"), Action: &page.Action{Text: l.T("register.all"), Href: Path}}
	}
	for _, k := range []string{"action.text", "action.owner", "action.due", "action.state", "action.agreed"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	for _, x := range rows {
		first := register.Excerpt(l, x.V.Text)
		first.Href = pathOf(x.ID)
		m := standing(l, x.V, r.Now)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{first, {Text: a.Names[x.V.Owner]}, {Text: dueOn(l, x.V)}, {Text: m.Text, Tone: m.Tone, Sub: further(l, x.V, r.Now)}, agreed(l, x.V)}})
	}
	return t
}

// dueOn prints a due date; "" when nobody has said one.
func dueOn(l *lang.Locale, v Line) string {
	if !v.Due.Known() {
		return ""
	}
	return v.Due.Print(l)
}

func standing(l *lang.Locale, v Line, now time.Time) page.Mark {
	switch {
	case v.Late(now):
		return page.Mark{Tone: page.Bad, Text: l.T("action.late")}
	case v.State == Done:
		return page.Mark{Tone: page.Good, Text: l.T("action.state.done")}
	case v.State == Refused:
		return page.Mark{Tone: page.Off, Text: l.T("action.state.refused")}
	}
	return page.Mark{Tone: page.Info, Text: l.T("action.state.open")}
}

// further says what is to be asked of the owner, or when it was done.
func further(l *lang.Locale, v Line, now time.Time) string {
	if v.State == Done {
		return v.DoneOn.Print(l)
	}
	if d := v.Asking(now); d > 0 {
		return l.T("action.asking", "Days", strconv.Itoa(d))
	}
	return ""
}

func agreed(l *lang.Locale, v Line) page.Cell {
	c := page.Cell{Text: v.On.Print(l)}
	if v.Activity != "" {
		c.Text, c.Href, c.Sub = v.Activity, register.ActivityPath(v.Activity), v.On.Print(l)
		if v.Item != "" {
			c.Sub = l.T("register.item", "Item", v.Item) + " · " + c.Sub
		}
	}
	return c
}

func sheet(r *page.Request, a register.Around, rows []Row) [][]string {
	l := r.L
	var head []string
	for _, k := range []string{"action.text", "register.language", "action.owner", "action.due", "action.state", "action.done_on", "action.on", "action.activity", "action.item"} {
		head = append(head, l.T(k))
	}
	out := [][]string{head}
	or := func(s string) string {
		if s == "" {
			return l.T("page.unknown")
		}
		return s
	}
	for _, x := range rows {
		shown := x.V.Text.In(l.Tag())
		out = append(out, []string{shown.Text, shown.Language, or(a.Names[x.V.Owner]), or(x.V.Due.String()), standing(l, x.V, r.Now).Text, x.V.DoneOn.String(), x.V.On.String(), or(x.V.Activity), x.V.Item})
	}
	return out
}
