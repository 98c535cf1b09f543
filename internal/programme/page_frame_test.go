// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// reader reads pages of a site in both languages and says what they lack.
type reader struct {
	*programmetest.Site
	t *testing.T
}

func (r reader) says(path string, wants ...string) string {
	r.t.Helper()
	r.Page(path, "fr")
	body := r.Page(path, "en")
	for _, w := range wants {
		if !strings.Contains(body, w) {
			r.t.Errorf("%s does not say %q", path, w)
		}
	}
	return body
}

func known(s *programmetest.Site, code string) activity.Activity {
	s.T.Helper()
	o, err := s.Store.Open(s.Ctx, s.Officer, activity.Ref(s.Owner, code))
	s.Must(err)
	return o.State.(activity.Activity)
}

// TestWhatAnActivityIsMadeOfIsSaidUndoneAndRemembered changes coverage, phases, funding, partners and links with forms: the source
// stays beside it, the history tells the old and the new, the last change is taken back by a new entry.
func TestWhatAnActivityIsMadeOfIsSaidUndoneAndRemembered(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	r := reader{s, t}
	const at = "/programme/activities/P2-I2"
	for _, act := range []string{"coverage", "partners", "phases", "funding", "links", "owners"} {
		r.says(at + "/act/" + act)
	}
	s.Changed(at+"/act/coverage", url.Values{"countries": {"RS", "MK"}, "scope": {"regional"}})
	r.says(at, "Serbia and North Macedonia", "the source says Serbia", "Countries or territories: Serbia → Serbia and North Macedonia.", "Undo the last change")
	s.Changed(at+"/act/phases", url.Values{"phase.1": {"1"}, "phase_start.1": {"2016"}, "phase_end.1": {"2020"}, "phase.2": {"2"}, "phase_start.2": {"2021"}, "phase_status.2": {"planned"}})
	r.says(at, "Phase 2", "2016 to 2020")
	if w := s.Change(at+"/act/phases", url.Values{"phase.1": {"2"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("two phases with one number: %d", w.Code)
	}
	unodc, meae := actors.OrganisationRef(s.Owner, "unodc").ID.String(), actors.OrganisationRef(s.Owner, "meae").ID.String()
	s.Changed(at+"/act/partners", url.Values{"partner.2": {unodc}, "role.2": {"supporter"}})
	r.says(at, "supports")
	if w := s.Change(at+"/act/partners", url.Values{"partner.3": {unodc}, "role.3": {""}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a partner without a role: %d", w.Code)
	}
	s.Changed(at+"/act/funding", url.Values{"funder": {meae}, "amount": {"250000"}, "amount_how": {"disputed"}, "amount_why": {"the agreement"}, "amount_to": {"300 000"}, "amount_to_why": {"the report"}, "currency": {"eur"}})
	r.says(at, "250,000 to 300,000 (sources disagree) EUR", "250,000 according to the agreement")
	for bad, v := range map[string]url.Values{"one source": {"amount_to_why": {""}}, "no currency": {"currency": {""}}} {
		if w := s.Change(at+"/act/funding", v); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
	now := known(s, "P2-I2")
	if w := s.Ask("POST", at+"/undo/"+now.History[0].ID.String(), "en", url.Values{}); w.Code != http.StatusConflict {
		t.Errorf("another change is taken back: %d", w.Code)
	}
	last := now.History[len(now.History)-1]
	if w := s.Ask("POST", at+"/undo/"+last.ID.String(), "en", url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatalf("undo: %d\n%s", w.Code, w.Body)
	}
	if f := known(s, "P2-I2").Facts(); f.Amount.Known() || len(f.Partners) != 2 || len(f.Phases) != 2 || len(f.Countries) != 2 {
		t.Fatalf("%+v", f)
	}
	s.Changed(at+"/act/coverage", url.Values{"countries": {"RS"}, "scope": {""}})
	if a := known(s, "P2-I2"); a.Own.Countries != nil || a.Own.Scope != nil {
		t.Errorf("what the source says is still the office's word: %+v", a.Own)
	}
	if rep := s.Load(); rep.Added+rep.Changed != 0 {
		t.Errorf("importing again: %+v", rep.Tally)
	}
	s.Who = s.Reader
	if w := s.Ask("GET", at+"/act/coverage", "en", nil); w.Code != http.StatusForbidden {
		t.Errorf("a reader is asked: %d", w.Code)
	}
}

// TestWhatWaitsIsBlockedAndNothingWaitsForItself: P5-E1 waits for the study P5-S1, as the source says; a circle is refused.
func TestWhatWaitsIsBlockedAndNothingWaitsForItself(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	r := reader{s, t}
	r.says("/programme/activities/P5-E1", "Blocked: it waits for", "to be completed")
	r.says("/programme/activities/P5-S1", "What waits for it", "P5-E1")
	r.says("/programme/activities/P5-G1", "Its parts", "P5-T1")
	for field, v := range map[string][]string{"depends_on": {"P5-E1"}, "part_of": {"P5-T1"}} {
		at := map[string]string{"depends_on": "P5-S1", "part_of": "P5-G1"}[field]
		if w := s.Change("/programme/activities/"+at+"/act/links", url.Values{field: v}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s leads back: %d", field, w.Code)
		}
	}
	s.Changed("/programme/activities/P5-S1/edit", url.Values{"status": {"delivered"}})
	if strings.Contains(s.Page("/programme/activities/P5-E1", "en"), "Blocked") {
		t.Error("the study is delivered, and the event still waits")
	}
}

// TestStrategiesShowTheirMeasuresAndActivities: the source's strategies, what it says of one in two ways, measures by the plan that
// they name, and activities by the measures that they carry out.
func TestStrategiesShowTheirMeasuresAndActivities(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	r := reader{s, t}
	r.says("/programme/schemes", "No strategy or action plan yet")
	s.Load()
	s.Saved(measure.Path+"/new", url.Values{"plan": {"Second national action plan"}, "code": {"44"}, "language": {"fr"}, "text": {"Former les praticiens"}})
	s.Saved(measure.Path+"/new", url.Values{"plan": {"A plan of another country"}, "code": {"3"}, "language": {"en"}, "text": {"Something else"}})
	r.says("/programme/schemes", "Joint Franco-Swedish strategy", "A plan of another country")
	body := r.says("/programme/schemes/nap2", "2019-2022", "2019-2021", "Measure 44", "P2-I1")
	if strings.Contains(body, "Measure 3<") || strings.Contains(body, "P5-T1") {
		t.Error("what is not of the plan stands on its page")
	}
	r.says("/programme/schemes/a-plan-of-another-country", "Measure 3")
	s.Changed("/programme/activities/P1-E1/act/links", url.Values{"schemes": {"fr-se-strat"}})
	r.says("/programme/schemes/fr-se-strat", "P1-E1")
	s.Must(programme.ImportWords(s.Ctx, s.Store, s.Importer))
	const inFrench = "Stratégie commune franco-suédoise"
	r.says("/programme/schemes/fr-se-strat", "Joint Franco-Swedish strategy", inFrench, "French: translation", "English: original")
	for _, path := range []string{"/programme/schemes", "/programme/schemes/fr-se-strat", "/programme/activities/P1-E1"} {
		if !strings.Contains(s.Page(path, "fr"), inFrench) {
			t.Errorf("%s: the strategy is not named in French", path)
		}
	}
	s.Saved(measure.Path+"/new", url.Values{"plan": {"Deuxième plan d’action national"}, "code": {"45"}, "language": {"fr"}, "text": {"Informer"}}) // named in another language, it is the same
	r.says("/programme/schemes/nap2", "Measure 44", "Measure 45", "2019-2021")
	r.says("/programme/activities/P1-E1", "/programme/schemes/fr-se-strat")
	if w := s.Ask("GET", "/programme/schemes/nothing", "en", nil); w.Code != http.StatusNotFound {
		t.Errorf("no strategy: %d", w.Code)
	}
}

// TestAPlanIsCalledAsTheReaderCallsIt: where the name that was typed means a strategy of the source, by its title in the reader's
// language; a file keeps what was typed, and so does a plan that means none.
func TestAPlanIsCalledAsTheReaderCallsIt(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	s.Must(programme.ImportWords(s.Ctx, s.Store, s.Importer))
	const typed, english, french = "Deuxième plan d’action national", "Second National Action Plan against trafficking in human beings", "Deuxième plan d’action national contre la traite des êtres humains"
	record := s.Saved(measure.Path+"/new", url.Values{"plan": {typed}, "code": {"44"}, "language": {"fr"}, "text": {"Former les praticiens"}})
	s.Saved(measure.Path+"/new", url.Values{"plan": {"Un plan d’un autre pays"}, "code": {"3"}, "language": {"fr"}, "text": {"Autre chose"}})
	for _, path := range []string{measure.Path, record, record + "/act/report"} {
		en, fr := s.Page(path, "en"), s.Page(path, "fr")
		if !strings.Contains(en, english) || strings.Contains(en, french) || !strings.Contains(fr, french) || strings.Contains(fr, english) {
			t.Errorf("%s: the plan is not called as its reader calls it", path)
		}
		if strings.Contains(en, typed) != (path == record) {
			t.Errorf("%s: what was typed stands in its record, and nowhere else", path)
		}
	}
	if got := s.Page(measure.Path, "en"); !strings.Contains(got, "Un plan d’un autre pays") {
		t.Error("a plan that means no strategy is not named")
	}
	if got := s.Ask("GET", measure.Path+"?as=csv", "en", nil).Body.String(); !strings.Contains(got, typed) || strings.Contains(got, english) {
		t.Error("the file does not say what was typed")
	}
	s.Saved(measure.Path+"/new", url.Values{"plan": {"Second National Action Plan"}, "code": {"45"}, "language": {"en"}, "text": {"Inform"}})
	if got := s.Page(measure.Path, "en"); !strings.Contains(got, typed+"</option>") || !strings.Contains(got, "Second National Action Plan</option>") {
		t.Error("two names of one strategy are not told apart where one is chosen")
	}
}

// TestAStrategyOfManyMeasuresAndActivitiesIsReadByThePage: of each a page is shown; the rest is a link away.
func TestAStrategyOfManyMeasuresAndActivitiesIsReadByThePage(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	r := reader{s, t}
	for i := range 60 {
		code := fmt.Sprintf("%d", 100+i)
		s.Clock.Advance(time.Second)
		_, err := s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: access.KindMeasure, ID: s.Store.NewID()}, store.Draft{Type: measure.NotedType, Payload: measure.Noted{Plan: "A plan of many", Code: code, Text: wording.New("en", "To do "+code)}})
		s.Must(err)
		_, err = s.Store.Append(s.Ctx, s.Importer, activity.Ref(s.Owner, "Z-"+code), store.Draft{Type: activity.ImportedType, Payload: activity.Imported{Code: "Z-" + code, Kind: "training", Title: "Many " + code, Language: "en", Basis: "Measure " + code, Sources: []party.Source{{Document: "Invented"}}}})
		s.Must(err)
	}
	const at = "/programme/schemes/a-plan-of-many"
	first := r.says(at, "Measure 100", "Measure 149", "Many 100", "Many 149", "10 more", at+"?page=2")
	if strings.Contains(first, "Measure 150<") || strings.Contains(first, "Many 150") {
		t.Error("more than a page is shown")
	}
	second := r.says(at+"?page=2", "Many 150", "Many 159")
	if strings.Contains(second, "Many 149") || strings.Contains(second, "?page=3") {
		t.Error(second)
	}
	r.says(at+"?page=99999999999", "Many 159", `href="`+at+`"`)
	list := regexp.MustCompile(`/programme/measures\?plan=[0-9a-f]+`).FindString(first)
	r.says(list, "A plan of many", "60 measures")
	if body := s.Page(list+"&as=csv", "en"); strings.Count(body, "\r\n") != 61 || !strings.Contains(body, "To do 159") {
		t.Error(body)
	}
	if body := s.Page("/programme/schemes", "en"); !strings.Contains(body, "0 of 60") {
		t.Error(body)
	}
}

// TestFiltersOfActivitiesAreKept as those of the registers are: under a name, for one reader, and nothing but filters.
func TestFiltersOfActivitiesAreKept(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	r := reader{s, t}
	const list, narrow = "/programme/activities", "/programme/activities?country=AL&priority=5"
	r.says(narrow, "Keep these filters as", "country=AL&amp;priority=5")
	kept := s.Ask("POST", list+"/views", "en", url.Values{"name": {"Studies in Albania"}, "query": {"priority=5&country=AL&q=somebody"}})
	if to := kept.Header().Get("Location"); kept.Code != http.StatusSeeOther || !strings.HasPrefix(to, narrow) || strings.Contains(to, "somebody") {
		t.Fatalf("%d %s", kept.Code, kept.Header())
	}
	s.Keep(kept)
	r.says(list, ">Studies in Albania</a>")
	r.says(narrow, `aria-current="true"`, "P5-S1")
	s.Who = s.Reader
	if strings.Contains(s.Page(list, "en"), "Studies in Albania") {
		t.Error("a colleague sees what another one keeps")
	}
}

// TestTwoOwnersApproveInOneOffice: the activity goes ahead once two people have approved it for two organisations, and what is
// changed afterwards asks for both again.
func TestTwoOwnersApproveInOneOffice(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	r := reader{s, t}
	const at = "/programme/activities/P1-W1"
	fr, se := actors.OrganisationRef(s.Owner, "meae").ID.String(), actors.OrganisationRef(s.Owner, "se-gov").ID.String()
	if w := s.Change(at+"/act/owners", url.Values{"first": {fr}, "second": {fr}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("one owner twice: %d", w.Code)
	}
	s.Changed(at+"/act/owners", url.Values{"first": {fr}, "second": {se}})
	r.says(at, "waits for both approvals", "has not answered")
	ahead := func() int { return s.Change(at+"/edit", url.Values{"status": {"scheduled"}}).Code }
	if c := ahead(); c != http.StatusConflict {
		t.Fatalf("it goes ahead without approvals: %d", c)
	}
	ref := activity.Ref(s.Owner, "P1-W1")
	o, err := s.Store.Open(s.Ctx, s.Officer, ref)
	s.Must(err)
	imported := o.State.(activity.Activity).Source
	imported.Status = "held"
	if _, err := s.Store.Append(s.Ctx, s.Importer, ref, store.Draft{Type: activity.ImportedType, Payload: imported}); !fault.Is(err, fault.Guarded) {
		t.Errorf("a table says that it went ahead without approvals: %v", err)
	}
	s.Changed(at+"/act/approve", url.Values{"organisation": {fr}, "says": {"yes"}})
	if w := s.Change(at+"/act/approve", url.Values{"organisation": {se}, "says": {"yes"}}); w.Code != http.StatusConflict {
		t.Errorf("one person approves for both: %d", w.Code)
	}
	if c := ahead(); c != http.StatusConflict {
		t.Errorf("it goes ahead with one approval: %d", c)
	}
	s.Who = s.Person(9, access.ProgrammeOfficer)
	if w := s.Change(at+"/act/approve", url.Values{"organisation": {se}, "says": {"no"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a refusal without a reason: %d", w.Code)
	}
	s.Changed(at+"/act/approve", url.Values{"organisation": {se}, "says": {"no"}, "reason": {"the date"}})
	r.says(at, "refused by an owner", "the date")
	s.Changed(at+"/act/approve", url.Values{"organisation": {se}, "says": {"yes"}})
	r.says(at, "approved by both owners")
	if c := ahead(); c != http.StatusSeeOther {
		t.Fatalf("it does not go ahead: %d", c)
	}
	s.Changed(at+"/act/coverage", url.Values{"countries": {"RO"}})
	r.says(at, "answered on earlier words")
	r.says("/programme/joint", "No office shares an activity")
}

// TestFunctionsAreHeldOverTime: who held what when; a successor ends the function before and deletes nothing.
func TestFunctionsAreHeldOverTime(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	r := reader{s, t}
	org := "/programme/organisations/" + actors.OrganisationRef(s.Owner, "ro-anitp").ID.String()
	r.says(org, "Nobody is named for it", "Add a function")
	form := url.Values{"title_en": {"Director"}, "title_fr": {"Directrice"}, "holder": {"Ana Exemplu"}, "since": {"2019"}}
	if w := s.Change(org+"/act/function", form); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a name without a source: %d", w.Code)
	}
	form.Set("source", "Register of the agency, 2019")
	s.Changed(org+"/act/function", form)
	body := r.says(org, "Ana Exemplu", "from 2019")
	_, rest, _ := strings.Cut(body, "/programme/functions/")
	at := "/programme/functions/" + rest[:36]
	envoy := actors.FunctionRef(s.Owner, "fr-emb-ro", "Ambassador of France to Romania", "Laurence Auer").ID
	says(t, "a function of the pack in French", read(s, "/programme/functions/"+envoy.String(), "fr"), "Ambassadrice de France en Roumanie", "français : traduction", "anglais : original")
	says(t, "its organisation in French", read(s, "/programme/organisations/"+actors.OrganisationRef(s.Owner, "fr-emb-ro").ID.String(), "fr"), "Ambassadrice de France en Roumanie")
	r.says(at, "Director", "Name a successor", "Register of the agency, 2019")
	if w := s.Change(at+"/act/succeed", url.Values{"holder": {"Ion Exemplu"}, "since": {"2018"}, "source": {"x"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a successor before: %d", w.Code)
	}
	next := s.Changed(at+"/act/succeed", url.Values{"holder": {"Ion Exemplu"}, "since": {"2022-05"}, "source": {"Register of the agency, 2022"}})
	body = r.says(org, "Ana Exemplu", "Ion Exemplu", "2019 to May 2022", "from May 2022")
	if strings.Index(body, "Ion Exemplu") > strings.Index(body, "Ana Exemplu") {
		t.Error("who held it before stands first")
	}
	s.Changed(at+"/act/correct", url.Values{"since": {"2020"}})
	r.says(at, "Begins: 2019 → 2020.")
	s.Changed(next+"/act/end", url.Values{"until": {""}})
	r.says(org, "from May 2022 · ended")
	if rep := s.Load(); rep.Added+rep.Changed != 0 {
		t.Errorf("importing again: %+v", rep.Tally)
	}
}

// TestTwoOwnersEachInTheirOwnOffice: the activity and the approvals travel, also past an absence; each office holds its own part.
func TestTwoOwnersEachInTheirOwnOffice(t *testing.T) {
	ring := programmetest.NewRing(t, func(m *programmetest.Member) {
		activity.Mail{Mail: between.Mail{Store: m.Store, Job: m.Job}}.Register(m.Mail)
	}, "FR", "SE")
	fr, se := ring.Members[0], ring.Members[1]
	fr.Load()
	ref := activity.Ref(fr.Owner, "P1-W1")
	meae, sweden := actors.OrganisationRef(fr.Owner, "meae").ID, actors.OrganisationRef(fr.Owner, "se-gov").ID
	write := func(m *programmetest.Member, to store.Ref, typ string, v any) error {
		_, err := m.Store.Append(m.Ctx, m.Officer, to, store.Draft{Type: typ, Payload: v})
		return err
	}
	here := func() activity.Activity { return state(t, fr, ref) }
	fr.Must(write(fr, ref, activity.OwnedType, activity.Owned{Owners: []activity.Owner{{Organisation: meae}, {Organisation: sweden, Office: se.Owner}}}))
	se.Away = true
	ring.Deliver()
	fr.Must(write(fr, ref, activity.ApprovedType, activity.Approved{Organisation: meae, Mark: here().Mark(), Yes: true}))
	if err := write(fr, ref, activity.ApprovedType, activity.Approved{Organisation: sweden, Mark: here().Mark(), Yes: true}); err == nil {
		t.Error("this office answers for the other's organisation")
	}
	se.Away = false
	for range 3 {
		ring.Deliver()
	}
	far := activity.SharedRef(se.Owner, fr.Owner, "P1-W1")
	there := func() activity.Activity { return state(t, se, far) }
	if st, _, said := there().SharedStanding(); st != activity.Awaiting || said || there().Shared.Mark != here().Mark() || there().Shared.Said == nil || there().Shared.Second.In("en") == "" {
		t.Fatalf("%s %+v", st, there().Shared)
	}
	if err := write(se, far, activity.ApprovedType, activity.Approved{Mark: "other words", Yes: true}); err == nil {
		t.Error("other words are approved")
	}
	se.Must(write(se, far, activity.ApprovedType, activity.Approved{Mark: there().Shared.Mark, Yes: true}))
	ring.Deliver()
	if st := here().Standing(); st != activity.Agreed {
		t.Fatalf("the first office: %s", st)
	}
	status := activity.Status("scheduled")
	fr.Must(write(fr, ref, activity.DescribedType, activity.Described{Status: &status}))
	day := party.InYear(2026)
	fr.Must(write(fr, ref, activity.DescribedType, activity.Described{Start: &day}))
	ring.Deliver()
	st, _, said := there().SharedStanding()
	if here().Standing() != activity.Awaiting || st != activity.Awaiting || said || there().Shared.Status != "scheduled" || there().Shared.Start != day {
		t.Fatalf("after a change: %s here, %s there, %+v", here().Standing(), st, there().Shared)
	}
	fr.Must(write(fr, ref, activity.OwnedType, activity.Owned{}))
	ring.Deliver()
	if !there().Shared.Ended || here().Standing() != activity.Alone {
		t.Error("it is still shared")
	}
	n := len(there().History)
	ring.Deliver()
	if len(there().History) != n {
		t.Error("delivering again changes something")
	}
}

func state(t *testing.T, m *programmetest.Member, ref store.Ref) activity.Activity {
	t.Helper()
	o, err := m.Store.Open(m.Ctx, m.Officer, ref)
	m.Must(err)
	return o.State.(activity.Activity)
}
