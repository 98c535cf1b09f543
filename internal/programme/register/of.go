// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Of declares a register: S is the state of a record's dossier, L the summary that lists show. What a field is called is
// in the catalogue under the room's name: "<room>.title", ".one", ".count" (plural), ".empty", ".empty.text", a column or
// filter under its name, an act under "act.<name>", an entry of the history under "entry.<type>"; where there is a form,
// ".new", ".new.lead" and ".edit".
type Of[S, L any] struct {
	Room string // its name, and the prefix of its keys
	Kind string // of its dossiers
	Path string // where it is shown
	Icon string // of the empty list

	Store *store.Store
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string // of accounts; nil knows none

	// The list.
	Line    func(S) (line L, exists bool)
	Order   func(a, b Found[L]) int // of a list that is shown whole; a longer one is in the order of the kind's code "order"
	Says    func(l *L) Asked        // what a summary says, for columns that are Said: asks that are bound to it
	Columns []Column[L]
	Filters []Filter
	Tabs    []Tab                                // what is asked most often
	Figures func(v *See, c Chosen) []Figure      // optional: numbers with the way to what is behind them
	Beside  func(v *See, c Chosen) []Note        // optional
	More    func(v *See, c Chosen) []page.Action // optional: further ways from the list
	Search  bool                                 // its kind derives tokens (Words), so that it can be searched
	Codes   bool                                 // its file holds names and codes, not words, so that it can be imported again

	// The page of a record.
	Called   func(v *See, l L) string // in the way back; nil is "<room>.one"
	Title    func(v *See, l L) page.Cell
	State    func(v *See, l L) page.Mark
	Passages func(v *See, s S) []Passage
	Facts    func(v *See, s S) []page.Fact
	Notes    func(v *See, s S) []Note        // optional
	Tables   func(v *See, s S) []page.Table  // optional: lists that belong to the record
	Ways     func(v *See, s S) []page.Action // optional: further ways from it, for whoever may see it
	Past     func(v *See, s S) []Event
	Beyond   func(v *See, s S) []Passage // optional: what a search finds it by, beside its passages, that the list does not show

	// What is written. Edit makes a record and changes it; nil where records only come by import.
	Edit   *Act[S]
	Acts   []Act[S]
	Import *Import[S]
	Shut   func(v *See, s S) error // optional: why nothing of a record can be changed now, which its page then says

	// What a room has beyond.
	Templates fs.FS
	Routes    []page.Route

	summary func(store.Row) (L, error) // set by plain
	saying  func() *saying             // likewise
}

// Column is a column of the list, of the file, or of both. What Cell and Plain leave out is drawn as Said says.
type Column[L any] struct {
	Name  string // its head is "<room>.<name>", or Key
	Said  Said
	Under string                      // of a lead: what is said under it
	Key   string                      //
	Cell  func(v *See, l L) page.Cell // nil: not in the list
	Plain func(v *See, l L) string    // nil: not in the file
	Link  bool                        // leads to the record
	Num   bool
}

// Said is how a column shows what the summary says of the thing of its name (Of.Says).
type Said uint8

// Ways to show it.
const (
	_       Said = iota
	InBoth       // in the list and the file
	InFile       // in the file alone
	AsLead       // in both, leading to the record: the beginning of a text, with another thing under it
	AsState      // in both: how the record stands (Of.State)
)

// Filter narrows the list to one choice.
type Filter struct {
	Name string // in the address; its label is "<room>.<name>", or Key
	Key  string
	// Options are the choices. Nil options: there are too many, and one is typed.
	Options func(v *See) []page.Option
	// In says which of the kind's codes a choice asks for, and which of its values. Nil: the code of the filter's name, for
	// the choice itself.
	In func(v *See, choice string) store.Span
}

// Tab is a filter set to one of its codes.
type Tab struct{ Filter, Code string }

// Event is one line of a record's history. Title is for what the words of the entry's type do not say.
type Event struct {
	Type, Title, Text string
	At                time.Time
	By                journal.ID
}

// T gives a text of the room.
func (v *See) T(key string, args ...any) string { return v.L.T(v.Room+"."+key, args...) }

