// SPDX-License-Identifier: EUPL-1.2

package figure

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the tables that offices told are shown.
const Path = "/programme/figures"

// Config is what the pages need. Store is required; Tells is nil in an office that counts nobody.
type Config struct {
	Store *store.Store
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	Tells *Tells
}

// Tells lets an office that works with people tell tables of it. It is declared here and given by whoever connects the wings;
// this room never learns what a number was made of.
type Tells struct {
	// May says whether telling is offered to somebody; the door decides.
	May func(access.Actor) bool
	// Measures lists what this office can count.
	Measures func() []string
	// Countries lists the countries or territories of its partners, Programmes the offices that may be told.
	Countries, Programmes func(context.Context, *page.Request) ([]page.Option, error)
	// Count makes the table that would leave, and the queries that it was counted by.
	Count func(ctx context.Context, r *page.Request, of Asked) (Table, []query.Said, error)
	// Tell sends it, and says whether it had changed since it was told last.
	Tell func(ctx context.Context, r *page.Request, to journal.ID, t Table) (bool, error)
}

// Asked says which table is meant.
type Asked struct {
	Measure string     `form:"measure"`
	Period  string     `form:"period"`
	Country string     `form:"country"` // the other one, of a measure between two
	To      journal.ID `form:"to"`
	Hash    string     `form:"hash"` // of the bytes that the preview showed
}

type pages struct{ Config }

// Room gives the pages: what offices told, for everybody in an office; and, where people are counted, telling in two steps.
func Room(c Config) page.Room {
	rm := pages{c}
	room := page.Room{Name: "figure", Templates: templates, Routes: []page.Route{{Pattern: "GET " + Path, Handle: rm.list}}}
	if c.Tells != nil {
		room.Routes = append(room.Routes, page.Route{Pattern: "GET " + Path + "/new", Handle: rm.ask}, page.Route{Pattern: "POST " + Path + "/new", Handle: rm.preview}, page.Route{Pattern: "POST " + Path + "/send", Handle: rm.send})
	}
	return room
}

func (rm pages) offers(r *page.Request) bool { return rm.Tells != nil && rm.Tells.May(r.Actor) }

// listPage is what was told, a card for each table.
type listPage struct {
	Cards   []card
	Actions []page.Action // to tell figures, where it is offered
	Empty   *page.Empty
}

// card is one told table.
type card struct {
	Title string
	Facts []page.Fact
	Table page.Table
}

// shownTables is how many tables the page shows, the latest periods first.
const shownTables = 60

func (rm pages) list(ctx context.Context, r *page.Request) (page.Response, error) {
	all, err := Tellings(ctx, rm.Store, store.Who{Actor: r.Actor, Purpose: access.ForProgramme}, "")
	if err != nil {
		return nil, err
	}
	d := listPage{Empty: &page.Empty{Icon: "chart-bar", Title: r.L.T("figure.none"), Text: r.L.T("figure.none.text")}}
	if rm.offers(r) {
		d.Actions = []page.Action{{Text: r.L.T("figure.tell"), Href: Path + "/new", Icon: "send", Primary: true}}
	}
	for _, t := range all[:min(len(all), shownTables)] {
		c := card{Title: Title(r.L, t.Table), Table: numbers(r.L, t.Table)}
		if rm.Names != nil {
			c.Facts = append(c.Facts, page.Fact{Term: r.L.T("figure.office"), Text: rm.Names(ctx, r.Actor.Owner, t.Office)[t.Office]})
		}
		sent := page.Fact{Term: r.L.T("figure.sent"), Text: r.L.Date(t.At)}
		if t.Running() {
			sent.Sub = r.L.T("programme.figure.running")
		}
		c.Facts = append(c.Facts, sent, page.Fact{Term: r.L.T("programme.send.threshold"), Text: r.L.Number(t.K)})
		d.Cards = append(d.Cards, c)
	}
	return page.View("figure/list", r.L.T("figure.title"), d), nil
}

// Title says in words what a table is of.
func Title(l *lang.Locale, t Table) string {
	where := l.Country(t.From)
	if t.To != "" {
		where = l.T("programme.corridor.way", "From", where, "To", l.Country(t.To))
	}
	return l.T("figure.card", "What", l.T("figure.measure."+t.Measure), "Where", where, "Period", Said(l, t.Period))
}

