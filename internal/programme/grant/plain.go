// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"regexp"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// What a report or an application must not carry because it leads to one person: identifiers of this software, numbers of
// cases and files as authorities write them, telephone numbers, addresses of mail. A name by itself cannot be told from other
// words; that nobody is named is asked for beside the field.
var (
	ownID     = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b`)
	mail      = regexp.MustCompile(`[^\s@]+@[^\s@]+\.[^\s@]+`)
	caseWord  = regexp.MustCompile(`(?i)\b(case|file|ref|reference|dossier|affaire|cas|procédure|rasti|dosja)\.?\s*(no|nr|n|num|number|numéro|id|code)?\s*[.°º:#]*\s*[A-Z]{0,5}[-/]?[0-9]{2,}[0-9/-]*`)
	caseYear  = regexp.MustCompile(`\b([0-9]{1,6})/((?:19|20)[0-9]{2})\b`)
	caseCode  = regexp.MustCompile(`\b([A-Z]{1,6})[-/ ]((?:19|20)?[0-9]{2})[-/]([0-9]{2,8})\b`)
	phone     = regexp.MustCompile(`(?:\+|\b00|\b0)[0-9](?:[\s().\-/]?[0-9]){6,13}\b`)
	thousands = regexp.MustCompile(`^[0-9]{1,3}([\s.,][0-9]{3})+$`)
	day       = regexp.MustCompile(`^[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}$`)
)

// leads gives the catalogue key of what in a text leads to one person, "" for nothing.
func leads(text string) string {
	switch {
	case ownID.MatchString(text):
		return "grant.plain.id"
	case mail.MatchString(text):
		return "grant.plain.mail"
	case caseWord.MatchString(text) || caseCode.MatchString(text) || yearly(text):
		return "grant.plain.case"
	case called(text):
		return "grant.plain.phone"
	}
	return ""
}

// yearly finds "123/2021"; two years ("2021/2022") are a period.
func yearly(text string) bool {
	for _, m := range caseYear.FindAllStringSubmatch(text, -1) {
		if len(m[1]) != 4 || m[1] < "1900" || m[1] > "2099" {
			return true
		}
	}
	return false
}

// called finds a telephone number; a day and a number in groups of thousands are none.
func called(text string) bool {
	for _, m := range phone.FindAllString(text, -1) {
		m = strings.TrimSpace(m)
		if !day.MatchString(m) && !thousands.MatchString(m) {
			return true
		}
	}
	return false
}

// plain adds to fs what in a text leads to one person.
func plain(fs *fault.Fields, field, text string) {
	if key := leads(text); key != "" {
		fs.Add(field, key)
	}
}
