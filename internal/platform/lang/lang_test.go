// SPDX-License-Identifier: EUPL-1.2

package lang_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

var placeholder = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

func placeholders(texts ...string) []string {
	var out []string
	for _, t := range texts {
		for _, m := range placeholder.FindAllStringSubmatch(t, -1) {
			if !slices.Contains(out, m[1]) {
				out = append(out, m[1])
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestCataloguesAgree(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	en := b.Keys("en")
	for _, l := range b.Tags() {
		keys := b.Keys(l)
		for _, k := range en {
			if !slices.Contains(keys, k) {
				t.Errorf("%s lacks %s", l, k)
				continue
			}
			eo, e := b.Text("en", k)
			oo, o := b.Text(l, k)
			if (eo == "") != (oo == "") {
				t.Errorf("%s: %s has plural forms in one language only", l, k)
			}
			if x, y := placeholders(eo, e), placeholders(oo, o); !slices.Equal(x, y) {
				t.Errorf("%s: %s has placeholders %v, English has %v", l, k, y, x)
			}
		}
		for _, k := range keys {
			if !slices.Contains(en, k) {
				t.Errorf("%s has %s, which English lacks", l, k)
			}
		}
	}
}

func TestDatesNumbersNames(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	en, fr := b.Locale("en", athens), b.Locale("fr-CH", athens)
	at := time.Date(2021, 3, 3, 22, 30, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{en.Date(at), "4 March 2021"},
		{fr.Date(at), "4 mars 2021"},
		{fr.Date(at.AddDate(0, 0, -3)), "1er mars 2021"},
		{en.Date(at.AddDate(0, 0, -3)), "1 March 2021"},
		{fr.ShortDate(at.AddDate(0, 0, -3)), "1er mars 2021"},
		{en.Told("Due", "a list"), "Due: a list"},
		{fr.Told("à effacer", "une liste"), "à effacer\u00a0: une liste"},
		{en.DateTime(at), "4 Mar 2021, 00:30"},
		{en.Relative(at, at.AddDate(0, 0, -4)), "in 4 days"},
		{fr.Relative(at, at.AddDate(0, 0, 1)), "hier"},
		{en.Number(12345), "12,345"},
		{fr.Number(1234567), "1\u202f234\u202f567"},
		{fr.Percent(0.255), "25,5\u00a0%"},
		{en.Country("MK"), "North Macedonia"},
		{fr.Country("XK"), "Kosovo"},
		{en.Language("sq"), "Albanian"},
		{en.Language("sr"), "Serbian"},
		{en.Language("sr-Latn"), "Serbian, in Latin script"},
		{en.List([]string{"a", "b", "c"}), "a, b and c"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTextsThatTakeArguments(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := b.Locale("fr", time.UTC)
	for key, want := range map[string]bool{"register.views.drop": true, "register.views.keep": false, "nothing.of.the.kind": false} {
		if got := l.Takes(key); got != want {
			t.Errorf("%s takes arguments: %v", key, got)
		}
	}
}

func TestMissingKeysShowAndAreCounted(t *testing.T) {
	b, err := lang.Load(lang.WithTestLocales())
	if err != nil {
		t.Fatal(err)
	}
	l := b.Locale("fr", nil)
	if got := l.T("no.such.key"); got != "[no.such.key]" {
		t.Errorf("got %q", got)
	}
	if m := b.Missing(); !slices.Equal(m, []string{"no.such.key"}) {
		t.Errorf("missing %v", m)
	}
	if got := b.Locale(lang.Pseudo, nil).T("fault.unsigned"); !strings.HasPrefix(got, "⟦") {
		t.Errorf("pseudo %q", got)
	}
	x := b.Locale(lang.Mirrored, nil)
	if x.Dir() != "rtl" || !strings.Contains(x.T("store.denied", "Category", "D3"), "D3") {
		t.Errorf("mirrored %q", x.T("store.denied", "Category", "D3"))
	}
}

// French signs stay on the line of their word, whatever spaces a catalogue was written with.
func TestFrenchSignsStayWithTheirWord(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	signs := 0
	for _, k := range b.Keys("fr") {
		one, other := b.Text("fr", k)
		for _, text := range []string{one, other} {
			signs += strings.Count(text, "\u00a0")
			for _, loose := range []string{" :", " ;", " ?", " !", "« ", " »"} {
				if strings.Contains(text, loose) {
					t.Errorf("%s breaks before or after a sign: %q", k, text)
				}
			}
		}
	}
	if signs == 0 {
		t.Error("no French text has such a sign")
	}
}

func TestWhatIsDueThisVeryMinuteIsNotInNoMinutes(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for tag, want := range map[string]string{"en": "this minute", "fr": "cette minute-ci"} {
		if got := b.Locale(tag, time.UTC).Relative(now.Add(20*time.Second), now); got != want {
			t.Errorf("%s: %q", tag, got)
		}
	}
}
