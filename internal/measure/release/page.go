// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"cmp"
	"context"
	"embed"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is the rapporteur's page; RegisterPath is what everybody sees.
const (
	Path         = "/statistics"
	RegisterPath = Path + "/register"
)

// Collected is what a body asks for, with what answers it here.
type Collected struct {
	By, What, When, Source string              // in the reader's language
	Wants                  map[string][]string // columns by source
}

// Aside is a table of exact, protected counts that the office told others outside of a release: a line without cost.
type Aside struct {
	What, Sub, Href string // in the reader's language
	At              time.Time
}

// RoomConfig is what the pages need. All of it is required but Aside, Together, Returns and Estimates.
type RoomConfig struct {
	Desk  *Desk
	Texts *lang.Bundle
	// Names gives the names of accounts; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Collections lists who asks for figures, in a language.
	Collections func(language string) []Collected
	// Aside lists what the office told others outside of releases, latest period first; nil where it tells nothing.
	Aside func(ctx context.Context, r *page.Request) ([]Aside, error)
	// Approved tells the node that there is something to draw.
	Approved func()
	// Together is where figures of several offices are published; empty where nowhere.
	Together string
	// Returns is where statutory returns are.
	Returns string
	// Estimates is where is estimated how many people lists know of.
	Estimates string
	// OwnHost says that the office's pages for the public have a host of their own: everybody reads the register there, without
	// a cookie or a line in a log, and only people of the office read it here.
	OwnHost bool
	// Joint knows what several offices published together.
	Joint Joint
	// Counts says whether the office has anything to count; without, the menu has no line but for a rapporteur.
	Counts bool
}

type room struct {
	RoomConfig
	packed *Kept[[]byte] // downloads, by the hashes of their releases
}

// Room gives the pages: what a rapporteur sees, the planner, one release, the register for everybody.
func Room(c RoomConfig) page.Room {
	rm := room{c, new(Kept[[]byte])}
	return page.Room{Name: "release", Templates: templates,
		Menu: []page.MenuItem{{Key: "release.menu", Path: Path, Icon: "chart-bar", Order: 50, Show: func(a access.Actor) bool { return c.Counts && Works(a) || a.Has(access.Rapporteur) }}},
		Routes: append(rm.public(), []page.Route{
			{Pattern: "GET " + Path, Handle: rm.home},
			{Pattern: "GET " + Path + "/plan", Handle: rm.blank},
			{Pattern: "POST " + Path + "/plan", Handle: rm.plan},
			{Pattern: "GET " + Path + "/releases/{id}", Handle: rm.show},
			{Pattern: "GET " + Path + "/releases/{id}/files", Handle: rm.files},
			{Pattern: "GET " + Path + "/releases/{id}/explore", Handle: rm.explore},
			{Pattern: "GET " + Path + "/releases/{id}/{act}", Handle: rm.ask},
			{Pattern: "POST " + Path + "/releases/{id}/{act}", Handle: rm.act},
			{Pattern: "GET " + Path + "/budgets/{source}", Handle: rm.budget},
			{Pattern: "POST " + Path + "/budgets/{source}", Handle: rm.propose},
			{Pattern: "POST " + Path + "/budgets/{source}/confirm", Handle: rm.confirm},
		}...)}
}

// public gives the register, for everybody: on the host of the office's pages for the public, where there is one.
func (rm room) public() (out []page.Route) {
	for _, r := range []page.Route{{Pattern: "GET " + RegisterPath, Handle: rm.register}, {Pattern: "GET " + RegisterPath + "/{id}", Handle: rm.published},
		{Pattern: "GET " + RegisterPath + "/{id}/files", Handle: rm.publicFiles}, {Pattern: "GET " + RegisterPath + "/{id}/explore", Handle: rm.publicExplore}} {
		if rm.OwnHost {
			there := r
			there.Public = true
			out = append(out, there)
		}
		r.Open = !rm.OwnHost
		out = append(out, r)
	}
	return out
}

// Works says whether somebody plans and releases.
func Works(a access.Actor) bool { return FunctionOf(a) != "" }

func denied() error { return fault.New(fault.Denied, "fault.denied") }

func pathOf(id journal.ID) string { return Path + "/releases/" + id.String() }

