// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// asked says whether anybody has been invited yet.
func (e Event) asked() bool {
	return slices.ContainsFunc(e.Quotas, func(q Quota) bool { return q.Sequence > 0 })
}

// behind lists the countries that have not been told how the event stands now.
func (e Event) behind() []Quota {
	return slices.DeleteFunc(slices.Clone(e.Quotas), func(q Quota) bool { return q.Sequence == e.Sequence || q.Seats == 0 })
}

// silent lists those that were asked and have not answered.
func (e Event) silent() []Quota {
	return slices.DeleteFunc(slices.Clone(e.Quotas), func(q Quota) bool { return q.Sequence == 0 || e.Answered(q.Country) })
}

// countriesPage is the one screen on who was asked and who has answered.
type countriesPage struct {
	Head    header
	Figures []register.Figure
	Table   page.Table
}

func (rm room) countries(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.opened(ctx, r)
	if err == nil && !e.Hosted() {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return nil, err
	}
	return rm.countriesView(ctx, r, e, nil)
}

func (rm room) countriesView(ctx context.Context, r *page.Request, e Event, notes []register.Note) (page.Response, error) {
	l := r.L
	d := countriesPage{Head: e.header(r, "/countries"), Table: rm.countryTable(ctx, r, e)}
	d.Head.Notes = append(d.Head.Notes, notes...)
	asked, accepted, seats := 0, 0, 0
	for _, q := range e.Quotas {
		if seats += q.Seats; q.Sequence > 0 {
			asked++
		}
		accepted += len(e.Of(q.Country, Accepted))
	}
	silent, behind := e.silent(), e.behind()
	d.Figures = []register.Figure{{Label: l.T("event.countries_asked"), Value: l.T("register.of", "N", l.Number(asked), "Of", l.Number(len(e.Quotas)))},
		{Label: l.T("event.countries_silent"), Value: l.Number(len(silent))},
		{Label: l.T("event.seats_taken"), Value: l.T("register.of", "N", l.Number(accepted), "Of", l.Number(seats))}}
	if register.MayEdit(r) {
		d.Head.Actions = []page.Action{{Text: l.T("event.country.new"), Href: pathOf(e.ID) + "/countries/new", Icon: "plus"}}
		if len(behind) > 0 {
			d.Head.Actions = append(d.Head.Actions, page.Action{Text: l.N("event.invite", len(behind)), Post: pathOf(e.ID) + "/invite", Icon: "send", Primary: true})
		}
		if len(silent) > 0 && e.Standing == Planned {
			d.Head.Actions = append(d.Head.Actions, page.Action{Text: l.N("event.remind", len(silent)), Post: pathOf(e.ID) + "/remind", Icon: "bell"})
		}
	}
	return page.View("event/countries", r.L.T("event.tab.countries"), d), nil
}

// countryTable shows those first who have not answered.
func (rm room) countryTable(ctx context.Context, r *page.Request, e Event) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("event.tab.countries"), Empty: &page.Empty{Icon: "world", Title: l.T("event.countries.empty"), Text: l.T("event.countries.empty.text")}}
	for _, k := range []string{"event.country", "event.seats", "event.invitation", "event.reminders", "event.answer"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k), Num: k == "event.seats"})
	}
	qs := slices.Clone(e.Quotas)
	inorder.Stably(qs, func(a, b Quota) int { return rank(e.Answered(a.Country)) - rank(e.Answered(b.Country)) })
	for _, q := range qs {
		first := page.Cell{Text: l.Country(q.Country), Sub: rm.office(ctx, r, q.Office)}
		if q.Office.IsZero() {
			first.Sub = l.T("event.by_letter")
		}
		if register.MayEdit(r) {
			first.Href = pathOf(e.ID) + "/countries/" + q.Country
		}
		reminders := page.Cell{Text: l.Number(q.Reminders)}
		if q.Reminders > 0 {
			reminders.Sub = l.Date(q.Reminded)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{first, {Text: l.Number(q.Seats)}, sentCell(r, e, q), reminders, answerCell(r, e, q)}})
	}
	return t
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// sentCell says how far an invitation has come.
func sentCell(r *page.Request, e Event, q Quota) page.Cell {
	l := r.L
	switch {
	case q.Sequence == 0:
		return page.Cell{Tone: page.Off, Text: l.T("event.sent.not")}
	case q.Sequence != e.Sequence:
		return page.Cell{Tone: page.Warn, Text: l.T("event.sent.behind"), Sub: l.Date(q.InvitedAt)}
	case q.Office.IsZero():
		return page.Cell{Tone: page.Info, Text: l.T("event.sent.letter"), Sub: l.Date(q.InvitedAt)}
	case q.Arrived.Status == "accepted":
		return page.Cell{Tone: page.Good, Text: l.T("event.sent.arrived"), Sub: l.Date(q.ArrivedAt)}
	case q.Arrived.Status != "":
		c := page.Cell{Tone: page.Bad, Text: l.T("event.sent.failed"), Sub: l.Date(q.ArrivedAt)}
		if l.Has(q.Arrived.Reason) {
			c.Sub = l.T(q.Arrived.Reason)
		}
		return c
	}
	return page.Cell{Tone: page.Info, Text: l.T("event.sent.under_way"), Sub: l.Date(q.InvitedAt)}
}

