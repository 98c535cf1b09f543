// SPDX-License-Identifier: EUPL-1.2

// Package names gives what people can be found by: tokens that are blinded before they are stored, so that
// a search needs neither the names nor their order in the clear.
//
// # Names
//
// A name is written differently by every clerk and every alphabet: Gjergji, Đerđi, Ђерђи, Γκέργκι. Each word
// becomes one or a few skeletons: sounds in seventeen consonants and three vowels (a; e, i, y; o, u), the
// same from Latin, Cyrillic and Greek letters, with diacritics or without. Where a spelling can be read in
// several ways (c is ts, ch, k or s; j is y, zh or dzh), it gives several, read alike all through the word. A
// longer word also gives its consonants alone. Words in other scripts are kept as they are and only found by
// themselves.
//
// For typing there are beginnings: every beginning of three letters or more of a word, in the spelling it
// was stored in, is found by construction (a property test holds it); in another spelling usually.
//
// # The rest
//
// Birth dates are found in part and with day and month swapped; phones in E.164 or as dialled at home;
// documents with and without their country; addresses of e-mail whole.
//
// # One person twice
//
// Likenesses says in which ways a new person may be one who is stored: the rule of the duplicate desk.
//
// # Limits
//
// Skeletons find too much rather than too little: whoever shows hits shows the names, and a person decides.
// How much they find of real cross-script spellings is measured and asserted in the tests. Equal tokens of
// two people tell whoever holds the table and no key that the two share something, not what.
package names

import "slices"

// Kind is what sort of token it is. Tokens of different kinds are blinded under different keys.
type Kind = string

// The closed list of kinds.
const (
	KindName     Kind = "name"
	KindPrefix   Kind = "prefix"
	KindBorn     Kind = "born"
	KindPhone    Kind = "phone"
	KindDocument Kind = "document"
	KindEmail    Kind = "email"
)

// Token is one thing to be found by, in clear: it must be blinded before it is stored. It has the shape of
// store.Token and converts to it.
type Token struct{ Kind, Value string }

// MaxTokens is how many tokens one person gets at most; beginnings of names give way first.
const MaxTokens = 64

// mostWords is after how many words of names no further name is looked at: their tokens would not fit.
const mostWords = 24

// maxText bounds the letters of a name or query that are looked at.
const maxText = 256

// Phone is a number as written, and the country (two letters) from whose network it is dialled without a
// country code; "" when not known.
type Phone struct{ Number, Region string }

// Document is an identity document: issuing country in two or three letters ("" when not known) and number
// as written.
type Document struct{ Country, Number string }

// Person is what is known of someone. Every part may be empty.
type Person struct {
	Names     []string // each a whole name, in any order and script; aliases too
	Born      []string // "1999", "1999-04" or "1999-04-23"
	Phones    []Phone
	Documents []Document
	Emails    []string
}

// Tokens gives what a person can be found by: at most MaxTokens, each once, in an order that depends only
// on the input. What cannot be read (a date that is none) gives nothing.
func Tokens(p Person) []Token {
	s := set{seen: make(map[Token]bool, MaxTokens)}
	for _, d := range p.Documents {
		s.add(documentTokens(d)...)
	}
	for _, n := range p.Phones {
		s.add(phoneTokens(n)...)
	}
	for _, e := range p.Emails {
		s.add(emailTokens(e)...)
	}
	for _, b := range p.Born {
		s.add(bornTokens(b)...)
	}
	var words, pairs []string
	for _, n := range p.Names {
		of := wordsOf(n)
		words, pairs = append(words, of...), append(pairs, joined(of)...)
		if len(words) >= mostWords {
			break
		}
	}
	s.rounds(append(slices.Clone(words), pairs...), skeletons, KindName)
	s.rounds(words, beginnings, KindPrefix)
	return s.list
}

// Name gives the tokens of a name alone.
func Name(name string) []Token { return Tokens(Person{Names: []string{name}}) }

// set gathers tokens up to the cap.
type set struct {
	list []Token
	seen map[Token]bool
}

func (s *set) add(ts ...Token) {
	for _, t := range ts {
		if t.Value != "" && !s.seen[t] && len(s.list) < MaxTokens {
			s.seen[t] = true
			s.list = append(s.list, t)
		}
	}
}

// rounds adds the first value of every word, then the second of every word, and so on: when the cap cuts,
// it cuts the least likely readings of all words and not all of the last word.
func (s *set) rounds(words []string, values func(string) []string, kind Kind) {
	var lists [][]string
	for _, w := range words {
		lists = append(lists, values(w))
	}
	for i, more := 0, true; more && len(s.list) < MaxTokens; i++ {
		more = false
		for _, l := range lists {
			if i < len(l) {
				s.add(Token{kind, l[i]})
				more = true
			}
		}
	}
}
