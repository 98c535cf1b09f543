// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"cmp"
	"context"
	"fmt"
	"regexp"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// sessionForm is what somebody types about a session.
type sessionForm struct {
	Entry     journal.ID `form:"entry"`
	ID        journal.ID `form:"id"`
	Language  string     `form:"language"`
	Shown     string     `form:"shown"`
	Text      string     `form:"text"`
	Item      string     `form:"item"`
	Day       string     `form:"day"`
	From      string     `form:"from"`
	To        string     `form:"to"`
	Languages []string   `form:"languages"`
	Group     string     `form:"group"`
	Closed    []string   `form:"closed"`
	Admits    []string   `form:"admits"`
}

func (f *sessionForm) set(l *lang.Locale, before wording.Text) (SessionSet, error) {
	var fs fault.Fields
	sent := register.Sent{L: l, Shown: f.Shown, Language: f.Language}
	v := SessionSet{Session: f.ID, Item: f.Item, Day: date(&fs, "day", f.Day), From: hour(f.From), To: hour(f.To), Languages: f.Languages, Group: anID(&fs, "group", f.Group), Closed: len(f.Closed) > 0}
	text := sent.Text(before, &f.Text)
	sent.Note(&fs)
	if v.Closed {
		v.Inside, v.Admits = text, f.Admits
	} else {
		v.Title = text
	}
	return v, fs.Err()
}

var typedHour = regexp.MustCompile(`^([0-9]{1,2}) ?[hH:.] ?([0-9]{2})?$`)

// hour gives an hour as people type it, "9:30", "9h30" or "9 h", as a session keeps it; what is none stays for the guard to name.
func hour(typed string) string {
	m := typedHour.FindStringSubmatch(typed)
	if m == nil {
		return typed
	}
	return fmt.Sprintf("%02s:%s", m[1], cmp.Or(m[2], "00"))
}

// sessionOf gives the session that a path names; "new" is one to be.
func (rm room) sessionOf(ctx context.Context, r *page.Request) (Event, Session, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil || r.PathValue("session") == "new" {
		return e, Session{}, err
	}
	id, err := r.ID("session")
	if err != nil {
		return e, Session{}, err
	}
	s, is := e.Session(id)
	if !is {
		return e, s, fault.New(fault.NotFound, "fault.not_found")
	}
	return e, s, nil
}

func (rm room) session(ctx context.Context, r *page.Request) (page.Response, error) {
	e, s, err := rm.sessionOf(ctx, r)
	if err != nil {
		return nil, err
	}
	f := sessionForm{Entry: rm.Store.NewID(), ID: s.ID, Item: s.Item, Day: s.Day.String(), From: s.From, To: s.To, Languages: s.Languages, Admits: s.Admits, Language: register.Language(r.L)}
	if s.ID.IsZero() {
		f.ID, f.Day = rm.Store.NewID(), e.Described.Start.String()
	} else {
		shown := s.Title.In(r.L.Tag())
		f.Language, f.Text = shown.Language, shown.Text
	}
	if !s.Group.IsZero() {
		f.Group = s.Group.String()
	}
	if s.Closed {
		f.Closed = []string{"closed"}
	}
	return rm.sessionView(ctx, r, e, s, f, nil)
}

func (rm room) sessionView(ctx context.Context, r *page.Request, e Event, s Session, f sessionForm, bad error) (page.Response, error) {
	l := r.L
	a, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	title := l.T("event.session.new")
	if !s.ID.IsZero() {
		title = l.T("event.session.edit")
	}
	d := sessionPage{Form: register.Form{Title: title, Lead: l.T("event.session.lead", "Zone", zoneName(e.Described.Zone)), Crumbs: under(l, e, title), Errors: r.Errors(bad), Refused: refused(r, bad), Submit: l.T("register.save"), Cancel: pathOf(e.ID)}}
	d.Form.Fields = []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}, {Kind: "hidden", Name: "id", Value: f.ID.String()},
		{Kind: "text", Name: "item", Label: l.T("event.item"), Hint: l.T("register.item.hint"), Value: f.Item}}
	text := register.WriteFields(l, l.T("event.session.text"), "", f.Language, f.Text)
	text[1].Rows = 2
	d.Form.Fields = append(d.Form.Fields, text...)
	d.Form.Fields = append(d.Form.Fields,
		register.Field{Kind: "date", Name: "day", Label: l.T("event.day"), Value: f.Day, Optional: true},
		register.Field{Kind: "text", Name: "from", Label: l.T("event.from"), Hint: l.T("event.hour.hint"), Value: f.From, Optional: true},
		register.Field{Kind: "text", Name: "to", Label: l.T("event.to"), Hint: l.T("event.hour.hint"), Value: f.To, Optional: true},
		register.Field{Kind: "select", Name: "group", Label: l.T("event.group"), Options: groupOptions(l, e), Value: f.Group, Blank: l.T("event.everybody"), Optional: true},
		register.Field{Kind: "checks", Name: "languages", Label: l.T("event.languages"), Hint: l.T("event.session.languages"), Options: languageOptions(l), Values: f.Languages, Optional: true},
		register.Field{Kind: "checks", Name: "closed", Label: l.T("event.closed"), Options: []page.Option{{Value: "closed", Text: l.T("event.closed.box"), Hint: l.T("event.closed.hint")}}, Values: f.Closed, Optional: true},
		register.Field{Kind: "checks", Name: "admits", Label: l.T("event.admits"), Hint: l.T("event.admits.hint"), Options: askedOptions(l, e, a, f.Admits), Values: f.Admits, Optional: true})
	if !s.ID.IsZero() {
		d.Drop = pathOf(e.ID) + "/sessions/" + s.ID.String() + "/drop"
	}
	return again(page.View("event/session", l.T("event.session"), d), bad), nil
}

