// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

const (
	inEnglish = "Strengthening Greece-Albania coordination for the early identification and assistance to victims (phase two)"
	inFrench  = "Renforcer la coordination entre la Grèce et l’Albanie pour l’identification précoce et l’assistance aux victimes (deuxième phase)"
)

// TestARecordIsReadInTheReadersLanguage: the pack's texts come in French once; a translation is outdated as soon as its source
// says otherwise, and then nobody reads it as if it held.
func TestARecordIsReadInTheReadersLanguage(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	s.Must(programme.ImportWords(s.Ctx, s.Store, s.Importer))
	before := s.Revisions(access.KindActivity) + s.Revisions(access.KindProgramme)
	s.Must(programme.ImportWords(s.Ctx, s.Store, s.Importer))
	if after := s.Revisions(access.KindActivity) + s.Revisions(access.KindProgramme); before != 62 || after != before {
		t.Fatalf("%d entries, then %d", before, after)
	}
	if r := s.Load(); r.Added+r.Changed != 0 {
		t.Errorf("importing the source again: %+v", r.Tally)
	}
	for _, path := range []string{"/programme/activities", "/programme/activities?kind=grant", "/programme/countries/AL", "/programme/activities/P4-G1"} {
		if fr, en := s.Page(path, "fr"), s.Page(path, "en"); !strings.Contains(fr, inFrench) || !strings.Contains(en, inEnglish) {
			t.Errorf("%s is not in the reader's language", path)
		}
	}
	says(t, "the home page", read(s, "/programme", "fr"), "Programmation 2021 des actions de coopération", "Deuxième plan d’action national contre la traite des êtres humains La source le dit de 2 façons", "la traite des enfants lettre d’information, lignes 120, 290–315")
	says(t, "the home page", read(s, "/programme", "en"), "2021 programming of cooperation actions", "child trafficking newsletter, lines 120, 290–315")
	says(t, "the gaps", read(s, "/programme/gaps", "fr"), "Date du comité de pilotage sans année (l. 76)", "Deuxième plan d’action national contre la traite des êtres humains 2019-2022")
	says(t, "the activity", read(s, "/programme/activities/P4-G1", "fr"), "Titre anglais : original "+inEnglish, "Titre français : traduction "+inFrench)
	if b := s.Page("/programme/activities/P4-G1", "fr"); !strings.Contains(b, `<span lang="en">Strengthening`) || strings.Contains(b, `<h1><span lang=`) {
		t.Error("what is quoted in another language is not marked as such, or what is not is")
	}

	says(t, "what the source states", read(s, "/programme/activities/P4-G1", "fr"), "Composantes coordination dans le cadre des dispositifs", "Composantes 2 français : traduction formation d’intervenants albanais et grecs")
	says(t, "what it is part of", read(s, "/programme/activities/P5-S1", "fr"), "P5-E1 · Rencontre en Albanie")
	says(t, "what the source states", read(s, "/programme/activities/P4-F1", "en"), "5th largest contributor")

	// The source words it otherwise: the translation no longer holds.
	changed := bytes.Replace(pack.File(), []byte(inEnglish), []byte("Another title"), 1)
	s.LoadFile(changed)
	s.Must(programme.ImportWords(s.Ctx, s.Store, s.Importer))
	got := read(s, "/programme/activities/P4-G1", "fr")
	says(t, "the activity", got, "P4-G1 Another title", "français : traduction d’un original modifié depuis "+inFrench)
	if strings.Contains(s.Page("/programme/activities", "fr"), inFrench) {
		t.Error("the list shows what no longer holds")
	}
	s.Saved("/programme/activities/P4-G1/words", url.Values{"language": {"fr"}, "title": {"Un autre titre"}})
	says(t, "the activity", read(s, "/programme/activities/P4-G1", "fr"), "P4-G1 Un autre titre", "français : traduction Un autre titre")
	s.Saved("/programme/activities/P4-G1/words", url.Values{"language": {"fr"}, "title": {"Un autre titre"}, "said_components_3": {"Des supports d’information"}})
	says(t, "what the source states", read(s, "/programme/activities/P4-G1", "fr"), "Des supports d’information", "Composantes coordination dans le cadre")
	s.Saved("/programme/activities/P4-G1/words", url.Values{"language": {"sq"}, "title": {"Një titull tjetër"}})
	says(t, "the activity", read(s, "/programme/activities/P4-G1", "en"), "P4-G1 Another title", "Albanian: translation Një titull tjetër", "French: translation Un autre titre")
	if w := s.Ask("GET", "/programme/activities?as=csv", "fr", nil); w.Code != http.StatusOK {
		t.Error(w.Code)
	}
	if b := s.Ask("POST", "/programme/activities", "fr", url.Values{"q": {"një tjetër"}}).Body.String(); !strings.Contains(b, "P4-G1") || strings.Contains(b, "P4-W1") {
		t.Error("a title in a further language is not found")
	}
}

