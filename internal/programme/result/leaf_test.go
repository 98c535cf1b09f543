// SPDX-License-Identifier: EUPL-1.2

package result_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/result"
)

// pages serves the pages of a framework, in English, as its officer sees them.
func pages(s *programmetest.Site, c result.Config) http.Handler {
	b, err := lang.Load()
	s.Must(err)
	h, err := page.New(page.Config{Bundle: b, Clock: s.Clock, Office: page.Office{Name: "Office", Kind: access.Programme, ID: s.Owner}, Rooms: []page.Room{register.Room(), result.Room(c)},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return s.Officer.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: s.Store.CommitReads, Rate: 1e6, Burst: 1e6})
	s.Must(err)
	return h
}

var next = regexp.MustCompile(`rel="next" href="([^"]+)"`)

// TestTheListBehindAFigureHasPages: whoever turns them meets every record once, under the figure of all of them; each of the lists
// that count in neither number has pages of its own; the file is whole; and the records are read once.
func TestTheListBehindAFigureHasPages(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	read := 0
	needs := func(context.Context, store.Who, *lang.Locale, time.Time) (result.Counted, error) {
		read++
		var out result.Counted
		for i := range 123 {
			out.Items = append(out.Items, result.Item{Title: fmt.Sprintf("record-%03d", i), On: date("2026-01-01"), Countries: []string{"AL"}, Activity: "P4-G1", In: i%2 == 0})
		}
		for i := range 60 {
			out.Items = append(out.Items, result.Item{Title: fmt.Sprintf("dropped-%03d", i), On: date("2026-01-01"), Countries: []string{"AL"}, Aside: "need_dropped"})
		}
		return out, nil
	}
	h := pages(s, result.Config{Store: s.Store, Sources: result.Sources{"C1": {Of: []string{access.KindNeed}, List: needs}}})
	get := func(address string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
		return w.Code, w.Body.String()
	}
	turn := func(address, title string, leaves int) {
		t.Helper()
		seen := map[string]int{}
		for i := range leaves {
			code, b := get(strings.ReplaceAll(address, "&amp;", "&"))
			if code != http.StatusOK || said(b) != "62 of 123 (50.4%)" || len(b) > 60_000 {
				t.Fatalf("%s: %d, %q, %d bytes", address, code, said(b), len(b))
			}
			for _, x := range regexp.MustCompile(title+`-\d{3}`).FindAllString(b, -1) {
				seen[x]++
			}
			links := next.FindAllStringSubmatch(b, -1)
			if i == leaves-1 {
				if len(links) != 0 || !strings.Contains(b, `rel="prev"`) {
					t.Errorf("%s leads on to %v", address, links)
				}
				break
			}
			for _, l := range links {
				if strings.Contains(l[1], "list=need_dropped") == (title == "dropped") {
					address = l[1]
				}
			}
		}
		for x, n := range seen {
			if n != 1 {
				t.Errorf("%s is met %d times", x, n)
			}
		}
		if want := map[string]int{"record": 123, "dropped": 60}[title]; len(seen) != want {
			t.Errorf("%d of %d are met", len(seen), want)
		}
	}
	turn(result.Path+"/C1?country=AL", "record", 3)
	turn(result.Path+"/C1?country=AL", "dropped", 2)
	if code, b := get(result.Path + "/C1?after=50"); code != http.StatusOK || !strings.Contains(b, "51 to 100 of 123") {
		t.Errorf("the second page does not say which records it shows: %d", code)
	}
	if code, b := get(result.Path + "/C1?after=5000"); code != http.StatusOK || !strings.Contains(b, "101 to 123 of 123") {
		t.Errorf("what is behind the last page is not the last page: %d", code)
	}
	for _, address := range []string{"/C1?after=x", "/C1?after=-50", "/C1?list=nothing&after=50"} {
		if code, b := get(result.Path + address); code != http.StatusUnprocessableEntity || !strings.Contains(b, "Start from the first page") {
			t.Errorf("%s: %d", address, code)
		}
	}
	if _, b := get(result.Path + "/C1?as=csv&after=50"); strings.Count(b, "\r\n") != 1+123+60 {
		t.Errorf("the file has %d lines", strings.Count(b, "\r\n"))
	}
	if read != 1 {
		t.Errorf("the records were read %d times", read)
	}
}
