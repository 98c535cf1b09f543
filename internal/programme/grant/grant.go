// SPDX-License-Identifier: EUPL-1.2

// Package grant keeps how a programme gives money to those who help: calls for projects, the applications to them, what
// assessors think of those, and the grants awarded, with their instalments and reports. It also keeps what states and campaigns
// give to funds, and what those funds give on.
//
// A call says its rules as data; an application that fails one is refused with that rule. Assessors see the applications that
// were given to them and nobody else's scores until the ranking is closed; a conflict of interest, declared or found in what an
// assessor has declared before, excludes. An instalment waits for the contract and for the report on the one before.
//
// A grant is known to two offices, each with its own part under the same id: the funder's and the grantee's, which reports. A
// report carries protected counts of people (see Protect) and text that the form refuses when it holds something that leads to one
// person. Nothing of a case is in any of it. Where naming a partner endangers those it helps, its name or place is withheld
// from publication, with the reason: the name is then internal and never public content, so no page has to remember it.
package grant

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Limits of what people write, in characters, and of lists.
const (
	maxText     = 8000
	maxLine     = 300
	maxReason   = 2000
	maxMany     = 30
	maxAmount   = 1_000_000_000_000
	mostPerCall = 100 // applications to one call
)

// Event is one line of a record's history.
type Event struct {
	Type string
	At   time.Time
	By   journal.ID
	Text string
}

// Answer is yes, no, or that nobody has said.
type Answer string

// The closed list of answers.
const (
	Yes    Answer = "yes"
	No     Answer = "no"
	Unsaid Answer = ""
)

func (a Answer) known() bool { return a == Yes || a == No || a == Unsaid }

// Currencies lists what amounts can be in.
func Currencies() []string { return []string{"EUR", "USD", "SEK"} }

func line(fs *fault.Fields, field, s string, needed bool) {
	if needed && strings.TrimSpace(s) == "" || wording.Longer(s, maxLine) || strings.ContainsAny(s, "\n\r") {
		fs.Add(field, "grant.want.line", "Max", maxLine)
	}
}

func words(fs *fault.Fields, field, s string, most int) {
	if strings.TrimSpace(s) == "" || wording.Longer(s, most) {
		fs.Add(field, "grant.want.words", "Max", most)
	}
}

func money(fs *fault.Fields, field string, n int64, currency string) {
	if n <= 0 || n > maxAmount {
		fs.Add(field, "grant.want.amount")
	}
	if !slices.Contains(Currencies(), currency) {
		fs.Add("currency", "grant.want.currency")
	}
}

func onDay(fs *fault.Fields, field string, d party.PartialDate) {
	if d.Day == 0 {
		fs.Add(field, "grant.want.day")
	}
}

// zones is how long a day lasts on elsewhere on earth when it is over at Greenwich.
const zones = 12 * time.Hour

// alike compares two names of organisations by their letters and digits.
func alike(a, b string) bool {
	fold := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	return fold(a) != "" && fold(a) == fold(b)
}

// read decodes an entry for a guard.
func read[T any](e journal.Entry) (T, error) {
	v, err := journal.In[T](e)
	if err != nil {
		err = fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return v, err
}
