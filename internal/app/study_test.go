// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/wording"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// studied is a programme's office with a study, and an assistance office that screens.
type studied struct {
	*world
	officer, member *visitor // of the programme
	worker, there   *visitor // of the assistance office: who screens, and who runs its side of the programme
	study           journal.ID
}

func newStudied(t *testing.T) *studied {
	s := &studied{world: newWorld(t, "athens", "paris")}
	athens, paris := s.offices["athens"].ID, s.offices["paris"].ID
	s.agree("paris", "athens", terms.Grant{From: paris, To: athens, Purpose: between.Purpose, Categories: []journal.Category{journal.PP}})
	for _, o := range s.offices {
		_, err := opImportProgramme(t.Context(), s.n, ImportProgrammeIn{Of: Of{o.ID}})
		s.must(err)
	}
	s.officer, s.member = s.hire("paris", "officer", access.ProgrammeOfficer), s.hire("paris", "member", access.CommitteeMember)
	s.worker, s.there = s.hire("athens", "worker", access.Responder, access.CaseManager), s.hire("athens", "there", access.ProgrammeOfficer)
	return s
}

func (s *studied) at() string { return study.Path + "/" + s.study.String() }

// does takes a step on the study's page with what is typed, as somebody.
func (s *studied) does(v *visitor, act string, typed url.Values) reply {
	s.Helper()
	s.clock.Advance(time.Second)
	form := url.Values{"entry": {s.n.newID().String()}}
	for k, x := range typed {
		form[k] = x
	}
	return s.post(v, s.at()+"/act/"+act, form)
}

func (s *studied) did(v *visitor, act string, typed url.Values) {
	s.Helper()
	if a := s.does(v, act, typed); a.code != http.StatusSeeOther {
		s.Fatalf("%s: %d %s", act, a.code, a.body)
	}
}

