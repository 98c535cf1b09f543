// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

func applicationPath(a Application) string { return ApplicationPath + "/" + a.ID.String() }

// filed is an application with its call.
type filed struct {
	Application
	call Call
}

func (rm room) opened(ctx context.Context, r *page.Request) (filed, error) {
	a, err := load[Application](ctx, rm, r, access.KindApplication)
	if err == nil && !a.Exists() {
		err = fault.New(fault.NotFound, "store.not_found") // it begins at a call
	}
	if err != nil {
		return filed{}, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), ref(access.KindCall, a.Filed.Call))
	if err != nil {
		return filed{}, err
	}
	return filed{a, o.State.(Call)}, nil
}

func (rm room) showApplication(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	l, f := r.L, x.Filed
	d := register.Record{Crumbs: applicationCrumbs(l, x, ""), Title: page.Cell{Text: f.Title, Lang: l.Foreign(f.Language)}, Status: page.Mark{Tone: stageTones[x.Stage], Text: l.T("grant.stage." + string(x.Stage))},
		Passages: []register.Passage{{Title: l.T("grant.field.project_text"), Text: f.Text, Lang: l.Foreign(f.Language)}}, History: rm.history(ctx, r, x.History),
		Actions: step.Actions(r, rm.applicationSteps(), x, applicationPath(x.Application)), Facts: applicationFacts(l, x)}
	if failed := With(x.Outcomes, Failed); len(failed) > 0 {
		var points []string
		for _, code := range failed {
			points = append(points, rule(l, x.call.Notice, code))
		}
		d.Notes = append(d.Notes, register.Note{Tone: page.Bad, Title: l.T("grant.failed"), Text: l.Clauses(points)})
	}
	if x.Reason != "" {
		d.Notes = append(d.Notes, register.Note{Tone: page.Info, Title: l.T("grant.field.reason"), Text: x.Reason})
	}
	if x.Account.Holder != "" && !x.InOwnName() {
		d.Notes = append(d.Notes, register.Note{Tone: page.Warn, Title: l.T("grant.account.differs"), Text: l.T("grant.account.differs.text")})
	}
	if x.call.Office.IsZero() {
		d.Tables = append(d.Tables, outcomesTable(l, x))
		t, err := rm.assigned(ctx, r, x)
		if err != nil {
			return nil, err
		}
		d.Tables = append(d.Tables, t)
	}
	return page.View("register/record", l.T("grant.application"), d), nil
}

func applicationCrumbs(l *lang.Locale, x filed, key string) []page.Crumb {
	out := []page.Crumb{{Text: x.call.Notice.Code, Href: callPath(x.call)}, {Text: l.T("grant.application")}}
	if key != "" {
		out[1].Href = applicationPath(x.Application)
		out = append(out, page.Crumb{Text: l.T(key)})
	}
	return crumbs(l, "grant.calls", CallPath, out...)
}

func applicationFacts(l *lang.Locale, x filed) []page.Fact {
	f := x.Filed
	facts := []page.Fact{{Term: l.T("grant.field.applicant"), Text: f.Applicant}, {Term: l.T("grant.field.form"), Text: register.Word(l, "grant.form.", f.Form)}}
	if f.Country != "" {
		facts = append(facts, page.Fact{Term: l.T("grant.field.country"), Text: l.Country(f.Country)})
	}
	facts = append(facts, page.Fact{Term: l.T("grant.field.registered"), Text: f.Registered.Print(l)}, page.Fact{Term: l.T("grant.field.amount"), Text: amount(l, f.Amount, x.call.Notice.Currency)})
	for _, y := range []struct {
		key string
		a   Answer
	}{{"account_own", f.Account}, {"own_work", f.OwnWork}, {"direct", f.Direct}, {"shelter", f.Shelter}} {
		facts = append(facts, page.Fact{Term: l.T("grant.field." + y.key), Text: register.Word(l, "grant.answer.", y.a)})
	}
	if len(f.Partners) > 0 {
		facts = append(facts, page.Fact{Term: l.T("grant.field.partners"), Text: l.Clauses(f.Partners)})
	}
	if c := f.Contact; c != (Contact{}) {
		facts = append(facts, page.Fact{Term: l.T("grant.contact"), Text: strings.Join(slices.DeleteFunc([]string{c.Name, c.Email, c.Phone}, func(s string) bool { return s == "" }), " · ")})
	}
	if x.Account.IBAN != "" {
		facts = append(facts, page.Fact{Term: l.T("grant.account"), Text: x.Account.IBAN, Sub: x.Account.Holder})
	}
	return facts
}

