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
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

// withheldOptions are the two things that can be kept out of what is published.
func withheldOptions(l *lang.Locale) []page.Option {
	return register.Codes(l, "grant.withhold.", []string{"partner", "place"})
}

// askMade is the decision on an application that was ranked: how much, in which parts, and what is published of it. Who gives
// people a safe place is not named unless somebody says so later, in an entry of its own.
func (rm room) askMade(ctx context.Context, r *page.Request, x filed, t *step.Typed) (register.Form, error) {
	l, f := r.L, x.Filed
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return register.Form{}, err
	}
	t.Or("amount", strconv.FormatInt(f.Amount, 10))
	half := f.Amount / 2
	t.Or("instalments", fmt.Sprintf("%d\n%d", f.Amount-half, half))
	t.Or("activity", x.call.Notice.Activity)
	t.Or("decided", today(r))
	if f.Shelter == Yes {
		t.Or("withhold", "partner", "place")
		t.Or("withheld_reason", l.T("grant.withhold.shelter"))
	}
	out := register.Form{Lead: l.T("grant.award.lead"), Crumbs: applicationCrumbs(l, x, "grant.act.award"), Cancel: applicationPath(x.Application), Submit: l.T("grant.act.award"),
		Fields: []register.Field{area(l, t, "decision", 3), date(l, t, "decided"), text(l, t, "amount"), area(l, t, "instalments", 3), register.Optional(date(l, t, "start")), register.Optional(date(l, t, "end")),
			around.ActivityChoice(register.Optional(choice(l, t, "activity", nil))), register.Optional(choice(l, t, "organisation", around.OrganisationOptions())), checks(l, t, "withhold", withheldOptions(l)), register.Optional(area(l, t, "withheld_reason", 2))}}
	return out, nil
}

// instalments reads "50000 2022-03", one a line.
func instalments(t *step.Typed) []Instalment {
	var out []Instalment
	for _, line := range t.Lines("instalments") {
		n, due, _ := strings.Cut(line, " ")
		amount, err := strconv.ParseInt(n, 10, 64)
		day, bad := party.WrittenDate(strings.TrimSpace(due))
		if err != nil || bad != nil {
			t.Fields.Add("instalments", "grant.want.instalments")
			return nil
		}
		out = append(out, Instalment{Amount: amount, Due: day})
	}
	return out
}

// published reads what is public of a partner.
func published(t *step.Typed, name, country string) Shown {
	v := Shown{Withheld: slices.Contains(t.Many("withhold"), "partner"), PlaceWithheld: slices.Contains(t.Many("withhold"), "place"), Reason: t.Text("withheld_reason")}
	if !v.Withheld {
		v.Name = name
	}
	if !v.PlaceWithheld {
		v.Country = country
	}
	if !v.Withheld && !v.PlaceWithheld {
		v.Reason = ""
	}
	return v
}

// doMade decides and makes the grant. When the second did not happen the step is still there, and writes what is missing.
func (rm room) doMade(ctx context.Context, r *page.Request, x filed, t *step.Typed, entry journal.ID) (string, error) {
	f := x.Filed
	m := Made{Shown: published(t, f.Applicant, f.Country), Call: f.Call, Application: x.ID, Grantee: f.Applicant, Seat: f.Country, Organisation: t.ID("organisation"), Office: f.Office, Project: f.Title, Activity: t.Text("activity"),
		Amount: t.Number("amount"), Currency: x.call.Notice.Currency, Start: t.Date("start"), End: t.Date("end"), Decided: t.Date("decided"), Decision: t.Text("decision"), Instalments: instalments(t)}
	var more fault.Fields
	if m.check(&more); f.Shelter == Yes && !m.Withheld {
		more.Add("withhold", "grant.want.withheld")
	}
	if t.Fields.More(more); t.Err() != nil {
		return "", t.Err()
	}
	if x.Stage == Admitted {
		if err := rm.write(ctx, r, t, access.KindApplication, x.ID, entry, DecidedType, Decided{true, m.Decision}); err != nil {
			return "", err
		}
	}
	to := AwardRef(x.ID)
	if err := m.keepOut(ctx, rm.Store, register.As(r), m.Shown); err != nil {
		return "", err
	}
	return Path + "/" + to.ID.String(), rm.write(ctx, r, t, access.KindAward, to.ID, provenance.ID("award made", to.ID.String()), MadeType, m)
}

