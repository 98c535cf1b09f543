// SPDX-License-Identifier: EUPL-1.2

package guest

import (
	"context"
	"embed"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Where doors are shown to the office, and where a link leads.
const (
	Path       = "/guests"
	PublicPath = "/enter"
)

// Config is what the pages need. All of it is required.
type Config struct {
	Store  *store.Store
	Random io.Reader
	// Job is the office's principal "post", for delivery: as which a guest's visits are noted.
	Job func() (store.Who, error)
	// Self gives the recipient that answers are sealed to, and what opens them: also those that were sealed to an earlier one, by a page
	// that was opened before the office made new keys. Errors: Unavailable while a restored office waits.
	Self func(ctx context.Context) (string, []age.Identity, error)
	// At is where links lead, as "https://info.example.org".
	At string
	// Languages are those of the guest's page.
	Languages []string
	// Names gives the names of accounts.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
}

type room struct{ Config }

// Room gives the pages of the office, and the public one that a link leads to.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "guest", Templates: templates, Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.list},
		{Pattern: "GET " + Path + "/new", Handle: rm.blank},
		{Pattern: "POST " + Path + "/new", Handle: rm.create},
		{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
		{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		{Pattern: "GET " + Path + "/{id}/files/{file}", Handle: rm.file},
		{Pattern: "GET " + PublicPath + "/{token}", Handle: rm.enter, Public: true},
		{Pattern: "POST " + PublicPath + "/{token}/open", Handle: rm.open, Public: true},
		{Pattern: "POST " + PublicPath + "/{token}/answer", Handle: rm.take, Public: true, MaxBody: maxSealed + 16<<10},
	}}
}

func as(r *page.Request) store.Who { return store.Who{Actor: r.Actor, Purpose: access.ForExchange} }

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindGuest, ID: id} }

var tones = map[Status]string{Open: page.Good, Spent: page.Info, Locked: page.Bad, Expired: page.Off, Shut: page.Off}

// listData is the page of all doors that the reader may see.
type listData struct {
	Actions     []page.Action
	Crumbs      []page.Crumb
	Table       page.Table
	First, Next string
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l, after := r.L, r.URL.Query().Get("after")
	rows, err := rm.Store.List(ctx, as(r), store.Query{Kind: access.KindGuest, After: after, Show: []journal.Category{journal.D3}})
	if err != nil {
		return nil, err
	}
	d := listData{Crumbs: crumbs(l), Table: page.Table{Caption: l.T("guest.title"), Empty: &page.Empty{Icon: "mail", Title: l.T("guest.none"), Text: l.T("guest.none.text")}}}
	if Writes(r.Actor) {
		d.Actions = []page.Action{{Text: l.T("guest.new"), Href: Path + "/new", Icon: "plus", Primary: true}}
	}
	for _, k := range []string{"for", "status", "until", "used", "answers"} {
		d.Table.Columns = append(d.Table.Columns, page.Column{Text: l.T("guest." + k), Num: k == "answers"})
	}
	for _, row := range rows.Rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			return nil, err
		}
		who := page.Cell{Text: s.For, Href: pathOf(row.Ref.ID), Sub: l.T("guest.basis." + s.Basis)}
		if s.For == "" {
			who.Text = l.T("guest.withheld")
		}
		st, until := s.At(r.Now), page.Cell{Text: l.Date(s.Until)}
		if st == Open || st == Spent {
			until = page.Cell{Due: &s.Until, Now: r.Now}
		}
		d.Table.Rows = append(d.Table.Rows, page.Row{Cells: []page.Cell{who, {Text: l.T("guest.status." + string(st)), Tone: tones[st]}, until,
			{Text: l.N("guest.times", s.Used), Sub: wrongs(l, s.Wrong)}, {Text: l.Number(s.Answers)}}})
	}
	if rows.Next != "" {
		d.Next = Path + "?" + url.Values{"after": {rows.Next}}.Encode()
	}
	if after != "" {
		d.First = Path
	}
	return page.View("guest/list", l.T("guest.title"), d), nil
}

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("exchange.partners"), Href: "/partners"}, {Text: l.T("guest.title"), Href: Path}}
	if len(more) == 0 {
		out[1].Href = ""
	}
	return append(out, more...)
}

func wrongs(l *lang.Locale, n int) string {
	if n == 0 {
		return ""
	}
	return l.N("guest.wrongs", n)
}

// typed is the form of a new door.
type typed struct {
	For      string `form:"for"`
	Basis    string `form:"basis"`
	Reason   string `form:"reason"`
	Language string `form:"language"`
	Days     string `form:"days"`
	Openings string `form:"openings"`
	Text     string `form:"text"`
}

// newData is the form of a new door.
type newData struct {
	Crumbs           []page.Crumb
	Typed            typed
	Bases, Languages []page.Option
	MaxDays          int
	MaxOpenings      int
	MaxText          int
	Errors           page.FieldErrors
}

