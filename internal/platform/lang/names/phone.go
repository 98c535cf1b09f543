// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"strings"
	"unicode"
)

// plan is how a country dials: its country code, and the digit that stands before a number inside it.
type plan struct{ code, trunk string }

// plans are the programme's thirteen countries and territories (ITU E.164 national numbering plans).
var plans = map[string]plan{
	"AL": {"355", "0"}, "BA": {"387", "0"}, "BG": {"359", "0"}, "FR": {"33", "0"}, "GR": {"30", ""}, "HR": {"385", "0"}, "MD": {"373", "0"},
	"ME": {"382", "0"}, "MK": {"389", "0"}, "RO": {"40", "0"}, "RS": {"381", "0"}, "SE": {"46", "0"}, "XK": {"383", "0"},
}

const (
	leastDigits = 6  // of a number that can be told from others
	mostDigits  = 15 // of E.164
)

// E164 gives a number as +, country code and number. region is where it would be dialled without a country
// code. It is false for what is no number, and for a national number of a region that is not known.
func E164(number, region string) (string, bool) {
	digits, international := dialled(number)
	if international {
		return "+" + withoutTrunk(digits), plausible(digits)
	}
	p, ok := plans[strings.ToUpper(strings.TrimSpace(region))]
	if !ok {
		return "", false
	}
	digits = p.code + strings.TrimPrefix(digits, p.trunk)
	return "+" + digits, plausible(digits)
}

func plausible(digits string) bool { return len(digits) >= leastDigits && len(digits) <= mostDigits }

// dialled gives the digits of a number, and whether they begin with a country code (after + or 00).
func dialled(number string) (digits string, international bool) {
	var b strings.Builder
	for i, r := range number {
		if i > maxText {
			break
		}
		if d, ok := digit(r); ok {
			b.WriteByte(d)
		} else if r == '+' && b.Len() == 0 {
			international = true
		}
	}
	digits = b.String()
	if rest, ok := strings.CutPrefix(digits, "00"); ok && !international {
		return rest, true
	}
	return digits, international
}

// digit reads a decimal digit of the scripts in which phones show them: 0 to 9, Arabic and Persian.
func digit(r rune) (byte, bool) {
	switch {
	case r >= '0' && r <= '9':
		return byte(r), true
	case r >= '٠' && r <= '٩':
		return byte(r-'٠') + '0', true
	case r >= '۰' && r <= '۹':
		return byte(r-'۰') + '0', true
	}
	return 0, false
}

// withoutTrunk takes out the zero of +355 (0)69 that people leave in.
func withoutTrunk(digits string) string {
	for _, p := range plans {
		if rest, ok := strings.CutPrefix(digits, p.code); ok && p.trunk != "" {
			return p.code + strings.TrimPrefix(rest, p.trunk)
		}
	}
	return digits
}

// national gives the part after the country code, "" when the code is not of plans.
func national(e164 string) string {
	for _, p := range plans {
		if rest, ok := strings.CutPrefix(e164, "+"+p.code); ok {
			return rest
		}
	}
	return ""
}

// home marks a number without its country code, so that it is found as dialled at home.
const home = "home "

func phoneTokens(p Phone) []Token {
	if e, ok := E164(p.Number, p.Region); ok {
		out := []Token{{KindPhone, e}}
		if n := national(e); len(n) >= leastDigits {
			out = append(out, Token{KindPhone, home + n})
		}
		return out
	}
	if digits, _ := dialled(p.Number); plausible(digits) {
		return []Token{{KindPhone, home + strings.TrimPrefix(digits, "0")}}
	}
	return nil
}

// phoneQuery gives what a number that someone types may be stored as.
func phoneQuery(text string) []Token {
	digits, international := dialled(text)
	if !plausible(digits) {
		return nil
	}
	if international {
		e := "+" + withoutTrunk(digits)
		out := []Token{{KindPhone, e}}
		if n := national(e); len(n) >= leastDigits { // stored without knowing the country
			out = append(out, Token{KindPhone, home + n})
		}
		return out
	}
	out := []Token{{KindPhone, home + strings.TrimPrefix(digits, "0")}, {KindPhone, "+" + withoutTrunk(digits)}}
	if rest := strings.TrimPrefix(digits, "0"); rest != digits {
		return out[:1]
	}
	return out
}

// phoneLike says whether a text holds nothing but what phone numbers are written with.
func phoneLike(text string) bool {
	n := 0
	for _, r := range text {
		if _, ok := digit(r); ok {
			n++
			continue
		}
		if !strings.ContainsRune("+()-./", r) && !unicode.IsSpace(r) {
			return false
		}
	}
	return n > 0
}
