// SPDX-License-Identifier: EUPL-1.2

package guest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/entraide-thb/entraide/internal/platform/page/browsertest"
)

// tab is the guest's browser.
type tab struct {
	*testing.T
	ctx context.Context
}

func newTab(t *testing.T) tab {
	t.Helper()
	return tab{t, browsertest.Tab(t, 3*time.Minute)}
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

func eval[T any](b tab, script string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// look shows the page narrow and wide, finds barriers and sideways scrolling, and keeps pictures when asked where to.
func (b tab) look(name string) {
	b.Helper()
	axe, err := os.ReadFile("../../../test/testdata/axe.min.js")
	if err != nil {
		b.Fatal(err)
	}
	eval[bool](b, string(axe)+`;typeof axe === 'object'`)
	for _, width := range []int64{320, 1280} {
		if _, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 800, DeviceScaleFactor: 1, Mobile: width < 600}); err != nil {
			b.Fatal(err)
		}
		for _, theme := range []string{"light", "dark"} {
			var found []string
			out := eval[string](b, fmt.Sprintf(`(async () => { document.documentElement.dataset.bsTheme = document.querySelector('meta[name=color-scheme]').content = %q
				for (const a of document.getAnimations()) { try { a.finish() } catch { a.cancel() } }
				const r = await axe.run(document, {resultTypes: ['violations'], preload: false, runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})
				const out = r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '))
				const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
				return JSON.stringify(wide > 0 ? [...out, 'wide: ' + wide] : out) })()`, theme))
			if err := json.Unmarshal([]byte(out), &found); err != nil {
				b.Fatal(err)
			}
			for _, f := range found {
				b.Errorf("%s, %d px, %s: %s", name, width, theme, f)
			}
			if dir := os.Getenv("ENTRAIDE_SHOTS"); dir != "" {
				png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("guest-%s-%d-%s.png", name, width, theme)), png, 0o600)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

// types puts a text in a field and sends its form.
func (b tab) types(field, text string) {
	b.Helper()
	eval[bool](b, fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.value = %q; f.form.requestSubmit(); return true })()`, field, text))
}

// sees waits until a text can be read; the page's own script needs its time.
func (b tab) sees(text string) {
	b.Helper()
	if !eval[bool](b, fmt.Sprintf(`new Promise(done => { const end = Date.now() + 60000; (function look() {
		if (document.body.innerText.includes(%q)) done(true); else if (Date.now() > end) done(false); else setTimeout(look, 50) })() })`, text)) {
		b.Fatalf("no %q in %s", text, eval[string](b, `document.body.innerText`))
	}
}

// TestInABrowser: the script that a guest gets opens what the office sealed, and the office opens what it sealed; the content
// policy is kept, the code goes nowhere, and nothing stays in the browser.
func TestInABrowser(t *testing.T) {
	b := newTab(t)
	s := newSite(t)
	l := s.make("language", "sq")
	web := httptest.NewServer(s.h)
	t.Cleanup(web.Close)
	b.do(chromedp.Navigate(web.URL+"/enter/nonsense?lang=el"), chromedp.WaitReady("main"))
	b.look("gone")
	b.do(chromedp.Navigate(web.URL+"/enter/"+l.token+"?lang=ar"), chromedp.WaitReady("main"))
	b.look("enter-ar")
	b.do(chromedp.Navigate(web.URL+"/enter/"+l.token+"?lang=sq"), chromedp.WaitReady("main"))
	eval[bool](b, `(() => { window.sent = []; window.broken = []; addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective))
		const real = fetch; window.fetch = (to, how) => { sent.push(String(to) + ' ' + (how?.body instanceof FormData ? [...how.body].map(String) : how?.body)); return real(to, how) }; return true })()`)
	b.types("#f-code", l.code[:19])
	b.sees("Ky kod nuk është i plotë")
	grouped := l.code[:4] + " " + l.code[4:8] + "-" + l.code[8:12] + " " + l.code[12:16] + " " + l.code[16:]
	b.types("#f-code", grouped)
	b.sees("The hearing planted on 4 May")
	b.look("open")
	b.types("#f-answer", "Erdhi planted përgjigje")
	b.sees("Përgjigjja juaj mbërriti")
	if got := eval[[]string](b, `window.broken`); len(got) > 0 {
		t.Errorf("the content policy is broken: %v", got)
	}
	for _, x := range eval[[]string](b, `window.sent`) {
		if strings.Contains(x, l.code) || strings.Contains(x, url.QueryEscape(grouped)) || strings.Contains(x, "planted") {
			t.Errorf("what must stay in the browser leaves it: %s", x)
		}
	}
	if kept := eval[string](b, `JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])`); kept != `[{},{},""]` {
		t.Errorf("something stays in the browser: %s", kept)
	}
	s.get(l.door, 200, "Erdhi planted përgjigje", "1 of 3")
}
