// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// usual is what a new call asks until somebody says otherwise: the rules of the programme's calls, and four criteria of equal
// weight.
func usual(l *lang.Locale) Notice {
	n := Notice{Currency: Currencies()[0], Rules: []Rule{{Rule: Registered, Least: 1}, {Rule: NonProfit}, {Rule: OwnAccount}, {Rule: OwnWork}}}
	for i, k := range []string{"need", "method", "safety", "cost"} {
		n.Criteria = append(n.Criteria, Criterion{Code: criterionCode(i), Name: wording.New(register.Language(l), l.T("grant.usual."+k)), Weight: 25})
	}
	return n
}

func criterionCode(i int) string { return fmt.Sprintf("c%d", i+1) }

// countries are those of the rule on the seat.
func (n Notice) countries() []string {
	for _, r := range n.Rules {
		if r.Rule == Seat {
			return r.Countries
		}
	}
	return nil
}

// noticed fills a form with a notice.
func noticed(l *lang.Locale, t *step.Typed, n Notice) {
	language := n.Title.In(l.Tag()).Language
	if language == "" {
		language = register.Language(l)
	}
	t.Or("language", language)
	t.Or("code", n.Code)
	t.Or("title", n.Title.By[language].Text)
	t.Or("text", n.Text.By[language].Text)
	t.Or("activity", n.Activity)
	t.Or("closes", n.Closes.String())
	if t.Or("ceiling", ""); n.Ceiling > 0 && t.Text("ceiling") == "" {
		t.Values["ceiling"] = []string{strconv.FormatInt(n.Ceiling, 10)}
	}
	t.Or("currency", n.Currency)
	var rules []string
	years := ""
	for _, r := range n.Rules {
		if rules = append(rules, string(r.Rule)); r.Rule == Registered {
			years = strconv.Itoa(r.Least)
		}
	}
	t.Or("rules", rules...)
	t.Or("years", years)
	t.Or("countries", n.countries()...)
	t.Or("criteria", weighed(n.Criteria, language))
}

// weighed gives criteria as the form shows them in a language: one a line, behind its weight.
func weighed(criteria []Criterion, language string) string {
	var out []string
	for _, c := range criteria {
		out = append(out, strconv.Itoa(c.Weight)+" "+c.Name.In(language).Text)
	}
	return strings.Join(out, "\n")
}

// notice reads the form beside what the call says already in other languages.
func notice(l *lang.Locale, t *step.Typed, before Notice) Notice {
	sent := t.Sent(l)
	defer sent.Note(&t.Fields)
	n := Notice{Code: t.Text("code"), Title: t.Said(sent, "title", before.Title), Text: t.Said(sent, "text", before.Text), Activity: t.Text("activity"),
		Closes: t.Date("closes"), Ceiling: t.Number("ceiling"), Currency: t.Text("currency")}
	for _, code := range RuleCodes() {
		if !slices.Contains(t.Many("rules"), string(code)) {
			continue
		}
		r := Rule{Rule: code}
		switch code {
		case Registered:
			r.Least = int(t.Number("years"))
		case Seat:
			r.Countries = t.Many("countries")
		}
		n.Rules = append(n.Rules, r)
	}
	t.Words(sent, "criteria", func(tag string) string {
		if x, ok := l.In(tag); ok && len(before.Criteria) == 0 {
			return weighed(usual(x).Criteria, tag)
		}
		return weighed(before.Criteria, tag)
	})
	for i, line := range t.Lines("criteria") {
		weight, name, _ := strings.Cut(line, " ")
		w, err := strconv.Atoi(weight)
		if err != nil {
			t.Fields.Add("criteria", "grant.want.criteria")
			break
		}
		c := Criterion{Code: criterionCode(i), Weight: w}
		if i < len(before.Criteria) {
			c.Name = before.Criteria[i].Name
		}
		c.Name = sent.Line(c.Name, name)
		n.Criteria = append(n.Criteria, c)
	}
	return n
}

func (rm room) doNotice(ctx context.Context, r *page.Request, c Call, t *step.Typed, entry journal.ID) (string, error) {
	id := c.ID
	if !c.Exists() {
		id = t.ID("dossier")
	}
	n := notice(r.L, t, c.Notice)
	if id.IsZero() {
		return "", fault.New(fault.Invalid, "page.fault.form")
	}
	return CallPath + "/" + id.String(), rm.write(ctx, r, t, access.KindCall, id, entry, AnnouncedType, n)
}

func (rm room) doOpen(ctx context.Context, r *page.Request, c Call, t *step.Typed, entry journal.ID) (string, error) {
	on := t.Date("on")
	return callPath(c), rm.write(ctx, r, t, access.KindCall, c.ID, entry, OpenedType, Opened{on})
}

func (rm room) doClose(ctx context.Context, r *page.Request, c Call, t *step.Typed, entry journal.ID) (string, error) {
	on := t.Date("on")
	return callPath(c), rm.write(ctx, r, t, access.KindCall, c.ID, entry, ClosedType, ClosedFor{on})
}

func (rm room) askSend(ctx context.Context, r *page.Request, c Call, t *step.Typed) (register.Form, error) {
	l := r.L
	options, err := rm.Offices(ctx, r)
	options = slices.DeleteFunc(options, func(o page.Option) bool {
		return slices.ContainsFunc(c.Sent, func(id journal.ID) bool { return id.String() == o.Value })
	})
	f := register.Form{Lead: l.T("grant.send.lead"), Crumbs: callCrumbs(l, c, "grant.act.send_call"), Cancel: callPath(c), Submit: l.T("grant.send"), Fields: []register.Field{checks(l, t, "to", options)}}
	if len(options) == 0 {
		f.Lead, f.Fields = l.T("grant.send.nobody"), nil
	}
	return f, err
}

