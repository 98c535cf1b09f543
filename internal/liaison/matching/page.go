// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"context"
	"embed"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where comparisons are shown.
const Path = "/matching"

// RoomConfig is what the pages need. All of it is required.
type RoomConfig struct {
	Desk Desk
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Record gives where a record is shown.
	Record func(id journal.ID) string
	// Next gives what a worker can do with the other office after a hit: write a letter, ask for information. hit is its number, ""
	// where the other office wants to talk.
	Next func(l *lang.Locale, partner, comparison journal.ID, hit string) []page.Action
}

type room struct{ RoomConfig }

// Pages gives the room: the partners and what was asked, a new question, one comparison, and what oversight sees.
func Pages(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: Room, Templates: templates,
		Menu: []page.MenuItem{{Key: "matching.menu", Path: Path, Icon: "zoom-question", Order: 47, Show: func(a access.Actor) bool { return Works(a) || Oversees(a) }}},
		Routes: []page.Route{
			{Pattern: "GET " + Path, Handle: rm.home},
			{Pattern: "GET " + Path + "/new", Handle: rm.blank},
			{Pattern: "POST " + Path + "/new", Handle: rm.ask},
			{Pattern: "POST " + Path + "/count", Handle: rm.count},
			{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
			{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		}}
}

// Works says whether somebody compares.
func Works(a access.Actor) bool {
	switch a.Office {
	case access.Assistance:
		return a.Has(access.CaseManager) || a.Has(access.FocalPoint)
	case access.Police:
		return a.Has(access.PoliceOfficer)
	case access.Justice:
		return a.Has(access.Prosecutor)
	}
	return false
}

// Oversees says whether somebody looks at what was asked, and on what it rests.
func Oversees(a access.Actor) bool { return a.Office != access.Programme && a.Has(access.Oversight) }

func as(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForIdentification}
}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func denied() error { return fault.New(fault.Denied, "fault.denied") }

var tones = map[string]string{"waiting": page.Info, "returned": page.Bad, "nothing": page.Off, "found": page.Warn, "settled": page.Good, "counted": page.Good, "questioned": page.Off, "heard": page.Warn}

// homeData is the first page.
type homeData struct {
	Partners    page.Table
	Tabs        []page.Tab
	Table       page.Table
	Counting    bool
	Choices     []page.Option
	First, Next string
}

// views are the tabs of the list, with the codes that each asks for.
var views = []struct {
	name  string
	state string
	codes map[string]string
}{{"all", "", nil}, {"found", "found", nil}, {"heard", "heard", nil}, {"asked", "", map[string]string{"side": "asked"}}, {"questioned", "", map[string]string{"side": "questioned"}}, {"doubted", "", map[string]string{"doubt": "open"}}}

func (rm room) home(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) && !Oversees(r.Actor) {
		return nil, denied()
	}
	l, d := r.L, homeData{}
	with, err := rm.Desk.With(ctx, r.Actor.Owner)
	if err != nil {
		return nil, err
	}
	if d.Partners, err = rm.partners(ctx, r, with); err != nil {
		return nil, err
	}
	for _, p := range with {
		d.Choices = append(d.Choices, page.Option{Value: p.ID.String(), Text: p.Name})
	}
	d.Counting = Works(r.Actor) && len(with) > 0
	view, after := r.URL.Query().Get("view"), r.URL.Query().Get("after")
	q := store.Query{Kind: access.KindComparison, After: after}
	for _, v := range views {
		current := view == v.name || view == "" && v.name == "all"
		if current {
			q.State, q.Codes = v.state, v.codes
		}
		d.Tabs = append(d.Tabs, page.Tab{Text: l.T("matching.view." + v.name), Href: Path + "?view=" + v.name, Current: current})
	}
	rows, err := rm.Desk.Store.List(ctx, as(r), q)
	if err != nil {
		return nil, err
	}
	if d.Table, err = rm.list(ctx, r, rows.Rows); err != nil {
		return nil, err
	}
	if rows.Next != "" {
		d.Next = Path + "?view=" + view + "&after=" + rows.Next
	}
	if after != "" {
		d.First = Path + "?view=" + view
	}
	return page.View("matching/home", l.T("matching.menu"), d), nil
}

