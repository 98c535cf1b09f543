// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/measure/explorer/explorertest"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// figures writes the pages of releases into folders: with noise and an earlier release beside it in English and mirrored, and
// with small numbers withheld in French.
func figures(t *testing.T) (noisy, mirrored, own string) {
	t.Helper()
	texts, err := lang.Load(lang.WithTestLocales())
	if err != nil {
		t.Fatal(err)
	}
	books := map[string]explorer.Book{}
	for name, people := range map[string]int{"noisy": 6000, "earlier": 4000} {
		w, err := explorertest.Pooled(t.Context(), people, uint64(people))
		if err != nil {
			t.Fatal(err)
		}
		books[name] = explorer.Book{Whole: w}
	}
	earlier := books["earlier"]
	earlier.Release.ID, earlier.Release.From, earlier.Release.Until = "r-2021-01", "2016-01-01", "2020-12-31"
	w, err := explorertest.Suppressed(t.Context(), 900, 1)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := explorer.Folder(filepath.Join(dir, "noisy"), texts, books["noisy"], earlier); err != nil {
		t.Fatal(err)
	}
	if _, err := explorer.Folder(filepath.Join(dir, "own"), texts, explorer.Book{Whole: w}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "noisy", "mirrored.html"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := explorer.Write(f, books["noisy"], texts.Locale(lang.Mirrored, nil), explorer.Options{Earlier: []explorer.Book{earlier}}); err != nil {
		t.Fatal(err)
	}
	return "file://" + filepath.Join(dir, "noisy", "index.html"), "file://" + f.Name(), "file://" + filepath.Join(dir, "own", "index.fr.html")
}

// TestFiguresOpenWithoutAServer opens the pages of releases from a folder, chooses, and looks at them bright and dark, wide and
// narrow: no barrier, nothing sideways, no breach of their policy, nothing on the console.
func TestFiguresOpenWithoutAServer(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	tab := browser(t)
	noisy, mirrored, own := figures(t)
	if _, err := chromedp.Call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `addEventListener('error', e => __csp.push(String(e.message)))`}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		name, url, choose, theme string
		widths                   []int64
	}{
		{"noisy", noisy, "#r0-0 .name button", "light", []int64{1280, 320}},
		{"mirrored", mirrored, "#r3-4 .name button", "dark", []int64{1280, 320}},
		{"own", own, "#r0-1 .name button", "light", []int64{320}}} {
		if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: p.theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}); err != nil {
			t.Fatal(err)
		}
		resize(t, tab, p.widths[0])
		do(t, tab, chromedp.Navigate(p.url), chromedp.WaitReady("#told:not(:empty)"))
		for _, width := range p.widths {
			resize(t, tab, width)
			name := fmt.Sprintf("%s, %s %d px", p.name, p.theme, width)
			lookAtFigures(t, tab, name)
			shoot(t, tab, fmt.Sprintf("figures-%s-%s-%d", p.name, p.theme, width))
			if width == 1280 {
				if p.name == "noisy" {
					sharesOf(t, tab)
				}
				continue
			}
			press(t, tab, p.choose)
			if got := eval[string](t, tab, `document.querySelector('#chips').innerText`); got == "" {
				t.Errorf("%s: nothing was chosen", name)
			}
			lookAtFigures(t, tab, name+", chosen")
			shoot(t, tab, fmt.Sprintf("figures-%s-%s-%d-chosen", p.name, p.theme, width))
			press(t, tab, "#chips button")
			if got := eval[string](t, tab, `document.querySelector('#chips').innerText`); got != "" {
				t.Errorf("%s: %s is still chosen", name, got)
			}
		}
	}
}

// press presses what lies on top where something is, as a finger does.
func press(t *testing.T, tab context.Context, what string) {
	t.Helper()
	if !eval[bool](t, tab, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q)
		e.scrollIntoView({block: 'center'})
		const r = e.getBoundingClientRect(), on = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)
		on?.click()
		return e.contains(on)
	})()`, what)) {
		t.Errorf("something lies over %s", what)
	}
}

// sharesOf turns on shares: each is of the people whose answer is known.
func sharesOf(t *testing.T, tab context.Context) {
	t.Helper()
	press(t, tab, "#shares")
	got := eval[string](t, tab, `JSON.stringify((() => {
		const d = JSON.parse(document.getElementById('data').textContent), t = k => d.tables.find(t => t.c.join() === k), known = t('').v[0] - Math.max(t('1').v[6], 0)
		const [main, range] = [...document.querySelectorAll('#r1-3 td span')].map(e => e.textContent)
		return {want: Math.round(100 * t('1').v[3] / known) + '%', main, range}
	})())`)
	var x struct{ Want, Main, Range string }
	if err := json.Unmarshal([]byte(got), &x); err != nil || x.Main != x.Want || !strings.HasSuffix(x.Range, "%") || !strings.Contains(x.Range, "–") {
		t.Errorf("shares: %s, %v", got, err)
	}
	press(t, tab, "#shares")
}

// lookAtFigures looks at a page that is open, as lookScript does at an office's.
func lookAtFigures(t *testing.T, tab context.Context, name string) {
	t.Helper()
	if !eval[bool](t, tab, `typeof axe === 'object'`) {
		eval[bool](t, tab, axe+`;typeof axe === 'object'`)
	}
	var x seen
	if err := json.Unmarshal([]byte(eval[string](t, tab, `(async () => {
		const r = await axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'], resultTypes: ['violations'], preload: false})
		return JSON.stringify({wide: document.documentElement.scrollWidth - document.documentElement.clientWidth, text: document.body.innerText,
			barriers: r.violations.map(v => ({id: v.id, impact: v.impact, where: v.nodes.slice(0,3).map(n => n.html.slice(0,160))})), breaches: window.__csp})
	})()`)), &x); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if x.Wide > 0 {
		t.Errorf("%s scrolls sideways by %d px", name, x.Wide)
	}
	if noWord.MatchString(x.Text) || strings.Contains(x.Text, "{") || strings.Contains(x.Text, "undefined") || strings.Contains(x.Text, "NaN") {
		t.Errorf("%s shows what is no text", name)
	}
	for _, f := range x.Barriers {
		t.Errorf("%s: %s (%s): %s", name, f.ID, f.Impact, strings.Join(f.Where, " | "))
	}
	if len(x.Breaches) > 0 {
		t.Errorf("%s: %v", name, x.Breaches)
	}
}