// outcomesTable shows each rule with its verdict, before they are written down as they would be.
func outcomesTable(l *lang.Locale, x filed) page.Table {
	list := x.Outcomes
	if x.Stage == Received {
		list = Examine(x.call.Notice, x.Filed)
	}
	t := tableOf(l, "grant.rules", "grant.rule", "grant.verdict")
	t.Empty = &page.Empty{Icon: "list-check", Title: l.T("grant.rules.none")}
	tones := map[Verdict]string{Passed: page.Good, Failed: page.Bad, Unknown: page.Warn}
	for _, o := range list {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: rule(l, x.call.Notice, o.Rule)}, {Text: l.T("grant.verdict." + string(o.Verdict)), Tone: tones[o.Verdict]}}})
	}
	return t
}

// assigned lists who assesses an application, without any score.
func (rm room) assigned(ctx context.Context, r *page.Request, x filed) (page.Table, error) {
	l := r.L
	t := tableOf(l, "grant.assessments", "grant.assessor", "grant.state")
	t.Empty = &page.Empty{Icon: "users", Title: l.T("grant.assessments.none")}
	rows, err := all[AssessmentLine](ctx, rm, r, access.KindAssessment, map[string]string{"application": x.ID.String()})
	var who []journal.ID
	for _, a := range rows {
		who = append(who, a.V.Assessor)
	}
	names := rm.names(ctx, r, who...)
	for _, a := range rows {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: names[a.V.Assessor], Href: AssessmentPath + "/" + a.ID.String()}, {Text: l.T("grant.turn." + string(a.V.Turn)), Tone: turnTones[a.V.Turn]}}})
	}
	inorder.By(t.Rows, func(a, b page.Row) int { return strings.Compare(a.Cells[0].Text, b.Cells[0].Text) })
	return t, err
}

func (rm room) askApplication(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.applicationSteps(), x, rm.Store.NewID())
}

func (rm room) doApplication(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.applicationSteps(), x)
}

func (rm room) applicationSteps() []step.Step[filed] {
	when := func(own bool, stages ...Stage) func(*page.Request, filed) bool {
		return func(r *page.Request, x filed) bool {
			return officer(r) && x.call.Office.IsZero() == own && slices.Contains(stages, x.Stage)
		}
	}
	ranked := func(r *page.Request, x filed) bool { return when(true, Admitted)(r, x) && x.call.State == Final }
	return []step.Step[filed]{
		{Name: "edit", Icon: "edit", Text: "grant.act.edit", Can: func(r *page.Request, x filed) bool {
			return officer(r) && x.Stage == Received && x.call.State == Open && x.Filed.Office.IsZero()
		}, Ask: rm.askFiled, Do: rm.doFiled},
		{Name: "send", Icon: "send", Text: "grant.act.send", Primary: true, Can: when(false, Received), Ask: plainStep("grant.send_application.lead", "grant.send"), Do: rm.doSent},
		{Name: "examine", Icon: "list-check", Text: "grant.act.examine", Primary: true, Can: when(true, Received), Ask: plainStep("grant.examine.lead", ""), Do: rm.doExamine},
		{Name: "account", Icon: "building-bank", Text: "grant.act.account", Can: when(true, Received, Admitted, Awarded), Ask: rm.askAccount, Do: rm.doAccount},
		{Name: "assign", Icon: "users", Text: "grant.act.assign", Primary: true, Can: func(r *page.Request, x filed) bool {
			return when(true, Admitted)(r, x) && x.call.State != Final && len(x.call.Panel) > 0
		}, Ask: rm.askAssign, Do: rm.doAssign},
		{Name: "award", Icon: "rosette-discount-check", Text: "grant.act.award", Primary: true, Can: func(r *page.Request, x filed) bool { return ranked(r, x) || when(true, Awarded)(r, x) }, Ask: rm.askMade, Do: rm.doMade},
		{Name: "decline", Icon: "circle-x", Text: "grant.act.decline", Can: ranked, Ask: rm.askReason, Do: rm.doDecline},
		{Name: "withdraw", Icon: "arrow-back-up", Text: "grant.act.withdraw", Can: when(true, Received, Admitted), Ask: rm.askReason, Do: rm.doWithdraw},
	}
}

