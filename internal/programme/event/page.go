// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where events are shown.
const Path = "/programme/events"

// Config is what the pages need. Store and Registers are required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts and offices by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Locale gives the words of a language, for what is handed out in another one than the page's.
	Locale    func(tag string) *lang.Locale
	Registers Registers
}

// Registers is where what was noted gets its records: the wing connects it.
type Registers struct {
	// Themes, Groups and Urgencies are the closed lists of the register of needs, and the catalogue keys before their words.
	Themes, Groups, Urgencies            []string
	ThemeWords, GroupWords, UrgencyWords string
	// Need, Action and Practice write one note as a record, once, and give its id and where it is shown.
	Need, Action, Practice func(ctx context.Context, w store.Who, n Filing) (journal.ID, error)
	// Paths are where the records of each are shown, before their id.
	Paths map[Take]string
}

// Filing is a note with what its record needs to know of the event.
type Filing struct {
	Event    journal.ID
	Note     Note
	Activity string
	Item     string // of the agenda
	On       party.PartialDate
}

type room struct{ Config }

// Room gives the pages.
func Room(c Config) page.Room {
	rm := room{c}
	at := func(method, below string, h page.Handler) page.Route {
		return page.Route{Pattern: method + " " + Path + below, Handle: h}
	}
	return page.Room{Name: "event", Templates: templates, Routes: []page.Route{
		at("GET", "", rm.list), shelf().Route(),
		at("GET", "/new", rm.blank), at("POST", "/new", rm.create),
		at("GET", "/{id}", rm.show),
		at("GET", "/{id}/edit", rm.edit), at("POST", "/{id}/edit", rm.save),
		at("GET", "/{id}/sessions/{session}", rm.session), at("POST", "/{id}/sessions/{session}", rm.saveSession), at("POST", "/{id}/sessions/{session}/drop", rm.dropSession),
		at("GET", "/{id}/groups/{group}", rm.group), at("POST", "/{id}/groups/{group}", rm.saveGroup),
		at("GET", "/{id}/countries", rm.countries), at("GET", "/{id}/countries/{country}", rm.quota), at("POST", "/{id}/countries/{country}", rm.saveQuota),
		at("POST", "/{id}/invite", rm.invite), at("POST", "/{id}/remind", rm.remind),
		at("GET", "/{id}/people", rm.people), at("GET", "/{id}/people/new", rm.newPerson), at("POST", "/{id}/people/new", rm.nominate),
		at("GET", "/{id}/people/{person}", rm.person), at("POST", "/{id}/people/{person}", rm.decide),
		at("GET", "/{id}/people/{person}/certificate", rm.certificate),
		at("GET", "/{id}/regret", rm.regret), at("POST", "/{id}/regret", rm.saveRegret),
		at("GET", "/{id}/presence", rm.presence), at("POST", "/{id}/presence", rm.savePresence),
		at("GET", "/{id}/calendar", rm.calendar),
		at("GET", "/{id}/capture", rm.capture), at("POST", "/{id}/capture", rm.takeIn),
		at("GET", "/{id}/notes", rm.notes), at("POST", "/{id}/notes/{note}/{act}", rm.judge), at("POST", "/{id}/notes/file", rm.file),
		at("GET", "/{id}/minutes", rm.minutes), at("GET", "/{id}/minutes/file", rm.minutesFile), at("POST", "/{id}/minutes/approve", rm.approve),
		at("GET", "/{id}/minutes/edit", rm.editMinutes), at("POST", "/{id}/minutes/edit", rm.saveMinutes),
		at("GET", "/{id}/act/{act}", rm.askAct), at("POST", "/{id}/act/{act}", rm.act),
	}}
}

func (rm room) officer(r *page.Request) error {
	if !register.MayEdit(r) {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

// opened reads the event that a path names, as the reader may see it.
func (rm room) opened(ctx context.Context, r *page.Request) (Event, error) {
	id, err := r.ID("id")
	if err != nil {
		return Event{}, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), Ref(id))
	if err != nil {
		return Event{}, err
	}
	e := o.State.(Event)
	if !e.Exists() {
		return e, fault.New(fault.NotFound, "store.not_found")
	}
	return e, nil
}

// edited is opened for what only a programme officer does.
func (rm room) edited(ctx context.Context, r *page.Request) (Event, error) {
	e, err := rm.opened(ctx, r)
	if err == nil {
		err = rm.officer(r)
	}
	return e, err
}

// hosted is edited for what only the host does.
func (rm room) hosted(ctx context.Context, r *page.Request) (Event, error) {
	e, err := rm.edited(ctx, r)
	if err == nil && !e.Hosted() {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return e, err
}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

// append writes entries of an event, in the reader's name.
func (rm room) append(ctx context.Context, r *page.Request, id journal.ID, ds ...store.Draft) error {
	_, err := rm.Store.Update(ctx, register.As(r), Ref(id), func(any) ([]store.Draft, error) { return ds, nil })
	return err
}

// put appends what was typed, or tells all that is wrong with it at once: what could not be read, and what the guard finds besides.
func (rm room) put(ctx context.Context, r *page.Request, id journal.ID, d store.Draft, unread error) error {
	_, err := rm.Store.Update(ctx, register.As(r), Ref(id), func(any) ([]store.Draft, error) { return []store.Draft{d}, unread })
	return err
}

// again shows a form once more when something in it is wrong.
func again(v page.Response, bad error) page.Response {
	if bad != nil {
		return page.Status(422, v)
	}
	return v
}

// mendable says whether a fault is told on the form: what is wrong with a field, and a rule that forbids it now.
func mendable(bad error) bool {
	return fault.Is(bad, fault.Invalid) || fault.Is(bad, fault.Guarded) || fault.Is(bad, fault.Uncovered)
}

// refused says what keeps the whole of a form from being taken, when that is no field's.
func refused(r *page.Request, bad error) string {
	if bad == nil || len(r.Errors(bad)) > 0 {
		return ""
	}
	return r.L.Fault(bad)
}

// header is the top of each page of an event.
type header struct {
	Title   page.Cell
	Status  page.Mark
	Crumbs  []page.Crumb
	Tabs    []page.Tab
	Actions []page.Action
	Notes   []register.Note
}

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("event.title")}}
	if len(more) > 0 {
		out[1].Href = Path
	}
	return append(out, more...)
}

