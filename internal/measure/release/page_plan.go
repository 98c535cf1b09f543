// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
)

// typed is what somebody chooses in the planner.
type typed struct {
	Dossier journal.ID `form:"dossier"`
	Entry   journal.ID `form:"entry"`
	Source  string     `form:"source"`
	Shown   string     `form:"shown"` // the source whose columns the form showed
	Period  string     `form:"period"`
	Route   string     `form:"route"`
	Columns []string   `form:"columns"`
	Ways    int        `form:"ways"`
	Choose  int        `form:"choose"`
	Epsilon string     `form:"epsilon"`
	Records bool       `form:"records"`
	K       int64      `form:"k"`
	Method  string     `form:"method"`
	NotesEN string     `form:"notes_en"`
	NotesFR string     `form:"notes_fr"`
	Act     string     `form:"act"`
}

// asks makes of what was chosen what is asked. The columns stand in the source's order.
func (v typed) asks(src source.Source) Asks {
	from, until, _ := strings.Cut(v.Period, "/")
	a := Asks{Source: v.Source, Version: src.Version, From: from, Until: until, Route: bundle.Route(v.Route), Ways: v.Ways, Choose: v.Choose, Notes: map[string]string{}}
	for _, c := range src.Domain().Columns {
		if slices.Contains(v.Columns, c.Name) {
			a.Columns = append(a.Columns, c.Name)
		}
	}
	if a.Route == bundle.Pooled {
		a.Delta, a.Records = Usual().Delta, v.Records
		a.Epsilon, _ = strconv.ParseFloat(v.Epsilon, 64)
	} else {
		a.K, a.Method = v.K, v.Method
	}
	for tag, x := range map[string]string{"en": v.NotesEN, "fr": v.NotesFR} {
		if x != "" {
			a.Notes[tag] = x
		}
	}
	return a
}

// typedOf gives a draft as it was chosen.
func typedOf(a Asks) typed {
	return typed{Source: a.Source, Shown: a.Source, Period: a.From + "/" + a.Until, Route: string(a.Route), Columns: a.Columns, Ways: a.Ways, Choose: a.Choose, Epsilon: strconv.FormatFloat(a.Epsilon, 'f', -1, 64), Records: a.Records,
		K: cmp.Or(a.K, 10), Method: cmp.Or(a.Method, "rounded"), NotesEN: a.Notes["en"], NotesFR: a.Notes["fr"]}
}

// planData is the planner: the form, and what would come of it.
type planData struct {
	Form   *field.Form
	Result *resultData
}

// resultData is what a plan would cost and give.
type resultData struct {
	Notes  []field.Note
	Gauges []gauge
	Facts  []page.Fact
	Tables page.Table
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	sources := rm.Desk.Sources(ctx, r.Actor.Owner)
	if len(sources) == 0 {
		return page.Redirect(Path, ""), nil
	}
	s, err := sources.Find(r.URL.Query().Get("source"))
	if err != nil {
		s = sources[0]
	}
	v := typed{Dossier: rm.Desk.Store.NewID(), Entry: rm.Desk.Store.NewID(), Source: s.Code, Shown: s.Code, Route: string(bundle.Exact), Ways: 2, Epsilon: "0.5", K: 10, Method: "rounded"}
	if ps := periodsOf(r, s); len(ps) > 0 {
		v.Period = ps[0].Value
	}
	if id, err := journal.ParseID(r.URL.Query().Get("draft")); err == nil {
		_, old, err := rm.Desk.Open(ctx, As(r.Actor), id)
		if err != nil {
			return nil, err
		}
		v = typedOf(old.Asks)
		v.Dossier, v.Entry = id, rm.Desk.Store.NewID()
	}
	return rm.planner(ctx, r, v, nil, nil)
}