// plainStep asks for nothing but that somebody says so.
func plainStep(lead, submit string) func(context.Context, *page.Request, filed, *step.Typed) (register.Form, error) {
	return func(_ context.Context, r *page.Request, x filed, _ *step.Typed) (register.Form, error) {
		f := register.Form{Lead: r.L.T(lead), Crumbs: applicationCrumbs(r.L, x, "grant.rules"), Cancel: applicationPath(x.Application)}
		if submit != "" {
			f.Submit = r.L.T(submit)
		}
		return f, nil
	}
}

// filedFields are the fields of an application.
func (rm room) filedFields(ctx context.Context, r *page.Request, t *step.Typed, f Filed) ([]register.Field, error) {
	l := r.L
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	if f.Language == "" {
		f.Language = register.Language(l)
	}
	for name, v := range map[string]string{"applicant": f.Applicant, "form": string(f.Form), "country": f.Country, "registered": f.Registered.String(), "account_own": string(f.Account), "own_work": string(f.OwnWork),
		"direct": string(f.Direct), "shelter": string(f.Shelter), "title": f.Title, "language": f.Language, "text": f.Text, "partners": strings.Join(f.Partners, "\n"),
		"contact_name": f.Contact.Name, "contact_email": f.Contact.Email, "contact_phone": f.Contact.Phone} {
		t.Or(name, v)
	}
	if f.Amount > 0 {
		t.Or("amount", strconv.FormatInt(f.Amount, 10))
	}
	project := area(l, t, "text", 8)
	project.Label, project.Hint = l.T("grant.field.project_text"), l.T("grant.hint.plain")
	return []register.Field{text(l, t, "applicant"), register.Optional(choice(l, t, "form", register.Codes(l, "grant.form.", Forms()))), register.Optional(choice(l, t, "country", around.CountryOptions(l))), register.Optional(date(l, t, "registered")),
		register.Optional(choice(l, t, "account_own", answers(l))), register.Optional(choice(l, t, "own_work", answers(l))), register.Optional(choice(l, t, "direct", answers(l))), register.Optional(choice(l, t, "shelter", answers(l))),
		{Kind: "select", Name: "language", Label: l.T("register.language"), Options: register.Languages(l), Value: t.Text("language")}, text(l, t, "title"), project, register.Optional(area(l, t, "partners", 3)), text(l, t, "amount"),
		register.Optional(text(l, t, "contact_name")), register.Optional(text(l, t, "contact_email")), register.Optional(text(l, t, "contact_phone"))}, nil
}

func typedFiled(t *step.Typed, call journal.ID) Filed {
	return Filed{Call: call, Applicant: t.Text("applicant"), Form: Form(t.Text("form")), Country: t.Text("country"), Registered: t.Date("registered"), Account: Answer(t.Text("account_own")), OwnWork: Answer(t.Text("own_work")),
		Direct: Answer(t.Text("direct")), Shelter: Answer(t.Text("shelter")), Title: t.Text("title"), Language: t.Text("language"), Text: t.Text("text"), Partners: t.Lines("partners"), Amount: t.Number("amount"),
		Contact: Contact{t.Text("contact_name"), t.Text("contact_email"), t.Text("contact_phone")}}
}

func (rm room) askApply(ctx context.Context, r *page.Request, c Call, t *step.Typed) (register.Form, error) {
	t.Or("dossier", rm.Store.NewID().String())
	fields, err := rm.filedFields(ctx, r, t, Filed{})
	return register.Form{Lead: r.L.T("grant.apply.lead"), Crumbs: callCrumbs(r.L, c, "grant.act.apply"), Cancel: callPath(c),
		Fields: append([]register.Field{{Kind: "hidden", Name: "dossier", Value: t.Text("dossier")}}, fields...)}, err
}

func (rm room) doApply(ctx context.Context, r *page.Request, c Call, t *step.Typed, entry journal.ID) (string, error) {
	id, v := t.ID("dossier"), typedFiled(t, c.ID)
	if id.IsZero() {
		return "", fault.New(fault.Invalid, "page.fault.form")
	}
	return ApplicationPath + "/" + id.String(), rm.write(ctx, r, t, access.KindApplication, id, entry, FiledType, v)
}

func (rm room) askFiled(ctx context.Context, r *page.Request, x filed, t *step.Typed) (register.Form, error) {
	fields, err := rm.filedFields(ctx, r, t, x.Filed)
	return register.Form{Crumbs: applicationCrumbs(r.L, x, "grant.act.edit"), Cancel: applicationPath(x.Application), Fields: fields}, err
}

func (rm room) doFiled(ctx context.Context, r *page.Request, x filed, t *step.Typed, entry journal.ID) (string, error) {
	v := typedFiled(t, x.Filed.Call)
	v.Organisation = x.Filed.Organisation
	return applicationPath(x.Application), rm.write(ctx, r, t, access.KindApplication, x.ID, entry, FiledType, v)
}

