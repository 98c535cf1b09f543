// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// shownNote is a note on a page.
type shownNote struct {
	ID     string
	Take   page.Mark
	Text   page.Cell
	About  string // countries, groups, urgency; or owner and date
	Who    string // who noted it, and who noted the same
	Record string // where its record is shown
}

// shownTheme are the notes about one theme.
type shownTheme struct {
	Title string
	Notes []shownNote
}

// shownSession is a session with what was noted in it.
type shownSession struct {
	Title  page.Cell
	Themes []shownTheme
}

// shownPair are two notes that may be one.
type shownPair struct{ A, B shownNote }

// notesPage is the draft of the closing summary.
type notesPage struct {
	Head     header
	At       string
	Figures  []register.Figure
	Pairs    []shownPair
	Sessions []shownSession
	Empty    *page.Empty
}

var takeTones = map[Take]string{TakeNeed: page.Warn, TakeAction: page.Info, TakePractice: page.Good}

// teller puts notes into the reader's words.
type teller struct {
	room
	l     *lang.Locale
	names map[journal.ID]string // accounts and offices
	orgs  map[journal.ID]string
	self  journal.ID // this office
	e     Event
}

func (rm room) teller(ctx context.Context, r *page.Request, e Event) (teller, error) {
	a, err := register.Look(ctx, rm.Store, register.As(r), r.L)
	t := teller{room: rm, l: r.L, orgs: a.Names, self: r.Actor.Owner, e: e, names: map[journal.ID]string{}}
	if rm.Names != nil {
		var ids []journal.ID
		for _, n := range e.Notes.List {
			ids = append(ids, n.By, n.OwnerOffice, n.Office)
		}
		t.names = rm.Names(ctx, r.Actor.Owner, ids...)
	}
	return t, err
}

func (t teller) note(n Note) shownNote {
	l, g := t.l, t.Registers
	who := t.names[n.By]
	if !n.Office.IsZero() {
		who = t.names[n.Office]
	}
	out := shownNote{ID: n.ID.String(), Take: page.Mark{Tone: takeTones[n.Take], Text: l.T("event.take." + string(n.Take))}, Text: register.Quote(l, n.Text), Who: join(who, l.DateTime(n.At))}
	if len(n.With) > 0 {
		out.Who = join(out.Who, l.N("event.notes.with", len(n.With)))
	}
	var groups []string
	for _, x := range n.Groups {
		groups = append(groups, l.T(g.GroupWords+x))
	}
	urgency := ""
	if n.Urgency != "" {
		urgency = l.T(g.UrgencyWords + n.Urgency)
	}
	out.About = join(l.List(groups), register.Countries(l, n.Countries), urgency)
	if n.Take == TakeAction {
		owner, due := t.orgs[n.Owner], l.T("event.notes.no_date")
		if !n.OwnerOffice.IsZero() {
			if owner = t.names[n.OwnerOffice]; n.OwnerOffice == t.self {
				owner = l.T("event.capture.own_office")
			}
		}
		if owner == "" {
			owner = l.T("event.notes.nobody")
		}
		if n.Due.Known() {
			due = n.Due.Print(l)
		}
		out.About = join(owner, due)
	}
	if base := g.Paths[n.Take]; base != "" && !n.Record.IsZero() {
		out.Record = base + "/" + n.Record.String()
	}
	return out
}

// sessions gives the notes in the order of the agenda; without those of closed sessions when they are handed out.
func (t teller) sessions(out bool) []shownSession {
	var all []shownSession
	for _, u := range t.e.InOrder(t.Registers.Themes) {
		if out && u.Session.Closed {
			continue
		}
		s := shownSession{Title: nameOf(t.l, u.Session)}
		s.Title.Text = join(u.Session.Item, s.Title.Text)
		for _, x := range u.Themes {
			th := shownTheme{Title: t.l.T(t.Registers.ThemeWords + x.Theme)}
			for _, n := range x.Notes {
				th.Notes = append(th.Notes, t.note(n))
			}
			s.Themes = append(s.Themes, th)
		}
		all = append(all, s)
	}
	return all
}

