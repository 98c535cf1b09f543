// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// schemesPath is where the strategies and action plans are that the programme is part of.
const schemesPath = "/programme/schemes"

func schemePath(code string) string { return schemesPath + "/" + code }

// strategy is one of them, with what belongs to it.
type strategy struct {
	Code       string
	Title      item
	Text       wording.Text // of the title, where the source names it
	Note       string
	Lines      string
	Questions  []scheme.Question // what its source says of it in several ways
	Plans      []measure.Plan    // as its measures name it
	N, Done    int               // measures
	Activities []string          // codes of those that carry it out
}

// strategies gathers those of the programme's source, then the plans that measures name and the source does not: from the
// index of codes, whatever the number of records.
func (rm room) strategies(ctx context.Context, r *page.Request) ([]strategy, scheme.Scheme, error) {
	w := rolls.As(r)
	s, err := rm.current(ctx, w)
	if err != nil {
		return nil, s, err
	}
	plans, err := measure.Plans(ctx, rm.Store, w)
	if err != nil {
		return nil, s, err
	}
	var out []strategy
	for _, x := range s.Schemes {
		out = append(out, strategy{Code: x.Code, Title: saidIn(r.L, s, scheme.SchemeText(x), x.Text), Text: s.Text(scheme.SchemeText(x), x.Text), Note: x.Note, Lines: lines(r.L, s.Source, x.Lines)})
	}
	for _, q := range s.Questions() {
		for i := range out {
			if len(q.Stated) > 0 && about(q.About, out[i]) {
				out[i].Questions = append(out[i].Questions, q)
			}
		}
	}
	out = withPlans(out, plans)
	for i := range out {
		if out[i].Activities, err = rm.carryingOut(ctx, w, out[i]); err != nil {
			break
		}
	}
	return out, s, err
}

// plansCalled gives what plans are called for a reader: the title of the strategy that one means, where it has one in the reader's
// language; else the plan as it is named.
func (c Config) plansCalled(r *page.Request) func(plan string) string {
	w := rolls.As(r)
	all, err := store.Remembered(c.Store, w, []string{access.KindProgramme}, "strategies", func() ([]strategy, error) {
		s, err := room{c}.current(r.Context(), w)
		var out []strategy
		for _, x := range s.Schemes {
			out = append(out, strategy{Code: x.Code, Text: s.Text(scheme.SchemeText(x), x.Text)})
		}
		return out, err
	})
	called := map[string]string{}
	return func(plan string) string {
		if _, known := called[plan]; !known {
			called[plan] = plan
			if i := meant(all, plan); err == nil && i >= 0 {
				if t := all[i].Text.In(r.L.Tag()); t.Asked && t.State != wording.Outdated {
					called[plan] = t.Text
				}
			}
		}
		return called[plan]
	}
}

// carryingOut gives the codes of the activities that are of a strategy: the office says so, or they carry out one of its
// measures.
func (rm room) carryingOut(ctx context.Context, w store.Who, x strategy) ([]string, error) {
	return store.Remembered(rm.Store, w, []string{access.KindActivity, access.KindMeasure, access.KindProgramme}, "carrying out "+x.Code, func() ([]string, error) {
		saying, err := rm.linked(ctx, w, activity.SchemeCode)
		if err != nil {
			return nil, err
		}
		carried, err := rm.linked(ctx, w, activity.MeasureCode)
		if err != nil {
			return nil, err
		}
		all := slices.Clone(saying[activity.Link(x.Code)])
		for _, p := range x.Plans {
			for _, code := range p.Codes {
				all = append(all, carried[code]...)
			}
		}
		slices.Sort(all)
		return slices.Compact(all), nil
	})
}

// linked gives the codes of the programme's activities by what they carry out.
func (rm room) linked(ctx context.Context, w store.Who, link string) (map[string][]string, error) {
	return store.Remembered(rm.Store, w, []string{access.KindActivity}, "linked by "+link, func() (map[string][]string, error) {
		return rm.Store.Pairs(ctx, w, access.KindActivity, link, "code", store.Is("origin", activity.OfProgramme))
	})
}

// titles gives what it is called, in every language.
func (x strategy) titles() []string {
	if x.Text.IsZero() {
		return []string{x.Title.Text}
	}
	var out []string
	for _, tag := range x.Text.Languages() {
		out = append(out, x.Text.By[tag].Text)
	}
	return out
}

// about says whether a question is on a strategy: it names its code or the beginning of its title.
func about(question string, x strategy) bool {
	words := strings.Fields(plainly(strings.NewReplacer("(", " ", ")", " ", ",", " ").Replace(question)))
	return slices.Contains(words, plainly(x.Code)) || slices.ContainsFunc(x.titles(), func(t string) bool { return strings.Contains(plainly(question), plainly(t)) })
}

func (rm room) schemes(ctx context.Context, r *page.Request) (page.Response, error) {
	list, _, err := rm.strategies(ctx, r)
	if err != nil {
		return nil, err
	}
	l := r.L
	t := page.Table{Caption: l.T("programme.schemes.title"), Columns: []page.Column{{Text: l.T("programme.scheme")}, {Text: l.T("measure.title"), Num: true}, {Text: l.T("programme.measures.done"), Num: true}, {Text: l.T("programme.list.title"), Num: true}, {Text: l.T("programme.doubts"), Num: true}},
		Empty: &page.Empty{Icon: "map", Title: l.T("programme.schemes.none"), Text: l.T("programme.schemes.none.text")}}
	for _, x := range list {
		cell := page.Cell{Text: x.Title.Text, Lang: x.Title.Lang, Href: schemePath(x.Code), Sub: x.Lines}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{cell, {Text: l.Number(x.N)}, {Text: l.T("register.of", "N", l.Number(x.Done), "Of", l.Number(x.N))}, {Text: l.Number(len(x.Activities))}, {Text: l.Number(len(x.Questions))}}})
	}
	d := rolls.List{Title: l.T("programme.schemes.title"), Lead: l.T("programme.schemes.lead"), Table: t, Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.schemes.title")}}}
	return page.View("register/list", l.T("programme.schemes.title"), d), nil
}