func (rm room) awardSteps() []onAward {
	mine := func(status ...Status) func(*page.Request, Award) bool {
		return func(r *page.Request, a Award) bool {
			return officer(r) && a.Funder.IsZero() && slices.Contains(status, a.Status)
		}
	}
	return []onAward{
		{Name: "contract", Icon: "writing", Text: "grant.act.contract", Primary: true, Can: mine(Decision), Ask: rm.askContract, Do: rm.doContract},
		{Name: "pay", Icon: "currency-euro", Text: "grant.act.pay", Primary: true, Can: func(r *page.Request, a Award) bool {
			n, waits := a.Next()
			return mine(Running)(r, a) && n > 0 && waits == ""
		}, Ask: rm.askPay, Do: rm.doPay},
		{Name: "report", Icon: "report", Text: "grant.act.report", Primary: true, Can: func(r *page.Request, a Award) bool { return officer(r) && a.Status == Running && a.paid() > 0 }, Ask: rm.askReport, Do: rm.doReport},
		{Name: "send", Icon: "send", Text: "grant.act.send_report", Can: func(r *page.Request, a Award) bool { return officer(r) && !a.Funder.IsZero() && len(a.waiting()) > 0 }, Ask: rm.askSendReport, Do: rm.doSendReport},
		{Name: "judge", Icon: "gavel", Text: "grant.act.judge", Primary: true, Can: func(r *page.Request, a Award) bool { return mine(Running)(r, a) && len(a.waiting()) > 0 }, Ask: rm.askJudge, Do: rm.doJudge},
		{Name: "publish", Icon: "eye-off", Text: "grant.act.publish", Can: mine(Decision, Running, Over), Ask: rm.askShown, Do: rm.doShown},
		{Name: "end", Icon: "circle-x", Text: "grant.act.end", Can: mine(Decision, Running), Ask: rm.askEnd, Do: rm.doEnd},
	}
}

// onAward is a step on a grant.
type onAward = step.Step[Award]

// paid gives how many instalments were paid.
func (a Award) paid() int {
	n := 0
	for _, i := range a.Made.Instalments {
		if i.Paid.Known() {
			n++
		}
	}
	return n
}

// waiting lists the reports that nobody has judged.
func (a Award) waiting() []Report {
	var out []Report
	for _, p := range a.Reports {
		if p.Judgement == Waiting {
			out = append(out, p)
		}
	}
	return out
}

func reportOptions(l *lang.Locale, a Award) []page.Option {
	var out []page.Option
	for _, p := range a.waiting() {
		out = append(out, page.Option{Value: p.ID.String(), Text: l.T("grant.report.of", "Quarter", quarter(l, p.Quarter))})
	}
	return out
}

func (rm room) askContract(_ context.Context, r *page.Request, a Award, t *step.Typed) (register.Form, error) {
	t.Or("on", today(r))
	return register.Form{Crumbs: awardCrumbs(r.L, a, "grant.act.contract"), Cancel: awardPath(a), Fields: []register.Field{text(r.L, t, "number"), date(r.L, t, "on")}}, nil
}

func (rm room) doContract(ctx context.Context, r *page.Request, a Award, t *step.Typed, entry journal.ID) (string, error) {
	v := Contracted{t.Text("number"), t.Date("on")}
	return awardPath(a), rm.write(ctx, r, t, access.KindAward, a.ID, entry, ContractedType, v)
}

