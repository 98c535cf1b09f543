// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"html"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// TestAGrantBetweenTwoOffices is journey J8 across two offices: the call, the application, the grant and the report travel; the
// report is written while nothing is delivered, and arrives once.
func TestAGrantBetweenTwoOffices(t *testing.T) {
	w := newWorld(t, "athens", "paris", "tirana")
	athens, paris := w.offices["athens"].ID, w.offices["paris"].ID
	cats := []journal.Category{journal.PP, journal.PI, journal.PC}
	w.agree("paris", "athens", terms.Grant{From: paris, To: athens, Purpose: between.Purpose, Categories: cats}, terms.Grant{From: athens, To: paris, Purpose: between.Purpose, Categories: cats})
	funder, helper := w.hire("paris", "funder", access.ProgrammeOfficer), w.hire("athens", "helper", access.ProgrammeOfficer)
	assessors := []*visitor{w.hire("paris", "one", access.Assessor), w.hire("paris", "two", access.Assessor)}
	try := func(v *visitor, kind string, id journal.ID, typ string, payload any) error {
		w.clock.Advance(time.Second)
		_, err := w.n.Store.Append(t.Context(), v.who(access.ForProgramme), store.Ref{Kind: kind, ID: id}, store.Draft{Type: typ, Payload: payload})
		return err
	}
	does := func(v *visitor, kind string, id journal.ID, typ string, payload any) {
		t.Helper()
		w.must(try(v, kind, id, typ, payload))
	}
	today := party.OnDay(w.clock.Now())
	call, application := w.n.newID(), w.n.newID()
	does(funder, access.KindCall, call, grant.AnnouncedType, grant.Notice{Code: "CALL", Title: wording.New("en", "Help"), Closes: today, Currency: "EUR", Rules: []grant.Rule{{Rule: grant.Registered, Least: 1}}, Criteria: []grant.Criterion{{Code: "c1", Name: wording.New("en", "Need"), Weight: 1}}})
	does(funder, access.KindCall, call, grant.PanelledType, grant.Panelled{Members: []grant.Member{{Assessor: assessors[0].id}, {Assessor: assessors[1].id}}})
	does(funder, access.KindCall, call, grant.OpenedType, grant.Opened{On: today})
	does(funder, access.KindCall, call, grant.CallSentType, grant.CallSent{To: []journal.ID{athens}})
	w.deliver()

	// The other office applies; its contact travels, and what became of it comes back.
	filed := grant.Filed{Call: call, Applicant: "House", Registered: party.InYear(2010), Shelter: grant.Yes, Title: "Rooms", Language: "en", Text: "Rooms for people.", Amount: 1000, Contact: grant.Contact{Name: "A contact"}}
	does(helper, access.KindApplication, application, grant.FiledType, filed)
	if err := try(helper, access.KindApplication, application, grant.ExaminedType, grant.Examined{}); !fault.Is(err, fault.Guarded) {
		t.Errorf("the applicant examines: %v", err)
	}
	does(helper, access.KindApplication, application, grant.SentType, grant.SentTo{On: today})
	w.deliver()
	if a := w.get(funder, "/"); !strings.Contains(a.body, grant.ApplicationPath+"/"+application.String()) {
		t.Error("Today does not say that an application waits")
	}
	// What an office sent, nobody else rewrites: neither a third office by post nor whoever examines it.
	if err := try(funder, access.KindApplication, application, grant.FiledType, filed); !fault.Is(err, fault.Guarded) {
		t.Errorf("the funder rewrites an application: %v", err)
	}
	carrier, err := w.n.Job(paris, "post", access.ForExchange)
	w.must(err)
	strange := filed
	strange.Office = w.offices["tirana"].ID
	if _, err := w.n.Store.Append(t.Context(), carrier, store.Ref{Kind: access.KindApplication, ID: application}, store.Draft{Type: grant.FiledType, Payload: strange}); !fault.Is(err, fault.Guarded) {
		t.Errorf("a third office rewrites an application: %v", err)
	}
	does(funder, access.KindApplication, application, grant.ExaminedType, grant.Examined{Outcomes: []grant.Outcome{{Rule: grant.Registered, Verdict: grant.Passed}}})
	does(funder, access.KindCall, call, grant.ClosedType, grant.ClosedFor{On: today})
	for i, a := range assessors {
		at := grant.AssessmentRef(application, a.id).ID
		does(funder, access.KindAssessment, at, grant.AssignedType, grant.Assigned{Call: call, Application: application, Assessor: a.id, Applicant: "House", Title: "Rooms", Language: "en", Text: "Rooms for people.", Amount: 1000})
		does(a, access.KindAssessment, at, grant.DeclaredType, grant.Declared{})
		does(a, access.KindAssessment, at, grant.ScoredType, grant.Scores{Scores: map[string]int{"c1": 8 + i}})
	}
	does(funder, access.KindCall, call, grant.RankedType, grant.Ranked{Places: []grant.Place{{Rank: 1, Application: application, Mean: 8500, Low: 8000, High: 9000, Scores: 2}}})
	does(funder, access.KindApplication, application, grant.DecidedType, grant.Decided{Awarded: true, Reason: "First"})
	award := grant.AwardRef(application).ID
	does(funder, access.KindAward, award, grant.MadeType, grant.Made{Shown: grant.Shown{Withheld: true, PlaceWithheld: true, Reason: "A shelter"}, Call: call, Application: application, Grantee: "House", Office: athens, Project: "Rooms", Amount: 1000, Currency: "EUR",
		Decided: today, Decision: "Committee", Instalments: []grant.Instalment{{Amount: 600}, {Amount: 400}}})
	does(funder, access.KindAward, award, grant.ContractedType, grant.Contracted{Number: "1", On: today})
	does(funder, access.KindAward, award, grant.PaidType, grant.Paid{Instalment: 1, On: today})
	w.deliver()

	open := func(v *visitor) grant.Award {
		t.Helper()
		o, err := w.n.Store.Open(t.Context(), v.who(access.ForProgramme), store.Ref{Kind: access.KindAward, ID: award})
		w.must(err)
		return o.State.(grant.Award)
	}
	if a := open(helper); a.Funder != paris || a.Status != grant.Running || !a.Made.Instalments[0].Paid.Known() || a.Made.Grantee != "House" {
		t.Fatalf("the grantee's office knows %+v", a)
	}
	if err := try(helper, access.KindAward, award, grant.PaidType, grant.Paid{Instalment: 2, On: today}); !fault.Is(err, fault.Guarded) {
		t.Errorf("the grantee pays itself: %v", err)
	}
	helped, err := grant.Protect(t.Context(), [][]int{{12, 14}, {3, 11}, {2, 0}, {0, 0}, {0, 0}}, 10)
	w.must(err)
	does(helper, access.KindAward, award, grant.ReportedType, grant.Reported{Quarter: "2026-Q1", Instalment: 1, Language: "en", Text: "Rooms were given.", Spent: 500, Helped: helped})
	if a := open(funder); len(a.Reports) != 0 {
		t.Fatal("it is there before anything was delivered")
	}
	w.deliver()
	report := open(funder).Reports[0]
	if report.Office != athens || report.Helped.Total != "42" || open(helper).Reports[0].ID != report.ID {
		t.Errorf("%+v", report)
	}
	does(helper, access.KindAward, award, grant.ReportSentType, grant.ReportSent{Report: report.ID}) // once more, by hand
	w.deliver()
	if n := len(open(funder).Reports); n != 1 {
		t.Errorf("the same report is there %d times", n)
	}
	does(funder, access.KindAward, award, grant.JudgedType, grant.Judged{Report: report.ID, Judgement: grant.Returned, Reason: "Once more"})
	w.deliver()
	// a program that withholds small numbers alone: both sides see what that tells, and nobody accepts it
	naive := grant.Helped{K: 10, Cells: [][]string{{"12", "14"}, {"<10", "11"}, {"12", "20"}, {"30", "40"}, {"50", "60"}}, Rows: []string{"26", "14", "32", "70", "110"}, Cols: []string{"107", "145"}, Total: "252"}
	does(helper, access.KindAward, award, grant.ReportedType, grant.Reported{Quarter: "2026-Q1", Instalment: 1, Language: "en", Text: "Rooms were given.", Spent: 500, Helped: naive})
	w.deliver()
	for _, v := range []*visitor{helper, funder} {
		if got := w.get(v, grant.Path+"/"+award.String()); got.code != 200 || !strings.Contains(html.UnescapeString(got.body), w.n.inLanguage("en").T("grant.guard.tells")) && !strings.Contains(html.UnescapeString(got.body), w.n.inLanguage("fr").T("grant.guard.tells")) {
			t.Errorf("%s does not see that the report tells too much: %d", v, got.code)
		}
	}
	last := open(funder).Reports[1]
	if err := try(funder, access.KindAward, award, grant.JudgedType, grant.Judged{Report: last.ID, Judgement: grant.Accepted}); !fault.Is(err, fault.Guarded) {
		t.Errorf("it is accepted: %v", err)
	}
	does(funder, access.KindAward, award, grant.JudgedType, grant.Judged{Report: last.ID, Judgement: grant.Returned, Reason: "It tells too much"})
	w.deliver()
	does(helper, access.KindAward, award, grant.ReportedType, grant.Reported{Quarter: "2026-Q1", Instalment: 1, Language: "en", Text: "Rooms were given.", Spent: 500, Helped: helped})
	w.deliver()
	does(funder, access.KindAward, award, grant.JudgedType, grant.Judged{Report: open(funder).Reports[2].ID, Judgement: grant.Accepted})
	does(funder, access.KindAward, award, grant.PaidType, grant.Paid{Instalment: 2, On: today})
	w.deliver()
	if a := open(helper); a.Reports[2].Judgement != grant.Accepted || !a.Made.Instalments[1].Paid.Known() {
		t.Errorf("the grantee's office knows %+v", a)
	}
	o, err := w.n.Store.Open(t.Context(), helper.who(access.ForProgramme), store.Ref{Kind: access.KindApplication, ID: application})
	w.must(err)
	if o.State.(grant.Application).Stage != grant.Awarded {
		t.Errorf("%+v", o.State)
	}
	// What an office has given to a fund is told to another one each year, under its own number; nobody there changes it.
	flow := w.n.newID()
	gave := grant.Flow{What: grant.Contribution, Fund: "A fund", From: "A state", Amount: party.Exactly(1000), Currency: "EUR", On: party.InYear(2025), Source: party.Source{Document: "Budget"}}
	for _, amount := range []int64{1000, 1200} {
		gave.Amount = party.Exactly(amount)
		does(funder, access.KindAward, flow, grant.FlowType, gave)
		does(funder, access.KindAward, flow, grant.FlowToldType, grant.FlowTold{To: athens})
	}
	w.deliver()
	rows, err := grant.Funds(t.Context(), w.n.Store, helper.who(access.ForProgramme))
	w.must(err)
	came := grant.FlowCameRef(athens, paris, flow).ID
	if len(rows) != 1 || rows[0].ID != came || !rows[0].V.Flow.Amount.Equal(party.Exactly(1200)) || rows[0].V.Funder != paris {
		t.Errorf("what was told of a fund: %+v", rows)
	}
	if err := try(helper, access.KindAward, came, grant.FlowType, gave); !fault.Is(err, fault.Guarded) {
		t.Errorf("what another office told is changed: %v", err)
	}
	if a := w.get(helper, grant.FundPath+"/"+came.String()); a.code != 200 || !strings.Contains(a.body, "Office in paris") || strings.Contains(a.body, "/act/") {
		t.Errorf("its page: %d", a.code)
	}
	if a := w.get(funder, grant.FundPath+"/"+flow.String()+"/act/tell"); a.code != 200 || !strings.Contains(a.body, "Office in athens") || strings.Contains(a.body, "[grant.") {
		t.Errorf("the form: %d", a.code)
	}
	reader := w.hire("paris", "reader", access.Oversight)
	if a := w.get(reader, grant.Path); a.code != 200 || strings.Contains(a.body, "House") || !strings.Contains(a.body, "partenaire non divulgué") {
		t.Errorf("readers at the funder's: %d", a.code)
	}
}
