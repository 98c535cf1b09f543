// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

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

// PartnerChoice is another office that a consent, ground or referral can name.
type PartnerChoice struct {
	ID            journal.ID
	Name, Country string // Country is an alpha-2 code
}

// PersonChoice is someone of this office who can be given a task or a place in a file.
type PersonChoice struct {
	ID   journal.ID
	Name string
}

// Config is what the pages of this room need. Work, Partners, Names and People are required.
type Config struct {
	Work Work
	// Bundle gives the person's language for printed receipts; nil prints in the reader's.
	Bundle *lang.Bundle
	// Reviewed gives a language for persons without the mark of a draft where somebody answers for it. Nil leaves the mark.
	Reviewed func(context.Context, *page.Request, *lang.Locale) (*lang.Locale, error)
	// Partners lists the offices that sharing terms in force reach.
	Partners func(context.Context, *page.Request) ([]PartnerChoice, error)
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// People lists who can be assigned in this office.
	People func(context.Context, *page.Request) ([]PersonChoice, error)
	// Extra gives the panels of rooms that this one does not know (screening, rights, files attached), in this order.
	Extra []Panels
	// Held gives what rooms beside this one hold of a person, for the page that she reads beside a worker: Title, Lead,
	// Items (Title, Text, Sub) and Empty.Title of each panel. May be nil.
	Held func(*lang.Locale, Person) []Panel
	// Next proposes what rooms beside this one would do next in a file, after what keeps her safe. May be nil.
	Next func(*lang.Locale, Person) []Item
	// StepWord names a step of identification as a territory's authorities do; key is the common word's. Nil takes that.
	StepWord func(l *lang.Locale, territory string, s Step, key string) string
	// Country is where this office works: a new file's person is there unless somebody says otherwise. May be empty.
	Country string
	// Activities lists the programme's activities that can pay for a referral. May be nil.
	Activities func(context.Context, *page.Request) ([]page.Option, error)
}

type room struct{ Config }

// Room gives the pages of persons' files: list, search, file, forms, consents and referrals sent.
func Room(c Config) page.Room {
	rm := room{c}
	routes := slices.Concat(rm.listRoutes(), rm.showRoutes(), rm.formRoutes(), rm.consentRoutes(), rm.referralRoutes())
	return page.Room{Name: "casework", Templates: templates, Routes: routes,
		Menu: []page.MenuItem{{Key: "casework.menu", Path: "/cases", Icon: "folder", Order: 30, Show: works}}}
}

// works says whether somebody's work may have to do with files.
func works(a access.Actor) bool {
	return a.Office == access.Assistance && slices.ContainsFunc([]access.Role{access.CaseManager, access.Supervisor, access.Panel, access.Health, access.Shelter, access.Lawyer,
		access.Guardian, access.ReferralDesk, access.DuplicateDesk, access.Responder}, a.Has)
}

// Search gives the box that finds files, for somebody whose work has to do with them; without a path for others.
func Search(a access.Actor) page.SearchBox {
	if !works(a) {
		return page.SearchBox{}
	}
	return page.SearchBox{Path: "/cases/search", Key: "casework.search.label"}
}

func as(r *page.Request, p access.Purpose) store.Who { return store.Who{Actor: r.Actor, Purpose: p} }

// caseRequest is a request about one person's file.
type caseRequest struct {
	room
	ctx    context.Context
	r      *page.Request
	who    store.Who
	id     journal.ID
	person Person
	opened *store.Opened
	entry  journal.ID // of the form that was sent
}

func (rm room) open(ctx context.Context, r *page.Request, p access.Purpose) (*caseRequest, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	c := &caseRequest{room: rm, ctx: ctx, r: r, who: as(r, p), id: id}
	c.person, c.opened, err = rm.Work.Open(ctx, c.who, id)
	return c, err
}

// path gives an address below the file.
func (c *caseRequest) path(format string, args ...any) string {
	return "/cases/" + c.id.String() + fmt.Sprintf(format, args...)
}

func (c *caseRequest) t(key string, args ...any) string { return c.r.L.T(key, args...) }

// word gives the word of a code; the code itself when no catalogue has it.
func (c *caseRequest) word(prefix, code string) string { return word(c.r.L, prefix, code) }

func word(l *lang.Locale, prefix, code string) string {
	if code == "" {
		return ""
	}
	if l.Has(prefix + "." + code) {
		return l.T(prefix + "." + code)
	}
	return code
}

// hides says whether the file holds something of a category that is not for this reader.
func (c *caseRequest) hides(cat journal.Category) bool {
	return slices.ContainsFunc(c.opened.Entries, func(e journal.Entry) bool { return e.Missing[cat] == journal.Hidden })
}

func (c *caseRequest) crumbs(last string) []page.Crumb {
	out := []page.Crumb{{Text: c.t("casework.menu"), Href: "/cases"}}
	if last == "" {
		return append(out, page.Crumb{Text: c.person.Registered.Code})
	}
	return append(out, page.Crumb{Text: c.person.Registered.Code, Href: c.path("")}, page.Crumb{Text: last})
}

// name gives an account's or office's name.
func name(names map[journal.ID]string, l *lang.Locale, id journal.ID) string {
	if n := names[id]; n != "" {
		return n
	}
	if id.IsZero() {
		return l.T("casework.this_office")
	}
	if job, ok := jobs[id]; ok {
		return l.T(job)
	}
	return l.T("casework.someone")
}

