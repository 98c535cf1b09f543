// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// overview is the first page of an event.
type overview struct {
	Head   header
	Agenda page.Table
	Groups page.Table
	People page.Table // of an office that is invited: its own
	Facts  []page.Fact
	Past   []page.Event
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	d := overview{Head: e.header(r, ""), Agenda: agenda(r, e), Groups: groupTable(r, e), Facts: rm.facts(ctx, r, e), Past: rm.history(ctx, r, e)}
	if e.Invited() {
		d.People = rm.peopleTable(ctx, r, e)
		rm.invitedHead(ctx, r, e, &d.Head)
	} else {
		hostHead(r, e, &d.Head)
	}
	if register.MayEdit(r) && e.scheduled() {
		d.Head.Actions = append(d.Head.Actions, page.Action{Text: r.L.T("event.calendar"), Href: pathOf(e.ID) + "/calendar", Icon: "calendar-event"})
	}
	return page.View("event/overview", r.L.T("event.one"), d), nil
}

// hostHead says what is to be done with an event that this office hosts.
func hostHead(r *page.Request, e Event, h *header) {
	l, at := r.L, pathOf(e.ID)
	if !register.MayEdit(r) {
		return
	}
	h.Actions = []page.Action{{Text: l.T("register.edit"), Href: at + "/edit", Icon: "edit"}, {Text: l.T("event.session.new"), Href: at + "/sessions/new", Icon: "plus"}, {Text: l.T("event.group.new"), Href: at + "/groups/new", Icon: "users-group"}}
	for _, a := range acts {
		if a.from(e) {
			h.Actions = append(h.Actions, page.Action{Text: l.T("event.act." + a.name), Href: at + "/act/" + a.name, Icon: a.icon})
		}
	}
	if n := len(e.behind()); n > 0 && e.asked() {
		h.Notes = append(h.Notes, register.Note{Tone: page.Warn, Title: l.N("event.behind", n), Text: l.T("event.behind.text"), Actions: []page.Action{{Text: l.T("event.tab.countries"), Href: at + "/countries"}}})
	}
	if out := e.outside(e.Described); len(out) > 0 {
		var items []string
		for _, s := range out {
			items = append(items, s.Item)
		}
		h.Notes = append(h.Notes, register.Note{Tone: page.Warn, Title: l.T("event.outside", "Items", l.List(items)), Text: l.T("event.outside.text")})
	}
	if e.Standing == Cancelled {
		h.Notes = append(h.Notes, register.Note{Tone: page.Off, Title: l.T("event.standing.cancelled"), Text: e.Reason})
	}
}

// invitedHead says what is to be done with an invitation.
func (rm room) invitedHead(ctx context.Context, r *page.Request, e Event, h *header) {
	l, at := r.L, pathOf(e.ID)
	country, sent := e.Invitation.Country, len(e.Of(e.Invitation.Country, Proposed, Accepted))
	switch {
	case e.Standing == Cancelled:
		h.Notes = append(h.Notes, register.Note{Tone: page.Bad, Title: l.T("event.standing.cancelled")})
	case e.Regrets(country):
		h.Notes = append(h.Notes, register.Note{Tone: page.Off, Title: l.T("event.regretted")})
	case !e.Answered(country):
		n := register.Note{Tone: page.Info, Title: l.N("event.invited.seats", e.Invitation.Seats), Text: l.T("event.invited.text")}
		if e.Reminders > 0 {
			n.Tone, n.Title = page.Warn, l.N("event.invited.reminded", e.Reminders)
		}
		h.Notes = append(h.Notes, n)
	}
	if slices.ContainsFunc(e.People, func(p Person) bool { return p.State == Accepted && p.Nameless }) {
		h.Notes = append(h.Notes, register.Note{Tone: page.Warn, Title: l.T("event.nameless"), Text: l.T("event.nameless.text")})
	}
	if !register.MayEdit(r) || e.Standing != Planned {
		return
	}
	if sent < e.Invitation.Seats {
		h.Actions = append(h.Actions, page.Action{Text: l.T("event.person.new"), Href: at + "/people/new", Icon: "user-plus", Primary: true})
	}
	if sent == 0 && !e.Regrets(country) {
		h.Actions = append(h.Actions, page.Action{Text: l.T("event.regret"), Href: at + "/regret", Icon: "user-x"})
	}
}

