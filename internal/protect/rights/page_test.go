// SPDX-License-Identifier: EUPL-1.2

package rights_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

// pages is an office with its web door; ana is signed in unless the visitor is nobody.
type pages struct {
	*office
	h      http.Handler
	bundle *lang.Bundle
	log    bytes.Buffer
	who    access.Actor
	asked  int // how often somebody was asked who they are
}

func newPages(t *testing.T, demo bool) *pages {
	t.Helper()
	p := &pages{office: newOffice(t, demo)}
	p.who = p.ana.Actor
	var err error
	p.bundle, err = lang.Load()
	p.must(err)
	athensZone, err := time.LoadLocation("Europe/Athens")
	p.must(err)
	p.h, err = page.New(page.Config{Bundle: p.bundle, Clock: p.clock, Zone: athensZone, Office: page.Office{Name: "Office of tests", Kind: access.Assistance, ID: p.importer.Actor.Owner, Demo: demo},
		Rooms:  []page.Room{rights.Room(rights.Config{Store: p.store, Packs: p.packs, Public: p.importer})},
		SignIn: func(*http.Request) (access.Actor, bool, error) { p.asked++; return p.who, true, nil },
		Log:    slog.New(slog.NewTextHandler(&p.log, nil))})
	p.must(err)
	p.load()
	return p
}

func (p *pages) get(path, language string) *httptest.ResponseRecorder {
	p.t.Helper()
	q := httptest.NewRequest("GET", path, nil)
	q.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, q)
	return w
}

