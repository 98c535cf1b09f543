// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

var releasers = writer{any: []access.Role{access.Rapporteur, access.Liaison}}

// releases drafts one of figures.
func (d *doors) releases() {
	d.Helper()
	d.release = d.n.newID()
	_, err := d.n.Store.Append(d.Context(), d.people["near-rapporteur"].who(access.ForStatistics), release.Ref(d.release), store.Draft{Type: release.DraftedType,
		Payload: release.Draft{Asks: release.Asks{Source: "persons", Version: "1", From: "2024-01-01", Until: "2024-12-31", Route: bundle.Exact, Columns: []string{"sex"}, Ways: 1, K: 10, Method: "rounded"}}})
	d.must(err)
}

// releaseLines are the lines of figures that leave: planned by those who release, and seen by everybody once two people have signed.
var releaseLines = map[string]line{
	"GET /statistics":                           doorOf("/statistics", anybody),     // others come to the register
	"GET /statistics/plan":                      doorOf("/statistics/plan", nobody), // without a source
	"POST /statistics/plan":                     doorOf("/statistics/plan", nobody), // without a source
	"GET /statistics/releases/{id}":             doorOf("/statistics/releases/@release", releasers),
	"GET /statistics/releases/{id}/files":       doorOf("/statistics/releases/@release/files", nobody), // nothing was drawn
	"GET /statistics/releases/{id}/{act}":       doorOf("/statistics/releases/@release/hold", releasers),
	"POST /statistics/releases/{id}/{act}":      doorOf("/statistics/releases/@release/hold", releasers),
	"GET /statistics/budgets/{source}":          doorOf("/statistics/budgets/persons", nobody),
	"POST /statistics/budgets/{source}":         doorOf("/statistics/budgets/persons", nobody),
	"POST /statistics/budgets/{source}/confirm": doorOf("/statistics/budgets/persons/confirm", releasers),
	"GET /statistics/register":                  openDoor("/statistics/register"),
	"GET /statistics/register/{id}":             {path: "/statistics/register/@release", writer: nobody, open: true}, // not published
	"GET /statistics/register/{id}/files":       {path: "/statistics/register/@release/files", writer: nobody, open: true},
}