func (rm room) doSent(ctx context.Context, r *page.Request, x filed, _ *step.Typed, entry journal.ID) (string, error) {
	return applicationPath(x.Application), rm.append(ctx, r, access.KindApplication, x.ID, entry, SentType, SentTo{party.OnDay(r.Now.In(r.Zone))})
}

func (rm room) doExamine(ctx context.Context, r *page.Request, x filed, _ *step.Typed, entry journal.ID) (string, error) {
	return applicationPath(x.Application), rm.append(ctx, r, access.KindApplication, x.ID, entry, ExaminedType, Examined{Examine(x.call.Notice, x.Filed)})
}

func (rm room) askAccount(_ context.Context, r *page.Request, x filed, t *step.Typed) (register.Form, error) {
	t.Or("holder", x.Account.Holder)
	t.Or("iban", x.Account.IBAN)
	return register.Form{Lead: r.L.T("grant.account.lead"), Crumbs: applicationCrumbs(r.L, x, "grant.account"), Cancel: applicationPath(x.Application), Fields: []register.Field{text(r.L, t, "holder"), text(r.L, t, "iban")}}, nil
}

func (rm room) doAccount(ctx context.Context, r *page.Request, x filed, t *step.Typed, entry journal.ID) (string, error) {
	return applicationPath(x.Application), rm.write(ctx, r, t, access.KindApplication, x.ID, entry, AccountType, AccountTold{t.Text("holder"), IBAN(t.Text("iban"))})
}

func (rm room) askAssign(ctx context.Context, r *page.Request, x filed, t *step.Typed) (register.Form, error) {
	l := r.L
	names := rm.names(ctx, r, ids(x.call.Panel)...)
	var options []page.Option
	for _, m := range x.call.Panel {
		o := page.Option{Value: m.Assessor.String(), Text: names[m.Assessor]}
		if o.Text == "" {
			o.Text = fmt.Sprint(len(options) + 1)
		}
		if m.conflict(x.Filed) {
			o.Hint = l.T("grant.guard.conflict")
			continue // the guard would refuse it
		}
		options = append(options, o)
	}
	return register.Form{Lead: l.T("grant.assign.lead"), Crumbs: applicationCrumbs(l, x, "grant.act.assign"), Cancel: applicationPath(x.Application), Fields: []register.Field{checks(l, t, "assessors", options)}}, nil
}

// doAssign gives the application to each assessor that was chosen. Each has an assessment of its own, whose id follows from the
// two, so it can be done again.
func (rm room) doAssign(ctx context.Context, r *page.Request, x filed, t *step.Typed, _ journal.ID) (string, error) {
	f := x.Filed
	if len(t.Many("assessors")) == 0 {
		return "", fault.Bad("assessors", "grant.want.panel")
	}
	for _, s := range t.Many("assessors") {
		who, err := journal.ParseID(s)
		if err != nil {
			return "", fault.Bad("assessors", "page.form.unreadable")
		}
		to := AssessmentRef(x.ID, who)
		_, err = rm.Store.Update(ctx, register.As(r), to, func(state any) ([]store.Draft, error) {
			if state.(Assessment).Exists() {
				return nil, nil
			}
			return []store.Draft{{Type: AssignedType, Payload: Assigned{f.Call, x.ID, who, f.Applicant, f.Partners, f.Title, f.Language, f.Text, f.Amount}}}, nil
		})
		if err != nil {
			return "", err
		}
	}
	return applicationPath(x.Application), nil
}

func (rm room) askReason(_ context.Context, r *page.Request, x filed, t *step.Typed) (register.Form, error) {
	return register.Form{Crumbs: applicationCrumbs(r.L, x, "grant.field.reason"), Cancel: applicationPath(x.Application), Fields: []register.Field{area(r.L, t, "reason", 4)}}, nil
}

func (rm room) doDecline(ctx context.Context, r *page.Request, x filed, t *step.Typed, entry journal.ID) (string, error) {
	return applicationPath(x.Application), rm.write(ctx, r, t, access.KindApplication, x.ID, entry, DecidedType, Decided{false, t.Text("reason")})
}

func (rm room) doWithdraw(ctx context.Context, r *page.Request, x filed, t *step.Typed, entry journal.ID) (string, error) {
	return applicationPath(x.Application), rm.write(ctx, r, t, access.KindApplication, x.ID, entry, WithdrawnType, Ended{t.Text("reason")})
}