func (rm room) askPay(_ context.Context, r *page.Request, a Award, t *step.Typed) (register.Form, error) {
	n, _ := a.Next()
	t.Or("on", today(r))
	t.Or("instalment", strconv.Itoa(n))
	lead := ""
	if n > 0 {
		lead = r.L.T("grant.pay.lead", "N", r.L.Number(n), "Amount", amount(r.L, a.Made.Instalments[n-1].Amount, a.Made.Currency))
	}
	return register.Form{Lead: lead, Crumbs: awardCrumbs(r.L, a, "grant.act.pay"), Cancel: awardPath(a), Fields: []register.Field{{Kind: "hidden", Name: "instalment", Value: t.Text("instalment")}, date(r.L, t, "on")}}, nil
}

func (rm room) doPay(ctx context.Context, r *page.Request, a Award, t *step.Typed, entry journal.ID) (string, error) {
	v := Paid{int(t.Number("instalment")), t.Date("on")}
	return awardPath(a), rm.write(ctx, r, t, access.KindAward, a.ID, entry, PaidType, v)
}

// reportQuarters is how many quarters can be reported on: the running one and a year before it.
const reportQuarters = 5

func (rm room) askReport(_ context.Context, r *page.Request, a Award, t *step.Typed) (register.Form, error) {
	l := r.L
	var quarters, paid []page.Option
	for q, i := figure.QuarterOf(r.Now), 0; i < reportQuarters; q, i = q.Before(), i+1 {
		quarters = append(quarters, page.Option{Value: q.String(), Text: quarter(l, q.String())})
	}
	for i := range a.paid() {
		paid = append(paid, page.Option{Value: strconv.Itoa(i + 1), Text: l.Number(i + 1)})
	}
	t.Or("quarter", figure.QuarterOf(r.Now).Before().String())
	t.Or("instalment", strconv.Itoa(a.paid()))
	t.Or("language", register.Language(l))
	body := area(l, t, "text", 8)
	body.Label, body.Hint = l.T("grant.field.report_text"), l.T("grant.hint.plain")
	f := register.Form{Lead: l.T("grant.report.lead", "K", l.Number(rm.threshold(r.Actor.Owner))), Crumbs: awardCrumbs(l, a, "grant.act.report"), Cancel: awardPath(a), Submit: l.T("grant.report.submit"),
		Fields: []register.Field{choice(l, t, "quarter", quarters), choice(l, t, "instalment", paid), {Kind: "select", Name: "language", Label: l.T("register.language"), Options: register.Languages(l), Value: t.Text("language")}, body, text(l, t, "spent")}}
	for _, g := range Groups() {
		for _, s := range Since() {
			name := g + "_" + s
			f.Fields = append(f.Fields, register.Field{Kind: "text", Name: name, Label: l.T("grant.cell", "Group", l.T("grant.group."+g), "Since", l.T("grant.since."+s)), Value: t.Text(name)})
		}
	}
	return f, nil
}

// doReport protects the numbers before anything is written: the exact ones are kept nowhere.
func (rm room) doReport(ctx context.Context, r *page.Request, a Award, t *step.Typed, entry journal.ID) (string, error) {
	v := Reported{Quarter: t.Text("quarter"), Instalment: int(t.Number("instalment")), Language: t.Text("language"), Text: t.Text("text"), Spent: t.Number("spent")}
	var n [][]int
	for _, g := range Groups() {
		var row []int
		for _, s := range Since() {
			if t.Text(g+"_"+s) == "" { // nothing typed is not nobody
				t.Fields.Add(g+"_"+s, "grant.want.count")
			}
			row = append(row, int(t.Number(g+"_"+s)))
		}
		n = append(n, row)
	}
	var err error
	if v.Helped, err = Protect(ctx, n, rm.threshold(r.Actor.Owner)); err != nil {
		return "", err
	}
	return awardPath(a), rm.write(ctx, r, t, access.KindAward, a.ID, entry, ReportedType, v)
}

