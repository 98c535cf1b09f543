// SPDX-License-Identifier: EUPL-1.2

package grant_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// funder is a funder's office with a panel.
type funder struct {
	*programmetest.Site
	assessors []store.Who
	member    store.Who // of the steering committee
	call      string    // its page
}

func person(s *programmetest.Site, n byte, r access.Role) store.Who {
	w := s.Officer
	w.Actor.ID[15], w.Actor.Roles = n, []access.Role{r}
	return w
}

// as does something in somebody else's name.
func (f *funder) as(w store.Who, do func()) {
	before := f.Who
	f.Who = w
	do()
	f.Who = before
}

func newFunder(t *testing.T) *funder {
	f := &funder{Site: programmetest.NewSite(t, access.Programme)}
	f.member = person(f.Site, 20, access.CommitteeMember)
	for i := range byte(3) {
		f.assessors = append(f.assessors, person(f.Site, 10+i, access.Assessor))
	}
	f.Load()
	f.call = f.Changed(grant.CallPath+"/new/act/edit", url.Values{"code": {"CALL-2022"}, "language": {"en"}, "title": {"Help on the ground"}, "closes": {"2026-10-31"}, "ceiling": {"80000"}, "currency": {"EUR"},
		"activity": {"P4-G1"}, "rules": {"registered", "account", "own_work", "within"}, "years": {"1"}, "criteria": {"60 The need is shown\n40 People are safe in it"}})
	f.Changed(f.call+"/act/open", url.Values{})
	members := []grant.Member{{Assessor: f.assessors[0].Actor.ID}, {Assessor: f.assessors[1].Actor.ID}, {Assessor: f.assessors[2].Actor.ID, Bound: []string{"Second House"}}}
	f.write(f.Officer, access.KindCall, f.id(f.call), grant.PanelledType, grant.Panelled{Members: members})
	return f
}

func (f *funder) id(path string) journal.ID {
	return journal.MustID(path[strings.LastIndex(path, "/")+1:])
}

