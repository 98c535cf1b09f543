// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// looksLike gives the Latin letter that a Cyrillic or Greek capital looks like: documents carry series in
// letters that typists of two alphabets read differently.
var looksLike = strings.NewReplacer(
	"А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "О", "O", "Р", "P", "С", "C", "Т", "T", "У", "Y", "Х", "X", "І", "I", "Ј", "J", "Ѕ", "S",
	"Α", "A", "Β", "B", "Ε", "E", "Ζ", "Z", "Η", "H", "Ι", "I", "Κ", "K", "Μ", "M", "Ν", "N", "Ο", "O", "Ρ", "P", "Τ", "T", "Υ", "Y", "Χ", "X")

// DocumentNumber gives a number as compared: capitals and digits alone, letters O read as zero and I as one,
// which no document tells apart reliably.
func DocumentNumber(number string) string {
	if len(number) > maxText {
		number = number[:maxText]
	}
	number = looksLike.Replace(strings.ToUpper(norm.NFKC.String(strings.ToValidUTF8(number, ""))))
	var b strings.Builder
	for _, r := range number {
		if d, ok := digit(r); ok {
			b.WriteByte(d)
		} else if unicode.IsLetter(r) {
			b.WriteRune(r)
		}
	}
	return strings.NewReplacer("O", "0", "I", "1").Replace(b.String())
}

// leastDocument is the least length of a document's number that is worth a token.
const leastDocument = 4

// anywhere stands for a document's country where none is given.
const anywhere = "any"

func documentTokens(d Document) []Token {
	n := DocumentNumber(d.Number)
	if len(n) < leastDocument {
		return nil
	}
	out := []Token{{KindDocument, anywhere + " " + n}}
	if c := strings.ToUpper(strings.TrimSpace(d.Country)); c != "" && len(c) <= 3 {
		out = append(out, Token{KindDocument, c + " " + n})
	}
	return out
}

// emailTokens gives an address without regard to case.
func emailTokens(address string) []Token {
	a := strings.ToLower(strings.TrimSpace(strings.ToValidUTF8(address, "")))
	if at := strings.LastIndexByte(a, '@'); at < 1 || at == len(a)-1 || len(a) > maxText {
		return nil
	}
	return []Token{{KindEmail, norm.NFKC.String(a)}}
}
