// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// hand is one worker before one office's pages. It finds things by the words that stand on them, clicks and types, and
// looks at every page that it comes to.
type hand struct {
	t        *testing.T
	tab      context.Context
	l        *lang.Locale // in which this worker reads
	base     string
	login    string
	password string
	pages    *int // that were come to, of all hands
}

// hands gives the workers of a stage their places in one browser.
func hands(t *testing.T, s *demo.Stage) func(p demo.Place, login, language string) *hand {
	t.Helper()
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	tab, pages := browser(t), 0
	return func(p demo.Place, login, language string) *hand {
		return &hand{t, tab, b.Locale(language, time.UTC), s.Offices[p].URL, login, s.Password, &pages}
	}
}

// hers gives a text as the person of the story reads it.
func (h *hand) hers(key string) string {
	h.t.Helper()
	b, err := lang.Load()
	if err != nil {
		h.t.Fatal(err)
	}
	return b.Person([]string{"sq"}, h.l).T(key)
}

// strikes strikes one key, as a keyboard does: what the page does with it comes before the letter.
func (h *hand) strikes(key string) {
	h.t.Helper()
	for _, typ := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		p := input.DispatchKeyEventParams{Type: typ, Key: key}
		if typ == input.DispatchKeyEventTypeKeyDown && len(key) == 1 {
			p.Text = key
		}
		if _, err := chromedp.Call(h.tab, input.DispatchKeyEvent, p); err != nil {
			h.t.Fatal(err)
		}
	}
}

// has finds what is seen on a page: elements that a selector gives, whose words (or the first of them) are these,
// capitals aside.
const has = `((q, words) => { const flat = s => s.replace(/\s+/g, ' ').trim().toLowerCase()
const said = e => [flat(e.getAttribute('aria-label') ?? ''), flat(e.textContent), flat(e.querySelector('span')?.firstChild?.textContent ?? '')]
return [...document.querySelectorAll(q)].find(e => e.checkVisibility() && said(e).includes(words.toLowerCase())) ?? null })`

// named is the element that a selector and words name.
func named(selector, words string) chromedp.JSPath {
	q, _ := json.Marshal(selector) // strings always marshal
	w, _ := json.Marshal(words)
	return chromedp.JSPath(fmt.Sprintf("%s(%s, %s)", has, q, w))
}

// arrived is the body of another page than the one that follows left, once it is whole.
const arrived = chromedp.JSPath(`window.stays === undefined && document.readyState === 'complete' ? document.body : null`)

// follows does what leads to another page, and looks at that.
func (h *hand) follows(acts ...void) {
	h.t.Helper()
	eval[bool](h.t, h.tab, `window.stays = true`)
	do(h.t, h.tab, append(acts, chromedp.WaitReady(arrived))...)
	h.looks()
}

// looks finds what no page may have: trouble, a breach of the content policy, a text that no catalogue has.
func (h *hand) looks() {
	h.t.Helper()
	*h.pages++
	shoot(h.t, h.tab, fmt.Sprintf("story-%02d-%s", *h.pages, h.login))
	var seen struct {
		Where, Text string
		Trouble     bool
		CSP         []string
	}
	raw := eval[string](h.t, h.tab, `JSON.stringify({Where: location.pathname, Text: document.body.innerText, Trouble: document.querySelector('.trouble-id') !== null, CSP: window.__csp ?? ['not watched']})`)
	if err := json.Unmarshal([]byte(raw), &seen); err != nil {
		h.t.Fatal(err)
	}
	if seen.Trouble || len(seen.CSP) > 0 || noWord.MatchString(seen.Text) {
		h.t.Errorf("%s at %s: trouble %t, breaches %v, text %q", h.login, seen.Where, seen.Trouble, seen.CSP, noWord.FindString(seen.Text))
	}
}

// types an address, as from a bookmark.
func (h *hand) goes(path string) {
	h.t.Helper()
	h.follows(chromedp.Navigate(h.base + path))
}

// signIn signs in at the office's door, by keys.
func (h *hand) signIn() {
	h.t.Helper()
	h.goes("/signin")
	h.signsIn()
}

// signsIn fills in the page that asks who one is.
func (h *hand) signsIn() {
	h.t.Helper()
	if at := eval[string](h.t, h.tab, `document.activeElement.name ?? ''`); at != "login" {
		h.t.Errorf("at the sign-in page the cursor stands in %q", at)
	}
	do(h.t, h.tab, chromedp.SendKeys("#f-login", h.login))
	h.follows(chromedp.SendKeys("#f-password", h.password+"\r"))
}

