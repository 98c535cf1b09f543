// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// trained is the address of the one training of this office.
const trained = training.Path + "/@training"

// trains plans it, with a test and a trainer who is not among those who ask.
func (d *doors) trains() {
	d.Helper()
	_, err := d.n.Store.Append(d.Context(), d.people["near-programme_officer"].who(access.ForProgramme), store.Ref{Kind: access.KindTraining, ID: knownID(access.KindTraining)},
		store.Draft{Type: training.PlannedType, Payload: training.Plan{Title: wording.New("en", "planted"), Activity: "P4-G1", Items: 10, Mark: 7, Trainer: d.n.newID()}})
	d.must(err)
}

// resultLines are the lines of what comes of a programme: its results, and trainings. Tests are for their trainer alone.
var resultLines = map[string]line{
	"GET " + training.Path:                         doorOf(training.Path, anybody),
	"POST " + training.Path + "/views":             doorOf(training.Path+"/views", anybody),
	"GET " + training.Path + "/{id}":               doorOf(trained, anybody),
	"GET " + training.Path + "/new":                doorOf(training.Path+"/new", officers),
	"POST " + training.Path + "/new":               doorOf(training.Path+"/new", officers),
	"GET " + training.Path + "/{id}/edit":          doorOf(trained+"/edit", officers),
	"POST " + training.Path + "/{id}/edit":         doorOf(trained+"/edit", officers),
	"POST " + training.Path + "/{id}/undo/{entry}": doorOf(trained+"/undo/nothing", officers),
	"GET " + training.Path + "/{id}/act/{act}":     doorOf(trained+"/act/deliver", officers),
	"POST " + training.Path + "/{id}/act/{act}":    doorOf(trained+"/act/tests", nobody),
	"GET " + training.Path + "/{id}/slips/{code}":  doorOf(trained+"/slips/T01", nobody),
	"GET /programme/recommendations/years":         doorOf("/programme/recommendations/years", anybody),
	"GET /programme/deadlines":                     doorOf("/programme/deadlines", anybody),
	"GET /programme/retention":                     doorOf("/programme/retention", anybody),
	"GET /programme/retention/{kind}/{id}":         doorOf("/programme/retention/event/@event", officers),
	"POST /programme/retention/{kind}/{id}/{act}":  doorOf("/programme/retention/event/@event/propose", officers),
	"GET /programme/results":                       doorOf("/programme/results", anybody),
	"GET /programme/results/{id}":                  doorOf("/programme/results/C3", anybody),
}
