// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/programme/actors"
)

// recorded puts the names of such records in an address.
func (d *doors) recorded(path string) string {
	return strings.NewReplacer("@scheme", "nap2", "@function", actors.FunctionRef(d.lodge, "ba-sc", "State Coordinator of Bosnia and Herzegovina", "").ID.String()).Replace(path)
}

// recordLines are the lines of the programme's own records: tables brought in, what activities are made up of, strategies, functions,
// and what other offices share. Nobody shares anything here, and no version of a plan is frozen.
var recordLines = map[string]line{
	"GET /programme/activities/import":        doorOf("/programme/activities/import", officers),
	"POST /programme/activities/import":       doorOf("/programme/activities/import", officers),
	"GET /programme/activities/import/sample": doorOf("/programme/activities/import/sample", anybody),
	"GET /programme/measures/import":          doorOf("/programme/measures/import", officers),
	"POST /programme/measures/import":         doorOf("/programme/measures/import", officers),
	"GET /programme/measures/import/sample":   doorOf("/programme/measures/import/sample", anybody),

	"GET /programme/activities/{id}/act/{act}":                      doorOf("/programme/activities/P4-G1/act/coverage", officers),
	"POST /programme/activities/{id}/act/{act}":                     doorOf("/programme/activities/P4-G1/act/coverage", officers),
	"POST /programme/activities/{id}/undo/{entry}":                  doorOf("/programme/activities/P4-G1/undo/nothing", officers),
	"GET /programme/schemes":                                        doorOf("/programme/schemes", anybody),
	"GET /programme/schemes/{code}":                                 doorOf("/programme/schemes/@scheme", anybody),
	"GET /programme/joint":                                          doorOf("/programme/joint", anybody),
	"GET /programme/joint/{id}":                                     doorOf("/programme/joint/@reported", nobody),
	"GET /programme/joint/{id}/act/{act}":                           doorOf("/programme/joint/@reported/act/approve", nobody),
	"POST /programme/joint/{id}/act/{act}":                          doorOf("/programme/joint/@reported/act/approve", nobody),
	"GET /programme/functions/{id}":                                 doorOf("/programme/functions/@function", anybody),
	"GET /programme/functions/{id}/act/{act}":                       doorOf("/programme/functions/@function/act/correct", officers),
	"POST /programme/functions/{id}/act/{act}":                      doorOf("/programme/functions/@function/act/correct", officers),
	"GET /programme/organisations/{id}/act/{act}":                   doorOf("/programme/organisations/@organisation/act/function", officers),
	"POST /programme/organisations/{id}/act/{act}":                  doorOf("/programme/organisations/@organisation/act/function", officers),
	"POST /programme/committee/plans/{id}/versions/{version}/carry": doorOf("/programme/committee/plans/@plan/versions/1/carry", nobody),
}
