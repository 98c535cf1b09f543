// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/round"
	"github.com/entraide-thb/entraide/internal/programme/study"
)

var toField = regexp.MustCompile(`<li><a href="#([^"]+)">`)

// told gives the fields that the list of errors of a page leads to, each of which must be there.
func told(t *testing.T, path, body string) []string {
	t.Helper()
	var out []string
	for _, m := range toField.FindAllStringSubmatch(body, -1) {
		if !strings.Contains(body, `id="`+m[1]+`"`) {
			t.Errorf("%s leads to %q, which is not there", path, m[1])
		}
		out = append(out, strings.TrimPrefix(m[1], "f-"))
	}
	return out
}

// TestAFormTellsAllThatIsWrongAtOnce: what cannot be read, and what is wrong with the rest, each with the way to its field, in the
// order of the form, and what was typed stands there still.
func TestAFormTellsAllThatIsWrongAtOnce(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	session := s.Changed(committee.Path+"/sessions/new", url.Values{"on": {"2026-12-01"}, "title": {"Second session"}, "seats": {"3"}, "quorum": {"2"}})
	plan := s.Changed(committee.Path+"/plans/new", url.Values{"year": {"2027"}, "title": {"Plan"}})
	call := s.Changed(grant.CallPath+"/new/act/edit", url.Values{"code": {"CALL-2026"}, "title": {"Call"}, "closes": {"2026-12-31"}, "criteria": {"100 All"}})
	s.Changed(call+"/act/open", nil)
	of := s.Changed(study.Path+"/new/act/commission", url.Values{"title_fr": {"Étude"}})
	at := s.Changed(event.Path+"/new", url.Values{"text": {"Workshop"}, "sort": {"workshop"}, "start": {"2026-12-10"}, "end": {"2026-12-11"}})
	monitored := s.Changed(round.Path+"/new/act/open", url.Values{"body": {"GRETA"}, "number": {"4"}, "country": {"AL"}})
	for path, c := range map[string]struct {
		typed url.Values
		wrong []string
	}{
		session + "/edit":                {url.Values{"on": {"soon"}, "title": {""}, "seats": {"some"}}, []string{"on", "title", "seats"}},
		proposed(t, s, plan):             {url.Values{"title": {""}, "code": {"?"}, "kind": {"workshop"}, "start": {"spring"}, "amount": {"much"}}, []string{"title", "code", "start", "amount"}},
		call + "/act/apply":              {url.Values{"applicant": {""}, "title": {"Help"}, "registered": {"long ago"}, "text": {"What."}, "amount": {"all"}}, []string{"applicant", "registered", "amount"}},
		grant.CallPath + "/new/act/edit": {url.Values{"code": {"no code"}, "title": {""}, "closes": {"later"}, "ceiling": {"-5"}, "criteria": {"heavy One"}}, []string{"code", "title", "closes", "ceiling", "criteria"}},
		of + "/act/amend":                {url.Values{"title_fr": {""}, "on": {"soon"}}, []string{"title_fr", "on"}},
		of + "/act/deliver":              {url.Values{"on": {"soon"}, "document": {""}, "pages_n": {"0"}}, []string{"on", "document", "pages_n"}},
		at + "/sessions/new":             {url.Values{"item": {"first"}, "text": {""}, "day": {"Tuesday"}, "from": {"late"}}, []string{"item", "text", "day", "from"}},
		monitored + "/act/" + "reported": {url.Values{"on": {"soon"}, "document": {""}}, []string{"on", "document"}},
		"/programme/trainings/new":       {url.Values{"text": {""}, "on": {"soon"}, "items": {"few"}, "mark": {"3"}}, []string{"text", "on", "items", "mark"}},
	} {
		w := s.Change(path, c.typed)
		body := html.UnescapeString(w.Body.String())
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, w.Code)
		}
		if got := told(t, path, body); !slices.Equal(got, c.wrong) {
			t.Errorf("%s tells %q, not %q", path, got, c.wrong)
		}
		for name, x := range c.typed {
			if got := programmetest.Standing(w.Body.String()).Get(name); got != x[0] {
				t.Errorf("%s: in %s stands %q, not what was typed", path, name, got)
			}
		}
	}
}

var proposalLink = regexp.MustCompile(`href="([^"]*/proposals/[0-9a-f-]{36})"`)

// proposed gives the form of a new proposal.
func proposed(t *testing.T, s *programmetest.Site, plan string) string {
	t.Helper()
	m := proposalLink.FindStringSubmatch(s.Page(plan, "en"))
	if m == nil {
		t.Fatal("no way to a new proposal")
	}
	return m[1]
}