func (rm room) askSendReport(_ context.Context, r *page.Request, a Award, t *step.Typed) (register.Form, error) {
	return register.Form{Lead: r.L.T("grant.send_report.lead"), Crumbs: awardCrumbs(r.L, a, "grant.act.send_report"), Cancel: awardPath(a), Submit: r.L.T("grant.send"), Fields: []register.Field{choice(r.L, t, "report", reportOptions(r.L, a))}}, nil
}

func (rm room) doSendReport(ctx context.Context, r *page.Request, a Award, t *step.Typed, entry journal.ID) (string, error) {
	v := ReportSent{t.ID("report")}
	if v.Report.IsZero() {
		t.Fields.More(fault.Fields{{Name: "report", Key: "grant.want.choice"}})
	}
	return awardPath(a), rm.write(ctx, r, t, access.KindAward, a.ID, entry, ReportSentType, v)
}

func (rm room) askJudge(_ context.Context, r *page.Request, a Award, t *step.Typed) (register.Form, error) {
	l := r.L
	if w := a.waiting(); len(w) == 1 {
		t.Or("report", w[0].ID.String())
	}
	return register.Form{Crumbs: awardCrumbs(l, a, "grant.act.judge"), Cancel: awardPath(a), Fields: []register.Field{choice(l, t, "report", reportOptions(l, a)),
		choice(l, t, "judgement", register.Codes(l, "grant.judgement.", []Judgement{Accepted, Returned})), register.Optional(area(l, t, "reason", 4))}}, nil
}

func (rm room) doJudge(ctx context.Context, r *page.Request, a Award, t *step.Typed, entry journal.ID) (string, error) {
	v := Judged{t.ID("report"), Judgement(t.Text("judgement")), t.Text("reason")}
	if v.Report.IsZero() {
		t.Fields.More(fault.Fields{{Name: "report", Key: "grant.want.choice"}})
	}
	return awardPath(a), rm.write(ctx, r, t, access.KindAward, a.ID, entry, JudgedType, v)
}

func (rm room) askShown(_ context.Context, r *page.Request, a Award, t *step.Typed) (register.Form, error) {
	l, m := r.L, a.Made
	var now []string
	if m.Withheld {
		now = append(now, "partner")
	}
	if m.PlaceWithheld {
		now = append(now, "place")
	}
	t.Or("withhold", now...)
	t.Or("withheld_reason", m.Reason)
	return register.Form{Lead: l.T("grant.publish.lead"), Crumbs: awardCrumbs(l, a, "grant.act.publish"), Cancel: awardPath(a), Fields: []register.Field{checks(l, t, "withhold", withheldOptions(l)), register.Optional(area(l, t, "withheld_reason", 3))}}, nil
}

func (rm room) doShown(ctx context.Context, r *page.Request, a Award, t *step.Typed, entry journal.ID) (string, error) {
	v := published(t, a.Made.Grantee, a.Made.Seat)
	if v.check(&t.Fields, a.Made.Grantee); t.Err() != nil {
		return "", t.Err()
	}
	return awardPath(a), Withhold(ctx, rm.Store, register.As(r), a, entry, v)
}

func (rm room) askEnd(_ context.Context, r *page.Request, a Award, t *step.Typed) (register.Form, error) {
	t.Or("on", today(r))
	return register.Form{Crumbs: awardCrumbs(r.L, a, "grant.act.end"), Cancel: awardPath(a), Fields: []register.Field{date(r.L, t, "on"), area(r.L, t, "reason", 3)}}, nil
}

func (rm room) doEnd(ctx context.Context, r *page.Request, a Award, t *step.Typed, entry journal.ID) (string, error) {
	v := EndedFor{t.Date("on"), t.Text("reason")}
	return awardPath(a), rm.write(ctx, r, t, access.KindAward, a.ID, entry, EndedType, v)
}