// Said says a quarter or a year in words.
func Said(l *lang.Locale, period string) string {
	if q, err := ParseQuarter(period); err == nil {
		return l.T("programme.quarter", "N", q.N, "Year", strconv.Itoa(q.Year))
	}
	return period
}

// numbers is a table's numbers in words; what adds up stands beneath its total.
func numbers(l *lang.Locale, t Table) page.Table {
	m, _ := Find(t.Measure)
	out := page.Table{Caption: Title(l, t), Columns: []page.Column{{Text: l.T("figure.what")}, {Text: l.T("figure.number"), Num: true}}}
	for _, code := range m.Cells() {
		n := page.Cell{Text: cell(l, t, code)}
		if t.Cells[code] == Withheld {
			n.Tone = page.Off
		}
		out.Rows = append(out.Rows, page.Row{Cells: []page.Cell{{Text: word(l, m, code)}, n}})
	}
	return out
}

func cell(l *lang.Locale, t Table, code string) string {
	if t.Cells[code] == Withheld {
		return l.T("result.tell.withheld")
	}
	c, err := ParseCount(t.Cells[code], t.K)
	if err != nil {
		return l.T("result.tell.withheld")
	}
	return c.Print(l)
}

// word names a number of a measure: "accepted · under 18".
func word(l *lang.Locale, m Measure, code string) string {
	p := part(code)
	if p == "" {
		return l.T("figure.cell." + m.Code + "." + code)
	}
	whole := strings.TrimSuffix(code, "."+p)
	of, not := strings.CutPrefix(p, "not_")
	key := ""
	switch {
	case p == "unknown":
		key = "count.unknown"
	case p == "sex_unknown":
		key = "figure.sex_unknown"
	case slices.Contains(ages, p):
		key = "count.age." + p
	case slices.Contains(sexes, p):
		key = "referral.sex." + p
	case slices.Contains(sorts, p):
		key = "result.tell.type." + p
	case whole == "days":
		key = "result.tell.days." + p
	default:
		key = "count.form." + of
	}
	name := l.T(key)
	if not {
		name = l.T("figure.not", "What", name)
	}
	return l.T("figure.part", "Whole", l.T("figure.cell."+m.Code+"."+whole), "Part", name)
}

// askPage is the two steps of telling: choose, then look at exactly what leaves.
type askPage struct {
	Measures, Periods, Countries, Programmes []page.Option
	Form                                     Asked
	Errors                                   page.FieldErrors
	Empty                                    *page.Empty // nobody may be told

	Bytes   string // of the message, as they are sealed; "" while nothing was chosen
	Facts   []page.Fact
	Table   page.Table
	Behind  []query.Said // what was counted, in words
	Changed bool         // what would leave is no longer what the preview had shown
	Near    bool         // it differs too little from what was told last
}

// shownQuarters and shownYears are how far back one can tell.
const (
	shownQuarters = 6
	shownYears    = 4
)

func (rm pages) form(ctx context.Context, r *page.Request) (askPage, error) {
	var d askPage
	if !rm.offers(r) {
		return d, fault.New(fault.Denied, "fault.denied")
	}
	var err error
	if d.Countries, err = rm.Tells.Countries(ctx, r); err != nil {
		return d, err
	}
	if d.Programmes, err = rm.Tells.Programmes(ctx, r); err != nil {
		return d, err
	}
	if len(d.Programmes) == 0 {
		d.Empty = &page.Empty{Icon: "arrows-exchange", Title: r.L.T("programme.send.nobody"), Text: r.L.T("programme.send.nobody.text")}
	}
	for _, m := range rm.Tells.Measures() {
		d.Measures = append(d.Measures, page.Option{Value: m, Text: r.L.T("figure.measure." + m), Hint: r.L.T("figure.measure." + m + ".hint")})
	}
	d.Periods = periods(r.L, r.Now)
	d.Form.Period = QuarterOf(r.Now).Before().String()
	return d, nil
}

