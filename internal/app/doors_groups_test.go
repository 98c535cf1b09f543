// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/entraide-thb/entraide/internal/exchange/group"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// groupLines are the lines of terms of several offices.
var groupLines = map[string]line{
	"GET /templates/{code}":   doorOf("/templates/referral", anybody),
	"GET /groups":             doorOf("/groups", anybody),
	"GET /groups/new":         doorOf("/groups/new", liaisons),
	"POST /groups":            doorOf("/groups", liaisons),
	"GET /groups/{id}":        doorOf("/groups/@several", anybody),
	"GET /groups/{id}/edit":   doorOf("/groups/@several/edit", liaisons),
	"POST /groups/{id}/edit":  doorOf("/groups/@several/edit", liaisons),
	"GET /groups/{id}/text":   doorOf("/groups/@several/text", anybody),
	"POST /groups/{id}/{act}": doorOf("/groups/@several/suspend", liaisons),
}

// proposes lets the near liaison write terms of several offices with the other one, which nobody sends.
func (d *doors) proposes() {
	d.Helper()
	who, text := d.people["near-liaison"].who(access.ForExchange), []byte("The legal text of all.")
	h, now := sha256.Sum256(text), d.clock.Now().UTC()
	rules := group.Rules{Title: "Protocol of several", Grants: []group.Rule{{Purpose: "letter", Categories: []journal.Category{journal.D0}}}, Handling: "H3", Basis: "Fictitious", TextName: "text.txt",
		TextHash: hex.EncodeToString(h[:]), From: now, Until: now.AddDate(2, 0, 0), Retention: 30}
	c, cards, err := d.n.groups().Change(d.Context(), who, group.State{}, group.Found, journal.ID{}, rules, d.partner)
	d.must(err)
	d.must(d.n.groups().Propose(d.Context(), who, c, cards, text))
	d.several = c.Group
}
