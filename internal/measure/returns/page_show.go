// SPDX-License-Identifier: EUPL-1.2

package returns

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// showData is the page of one return.
type showData struct {
	field.Matter
	Tables []page.Table
	More   int // rows that are in the files and not shown
}

// mostShown is how many rows of a table a page shows.
const mostShown = 120

func (rm room) opened(ctx context.Context, r *page.Request) (*store.Opened, State, error) {
	return begun(release.Opened(ctx, r, rm.Desk.Store, access.KindReturn))
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	d, err := rm.matter(ctx, r, o, s)
	return page.View("return/show", r.L.T("return.one"), d), err
}

func (rm room) matter(ctx context.Context, r *page.Request, o *store.Opened, s State) (showData, error) {
	l, v := r.L, s.Shown()
	var d showData
	d.Title, d.Crumbs = l.T("return.one"), crumbs(r, l.T("return.one"))
	d.Mark = &page.Mark{Tone: tones[s.Status()], Text: l.T("return.status." + s.Status())}
	if v.Number > 0 {
		d.Title, d.Lead = Title(l, v.Content.Shape, v.Content.Year), l.Country(v.Content.Country)
	} else {
		d.Title = Title(l, s.Asked.Shape, s.Asked.Year)
	}
	d.Notes = s.notes(r)
	d.Actions = field.Actions(r, s.acts(r), "return.act.", pathOf(s.ID))
	d.Side = []field.Card{{Title: l.T("return.about"), Facts: rm.facts(ctx, r, s, v)}, {Title: l.T("release.course"), Events: field.Course(ctx, r, o.Entries, "return.entry.", rm.Names, nil)}}
	if v.Number > 0 {
		d.Main = []field.Card{{Title: l.T("return.basis"), Words: v.Content.Basis}}
	}
	if lost := losses(r, v.Content); len(lost) > 0 {
		d.Main = append(d.Main, field.Card{Title: l.T("return.losses"), Facts: lost})
	}
	for _, f := range v.Content.Files {
		rows, err := f.rows(v.Content)
		if err != nil {
			return d, err
		}
		t, more := shown(f.Name, rows)
		d.Tables, d.More = append(d.Tables, t), d.More+more
	}
	return d, nil
}

