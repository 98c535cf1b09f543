// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// MinPassword is the least number of characters of a password; there is no rule on kinds of characters, because
// length and not being common are what protects (NIST SP 800-63B, section on passwords).
const MinPassword = 12

// maxPassword bounds the work that one request can ask for, in bytes.
const maxPassword = 512

// commonText holds words that common passwords are made of, one a line, '#' for comments: our own
// list, in the languages of the region.
//
//go:embed common.txt
var commonText string

// rows are runs of neighbouring keys and letters; any four or more of them in a row count as one word.
var rows = []string{"qwertyuiop", "azertyuiop", "qwertzuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "wxcvbn",
	"abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgbyhnujmikolp", "poiuytrewq", "lkjhgfdsa", "mnbvcxz", "zyxwvutsrqponmlkjihgfedcba"}

// checkPassword notes in fs why a password may not be used, under the field's name.
func checkPassword(fs *fault.Fields, field, password, login string) {
	switch {
	case utf8.RuneCountInString(norm.NFC.String(password)) < MinPassword:
		fs.Add(field, "identity.password.short", "Min", MinPassword)
	case len(password) > maxPassword:
		fs.Add(field, "identity.password.long", "Max", maxPassword)
	case containsLogin(password, login):
		fs.Add(field, "identity.password.contains_login")
	case common(password):
		fs.Add(field, "identity.password.common")
	}
}

// containsLogin compares without case; for a login like an address, its first half counts too.
func containsLogin(password, login string) bool {
	p, l := strings.ToLower(norm.NFKC.String(password)), normalLogin(login)
	if l == "" {
		return false
	}
	if strings.Contains(p, l) {
		return true
	}
	local, _, found := strings.Cut(l, "@")
	return found && utf8.RuneCountInString(local) >= 4 && strings.Contains(p, local)
}

// common says whether a password is one of those that are tried first: few different characters, digits
// only, or at most two common words dressed up with up to six digits or signs.
func common(password string) bool {
	p := strings.ToLower(norm.NFKC.String(password))
	distinct, others := map[rune]bool{}, 0
	onlyDigits := true
	for _, r := range p {
		distinct[r] = true
		if !unicode.IsLetter(r) {
			others++
		}
		onlyDigits = onlyDigits && unicode.IsDigit(r)
	}
	if len(distinct) < 5 || onlyDigits && utf8.RuneCountInString(p) < 20 {
		return true
	}
	words := commonWords()
	if others <= 6 && fewWords(letters(p), words) {
		return true
	}
	return fewWords(letters(unleet(p)), words)
}

func commonWords() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if w := strings.TrimSpace(line); w != "" && w[0] != '#' {
			m[w] = true
		}
	}
	return m
}

// letters keeps only letters.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

// unleet undoes the usual swaps of letters for digits and signs; digits that stand for nothing fall away.
func unleet(s string) string {
	return strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i", "€", "e").
		Replace(strings.TrimRight(s, "0123456789!?.*#$@-_ "))
}

// fewWords says whether s is made of one or two common words and nothing else.
func fewWords(s string, words map[string]bool) bool {
	if s == "" {
		return false
	}
	isWord := func(w string) bool {
		if words[w] {
			return true
		}
		if len(w) < 4 {
			return false
		}
		for _, r := range rows {
			if strings.Contains(r, w) {
				return true
			}
		}
		return false
	}
	if isWord(s) {
		return true
	}
	for i := range s {
		if i > 0 && isWord(s[:i]) && isWord(s[i:]) {
			return true
		}
	}
	return false
}
