// SPDX-License-Identifier: EUPL-1.2

package match

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/lang/names"
)

// Kind is which parts of two records agree when they share a key of it.
type Kind byte

// The closed list of kinds; the numbers are in tables.
const (
	Phone    Kind = iota + 1 // a telephone's number
	Document                 // an identity document's number, with its country where both know it
	Account                  // a bank account
	Plate                    // a vehicle's registration
	Email                    // an address of e-mail
	WordBorn                 // one word of the name, and day, month and year of birth
	NameYear                 // two words of the name, and the year of birth
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Phone, Document, Account, Plate, Email, WordBorn, NameYear} }

// String gives the code by which pages and logs call a kind.
func (k Kind) String() string {
	return [...]string{"", "phone", "document", "account", "plate", "email", "word_born", "name_year"}[k]
}

func (k Kind) valid() bool { return k >= Phone && k <= NameYear }

// Subject is what is known of a person, a telephone, an account or a vehicle. Every part may be empty.
type Subject struct {
	names.Person
	Accounts []string // IBAN
	Plates   []string
}

// Key is one thing that two records may share.
type Key struct {
	Kind  Kind
	Value string
	word  int // of the subject's names: its number, so that two readings of one are not taken for two
}

// Input is what is hashed.
func (k Key) Input() []byte { return append([]byte{byte(k.Kind), 0}, k.Value...) }

// Bounds of what is compared of one subject.
const (
	MostKeys     = 64
	mostNames    = 4
	mostReadings = 3 // of one word
	mostInPairs  = 2 // of one of two
)

// Keys gives what a subject may share with another, each once, in an order that depends on the input only, at most MostKeys.
// What cannot be read gives nothing.
func Keys(s Subject) []Key {
	var out []Key
	word := func(k Kind, value string, word int) {
		same := func(x Key) bool { return x.Kind == k && x.Value == value }
		if value != "" && len(out) < MostKeys && !slices.ContainsFunc(out, same) {
			out = append(out, Key{k, value, word})
		}
	}
	add := func(k Kind, value string) { word(k, value, 0) }
	for _, p := range s.Phones {
		if n, ok := names.E164(p.Number, p.Region); ok {
			add(Phone, n)
		}
	}
	for _, d := range s.Documents {
		for _, v := range names.Issued(d) {
			add(Document, v)
		}
	}
	for _, a := range s.Accounts {
		add(Account, names.IBAN(a))
	}
	for _, p := range s.Plates {
		add(Plate, names.Plate(p))
	}
	for _, e := range s.Emails {
		add(Email, names.Email(e))
	}
	for _, name := range s.Names[:min(len(s.Names), mostNames)] {
		words := names.Sounds(name, mostReadings)
		for _, born := range s.Born {
			day, exact := names.Birth(born)
			if day == "" {
				continue
			}
			if exact {
				wordsBorn(words, day, func(value string, w int) { word(WordBorn, value, w) })
			}
			namesYear(words, day[:len("1999")], func(value string) { add(NameYear, value) })
		}
	}
	return out
}

// wordsBorn takes each word by itself: one that is missing or misspelt spoils its own key only.
func wordsBorn(words [][]string, day string, add func(value string, word int)) {
	for i := range mostReadings {
		for w, readings := range words {
			if i < len(readings) {
				add(readings[i]+" "+day, w)
			}
		}
	}
}

// namesYear takes words in pairs, in the order of the alphabet: a single one beside a year says nothing.
func namesYear(words [][]string, year string, add func(value string)) {
	for i, a := range words {
		for _, b := range words[i+1:] {
			for _, x := range a[:min(len(a), mostInPairs)] {
				for _, y := range b[:min(len(b), mostInPairs)] {
					pair := []string{x, y}
					slices.Sort(pair)
					add(strings.Join(pair, " ") + " " + year)
				}
			}
		}
	}
}
