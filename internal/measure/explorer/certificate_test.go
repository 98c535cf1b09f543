// SPDX-License-Identifier: EUPL-1.2

package explorer_test

import (
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// all is a certificate's text.
func all(c explorer.Certificate) string {
	out := []string{c.Title, c.Lead}
	for _, p := range c.Parts {
		out = append(out, p.Title)
		out = append(out, p.Paragraphs...)
		for _, f := range p.Facts {
			out = append(out, f.Name+": "+f.Text)
		}
		for _, x := range p.Points {
			out = append(out, x.Title+" "+x.Text+" "+x.Note)
		}
		out = append(out, p.Commands...)
	}
	return strings.Join(out, "\n")
}

// TestTheCertificateSaysWhatWasPromised: in numbers that can be pictured, on each route.
func TestTheCertificateSaysWhatWasPromised(t *testing.T) {
	for name, want := range map[string][]string{
		"pooled":     {"is right at most 55 times in 100", "one in 1,000,000", "the guess was right 262 times in 500. The promise allows 55 in 100", "Looking for figures that contradict each other. Nothing was found beyond the promise, in 4100 tries.", "a cost of 0.0176", "records of people who do not exist"},
		"suppressed": {"No number below 10 is told", "at least 10 possible values", "No earlier release", "Calculating what is not told. Nothing was found"},
		"rounded":    {"a multiple of 5", "at most 4 away", "rounded parts add up"}} {
		b := every(t)[name]
		s := all(explorer.CertificateOf(b, locale(t, "en")))
		for _, w := range append(want, "national rapporteur and data protection officer", "6b1f 09c4 77de 21aa", "sha256sum release.json", "entraide measure attack") {
			if !strings.Contains(s, w) {
				t.Errorf("%s does not say %q in:\n%s", name, w, s)
			}
		}
	}
}

// TestOfATableOfRecordsARecordIsPromisedSomething, and a person who is in several of them less; no other certificate says so.
func TestOfATableOfRecordsARecordIsPromisedSomething(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		l, b := locale(t, language), every(t)["pooled"]
		words := l.T("explorer.promise.records")
		if strings.Contains(all(explorer.CertificateOf(b, l)), words) {
			t.Errorf("%s: said of people, too", language)
		}
		b.Release.Unit = "record"
		if !strings.Contains(all(explorer.CertificateOf(b, l)), words) {
			t.Errorf("%s: not said of records", language)
		}
	}
}

// TestAnAttackThatSucceedsIsSaid: no certificate reads well when an attack found more than was promised.
func TestAnAttackThatSucceedsIsSaid(t *testing.T) {
	for _, c := range []struct {
		of   string
		of2  bundle.Check
		good bool
	}{
		{"suppressed", bundle.Check{Code: "interval", Found: 0, Of: 40}, true},
		{"suppressed", bundle.Check{Code: "interval", Found: 1, Of: 40}, false},
		{"suppressed", bundle.Check{Code: "differencing"}, true},
		{"pooled", bundle.Check{Code: "membership", Found: 2, Of: 500, Note: "right=400;ceiling=0.575"}, false},
		{"pooled", bundle.Check{Code: "consistency", Found: 3, Of: 1000}, false},
		{"pooled", bundle.Check{Code: "a new attack", Found: 3, Of: 1000}, false},
	} {
		b := every(t)[c.of]
		b.Release.Checks = []bundle.Check{c.of2}
		for _, p := range explorer.CertificateOf(b, locale(t, "en")).Parts {
			for _, x := range p.Points {
				if x.Good != c.good {
					t.Errorf("%s, %+v: good %v", c.of, c.of2, x.Good)
				}
			}
		}
	}
}

// TestTheCertificateIsADocument: every letter has a shape in both languages.
func TestTheCertificateIsADocument(t *testing.T) {
	for name, b := range every(t) {
		for _, tag := range []string{"en", "fr"} {
			l := locale(t, tag)
			d, missing, err := explorer.CertificateOf(b, l).PDF(b, l)
			if err != nil || !strings.HasPrefix(string(d), "%PDF") || len(missing) > 0 {
				t.Errorf("%s, %s: %v, no shape for %q", name, tag, err, missing)
			}
		}
	}
}

// TestReleasesSideBySide: what differs beyond the intervals is named, and nothing is where the questions changed.
func TestReleasesSideBySide(t *testing.T) {
	b, e := every(t)["rounded"], every(t)["rounded"]
	e.Release.ID, e.Release.From = "r-2016-01", "2016-01-01"
	twenty, ten := 20.0, 10.0
	e.Tables.Tables[0].Cells[0] = bundle.Cell{Value: &ten, Low: &ten, High: &twenty, Flag: bundle.Rounded}
	s := pageOf(t, b, "en", explorer.Options{Earlier: []explorer.Book{e}})
	past := inside(t, s, `id="past"`, `</section>`)
	if strings.Count(past, ">more<") != 1 || !strings.Contains(past, "no difference that these figures can tell") || strings.Contains(past, `class="warn"`) {
		t.Errorf("what changed is not said: %s", past)
	}
	e.Release.Version = "2015-1"
	s = pageOf(t, b, "en", explorer.Options{Earlier: []explorer.Book{e}})
	past = inside(t, s, `id="past"`, `</section>`)
	if strings.Contains(past, ">more<") || !strings.Contains(past, "The questions or their lists changed") {
		t.Error("a change is named across versions")
	}
	e.Release.Source = "screenings"
	if s = pageOf(t, b, "en", explorer.Options{Earlier: []explorer.Book{e}}); strings.Contains(s, `id="past"`) {
		t.Error("compared with another source")
	}
}

// TestEveryKeyHasItsWord: in both languages.
func TestEveryKeyHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("explorer.unit", []string{"person", "case", "screening", "referral", "record"})
	w.List("explorer.all", []string{"person", "case", "screening", "referral", "record"})
	w.List("explorer.legend", []string{"told", "estimated", "noise", "rounded", "below", "withheld", "synthetic"})
	w.List("explorer.kept", []string{string(bundle.Pooled), string(bundle.Exact), "rounded"})
	w.List("explorer.check", []string{"interval", "differencing", "membership", "consistency", "other"})
	w.List("explorer", explorer.ScriptWords)
	found := w.Named("", `T\("(explorer\.[a-z_.]+)"[,)]`)
	found += w.Named("", `"(explorer\.want\.[a-z_.]+)"`)
	if found < 60 {
		t.Fatalf("only %d keys found in the sources", found)
	}
	w.Check(found + 45)
	if texts := locale(t, lang.Pseudo); !texts.Has("explorer.figures") {
		t.Error("no texts")
	}
}
