// SPDX-License-Identifier: EUPL-1.2

package returns

import (
	"cmp"
	"context"
	"embed"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where returns are shown.
const Path = release.Path + "/returns"

// RoomConfig is what the pages need. All of it is required.
type RoomConfig struct {
	Desk Desk
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Bodies lists the offices that terms let returns go to.
	Bodies func(ctx context.Context, r *page.Request) ([]page.Option, error)
}

type room struct{ RoomConfig }

// Pages gives the room: what was sent and what arrived, a new return, one of them.
func Pages(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: "return", Templates: templates,
		Routes: []page.Route{
			{Pattern: "GET " + Path, Handle: rm.home},
			{Pattern: "GET " + Path + "/new", Handle: rm.blank},
			{Pattern: "POST " + Path + "/new", Handle: rm.prepare},
			{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
			{Pattern: "GET " + Path + "/{id}/files", Handle: rm.files},
			{Pattern: "GET " + Path + "/{id}/sealed", Handle: rm.sealed},
			{Pattern: "GET " + Path + "/{id}/{act}", Handle: rm.ask},
			{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		}}
}

func denied() error { return fault.New(fault.Denied, "fault.denied") }

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

var tones = map[string]string{"waiting": page.Warn, "rejected": page.Off, "sent": page.Info, "ready": page.Warn, "handed": page.Info, "noted": page.Good, "arrived": page.Warn, "confirmed": page.Good}

func crumbs(r *page.Request, here string) []page.Crumb {
	return release.Under(r, "return.title", Path, here)
}

// Title names a return: who asks, and of which year.
func Title(l *lang.Locale, shape outlet.Form, year int) string {
	return l.T("return.of", "Shape", l.T("return.shape."+string(shape)), "Year", strconv.Itoa(year))
}

// Line is a return in a list.
type Line struct {
	Summary
	ID     journal.ID
	Status string
}

// List gives all returns that somebody may see: those received by country or territory, then by year, latest first.
func List(ctx context.Context, s *store.Store, w store.Who) ([]Line, error) {
	var out []Line
	err := s.Each(ctx, w, store.Query{Kind: access.KindReturn}, func(row store.Row) error {
		sum, err := store.Summary[Summary](row)
		out = append(out, Line{sum, row.Ref.ID, row.State})
		return err
	})
	inorder.By(out, func(a, b Line) int {
		return cmp.Or(strings.Compare(a.Country, b.Country), b.Year-a.Year, strings.Compare(string(a.Shape), string(b.Shape)), slices.Compare(a.ID[:], b.ID[:]))
	})
	return out, err
}

// homeData is the list: what this office sent, and what it received.
type homeData struct {
	Actions    []page.Action
	Sent, Here page.Table
}

func (rm room) counts(r *page.Request) bool { return len(rm.Desk.Shapes(r.Actor.Owner)) > 0 }

func (rm room) home(ctx context.Context, r *page.Request) (page.Response, error) {
	if !release.Works(r.Actor) {
		return nil, denied()
	}
	l := r.L
	d := homeData{Sent: page.Table{Caption: l.T("return.ours"), Empty: &page.Empty{Icon: "send", Title: l.T("return.none"), Text: l.T("return.none.text")}},
		Here: page.Table{Caption: l.T("return.theirs"), Empty: &page.Empty{Icon: "inbox", Title: l.T("return.none_here"), Text: l.T("return.none_here.text")}}}
	if rm.counts(r) {
		d.Actions = []page.Action{{Text: l.T("return.new"), Href: Path + "/new", Icon: "plus", Primary: true}}
	}
	for _, k := range []string{"return.what", "return.to", "return.sent_at", "release.status"} {
		d.Sent.Columns = append(d.Sent.Columns, page.Column{Text: l.T(k)})
	}
	for _, k := range []string{"return.country", "return.what", "return.from", "return.arrived_at", "release.status"} {
		d.Here.Columns = append(d.Here.Columns, page.Column{Text: l.T(k)})
	}
	all, err := List(ctx, rm.Desk.Store, release.As(r.Actor))
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		what := page.Cell{Text: Title(l, x.Shape, x.Year), Href: pathOf(x.ID)}
		if x.Number > 1 {
			what.Sub = l.T("return.version", "N", l.Number(x.Number))
		}
		status, sent := page.Cell{Text: l.T("return.status." + x.Status), Tone: tones[x.Status]}, page.Cell{Text: "–"}
		if !x.Sent.IsZero() && x.Status != "ready" {
			sent.Text = l.Date(x.Sent)
		}
		if x.From.IsZero() {
			d.Sent.Rows = append(d.Sent.Rows, page.Row{Cells: []page.Cell{what, {Text: rm.body(ctx, x.To, x.Body)}, sent, status}})
		} else {
			d.Here.Rows = append(d.Here.Rows, page.Row{Cells: []page.Cell{{Text: l.Country(x.Country)}, what, {Text: rm.body(ctx, x.From, "")}, sent, status}})
		}
	}
	return page.View("return/home", l.T("return.title"), d), nil
}

// body names an office, or a body that has none.
func (rm room) body(ctx context.Context, office journal.ID, name string) string {
	if name != "" {
		return name
	}
	return cmp.Or(rm.Names(ctx, office)[office], "–")
}

// ByHand is the choice of a body without an office.
const ByHand = "hand"

// typed is what somebody chooses of a return.
type typed struct {
	Dossier journal.ID `form:"dossier"`
	Shape   string     `form:"shape"`
	Year    int        `form:"year"`
	To      string     `form:"to"`
	Body    string     `form:"body"`
	Key     string     `form:"key"`
	Basis   string     `form:"basis"`
}

// asked makes of what was chosen what is asked; an office that was not offered is none.
func (v typed) asked(offered []page.Option) Asked {
	a := Asked{Shape: outlet.Form(v.Shape), Year: v.Year, Basis: strings.TrimSpace(v.Basis)}
	if v.To == ByHand {
		a.Body, a.Key = strings.Join(strings.Fields(v.Body), " "), strings.TrimSpace(v.Key)
	} else if slices.ContainsFunc(offered, func(o page.Option) bool { return o.Value == v.To }) {
		a.To, _ = journal.ParseID(v.To)
	}
	return a
}

func (rm room) form(ctx context.Context, r *page.Request, v typed) (*field.Form, []page.Option, error) {
	l := r.L
	bodies, err := rm.Bodies(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	f := field.New(l, "return.new", Path+"/new", Path, "return.count")
	f.Lead, f.Crumbs = l.T("return.new.lead"), crumbs(r, l.T("return.new"))
	f.Hidden("dossier", v.Dossier.String())
	if len(bodies) == 0 {
		f.Notes = append(f.Notes, field.Note{Tone: page.Info, Title: l.T("return.no_office"), Text: l.T("return.no_office.text")})
	}
	var years []page.Option
	for y := r.Now.UTC().Year() - 1; y > r.Now.UTC().Year()-7; y-- {
		years = append(years, page.Option{Value: strconv.Itoa(y), Text: strconv.Itoa(y)})
	}
	f.Radios("shape", "return.shape", v.Shape, field.Options(l, "return.shape", field.Codes(rm.Desk.Shapes(r.Actor.Owner))))
	f.Select("year", "return.year", strconv.Itoa(v.Year), years)
	f.Area("basis", "return.basis", v.Basis).Set("MaxLength", maxWords)
	f.Select("to", "return.to", v.To, append(slices.Clone(bodies), page.Option{Value: ByHand, Text: l.T("return.by_hand")}))
	f.Text("body", "return.body", v.Body).Optional()
	f.Area("key", "return.key", v.Key).Set("MaxLength", 4000).Optional()
	return f, bodies, nil
}

// blank shows the form, filled in from a return that was not approved where the address names one.
func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	if !release.Works(r.Actor) {
		return nil, denied()
	}
	if !rm.counts(r) {
		return page.Redirect(Path, ""), nil
	}
	v := typed{Dossier: rm.Desk.Store.NewID(), Shape: string(rm.Desk.Shapes(r.Actor.Owner)[0]), Year: r.Now.UTC().Year() - 1}
	if id, err := journal.ParseID(r.URL.Query().Get("of")); err == nil {
		_, s, err := rm.Desk.Open(ctx, release.As(r.Actor), id)
		if err != nil {
			return nil, err
		}
		v = typed{id, string(s.Asked.Shape), s.Asked.Year, s.Asked.To.String(), s.Asked.Body, s.Asked.Key, s.Asked.Basis}
		if s.Asked.To.IsZero() {
			v.To = ByHand
		}
	}
	f, bodies, err := rm.form(ctx, r, v)
	if err == nil && len(bodies) == 0 && v.To == "" {
		v.To = ByHand
		f, _, err = rm.form(ctx, r, v)
	}
	return page.View("return/form", r.L.T("return.new"), f), err
}

func (rm room) prepare(ctx context.Context, r *page.Request) (page.Response, error) {
	if !release.Works(r.Actor) {
		return nil, denied()
	}
	if !rm.counts(r) {
		return page.Redirect(Path, ""), nil
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	f, bodies, err := rm.form(ctx, r, v)
	if err != nil {
		return nil, err
	}
	if err := rm.Desk.Prepare(ctx, release.As(r.Actor), v.Dossier, v.asked(bodies)); err != nil {
		return f.Again(r, "return/form", err)
	}
	return page.Redirect(pathOf(v.Dossier), "return.prepared"), nil
}
