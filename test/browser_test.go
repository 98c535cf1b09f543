// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/entraide-thb/entraide/internal/app/demo"
)

//go:embed testdata/axe.min.js
var axe string

// browser gives a tab of a fresh Chromium.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := os.Getenv("ENTRAIDE_TEST_CHROMIUM")
	if path == "" {
		for _, p := range []string{"/usr/bin/chromium", "/usr/bin/google-chrome"} {
			if _, err := os.Stat(p); err == nil {
				path = p
			}
		}
	}
	if path == "" {
		t.Skip("no Chromium: install the package chromium, or set ENTRAIDE_TEST_CHROMIUM")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	return newTab(t, alloc)
}

// newTab gives another tab of a browser, watched.
func newTab(t *testing.T, of context.Context) context.Context {
	t.Helper()
	tab, closeTab := chromedp.NewContext(of)
	t.Cleanup(closeTab)
	if err := chromedp.Do(tab); err != nil {
		t.Fatal(err)
	}
	_, err := chromedp.Call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watchPolicy})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// watchPolicy collects what breaches the content policy.
const watchPolicy = `window.__csp = []; addEventListener('securitypolicyviolation', e => __csp.push(e.violatedDirective + ' ' + e.blockedURI))`

type void = chromedp.Action[chromedp.Void]

// do runs browser actions, bounded.
func do(t *testing.T, tab context.Context, actions ...void) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, 2*time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		where, _ := chromedp.Run(tab, chromedp.Location())
		t.Fatalf("at %s: %v", where, err)
	}
}

// eval gives what a script gives.
func eval[T any](t *testing.T, tab context.Context, script string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, 2*time.Minute)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// signIn signs a worker in through the page.
func signIn(t *testing.T, tab context.Context, door demo.Door, login, password string) {
	t.Helper()
	do(t, tab, chromedp.Navigate(door.URL+"/signin"), chromedp.SendKeys("#f-login", login), chromedp.SendKeys("#f-password", password),
		chromedp.Submit("#f-password"), chromedp.WaitReady("body[data-signed]"))
}

// looks are the ways in which every page is looked at.
var looks = []struct {
	lang, theme string
	width       int64
}{{"en", "light", 1280}, {"en", "dark", 1280}, {"en", "light", 320}, {"en", "dark", 320}, {"fr", "light", 320},
	{"ar-XB", "light", 1280}, {"ar-XB", "dark", 1280}, {"ar-XB", "light", 320}, {"ar-XB", "dark", 320}}

// see opens a page in every look, and finds barriers, sideways scrolling, breaches of the content policy
// and texts that no catalogue has.
func see(t *testing.T, tab context.Context, base, path, shot string) {
	t.Helper()
	for _, l := range looks {
		name := fmt.Sprintf("%s %s %d px, %s", l.lang, l.theme, l.width, path)
		wear(t, tab, base, l.lang, l.theme, l.width)
		do(t, tab, chromedp.Navigate(base+path), chromedp.WaitReady("body"))
		if eval[bool](t, tab, `document.querySelector('.trouble-id') !== null`) {
			t.Errorf("%s is broken", name)
		}
		if wide := eval[int64](t, tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
			t.Errorf("%s scrolls sideways by %d px", name, wide)
		}
		if text := eval[string](t, tab, `document.body.innerText`); noWord.MatchString(text) {
			t.Errorf("%s shows a text that no catalogue has: %s", name, noWord.FindString(text))
		}
		var found []finding
		if err := json.Unmarshal([]byte(eval[string](t, tab, axe+runAxe)), &found); err != nil {
			t.Fatalf("%s: axe: %v", name, err)
		}
		for _, f := range found {
			t.Errorf("%s: %s (%s): %s", name, f.ID, f.Impact, strings.Join(f.Where, " | "))
		}
		if breaches := eval[[]string](t, tab, `window.__csp`); len(breaches) > 0 {
			t.Errorf("%s breaches the content policy: %v", name, breaches)
		}
		shoot(t, tab, fmt.Sprintf("%s-%s-%s-%d", shot, l.lang, l.theme, l.width))
	}
}

