// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"context"
	"embed"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/packs/offences"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where proceedings are shown.
const Path = "/proceedings"

// RoomConfig is what the pages need. All of it is required.
type RoomConfig struct {
	Store *store.Store
	Law   Law
	// Country is where the office is: that of a new proceeding.
	Country string
	// Names gives the names of accounts; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Colleagues lists those who can be given a proceeding.
	Colleagues func(context.Context, *page.Request) ([]page.Option, error)
	// Came lists what came from other offices to the reader, each by Evidence.Piece; Used says of evidence, in its order, what it is and
	// on what it is used; Permit gives the permission on which something is used, zero for none, with the change that notes it there.
	Came   func(context.Context, *page.Request) ([]page.Option, error)
	Used   func(context.Context, *page.Request, []Evidence) ([]page.Line, error)
	Permit func(ctx context.Context, r *page.Request, v Evidence, proceeding, entry journal.ID) (journal.ID, []store.Change, error)
}

type room struct{ RoomConfig }

// Room gives the pages: the list, one proceeding, its forms, and tables.
func Room(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: "proceeding", Templates: templates,
		Menu: []page.MenuItem{{Key: "proceeding.menu", Path: Path, Icon: "gavel", Order: 42, Show: works}},
		Routes: append(rm.tables().Routes(), []page.Route{
			{Pattern: "GET " + Path, Handle: rm.list},
			{Pattern: "GET " + Path + ".csv", Handle: rm.export},
			{Pattern: "POST " + Path + "/find", Handle: rm.find},
			{Pattern: "GET " + Path + "/new", Handle: rm.blank},
			{Pattern: "POST " + Path + "/new", Handle: rm.begin},
			{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
			{Pattern: "GET " + Path + "/{id}/{act}", Handle: rm.ask},
			{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		}...)}
}

// works says whether somebody works on proceedings.
func works(a access.Actor) bool { return a.Office == access.Justice && a.Has(access.Prosecutor) }

func as(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForIdentification}
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindProceeding, ID: id} }

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func denied() error { return fault.New(fault.Denied, "fault.denied") }

var tones = map[string]string{"investigated": page.Info, "charged": page.Warn, "judged": page.Info, "final": page.Good, "ended": page.Off}

// states lists what the list can be narrowed to.
func states() []string { return append(Stages(), "ended") }

// listData is the page of proceedings.
type listData struct {
	Actions      []page.Action
	Tabs         []page.Tab
	Stages       []page.Option
	Stage, Whose string
	Table        page.Table
	Found, More  bool // what a search found, instead of all
	First, Next  string
}

// narrowed reads what the list is narrowed to: "all" of the office instead of one's own, and a stage.
func narrowed(r *page.Request) (q store.Query, whose, stage string) {
	v := r.URL.Query()
	q = store.Query{Kind: access.KindProceeding, Show: []journal.Category{journal.D6}}
	if whose = v.Get("whose"); whose != "all" {
		whose, q.Codes = "", map[string]string{"worker": r.Actor.ID.String()}
	}
	if stage = v.Get("stage"); slices.Contains(states(), stage) {
		q.State = stage
	} else {
		stage = ""
	}
	return q, whose, stage
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	q, whose, stage := narrowed(r)
	q.After = r.URL.Query().Get("after")
	rows, err := rm.Store.List(ctx, as(r), q)
	if err != nil {
		return nil, err
	}
	d := rm.listed(r, rows.Rows)
	d.Whose, d.Stage = whose, stage
	at := func(whose, after string) string {
		v := url.Values{}
		for k, x := range map[string]string{"whose": whose, "stage": stage, "after": after} {
			if x != "" {
				v.Set(k, x)
			}
		}
		return strings.TrimSuffix(Path+"?"+v.Encode(), "?")
	}
	for _, w := range []string{"", "all"} {
		d.Tabs = append(d.Tabs, page.Tab{Text: r.L.T("proceeding.whose." + map[string]string{"": "mine", "all": "all"}[w]), Href: at(w, ""), Current: w == whose})
	}
	if rows.Next != "" {
		d.Next = at(whose, rows.Next)
	}
	if q.After != "" {
		d.First = at(whose, "")
	}
	return page.View("proceeding/list", r.L.T("proceeding.menu"), d), nil
}