// leaves forgets who was signed in anywhere.
func (h *hand) leaves() {
	h.t.Helper()
	if _, err := chromedp.Call(h.tab, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		h.t.Fatal(err)
	}
}

// press clicks the link or button that says a catalogue's text, in main or where else.
func (h *hand) press(words string, where ...string) {
	h.t.Helper()
	h.must(words, where)
	h.follows(chromedp.Click(named(controls(where), words)))
}

func controls(where []string) string {
	in := "main"
	if len(where) > 0 {
		in = where[0]
	}
	return in + " a[href], " + in + " button, " + in + " summary"
}

// opens clicks what unfolds on the page itself.
func (h *hand) opens(words string, where ...string) {
	h.t.Helper()
	h.must(words, where)
	do(h.t, h.tab, chromedp.Click(named(controls(where), words)))
}

// must ends the test when nothing that can be clicked says a text.
func (h *hand) must(words string, where []string) {
	h.t.Helper()
	if !h.offers(words, where...) {
		h.t.Fatalf("nothing to click says %q to %s at %s:\n%s", words, h.login, h.where(), h.reads())
	}
}

// offers says whether a link or button says a text.
func (h *hand) offers(words string, where ...string) bool {
	h.t.Helper()
	return eval[bool](h.t, h.tab, string(named(controls(where), words))+` !== null`)
}

// fill types into a field.
func (h *hand) fill(name, text string) {
	h.t.Helper()
	do(h.t, h.tab, chromedp.Click(chromedp.ID("f-"+name)), chromedp.SendKeys(chromedp.ID("f-"+name), text))
}

// pick ticks an option of a question by its words; of a list, it types them.
func (h *hand) pick(name string, words ...string) {
	h.t.Helper()
	if eval[bool](h.t, h.tab, fmt.Sprintf(`document.getElementById(%q)?.tagName === 'SELECT'`, "f-"+name)) {
		do(h.t, h.tab, chromedp.Focus(chromedp.ID("f-"+name)), chromedp.SendKeys(chromedp.ID("f-"+name), words[0]))
		if got := eval[string](h.t, h.tab, fmt.Sprintf(`document.getElementById(%q).selectedOptions[0].text`, "f-"+name)); !strings.HasPrefix(got, words[0]) {
			h.t.Fatalf("%s: %q was typed in the list, %q is chosen", name, words[0], got)
		}
		return
	}
	for _, w := range words {
		label := named(fmt.Sprintf(`main label:has(input[name=%q])`, name), w)
		do(h.t, h.tab, chromedp.Click(label))
		if !eval[bool](h.t, h.tab, string(label)+`.control.checked`) {
			h.t.Fatalf("%s: %q was clicked at %s and is not ticked", name, w, h.where())
		}
	}
}

// reads gives what stands in sight, in main or where else.
func (h *hand) reads(where ...string) string {
	h.t.Helper()
	in := "main"
	if len(where) > 0 {
		in = where[0]
	}
	q, _ := json.Marshal(in)
	return eval[string](h.t, h.tab, fmt.Sprintf(`document.querySelector(%s)?.innerText ?? ''`, q))
}

// says fails for texts that do not stand on the page. A line may begin with a capital that the catalogue does not have.
func (h *hand) says(texts ...string) {
	h.t.Helper()
	body := h.reads()
	for _, x := range texts {
		if !strings.Contains(strings.ToLower(body), strings.ToLower(x)) {
			h.t.Errorf("%s does not read %q at %s:\n%s", h.login, x, h.where(), body)
		}
	}
}

// hides fails for texts that are anywhere in the page, in sight or not.
func (h *hand) hides(texts ...string) {
	h.t.Helper()
	page := eval[string](h.t, h.tab, `document.documentElement.outerHTML`)
	for _, x := range texts {
		if strings.Contains(page, x) {
			h.t.Errorf("%s finds %q at %s", h.login, x, h.where())
		}
	}
}

func (h *hand) where() string {
	h.t.Helper()
	return eval[string](h.t, h.tab, `location.pathname`)
}

// standIn answers in place of a site far away, and gives its address.
func standIn(t *testing.T, tab context.Context, site string) string {
	t.Helper()
	if _, err := chromedp.Call(tab, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: site + "*"}}}); err != nil {
		t.Fatal(err)
	}
	paused := chromedp.Events(tab, fetch.RequestPaused) // from now on
	go func() {
		for e, err := range paused {
			if err != nil {
				return
			}
			_, _ = chromedp.Call(tab, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: e.RequestID, ResponseCode: 200, Body: []byte("far away")})
		}
	}()
	return site
}
