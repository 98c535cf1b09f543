// SPDX-License-Identifier: EUPL-1.2

package names

import "strings"

// Text gives what texts are found by, at most so many tokens: every word as the word of a name, however many there are, the first
// texts first; then, as far as there is room, the likeliest beginnings of each. Of a word in which an apostrophe stands, its parts
// are found as well: enfance of l’enfance.
func Text(most int, texts ...string) []Token {
	var words []string
	known := map[string]bool{}
	for _, t := range texts {
		for f := range strings.FieldsSeq(t) {
			for _, w := range fieldWords(f) {
				if !known[w] {
					known[w], words = true, append(words, w)
				}
			}
		}
	}
	var out []Token
	seen := map[Token]bool{}
	add := func(kind Kind, values []string) {
		for _, v := range values {
			if t := (Token{kind, v}); !seen[t] && len(out) < most {
				seen[t], out = true, append(out, t)
			}
		}
	}
	for _, w := range words {
		add(KindName, skeletons(w))
	}
	for _, w := range words {
		add(KindPrefix, likeliest(w))
	}
	return out
}

// fieldWords gives the words of what stands between two spaces: what hyphens part also as one, what an apostrophe parts also apart.
func fieldWords(field string) []string {
	out := wordsOf(field)
	out = append(out, joined(out)...)
	for _, p := range Elided(field) {
		out = append(out, wordsOf(p)...)
	}
	return out
}

// Elided gives the parts of a word that an apostrophe parts, of three letters or more; none where there is no such.
func Elided(word string) []string {
	var out []string
	parts := strings.FieldsFunc(word, apostrophe)
	if len(parts) < 2 {
		return nil
	}
	for _, p := range parts {
		if len([]rune(p)) >= leastTyped {
			out = append(out, p)
		}
	}
	return out
}

// likeliest is beginnings, each in its likeliest reading alone.
func likeliest(word string) []string {
	rs := []rune(word)
	var out []string
	for n := leastTyped; n <= len(rs) && n <= 2*prefixLength; n++ {
		if t := typed(string(rs[:n])); len(t) > 0 {
			out = append(out, t[0])
		}
	}
	return out
}