// shown makes a table of a file's rows, and says how many more the file has. What explains an item stands below it, once.
func shown(name string, rows [][]string) (t page.Table, more int) {
	t = page.Table{Caption: name, ShowCaption: true}
	value := slices.IndexFunc(rows[0], func(c string) bool { return slices.Contains([]string{"VALUE", "OBS_VALUE", "value"}, c) })
	means := slices.Index(rows[0], "definition")
	keep := slices.DeleteFunc(varies(rows, value), func(c int) bool { return c == means })
	for _, c := range keep {
		t.Columns = append(t.Columns, page.Column{Text: rows[0][c], Num: c == value})
	}
	last := ""
	for i, row := range rows[1:] {
		if i > 0 && (row[value] == "0" || row[value] == "") || len(t.Rows) == mostShown { // nobody, and what is not counted, is in the files as well
			more++
			continue
		}
		cells := make([]page.Cell, 0, len(keep))
		for _, c := range keep {
			cells = append(cells, page.Cell{Text: cmp.Or(row[c], "–")}) // of all
		}
		if means >= 0 && row[means] != last {
			last, cells[0].Sub = row[means], row[means]
		}
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	return t, more
}

// varies lists the columns of a table that say something: those in which rows differ, and its numbers.
func varies(rows [][]string, value int) []int {
	var out []int
	for c := range rows[0] {
		if c == value || slices.ContainsFunc(rows[1:], func(row []string) bool { return row[c] != rows[1][c] }) {
			out = append(out, c)
		}
	}
	return out
}

// notes say what somebody must know before anything else.
func (s State) notes(r *page.Request) []field.Note {
	l, status := r.L, s.Status()
	tone := page.Info
	if status == "waiting" && s.Waiting.By != r.Actor.ID || status == "ready" || status == "arrived" {
		tone = page.Warn
	}
	out := []field.Note{{Tone: tone, Title: l.T("return.note." + status), Text: l.T("return.note." + status + ".text")}}
	if s.Rejected != "" {
		out = append(out, field.Note{Tone: page.Warn, Title: l.T("return.rejected"), Text: s.Rejected})
	}
	if last := s.Last(); last.Words != "" {
		out = append(out, field.Note{Tone: page.Warn, Title: l.T("return.said"), Text: last.Words})
	}
	return out
}

func (rm room) facts(ctx context.Context, r *page.Request, s State, v Version) []page.Fact {
	l := r.L
	var out []page.Fact
	add := func(key, text string) {
		if text != "" {
			out = append(out, page.Fact{Term: l.T(key), Text: text})
		}
	}
	if s.From.IsZero() {
		add("return.to", rm.body(ctx, s.Asked.To, s.Asked.Body))
	} else {
		add("return.from", rm.body(ctx, s.From, ""))
	}
	if v.Number == 0 {
		return out
	}
	add("return.version.one", l.Number(v.Number))
	add("return.counted_at", l.DateTime(v.Content.Counted))
	add("return.sources", l.List(counted(r, v.Content)))
	names := rm.Names(ctx, v.By, v.Second)
	add("release.by", names[v.By])
	add("release.approver", names[v.Second])
	if at := v.left(); !at.IsZero() && s.Status() != "ready" {
		add("return.sent_at", l.DateTime(at))
	}
	add("release.hash", v.Hash)
	return out
}

// counted names the sources of a content, in words where this office has them.
func counted(r *page.Request, c Content) (out []string) {
	for _, s := range c.Sources {
		code, version, _ := strings.Cut(s, " ")
		if k := "measure.source." + code; r.L.Has(k) {
			s = r.L.T(k) + " (" + version + ")"
		}
		out = append(out, s)
	}
	return out
}

// losses says what is not in the tables.
func losses(r *page.Request, c Content) []page.Fact {
	var out []page.Fact
	for _, x := range c.Losses {
		name := x.Column
		if k := "measure.column." + name; r.L.Has(k) {
			name = r.L.T(k)
		} else if k := "outlet.greta." + name; r.L.Has(k) {
			name = r.L.T(k)
		} else if k := "measure.source." + name; r.L.Has(k) {
			name = r.L.T(k)
		}
		if r.L.Has("outlet.loss." + x.Why) {
			out = append(out, page.Fact{Term: name, Text: r.L.T("outlet.loss."+x.Why, "N", r.L.Number(x.N))})
		}
	}
	return out
}

// acts lists what somebody can do about a return as it stands, the files included.
func (s State) acts(r *page.Request) []field.Act {
	var out []field.Act
	add := func(name, icon string, first bool) {
		out = append(out, field.Act{Name: name, Icon: icon, Asks: true, First: first})
	}
	switch s.Status() {
	case "waiting":
		if r.Actor.ID != s.Waiting.By {
			add("approve", "check", true)
		}
		out = append(out, field.Act{Name: "reject", Icon: "arrow-back-up", Asks: true, Danger: true})
	case "rejected":
		out = append(out, field.Act{Name: "again", Icon: "pencil", Asks: true, First: true, Elsewhere: Path + "/new?of=" + s.ID.String()})
	case "ready":
		add("sealed", "download", true)
		add("handed", "check", false)
	case "handed":
		add("sealed", "download", false)
	case "arrived":
		add("confirm", "check", true)
	}
	if s.From.IsZero() && s.Waiting == nil && len(s.Versions) > 0 {
		out = append(out, field.Act{Name: "correct", Icon: "refresh"})
	}
	if s.Shown().Number > 0 {
		add("files", "download", false)
	}
	return out
}

// typedAct is what somebody types of an act.
type typedAct struct {
	Words string `form:"words"`
	Hash  string `form:"hash"`
}

// sheet is the form of an act; nil where it has none.
func (rm room) sheet(r *page.Request, s State, name string, v typedAct) *field.Form {
	l := r.L
	f := field.New(l, "return.act."+name, pathOf(s.ID)+"/"+name, pathOf(s.ID), "return.act."+name)
	f.Crumbs = crumbs(r, f.Title)
	switch name {
	case "approve":
		f.Lead, f.Facts = l.T("return.act.approve.lead"), []page.Fact{{Term: l.T("release.hash"), Text: s.Shown().Hash}}
		f.Hidden("hash", s.Shown().Hash)
	case "reject", "handed", "confirm":
		f.Lead, f.Danger = l.T("return.act."+name+".lead"), name == "reject"
		f.Hidden("hash", s.Shown().Hash)
		f.Area("words", "release.words", v.Words).Set("MaxLength", maxWords).Optional()
	default:
		return nil
	}
	return f
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	f := rm.sheet(r, s, name, typedAct{})
	if f == nil || !slices.ContainsFunc(s.acts(r), func(a field.Act) bool { return a.Name == name }) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return page.View("return/form", r.L.T("return.one"), f), nil
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	var v typedAct
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	if err = rm.do(ctx, release.As(r.Actor), s, name, v); err == nil {
		return page.Redirect(pathOf(s.ID), "release.saved"), nil
	}
	if f := rm.sheet(r, s, name, v); f != nil && fault.Is(err, fault.Invalid) {
		return f.Again(r, "return/form", err)
	}
	d, bad := rm.matter(ctx, r, o, s)
	if bad != nil {
		return nil, bad
	}
	return field.Refused(r, "return/show", "return.one", &d.Matter, &d, err)
}

// do carries an act out.
func (rm room) do(ctx context.Context, w store.Who, s State, name string, v typedAct) error {
	var typ string
	var payload any
	switch name {
	case "approve":
		typ, payload = ApprovedType, Approved{v.Hash, release.FunctionOf(w.Actor)}
	case "reject":
		typ, payload = RejectedType, Said{v.Words}
	case "handed":
		typ, payload = HandedType, Said{v.Words}
	case "confirm":
		typ, payload = ConfirmedType, Noted{s.Last().Number, v.Hash, v.Words}
	case "correct":
		return rm.Desk.Prepare(ctx, w, s.ID, s.Asked)
	default:
		return fault.New(fault.NotFound, "fault.not_found")
	}
	_, err := rm.Desk.Store.Append(ctx, w, Ref(s.ID), store.Draft{Type: typ, Payload: payload})
	return err
}

// fileName is neutral and plain.
func fileName(s State, ending string) string {
	c := s.Shown().Content
	return "return-" + strconv.Itoa(c.Year) + "-" + s.ID.String()[:8] + ending
}

// files gives the tables to somebody of an office that has them.
func (rm room) files(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	if s.Shown().Number == 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	b, err := s.Shown().archive()
	return page.File(fileName(s, ".zip"), "application/zip", b), err
}

// sealed gives the file that is handed to a body without an office.
func (rm room) sealed(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	b, err := s.Sealed()
	return page.File(fileName(s, ".zip.age"), "application/octet-stream", b), err
}
