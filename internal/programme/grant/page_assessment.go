// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

var turnTones = map[Turn]string{Asked: page.Warn, Ready: page.Info, Excluded: page.Off, Scored: page.Good}

// assessed is an assessment with its call.
type assessed struct {
	Assessment
	call Call
}

func (rm room) assessments(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	rows, err := all[AssessmentLine](ctx, rm, r, access.KindAssessment, nil)
	if err != nil {
		return nil, err
	}
	inorder.By(rows, func(a, b register.Found[AssessmentLine]) int {
		return strings.Compare(string(a.V.Turn)+a.V.Applicant+a.ID.String(), string(b.V.Turn)+b.V.Applicant+b.ID.String())
	})
	var who []journal.ID
	for _, x := range rows {
		who = append(who, x.V.Assessor)
	}
	names := rm.names(ctx, r, who...)
	t := tableOf(l, "grant.assessments", "grant.application", "grant.field.applicant", "grant.assessor", "grant.state")
	t.Empty = &page.Empty{Icon: "clipboard-check", Title: l.T("grant.assessments.none"), Text: l.T("grant.assessments.empty.text")}
	for _, x := range rows {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: x.V.Title, Href: AssessmentPath + "/" + x.ID.String(), Lang: l.Foreign(x.V.Language)}, {Text: x.V.Applicant}, {Text: names[x.V.Assessor]}, {Text: l.T("grant.turn." + string(x.V.Turn)), Tone: turnTones[x.V.Turn]}}})
	}
	return page.View("register/list", l.T("grant.assessments"), register.List{Title: l.T("grant.assessments"), Lead: l.N("grant.assessments.count", len(rows)), Crumbs: crumbs(l, "grant.assessments", AssessmentPath), Tabs: tabs(l, AssessmentPath), Table: t}), nil
}

func (rm room) assessment(ctx context.Context, r *page.Request) (assessed, error) {
	a, err := load[Assessment](ctx, rm, r, access.KindAssessment)
	if err == nil && !a.Exists() {
		err = fault.New(fault.NotFound, "store.not_found")
	}
	if err != nil {
		return assessed{}, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), ref(access.KindCall, a.Assigned.Call))
	if err != nil {
		return assessed{}, err
	}
	return assessed{a, o.State.(Call)}, nil
}

func (rm room) showAssessment(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.assessment(ctx, r)
	if err != nil {
		return nil, err
	}
	l, v := r.L, x.Assigned
	d := register.Record{Crumbs: assessmentCrumbs(l, x, ""), Title: page.Cell{Text: v.Title, Lang: l.Foreign(v.Language)}, Status: page.Mark{Tone: turnTones[x.Turn], Text: l.T("grant.turn." + string(x.Turn))},
		Passages: []register.Passage{{Title: l.T("grant.field.project_text"), Text: v.Text, Lang: l.Foreign(v.Language)}}, History: rm.history(ctx, r, x.History),
		Facts:   []page.Fact{{Term: l.T("grant.field.applicant"), Text: v.Applicant}, {Term: l.T("grant.field.amount"), Text: amount(l, v.Amount, x.call.Notice.Currency)}, {Term: l.T("grant.assessor"), Text: rm.names(ctx, r, v.Assessor)[v.Assessor]}},
		Actions: step.Actions(r, rm.assessmentSteps(), x, AssessmentPath+"/"+x.ID.String())}
	if len(v.Partners) > 0 {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.field.partners"), Text: l.Clauses(v.Partners)})
	}
	if x.Turn == Asked {
		d.Notes = append(d.Notes, register.Note{Tone: page.Warn, Title: l.T("grant.declare.first"), Text: l.T("grant.declare.lead")})
	}
	if len(x.Scores.Scores) > 0 {
		d.Tables = append(d.Tables, scoresTable(l, x))
		if x.Scores.Remark != "" {
			d.Passages = append(d.Passages, register.Passage{Title: l.T("grant.field.remark"), Text: x.Scores.Remark})
		}
	}
	return page.View("register/record", l.T("grant.assessment"), d), nil
}

func assessmentCrumbs(l *lang.Locale, x assessed, key string) []page.Crumb {
	out := []page.Crumb{{Text: l.T("grant.assessment")}}
	if key != "" {
		out = []page.Crumb{{Text: l.T("grant.assessment"), Href: AssessmentPath + "/" + x.ID.String()}, {Text: l.T(key)}}
	}
	return crumbs(l, "grant.assessments", AssessmentPath, out...)
}