func agenda(r *page.Request, e Event) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("event.agenda"), Empty: &page.Empty{Icon: "list-details", Title: l.T("event.agenda.empty"), Text: l.T("event.agenda.empty.text")}}
	own := slices.ContainsFunc(e.Sessions, func(s Session) bool { return len(s.Languages) > 0 })
	for _, k := range []string{"event.item", "event.session", "event.when", "event.group"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	if own { // else all are held in those of the event, which its facts name
		t.Columns = append(t.Columns, page.Column{Text: l.T("event.languages")})
	}
	for _, s := range e.Sessions {
		name := nameOf(l, s)
		if s.Closed && !s.Title.IsZero() {
			name.Sub = l.T("event.closed_session")
		}
		if e.Hosted() && register.MayEdit(r) {
			name.Href = pathOf(e.ID) + "/sessions/" + s.ID.String()
		}
		cells := []page.Cell{{Text: s.Item}, name, {Text: hours(l, s)}, {Text: groupName(l, e, s)}}
		if own {
			cells = append(cells, page.Cell{Text: spoken(l, s)})
		}
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	return t
}

// groupName says for whom a session is.
func groupName(l *lang.Locale, e Event, s Session) string {
	if g, is := e.Group(s.Group); is {
		return g.Name.In(l.Tag()).Text
	}
	return l.T("event.everybody")
}

// spoken gives a session's own languages, or says that they are those of the event.
func spoken(l *lang.Locale, s Session) string {
	if len(s.Languages) > 0 {
		return tongues(l, s.Languages)
	}
	return l.T("event.languages.same")
}

func groupTable(r *page.Request, e Event) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("event.groups"), Columns: []page.Column{{Text: l.T("event.group")}, {Text: l.T("event.languages")}}}
	for _, g := range e.Groups {
		c := register.Quote(l, g.Name)
		if e.Hosted() && register.MayEdit(r) {
			c.Href = pathOf(e.ID) + "/groups/" + g.ID.String()
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{c, {Text: tongues(l, g.Languages)}}})
	}
	return t
}

// facts are what is known of an event, told alike at its host and where it is an invitation.
func (rm room) facts(ctx context.Context, r *page.Request, e Event) []page.Fact {
	l, v := r.L, e.Invitation
	if e.Hosted() {
		around, err := register.Look(ctx, rm.Store, register.As(r), l)
		if err != nil {
			return nil
		}
		v = e.For("", around.Names)
		v.Link = e.Described.Link
	}
	when := page.Fact{Term: l.T("event.when"), Text: span(l, v.Start, v.End)}
	if slices.ContainsFunc(e.Sessions, func(s Session) bool { return s.From != "" }) {
		when.Sub = l.T("event.zone_of", "Zone", zoneName(v.Zone))
	}
	out := []page.Fact{when, {Term: l.T("event.mode"), Text: l.T("event.mode." + string(v.Mode))}}
	if v.Mode != Online {
		out = append(out, page.Fact{Term: l.T("event.place"), Text: place(l, v.Place), Sub: v.Venue})
	}
	if v.Link != "" {
		out = append(out, page.Fact{Term: l.T("event.link"), Text: v.Link, Sub: l.T("event.link.note")})
	}
	out = append(out, page.Fact{Term: l.T("event.languages"), Text: tongues(l, v.Languages)}, page.Fact{Term: l.T("event.channels"), Text: channels(l, v.Channels)})
	if e.Invited() {
		out = append(out, page.Fact{Term: l.T("event.host"), Text: rm.office(ctx, r, v.From)}, page.Fact{Term: l.T("event.seats"), Text: l.Number(v.Seats), Sub: l.Country(v.Country)})
	}
	out = append(out, page.Fact{Term: l.T("event.co_organisers"), Text: l.List(v.CoOrganisers)})
	if v.Activity != "" {
		out = append(out, page.Fact{Term: l.T("event.activity"), Text: v.Activity, Href: register.ActivityPath(v.Activity)})
	}
	if v.AnswerBy.Known() {
		out = append(out, page.Fact{Term: l.T("event.answer_by"), Text: v.AnswerBy.Print(l)})
	}
	out = append(out, register.StateFacts(l, v.Title)...)
	if s := e.Summary(); s.Counted {
		out = append(out, page.Fact{Term: l.T("event.came"), Text: l.N("event.came.people", s.InPerson+s.Online), Sub: l.T("event.came.ways", "InPerson", l.Number(s.InPerson), "Online", l.Number(s.Online))})
	}
	return out
}

// zoneName is a time zone as people say it: its town.
func zoneName(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndex(zone, "/")+1:], "_", " ")
}

// channels numbers the languages that are interpreted into.
func channels(l *lang.Locale, tags []string) string {
	var out []string
	for i, t := range tags {
		out = append(out, l.Number(i+1)+" "+l.Language(t))
	}
	return strings.Join(out, " · ")
}

func (rm room) history(ctx context.Context, r *page.Request, e Event) []page.Event {
	const most = 30
	var ids []journal.ID
	for _, x := range e.History {
		ids = append(ids, x.By)
	}
	names := map[journal.ID]string{}
	if rm.Names != nil {
		names = rm.Names(ctx, r.Actor.Owner, ids...)
	}
	var out []page.Event
	for _, x := range slices.Backward(e.History) {
		if len(out) == most {
			break
		}
		h := page.Event{At: x.At, Title: r.L.T("event.entry." + x.Type), Who: names[x.By]}
		if x.Country != "" {
			h.Text = r.L.Country(x.Country)
		}
		out = append(out, h)
	}
	return out
}
