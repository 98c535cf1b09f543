// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxReadings  = 12 // of one word
	maxWord      = 24 // letters of a word that count
	maxWords     = 12 // of one name or query
	maxSkeletons = 6  // stored of one word
	maxTyped     = 4  // readings of a beginning
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
func joined(words []string) []string {
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
	out := make([]segment, 0, len(word))
	for word != "" {
		s := longest(word)
		out = append(out, s)
		word = word[len(s.letters):]
	}
	return out
}

// longest finds the segment at the beginning of a text.
func longest(text string) segment {
	var ends [longestSpelling]int // of its first letters, in bytes
	n := 0
	for i, r := range text {
		if n == longestSpelling {
			break
		}
		ends[n] = i + utf8.RuneLen(r)
		n++
	}
	if ends[n-1] == len(text) {
		if rs, ok := finals[text]; ok {
			return segment{text, rs}
		}
	}
	for ; n > 0; n-- {
		if rs, ok := sounds[text[:ends[n-1]]]; ok {
			return segment{text[:ends[n-1]], rs}
		}
	}
	return segment{text[:ends[0]], []string{text[:ends[0]]}}
}

// alike says whether two segments are the same spelling: a final one may be read in other ways than elsewhere.
func (s segment) alike(x segment) bool {
	return s.letters == x.letters && slices.Equal(s.readings, x.readings)
}

// readings gives the ways to read a word, likeliest first and at most so many: the same letters are read
// alike in all places.
func readings(word string, most int) []string {
	r := reader{segments: cut(word), most: most}
	for i, s := range r.segments {
		first := slices.IndexFunc(r.segments, s.alike)
		r.like = append(r.like, first)
		if first == i && len(s.readings) > 1 {
			r.open = append(r.open, i)
		}
	}
	r.choice = make([]int, len(r.segments))
	r.say()
	for _, i := range r.open { // one spelling read otherwise
		r.vary(i, r.say)
	}
	for n, i := range r.open { // two of them
		for _, j := range r.open[n+1:] {
			r.vary(i, func() { r.vary(j, r.say) })
		}
	}
	return r.out
}

// reader is one run of readings.
type reader struct {
	segments []segment
	like     []int // by segment: the first one of the same letters, which decides for it
	open     []int // segments that decide and can be read in several ways
	choice   []int // by segment that decides: which reading
	most     int
	out      []string
}

// vary calls f with each reading but the likeliest of a segment.
func (r *reader) vary(i int, f func()) {
	for c := 1; c < len(r.segments[i].readings) && len(r.out) < r.most; c++ {
		r.choice[i] = c
		f()
	}
	r.choice[i] = 0
}

// say adds the word as it is read now.
func (r *reader) say() {
	if len(r.out) >= r.most {
		return
	}
	b := make([]byte, 0, 4*maxWord)
	for i, s := range r.segments {
		b = append(b, s.readings[r.choice[r.like[i]]]...)
	}
	if w := string(voice(smooth(b))); w != "" && !slices.Contains(r.out, w) {
		r.out = append(r.out, w)
	}
}

// smooth makes doubled sounds one and takes silence out, in place.
func smooth(s []byte) []byte {
	out := s[:0]
	var last rune
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf { // a letter that stands for itself
			r, n = utf8.DecodeRune(s[i:])
		}
		if r != '-' && r != last {
			out = append(out, s[i:i+n]...)
			last = r
		}
		i += n
	}
	return out
}

// voice makes one of what Greek, and who writes it, does not tell apart behind a nasal: nt and nd, nk and ng, mp and mb. In
// place.
func voice(s []byte) []byte {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i-1] == 'n' && s[i] == 't':
			s[i] = 'd'
		case s[i-1] == 'n' && s[i] == 'k':
			s[i] = 'g'
		case s[i-1] == 'm' && s[i] == 'p':
			s[i] = 'b'
		}
	}
	return s
}

const vowels = "aiu"

// skeletons gives what a word is found by as a whole: its readings, and of longer ones the consonants alone.
func skeletons(word string) []string {
	var out []string
	rs := readings(word, maxReadings)
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
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if strings.IndexByte(vowels, s[i]) < 0 {
			out = append(out, s[i])
		}
	}
	return string(smooth(out))
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

// typed gives the beginnings that a text typed so far stands for.
func typed(text string) []string {
	var out []string
	for _, r := range readings(text, maxTyped) {
		letters := []rune(r)
		if t := string(letters[:min(len(letters), prefixLength)]); !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}
