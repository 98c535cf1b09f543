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
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/page/browsertest"
)

//go:embed testdata/axe.min.js
var axe string

// browser gives a tab of a fresh Chromium.
func browser(t *testing.T) context.Context {
	t.Helper()
	return newTab(t, browsertest.Browser(t, time.Hour))
}

// newTab gives another tab of a browser, watched.
func newTab(t *testing.T, of context.Context, as ...chromedp.ContextOption) context.Context {
	t.Helper()
	tab, closeTab := chromedp.NewContext(of, as...)
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

// looks are the ways in which every page is looked at: it is loaded once for each language, and then the window's width
// and the brightness change. Between them pages are loaded at both widths and brightnesses. Colours are the same in every
// language, and what stands where is the same in both brightnesses: barriers of colour are sought in English in both, the
// others in every language in one, at both widths.
var looks = []struct {
	lang   string
	themes []string
	widths []int64
	seek   []barriers // in each of the themes
}{{"en", []string{"light", "dark"}, []int64{1280, 320}, []barriers{all, ofColour}},
	{"fr", []string{"light"}, []int64{320}, []barriers{notOfColour}},
	{"ar-XB", []string{"dark", "light"}, []int64{320, 1280}, []barriers{notOfColour, none}}}

// barriers says which are sought: the options of axe, as script.
type barriers string

const (
	all         barriers = `{runOnly: tags}`
	ofColour    barriers = `{runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}}`
	notOfColour barriers = `{runOnly: tags, rules: {'color-contrast': {enabled: false}, 'link-in-text-block': {enabled: false}}}`
	none        barriers = `null`
)

// perPage bounds how long a page may take in all its looks in one language; usually it takes three seconds.
const perPage = 90 * time.Second

// see opens a page in every look, and finds barriers, sideways scrolling, breaches of the content policy
// and texts that no catalogue has.
func see(t *testing.T, tab context.Context, base, path, shot string) {
	t.Helper()
	for _, l := range looks {
		ctx, cancel := context.WithTimeout(tab, perPage)
		wear(t, ctx, base, l.lang, l.themes[0], l.widths[0])
		if err := chromedp.Do(ctx, chromedp.Navigate(base+path), chromedp.WaitReady("body")); err != nil {
			t.Fatalf("%s, %s: %v", path, l.lang, err)
		}
		if got := eval[string](t, ctx, `document.documentElement.dataset.bsTheme`); got != l.themes[0] && !strings.HasPrefix(path, "/rights") && !strings.HasPrefix(path, "/letters/") { // pages for the public keep no choices
			t.Errorf("%s, %s: asked for %s, and is %s", path, l.lang, l.themes[0], got)
		}
		for i, theme := range l.themes {
			for _, width := range l.widths {
				resize(t, ctx, width)
				look(t, ctx, fmt.Sprintf("%s, %s %s %d px", path, l.lang, theme, width), theme, l.seek[i])
				shoot(t, ctx, fmt.Sprintf("%s-%s-%s-%d", shot, l.lang, theme, width))
			}
		}
		cancel()
	}
}

// seen is what a look at a page finds.
type seen struct {
	Broken   bool      `json:"broken"`
	Wide     int64     `json:"wide"`
	Text     string    `json:"text"`
	Barriers []finding `json:"barriers"`
	Breaches []string  `json:"breaches"`
}

type finding struct {
	ID     string   `json:"id"`
	Impact string   `json:"impact"`
	Where  []string `json:"where"`
}

// look looks at a page that is loaded, in a brightness, for barriers.
func look(t *testing.T, tab context.Context, name, theme string, seek barriers) {
	t.Helper()
	x := found(t, tab, name, theme, seek)
	if x.Broken {
		t.Errorf("%s is broken", name)
	}
	if x.Wide > 0 {
		t.Errorf("%s scrolls sideways by %d px", name, x.Wide)
	}
	if noWord.MatchString(x.Text) {
		t.Errorf("%s shows a text that no catalogue has: %s", name, noWord.FindString(x.Text))
	}
	for _, f := range x.Barriers {
		t.Errorf("%s: %s (%s): %s", name, f.ID, f.Impact, strings.Join(f.Where, " | "))
	}
	if len(x.Breaches) > 0 {
		t.Errorf("%s breaches the content policy: %v", name, x.Breaches)
	}
}

// found gives what a look finds.
func found(t *testing.T, tab context.Context, name, theme string, seek barriers) (x seen) {
	t.Helper()
	if !eval[bool](t, tab, `typeof axe === 'object'`) {
		eval[bool](t, tab, axe+`;typeof axe === 'object'`)
	}
	if err := json.Unmarshal([]byte(eval[string](t, tab, fmt.Sprintf(lookScript, theme, seek))), &x); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return x
}

// lookScript makes a page bright or dark, as the server writes it, and looks at it when nothing moves any more.
const lookScript = `(async (theme, seek) => {
	document.documentElement.dataset.bsTheme = document.querySelector('meta[name=color-scheme]').content = theme
	for (const a of document.getAnimations()) { try { a.finish() } catch { a.cancel() } }
	const r = seek ? await axe.run(document, {...seek, resultTypes: ['violations'], preload: false}) : {violations: []}
	return JSON.stringify({
		broken: document.querySelector('.trouble') !== null,
		wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		text: document.body.innerText,
		barriers: r.violations.map(v => ({id: v.id, impact: v.impact, where: v.nodes.slice(0,3).map(n => n.html.slice(0,160))})),
		breaches: window.__csp})
})(%q, (tags => (%s))(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']))`

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

// wear sets language, brightness and width.
func wear(t *testing.T, tab context.Context, base, lang, theme string, width int64) {
	t.Helper()
	for name, value := range map[string]string{"lang": lang, "theme": theme} {
		if _, err := chromedp.Call(tab, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: base}); err != nil {
			t.Fatal(err)
		}
	}
	resize(t, tab, width)
}

