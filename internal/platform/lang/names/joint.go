// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"slices"
	"strings"
)

// Sounds gives each word of a name as the skeletons that it is most likely read as, at most so many of each: first whole
// readings, then consonants alone. It is what a name is compared by where it is not searched: together with something else.
func Sounds(name string, most int) [][]string {
	var out [][]string
	for _, w := range wordsOf(name) {
		if s := skeletons(w); len(s) > 0 {
			out = append(out, s[:min(len(s), most)])
		}
	}
	return out
}

// Birth gives a birth as it is compared with one that somebody else wrote down: the year and, in ascending order, day and
// month, which clerks of two countries exchange. exact is false where only the year is known, or may be: the 1st of January
// stands for an unknown day. It is "" for what is no date.
func Birth(born string) (key string, exact bool) {
	d, ok := parseISO(born)
	if !ok {
		return "", false
	}
	if d.day == 0 || d.vague() {
		return date{year: d.year}.String(), false
	}
	if d.day < d.month {
		d.day, d.month = d.month, d.day
	}
	// not a date any more where the month was above twelve as a day; only to be compared
	return strings.Join([]string{date{year: d.year}.String(), two(d.month), two(d.day)}, " "), true
}

func two(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

// Plate gives a vehicle's registration as compared: Latin capitals and digits, letters that look like Latin ones taken for
// them; "" for what is too short to be one.
func Plate(text string) string {
	p := DocumentNumber(text)
	if len([]rune(p)) < leastDocument {
		return ""
	}
	return p
}

// IBAN gives an international bank account number without spaces; "" where its check digits (ISO 7064, mod 97-10) are not
// right.
func IBAN(text string) string {
	n := strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\u00a0\u202f", r) {
			return -1
		}
		return r
	}, text))
	if len(n) < 15 || len(n) > 34 || strings.HasPrefix(n, "IBAN") {
		if rest, ok := strings.CutPrefix(n, "IBAN"); ok {
			return IBAN(rest)
		}
		return ""
	}
	rest := 0
	for _, c := range []byte(n[4:] + n[:4]) {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return ""
		}
	}
	if rest != 1 {
		return ""
	}
	return n
}

// Email gives an address as compared, "" for none.
func Email(address string) string {
	if ts := emailTokens(address); len(ts) == 1 {
		return ts[0].Value
	}
	return ""
}

// Issued gives an identity document as compared: as from its country, and as from anywhere; nothing of too short a number.
func Issued(d Document) []string {
	var out []string
	for _, t := range documentTokens(d) {
		out = append(out, t.Value)
	}
	slices.Sort(out)
	return out
}
