// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
)

// funding is a funder's office with a panel of three, and the node of an association that helps people.
type funding struct {
	*year
	second    *visitor // of the funder
	helper    *visitor // of the association, runs its side of the programme
	assessors []*visitor
	call      string
}

// TestAGrantWithoutExposingThoseWhoAreHelped walks journey J8.
func TestAGrantWithoutExposingThoseWhoAreHelped(t *testing.T) {
	f := &funding{year: &year{walk: &walk{newWorld(t, "paris", "athens")}}}
	f.officer, f.second, f.helper = f.hire("paris", "officer", access.ProgrammeOfficer), f.hire("paris", "second", access.ProgrammeOfficer), f.hire("athens", "helper", access.ProgrammeOfficer)
	paris, athens := f.offices["paris"].ID, f.offices["athens"].ID
	cats := []journal.Category{journal.PP, journal.PI, journal.PC}
	f.agree("paris", "athens", terms.Grant{From: paris, To: athens, Purpose: between.Purpose, Categories: cats}, terms.Grant{From: athens, To: paris, Purpose: between.Purpose, Categories: cats})
	f.imports()
	worker := f.hire("athens", "worker", access.CaseManager, access.Responder)
	f.open(worker, "hidden", "athens")
	f.calls()
	first, second, third := f.apply()
	f.assess(first, second, third)
	f.rank(first, second)
	f.neverTheCases(f.reports(f.award(first)))
}

// calls: "In: call 2022 with eligibility (registered >= 1 year, account in the organisation's name, own implementation)".
func (f *funding) calls() {
	f.Helper()
	typed := url.Values{"code": {"CALL-2022"}, "language": {"en"}, "title": {"Help on the ground"}, "closes": {"2026-10-31"}, "ceiling": {"80000"}, "currency": {"EUR"}, "activity": {"P4-G1"},
		"rules": {"registered", "account", "own_work"}, "years": {"1"}, "criteria": {"60 The need is shown\n40 People are safe in it"}}
	f.call = f.saves(f.officer, grant.CallPath+"/new/act/edit", typed)
	panel := url.Values{}
	for i, login := range []string{"one", "two", "three"} {
		v := f.hire("paris", login, access.Assessor)
		f.assessors = append(f.assessors, v)
		panel.Set("assessor_"+string(rune('0'+i)), v.id.String())
	}
	panel.Set("bound_2", "Second House")
	f.saves(f.officer, f.call+"/act/open", nil)
	f.saves(f.officer, f.call+"/act/panel", panel)
	f.saves(f.officer, f.call+"/act/send", url.Values{"to": {f.offices["athens"].ID.String()}})
	f.deliver()
}

// apply: "5 applications," one of them from the association's own node; "ineligible ones refused with the rule that failed;"
func (f *funding) apply() (first, second, third string) {
	f.Helper()
	typed := func(name string, change url.Values) url.Values {
		v := url.Values{"applicant": {name}, "form": {"association"}, "country": {"GR"}, "registered": {"2015"}, "account_own": {"yes"}, "own_work": {"yes"}, "title": {"Project of " + name}, "language": {"en"}, "text": {"What it does."}, "amount": {"60000"}}
		for k, x := range change {
			v[k] = x
		}
		return v
	}
	first = f.saves(f.helper, f.call+"/act/apply", typed("First House", url.Values{"shelter": {"yes"}}))
	f.saves(f.helper, first+"/act/send", nil)
	f.deliver()
	f.holds("the call", f.told(f.officer, f.call, "en"), "First House")
	for name, change := range map[string]url.Values{"Young House": {"registered": {"2026-01"}}, "Other Account": {"account_own": {"no"}}} {
		at := f.saves(f.officer, f.call+"/act/apply", typed(name, change))
		f.saves(f.officer, at+"/act/examine", nil)
		f.holds(name, f.told(f.officer, at, "en"), "Not eligible")
	}
	list := f.told(f.officer, f.call, "en")
	f.holds("the call", section(list, "Other Account", "Young House"), "The account is in the organisation’s name")
	_, list, _ = strings.Cut(list, "Young House")
	f.holds("the call", list, "Registered for at least one year")
	second, third = f.saves(f.officer, f.call+"/act/apply", typed("Second House", nil)), f.saves(f.officer, f.call+"/act/apply", typed("Third House", nil))
	for _, at := range []string{first, second, third} {
		f.saves(f.officer, at+"/act/examine", nil)
	}
	f.saves(f.officer, f.call+"/act/close", nil)
	return first, second, third
}

// assessment is where an assessor's assessment of an application is.
func (f *funding) assessment(application string, of *visitor) string {
	return grant.AssessmentPath + "/" + grant.AssessmentRef(journal.MustID(application[strings.LastIndex(application, "/")+1:]), of.id).ID.String()
}

