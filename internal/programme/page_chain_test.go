// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// steps gives the text of each step of an activity's chain.
func steps(t *testing.T, page string) []string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `<ol class="chain">`)
	rest, _, closed := strings.Cut(rest, `</ol>`)
	if !ok || !closed {
		t.Fatal("there is no chain")
	}
	out := strings.Split(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(strings.ReplaceAll(rest, "<h3>", "\x00"), " "), "\x00")[1:]
	if len(out) != 4 {
		t.Fatalf("%d steps", len(out))
	}
	return out
}

func TestAChainIsOfRecordsThatNameEachOther(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	for _, x := range steps(t, s.Page("/programme/activities/P4-W1", "en")) {
		if !strings.Contains(x, "Nobody has recorded one") {
			t.Errorf("something is made up: %s", x)
		}
	}
	put := func(kind, typ string, payload any) journal.ID {
		t.Helper()
		id := s.Store.NewID()
		_, err := s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: kind, ID: id}, store.Draft{Type: typ, Payload: payload})
		s.Must(err)
		return id
	}
	raised := put(access.KindNeed, need.NotedType, need.Noted{Text: wording.New("en", "Interpreters are lacking"), Theme: need.Themes()[0], Activity: "P4-W1", On: party.InYear(2021)})
	put(access.KindNeed, need.NotedType, need.Noted{Text: wording.New("en", "Of another activity"), Theme: need.Themes()[0], Activity: "P3-W1", On: party.InYear(2021)})
	agreed := put(access.KindAction, action.AgreedType, action.Agreed{Text: wording.New("en", "List the interpreters"), Need: raised, On: party.InYear(2021)})
	_, err := s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: access.KindAction, ID: agreed}, store.Draft{Type: action.DoneType, Payload: action.DoneBy{On: party.InYear(2022), Evidence: "The list"}})
	s.Must(err)
	got := steps(t, s.Page("/programme/activities/P4-W1", "en"))
	for i, want := range []string{"Interpreters are lacking", "List the interpreters", "action done · 2022", "Nobody has recorded one"} {
		if !strings.Contains(got[i], want) || strings.Contains(got[i], "Of another activity") {
			t.Errorf("step %d: %s, not %s", i+1, got[i], want)
		}
	}
	_, err = s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: access.KindNeed, ID: raised}, store.Draft{Type: need.PlannedType, Payload: need.PlannedFor{On: party.InYear(2021), Answer: "training", Code: "P4-G1"}})
	s.Must(err)
	if got = steps(t, s.Page("/programme/activities/P4-G1", "fr")); !strings.Contains(got[0], "Interpreters are lacking") || !strings.Contains(got[1], "List the interpreters") {
		t.Errorf("the activity that answers the need does not show it: %v", got)
	}
}

// TestATrainingIsEvidenceAndItsTestsAnOutcome: what is planned is promised, what was given is evidence, and what its tests came to is
// told where it may be.
func TestATrainingIsEvidenceAndItsTestsAnOutcome(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	ref := store.Ref{Kind: access.KindTraining, ID: s.Store.NewID()}
	put := func(typ string, payload any) {
		t.Helper()
		s.Clock.Advance(time.Minute)
		_, err := s.Store.Append(s.Ctx, s.Officer, ref, store.Draft{Type: typ, Payload: payload})
		s.Must(err)
	}
	put(training.PlannedType, training.Plan{Title: wording.New("en", "Speaking with children"), Activity: "P4-G1", On: party.InMonth(2026, 11), Sessions: 1, Trainer: s.Officer.Actor.ID})
	if got := steps(t, s.Page("/programme/activities/P4-G1", "en")); !strings.Contains(got[1], "Speaking with children") || !strings.Contains(got[2], "Nobody has recorded one") {
		t.Errorf("a planned training: %v", got)
	}
	if got := s.Page("/programme/calendar?year=2026", "fr"); !strings.Contains(got, "Speaking with children") {
		t.Error("the training is not on the calendar")
	}
	put(training.DeliveredType, training.Done{On: party.InMonth(2026, 12), Evidence: "List of those present"})
	got := steps(t, s.Page("/programme/activities/P4-G1", "en"))
	if !strings.Contains(got[2], "training given · December 2026") || strings.Contains(got[1], "Speaking with children") || !strings.Contains(got[3], "Nobody has recorded one") {
		t.Errorf("a training that was given: %v", got)
	}
}

func TestACountryLeadsToWhatIsRegionalAndAnOrganisationToWhatItOwns(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	if got := s.Page("/programme/countries/AL", "en"); !strings.Contains(got, `href="/programme/activities?country=none"`) || !strings.Contains(got, "name no country or territory") {
		t.Error("what is regional is not led to")
	}
	rows, err := s.Store.List(s.Ctx, s.Reader, store.Query{Kind: access.KindOrganisation})
	s.Must(err)
	id := rows.Rows[0].Ref.ID
	if got := s.Page("/programme/organisations/"+id.String(), "fr"); !strings.Contains(got, "Elle n’en a aucun") {
		t.Error("that it owns nothing is not said")
	}
	_, err = s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: access.KindAction, ID: s.Store.NewID()}, store.Draft{Type: action.AgreedType, Payload: action.Agreed{Text: wording.New("en", "Keep the list"), Activity: "P4-G1", Owner: id, On: party.InYear(2021)}})
	s.Must(err)
	if got := s.Page("/programme/countries/AL", "en"); strings.Count(got, "One action") != 1 {
		t.Error("a country does not tell of the action under one of its activities")
	}
	_, err = s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: access.KindNeed, ID: s.Store.NewID()}, store.Draft{Type: need.NotedType, Payload: need.Noted{Text: wording.New("en", "Forms are lacking"), Theme: need.Themes()[0], Owner: id, On: party.InYear(2021)}})
	s.Must(err)
	got := s.Page("/programme/organisations/"+id.String(), "en")
	if !strings.Contains(got, "Keep the list") || !strings.Contains(got, "Open") {
		t.Error("the action that it owns is not listed")
	}
	if !strings.Contains(got, "Forms are lacking") || !strings.Contains(got, "Identified") {
		t.Error("the need that it owns is not listed")
	}
}
