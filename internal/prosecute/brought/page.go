// SPDX-License-Identifier: EUPL-1.2

package brought

import (
	"context"
	"embed"
	"encoding/base64"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

//go:embed templates/*.html
var templates embed.FS

// Room gives the templates; it has no routes.
func Room() page.Room { return page.Room{Name: "brought", Templates: templates} }

// Page is how a room takes tables in. All of it is required.
type Page struct {
	// Room is the room's name. Its part of the catalogue has menu, import.lead, table.added, table.changed, table.wrong and
	// table.text, and a word for each of Columns under column.
	Room    string
	Path    string // the room's; tables come in at Path/import
	Columns []string
	Sample  [][]string // invented lines
	May     func(access.Actor) bool
	// Bring says what a table does, and does it unless it is only tried.
	Bring func(ctx context.Context, r *page.Request, raw []byte, try bool) (Report, error)
}

// Routes gives the addresses of the page.
func (p Page) Routes() []page.Route {
	return []page.Route{
		{Pattern: "GET " + p.Path + "/import", Handle: p.ask},
		{Pattern: "POST " + p.Path + "/import", Handle: p.bring, MaxBody: 3 * MaxTable}, // as a form carries it along
		{Pattern: "GET " + p.Path + "/import/sample", Handle: p.sample},
	}
}

// data is the page: what a table would do, then what it did.
type data struct {
	Title, Lead, Action, Back, Text string
	Crumbs                          []page.Crumb
	Report                          string // its title
	Facts                           []page.Fact
	Wrong                           page.Table
	Carried                         string // the table that was looked at, until it is brought in
	Errors                          page.FieldErrors
	Names                           []page.Fact // the columns, and what they hold
}

// mostWrong is how many lines that are wrong a page shows.
const mostWrong = 200

func (p Page) data(r *page.Request) data {
	l := r.L
	d := data{Title: l.T("brought.title"), Lead: l.T(p.Room + ".import.lead"), Text: l.T(p.Room + ".table.text"), Action: p.Path + "/import", Back: p.Path}
	d.Crumbs = []page.Crumb{{Text: l.T(p.Room + ".menu"), Href: p.Path}, {Text: d.Title}}
	for _, c := range p.Columns {
		d.Names = append(d.Names, page.Fact{Term: c, Text: l.T(p.Room + ".column." + c)})
	}
	return d
}

func (p Page) ask(_ context.Context, r *page.Request) (page.Response, error) {
	if !p.May(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	d := p.data(r)
	return page.View("brought/import", r.L.T("brought.title"), d), nil
}

// sent reads the table of a form: one that was chosen, to be tried, or one that was looked at, to be brought in.
func sent(r *page.Request) (raw []byte, try bool, err error) {
	v, err := r.Typed()
	if err != nil {
		return nil, true, err
	}
	if carried := v.Get("data"); carried != "" {
		raw, err = base64.StdEncoding.DecodeString(carried)
		if err != nil {
			err = fault.New(fault.Invalid, "page.fault.form")
		}
		return raw, false, err
	}
	u, ok, err := r.Upload("file")
	if err == nil && !ok {
		err = fault.Bad("file", "brought.none")
	}
	return u.Bytes, true, err
}

// bring tries a table, or brings in the one that was tried.
func (p Page) bring(ctx context.Context, r *page.Request) (page.Response, error) {
	if !p.May(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	raw, try, err := sent(r)
	var rep Report
	if err == nil {
		rep, err = p.Bring(ctx, r, raw, try)
	}
	d := p.data(r)
	if k := fault.Of(err); err != nil && (k == fault.Invalid || k == fault.TooMuch || k == fault.TooLarge) {
		if d.Errors = r.Errors(err); len(d.Errors) == 0 {
			d.Errors = r.Errors(fault.Bad("file", "brought.large"))
		}
		return page.Status(422, page.View("brought/import", r.L.T("brought.title"), d)), nil
	}
	if err != nil {
		return nil, err
	}
	p.report(r, &d, rep, try)
	if try && rep.Added+rep.Changed > 0 {
		d.Carried = base64.StdEncoding.EncodeToString(raw)
	}
	return page.View("brought/import", r.L.T("brought.title"), d), nil
}

func (p Page) report(r *page.Request, d *data, rep Report, try bool) {
	l := r.L
	if d.Report = l.T("brought.did"); try {
		d.Report = l.T("brought.would")
	}
	for _, x := range []struct {
		term string
		n    int
	}{{p.Room + ".table.added", rep.Added}, {p.Room + ".table.changed", rep.Changed}, {"brought.same", rep.Same}, {p.Room + ".table.wrong", len(rep.Wrong)}} {
		d.Facts = append(d.Facts, page.Fact{Term: l.T(x.term), Text: l.Number(x.n)})
	}
	inorder.Stably(rep.Wrong, func(a, b Wrong) int { return a.N - b.N })
	d.Wrong = page.Table{Caption: l.T(p.Room + ".table.wrong"), Columns: []page.Column{{Text: l.T("brought.line"), Num: true}, {Text: l.T("brought.column")}, {Text: l.T("brought.why")}}}
	for _, w := range rep.Wrong[:min(len(rep.Wrong), mostWrong)] {
		why := l.Fault(w.Err)
		if es := r.Errors(w.Err); len(es) > 0 {
			why = es[0].Text
		}
		d.Wrong.Rows = append(d.Wrong.Rows, page.Row{Cells: []page.Cell{{Text: l.Number(w.N)}, {Text: w.Column}, {Text: why}}})
	}
}

func (p Page) sample(context.Context, *page.Request) (page.Response, error) {
	return page.Sheet("table.csv", append([][]string{p.Columns}, p.Sample...))
}