// sessionPage is the form of a session, with the way to take it out.
type sessionPage struct {
	Form register.Form
	Drop string
}

func groupOptions(l *lang.Locale, e Event) []page.Option {
	var out []page.Option
	for _, g := range e.Groups {
		out = append(out, page.Option{Value: g.ID.String(), Text: g.Name.In(l.Tag()).Text})
	}
	return out
}

// askedOptions offers the countries that have seats, or, while none has, those of the programme.
func askedOptions(l *lang.Locale, e Event, a register.Around, more []string) []page.Option {
	if len(e.Quotas) == 0 {
		return a.CountryOptions(l, more...)
	}
	var out []page.Option
	for _, q := range e.Quotas {
		out = append(out, page.Option{Value: q.Country, Text: l.Country(q.Country)})
	}
	return out
}

func (rm room) saveSession(ctx context.Context, r *page.Request) (page.Response, error) {
	e, s, err := rm.sessionOf(ctx, r)
	if err != nil {
		return nil, err
	}
	var f sessionForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	if !s.ID.IsZero() {
		f.ID = s.ID
	}
	v, bad := f.set(r.L, s.Title)
	bad = rm.put(ctx, r, e.ID, store.Draft{ID: f.Entry, Type: SessionType, Payload: v}, bad)
	if mendable(bad) {
		return rm.sessionView(ctx, r, e, s, f, bad)
	}
	return page.Redirect(pathOf(e.ID), "register.saved"), bad
}

func (rm room) dropSession(ctx context.Context, r *page.Request) (page.Response, error) {
	e, s, err := rm.sessionOf(ctx, r)
	if err == nil && s.ID.IsZero() {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return nil, err
	}
	return page.Redirect(pathOf(e.ID), "register.saved"), rm.append(ctx, r, e.ID, store.Draft{Type: DroppedType, Payload: SessionDropped{Session: s.ID}})
}

// groupForm is what somebody types about a sub-group.
type groupForm struct {
	Entry     journal.ID `form:"entry"`
	ID        journal.ID `form:"id"`
	Language  string     `form:"language"`
	Shown     string     `form:"shown"`
	Text      string     `form:"text"`
	Languages []string   `form:"languages"`
}

func (rm room) groupOf(ctx context.Context, r *page.Request) (Event, Group, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil || r.PathValue("group") == "new" {
		return e, Group{}, err
	}
	id, err := r.ID("group")
	if err != nil {
		return e, Group{}, err
	}
	g, is := e.Group(id)
	if !is {
		return e, g, fault.New(fault.NotFound, "fault.not_found")
	}
	return e, g, nil
}

func (rm room) group(ctx context.Context, r *page.Request) (page.Response, error) {
	e, g, err := rm.groupOf(ctx, r)
	if err != nil {
		return nil, err
	}
	f := groupForm{Entry: rm.Store.NewID(), ID: g.ID, Language: register.Language(r.L), Languages: g.Languages}
	if g.ID.IsZero() {
		f.ID = rm.Store.NewID()
	} else {
		shown := g.Name.In(r.L.Tag())
		f.Language, f.Text = shown.Language, shown.Text
	}
	return rm.groupView(r, e, f, nil)
}

func (rm room) groupView(r *page.Request, e Event, f groupForm, bad error) (page.Response, error) {
	l := r.L
	d := register.Form{Title: l.T("event.group"), Lead: l.T("event.group.lead"), Crumbs: under(l, e, l.T("event.group")), Errors: r.Errors(bad), Refused: refused(r, bad), Submit: l.T("register.save"), Cancel: pathOf(e.ID),
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}, {Kind: "hidden", Name: "id", Value: f.ID.String()}}}
	text := register.WriteFields(l, l.T("event.group.text"), "", f.Language, f.Text)
	text[1].Rows = 1
	d.Fields = append(d.Fields, text...)
	d.Fields = append(d.Fields, register.Field{Kind: "checks", Name: "languages", Label: l.T("event.languages"), Options: languageOptions(l), Values: f.Languages, Optional: true})
	return again(page.View("register/form", l.T("event.group"), d), bad), nil
}

func (rm room) saveGroup(ctx context.Context, r *page.Request) (page.Response, error) {
	e, g, err := rm.groupOf(ctx, r)
	if err != nil {
		return nil, err
	}
	var f groupForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	if !g.ID.IsZero() {
		f.ID = g.ID
	}
	sent := register.Sent{L: r.L, Shown: f.Shown, Language: f.Language}
	name := sent.Text(g.Name, &f.Text)
	bad := rm.put(ctx, r, e.ID, store.Draft{ID: f.Entry, Type: GroupType, Payload: GroupSet{Group: f.ID, Name: name, Languages: f.Languages}}, sent.Err())
	if mendable(bad) {
		return rm.groupView(r, e, f, bad)
	}
	return page.Redirect(pathOf(e.ID), "register.saved"), bad
}
