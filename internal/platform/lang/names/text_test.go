// SPDX-License-Identifier: EUPL-1.2

package names_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/lang/names"
)

// finds says whether what somebody types finds what a text is found by.
func finds(tokens []names.Token, typed string) bool {
	for _, any := range names.Query(typed) {
		if !slices.ContainsFunc(any, func(t names.Token) bool { return slices.Contains(tokens, t) }) {
			return false
		}
	}
	return true
}

// TestEveryWordOfATextFindsIt, however long the text is, in whichever script, and every beginning of it; with little room, the words.
func TestEveryWordOfATextFindsIt(t *testing.T) {
	word := rapid.StringMatching(`[a-zéçëșțšđžćα-ωάήа-яѓќјљњ]{3,14}`)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 1, 300).Draw(t, "words")
		text := strings.Join(words, " ")
		whole, little := names.Text(1<<20, text), names.Text(12*len(words), text)
		w := rapid.SampledFrom(words).Draw(t, "word")
		letters := []rune(w)
		begun := string(letters[:rapid.IntRange(3, len(letters)).Draw(t, "letters")])
		if !finds(whole, w) || !finds(little, w) || !finds(whole, begun) {
			t.Fatalf("%q or %q does not find %q", w, begun, text)
		}
	})
}

func TestWhatAnApostropheParts(t *testing.T) {
	text := names.Text(1000, "L’hébergement d'urgence aujourd’hui", "anti-trafficking « l’enfance »", "ььь ''' ’ -")
	for typed, want := range map[string]bool{"hebergement": true, "l’hébergement": true, "urgence": true, "d'urgence": true, "aujourd'hui": true, "enfance": true, "antitrafficking": true, "trafficking": true, "securite": false} {
		if finds(text, typed) != want {
			t.Errorf("%q: %v", typed, !want)
		}
	}
	if got := names.Elided("l’enfance"); !slices.Equal(got, []string{"enfance"}) {
		t.Error(got)
	}
	if got := names.Elided("enfance’"); got != nil {
		t.Error(got)
	}
}

func TestATextGivesAsManyTokensAsThereIsRoomFor(t *testing.T) {
	for _, most := range []int{0, 1, 7, 100} {
		if n := len(names.Text(most, strings.Repeat("зaштита θύματα referire ", 50)+"a b c d e f g hebergement juridictionnelle psychologique renouvelable")); n > most || most < 40 && n != most {
			t.Errorf("%d, not %d", n, most)
		}
	}
}
