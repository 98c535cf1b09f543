// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	maxReadings  = 12 // of one word
	maxWord      = 24 // letters of a word that count
	maxWords     = 12 // of one name or query
	maxSkeletons = 6  // stored of one word
	prefixLength = 6  // sounds of a beginning
	leastTyped   = 3  // letters
	bareLength   = 4  // consonants at least, where a word is also found by its consonants alone
)

// wordsOf cuts a name into its words, lower-case.
func wordsOf(name string) []string {
	if len(name) > 4*maxText {
		name = name[:4*maxText]
	}
	name = strings.ToValidUTF8(name, "")
	name = norm.NFKC.String(strings.ToLower(strings.ReplaceAll(name, "İ", "i")))
	var words []string
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return !inWord(r) && !apostrophe(r) }) {
		if w = plain(w); w != "" && len(words) < maxWords {
			words = append(words, w)
		}
	}
	return words
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }

// apostrophe is what stands inside a word without parting it: O'Neil, Val'ter, ʿUthmān.
func apostrophe(r rune) bool { return strings.ContainsRune("'’‘ʼʹʿʾ`´ʻ", r) }

// joined gives the pairs of neighbouring words as one: Anamaria is found by Ana-Maria, Abdulrahman by Abdul
// Rahman.
func joined(name string) []string {
	words := wordsOf(name)
	var out []string
	for i := 0; i+1 < len(words); i++ {
		if len(words[i])+len(words[i+1]) <= maxWord {
			out = append(out, words[i]+words[i+1])
		}
	}
	return out
}

// plain puts a word into the letters of spellings: marks that no spelling knows are taken off.
func plain(word string) string {
	var b strings.Builder
	n := 0
	for _, r := range norm.NFC.String(word) {
		if apostrophe(r) || n == maxWord {
			continue
		}
		if _, known := spellings[string(r)]; !known && r > 127 {
			r = bare(r)
		}
		if unicode.IsMark(r) {
			continue
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// bare takes the marks off a letter.
func bare(r rune) rune {
	for _, base := range norm.NFD.String(string(r)) {
		return base
	}
	return r
}

// segment is a run of letters of a word and how it can be read.
type segment struct {
	letters  string
	readings []string
}

// cut finds the segments of a word. Letters of other scripts stand for themselves.
func cut(word string) []segment {
	rs := []rune(word)
	var out []segment
	for i := 0; i < len(rs); {
		n, readings := longest(rs[i:])
		out = append(out, segment{string(rs[i : i+n]), readings})
		i += n
	}
	return out
}

func longest(rs []rune) (int, []string) {
	if rest, ok := final[string(rs[:min(len(rs), longestSpelling)])]; ok && len(rs) <= longestSpelling {
		return len(rs), strings.Fields(rest)
	}
	for n := min(len(rs), longestSpelling); n > 0; n-- {
		if s, ok := spellings[string(rs[:n])]; ok {
			return n, strings.Fields(s)
		}
	}
	return 1, []string{string(rs[:1])}
}

// readings gives the ways to read a word, likeliest first: the same letters are read alike in all places.
func readings(word string) []string {
	segments := cut(word)
	var keys []string
	options := map[string][]string{}
	for _, s := range segments {
		if _, ok := options[s.letters]; !ok {
			options[s.letters] = s.readings
			if len(s.readings) > 1 {
				keys = append(keys, s.letters)
			}
		}
	}
	var out []string
	say := func(choice map[string]int) {
		var b strings.Builder
		for _, s := range segments {
			b.WriteString(options[s.letters][choice[s.letters]])
		}
		if w := voiced.Replace(smooth(b.String())); w != "" && !slices.Contains(out, w) && len(out) < maxReadings {
			out = append(out, w)
		}
	}
	say(nil)
	for _, k := range keys { // one spelling read otherwise
		for i := 1; i < len(options[k]); i++ {
			say(map[string]int{k: i})
		}
	}
	for a, k := range keys { // two of them
		for _, l := range keys[a+1:] {
			for i := 1; i < len(options[k]); i++ {
				for j := 1; j < len(options[l]); j++ {
					say(map[string]int{k: i, l: j})
				}
			}
		}
	}
	return out
}

// smooth makes doubled sounds one and takes silence out.
func smooth(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range s {
		if r != '-' && r != last {
			b.WriteRune(r)
			last = r
		}
	}
	return b.String()
}

// voiced makes one of what Greek, and who writes it, does not tell apart behind a nasal.
var voiced = strings.NewReplacer("nt", "nd", "nk", "ng", "mp", "mb")

const vowels = "aiu"

// skeletons gives what a word is found by as a whole: its readings, and of longer ones the consonants alone.
func skeletons(word string) []string {
	var out []string
	rs := readings(word)
	for i, r := range rs {
		if i < maxSkeletons {
			out = append(out, r)
		}
	}
	for i, r := range rs {
		if c := consonants(r); i < maxSkeletons && len(c) >= bareLength && !slices.Contains(out, "."+c) {
			out = append(out, "."+c)
		}
	}
	return out
}

func consonants(s string) string {
	return smooth(strings.Map(func(r rune) rune {
		if strings.ContainsRune(vowels, r) {
			return -1
		}
		return r
	}, s))
}

// beginnings gives what a word is found by while it is typed: the readings of every beginning of it, cut to
// prefixLength sounds.
func beginnings(word string) []string {
	rs := []rune(word)
	var out []string
	for n := leastTyped; n <= len(rs) && n <= 2*prefixLength; n++ {
		for _, t := range typed(string(rs[:n])) {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// maxTyped is how many readings of a beginning count.
const maxTyped = 4

// typed gives the beginnings that a text typed so far stands for.
func typed(text string) []string {
	var out []string
	for i, r := range readings(text) {
		if i == maxTyped {
			break
		}
		letters := []rune(r)
		if t := string(letters[:min(len(letters), prefixLength)]); !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}
