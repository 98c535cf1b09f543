// SPDX-License-Identifier: EUPL-1.2

package directory_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

func line(more ...string) url.Values {
	v := url.Values{"name": {"Линија за помош (измислена)"}, "sort": {"hotline"}, "country": {"MK"}, "area": {"Skopje"}, "phone": {"+389 0 000 000"}, "hours": {"every day"}, "languages": {"mk, sq"}, "groups": {"everybody", "children"}, "helps": {"information"},
		"contact": {"Planted Person"}, "language": {"en"}, "source": {"Invented"}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// TestANumberIsKeptWithTheDayOfItsCheck goes through the pages: who reads what, what is stale and when, what is carried away.
func TestANumberIsKeptWithTheDayOfItsCheck(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(directory.Path); !strings.Contains(b, "Nobody is listed yet") {
		t.Fatal(b)
	}
	both(directory.Path + "/cards")
	both(directory.Path + "/new")
	at := s.Saved(directory.Path+"/new", line())
	if b := both(at); !strings.Contains(b, "Never checked") || !strings.Contains(b, "Planted Person") || !strings.Contains(b, "To be checked again") {
		t.Fatal(b)
	}
	due := func() int {
		t.Helper()
		rows, err := s.Store.List(s.Ctx, s.Officer, store.Query{Kind: access.KindListing, Assignee: s.Officer.Actor.ID, DueBy: s.Clock.Now()})
		s.Must(err)
		return len(rows.Rows)
	}
	if due() != 1 {
		t.Error("its keeper is not told that nobody has checked it")
	}
	both(at + "/act/check")
	s.Saved(at+"/act/check", url.Values{"on": {s.Clock.Now().Format(time.DateOnly)}, "how": {"called"}})
	if b := both(at); !strings.Contains(b, "Checked: ") || strings.Contains(b, "To be checked again") || due() != 0 {
		t.Fatal(b)
	}
	for word, n := range map[string]int{"linija": 1, "pomos": 1, "nothing": 0} { // in Latin letters
		if w := s.Ask("POST", directory.Path+"/find", "en", url.Values{"q": {word}}); strings.Count(w.Body.String(), `href="`+at+`"`) != n {
			t.Errorf("a search for %q does not find %d", word, n)
		}
	}
	for query, want := range map[string]bool{"?country=MK": true, "?group=children": true, "?group=men": false, "?speaks=sq": true, "?help=legal_aid": false, "?whose=theirs": false} {
		if got := strings.Contains(s.Page(directory.Path+query, "en"), at); got != want {
			t.Errorf("%s shows it: %v", query, got)
		}
	}
	for _, path := range []string{"/cards", "/cards?country=MK", "/offline"} {
		b := s.Ask("GET", directory.Path+path, "en", nil).Body.String()
		if !strings.Contains(b, "+389 0 000 000") && !strings.Contains(b, "&#43;389 0 000 000") || strings.Contains(b, "Planted Person") {
			t.Errorf("%s:\n%s", path, b)
		}
	}
	if b := s.Ask("GET", directory.Path+"/offline", "fr", nil).Body.String(); strings.Contains(b, "http") || strings.Contains(b, "<script") || !strings.Contains(b, `lang="fr"`) {
		t.Errorf("the page for without network needs something beside it:\n%s", b)
	}
	s.Who = s.Reader
	if b := both(at); strings.Contains(b, "Planted Person") || !strings.Contains(b, "Skopje") {
		t.Fatal("whoever only reads sees the contact, or not the listing")
	}
	s.Who = s.Officer
	s.Clock.Advance(91 * 24 * time.Hour)
	if b := both(at); !strings.Contains(b, "Checked long ago") || due() != 1 {
		t.Fatal(b)
	}
	both(at + "/act/withdraw")
	s.Saved(at+"/act/withdraw", url.Values{"on": {s.Clock.Now().Format(time.DateOnly)}, "reason": {"The line was closed"}})
	if b := both(at); !strings.Contains(b, "The line was closed") || due() != 0 {
		t.Fatal(b)
	}
	if b := s.Page(directory.Path+"/cards", "en"); strings.Contains(b, "389") {
		t.Error("a line that was closed is still carried")
	}
	if w := s.Ask("POST", at+"/act/check", "en", url.Values{"entry": {s.Store.NewID().String()}, "on": {"2026-01-01"}, "how": {"called"}}); w.Code != http.StatusConflict {
		t.Errorf("what was withdrawn is checked: %d", w.Code)
	}
	for field, x := range map[string]string{"name": "", "phone": "call me", "sort": "gossip", "country": "Nowhere", "languages": "Makedonski!", "source": ""} {
		if w := s.Fill(directory.Path+"/new", line(field, x)); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s %q is taken: %d", field, x, w.Code)
		}
	}
}

// TestATableComesInOnce: a second import changes nothing, a later check counts, an earlier one does not.
func TestATableComesInOnce(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Page(directory.Path+"/import", "fr")
	sample := s.Ask("GET", directory.Path+"/import/sample", "en", nil).Body.String()
	later := strings.ReplaceAll(sample, "2026-01-15", "2026-02-20")
	for _, x := range []struct{ file, want string }{{sample, "2 created"}, {sample, "2 unchanged"}, {later, "1 unchanged"}, {sample, "2 unchanged"}, {strings.ReplaceAll(sample, "hotline", "line"), "Choose from the list"}} {
		if b := s.Upload(directory.Path+"/import", x.file).Body.String(); !strings.Contains(b, x.want) {
			t.Fatalf("not %q:\n%s", x.want, b)
		}
	}
}

// FuzzTable: whatever a file holds, it is taken or told, never a crash.
func FuzzTable(f *testing.F) {
	f.Add("name,sort,country,source\nA,provider,GR,b\n")
	f.Add("\ufeffname,sort,country,source,checked,how\n\"=A\",hotline,XK,b,2026,called\n")
	f.Add("name;sort\n")
	f.Fuzz(func(_ *testing.T, src string) { _ = directory.CheckFile([]byte(src)) })
}
