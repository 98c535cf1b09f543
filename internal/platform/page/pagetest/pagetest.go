// SPDX-License-Identifier: EUPL-1.2

// Package pagetest asks a room's pages in tests as a browser would, without one: a form of the same site, in a language,
// its answer read as text.
package pagetest

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// Door is an office's web door.
type Door struct {
	Bundle *lang.Bundle
	// Before runs before each request: it moves the clock on. May be nil.
	Before func()

	t *testing.T
	h http.Handler
}

// New opens the door that c describes; where c has no bundle, with all texts.
func New(t *testing.T, c page.Config) *Door {
	t.Helper()
	var err error
	if c.Bundle == nil {
		if c.Bundle, err = lang.Load(); err != nil {
			t.Fatal(err)
		}
	}
	h, err := page.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return &Door{Bundle: c.Bundle, t: t, h: h}
}

// lexicon is what no title, address or sheet may say.
var lexicon = regexp.MustCompile(`(?i)traffick|trafic|traite des|victim|exploit`)

// Neutral says whether a text holds no word of what the files are about.
func Neutral(text string) bool { return !lexicon.MatchString(text) }

// Ask wants a status and every text, no key without its text and a neutral title, and gives where it leads to and the page.
func (d *Door) Ask(method, path, language string, v url.Values, code int, texts ...string) string {
	d.t.Helper()
	if d.Before != nil {
		d.Before()
	}
	q := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, q)
	body := html.UnescapeString(w.Body.String())
	if w.Code != code {
		d.t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, code, body)
	}
	for _, x := range texts {
		if !strings.Contains(body, x) {
			d.t.Errorf("%s (%s) lacks %q in %s", path, language, x, body[max(0, strings.Index(body, "<main")):])
		}
	}
	if k := d.Bundle.Missing(); len(k) > 0 {
		d.t.Errorf("%s: no text for %v", path, k)
	}
	if _, title, ok := strings.Cut(body, "<title>"); ok {
		if title, _, _ = strings.Cut(title, "</title>"); !Neutral(title) {
			d.t.Errorf("%s has the title %q", path, title)
		}
	}
	return w.Header().Get("Location") + body
}

// Both asks for a page in English and French, and wants a text in each.
func (d *Door) Both(path, en, fr string) {
	d.t.Helper()
	d.Ask("GET", path, "en", nil, 200, en)
	d.Ask("GET", path, "fr", nil, 200, fr)
}
