// SPDX-License-Identifier: EUPL-1.2

package countries_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/packs/countries"
)

func load(t *testing.T) countries.Set {
	t.Helper()
	s, err := countries.Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestTheElevenAndFrance(t *testing.T) {
	want := []string{"AL", "BA", "BG", "FR", "GR", "HR", "MD", "ME", "MK", "RO", "RS", "XK"}
	if got := load(t).Codes(); !slices.Equal(got, want) {
		t.Errorf("packs of %v", got)
	}
}

func TestReflectionAsFarAsKnown(t *testing.T) {
	s := load(t)
	for code, want := range map[string][2]string{"AL": {"3M", "3M"}, "BA": {"30d", "30d"}, "BG": {"30d", "30d"}, "MD": {"30d", "30d"}, "FR": {"30d", "30d"},
		"HR": {"60d", "90d"}, "GR": {"3M", "5M"}, "XK": {"30d", "30d"}, "ME": {"90d", "90d"}, "RO": {"90d", "90d"}, "RS": {"90d", "90d"}, "MK": {"30d", "30d"}, "SE": {"30d", "30d"}} {
		for i, child := range []bool{false, true} {
			r := s.For(code).Reflection(child, start)
			if r.Length.String() != want[i] {
				t.Errorf("%s, child %v: %s, want %s", code, child, r.Length, want[i])
			}
			if !slices.Equal(r.Blocks, []string{"removal", "transfer", "return"}) {
				t.Errorf("%s blocks %v", code, r.Blocks)
			}
		}
	}
	if r := s.For("XK").Reflection(false, start); r.Longest.String() != "90d" || r.Article != "" {
		t.Errorf("Kosovo: %+v", r)
	}
	if r := s.For("MK").Reflection(false, start); r.Longest.String() != "2M" || !r.Minimum {
		t.Errorf("North Macedonia: %+v", r)
	}
	if r := s.For("SE").Reflection(false, start); !r.Minimum || r.Article != countries.Article13 {
		t.Errorf("without a pack: %+v", r)
	}
}

func TestNothingPassesForChecked(t *testing.T) {
	s := load(t)
	for _, code := range s.Codes() {
		p := s.For(code)
		for _, r := range p.Clocks {
			if r.Verified() {
				t.Errorf("%s %s is marked as checked", code, r.Code)
			}
			if !r.Longest.IsZero() && r.Longest.End(start, nil).Before(r.Length.End(start, nil)) {
				t.Errorf("%s %s: the longest is shorter", code, r.Code)
			}
		}
		for _, f := range p.Facts {
			if f.Verified() {
				t.Errorf("%s %s is marked as checked", code, f.Code)
			}
		}
		if p.Emergency.Number == "" || p.Emergency.Verified() || p.Helpline.Number != "" {
			t.Errorf("%s: numbers %+v %+v", code, p.Emergency, p.Helpline)
		}
		if p.Convention != (code != "XK") {
			t.Errorf("%s: convention %v", code, p.Convention)
		}
	}
}

func TestWordsOfTheTracks(t *testing.T) {
	s := load(t)
	if w := s.For("AL").Words["presumed"]; w.In("en") != "potential victim" || w.In("fr-FR") != "victime potentielle" {
		t.Errorf("Albania: %+v", w)
	}
	if w := s.For("RS").Words["recognised"]; w.In("en") != "identified victim" || w.In("ro") != "identified victim" {
		t.Errorf("Serbia: %+v", w)
	}
}

func TestKosovoClaim(t *testing.T) {
	r, ok := load(t).For("XK").Clock(countries.Compensation, start)
	if !ok || r.Length != (clock.Length{N: 6, Unit: clock.Months}) {
		t.Errorf("%+v %v", r, ok)
	}
	if _, ok := load(t).For("RS").Clock(countries.Compensation, start); ok {
		t.Error("Serbia has a claim clock out of nowhere")
	}
}

func TestTheLoaderIsStrict(t *testing.T) {
	good := "territory: AL\nzone: Europe/Tirane\nconvention: true\nemergency: {number: \"112\", source: x}\nclocks:\n  - {code: reflection, length: 3M, source: x, starts: a, article: \"\"}\n"
	read := func(name, text string) error {
		_, err := countries.Read(fstest.MapFS{name: {Data: []byte(text)}})
		return err
	}
	if err := read("AL.yaml", good); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"an unknown field":       good + "capital: Tirana\n",
		"no zone":                strings.Replace(good, "Europe/Tirane", "Europe/Nowhere", 1),
		"empty zone":             strings.Replace(good, "Europe/Tirane", "\"\"", 1),
		"a length in words":      strings.Replace(good, "3M", "three months", 1),
		"a clock of no source":   strings.Replace(good, "source: x, starts", "starts", 1),
		"a number of no source":  strings.Replace(good, "\"112\", source: x", "\"112\"", 1),
		"a number in words":      strings.Replace(good, "\"112\"", "police", 1),
		"two wordings":           good + "  - {code: reflection, length: 30d, source: x, starts: a, article: \"\"}\n",
		"a fact in one language": good + "facts: [{code: x, en: y, source: z}]\n",
		"a word of no source":    good + "words: {presumed: {en: a, fr: b}}\n",
	} {
		if read("AL.yaml", text) == nil {
			t.Errorf("%s was read", what)
		}
	}
	if read("RS.yaml", good) == nil {
		t.Error("a file under another name was read")
	}
}
