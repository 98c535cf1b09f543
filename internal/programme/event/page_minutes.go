// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// minutesPage is the minutes as they are handed out: without the names of closed sessions and what was noted in them.
type minutesPage struct {
	Head     header
	At, Mark string
	Passages []register.Passage
	Facts    []page.Fact
	Agenda   page.Table
	Sessions []shownSession
	Closed   bool // something is left out
	May      bool // the reader may change and approve them
	Approved string
	Files    []page.Action
}

// minutesOf reads what both forms of the minutes are made of.
func (rm room) minutesOf(ctx context.Context, r *page.Request) (Event, minutesPage, error) {
	e, err := rm.opened(ctx, r)
	if err == nil && !e.Hosted() {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return e, minutesPage{}, err
	}
	out := e
	out.Sessions = slices.Clone(e.Sessions)
	for i, s := range out.Sessions {
		if s.Closed {
			out.Sessions[i].Title = SessionSet{}.Title
		}
	}
	t, err := rm.teller(ctx, r, out)
	d := minutesPage{Head: e.header(r, "/minutes"), At: pathOf(e.ID) + "/minutes", Mark: e.Mark(), Sessions: t.sessions(true), Agenda: agenda(r, out), Facts: rm.facts(ctx, r, e), May: register.MayEdit(r),
		Passages: register.Passages(r.L, r.L.T("event.minutes.text"), e.Notes.Text), Closed: slices.ContainsFunc(e.Sessions, func(s Session) bool { return s.Closed })}
	d.Facts = slices.DeleteFunc(d.Facts, func(f page.Fact) bool { return f.Term == r.L.T("event.link") || f.Term == r.L.T("event.answer_by") })
	for i := range d.Agenda.Rows {
		d.Agenda.Rows[i].Cells[1].Href = ""
	}
	return e, d, err
}

func (rm room) minutes(ctx context.Context, r *page.Request) (page.Response, error) {
	e, d, err := rm.minutesOf(ctx, r)
	if err != nil {
		return nil, err
	}
	l := r.L
	status := register.Note{Tone: page.Warn, Title: l.T("event.minutes.draft"), Text: l.T("event.minutes.draft.text")}
	if e.Holds() {
		who := ""
		if rm.Names != nil {
			who = rm.Names(ctx, r.Actor.Owner, e.Notes.By)[e.Notes.By]
		}
		status = register.Note{Tone: page.Good, Title: l.T("event.minutes.approved"), Text: join(who, l.DateTime(e.Notes.At))}
		d.Approved = status.Title
	} else if e.Notes.Approved.Mark != "" {
		status.Title = l.T("event.minutes.changed")
	}
	d.Head.Notes = append(d.Head.Notes, status)
	if why := e.Notes.Missing; why != "" {
		d.Head.Notes = append(d.Head.Notes, register.Note{Tone: page.Info, Title: l.T("event.minutes." + string(why)), Text: l.T("event.minutes." + string(why) + ".text")})
	}
	if d.May {
		d.Head.Actions = append(d.Head.Actions, page.Action{Text: l.T("event.minutes.edit"), Href: d.At + "/edit", Icon: "edit"})
	}
	for _, tag := range certificateLanguages {
		d.Head.Actions = append(d.Head.Actions, page.Action{Text: l.T("event.minutes.file", "Language", l.Language(tag)), Href: d.At + "/file?lang=" + tag, Icon: "file-text"})
	}
	return page.View("event/minutes", l.T("event.tab.minutes"), d), nil
}

// minutesFile gives the minutes as a tagged document, in the language asked for.
func (rm room) minutesFile(ctx context.Context, r *page.Request) (page.Response, error) {
	tag := r.URL.Query().Get("lang")
	if !slices.Contains(certificateLanguages, tag) {
		tag = "en"
	}
	in := *r
	in.L = rm.Locale(tag)
	e, d, err := rm.minutesOf(ctx, &in)
	if err != nil {
		return nil, err
	}
	b, err := printed(&in, e, d)
	return page.File("minutes-"+tag+".pdf", "application/pdf", b), err
}