func (g *Of[S, L]) pages() page.Room {
	out := page.Room{Name: g.Room, Templates: g.Templates, Routes: []page.Route{
		{Pattern: "GET " + g.Path, Handle: g.list},
		g.shelf().Route(),
		{Pattern: "GET " + g.Path + "/{id}", Handle: g.show},
	}}
	if g.Search {
		out.Routes = append(out.Routes, page.Route{Pattern: "POST " + g.Path + "/find", Handle: g.find})
	}
	if g.Edit != nil {
		out.Routes = append(out.Routes,
			page.Route{Pattern: "GET " + g.Path + "/new", Handle: g.blank},
			page.Route{Pattern: "POST " + g.Path + "/new", Handle: g.create},
			page.Route{Pattern: "GET " + g.Path + "/{id}/edit", Handle: g.edit},
			page.Route{Pattern: "POST " + g.Path + "/{id}/edit", Handle: g.save})
		if g.Edit.Again != nil {
			out.Routes = append(out.Routes, page.Route{Pattern: "POST " + g.Path + "/{id}/undo/{entry}", Handle: g.undo})
		}
	}
	if len(g.Acts) > 0 {
		out.Routes = append(out.Routes,
			page.Route{Pattern: "GET " + g.Path + "/{id}/act/{act}", Handle: g.ask},
			page.Route{Pattern: "POST " + g.Path + "/{id}/act/{act}", Handle: g.act})
	}
	if g.Import != nil {
		out.Routes = append(out.Routes,
			page.Route{Pattern: "GET " + g.Path + "/import", Handle: g.importForm},
			page.Route{Pattern: "POST " + g.Path + "/import", Handle: g.importFile, MaxBody: MaxFile + 1<<16},
			page.Route{Pattern: "GET " + g.Path + "/import/sample", Handle: g.sample})
	}
	out.Routes = append(out.Routes, g.Routes...)
	return out
}

func (g *Of[S, L]) ref(id journal.ID) store.Ref { return store.Ref{Kind: g.Kind, ID: id} }

func (g *Of[S, L]) at(id journal.ID) string { return g.Path + "/" + id.String() }

func (g *Of[S, L]) crumbs(r *page.Request, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: r.L.T("programme.menu"), Href: "/programme"}, {Text: r.L.T(g.Room + ".title")}}
	if len(more) > 0 {
		out[1].Href = g.Path
	}
	return append(out, more...)
}

func (g *Of[S, L]) rows(ctx context.Context, w store.Who, codes map[string]string) ([]Found[L], error) {
	all, err := rowsOf(ctx, g.Store, w, store.Query{Kind: g.Kind, Codes: codes})
	if err != nil {
		return nil, err
	}
	rows, err := g.decode(all)
	inorder.By(rows, g.Order)
	return rows, err
}

func (g *Of[S, L]) decode(rows []store.Row) ([]Found[L], error) {
	var out []Found[L]
	for _, r := range rows {
		v, err := g.summary(r)
		if err != nil {
			return nil, err
		}
		out = append(out, Found[L]{r.Ref.ID, v})
	}
	return out, nil
}

func (g *Of[S, L]) filters(v *See) []Field {
	var out []Field
	for _, f := range g.Filters {
		x := Field{Kind: "select", Name: f.Name, Label: v.L.T(keyOf(g.Room, f.Name, f.Key)), Options: f.Options(v), Blank: v.L.T("register.any")}
		if x.Options == nil {
			x.Kind = "text"
		}
		out = append(out, x)
	}
	return out
}

func keyOf(room, name, key string) string {
	if key != "" {
		return key
	}
	return room + "." + name
}

func (g *Of[S, L]) list(ctx context.Context, r *page.Request) (page.Response, error) {
	v, c, err := g.chosen(ctx, r)
	if err != nil {
		return nil, err
	}
	if r.URL.Query().Get("as") == "csv" {
		return page.Rows(g.Room+"s.csv", func(put func([]string) error) error { return g.sheet(v, c, put) }), nil
	}
	next, err := c.show(r.URL.Query().Get("after"))
	if err != nil {
		return nil, err
	}
	d := List{Title: v.T("title"), Lead: v.L.N(g.Room+".count", c.N), Crumbs: g.crumbs(r), Table: g.table(v, unboxed[L](c.shown), len(c.codes) > 0)}
	d.Narrow(g.Path, c.fields, c.codes)
	if next != "" {
		d.Next = Address(g.Path, c.codes, "after", next)
	}
	if r.URL.Query().Get("after") != "" {
		d.First = Address(g.Path, c.codes)
	}
	d.Tabs, d.Views = g.tabs(v, c), g.shelf().Views(r, c.codes)
	if g.Search {
		d.Find = &Find{Post: g.Path + "/find"}
	}
	if g.Figures != nil {
		d.Figures = g.Figures(v, c)
	}
	if g.Beside != nil {
		d.Notes = g.Beside(v, c)
	}
	if g.More != nil {
		d.Actions = g.More(v, c)
	}
	if MayEdit(r) && g.Import != nil {
		d.Actions = append(d.Actions, page.Action{Text: v.T("import"), Href: g.Path + "/import", Icon: "file-import", Primary: g.Edit == nil})
	}
	if MayEdit(r) && g.Edit != nil {
		d.Actions = append(d.Actions, page.Action{Text: v.T("new"), Href: g.Path + "/new", Icon: "plus", Primary: true})
	}
	return page.View("register/list", v.T("title"), d), v.err
}