// TestWordsOfOneLanguageAreNotSavedAsThoseOfAnother: who chooses another language in the form than it was shown in gets the texts of that
// one, beside what was typed; nothing is written before they have seen it.
func TestWordsOfOneLanguageAreNotSavedAsThoseOfAnother(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	s.Must(programme.ImportWords(s.Ctx, s.Store, s.Importer))
	for path, field := range map[string]string{"/programme/activities/P4-G1/words": "title", "/programme/words": "text_title"} {
		french := s.Standing(path + "?language=fr")
		before := s.Revisions(access.KindActivity) + s.Revisions(access.KindProgramme)
		w := s.Change(path, url.Values{"language": {"sq"}})
		form := programmetest.Standing(w.Body.String())
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Now it has the words in Albanian") || french.Get(field) == "" || form.Get("language") != "sq" || form.Get(field) != "" {
			t.Fatalf("%s: %d, %q where the French was %q", path, w.Code, form.Get(field), french.Get(field))
		}
		w = s.Change(path, url.Values{"language": {"sq"}, field: {"Një titull"}}) // one is typed, the others stand in French
		form = programmetest.Standing(w.Body.String())
		if now := s.Revisions(access.KindActivity) + s.Revisions(access.KindProgramme); w.Code != http.StatusUnprocessableEntity || form.Get(field) != "Një titull" || now != before {
			t.Fatalf("%s: %d, %q, %d entries", path, w.Code, form.Get(field), now-before)
		}
		if w := s.Ask("POST", path, "en", form); w.Code != http.StatusSeeOther {
			t.Fatalf("%s as it came: %d", path, w.Code)
		}
		for language, want := range map[string]string{"fr": french.Get(field), "sq": "Një titull"} {
			if got := s.Standing(path + "?language=" + language).Get(field); got != want {
				t.Errorf("%s in %s: %q", path, language, got)
			}
		}
		albanian := s.Standing(path + "?language=sq")
		for name := range french {
			if name != field && (strings.HasPrefix(name, "said_") || strings.HasPrefix(name, "text_")) && albanian.Get(name) != "" {
				t.Errorf("%s: %s is said in Albanian: %q", path, name, albanian.Get(name))
			}
		}
	}
}

func TestWhoTranslatesAndIntoWhat(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	if w := s.Ask("GET", "/programme/words", "en", nil); w.Code != http.StatusSeeOther {
		t.Errorf("the words of no programme: %d", w.Code)
	}
	s.Load()
	if w := s.Fill("/programme/activities/P4-G1/words", url.Values{"language": {"en"}, "title": {"Over the original"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("the original is overwritten: %d", w.Code)
	}
	if w := s.Fill("/programme/activities/P4-G1/words", url.Values{"language": {"fr"}, "title": {strings.Repeat("x", activity.MaxTitle+1)}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("too long: %d", w.Code)
	}
	s.Changed("/programme/words", url.Values{"language": {"fr"}, "text_title": {"Un titre"}, "text_goal_g5": {"Mieux comprendre"}})
	says(t, "the home page", read(s, "/programme", "fr"), "Un titre", "Mieux comprendre", "effective and measurable impact")
	s.Page("/programme/words", "fr")
	if got := s.Page("/programme/words", "en"); !strings.Contains(got, "Un titre</textarea>") { // to who reads the original's language too
		t.Error("the form of words holds the original where the translation stands")
	}
	s.Changed("/programme/activities/P4-G1/edit", url.Values{"description": {"What our office says"}})
	s.Saved("/programme/activities/P4-G1/words", url.Values{"language": {"fr"}, "about": {"Ce que dit notre bureau"}})
	says(t, "the activity", read(s, "/programme/activities/P4-G1", "fr"), "Ce que dit notre bureau", "anglais : original What our office says")
	s.Changed("/programme/activities/P4-G1/edit", url.Values{"description": {"What our office says now"}})
	says(t, "the activity", read(s, "/programme/activities/P4-G1", "fr"), "français : traduction d’un original modifié depuis Ce que dit notre bureau")
	s.Who = s.Reader
	for _, path := range []string{"/programme/words", "/programme/activities/P4-G1/words"} {
		for _, method := range []string{"GET", "POST"} {
			if w := s.Ask(method, path, "en", url.Values{"language": {"fr"}, "title": {"x"}}); w.Code != http.StatusForbidden {
				t.Errorf("a reader translates: %s %s %d", method, path, w.Code)
			}
		}
		if strings.Contains(s.Page("/programme/activities/P4-G1", "en")+s.Page("/programme", "en"), path+`"`) {
			t.Errorf("%s is offered to a reader", path)
		}
	}
}