func scoresTable(l *lang.Locale, x assessed) page.Table {
	t := tableOf(l, "grant.scores", "grant.criterion", "grant.weight", "grant.score")
	t.Columns[1].Num, t.Columns[2].Num = true, true
	for _, c := range x.call.Notice.Criteria {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{register.Quote(l, c.Name), {Text: l.Number(c.Weight)}, {Text: l.Number(x.Scores.Scores[c.Code])}}})
	}
	t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("grant.result")}, {Text: l.Number(100)}, {Text: percent(l, weigh(x.call.Notice.Criteria, x.Scores))}}})
	return t
}

func (rm room) askAssessment(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.assessment(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.assessmentSteps(), x, rm.Store.NewID())
}

func (rm room) doAssessment(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.assessment(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.assessmentSteps(), x)
}

func (rm room) assessmentSteps() []step.Step[assessed] {
	own := func(turns ...Turn) func(*page.Request, assessed) bool {
		return func(r *page.Request, x assessed) bool {
			return r.Actor.ID == x.Assigned.Assessor && x.call.State != Final && slices.Contains(turns, x.Turn)
		}
	}
	return []step.Step[assessed]{
		{Name: "declare", Icon: "scale", Text: "grant.act.declare", Primary: true, Can: own(Asked, Ready, Scored), Ask: rm.askDeclare, Do: rm.doDeclare},
		{Name: "score", Icon: "clipboard-check", Text: "grant.act.score", Primary: true, Can: own(Ready, Scored), Ask: rm.askScore, Do: rm.doScore},
	}
}

func (rm room) askDeclare(_ context.Context, r *page.Request, x assessed, t *step.Typed) (register.Form, error) {
	l := r.L
	return register.Form{Lead: l.T("grant.declare.lead"), Crumbs: assessmentCrumbs(l, x, "grant.act.declare"), Cancel: AssessmentPath + "/" + x.ID.String(),
		Fields: []register.Field{choice(l, t, "conflict", answers(l)), register.Optional(area(l, t, "reason", 3))}}, nil
}

func (rm room) doDeclare(ctx context.Context, r *page.Request, x assessed, t *step.Typed, entry journal.ID) (string, error) {
	a := Answer(t.Text("conflict"))
	if a == Unsaid || !a.known() {
		return "", fault.Bad("conflict", "grant.want.choice")
	}
	to := AssessmentPath + "/" + x.ID.String()
	if a == Yes {
		to = AssessmentPath // it is closed to this assessor from now on
	}
	return to, rm.write(ctx, r, t, access.KindAssessment, x.ID, entry, DeclaredType, Declared{a == Yes, t.Text("reason")})
}

func (rm room) askScore(_ context.Context, r *page.Request, x assessed, t *step.Typed) (register.Form, error) {
	l := r.L
	f := register.Form{Lead: l.T("grant.score.lead", "Max", l.Number(MostScore)), Crumbs: assessmentCrumbs(l, x, "grant.act.score"), Cancel: AssessmentPath + "/" + x.ID.String()}
	for _, c := range x.call.Notice.Criteria {
		name := "score_" + c.Code
		if n, given := x.Scores.Scores[c.Code]; given {
			t.Or(name, l.Number(n))
		}
		f.Fields = append(f.Fields, register.Field{Kind: "text", Name: name, Label: c.Name.In(l.Tag()).Text, Hint: l.T("grant.weighs", "Weight", l.Number(c.Weight)), Value: t.Text(name)})
	}
	t.Or("remark", x.Scores.Remark)
	f.Fields = append(f.Fields, register.Optional(area(l, t, "remark", 4)))
	return f, nil
}

func (rm room) doScore(ctx context.Context, r *page.Request, x assessed, t *step.Typed, entry journal.ID) (string, error) {
	v := Scores{Scores: map[string]int{}, Remark: t.Text("remark")}
	for _, c := range x.call.Notice.Criteria {
		if name := "score_" + c.Code; t.Text(name) != "" {
			v.Scores[c.Code] = int(t.Number(name))
		}
	}
	return AssessmentPath + "/" + x.ID.String(), rm.write(ctx, r, t, access.KindAssessment, x.ID, entry, ScoredType, v)
}
