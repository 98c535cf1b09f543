// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestEveryPageThatALinkLeadsTo looks at every shape of page that the workers named in ENTRAIDE_CRAWL (logins with commas
// between, or "all") come to by following links from their first page. It takes an hour, so it runs when asked; the pages
// of TestEveryPageForEveryone are looked at always.
func TestEveryPageThatALinkLeadsTo(t *testing.T) {
	who := os.Getenv("ENTRAIDE_CRAWL")
	if who == "" {
		t.Skip("ENTRAIDE_CRAWL names no worker")
	}
	first := browser(t)
	s := furnished(t)
	for _, door := range s.Doors() {
		for _, w := range door.People {
			if who != "all" && !slices.Contains(strings.Split(who, ","), w.Login) {
				continue
			}
			t.Run(w.Login, func(t *testing.T) {
				t.Parallel()
				tab := newTab(t, first, chromedp.WithNewBrowserContext())
				signIn(t, tab, door, w.Login, s.Password)
				n := crawl(t, tab, door.URL, w.Login)
				t.Logf("%d shapes of pages", n)
				if n < 10 {
					t.Errorf("only %d shapes of pages: the walk ended early", n)
				}
			})
		}
	}
}

// crawl looks at one page of each shape that links lead to, and says how many there were.
func crawl(t *testing.T, tab context.Context, base, login string) int {
	t.Helper()
	known, n := map[string]bool{shape("/"): true}, 0
	for todo := []string{"/"}; len(todo) > 0; todo = todo[1:] {
		p := todo[0]
		got := follow(t, tab, base, p)
		if got.Status >= 400 {
			t.Errorf("a link leads to %s, which answers %d", p, got.Status)
		}
		if got.Status != 200 || !strings.HasPrefix(got.Type, "text/html") {
			continue
		}
		n++
		see(t, tab, base, p, login+strings.ReplaceAll(shape(p), "/", "-"))
		for _, l := range got.Links {
			if s := shape(l); !known[s] {
				known[s] = true
				todo = append(todo, l)
			}
		}
	}
	return n
}

// step is what following a link gives.
type step struct {
	Status int      `json:"status"`
	Type   string   `json:"type"`
	Links  []string `json:"links"`
}

// follow asks for a page as the one signed in, waiting where the office says that this is too quick.
func follow(t *testing.T, tab context.Context, base, path string) step {
	t.Helper()
	do(t, tab, chromedp.Navigate(base+"/account"), chromedp.WaitReady("body"))
	var x step
	if err := json.Unmarshal([]byte(eval[string](t, tab, fmt.Sprintf(followScript, path))), &x); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return x
}

// followScript leaves out what ends the session or changes how pages look.
const followScript = `(async path => {
	let r
	for (let i = 0; i < 60; i++) {
		r = await fetch(path)
		if (r.status !== 429) break
		await new Promise(f => setTimeout(f, 1000))
	}
	const type = r.headers.has('content-disposition') ? 'a file' : r.headers.get('content-type') || '', links = []
	if (r.ok && type.startsWith('text/html')) {
		const page = new DOMParser().parseFromString(await r.text(), 'text/html')
		for (const a of page.querySelectorAll('a[href^="/"]')) {
			const u = new URL(a.getAttribute('href'), location.origin)
			if (!a.hasAttribute('download') && u.pathname !== '/signout') links.push(u.pathname + u.search)
		}
	}
	return JSON.stringify({status: r.status, type, links})
})(%q)`

// things are the parts of an address that name one thing of many.
var things = regexp.MustCompile(`/(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|[0-9]+|[0-9a-z-]*[A-Z][0-9A-Za-z-]*)(?:/|$)|/schemes/[^/]+`)

// shape gives the address of a page without the things it shows: pages of one shape are of one kind.
func shape(address string) string {
	p, _, _ := strings.Cut(address, "?")
	for {
		q := things.ReplaceAllStringFunc(p, func(s string) string {
			if strings.HasPrefix(s, "/schemes/") {
				return "/schemes*"
			}
			return "/*" + s[len(strings.TrimSuffix(s, "/")):]
		})
		if q == p {
			return p
		}
		p = q
	}
}

// Pages that show another thing of the same kind have one shape.
func TestShapesOfAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"/": "/", "/programme/activities/P4-G1/edit?x=1": "/programme/activities/*/edit", "/programme/schemes/nap2": "/programme/schemes*",
		"/cases/019f12d8-7338-7c0d-ab93-fbe954fd8338/consents/new": "/cases/*/consents/new", "/a/1/2/b": "/a/*/*/b", "/languages/sq": "/languages/sq",
	} {
		if got := shape(address); got != want {
			t.Errorf("%s is of shape %s, not %s", address, got, want)
		}
	}
}
