// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/measure/returns"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// returned prepares a statutory return for a body without an office.
func (d *doors) returned() journal.ID {
	d.Helper()
	id, key := d.n.newID(), d.bodysKey()
	d.must(d.n.returns().Prepare(d.Context(), d.people["near-rapporteur"].who(access.ForStatistics), id, returns.Asked{Shape: outlet.UNODC, Year: start.Add(-365 * 24 * time.Hour).Year(), Basis: "The law", Body: "A body", Key: key}))
	return id
}

func (w *world) bodysKey() string {
	w.Helper()
	key, err := age.GenerateX25519Identity()
	w.must(err)
	return key.Recipient().String()
}

// returnLines are the lines of statutory returns: for those who release figures.
var returnLines = map[string]line{
	"GET /statistics/returns":             doorOf("/statistics/returns", releasers),
	"GET /statistics/returns/new":         doorOf("/statistics/returns/new", releasers),
	"POST /statistics/returns/new":        doorOf("/statistics/returns/new", releasers),
	"GET /statistics/returns/{id}":        doorOf("/statistics/returns/@returned", releasers),
	"GET /statistics/returns/{id}/files":  doorOf("/statistics/returns/@returned/files", releasers),
	"GET /statistics/returns/{id}/sealed": doorOf("/statistics/returns/@returned/sealed", nobody), // not approved
	"GET /statistics/returns/{id}/{act}":  doorOf("/statistics/returns/@returned/reject", releasers),
	"POST /statistics/returns/{id}/{act}": doorOf("/statistics/returns/@returned/confirm", releasers),
}
