// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"unicode/utf8"

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

// Start gives its actual beginning, else the planned one.
func (v Reported) Start() party.PartialDate {
	return v.Record.Date(record.ActualStart, record.PlannedStart)
}

// End gives its actual end, else the planned one.
func (v Reported) End() party.PartialDate { return v.Record.Date(record.ActualEnd, record.PlannedEnd) }

func (v Reported) derive() store.Derived {
	title := v.Record.Title().In("")
	countries := v.Record.Countries()
	return store.Derived{State: OfOthers, Codes: map[string][]string{"origin": {OfOthers}, "code": {v.Identifier}, "country": orNone(countries)},
		Summary: Line{Code: v.Identifier, Title: title.Text, Language: title.Language, Countries: countries, Start: v.Start(), End: v.End()}}
}

func (v Reported) check(fs *fault.Fields, a Activity) {
	if v.Identifier == "" || len(v.Identifier) > MaxIdentifier || !utf8.ValidString(v.Identifier) || v.Record.Identifier() != v.Identifier || a.Exists() && a.Reported.Identifier != v.Identifier {
		fs.Add("identifier", "programme.need.identifier")
	}
	if v.Record.Name != "iati-activity" {
		fs.Add("record", "programme.need.record")
	}
}
