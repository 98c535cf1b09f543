// SPDX-License-Identifier: EUPL-1.2

package page_test

import (
	"bytes"
	"context"
	"errors"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

var (
	office = journal.MustID("01900000-0000-7000-8000-000000000001")
	ana    = journal.MustID("01900000-0000-7000-8000-0000000000aa")
)

// house is an office's pages with one room of tests.
type house struct {
	*testing.T
	clock  *clock.Manual
	door   http.Handler
	log    bytes.Buffer
	signed bool // somebody is
	left   int  // how often a session ended
	noted  []string
	broken error // what BeforeWrite gives
	told   []string
}

func newHouse(t *testing.T, routes []page.Route, change ...func(*page.Config)) *house {
	t.Helper()
	h := &house{T: t, clock: clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), signed: true}
	bundle, err := lang.Load(lang.WithTestLocales())
	if err != nil {
		t.Fatal(err)
	}
	room := page.Room{Name: "test", Routes: routes, Templates: fstest.MapFS{"x.html": {Data: []byte(`{{define "test/says"}}<p>{{.Data}}</p>{{end}}{{define "test/fails"}}{{.Data.Nothing}}{{end}}`)}},
		Menu: []page.MenuItem{{Key: "page.menu", Path: "/m", Icon: "home", Order: 1}}}
	c := page.Config{Bundle: bundle, Clock: h.clock, Office: page.Office{Name: "Test Office", Kind: access.Assistance, ID: office}, Rooms: []page.Room{room},
		SignIn: func(*http.Request) (access.Actor, bool, error) {
			return access.Actor{ID: ana, Owner: office}, h.signed, nil
		},
		SignOut: func(*http.Request) error { h.left++; h.signed = false; return nil },
		Begin:   func(ctx context.Context) context.Context { h.noted = append(h.noted, "begin"); return ctx },
		BeforeWrite: func(context.Context) error {
			h.noted = append(h.noted, "before")
			return h.broken
		},
		Log: slog.New(slog.NewTextHandler(&h.log, nil)), Metrics: metrics.NewSet(), OnReport: func(d string) { h.told = append(h.told, d) }}
	for _, f := range change {
		f(&c)
	}
	if h.door, err = page.New(c); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) ask(method, target, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, f := range change {
		f(r)
	}
	a := httptest.NewRecorder()
	h.door.ServeHTTP(a, r)
	return a
}

func says(text string) page.Handler {
	return func(context.Context, *page.Request) (page.Response, error) {
		return page.View("test/says", "A title", text), nil
	}
}

func fails(err error) page.Handler {
	return func(context.Context, *page.Request) (page.Response, error) { return nil, err }
}

// TestALongSheetLeavesInPiecesAndIsNeverTakenForWholeWhenItIsNot: what must be committed is committed before each piece; an error
// before the first is answered, and after that the connection breaks.
func TestALongSheetLeavesInPiecesAndIsNeverTakenForWholeWhenItIsNot(t *testing.T) {
	broken := errors.New("the list breaks")
	sheet := func(rows int, err error) page.Handler {
		return func(context.Context, *page.Request) (page.Response, error) {
			return page.Rows("list.csv", func(put func([]string) error) error {
				for range rows {
					if err := put([]string{"=1", strings.Repeat("x", 1000)}); err != nil {
						return err
					}
				}
				return err
			}), nil
		}
	}
	h := newHouse(t, []page.Route{{Pattern: "GET /long", Handle: sheet(300, nil)}, {Pattern: "GET /early", Handle: sheet(1, broken)}, {Pattern: "GET /late", Handle: sheet(300, broken)}})
	a := h.ask("GET", "/long", "")
	if got := a.Body.String(); a.Code != 200 || strings.Count(got, "\r\n") != 300 || !strings.HasPrefix(got, "\ufeff'=1,x") || a.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%d, %d rows, %q", a.Code, strings.Count(got, "\r\n"), a.Header())
	}
	if n := slices.DeleteFunc(slices.Clone(h.noted), func(s string) bool { return s != "before" }); len(n) < 5 {
		t.Errorf("committed %d times", len(n))
	}
	if a := h.ask("GET", "/early", ""); a.Code != 500 || strings.Contains(a.Body.String(), "xxx") {
		t.Errorf("an early error: %d", a.Code)
	}
	func() {
		defer func() {
			if p := recover(); p != http.ErrAbortHandler {
				t.Errorf("half a sheet ends with %v", p)
			}
		}()
		h.ask("GET", "/late", "")
	}()
	h.broken = broken
	if a := h.ask("GET", "/long", ""); a.Code == 200 || strings.Contains(a.Body.String(), "xxx") {
		t.Errorf("rows leave although nothing was committed: %d", a.Code)
	}
}