func answerCell(r *page.Request, e Event, q Quota) page.Cell {
	l := r.L
	sent, accepted := len(e.Of(q.Country, Proposed, Accepted, Declined)), len(e.Of(q.Country, Accepted))
	switch {
	case e.Regrets(q.Country):
		return page.Cell{Tone: page.Off, Text: l.T("event.answer.regret"), Sub: q.Regret}
	case sent > 0:
		return page.Cell{Tone: page.Good, Text: l.N("event.answer.people", sent), Sub: l.N("event.accepted_people", accepted)}
	case e.Answered(q.Country):
		return page.Cell{Tone: page.Off, Text: l.T("event.answer.withdrawn")}
	case q.Sequence == 0:
		return page.Cell{Tone: page.Off, Text: l.T("event.answer.not_asked")}
	}
	return page.Cell{Tone: page.Warn, Text: l.T("event.answer.none")}
}

// quotaForm is what somebody types about a country.
type quotaForm struct {
	Entry   journal.ID `form:"entry"`
	Country string     `form:"country"`
	Seats   string     `form:"seats"`
	Office  string     `form:"office"`
}

func (rm room) quota(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	f := quotaForm{Entry: rm.Store.NewID(), Seats: "2"}
	if c := r.PathValue("country"); c != "new" {
		q, is := e.Quota(c)
		if !is {
			return nil, fault.New(fault.NotFound, "fault.not_found")
		}
		f.Country, f.Seats = q.Country, strconv.Itoa(q.Seats)
		if !q.Office.IsZero() {
			f.Office = q.Office.String()
		}
	}
	return rm.quotaView(ctx, r, e, f, nil)
}

func (rm room) quotaView(ctx context.Context, r *page.Request, e Event, f quotaForm, bad error) (page.Response, error) {
	l := r.L
	a, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	offices, err := rm.partners(ctx, r)
	if err != nil {
		return nil, err
	}
	var options []page.Option
	for _, o := range offices {
		options = append(options, page.Option{Value: o.ID.String(), Text: join(o.Name, l.Country(o.Country))})
	}
	at := pathOf(e.ID) + "/countries"
	d := register.Form{Title: l.T("event.country.new"), Lead: l.T("event.country.lead"), Crumbs: under(l, e, l.T("event.tab.countries")), Errors: r.Errors(bad), Refused: refused(r, bad), Submit: l.T("register.save"), Cancel: at,
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}}}
	country := register.Field{Kind: "select", Name: "country", Label: l.T("event.country"), Options: a.CountryOptions(l, "FR", "SE", "BA"), Value: f.Country, Blank: l.T("register.choose")}
	if r.PathValue("country") != "new" {
		d.Title = l.Country(f.Country)
		country = register.Field{Kind: "hidden", Name: "country", Value: f.Country}
	}
	d.Fields = append(d.Fields, country, register.Field{Kind: "text", Name: "seats", Label: l.T("event.seats"), Hint: l.T("event.seats.hint"), Value: f.Seats},
		register.Field{Kind: "select", Name: "office", Label: l.T("event.office"), Hint: l.T("event.office.hint"), Options: options, Value: f.Office, Blank: l.T("event.by_letter"), Optional: true})
	return again(page.View("register/form", l.T("event.country"), d), bad), nil
}

func (rm room) saveQuota(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	var f quotaForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	if c := r.PathValue("country"); c != "new" {
		f.Country = c
	}
	var fs fault.Fields
	v := QuotaSet{Country: f.Country, Office: anID(&fs, "office", f.Office)}
	if v.Seats, err = strconv.Atoi(f.Seats); err != nil {
		fs.Add("seats", "event.want.seats", "Max", mostSeats)
	}
	bad := rm.put(ctx, r, e.ID, store.Draft{ID: f.Entry, Type: QuotaType, Payload: v}, fs.Err())
	if mendable(bad) {
		return rm.quotaView(ctx, r, e, f, bad)
	}
	return page.Redirect(pathOf(e.ID)+"/countries", "register.saved"), bad
}

// invite tells every country that has not been told how the event stands. Each is told by itself, so that one to which
// nothing may go does not hold up the others.
func (rm room) invite(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.each(ctx, r, e, e.behind(), "event.invite.done", func(e Event, q Quota) store.Draft {
		return store.Draft{Type: InvitedType, Payload: Invited{Country: q.Country, Sequence: e.Sequence}}
	})
}

// remind asks those again that have not answered.
func (rm room) remind(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.each(ctx, r, e, e.silent(), "event.remind.done", func(_ Event, q Quota) store.Draft {
		return store.Draft{Type: RemindedType, Payload: Reminded{Country: q.Country}}
	})
}

// each writes one entry for each country, and shows which of them could not be told and why.
func (rm room) each(ctx context.Context, r *page.Request, e Event, qs []Quota, done string, draft func(Event, Quota) store.Draft) (page.Response, error) {
	var notes []register.Note
	for _, q := range qs {
		_, err := rm.Store.Update(ctx, register.As(r), Ref(e.ID), func(state any) ([]store.Draft, error) {
			return []store.Draft{draft(state.(Event), q)}, nil
		})
		switch {
		case mendable(err), fault.Is(err, fault.NotFound), fault.Is(err, fault.Denied):
			notes = append(notes, register.Note{Tone: page.Bad, Title: r.L.T("event.not_sent", "Country", r.L.Country(q.Country)), Text: r.L.Fault(err)})
		case err != nil:
			return nil, err
		}
	}
	if len(notes) == 0 {
		return page.Redirect(pathOf(e.ID)+"/countries", done), nil
	}
	e, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := rm.countriesView(ctx, r, e, notes)
	return page.Status(422, v), err
}
