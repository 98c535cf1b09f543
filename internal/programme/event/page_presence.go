// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// presencePage is who came to one session.
type presencePage struct {
	Head     header
	Sessions []page.Tab
	Session  page.Cell
	ID       string
	Hours    string
	Fields   []register.Field // one for each person who is expected
	Empty    *page.Empty
	At       string
}

// hows are the ways in which somebody can have taken part.
func hows() []Mode { return []Mode{InPerson, Online, Absent} }

func (rm room) presence(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	l := r.L
	d := presencePage{Head: e.header(r, "/presence"), At: pathOf(e.ID) + "/presence"}
	if len(e.Sessions) == 0 {
		d.Empty = &page.Empty{Icon: "list-details", Title: l.T("event.agenda.empty"), Text: l.T("event.agenda.empty.text"), Action: &page.Action{Text: l.T("event.session.new"), Href: pathOf(e.ID) + "/sessions/new", Icon: "plus"}}
		return page.View("event/presence", l.T("event.tab.presence"), d), nil
	}
	s := e.Sessions[0]
	for _, x := range e.Sessions {
		if r.URL.Query().Get("session") == x.ID.String() {
			s = x
		}
	}
	for _, x := range e.Sessions {
		d.Sessions = append(d.Sessions, page.Tab{Text: x.Item, Href: d.At + "?session=" + x.ID.String(), Current: x.ID == s.ID, Count: present(r, e, x)})
	}
	d.Session, d.ID, d.Hours = nameOf(l, s), s.ID.String(), join(s.Item, hours(l, s), groupName(l, e, s))
	for _, p := range e.expected(s) {
		d.Fields = append(d.Fields, register.Field{Kind: "select", Name: "p." + p.Person.String(), Label: called(l, p), Hint: join(l.Country(p.Country), p.Function), Options: register.Codes(l, "event.mode.", hows()),
			Value: string(e.Presence[s.ID][p.Person]), Blank: l.T("event.presence.unknown")})
	}
	if len(d.Fields) == 0 {
		d.Empty = &page.Empty{Icon: "users", Title: l.T("event.presence.empty"), Text: l.T("event.presence.empty.text")}
	}
	return page.View("event/presence", l.T("event.tab.presence"), d), nil
}

// present counts those who were at a session; "" when nobody has written it down.
func present(r *page.Request, e Event, s Session) string {
	n := 0
	for _, how := range e.Presence[s.ID] {
		if how != Absent {
			n++
		}
	}
	if len(e.Presence[s.ID]) == 0 {
		return ""
	}
	return r.L.Number(n)
}

// expected lists who is to come to a session: the people accepted, of its sub-group where it has one, and whoever has been
// noted there all the same.
func (e Event) expected(s Session) []Person {
	return slices.DeleteFunc(slices.Clone(e.People), func(p Person) bool {
		_, noted := e.Presence[s.ID][p.Person]
		return p.State != Accepted || !noted && !s.Group.IsZero() && p.Group != s.Group
	})
}

// savePresence writes what has changed, one entry for each person, so that two people at two doors do not overwrite each
// other.
func (rm room) savePresence(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	var f struct {
		Session journal.ID `form:"session"`
	}
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	s, is := e.Session(f.Session)
	if !is {
		return nil, fault.Bad("session", "event.want.session")
	}
	var ds []store.Draft
	for _, p := range e.expected(s) {
		how := Mode(r.PostForm.Get("p." + p.Person.String()))
		if how != "" && how != e.Presence[s.ID][p.Person] {
			ds = append(ds, store.Draft{Type: AttendedType, Payload: Attended{Session: s.ID, Person: p.Person, How: how}})
		}
	}
	return page.Redirect(pathOf(e.ID)+"/presence?session="+s.ID.String(), "register.saved"), rm.append(ctx, r, e.ID, ds...)
}
