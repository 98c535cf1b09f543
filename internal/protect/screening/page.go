// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"context"
	"embed"
	"net/http"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

//go:embed templates/*.html
var templates embed.FS

// Case is one person's file as the pages of this room see it.
type Case struct {
	State State
	Code  string // the code name that staff use
	Child bool   // the file takes the child path
}

// RoomConfig is what the pages of this room need. Case, Files and Counts are nil in an office that holds no files.
type RoomConfig struct {
	Store *store.Store
	Sets  Sets
	// Appearance is the office's ground for asking what rests on appearance; empty is off.
	Appearance string
	// Threshold is how many outcomes must be known before a figure is shown.
	Threshold int
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Partners lists the assistance offices to which terms in force let a signal go.
	Partners func(context.Context, *page.Request) ([]page.Option, error)
	// Purpose finds the purpose of terms in force under which this office may send another one categories for a signal.
	Purpose func(ctx context.Context, r *page.Request, to journal.ID, cats []journal.Category) (string, error)
	// Case opens a person's file as the actor may see it.
	Case func(ctx context.Context, r *page.Request, id journal.ID) (Case, error)
	// Files lists the files into which the reader can take a signal.
	Files func(context.Context, *page.Request) ([]page.Option, error)
	// Look brings in the lists that the office has published meanwhile. Nil: none can come.
	Look func(context.Context) error
	// Counts gives what figures know of all screenings of the office.
	Counts func(context.Context, *page.Request) ([]Counted, error)
}

type room struct{ RoomConfig }

// Room gives the pages of this room: begin, the lists, the form, the result, signals, the printed sheet, the figures.
func Room(c RoomConfig) page.Room {
	rm := room{c}
	routes := []page.Route{
		{Pattern: "GET /screening", Handle: rm.home},
		{Pattern: "GET /screening/paper/{set}", Handle: rm.paper},
		{Pattern: "GET /screening/signals", Handle: rm.signals},
		{Pattern: "GET /screening/signals/{id}", Handle: rm.signal},
		{Pattern: "POST /screening/signals/{id}/{what}", Handle: rm.signalSave},
	}
	for _, base := range []string{"/screening/new", "/screening/signals/{id}/screening", "/cases/{id}/screening"} {
		if c.Case == nil && base[1] == 'c' {
			continue
		}
		routes = append(routes, page.Route{Pattern: "GET " + base, Handle: rm.start}, page.Route{Pattern: "GET " + base + "/lists", Handle: rm.lists},
			page.Route{Pattern: "GET " + base + "/form", Handle: rm.form}, page.Route{Pattern: "POST " + base + "/form", Handle: rm.record})
	}
	if c.Case != nil {
		routes = append(routes, page.Route{Pattern: "GET /cases/{id}/screening/{screening}", Handle: rm.result}, page.Route{Pattern: "POST /cases/{id}/screening/{screening}", Handle: rm.decide},
			page.Route{Pattern: "GET /screening/figures", Handle: rm.figures})
	}
	return page.Room{Name: "screening", Templates: templates, Routes: routes,
		Menu: []page.MenuItem{{Key: "screening.menu", Path: "/screening", Icon: "clipboard-check", Order: 20, Show: works}}}
}

// works says whether somebody's work may have to do with screening; the door decides.
func works(a access.Actor) bool {
	switch a.Office {
	case access.Assistance:
		return slices.ContainsFunc([]access.Role{access.Responder, access.CaseManager, access.FocalPoint, access.Supervisor, access.Rapporteur}, a.Has)
	case access.Police:
		return a.Has(access.Responder)
	}
	return false
}

func asScreener(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForScreening}
}

// tabs are the parts of this room, for whom they are.
func (rm room) tabs(r *page.Request, current string) []page.Tab {
	out := []page.Tab{{Text: r.L.T("screening.tab.begin"), Href: "/screening", Current: current == "begin"},
		{Text: r.L.T("screening.tab.signals"), Href: "/screening/signals", Current: current == "signals"}}
	if rm.Counts != nil && maySeeFigures(r.Actor) {
		out = append(out, page.Tab{Text: r.L.T("screening.tab.figures"), Href: "/screening/figures", Current: current == "figures"})
	}
	return out
}

// subject is who is screened: somebody without a file, somebody in a signal, a person with a file.
type subject struct {
	ref    store.Ref // zero id: a signal that does not exist yet
	base   string    // path below which the forms lie
	back   string
	name   string // how staff call it
	child  bool
	state  State
	crumbs []page.Crumb
}

// subjectOf finds out from the path whom a request is about, and opens it.
func (rm room) subjectOf(ctx context.Context, r *page.Request) (subject, error) {
	menu := page.Crumb{Text: r.L.T("screening.menu"), Href: "/screening"}
	if r.PathValue("id") == "" {
		return subject{ref: store.Ref{Kind: access.KindSignal}, base: "/screening/new", back: "/screening", name: r.L.T("screening.who.nobody"), crumbs: []page.Crumb{menu}}, nil
	}
	id, err := r.ID("id")
	if err != nil {
		return subject{}, err
	}
	if r.URL.Path[:3] == "/ca" {
		c, err := rm.Case(ctx, r, id)
		at := "/cases/" + id.String()
		return subject{store.Ref{Kind: access.KindPerson, ID: id}, at + "/screening", at, c.Code, c.Child, c.State,
			[]page.Crumb{{Text: r.L.T("casework.menu"), Href: "/cases"}, {Text: c.Code, Href: at}}}, err
	}
	s, _, err := rm.open(ctx, r)
	at := "/screening/signals/" + id.String()
	return subject{refOf(id), at + "/screening", at, r.L.T("screening.signal.of", "When", r.L.DateTime(s.At)), s.Who != "" && s.Who != Adult, s.State,
		[]page.Crumb{menu, {Text: r.L.T("screening.tab.signals"), Href: "/screening/signals"}, {Text: r.L.T("screening.signal.of", "When", r.L.DateTime(s.At)), Href: at}}}, err
}

