// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
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
	tab, closeTab := chromedp.NewContext(alloc)
	t.Cleanup(closeTab)
	if err := chromedp.Run(tab, network.Enable()); err != nil {
		t.Fatal(err)
	}
	return tab
}

// do runs browser actions, bounded.
func do(t *testing.T, tab context.Context, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, 30*time.Second)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Helper()
		var where string
		_ = chromedp.Run(tab, chromedp.Location(&where))
		t.Fatalf("at %s: %v", where, err)
	}
}

// signIn signs a worker in through the page.
func signIn(t *testing.T, tab context.Context, door demo.Door, login, password string) {
	t.Helper()
	do(t, tab, chromedp.Navigate(door.URL+"/signin"), chromedp.SendKeys("#f-login", login, chromedp.ByQuery), chromedp.SendKeys("#f-password", password, chromedp.ByQuery),
		chromedp.Submit("#f-password", chromedp.ByQuery), chromedp.WaitVisible("body[data-signed]", chromedp.ByQuery))
}

// looks are the ways in which every page is looked at.
var looks = []struct {
	lang, theme string
	width       int64
}{{"en", "light", 1280}, {"en", "dark", 320}, {"fr", "light", 320}, {"ar-XB", "light", 320}, {"ar-XB", "dark", 1280}}

// see opens a page in every look, and finds barriers, sideways scrolling, breaches of the content policy
// and texts that no catalogue has.
func see(t *testing.T, tab context.Context, base, path, shot string) {
	t.Helper()
	for _, l := range looks {
		name := fmt.Sprintf("%s %s %d px, %s", l.lang, l.theme, l.width, path)
		var wide int64
		var text, findings string
		do(t, tab, cookies(base, l.lang, l.theme), emulation.SetDeviceMetricsOverride(l.width, 900, 1, l.width < 600), chromedp.Navigate(base+path),
			chromedp.WaitReady("body", chromedp.ByQuery),
			chromedp.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &wide),
			chromedp.Evaluate(`document.body.innerText`, &text))
		if wide > 0 {
			t.Errorf("%s scrolls sideways by %d px", name, wide)
		}
		if strings.Contains(text, "⟦") || strings.Contains(text, "??") {
			t.Errorf("%s shows a text that no catalogue has", name)
		}
		do(t, tab, chromedp.Evaluate(axe+`; 0`, nil), chromedp.Evaluate(runAxe, &findings, await))
		var found []finding
		if err := json.Unmarshal([]byte(findings), &found); err != nil {
			t.Fatalf("%s: axe: %v", name, err)
		}
		for _, f := range found {
			t.Errorf("%s: %s (%s): %s", name, f.ID, f.Impact, strings.Join(f.Where, " | "))
		}
		if dir := os.Getenv("ENTRAIDE_SHOTS"); dir != "" {
			var png []byte
			do(t, tab, chromedp.FullScreenshot(&png, 90))
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s-%s-%d.png", shot, l.lang, l.theme, l.width)), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

type finding struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Where  []string `json:"where"`
}

const runAxe = `axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r => JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact, where: v.nodes.slice(0,3).map(n => n.html.slice(0,160))}))))`

func await(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

func cookies(base, lang, theme string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		if err := network.SetCookie("lang", lang).WithURL(base).Do(ctx); err != nil {
			return err
		}
		return network.SetCookie("theme", theme).WithURL(base).Do(ctx)
	})
}

// reports counts breaches of the content policy that the browser reports on the page.
func reports(t *testing.T, tab context.Context) {
	t.Helper()
	do(t, tab, chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(`window.__csp = []; addEventListener('securitypolicyviolation', e => __csp.push(e.violatedDirective + ' ' + e.blockedURI))`).Do(ctx)
		return err
	}))
}

// paths lists, by worker, the pages that are looked at. More come with each room.
var paths = map[string][]string{
	"eleni":  {"/", "/account"},
	"nikos":  {"/people", "/people/new", "/log", "/rights-texts"},
	"arta":   {"/"},
	"claire": {"/"},
	"agim":   {"/"},
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
	reports(t, tab)
	for i, door := range s.Doors() {
		see(t, tab, door.URL, "/signin", fmt.Sprintf("%d-signin", i))
		for _, w := range door.People {
			if len(paths[w.Login]) == 0 {
				continue
			}
			signIn(t, tab, door, w.Login, s.Password)
			for _, p := range paths[w.Login] {
				see(t, tab, door.URL, p, fmt.Sprintf("%d-%s%s", i, w.Login, strings.ReplaceAll(p, "/", "_")))
				var breaches []string
				do(t, tab, chromedp.Evaluate(`window.__csp`, &breaches))
				if len(breaches) > 0 {
					t.Errorf("%s breaches the content policy: %v", p, breaches)
				}
			}
			do(t, tab, network.ClearBrowserCookies())
		}
	}
}