// under are the crumbs of a form of one event.
func under(l *lang.Locale, e Event, last string) []page.Crumb {
	return crumbs(l, page.Crumb{Text: l.T("event.one"), Href: pathOf(e.ID)}, page.Crumb{Text: last})
}

// tabs of an event's pages, by what is below its path.
func (e Event) tabs(r *page.Request, current string) []page.Tab {
	all := []struct{ below, key string }{{"", "event.tab.overview"}, {"/countries", "event.tab.countries"}, {"/people", "event.tab.people"}, {"/presence", "event.tab.presence"}, {"/notes", "event.tab.notes"}, {"/minutes", "event.tab.minutes"}}
	if e.Invited() {
		if all = all[:1]; e.TakesPart() {
			all = append(all, struct{ below, key string }{"/notes", "event.tab.notes"})
		}
	}
	var out []page.Tab
	for _, x := range all {
		if !register.MayEdit(r) && slices.Contains([]string{"/people", "/presence", "/notes"}, x.below) {
			continue
		}
		out = append(out, page.Tab{Text: r.L.T(x.key), Href: pathOf(e.ID) + x.below, Current: x.below == current})
	}
	return out
}

func (e Event) header(r *page.Request, current string) header {
	s := e.Summary()
	h := header{Title: register.Quote(r.L, s.Title), Status: standing(r.L, s), Crumbs: crumbs(r.L, page.Crumb{Text: r.L.T("event.one")}), Tabs: e.tabs(r, current)}
	if len(h.Tabs) < 2 {
		h.Tabs = nil
	}
	return h
}

var standingTones = map[Standing]string{Planned: page.Info, WasHeld: page.Good, Cancelled: page.Off}

func standing(l *lang.Locale, s Summary) page.Mark {
	return page.Mark{Tone: standingTones[s.Standing], Text: l.T("event.standing." + string(s.Standing))}
}

// span says when an event is, as far as it is known.
func span(l *lang.Locale, start, end party.PartialDate) string {
	switch {
	case !start.Known() && !end.Known():
		return ""
	case !end.Known() || start == end:
		return start.Print(l)
	case !start.Known():
		return l.T("event.until", "Date", end.Print(l))
	}
	return party.Between(l, "event.span", start, end)
}

// hours says when a session is.
func hours(l *lang.Locale, s Session) string {
	out := ""
	if s.Day.Known() {
		out = s.Day.Print(l)
	}
	switch {
	case s.From != "" && s.To != "":
		out = join(out, s.From+"–"+s.To)
	case s.From != "":
		out = join(out, s.From)
	}
	return out
}

// join joins what is known.
func join(xs ...string) string {
	return strings.Join(slices.DeleteFunc(xs, func(s string) bool { return s == "" }), " · ")
}

func tongues(l *lang.Locale, tags []string) string {
	var out []string
	for _, t := range tags {
		out = append(out, l.Language(t))
	}
	return l.List(out)
}

// nameOf is what a session is called for this reader.
func nameOf(l *lang.Locale, s Session) page.Cell {
	if s.Title.IsZero() {
		return page.Cell{Text: l.T("event.closed_session")}
	}
	return register.Quote(l, s.Title)
}

func place(l *lang.Locale, p party.Place) string {
	if p.Country == "" {
		return p.Town
	}
	return strings.TrimPrefix(p.Town+", "+l.Country(p.Country), ", ")
}

// office names the office of an id as far as it is known here.
func (rm room) office(ctx context.Context, r *page.Request, id journal.ID) string {
	if rm.Names == nil || id.IsZero() {
		return ""
	}
	return rm.Names(ctx, r.Actor.Owner, id)[id]
}

// partner is another office that an invitation could go to.
type partner struct {
	ID            journal.ID
	Name, Country string
}

// partners lists them by name.
func (rm room) partners(ctx context.Context, r *page.Request) ([]partner, error) {
	var out []partner
	if rm.Names == nil { // there is no exchange here
		return nil, nil
	}
	rows, err := register.All[terms.Summary](ctx, rm.Store, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, store.Query{Kind: access.KindPartner})
	for _, x := range rows {
		out = append(out, partner{x.ID, x.V.Name, x.V.Country})
	}
	inorder.By(out, func(a, b partner) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}

// date reads a date of a form.
func date(fs *fault.Fields, field, typed string) party.PartialDate {
	d, err := party.WrittenDate(typed)
	if err != nil {
		fs.Add(field, "programme.need.date")
	}
	return d
}

// anID reads an id of a form; empty is none.
func anID(fs *fault.Fields, field, typed string) journal.ID {
	var id journal.ID
	if typed != "" {
		if err := id.UnmarshalText([]byte(typed)); err != nil {
			fs.Add(field, "page.form.unreadable")
		}
	}
	return id
}

func languageOptions(l *lang.Locale) []page.Option { return register.Languages(l) }