func (rm room) form(r *page.Request, v typed, wrong error) page.Response {
	l := r.L
	d := newData{Crumbs: crumbs(l, page.Crumb{Text: l.T("guest.new")}), Typed: v, MaxDays: MostDays, MaxOpenings: MostOpenings, MaxText: Letters, Errors: r.Errors(wrong), Bases: options(l, "guest.basis.", Bases())}
	for _, tag := range rm.Languages {
		d.Languages = append(d.Languages, page.Option{Value: tag, Text: l.Language(tag)})
	}
	out := page.View("guest/new", l.T("guest.new"), d)
	if wrong != nil {
		out = page.Status(http.StatusUnprocessableEntity, out)
	}
	return out
}

func options(l *lang.Locale, prefix string, codes []string) []page.Option {
	var out []page.Option
	for _, c := range codes {
		out = append(out, page.Option{Value: c, Text: l.T(prefix + c)})
	}
	return out
}

func (rm room) blank(_ context.Context, r *page.Request) (page.Response, error) {
	if !Writes(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	return rm.form(r, typed{Days: strconv.Itoa(UsualDays), Openings: "10"}, nil), nil
}

// madeData is what opens a door, shown this once.
type madeData struct {
	Crumbs     []page.Crumb
	Link, Code string
	Door       string // its page
}

func (rm room) create(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Writes(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	days, _ := strconv.Atoi(v.Days) // no number is 0, which is wrong
	openings, _ := strconv.Atoi(v.Openings)
	if days > MostDays {
		days = MostDays + 1
	}
	o := Opened{Sort: Letter, Basis: v.Basis, Until: r.Now.UTC().AddDate(0, 0, days), Openings: openings, Language: v.Language, For: v.For, Reason: v.Reason}
	var wrong fault.Fields
	o.check(&wrong, r.Now)
	if blank(v.Text, maxText) {
		wrong.Add("text", "guest.want.text", "Max", Letters)
	}
	if err := wrong.Err(); err != nil { // before keys are made, which takes long by design
		return rm.form(r, v, err), nil
	}
	s, err := newSecret(rm.Random)
	if err != nil {
		return nil, err
	}
	if o, err = o.lock(s); err != nil {
		return nil, err
	}
	sealed, err := Door{Opened: o}.sealed(v.Text)
	if err != nil {
		return nil, err
	}
	ref := RefOf(s.Token)
	_, err = rm.Store.Update(ctx, as(r), ref, func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: OpenedType, Payload: o}, {Type: WrittenType, Payload: Written{v.Text, sealed}}}, nil
	})
	if fault.Is(err, fault.Invalid) {
		return rm.form(r, v, err), nil
	}
	if err != nil {
		return nil, err
	}
	link := rm.At + PublicPath + "/" + s.Token
	if v.Language != "" {
		link += "?lang=" + url.QueryEscape(v.Language)
	}
	return page.View("guest/made", r.L.T("guest.made"), madeData{Crumbs: crumbs(r.L, page.Crumb{Text: r.L.T("guest.made")}), Link: link, Code: s.Grouped(), Door: pathOf(ref.ID)}), nil
}

func (rm room) opened(ctx context.Context, r *page.Request) (Door, error) {
	id, err := r.ID("id")
	if err != nil {
		return Door{}, err
	}
	o, err := rm.Store.Open(ctx, as(r), refOf(id))
	if err != nil {
		return Door{}, err
	}
	return o.State.(Door), nil
}

// acted is what somebody does at a door.
type acted struct {
	Entry  journal.ID `form:"entry"`
	Text   string     `form:"text"`
	Reason string     `form:"reason"`
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	var v acted
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	x := store.Draft{ID: v.Entry}
	switch r.PathValue("act") {
	case "write":
		sealed, err := d.sealed(v.Text)
		if err != nil {
			return nil, fault.Wrap(fault.Guarded, err, "guest.guard.status")
		}
		x.Type, x.Payload = WrittenType, Written{v.Text, sealed}
	case "close":
		x.Type, x.Payload = ClosedType, Closed{v.Reason}
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	_, err = rm.Store.Append(ctx, as(r), refOf(d.ID), x)
	if fault.Is(err, fault.Invalid) {
		return rm.shown(ctx, r, d, v, err)
	}
	return page.Redirect(pathOf(d.ID), "guest.saved"), err
}

// file gives a file of an answer, to be saved.
func (rm room) file(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	id, err := r.ID("file")
	if err != nil {
		return nil, err
	}
	for _, t := range d.Texts {
		for _, f := range t.Files {
			if f.ID != id {
				continue
			}
			b, err := rm.Store.OpenBlob(ctx, as(r), refOf(d.ID), id)
			if err != nil {
				return nil, err
			}
			return page.File("file"+endings[f.Media], f.Media, b.Bytes), nil
		}
	}
	return nil, fault.New(fault.NotFound, "fault.not_found")
}
