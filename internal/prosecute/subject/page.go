// SPDX-License-Identifier: EUPL-1.2

package subject

import (
	"context"
	"embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where records are shown.
const Path = "/subjects"

// RoomConfig is what the pages need. All of it is required.
type RoomConfig struct {
	Store *store.Store
	// Names gives the names of accounts; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Colleagues lists those who can be given a record to work on.
	Colleagues func(context.Context, *page.Request) ([]page.Option, error)
	// Ask gives where one asks whether a partner knows the same; "" where that cannot be asked.
	Ask func(id journal.ID) string
}

type room struct{ RoomConfig }

// Room gives the pages: the list with its search, one record, its form, and tables.
func Room(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: "subject", Templates: templates,
		Menu: []page.MenuItem{{Key: "subject.menu", Path: Path, Icon: "folder", Order: 40, Show: works}},
		Routes: append(rm.tables().Routes(), []page.Route{
			{Pattern: "GET " + Path, Handle: rm.list},
			{Pattern: "POST " + Path + "/find", Handle: rm.find},
			{Pattern: "GET " + Path + "/new", Handle: rm.blank},
			{Pattern: "POST " + Path + "/new", Handle: rm.save},
			{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
			{Pattern: "GET " + Path + "/{id}/edit", Handle: rm.edit},
			{Pattern: "POST " + Path + "/{id}/edit", Handle: rm.change},
			{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		}...)}
}

// works says whether somebody works on such records.
func works(a access.Actor) bool {
	return a.Office == access.Police && a.Has(access.PoliceOfficer) || a.Office == access.Justice && a.Has(access.Prosecutor)
}

func as(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForIdentification}
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindSubject, ID: id} }

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func denied() error { return fault.New(fault.Denied, "fault.denied") }

// listData is the page of all records.
type listData struct {
	Actions     []page.Action
	Table       page.Table
	Found       bool // what a search found, instead of all
	More        bool
	First, Next string
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	after := r.URL.Query().Get("after")
	rows, err := rm.Store.List(ctx, as(r), store.Query{Kind: access.KindSubject, After: after, Show: []journal.Category{journal.D8}})
	if err != nil {
		return nil, err
	}
	d := rm.listed(r, rows.Rows)
	if rows.Next != "" {
		d.Next = Path + "?after=" + rows.Next
	}
	if after != "" {
		d.First = Path
	}
	return page.View("subject/list", r.L.T("subject.menu"), d), nil
}

// find shows what a text finds; the text came in the request's body, and stands in no address.
func (rm room) find(ctx context.Context, r *page.Request) (page.Response, error) {
	var v struct {
		Text string `form:"text"`
	}
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	if !works(r.Actor) {
		return nil, denied()
	}
	hits, err := Find(ctx, rm.Store, as(r), v.Text)
	if err != nil {
		return nil, err
	}
	d := rm.listed(r, hits.Rows)
	d.Found, d.More = true, hits.More
	return page.View("subject/list", r.L.T("subject.menu"), d), nil
}

func (rm room) listed(r *page.Request, rows []store.Row) listData {
	l := r.L
	d := listData{Table: page.Table{Caption: l.T("subject.menu"), Columns: []page.Column{{Text: l.T("subject.record")}, {Text: l.T("subject.sort")}, {Text: l.T("subject.ground")}, {Text: l.T("subject.handling")}, {Text: l.T("subject.until")}},
		Empty: &page.Empty{Icon: "folder", Title: l.T("subject.none"), Text: l.T("subject.none.text")}}}
	if works(r.Actor) {
		d.Actions = []page.Action{{Text: l.T("subject.new"), Href: Path + "/new", Icon: "plus", Primary: true}, {Text: l.T("subject.import"), Href: Path + "/import", Icon: "file-import"}}
	}
	for _, row := range rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			continue // a row that does not read is none
		}
		until := page.Cell{Due: &row.Due, Now: r.Now}
		if row.State == "ended" {
			until = page.Cell{Tone: page.Off, Text: l.T("subject.ended")}
		}
		first := page.Cell{Text: Code(row.Ref.ID), Href: pathOf(row.Ref.ID), Sub: s.Case}
		if s.Label != "" {
			first.Text, first.Sub = s.Label, Code(row.Ref.ID)+" · "+s.Case
		}
		d.Table.Rows = append(d.Table.Rows, page.Row{Cells: []page.Cell{first, {Text: l.T("subject.sort." + s.Sort)}, {Text: l.T("subject.ground." + s.Ground)}, {Text: l.T("subject.handling." + s.Handling)}, until}})
	}
	return d
}

// typed is what somebody types of a record; lists come one a line.
type typed struct {
	Dossier   journal.ID `form:"dossier"`
	Entry     journal.ID `form:"entry"`
	Sort      string     `form:"sort"`
	Case      string     `form:"case"`
	Ground    string     `form:"ground"`
	Source    string     `form:"source"`
	Certainty string     `form:"certainty"`
	Handling  string     `form:"handling"`
	Findable  bool       `form:"findable"`
	Until     string     `form:"until"`
	Names     string     `form:"names"`
	Born      string     `form:"born"`
	Phones    string     `form:"phones"`
	Documents string     `form:"documents"`
	Accounts  string     `form:"accounts"`
	Plates    string     `form:"plates"`
	Emails    string     `form:"emails"`
}

