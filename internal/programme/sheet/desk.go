// SPDX-License-Identifier: EUPL-1.2

package sheet

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed templates/*.html
var templates embed.FS

// Room gives the templates; it has no routes.
func Room() page.Room { return page.Room{Name: "sheet", Templates: templates} }

// MaxPage is the largest table that a page takes, in bytes; the command takes larger ones.
const MaxPage = 1 << 20

// most that a page shows of a table's rows, and the longest name of a document, in bytes.
const (
	mostShown   = 400
	maxDocument = 300
)

// Desk is where people bring a table in. They see what it would do, row by row, before anything is written; what they have
// seen is what is written, or they look again. Nothing is kept between the two: the form carries the table.
type Desk struct {
	Room   string // "activities" or "measures": its words are in the catalogue under "sheet.<room>"
	Path   string // of the desk
	Back   page.Crumb
	Fields []Field
	Guess  func(head []string) Mapping
	Sample []byte // a table of the right form, all invented
	// Ask are fields that it asks beside the table; nil for none.
	Ask func(l *lang.Locale) []register.Field
	// Do brings a table in; dry says what that would do and writes nothing.
	Do func(ctx context.Context, r *page.Request, t Table, m Mapping, s Sent, dry bool) (Report, error)
}

// Sent is what came with a table.
type Sent struct {
	Document string // what the table is, as a source
	Language string // of its texts
	Year     int    // of dates without one
	Values   url.Values
}

// Routes gives the desk's pages.
func (d Desk) Routes() []page.Route {
	return []page.Route{
		{Pattern: "GET " + d.Path, Handle: d.ask},
		{Pattern: "POST " + d.Path, Handle: d.take, MaxBody: 3 * MaxPage},
		{Pattern: "GET " + d.Path + "/sample", Handle: d.sample},
	}
}

type deskPage struct {
	Title, Lead, Path, Sample, Data, Seen string
	Crumbs                                []page.Crumb
	Cancel                                string
	Fields                                []register.Field // what is asked, or carried along
	Columns                               []register.Field // which column is which, to be corrected
	Known                                 []page.Fact      // what columns there can be
	Errors                                page.FieldErrors
	Wrong, Again                          string
	Counts                                []page.Fact
	Rows                                  page.Table
	More                                  string
	Writes                                bool
	Done                                  bool
}

func officer(r *page.Request) error {
	if !register.MayEdit(r) {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

func (d Desk) view(r *page.Request, p deskPage) page.Response {
	l := r.L
	p.Title, p.Lead, p.Path, p.Sample, p.Cancel = l.T("sheet."+d.Room+".title"), l.T("sheet."+d.Room+".lead"), d.Path, d.Path+"/sample", d.Back.Href
	p.Crumbs = []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, d.Back, {Text: p.Title}}
	p.Crumbs[1].Text = l.T(d.Back.Text)
	for _, f := range d.Fields {
		p.Known = append(p.Known, page.Fact{Term: l.T("sheet.field." + string(f)), Text: l.T("sheet.holds." + string(f))})
	}
	v := page.View("sheet/desk", l.T("sheet."+d.Room+".title"), p)
	if p.Wrong != "" || len(p.Errors) > 0 {
		v = page.Status(http.StatusUnprocessableEntity, v)
	}
	return v
}

// fields are those that come with a table.
func (d Desk) fields(l *lang.Locale, typed url.Values) []register.Field {
	out := []register.Field{{Kind: "text", Name: "document", Label: l.T("sheet.document"), Hint: l.T("sheet.document.hint")}}
	if d.Ask != nil {
		out = append(out, d.Ask(l)...)
	}
	out = append(out, register.Field{Kind: "select", Name: "language", Label: l.T("sheet.language"), Options: register.Languages(l), Value: "fr"},
		register.Field{Kind: "text", Name: "year", Label: l.T("sheet.year"), Hint: l.T("sheet.year.hint"), Optional: true})
	for i, f := range out {
		if v, ok := typed[f.Name]; ok && len(v) > 0 {
			out[i].Value = v[0]
		}
	}
	return out
}

func (d Desk) ask(_ context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	return d.view(r, deskPage{Fields: d.fields(r.L, nil)}), nil
}

func (d Desk) sample(_ context.Context, r *page.Request) (page.Response, error) {
	return page.File(d.Room+"-sample.csv", "text/csv; charset=utf-8", d.Sample), nil
}

// take looks at a table, or writes the one that was looked at.
func (d Desk) take(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	p := deskPage{Fields: d.fields(r.L, v)}
	src, err := sent(r, v)
	var t Table
	if err == nil {
		t, err = Read(src)
	}
	if err == nil && len(t.Rows) > AtOnce {
		err = fault.New(fault.Invalid, "sheet.rows.page", "Max", AtOnce)
	}
	s, bad := d.said(v)
	if err != nil || bad != nil {
		p.Errors, p.Wrong = r.Errors(bad), words(r.L, err)
		return d.view(r, p), nil
	}
	m, err := d.mapping(t.Head, v)
	if err == nil {
		p.Columns = columns(r.L, d.Fields, t.Head, m)
		err = d.look(ctx, r, &p, t, m, s)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Guarded) {
		p.Wrong, err = words(r.L, err), nil
	}
	if err != nil {
		return nil, err
	}
	p.Data = base64.StdEncoding.EncodeToString(src)
	return d.view(r, p), nil
}

// look says what a table would do, or writes it when that is what was asked for and what was seen before.
func (d Desk) look(ctx context.Context, r *page.Request, p *deskPage, t Table, m Mapping, s Sent) error {
	would, err := d.Do(ctx, r, t, m, s, true)
	if err != nil {
		return err
	}
	p.Seen = seen(would)
	if s.Values.Get("write") != "" {
		if s.Values.Get("seen") == p.Seen {
			if would, err = d.Do(ctx, r, t, m, s, false); err != nil {
				return err
			}
			p.Done = true
		} else {
			p.Again = r.L.T("sheet.again")
		}
	}
	p.Writes = would.Created+would.Updated > 0 && !p.Done
	p.show(r.L, d, t, would)
	return nil
}

// sent gives the table: the file that was chosen, or the one that the form carries.
func sent(r *page.Request, v url.Values) ([]byte, error) {
	f, ok, err := r.Upload("file")
	if err != nil {
		return nil, err
	}
	b := f.Bytes
	if !ok {
		if b, err = base64.StdEncoding.DecodeString(v.Get("data")); err != nil || len(b) == 0 {
			return nil, fault.New(fault.Invalid, "register.file.none")
		}
	}
	if len(b) > MaxPage {
		return nil, fault.New(fault.Invalid, "sheet.file.page", "Max", MaxPage>>20)
	}
	return b, nil
}

func (d Desk) said(v url.Values) (Sent, error) {
	s := Sent{Document: v.Get("document"), Language: v.Get("language"), Values: v}
	var fs fault.Fields
	if s.Document == "" || len(s.Document) > maxDocument {
		fs.Add("document", "sheet.want.document", "Max", maxDocument)
	}
	if !register.Writes(s.Language) {
		fs.Add("language", "programme.need.choice")
	}
	if y := v.Get("year"); y != "" {
		n, err := strconv.Atoi(y)
		if err != nil || n < 1900 || n > 2200 {
			fs.Add("year", "sheet.want.year")
		}
		s.Year = n
	}
	return s, fs.Err()
}

// mapping is guessed from the head; what somebody chose in the form goes before.
func (d Desk) mapping(head []string, v url.Values) (Mapping, error) {
	said := map[string]string{}
	for name := range v {
		if f, ok := strings.CutPrefix(name, "column."); ok {
			i, err := strconv.Atoi(v.Get(name))
			if err == nil && i >= 0 && i < len(head) {
				said[f] = head[i]
			} else {
				said[f] = ""
			}
		}
	}
	return d.Guess(head).WithAmong(d.Fields, head, said)
}

func columns(l *lang.Locale, fields []Field, head []string, m Mapping) []register.Field {
	var options []page.Option
	for i, h := range head {
		if h = strings.TrimSpace(h); h != "" {
			options = append(options, page.Option{Value: strconv.Itoa(i), Text: h})
		}
	}
	var out []register.Field
	for _, f := range fields {
		x := register.Field{Kind: "select", Name: "column." + string(f), Label: l.T("sheet.field." + string(f)), Options: options, Blank: l.T("sheet.column.none")}
		if i, ok := m[f]; ok {
			x.Value = strconv.Itoa(i)
		}
		out = append(out, x)
	}
	return out
}

// seen names what somebody was shown, so that what is written is that and nothing else.
func seen(r Report) string {
	b, err := json.Marshal(struct {
		Each    []Outcome
		Dropped []Dropped
	}{r.Each, r.Dropped})
	if err != nil {
		panic("sheet: outcomes always marshal: " + err.Error())
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:16])
}

var tones = map[What]string{Created: page.Good, Updated: page.Info, Unchanged: page.Off, LeftOut: page.Warn}

// show draws the rows in the order of the table, those that are left out among them.
func (p *deskPage) show(l *lang.Locale, d Desk, t Table, r Report) {
	why := map[int][]string{}
	for _, x := range r.Dropped {
		text := l.T(x.Why)
		if x.Field != "" {
			text = l.Told(l.T("sheet.field."+string(x.Field)), text)
		}
		if !slices.Contains(why[x.Row], text) {
			why[x.Row] = append(why[x.Row], text)
		}
	}
	all := slices.Clone(r.Each)
	left := 0
	for _, row := range t.Rows {
		if !slices.ContainsFunc(r.Each, func(o Outcome) bool { return o.Row == row.N }) {
			all, left = append(all, Outcome{Row: row.N, What: LeftOut}), left+1
		}
	}
	inorder.Stably(all, func(x, y Outcome) int { return x.Row - y.Row })
	for _, x := range []struct {
		what What
		n    int
	}{{Created, r.Created}, {Updated, r.Updated}, {Unchanged, r.Unchanged}, {LeftOut, left}} {
		p.Counts = append(p.Counts, page.Fact{Term: l.T("sheet.what." + string(x.what)), Text: l.Number(x.n)})
	}
	p.Rows = page.Table{Caption: l.T("sheet.rows"), Columns: []page.Column{{Text: l.T("sheet.row"), Num: true}, {Text: l.T("sheet." + d.Room + ".one")}, {Text: l.T("sheet.becomes")}, {Text: l.T("sheet.left")}}}
	if len(all) > mostShown {
		p.More = l.N("sheet.more", len(all)-mostShown)
	}
	for _, o := range all[:min(len(all), mostShown)] {
		becomes := page.Cell{Text: l.T("sheet.what." + string(o.What)), Tone: tones[o.What]}
		var changed []string
		for _, f := range o.Fields {
			if key := "sheet.changes." + f; l.Has(key) {
				changed = append(changed, l.T(key))
			}
		}
		becomes.Sub = l.List(changed)
		dropped := page.Cell{Text: strings.Join(why[o.Row], " · ")}
		if dropped.Text == "" {
			dropped.Text = l.T("sheet.nothing")
		}
		record := page.Cell{Text: strings.TrimPrefix(o.Code+" · "+o.Title, " · ")}
		if o.Code == "" {
			record.Text = l.T("sheet.no_record")
		}
		p.Rows.Rows = append(p.Rows.Rows, page.Row{Cells: []page.Cell{{Text: l.Number(o.Row)}, record, becomes, dropped}})
	}
}

// words says what is wrong with a table as a whole; "" for nothing.
func words(l *lang.Locale, err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return ""
	}
	say := func(key string, args map[string]any) string {
		var pairs []any
		for k, v := range args {
			pairs = append(pairs, k, v)
		}
		return l.T(key, pairs...)
	}
	switch {
	case len(f.Fields) == 0:
		return say(f.Key, f.Args)
	case f.Key == "sheet.refused":
		return say(f.Key, f.Args) + " " + say(f.Fields[0].Key, f.Fields[0].Args)
	}
	return say(f.Fields[0].Key, f.Fields[0].Args)
}