// periods offers the latest quarters, then the latest years.
func periods(l *lang.Locale, now time.Time) []page.Option {
	var out []page.Option
	add := func(period string, running bool) {
		o := page.Option{Value: period, Text: Said(l, period)}
		if running {
			o.Hint = l.T("programme.figure.running")
		}
		out = append(out, o)
	}
	for q, i := QuarterOf(now), 0; i < shownQuarters; q, i = q.Before(), i+1 {
		add(q.String(), i == 0)
	}
	for i := range shownYears {
		add(strconv.Itoa(now.UTC().Year()-i), i == 0)
	}
	return out
}

func (rm pages) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := rm.form(ctx, r)
	return page.View("figure/ask", r.L.T("figure.tell"), d), err
}

func (rm pages) preview(ctx context.Context, r *page.Request) (page.Response, error) {
	d, _, err := rm.counted(ctx, r)
	if err != nil {
		return again(r, d, err)
	}
	return page.View("figure/ask", r.L.T("figure.tell"), d), nil
}

// counted reads the form and makes the table that it asks for.
func (rm pages) counted(ctx context.Context, r *page.Request) (askPage, Table, error) {
	d, err := rm.form(ctx, r)
	if err != nil {
		return d, Table{}, err
	}
	if err := r.Decode(&d.Form); err != nil {
		return d, Table{}, err
	}
	m, ok := Find(d.Form.Measure)
	var fs fault.Fields
	need := func(is bool, field, key string) {
		if !is {
			fs.Add(field, key)
		}
	}
	need(ok && offered(d.Form.Measure, d.Measures), "measure", "programme.need.measure")
	need(offered(d.Form.Period, d.Periods), "period", "programme.need.choice")
	need(!ok || (len(d.Form.Period) == 4) == m.Yearly, "period", "figure.need.period")
	need(!m.Corridor || offered(d.Form.Country, d.Countries), "country", "figure.need.country")
	need(offered(d.Form.To.String(), d.Programmes), "to", "programme.need.choice")
	if err := fs.Err(); err != nil {
		return d, Table{}, err
	}
	if !m.Corridor {
		d.Form.Country = ""
	}
	t, behind, err := rm.Tells.Count(ctx, r, d.Form)
	if err != nil {
		return d, t, err
	}
	d.Behind = behind
	return d, t, d.show(r, t)
}

func offered(value string, among []page.Option) bool {
	return slices.ContainsFunc(among, func(o page.Option) bool { return o.Value == value })
}

// show puts a table on the page: its bytes and what they mean.
func (d *askPage) show(r *page.Request, t Table) error {
	raw, err := json.Marshal(t)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	l := r.L
	d.Bytes, d.Form.Hash, d.Table = string(raw), hex.EncodeToString(sum[:]), numbers(l, t)
	d.Facts = []page.Fact{{Term: l.T("programme.send.threshold"), Text: l.Number(t.K), Sub: l.T("programme.send.threshold.hint")}}
	for _, o := range d.Programmes {
		if o.Value == d.Form.To.String() {
			d.Facts = append(d.Facts, page.Fact{Term: l.T("programme.send.to"), Text: o.Text})
		}
	}
	return nil
}

// send sends exactly what a preview has shown; when the count has changed meanwhile it shows the new one instead.
func (rm pages) send(ctx context.Context, r *page.Request) (page.Response, error) {
	var asked Asked
	if err := r.Decode(&asked); err != nil {
		return nil, err
	}
	d, t, err := rm.counted(ctx, r)
	if err != nil {
		return again(r, d, err)
	}
	if asked.Hash != d.Form.Hash {
		d.Changed = true
		return page.Status(http.StatusConflict, page.View("figure/ask", r.L.T("figure.tell"), d)), nil
	}
	sent, err := rm.Tells.Tell(ctx, r, d.Form.To, t)
	switch {
	case fault.Is(err, fault.Guarded):
		d.Near = true
		return page.Status(http.StatusConflict, page.View("figure/ask", r.L.T("figure.tell"), d)), nil
	case err != nil:
		return nil, err
	case !sent:
		return page.Redirect(Path, "programme.send.same"), nil
	}
	return page.Redirect(Path, "programme.send.done"), nil
}

func again(r *page.Request, d askPage, wrong error) (page.Response, error) {
	if !fault.Is(wrong, fault.Invalid) {
		return nil, wrong
	}
	d.Errors, d.Bytes = r.Errors(wrong), ""
	return page.Status(http.StatusUnprocessableEntity, page.View("figure/ask", r.L.T("figure.tell"), d)), nil
}
