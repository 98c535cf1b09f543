// SPDX-License-Identifier: EUPL-1.2

package newsletter_test

import (
	"bytes"
	"context"
	"html"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// desk is an office with the pages of its newsletter; who sees them changes.
type desk struct {
	*programmetest.Office
	config newsletter.Config
	who    store.Who
	second store.Who
	h      http.Handler
}

func newDesk(t *testing.T) *desk {
	o := programmetest.New(t, access.Programme)
	b, err := lang.Load()
	o.Must(err)
	d := &desk{Office: o, who: o.Officer, second: o.Person(7, access.ProgrammeOfficer)}
	d.config = newsletter.Config{Store: o.Store, Public: o.Importer, Locale: func(tag string) *lang.Locale { return b.Locale(tag, nil) }, Subscribe: "/readers", Readers: "/programme/readers",
		Names: func(context.Context, journal.ID, ...journal.ID) map[journal.ID]string {
			return map[journal.ID]string{o.Owner: "The office", d.second.Actor.ID: "Second officer"}
		}}
	d.open()
	o.Load()
	return d
}

// open opens the pages with the desk's configuration.
func (d *desk) open() {
	d.T.Helper()
	b, err := lang.Load()
	d.Must(err)
	d.h, err = page.New(page.Config{Bundle: b, Clock: d.Clock, Office: page.Office{Name: "Office", Kind: access.Programme, ID: d.Owner}, Rooms: []page.Room{newsletter.Rooms(d.config), register.Room()},
		SignIn: func(*http.Request) (access.Actor, bool, error) { return d.who.Actor, true, nil }, Begin: store.WithReads, BeforeWrite: d.Store.CommitReads, Rate: 1e6, Burst: 1e6})
	d.Must(err)
}

func (d *desk) ask(method, path, language string, v url.Values) *httptest.ResponseRecorder {
	q := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	q.Header.Set("Accept-Language", language)
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, q)
	return w
}

var (
	marks    = regexp.MustCompile(`<[^>]*>`)
	keyShown = regexp.MustCompile(`\[[a-z]+\.[a-z_.]+\]`)
	hidden   = regexp.MustCompile(`type="hidden" name="([a-z_]+)" value="([^"]*)"`)
)

// page is a page as it is sent; read as its reader gets it.
func (d *desk) page(path, language string) string {
	d.T.Helper()
	w := d.ask(http.MethodGet, path, language, nil)
	if w.Code != http.StatusOK || keyShown.MatchString(w.Body.String()) {
		d.T.Fatalf("%s in %s: %d, %s", path, language, w.Code, keyShown.FindString(w.Body.String()))
	}
	return w.Body.String()
}

func (d *desk) read(path, language string) string {
	d.T.Helper()
	return words(d.page(path, language))
}

func words(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(marks.ReplaceAllString(s, " "))), " ")
}

// sent fills in a form and sends it; it gives where the answer leads.
func (d *desk) sent(path string, v url.Values) string {
	d.T.Helper()
	d.Clock.Advance(time.Second)
	for _, m := range hidden.FindAllStringSubmatch(d.page(path, "en"), -1) {
		if v.Get(m[1]) == "" {
			v.Set(m[1], m[2])
		}
	}
	return d.posted(path, v)
}

func (d *desk) posted(path string, v url.Values) string {
	d.T.Helper()
	d.Clock.Advance(time.Second)
	w := d.ask(http.MethodPost, path, "en", v)
	if w.Code != http.StatusSeeOther {
		d.T.Fatalf("%s: %d\n%.3000s", path, w.Code, words(w.Body.String()))
	}
	to, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	return to
}

// refused sends what must be refused, and gives what the page says.
func (d *desk) refused(path string, v url.Values) string {
	d.T.Helper()
	d.Clock.Advance(time.Second)
	w := d.ask(http.MethodPost, path, "en", v)
	if w.Code < 400 {
		d.T.Fatalf("%s: taken, %d", path, w.Code)
	}
	return words(w.Body.String())
}

// upload adds a picture.
func (d *desk) upload(path, key string, file []byte) int {
	d.T.Helper()
	d.Clock.Advance(time.Second)
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	d.Must(m.WriteField("key", key))
	f, err := m.CreateFormFile("file", "picture.png")
	d.Must(err)
	_, err = f.Write(file)
	d.Must(err)
	d.Must(m.Close())
	q := httptest.NewRequest(http.MethodPost, path, &b)
	q.Header.Set("Content-Type", m.FormDataContentType())
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, q)
	return w.Code
}

// picture draws three bars.
func picture(t *testing.T) []byte {
	t.Helper()
	p := image.NewPaletted(image.Rect(0, 0, 240, 120), color.Palette{color.White, color.RGBA{11, 79, 138, 255}})
	for x := range 240 {
		for y := range 120 {
			if x%80 > 20 && y > 20+x/3 {
				p.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// describe writes what an office says of an activity.
func (d *desk) describe(code string, v activity.Described) {
	d.T.Helper()
	d.Clock.Advance(time.Second)
	_, err := d.Store.Append(d.Ctx, d.Officer, activity.Ref(d.Owner, code), store.Draft{Type: activity.DescribedType, Payload: v})
	d.Must(err)
}

// keep says whether a record is kept inside.
func (d *desk) keep(code string, inside bool) {
	d.T.Helper()
	d.Clock.Advance(time.Second)
	_, err := d.Store.Append(d.Ctx, d.Officer, activity.Ref(d.Owner, code), store.Draft{Type: activity.KeptType, Payload: activity.Kept{Kept: inside, Reason: "Not for everybody"}})
	d.Must(err)
}

func has(t testing.TB, got string, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if !strings.Contains(got, w) {
			t.Errorf("lacks %q", w)
		}
	}
	if t.Failed() {
		t.Logf("%.6000s", got)
	}
}

func hasNot(t testing.TB, got string, those ...string) {
	t.Helper()
	for _, w := range those {
		if strings.Contains(got, w) {
			t.Errorf("has %q", w)
		}
	}
}