func (p *pages) post(path string, v url.Values) *httptest.ResponseRecorder {
	p.t.Helper()
	q := httptest.NewRequest("POST", path, strings.NewReader(v.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, q)
	return w
}

// body wants a status and gives the page, its own words complete.
func (p *pages) body(w *httptest.ResponseRecorder, status int) string {
	p.t.Helper()
	if w.Code != status {
		p.t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if k := regexp.MustCompile(`\[rights\.[^\]]*\]`).FindString(w.Body.String()); k != "" {
		p.t.Errorf("no text for %s", k)
	}
	return w.Body.String()
}

func (p *pages) has(body string, yes bool, words ...string) {
	p.t.Helper()
	for _, w := range words {
		if strings.Contains(body, w) != yes {
			p.t.Errorf("contains %q: want %v", w, yes)
		}
	}
}

// first lines of the texts, which only they hold.
const (
	english = "You are not alone."
	french  = "Vous n’êtes pas seul(e)."
)

var lexicon = regexp.MustCompile(`(?i)traffick|trafic|traite|victim|exploit|thb`)

func TestUnsignedIsHiddenSignedIsShownChangedIsHiddenAgain(t *testing.T) {
	p := newPages(t, false)
	p.has(p.body(p.get("/rights/GR", "en"), 200), false, english)
	b := p.body(p.get("/rights/GR?lang=en", "fr"), 200)
	p.has(b, true, "Not reviewed yet", "Call 112.", "number not checked yet")
	b = p.body(p.get("/rights/GR?lang=fr", "en"), 200)
	p.has(b, false, french)
	p.has(b, true, "Pas encore relu", "Appelez le 112.", "numéro pas encore vérifié", `lang="fr"`)

	p.sign("GR", "en")
	b = p.body(p.get("/rights/GR?lang=en", "fr"), 200)
	p.has(b, true, english, "Checked by Vera Example, lawyer", "Call 112.", "at least 3 months", `<h2>Time to rest</h2>`)
	b = p.body(p.get("/rights/GR?lang=fr", "en"), 200)
	p.has(b, false, french, english)
	p.has(b, true, "Lire en anglais", "/rights/GR?lang=en")
	p.has(p.body(p.get("/rights/GR?lang=sq", "en"), 200), true, "Ende nuk ka tekst në këtë gjuhë", "/rights/GR?lang=en") // there is none, rather than one that nobody checked
	p.sign("GR", "fr")
	p.has(p.body(p.get("/rights/GR", "fr-FR,fr;q=0.9"), 200), true, french, "Vérifié par Vera Example")

	p.rewrite("GR", "en")
	p.has(p.body(p.get("/rights/GR?lang=en", "en"), 200), false, english, "Vera Example")
	p.sign("GR", "en")
	p.has(p.body(p.get("/rights/gr?lang=en", "en"), 200), true, english)
	p.must(p.append(p.ana, "GR", "en", "text.withdrawn", rights.TextWithdrawn{Reason: "law_changed"}))
	p.has(p.body(p.get("/rights/GR?lang=en", "en"), 200), false, english)
}

func TestThePublicPagesKnowNobody(t *testing.T) {
	p := newPages(t, false)
	p.sign("GR", "en")
	p.log.Reset()
	for _, path := range []string{"/rights", "/rights?lang=fr", "/rights/GR", "/rights/GR?lang=fr", "/rights/AL", "/rights/ZZ"} {
		w := p.get(path, "en")
		if c := w.Header().Values("Set-Cookie"); len(c) != 0 {
			t.Errorf("%s sets %v", path, c)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, w.Header())
		}
		if path == "/rights/ZZ" {
			if w.Code != 404 {
				t.Errorf("%s: status %d", path, w.Code)
			}
			continue
		}
		b := p.body(w, 200)
		p.has(b, false, "Office of tests", "/signout")
		p.has(b, true, `href="/exit"`)
		if w := lexicon.FindString(b); w != "" {
			t.Errorf("%s says %q", path, w)
		}
	}
	if p.asked != 0 {
		t.Errorf("a visitor was asked %d times who they are", p.asked)
	}
	if p.log.Len() != 0 {
		t.Errorf("the log says %s", &p.log)
	}
}

func TestThePublicList(t *testing.T) {
	p := newPages(t, false)
	p.sign("AL", "fr")
	b := p.body(p.get("/rights?lang=fr", "en"), 200)
	p.has(b, true, "<title>Informations</title>", "Albanie", "Kosovo", "Choisissez où vous êtes.", `/rights/AL?lang=fr`, "pas encore relu")
	if n := strings.Count(b, "à lire"); n != 1 {
		t.Errorf("%d territories are ready", n)
	}
	b = p.body(p.get("/rights/AL?lang=sq", "en"), 200) // a language that no text stands in
	p.has(b, true, "Ende nuk ka tekst në këtë gjuhë", "Lexojeni: frëngjisht", "/rights/AL?lang=fr")
	p.has(p.body(p.get("/rights/GR?lang=fr", "en"), 200), false, "Lire en") // another territory's text is not this one's
}

func TestATextInALanguageThatThePagesDoNotSpeak(t *testing.T) {
	p := newPages(t, false)
	body := "## Ndihma\n\nNuk jeni vetëm. <script>alert(1)</script> [x](javascript:alert(1))\n"
	p.must(p.append(p.ana, "GR", "sq", "text.drafted", rights.TextDrafted{Country: "GR", Language: "sq", Body: body, Hash: rights.HashOf("GR", "sq", body)}))
	p.has(p.body(p.get("/rights/GR?lang=sq", "en"), 200), false, "Nuk jeni")
	p.sign("GR", "sq")
	b := p.body(p.get("/rights/GR?lang=sq", "en"), 200)
	p.has(p.body(p.get("/rights/GR?lang=sq-AL", "en"), 200), true, "Nuk jeni")
	p.has(b, true, `<div lang="sq" dir="ltr"><h2>Ndihma</h2>`, "Nuk jeni vetëm.")
	p.has(b, false, "<script>alert", "javascript:alert")
}

func TestStaffReadSideBySideAndSign(t *testing.T) {
	p := newPages(t, false)
	b := p.body(p.get("/rights-texts", "en"), 200)
	p.has(b, true, "0 of 24 pages are signed", `/rights-texts/AL/en`, "North Macedonia", "draft, hidden")
	p.has(p.body(p.get("/rights-texts", "fr"), 200), true, "0 page signée sur 24", "brouillon, masqué")
	b = p.body(p.get("/rights-texts/XK/en", "en"), 200)
	p.has(b, true, english, "Not signed: read aloud only", "30 days, at most 90 days", "general knowledge, not checked against the law", "Sign these words")
	p.has(b, false, french)
	p.has(p.body(p.get("/rights-texts/XK/en?beside=fr", "en"), 200), true, english, french, "30 days, at most 90 days", `lang="fr" dir="ltr"`)
	p.has(b, false, "fictitious")
	p.has(p.body(p.get("/rights-texts/XK/fr", "fr"), 200), true, "Non signé", "30 jours, 90 jours au plus", "Signer et publier")

	hash := p.text("XK", "en").Hash
	form := url.Values{"hash": {hash}, "reviewer": {"Vera Example"}, "function": {"lawyer"}}
	b = p.body(p.post("/rights-texts/XK/en/sign", form), 422)
	p.has(b, true, "Confirm that you have read the whole text", `value="Vera Example"`)
	form.Set("read", "true")
	form.Set("hash", strings.Repeat("0", 64))
	p.has(p.body(p.post("/rights-texts/XK/en/sign", form), 422), true, "The text has changed since you opened it", hash)
	form.Set("hash", hash)
	if w := p.post("/rights-texts/XK/en/sign", form); w.Code != 303 || w.Header().Get("Location") != "/rights-texts/XK/en" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	p.has(p.body(p.get("/rights/XK?lang=en", "en"), 200), true, english, "its own law")
	b = p.body(p.get("/rights-texts/XK/en", "en"), 200)
	p.has(b, true, "Vera Example, lawyer, signed these words", "Hide it now")
	p.has(p.body(p.get("/rights-texts", "en"), 200), true, "1 of 24 pages is signed")

	p.has(p.body(p.post("/rights-texts/XK/en/withdraw", url.Values{}), 422), true, "Choose why it is hidden.")
	if w := p.post("/rights-texts/XK/en/withdraw", url.Values{"reason": {"mistake"}}); w.Code != 303 {
		t.Fatalf("%d", w.Code)
	}
	p.has(p.body(p.get("/rights/XK?lang=en", "en"), 200), false, english)
}

func TestWhoMayNotSignSeesNoFormAndIsRefused(t *testing.T) {
	p := newPages(t, false)
	p.who = p.olga.Actor
	p.has(p.body(p.get("/rights-texts/AL/en", "en"), 200), false, "Sign these words")
	form := url.Values{"hash": {p.text("AL", "en").Hash}, "reviewer": {"Vera Example"}, "function": {"lawyer"}, "read": {"true"}}
	if w := p.post("/rights-texts/AL/en/sign", form); w.Code != 403 {
		t.Errorf("status %d", w.Code)
	}
	if w := p.get("/rights-texts/AL/xx", "en"); w.Code != 404 {
		t.Errorf("no such text: status %d", w.Code)
	}
	if w := p.get("/rights-texts/..%2fAL/en", "en"); w.Code != 404 {
		t.Errorf("no such territory: status %d", w.Code)
	}
}

func TestADemonstrationSaysThatItsReviewerIsFictitious(t *testing.T) {
	p := newPages(t, true)
	form := url.Values{"hash": {p.text("AL", "fr").Hash}, "reviewer": {"Vera Example"}, "function": {"juriste"}, "read": {"true"}, "fictitious": {"true"}}
	p.has(p.body(p.get("/rights-texts/AL/fr", "en"), 200), true, "The reviewer is fictitious (demonstration)")
	if w := p.post("/rights-texts/AL/fr/sign", form); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	p.has(p.body(p.get("/rights/AL?lang=fr", "en"), 200), true, french, "le relecteur est fictif")
	p.has(p.body(p.get("/rights-texts/AL/fr", "en"), 200), true, "The reviewer is fictitious: this page is shown in a demonstration only.")
}

// The frame of the public pages speaks the visitor's language, right to left where it runs so, and says once that nobody
// has reviewed its words; what went wrong is told in a language of the screens.
func TestThePublicFrameSpeaksTheVisitorsLanguage(t *testing.T) {
	p := newPages(t, true)
	for tag, want := range map[string][]string{
		"sq":      {`<html lang="sq" dir="ltr"`, "Largohu shpejt", "Zgjidhni ku ndodheni.", "Ky përkthim është provizor"},
		"el":      {`<html lang="el" dir="ltr"`, "Γρήγορη έξοδος", "Επιλέξτε πού βρίσκεστε."},
		"sr-Latn": {`<html lang="sr-Latn" dir="ltr"`, "Brzo izađi", "Izaberite gde se nalazite."},
		"ar":      {`<html lang="ar" dir="rtl"`, "خروج سريع", "أين أنت؟", "app.rtl"},
	} {
		for _, path := range []string{"/rights?lang=" + tag, "/rights/GR?lang=" + tag} {
			body := p.body(p.get(path, "en"), 200)
			for _, w := range want[:2] {
				if !strings.Contains(body, w) {
					t.Errorf("%s lacks %q", path, w)
				}
			}
			if n := strings.Count(body, `class="draft"`); n != 1 {
				t.Errorf("%s says %d times that it is a draft", path, n)
			}
		}
		body := p.body(p.get("/rights?lang="+tag, "en"), 200)
		for _, w := range want[2:] {
			if !strings.Contains(body, w) {
				t.Errorf("the list in %s lacks %q", tag, w)
			}
		}
	}
	if body := p.body(p.get("/rights/GR?lang=en", "en"), 200); strings.Contains(body, `class="draft"`) {
		t.Error("English is marked as a draft")
	}
	if body := p.body(p.get("/rights/ZZ?lang=ar", "en"), 404); !strings.Contains(body, `<html lang="en" dir="ltr"`) {
		t.Error("what went wrong is not told in English")
	}
	if missing := p.bundle.Untranslated(); len(missing) > 0 {
		t.Errorf("told in another language: %v", missing)
	}
}