func TestEveryAnswerIsHardened(t *testing.T) {
	h := newHouse(t, []page.Route{{Pattern: "GET /x", Handle: says("hello")}, {Pattern: "GET /defect", Handle: fails(errors.New("boom"))}, {Pattern: "GET /public", Handle: says("hi"), Public: true},
		{Pattern: "GET /file", Handle: func(context.Context, *page.Request) (page.Response, error) {
			return page.File("a.html", "text/html", []byte("<script>")), nil
		}}})
	for _, path := range []string{"/x", "/defect", "/public", "/file", "/nowhere", "/assets/nowhere", "/exit"} {
		a := h.ask("GET", path, "")
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
			if got := a.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		policy := a.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
			t.Errorf("%s: %s", path, policy)
		}
		if !strings.HasPrefix(path, "/assets") && a.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept: %q", path, a.Header().Get("Cache-Control"))
		}
		if a.Header().Get("Strict-Transport-Security") != "" {
			t.Errorf("%s asks for TLS without TLS", path)
		}
	}
	h.signed = true // leaving by /exit ended the session
	file := h.ask("GET", "/file", "")
	if !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") || !strings.Contains(file.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d: a file is shown in the browser: %v %s", file.Code, file.Header().Get("Content-Disposition"), file.Header().Get("Content-Security-Policy"))
	}
	body := h.ask("GET", "/x", "").Body.String()
	if regexp.MustCompile(`<script>|<style|style="|\son[a-z]+="|(src|href)="(http|//)`).MatchString(body) {
		t.Errorf("a page holds inline script or style, or something of another site: %s", body)
	}
}

// TestADocumentThatStandsAloneLoadsNothing: its policy names one script and one style, and cannot be widened.
func TestADocumentThatStandsAloneLoadsNothing(t *testing.T) {
	hash := "'sha256-" + strings.Repeat("a", 43) + "='"
	shows := func(script string) page.Handler {
		return func(context.Context, *page.Request) (page.Response, error) {
			return page.Standalone([]byte("<p>alone"), script, hash), nil
		}
	}
	h := newHouse(t, []page.Route{{Pattern: "GET /alone", Handle: shows(hash)}, {Pattern: "GET /wide", Handle: shows(hash + " 'unsafe-inline'")}})
	a := h.ask("GET", "/alone", "")
	if got := a.Header().Get("Content-Security-Policy"); a.Code != 200 || a.Body.String() != "<p>alone" || strings.Contains(got, "'self'") || !strings.Contains(got, "script-src "+hash+"; style-src "+hash+"; ") || a.Header().Get("X-Frame-Options") != "DENY" {
		t.Errorf("%d, %s: %s", a.Code, got, a.Body.String())
	}
	if a := h.ask("GET", "/wide", ""); a.Code != 500 || strings.Contains(a.Header().Get("Content-Security-Policy"), "unsafe") {
		t.Errorf("%d: a policy was widened", a.Code)
	}
}

func TestAnAnswerIsHeldBackUntilItsReadingIsNoted(t *testing.T) {
	h := newHouse(t, []page.Route{{Pattern: "GET /x", Handle: says("the planted text")}})
	if a := h.ask("GET", "/x", ""); a.Code != 200 || !slices.Equal(h.noted, []string{"begin", "before"}) {
		t.Errorf("%d %v", a.Code, h.noted)
	}
	h.broken = fault.New(fault.Unavailable, "fault.unavailable")
	if a := h.ask("GET", "/x", ""); a.Code != 503 || strings.Contains(a.Body.String(), "planted") {
		t.Errorf("%d, though nothing was noted: %s", a.Code, a.Body)
	}
}

func TestADefectTellsTheReaderItsNumberAndTheLogNoMore(t *testing.T) {
	h := newHouse(t, []page.Route{{Pattern: "GET /panic/{id}", Handle: func(context.Context, *page.Request) (page.Response, error) { panic("planted secret") }},
		{Pattern: "GET /template/{id}", Handle: func(context.Context, *page.Request) (page.Response, error) {
			return page.View("test/fails", "A title", struct{ Other string }{"planted secret"}), nil
		}}})
	for _, path := range []string{"/panic/planted-id", "/template/planted-id"} {
		h.log.Reset()
		a := h.ask("GET", path, "")
		log := h.log.String()
		id := regexp.MustCompile(`id=([A-Z0-9]{8})`).FindStringSubmatch(log)
		if a.Code != 500 || id == nil || !strings.Contains(a.Body.String(), id[1]) {
			t.Errorf("%s: %d, the log says %s", path, a.Code, log)
		}
		if strings.Contains(log, "planted") || strings.Contains(a.Body.String(), "planted secret") {
			t.Errorf("%s: the log or the page holds what it must not: %s", path, log)
		}
	}
}

