// SPDX-License-Identifier: EUPL-1.2

package policy_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/policy"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// TestAPositionNamesWhoseItIs goes through the pages: a provision names nobody, a position always somebody.
func TestAPositionNamesWhoseItIs(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(policy.Path); !strings.Contains(b, "this register takes no side") {
		t.Fatal(b)
	}
	s.Load()
	law := url.Values{"language": {"en"}, "text": {"Buying is an offence, selling is not"}, "subject": {"purchase"}, "countries": {"SE"}, "since": {"1999"}, "first_use": {"1999-03"}, "sanctions": {"A fine"}, "source": {"Journal"}}
	at := s.Saved(policy.Path+"/new", law)
	if b := both(at); !strings.Contains(b, "In force") || !strings.Contains(b, "A fine") || strings.Contains(b, "Position of") {
		t.Fatal(b)
	}
	training := s.Saved(policy.Path+"/new", url.Values{"language": {"en"}, "text": {"Judges are trained"}, "subject": {"training"}, "source": {"Journal"}})
	if b := both(training); !strings.Contains(b, "As the source states it") || strings.Contains(b, "In force<") {
		t.Fatal("nobody has said since when, and it is called in force")
	}
	for field, v := range map[string]url.Values{
		"whose":     {"language": {"en"}, "text": {"x"}, "subject": {"position"}, "source": {"Journal"}},
		"whose ":    {"language": {"en"}, "text": {"x"}, "subject": {"purchase"}, "whose": {"A body"}, "source": {"Journal"}},
		"first_use": {"language": {"en"}, "text": {"x"}, "subject": {"purchase"}, "since": {"2000"}, "first_use": {"1999"}, "source": {"Journal"}},
		"source":    {"language": {"en"}, "text": {"x"}, "subject": {"purchase"}},
	} {
		if w := s.Fill(policy.Path+"/new", v); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), strings.TrimSpace(field)+"-error") {
			t.Errorf("%s: %d", field, w.Code)
		}
	}
	held := s.Saved(policy.Path+"/new", url.Values{"language": {"fr"}, "text": {"Il convient de réduire la demande"}, "subject": {"position"}, "whose": {"Un organisme"}, "source": {"Résolution"}})
	if b := both(held); !strings.Contains(b, "Position of Un organisme") || !strings.Contains(b, "not the position of this office") {
		t.Fatal(b)
	}
	both(at + "/act/end")
	s.Saved(at+"/act/end", url.Values{"on": {"2026"}, "reason": {"Replaced"}})
	if b := both(at); !strings.Contains(b, "Ended: 2026") || !strings.Contains(b, "Replaced") {
		t.Fatal(b)
	}
	if b := both(policy.Path + "?subject=position"); !strings.Contains(b, "One record") {
		t.Fatal(b)
	}
	both(policy.Path + "/import")
	if w := s.Upload(policy.Path+"/import", s.Ask("GET", policy.Path+"/import/sample", "en", nil).Body.String()); !strings.Contains(w.Body.String(), "2 created") {
		t.Fatal(w.Body)
	}
}
