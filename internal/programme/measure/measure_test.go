// SPDX-License-Identifier: EUPL-1.2

package measure_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// TestAMeasureByItsPages notes measure 44, links a recommendation and a need to what they name, and reports how far it is.
func TestAMeasureByItsPages(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		t.Helper()
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	says := func(where, body string, wants ...string) {
		t.Helper()
		for _, w := range wants {
			if !strings.Contains(body, w) {
				t.Errorf("%s does not say %q", where, w)
			}
		}
	}
	says("the empty register", both(measure.Path), "No measure has been noted yet")
	s.Load()
	at := s.Saved(measure.Path+"/new", url.Values{"plan": {"Second national action plan"}, "code": {"44"}, "language": {"fr"}, "text": {"Former les praticiens"}, "countries": {"FR"}, "due": {"2026-06"}})
	s.Saved(measure.Path+"/new", url.Values{"plan": {"Second national action plan"}, "code": {"9"}, "language": {"fr"}, "text": {"Une autre"}})
	made := recommendation.Made{Source: "Body", Document: "Report", Paragraph: "84", Text: wording.New("en", "Train front-line staff"), Measures: []string{"44"}}
	ref := recommendation.Ref(s.Owner, made)
	_, err := s.Store.Append(s.Ctx, s.Officer, ref, store.Draft{Type: recommendation.MadeType, Payload: made})
	s.Must(err)
	says("the measure", both(at), "Measure 44", "Late", "Train front-line staff", recommendation.Path+"/"+ref.ID.String())
	says("the recommendation", both(recommendation.Path+"/"+ref.ID.String()), measure.At("44"))
	if b := both(measure.At("44")); !strings.Contains(b, "Former les praticiens") || strings.Contains(b, "Une autre") {
		t.Error("the list does not narrow to a code")
	}
	if b := both(measure.Path); strings.Index(b, "Measure 9<") > strings.Index(b, "Measure 44<") {
		t.Error("44 stands before 9")
	}
	if w := s.Fill(at+"/act/report", url.Values{"state": {"done"}, "on": {"2026-07"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("done without evidence: %d", w.Code)
	}
	s.Saved(at+"/act/report", url.Values{"state": {"done"}, "on": {"2026-07"}, "by": {"The school"}, "why": {"Two sessions held"}})
	if b := both(at); strings.Contains(b, "Late") || !strings.Contains(b, "Two sessions held") {
		t.Error("what is done is late")
	}
}

// TestWhatPlansAreCalledIsAskedOnceForAPage, however many measures and filters name one.
func TestWhatPlansAreCalledIsAskedOnceForAPage(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	for _, code := range []string{"1", "2", "3"} {
		s.Saved(measure.Path+"/new", url.Values{"plan": {"Plan " + code}, "code": {code}, "language": {"en"}, "text": {"Train"}})
	}
	asked := 0
	room := measure.Room(measure.Config{Store: s.Store, Called: func(*page.Request) func(string) string {
		asked++
		return func(plan string) string { return "Our " + plan }
	}})
	b, err := lang.Load()
	s.Must(err)
	h, err := page.New(page.Config{Bundle: b, Clock: s.Clock, Office: page.Office{Name: "Office", Kind: access.Programme, ID: s.Owner}, Rooms: []page.Room{register.Room(), room},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return s.Officer.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: s.Store.CommitReads, Rate: 1e6, Burst: 1e6})
	s.Must(err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, measure.Path, nil))
	if strings.Count(w.Body.String(), "Our Plan") != 6 || asked != 1 {
		t.Errorf("plans are asked for %d times and named %d times", asked, strings.Count(w.Body.String(), "Our Plan"))
	}
}

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	found := w.Named("", `"(measure\.[a-z_]+(?:\.[a-z_]+)*)"`) + w.Named("measure.", `v\.T\("([a-z_]+(?:\.[a-z_]+)*)"`)
	w.Keys = slices.DeleteFunc(w.Keys, func(k string) bool { return k == measure.NotedType || k == measure.ReportedType })
	w.List("measure.state", langtest.Strings(measure.States()))
	w.List("measure.due", []string{"late", "undated", "unowned"})
	w.List("measure.entry", []string{measure.NotedType, measure.ReportedType})
	w.Check(25)
	if found < 20 {
		t.Fatalf("only %d keys found", found)
	}
}
