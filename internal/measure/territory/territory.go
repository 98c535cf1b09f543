// SPDX-License-Identifier: EUPL-1.2

// Package territory reads which country or territory a text of a table means: a code with two or three letters, a name as CLDR
// has it in any language of the program, another name in use, or what its people are called in English or French. "Romania",
// "ROMANIA", "Romanian" and "Roumanie" are one.
//
// Codes are ISO 3166-1's, and XK for Kosovo, which is user-assigned; in three letters it is written XKX. A name says nothing of
// anybody's position on status. What more than one can be meant by ("Congolese") is no answer: nothing is guessed.
package territory

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Each line of names.txt is a code in two and in three letters, and what else it goes by; the line that begins with ? has what
// several can be meant by, or none that still is one.
//
//go:embed names.txt
var file string

// How says how sure a reading is.
type How int

// The closed list.
const (
	Unknown   How = iota // nothing known is meant
	Ambiguous            // several can be meant, or one that is no more
	Code                 // ISO's code
	Renamed              // a code that others use for it: EL, UK
	Name                 // a name, or what its people are called
)

// Names reads texts. It is safe for concurrent use.
type Names struct {
	alpha3, alpha2 map[string]string
	by             map[string]string
}

const ambiguous = "?"

// Load gives the names that the program has.
func Load(b *lang.Bundle) *Names {
	n := &Names{alpha3: map[string]string{}, alpha2: map[string]string{}, by: map[string]string{}}
	for line := range strings.Lines(file) {
		codes, others := line[:min(len(line), 7)], line[min(len(line), 7):]
		if line[0] == '?' {
			codes, others = "? -", line[3:]
		}
		two, three, _ := strings.Cut(strings.TrimSpace(codes), " ")
		if two != ambiguous {
			n.alpha3[two], n.alpha2[three] = three, two
		}
		for _, x := range strings.Split(others, ";") {
			n.add(two, Plain(x))
		}
	}
	b.EachTerritory(func(code, name string) {
		if n.alpha3[code] != "" {
			n.add(code, Plain(name))
		}
	})
	return n
}

func (n *Names) add(code, name string) {
	switch was := n.by[name]; {
	case name == "":
	case was == "" || code == ambiguous:
		n.by[name] = code
	case was != code: // two languages call two of them the same
		n.by[name] = ambiguous
	}
}

// others are codes that are in use beside ISO's: Eurostat's for Greece and the United Kingdom, three for Kosovo, and the former
// one of Romania.
var others = map[string]string{"EL": "GR", "UK": "GB", "XKO": "XK", "KOS": "XK", "XKV": "XK", "ROM": "RO"}

// Read says what a text means: the code with two letters, and how it was found. Codes are read in capital letters only, since
// "no", "is" and "in" are words.
func (n *Names) Read(text string) (code string, how How) {
	text = strings.TrimSpace(text)
	switch len(text) {
	case 2:
		if n.alpha3[text] != "" {
			return text, Code
		}
	case 3:
		if two := n.alpha2[text]; two != "" {
			return two, Code
		}
	}
	if c := others[text]; c != "" {
		return c, Renamed
	}
	p := Plain(text)
	found := n.by[p]
	if s, ok := strings.CutSuffix(p, "s"); found == "" && ok {
		found = n.by[s] // more than one of them
	}
	switch found {
	case "":
		return "", Unknown
	case ambiguous:
		return "", Ambiguous
	}
	return found, Name
}

// Alpha3 gives a code with three letters; "" for what is no code with two.
func (n *Names) Alpha3(code string) string { return n.alpha3[code] }

// Codes lists the codes with two letters.
func (n *Names) Codes() []string {
	var out []string
	for c := range n.alpha3 {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// Plain gives a text in small letters without accents and marks, as names are compared: "Kosovo*" and "(Kosovo)" are "kosovo".
func Plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == '&':
			return '\u0001'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFKD.String(s))
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u0001", " and ")), " ")
}
