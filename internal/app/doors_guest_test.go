// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"strings"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/guest"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

var (
	linkers = writer{any: []access.Role{access.Liaison, access.FocalPoint, access.CaseManager, access.ProgrammeOfficer, access.PoliceOfficer, access.Prosecutor}}
	// seers see that a door is there; only who opened it reads and writes.
	seers = writer{any: []access.Role{access.Liaison, access.FocalPoint}, near: []access.Role{access.CaseManager}}
)

// guestLines are the lines of letters by link. What a link opens is for whoever has it and the code; a link that nobody gave opens nothing.
var guestLines = map[string]line{
	"GET /guests":                   doorOf("/guests", anybody),
	"GET /guests/new":               doorOf("/guests/new", linkers),
	"POST /guests/new":              doorOf("/guests/new", linkers),
	"GET /guests/{id}":              doorOf("/guests/@guest", seers),
	"POST /guests/{id}/{act}":       doorOf("/guests/@guest/write", manager),
	"GET /guests/{id}/files/{file}": doorOf("/guests/@guest/files/@sheet", manager),
	"GET /enter/{token}":            {path: "/enter/nonsense", writer: nobody, open: true},
	"POST /enter/{token}/open":      {path: "/enter/nonsense/open", writer: nobody, open: true},
	"POST /enter/{token}/answer":    {path: "/enter/nonsense/answer", writer: nobody, open: true},
}

// invites lets the near case manager open a door, through which an answer with a file has come.
func (d *doors) invites() {
	d.Helper()
	d.guest, d.sheet = d.n.newID(), d.n.newID()
	key, err := age.GenerateHybridIdentity()
	d.must(err)
	d.write(d.people["near-case_manager"], access.KindGuest, d.guest, store.Draft{Type: guest.OpenedType, Payload: guest.Opened{Sort: guest.Letter, Basis: "own", Until: d.clock.Now().Add(14 * 24 * time.Hour), Openings: 3,
		Proof: strings.Repeat("0", 64), Key: []byte("none"), To: key.Recipient().String(), For: "planted", Reason: "planted"}})
	post, err := d.n.Job(d.lodge, "post", access.ForDelivery)
	d.must(err)
	answer := d.n.newID()
	for _, x := range []store.Draft{{Type: guest.VisitedType, Payload: guest.Visited{Right: true}}, {ID: answer, Type: guest.AnsweredType, Payload: guest.Answered{Files: 1, Text: "planted"}},
		{ID: d.sheet, Type: guest.FiledType, Payload: guest.Filed{Answer: answer, Media: "text/plain", Size: 7, Name: "planted"}, Blob: &store.Blob{Category: journal.D3, Bytes: []byte("planted")}}} {
		_, err := d.n.Store.Append(d.Context(), post, store.Ref{Kind: access.KindGuest, ID: d.guest}, x)
		d.must(err)
	}
}