// partners shows, for each partner, its table here, ours there, and what is left of both quotas.
func (rm room) partners(ctx context.Context, r *page.Request, with []Partner) (page.Table, error) {
	l := r.L
	t := page.Table{Caption: l.T("matching.partners"), Columns: []page.Column{{Text: l.T("matching.partner")}, {Text: l.T("matching.theirs")}, {Text: l.T("matching.left")}, {Text: l.T("matching.ours")}, {Text: l.T("matching.asked_us")}},
		Empty: &page.Empty{Icon: "arrows-exchange", Title: l.T("matching.no_partner"), Text: l.T("matching.no_partner.text")}}
	for _, p := range with {
		theirs, have, err := rm.Desk.tableOf(ctx, r.Actor.Owner, p.ID)
		if err != nil {
			return t, err
		}
		ours, gave, err := rm.Desk.epochFor(ctx, r.Actor.Owner, p.ID)
		if err != nil {
			return t, err
		}
		row := page.Row{Cells: []page.Cell{{Text: p.Name, Href: "/partners/" + p.ID.String()}, {Tone: page.Off, Text: l.T("matching.not_yet")}, {Text: "–"}, {Tone: page.Off, Text: l.T("matching.not_yet")}, {Text: "–"}}}
		if have {
			row.Cells[1] = page.Cell{Text: l.T("matching.until", "Day", l.Date(theirs.Ends)), Sub: l.T("matching.entries", "Entries", l.Number(theirs.Entries))}
			row.Cells[2] = page.Cell{Text: l.T("matching.of", "N", l.Number(theirs.Quota-theirs.Used), "Of", l.Number(theirs.Quota))}
		}
		if gave {
			row.Cells[3] = page.Cell{Text: l.T("matching.until", "Day", l.Date(ours.ends)), Sub: l.N("matching.records", ours.records)}
			row.Cells[4] = page.Cell{Text: l.T("matching.of", "N", l.Number(ours.used), "Of", l.Number(ours.quota))}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func (rm room) list(ctx context.Context, r *page.Request, rows []store.Row) (page.Table, error) {
	l := r.L
	t := page.Table{Caption: l.T("matching.questions"), Columns: []page.Column{{Text: l.T("matching.when")}, {Text: l.T("matching.partner")}, {Text: l.T("matching.what")}, {Text: l.T("matching.status")}, {Text: l.T("matching.opening")}},
		Empty: &page.Empty{Icon: "zoom-question", Title: l.T("matching.none"), Text: l.T("matching.none.text")}}
	for _, row := range rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			return t, err
		}
		what := l.T("matching.side.questioned")
		if s.Here {
			what = l.T("matching.mode." + s.Mode)
		}
		status := page.Cell{Tone: tones[row.State], Text: l.T("matching.status." + row.State)}
		if row.State == "found" || row.State == "settled" {
			status.Sub = l.T("matching.found.n", "Strong", l.Number(s.Strong), "All", l.Number(s.Found))
		}
		doubt := page.Cell{Text: "–"}
		if s.Doubt != "" {
			doubt = page.Cell{Tone: map[string]string{"open": page.Warn, "wrong": page.Bad}[s.Doubt], Text: l.T("matching.doubt." + s.Doubt)}
		}
		name := rm.Names(ctx, s.Partner)[s.Partner]
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.DateTime(s.At), Href: pathOf(row.Ref.ID)}, {Text: name}, {Text: what, Sub: l.T("matching.elements", "N", l.Number(s.Elements))}, status, doubt}})
	}
	return t, nil
}

// askData is the form of a question.
type askData struct {
	Crumbs  []page.Crumb
	Of, Ref string
	Kinds   string
	Choices []page.Option
	Chosen  []string
	Trouble string
	Errors  page.FieldErrors
	Back    string
}

type asking struct {
	Of string   `form:"of"`
	To []string `form:"to"`
}