func TestFaultsBecomePagesThatSayWhatToDo(t *testing.T) {
	kinds := map[fault.Kind]int{fault.Invalid: 422, fault.NotFound: 404, fault.Denied: 403, fault.Conflict: 409, fault.Guarded: 409, fault.Uncovered: 403, fault.TooMuch: 429, fault.Unavailable: 503, fault.Erased: 410, fault.TooLarge: 413}
	for k, code := range kinds {
		h := newHouse(t, []page.Route{{Pattern: "GET /x", Handle: fails(fault.New(k, "fault."+k.String()))}})
		for _, tongue := range []string{"en", "fr"} {
			a := h.ask("GET", "/x", "", func(r *http.Request) { r.Header.Set("Accept-Language", tongue) })
			if a.Code != code || strings.Contains(a.Body.String(), "[page.") || !strings.Contains(a.Body.String(), `lang="`+tongue+`"`) {
				t.Errorf("%s in %s: %d", k, tongue, a.Code)
			}
		}
		a := h.ask("GET", "/x", "", func(r *http.Request) { r.Header.Set("Accept", "application/json") })
		if a.Code != code || a.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(a.Body.String(), `"kind":"`+k.String()+`"`) {
			t.Errorf("%s as JSON: %d %s", k, a.Code, a.Body)
		}
	}
}

func TestWhoIsNotSignedInIsLedToTheDoorAndBack(t *testing.T) {
	h := newHouse(t, []page.Route{{Pattern: "GET /x/{id}", Handle: says("hello")}, {Pattern: "POST /x/{id}", Handle: says("hello")}})
	h.signed = false
	if a := h.ask("GET", "/x/1?y=2", ""); a.Code != 303 || a.Header().Get("Location") != "/signin?back="+url.QueryEscape("/x/1?y=2") {
		t.Errorf("%d %v", a.Code, a.Header())
	}
	if a := h.ask("POST", "/x/1", ""); a.Code != 303 || a.Header().Get("Location") != "/signin" {
		t.Errorf("a form: %d %v", a.Code, a.Header())
	}
	for path, want := range map[string]string{"/a?b=c": "/a?b=c", "//evil.example": "/", "https://evil.example": "/", "/\\evil.example": "/", "javascript:alert(1)": "/", "": "/", "/a\nb": "/"} {
		if got := page.Local(path); got != want {
			t.Errorf("%q leads to %q", path, got)
		}
	}
}