func (rm room) doSend(ctx context.Context, r *page.Request, c Call, t *step.Typed, entry journal.ID) (string, error) {
	var to []journal.ID
	for _, s := range t.Many("to") {
		id, err := journal.ParseID(s)
		if err != nil {
			return "", fault.Bad("to", "page.form.unreadable")
		}
		to = append(to, id)
	}
	return callPath(c), rm.write(ctx, r, t, access.KindCall, c.ID, entry, CallSentType, CallSent{to})
}

// panelRows is how many assessors a form asks for at once.
const panelRows = 5

func (rm room) askPanel(ctx context.Context, r *page.Request, c Call, t *step.Typed) (register.Form, error) {
	l := r.L
	var options []page.Option
	var err error
	if rm.Colleagues != nil {
		options, err = rm.Colleagues(ctx, r)
	}
	f := register.Form{Lead: l.T("grant.panel.lead"), Crumbs: callCrumbs(l, c, "grant.panel"), Cancel: callPath(c)}
	for i := range max(panelRows, len(c.Panel)+1) {
		who, bound := fmt.Sprintf("assessor_%d", i), fmt.Sprintf("bound_%d", i)
		if i < len(c.Panel) {
			t.Or(who, c.Panel[i].Assessor.String())
			t.Or(bound, strings.Join(c.Panel[i].Bound, "\n"))
		}
		f.Fields = append(f.Fields,
			register.Field{Kind: "select", Name: who, Label: l.T("grant.field.assessor", "N", l.Number(i+1)), Options: options, Value: t.Text(who), Blank: l.T("grant.nobody"), Optional: true},
			register.Field{Kind: "textarea", Name: bound, Label: l.T("grant.field.bound", "N", l.Number(i+1)), Hint: l.T("grant.hint.bound"), Value: t.Text(bound), Rows: 2, Optional: true})
	}
	return f, err
}

func (rm room) doPanel(ctx context.Context, r *page.Request, c Call, t *step.Typed, entry journal.ID) (string, error) {
	var v Panelled
	for i := range max(panelRows, len(c.Panel)+1) {
		if id := t.ID(fmt.Sprintf("assessor_%d", i)); !id.IsZero() {
			v.Members = append(v.Members, Member{id, t.Lines(fmt.Sprintf("bound_%d", i))})
		}
	}
	return callPath(c), rm.write(ctx, r, t, access.KindCall, c.ID, entry, PanelledType, v, "members", "assessor_0")
}

// standing is what a ranking is made of, as the reader sees it.
type standing struct {
	places []Place
	scored map[journal.ID][]Assessment // by application
	shared map[journal.ID][]journal.ID // assessors with scores, by application
}

func (rm room) standing(ctx context.Context, r *page.Request, c Call) (standing, error) {
	s := standing{scored: map[journal.ID][]Assessment{}, shared: map[journal.ID][]journal.ID{}}
	rows, err := all[AssessmentLine](ctx, rm, r, access.KindAssessment, map[string]string{"call": c.ID.String()})
	if err != nil {
		return s, err
	}
	scores := map[journal.ID][]Scores{}
	for _, x := range rows {
		if x.V.Turn != Scored {
			continue
		}
		o, err := rm.Store.Open(ctx, register.As(r), ref(access.KindAssessment, x.ID))
		if err != nil {
			return s, err
		}
		a := o.State.(Assessment)
		s.scored[x.V.Application] = append(s.scored[x.V.Application], a)
		s.shared[x.V.Application] = append(s.shared[x.V.Application], x.V.Assessor)
		scores[x.V.Application] = append(scores[x.V.Application], a.Scores)
	}
	s.places = rank(c.Notice.Criteria, scores)
	return s, nil
}

func (rm room) askRank(ctx context.Context, r *page.Request, c Call, t *step.Typed) (register.Form, error) {
	l := r.L
	s, err := rm.standing(ctx, r, c)
	f := register.Form{Lead: l.T("grant.rank.lead"), Crumbs: callCrumbs(l, c, "grant.act.rank"), Cancel: callPath(c), Submit: l.T("grant.rank.close")}
	if len(s.places) == 0 {
		f.Lead = l.T("grant.rank.nothing")
	}
	return f, err
}

// doRank closes the ranking as it follows from the scores, and then opens the assessments to those who have scored the same
// application. That step can be done again when it was interrupted: it writes what is missing.
func (rm room) doRank(ctx context.Context, r *page.Request, c Call, _ *step.Typed, entry journal.ID) (string, error) {
	s, err := rm.standing(ctx, r, c)
	if err != nil {
		return "", err
	}
	if err := rm.append(ctx, r, access.KindCall, c.ID, entry, RankedType, Ranked{s.places}); err != nil {
		return "", err
	}
	for _, application := range slices.SortedFunc(maps.Keys(s.scored), func(a, b journal.ID) int { return strings.Compare(a.String(), b.String()) }) {
		for _, a := range s.scored[application] {
			if err := rm.append(ctx, r, access.KindAssessment, a.ID, shareID(a.ID), SharedType, Shared{s.shared[application]}); err != nil {
				return "", err
			}
		}
	}
	return callPath(c), nil
}
