// SPDX-License-Identifier: EUPL-1.2

package event_test

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// staged is an office's pages with an event of two sessions, one of them closed, and two countries that answer by letter.
func staged(t *testing.T) (s *programmetest.Site, at string) {
	t.Helper()
	s = programmetest.NewSite(t, access.Programme)
	s.Load()
	at = s.Saved(event.Path+"/new", url.Values{"language": {"en"}, "text": {"Regional workshop"}, "sort": {"workshop"}, "activity": {"P3-W1"}, "start": {"2026-09-10"}, "end": {"2026-09-11"}, "zone": {"Europe/Sarajevo"},
		"mode": {"hybrid"}, "country": {"BA"}, "town": {"Sarajevo"}, "venue": {"Hall 2"}, "link": {"https://conference.example/room"}, "languages": {"en"}, "channels": {"fr", "sq"}, "answer_by": {"2026-09-01"}})
	s.Saved(at+"/groups/new", url.Values{"language": {"en"}, "text": {"Practitioners"}})
	s.Saved(at+"/sessions/new", url.Values{"item": {"1"}, "language": {"en"}, "text": {"Opening, needs; and \"more\""}, "day": {"2026-09-10"}, "from": {"09:30"}, "to": {"12:00"}})
	s.Saved(at+"/sessions/new", url.Values{"item": {"2"}, "language": {"en"}, "text": {"A matter under way"}, "day": {"2026-09-11"}, "from": {"14:00"}, "to": {"16:00"}, "closed": {"closed"}, "admits": {"RO"}})
	return s, at
}

var capturedSession = regexp.MustCompile(`<option value="([0-9a-f-]{36})">1 · `)

var personLink = regexp.MustCompile(`/people/([0-9a-f-]{36})"`)

// TestFiltersOfEventsAreKept as those of the registers are.
func TestFiltersOfEventsAreKept(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	const narrow = event.Path + "?country=AL&standing=planned"
	if b := s.Page(narrow, "en"); !strings.Contains(b, "Keep these filters as") {
		t.Error(b)
	}
	w := s.Ask("POST", event.Path+"/views", "en", url.Values{"name": {"To come in Albania"}, "query": {"standing=planned&country=AL&q=somebody"}})
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(to, narrow) || strings.Contains(to, "somebody") {
		t.Fatalf("%d %s", w.Code, to)
	}
	s.Keep(w)
	if b := s.Page(event.Path, "fr"); !strings.Contains(b, "To come in Albania") {
		t.Error("the filter is not kept")
	}
}