func (v typed) known() Known {
	lines := func(s string) []string { return split(s, "\n") }
	return Known{Sort: v.Sort, Case: v.Case, Ground: v.Ground, Source: v.Source, Certainty: v.Certainty, Handling: v.Handling, Findable: v.Findable, Until: v.Until, Born: v.Born,
		Names: lines(v.Names), Phones: lines(v.Phones), Documents: lines(v.Documents), Accounts: lines(v.Accounts), Plates: lines(v.Plates), Emails: lines(v.Emails)}
}

func typedOf(k Known) typed {
	text := func(xs []string) string { return strings.Join(xs, "\n") }
	return typed{Sort: k.Sort, Case: k.Case, Ground: k.Ground, Source: k.Source, Certainty: k.Certainty, Handling: k.Handling, Findable: k.Findable, Until: k.Until, Born: k.Born,
		Names: text(k.Names), Phones: text(k.Phones), Documents: text(k.Documents), Accounts: text(k.Accounts), Plates: text(k.Plates), Emails: text(k.Emails)}
}

// form is that of a record, new or not.
func (rm room) form(r *page.Request, title, action, back string, v typed) *field.Form {
	l := r.L
	f := field.New(l, title, action, back, "subject.save")
	f.Guarded, f.Lead, f.Crumbs = true, l.T("subject.form.lead"), []page.Crumb{{Text: l.T("subject.menu"), Href: Path}, {Text: f.Title}}
	f.Hidden("dossier", v.Dossier.String())
	f.Hidden("entry", v.Entry.String())
	f.Radios("sort", "subject.sort", v.Sort, field.Options(l, "subject.sort", Sorts()))
	f.Text("case", "subject.case", v.Case)
	f.Area("names", "subject.names", v.Names).Set("Rows", "2")
	f.Text("born", "subject.born", v.Born).Set("Width", "date").Optional()
	for _, x := range [][2]string{{"phones", v.Phones}, {"documents", v.Documents}, {"accounts", v.Accounts}, {"plates", v.Plates}, {"emails", v.Emails}} {
		area := f.Area(x[0], "subject."+x[0], x[1]).Set("Rows", "2").Optional()
		if area["Hint"] == nil {
			area.Set("Hint", l.T("subject.line.hint"))
		}
	}
	for _, x := range []struct {
		name, value string
		codes       []string
	}{{"ground", v.Ground, Grounds()}, {"source", v.Source, Sources()}, {"certainty", v.Certainty, Certainties()}, {"handling", v.Handling, terms.Handlings()}} {
		f.Select(x.name, "subject."+x.name, x.value, field.Options(l, "subject."+x.name, x.codes))
	}
	f.Date("until", "subject.until", v.Until)
	f.Check("findable", "subject.findable", v.Findable)
	return f
}

func (rm room) blank(_ context.Context, r *page.Request) (page.Response, error) {
	if !works(r.Actor) {
		return nil, denied()
	}
	v := typed{Dossier: rm.Store.NewID(), Entry: rm.Store.NewID(), Sort: "person", Findable: true}
	return page.View("subject/form", r.L.T("subject.new"), rm.form(r, "subject.new", Path+"/new", Path, v)), nil
}

func (rm room) save(ctx context.Context, r *page.Request) (page.Response, error) {
	if !works(r.Actor) {
		return nil, denied()
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := rm.Store.Append(ctx, as(r), refOf(v.Dossier), store.Draft{ID: v.Entry, Type: RecordedType, Payload: v.known()}); err != nil {
		return rm.form(r, "subject.new", Path+"/new", Path, v).Again(r, "subject/form", err)
	}
	return page.Redirect(pathOf(v.Dossier), "subject.saved"), nil
}

func (rm room) opened(ctx context.Context, r *page.Request) (*store.Opened, State, error) {
	o, err := field.Opened(ctx, rm.Store, as(r), r, access.KindSubject)
	if err != nil {
		return nil, State{}, err
	}
	return o, o.State.(State), nil
}

func (rm room) edit(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.mine(ctx, r)
	if err != nil {
		return nil, err
	}
	v := typedOf(s.Known)
	v.Entry = rm.Store.NewID()
	return page.View("subject/form", r.L.T("subject.edit"), rm.form(r, "subject.edit", pathOf(s.ID)+"/edit", pathOf(s.ID), v)), nil
}

// mine opens a record that the one who asks works on.
func (rm room) mine(ctx context.Context, r *page.Request) (*store.Opened, State, error) {
	o, s, err := rm.opened(ctx, r)
	if err == nil && !slices.Contains(s.Workers, r.Actor.ID) {
		err = denied()
	}
	return o, s, err
}

func (rm room) change(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.mine(ctx, r)
	if err != nil {
		return nil, err
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := rm.Store.Append(ctx, as(r), refOf(s.ID), store.Draft{ID: v.Entry, Type: ChangedType, Payload: v.known()}); err != nil {
		return rm.form(r, "subject.edit", pathOf(s.ID)+"/edit", pathOf(s.ID), v).Again(r, "subject/form", err)
	}
	return page.Redirect(pathOf(s.ID), "subject.saved"), nil
}