func printed(r *page.Request, e Event, d minutesPage) ([]byte, error) {
	l := r.L
	now := r.Now.In(r.Zone)
	p := pdf.New(pdf.Info{Title: l.T("event.minutes"), Language: l.Tag(), Author: r.Office.Name, Date: time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC),
		Page: func(n, of int) string { return l.T("publication.page", "N", n, "Of", of) }})
	p.Heading(1, pdf.Plain(l.T("event.minutes")))
	p.Paragraph(pdf.In(d.Head.Title.Lang, d.Head.Title.Text))
	if e.Holds() {
		p.Paragraph(pdf.Plain(l.T("event.minutes.approved") + " · " + l.Date(e.Notes.At)))
	} else {
		p.Notice(pdf.Plain(l.T("event.minutes.draft")))
	}
	var facts [][]pdf.Span
	for _, f := range d.Facts {
		if f.Text != "" {
			facts = append(facts, []pdf.Span{pdf.Strong(l.Told(f.Term, "")), pdf.Plain(join(f.Text, f.Sub))})
		}
	}
	p.List(facts...)
	if why := e.Notes.Missing; why != "" {
		p.Notice(pdf.Plain(l.T("event.minutes." + string(why))))
	}
	for _, x := range d.Passages[:min(len(d.Passages), 1)] {
		p.Paragraph(pdf.In(x.Lang, x.Text))
	}
	p.Heading(2, pdf.Plain(l.T("event.agenda")))
	t := pdf.Table{Caption: l.T("event.agenda")}
	for _, c := range d.Agenda.Columns {
		t.Columns = append(t.Columns, pdf.Column{Text: c.Text})
	}
	for _, row := range d.Agenda.Rows {
		var cells []pdf.Cell
		for _, c := range row.Cells {
			cells = append(cells, pdf.Cell{pdf.In(c.Lang, c.Text)})
		}
		t.Rows = append(t.Rows, cells)
	}
	p.Table(t)
	if len(d.Sessions) > 0 {
		p.Heading(2, pdf.Plain(l.T("event.minutes.noted")))
	}
	for _, s := range d.Sessions {
		p.Heading(3, pdf.In(s.Title.Lang, s.Title.Text))
		for _, th := range s.Themes {
			p.Heading(4, pdf.Plain(th.Title))
			var items [][]pdf.Span
			for _, n := range th.Notes {
				items = append(items, []pdf.Span{pdf.Strong(l.Told(n.Take.Text, "")), pdf.In(n.Text.Lang, n.Text.Text), pdf.Plain(about(n))})
			}
			p.List(items...)
		}
	}
	if d.Closed {
		p.Small(pdf.Plain(l.T("event.minutes.closed")))
	}
	return p.Bytes()
}

func about(n shownNote) string {
	if n.About == "" {
		return ""
	}
	return " (" + n.About + ")"
}

// minutesForm is what somebody writes before the lists.
type minutesForm struct {
	Entry    journal.ID `form:"entry"`
	Language string     `form:"language"`
	Shown    string     `form:"shown"`
	Text     string     `form:"text"`
}

func (rm room) editMinutes(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	f := minutesForm{Entry: rm.Store.NewID(), Language: register.Language(r.L)}
	if !e.Notes.Text.IsZero() {
		shown := e.Notes.Text.In(r.L.Tag())
		f.Language, f.Text = shown.Language, shown.Text
	}
	return rm.minutesView(r, e, f, nil)
}

func (rm room) minutesView(r *page.Request, e Event, f minutesForm, bad error) (page.Response, error) {
	l := r.L
	d := register.Form{Title: l.T("event.minutes.edit"), Lead: l.T("event.minutes.edit.lead"), Crumbs: under(l, e, l.T("event.minutes.edit")), Errors: r.Errors(bad), Refused: refused(r, bad), Submit: l.T("register.save"), Cancel: pathOf(e.ID) + "/minutes",
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}}}
	text := register.WriteFields(l, l.T("event.minutes.text"), l.T("register.text.hint"), f.Language, f.Text)
	text[1].Rows = 10
	d.Fields = append(d.Fields, text...)
	return again(page.View("register/form", l.T("event.minutes.edit"), d), bad), nil
}

func (rm room) saveMinutes(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	var f minutesForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	sent := register.Sent{L: r.L, Shown: f.Shown, Language: f.Language}
	text := sent.Text(e.Notes.Text, &f.Text)
	bad := rm.put(ctx, r, e.ID, store.Draft{ID: f.Entry, Type: MinutedType, Payload: Minuted{Text: text}}, sent.Err())
	if mendable(bad) {
		return rm.minutesView(r, e, f, bad)
	}
	return page.Redirect(pathOf(e.ID)+"/minutes", "register.saved"), bad
}

// approve approves the minutes that somebody has read: under their mark, so that a change in between is seen.
func (rm room) approve(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	var f struct {
		Mark string `form:"mark"`
	}
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	return page.Redirect(pathOf(e.ID)+"/minutes", "event.minutes.done"), rm.append(ctx, r, e.ID, store.Draft{Type: ApprovedType, Payload: Approved{Mark: f.Mark}})
}