// tabs set their filter beside the others that are chosen, and count what they would find.
func (g *Of[S, L]) tabs(v *See, c Chosen) []page.Tab {
	var out []page.Tab
	for _, t := range g.Tabs {
		codes := maps.Clone(c.codes)
		codes[t.Filter] = t.Code
		x := page.Tab{Text: t.Code, Count: v.L.Number(v.Count(g.spans(v, codes)...)), Href: Address(g.Path, codes), Current: c.codes[t.Filter] == t.Code}
		for _, f := range c.fields {
			if i := slices.IndexFunc(f.Options, func(o page.Option) bool { return o.Value == t.Code }); f.Name == t.Filter && i >= 0 {
				x.Text = f.Options[i].Text
			}
		}
		out = append(out, x)
	}
	return out
}

func (g *Of[S, L]) table(v *See, rows []Found[L], narrow bool) page.Table {
	t := page.Table{Caption: v.T("title"), Empty: &page.Empty{Icon: g.Icon, Title: v.T("empty"), Text: v.T("empty.text")}}
	if narrow {
		t.Empty = &page.Empty{Icon: "search", Title: v.L.T("register.none"), Text: v.L.T("register.none.text"), Action: &page.Action{Text: v.L.T("register.all"), Href: g.Path}}
	}
	shown := slices.DeleteFunc(slices.Clone(g.Columns), func(c Column[L]) bool { return c.Cell == nil })
	for _, c := range shown {
		t.Columns = append(t.Columns, page.Column{Text: v.L.T(keyOf(g.Room, c.Name, c.Key)), Num: c.Num})
	}
	for _, x := range rows {
		var row page.Row
		for _, c := range shown {
			cell := c.Cell(v, x.V)
			if c.Link {
				cell.Href = g.at(x.ID)
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// sheet writes the list for a spreadsheet, row by row. What nobody has said is told as such, in words.
func (g *Of[S, L]) sheet(v *See, c Chosen, put func([]string) error) error {
	shown := slices.DeleteFunc(slices.Clone(g.Columns), func(c Column[L]) bool { return c.Plain == nil })
	var row []string
	for _, x := range shown {
		head := x.Name
		if !g.Codes {
			head = v.L.T(keyOf(g.Room, x.Name, x.Key))
		}
		row = append(row, head)
	}
	if err := put(row); err != nil {
		return err
	}
	return c.each(func(x Found[any]) error {
		row = row[:0]
		for _, c := range shown {
			s := c.Plain(v, as[L](x.V))
			if s == "" && c.Cell != nil && !g.Codes {
				s = v.L.T("page.unknown")
			}
			row = append(row, s)
		}
		return put(row)
	})
}

// opened reads the record that an address names.
func (g *Of[S, L]) opened(ctx context.Context, r *page.Request) (*store.Opened, S, error) {
	var none S
	id, err := r.ID("id")
	if err != nil {
		return nil, none, err
	}
	o, err := g.Store.Open(ctx, As(r), g.ref(id))
	if err != nil {
		return nil, none, err
	}
	s := o.State.(S)
	if _, exists := g.Line(s); !exists {
		return nil, none, fault.New(fault.NotFound, "store.not_found")
	}
	return o, s, nil
}

// toChange is opened for those who may edit.
func (g *Of[S, L]) toChange(ctx context.Context, r *page.Request) (*store.Opened, S, error) {
	o, s, err := g.opened(ctx, r)
	if err == nil {
		err = officer(r)
	}
	return o, s, err
}

func officer(r *page.Request) error {
	if !MayEdit(r) {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}
