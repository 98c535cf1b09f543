// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// party is the workers of an office, each with a browser's window of their own, in English. Its test is that of the part of a walk that
// is under way.
type party struct {
	t      *testing.T
	whole  *testing.T // until whose end windows stay open
	office *demo.Office
	key    string // the password of all
	first  context.Context
	l      *lang.Locale
	hands  map[string]*hand
	pages  int
}

func newParty(t *testing.T, s *demo.Stage, p demo.Place) *party {
	t.Helper()
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &party{t: t, whole: t, office: s.Offices[p], key: s.Password, first: browser(t), l: b.Locale("en", time.UTC), hands: map[string]*hand{}}
}

// at gives a worker, who signs in when first asked for.
func (p *party) at(login string) *hand {
	p.t.Helper()
	h := p.hands[login]
	if h == nil {
		h = &hand{p.t, newTab(p.whole, p.first, chromedp.WithNewBrowserContext()), p.l, p.office.URL, login, p.key, &p.pages}
		wear(p.t, h.tab, h.base, "en", "light", 1280)
		h.signIn()
		p.hands[login] = h
	}
	return h
}

// part walks a part of the way in a test of its own.
func (p *party) part(name string, walk func()) {
	p.whole.Run(name, func(t *testing.T) {
		p.t = t
		for _, h := range p.hands {
			h.t = t
		}
		walk()
	})
}

// visible is the first element in sight that a selector gives, or the last.
func visible(selector string, last bool) chromedp.JSPath {
	q, _ := json.Marshal(selector) // strings always marshal
	return chromedp.JSPath(fmt.Sprintf(`[...document.querySelectorAll(%s)].filter(e => e.checkVisibility()).at(%d) ?? null`, q, map[bool]int{false: 0, true: -1}[last]))
}

// along follows a link in sight on the page; it ends the test without one.
func (h *hand) along(selector string) {
	h.t.Helper()
	h.finds(visible(selector, false), selector)
	h.follows(chromedp.Click(visible(selector, false)))
}

func (h *hand) finds(at chromedp.JSPath, what string) {
	h.t.Helper()
	if !eval[bool](h.t, h.tab, `(`+string(at)+`) !== null`) {
		h.t.Fatalf("%s finds no %s at %s:\n%.3000s", h.login, what, h.where(), h.reads())
	}
}

// step goes from a record's page to one of its steps and sends the form there with what is entered.
func (h *hand) step(name string, entered ...string) {
	h.t.Helper()
	h.along(`main a[href$="/act/` + name + `"]`)
	h.enters(entered...)
	h.sends()
}

// enters puts values into the fields of a form, by name and value in turn: text is typed over what stands there, an option is chosen by
// a click.
func (h *hand) enters(entered ...string) {
	h.t.Helper()
	for i := 0; i+1 < len(entered); i += 2 {
		h.entersOne(entered[i], entered[i+1])
	}
}

func (h *hand) entersOne(name, value string) {
	h.t.Helper()
	n, _ := json.Marshal(name)
	v, _ := json.Marshal(value)
	boxes := fmt.Sprintf(`[...document.querySelectorAll('main input')].filter(e => e.name === %s && (e.type === 'radio' || e.type === 'checkbox'))`, n)
	box := chromedp.JSPath(fmt.Sprintf(`(%s.find(e => e.value === %s)?.closest('label') ?? null)`, boxes, v))
	field := chromedp.JSPath(fmt.Sprintf(`([...document.querySelectorAll('main [name]')].find(e => e.name === %s && e.type !== 'hidden') ?? null)`, n))
	switch kind := eval[string](h.t, h.tab, fmt.Sprintf(`%s.length ? 'box' : (%s?.type ?? '')`, boxes, field)); kind {
	case "":
		h.t.Fatalf("%s finds no field %q at %s", h.login, name, h.where())
	case "box":
		h.finds(box, name+"="+value)
		if !eval[bool](h.t, h.tab, string(box)+`.querySelector('input').checked`) {
			do(h.t, h.tab, chromedp.Click(box))
		}
		if !eval[bool](h.t, h.tab, string(box)+`.querySelector('input').checked`) {
			h.t.Fatalf("%s: %s was clicked at %s and is not ticked", name, value, h.where())
		}
	case "select-one", "date", "month", "number": // what a keyboard writes there depends on the machine's language
		if got := eval[string](h.t, h.tab, fmt.Sprintf(`(e => { e.focus(); e.value = %s; e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return e.value })(%s)`, v, field)); got != value {
			h.t.Fatalf("%s at %s: %q was chosen, %q stands there", name, h.where(), value, got)
		}
	default:
		eval[bool](h.t, h.tab, string(field)+`.select() ?? true`)
		do(h.t, h.tab, chromedp.SendKeys(field, value))
	}
}

// sends presses the button of the form on the page; the form must be taken.
func (h *hand) sends() {
	h.t.Helper()
	h.tries()
	if n := eval[int](h.t, h.tab, `performance.getEntriesByType('navigation')[0].responseStatus`); n >= 400 {
		h.t.Fatalf("what %s sent at %s was refused: %d\n%.3000s", h.login, h.where(), n, h.reads())
	}
}

// tries presses the button of the form on the page, whatever comes of it.
func (h *hand) tries() {
	h.t.Helper()
	const button = `main form[method="post"] .btn-primary`
	h.finds(visible(button, true), button)
	h.follows(chromedp.Click(visible(button, true)))
}

// uploads chooses a file for the form on the page and sends it.
func (h *hand) uploads(name, content string) {
	h.t.Helper()
	path := filepath.Join(h.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		h.t.Fatal(err)
	}
	do(h.t, h.tab, chromedp.SetUploadFiles(`main input[type="file"]`, []string{path}))
	h.tries()
}

// saves gives what a link in sight on the page would save.
func (h *hand) saves(selector string) []byte {
	h.t.Helper()
	h.finds(visible(selector, false), selector)
	raw := eval[string](h.t, h.tab, fmt.Sprintf(`fetch((%s).href).then(r => r.ok ? r.arrayBuffer() : Promise.reject(new Error('' + r.status))).then(b => Array.from(new Uint8Array(b), x => String.fromCharCode(x)).join(''))`, visible(selector, false)))
	out := make([]byte, 0, len(raw))
	for _, r := range raw { // each a byte
		out = append(out, byte(r))
	}
	return out
}
