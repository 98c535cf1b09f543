// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
)

// editing is a programme's office that publishes an issue.
type editing struct {
	*funding // whose officers publish
	issue    string
}

// TestAnEditorPublishesABilingualIssue walks journey J11. That each reader gets the language chosen, with one click to leave, is shown
// against a mail server in internal/programme/subscriber; axe-core looks at the public page in test.
func TestAnEditorPublishesABilingualIssue(t *testing.T) {
	e := &editing{funding: &funding{year: newYear(t)}}
	e.second = e.hire("paris", "second", access.ProgrammeOfficer)
	_, err := opImportProgramme(t.Context(), e.n, ImportProgrammeIn{Of: Of{e.offices["paris"].ID}})
	e.must(err)
	e.proposed()
	e.blocked()
	e.repaired()
	e.funding.publish(e.issue)
	e.comesOut()
	e.corrected()
}

// proposed: "In: period 2021-01-01..2021-03-31; the tool proposes items, P1-E1, P4-W1, upcoming P3-W1."
func (e *editing) proposed() {
	e.Helper()
	e.issue = e.saves(e.officer, newsletter.Path+"/new", url.Values{"from": {"2021-01-01"}, "to": {"2021-03-31"}, "title_fr": {"Coopération en Europe du Sud-Est"}, "title_en": {"Cooperation in South-East Europe"}, "original": {"fr"}})
	var codes []string
	for _, m := range regexp.MustCompile(`name="code" value="([A-Z0-9-]+)"`).FindAllStringSubmatch(e.shown(e.officer, e.issue, "en"), -1) {
		codes = append(codes, m[1])
	}
	slices.Sort(codes)
	if !slices.Equal(codes, []string{"P1-E1", "P3-W1", "P4-W1", "X-02", "X-03", "X-04"}) {
		e.Fatalf("proposed: %v", codes)
	}
	for _, code := range codes {
		e.presses(e.officer, e.issue+"/propose", url.Values{"code": {code}})
	}
}

func (e *editing) section(key, titleFR, titleEN, fr, en string) {
	e.Helper()
	e.saves(e.officer, e.issue+"/sections/"+key, url.Values{"original": {"fr"}, "title_fr": {titleFR}, "title_en": {titleEN}, "text_fr": {fr}, "text_en": {en}})
}

// picture draws one bar.
func picture(w *walk) []byte {
	p := image.NewPaletted(image.Rect(0, 0, 120, 60), color.Palette{color.White, color.RGBA{11, 79, 138, 255}})
	for x := range 60 {
		p.SetColorIndex(x, 30, 1)
	}
	var b bytes.Buffer
	w.must(png.Encode(&b, p))
	return b.Bytes()
}

// blocked: "Editor writes the editorial in French, translator does English; one image without text alternative; one paragraph left in
// French in the English edition ("mars", "le trafic des").", "publication is blocked by: missing alternative text, untranslated
// paragraph, a record marked not public, a person's name without consent to be named."
func (e *editing) blocked() {
	e.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	e.must(m.WriteField("key", "bars"))
	part, err := m.CreateFormFile("file", "bars.png")
	e.must(err)
	_, err = part.Write(picture(e.walk))
	e.must(err)
	e.must(m.Close())
	a := e.ask(e.officer, http.MethodPost, e.issue+"/picture", &b, func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) })
	e.taken("the picture", a)
	e.saves(e.officer, e.issue+"/sections/new", url.Values{"sort": {"editorial"}, "place": {"1"}, "original": {"fr"}, "title_fr": {"Éditorial"}, "title_en": {"Editorial"}, "text_fr": {"La coopération continue."}, "text_en": {"Cooperation goes on."}})
	e.section("p4-w1", "L’accès à la justice", "Access to justice", "La réunion s’est tenue en mars, avec {P4-W1.participants} participants.",
		"The meeting took place in mars, with participants and le trafic des migrants on its agenda.\n\n![](image:bars)\n\nMr Erwann Tor opened the meeting of {P4-W1.participants} participants.")
	e.presses(e.officer, newsletter.Path+"/named", url.Values{"record": {"X-04"}, "why": {"The fund asked us to wait"}})
	body := e.told(e.officer, e.issue, "en")
	for _, x := range []string{"“mars” is not English", "“le trafic des” is not English", "Access to justice, English, paragraph 1", "The picture “bars” has no words in its place", "X-04 is kept inside", "Erwann Tor has not agreed to be named"} {
		e.holds("the issue", body, x)
	}
	for _, act := range []string{"/approve", "/publish"} {
		if a := e.ask(e.officer, http.MethodPost, e.issue+act, strings.NewReader("side=content&hash=x"), in("en"), func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }); a.code < 400 || !strings.Contains(plainly(a.body), "still stand in the way") {
			e.Errorf("%s: %d", act, a.code)
		}
	}
}

