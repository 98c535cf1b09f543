// SPDX-License-Identifier: EUPL-1.2

// Package publication makes the documents that a programme owes its steering committee: the report on what was done, and
// the plan of what is to come, in French and in English, as a page to print, as tagged PDF and,
// in short, as an e-mail.
//
// A document is computed from the records whenever it is asked for and kept nowhere. Read collects the records, Report and
// Plan put them into words and tables in one language, and a page, a PDF or a text is made of the same blocks, so that no
// number differs between them. The same records and the same date give the same bytes.
//
// Every number leads to the records behind it. What nobody has counted is said to be unknown; numbers that are lower bounds
// add up to "more than"; attendances are added and never called people.
package publication

import (
	"context"
	"embed"
	"net/url"
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

// Kind is which document.
type Kind string

// The closed list of documents.
const (
	Report Kind = "report"
	Plan   Kind = "plan"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Report, Plan} }

// Languages lists the languages that documents are written in.
func Languages() []string { return []string{"fr", "en"} }

// Config is what the pages and the command need. Store and Locale are required.
type Config struct {
	Store *store.Store
	// Locale gives the words of a language.
	Locale func(tag string) *lang.Locale
	// Results gives what the programme's indicators come to on a day, in the words of a locale, and up to so many of the records of each
	// list behind them. Nil knows none, and the report then says nothing of them.
	Results func(ctx context.Context, w store.Who, l *lang.Locale, day time.Time, records int) ([]Result, error)
	// Names gives offices' names by their ids; nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
}

// Asked is which document is wanted.
type Asked struct {
	Kind     Kind
	Language string // of Languages
	Date     time.Time
	Saved    bool // it is written to a file, with the records behind the indicators
}

// Result is an indicator of the programme's results framework: its level and name, what it comes to, what that leaves out or
// waits for, what it counts and how that adds up, and where the records behind it are.
type Result struct {
	ID, Level, Title, Value, Beside, Href string

	Means, Adds string
	Protected   bool // it adds up protected figures: the records of people stay where they were counted
	Behind      []Behind
}

// Behind is a list of records behind an indicator, or of those that it leaves out: the first of Of.
type Behind struct {
	Caption string
	Counts  string // heads what each of them counts; "" where each counts as one
	Items   []Item
	Of      int
}

// Item is a record in such a list, in words: its title, which of them it is, the code of its activity, its day, where it is and what it
// counts.
type Item struct {
	Title, Lang, Sub, Href, Activity, On, Counts string
	Countries                                    []string
}

// maxBehind is how many records of a list behind an indicator a document names; it says how many more there are.
const maxBehind = 100

// Make computes a document for an owner's office from what somebody may see. Not of the closed lists: Invalid.
func (c Config) Make(ctx context.Context, w store.Who, owner journal.ID, a Asked) (Document, error) {
	if !slices.Contains(Kinds(), a.Kind) {
		return Document{}, fault.Bad("kind", "publication.need.kind")
	}
	if !slices.Contains(Languages(), a.Language) {
		return Document{}, fault.Bad("language", "publication.need.language")
	}
	rec, err := Read(ctx, c.Store, w)
	if err != nil {
		return Document{}, err
	}
	if c.Names != nil {
		rec.Office = c.Names(ctx, owner, owner)[owner]
	}
	l := c.Locale(a.Language)
	if a.Kind == Plan {
		return plan(l, rec, a.Date), nil
	}
	if c.Results != nil {
		named := 0
		if a.Saved {
			named = maxBehind
		}
		if rec.Results, err = c.Results(ctx, w, l, a.Date, named); err != nil {
			return Document{}, err
		}
	}
	return report(l, rec, a.Date), nil
}

// Room gives the documents' pages. Everybody who reads the programme may read them.
func Room(c Config) page.Room {
	rm := room{c}
	var routes []page.Route
	for _, k := range Kinds() {
		routes = append(routes,
			page.Route{Pattern: "GET /programme/" + string(k), Handle: func(ctx context.Context, r *page.Request) (page.Response, error) { return rm.show(ctx, r, k) }},
			page.Route{Pattern: "GET /programme/" + string(k) + ".pdf", Handle: func(ctx context.Context, r *page.Request) (page.Response, error) { return rm.save(ctx, r, k) }},
			page.Route{Pattern: "GET /programme/" + string(k) + ".eml", Handle: func(ctx context.Context, r *page.Request) (page.Response, error) { return rm.mail(ctx, r, k) }})
	}
	return page.Room{Name: "publication", Templates: templates, Routes: routes}
}