func (s *studied) append(v *visitor, kind string, id journal.ID, typ string, payload any) error {
	s.clock.Advance(time.Second)
	_, err := s.n.Store.Append(s.Context(), v.who(access.ForProgramme), store.Ref{Kind: kind, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

// TestAStudyBecomesAListForThoseWhoScreen is journey J9.
func TestAStudyBecomesAListForThoseWhoScreen(t *testing.T) {
	s := newStudied(t)
	s.study = s.n.newID()
	if a := s.post(s.officer, study.Path+"/new/act/commission", url.Values{"entry": {s.n.newID().String()}, "dossier": {s.study.String()}, "title_fr": {"Mineurs contraints à la délinquance"}, "title_en": {"Minors forced into offences"},
		"question_fr": {"Comment distinguer la contrainte ?"}, "activity": {"P5-S1"}, "author": {"O. Peyroux"}}); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	s.did(s.officer, "fieldwork", url.Values{"from": {"2021"}, "countries": {"FR", "AL"}, "method": {"Interviews"}, "people": {"40"}, "people_how": {"about"}})
	s.holdsTheEventOnlyAfterDelivery()
	s.notes()
	s.decides()
	s.drafts("2021-1")
	s.screensWithIt("2021-1")
	s.second()
}

// holdsTheEventOnlyAfterDelivery: "the event in Albania (P5-E1) may only be marked held after the study is delivered."
func (s *studied) holdsTheEventOnlyAfterDelivery() {
	s.Helper()
	held := activity.Status("held")
	event, hold := activity.Ref(s.offices["paris"].ID, "P5-E1"), activity.Described{Status: &held}
	if err := s.append(s.officer, event.Kind, event.ID, activity.DescribedType, hold); !fault.Is(err, fault.Guarded) {
		s.Fatalf("held before the study is there: %v", err)
	}
	if a := s.post(s.officer, "/programme/activities/P5-E1/edit", url.Values{"entry": {s.n.newID().String()}, "status": {"held"}}); a.code != http.StatusConflict || !strings.Contains(a.body, "Elle attend l’étude P5-S1") {
		s.Fatalf("held before the study is there: %d %s", a.code, a.body)
	}
	if a := s.does(s.officer, "finding", url.Values{"key": {"F1"}, "text_fr": {"x"}, "page": {"1"}}); a.code != http.StatusForbidden {
		s.Errorf("a finding before there is a report: %d", a.code)
	}
	s.did(s.officer, "deliver", url.Values{"on": {"2021-09"}, "document": {"Report, 2021"}, "pages_n": {"120"}})
	s.must(s.append(s.officer, event.Kind, event.ID, activity.DescribedType, hold))
	o, err := s.n.Store.Open(s.Context(), s.officer.who(access.ForProgramme), activity.Ref(s.offices["paris"].ID, "P5-S1"))
	s.must(err)
	if st := o.State.(activity.Activity).Status(); st != "delivered" {
		s.Errorf("the study's activity stands at %q", st)
	}
	s.did(s.officer, "event", url.Values{"activity": {"P5-E1"}, "on": {"2021-11"}})
}

// notes: "P5-S1 delivered: findings and 14 indicators (text FR/EN/SQ, weight, source page)", "findings register;"
func (s *studied) notes() {
	s.Helper()
	s.did(s.officer, "finding", url.Values{"key": {"F1"}, "text_fr": {"La dette précède le délit."}, "text_en": {"The debt comes before the offence."}, "page": {"31-33"}, "asks": {"Magistrates: ask about debts"}})
	for n := range 14 {
		weight := []string{"S", "M", "W"}[n%3]
		s.did(s.officer, "indicator", url.Values{"id": {fmt.Sprintf("MIN-%02d", n+1)}, "theme": {"MIN"}, "text_fr": {fmt.Sprintf("Signe %d", n+1)}, "text_en": {fmt.Sprintf("Sign %d", n+1)}, "text_sq": {fmt.Sprintf("Shenja %d", n+1)}, "weight": {weight}, "page": {fmt.Sprint(40 + n)}})
	}
	if a := s.get(s.officer, s.at()); !strings.Contains(a.body, "MIN-14") || !strings.Contains(a.body, "en, fr, sq") || !strings.Contains(a.body, "31-33") || !strings.Contains(a.body, "environ 40") {
		s.Errorf("the register of findings: %s", a.body)
	}
	if a := s.get(s.officer, "/programme/results/O7"); !strings.Contains(a.body, "Mineurs contraints") || !strings.Contains(a.body, "un constat") {
		s.Errorf("the figure of studies delivered does not lead to the study: %d", a.code)
	}
	rows, err := study.List(s.Context(), s.n.Store, s.officer.who(access.ForProgramme), nil)
	s.must(err)
	if len(rows) != 1 || rows[0].V.Stage != study.Delivered || rows[0].V.Findings != 1 || rows[0].V.Indicators != 14 {
		s.Errorf("%+v", rows)
	}
}

// decides: "decision "use in screening v2" recorded by the committee (G4);" nothing is drafted before the committee has approved it.
func (s *studied) decides() {
	s.Helper()
	if a := s.does(s.officer, "draft", url.Values{"code": {"minors_offences"}}); a.code != http.StatusForbidden {
		s.Errorf("a list without a decision: %d", a.code)
	}
	session, motion := s.n.newID(), s.n.newID()
	use := func() reply {
		return s.does(s.officer, "decide", url.Values{"decision": {session.String() + "/" + motion.String()}, "for": {"screening v2"}, "on": {"2021-12-16"}})
	}
	s.must(s.append(s.officer, access.KindSession, session, committee.CalledType, committee.Called{On: party.InYear(2021), Title: wording.New("en", "Seventh session"), Seats: 1, Quorum: 1, Rule: committee.Majority}))
	s.must(s.append(s.officer, access.KindSession, session, committee.TabledType, committee.Tabled{Motion: motion, Text: wording.New("en", "Use the study's indicators in screening v2")}))
	if a := use(); a.code != http.StatusConflict || !strings.Contains(a.body, "ne l’a pas approuvé") {
		s.Fatalf("a motion that nobody decided: %d %s", a.code, a.body)
	}
	s.must(s.append(s.member, access.KindSession, session, committee.VoteType, committee.Cast{Motion: motion, Value: "yes", How: "room"}))
	s.must(s.append(s.officer, access.KindSession, session, committee.DecidedType, committee.Made{Motion: motion, Result: committee.Yes, Reason: "Tried in the field", By: "The chair", Tally: committee.Tally{Yes: 1, Quorum: 1}}))
	if a := s.get(s.officer, s.at()+"/act/decide"); !strings.Contains(a.body, "Use the study&#39;s indicators in screening v2") {
		s.Errorf("the decision is not offered: %s", a.body)
	}
	if a := use(); a.code != http.StatusSeeOther {
		s.Fatalf("%d %s", a.code, a.body)
	}
}

func typedList(rule string) url.Values {
	return url.Values{"code": {"minors_offences"}, "title_fr": {"Mineurs et délits"}, "title_en": {"Minors and offences"}, "lead_fr": {"Pour un entretien au calme."}, "lead_en": {"For a calm conversation."},
		"theme_min_fr": {"Signes"}, "theme_min_en": {"Signs"}, "theme_min_sq": {"Shenja"}, "whom": {"child"}, "rule": {rule}}
}

// drafts: "a new version of the screening questionnaire in capability 1 is created in draft with reference to study and page, tested on
// synthetic cases, published to nodes;" the other office tries and publishes for itself.
func (s *studied) drafts(version string) {
	s.Helper()
	lacking := typedList("")
	lacking.Set("title_en", "")
	if a := s.does(s.officer, "draft", lacking); a.code != http.StatusUnprocessableEntity {
		s.Errorf("a list without English: %d", a.code)
	}
	taken := typedList("")
	taken.Set("code", "ilo11")
	if a := s.does(s.officer, "draft", taken); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Le logiciel contient déjà une liste sous ce code") {
		s.Errorf("the code of another list: %d", a.code)
	}
	s.did(s.officer, "draft", typedList("delphi"))
	if a := s.does(s.officer, "publish", nil); a.code != http.StatusForbidden {
		s.Errorf("published without having been tried: %d", a.code)
	}
	s.did(s.officer, "try", nil)
	if a := s.get(s.officer, s.at()); !strings.Contains(a.body, "MIN-01 seul") || !strings.Contains(a.body, "Non exclu") || !strings.Contains(a.body, "Une règle de la liste est remplie") {
		s.Errorf("the made-up cases: %s", a.body)
	}
	s.did(s.officer, "publish", nil)
	s.did(s.officer, "send", url.Values{"to": {s.offices["athens"].ID.String()}})
	s.deliver()
	for _, v := range []*visitor{s.officer, s.there} { // each indicator with its page, the last one's is 53
		if a := s.get(v, s.at()); !strings.Contains(a.body, "MIN-14") || !strings.Contains(a.body, ">53<") {
			s.Errorf("%s does not read the pages of the indicators", v.login)
		}
	}
	if a := s.get(s.worker, "/screening"); a.code != http.StatusOK || strings.Contains(a.body, "Minors and offences") {
		s.Errorf("a list that nobody here has published is offered: %d", a.code)
	}
	if a := s.does(s.there, "publish", nil); a.code != http.StatusForbidden {
		s.Errorf("what came is published untried: %d", a.code)
	}
	s.did(s.there, "try", nil)
	s.did(s.there, "publish", nil)
	if a := s.get(s.there, s.at()); !strings.Contains(a.body, "Office in paris") || !strings.Contains(a.body, "minors_offences "+version) || !strings.Contains(a.body, ">53<") {
		s.Errorf("the other office's page, with the pages of the report: %s", a.body)
	}
	if a := s.get(s.there, study.Path); a.code != http.StatusOK || strings.Contains(a.body, ">0<") {
		s.Errorf("what is not known of another office's study is told as none: %s", a.body)
	}
}

// screensWithIt: those who screen there find it, with its source; what they answer is evaluated under its rule.
func (s *studied) screensWithIt(version string) {
	s.Helper()
	if a := s.get(s.worker, "/screening"); !strings.Contains(a.body, "Minors and offences") || !strings.Contains(a.body, "O. Peyroux, Minors forced into offences, 2021") {
		s.Fatalf("the list is not offered, or without its source: %s", a.body)
	}
	if a := s.get(s.worker, "/screening/new/form?who=child&role=outreach&set=minors_offences"); a.code != http.StatusOK || !strings.Contains(a.body, "Sign 14") {
		s.Fatalf("the form: %d", a.code)
	}
	s.record(version, http.StatusOK)
}

func (s *studied) record(version string, want int) journal.ID {
	s.Helper()
	signal := s.n.newID()
	a := s.api(s.worker, "POST", "/dossiers/signal/"+signal.String()+"/entries?purpose=screening", map[string]any{"id": s.n.newID(), "type": "screening.recorded",
		"payload": screening.Recorded{Who: screening.Child, Role: "outreach", Place: "street", Language: "sq", Interpreted: consent.Interpreter, Set: "minors_offences", Version: version,
			Answers: map[string]screening.Answer{"MIN-01": "yes", "MIN-04": "yes"}}})
	if a.code != want {
		s.Fatalf("a screening with %s: %d %s", version, a.code, a.body)
	}
	return signal
}

// second: "old screenings keep their version;" the list changes; the next version stands beside the first, with which an earlier screening is still read, also after
// the office was started anew.
func (s *studied) second() {
	s.Helper()
	signal := s.record("2021-1", http.StatusOK)
	s.record("2021-2", http.StatusUnprocessableEntity)
	s.did(s.officer, "indicator", url.Values{"id": {"MIN-15"}, "theme": {"MIN"}, "text_fr": {"Signe 15"}, "text_en": {"Sign 15"}, "weight": {"S"}, "page": {"77"}})
	s.did(s.officer, "draft", typedList("delphi"))
	s.did(s.officer, "try", nil)
	s.did(s.officer, "publish", nil)
	s.did(s.officer, "send", url.Values{"to": {s.offices["athens"].ID.String()}})
	s.deliver()
	s.did(s.there, "try", nil)
	s.did(s.there, "publish", nil)
	if a := s.get(s.worker, "/screening/new/form?who=child&role=outreach&set=minors_offences"); !strings.Contains(a.body, "Sign 15") {
		s.Errorf("the newest version is not the one that is asked: %d", a.code)
	}
	s.record("2021-2", http.StatusOK)
	s.reopen()
	reader, err := s.n.Job(s.offices["athens"].ID, "post", access.ForDelivery) // who wrote it down may not read it back
	s.must(err)
	o, err := s.n.Store.Open(s.Context(), reader, store.Ref{Kind: access.KindSignal, ID: signal})
	s.must(err)
	x := o.State.(screening.Signal).Screenings[0]
	if x.Version != "2021-1" || x.Hidden || x.Result.Outcome != screening.RuleMet {
		s.Errorf("the earlier screening is read as %+v", x)
	}
}
