// SPDX-License-Identifier: EUPL-1.2

package need_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/wording"
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

// TestANeedHasAnOwnerAndADate: of its own where somebody sets one, or a year after it was identified; a file that says neither
// changes neither.
func TestANeedHasAnOwnerAndADate(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	osce := actors.OrganisationRef(s.Owner, "osce-cthb").ID.String()
	at := s.Saved(need.Path+"/new", url.Values{"language": {"en"}, "text": {"Forms in Albanian"}, "theme": {"data"}, "on": {"2026-09-01"}})
	b := s.Page(at, "en")
	if !strings.Contains(b, "1 September 2027") || !strings.Contains(b, "a year after it was identified") {
		t.Error(b)
	}
	if w := s.Change(at+"/edit", url.Values{"due": {"2026-08-31"}, "owner": {osce}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "cannot be due before") {
		t.Errorf("due before it was identified: %d", w.Code)
	}
	s.Changed(at+"/edit", url.Values{"due": {"2026-10"}, "owner": {osce}})
	for path, want := range map[string]string{at: "October 2026", need.Path + "?owner=" + osce: "One need", "/programme/deadlines": "October 2026"} {
		s.Page(path, "fr")
		if b := s.Page(path, "en"); !strings.Contains(b, want) || !strings.Contains(b, "OSCE") {
			t.Errorf("%s lacks %q or who sees to it", path, want)
		}
	}
	s.Clock.Set(programmetest.Start.AddDate(0, 3, 0))
	if b := s.Page("/programme/deadlines?when=late", "en"); !strings.Contains(b, "Forms in Albanian") {
		t.Error("it is late, and not said to be")
	}
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

// TestAChangeIsUndone: what stood before is written again, the history keeps all, and an address undoes one change once.
func TestAChangeIsUndone(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	at := s.Saved(need.Path+"/new", url.Values{"language": {"en"}, "text": {"Forms in Albanian"}, "theme": {"data"}, "on": {"2026"}})
	if b := s.Page(at, "en"); strings.Contains(b, "/undo/") {
		t.Fatal("nothing was changed, and undo is offered")
	}
	s.Saved(at+"/edit", url.Values{"language": {"en"}, "text": {"Forms in Romani"}, "theme": {"rights"}, "on": {"2026"}})
	undo := regexp.MustCompile(at + `/undo/[0-9a-f-]{36}`).FindString(s.Page(at, "en"))
	s.Page(at, "fr")
	if w := s.Ask("POST", undo, "en", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%q: %d %s", undo, w.Code, w.Body)
	}
	b := s.Page(at, "en")
	if !strings.Contains(b, "Forms in Albanian") || strings.Contains(b, "Forms in Romani") || strings.Count(b, ">Noted<") != 3 {
		t.Error(b)
	}
	if w := s.Ask("POST", undo, "en", nil); w.Code != http.StatusConflict {
		t.Errorf("undone twice: %d", w.Code)
	}
	if s.Who = s.Reader; s.Ask("POST", undo, "en", nil).Code != http.StatusForbidden {
		t.Error("a reader undoes")
	}
}

// TestFiltersAreKept: under a name, for one reader; another one sees nothing of it, and only filters are kept.
func TestFiltersAreKept(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	narrow := need.Path + "?state=met&theme=data"
	if b := s.Page(narrow, "en"); !strings.Contains(b, "Keep these filters as") || !strings.Contains(b, "state=met&amp;theme=data") {
		t.Fatal(b)
	}
	kept := s.Ask("POST", need.Path+"/views", "en", url.Values{"name": {"Met, on data"}, "query": {"state=met&theme=data&elsewhere=1"}})
	if to := kept.Header().Get("Location"); kept.Code != http.StatusSeeOther || !strings.HasPrefix(to, narrow) || strings.Contains(to, "elsewhere") {
		t.Fatalf("%d %s", kept.Code, kept.Header())
	}
	s.Keep(kept)
	if b := s.Page(need.Path, "fr"); !strings.Contains(b, ">Met, on data</a>") || !strings.Contains(b, "Mes vues") {
		t.Fatal(b)
	}
	if b := s.Page(narrow, "en"); !strings.Contains(b, `aria-current="true"`) || strings.Contains(b, "Keep these filters as") {
		t.Error("what is kept is offered to be kept again")
	}
	s.Who = s.Reader
	if b := s.Page(need.Path, "en"); strings.Contains(b, "Met, on data") {
		t.Error("a colleague sees what another one keeps")
	}
	s.Who = s.Officer
	s.Keep(s.Ask("POST", need.Path+"/views", "en", url.Values{"drop": {"Met, on data"}}))
	if b := s.Page(need.Path, "en"); strings.Contains(b, "Met, on data") {
		t.Error("dropped, and still there")
	}
}

// TestNeedsFromAFile: a file is taken whole or not at all, a second time changes nothing, and its lines are told.
func TestNeedsFromAFile(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	sample := s.Ask("GET", need.Path+"/import/sample", "en", nil).Body.String()
	s.Page(need.Path+"/import", "fr")
	if w := s.Upload(need.Path+"/import", sample+"en,Nothing,cooking,,,,,,,,2026\n"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Line 4, column “theme”") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if b := s.Page(need.Path, "en"); !strings.Contains(b, "No need has been noted yet") {
		t.Fatal("of a wrong file something was kept")
	}
	if w := s.Upload(need.Path+"/import", sample+"en,Nothing,labour|housing,,,,,,,,2026\n"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Line 4, column “theme”") {
		t.Errorf("two themes, where one is asked: %d", w.Code)
	}
	if w := s.Upload(need.Path+"/import", sample); !strings.Contains(w.Body.String(), "2 created, 0 updated, 0 unchanged") {
		t.Fatal(w.Body)
	}
	if w := s.Upload(need.Path+"/import", sample); !strings.Contains(w.Body.String(), "0 created, 0 updated, 2 unchanged") {
		t.Fatal(w.Body)
	}
	if b := s.Page(need.Path+"?country=AL&group=border", "en"); !strings.Contains(b, "One need") || !strings.Contains(b, "land crossings") {
		t.Fatal(b)
	}
}

// TestALongRegisterIsShownPageByPage: each record once, in the register's order, with the counts of all of them.
func TestALongRegisterIsShownPageByPage(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	const all = 130
	for i := range all {
		v := need.Noted{Text: wording.New("en", fmt.Sprintf("Need number %d", i)), Theme: "data", On: party.OnDay(programmetest.Start.AddDate(0, 0, -i))}
		if i%10 == 0 {
			v.Urgency, v.Countries = "now", []string{"AL"}
		}
		_, err := s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: access.KindNeed, ID: s.Store.NewID()}, store.Draft{Type: need.NotedType, Payload: v})
		s.Must(err)
	}
	row := regexp.MustCompile(`>Need number (\d+)<`)
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	var got []int
	for path := need.Path; path != "" && len(got) <= all; {
		b := s.Page(path, "en")
		if !strings.Contains(b, "130 needs") {
			t.Fatalf("%s does not say how many there are", path)
		}
		for _, m := range row.FindAllStringSubmatch(b, -1) {
			n, err := strconv.Atoi(m[1])
			s.Must(err)
			got = append(got, n)
		}
		m := next.FindStringSubmatch(b)
		if path = ""; m != nil {
			path = html.UnescapeString(m[1])
		}
	}
	if len(got) != all || got[0] != 120 || got[12] != 0 || got[13] != 129 || got[all-1] != 1 {
		t.Errorf("%d in the order %v", len(got), got)
	}
	if b := s.Page(need.Path+"?country=AL", "en"); !strings.Contains(b, "13 needs") || len(row.FindAllString(b, -1)) != 13 {
		t.Error("of one country", len(row.FindAllString(b, -1)))
	}
	if w := s.Ask("GET", need.Path+"?as=csv&urgency=now", "en", nil); strings.Count(w.Body.String(), "\r\n") != 14 {
		t.Error("as a file", strings.Count(w.Body.String(), "\r\n"))
	}
	if w := s.Ask("GET", need.Path+"?after=x", "en", nil); w.Code != 422 {
		t.Error("with a cursor that is none", w.Code)
	}
}
