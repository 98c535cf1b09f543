// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
)

// registerData is the public list of what an office has released.
type registerData struct {
	Table page.Table
}

// register lists what two people released, for everybody.
func (rm room) register(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	all, err := rm.Desk.Published(ctx, r.Office.ID)
	if err != nil {
		return nil, err
	}
	t := page.Table{Caption: l.T("release.register"), Empty: &page.Empty{Icon: "book", Title: l.T("release.none"), Text: l.T("release.register.none")}}
	for _, k := range []string{"release.what", "release.route", "release.published_at", "release.cost", "release.status"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	joint, err := rm.Joint.list(ctx, r.Office.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		for len(joint) > 0 && joint[0].At.After(s.PublishedAt()) {
			t.Rows, joint = append(t.Rows, joint[0].row(l)), joint[1:]
		}
		m := mark(r, s.status)
		cost := page.Cell{Text: l.T("release.cost.none")}
		if s.Begun.Cost > 0 {
			cost = page.Cell{Text: s.Begun.Cost.String(), Sub: l.T("release.epsilon.at", "Epsilon", l.Decimal(strconv.FormatFloat(s.Made.Promise.Epsilon, 'f', 2, 64)))}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: s.Asks.title(l), Href: RegisterPath + "/" + s.ID.String(), Sub: s.Made.Hash[:min(16, len(s.Made.Hash))]}, {Text: l.T("release.route." + string(s.Asks.Route))},
			{Text: l.Date(s.PublishedAt())}, cost, {Text: m.Text, Tone: m.Tone}}})
	}
	for _, x := range joint {
		t.Rows = append(t.Rows, x.row(l))
	}
	return page.View("release/register", l.T("release.register"), registerData{t}), nil
}

// published shows one release to everybody; of what was taken down, only that it was.
func (rm room) published(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	all, err := rm.Desk.Published(ctx, r.Office.ID)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(s State) bool { return s.ID == id })
	if at < 0 {
		return rm.together(ctx, r, id, all)
	}
	s := all[at]
	d := showData{}
	d.Title, d.Mark, d.Crumbs = s.Asks.title(l), mark(r, s.status), []page.Crumb{{Text: l.T("release.register"), Href: RegisterPath}, {Text: l.T("release.one")}}
	facts := []page.Fact{{Term: l.T("release.published_at"), Text: l.Date(s.PublishedAt())}, {Term: l.T("release.route"), Text: l.T("release.route." + string(s.Asks.Route))}, {Term: l.T("release.hash"), Text: s.Made.Hash}}
	if s.status == Withdrawn {
		d.Notes = []field.Note{{Tone: page.Bad, Title: l.T("release.status.withdrawn"), Text: word(l, "release.reason."+s.End.Reason, "")}}
		d.Side = []field.Card{{Title: l.T("release.what"), Facts: facts}}
		return page.View("release/show", l.T("release.one"), d), nil
	}
	_, b, err := rm.Desk.PublicFiles(ctx, r.Office.ID, id)
	if err != nil {
		return nil, err
	}
	x, _, err := Read(b)
	if err != nil {
		return nil, err
	}
	d.Actions = []page.Action{{Text: l.T("release.explore"), Icon: "chart-bar", Href: RegisterPath + "/" + id.String() + "/explore", Primary: true}, {Text: l.T("release.files"), Icon: "download", Href: RegisterPath + "/" + id.String() + "/files"}}
	d.Main = append(d.Main, means(r, x.Release)...)
	joint, err := rm.Joint.list(ctx, r.Office.ID)
	if err != nil {
		return nil, err
	}
	d.Notes = weakened(r, s, all, joint)
	d.Figures = FiguresOf(r, x)
	for _, o := range x.Release.Offices {
		facts = append(facts, page.Fact{Term: l.T("release.publisher"), Text: o.Name})
	}
	var by []string
	for _, f := range x.Release.Released {
		by = append(by, signatories(access.Role(f), r))
	}
	facts = append(facts, page.Fact{Term: l.T("release.released_by"), Text: l.List(by)})
	if p := x.Release.Promise; p != nil {
		facts = append(facts, page.Fact{Term: l.T("release.promise"), Text: l.T("release.promise.text", "Epsilon", l.Decimal(strconv.FormatFloat(p.Epsilon, 'f', 2, 64)), "Times", l.Decimal(odds(p.Epsilon)))})
	}
	if g := x.Release.Guard; g != nil {
		facts = append(facts, page.Fact{Term: l.T("release.k"), Text: l.Number(g.K)}, page.Fact{Term: l.T("release.method"), Text: l.T("release.method." + g.Method)})
	}
	d.Side = []field.Card{{Title: l.T("release.what"), Facts: facts}}
	return page.View("release/show", l.T("release.one"), d), nil
}