// resize sets the window's width.
func resize(t *testing.T, tab context.Context, width int64) {
	t.Helper()
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
	"nikos":  {"/", "/resemblances", "/programme/activities/P4-G1/figure", "/people", "/people/new", "/settings", "/account/tokens/new", "/account/prove", "/gallery", "/log", "/rights-texts", "/rights-texts first", "/partners", "/partners/new", "/office", "/partners first", "/languages", "/guests", "/guests/new"},
	"arta":   {"/", "/referrals", "/referrals first", "/screening/signals first", "/requests"},
	"claire": {"/", "/programme", "/programme/figures", "/programme/activities", "/programme/matrix", "/programme/map", "/programme/calendar?year=2021", "/programme/countries/AL", "/programme/gaps", "/programme/activities/P4-G1", "/programme/activities/P4-G1/edit", "/programme/organisations", "/programme/report?lang=fr", "/programme/report?lang=en&date=2026-09-14", "/programme/plan?lang=en", "/programme/events", "/programme/events/new", "/programme/needs", "/programme/needs/new", "/programme/actions", "/programme/actions/new", "/programme/grants", "/programme/calls", "/programme/calls/new/act/edit", "/programme/funds/new/act/edit", "/programme/studies", "/programme/studies/new/act/commission", "/programme/recommendations", "/programme/recommendations/import", "/programme/recommendations/reply", "/programme/results", "/programme/results/C3?year=2026", "/programme/results/I1", "/programme/trainings", "/programme/trainings/new", "/programme/deadlines", "/programme/recommendations/years", "/programme/letters", "/programme/letters first", "/programme/letters/new", "/programme/readers", "/programme/readers/server", "/programme/knowledge", "/programme/knowledge first", "/programme/knowledge/new", "/programme/materials", "/programme/materials first", "/programme/policies", "/programme/policies first", "/programme/policies/new", "/programme/partnerships", "/programme/partnerships first", "/programme/measures", "/programme/reported", "/programme/activities/import", "/programme/rounds", "/programme/rounds first", "/programme/rounds/new/act/open", "/programme/changes", "/programme/changes first", "/programme/directory", "/programme/directory first", "/programme/directory/cards", "/programme/schemes", "/programme/schemes first", "/programme/yearbook", "/programme/yearbook/bring"},
	"agim": {"/", "/screening", "/screening/new/form?who=child&role=border&set=smuggling", "/screening/signals", "/subjects", "/subjects first", "/matching", "/requests", "/requests/all first", "/requests/new", "/correspondence", "/correspondence/new",
		"/terms", "/terms/new", "/terms first", "/partners first > a[href$='/by-hand']"},
	"sofia":   {"/statistics", "/statistics/plan", "/statistics/budgets/persons", "/statistics/joint/new", "/statistics/estimate", "/statistics/returns", "/statistics/returns first"},
	"stavros": {"/groups", "/groups/new"},
	"dimitra": {"/", "/subjects/new", "/subjects/import", "/matching > a[href^='/matching/0']"},
	"odile":   {"/programme/committee", "/programme/committee first", "/programme/committee first > a[href$='/ballot']", "/programme/agreements", "/programme/agreements first", "/programme/agreements first > main table a"},
}