// schemePage is one strategy: what the source says of it, also where it contradicts itself, its measures and activities.
type schemePage struct {
	Crumbs      []page.Crumb
	Title       item
	Passages    []rolls.Passage // of the title, in each language with its state
	Actions     []page.Action
	Facts       []fact
	Questions   []fact
	Measures    page.Table
	Activities  table
	First, Next string // pages of activities
}

func (rm room) showScheme(ctx context.Context, r *page.Request) (page.Response, error) {
	list, s, err := rm.strategies(ctx, r)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(x strategy) bool { return x.Code == r.PathValue("code") })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	l, x := r.L, list[i]
	passages := rolls.Passages(l, l.T("programme.scheme.title"), x.Text)
	measures, err := measure.First(ctx, rm.Store, rolls.As(r), x.Plans)
	if err != nil {
		return nil, err
	}
	activities, first, next, err := rm.turned(ctx, r, x)
	if err != nil {
		return nil, err
	}
	d := schemePage{Title: x.Title, Passages: passages, Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.schemes.title"), Href: schemesPath}, {Text: l.T("programme.scheme")}},
		Questions: contradicted(l, s, x), Measures: measureTable(r, g, x, measures), First: first, Next: next}
	if x.Note != "" {
		d.Facts = append(d.Facts, one(l.T("programme.fact.note"), text(x.Note)))
	}
	if x.Lines != "" {
		d.Facts = append(d.Facts, one(l.T("programme.fact.source"), text(x.Lines)))
	}
	for _, p := range x.Plans {
		d.Facts = append(d.Facts, one(l.T("programme.scheme.named"), text(p.Name).to(measure.OfPlan(p.Code)).with(l.N("measure.count", p.N))))
	}
	if rolls.MayEdit(r) {
		d.Actions = []page.Action{{Text: l.T("measure.new"), Href: measure.Path + "/new", Icon: "plus"}}
		if rm.Importer != nil {
			d.Actions = append(d.Actions, page.Action{Text: l.T("sheet.measures.title"), Href: measure.Path + "/import", Icon: "file-import"})
		}
	}
	d.Activities = table{Caption: l.T("programme.list.title"), Columns: columns(l, "activity", "dates", "status"), Empty: &page.Empty{Icon: "list", Title: l.T("programme.scheme.nothing"), Text: l.T("programme.scheme.nothing.text")}}
	for _, a := range activities {
		d.Activities.Rows = append(d.Activities.Rows, []item{entryOf(l, a), when(l, a), status(l, a.Status)})
	}
	return page.View("programme/scheme", l.T("programme.scheme"), d), nil
}

// turned reads the page of a strategy's activities that an address asks for by its number, and the way to the next.
func (rm room) turned(ctx context.Context, r *page.Request, x strategy) (list []activity.Line, first, next string, err error) {
	n, _ := strconv.Atoi(r.URL.Query().Get("page")) // what is no number is the first
	n = min(max(n, 1), len(x.Activities)/store.PageSize+1)
	from, to := (n-1)*store.PageSize, min(n*store.PageSize, len(x.Activities))
	for _, code := range x.Activities[from:to] {
		of, err := rm.matchingAll(ctx, rolls.As(r), store.Is("code", code))
		if err != nil {
			return nil, "", "", err
		}
		list = append(list, of...)
	}
	if n > 1 {
		first = schemePath(x.Code)
	}
	if to < len(x.Activities) {
		next = schemePath(x.Code) + "?page=" + strconv.Itoa(n+1)
	}
	return list, first, next, nil
}

// contradicted gives what the source says of a strategy in several ways: all of them, and what the office holds.
func contradicted(l *lang.Locale, s scheme.Scheme, x strategy) []fact {
	var out []fact
	own := l.Foreign(s.Source.Language)
	for _, q := range x.Questions {
		f := fact{Term: q.About}
		for _, st := range q.Stated {
			f.Items = append(f.Items, quoted(st.Text, own).with(lines(l, s.Source, st.Lines)))
		}
		if !q.Open() {
			f.Items = append(f.Items, text(q.Answer).with(l.T("programme.gaps.holds")))
		}
		out = append(out, f)
	}
	return out
}

// measureTable lists a page of a strategy's measures; of what is not on it the plans' own lists have all.
func measureTable(r *page.Request, g register, x strategy, rows []measure.Row) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("programme.scheme.measures"), Columns: []page.Column{{Text: l.T("measure.one")}, {Text: l.T("measure.text")}, {Text: l.T("measure.owners")}, {Text: l.T("measure.due")}, {Text: l.T("measure.state")}},
		Empty: &page.Empty{Icon: "list-details", Title: l.T("measure.empty")}}
	for _, m := range rows {
		var names []string
		for _, o := range m.V.Owners {
			names = append(names, g.name(l, o))
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("measure.at", "Code", m.V.Code), Href: measure.Path + "/" + m.ID.String()}, rolls.Excerpt(l, m.V.Text), {Text: l.List(names)}, {Text: known(l, m.V.Due)}, {Text: progress(l, m.V)}}})
	}
	if more := x.N - len(rows); more > 0 {
		row := page.Row{Cells: make([]page.Cell, len(t.Columns))}
		row.Cells[0] = page.Cell{Text: l.N("programme.more", more), Href: measure.OfPlan(x.Plans[len(x.Plans)-1].Code)}
		t.Rows = append(t.Rows, row)
	}
	return t
}
