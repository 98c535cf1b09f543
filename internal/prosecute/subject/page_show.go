// SPDX-License-Identifier: EUPL-1.2

package subject

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// showData is one record.
type showData struct {
	ID, Title  string
	Crumbs     []page.Crumb
	Mark       *page.Mark
	Actions    []page.Action
	Facts      []page.Fact // codes
	Known      []page.Fact // what is sealed
	Withheld   bool
	Erased     bool
	Mine       bool
	Errors     page.FieldErrors
	Colleagues []page.Option
	Ends       []page.Option
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	d, err := rm.shown(ctx, r, s)
	return page.View("subject/show", r.L.T("subject.record"), d), err
}

func (rm room) shown(ctx context.Context, r *page.Request, s State) (showData, error) {
	l, k := r.L, s.Known
	names := rm.Names(ctx, s.Workers...)
	d := showData{ID: s.ID.String(), Title: Code(s.ID), Crumbs: []page.Crumb{{Text: l.T("subject.menu"), Href: Path}, {Text: Code(s.ID)}}, Mark: &page.Mark{Tone: page.Info, Text: l.T("subject.open")},
		Mine: s.Open() && slices.Contains(s.Workers, r.Actor.ID), Ends: field.Options(l, "subject.end", Ends())}
	findable := "subject.findable.no"
	if k.Findable {
		findable = "subject.findable.yes"
	}
	var workers []string
	for _, w := range s.Workers {
		workers = append(workers, names[w])
	}
	until := page.Fact{Term: l.T("subject.until"), Text: l.Date(k.UntilAt().AddDate(0, 0, -1))}
	if s.Open() {
		until.Sub = l.T("subject.until.erased")
	}
	d.Facts = []page.Fact{{Term: l.T("subject.sort"), Text: l.T("subject.sort." + k.Sort)}, {Term: l.T("subject.ground"), Text: l.T("subject.ground." + k.Ground)},
		{Term: l.T("subject.source"), Text: l.T("subject.source." + k.Source)}, {Term: l.T("subject.certainty"), Text: l.T("subject.certainty." + k.Certainty)},
		{Term: l.T("subject.handling"), Text: l.T("subject.handling." + k.Handling)}, {Term: l.T("subject.findable.term"), Text: l.T(findable)}, until, {Term: l.T("subject.workers"), Text: l.List(workers)}}
	for _, why := range s.Missing {
		d.Erased, d.Withheld = d.Erased || why == journal.Erased, d.Withheld || why == journal.Hidden
	}
	if !s.Open() {
		d.Mark = &page.Mark{Tone: page.Off, Text: l.T("subject.end." + s.Ended)}
		return d, nil
	}
	if d.Withheld {
		return d, nil
	}
	d.Known = []page.Fact{{Term: l.T("subject.case"), Text: k.Case}}
	for _, x := range []struct {
		term string
		list []string
	}{{"names", k.Names}, {"born", split(k.Born, "\n")}, {"phones", k.Phones}, {"documents", k.Documents}, {"accounts", k.Accounts}, {"plates", k.Plates}, {"emails", k.Emails}} {
		if len(x.list) > 0 {
			d.Known = append(d.Known, page.Fact{Term: l.T("subject." + x.term), Text: strings.Join(x.list, " · ")})
		}
	}
	if !d.Mine {
		return d, nil
	}
	if ask := rm.Ask(s.ID); ask != "" {
		d.Actions = append(d.Actions, page.Action{Text: l.T("subject.ask"), Href: ask, Icon: "zoom-question", Primary: true})
	}
	d.Actions = append(d.Actions, page.Action{Text: l.T("subject.edit"), Href: pathOf(s.ID) + "/edit", Icon: "edit"})
	var err error
	d.Colleagues, err = rm.Colleagues(ctx, r)
	return d, err
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.mine(ctx, r)
	if err != nil {
		return nil, err
	}
	var v struct {
		Worker string `form:"worker"`
		Reason string `form:"reason"`
	}
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	x := store.Draft{}
	switch r.PathValue("act") {
	case "assign":
		worker, _ := journal.ParseID(v.Worker)
		x.Type, x.Payload = AssignedType, Assigned{worker}
	case "end":
		x.Type, x.Payload = EndedType, Ended{v.Reason}
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if _, err = rm.Store.Append(ctx, as(r), refOf(s.ID), x); err == nil {
		return page.Redirect(pathOf(s.ID), "subject.saved"), nil
	}
	if !fault.Is(err, fault.Invalid) {
		return nil, err
	}
	d, bad := rm.shown(ctx, r, s)
	d.Errors = r.Errors(err)
	return page.Status(422, page.View("subject/show", r.L.T("subject.record"), d)), bad
}

// tableData is the page of a table, before and after it was brought.
type tableData struct {
	Crumbs []page.Crumb
	Report *Report
	Facts  []page.Fact
	Wrong  page.Table
	Errors page.FieldErrors
	Names  []page.Fact // the columns, and what they hold
}

func (rm room) tableData(r *page.Request) tableData {
	d := tableData{Crumbs: []page.Crumb{{Text: r.L.T("subject.menu"), Href: Path}, {Text: r.L.T("subject.import")}}}
	for _, c := range Columns() {
		d.Names = append(d.Names, page.Fact{Term: c, Text: r.L.T("subject.column." + c)})
	}
	return d
}

func (rm room) table(_ context.Context, r *page.Request) (page.Response, error) {
	if !works(r.Actor) {
		return nil, denied()
	}
	return page.View("subject/import", r.L.T("subject.import"), rm.tableData(r)), nil
}

// bring takes a table in and says what came of each line.
func (rm room) bring(ctx context.Context, r *page.Request) (page.Response, error) {
	if !works(r.Actor) {
		return nil, denied()
	}
	u, ok, err := r.Upload("file")
	if err != nil {
		return nil, err
	}
	d, l := rm.tableData(r), r.L
	var lines []Line
	if err = fault.Bad("file", "subject.table.none"); ok {
		lines, err = ReadTable(u.Bytes)
	}
	if fault.Is(err, fault.Invalid) {
		d.Errors = r.Errors(err)
		return page.Status(422, page.View("subject/import", l.T("subject.import"), d)), nil
	}
	if err != nil {
		return nil, err
	}
	rep, err := Bring(ctx, rm.Store, as(r), lines)
	if err != nil {
		return nil, err
	}
	d.Report = &rep
	d.Facts = []page.Fact{{Term: l.T("subject.table.added"), Text: l.Number(rep.Added)}, {Term: l.T("subject.table.changed"), Text: l.Number(rep.Changed)}, {Term: l.T("subject.table.same"), Text: l.Number(rep.Same)}, {Term: l.T("subject.table.wrong"), Text: l.Number(len(rep.Wrong))}}
	d.Wrong = page.Table{Caption: l.T("subject.table.wrong"), Columns: []page.Column{{Text: l.T("subject.table.line"), Num: true}, {Text: l.T("subject.table.why")}}}
	for _, w := range rep.Wrong[:min(len(rep.Wrong), 100)] {
		why := l.Fault(w.Err)
		if es := r.Errors(w.Err); len(es) > 0 {
			why = es[0].Name + ": " + es[0].Text
		}
		d.Wrong.Rows = append(d.Wrong.Rows, page.Row{Cells: []page.Cell{{Text: l.Number(w.N)}, {Text: why}}})
	}
	return page.View("subject/import", l.T("subject.import"), d), nil
}

// sample gives a table with one invented line.
func (rm room) sample(context.Context, *page.Request) (page.Response, error) {
	return page.Sheet("records.csv", [][]string{Columns(), {"F-1", "person", "Case 12/2026", "investigation", "b", "2", "H2", "yes", "2028-12-31", "Arben Example|Ben Example", "1985-11-23", "00355690000001", "AL AB123456", "", "", ""}})
}
