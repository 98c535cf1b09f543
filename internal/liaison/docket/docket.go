// SPDX-License-Identifier: EUPL-1.2

// Package docket is the liaison desk: one page of all that waits between this office and those of other countries, whatever
// room it belongs to: requests, letters, offers, invitations, actions. It knows no room: each lists what waits of its own, as
// the reader may know of it, so that what somebody may not see is neither on the page nor in its counts or files.
package docket

import (
	"context"
	"embed"
	"net/url"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the desk is.
const Path = "/requests"

// Source lists what waits of one room, for a reader.
type Source func(context.Context, *page.Request) ([]conversation.Pending, error)

// Office is what the desk must know of another office.
type Office struct{ Name, Country string }

// Config is what the page needs. All of it is required.
type Config struct {
	Country string   // of this office
	Sources []Source // in the order in which matters of one day stand
	// Timely counts what was answered within the agreed time, room by room.
	Timely []func(context.Context, *page.Request) ([]conversation.Kept, error)
	// Offices lists the partners, by id, as the reader may know of them.
	Offices func(context.Context, *page.Request) (map[journal.ID]Office, error)
	// Actions are what somebody can begin; Lists lead to the rooms' own lists.
	Actions func(*page.Request) []page.Action
	Lists   func(*page.Request) []page.Action
	// Show says for whom the menu names the desk.
	Show func(access.Actor) bool
}

type room struct{ Config }

// Room gives the page and its file.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "docket", Templates: templates,
		Menu: []page.MenuItem{{Key: "docket.menu", Path: Path, Icon: "mail", Order: 45, Show: c.Show, Also: []string{"/inquiries", "/correspondence", "/permissions"}}},
		Routes: []page.Route{
			{Pattern: "GET " + Path, Handle: rm.show},
			{Pattern: "GET " + Path + ".csv", Handle: rm.file},
		}}
}

// All lists what waits in all rooms, what is due first, what has no day last.
func (c Config) All(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
	var out []conversation.Pending
	for _, source := range c.Sources {
		ps, err := source(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, ps...)
	}
	inorder.Stably(out, func(a, b conversation.Pending) int {
		switch {
		case a.Due.IsZero() != b.Due.IsZero():
			if a.Due.IsZero() {
				return 1
			}
			return -1
		}
		return a.Due.Compare(b.Due)
	})
	return out, nil
}

// views are the tabs: what waits here, what waits there, what is late.
func views() []string { return []string{"here", "there", "overdue"} }

// kinds of matters, in the order in which the filter offers them.
func kinds() []string {
	return []string{"request", "inquiry", "comparison", "letter", "permission", "offer", "invitation", "action"}
}

// chosen is how a reader has narrowed the list.
type chosen struct{ view, country, kind string }

func read(q url.Values) chosen {
	c := chosen{q.Get("view"), q.Get("country"), q.Get("kind")}
	if !slices.Contains(views(), c.view) {
		c.view = ""
	}
	if !slices.Contains(kinds(), c.kind) {
		c.kind = ""
	}
	return c
}

// query gives the address' query of a choice.
func (c chosen) query() string {
	v := url.Values{}
	for name, x := range map[string]string{"view": c.view, "country": c.country, "kind": c.kind} {
		if x != "" {
			v.Set(name, x)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// keeps says whether a matter is among what is chosen, of another office's country.
func (c chosen) keeps(r *page.Request, p conversation.Pending, country string) bool {
	return c.inView(r, p) && (c.country == "" || c.country == country) && (c.kind == "" || c.kind == p.Kind)
}

func (c chosen) inView(r *page.Request, p conversation.Pending) bool {
	switch c.view {
	case "here":
		return p.Ours
	case "there":
		return !p.Ours
	case "overdue":
		return p.Overdue(r.Now)
	}
	return true
}

// data is the page.
type data struct {
	Actions  []page.Action
	Tabs     []page.Tab
	View     string
	Country  string
	Kind     string
	Pairs    []page.Option
	Kinds    []page.Option
	Narrowed bool
	Table    page.Table
	Timely   *page.Table // nil where nothing was due yet
	File     string
	Lists    []page.Action
	Date     string
}

// found is a matter with its office.
type found struct {
	conversation.Pending
	Office
}

// gather lists what waits, with the office that each is with.
func (rm room) gather(ctx context.Context, r *page.Request) ([]found, error) {
	all, err := rm.All(ctx, r)
	if err != nil {
		return nil, err
	}
	offices, err := rm.Offices(ctx, r)
	if err != nil {
		return nil, err
	}
	out := make([]found, len(all))
	for i, p := range all {
		out[i] = found{p, offices[p.Office]}
	}
	return out, nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	all, err := rm.gather(ctx, r)
	if err != nil {
		return nil, err
	}
	l, c := r.L, read(r.URL.Query())
	d := data{Actions: rm.Actions(r), Lists: rm.Lists(r), View: c.view, Country: c.country, Kind: c.kind, Narrowed: c.country != "" || c.kind != "", File: Path + ".csv" + c.query(), Date: l.DateTime(r.Now)}
	for _, view := range append([]string{""}, views()...) {
		x := c
		x.view = view
		n := 0
		for _, p := range all {
			if x.keeps(r, p.Pending, p.Office.Country) {
				n++
			}
		}
		name := view
		if view == "" {
			name = "all"
		}
		d.Tabs = append(d.Tabs, page.Tab{Text: l.T("docket.view." + name), Href: Path + x.query(), Count: l.Number(n), Current: c.view == view})
	}
	seen := map[string]bool{}
	for _, p := range all {
		if at := p.Office.Country; at != "" && !seen[at] {
			seen[at] = true
			d.Pairs = append(d.Pairs, page.Option{Value: at, Text: l.Country(rm.Country) + " – " + l.Country(at)})
		}
	}
	inorder.By(d.Pairs, func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	for _, k := range kinds() {
		if slices.ContainsFunc(all, func(p found) bool { return p.Kind == k }) {
			d.Kinds = append(d.Kinds, page.Option{Value: k, Text: l.T("docket.kind." + k)})
		}
	}
	d.Table = rm.table(r, c, all)
	if d.Timely, err = rm.timely(ctx, r); err != nil {
		return nil, err
	}
	return page.View("docket/desk", l.T("docket.menu"), d), nil
}

// table shows what is chosen.
func (rm room) table(r *page.Request, c chosen, all []found) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("docket.menu"), Empty: &page.Empty{Icon: "circle-check", Title: l.T("docket.none"), Text: l.T("docket.none.text")}}
	for _, k := range []string{"what", "office", "waits", "state", "due"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T("docket." + k)})
	}
	for _, p := range all {
		if !c.keeps(r, p.Pending, p.Office.Country) {
			continue
		}
		due := conversation.DueCell(l, p.Due, r.Now)
		state := page.Cell{Text: p.State, Tone: p.Tone}
		if p.Reminders > 0 {
			state.Sub = l.N("docket.reminders", p.Reminders)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: p.Title, Href: p.Href, Sub: l.T("docket.kind." + p.Kind)}, {Text: p.name(r), Sub: p.country(r)}, {Text: l.T("docket.waits." + p.side()), Sub: l.T("docket." + p.began())}, state, due}})
	}
	return t
}

