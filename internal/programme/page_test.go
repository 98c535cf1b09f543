// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// site is an office's pages on the programme, as somebody sees them.
type site struct {
	*programmetest.Office
	who store.Who
	h   http.Handler
}

func newSite(t *testing.T, kind access.OfficeKind) *site {
	s := &site{Office: programmetest.New(t, kind)}
	s.who = s.Reader
	b, err := lang.Load()
	s.Must(err)
	s.h, err = page.New(page.Config{Bundle: b, Clock: s.Clock, Office: page.Office{Name: "Office", Kind: kind, ID: s.Owner}, Rooms: []page.Room{rolls.Room(), programme.Room(programme.Config{Store: s.Store})},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return s.who.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: s.Store.CommitReads, Rate: 1e6, Burst: 1e6})
	s.Must(err)
	return s
}

func (s *site) ask(method, path, language string, v url.Values) *httptest.ResponseRecorder {
	q := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	q.Header.Set("Accept-Language", language)
	if method == "POST" {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, q)
	return w
}

var keyShown = regexp.MustCompile(`\[[a-z]+\.[a-z_.]+\]`)

func (s *site) page(path, language string) string {
	s.T.Helper()
	w := s.ask("GET", path, language, nil)
	if w.Code != 200 || keyShown.MatchString(w.Body.String()) {
		s.T.Fatalf("%s in %s: %d, %s", path, language, w.Code, keyShown.FindString(w.Body.String()))
	}
	return w.Body.String()
}

func TestEveryPageInBothLanguagesFullAndEmpty(t *testing.T) {
	for _, kind := range access.OfficeKinds() {
		s := newSite(t, kind)
		for _, l := range []string{"en", "fr"} {
			for _, p := range []string{"/programme", "/programme/activities", "/programme/matrix", "/programme/organisations"} {
				s.page(p, l)
			}
		}
		s.Load()
		for _, l := range []string{"en", "fr"} {
			for _, p := range []string{"/programme", "/programme/activities", "/programme/activities?country=AL&priority=4", "/programme/matrix", "/programme/matrix?pillar=P2", "/programme/organisations"} {
				s.page(p, l)
			}
		}
		if kind != access.Programme {
			continue
		}
		rows, err := s.Store.List(s.Ctx, s.Reader, store.Query{Kind: access.KindActivity})
		s.Must(err)
		for _, r := range rows.Rows {
			a, err := store.Summary[activity.Line](r)
			s.Must(err)
			s.page("/programme/activities/"+a.Code, "fr")
		}
		orgs, err := s.Store.List(s.Ctx, s.Reader, store.Query{Kind: access.KindOrganisation})
		s.Must(err)
		for _, r := range orgs.Rows {
			s.page("/programme/organisations/"+r.Ref.ID.String(), "en")
		}
	}
}

func TestTheGreeceAlbaniaProjectReadsWell(t *testing.T) {
	s := newSite(t, access.Programme)
	s.Load()
	for l, wants := range map[string][]string{
		"en": {"early identification and assistance", "newsletter, lines 248–253", "Greece to Albania", "not measured yet", "carries it out", "how much money"},
		"fr": {"early identification and assistance", "lettre d’information, lignes 248–253", "Grèce vers Albanie", "pas encore mesuré", "met en œuvre", "combien d’argent"},
	} {
		got := s.page("/programme/activities/P4-G1", l)
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q", l, want)
			}
		}
	}
	_, err := figure.Receive(s.Ctx, s.Store, s.Post, journal.MustID("01900000-0000-7000-8000-00000000beef"), s.Clock.Now(),
		figure.Body{Corridor: activity.Corridor{From: "GR", To: "AL"}, Quarter: "2026-Q3", Count: "<5", K: 5, Activity: "P4-G1"})
	s.Must(err)
	got := s.page("/programme/activities/P4-G1", "en")
	if !strings.Contains(got, "&lt;5") || !strings.Contains(got, "Fewer than 5, perhaps none") || strings.Contains(got, "not measured yet") {
		t.Error("the figure does not read as a protected count")
	}
	s.Clock.Advance(200 * 24 * time.Hour)
	if got = s.page("/programme/activities/P4-G1", "en"); !strings.Contains(got, "2026, quarter 4") || !strings.Contains(got, "not measured yet") || !strings.Contains(got, "&lt;5") {
		t.Error("a quarter that nobody counted is left out")
	}
}

