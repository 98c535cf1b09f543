// SPDX-License-Identifier: EUPL-1.2

package request

import (
	"context"
	"embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where requests are shown; ListPath lists them all, Desk is the page of what waits between offices.
const (
	Path     = "/requests"
	ListPath = Path + "/all"
	Desk     = Path
)

// Prefill is what a request can begin with: Subject is what both offices know, Whole all that this one's record says.
type Prefill struct {
	Questions []string
	Subject   Subject
	Whole     Subject
}

// RoomConfig is what the pages need. All of it is required but Begin.
type RoomConfig struct {
	Store *store.Store
	Codes conversation.Codes
	// Permission shows what was asked of the sender of something and what came of it. May be nil.
	Permission func(ctx context.Context, r *page.Request, thing journal.ID, state any) (conversation.Beside, error)
	// Court says whether an answer, by its message, may be used in court, notes that it is, and gives the conditions in words. May be nil:
	// then no copy is made.
	Court func(ctx context.Context, r *page.Request, s State, message journal.ID) (conditions string, err error)
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Units lists the offices that terms in force let a request go to.
	Units func(context.Context, *page.Request) ([]page.Option, error)
	// Colleagues lists those who can send what somebody here has drafted.
	Colleagues func(context.Context, *page.Request) ([]page.Option, error)
	// Begin gives what a request that begins from a comparison is about, as far as this reader may see it: from one of its hits by
	// number, or, where hit is "", from all it found of one record. May be nil.
	Begin func(ctx context.Context, r *page.Request, comparison journal.ID, hit string) (Prefill, error)
}

type room struct{ RoomConfig }

// Room gives the pages: the list, a new request, and one request with what can be done about it. "/requests/new?to=…&from=…&hit=…"
// begins one to an office from a hit of a comparison; the address holds ids and a number only.
func Room(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: "request", Templates: templates,
		Routes: []page.Route{
			{Pattern: "GET " + ListPath, Handle: rm.list},
			{Pattern: "GET " + Path + "/new", Handle: rm.blank},
			{Pattern: "POST " + Path + "/new", Handle: rm.draft},
			{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
			{Pattern: "GET " + Path + "/{id}/{act}", Handle: rm.ask},
			{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		}}
}

// Works says whether somebody asks and answers.
func Works(a access.Actor) bool {
	return (a.Office == access.Police || a.Office == access.Justice) && (a.Has(access.PoliceOfficer) || a.Has(access.Prosecutor))
}

// As is who somebody acts as in this room.
func As(r *page.Request) store.Who { return store.Who{Actor: r.Actor, Purpose: access.ForExchange} }

var tones = map[Status]string{Drafted: page.Off, Sent: page.Info, Returned: page.Bad, Received: page.Warn, Accepted: page.Info, Refused: page.Bad, Partly: page.Info, Answered: page.Good, Withdrawn: page.Off}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func denied() error { return fault.New(fault.Denied, "fault.denied") }

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	d, err := conversation.Sides(ctx, rm.Store, As(r), r, store.Query{Kind: access.KindRequest}, ListPath, "request", func(rows []store.Row) (page.Table, error) { return rm.table(ctx, r, rows) })
	d.Crumbs, d.Actions = crumbs(r, r.L.T("request.title")), []page.Action{{Text: r.L.T("request.new"), Href: Path + "/new", Icon: "plus", Primary: true}}
	return page.View("request/list", r.L.T("request.title"), d), err
}

// crumbs leads from the desk to a page.
func crumbs(r *page.Request, here string) []page.Crumb {
	return []page.Crumb{{Text: r.L.T("docket.menu"), Href: Desk}, {Text: here}}
}

func (rm room) table(ctx context.Context, r *page.Request, rows []store.Row) (page.Table, error) {
	l := r.L
	t := page.Table{Caption: l.T("request.title"), Empty: &page.Empty{Icon: "mail", Title: l.T("request.none"), Text: l.T("request.none.text")}}
	for _, k := range []string{"request.asked", "request.office", "request.side", "request.status", "request.due"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	sums := make([]Summary, len(rows))
	var ids []journal.ID
	for i, row := range rows {
		var err error
		if sums[i], err = store.Summary[Summary](row); err != nil {
			return t, err
		}
		ids = append(ids, sums[i].Other)
	}
	names := rm.Names(ctx, ids...)
	for i, row := range rows {
		s := sums[i]
		due := conversation.DueCell(l, row.Due, r.Now)
		if row.Due.IsZero() && s.Status == Answered {
			due = page.Cell{Text: l.T(timely(s.Late)), Tone: toneOf(s.Late)}
		}
		what := page.Cell{Text: l.T("request.withheld.short"), Href: pathOf(row.Ref.ID)}
		if s.Basis != "" {
			what.Text, what.Sub = Title(r, s), l.T("request.basis."+s.Basis)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{what, {Text: names[s.Other]}, {Text: l.T("request.side." + conversation.Side(s.Here))}, {Text: l.T("request.status." + string(s.Status)), Tone: tones[s.Status]}, due}})
	}
	return t, nil
}

// Title says what a request asks, by its codes.
func Title(r *page.Request, s Summary) string {
	return conversation.Words(r, "request.question.", s.Asked)
}

func timely(late bool) string {
	if late {
		return "request.late"
	}
	return "request.in_time"
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
	Origin    string     `form:"origin"`
	Hit       string     `form:"hit"`
	More      bool       `form:"more"`  // of the record than both know
	Added     bool       `form:"added"` // and the drafter has seen that
	To        string     `form:"to"`
	Second    string     `form:"second"`
	Basis     string     `form:"basis"`
	Article   string     `form:"article"`
	Reference string     `form:"reference"`
	Purpose   string     `form:"purpose"`
	Questions []string   `form:"questions"`
	Names     string     `form:"names"`
	Born      string     `form:"born"`
	Phones    string     `form:"phones"`
	Accounts  string     `form:"accounts"`
	Plates    string     `form:"plates"`
	Facts     string     `form:"facts"`
	Handling  []string   `form:"handling"`
	Court     bool       `form:"court"`
	Pass      bool       `form:"pass"`
	Urgency   string     `form:"urgency"`
	Due       string     `form:"due"`
}

// several parts what was typed by semicolons and lines.
func several(s string) []string {
	var out []string
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '\n' }) {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}

