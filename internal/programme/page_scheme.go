// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// schemesPath is where the strategies and action plans are that the programme is part of.
const schemesPath = "/programme/schemes"

func schemePath(code string) string { return schemesPath + "/" + code }

// strategy is one of them, with what belongs to it.
type strategy struct {
	Code       string
	Title      item
	Note       string
	Lines      string
	Questions  []scheme.Question // what its source says of it in several ways
	Measures   []measure.Row
	Activities []activity.Line
}

// strategies gathers those of the programme's source, then the plans that measures name and the source does not.
func (rm room) strategies(ctx context.Context, r *page.Request) ([]strategy, scheme.Scheme, error) {
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return nil, s, err
	}
	ms, err := measure.List(ctx, rm.Store, rolls.As(r), nil)
	if err != nil {
		return nil, s, err
	}
	as, err := rm.activities(ctx, rolls.As(r), nil)
	if err != nil {
		return nil, s, err
	}
	var out []strategy
	for _, x := range s.Schemes {
		out = append(out, strategy{Code: x.Code, Title: quoted(x.Text, r.L.Foreign(s.Source.Language)), Note: x.Note, Lines: lines(r.L, s.Source, x.Lines)})
	}
	for _, q := range s.Questions() {
		for i := range out {
			if len(q.Stated) > 0 && about(q.About, out[i]) {
				out[i].Questions = append(out[i].Questions, q)
			}
		}
	}
	for _, m := range ms {
		i := slices.IndexFunc(out, func(x strategy) bool { return belongs(m.V, x) })
		if i < 0 {
			out, i = append(out, strategy{Code: planCode(m.V.Plan), Title: text(m.V.Plan)}), len(out)
		}
		out[i].Measures = append(out[i].Measures, m)
	}
	for i := range out {
		out[i].Activities = slices.DeleteFunc(slices.Clone(as), func(a activity.Line) bool { return !carriesOut(a, out[i]) })
	}
	return out, s, nil
}

// belongs says whether a measure is of a strategy: it names its code or its title, or the beginning of that.
func belongs(m measure.Line, x strategy) bool {
	plan, title := plainly(m.Plan), plainly(x.Title.Text)
	return m.Plan == x.Code || planCode(m.Plan) == x.Code || plan == title || len(plan) >= minTitle && strings.HasPrefix(title, plan) || strings.HasPrefix(plan, title)
}

// minTitle is how much of a title must be named to mean it.
const minTitle = 12

// about says whether a question is on a strategy: it names its code or the beginning of its title.
func about(question string, x strategy) bool {
	words := strings.Fields(plainly(strings.NewReplacer("(", " ", ")", " ", ",", " ").Replace(question)))
	return slices.Contains(words, plainly(x.Code)) || strings.Contains(plainly(question), plainly(x.Title.Text))
}

// planCode makes a code of the name of a plan that only measures name, for its address.
func planCode(plan string) string {
	var b strings.Builder
	for _, w := range activity.Words(plan) {
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(w)
		if b.Len() > 40 {
			break
		}
	}
	return b.String()
}

// carriesOut says whether an activity is of a strategy: the office says so, or it carries out one of its measures.
func carriesOut(a activity.Line, x strategy) bool {
	return slices.Contains(a.Schemes, x.Code) || slices.ContainsFunc(x.Measures, func(m measure.Row) bool { return slices.Contains(a.Measures, m.V.Code) })
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
		done := 0
		for _, m := range x.Measures {
			if m.V.State == measure.Done {
				done++
			}
		}
		cell := page.Cell{Text: x.Title.Text, Lang: x.Title.Lang, Href: schemePath(x.Code), Sub: x.Lines}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{cell, {Text: l.Number(len(x.Measures))}, {Text: l.T("register.of", "N", l.Number(done), "Of", l.Number(len(x.Measures)))}, {Text: l.Number(len(x.Activities))}, {Text: l.Number(len(x.Questions))}}})
	}
	d := rolls.List{Title: l.T("programme.schemes.title"), Lead: l.T("programme.schemes.lead"), Table: t, Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.schemes.title")}}}
	return page.View("register/list", l.T("programme.schemes.title"), d), nil
}

// schemePage is one strategy: what the source says of it, also where it contradicts itself, its measures and activities.
type schemePage struct {
	Crumbs     []page.Crumb
	Title      item
	Actions    []page.Action
	Facts      []fact
	Questions  []fact
	Measures   page.Table
	Activities table
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
	d := schemePage{Title: x.Title, Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.schemes.title"), Href: schemesPath}, {Text: l.T("programme.scheme")}},
		Questions: contradicted(l, s, x), Measures: measureTable(r, g, x)}
	if x.Note != "" {
		d.Facts = append(d.Facts, one(l.T("programme.fact.note"), text(x.Note)))
	}
	if x.Lines != "" {
		d.Facts = append(d.Facts, one(l.T("programme.fact.source"), text(x.Lines)))
	}
	if rolls.MayEdit(r) {
		d.Actions = []page.Action{{Text: l.T("measure.new"), Href: measure.Path + "/new", Icon: "plus"}}
		if rm.Importer != nil {
			d.Actions = append(d.Actions, page.Action{Text: l.T("sheet.measures.title"), Href: measure.Path + "/import", Icon: "file-import"})
		}
	}
	d.Activities = table{Caption: l.T("programme.list.title"), Columns: columns(l, "activity", "dates", "status"), Empty: &page.Empty{Icon: "list", Title: l.T("programme.scheme.nothing"), Text: l.T("programme.scheme.nothing.text")}}
	for _, a := range x.Activities {
		d.Activities.Rows = append(d.Activities.Rows, []item{entryOf(l, a), when(l, a), status(l, a.Status)})
	}
	return page.View("programme/scheme", l.T("programme.scheme"), d), nil
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

func measureTable(r *page.Request, g register, x strategy) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("programme.scheme.measures"), Columns: []page.Column{{Text: l.T("measure.one")}, {Text: l.T("measure.text")}, {Text: l.T("measure.owners")}, {Text: l.T("measure.due")}, {Text: l.T("measure.state")}},
		Empty: &page.Empty{Icon: "list-details", Title: l.T("measure.empty")}}
	for _, m := range x.Measures {
		var names []string
		for _, o := range m.V.Owners {
			names = append(names, g.name(l, o))
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("measure.at", "Code", m.V.Code), Href: measure.Path + "/" + m.ID.String()}, rolls.Excerpt(l, m.V.Text), {Text: l.List(names)}, {Text: known(l, m.V.Due)}, {Text: progress(l, m.V)}}})
	}
	return t
}
