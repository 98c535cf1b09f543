// SPDX-License-Identifier: EUPL-1.2

package inquiry

import (
	"context"
	"embed"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where social inquiries are shown; Desk is the page of what waits between offices.
const (
	Path = "/inquiries"
	Desk = "/requests"
)

// RoomConfig is what the pages need. All of it is required.
type RoomConfig struct {
	Store *store.Store
	Codes conversation.Codes
	// Permission shows what was asked of the sender of something and what came of it. May be nil.
	Permission func(ctx context.Context, r *page.Request, thing journal.ID, state any) (conversation.Beside, error)
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Units lists the offices that terms in force let a request go to.
	Units func(context.Context, *page.Request) ([]page.Option, error)
	// Colleagues lists those who can send what somebody here has drafted.
	Colleagues func(context.Context, *page.Request) ([]page.Option, error)
}

type room struct{ RoomConfig }

// Room gives the pages: the list, a new request, and one request with what can be done about it.
func Room(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: "inquiry", Templates: templates,
		Routes: []page.Route{
			{Pattern: "GET " + Path, Handle: rm.list},
			{Pattern: "GET " + Path + "/new", Handle: rm.blank},
			{Pattern: "POST " + Path + "/new", Handle: rm.draft},
			{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
			{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		}}
}

// Works says whether somebody asks or answers.
func Works(a access.Actor) bool { return asks(a) || answers(a) }

// Asks says whether somebody can begin a request.
func Asks(a access.Actor) bool { return asks(a) }

// asks says whether somebody can ask another country's unit; answers, whether they can answer for one.
func asks(a access.Actor) bool {
	return a.Office == access.Justice && a.Has(access.Prosecutor) || a.Office == access.Assistance && a.Has(access.CaseManager)
}

func answers(a access.Actor) bool {
	return a.Office == access.Assistance && (a.Has(access.FocalPoint) || a.Has(access.CaseManager))
}

func as(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForReferral}
}

var tones = map[Status]string{Drafted: page.Off, Sent: page.Info, Returned: page.Bad, Received: page.Warn, Accepted: page.Info, Refused: page.Bad, Answered: page.Good, Withdrawn: page.Off}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := conversation.Sides(ctx, rm.Store, as(r), r, store.Query{Kind: access.KindInquiry}, Path, "inquiry", func(rows []store.Row) (page.Table, error) { return rm.table(ctx, r, rows) })
	d.Crumbs = []page.Crumb{{Text: r.L.T("docket.menu"), Href: Desk}, {Text: r.L.T("inquiry.menu")}}
	if asks(r.Actor) {
		d.Actions = []page.Action{{Text: r.L.T("inquiry.new"), Href: Path + "/new", Icon: "plus", Primary: true}}
	}
	return page.View("inquiry/list", r.L.T("inquiry.menu"), d), err
}

func (rm room) table(ctx context.Context, r *page.Request, rows []store.Row) (page.Table, error) {
	l := r.L
	t := page.Table{Caption: l.T("inquiry.menu"), Empty: &page.Empty{Icon: "mail", Title: l.T("inquiry.none"), Text: l.T("inquiry.none.text")}}
	for _, k := range []string{"inquiry.asked", "inquiry.office", "inquiry.side", "inquiry.status", "inquiry.due"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	sums := make([]Summary, len(rows))
	var ids []journal.ID
	for i, row := range rows {
		var err error
		if sums[i], err = store.Summary[Summary](row); err != nil {
			return t, err
		}
		ids = append(ids, sums[i].Office)
	}
	names := rm.Names(ctx, ids...)
	for i, row := range rows {
		s := sums[i]
		due := conversation.DueCell(l, row.Due, r.Now)
		if row.Due.IsZero() && s.Status == Answered {
			due = page.Cell{Text: l.T(timely(s.Late)), Tone: toneOf(s.Late)}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: conversation.Words(r, "inquiry.question.", s.Asked), Href: pathOf(row.Ref.ID), Sub: l.T("inquiry.basis." + s.Basis)}, {Text: names[s.Office]}, {Text: l.T("inquiry.side." + conversation.Side(s.Here))},
			{Text: l.T("inquiry.status." + string(s.Status)), Tone: tones[s.Status]}, due}})
	}
	return t, nil
}

func timely(late bool) string {
	if late {
		return "inquiry.late"
	}
	return "inquiry.in_time"
}

func toneOf(late bool) string {
	if late {
		return page.Warn
	}
	return page.Good
}

// typed is what somebody types of a request.
type typed struct {
	Dossier   journal.ID `form:"dossier"`
	Entry     journal.ID `form:"entry"`
	To        string     `form:"to"`
	Second    string     `form:"second"`
	Basis     string     `form:"basis"`
	Article   string     `form:"article"`
	Decision  string     `form:"decision"`
	Questions []string   `form:"questions"`
	Children  int        `form:"children"`
	Due       string     `form:"due"`
	Told      string     `form:"told"`
	Names     string     `form:"names"`
	Born      string     `form:"born"`
	Parents   string     `form:"parents"`
	Reach     string     `form:"reach"`
	Facts     string     `form:"facts"`
}

func (rm room) form(ctx context.Context, r *page.Request, v typed) (*field.Form, error) {
	l := r.L
	units, err := rm.Units(ctx, r)
	if err != nil {
		return nil, err
	}
	colleagues, err := rm.Colleagues(ctx, r)
	if err != nil {
		return nil, err
	}
	f := field.New(l, "inquiry.new", Path+"/new", Path, "inquiry.draft")
	f.Guarded, f.Lead, f.Crumbs = true, l.T("inquiry.new.lead"), []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("inquiry.menu"), Href: Path}, {Text: l.T("inquiry.new")}}
	if len(units) == 0 {
		f.Notes = []field.Note{{Tone: page.Warn, Title: l.T("inquiry.no_unit")}}
	}
	if len(colleagues) == 0 {
		f.Notes = append(f.Notes, field.Note{Tone: page.Warn, Title: l.T("exchange.no_second")})
	}
	f.Hidden("dossier", v.Dossier.String())
	f.Hidden("entry", v.Entry.String())
	f.Select("to", "inquiry.to", v.To, units)
	f.Select("basis", "inquiry.basis", v.Basis, field.Options(l, "inquiry.basis", Bases()))
	f.Text("article", "inquiry.article", v.Article)
	f.Text("decision", "inquiry.decision", v.Decision).Optional()
	f.Checks("questions", "inquiry.asked", v.Questions, field.Options(l, "inquiry.question", Questions()))
	f.Text("names", "inquiry.names", v.Names)
	f.Text("born", "inquiry.born", v.Born).Optional()
	f.Text("parents", "inquiry.parents", v.Parents).Optional()
	f.Text("reach", "inquiry.reach", v.Reach).Optional()
	f.Text("children", "inquiry.children", l.Number(max(v.Children, 1))).Set("Width", "short")
	f.Area("facts", "inquiry.facts", v.Facts).Set("MaxLength", 4000)
	f.Radios("told", "inquiry.told", v.Told, field.Options(l, "inquiry.told", Tellings()))
	f.Date("due", "inquiry.due", v.Due)
	f.Select("second", "inquiry.second", v.Second, colleagues)
	return f, nil
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	if !asks(r.Actor) {
		return nil, denied()
	}
	f, err := rm.form(ctx, r, typed{Dossier: rm.Store.NewID(), Entry: rm.Store.NewID()})
	return page.View("inquiry/form", r.L.T("inquiry.new"), f), err
}