func (rm room) notes(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.edited(ctx, r)
	if err != nil {
		return nil, err
	}
	l := r.L
	t, err := rm.teller(ctx, r, e)
	if err != nil {
		return nil, err
	}
	d := notesPage{Head: e.header(r, "/notes"), At: pathOf(e.ID) + "/notes", Sessions: t.sessions(false)}
	if e.Invited() {
		d.Head.Notes = append(d.Head.Notes, register.Note{Tone: page.Info, Text: l.T("event.notes.sent_to_host")})
	}
	if len(e.sessionsToNote()) > 0 && e.Standing != Cancelled && (e.Hosted() || e.TakesPart()) {
		d.Head.Actions = []page.Action{{Text: l.T("event.capture"), Href: pathOf(e.ID) + "/capture", Icon: "pencil", Primary: true}}
	}
	for _, take := range Takes() {
		n := 0
		for _, x := range e.Notes.Standing() {
			if x.Take == take {
				n++
			}
		}
		d.Figures = append(d.Figures, register.Figure{Label: l.T("event.takes." + string(take)), Value: l.Number(n)})
	}
	if e.Invited() { // what is alike, and what is entered, the host says
		return rm.notesView(r, e, d), nil
	}
	for _, p := range e.Notes.Alike() {
		d.Pairs = append(d.Pairs, shownPair{t.note(p[0]), t.note(p[1])})
	}
	if n := len(rm.toFile(e)); n > 0 {
		d.Head.Actions = append(d.Head.Actions, page.Action{Text: l.N("event.notes.file", n), Post: d.At + "/file", Icon: "clipboard-check"})
	}
	return rm.notesView(r, e, d), nil
}

func (rm room) notesView(r *page.Request, e Event, d notesPage) page.Response {
	l := r.L
	if len(e.Notes.List) == 0 {
		d.Empty = &page.Empty{Icon: "notebook", Title: l.T("event.notes.empty"), Text: l.T("event.notes.empty.text")}
	}
	return page.View("event/notes", l.T("event.tab.notes"), d)
}

// judge writes what a person says of two notes that read alike.
func (rm room) judge(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	note, err := r.ID("note")
	if err != nil {
		return nil, err
	}
	var f struct {
		Other journal.ID `form:"other"`
	}
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	x := store.Draft{Type: JoinedType, Payload: Joined{Note: note, Into: f.Other}}
	switch r.PathValue("act") {
	case "join":
	case "apart":
		x = store.Draft{Type: ApartType, Payload: Apart{Note: note, Other: f.Other}}
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return page.Redirect(pathOf(e.ID)+"/notes", "register.saved"), rm.append(ctx, r, e.ID, x)
}

// filer gives what writes a note's record; nil where no register takes it.
func (g Registers) filer(t Take) func(context.Context, store.Who, Filing) (journal.ID, error) {
	switch t {
	case TakeNeed:
		return g.Need
	case TakeAction:
		return g.Action
	}
	return g.Practice
}

// toFile lists the notes that have no record yet and whose register takes them.
func (rm room) toFile(e Event) []Note {
	return slices.DeleteFunc(e.Notes.Unfiled(), func(n Note) bool { return rm.Registers.filer(n.Take) == nil })
}

// file gives every note its record. Who owns an action gets it from its register as a message. It can be done again: what
// has its record is left alone.
func (rm room) file(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.hosted(ctx, r)
	if err != nil {
		return nil, err
	}
	if len(e.Notes.Alike()) > 0 {
		return nil, fault.New(fault.Guarded, "event.guard.alike")
	}
	zone, err := clock.Zone(e.Described.Zone)
	if err != nil {
		zone = time.UTC
	}
	var all error
	for _, n := range rm.toFile(e) {
		s, _ := e.Session(n.Session)
		f := Filing{Event: e.ID, Note: n, Activity: e.Described.Activity, Item: s.Item, On: party.OnDay(n.At.In(zone))}
		id, err := rm.Registers.filer(n.Take)(ctx, register.As(r), f)
		if err == nil {
			err = rm.append(ctx, r, e.ID, store.Draft{Type: FiledType, Payload: Filed{Note: n.ID, Record: id}})
		}
		all = errors.Join(all, err)
	}
	if all != nil {
		return nil, firstFault(all)
	}
	return page.Redirect(pathOf(e.ID)+"/notes", "event.notes.filed"), nil
}

// firstFault gives one of several faults, as a page can show one.
func firstFault(err error) error {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f
	}
	return err
}