func TestAnotherSiteCannotSendAForm(t *testing.T) {
	h := newHouse(t, []page.Route{{Pattern: "POST /x", Handle: says("done")}})
	for name, x := range map[string]struct {
		header map[string]string
		code   int
	}{"own": {map[string]string{"Sec-Fetch-Site": "same-origin"}, 200}, "typed": {map[string]string{"Sec-Fetch-Site": "none"}, 200}, "another site": {map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		"a neighbour": {map[string]string{"Sec-Fetch-Site": "same-site"}, 403}, "an old browser elsewhere": {map[string]string{"Origin": "https://evil.example"}, 403}} {
		a := h.ask("POST", "/x", "", func(r *http.Request) {
			for k, v := range x.header {
				r.Header.Set(k, v)
			}
		})
		if a.Code != x.code {
			t.Errorf("%s: %d", name, a.Code)
		}
	}
}

func TestQuickExitLeavesNothingToComeBackTo(t *testing.T) {
	h := newHouse(t, []page.Route{{Pattern: "GET /x", Handle: says("hello")}})
	a := h.ask("POST", "/exit", "")
	if a.Code != http.StatusNoContent || h.left != 1 || a.Header().Get("Clear-Site-Data") != `"cache", "cookies", "storage"` {
		t.Errorf("by script: %d, session ended %d times, %v", a.Code, h.left, a.Header())
	}
	if a := h.ask("GET", "/x", ""); a.Code != 303 { // Back: the page is asked for again, as nothing was kept
		t.Errorf("Back: %d", a.Code)
	}
	h.signed = true
	if a := h.ask("GET", "/exit", ""); a.Code != 303 || a.Header().Get("Location") != "https://www.wikipedia.org/" || h.left != 2 || a.Header().Get("Clear-Site-Data") == "" {
		t.Errorf("without script: %d %v", a.Code, a.Header())
	}
	script, err := os.ReadFile(filepath.Join("assets", "src", "app.js"))
	if err != nil {
		files, _ := filepath.Glob("assets/src/*")
		t.Fatalf("%v; there are %v", err, files)
	}
	if !strings.Contains(string(script), "location.replace") {
		t.Error("the script does not replace the page in the history")
	}
}

func TestThePublicHostKnowsNobody(t *testing.T) {
	seen := 0
	h := newHouse(t, []page.Route{{Pattern: "GET /public", Public: true, Handle: func(_ context.Context, r *page.Request) (page.Response, error) {
		if r.Signed || !r.Actor.ID.IsZero() {
			t.Error("a public page knows who asks")
		}
		return page.View("test/says", "A title", "for all"), nil
	}}, {Pattern: "GET /cookie", Public: true, Handle: func(context.Context, *page.Request) (page.Response, error) {
		return page.WithCookie(page.View("test/says", "A title", "x"), &http.Cookie{Name: "a", Value: "b"}), nil
	}}, {Pattern: "GET /x", Handle: says("hello")}}, func(c *page.Config) {
		c.PublicHost = "info.example"
		c.SignIn = func(*http.Request) (access.Actor, bool, error) { seen++; return access.Actor{ID: ana}, true, nil }
	})
	at := func(host string) func(*http.Request) { return func(r *http.Request) { r.Host = host } }
	a := h.ask("GET", "/public", "", at("INFO.example"), func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "lang", Value: "fr"}) })
	if a.Code != 200 || len(a.Header().Values("Set-Cookie")) > 0 || h.log.Len() > 0 || seen > 0 || strings.Contains(a.Body.String(), "Test Office") || strings.Contains(a.Body.String(), `<html lang="fr"`) {
		t.Errorf("%d, log %q, asked who it is %d times, %v", a.Code, h.log.String(), seen, a.Header())
	}
	if a := h.ask("GET", "/cookie", "", at("info.example")); a.Code != 500 || len(a.Header().Values("Set-Cookie")) > 0 {
		t.Errorf("a public page sets a cookie: %d", a.Code)
	}
	for path, host := range map[string]string{"/x": "info.example", "/signin": "info.example", "/preferences": "info.example", "/public": "office.example"} {
		if a := h.ask("GET", path, "", at(host)); a.Code != 404 {
			t.Errorf("%s at %s: %d", path, host, a.Code)
		}
	}
}

func TestFloodsAreBounded(t *testing.T) {
	h := newHouse(t, []page.Route{{Pattern: "GET /x", Handle: says("hello")}, {Pattern: "POST /x", MaxBody: 100, Handle: func(_ context.Context, r *page.Request) (page.Response, error) {
		var in struct {
			A string `form:"a"`
		}
		return page.View("test/says", "A title", "x"), r.Decode(&in)
	}}})
	for tongue, says := range map[string]string{"en": "larger than the 1 MB", "fr": "dépasse les 1 Mo"} {
		a := h.ask("POST", "/x", "a="+strings.Repeat("x", 200), func(r *http.Request) { r.Header.Set("Accept-Language", tongue) })
		if body := html.UnescapeString(a.Body.String()); a.Code != 413 || a.Header().Get("Retry-After") != "" || !strings.Contains(body, says) {
			t.Errorf("a body that is too long, in %s: %d %s", tongue, a.Code, body)
		}
	}
	slowed := 0
	for range 200 {
		if h.ask("GET", "/x", "").Code == 429 {
			slowed++
		}
	}
	if slowed < 50 || slowed > 150 {
		t.Errorf("of 200 requests at once %d were slowed", slowed)
	}
	h.clock.Advance(10 * time.Second)
	if a := h.ask("GET", "/x", ""); a.Code != 200 {
		t.Errorf("ten seconds later: %d", a.Code)
	}
}

func TestReportsOfTheContentPolicyKeepNoAddress(t *testing.T) {
	h := newHouse(t, nil)
	h.ask("POST", "/csp-report", `{"csp-report":{"document-uri":"https://office/cases/planted-id","effective-directive":"script-src-elem"}}`)
	h.ask("POST", "/csp-report", `{"csp-report":{"effective-directive":"planted-word"}}`)
	if !slices.Equal(h.told, []string{"script-src-elem", "other"}) || strings.Contains(h.log.String(), "planted") {
		t.Errorf("%v %s", h.told, h.log.String())
	}
	if a := h.ask("POST", "/csp-report", "nonsense"); a.Code != 400 {
		t.Errorf("%d", a.Code)
	}
}