// TestEveryPageForEveryone looks at the pages of each worker beside those of the others, each in a browser of its own
// (cookies, and who is signed in) within one Chromium, on one stage.
func TestEveryPageForEveryone(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	first := browser(t)
	s := furnished(t)
	public := strings.Replace(s.Doors()[0].URL, "127.0.0.1", "localhost", 1) // the other host name
	t.Run("public", func(t *testing.T) {
		t.Parallel()
		tab := newTab(t, first, chromedp.WithNewBrowserContext())
		for i, p := range []string{"/rights", "/rights/GR?lang=fr", "/rights/BG?lang=en"} {
			see(t, tab, public, p, fmt.Sprintf("public-%d", i))
		}
		see(t, tab, strings.Replace(s.Offices[demo.French].URL, "127.0.0.1", "localhost", 1), "/letters/1", "public-letter")
		for i, door := range s.Doors() {
			see(t, tab, door.URL, "/signin", fmt.Sprintf("%d-signin", i))
		}
	})
	for i, door := range s.Doors() {
		for _, w := range door.People {
			for half := range 2 { // the longer lists in two
				if some := halfOf(paths[w.Login], half); len(some) > 0 {
					t.Run(fmt.Sprintf("%s %d", w.Login, half), func(t *testing.T) {
						t.Parallel()
						tab := newTab(t, first, chromedp.WithNewBrowserContext())
						signIn(t, tab, door, w.Login, s.Password)
						seeAll(t, tab, door.URL, some, fmt.Sprintf("%d-%s", i, w.Login))
					})
				}
			}
		}
	}
}

// A look finds a text too pale in the brightness in which it is too pale, and a field without a name in any.
func TestALookFindsBarriers(t *testing.T) {
	tab := browser(t)
	do(t, tab, chromedp.Navigate(`data:text/html,<html lang=en><head><meta name=color-scheme content=light><title>T</title><style>body{background:white;color:black}[data-bs-theme=dark] p{color:%23ddd}</style></head><body><main><h1>H</h1><p>Pale</p><input></main></body></html>`), chromedp.WaitReady("input"))
	if !eval[bool](t, tab, `matchMedia('(prefers-reduced-motion: reduce)').matches`) {
		t.Error("pages move under the clicks of tests")
	}
	for _, c := range []struct {
		theme string
		seek  barriers
		want  []string
	}{{"light", all, []string{"label"}}, {"dark", ofColour, []string{"color-contrast"}}, {"dark", notOfColour, []string{"label"}}, {"dark", none, nil}, {"dark", all, []string{"color-contrast", "label"}}} {
		var got []string
		for _, f := range found(t, tab, "a page", c.theme, c.seek).Barriers {
			got = append(got, f.ID)
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s, %s: %v, not %v", c.theme, c.seek, got, c.want)
		}
	}
}

// halfOf gives every second path.
func halfOf(all []string, half int) (out []string) {
	for i, p := range all {
		if i%2 == half {
			out = append(out, p)
		}
	}
	return out
}

// seeAll looks at pages; what stands before " > " has a link to what follows, and "first" is the first thing on a list.
func seeAll(t *testing.T, tab context.Context, base string, paths []string, shot string) {
	t.Helper()
	for _, p := range paths {
		if only := os.Getenv("ENTRAIDE_PAGES"); only != "" && !strings.Contains(p, only) {
			continue
		}
		name := shot + strings.NewReplacer("/", "-", " ", "-", "#", "", "'", "", "?", "-", "&", "-").Replace(p)
		p, links, _ := strings.Cut(p, " > ")
		if from, first := strings.CutSuffix(p, " first"); first {
			do(t, tab, chromedp.Navigate(base+from), chromedp.WaitReady("main table a"))
			p = eval[string](t, tab, `new URL(document.querySelector('main table a').href).pathname`)
		}
		for link := range strings.SplitSeq(links, " > ") {
			if link == "" {
				continue
			}
			do(t, tab, chromedp.Navigate(base+p), chromedp.WaitReady(link))
			p = eval[string](t, tab, fmt.Sprintf(`new URL(document.querySelector(%q).href).pathname`, link))
		}
		see(t, tab, base, p, name)
	}
}