// plan calculates what was chosen, or keeps it as a draft.
func (rm room) plan(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	src, err := rm.Desk.Sources(ctx, r.Actor.Owner).Find(v.Source)
	if err != nil { // none was chosen, or one that is no more
		return page.Redirect(Path+"/plan", ""), nil
	}
	if v.Shown != v.Source { // another source has other columns: choose again
		v.Shown, v.Columns = v.Source, nil
		if ps := periodsOf(r, src); !slices.ContainsFunc(ps, func(o page.Option) bool { return o.Value == v.Period }) && len(ps) > 0 {
			v.Period = ps[0].Value
		}
		return rm.planner(ctx, r, v, nil, nil)
	}
	p, err := rm.Desk.Plan(ctx, r.Actor.Owner, v.asks(src))
	if err == nil && v.Act == "draft" {
		if err = rm.Desk.Draft(ctx, As(r.Actor), v.Dossier, v.Entry, v.asks(src)); err == nil {
			return page.Redirect(pathOf(v.Dossier), "release.drafted"), nil
		}
	}
	if err != nil && !fault.Is(err, fault.Invalid) {
		return nil, err
	}
	return rm.planner(ctx, r, v, p, err)
}

// planner shows the form, with what a plan would give or what is wrong.
func (rm room) planner(ctx context.Context, r *page.Request, v typed, p *Plan, bad error) (page.Response, error) {
	f, err := rm.form(ctx, r, v)
	if err != nil {
		return nil, err
	}
	f.Errors = r.Errors(bad)
	d := planData{Form: f}
	if p != nil && bad == nil {
		if d.Result, err = rm.result(ctx, r, p); err != nil {
			return nil, err
		}
	}
	view := page.View("release/plan", r.L.T("release.plan"), d)
	if bad != nil {
		view = page.Status(422, view)
	}
	return view, nil
}

func (rm room) form(ctx context.Context, r *page.Request, v typed) (*field.Form, error) {
	l, sources := r.L, rm.Desk.Sources(ctx, r.Actor.Owner)
	src, err := sources.Find(v.Source)
	if err != nil {
		return nil, err
	}
	f := field.New(l, "release.plan", Path+"/plan", Path, "release.look")
	f.Lead, f.Crumbs = l.T("release.plan.lead"), crumbs(r, l.T("release.plan"))
	f.Hidden("dossier", v.Dossier.String())
	f.Hidden("entry", v.Entry.String())
	f.Hidden("shown", v.Shown)
	var of, columns []page.Option
	for _, s := range sources {
		of = append(of, page.Option{Value: s.Code, Text: Name(l, s)})
	}
	for _, c := range src.Domain().Columns {
		columns = append(columns, page.Option{Value: c.Name, Text: Heading(l, src, c.Name), Hint: l.N("release.answers", len(c.Values))})
	}
	f.Select("source", "release.source", v.Source, of)
	f.Select("period", "release.period", v.Period, with(periodsOf(r, src), r, v.Period))
	f.Radios("route", "release.route", v.Route, field.Options(l, "release.route", []string{"exact", "pooled"}))
	f.Checks("columns", "release.columns", v.Columns, columns)
	f.Radios("ways", "release.ways", strconv.Itoa(v.Ways), field.Options(l, "release.ways", []string{"1", "2", "3"}))
	f.Select("k", "release.k", strconv.FormatInt(v.K, 10), plain(l.Number, 5, 10, 15, 20, 25, 50))
	f.Radios("method", "release.method", v.Method, field.Options(l, "release.method", Methods()))
	var eps []page.Option
	for _, x := range []string{"0.1", "0.25", "0.5", "0.75", "1", "2", "4"} {
		eps = append(eps, page.Option{Value: x, Text: l.Decimal(x)})
	}
	f.Select("epsilon", "release.epsilon", v.Epsilon, eps)
	f.Select("choose", "release.choose", strconv.Itoa(v.Choose), choices(l, v.Choose))
	f.Check("records", "release.records", v.Records)
	f.Area("notes_en", "release.notes.en", v.NotesEN).Set("MaxLength", 2000).Optional()
	f.Area("notes_fr", "release.notes.fr", v.NotesFR).Set("MaxLength", 2000).Optional()
	return f, nil
}

