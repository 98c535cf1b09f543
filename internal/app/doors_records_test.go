// SPDX-License-Identifier: EUPL-1.2

package app

// recordLines are the lines of the programme's own records: tables brought in.
var recordLines = map[string]line{
	"GET /programme/activities/import":        doorOf("/programme/activities/import", officers),
	"POST /programme/activities/import":       doorOf("/programme/activities/import", officers),
	"GET /programme/activities/import/sample": doorOf("/programme/activities/import/sample", anybody),
	"GET /programme/measures/import":          doorOf("/programme/measures/import", officers),
	"POST /programme/measures/import":         doorOf("/programme/measures/import", officers),
	"GET /programme/measures/import/sample":   doorOf("/programme/measures/import/sample", anybody),
}
