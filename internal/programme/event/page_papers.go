// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
	"github.com/entraide-thb/entraide/internal/programme/event/calendar"
)

// certificateLanguages are those that a certificate is handed out in.
var certificateLanguages = []string{"fr", "en"}

// scheduled says whether days are known, so that a calendar can hold them.
func (e Event) scheduled() bool {
	start := e.Described.Start
	if e.Invited() {
		start = e.Invitation.Start
	}
	return onDay(start)
}

func onDay(d party.PartialDate) bool { return d.Known() && d.First() == d.Last() }

// calendar gives the event and its sessions as a calendar file. What shows on a locked screen, the summary and the place,
// says no more than a code, a number and a town; what a session is about stands in the description, for those admitted.
func (rm room) calendar(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.opened(ctx, r)
	if err == nil && !e.scheduled() {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return nil, err
	}
	return page.File("calendar.ics", "text/calendar; charset=utf-8", calendar.File("Entraide", e.Calendar(r.L)...)), nil
}

// Calendar gives the entries of a calendar, as far as days and hours are known.
func (e Event) Calendar(l *lang.Locale) []calendar.Entry {
	v := e.Invitation
	id := v.Event
	if e.Hosted() {
		v, id = e.For("", nil), e.ID
	}
	stamp := e.changed()
	where := place(l, v.Place)
	if v.Mode == Online {
		where = l.T("event.mode.online")
	}
	name := join(l.T("event.sort."+string(v.Sort)), v.Activity)
	end := v.End
	if !onDay(end) {
		end = v.Start
	}
	out := []calendar.Entry{{ID: id.String(), Sequence: v.Sequence, Stamp: stamp, Day: true, Start: v.Start.First(), End: end.First(), Summary: name, Place: where, Cancelled: e.Standing == Cancelled}}
	zone, err := clock.Zone(v.Zone)
	if err != nil {
		return out
	}
	for _, s := range e.Sessions {
		from, to, known := s.hours(zone)
		if !known {
			continue
		}
		x := calendar.Entry{ID: s.ID.String(), Sequence: v.Sequence, Stamp: stamp, Start: from, End: to, Summary: join(name, s.Item), Place: where, Cancelled: e.Standing == Cancelled}
		if !s.Title.IsZero() {
			x.Description = s.Title.In(l.Tag()).Text
		}
		out = append(out, x)
	}
	return out
}

// hours gives when a session begins and ends; without an end it takes an hour.
func (s Session) hours(zone *time.Location) (from, to time.Time, known bool) {
	if !onDay(s.Day) || s.From == "" {
		return from, to, false
	}
	at := func(hour string) time.Time {
		t, err := time.ParseInLocation("2006-01-02 15:04", s.Day.First().Format(time.DateOnly)+" "+hour, zone)
		known = known || err == nil
		return t
	}
	from = at(s.From)
	to = from.Add(time.Hour)
	if s.To != "" {
		to = at(s.To)
	}
	return from, to, known
}

// changed is when what a calendar says was last changed.
func (e Event) changed() time.Time {
	var out time.Time
	for _, x := range e.History {
		if slices.Contains([]string{DescribedType, SessionType, DroppedType, CancelledType, ReopenedType, InvitationType}, x.Type) && x.At.After(out) {
			out = x.At
		}
	}
	return out
}

// certificate says, in the language asked for, that somebody took part. It is made from the records whenever it is asked for.
func (rm room) certificate(ctx context.Context, r *page.Request) (page.Response, error) {
	e, p, err := rm.personOf(ctx, r)
	tag := r.URL.Query().Get("lang")
	if err == nil && (!e.Hosted() || e.AttendedBy(p.Person) == 0 || p.Name == "" || p.State != Accepted) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return nil, err
	}
	if !slices.Contains(certificateLanguages, tag) {
		tag = "en"
	}
	b, err := rm.Certificate(e, p, rm.Locale(tag), r.Office.Name, r.Now.In(r.Zone))
	return page.File("certificate-"+tag+".pdf", "application/pdf", b), err
}

// Certificate writes it: who, in what function, at what, when, in which sessions and how, by which office. A closed session
// is in it by its number only.
func (rm room) Certificate(e Event, p Person, l *lang.Locale, office string, on time.Time) ([]byte, error) {
	day := time.Date(on.Year(), on.Month(), on.Day(), 12, 0, 0, 0, time.UTC)
	d := pdf.New(pdf.Info{Title: l.T("event.certificate"), Language: l.Tag(), Author: office, Date: day, Page: func(n, of int) string { return l.T("publication.page", "N", n, "Of", of) }})
	d.Heading(1, pdf.Plain(l.T("event.certificate")))
	d.Paragraph(pdf.Plain(l.T("event.certificate.says", "Office", office)))
	d.Paragraph(pdf.Strong(p.Name), pdf.Plain(" · "+p.Function+" · "+l.Country(p.Country)))
	title := e.Described.Title.In(l.Tag())
	d.Paragraph(pdf.Plain(l.T("event.certificate.at")+" "), pdf.In(l.Foreign(title.Language), title.Text))
	d.Paragraph(pdf.Plain(join(span(l, e.Described.Start, e.Described.End), place(l, e.Described.Place), l.T("event.mode."+string(e.Described.Mode)))))
	t := pdf.Table{Caption: l.T("event.certificate.sessions"), Columns: []pdf.Column{{Text: l.T("event.item")}, {Text: l.T("event.session")}, {Text: l.T("event.when")}, {Text: l.T("event.how")}}}
	for _, s := range e.Sessions {
		how := e.Presence[s.ID][p.Person]
		if how != InPerson && how != Online {
			continue
		}
		name := pdf.Plain(l.T("event.closed_session"))
		if !s.Closed {
			shown := s.Title.In(l.Tag())
			name = pdf.In(l.Foreign(shown.Language), shown.Text)
		}
		t.Rows = append(t.Rows, []pdf.Cell{{pdf.Plain(s.Item)}, {name}, {pdf.Plain(hours(l, s))}, {pdf.Plain(l.T("event.mode." + string(how)))}})
	}
	d.Table(t)
	d.Paragraph(pdf.Plain(l.T("event.certificate.issued", "Office", office, "Date", l.Date(day))))
	return d.Bytes()
}
