// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"context"
	"embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/reach"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where issues are written, and PublicPath where everybody reads them.
const (
	Path       = "/programme/letters"
	PublicPath = "/letters"
)

// Config is what the pages need. Store, Locale and Public are required.
type Config struct {
	Store *store.Store
	// Locale gives the words of a language.
	Locale func(tag string) *lang.Locale
	// Public is the principal as which the public pages read, store.Job(owner, "importer", access.ForProgramme): who reads them
	// is nobody's business.
	Public store.Who
	// PublicAt is where the public pages are, as "https://info.example.org"; "" is beside these.
	PublicAt string
	// Names gives the names of accounts and of the office by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Withheld gives the names of partners and places that another room withholds. Nil withholds none.
	Withheld func(ctx context.Context, w store.Who) ([]string, error)
	// Progress says how far an issue has gone out to those who subscribed. Nil where nothing is sent.
	Progress func(ctx context.Context, r *page.Request, issue journal.ID) (Progress, error)
	// Ask asks addresses of other sites whether they answer, when somebody presses for it; nil asks none.
	Ask func(ctx context.Context, addresses []string) []reach.Answer
	// Subscribe is the path of the public page where readers subscribe, and Readers that of the office's page on them; "" where
	// nobody can.
	Subscribe, Readers string
	// Wake is told when there is something to send; may be nil.
	Wake func()
}

// Progress is how far an issue has gone out: one number for each reader.
type Progress struct {
	Readers, Sent, Waiting, Failed, Unclear int
	Server                                  bool // there is a mail server to send by
	Trouble                                 string
}

type room struct{ Config }

// Rooms gives the pages on which issues are written, and those on which everybody reads them.
func Rooms(c Config) page.Room {
	rm := room{c}
	one := Path + "/{id}"
	return page.Room{Name: "newsletter", Templates: templates, Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.list},
		{Pattern: "GET " + Path + "/new", Handle: rm.blank},
		{Pattern: "POST " + Path + "/new", Handle: rm.begin},
		{Pattern: "GET " + Path + "/named", Handle: rm.named},
		{Pattern: "POST " + Path + "/named", Handle: rm.saveNamed},
		{Pattern: "GET " + one, Handle: rm.show},
		{Pattern: "GET " + one + "/edit", Handle: rm.edit},
		{Pattern: "POST " + one + "/edit", Handle: rm.save},
		{Pattern: "POST " + one + "/propose", Handle: rm.propose},
		{Pattern: "GET " + one + "/sections/{key}", Handle: rm.section},
		{Pattern: "POST " + one + "/sections/{key}", Handle: rm.saveSection},
		{Pattern: "POST " + one + "/sections/{key}/drop", Handle: rm.drop},
		{Pattern: "POST " + one + "/picture", Handle: rm.picture},
		{Pattern: "GET " + one + "/preview", Handle: rm.preview},
		{Pattern: "GET " + one + "/preview/{form}", Handle: rm.previewFile},
		{Pattern: "POST " + one + "/approve", Handle: rm.approve},
		{Pattern: "POST " + one + "/publish", Handle: rm.publish},
		{Pattern: "GET " + one + "/correct", Handle: rm.correctForm},
		{Pattern: "POST " + one + "/correct", Handle: rm.correct},
		{Pattern: "POST " + one + "/send", Handle: rm.send},
		{Pattern: "POST " + one + "/links", Handle: rm.look},
		{Pattern: "GET " + PublicPath, Handle: rm.archive, Public: true, Tongues: Languages()},
		{Pattern: "GET " + PublicPath + "/{number}", Handle: rm.read, Public: true, Tongues: Languages()},
		{Pattern: "GET " + PublicPath + "/{number}/file", Handle: rm.readFile, Public: true},
		{Pattern: "GET " + PublicPath + "/{number}/pictures/{key}", Handle: rm.readPicture, Public: true},
	}}
}

// PublicPath gives the path where everybody reads a published issue in a language.
func (i Issue) PublicPath(language string) string {
	return PublicPath + "/" + strconv.Itoa(i.Published.Number) + "?lang=" + language
}

func issuePath(id journal.ID) string { return Path + "/" + id.String() }

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("newsletter.title")}}
	if len(more) > 0 {
		out[1].Href = Path
	}
	return append(out, more...)
}