// timely shows, for each pair of countries, how much was answered within the agreed time: those whose time still runs, that were
// refused or taken back are left out.
func (rm room) timely(ctx context.Context, r *page.Request) (*page.Table, error) {
	l := r.L
	offices, err := rm.Offices(ctx, r)
	if err != nil {
		return nil, err
	}
	type row struct {
		kind, country string
		sent          bool
	}
	var order []row
	sums := map[row]conversation.Kept{}
	for _, count := range rm.Timely {
		ks, err := count(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, k := range ks {
			at := row{k.Kind, offices[k.Office].Country, k.Sent}
			sum, seen := sums[at]
			if !seen {
				order = append(order, at)
			}
			sum.In, sum.Of = sum.In+k.In, sum.Of+k.Of
			sums[at] = sum
		}
	}
	if len(order) == 0 {
		return nil, nil
	}
	inorder.Stably(order, func(a, b row) int { return strings.Compare(l.Country(a.country), l.Country(b.country)) })
	t := &page.Table{Caption: l.T("docket.timely"), Columns: []page.Column{{Text: l.T("docket.pair")}, {Text: l.T("docket.kind")}, {Text: l.T("docket.direction")}, {Text: l.T("docket.timely.in"), Num: true}, {Text: l.T("docket.timely.of"), Num: true}}}
	for _, at := range order {
		k, way := sums[at], "received"
		if at.sent {
			way = "sent"
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.Country(rm.Country) + " – " + l.Country(at.country)}, {Text: l.T("docket.kind." + at.kind)}, {Text: l.T("docket." + way)}, {Text: l.Number(k.In)}, {Text: l.Number(k.Of)}}})
	}
	return t, nil
}

func (p found) side() string {
	switch {
	case p.Mine:
		return "mine"
	case p.Ours:
		return "here"
	}
	return "there"
}

func (p found) began() string {
	if p.Sent {
		return "sent"
	}
	return "received"
}

func (p found) name(r *page.Request) string {
	if p.Pending.Office.IsZero() {
		return r.L.T("docket.guest")
	}
	return p.Office.Name
}

func (p found) country(r *page.Request) string {
	if p.Office.Country == "" {
		return ""
	}
	return r.L.Country(p.Office.Country)
}

// file gives what is chosen as a table, by codes and days.
func (rm room) file(ctx context.Context, r *page.Request) (page.Response, error) {
	all, err := rm.gather(ctx, r)
	if err != nil {
		return nil, err
	}
	c := read(r.URL.Query())
	return page.Rows("requests.csv", func(put func([]string) error) error {
		if err := put([]string{"kind", "what", "office", "country", "direction", "waits", "state", "due", "overdue", "reminders"}); err != nil {
			return err
		}
		for _, p := range all {
			if !c.keeps(r, p.Pending, p.Office.Country) {
				continue
			}
			due, late := "", "no"
			if !p.Due.IsZero() {
				due = p.Due.UTC().Format("2006-01-02T15:04:05Z")
			}
			if p.Overdue(r.Now) {
				late = "yes"
			}
			if err := put([]string{p.Kind, p.Title, p.name(r), p.Office.Country, p.began(), p.side(), p.State, due, late, r.L.Number(p.Reminders)}); err != nil {
				return err
			}
		}
		return nil
	}), nil
}
