// SPDX-License-Identifier: EUPL-1.2

package need_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// TestANeedByItsPages goes from the empty register to a need that is met, in both languages.
func TestANeedByItsPages(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) (en string) {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(need.Path); !strings.Contains(b, "No need has been noted yet") {
		t.Fatal(b)
	}
	s.Load()
	at := s.Saved(need.Path+"/new", url.Values{"language": {"fr"}, "text": {"Des indicateurs pour la police aux frontières"}, "theme": {"children"}, "groups": {"border"},
		"countries": {"AL", "GR"}, "urgency": {"now"}, "activity": {"P4-G1"}, "item": {"3.2"}, "on": {"2026-03-01"}})
	if b := both(at); !strings.Contains(b, `lang="fr"`) || !strings.Contains(b, "Not yet, or no longer, translated into: English.") || !strings.Contains(b, "agenda item 3.2") {
		t.Fatal(b)
	}
	s.Saved(at+"/edit", url.Values{"language": {"en"}, "text": {"Indicators for the border police"}, "theme": {"children"}, "on": {"2026-03-01"}})
	if b := both(at); strings.Contains(b, "translated into") || !strings.Contains(b, "French: original") || !strings.Contains(b, "English: translation") {
		t.Fatal(b)
	}
	if w := s.Fill(at+"/act/plan", url.Values{"on": {"2026-04"}, "answer": {"training"}, "code": {"the training"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "such as P4-G1") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	both(at + "/act/plan")
	s.Saved(at+"/act/plan", url.Values{"on": {"2026-04"}, "answer": {"training"}, "code": {"P4-G1"}})
	s.Saved(at+"/act/meet", url.Values{"on": {"2026-09-01"}, "evidence": {"Attendance list"}})
	if b := both(need.Path + "?state=met&country=nonsense"); !strings.Contains(b, "1 of 1") || !strings.Contains(b, "One need") {
		t.Fatal(b)
	}
	if w := s.Ask("GET", at+"/act/plan", "en", nil); w.Code != http.StatusConflict {
		t.Fatalf("planning what is met: %d", w.Code)
	}
	if w := s.Ask("GET", need.Path+"?as=csv&state=met", "en", nil); !strings.Contains(w.Body.String(), "Indicators for the border police,en,Children and young people") {
		t.Fatal(w.Body)
	}
	both(at + "/act/reopen")
	s.Saved(at+"/act/reopen", url.Values{"on": {"2026-09-02"}, "reason": {"Half were absent"}})
	both(at + "/act/drop")
	both(at + "/act/join")
}

func TestReadersReadAndChangeNothing(t *testing.T) {
	s := programmetest.NewSite(t, access.Justice)
	s.Load()
	at := s.Saved(need.Path+"/new", url.Values{"language": {"en"}, "text": {"Forms in Albanian"}, "theme": {"data"}, "on": {"2026"}})
	s.Who = s.Reader
	if b := s.Page(at, "en"); strings.Contains(b, "/edit") || strings.Contains(b, "/act/") {
		t.Error("a reader is offered changes")
	}
	for _, p := range []string{need.Path + "/new", at + "/edit", at + "/act/drop"} {
		if w := s.Ask("GET", p, "en", nil); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", p, w.Code)
		}
		if w := s.Ask("POST", p, "en", url.Values{"reason": {"x"}, "on": {"2026"}}); w.Code != http.StatusForbidden {
			t.Errorf("POST %s: %d", p, w.Code)
		}
	}
}