func TestDecodeReadsWhatIsTaggedAndNamesWhatItCannotRead(t *testing.T) {
	type in struct {
		Name     string     `form:"name"`
		Password string     `form:"password"`
		N        int        `form:"n"`
		ID       journal.ID `form:"id"`
		At       time.Time  `form:"at"`
		Tags     []string   `form:"tags"`
		Untagged string
	}
	var got in
	var err error
	athens, _ := time.LoadLocation("Europe/Athens")
	h := newHouse(t, []page.Route{{Pattern: "POST /x", Handle: func(_ context.Context, r *page.Request) (page.Response, error) {
		got = in{}
		err = r.Decode(&got)
		return page.View("test/says", "A title", "x"), nil
	}}}, func(c *page.Config) { c.Zone = athens })
	form := url.Values{"name": {"  Ana \r\n B "}, "password": {" with spaces "}, "n": {"7"}, "id": {ana.String()}, "at": {"2026-07-01T15:04"}, "tags": {"a", "b"}, "Untagged": {"x"}, "more": {"y"}}
	h.ask("POST", "/x", form.Encode())
	if err != nil || got.Name != "Ana \n B" || got.Password != " with spaces " || got.N != 7 || got.ID != ana || !got.At.Equal(time.Date(2026, 7, 1, 12, 4, 0, 0, time.UTC)) || len(got.Tags) != 2 || got.Untagged != "" {
		t.Errorf("%+v %v", got, err)
	}
	for field, value := range map[string]string{"n": "seven", "id": "17", "at": "tomorrow"} {
		h.ask("POST", "/x", url.Values{field: {value}}.Encode())
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != field || strings.Contains(err.Error(), value) {
			t.Errorf("%s %q: %v", field, value, err)
		}
	}
}

func TestPreferencesAreKeptAndNothingElseIs(t *testing.T) {
	h := newHouse(t, []page.Route{{Pattern: "GET /x", Handle: says("hello")}})
	a := h.ask("POST", "/preferences", url.Values{"lang": {"fr"}, "back": {"/x?y=1"}}.Encode())
	if c := a.Result().Cookies(); a.Code != 303 || a.Header().Get("Location") != "/x?y=1" || len(c) != 1 || c[0].Name != "lang" || !c[0].HttpOnly {
		t.Errorf("%d %v", a.Code, a.Header())
	}
	if a := h.ask("GET", "/x", "", func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "lang", Value: "fr"})
		r.AddCookie(&http.Cookie{Name: "theme", Value: "dark"})
	}); !strings.Contains(a.Body.String(), `lang="fr"`) || !strings.Contains(a.Body.String(), `data-bs-theme="dark"`) {
		t.Error("the choice is not followed")
	}
	for _, bad := range []url.Values{{}, {"lang": {"tlh"}}, {"theme": {"pink"}}} {
		if a := h.ask("POST", "/preferences", bad.Encode()); a.Code != 422 || len(a.Header().Values("Set-Cookie")) > 0 {
			t.Errorf("%v: %d", bad, a.Code)
		}
	}
	if a := h.ask("POST", "/preferences", url.Values{"theme": {"dark"}, "back": {"https://evil.example"}}.Encode()); a.Header().Get("Location") != "/" {
		t.Errorf("leads to %s", a.Header().Get("Location"))
	}
}

func TestTheGalleryShowsEveryComponentInEveryLanguage(t *testing.T) {
	h := newHouse(t, nil, func(c *page.Config) { c.Gallery = true })
	source, err := os.ReadFile("templates/gallery.html")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("templates/*.html")
	defined, used := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`define "(c/[a-z-]+)"`).FindAllStringSubmatch(string(b), -1) {
			defined[m[1]] = true
		}
		if f != "templates/gallery.html" && f != "templates/layout.html" {
			for _, m := range regexp.MustCompile(`template "(c/[a-z-]+)"`).FindAllStringSubmatch(string(b), -1) {
				used[m[1]] = true
			}
		}
	}
	for c := range defined {
		whole := c == "c/confirm" || c == "c/form" || c == "c/matter" // pages of their own
		if !whole && !used[c] && !strings.Contains(string(source), `template "`+c+`"`) {
			t.Errorf("%s is not in the gallery", c)
		}
	}
	for _, tongue := range []string{"en", "fr", "ar-XB"} {
		a := h.ask("GET", "/gallery", "", func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "lang", Value: tongue}) })
		if a.Code != 200 || strings.Contains(a.Body.String(), "[page.") {
			t.Errorf("%s: %d", tongue, a.Code)
		}
	}
	if a := newHouse(t, nil).ask("GET", "/gallery", ""); a.Code != 404 {
		t.Errorf("without a demonstration: %d", a.Code)
	}
}
