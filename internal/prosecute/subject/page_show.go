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
	"github.com/entraide-thb/entraide/internal/prosecute/brought"
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

// tables is the page on which tables come in.
func (rm room) tables() brought.Page {
	return brought.Page{Room: "subject", Path: Path, Columns: Columns(), May: works,
		Sample: [][]string{{"F-1", "person", "Case 12/2026", "investigation", "b", "2", "H2", "yes", "2028-12-31", "Arben Example|Ben Example", "1985-11-23", "00355690000001", "AL AB123456", "", "", ""}},
		Bring: func(ctx context.Context, r *page.Request, raw []byte, try bool) (brought.Report, error) {
			lines, wrong, err := ReadTable(raw)
			if err != nil {
				return brought.Report{}, err
			}
			return Bringing{rm.Store, r.Now}.Bring(ctx, as(r), lines, wrong, try)
		}}
}
