// SPDX-License-Identifier: EUPL-1.2

package attachment

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// MaxBody bounds a request that brings a file: the file and what is said of it.
const MaxBody = MaxSize + 64<<10

// Case is what the pages need to know of a person's file, as the actor may see it.
type Case struct {
	Code  string             // the code name that staff use
	Write []journal.Category // in which the actor may attach something now; none when the file is closed
}

// Config is what the pages of this room need; both are required.
type Config struct {
	Store *store.Store
	// Case opens a person's file as the actor may see it.
	Case func(ctx context.Context, r *page.Request, id journal.ID) (Case, error)
}

type room struct{ Config }

// Room gives the form by which a file is attached, and the files themselves. The list of them is a part of the person's
// page: see Listing.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "attachment", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /cases/{id}/files/new", Handle: rm.form},
		{Pattern: "POST /cases/{id}/files", Handle: rm.add, MaxBody: MaxBody},
		{Pattern: "GET /cases/{id}/files/{file}", Handle: rm.file},
	}}
}

// typed is what the form sends beside the file.
type typed struct {
	Entry    journal.ID       `form:"entry"`
	Category journal.Category `form:"category"`
	Sort     string           `form:"sort"`
	Title    string           `form:"title"`
	Whole    bool             `form:"whole"`
}

// formPage is the form with what was typed and what was wrong.
type formPage struct {
	Action, Cancel, Accept string
	Crumbs                 []page.Crumb
	Most                   int // megabytes
	Categories, Sorts      []page.Option
	V                      typed
	Errors                 page.FieldErrors
	Refused                string // why a rule stands in the way
}

func (rm room) form(ctx context.Context, r *page.Request) (page.Response, error) {
	id, c, err := rm.open(ctx, r)
	if err != nil {
		return nil, err
	}
	return view(r, formOf(r, id, c, typed{Entry: rm.Store.NewID()})), nil
}

// open opens the person's file; where nothing may be attached there is no form.
func (rm room) open(ctx context.Context, r *page.Request) (journal.ID, Case, error) {
	id, err := r.ID("id")
	if err != nil {
		return id, Case{}, err
	}
	c, err := rm.Case(ctx, r, id)
	if err == nil && len(c.Write) == 0 {
		err = fault.New(fault.Denied, "attachment.guard.closed")
	}
	return id, c, err
}

func view(r *page.Request, p formPage) page.Response {
	return page.View("attachment/form", r.L.T("attachment.tab"), p)
}

func formOf(r *page.Request, id journal.ID, c Case, v typed) formPage {
	back := "/cases/" + id.String()
	p := formPage{Action: back + "/files", Cancel: back + "#files", Accept: accept, Most: MaxSize >> 20, V: v,
		Crumbs: []page.Crumb{{Text: r.L.T("casework.menu"), Href: "/cases"}, {Text: c.Code, Href: back}, {Text: r.L.T("attachment.add")}}}
	for _, x := range c.Write {
		p.Categories = append(p.Categories, option(r.L, "attachment.category."+string(x), string(x)))
	}
	for _, x := range Sorts() {
		p.Sorts = append(p.Sorts, option(r.L, "attachment.sort."+x, x))
	}
	return p
}

func option(l *lang.Locale, key, value string) page.Option {
	o := page.Option{Value: value, Text: l.T(key)}
	if l.Has(key + ".hint") {
		o.Hint = l.T(key + ".hint")
	}
	return o
}

func (rm room) add(ctx context.Context, r *page.Request) (page.Response, error) {
	id, c, err := rm.open(ctx, r)
	if err != nil {
		return nil, err
	}
	var v typed
	if err = r.Decode(&v); err == nil {
		err = rm.attach(ctx, r, id, v)
	}
	if err == nil {
		return page.Redirect("/cases/"+id.String()+"#files", "attachment.saved"), nil
	}
	return rm.again(r, formOf(r, id, c, v), err)
}

