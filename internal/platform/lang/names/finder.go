// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Finder says where in texts a word stands that a search finds: by the same tokens, so in whatever script it was typed. It keeps what
// it knows of words, and is for one search.
type Finder struct {
	any   map[Token]bool
	known map[string]bool
}

// NewFinder makes a finder of the alternatives of a search's words.
func NewFinder(any []Token) *Finder {
	f := &Finder{map[Token]bool{}, map[string]bool{}}
	for _, t := range any {
		f.any[t] = true
	}
	return f
}

// First gives where the first such word of a text stands, in bytes. At most so many different words are looked at.
func (f *Finder) First(text string, most int) (from, to int, ok bool) {
	for i := 0; i < len(text) && most > 0; {
		n := wordLength(text[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		word := text[i : i+n]
		is, known := f.known[word]
		if !known {
			is = f.finds(word)
			f.known[word] = is
			most--
		}
		if is {
			return i, i + n, true
		}
		i += n
	}
	return 0, 0, false
}

// wordLength gives how many bytes of a text its first word takes, 0 where it begins with none. What an apostrophe or a hyphen joins is
// one word.
func wordLength(text string) int {
	end := 0
	for i, r := range text {
		switch {
		case inWord(r):
			end = i + utf8.RuneLen(r)
			if r == utf8.RuneError {
				end = i + 1
			}
		case end == 0, !apostrophe(r) && !unicode.Is(unicode.Hyphen, r):
			return end
		}
	}
	return end
}

func (f *Finder) finds(word string) bool {
	for _, w := range fieldWords(strings.ToValidUTF8(word, "")) {
		for _, v := range skeletons(w) {
			if f.any[Token{KindName, v}] {
				return true
			}
		}
		for _, v := range likeliest(w) {
			if f.any[Token{KindPrefix, v}] {
				return true
			}
		}
	}
	return false
}