// payload makes a draft of what was typed.
func (v typed) payload() Draft {
	d := Draft{To: field.ID(v.To), Second: field.ID(v.Second), Asked: Asked{Basis: v.Basis, Purpose: v.Purpose, Questions: v.Questions, Urgency: v.Urgency, Due: v.Due, Handling: v.Handling, Court: v.Court, Pass: v.Pass,
		Legal: &Legal{Article: v.Article, Reference: v.Reference}, Facts: v.Facts}}
	if v.Origin != "" {
		d.Origin, d.More = field.ID(v.Origin), v.Added
	}
	if s := (Subject{Names: several(v.Names), Born: v.Born, Phones: several(v.Phones), Accounts: several(v.Accounts), Plates: several(v.Plates)}); s.Named() || s.Born != "" {
		d.Subject = &s
	}
	return d
}

// typedOf gives a draft as it was typed, to be corrected.
func typedOf(d Draft) typed {
	v := typed{To: d.To.String(), Second: d.Second.String(), Basis: d.Basis, Purpose: d.Purpose, Questions: d.Questions, Urgency: d.Urgency, Due: d.Due, Handling: d.Handling, Court: d.Court, Pass: d.Pass, Facts: d.Facts}
	if !d.Origin.IsZero() {
		v.Origin, v.Added = d.Origin.String(), d.More
	}
	if d.Legal != nil {
		v.Article, v.Reference = d.Legal.Article, d.Legal.Reference
	}
	v.about(d.Subject)
	return v
}

func (v *typed) about(s *Subject) {
	if s == nil {
		return
	}
	join := func(xs []string) string { return strings.Join(xs, "; ") }
	v.Names, v.Born, v.Phones, v.Accounts, v.Plates = join(s.Names), s.Born, join(s.Phones), join(s.Accounts), join(s.Plates)
}

