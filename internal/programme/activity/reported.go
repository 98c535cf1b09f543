// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// The values of the code "origin": whose activity it is.
const (
	OfProgramme = "programme"
	OfOthers    = "reported"
	OfPartners  = "shared" // with this office, as the second of two owners
)

// MaxIdentifier is the longest identifier of a reported activity, in bytes.
const MaxIdentifier = 200

// Reported is the payload of activity.reported: an activity as another publisher reports it, with everything that the
// standard knows of it, in all of its languages. Each replaces the one before.
type Reported struct {
	Identifier string         `json:"identifier" part:"PP"`
	Record     record.Element `json:"record" part:"PP"`
}

// ReportedRef names the dossier of another publisher's activity by its identifier.
func ReportedRef(owner journal.ID, identifier string) store.Ref {
	return store.Ref{Kind: access.KindActivity, ID: provenance.ID("activity.reported", owner.String(), identifier)}
}

// The kinds of tokens that activities are found by: of reported ones a word of a title, a country or territory; of the
// programme's own a word.
const (
	OwnWordToken = "activity.own"
	WordToken    = "activity.word"
	CountryToken = "activity.country"
)

// maxWords is how many different words of its titles an activity is found by.
const maxWords = 24

// Words gives the words of a text that reported activities are found by: without case or accents, of two letters or more,
// each once.
func Words(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(Plain(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if utf8.RuneCountInString(w) > 1 && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// Plain folds case and accents away, for searching.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}

func (v Reported) tokens() []store.Token {
	title := v.Record.Title()
	var all []string
	for _, tag := range title.Languages() {
		all = append(all, title.By[tag].Text)
	}
	words := Words(strings.Join(all, "\n"))
	out := make([]store.Token, 0, maxWords)
	for _, w := range words[:min(len(words), maxWords)] {
		out = append(out, store.Token{Kind: WordToken, Value: w})
	}
	for _, c := range orNone(v.countries()) {
		out = append(out, store.Token{Kind: CountryToken, Value: c})
	}
	return out
}

// Start gives its actual beginning, else the planned one.
func (v Reported) Start() party.PartialDate {
	return v.Record.Date(record.ActualStart, record.PlannedStart)
}

// End gives its actual end, else the planned one.
func (v Reported) End() party.PartialDate { return v.Record.Date(record.ActualEnd, record.PlannedEnd) }

// countries lists the countries or territories that it names by a code; publishers write other things there too.
func (v Reported) countries() []string {
	return slices.DeleteFunc(v.Record.Countries(), func(c string) bool { return !IsCountry(c) })
}

// inOrder makes a code of an identifier that lists are ordered by. Different identifiers may have the same.
func inOrder(identifier string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '.') {
			return r
		}
		return '_'
	}, identifier[:min(len(identifier), 64)])
}

func (v Reported) derive() store.Derived {
	title := v.Record.Title().In("")
	countries := v.countries()
	return store.Derived{State: OfOthers, Tokens: v.tokens(),
		Codes:   map[string][]string{"origin": {OfOthers}, "identifier": {inOrder(v.Identifier)}, "recipient": orNone(countries)},
		Summary: Line{Code: v.Identifier, Publisher: v.Record.Words(v.Record.First("reporting-org")).In("").Text, Title: title.Text, Language: title.Language, Countries: countries, Start: v.Start(), End: v.End()}}
}

func (v Reported) check(fs *fault.Fields, a Activity) {
	if v.Identifier == "" || len(v.Identifier) > MaxIdentifier || !utf8.ValidString(v.Identifier) || v.Record.Identifier() != v.Identifier || a.Exists() && a.Reported.Identifier != v.Identifier {
		fs.Add("identifier", "programme.need.identifier")
	}
	if v.Record.Name != "iati-activity" {
		fs.Add("record", "programme.need.record")
	}
}
