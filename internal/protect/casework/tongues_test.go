// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// heard makes a file of somebody who speaks a language, with a consent read out in it, and gives its path and that of
// the paper receipt.
func (s *site) heard(language string) (file, paper string) {
	s.T.Helper()
	r := casetest.Lindita()
	r.Languages = []string{language}
	id := s.Register(r)
	receipt := s.Work.Store.NewID()
	s.Do(s.Ana(), id, draft("consent.given", consent.Given{Receipt: receipt, Purpose: consent.Referral, Recipient: casetest.Tirana, Categories: []journal.Category{journal.D0, journal.D1}, Language: language,
		Interpreting: consent.Interpreter, By: consent.ByPerson, Expires: s.Clock.Now().Add(90 * 24 * time.Hour)}))
	file = "/cases/" + id.String()
	return file, file + "/consents/" + receipt.String() + "/print"
}

// What she takes home and what she reads are in her language, marked once as a draft in it and in the worker's, with the
// worker's words beside; nothing in it had to be told in another language.
func TestSheReadsInEachLanguage(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ tag, dir, agreed, slip, holds, draft, here string }{
		{"sq", "ltr", "Për çfarë keni dhënë pëlqimin", "Nëse ndërroni mendje", "Çfarë ruan kjo zyrë për ju", "Ky përkthim është provizor", "Albanian"},
		{"el", "ltr", "Σε τι δώσατε τη συγκατάθεσή σας", "Αν αλλάξετε γνώμη", "Τι κρατά αυτό το γραφείο για εσάς", "Αυτή η μετάφραση είναι πρόχειρη", "Greek"},
		{"sr", "ltr", "На шта сте пристали", "Ако се предомислите", "Шта ова канцеларија чува о вама", "Овај превод је нацрт", "Serbian"},
		{"ar", "rtl", "ما وافقت عليه", "إذا غيّرت رأيك", "ما يحتفظ به هذا المكتب عنك", "هذه الترجمة مسودة", "Arabic"},
	} {
		file, paper := s.heard(c.tag)
		tagged := `lang="` + c.tag + `" dir="` + c.dir + `"`
		body := s.page(paper, "en", tagged, c.agreed, c.slip, c.draft, "Draft translation ("+c.here+"), not yet reviewed", `lang="en" dir="ltr"`, "What you agreed to", "If you change your mind")
		if n := strings.Count(body, c.draft); n != 1 {
			t.Errorf("%s: the paper says %d times that it is a draft", c.tag, n)
		}
		body = s.page(file+"/view", "en", tagged, c.holds, c.draft, "Draft translation ("+c.here+"), not yet reviewed", "Show in English", `print-also" lang="en"`, "What this office holds about you")
		if n := strings.Count(body, c.draft); n != 1 {
			t.Errorf("%s: the screen says %d times that it is a draft", c.tag, n)
		}
		body = s.page(file+"/view?in=ours", "en", `lang="en" dir="ltr"`, "Show in "+c.here)
		if strings.Contains(body, c.holds) || strings.Contains(body, "not yet reviewed") {
			t.Errorf("%s: asked for in English it shows both", c.tag)
		}
	}
	if missing := s.bundle.Untranslated(); len(missing) > 0 {
		t.Errorf("told in another language than hers: %v", missing)
	}
}

// In French and English, which the screens have, there is nothing to mark and nothing to print twice.
func TestTheLanguagesOfTheScreensAreNoDraft(t *testing.T) {
	s := newSite(t)
	file, paper := s.heard("fr")
	for _, path := range []string{paper, file + "/view"} {
		body := s.page(path, "en", `lang="fr" dir="ltr"`)
		if strings.Contains(body, `class="draft"`) || strings.Contains(body, "original") {
			t.Errorf("%s marks French as a draft", path)
		}
	}
}

// A language without a catalogue is read in the worker's; what is withdrawn has no slip.
func TestWithoutHerLanguageItIsTheWorkers(t *testing.T) {
	s := newSite(t)
	file, paper := s.heard("so")
	s.page(paper, "fr", `lang="fr" dir="ltr"`, "Ce que vous avez accepté", "Si vous changez d’avis")
	change := strings.TrimSuffix(paper, "/print") + "/change"
	s.post(change, form("what", "withdrawn", "by", "person"))
	if body := s.page(paper, "en", "What you agreed to"); strings.Contains(body, "If you change your mind") {
		t.Error("what is withdrawn can be taken back on paper")
	}
	s.page(file+"/view", "en", `lang="en"`)
}

// The paper shows no word of the office's own trade, whatever the language.
func TestThePaperSaysNothingToWhoeverFindsIt(t *testing.T) {
	s := newSite(t)
	_, paper := s.heard("el")
	title := regexp.MustCompile(`<title>([^<]*)</title>`).FindStringSubmatch(s.page(paper, "en"))
	if len(title) != 2 || !slices.Contains([]string{"Receipt"}, strings.TrimSpace(title[1])) {
		t.Errorf("the title is %q", title)
	}
}

// Where somebody answers for her language, there is no mark and nothing to print twice; where that cannot be known, the
// mark stays.
func TestALanguageThatSomebodyAnswersFor(t *testing.T) {
	s := newSite(t)
	file, paper := s.heard("sq")
	s.reviewed = func(l *lang.Locale) (*lang.Locale, error) { return l.Reviewed("Dita Example"), nil }
	for _, path := range []string{paper, file + "/view"} {
		body := s.page(path, "en", `lang="sq" dir="ltr"`)
		if strings.Contains(body, `class="draft"`) || strings.Contains(body, "not yet reviewed") || strings.Contains(body, "What this office holds about you") {
			t.Errorf("%s marks a signed language as a draft", path)
		}
	}
	s.reviewed = func(l *lang.Locale) (*lang.Locale, error) { return nil, errors.New("not now") }
	s.page(paper, "en", `class="draft"`)
}