// weakened says that the same people may be in a published release of the other kind: exact counts weaken what noise promises.
func weakened(r *page.Request, s State, all []State, joint []Together) []field.Note {
	note := func(id, title string) []field.Note {
		return []field.Note{{Tone: page.Info, Title: r.L.T("release.both"), Text: r.L.T("release.both.text"), Href: RegisterPath + "/" + id, Link: title}}
	}
	for _, o := range all {
		if o.ID != s.ID && o.Asks.Source == s.Asks.Source && o.Asks.Route != s.Asks.Route && o.Asks.From <= s.Asks.Until && s.Asks.From <= o.Asks.Until {
			return note(o.ID.String(), o.Asks.title(r.L))
		}
	}
	for _, t := range joint {
		if s.Asks.Route == bundle.Exact && t.overlaps(s.Asks) {
			return note(t.ID.String(), t.title(r.L))
		}
	}
	return nil
}

// means says what the figures mean, and what they do not.
func means(r *page.Request, x bundle.Release) []field.Card {
	l := r.L
	text := func(of map[string]string) string {
		if t := of[l.Tag()]; t != "" {
			return t
		}
		return of["en"]
	}
	var out []field.Card
	if t := text(x.Population); t != "" {
		out = append(out, field.Card{Title: l.T("release.means"), Words: t})
	}
	if t := text(x.Notes); t != "" {
		out = append(out, field.Card{Title: l.T("release.notes"), Words: t})
	}
	return out
}

func (rm room) publicFiles(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	s, b, err := rm.Desk.PublicFiles(ctx, r.Office.ID, id)
	if fault.Is(err, fault.NotFound) {
		return rm.togetherFiles(ctx, r, id)
	}
	if err != nil {
		return nil, err
	}
	return rm.download(ctx, r, s, b)
}

// download gives a release's files with pages that open without a server, and its certificate.
func (rm room) download(ctx context.Context, r *page.Request, s State, archive []byte) (page.Response, error) {
	b, err := bookOf(archive)
	if err != nil {
		return nil, err
	}
	before, err := rm.before(ctx, r, s)
	if err != nil {
		return nil, err
	}
	of := b.Seal
	for _, x := range before {
		of += x.Seal
	}
	packed, err := rm.packed.Of(ctx, of, func() ([]byte, error) { return archived(rm.Texts, b, before...) })
	return page.File(fileName(s), "application/zip", packed), err
}

func bookOf(archive []byte) (explorer.Book, error) {
	x, seal, err := Read(archive)
	return explorer.Book{Whole: x, Seal: seal}, err
}

// mostBefore is how many releases a page compares with.
const mostBefore = 6

