// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// The journeys are walked through the pages and the post of real offices; their text is in testdata/journeys.md, and which
// sentence is shown where in journeys_test.go.

// walk is a world in which somebody walks along a journey.
type walk struct{ *world }

// in asks in a language, as a browser does after it was chosen in the menu.
func in(language string) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "lang", Value: language}) }
}

var (
	marks   = regexp.MustCompile(`(?s)<(script|style)\b.*?</(script|style)>|<[^>]*>`)
	keyLeft = regexp.MustCompile(`\[[a-z]+\.[a-z_.]+\]`)
	narrow  = strings.NewReplacer("\u00a0", " ", "\u202f", " ")
)

// plainly is HTML as its reader gets it: words without marks, one space between them.
func plainly(body string) string {
	return narrow.Replace(strings.Join(strings.Fields(html.UnescapeString(marks.ReplaceAllString(body, " "))), " "))
}

// shown gives the HTML of a page that must be there, in a language.
func (w *walk) shown(v *visitor, path, language string) string {
	w.Helper()
	a := w.ask(v, http.MethodGet, path, nil, in(language))
	if a.code != http.StatusOK || keyLeft.MatchString(a.body) {
		w.Fatalf("%s: %d %s", path, a.code, keyLeft.FindString(a.body))
	}
	return a.body
}

// told is the main part of a page in words.
func (w *walk) told(v *visitor, path, language string) string {
	w.Helper()
	_, body, _ := strings.Cut(w.shown(v, path, language), "<main")
	return plainly(body)
}

// holds fails for words that do not stand where they are looked for, in this order.
func (w *walk) holds(where, got string, wants ...string) {
	w.Helper()
	rest := got
	for _, x := range wants {
		i := strings.Index(rest, x)
		if i < 0 {
			w.Errorf("%s does not say %q, or not in this order:\n%.1500s", where, x, got)
			return
		}
		rest = rest[i+len(x):]
	}
}

// lacks fails for words that stand where they must not.
func (w *walk) lacks(where, got string, wants ...string) {
	w.Helper()
	for _, x := range wants {
		if strings.Contains(got, x) {
			w.Errorf("%s says %q", where, x)
		}
	}
}

// form sends the form of a page as a browser does: with what stands in it, and what is typed.
func (w *walk) form(v *visitor, path string, typed url.Values) reply {
	w.Helper()
	w.clock.Advance(time.Second)
	full := programmetest.Standing(w.shown(v, path, "en"))
	for name, x := range typed {
		full[name] = x
	}
	return w.ask(v, http.MethodPost, path, strings.NewReader(full.Encode()), in("en"), func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") })
}

// saves is form for what must be taken; it gives the path of the page that follows.
func (w *walk) saves(v *visitor, path string, typed url.Values) string {
	w.Helper()
	return w.taken(path, w.form(v, path, typed))
}

// presses sends what a button without a form of its own sends; it must be taken.
func (w *walk) presses(v *visitor, path string, sent url.Values) string {
	w.Helper()
	w.clock.Advance(time.Second)
	return w.taken(path, w.post(v, path, sent))
}

func (w *walk) taken(path string, a reply) string {
	w.Helper()
	if a.code != http.StatusSeeOther {
		w.Fatalf("%s: %d %s", path, a.code, plainly(a.body))
	}
	to, _, _ := strings.Cut(a.header.Get("Location"), "?")
	return to
}

// refused sends the form of a page, which must be refused with a code and words.
func (w *walk) refused(v *visitor, path string, typed url.Values, code int, why string) {
	w.Helper()
	if a := w.form(v, path, typed); a.code != code || !strings.Contains(plainly(a.body), why) {
		w.Errorf("%s: %d, which does not say %q: %.1500s", path, a.code, why, plainly(a.body))
	}
}

// tool gives what another program says about a file. Without that program the rest of a test is skipped.
func (w *walk) tool(file []byte, name string, args ...string) string {
	w.Helper()
	if _, err := exec.LookPath(name); err != nil {
		w.Skipf("no %s: install the packages poppler-utils, qpdf and libxml2-utils", name)
	}
	at := filepath.Join(w.TempDir(), "file")
	w.must(os.WriteFile(at, file, 0o600))
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "@", at)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		w.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// section gives what stands between two words of a text.
func section(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}