var tones = map[Status]string{Drafted: page.Off, Asked: page.Warn, Approved: page.Info, Drawing: page.Info, Drawn: page.Warn, Published: page.Good, Held: page.Off, Withdrawn: page.Bad, Broken: page.Bad}

func mark(r *page.Request, s Status) *page.Mark {
	return &page.Mark{Tone: tones[s], Text: r.L.T("release.status." + string(s))}
}

func crumbs(r *page.Request, here string) []page.Crumb {
	return []page.Crumb{{Text: r.L.T("release.menu"), Href: Path}, {Text: here}}
}

// gauge is one bar of a budget: how much of what a policy allows is used.
type gauge struct {
	ID, Label, Text string
	Value, Max      int64
}

// homeData is the rapporteur's page.
type homeData struct {
	Actions []page.Action
	Notes   []field.Note
	Waiting page.Table
	Sources page.Table
	Asked   page.Table
	Latest  page.Table
	Left    page.Table // none where nothing left outside of releases
}

// left lists exact tables that the office told others: each stands beside the releases, since whoever adds them up has both.
func (rm room) left(ctx context.Context, r *page.Request) (page.Table, error) {
	t := page.Table{Caption: r.L.T("release.left")}
	if rm.Aside == nil {
		return t, nil
	}
	all, err := rm.Aside(ctx, r)
	if err != nil {
		return t, err
	}
	for _, k := range []string{"release.what", "release.left.at", "release.cost"} {
		t.Columns = append(t.Columns, page.Column{Text: r.L.T(k)})
	}
	for _, x := range all {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: x.What, Sub: x.Sub, Href: x.Href}, {Text: r.L.Date(x.At)}, {Text: r.L.T("release.cost.none")}}})
	}
	return t, nil
}

func (rm room) home(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return page.Redirect(RegisterPath, ""), nil
	}
	l, sources := r.L, rm.Desk.Sources(ctx, r.Actor.Owner)
	d := homeData{Actions: []page.Action{{Text: l.T("release.register"), Href: RegisterPath, Icon: "book"}}}
	if rm.Together != "" && len(sources) > 0 {
		d.Actions = append(d.Actions, page.Action{Text: l.T("joint.title"), Href: rm.Together, Icon: "users"})
	}
	if rm.Estimates != "" {
		d.Actions = append(d.Actions, page.Action{Text: l.T("estimate.title"), Href: rm.Estimates, Icon: "users-group"})
	}
	if rm.Returns != "" {
		d.Actions = append(d.Actions, page.Action{Text: l.T("return.title"), Href: rm.Returns, Icon: "send"})
	}
	if len(sources) > 0 {
		d.Actions = append([]page.Action{{Text: l.T("release.plan"), Href: Path + "/plan", Icon: "plus", Primary: true}}, d.Actions...)
	} else {
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Title: l.T("release.nothing_to_count"), Text: l.T("release.nothing_to_count.text")})
	}
	rows, err := rm.rows(ctx, r)
	if err != nil {
		return nil, err
	}
	var open, latest []store.Row
	for _, row := range rows {
		if Status(row.State) == Published || Status(row.State) == Withdrawn {
			latest = append(latest, row)
		} else if Status(row.State) != Held && Status(row.State) != Broken {
			open = append(open, row)
		}
	}
	if d.Waiting, err = rm.table(r, open, pathOf); err != nil {
		return nil, err
	}
	d.Waiting.Empty = &page.Empty{Icon: "circle-check", Title: l.T("release.none_waits"), Text: l.T("release.none_waits.text")}
	if d.Latest, err = rm.table(r, latest, pathOf); err != nil {
		return nil, err
	}
	d.Latest.Empty = &page.Empty{Icon: "report", Title: l.T("release.none"), Text: l.T("release.none.text")}
	if d.Sources, err = rm.countable(ctx, r, sources); err != nil {
		return nil, err
	}
	d.Asked = rm.asked(r, sources)
	if d.Left, err = rm.left(ctx, r); err != nil {
		return nil, err
	}
	return page.View("release/home", l.T("release.menu"), d), nil
}