// choices offers to measure all tables, or some of them, among these those that a draft has.
func choices(l *lang.Locale, has int) []page.Option {
	out := []page.Option{{Value: "0", Text: l.T("release.choose.all")}}
	of := []int{1, 2, 3, 5, 10, 20, 40}
	if has > 0 && !slices.Contains(of, has) {
		of = append(of, has)
	}
	slices.Sort(of)
	for _, n := range of {
		out = append(out, page.Option{Value: strconv.Itoa(n), Text: l.N("release.choose.some", n)})
	}
	return out
}

func plain(say func(any) string, of ...int) []page.Option {
	out := make([]page.Option, len(of))
	for i, n := range of {
		out[i] = page.Option{Value: strconv.Itoa(n), Text: say(n)}
	}
	return out
}

// periodsOf offers the times of a source: of a table that was brought in its closed years, latest first, and all of them.
func periodsOf(r *page.Request, s source.Source) []page.Option {
	if s.Title == "" {
		return periods(r)
	}
	var out []page.Option
	add := func(from, until int) {
		a, b := fmt.Sprintf("%d-01-01", from), fmt.Sprintf("%d-12-31", until)
		out = append(out, page.Option{Value: a + "/" + b, Text: Period(r.L, a, b)})
	}
	years := slices.DeleteFunc(slices.Clone(s.Years), func(y int) bool { return y < firstYear || y >= r.Now.UTC().Year() })
	for _, y := range slices.Backward(years) {
		add(y, y)
	}
	if n := len(years); n > 1 {
		add(years[0], years[n-1])
	}
	return out
}

// periods offers closed years, years joined for small numbers, and the closed quarters of two years, latest first.
func periods(r *page.Request) []page.Option {
	var out []page.Option
	add := func(from, until time.Time) { // until is the first day after
		a, b := from.Format(time.DateOnly), until.AddDate(0, 0, -1).Format(time.DateOnly)
		if until.Before(r.Now.UTC()) {
			out = append(out, page.Option{Value: a + "/" + b, Text: Period(r.L, a, b)})
		}
	}
	first := func(y, m int) time.Time { return time.Date(y, time.Month(m), 1, 0, 0, 0, 0, time.UTC) }
	now := r.Now.UTC().Year()
	for y := now - 1; y >= now-6; y-- {
		add(first(y, 1), first(y+1, 1))
	}
	add(first(now-2, 1), first(now, 1))
	add(first(now-3, 1), first(now, 1))
	add(first(now-5, 1), first(now, 1))
	for q := 7; q >= 0; q-- {
		add(first(now-1, 1+3*q), first(now-1, 4+3*q))
	}
	return out
}

// with adds a period that a draft has and the list has not.
func with(of []page.Option, r *page.Request, period string) []page.Option {
	from, until, ok := strings.Cut(period, "/")
	if !ok || slices.ContainsFunc(of, func(o page.Option) bool { return o.Value == period }) {
		return of
	}
	return append(of, page.Option{Value: period, Text: Period(r.L, from, until)})
}