// record opens the record that a question is about.
func (rm room) record(ctx context.Context, r *page.Request, v asking) (Record, error) {
	id, err := journal.ParseID(v.Of)
	if err != nil || !Works(r.Actor) {
		return Record{}, firstOf(deny(!Works(r.Actor)), fault.New(fault.NotFound, "fault.not_found"))
	}
	return rm.Desk.Records(r.Actor.Owner).Open(ctx, as(r), id)
}

func (rm room) form(ctx context.Context, r *page.Request, v asking, rec Record) (askData, error) {
	with, err := rm.Desk.With(ctx, r.Actor.Owner)
	d := askData{Crumbs: []page.Crumb{{Text: r.L.T("matching.menu"), Href: Path}, {Text: r.L.T("matching.new")}}, Of: v.Of, Ref: rec.Ref, Chosen: v.To, Back: rm.Record(rec.ID)}
	d.Kinds = r.L.List(kindWords(r.L, kindsOf(rec)))
	for _, p := range with {
		o := page.Option{Value: p.ID.String(), Text: p.Name}
		t, have, terr := rm.Desk.tableOf(ctx, r.Actor.Owner, p.ID)
		switch {
		case terr != nil:
			return d, terr
		case have:
			o.Hint = r.L.T("matching.left.hint", "N", r.L.Number(t.Quota-t.Used))
		default:
			o.Hint = r.L.T("matching.guard.no_table")
		}
		d.Choices = append(d.Choices, o)
	}
	return d, err
}

func deny(is bool) error {
	if is {
		return denied()
	}
	return nil
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	v := asking{Of: r.URL.Query().Get("of")}
	rec, err := rm.record(ctx, r, v)
	if err != nil {
		return nil, err
	}
	d, err := rm.form(ctx, r, v, rec)
	if len(d.Choices) == 1 {
		d.Chosen = []string{d.Choices[0].Value}
	}
	return page.View("matching/new", r.L.T("matching.new"), d), err
}

// ask asks each partner that was chosen; with one, its comparison is shown.
func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	var v asking
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	rec, err := rm.record(ctx, r, v)
	if err != nil {
		return nil, err
	}
	var asked []journal.ID
	bad := error(fault.Bad("to", "matching.want.partner"))
	for i, to := range v.To {
		id, err := journal.ParseID(to)
		if err != nil || slices.Contains(v.To[:i], to) {
			continue
		}
		var c journal.ID
		if c, bad = rm.Desk.Ask(ctx, as(r), id, One, rec); bad != nil {
			break
		}
		asked = append(asked, c)
	}
	switch {
	case bad == nil && len(asked) == 1:
		return page.Redirect(pathOf(asked[0]), "matching.asked"), nil
	case bad == nil:
		return page.Redirect(Path, "matching.asked"), nil
	}
	d, err := rm.form(ctx, r, v, rec)
	if err != nil {
		return nil, err
	}
	return rm.again(r, d, bad)
}

func (rm room) again(r *page.Request, d askData, err error) (page.Response, error) {
	code := map[fault.Kind]int{fault.Invalid: 422, fault.Guarded: 409, fault.Uncovered: 403, fault.TooMuch: 422}[fault.Of(err)]
	if code == 0 {
		return nil, err
	}
	if d.Errors = r.Errors(err); len(d.Errors) == 0 {
		d.Trouble = r.L.Fault(err)
	}
	return page.Status(code, page.View("matching/new", r.L.T("matching.new"), d)), nil
}

// count asks a partner how many are shared.
func (rm room) count(ctx context.Context, r *page.Request) (page.Response, error) {
	var v struct {
		To string `form:"to"`
	}
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	if !Works(r.Actor) {
		return nil, denied()
	}
	partner, _ := journal.ParseID(v.To)
	id, err := rm.Desk.CountShared(ctx, r.Actor.Owner, r.Actor.ID, partner)
	if fault.Is(err, fault.Invalid) {
		err = fault.New(fault.Guarded, "matching.want.keys")
	}
	if err != nil {
		return nil, err
	}
	return page.Redirect(pathOf(id), "matching.asked"), nil
}
