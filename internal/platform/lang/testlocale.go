// SPDX-License-Identifier: EUPL-1.2

package lang

import "strings"

// accents stand in for letters in the pseudo-locale.
var accents = strings.NewReplacer("a", "á", "e", "é", "i", "í", "o", "ó", "u", "ú", "c", "ç", "n", "ñ", "s", "š", "z", "ž", "A", "Å", "E", "É", "O", "Ö", "U", "Ü", "C", "Ç", "S", "Š")

// pseudo makes a text accented, about a third longer and bracketed; placeholders stay.
func pseudo(s string) string {
	if s == "" {
		return s
	}
	out := outside(s, accents.Replace)
	return "⟦" + out + strings.Repeat("~", len(s)/3) + "⟧"
}

// mirror makes a text run from right to left: an override around each stretch, placeholders stay.
func mirror(s string) string {
	if s == "" {
		return s
	}
	return outside(s, func(x string) string {
		if strings.TrimSpace(x) == "" {
			return x
		}
		return "\u202e" + x + "\u202c"
	})
}

// outside applies f to what stands outside of {{placeholders}}.
func outside(s string, f func(string) string) string {
	var b strings.Builder
	for s != "" {
		i := strings.Index(s, "{{")
		if i < 0 {
			b.WriteString(f(s))
			break
		}
		b.WriteString(f(s[:i]))
		j := strings.Index(s[i:], "}}")
		if j < 0 {
			b.WriteString(s[i:])
			break
		}
		b.WriteString(s[i : i+j+2])
		s = s[i+j+2:]
	}
	return b.String()
}
