// SPDX-License-Identifier: EUPL-1.2

package lang_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

func load(t *testing.T) *lang.Bundle {
	t.Helper()
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// own lists the languages for persons that are none of the screens'.
func own(b *lang.Bundle) []string {
	return slices.DeleteFunc(b.Persons(), func(l string) bool { return slices.Contains(b.Tags(), l) })
}

// Every language that a person is offered has every text that she reads, with the same blanks, in every plural form.
func TestALanguageForPersonsIsWhole(t *testing.T) {
	b := load(t)
	ls := own(b)
	if !slices.Equal(ls, []string{"ar", "bg", "bs", "cnr", "el", "hr", "mk", "ro", "ru", "sq", "sr", "sr-Latn", "tr", "uk"}) {
		t.Errorf("languages for persons: %v", ls)
	}
	keys := b.PersonKeys()
	if len(keys) < 150 {
		t.Fatalf("only %d keys for persons", len(keys))
	}
	for _, l := range ls {
		for _, k := range keys {
			one, other := b.Text("en", k)
			got := b.PersonText(l, k)
			if strings.TrimSpace(got["other"]) == "" {
				t.Errorf("%s lacks %s", l, k)
				continue
			}
			if one == "" && len(got) > 1 || one != "" && len(got) < 2 {
				t.Errorf("%s: %s has the forms %v", l, k, got)
			}
			for form, text := range got {
				if want := placeholders(other); !slices.Equal(placeholders(text), want) && (form != "one" || len(placeholders(text)) > 0) {
					t.Errorf("%s: %s (%s) has blanks %v, English has %v", l, k, form, placeholders(text), want)
				}
			}
		}
	}
}

// forms gives the plural forms that whole numbers take in a language, by CLDR.
func forms(tag string) []string {
	names := map[plural.Form]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	var out []string
	for n := range 200 {
		f := names[plural.Cardinal.MatchPlural(language.Make(tag), n, 0, 0, 0, 0)]
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func TestEveryPluralFormOfALanguageIsWritten(t *testing.T) {
	b := load(t)
	for _, l := range own(b) {
		rules := map[string]string{"cnr": "bs", "sr-Latn": "sr"}[l]
		if rules == "" {
			rules = l
		}
		for _, k := range b.PersonKeys() {
			got := b.PersonText(l, k)
			if len(got) < 2 {
				continue
			}
			for _, f := range forms(rules) {
				if got[f] == "" {
					t.Errorf("%s: %s lacks the form %q", l, k, f)
				}
			}
		}
	}
	her := b.Person([]string{"uk"}, b.Locale("en", nil))
	for n, want := range map[int]string{1: "Стерто 1 файл.", 3: "Стерто 3 файли.", 5: "Стерто 5 файлів.", 21: "Стерто 21 файл."} {
		if got := her.N("attachment.erased", n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	if got := b.Person([]string{"ar"}, b.Locale("en", nil)).N("attachment.erased", 3); got != "مُحيت 3 ملفات." {
		t.Errorf("Arabic: %q", got)
	}
}

var (
	blank = regexp.MustCompile(`\{\{[^}]*\}\}`)
	// English words that no other of these languages writes alike.
	english = regexp.MustCompile(`(?i)\b(the|of|and|you|your|is|this|with|from|office|help|who|what|yet|file|consent)\b`)
)

// Texts are written in the letters of their language, without a word that was left in English.
func TestTextsForPersonsAreInTheirOwnLetters(t *testing.T) {
	b := load(t)
	scripts := map[string]*unicode.RangeTable{"ar": unicode.Arabic, "bg": unicode.Cyrillic, "el": unicode.Greek, "mk": unicode.Cyrillic, "ru": unicode.Cyrillic, "sr": unicode.Cyrillic, "uk": unicode.Cyrillic}
	for _, l := range own(b) {
		script := scripts[l]
		if script == nil {
			script = unicode.Latin
		}
		for _, k := range b.PersonKeys() {
			_, source := b.Text("en", k)
			for _, text := range b.PersonText(l, k) {
				bare := blank.ReplaceAllString(text, "")
				for _, r := range bare {
					if unicode.IsLetter(r) && !unicode.Is(script, r) {
						t.Errorf("%s: %s holds the letter %c: %s", l, k, r, text)
						break
					}
				}
				if w := english.FindString(bare); w != "" && script == unicode.Latin {
					t.Errorf("%s: %s says %q: %s", l, k, w, text)
				}
				if len(source) > 12 && text == source {
					t.Errorf("%s: %s is not translated", l, k)
				}
			}
		}
	}
}

// No word of them tells whoever looks over her shoulder what it is about.
func TestTextsForPersonsAreNeutral(t *testing.T) {
	lexicon := regexp.MustCompile(`(?i)traf|trgovin|трговин|трафик|торг|експлоа|эксплуа|eksploa|viktim|victim|viktima|žrtv|жртв|жертв|mağdur|victim|θύμα|θύματ|εμπορί|sömürü|الاتجار|ضحي|ضحاي|استغلال|sclav|skllav|rob(ov|lj)`)
	b := load(t)
	for _, l := range own(b) {
		for _, k := range b.PersonKeys() {
			for _, text := range b.PersonText(l, k) {
				if w := lexicon.FindString(text); w != "" {
					t.Errorf("%s: %s says %q: %s", l, k, w, text)
				}
			}
		}
	}
}

// Her language, shortened from the end; then the one whose texts it takes; then ours. What ours had to help out with is
// counted.
func TestTheOrderOfFallingBack(t *testing.T) {
	b := load(t)
	fr := b.Locale("fr", nil)
	for _, c := range []struct {
		hers []string
		tag  string
		dir  string
		says string // casework.view.none
	}{
		{[]string{"sq-AL", "en"}, "sq", "ltr", "Asgjë"},
		{[]string{"xx", "el"}, "el", "ltr", "Τίποτα"},
		{[]string{"ar-SY"}, "ar", "rtl", "لا شيء"},
		{[]string{"sr"}, "sr", "ltr", "Ништа"},
		{[]string{"sr-Latn-RS"}, "sr-Latn", "ltr", "Ništa"},
		{[]string{"sr-ME"}, "cnr", "ltr", "Ništa"},
		{[]string{"en", "sq"}, "en", "ltr", "Nothing"},
		{[]string{"zz"}, "fr", "ltr", "Rien"},
		{nil, "fr", "ltr", "Rien"},
	} {
		l := b.Person(c.hers, fr)
		if l.Tag() != c.tag || l.Dir() != c.dir || l.T("casework.view.none") != c.says {
			t.Errorf("%v: %s %s %q", c.hers, l.Tag(), l.Dir(), l.T("casework.view.none"))
		}
	}
	sq := b.Person([]string{"sq"}, fr)
	if got := sq.T("casework.view.in", "Language", "x"); got != fr.T("casework.view.in", "Language", "x") {
		t.Errorf("a worker's text came as %q", got)
	}
	if got := b.Untranslated(); !slices.Equal(got, []string{"sq casework.view.in"}) {
		t.Errorf("counted %v", got)
	}
	if sq.Ours() != fr || fr.Ours() != fr {
		t.Error("ours is another")
	}
}

// Serbian in Latin letters is the Cyrillic one letter by letter, the blanks untouched.
func TestSerbianInLatinLetters(t *testing.T) {
	b := load(t)
	l := b.Person([]string{"sr-Latn"}, b.Locale("en", nil))
	if got := l.T("person.read.own_language"); got != "na jeziku koji dobro govorite" {
		t.Errorf("%q", got)
	}
	if got := l.T("rights.public.emergency", "Number", "192"); got != "U opasnosti ste sada? Pozovite 192." {
		t.Errorf("%q", got)
	}
}

// No two languages on offer call themselves alike, and none by its tag.
func TestEachLanguageCallsItselfByItsName(t *testing.T) {
	b := load(t)
	seen := map[string]string{}
	for _, l := range b.Persons() {
		name := b.Person([]string{l}, b.Locale("en", nil)).Language(l)
		if name == l || seen[name] != "" {
			t.Errorf("%s calls itself %q, as does %q", l, name, seen[name])
		}
		seen[name] = l
	}
}

// Each says where it comes from; the program answers for none, so each is a draft until an office names who does.
func TestWhoAnswersForATranslation(t *testing.T) {
	b := load(t)
	en := b.Locale("en", nil)
	for _, l := range own(b) {
		x, ok := b.Person([]string{l}, en).Translation()
		if !ok || x.Tag != l || x.Source != "en" || x.Translator == "" || x.Reviewer != "" || !x.Draft() {
			t.Errorf("%s: %+v", l, x)
		}
	}
	if _, ok := en.Translation(); ok || en.Draft() || en.Reviewed("somebody") != en {
		t.Error("English is a translation")
	}
	sq := b.Person([]string{"sq"}, en)
	if known := sq.Reviewed("Dita Example"); known.Draft() || known.T("casework.view.none") != sq.T("casework.view.none") || !sq.Draft() || !b.Person([]string{"sq"}, en).Draft() {
		t.Error("who answers for a language at one office answers at all")
	}
}

func TestDatesForPersonsAreAsCLDRSays(t *testing.T) {
	b := load(t)
	en := b.Locale("en", nil)
	at := time.Date(2026, 3, 2, 14, 5, 0, 0, time.UTC)
	for tag, want := range map[string]string{"sq": "2 mars 2026", "bs": "2. mart 2026.", "hr": "2. ožujka 2026.", "sr": "2. март 2026.", "sr-Latn": "2. mart 2026.", "cnr": "2. mart 2026.", "mk": "2 март 2026\u202fг.",
		"ro": "2 martie 2026", "bg": "2 март 2026\u202fг.", "el": "2 Μαρτίου 2026", "tr": "2 Mart 2026", "uk": "2 березня 2026\u202fр.", "ru": "2 марта 2026\u202fг.", "ar": "2 مارس 2026"} {
		l := b.Person([]string{tag}, en)
		if got := l.Date(at); got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
		if l.Country("AL") == "AL" || l.Language("sq") == "sq" {
			t.Errorf("%s has no names of countries or languages", tag)
		}
		if got := l.Relative(at.AddDate(0, 0, 4), at); got == "" || strings.Contains(got, "{0}") {
			t.Errorf("%s: in four days is %q", tag, got)
		}
	}
	if got := b.Person([]string{"ar"}, en).List([]string{"أ", "ب", "ج"}); got != "أ، ب وج" {
		t.Errorf("a list in Arabic: %q", got)
	}
	if got := b.Person([]string{"uk"}, en).Relative(at.AddDate(0, 0, 5), at); got != "через 5 днів" {
		t.Errorf("in five days in Ukrainian: %q", got)
	}
}