// TestAnEventByItsPages goes from the empty list to certificates, in both languages.
func TestAnEventByItsPages(t *testing.T) {
	empty := programmetest.NewSite(t, access.Programme)
	if b := empty.Page(event.Path, "en"); !strings.Contains(b, "No event yet") {
		t.Fatal(b)
	}
	s, at := staged(t)
	both := func(path string) (en string) {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if w := s.Fill(at+"/sessions/new", url.Values{"item": {"1"}, "text": {"Twice"}, "day": {"2026-10-10"}, "from": {"9h"}}); w.Code != 422 || !strings.Contains(w.Body.String(), "Another session has this number.") || !strings.Contains(w.Body.String(), "A day of the event") {
		t.Errorf("%d", w.Code)
	}
	if b := both(at + "/countries"); !strings.Contains(b, "No country is invited yet") {
		t.Error("an empty list of countries says nothing")
	}
	for _, c := range []string{"AL", "RO"} {
		s.Saved(at+"/countries/new", url.Values{"country": {c}, "seats": {"2"}})
	}
	if w := s.Ask("POST", at+"/invite", "en", nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	if b := both(at + "/countries"); !strings.Contains(b, "2 of 2") || !strings.Contains(b, "Sent by letter") || !strings.Contains(b, "Remind 2 countries") {
		t.Fatal(b)
	}
	for _, name := range []string{"Ana A", "Ben B"} {
		s.Saved(at+"/people/new", url.Values{"country": {"AL"}, "name": {name}, "function": {"Inspector"}, "language": {"sq"}, "mode": {"in_person"}})
	}
	for range 2 {
		s.Clock.Advance(time.Hour)
		s.Ask("POST", at+"/remind", "en", nil)
	}
	if b := both(at + "/countries"); !strings.Contains(b, "Remind one country") || strings.Index(b, "Romania") > strings.Index(b, "Albania") || !strings.Contains(b, "2 people accepted") && !strings.Contains(b, "0 people accepted") {
		t.Fatal(b)
	}
	links := personLink.FindAllStringSubmatch(both(at+"/people"), -1)
	if len(links) != 2 {
		t.Fatalf("%d people", len(links))
	}
	first, second := at+"/people/"+links[0][1], at+"/people/"+links[1][1]
	if w := s.Fill(first, url.Values{"what": {"decline"}}); w.Code != 422 || !strings.Contains(w.Body.String(), "Say why") {
		t.Errorf("declined without a reason: %d", w.Code)
	}
	s.Saved(first, url.Values{"what": {"accept"}})
	s.Saved(second, url.Values{"what": {"decline"}, "reason": {"Full"}})
	session := regexp.MustCompile(`/presence\?session=([0-9a-f-]{36})`).FindAllStringSubmatch(both(at+"/presence"), -1)
	if len(session) != 2 {
		t.Fatalf("%d sessions to note presence in", len(session))
	}
	if b := s.Page(at+"/presence?session="+session[1][1], "en"); !strings.Contains(b, "A matter under way") {
		t.Error("the second session's presence")
	}
	field := "p." + links[0][1]
	if w := s.Ask("POST", at+"/presence", "en", url.Values{"session": {session[0][1]}, field: {"online"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if b := both(first); !strings.Contains(b, "One session") || !strings.Contains(b, "certificate?lang=fr") {
		t.Fatal(b)
	}
	if w := s.Fill(at+"/act/hold", url.Values{"on": {"2030-01-01"}}); w.Code != 422 {
		t.Errorf("held on a day to come: %d", w.Code)
	}
	s.Saved(at+"/act/hold", url.Values{"on": {"2026-09-11"}})
	if b := both(at); !strings.Contains(b, "One person came") || !strings.Contains(b, "0 on site, 1 online") {
		t.Fatal(b)
	}
	both(event.Path + "?side=hosted")
	if w := s.Ask("GET", event.Path+"?as=csv", "en", nil); !strings.Contains(w.Body.String(), "Regional workshop,en,Workshop,P3-W1,2026-09-10,2026-09-11,On site and online,Held,2,1,1,0,1") {
		t.Fatal(w.Body)
	}
	for _, p := range []string{at + "/edit", at + "/regret", at + "/act/reopen", at + "/countries/AL", at + "/groups/new"} {
		both(p)
	}
}

// TestOthersReadNoNamesAndChangeNothing: who is not a programme officer sees how many, not who, and no closed session's name.
func TestOthersReadNoNamesAndChangeNothing(t *testing.T) {
	s, at := staged(t)
	s.Saved(at+"/countries/new", url.Values{"country": {"AL"}, "seats": {"2"}})
	s.Saved(at+"/people/new", url.Values{"country": {"AL"}, "name": {"Planted Name"}, "function": {"Inspector"}, "language": {"sq"}, "mode": {"online"}})
	calendar := s.Ask("GET", at+"/calendar", "en", nil).Body.String()
	if !strings.Contains(calendar, "A matter under way") {
		t.Error("the host's officer reads the closed session in the calendar")
	}
	s.Who = s.Reader
	for _, p := range []string{at, at + "/countries", at + "/calendar"} {
		w := s.Ask("GET", p, "en", nil)
		if b := w.Body.String(); w.Code != 200 || strings.Contains(b, "Planted Name") || strings.Contains(b, "A matter under way") || strings.Contains(b, "conference.example") {
			t.Errorf("%s: %d, shows what is internal", p, w.Code)
		}
	}
	if b := s.Page(at, "en"); !strings.Contains(b, "Closed session") || strings.Contains(b, "/edit") {
		t.Error("the page of an event for a reader")
	}
	for _, p := range []string{"/edit", "/sessions/new", "/groups/new", "/countries/new", "/people", "/people/new", "/presence", "/regret", "/act/hold"} {
		if w := s.Ask("GET", at+p, "en", nil); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
}

// TestTheCalendarFollowsAChange: the same ids, a higher sequence, folded and escaped; its name and what a locked screen shows
// say nothing of what it is about.
func TestTheCalendarFollowsAChange(t *testing.T) {
	s, at := staged(t)
	get := func() string {
		w := s.Ask("GET", at+"/calendar", "en", nil)
		if w.Code != 200 || w.Header().Get("Content-Disposition") != "attachment; filename=calendar.ics" {
			t.Fatalf("%d %s", w.Code, w.Header())
		}
		return w.Body.String()
	}
	before := get()
	for _, want := range []string{"DTSTART;VALUE=DATE:20260910", "DTEND;VALUE=DATE:20260912", "DTSTART:20260910T073000Z", "SUMMARY:Workshop · P3-W1 · 1\r\n", `DESCRIPTION:Opening\, needs\; and "more"`, "LOCATION:Sarajevo\\, Bosnia & Herzegovina"} {
		if !strings.Contains(before, want) {
			t.Errorf("no %q in\n%s", want, before)
		}
	}
	s.Clock.Advance(time.Hour)
	s.Saved(at+"/edit", url.Values{"language": {"en"}, "text": {"Regional workshop"}, "sort": {"workshop"}, "activity": {"P3-W1"}, "zone": {"Europe/Sarajevo"}, "mode": {"hybrid"}, "start": {"2026-09-20"}, "end": {"2026-09-21"}})
	after := get()
	uid, sequence := regexp.MustCompile(`UID:(\S+)`), regexp.MustCompile(`SEQUENCE:(\d+)`)
	if a, b := uid.FindStringSubmatch(before)[1], uid.FindStringSubmatch(after)[1]; a != b {
		t.Errorf("another entry: %s, %s", a, b)
	}
	if a, b := sequence.FindStringSubmatch(before)[1], sequence.FindStringSubmatch(after)[1]; a != "4" || b != "7" { // the event, and its two sessions with it
		t.Errorf("sequence %s, then %s", a, b)
	}
	for _, want := range []string{"DTSTART;VALUE=DATE:20260920", "DTSTART:20260920T073000Z", "DTSTART:20260921T120000Z"} {
		if !strings.Contains(after, want) {
			t.Errorf("no %s in\n%s", want, after)
		}
	}
}

// TestSessionsStayOnDaysOfTheirEvent: they move with an event that moves as a whole; where it is cut short, its page names those that
// now lie outside. Hours are taken as people type them.
func TestSessionsStayOnDaysOfTheirEvent(t *testing.T) {
	s, at := staged(t)
	s.Changed(at+"/edit", url.Values{"start": {"2026-09-17"}, "end": {"2026-09-18"}})
	if b := s.Page(at, "en"); !strings.Contains(b, "17 September 2026 · 09:30–12:00") || !strings.Contains(b, "18 September 2026 · 14:00–16:00") || !strings.Contains(b, "A matter under way") || strings.Contains(b, "Sessions on days that are not") {
		t.Fatal(b)
	}
	before := s.Revisions(access.KindEvent)
	s.Changed(at+"/edit", url.Values{"start": {"2026-09-16"}}) // a day more: nothing has to move
	if n := s.Revisions(access.KindEvent) - before; n != 1 {
		t.Errorf("%d entries for a day more", n)
	}
	s.Changed(at+"/edit", url.Values{"start": {"2026-09-17"}, "end": {"2026-09-17"}})
	if b := s.Page(at, "en"); !strings.Contains(b, "Sessions on days that are not the event’s: 2<") || !strings.Contains(s.Page(at, "fr"), "Séances à des jours qui ne sont pas ceux de l’événement") {
		t.Error(b)
	}
	s.Saved(at+"/sessions/new", url.Values{"item": {"3"}, "language": {"en"}, "text": {"Closing"}, "day": {"2026-09-17"}, "from": {"9h"}, "to": {"16 h 15"}})
	if b := s.Page(at, "en"); !strings.Contains(b, "17 September 2026 · 09:00–16:15") {
		t.Error(b)
	}
}

// TestCertificatesAreTagged looks at them with other programs, in both languages.
func TestCertificatesAreTagged(t *testing.T) {
	s, at := staged(t)
	s.Saved(at+"/countries/new", url.Values{"country": {"AL"}, "seats": {"2"}})
	s.Saved(at+"/people/new", url.Values{"country": {"AL"}, "name": {"Zoë Ćirić"}, "function": {"Inspector"}, "language": {"sq"}, "mode": {"online"}})
	person := personLink.FindStringSubmatch(s.Page(at+"/people", "en"))[1]
	if w := s.Ask("GET", at+"/people/"+person+"/certificate", "en", nil); w.Code != http.StatusNotFound {
		t.Errorf("a certificate for somebody who did not come: %d", w.Code)
	}
	s.Saved(at+"/people/"+person, url.Values{"what": {"accept"}})
	for _, m := range regexp.MustCompile(`/presence\?session=([0-9a-f-]{36})`).FindAllStringSubmatch(s.Page(at+"/presence", "en"), -1) {
		s.Ask("POST", at+"/presence", "en", url.Values{"session": {m[1]}, "p." + person: {"in_person"}})
	}
	for tag, title := range map[string]string{"en": "Certificate of attendance", "fr": "Attestation de participation"} {
		w := s.Ask("GET", at+"/people/"+person+"/certificate?lang="+tag, "en", nil)
		if w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "certificate-"+tag+".pdf") {
			t.Fatalf("%d %s", w.Code, w.Header())
		}
		for _, tool := range []string{"pdfinfo", "pdftotext"} {
			if _, err := exec.LookPath(tool); err != nil {
				t.Skip("no " + tool)
			}
		}
		file := filepath.Join(t.TempDir(), "c.pdf")
		s.Must(os.WriteFile(file, w.Body.Bytes(), 0o600))
		info, err := exec.Command("pdfinfo", file).Output()
		s.Must(err)
		if !regexp.MustCompile(`Tagged:\s+yes`).Match(info) || !strings.Contains(string(info), title) {
			t.Errorf("%s", info)
		}
		text, err := exec.Command("pdftotext", file, "-").Output()
		s.Must(err)
		if got := string(text); !strings.Contains(got, "Zoë Ćirić") || !strings.Contains(got, "Regional workshop") || strings.Contains(got, "A matter under way") {
			t.Errorf("%s: %s", tag, got)
		}
	}
}
