// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// telling are small words that one of two languages has and the other has not. Words that both have ("on", "a", "as", "sur")
// tell nothing and are left out. It is no dictionary: a French sentence without a French small word passes.
var telling = map[string][]string{
	"fr": {"le", "la", "les", "des", "du", "de", "un", "une", "et", "est", "sont", "dans", "pour", "avec", "aux", "au", "qui", "que", "ce", "cette", "ces", "leur", "leurs", "ont", "été", "être", "dont", "où", "mais", "nous", "vous",
		"janvier", "février", "mars", "avril", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"en": {"the", "of", "and", "to", "in", "is", "are", "was", "were", "with", "for", "from", "by", "this", "that", "these", "their", "has", "have", "been", "which", "who", "will", "at", "its", "it", "we", "our", "they",
		"january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december"},
}

var wordForm = regexp.MustCompile(`[\p{L}'’]+`)

// strange gives the words of a text that are of another language than the one it is to be in, with what stands between them;
// that other language; and whether the text as a whole is in it. Names are cut out before.
func strange(text, language string) (found []string, other string, whole bool) {
	words := wordForm.FindAllString(text, -1)
	is, own, hits := make([]bool, len(words)), 0, 0
	for i := range words {
		if tells(words, i, language) {
			own++
			continue
		}
		for tag := range telling {
			if tag != language && tells(words, i, tag) && !slices.Contains(telling[language], strings.ToLower(words[i])) {
				is[i], other = true, tag
				hits++
			}
		}
	}
	for i := 0; i < len(words); i++ {
		if !is[i] {
			continue
		}
		last := i
		for last+1 < len(words) && (is[last+1] || last+2 < len(words) && is[last+2]) {
			last++
		}
		found = append(found, strings.Join(words[i:last+1], " "))
		i = last
	}
	return found, other, hits >= 3 && hits > own
}

// tells says whether a word tells that a text is in a language. A capital within a sentence is a name's ("Le Drian"), capitals
// throughout are an abbreviation's ("UN"), and months are written with a capital in English only.
func tells(words []string, i int, language string) bool {
	w := words[i]
	low := strings.ReplaceAll(strings.ToLower(w), "’", "'")
	if head, rest, ok := strings.Cut(low, "'"); ok {
		return language == "fr" && slices.Contains([]string{"l", "d", "qu", "n", "c", "j"}, head) && len(rest) > 1
	}
	at := slices.Index(telling[language], low)
	if at < 0 || utf8.RuneCountInString(w) > 1 && w == strings.ToUpper(w) {
		return false
	}
	month := at >= len(telling[language])-months
	first, _ := utf8.DecodeRuneInString(w)
	if unicode.IsUpper(first) {
		return month && language == "en" || !month && i+1 < len(words) && lowered(words[i+1])
	}
	return !month || language == "fr"
}

// months stand at the end of each list; May and "mai" are words and names otherwise.
const months = 11

func lowered(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.IsLower(r)
}
