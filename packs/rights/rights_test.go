// SPDX-License-Identifier: EUPL-1.2

package rights_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/packs/countries"
	"github.com/entraide-thb/entraide/packs/rights"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func drafts(t *testing.T) map[string]string {
	t.Helper()
	packs, err := countries.Load()
	if err != nil {
		t.Fatal(err)
	}
	ds, err := rights.Drafts(packs, at)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, d := range ds {
		out[d.Country+" "+d.Language] = d.Body
	}
	if len(out) != len(packs.Codes())*2 || len(out) != 24 {
		t.Fatalf("%d drafts", len(out))
	}
	return out
}

func TestEachDraftTellsItsCountry(t *testing.T) {
	ds := drafts(t)
	for name, words := range map[string][]string{
		"GR en": {"at least 3 months", "under 18, it is at least 5 months"},
		"GR fr": {"au moins 3 mois", "au moins 5 mois"},
		"HR en": {"at least 60 days", "at least 90 days", "mobile team"},
		"AL en": {"only if you ask for it", "at least 3 months"},
		"AL fr": {"seulement si vous le demandez"},
		"RS fr": {"Nous ne connaissons pas de fonds public ici"},
		"XK en": {"within 6 months", "its own law", "at least 30 days"},
		"MK fr": {"5 000 euros"},
		"FR fr": {"au moins 30 jours", "pas encore vérifié"},
		"BA en": {"at least 30 days", "not checked yet"},
	} {
		for _, w := range words {
			if !strings.Contains(ds[name], w) {
				t.Errorf("%s lacks %q", name, w)
			}
		}
	}
	if strings.Contains(ds["AL en"], "its own law") || strings.Contains(ds["AL en"], "If you are under 18, it is") {
		t.Error("Albania tells what is not so there")
	}
}

func TestEachDraftTellsEveryRight(t *testing.T) {
	headings := 0
	for name, body := range drafts(t) {
		n := strings.Count(body, "\n## ")
		if headings == 0 {
			headings = n
		}
		if n != headings || n < 12 {
			t.Errorf("%s has %d headings, another %d", name, n, headings)
		}
		if strings.Contains(body, "{{") || strings.Contains(body, "%!") || strings.Contains(body, "<no value>") || strings.Contains(body, "\n\n\n") {
			t.Errorf("%s is not filled in well", name)
		}
	}
}

// TestWordsArePlainAndNeutral: short sentences, and no word that tells whoever looks over a shoulder what
// the page is about.
func TestWordsArePlainAndNeutral(t *testing.T) {
	lexicon := regexp.MustCompile(`(?i)traffick|trafic|traite|victim|exploit|prostitu|slave|esclav`)
	sentence := regexp.MustCompile(`[.:!?]\s+`)
	for name, body := range drafts(t) {
		if w := lexicon.FindString(body); w != "" {
			t.Errorf("%s says %q", name, w)
		}
		total, count := 0, 0
		for _, line := range strings.Split(body, "\n") {
			if strings.HasPrefix(line, "#") || line == "" {
				continue
			}
			for _, s := range sentence.Split(line, -1) {
				n := len(strings.Fields(s))
				if n > 32 {
					t.Errorf("%s has a sentence of %d words: %s", name, n, s)
				}
				total, count = total+n, count+1
			}
		}
		if mean := float64(total) / float64(count); mean > 13 {
			t.Errorf("%s: sentences of %.1f words in the mean", name, mean)
		}
	}
}

func TestLengthsInWords(t *testing.T) {
	for l, want := range map[string][2]string{"1d": {"1 day", "1 jour"}, "30d": {"30 days", "30 jours"}, "1M": {"1 month", "1 mois"}, "72h": {"72 hours", "72 heures"}, "2w": {"2 weeks", "2 semaines"}, "2y": {"2 years", "2 ans"}} {
		for i, tag := range rights.Languages() {
			if got := rights.Words(tag, clock.MustLength(l)); got != want[i] {
				t.Errorf("%s in %s: %q", l, tag, got)
			}
		}
	}
}