func (f *funder) try(w store.Who, kind string, id journal.ID, typ string, payload any) error {
	_, err := f.Store.Append(f.Ctx, w, store.Ref{Kind: kind, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

func (f *funder) write(w store.Who, kind string, id journal.ID, typ string, payload any) {
	f.T.Helper()
	f.Clock.Advance(time.Second)
	f.Must(f.try(w, kind, id, typ, payload))
}

// apply types an application in and gives its page.
func (f *funder) apply(name string, change url.Values) string {
	f.T.Helper()
	v := url.Values{"applicant": {name}, "form": {"association"}, "country": {"AL"}, "registered": {"2015"}, "account_own": {"yes"}, "own_work": {"yes"}, "title": {"Project of " + name}, "language": {"en"}, "text": {"What it does."}, "amount": {"60000"}}
	for k, x := range change {
		v[k] = x
	}
	return f.Changed(f.call+"/act/apply", v)
}

func (f *funder) has(path string, wants ...string) {
	f.T.Helper()
	f.Page(path, "fr")
	body := strings.ReplaceAll(f.Page(path, "en"), "\u00a0", " ") // a number stays beside its currency
	for _, w := range wants {
		if !strings.Contains(body, w) {
			f.T.Errorf("%s does not say %q\n%s", path, w, body)
		}
	}
}

// waits says what waits for somebody: titles and what is to be done.
func (f *funder) waits(w store.Who) (out []string) {
	f.T.Helper()
	c, r := grant.Config{Store: f.Store}, f.Request(w)
	for _, gather := range []func(context.Context, *page.Request) ([]page.Line, error){c.ToAssess, c.ReportsWaiting} {
		lines, err := gather(f.Ctx, r)
		f.Must(err)
		for _, x := range lines {
			out = append(out, x.Title+": "+x.Text)
		}
	}
	slices.Sort(out)
	return out
}

// waiting fails unless these wait for somebody.
func (f *funder) waiting(w store.Who, want ...string) {
	f.T.Helper()
	if got := f.waits(w); !slices.Equal(got, want) {
		f.T.Errorf("waits: %q, want %q", got, want)
	}
}

// TestAGrantFromCallToReport is journey J8.
func TestAGrantFromCallToReport(t *testing.T) {
	f := newFunder(t)
	// Five applications, two of which fail a rule, and a third that is not complete.
	young := f.apply("Young House", url.Values{"registered": {"2026-03"}})
	other := f.apply("Other Account", url.Values{"account_own": {"no"}})
	first := f.apply("First House", url.Values{"shelter": {"yes"}})
	second := f.apply("Second House", nil)
	third := f.apply("Third House", url.Values{"registered": {""}})
	f.Changed(young+"/act/examine", nil)
	f.has(young, "Not eligible", "Registered for at least one year")
	f.Changed(other+"/act/examine", nil)
	f.has(other, "Not eligible under this rule", "The account is in the organisation’s name")
	if w := f.Change(third+"/act/examine", nil); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "not known yet") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	f.Changed(third+"/act/edit", url.Values{"registered": {"2020-05-01"}})
	for _, p := range []string{first, second, third} {
		f.Changed(p+"/act/examine", nil)
		f.has(p, "Eligible")
	}
	f.has(f.call, "Young House", "Registered for at least one year")
	f.bank(first)
	f.Changed(f.call+"/act/close", nil)
	f.assess(first, second, third)
	f.rank(first, second, third)
	f.awards(first)
	f.forget(first)
}

// forget: two years after they were given, an assessor's marks and remark are erased in two steps; the ranking stays as it was.
func (f *funder) forget(application string) {
	f.T.Helper()
	id := grant.AssessmentRef(f.id(application), f.assessors[0].Actor.ID).ID.String()
	at, keep := grant.AssessmentPath+"/"+id, retention.Path+"/"+access.KindAssessment+"/"+id
	if w := f.Ask("POST", keep+"/propose", "en", url.Values{}); w.Code != http.StatusConflict {
		f.T.Errorf("erasing before its time: %d", w.Code)
	}
	f.Clock.Set(f.Clock.Now().AddDate(2, 0, 1))
	f.has(keep, "an assessor’s marks and remark", "24 months", "Project of First House")
	if w := f.Ask("POST", keep+"/propose", "en", url.Values{}); w.Code != http.StatusSeeOther {
		f.T.Fatalf("proposing: %d %s", w.Code, w.Body)
	}
	f.as(f.Person(9, access.ProgrammeOfficer), func() {
		if w := f.Ask("POST", keep+"/erase", "en", url.Values{}); w.Code != http.StatusSeeOther {
			f.T.Fatalf("erasing: %d %s", w.Code, w.Body)
		}
	})
	f.as(f.assessors[0], func() {
		if b := f.Page(at, "en"); strings.Contains(b, "remark of 0") || strings.Contains(b, "86%") {
			f.T.Error("marks are still there")
		}
	})
	f.has(f.call, "85.3%", "from 74% to 96%")
}

// bank: where the money goes is for those who run the programme only.
func (f *funder) bank(application string) {
	f.T.Helper()
	if w := f.Change(application+"/act/account", url.Values{"holder": {"First House"}, "iban": {"FR76 3000 6000 0112 3456 7890 188"}}); w.Code != http.StatusUnprocessableEntity {
		f.T.Errorf("a wrong IBAN: %d", w.Code)
	}
	f.Changed(application+"/act/account", url.Values{"holder": {"First House"}, "iban": {"FR76 3000 6000 0112 3456 7890 189"}})
	f.has(application, "FR7630006000011234567890189")
	f.as(f.member, func() {
		if b := f.Page(application, "en"); !strings.Contains(b, "First House") || strings.Contains(b, "FR76") {
			f.T.Error("a member of the committee reads the account, or not the application")
		}
		o, err := f.Store.Open(f.Ctx, f.member, store.Ref{Kind: access.KindApplication, ID: f.id(application)})
		f.Must(err)
		if a := o.State.(grant.Application); a.Account != (grant.AccountTold{}) || a.Filed.Contact != (grant.Contact{}) {
			f.T.Errorf("%+v", a)
		}
	})
}

// assess: three assessors, blind to each other; one is bound to the second applicant, and one finds a conflict with the third.
func (f *funder) assess(first, second, third string) {
	f.T.Helper()
	everybody := []string{}
	for _, a := range f.assessors {
		everybody = append(everybody, a.Actor.ID.String())
	}
	f.Changed(first+"/act/assign", url.Values{"assessors": everybody})
	f.Changed(second+"/act/assign", url.Values{"assessors": everybody[:2]})
	f.Changed(third+"/act/assign", url.Values{"assessors": everybody})
	if b := f.Page(second+"/act/assign", "en"); strings.Contains(b, everybody[2]) {
		f.T.Error("who is bound to the applicant is offered")
	}
	if w := f.Change(second+"/act/assign", url.Values{"assessors": everybody[2:]}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Conflict of interest") {
		f.T.Fatalf("who is bound to the applicant: %d %s", w.Code, w.Body)
	}
	f.waiting(f.assessors[2], "Project of First House: Say whether you have a conflict of interest", "Project of Third House: Say whether you have a conflict of interest")
	f.waiting(f.Officer)
	scores := map[string][][2]string{first: {{"9", "8"}, {"7", "8"}, {"10", "9"}}, second: {{"5", "5"}, {"9", "9"}}, third: {{"6", "6"}, {"6", "7"}}}
	for application, list := range scores {
		for i, s := range list {
			f.as(f.assessors[i], func() { f.score(application, i, s) })
		}
	}
	at := grant.AssessmentPath + "/" + grant.AssessmentRef(f.id(third), f.assessors[2].Actor.ID).ID.String()
	f.as(f.assessors[2], func() {
		if to := f.Changed(at+"/act/declare", url.Values{"conflict": {"yes"}, "reason": {"A relative works there"}}); to != grant.AssessmentPath {
			f.T.Error(to)
		}
		if w := f.Ask("GET", at, "en", nil); w.Code != http.StatusNotFound {
			f.T.Errorf("with a conflict of interest it is still open: %d", w.Code)
		}
	})
	f.has(third, "Excluded: conflict of interest")
	for _, a := range f.assessors {
		f.waiting(a) // all have scored, or may not
	}
}

func (f *funder) score(application string, i int, s [2]string) {
	f.T.Helper()
	at := grant.AssessmentPath + "/" + grant.AssessmentRef(f.id(application), f.assessors[i].Actor.ID).ID.String()
	if w := f.Ask("GET", at+"/act/score", "en", nil); w.Code != http.StatusForbidden {
		f.T.Errorf("scoring before declaring: %d", w.Code)
	}
	f.Changed(at+"/act/declare", url.Values{"conflict": {"no"}})
	if mine := f.waits(f.assessors[i]); !slices.ContainsFunc(mine, func(s string) bool { return strings.HasSuffix(s, "Give your marks") }) {
		f.T.Errorf("what waits for an assessor who has declared: %q", mine)
	}
	if w := f.Change(at+"/act/score", url.Values{"score_c1": {"11"}, "score_c2": {"1"}}); w.Code != http.StatusUnprocessableEntity {
		f.T.Errorf("eleven of ten: %d", w.Code)
	}
	f.Changed(at+"/act/score", url.Values{"score_c1": {s[0]}, "score_c2": {s[1]}, "remark": {fmt.Sprintf("remark of %d", i)}})
	f.has(at, fmt.Sprintf("remark of %d", i))
	for k := range f.assessors {
		theirs := grant.AssessmentPath + "/" + grant.AssessmentRef(f.id(application), f.assessors[k].Actor.ID).ID.String()
		if w := f.Ask("GET", theirs, "en", nil); k != i && w.Code != http.StatusNotFound {
			f.T.Errorf("assessor %d reads what %d wrote: %d", i, k, w.Code)
		}
	}
	if b := f.Page(grant.AssessmentPath, "en"); strings.Count(b, at) != 1 {
		f.T.Errorf("own list: %s", b)
	}
	if w := f.Ask("GET", application, "en", nil); w.Code != http.StatusNotFound { // with contact, account and who else assesses
		f.T.Errorf("an assessor reads the application itself: %d", w.Code)
	}
}

// rank: the ranking follows from the scores, with its spread, and nobody can write another.
func (f *funder) rank(first, second, third string) {
	f.T.Helper()
	wrong := grant.Ranked{Places: []grant.Place{{Rank: 1, Application: f.id(third), Mean: 9999, Low: 9999, High: 9999, Scores: 2}}}
	if err := f.try(f.Officer, access.KindCall, f.id(f.call), grant.RankedType, wrong); !fault.Is(err, fault.Conflict) {
		f.T.Errorf("a ranking of one's own: %v", err)
	}
	f.Changed(f.call+"/act/rank", nil)
	// 9·60+8·40 = 86, 74, 96: mean 85.3, apart by 22; 50 and 90: mean 70, apart by 40; 60 and 64: mean 62, apart by 4.
	f.has(f.call, "85.3%", "22%", "70%", "40%", "62%", "4%", "from 74% to 96%")
	at := grant.AssessmentPath + "/" + grant.AssessmentRef(f.id(first), f.assessors[0].Actor.ID).ID.String()
	f.as(f.assessors[1], func() { f.has(at, "remark of 0") })
	f.as(f.assessors[0], func() {
		if w := f.Ask("GET", at+"/act/score", "en", nil); w.Code != http.StatusForbidden {
			f.T.Errorf("scoring after the ranking: %d", w.Code)
		}
	})
	f.as(f.assessors[2], func() { // excluded from the third
		if w := f.Ask("GET", grant.AssessmentPath+"/"+grant.AssessmentRef(f.id(third), f.assessors[0].Actor.ID).ID.String(), "en", nil); w.Code != http.StatusNotFound {
			f.T.Errorf("who was excluded reads the others: %d", w.Code)
		}
	})
	f.Changed(second+"/act/decline", url.Values{"reason": {"Second in the ranking"}})
}

// awards: two instalments, the second blocked until the report on the first is accepted; who shelters people is not named.
func (f *funder) awards(application string) {
	f.T.Helper()
	form := f.Page(application+"/act/award", "en")
	if !strings.Contains(form, "It gives people a safe place; naming it could endanger them.") {
		f.T.Error("withholding is not offered by default")
	}
	if w := f.Change(application+"/act/award", url.Values{"decision": {"Committee of 1 December"}, "withhold": {}, "withheld_reason": {""}, "instalments": {"30000\n30000"}, "amount": {"60000"}}); w.Code != http.StatusUnprocessableEntity {
		f.T.Errorf("naming a shelter at once: %d", w.Code)
	}
	at := f.Changed(application+"/act/award", url.Values{"decision": {"Committee of 1 December"}, "amount": {"60000"}, "instalments": {"30000 2026-10\n30000 2027-03"}, "activity": {"P4-G1"}, "withhold": {"partner", "place"}, "withheld_reason": {"A shelter"}})
	f.has(at, "Instalment 1 is blocked", "No contract has been signed")
	f.as(f.Reader, func() {
		for _, p := range []string{at, grant.Path} {
			if b := f.Page(p, "en"); !strings.Contains(b, "partner withheld (safety)") || strings.Contains(b, "First House") || strings.Contains(b, "Albania") {
				f.T.Errorf("%s tells readers: %s", p, b)
			}
		}
		if b := f.Page(at, "fr"); !strings.Contains(b, "partenaire non divulgué (sécurité)") {
			f.T.Error(b)
		}
	})
	f.Changed(at+"/act/contract", url.Values{"number": {"2026-17"}, "on": {"2026-09-14"}})
	f.Changed(at+"/act/pay", url.Values{"on": {"2026-09-14"}})
	f.has(at, "Instalment 2 is blocked", "It waits for the report on the instalment before")
	if w := f.Ask("GET", at+"/act/pay", "en", nil); w.Code != http.StatusForbidden {
		f.T.Errorf("paying what is blocked: %d", w.Code)
	}
	if err := f.try(f.Officer, access.KindAward, f.id(at), grant.PaidType, grant.Paid{Instalment: 2, On: party.OnDay(f.Clock.Now())}); !fault.Is(err, fault.Guarded) {
		f.T.Errorf("paying what is blocked by the back door: %v", err)
	}
	f.reports(at)
}

func (f *funder) reports(at string) {
	f.T.Helper()
	typed := url.Values{"quarter": {"2026-Q3"}, "instalment": {"1"}, "text": {"People were housed and advised."}, "spent": {"12000"},
		"women_new": {"12"}, "women_before": {"14"}, "men_new": {"3"}, "men_before": {"11"}, "girls_new": {"2"}, "girls_before": {"0"}, "boys_new": {"0"}, "boys_before": {"0"}, "not_known_new": {"0"}, "not_known_before": {"0"}}
	for text, why := range map[string]string{"Case no. 4521 was closed": "number of a case", "See 01900000-0000-7000-8000-00000000beef": "identifier of a record", "Call +355 69 123 4567": "telephone number"} {
		bad := url.Values{}
		for k, v := range typed {
			bad[k] = v
		}
		bad["text"] = []string{text}
		if w := f.Change(at+"/act/report", bad); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), why) {
			f.T.Errorf("%q: %d", text, w.Code)
		}
	}
	f.Changed(at+"/act/report", typed)
	f.has(at, "&lt;10", "not shown, protects a small number", "12,000 EUR")
	f.waiting(f.Officer, "Project of First House: 2026, quarter 3: report to accept or to return")
	f.waiting(f.member)
	o, err := f.Store.Open(f.Ctx, f.Officer, store.Ref{Kind: access.KindAward, ID: f.id(at)})
	f.Must(err)
	h := o.State.(grant.Award).Reports[0].Helped
	if h.Cells[1][0] != "<10" || h.Cells[2][0] != "<10" || h.Cells[3][0] != "<10" || h.Total != "42" {
		f.T.Errorf("%+v", h)
	}
	f.Changed(at+"/act/judge", url.Values{"judgement": {"returned"}, "reason": {"The costs are missing"}})
	f.has(at, "was returned and not replaced")
	f.waiting(f.Officer) // it is the grantee's turn
	f.Clock.Advance(time.Hour)
	f.Changed(at+"/act/report", typed)
	f.Changed(at+"/act/judge", url.Values{"judgement": {"accepted"}})
	f.Changed(at+"/act/pay", url.Values{"on": {"2026-09-14"}})
	f.has(grant.Path, "2 of 2")
	rows, err := grant.Grants(f.Ctx, f.Store, f.Officer)
	f.Must(err)
	if len(rows) != 1 || len(rows[0].V.Reports) != 2 || rows[0].V.Reports[1].Judgement != grant.Accepted || rows[0].V.Reports[1].Helped.Total != "42" {
		f.T.Errorf("%+v", rows)
	}
	f.Changed(at+"/act/publish", url.Values{"withhold": {}, "withheld_reason": {""}})
	f.as(f.Reader, func() { f.has(at, "First House", "Albania") })
	f.Changed(at+"/act/end", url.Values{"reason": {"The project is over"}})
}