// assess: "3 assessors blind to each other;" and "conflict of interest excludes an assessor;"
func (f *funding) assess(first, second, third string) {
	f.Helper()
	var all []string
	for _, a := range f.assessors {
		all = append(all, a.id.String())
	}
	f.refused(f.officer, second+"/act/assign", url.Values{"assessors": all[2:]}, http.StatusConflict, "Conflict of interest") // bound to the applicant, as the panel says
	for application, who := range map[string][]string{first: all, second: all[:2], third: all} {
		f.saves(f.officer, application+"/act/assign", url.Values{"assessors": who})
	}
	for application, list := range map[string][][2]string{first: {{"9", "8"}, {"7", "8"}, {"10", "9"}}, second: {{"5", "5"}, {"9", "9"}}, third: {{"6", "6"}, {"6", "7"}}} {
		for i, s := range list {
			at := f.assessment(application, f.assessors[i])
			f.saves(f.assessors[i], at+"/act/declare", url.Values{"conflict": {"no"}})
			f.saves(f.assessors[i], at+"/act/score", url.Values{"score_c1": {s[0]}, "score_c2": {s[1]}, "remark": {"remark of " + f.assessors[i].login}})
			for k, other := range f.assessors {
				if a := f.get(other, at); k != i && a.code != http.StatusNotFound {
					f.Errorf("%s reads what %s wrote: %d", other.login, f.assessors[i].login, a.code)
				}
			}
		}
	}
	at := f.assessment(third, f.assessors[2])
	f.saves(f.assessors[2], at+"/act/declare", url.Values{"conflict": {"yes"}, "reason": {"A relative works there"}})
	if a := f.get(f.assessors[2], at); a.code != http.StatusNotFound {
		f.Errorf("with a conflict of interest it is still open: %d", a.code)
	}
	f.holds("the application", f.told(f.officer, third, "en"), "Excluded: conflict of interest")
}

// rank: "ranking with the spread of scores;"
func (f *funding) rank(first, second string) {
	f.Helper()
	f.saves(f.officer, f.call+"/act/rank", nil)
	f.holds("the ranking", f.told(f.officer, f.call, "en"), "First House", "85.3%", "22%", "from 74% to 96%", "Second House", "70%", "40%", "Third House", "62%")
	f.saves(f.officer, second+"/act/decline", url.Values{"reason": {"Second in the ranking"}})
}

// award: "award in two instalments;", "contract, instalment 2 is blocked until the report is accepted;"
func (f *funding) award(application string) string {
	f.Helper()
	f.refused(f.officer, application+"/act/award", url.Values{"decision": {"Committee of 1 December"}, "amount": {"60000"}, "instalments": {"30000\n30000"}, "withhold": nil, "withheld_reason": nil}, http.StatusUnprocessableEntity, "withheld at first")
	at := f.saves(f.officer, application+"/act/award", url.Values{"decision": {"Committee of 1 December"}, "amount": {"60000"}, "instalments": {"30000 2026-10\n30000 2027-03"}, "activity": {"P4-G1"},
		"organisation": {actors.OrganisationRef(f.offices["paris"].ID, "ngo-tdh-al").ID.String()}, "withhold": {"partner", "place"}, "withheld_reason": {"It gives people a safe place"}})
	f.holds("the grant", f.told(f.officer, at, "en"), "Instalment 1 is blocked", "No contract has been signed")
	f.saves(f.officer, at+"/act/contract", url.Values{"number": {"2026-17"}, "on": {"2026-03-02"}})
	f.saves(f.officer, at+"/act/pay", url.Values{"on": {"2026-03-02"}})
	f.holds("the grant", f.told(f.officer, at, "en"), "Instalment 2 is blocked", "It waits for the report on the instalment before")
	f.holds("the grant", f.told(f.officer, at, "en"), "Contract 2026-17")
	if a := f.get(f.officer, at+"/act/pay"); a.code != http.StatusForbidden {
		f.Errorf("paying what is blocked: %d", a.code)
	}
	f.deliver()
	return at
}

