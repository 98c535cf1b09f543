// SPDX-License-Identifier: EUPL-1.2

package wording_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

func TestATranslationIsOutdatedOnceItsOriginalReadsOtherwise(t *testing.T) {
	x := wording.New("fr", "Atelier régional").With("en", "Regional workshop").With("sq", "Seminar rajonal")
	want := func(language string, s wording.State) {
		t.Helper()
		if got := x.State(language); got != s {
			t.Errorf("%s: %s, want %s", language, got, s)
		}
	}
	want("fr", wording.Original)
	want("en", wording.Translated)
	want("el", wording.Missing)
	x = x.With("fr", "Atelier régional d’experts")
	want("en", wording.Outdated)
	want("sq", wording.Outdated)
	x = x.With("en", "Regional expert workshop")
	want("en", wording.Translated)
	want("sq", wording.Outdated)
	x = x.Confirm("sq")
	want("sq", wording.Translated)
	if got := x.Wanting("fr", "en", "sq", "el"); !slices.Equal(got, []string{"el"}) {
		t.Errorf("wanting: %v", got)
	}
	if x.With("fr", "Atelier régional").State("en") != wording.Outdated {
		t.Error("a translation of later words counts for earlier ones")
	}
}

func TestAReaderGetsTheNearestText(t *testing.T) {
	x := wording.New("fr", "Étude").With("en", "Study")
	for language, want := range map[string]wording.Shown{
		"en":    {Text: "Study", Language: "en", State: wording.Translated, Asked: true},
		"en-GB": {Text: "Study", Language: "en", State: wording.Translated, Asked: true},
		"el":    {Text: "Étude", Language: "fr", State: wording.Original},
	} {
		if got := x.In(language); got != want {
			t.Errorf("%s: %+v", language, got)
		}
	}
	if got := (wording.Text{}).In("en"); got.State != wording.Missing || got.Text != "" {
		t.Errorf("no text: %+v", got)
	}
	if got := x.With("fr", "").In("el"); got.Text != "Study" || got.State != wording.Outdated {
		t.Errorf("without its original: %+v", got)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		text wording.Text
		key  string
	}{
		"nothing":             {wording.Text{}, "wording.need.text"},
		"no language":         {wording.Text{Original: "French", By: map[string]wording.Version{"French": {Text: "x"}}}, "wording.need.language"},
		"no original":         {wording.New("fr", "x").With("en", "y").With("fr", ""), "wording.need.original"},
		"too long":            {wording.New("fr", "longer than ten"), "wording.need.shorter"},
		"blank":               {wording.Text{Original: "fr", By: map[string]wording.Version{"fr": {Text: "  "}}}, "wording.need.text"},
		"no UTF-8":            {wording.Text{Original: "fr", By: map[string]wording.Version{"fr": {Text: "\xff"}}}, "wording.need.text"},
		"a sentence as a tag": {wording.New("she was held", "x"), "wording.need.language"},
	} {
		var fs fault.Fields
		c.text.Check(&fs, "title", true, 10)
		if len(fs) == 0 || fs[0].Key != c.key || fs[0].Name != "title" {
			t.Errorf("%s: %+v, want %s", name, fs, c.key)
		}
	}
	var fs fault.Fields
	wording.New("fr", "Étude").With("en", "Study").With("el", "Η μελέτη του").Check(&fs, "title", true, 12) // letters, whatever bytes they take
	wording.Text{}.Check(&fs, "note", false, 10)
	if len(fs) > 0 {
		t.Errorf("nothing is wrong: %+v", fs)
	}
}

// Whatever is set in whatever order: a text says of each language what it last heard, never two originals, and it
// travels through JSON unchanged.
func TestTextsHoldTogether(t *testing.T) {
	languages := []string{"fr", "en", "sq", "el"}
	rapid.Check(t, func(t *rapid.T) {
		var x wording.Text
		last := map[string]string{}
		for range rapid.IntRange(0, 12).Draw(t, "writes") {
			l := rapid.SampledFrom(languages).Draw(t, "language")
			words := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "words")
			before := x
			x = x.With(l, words)
			if last[l] = words; len(before.By) > 0 && len(x.By) > 0 && x.Original != before.Original {
				t.Fatalf("the original went from %s to %s", before.Original, x.Original)
			}
		}
		originals := 0
		for _, l := range languages {
			if got := x.By[l].Text; got != last[l] {
				t.Fatalf("%s is %q, last set to %q", l, got, last[l])
			}
			if x.State(l) == wording.Original {
				originals++
			}
			if x.State(l) == wording.Outdated && x.Confirm(l).State(l) == wording.Outdated && x.State(x.Original) == wording.Original {
				t.Fatalf("%s cannot be confirmed", l)
			}
		}
		if originals > 1 {
			t.Fatalf("%d originals", originals)
		}
		b, err := json.Marshal(x)
		var y wording.Text
		if err == nil {
			err = json.Unmarshal(b, &y)
		}
		if err != nil || !x.IsZero() && !reflect.DeepEqual(x, y) {
			t.Fatalf("%+v became %+v: %v", x, y, err)
		}
	})
}