type room struct{ Config }

// asked reads an address: "lang" and "date"; what is no language or day of ours is left out. Without a date it is today's,
// where the reader is.
func asked(r *page.Request, k Kind) Asked {
	v := r.URL.Query()
	a := Asked{Kind: k, Language: v.Get("lang")}
	if !slices.Contains(Languages(), a.Language) {
		a.Language = "en"
		if strings.HasPrefix(r.L.Tag(), "fr") {
			a.Language = "fr"
		}
	}
	day, err := ParseDay(v.Get("date"))
	if err != nil {
		day = Day(r.Now.In(r.L.Zone()))
	}
	a.Date = day
	return a
}

// Day gives the day of a time, so that a document does not depend on the hour: noon, in no zone's way.
func Day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
}

// ParseDay reads "2021-12-31".
func ParseDay(s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fault.Bad("date", "publication.need.date")
	}
	return Day(t), nil
}

func (a Asked) path(ext string) string {
	return "/programme/" + string(a.Kind) + ext + "?" + url.Values{"lang": {a.Language}, "date": {a.Date.Format(time.DateOnly)}}.Encode()
}

// shownPage is a document on a page.
type shownPage struct {
	Document
	Title     string // in the page's language
	Languages []page.Tab
	Sections  []section
	PDF, Mail string // where it is saved as
	Empty     *page.Empty
}

// section is a heading with what stands under it.
type section struct {
	Title  string
	Blocks []Block
}

// sections cuts a document at its headings; what stands before the first goes under the document's own title.
func sections(d Document) []section {
	out := []section{{Title: d.Title}}
	for _, b := range d.Blocks {
		if b.Heading != "" && !b.Sub {
			out = append(out, section{Title: b.Heading})
			continue
		}
		last := &out[len(out)-1]
		last.Blocks = append(last.Blocks, b)
	}
	return out
}

func (rm room) show(ctx context.Context, r *page.Request, k Kind) (page.Response, error) {
	a := asked(r, k)
	d, err := rm.Make(ctx, who(r), r.Actor.Owner, a)
	if err != nil {
		return nil, err
	}
	s := shownPage{Document: d, Title: r.L.T("publication." + string(k) + ".title"), Sections: sections(d), PDF: a.path(".pdf"), Mail: a.path(".eml")}
	if len(d.Blocks) == 0 {
		s.Empty = &page.Empty{Icon: "file-import", Title: r.L.T("publication.empty"), Text: r.L.T("publication.empty.text")}
	}
	for _, tag := range Languages() {
		x := a
		x.Language = tag
		s.Languages = append(s.Languages, page.Tab{Text: r.L.Language(tag), Href: x.path(""), Current: tag == a.Language})
	}
	if k == Plan {
		return page.View("publication/show", r.L.T("publication.plan.title"), s), nil
	}
	return page.View("publication/show", r.L.T("publication.report.title"), s), nil
}

func (rm room) save(ctx context.Context, r *page.Request, k Kind) (page.Response, error) {
	a := asked(r, k)
	a.Saved = true
	d, err := rm.Make(ctx, who(r), r.Actor.Owner, a)
	if err != nil {
		return nil, err
	}
	b, err := d.PDF(rm.Locale(a.Language))
	if err != nil {
		return nil, err
	}
	return page.File(a.file(".pdf"), "application/pdf", b), nil
}

func (rm room) mail(ctx context.Context, r *page.Request, k Kind) (page.Response, error) {
	a := asked(r, k)
	d, err := rm.Make(ctx, who(r), r.Actor.Owner, a)
	if err != nil {
		return nil, err
	}
	return page.File(a.file(".eml"), "message/rfc822", d.Mail()), nil
}

func (a Asked) file(ext string) string {
	return string(a.Kind) + "-" + a.Date.Format(time.DateOnly) + "-" + a.Language + ext
}

func who(r *page.Request) store.Who { return store.Who{Actor: r.Actor, Purpose: access.ForProgramme} }