// form is the page of a draft; of names the request that is corrected, zero for a new one.
func (rm room) form(ctx context.Context, r *page.Request, v typed, of journal.ID) (*field.Form, error) {
	l, title, action, back := r.L, "request.new", Path+"/new", ListPath
	if !of.IsZero() {
		title, action, back = "request.correct", pathOf(of)+"/correct", pathOf(of)
	}
	units, err := rm.Units(ctx, r)
	if err != nil {
		return nil, err
	}
	colleagues, err := rm.Colleagues(ctx, r)
	if err != nil {
		return nil, err
	}
	f := field.New(l, title, action, back, "request.draft")
	f.Lead, f.Crumbs, f.Guarded = l.T(title+".lead"), crumbs(r, l.T(title)), true
	if len(units) == 0 {
		f.Notes = []field.Note{{Tone: page.Warn, Title: l.T("request.no_unit")}}
	}
	if len(colleagues) == 0 {
		f.Notes = append(f.Notes, field.Note{Tone: page.Warn, Title: l.T("exchange.no_second")})
	}
	if v.Origin != "" {
		f.Notes = append(f.Notes, field.Note{Tone: page.Info, Title: l.T("request.origin"), Text: l.T("request.origin.text")})
		f.Hidden("origin", v.Origin)
		f.Hidden("hit", v.Hit)
		if v.Added {
			f.Notes = append(f.Notes, field.Note{Tone: page.Warn, Title: l.T("request.more.added"), Text: l.T("request.more.added.text")})
			f.Hidden("added", "true")
		}
	}
	f.Hidden("dossier", v.Dossier.String())
	f.Hidden("entry", v.Entry.String())
	f.Select("to", "request.to", v.To, units)
	f.Select("basis", "request.basis", v.Basis, field.Options(l, "request.basis", Bases()))
	f.Text("article", "request.article", v.Article)
	f.Text("reference", "request.reference", v.Reference).Optional()
	f.Select("purpose", "request.purpose", v.Purpose, field.Options(l, "request.purpose", Purposes()))
	f.Checks("questions", "request.asked", v.Questions, field.Options(l, "request.question", Questions()))
	f.Text("names", "request.names", v.Names).Optional()
	f.Text("born", "request.born", v.Born).Optional()
	f.Text("phones", "request.phones", v.Phones).Optional()
	f.Text("accounts", "request.accounts", v.Accounts).Optional()
	f.Text("plates", "request.plates", v.Plates).Optional()
	if v.Origin != "" && !v.Added {
		f.Check("more", "request.more", v.More)
	}
	f.Area("facts", "request.facts", v.Facts).Set("MaxLength", 4000).Optional()
	f.Checks("handling", "request.handling", v.Handling, field.Options(l, "request.handling", terms.Handlings())).Optional()
	f.Check("court", "request.court", v.Court)
	f.Check("pass", "request.pass", v.Pass)
	f.Radios("urgency", "request.urgency", v.Urgency, field.Options(l, "request.urgency", Urgencies()))
	f.Date("due", "request.due", v.Due)
	f.Select("second", "request.second", v.Second, colleagues)
	return f, nil
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	v := typed{Dossier: rm.Store.NewID(), Entry: rm.Store.NewID(), Urgency: "normal"}
	v.To = field.ID(r.URL.Query().Get("to")).String()
	if from := field.ID(r.URL.Query().Get("from")); !from.IsZero() {
		v.Origin, v.Hit = from.String(), r.URL.Query().Get("hit")
		if rm.Begin != nil {
			p, err := rm.Begin(ctx, r, from, v.Hit)
			if err != nil {
				return nil, err
			}
			v.Questions = p.Questions
			v.about(&p.Subject)
		}
	}
	f, err := rm.form(ctx, r, v, journal.ID{})
	return page.View("request/form", r.L.T("request.new"), f), err
}

func (rm room) draft(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	return rm.keep(ctx, r, v, v.Dossier, journal.ID{})
}

// add puts the rest of the office's own record into what somebody typed, to be read before it is drafted.
func (rm room) add(ctx context.Context, r *page.Request, v *typed) error {
	v.More, v.Added = false, true
	if rm.Begin == nil {
		return nil
	}
	p, err := rm.Begin(ctx, r, field.ID(v.Origin), v.Hit)
	if err != nil {
		return err
	}
	x := p.Whole
	all := Subject{Names: union(several(v.Names), x.Names), Born: v.Born, Phones: union(several(v.Phones), x.Phones), Accounts: union(several(v.Accounts), x.Accounts), Plates: union(several(v.Plates), x.Plates)}
	if len(x.Born) > len(all.Born) { // the day, where both know the year
		all.Born = x.Born
	}
	v.about(&all)
	return nil
}

// union gives a list with what another one has beside it.
func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// keep writes a draft, or shows the form again with what is wrong. of names the request that is corrected.
func (rm room) keep(ctx context.Context, r *page.Request, v typed, dossier, of journal.ID) (page.Response, error) {
	if v.More && v.Origin != "" && !v.Added {
		if err := rm.add(ctx, r, &v); err != nil {
			return nil, err
		}
		v.Dossier = dossier
		f, err := rm.form(ctx, r, v, of)
		return page.View("request/form", r.L.T("request.new"), f), err
	}
	_, err := rm.Store.Append(ctx, As(r), refOf(dossier), store.Draft{ID: v.Entry, Type: DraftedType, Payload: v.payload()})
	if err == nil {
		return page.Redirect(pathOf(dossier), "request.drafted"), nil
	}
	v.Dossier = dossier
	f, bad := rm.form(ctx, r, v, of)
	if bad != nil {
		return nil, bad
	}
	return f.Again(r, "request/form", err)
}