// result says what a plan costs and gives, before anything is spent.
func (rm room) result(ctx context.Context, r *page.Request, p *Plan) (*resultData, error) {
	l := r.L
	b, err := rm.Desk.Budget(ctx, As(r.Actor), p.Source.Code)
	if err != nil {
		return nil, err
	}
	left, err := b.Left(p.Years, r.Now)
	if err != nil {
		return nil, err
	}
	d := &resultData{Facts: []page.Fact{{Term: l.T("release.tables"), Text: l.N("release.tables.count", len(p.All)), Sub: l.N("release.cells.count", p.Cells)}}}
	if p.choice != nil { // of the largest that may be chosen
		cells := 0
		for _, x := range p.pooled.Parts {
			cells += p.Domain.Cells(x.Set)
		}
		d.Facts[0].Text, d.Facts[0].Sub = l.N("release.tables.count", len(p.pooled.Parts)), l.N("release.cells.count", cells)
	}
	if p.pooled != nil {
		promise, err := p.Promise()
		if err != nil {
			return nil, err
		}
		d.Gauges = gauges(r, "plan", left, p.Cost)
		if c := promise.Choice; c != nil {
			d.Facts = append(d.Facts, page.Fact{Term: l.T("release.choose"), Text: l.N("release.choose.some", c.Taken), Sub: l.T("release.choose.cost", "Of", c.Of, "Rho", c.Rho)})
		}
		d.Facts = append(d.Facts, page.Fact{Term: l.T("release.promise"), Text: l.T("release.promise.text", "Epsilon", l.Decimal(strconv.FormatFloat(promise.Epsilon, 'f', 2, 64)), "Times", l.Decimal(odds(promise.Epsilon)))},
			page.Fact{Term: l.T("release.cost"), Text: p.Cost.String()})
	}
	d.Notes = rm.cautions(r, p, b, left)
	d.Tables = p.table(r)
	return d, nil
}

// odds says by what factor somebody's being there changes the odds of anything at most.
func odds(epsilon float64) string { return fmt.Sprintf("%.1f", expm(epsilon)) }

// table lists the tables of a plan with how exact each will be.
func (p *Plan) table(r *page.Request) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("release.tables"), Columns: []page.Column{{Text: l.T("release.table")}, {Text: l.T("release.cells"), Num: true}, {Text: l.T("release.plus_minus"), Num: true}}}
	shown := p.All
	if len(shown) > 60 {
		shown = shown[:60]
	}
	for _, s := range shown {
		plus := page.Cell{Text: l.T("release.plus_minus.withheld")}
		if x := p.PlusMinus(s); x > 0 {
			plus.Text = "± " + l.Decimal(strconv.FormatFloat(x, 'f', precision(x), 64))
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: p.heading(r, s)}, {Text: l.Number(p.Domain.Cells(s))}, plus}})
	}
	return t
}

func precision(x float64) int {
	if x < 10 {
		return 1
	}
	return 0
}

func (p *Plan) heading(r *page.Request, s table.Set) string {
	if len(s) == 0 {
		return r.L.T("release.total")
	}
	var out []string
	for _, n := range p.Names(s) {
		out = append(out, Heading(r.L, p.Source, n))
	}
	return strings.Join(out, " × ")
}

// cautions say what somebody should know of a plan: that the budget does not bear it, that other releases of the same people
// weaken it, what few people can do.
func (rm room) cautions(r *page.Request, p *Plan, b Budget, left Left) []field.Note {
	l := r.L
	var out []field.Note
	add := func(tone, key string) {
		out = append(out, field.Note{Tone: tone, Title: l.T(key), Text: l.T(key + ".text")})
	}
	if p.Cost > left.Least() {
		add(page.Bad, "release.caution.budget")
	}
	for _, c := range b.Charges {
		if c.Spent != nil && c.Route != p.Asks.Route && meets(c.Years, p.Years) {
			add(page.Warn, "release.caution.both")
			break
		}
	}
	if _, worst := p.Narrowest(); p.pooled != nil && worst > 30 {
		add(page.Warn, "release.caution.noise")
	}
	if p.pooled == nil && p.Cells > 2000 {
		add(page.Warn, "release.caution.many")
	}
	if p.Source.Title != "" {
		add(page.Warn, "release.caution.brought")
	}
	switch {
	case len(p.Years) > 0 || p.pooled == nil:
	case p.Source.Most > 1:
		add(page.Info, "release.caution.several")
	default:
		add(page.Info, "release.caution.open")
	}
	return out
}

// meets says whether two releases may count the same people; no years are any.
func meets(a, b []int) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(y int) bool { return slices.Contains(b, y) })
}