func (rm room) attach(ctx context.Context, r *page.Request, id journal.ID, v typed) error {
	u, _, err := r.Upload("file")
	if err != nil {
		return err
	}
	_, err = Add(ctx, rm.Store, who(r), id, New{ID: v.Entry, Category: v.Category, Sort: v.Sort, Title: v.Title, Bytes: u.Bytes, Whole: v.Whole})
	return err
}

// again shows the form with what was typed and what was wrong; an error that is not about the form is given back. A
// browser does not keep the file that was chosen, so it must be chosen again.
func (rm room) again(r *page.Request, p formPage, wrong error) (page.Response, error) {
	if p.V.Entry.IsZero() { // the body was cut off before it was read
		p.V.Entry = rm.Store.NewID()
	}
	var f *fault.Fault
	if !errors.As(wrong, &f) {
		return nil, wrong
	}
	code := http.StatusUnprocessableEntity
	switch f.Kind {
	case fault.Invalid:
		p.Errors = r.Errors(wrong)
	case fault.TooLarge:
		p.Errors = r.Errors(fault.Bad("file", "attachment.need.size", "Most", MaxSize>>20))
	case fault.Guarded:
		code, p.Refused = http.StatusConflict, r.L.Fault(wrong)
	default:
		return nil, wrong
	}
	return page.Status(code, view(r, p)), nil
}

func (rm room) file(ctx context.Context, r *page.Request) (page.Response, error) {
	person, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	file, err := r.ID("file")
	if err != nil {
		return nil, err
	}
	c, err := Open(ctx, rm.Store, who(r), person, file)
	if err != nil {
		return nil, err
	}
	return page.File(c.Name, string(c.Media), c.Bytes), nil
}

func who(r *page.Request) store.Who { return store.Who{Actor: r.Actor, Purpose: access.ForAssistance} }

// Listing is the list of a person's files, made of what the reader may see. Texts are translated.
type Listing struct {
	Title, None, NoneText string // None is what stands there without any
	Actions               []page.Action
	Notes                 []string // what there is and the reader does not see
	Lines                 []Line   // newest first
}

// Line is one file.
type Line struct {
	ID             journal.ID
	Title          string
	Sort, Category string
	Form           string // "PDF, 120 KB"
	At             time.Time
	By             journal.ID
}

// ListingOf makes the list. path is the person's ("/cases/<id>"); write offers to attach something.
func ListingOf(l *lang.Locale, s State, path string, write bool) Listing {
	x := Listing{Title: l.T("attachment.title"), None: l.T("attachment.none"), NoneText: l.T("attachment.none.text")}
	if write {
		x.Actions = []page.Action{{Text: l.T("attachment.add"), Href: path + "/files/new", Icon: "paperclip"}}
	}
	absent := map[journal.Absence]int{}
	for _, f := range slices.Backward(s.Files) {
		if f.Absent != "" {
			absent[f.Absent]++
			continue
		}
		x.Lines = append(x.Lines, Line{ID: f.ID, Title: f.About.Title, Sort: word(l, "attachment.sort.", f.About.Sort), Category: word(l, "attachment.category.", string(f.Category)),
			Form: word(l, "attachment.media.", strings.TrimPrefix(extension[f.About.Media], ".")) + ", " + size(l, f.About.Size), At: f.At, By: f.By})
	}
	if n := absent[journal.Hidden]; n > 0 {
		x.Notes = append(x.Notes, l.N("attachment.hidden", n))
	}
	if n := absent[journal.Erased]; n > 0 {
		x.Notes = append(x.Notes, l.N("attachment.erased", n))
	}
	return x
}

// word gives the word of a code; the code itself when no catalogue has it.
func word(l *lang.Locale, prefix, code string) string {
	if l.Has(prefix + code) {
		return l.T(prefix + code)
	}
	return code
}

// size gives a size as people say it, rounded up so that nothing weighs nothing.
func size(l *lang.Locale, n int) string {
	if n < 1<<20 {
		return l.T("attachment.size.kb", "N", l.Number((n+1023)>>10))
	}
	return l.T("attachment.size.mb", "N", l.Number(float64((n*10+1<<20-1)>>20)/10))
}
