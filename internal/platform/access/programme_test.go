// SPDX-License-Identifier: EUPL-1.2

package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// programmeRows restates who reads and writes what of the programme wing: a role, its standing, an action, a kind
// ("*" for every kind of the wing), an entry type ("" when reading) -> categories.
var programmeRows = []struct {
	role       access.Role
	as         access.Relation
	action     access.Action
	kind, typ  string
	categories string
}{
	{access.ProgrammeOfficer, "", access.Read, "*", "", "PP PI PC PB"},
	{access.ProgrammeOfficer, "", access.Write, "*", "x.changed", "PP PI PC PB"},
	{access.ProgrammeOfficer, "", access.Read, access.KindAssessment, "", "PP PI PC PB PS"},
	{access.ProgrammeOfficer, "", access.Write, access.KindAssessment, "x.changed", "PP PI PC PB"}, // scores nothing
	{access.ProgrammeOfficer, "", access.Read, access.KindTraining, "", "PP PI PC PB"},             // sees no trainee's scores
	{access.CommitteeMember, "", access.Read, "*", "", "PP PI"},
	{access.CommitteeMember, "", access.Write, "*", "x.changed", ""},
	{access.CommitteeMember, "", access.Write, access.KindSession, "vote.cast", "PI"},
	{access.CommitteeMember, "", access.Write, access.KindPlan, "vote.cast", ""},
	{access.Assessor, "", access.Read, access.KindAssessment, "", "PP"}, // another assessor's: blind
	{access.Assessor, "", access.Read, access.KindApplication, "", "PP"},
	{access.Assessor, access.AsWorker, access.Read, access.KindAssessment, "", "PP PI PS"},
	{access.Assessor, access.AsWorker, access.Write, access.KindAssessment, "x.changed", "PP PI PS"},
	{access.Assessor, access.AsWorker, access.Read, access.KindApplication, "", "PP PI PS"},
	{access.Assessor, access.AsWorker, access.Write, access.KindApplication, "x.changed", ""},
	{access.Trainer, "", access.Read, access.KindTraining, "", "PP"},
	{access.Trainer, access.AsWorker, access.Write, access.KindTraining, "x.changed", "PP PI PS"},
	{access.Trainer, access.AsWorker, access.Read, access.KindAssessment, "", "PP"},
	{access.Rapporteur, "", access.Read, "*", "", "PP"},
	{access.Administrator, "", access.Read, "*", "", "PP"},
}

func TestTheProgrammeIsTheTable(t *testing.T) {
	p := policies(t)
	special := []string{access.KindAssessment, access.KindApplication, access.KindTraining, access.KindSession}
	for _, row := range programmeRows {
		kinds := []string{row.kind}
		if row.kind == "*" {
			kinds = slices.DeleteFunc(access.ProgrammeKinds(), func(k string) bool { return slices.Contains(special, k) })
		}
		for _, kind := range kinds {
			for _, c := range journal.Categories() {
				q := access.Request{Actor: access.Actor{ID: own, Owner: own, Office: access.Programme, Roles: []access.Role{row.role}}, Action: row.action, Type: row.typ, Category: c,
					Purpose: access.ForProgramme, Row: access.Row{Owner: own, Kind: kind, Dossier: own}}
				if row.as != "" {
					q.Row.Relations = []access.Relation{row.as}
				}
				want := slices.Contains(strings.Fields(row.categories), string(c))
				if got := p.Authorize(q).Allow; got != want {
					t.Errorf("%s as %q, %s %s of %s, %s: %v, the table says %v", row.role, row.as, row.action, c, kind, row.typ, got, want)
				}
			}
		}
	}
}

// What comes by post can neither read nor write bank details and scores.
func TestThePostTouchesNoBankDetailsAndNoScores(t *testing.T) {
	p := policies(t)
	for _, kind := range access.ProgrammeKinds() {
		for _, c := range []journal.Category{journal.PB, journal.PS} {
			for _, a := range []access.Action{access.Read, access.Write} {
				q := access.Request{Actor: access.Actor{ID: own, Owner: own, Office: access.Programme, Roles: []access.Role{access.Job}, Job: "post"}, Action: a, Type: "event.nominated", Category: c,
					Purpose: access.ForDelivery, Row: access.Row{Owner: own, Kind: kind, Dossier: own}}
				if p.Authorize(q).Allow {
					t.Errorf("the post may %s %s of %s", a, c, kind)
				}
			}
		}
	}
}