// reports: "quarterly report typed on the NGO's own node with no network.", "the report contains counts of people helped with cells
// under the office's threshold shown as "<k" and complementary cells protected; no name, no case number can be pasted in (the form
// refuses patterns of case ids);"
func (f *funding) reports(at string) string {
	f.Helper()
	typed := url.Values{"quarter": {"2026-Q1"}, "instalment": {"1"}, "language": {"en"}, "text": {"People were housed and advised."}, "spent": {"12000"},
		"women_new": {"12"}, "women_before": {"14"}, "men_new": {"3"}, "men_before": {"11"}, "girls_new": {"2"}, "girls_before": {"0"}, "boys_new": {"0"}, "boys_before": {"0"}, "not_known_new": {"0"}, "not_known_before": {"0"}}
	for text, why := range map[string]string{"Case no. 4521 was closed": "number of a case", "See 01900000-0000-7000-8000-00000000beef": "identifier of a record", "Call +355 69 123 4567": "telephone number"} {
		bad := url.Values{}
		for k, v := range typed {
			bad[k] = v
		}
		bad.Set("text", text)
		f.refused(f.helper, at+"/act/report", bad, http.StatusUnprocessableEntity, why)
	}
	f.saves(f.helper, at+"/act/report", typed) // nothing is delivered here
	if b := f.told(f.officer, at, "en"); strings.Contains(b, "People were housed") {
		f.Error("the report is there without anything delivered")
	}
	f.deliver()
	body := f.told(f.officer, at, "en")
	f.holds("the report", body, "<10")
	f.holds("the report", body, "not shown, protects a small number")
	f.holds("the report", body, "People were housed and advised.")
	f.saves(f.officer, at+"/act/judge", url.Values{"judgement": {"accepted"}})
	f.saves(f.officer, at+"/act/pay", url.Values{"on": {"2026-03-03"}})
	f.lacks("the grant", f.told(f.officer, at, "en"), "Instalment 2 is blocked")
	return at
}

// neverTheCases: "the funder never gets the cases." and "Shelter address and NGO name can be excluded from publication with a reason, and
// the public page shows "partner withheld (safety)"."
func (f *funding) neverTheCases(at string) {
	f.Helper()
	for _, kind := range []string{access.KindPerson, access.KindReferralIn, access.KindSignal} {
		if n, err := f.n.Store.Count(f.Context(), f.officer.who(access.ForProgramme), store.Query{Kind: kind}); n != 0 {
			f.Errorf("%d of %s at the funder's, %v", n, kind, err)
		}
	}
	if a := f.get(f.officer, "/cases"); a.code == http.StatusOK && strings.Contains(a.body, "Codehidden") {
		f.Error("the funder lists the association's files")
	}
	reader := f.hire("paris", "reader", access.Oversight)
	for _, path := range []string{at, grant.Path} {
		body := f.shown(reader, path, "en")
		f.holds(path, plainly(body), "partner withheld (safety)")
		f.lacks(path, body, "First House", "Greece")
	}
	f.holds("the activity", f.told(reader, "/programme/activities/P4-G1", "en"), "partner withheld (safety)")

	// The public page: an issue of the newsletter that asks for who leads the activity.
	issue := f.saves(f.officer, newsletter.Path+"/new", url.Values{"from": {"2026-01-01"}, "to": {"2026-03-31"}, "title_fr": {"Lettre"}, "title_en": {"Letter"}, "original": {"fr"}})
	section := issue + "/sections/new"
	for _, name := range []string{"Terre des Hommes Albania", "{P4-G1.leads}"} {
		f.saves(f.officer, section, url.Values{"sort": {"priority"}, "priority": {"4"}, "place": {"1"}, "records": {"P4-G1"}, "original": {"fr"}, "title_fr": {"Une aide"}, "title_en": {"Some help"}, "text_fr": {"Le partenaire : " + name + "."}, "text_en": {"The partner: " + name + "."}})
		if says := strings.Contains(f.told(f.officer, issue, "en"), "is withheld"); says != (name == "Terre des Hommes Albania") { // an issue that names who is withheld cannot be published
			f.Errorf("%s: the issue says that somebody named is withheld: %v", name, says)
		}
		section = regexp.MustCompile(issue + `/sections/[a-z0-9-]+`).FindString(strings.ReplaceAll(f.shown(f.officer, issue, "en"), "/sections/new", ""))
	}
	f.publish(issue)
	for i, o := range f.n.Settings.Owners {
		if o.ID == f.offices["paris"].ID {
			f.n.Settings.Owners[i].PublicHost = "letters.example"
		}
	}
	door, err := f.n.Handler()
	f.must(err)
	f.door = door
	outside := func(r *http.Request) { r.Host = "letters.example" }
	public := plainly(f.ask(nil, http.MethodGet, "/letters/1?lang=en", nil, outside).body)
	f.holds("the public page", public, "The partner: partner withheld (safety).")
	f.lacks("the public page", public, "Terre des Hommes Albania", "First House")
	f.holds("the public page", plainly(f.ask(nil, http.MethodGet, "/letters/1?lang=fr", nil, outside).body), "partenaire non divulgué (sécurité)")
}

// publish lets two officers approve an issue and one publish it.
func (f *funding) publish(issue string) {
	f.Helper()
	for v, side := range map[*visitor]newsletter.Side{f.officer: newsletter.OfContent, f.second: newsletter.OfSafety} {
		sent := url.Values{"side": {string(side)}}
		for _, m := range hiddenField.FindAllStringSubmatch(f.shown(v, issue, "en"), -1) {
			if m[1] == "hash" {
				sent.Set("hash", m[2])
			}
		}
		f.presses(v, issue+"/approve", sent)
	}
	f.clock.Advance(time.Minute)
	f.presses(f.second, issue+"/publish", nil)
}
