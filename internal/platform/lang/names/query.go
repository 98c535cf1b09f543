// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"strings"
	"unicode"
)

// Query turns what someone types in one box into what to search for: a list of words that must all be
// found, each a list of alternatives of which one suffices. It tells names, dates of birth (23.4.1999,
// 4/1999, 1999-04-23, 1999), phones (+355 69 123 4567, 069 123 4567), numbers of documents and addresses of
// e-mail apart by their looks; what may be two things is looked for as both. Nothing to look for is nil.
func Query(text string) [][]Token {
	if len(text) > 4*maxText {
		text = text[:4*maxText]
	}
	var out [][]Token
	for _, p := range pieces(strings.ToValidUTF8(text, "")) {
		for _, w := range p.words() {
			if len(w) > 0 && len(out) < maxWords {
				out = append(out, w)
			}
		}
	}
	return out
}

// piece is a part of a query that belongs together.
type piece string

// pieces cuts a query at spaces, and joins neighbours that are groups of one phone number, or the series in
// one or two letters and the digits of one document.
func pieces(text string) []piece {
	var out []piece
	var number []string
	flush := func() {
		if len(number) == 0 {
			return
		}
		p := piece(strings.Join(number, " "))
		number = nil
		if n := len(out); n > 0 && out[n-1].series() && strings.Trim(string(p), "0123456789") == "" && p[0] != '0' {
			out[n-1] += p
			return
		}
		out = append(out, p)
	}
	for _, f := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }) {
		if !phoneLike(f) || len(readDates(f)) > 0 && len(number) == 0 {
			flush()
			out = append(out, piece(f))
			continue
		}
		if strings.HasPrefix(f, "+") {
			flush()
		}
		number = append(number, f)
	}
	flush()
	return out
}

// series says whether a piece can be the letters of a document's number.
func (p piece) series() bool {
	return len([]rune(p)) <= 2 && !strings.ContainsFunc(string(p), func(r rune) bool { return !unicode.IsLetter(r) })
}

func (p piece) words() [][]Token {
	s := string(p)
	if strings.ContainsRune(s, '@') {
		if e := emailTokens(s); e != nil {
			return [][]Token{e}
		}
	}
	if !strings.ContainsFunc(s, unicode.IsDigit) {
		return nameWords(s)
	}
	var all []Token
	dates := readDates(s)
	for _, d := range dates {
		all = append(all, bornQuery(d)...)
	}
	if phoneLike(s) && len(dates) == 0 {
		all = append(all, phoneQuery(s)...)
	}
	if n := DocumentNumber(s); len(n) > leastDocument {
		all = append(all, Token{KindDocument, anywhere + " " + n})
	}
	if len(all) == 0 {
		return nameWords(s)
	}
	return [][]Token{all}
}

// nameWords gives the alternatives of each word of a name.
func nameWords(s string) [][]Token {
	var out [][]Token
	for _, w := range wordsOf(s) {
		var alternatives []Token
		for _, v := range skeletons(w) {
			alternatives = append(alternatives, Token{KindName, v})
		}
		if rs := []rune(w); len(rs) >= leastTyped {
			for _, v := range typed(string(rs[:min(len(rs), 2*prefixLength)])) {
				alternatives = append(alternatives, Token{KindPrefix, v})
			}
		}
		out = append(out, alternatives)
	}
	return out
}