func TestACallIsFixedOnceItIsOpen(t *testing.T) {
	f := newFunder(t)
	if w := f.Ask("GET", f.call+"/act/edit", "en", nil); w.Code != http.StatusForbidden {
		t.Errorf("changing an open call: %d", w.Code)
	}
	n := grant.Notice{Code: "CALL-2022", Title: wording.New("en", "x"), Closes: party.OnDay(f.Clock.Now()), Currency: "EUR", Criteria: []grant.Criterion{{Code: "c1", Name: wording.New("en", "x"), Weight: 1}}}
	if err := f.try(f.Officer, access.KindCall, f.id(f.call), grant.AnnouncedType, n); !fault.Is(err, fault.Guarded) {
		t.Errorf("changing an open call by the back door: %v", err)
	}
	f.Clock.Advance(60 * 24 * time.Hour)
	if w := f.Change(f.call+"/act/apply", url.Values{"applicant": {"Late"}, "title": {"Late"}, "text": {"Late"}, "amount": {"1"}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "last day is over") {
		t.Errorf("too late: %d", w.Code)
	}
}

func TestMoneyOfFundsAsSourcesStateIt(t *testing.T) {
	f := newFunder(t)
	f.has(grant.FundPath, "Nothing is recorded yet")
	at := f.Changed(grant.FundPath+"/new/act/edit", url.Values{"what": {"contribution"}, "fund": {"UNVTF"}, "from": {"France"}, "since": {"2010"}, "rank": {"5"}, "rank_on": {"2021-03-08"}, "source": {"Newsletter, spring 2021"}, "lines": {"390-391"}})
	f.has(at, "France → UNVTF", "since 2010", ">5<", "as stated 8 March 2021", "390-391")
	f.Changed(grant.FundPath+"/new/act/edit", url.Values{"what": {"proceeds"}, "fund": {"UNVTF"}, "campaign": {"Blue Heart"}, "source": {"Newsletter, spring 2021"}})
	f.Changed(grant.FundPath+"/new/act/edit", url.Values{"what": {"fund_grant"}, "fund": {"UNVTF"}, "to": {"A helper"}, "amount": {"20000"}, "amount_how": {"at_least"}, "currency": {"USD"}, "source": {"Annual report"}})
	if w := f.Change(grant.FundPath+"/new/act/edit", url.Values{"what": {"fund_grant"}, "fund": {"UNVTF"}, "to": {"A helper"}, "withhold": {"partner"}, "withheld_reason": {"A shelter"}, "source": {"Annual report"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a name that is withheld is written down in public: %d", w.Code)
	}
	f.Changed(grant.FundPath+"/new/act/edit", url.Values{"what": {"fund_grant"}, "fund": {"UNVTF"}, "withhold": {"partner"}, "withheld_reason": {"A shelter"}, "source": {"Annual report"}})
	f.has(grant.FundPath, "at least 20,000 USD", "one amount not known", "partner withheld (safety)")
	rows, err := grant.Funds(f.Ctx, f.Store, f.Reader)
	f.Must(err)
	var lines []grant.AwardLine
	for _, r := range rows {
		lines = append(lines, r.V)
	}
	if sum, unknown := grant.Total(lines, grant.Contribution, "EUR"); sum.Known() || unknown != 1 {
		t.Errorf("an amount that nobody states adds up to %v, %d unknown", sum, unknown)
	}
	f.Changed(at+"/act/edit", url.Values{"rank": {"4"}})
	f.has(at, ">4<")
}