// jobs names the background principals that write in files.
var jobs = map[journal.ID]string{store.JobID("post"): "casework.job.post", store.JobID("clock"): "casework.job.clock", store.JobID("duplicates"): "casework.job.duplicates", store.JobID(ComparingJob): "casework.job.matching"}

// sheet is a form page about a file: what it starts from, how it looks, what it appends.
type sheet[T any] struct {
	path   string // below /cases/{id}/
	notice string // said after it was saved
	start  func(c *caseRequest) (T, error)
	form   func(c *caseRequest, v T) (*field.Form, error)
	drafts func(c *caseRequest, v T) ([]store.Draft, error)
	after  func(c *caseRequest, v T) string // where it leads; nil is the file
}

// routes gives the two doors of a form: shown, and sent.
func (s sheet[T]) routes(rm room) []page.Route {
	at := " /cases/{id}/" + s.path
	return []page.Route{
		{Pattern: "GET" + at, Handle: func(ctx context.Context, r *page.Request) (page.Response, error) { return s.show(ctx, r, rm) }},
		{Pattern: "POST" + at, Handle: func(ctx context.Context, r *page.Request) (page.Response, error) { return s.save(ctx, r, rm) }},
	}
}

func (s sheet[T]) show(ctx context.Context, r *page.Request, rm room) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	v, err := s.start(c)
	if err != nil {
		return nil, err
	}
	f, err := s.whole(c, v, rm.Work.Store.NewID().String(), c.opened.Revision)
	if err != nil {
		return nil, err
	}
	return page.View("casework/form", r.L.T("casework.title"), f), nil
}

// sent is what every form carries: the entry's id, so that sending twice is harmless, and the revision
// that its writer had seen.
type sent struct {
	Entry journal.ID `form:"entry"`
	Base  int64      `form:"base"`
}

func (s sheet[T]) save(ctx context.Context, r *page.Request, rm room) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	v, err := s.start(c)
	if err != nil {
		return nil, err
	}
	var of sent
	bad := r.Decode(&v)
	if err := r.Decode(&of); err != nil {
		return nil, err
	}
	if of.Entry.IsZero() {
		of.Entry = rm.Work.Store.NewID()
	}
	if bad == nil {
		bad = s.append(c, v, of)
	}
	if bad == nil {
		to := c.path("")
		if s.after != nil {
			to = s.after(c, v)
		}
		return page.Redirect(to, s.notice), nil
	}
	f, err := s.whole(c, v, of.Entry.String(), of.Base)
	if err != nil {
		return nil, err
	}
	return f.Again(r, "casework/form", bad)
}

// append saves what the form says. The first entry has the form's id; it was written knowing Base.
func (s sheet[T]) append(c *caseRequest, v T, of sent) error {
	c.entry = of.Entry
	ds, err := s.drafts(c, v)
	if err != nil || len(ds) == 0 {
		return err
	}
	ds[0].ID = of.Entry
	if of.Base > 0 && of.Base <= c.opened.Revision {
		ds[0].Base = of.Base
	}
	_, err = c.Work.Store.Update(c.ctx, c.who, Ref(c.id), func(any) ([]store.Draft, error) { return ds, nil })
	return err
}

// whole adds to a form what all have.
func (s sheet[T]) whole(c *caseRequest, v T, entry string, base int64) (*field.Form, error) {
	f, err := s.form(c, v)
	if err != nil {
		return nil, err
	}
	f.Hidden("entry", entry)
	f.Hidden("base", fmt.Sprint(base))
	f.Crumbs = c.crumbs(f.Title)
	return f, nil
}

// newForm begins a form of this file.
func (c *caseRequest) newForm(path, title, submit string) *field.Form {
	return field.New(c.r.L, title, c.path("/%s", path), c.path(""), submit)
}

// day writes a date for a form; "" for none.
func day(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.DateOnly)
}

// endOfDay reads a day of a form as lasting to its end: "until Friday" includes Friday.
func endOfDay(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.AddDate(0, 0, 1).Add(-time.Second)
}

func (c *caseRequest) needOf() (journal.ID, error) {
	id, err := c.r.ID("need")
	if err == nil {
		if _, ok := c.person.Services.Find(id); !ok {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
	}
	return id, err
}

// people gives who can be assigned, as options.
func (c *caseRequest) people() ([]page.Option, error) {
	ps, err := c.People(c.ctx, c.r)
	out := make([]page.Option, len(ps))
	for i, p := range ps {
		out[i] = page.Option{Value: p.ID.String(), Text: p.Name}
	}
	return out, err
}

// likely gives the office that a form most probably means: the one that its address names, or the only one there is.
func (c *caseRequest) likely() (journal.ID, error) {
	if id, err := journal.ParseID(c.r.URL.Query().Get("to")); err == nil {
		return id, nil
	}
	ps, err := c.Partners(c.ctx, c.r)
	if err != nil || len(ps) != 1 {
		return journal.ID{}, err
	}
	return ps[0].ID, nil
}

// offices gives the partners as options.
func (c *caseRequest) offices() ([]page.Option, error) {
	ps, err := c.Partners(c.ctx, c.r)
	out := make([]page.Option, len(ps))
	for i, p := range ps {
		out[i] = page.Option{Value: p.ID.String(), Text: p.Name}
		if p.Country != "" {
			out[i].Text += " (" + c.r.L.Country(p.Country) + ")"
		}
	}
	return out, err
}