// before gives the published releases of the same source to compare with, of other times and latest first.
func (rm room) before(ctx context.Context, r *page.Request, s State) ([]explorer.Book, error) {
	all, err := rm.Desk.Published(ctx, r.Office.ID)
	if err != nil {
		return nil, err
	}
	var out []explorer.Book
	for _, o := range all {
		if o.status != Published || o.ID == s.ID || o.Asks.Source != s.Asks.Source || o.Asks.Until >= s.Asks.From || len(out) == mostBefore {
			continue
		}
		_, b, err := rm.Desk.PublicFiles(ctx, r.Office.ID, o.ID)
		if err != nil {
			return nil, err
		}
		x, err := bookOf(b)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// explore shows the page of what would leave.
func (rm room) explore(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	b, err := rm.Desk.Files(ctx, As(r.Actor), s)
	if err != nil {
		return nil, err
	}
	return rm.shown(ctx, r, s, b, pathOf(s.ID))
}

func (rm room) publicExplore(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	s, b, err := rm.Desk.PublicFiles(ctx, r.Office.ID, id)
	if fault.Is(err, fault.NotFound) {
		return rm.togetherShown(ctx, r, id)
	}
	if err != nil {
		return nil, err
	}
	return rm.shown(ctx, r, s, b, RegisterPath+"/"+id.String())
}

// shown shows a release as its folder does, with a way back.
func (rm room) shown(ctx context.Context, r *page.Request, s State, archive []byte, back string) (page.Response, error) {
	b, err := bookOf(archive)
	if err != nil {
		return nil, err
	}
	before, err := rm.before(ctx, r, s)
	if err != nil {
		return nil, err
	}
	return explorer.Shown(r, b, back, before...)
}

// inWords gives a text of a release in the reader's language, where it has that.
func inWords(r *page.Request, of map[string]string, otherwise string) string {
	for _, tag := range []string{r.L.Tag(), "en"} {
		if t := of[tag]; t != "" {
			return t
		}
	}
	return otherwise
}

func heading(r *page.Request, c bundle.Column) string { return inWords(r, c.Title, c.Code) }

func answer(r *page.Request, c bundle.Column, v string) string {
	for _, tag := range []string{r.L.Tag(), "en"} {
		if t := c.Words[tag][v]; t != "" {
			return t
		}
	}
	return v
}

// Figures is what a page shows of a release.
type Figures struct {
	Tables []page.Table
	More   int         // tables that are in the files and not shown
	Checks *page.Table // nil where none was tried
}

// FiguresOf gives them in the reader's language.
func FiguresOf(r *page.Request, x bundle.Whole) Figures {
	f := Figures{Checks: checks(r, x.Release)}
	f.Tables, f.More = tables(r, x)
	return f
}

// tables gives the tables that a page shows, and how many more there are in the files. The last column goes across.
func tables(r *page.Request, x bundle.Whole) ([]page.Table, int) {
	var out []page.Table
	d := x.Release.Domain()
	for i, t := range x.Tables.Tables {
		if len(out) == mostShown || len(t.Cells) > 600 {
			return out, len(x.Tables.Tables) - i
		}
		s, err := x.Release.Set(t)
		if err != nil {
			continue
		}
		var names []string
		for _, c := range s {
			names = append(names, heading(r, x.Release.Columns[c]))
		}
		p := page.Table{Caption: strings.Join(names, " × "), ShowCaption: true}
		if len(s) == 0 {
			p.Caption, p.Columns = r.L.T("release.total"), []page.Column{{Text: r.L.T("release.what")}, {Text: r.L.T("release.number"), Num: true}}
			p.Rows = []page.Row{{Cells: []page.Cell{{Text: r.L.T("release.total")}, cell(r, x.Release, t.Cells[0])}}}
			out = append(out, p)
			continue
		}
		rows, across := s[:len(s)-1], x.Release.Columns[s[len(s)-1]]
		if len(across.Values) > 8 || len(rows) == 0 { // down, one number a line
			rows, across = s, bundle.Column{Values: []string{""}}
		}
		for _, c := range rows {
			p.Columns = append(p.Columns, page.Column{Text: heading(r, x.Release.Columns[c])})
		}
		for _, v := range across.Values {
			h := r.L.T("release.number")
			if v != "" {
				h = answer(r, across, v)
			}
			p.Columns = append(p.Columns, page.Column{Text: h, Num: true})
		}
		for n := range d.Cells(rows) {
			row, rest := make([]page.Cell, len(rows)), n
			for k := len(rows) - 1; k >= 0; k-- {
				c := x.Release.Columns[rows[k]]
				row[k] = page.Cell{Text: answer(r, c, c.Values[rest%len(c.Values)])}
				rest /= len(c.Values)
			}
			for v := range across.Values {
				row = append(row, cell(r, x.Release, t.Cells[n*len(across.Values)+v]))
			}
			p.Rows = append(p.Rows, page.Row{Cells: row})
		}
		out = append(out, p)
	}
	return out, 0
}

// cell shows one number with how exact it is, or why there is none.
func cell(r *page.Request, x bundle.Release, c bundle.Cell) page.Cell {
	l := r.L
	n := func(v float64) string { return l.Decimal(strconv.FormatFloat(v, 'f', 0, 64)) }
	switch {
	case c.Flag == bundle.Below && x.Guard != nil:
		return page.Cell{Text: l.T("release.cell.below", "K", l.Number(x.Guard.K))}
	case c.Value == nil:
		return page.Cell{Text: l.T("release.cell.withheld")}
	case c.Flag == bundle.Noise:
		return page.Cell{Text: l.T("release.cell.noise"), Sub: l.T("release.cell.at_most", "High", n(max(0, *c.High)))}
	case c.Flag == bundle.Rounded && *c.Value == 0 && c.High != nil && *c.High > 0: // a rounded nothing is not nobody
		return page.Cell{Text: l.T("release.cell.below", "K", n(*c.High+1))}
	case c.Low != nil && c.High != nil && c.Flag != bundle.Rounded:
		return page.Cell{Text: n(*c.Value), Sub: l.T("release.cell.between", "Low", n(max(0, *c.Low)), "High", n(*c.High))}
	}
	return page.Cell{Text: n(*c.Value)}
}

// checks shows the certificate: what was tried on the release before it left, and what it found.
func checks(r *page.Request, x bundle.Release) *page.Table {
	l := r.L
	t := &page.Table{Caption: l.T("release.checks"), Columns: []page.Column{{Text: l.T("release.check")}, {Text: l.T("release.check.found"), Num: true}, {Text: l.T("release.check.of"), Num: true}}}
	for _, c := range x.Checks {
		if c.Of == 0 { // there was nothing to try it on
			continue
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: word(l, "release.check."+c.Code, c.Code), Sub: word(l, "release.check."+c.Code+".means", "")}, {Text: l.Number(c.Found)}, {Text: l.Number(c.Of)}}})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}