func officer(r *page.Request) error {
	if !register.MayEdit(r) {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

// opened is an issue as a page works on it.
type opened struct {
	Issue
	ref      store.Ref
	revision int64
	records  Records
	editions []Edition
	defects  []Defect
}

func (o opened) hash() string { return HashOf(o.editions) }

// open reads an issue. A draft is built from the records as they are now, and checked.
func (rm room) open(ctx context.Context, r *page.Request) (opened, error) {
	id, err := r.ID("id")
	if err != nil {
		return opened{}, err
	}
	return rm.opened(ctx, register.As(r), id)
}

func (rm room) opened(ctx context.Context, w store.Who, id journal.ID) (opened, error) {
	out := opened{ref: store.Ref{Kind: access.KindPublication, ID: id}}
	o, err := rm.Store.Open(ctx, w, out.ref)
	if err != nil {
		return out, err
	}
	out.Issue, out.revision = o.State.(Issue), o.Revision
	if !out.Out() && !mayRead(w.Actor) {
		return out, fault.New(fault.NotFound, "store.not_found") // a draft is its writers' until it is published
	}
	if out.records, err = Read(ctx, rm.Store, w, rm.Withheld); err != nil {
		return out, err
	}
	if out.Out() {
		out.editions = out.Published.Editions
		return out, nil
	}
	out.editions = Build(out.Issue, out.records, rm.office(ctx, w.Actor.Owner), rm.Locale)
	out.defects = Check(out.Issue, out.editions, out.records, rm.Locale)
	return out, nil
}

func (rm room) office(ctx context.Context, owner journal.ID) string {
	if rm.Names == nil {
		return ""
	}
	return rm.Names(ctx, owner, owner)[owner]
}

// draft opens an issue that somebody may still change.
func (rm room) draft(ctx context.Context, r *page.Request) (opened, error) {
	if err := officer(r); err != nil {
		return opened{}, err
	}
	o, err := rm.open(ctx, r)
	if err == nil && o.Out() {
		err = fault.New(fault.Guarded, "newsletter.guard.published")
	}
	return o, err
}

func (rm room) write(ctx context.Context, r *page.Request, ref store.Ref, entry journal.ID, typ string, payload any) error {
	_, err := rm.Store.Append(ctx, register.As(r), ref, store.Draft{ID: entry, Type: typ, Payload: payload})
	return err
}

// edition gives the edition in a language that an address asks for, else in the reader's.
func edition(r *page.Request, list []Edition) Edition {
	want := r.URL.Query().Get("lang")
	if !slices.Contains(Languages(), want) {
		want, _, _ = strings.Cut(r.L.Tag(), "-")
	}
	at := slices.IndexFunc(list, func(e Edition) bool { return e.Language == want })
	if at < 0 {
		at = len(list) - 1 // English
	}
	return list[at]
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	rows, err := register.All[Line](ctx, rm.Store, register.As(r), store.Query{Kind: access.KindPublication})
	if err != nil {
		return nil, err
	}
	inorder.By(rows, func(a, b register.Found[Line]) int {
		return strings.Compare(b.V.From+b.ID.String(), a.V.From+a.ID.String())
	})
	d := register.List{Title: l.T("newsletter.title"), Lead: l.T("newsletter.lead"), Crumbs: crumbs(l), Base: Path}
	if register.MayEdit(r) {
		d.Actions = append(d.Actions, page.Action{Text: l.T("newsletter.named"), Href: Path + "/named", Icon: "users"}, page.Action{Text: l.T("newsletter.new"), Href: Path + "/new", Icon: "plus", Primary: true})
	}
	d.Actions = append([]page.Action{{Text: l.T("newsletter.public"), Href: rm.PublicAt + PublicPath, Icon: "world"}}, d.Actions...)
	if rm.Readers != "" && register.MayEdit(r) {
		d.Actions = append([]page.Action{{Text: l.T("newsletter.readers"), Href: rm.Readers, Icon: "mail"}}, d.Actions...)
	}
	d.Table = page.Table{Caption: l.T("newsletter.issues"), Columns: []page.Column{{Text: l.T("newsletter.number")}, {Text: l.T("newsletter.name")}, {Text: l.T("newsletter.period")}, {Text: l.T("newsletter.state")}},
		Empty: &page.Empty{Icon: "mail", Title: l.T("newsletter.none"), Text: l.T("newsletter.none.text")}}
	for _, x := range rows {
		if x.V.Number == 0 && !mayRead(r.Actor) {
			continue
		}
		name := register.Quote(l, x.V.Title)
		name.Href = issuePath(x.ID)
		n := page.Cell{Text: l.T("newsletter.draft.short")}
		if x.V.Number > 0 {
			n.Text = l.Number(x.V.Number)
		}
		d.Table.Rows = append(d.Table.Rows, page.Row{Cells: []page.Cell{n, name, {Text: builder{l: l}.period(Begun{From: x.V.From, To: x.V.To})}, state(l, x.V)}})
	}
	return page.View("register/list", l.T("newsletter.title"), d), nil
}

// mayRead says whether somebody reads drafts; the door decides.
func mayRead(a access.Actor) bool {
	return a.Has(access.ProgrammeOfficer) || a.Has(access.CommitteeMember)
}

func state(l *lang.Locale, v Line) page.Cell {
	switch {
	case v.Sent:
		return page.Cell{Text: l.T("newsletter.state.sending"), Tone: page.Good}
	case v.Number > 0:
		return page.Cell{Text: l.T("newsletter.state.published"), Tone: page.Good}
	}
	return page.Cell{Text: l.T("newsletter.state.draft"), Tone: page.Info}
}

// day gives a day as the program counts it: noon, in no zone's way.
func day(s string) time.Time {
	t, _ := time.Parse(time.DateOnly, s)
	return t.Add(12 * time.Hour)
}