// shoot keeps a picture of the page, when asked where to.
func shoot(t *testing.T, tab context.Context, name string) {
	t.Helper()
	dir := os.Getenv("ENTRAIDE_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// noWord is how a key without a text shows.
var noWord = regexp.MustCompile(`\[[a-z]+\.[a-z_.]+\]`)

type finding struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Where  []string `json:"where"`
}

const runAxe = `;axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r => JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact, where: v.nodes.slice(0,3).map(n => n.html.slice(0,160))}))))`

// wear sets language, brightness and width.
func wear(t *testing.T, tab context.Context, base, lang, theme string, width int64) {
	t.Helper()
	for name, value := range map[string]string{"lang": lang, "theme": theme} {
		if _, err := chromedp.Call(tab, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: base}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := chromedp.Call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600})
	if err != nil {
		t.Fatal(err)
	}
}

// paths lists, by worker, the pages that are looked at. More come with each room.
var paths = map[string][]string{
	"eleni": {"/", "/account", "/cases", "/cases/new", "/cases first", "/cases first > a[href$='/view']", "/cases first > a[href$='/goals/new']", "/cases first > a[href$='/consents/new']", "/cases first > #consents .things a", "/cases first > #referrals .things a",
		"/screening", "/screening/new", "/screening/new/lists?who=not_sure&role=border", "/screening/new/form?who=adult&role=outreach&set=delphi_labour_adult", "/screening/paper/unodc",
		"/screening/signals", "/screening/figures", "/cases first > #screenings .actions a", "/cases first > #screenings table a"},
	"nikos":  {"/", "/resemblances", "/programme/activities/P4-G1/figure", "/people", "/people/new", "/settings", "/account/tokens/new", "/account/prove", "/gallery", "/log", "/rights-texts", "/rights-texts first", "/partners", "/partners/new", "/office", "/partners first"},
	"arta":   {"/", "/referrals", "/referrals first", "/screening/signals first"},
	"claire": {"/", "/programme", "/programme/activities", "/programme/matrix", "/programme/activities/P4-G1", "/programme/activities/P4-G1/edit", "/programme/organisations", "/programme/report?lang=fr", "/programme/report?lang=en&date=2026-09-14", "/programme/plan?lang=en", "/programme/needs", "/programme/needs/new", "/programme/actions", "/programme/actions/new", "/programme/recommendations", "/programme/recommendations/import", "/programme/recommendations/reply"},
	"agim":   {"/", "/screening", "/screening/new/form?who=child&role=border&set=smuggling", "/screening/signals"},
}

func TestEveryPageForEveryone(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	tab := browser(t)
	s := stage(t)
	if _, err := s.Play(t.Context(), true, nil); err != nil {
		t.Fatal(err)
	}
	public := strings.Replace(s.Doors()[0].URL, "127.0.0.1", "localhost", 1) // the other host name
	for i, p := range []string{"/rights", "/rights/GR?lang=fr", "/rights/BG?lang=en"} {
		see(t, tab, public, p, fmt.Sprintf("public-%d", i))
	}
	for i, door := range s.Doors() {
		see(t, tab, door.URL, "/signin", fmt.Sprintf("%d-signin", i))
		for _, w := range door.People {
			if len(paths[w.Login]) == 0 {
				continue
			}
			signIn(t, tab, door, w.Login, s.Password)
			for k, p := range paths[w.Login] {
				if only := os.Getenv("ENTRAIDE_PAGES"); only != "" && !strings.Contains(p, only) {
					continue
				}
				p, link, linked := strings.Cut(p, " > ")                  // a page that a link on another one leads to
				if from, first := strings.CutSuffix(p, " first"); first { // the first thing on a list
					do(t, tab, chromedp.Navigate(door.URL+from), chromedp.WaitReady("main table a"))
					p = eval[string](t, tab, `new URL(document.querySelector('main table a').href).pathname`)
				}
				if linked {
					do(t, tab, chromedp.Navigate(door.URL+p), chromedp.WaitReady(link))
					p = eval[string](t, tab, fmt.Sprintf(`new URL(document.querySelector(%q).href).pathname`, link))
				}
				see(t, tab, door.URL, p, fmt.Sprintf("%d-%s-%d", i, w.Login, k))
			}
			if _, err := chromedp.Call(tab, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}
