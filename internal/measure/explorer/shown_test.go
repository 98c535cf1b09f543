// SPDX-License-Identifier: EUPL-1.2

package explorer_test

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// TestInsideAnOffice: the page is the folder's, under a policy that allows what is there by its hash, with the way back, a neutral
// title and the reader's brightness.
func TestInsideAnOffice(t *testing.T) {
	texts, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	b := every(t)["rounded"]
	route := page.Route{Pattern: "GET /figures", Public: true, Handle: func(_ context.Context, r *page.Request) (page.Response, error) {
		return explorer.Shown(r, b, "/statistics")
	}}
	door, err := page.New(page.Config{Bundle: texts, Clock: clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), Office: page.Office{Name: "Test Office", Kind: access.Assistance}, Rooms: []page.Room{{Name: "test", Routes: []page.Route{route}}}})
	if err != nil {
		t.Fatal(err)
	}
	q := httptest.NewRequest("GET", "/figures?lang=fr", nil)
	q.AddCookie(&http.Cookie{Name: "theme", Value: "dark"})
	a := httptest.NewRecorder()
	door.ServeHTTP(a, q)
	s := a.Body.String()
	if a.Code != 200 || !strings.Contains(s, `<html lang="fr" dir="ltr" data-theme="dark">`) || !strings.Contains(s, "<title>Chiffres publiés</title>") || !strings.Contains(s, `href="/statistics"`) {
		t.Fatalf("%d: %.400s", a.Code, s)
	}
	inner := html.UnescapeString(inside(t, s, `http-equiv="Content-Security-Policy" content="`, `"`))
	for _, directive := range strings.Split(inner, "; ") {
		if !strings.Contains(a.Header().Get("Content-Security-Policy"), directive) {
			t.Errorf("the office's policy lacks %s: %s", directive, a.Header().Get("Content-Security-Policy"))
		}
	}
}