func TestFiltersSearchAndTable(t *testing.T) {
	s := newSite(t, access.Programme)
	s.Load()
	if got := s.page("/programme/activities?country=AL&priority=5", "en"); !strings.Contains(got, "P5-S1") || strings.Contains(got, "P3-S1") {
		t.Error("the filter does not narrow")
	}
	w := s.ask("POST", "/programme/activities", "en", url.Values{"q": {"terre des hommes"}})
	if w.Code != 200 || !strings.Contains(w.Body.String(), "P4-G1") || strings.Contains(w.Body.String(), "X-03") {
		t.Errorf("the search: %d", w.Code)
	}
	w = s.ask("POST", "/programme/activities", "en", url.Values{"as": {"csv"}})
	if w.Code != 200 || strings.Count(w.Body.String(), "\r\n") != 31 || !strings.Contains(w.Body.String(), "not known") {
		t.Errorf("the table: %d, %d lines", w.Code, strings.Count(w.Body.String(), "\r\n"))
	}
	if w := s.ask("GET", "/programme/matrix.csv", "en", nil); w.Code != 200 {
		t.Errorf("the matrix: %d", w.Code)
	}
}

func TestOnlyAnOfficerEditsAndTheSourceStays(t *testing.T) {
	s := newSite(t, access.Programme)
	s.Load()
	form := url.Values{"description": {"Our words."}, "start": {"2021-02"}, "end": {""}, "from": {"GR"}, "to": {"AL"}}
	if w := s.ask("POST", "/programme/activities/P4-G1/edit", "en", form); w.Code != 403 {
		t.Errorf("a reader edits: %d", w.Code)
	}
	if w := s.ask("GET", "/programme/activities/P4-G1/edit", "en", nil); w.Code != 403 {
		t.Errorf("a reader sees the form: %d", w.Code)
	}
	s.who = s.Officer
	s.page("/programme/activities/P4-G1/edit", "fr")
	bad := url.Values{"description": {"Kept"}, "start": {"spring"}}
	if w := s.ask("POST", "/programme/activities/P4-G1/edit", "en", bad); w.Code != 422 || !strings.Contains(w.Body.String(), "Kept") || !strings.Contains(w.Body.String(), "Write 2021") {
		t.Errorf("a bad date: %d", w.Code)
	}
	if w := s.ask("POST", "/programme/activities/P4-G1/edit", "en", form); w.Code != 303 {
		t.Fatalf("saving: %d %s", w.Code, w.Body)
	}
	got := s.page("/programme/activities/P4-G1", "en")
	for _, want := range []string{"Our words.", "Described by the office", "early identification", "from February 2021"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if r := s.Load(); r.Added+r.Changed != 0 {
		t.Errorf("importing again: %+v", r.Tally)
	}
}

func TestAnOfficerSaysWhatBecameOfAnActivityAndConfirmsACorridor(t *testing.T) {
	s := newSite(t, access.Programme)
	s.Load()
	pending := func(who store.Who) programme.Pending {
		t.Helper()
		b, err := lang.Load()
		s.Must(err)
		p, err := programme.Config{Store: s.Store}.Pending(s.Ctx, &page.Request{Actor: who.Actor, L: b.Locale("en", nil), Now: s.Clock.Now()}, "")
		s.Must(err)
		return p
	}
	has := func(lines []page.Line, code string) bool {
		return slices.ContainsFunc(lines, func(x page.Line) bool { return strings.HasPrefix(x.Title, code+" ") })
	}
	lists := func(of programme.Lines, code string) bool {
		b := s.page(of.Href, "en")
		if n := strings.Count(b, `href="/programme/activities/`); of.N != n {
			t.Errorf("counted %d, and %s lists %d", of.N, of.Href, n)
		}
		return strings.Contains(b, `href="/programme/activities/`+code+`"`)
	}
	p := pending(s.Officer)
	if !lists(p.Late, "P3-W1") || !lists(p.Justice, "P4-W1") || !has(p.Late.First, "P3-W1") || has(p.Late.First, "P5-G1") || !lists(p.Undated, "P4-G1") || lists(p.Undated, "P3-W1") || !has(p.Undecided, "P4-G1") || !has(p.Missing, "P4-G1") {
		t.Fatalf("what waits: %+v", p)
	}
	if w := s.ask("POST", "/programme/activities/P4-G1/corridor", "en", nil); w.Code != 403 {
		t.Errorf("a reader confirms: %d", w.Code)
	}
	s.who = s.Officer
	if !strings.Contains(s.page("/programme/activities/P4-G1", "en"), "Confirm this corridor") {
		t.Error("confirming is not offered")
	}
	if w := s.ask("POST", "/programme/activities/P4-G1/corridor", "en", nil); w.Code != 303 {
		t.Errorf("confirming: %d", w.Code)
	}
	if w := s.ask("POST", "/programme/activities/P3-W1/edit", "en", url.Values{"start": {"2021-04-13"}, "end": {"2021-04-14"}, "status": {"over"}}); w.Code != 422 {
		t.Errorf("a status that there is not: %d", w.Code)
	}
	if w := s.ask("POST", "/programme/activities/P3-W1/edit", "en", url.Values{"start": {"2021-04-13"}, "end": {"2021-04-14"}, "status": {"held"}}); w.Code != 303 {
		t.Errorf("saying that it was held: %d", w.Code)
	}
	p = pending(s.Officer)
	if has(p.Late.First, "P3-W1") || has(p.Undecided, "P4-G1") || strings.Contains(s.page("/programme/activities/P4-G1", "en"), "Confirm this corridor") {
		t.Errorf("still waiting: %+v", p)
	}
	if r := s.Load(); r.Added+r.Changed != 0 {
		t.Errorf("importing again: %+v", r.Tally)
	}
}

func TestAnOfficerEntersHowManyTookPartWithWhereItStands(t *testing.T) {
	s := newSite(t, access.Programme)
	s.Load()
	s.who = s.Officer
	path := "/programme/activities/P3-W1/edit"
	form := func(number, how, told string) url.Values {
		return url.Values{"start": {"2021-04-13"}, "end": {"2021-04-14"}, "status": {"held"}, "participants": {number}, "participants_how": {how}, "from_countries": {"12"}, "from_countries_how": {"exactly"}, "told": {told}}
	}
	for want, v := range map[string]url.Values{"Write a whole number": form("many", "exactly", "A note"), "Say where the numbers stand": form("150", "more_than", " ")} {
		if w := s.ask("POST", path, "en", v); w.Code != 422 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d", want, w.Code)
		}
	}
	if w := s.ask("POST", path, "en", form("150", "more_than", "Note of April 2021")); w.Code != 303 {
		t.Fatalf("saving: %d %s", w.Code, w.Body)
	}
	if got := s.page("/programme/activities/P3-W1", "en"); !strings.Contains(got, "more than 150") || !strings.Contains(got, "Note of April 2021") {
		t.Error("the number does not stand with its source")
	}
	if got := s.page(path, "en"); !strings.Contains(got, `value="150"`) || !strings.Contains(got, `value="more_than" selected`) {
		t.Error("the form has lost what was typed")
	}
	// the source's own number stays beside the office's
	if w := s.ask("POST", "/programme/activities/P4-W1/edit", "en", url.Values{"start": {"2021-03-03"}, "end": {"2021-03-04"}, "participants": {"112"}, "participants_how": {"exactly"}, "told": {"List of those present"}}); w.Code != 303 {
		t.Fatalf("saving: %d", w.Code)
	}
	if got := s.page("/programme/activities/P4-W1", "fr"); !strings.Contains(got, "List of those present ; la source dit plus de 100") {
		t.Error("the source's number is gone")
	}
	if r := s.Load(); r.Added+r.Changed != 0 {
		t.Errorf("importing again: %+v", r.Tally)
	}
}

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("programme.kind", langtest.Strings(activity.Kinds()))
	w.List("programme.status", langtest.Strings(activity.Statuses()))
	w.List("programme.role", langtest.Strings(activity.Roles()))
	w.List("programme.pillar", activity.Pillars())
	w.List("programme.scope", activity.Scopes())
	w.List("programme.format", activity.Formats())
	w.List("programme.statements", activity.Lists())
	w.List("programme.how", rolls.Hows())
	w.List("programme.field", activity.Fields())
	w.List("programme.joint", langtest.Strings(activity.Standings()))
	w.List("programme.guard.joint", []string{string(activity.Awaiting), string(activity.Refused)})
	w.List("programme.entry", []string{activity.FramedType, activity.DecidedType, activity.OwnedType, activity.ApprovedType, activity.SharedType, activity.WithheldType, activity.KeptType, party.FunctionHeld, party.FunctionEnded, party.FunctionNamed})
	w.List("programme.act", []string{"coverage", "partners", "phases", "funding", "links", "owners", "approve", "function", "succeed", "end", "correct"})
	w.List("programme.field", []string{"phase", "phase_start", "phase_end", "phase_status", "phase_amount", "currency", "first", "second", "office", "organisation", "says", "reason", "holder"})
	w.List("programme.gap", langtest.Strings(activity.Gaps()))
	w.List("programme.source.kind", scheme.SourceKinds())
	w.List("programme.entry", []string{activity.ImportedType, activity.ReportedType, activity.DescribedType, activity.CorridorType, activity.WithheldType, activity.KeptType, activity.WordedType})
	found := w.Named("", `"(programme\.[a-z_]+(?:\.[a-z_]+)*)"`)
	found += w.Named("programme.column.", `columns\(l, "([a-z_]+)"`)
	if found < 60 {
		t.Fatalf("only %d keys found", found)
	}
	w.Check(found)
}