// rows lists all releases, latest first.
func (rm room) rows(ctx context.Context, r *page.Request) (out []store.Row, _ error) {
	err := rm.Desk.Store.Each(ctx, As(r.Actor), store.Query{Kind: access.KindRelease}, func(row store.Row) error {
		out = append(out, row)
		return nil
	})
	return out, err
}

func (rm room) table(r *page.Request, rows []store.Row, path func(journal.ID) string) (page.Table, error) {
	l := r.L
	t := page.Table{Caption: l.T("release.title")}
	for _, k := range []string{"release.what", "release.route", "release.status", "release.changed"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	for _, row := range rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			return t, err
		}
		m := mark(r, s.Status)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: Title(l, cmp.Or(s.Called, s.Source), s.From, s.Until), Href: path(row.Ref.ID)}, {Text: l.T("release.route." + string(s.Route))},
			{Text: m.Text, Tone: m.Tone}, {Text: l.Date(row.Updated), Sub: l.Relative(row.Updated, r.Now)}}})
	}
	return t, nil
}

// countable lists what can be counted, how, and how much of each budget is left; a name leads to the plan of a release, a share to
// the budget.
func (rm room) countable(ctx context.Context, r *page.Request, sources source.Sources) (page.Table, error) {
	l := r.L
	t := page.Table{Caption: l.T("release.countable"), Columns: []page.Column{{Text: l.T("release.source")}, {Text: l.T("release.left.year"), Num: true}, {Text: l.T("release.left.life"), Num: true}}}
	for _, s := range sources {
		b, err := rm.Desk.Budget(ctx, As(r.Actor), s.Code)
		if err != nil {
			return t, err
		}
		left, err := b.Left(nil, r.Now)
		if err != nil {
			return t, err
		}
		share := func(left, whole Cost) page.Cell {
			return page.Cell{Text: l.Percent(float64(max(0, left)) / float64(max(1, whole))), Href: Path + "/budgets/" + s.Code}
		}
		year := share(left.Year, left.WholeYear)
		if b.Waiting != nil {
			year.Sub = l.T("release.policy.waiting")
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: Name(l, s), Sub: Means(l, s), Href: Path + "/plan?source=" + s.Code}, year, share(left.Life, left.WholeLife)}})
	}
	return t, nil
}

// gauges shows what is used of a year's and a record's budget, with what a release would add.
func gauges(r *page.Request, id string, l Left, adds Cost) []gauge {
	one := func(name string, left, whole Cost) gauge {
		used := min(whole, whole-left+adds)
		g := gauge{ID: name + "-" + id, Label: r.L.T("release.budget." + name), Value: int64(used / 1000), Max: int64(max(1, whole/1000))}
		share := r.L.Percent(float64(max(0, whole-used)) / float64(max(1, whole)))
		if g.Text = r.L.T("release.budget.left", "Share", share); adds > left {
			g.Text = r.L.T("release.budget.beyond")
		}
		return g
	}
	return []gauge{one("year", l.Year, l.WholeYear), one("life", l.Life, l.WholeLife)}
}

// asked shows who asks for figures, and what of it the office cannot count yet.
func (rm room) asked(r *page.Request, sources source.Sources) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("release.asked")}
	for _, k := range []string{"release.asked.by", "release.asked.what", "release.asked.when", "release.asked.missing"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	for _, c := range rm.Collections(l.Tag()) {
		missing := lacks(r, sources, c.Wants)
		cell := page.Cell{Text: l.T("release.asked.all_here"), Tone: page.Good}
		if len(missing) > 0 {
			cell = page.Cell{Text: l.T("release.asked.lacks"), Sub: l.List(missing), Tone: page.Warn}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.By, Sub: c.Source}, {Text: c.What, Unverified: true}, {Text: c.When}, cell}})
	}
	return t
}

// lacks names the sources and columns that an office does not have.
func lacks(r *page.Request, sources source.Sources, wants map[string][]string) []string {
	var out []string
	for _, code := range sorted(wants) {
		s, err := sources.Find(code)
		name := word(r.L, "measure.source."+code, code)
		if err != nil {
			out = append(out, name)
			continue
		}
		for _, c := range wants[code] {
			if !slices.ContainsFunc(s.Columns, func(x source.Column) bool { return x.Code == c }) {
				out = append(out, r.L.Told(name, word(r.L, "measure.column."+c, c)))
			}
		}
	}
	return out
}