// find shows what a number finds; it came in the request's body, and stands in no address.
func (rm room) find(ctx context.Context, r *page.Request) (page.Response, error) {
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	if !works(r.Actor) {
		return nil, denied()
	}
	var hits store.Hits
	if ts := tokens(v.Get("text")); ts != nil {
		if hits, err = rm.Store.Search(ctx, as(r), access.KindProceeding, [][][]store.Token{{ts}}, journal.D6); err != nil {
			return nil, err
		}
	}
	d := rm.listed(r, hits.Rows)
	d.Found, d.More = true, hits.More
	return page.View("proceeding/list", r.L.T("proceeding.menu"), d), nil
}

func (rm room) listed(r *page.Request, rows []store.Row) listData {
	l := r.L
	d := listData{Stages: field.Options(l, "proceeding.stage", states()), Table: page.Table{Caption: l.T("proceeding.menu"),
		Columns: []page.Column{{Text: l.T("proceeding.one")}, {Text: l.T("proceeding.stage")}, {Text: l.T("proceeding.articles")}, {Text: l.T("proceeding.defendants"), Num: true}, {Text: l.T("proceeding.opened")}, {Text: l.T("proceeding.next")}},
		Empty:   &page.Empty{Icon: "gavel", Title: l.T("proceeding.none"), Text: l.T("proceeding.none.text")}}}
	if works(r.Actor) {
		d.Actions = []page.Action{{Text: l.T("proceeding.new"), Href: Path + "/new", Icon: "plus", Primary: true}, {Text: l.T("proceeding.import"), Href: Path + "/import", Icon: "file-import"}, {Text: l.T("proceeding.export"), Href: Path + ".csv", Icon: "download"}}
	}
	for _, row := range rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			continue // a row that does not read is none
		}
		next := page.Cell{Text: l.T("proceeding.next.none"), Tone: page.Off}
		if at := day(s.Next.On); !at.IsZero() {
			next = page.Cell{Due: &at, Now: r.Now, Sub: l.T("proceeding.next.what." + s.Next.What)}
		}
		first := page.Cell{Text: Code(row.Ref.ID), Href: pathOf(row.Ref.ID), Sub: s.Court}
		if s.Reference != "" {
			first.Text, first.Sub = s.Reference, Code(row.Ref.ID)+" · "+s.Court
		}
		d.Table.Rows = append(d.Table.Rows, page.Row{Cells: []page.Cell{first, {Text: l.T("proceeding.stage." + row.State), Tone: tones[row.State]}, {Text: rm.articles(l, s.Articles), Sub: l.Country(s.Country)},
			{Text: l.Number(s.Defendants)}, {Text: l.Date(day(s.Opened))}, next}})
	}
	return d
}

// articles names what is charged, short: "art. 323A, 351".
func (rm room) articles(l *lang.Locale, codes []string) string {
	var out []string
	for _, code := range codes {
		out = append(out, rm.article(l, code))
	}
	return l.List(out)
}

func (rm room) article(l *lang.Locale, code string) string {
	if _, a, ok := rm.Law.Pack.Find(code); ok {
		return called(l, a)
	}
	return l.T("proceeding.article.other")
}

// called names an article, with the year until which it was in force.
func called(l *lang.Locale, a offences.Article) string {
	if a.Until > 0 {
		return l.T("proceeding.article.until", "Article", a.Article, "Year", strconv.Itoa(a.Until))
	}
	return l.T("proceeding.article", "Article", a.Article)
}

// countries lists countries and territories by their names.
func (rm room) countries(l *lang.Locale) []page.Option {
	var out []page.Option
	for _, c := range rm.Law.Countries {
		out = append(out, page.Option{Value: c, Text: l.Country(c)})
	}
	inorder.By(out, func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// charges lists the articles of a country or territory, and that it is another.
func (rm room) charges(l *lang.Locale, country string) []page.Option {
	var out []page.Option
	law, _ := rm.Law.Pack.Of(country)
	for _, a := range law.Articles {
		out = append(out, page.Option{Value: a.Code, Text: called(l, a)})
		if a.Core {
			out[len(out)-1].Hint = l.T("proceeding.article.core")
		}
	}
	return append(out, page.Option{Value: offences.Other, Text: l.T("proceeding.article.other")})
}

func (rm room) opened(ctx context.Context, r *page.Request) (*store.Opened, State, error) {
	o, err := field.Opened(ctx, rm.Store, as(r), r, access.KindProceeding)
	if err != nil {
		return nil, State{}, err
	}
	return o, o.State.(State), nil
}
