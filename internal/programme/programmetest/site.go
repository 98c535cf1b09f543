// SPDX-License-Identifier: EUPL-1.2

package programmetest

import (
	"bytes"
	"errors"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
)

// Site is an office's pages on the programme, as Who sees them.
type Site struct {
	*Office
	Who store.Who
	h   http.Handler
	b   *lang.Bundle
	jar map[string]*http.Cookie // what the browser keeps
}

// NewSite makes an empty office with its pages, seen by a programme officer.
func NewSite(t testing.TB, kind access.OfficeKind) *Site {
	t.Helper()
	s := &Site{Office: New(t, kind), jar: map[string]*http.Cookie{}}
	s.Who = s.Officer
	b, err := lang.Load(lang.WithTestLocales())
	s.Must(err)
	s.b = b
	c := programme.Config{Store: s.Store, Importer: func(journal.ID) (store.Who, error) { return s.Importer, nil }, Locale: func(tag string) *lang.Locale { return b.Locale(tag, nil) },
		Territories: func() *territory.Names { return territory.Load(b) }}
	s.h, err = page.New(page.Config{Bundle: b, Clock: s.Clock, Office: page.Office{Name: "Office", Kind: kind, ID: s.Owner}, Rooms: append(programme.Registers(c), programme.Room(c)),
		SignIn: func(*http.Request) (access.Actor, bool, error) { return s.Who.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: s.Store.CommitReads, Rate: 1e6, Burst: 1e6})
	s.Must(err)
	return s
}

// Request is what a first page asks the rooms with, in somebody's name and in English.
func (s *Site) Request(w store.Who) *page.Request {
	return &page.Request{L: s.b.Locale("en", nil), Actor: w.Actor, Now: s.Clock.Now()}
}

// Ask sends a request; a POST carries v as a form of the same site.
func (s *Site) Ask(method, path, language string, v url.Values) *httptest.ResponseRecorder {
	q := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	q.Header.Set("Accept-Language", language)
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return s.serve(q)
}

// Send sends a request with a body of any kind.
func (s *Site) Send(method, path, language, mediaType string, body io.Reader) *httptest.ResponseRecorder {
	q := httptest.NewRequest(method, path, body)
	q.Header.Set("Accept-Language", language)
	q.Header.Set("Content-Type", mediaType)
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.serve(q)
}

func (s *Site) serve(q *http.Request) *httptest.ResponseRecorder {
	for _, c := range s.jar {
		q.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, q)
	return w
}

// Keep keeps the cookies that an answer set, as a browser does.
func (s *Site) Keep(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() {
		s.jar[c.Name] = c
	}
}

// Upload sends a file in the field "file" of a form.
func (s *Site) Upload(path, file string) *httptest.ResponseRecorder {
	s.T.Helper()
	return s.Post(path, nil, file)
}

// Post is Upload with what is typed into other fields.
func (s *Site) Post(path string, typed url.Values, file string) *httptest.ResponseRecorder {
	s.T.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range typed {
		for _, v := range values {
			s.Must(m.WriteField(name, v))
		}
	}
	f, err := m.CreateFormFile("file", "file.csv")
	s.Must(err)
	_, err = f.Write([]byte(file))
	s.Must(errors.Join(err, m.Close()))
	q := httptest.NewRequest(http.MethodPost, path, &b)
	q.Header.Set("Accept-Language", "en")
	q.Header.Set("Content-Type", m.FormDataContentType())
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.serve(q)
}

// keyShown is a catalogue key that a page shows because no catalogue has it.
var keyShown = regexp.MustCompile(`\[[a-z]+\.[a-z_.]+\]`)

// Page gives a page, which must come and show no missing key.
func (s *Site) Page(path, language string) string {
	s.T.Helper()
	w := s.Ask(http.MethodGet, path, language, nil)
	if w.Code != http.StatusOK || keyShown.MatchString(w.Body.String()) {
		s.T.Fatalf("%s in %s: %d, %s", path, language, w.Code, keyShown.FindString(w.Body.String()))
	}
	return w.Body.String()
}

var (
	hidden  = regexp.MustCompile(`type="hidden" name="([a-z_]+)" value="([^"]*)"`)
	control = regexp.MustCompile(`name="([a-z0-9_.]+)"`)
)

// Fill asks for a form and sends it with its hidden fields and what is typed, into fields that the form must have.
func (s *Site) Fill(path string, typed url.Values) *httptest.ResponseRecorder {
	s.T.Helper()
	body := s.Page(path, "en")
	v := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		v.Set(m[1], m[2])
	}
	names := map[string]bool{}
	for _, m := range control.FindAllStringSubmatch(body, -1) {
		names[m[1]] = true
	}
	for k, x := range typed {
		if !names[k] {
			s.T.Fatalf("%s has no field %q", path, k)
		}
		v[k] = x
	}
	return s.Ask(http.MethodPost, path, "en", v)
}

// Saved is Fill for what must be taken; it gives the path of the page that follows.
func (s *Site) Saved(path string, typed url.Values) string {
	s.T.Helper()
	w := s.Fill(path, typed)
	if w.Code != http.StatusSeeOther {
		s.T.Fatalf("%s: %d\n%s", path, w.Code, w.Body)
	}
	to, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	return to
}

var (
	inputs    = regexp.MustCompile(`<input [^>]*name="([a-z_.0-9]+)"[^>]*>`)
	areas     = regexp.MustCompile(`(?s)<textarea [^>]*name="([a-z_.0-9]+)"[^>]*>\n?(.*?)</textarea>`)
	selects   = regexp.MustCompile(`(?s)<select [^>]*name="([a-z_.0-9]+)"[^>]*>(.*?)</select>`)
	selected  = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	valueAttr = regexp.MustCompile(`value="([^"]*)"`)
)

// Standing gives what stands in the form of a page: what a browser would send when nothing was typed.
func (s *Site) Standing(path string) url.Values {
	s.T.Helper()
	return Standing(s.Page(path, "en"))
}

// Standing gives what stands in the forms of a page's main part, whose HTML it takes.
func Standing(body string) url.Values {
	v := url.Values{}
	_, body, _ = strings.Cut(body, "<main")
	for _, m := range inputs.FindAllStringSubmatch(body, -1) {
		box := strings.Contains(m[0], `type="checkbox"`) || strings.Contains(m[0], `type="radio"`)
		if x := valueAttr.FindStringSubmatch(m[0]); x != nil && (!box || strings.Contains(m[0], " checked")) {
			v.Add(m[1], html.UnescapeString(x[1]))
		}
	}
	for _, m := range areas.FindAllStringSubmatch(body, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range selects.FindAllStringSubmatch(body, -1) {
		if x := selected.FindStringSubmatch(m[2]); x != nil {
			v.Set(m[1], x[1])
		} else {
			v.Set(m[1], "")
		}
	}
	return v
}

// Change is Fill with what stands in the form already where nothing is typed; an empty list of a box unticks it.
func (s *Site) Change(path string, typed url.Values) *httptest.ResponseRecorder {
	s.T.Helper()
	v := s.Standing(path)
	for k, x := range typed {
		v[k] = x
	}
	return s.Ask(http.MethodPost, path, "en", v)
}

// Changed is Change for what must be taken; it gives the path of the page that follows.
func (s *Site) Changed(path string, typed url.Values) string {
	s.T.Helper()
	w := s.Change(path, typed)
	if w.Code != http.StatusSeeOther {
		s.T.Fatalf("%s: %d\n%s", path, w.Code, w.Body)
	}
	to, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	return to
}

// Handler gives the pages, for tests that look at them with a browser.
func (s *Site) Handler() http.Handler { return s.h }