// choice is what a screening begins with.
type choice struct{ Who, Role, Set string }

func choiceOf(r *page.Request) choice {
	q := r.URL.Query()
	return choice{q.Get("who"), q.Get("role"), q.Get("set")}
}

func (c choice) known() error {
	var fs fault.Fields
	need(&fs, slices.Contains(ages, c.Who), "who")
	need(&fs, slices.Contains(roles, c.Role), "role")
	return fs.Err()
}

// startData is the first step: who, and in which role.
type startData struct {
	Title, Lead, Action, Back string
	Crumbs                    []page.Crumb
	Ages, Roles               []page.Option
	Choice                    choice
	Notes                     []field.Note
	Errors                    page.FieldErrors
}

func (rm room) start(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.subjectOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.View("screening/start", r.L.T("screening.title"), rm.startData(r, s)), nil
}

func (rm room) startData(r *page.Request, s subject) startData {
	d := startData{Title: r.L.T("screening.begin.title"), Lead: r.L.T("screening.begin.lead", "Who", s.name), Action: s.base + "/lists", Back: s.back, Crumbs: append(s.crumbs, page.Crumb{Text: r.L.T("screening.begin.title")}),
		Ages: field.Options(r.L, "screening.age", ages), Roles: field.Options(r.L, "screening.role", roles), Choice: choiceOf(r)}
	if s.child {
		d.Ages = slices.DeleteFunc(d.Ages, func(o page.Option) bool { return o.Value == Adult })
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Title: r.L.T("screening.child.already")})
	}
	if d.Choice.Role == "" {
		d.Choice.Role = usualRole(r.Actor)
	}
	return d
}

// usualRole is the role that a worker of an office most often screens in; it is offered, not imposed.
func usualRole(a access.Actor) string {
	if a.Office == access.Police {
		return "border"
	}
	return "outreach"
}

// listCard is a list as it is offered.
type listCard struct {
	Code, Title, Lead, For, Href, Paper string
	Facts                               []page.Fact
}

type listsData struct {
	Title, Lead string
	Crumbs      []page.Crumb
	Tabs        []page.Tab
	Cards       []listCard
	Notes       []field.Note
	Begin       *page.Action
}

// home is the room's first page: begin with somebody who has no file, or look at the lists.
func (rm room) home(ctx context.Context, r *page.Request) (page.Response, error) {
	d := listsData{Title: r.L.T("screening.menu"), Lead: r.L.T("screening.home.lead"), Tabs: rm.tabs(r, "begin")}
	if r.Actor.Has(access.Responder) {
		d.Begin = &page.Action{Text: r.L.T("screening.home.begin"), Href: "/screening/new", Primary: true, Icon: "clipboard-check"}
	}
	if rm.Case != nil {
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Text: r.L.T("screening.home.file")})
	}
	if err := rm.look(ctx); err != nil {
		return nil, err
	}
	for _, s := range rm.Sets.Lists() {
		d.Cards = append(d.Cards, rm.card(r.L, s))
	}
	return page.View("screening/lists", r.L.T("screening.title"), d), nil
}

func (rm room) look(ctx context.Context) error {
	if rm.Look == nil {
		return nil
	}
	return rm.Look(ctx)
}

// lists is the second step: the lists that fit.
func (rm room) lists(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.subjectOf(ctx, r)
	if err != nil {
		return nil, err
	}
	c := choiceOf(r)
	if err := c.known(); err != nil {
		d := rm.startData(r, s)
		d.Errors = r.Errors(err)
		return page.Status(http.StatusUnprocessableEntity, page.View("screening/start", r.L.T("screening.title"), d)), nil
	}
	d := listsData{Title: r.L.T("screening.lists.title"), Lead: r.L.T("screening.lists.lead"), Crumbs: append(s.crumbs, page.Crumb{Text: r.L.T("screening.lists.title")})}
	if c.Who != Adult {
		d.Notes = append(d.Notes, field.Note{Tone: page.Warn, Title: r.L.T("screening.child.title"), Text: r.L.T("screening.child.text")})
	}
	if err := rm.look(ctx); err != nil {
		return nil, err
	}
	for _, set := range rm.Sets.Offered(c.Who, c.Role) {
		x := rm.card(r.L, set)
		x.Href = s.base + "/form?" + query("who", c.Who, "role", c.Role, "set", set.Code)
		d.Cards = append(d.Cards, x)
	}
	return page.View("screening/lists", r.L.T("screening.title"), d), nil
}

func mark(l *lang.Locale, list, code, tone string) *page.Mark {
	return &page.Mark{Tone: tone, Text: l.T("screening." + list + "." + code)}
}
