// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// letterLines are the lines of the newsletter and its readers. A draft is for those who write it; what is public is for
// anybody, signed in or not.
var letterLines = map[string]line{
	"GET /programme/letters":                           doorOf("/programme/letters", anybody),
	"GET /programme/letters/new":                       doorOf("/programme/letters/new", officers),
	"POST /programme/letters/new":                      doorOf("/programme/letters/new", officers),
	"GET /programme/letters/named":                     doorOf("/programme/letters/named", officers),
	"POST /programme/letters/named":                    doorOf("/programme/letters/named", nobody), // of nobody
	"GET /programme/letters/{id}":                      doorOf("/programme/letters/@issue", officers),
	"GET /programme/letters/{id}/edit":                 doorOf("/programme/letters/@issue/edit", officers),
	"POST /programme/letters/{id}/edit":                doorOf("/programme/letters/@issue/edit", officers),
	"POST /programme/letters/{id}/propose":             doorOf("/programme/letters/@issue/propose", nobody), // nothing
	"GET /programme/letters/{id}/sections/{key}":       doorOf("/programme/letters/@issue/sections/new", officers),
	"POST /programme/letters/{id}/sections/{key}":      doorOf("/programme/letters/@issue/sections/new", officers),
	"POST /programme/letters/{id}/sections/{key}/drop": doorOf("/programme/letters/@issue/sections/none/drop", officers),
	"POST /programme/letters/{id}/picture":             doorOf("/programme/letters/@issue/picture", officers),
	"GET /programme/letters/{id}/preview":              doorOf("/programme/letters/@issue/preview", officers),
	"GET /programme/letters/{id}/preview/{form}":       doorOf("/programme/letters/@issue/preview/text", officers),
	"POST /programme/letters/{id}/approve":             doorOf("/programme/letters/@issue/approve", officers),
	"POST /programme/letters/{id}/publish":             doorOf("/programme/letters/@issue/publish", officers),
	"GET /programme/letters/{id}/correct":              doorOf("/programme/letters/@issue/correct", officers),
	"POST /programme/letters/{id}/correct":             doorOf("/programme/letters/@issue/correct", officers),
	"POST /programme/letters/{id}/send":                doorOf("/programme/letters/@issue/send", officers),
	"POST /programme/letters/{id}/links":               doorOf("/programme/letters/@issue/links", officers),
	"GET /letters":                                     openDoor("/letters"),
	"GET /letters/{number}":                            {path: "/letters/9", writer: nobody, open: true},
	"GET /letters/{number}/file":                       {path: "/letters/9/file", writer: nobody, open: true},
	"GET /letters/{number}/pictures/{key}":             {path: "/letters/9/pictures/none", writer: nobody, open: true},

	"GET /programme/readers":         doorOf("/programme/readers", officers),
	"GET /programme/readers/server":  doorOf("/programme/readers/server", officers),
	"POST /programme/readers/server": doorOf("/programme/readers/server", officers),
	"GET /programme/readers/note":    doorOf("/programme/readers/note", officers),
	"POST /programme/readers/note":   doorOf("/programme/readers/note", officers),
	"POST /programme/readers/again":  doorOf("/programme/readers/again", nobody), // of no issue
	"GET /readers":                   openDoor("/readers"),
	"POST /readers":                  openDoor("/readers"),
	"GET /readers/confirm/{token}":   openDoor("/readers/confirm/nonsense"),
	"POST /readers/confirm/{token}":  openDoor("/readers/confirm/nonsense"),
	"GET /readers/leave/{token}":     openDoor("/readers/leave/nonsense"),
	"POST /readers/leave/{token}":    openDoor("/readers/leave/nonsense"),
}

// letter begins an issue.
func (d *doors) letter() {
	d.Helper()
	d.issue = d.n.newID()
	_, err := d.n.Store.Append(d.Context(), d.people["near-programme_officer"].who(access.ForProgramme), store.Ref{Kind: access.KindPublication, ID: d.issue},
		store.Draft{Type: newsletter.BegunType, Payload: newsletter.Begun{Title: wording.New("en", "planted"), From: "2021-01-01", To: "2021-03-31"}})
	d.must(err)
}