// repaired: each block is answered on the page that it leads to.
func (e *editing) repaired() {
	e.Helper()
	e.section("p4-w1", "L’accès à la justice", "Access to justice", "La réunion s’est tenue en mars, avec {P4-W1.participants} participants.",
		"The meeting took place in March, with {P4-W1.participants} participants from {P4-W1.from_countries} countries.\n\n![One bar in the middle](image:bars)\n\nMr Erwann Tor opened the meeting; [the fund's own page](https://www.unodc.org/) tells more.")
	for key, title := range map[string][2]string{"p1-e1": {"Table ronde à Bucarest", "Round table in Bucharest"}, "x-02": {"Les coordonnateurs nationaux", "The national coordinators"}, "x-03": {"Le congrès de Kyoto", "The Kyoto congress"},
		"x-04": {"Dix ans du fonds", "Ten years of the fund"}, "p3-w1": {"L’atelier d’avril", "The workshop in April"}} {
		e.saves(e.officer, e.issue+"/sections/"+key, url.Values{"original": {"en"}, "title_fr": {title[0]}, "title_en": {title[1]}})
	}
	e.presses(e.officer, newsletter.Path+"/named", url.Values{"record": {"X-04"}, "yes": {"yes"}})
	rec, err := newsletter.Read(e.Context(), e.n.Store, e.officer.who(access.ForProgramme), nil)
	e.must(err)
	for _, p := range rec.People {
		if p.Name == "Erwann Tor" {
			e.presses(e.officer, newsletter.Path+"/named", url.Values{"person": {p.ID.String()}, "yes": {"yes"}, "why": {"by e-mail of 3 May"}})
		}
	}
	e.holds("the issue", e.told(e.officer, e.issue, "en"), "Nothing stands in the way")
}

// comesOut: "web page, HTML e-mail (< 100 KB, works without images and CSS), plain-text part, tagged PDF;", "archive page.", "links have
// meaningful text; numbers in the text equal the database at build time,"
func (e *editing) comesOut() {
	t := e.T
	t.Helper()
	public := func(path string) string {
		t.Helper()
		a := e.ask(nil, http.MethodGet, path, nil)
		if a.code != http.StatusOK {
			t.Fatalf("%s: %d", path, a.code)
		}
		return a.body
	}
	e.holds("the archive", plainly(public("/letters?lang=en")), "Cooperation in South-East Europe")
	for tag, said := range map[string]string{"en": "more than 100 participants from 12 countries", "fr": "plus de 100 participants"} {
		page := public("/letters/1?lang=" + tag)
		e.holds("the public page", plainly(page), said)
		for _, m := range links.FindAllStringSubmatch(page, -1) {
			if text := plainly(m[2]); len([]rune(text)) < 2 && !strings.Contains(m[0], "aria-label") || slices.Contains([]string{"here", "ici", "click here", "read more", "lire la suite"}, strings.ToLower(text)) {
				t.Errorf("a link says %q: %s", text, m[0])
			}
		}
		html := e.get(e.officer, e.issue+"/preview/html?lang="+tag)
		text := e.get(e.officer, e.issue+"/preview/text?lang="+tag)
		if html.code != http.StatusOK || len(html.body) >= 100_000 || strings.Contains(html.body, "<img") || strings.Contains(html.body, "<style") || strings.Contains(html.body, "<script") || strings.Contains(html.body, "url(") {
			t.Errorf("the e-mail in %s: %d, %d bytes", tag, html.code, len(html.body))
		}
		e.holds("the e-mail", plainly(html.body), said)
		e.holds("the e-mail's text", plainly(text.body), said)
		file := public("/letters/1/file?lang=" + tag)
		info := e.tool([]byte(file), "pdfinfo", "@")
		if !regexp.MustCompile(`Tagged:\s+yes`).MatchString(info) || file != public("/letters/1/file?lang="+tag) {
			t.Errorf("the file in %s: %s", tag, info)
		}
		e.tool([]byte(file), "qpdf", "--check", "@")
	}
	e.holds("the public page", public("/letters/1?lang=en"), `alt="One bar in the middle"`)
}

// corrected: "and a later correction shows as an erratum;" the published words stay.
func (e *editing) corrected() {
	e.Helper()
	e.clock.Advance(time.Hour)
	e.officer.signIn()
	e.saves(e.officer, "/programme/activities/P4-W1/edit", url.Values{"participants": {"131"}, "participants_how": {"exactly"}, "told": {"The list of participants"}})
	body := plainly(e.ask(nil, http.MethodGet, "/letters/1?lang=en", nil).body)
	e.holds("the public page", body, "Corrections since publication", "P4-W1, participants: published “more than 100”; the record now says “131”.")
	e.holds("the public page", body, "more than 100 participants")
}
