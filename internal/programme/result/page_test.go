// SPDX-License-Identifier: EUPL-1.2

package result_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// write appends to a new record of a kind.
func write(s *programmetest.Site, kind string, drafts ...store.Draft) {
	s.T.Helper()
	id := s.Store.NewID()
	for _, d := range drafts {
		s.Clock.Advance(time.Second)
		_, err := s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: kind, ID: id}, d)
		s.Must(err)
	}
}

func held(s *programmetest.Site, code string, people int64) {
	s.T.Helper()
	st, n, told := activity.Status("held"), party.Over(people), party.Source{Document: "Follow-up"}
	s.Clock.Advance(time.Second)
	_, err := s.Store.Append(s.Ctx, s.Officer, activity.Ref(s.Owner, code), store.Draft{Type: activity.DescribedType, Payload: activity.Described{Status: &st, Participants: &n, Told: &told}})
	s.Must(err)
}

// both gives a page in English and looks at it in French.
func both(s *programmetest.Site, path string) string {
	s.T.Helper()
	s.Page(path, "fr")
	return html.UnescapeString(s.Page(path, "en"))
}

var spaces = regexp.MustCompile(`\s+`)

// said gives what a page of an indicator says of it.
func said(page string) string {
	_, after, _ := strings.Cut(page, `class="figure-value">`)
	value, _, _ := strings.Cut(after, "<")
	return value
}

func TestTheFrameworkFromRecords(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	if b := both(s, result.Path); strings.Count(b, "not measured yet") < 6 || strings.Contains(b, ">0<") {
		t.Fatal(b)
	}
	s.Load()
	held(s, "P4-W1", 100)
	held(s, "P3-W1", 150)
	note := func(on string, more ...store.Draft) {
		write(s, access.KindNeed, append([]store.Draft{{Type: need.NotedType, Payload: need.Noted{Text: wording.New("en", "Forms"), Theme: "data", Groups: []need.Group{"border"}, Countries: []string{"AL"}, Activity: "P4-G1", On: date(on)}}}, more...)...)
	}
	met := func(on string) []store.Draft {
		return []store.Draft{{Type: need.PlannedType, Payload: need.PlannedFor{On: date(on), Answer: "training", Code: "P4-G1"}}, {Type: need.MetType, Payload: need.MetBy{On: date(on), Evidence: "List"}}}
	}
	note("2025-03-01", met("2025-09-01")...)
	note("2025-03-01", met("2026-09-01")...) // too late
	note("2026-01-01")
	note("2026-01-01", store.Draft{Type: need.DroppedType, Payload: need.Ended{On: date("2026-02"), Reason: "No"}})
	agree := func(due, done string) {
		ds := []store.Draft{{Type: action.AgreedType, Payload: action.Agreed{Text: wording.New("fr", "Faire"), On: date("2026-01-01"), Due: date(due), Activity: "P4-W1"}}}
		if done != "" {
			ds = append(ds, store.Draft{Type: action.DoneType, Payload: action.DoneBy{On: date(done), Evidence: "Letter"}})
		}
		write(s, access.KindAction, ds...)
	}
	agree("2026-03-01", "2026-02-01")
	agree("2026-03-01", "2026-04-01")
	agree("2026-03-01", "")
	agree("2026-12-01", "") // not due

	for id, want := range map[string]string{"O1": "2 of 6 (33.3%)", "O2": "more than 250", "O4": "3", "C1": "1 of 3 (33.3%)", "C3": "1 of 3 (33.3%)", "C4": "none recorded", "C6": "not measured yet", "I1": "not measured yet", "I2": "not measured yet"} {
		if b := both(s, result.Path+"/"+id); said(b) != want {
			t.Errorf("%s: %q, not %q", id, said(b), want)
		}
	}
	for path, want := range map[string]string{"/C1?year=2025": "1 of 2 (50%)", "/C1?year=2026": "0 of 1 (0%)", "/C1?country=GR": "none recorded", "/C3?priority=4": "1 of 3 (33.3%)", "/C3?priority=5": "none recorded", "/C1?year=never": "1 of 3 (33.3%)"} {
		if b := both(s, result.Path+path); said(b) != want {
			t.Errorf("%s: %q, not %q", path, said(b), want)
		}
	}
	b := spaces.ReplaceAllString(both(s, result.Path+"/C3"), " ")
	for _, words := range []string{"The records behind it", `lang="fr">Faire`, "1 not due yet", "lines 133-136, 284", "Numerators and denominators are added", action.Path + "/"} {
		if !strings.Contains(b, words) {
			t.Errorf("C3 does not say %q", words)
		}
	}
	if b := both(s, result.Path+"/I1"); !strings.Contains(b, "none chosen yet") || strings.Count(b, "not measured yet") != 1+11*2+2 || !strings.Contains(b, "A rise can mean better detection") || !strings.Contains(b, "8.7.1 measures child labour") {
		t.Error(b)
	}
	if b := both(s, result.Path+"/I2"); !strings.Contains(b, "No office has told this programme figures of it yet.") {
		t.Error(b)
	}
	list := both(s, result.Path)
	if !strings.Contains(list, "more than 250") || !strings.Contains(list, "no figure for") || !strings.Contains(list, "Not to be claimed") || !strings.Contains(list, result.Path+"/O2") {
		t.Error(list)
	}
	w := s.Ask("GET", result.Path+"?as=csv&year=2025", "en", nil)
	if body := w.Body.String(); w.Code != http.StatusOK || strings.Count(body, "\r\n") != 24 || !strings.Contains(body, "C1,Outcome,Needs met within twelve months of being identified,1 of 2 (50%),1,2,") {
		t.Error(body)
	}
	if w := s.Ask("GET", result.Path+"/C1?as=csv", "en", nil); strings.Count(w.Body.String(), "\r\n") != 5 || !strings.Contains(w.Body.String(), "1 dropped") {
		t.Error(w.Body)
	}
	if w := s.Ask("GET", result.Path+"/Z1", "en", nil); w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
}

// TestEverybodyReadsResults: whoever reads the programme reads its figures.
func TestEverybodyReadsResults(t *testing.T) {
	s := programmetest.NewSite(t, access.Assistance)
	s.Load()
	s.Who = s.Reader
	if b := both(s, result.Path+"/O1"); said(b) != "1 of 6 (16.7%)" {
		t.Error(said(b))
	}
}
