// SPDX-License-Identifier: EUPL-1.2

package event_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/entraide-thb/entraide/internal/platform/page/browsertest"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// lectern is a laptop with a browser, and a network that can be away.
type lectern struct {
	t    *testing.T
	tab  context.Context
	url  string
	away atomic.Bool
}

func newLectern(t *testing.T, s *programmetest.Site) *lectern {
	t.Helper()
	l := &lectern{t: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.away.Load() { // as if the cable were out
			panic(http.ErrAbortHandler)
		}
		s.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	l.url = server.URL
	l.tab = browsertest.Tab(t, 90*time.Second)
	return l
}

func (l *lectern) do(actions ...chromedp.Action[chromedp.Void]) {
	l.t.Helper()
	if err := chromedp.Do(l.tab, actions...); err != nil {
		l.t.Fatal(err)
	}
}

// until waits, at most half a minute, for a script to be true.
func (l *lectern) until(script string) {
	l.t.Helper()
	ok, err := chromedp.Run(l.tab, chromedp.Evaluate[bool](`new Promise((yes) => { const end = Date.now() + 30000; const look = () => { if (`+script+`) yes(true); else if (Date.now() > end) yes(false); else setTimeout(look, 50) }; look() })`, chromedp.EvalAwaitPromise))
	if err != nil || !ok {
		body, _ := chromedp.Run(l.tab, chromedp.Evaluate[string](`document.body.innerText`))
		l.t.Fatalf("not true within half a minute: %s (%v)\n%s", script, err, body)
	}
}

// keep types a note and keeps it.
func (l *lectern) keep(take, text string) {
	l.t.Helper()
	l.do(chromedp.Click(`input[name=take][value=`+take+`]`), chromedp.SetValue(`#f-theme`, "data"), chromedp.SendKeys(`#f-text`, text), chromedp.Click(`form[data-capture] .btn-primary`))
}

// TestNotesWithoutNetwork: what is noted without network stays, over a reload too, and is sent once when the network is back.
func TestNotesWithoutNetwork(t *testing.T) {
	s, at := staged(t)
	l := newLectern(t, s)
	l.do(chromedp.Navigate(l.url+at+"/capture"), chromedp.WaitVisible(`form[data-capture]`))
	l.until(`document.querySelector('form').dataset.ready === '1' || document.querySelector('form[data-capture]').dataset.ready === '1'`)
	l.away.Store(true)
	l.keep("need", "Forms in two languages")
	l.keep("action", "Send the list of contacts")
	l.until(`document.querySelectorAll('#notes-here li').length === 2`)
	l.do(chromedp.Reload(), chromedp.WaitVisible(`form[data-capture]`)) // the laptop was closed and opened again
	l.until(`document.querySelectorAll('#notes-here li').length === 2 && document.querySelector('#notes-state').textContent.startsWith('2 ')`)
	l.keep("practice", "A leaflet that taxi drivers hand out")
	l.until(`document.querySelectorAll('#notes-here li').length === 3`)
	id := strings.TrimPrefix(at, event.Path+"/")
	stored := func() int {
		s.Who = s.Officer
		b := s.Page(event.Path+"/"+id+"/notes", "en")
		return strings.Count(b, "Forms in two languages") + strings.Count(b, "Send the list of contacts") + strings.Count(b, "A leaflet that taxi drivers")
	}
	if n := stored(); n != 0 {
		t.Fatalf("%d notes came without network", n)
	}
	l.away.Store(false)
	l.do(chromedp.Click(`#notes-send`))
	l.until(`document.querySelectorAll('#notes-here li').length === 0 && document.querySelector('#notes-state').textContent.startsWith('Nothing waits')`)
	if n := stored(); n != 3 {
		t.Errorf("%d notes came, not 3", n)
	}
}

// TestShots keeps pictures of the pages, when asked where to.
func TestShots(t *testing.T) {
	dir := os.Getenv("ENTRAIDE_SHOTS")
	if dir == "" {
		t.Skip("ENTRAIDE_SHOTS names no folder")
	}
	s, at := staged(t)
	for _, c := range []string{"AL", "RO", "MK"} {
		s.Saved(at+"/countries/new", map[string][]string{"country": {c}, "seats": {"2"}})
	}
	s.Ask("POST", at+"/invite", "en", nil)
	for _, c := range []string{"AL", "RO"} {
		s.Saved(at+"/people/new", map[string][]string{"country": {c}, "name": {"Person of " + c}, "function": {"Inspector, labour inspectorate"}, "profession": {"labour_inspectors"}, "language": {"sq"}, "mode": {"in_person"}})
	}
	for _, m := range personLink.FindAllStringSubmatch(s.Page(at+"/people", "en"), 1) {
		s.Saved(at+"/people/"+m[1], map[string][]string{"what": {"accept"}})
	}
	session := ""
	if m := capturedSession.FindStringSubmatch(s.Page(at+"/capture", "en")); m != nil {
		session = m[1]
	}
	d := &device{s: s, at: at, who: s.Officer}
	d.note("need", session, "data", "Forms in two languages for the border police", "urgency", "now", "groups", []string{"border"})
	d.note("need", session, "data", "Forms in two languages for border police posts", "urgency", "year")
	d.note("action", session, "exchange", "Send the list of contacts to every coordinator", "due", "2026-12-01")
	d.note("practice", session, "rights", "A leaflet that taxi drivers hand out")
	d.send()
	s.Who = s.Officer
	l := newLectern(t, s)
	for _, below := range []string{"", "/countries", "/people", "/presence", "/notes", "/minutes", "/capture", "/edit"} {
		for _, look := range []struct {
			lang, theme string
			width       int64
		}{{"en", "light", 1280}, {"fr", "dark", 320}, {"ar-XB", "light", 320}} {
			for name, value := range map[string]string{"lang": look.lang, "theme": look.theme} {
				if _, err := chromedp.Call(l.tab, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: l.url}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := chromedp.Call(l.tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: look.width, Height: 900, DeviceScaleFactor: 1, Mobile: look.width < 600}); err != nil {
				t.Fatal(err)
			}
			l.do(chromedp.Navigate(l.url+at+below), chromedp.WaitReady("body"))
			if wide, err := chromedp.Run(l.tab, chromedp.Evaluate[int64](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); err != nil || wide > 0 {
				t.Errorf("%s %s scrolls sideways by %d", below, look.lang, wide)
			}
			axe, err := os.ReadFile("../../../test/testdata/axe.min.js")
			if err != nil {
				t.Fatal(err)
			}
			found, err := chromedp.Run(l.tab, chromedp.Evaluate[string](string(axe)+`;axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0,2).map(n => n.html.slice(0,140)).join(' | ')).join('\n'))`, chromedp.EvalAwaitPromise))
			if err != nil || found != "" {
				t.Errorf("%s %s: %s %v", below, look.lang, found, err)
			}
			png, err := chromedp.Run(l.tab, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "event"+strings.ReplaceAll(below, "/", "-")+"-"+look.lang+".png"), png, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
