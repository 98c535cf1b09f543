// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/joint"
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

	d.jointly = d.n.newID()
	p := joint.Proposal{Title: map[string]string{"en": "Together"}, Source: "persons", Version: "1", Most: 1, From: "2024-01-01", Until: "2024-12-31", Columns: made(d.lodge).Domain().Columns, Tables: [][]string{{"sex"}},
		Epsilon: 0.5, Delta: 1e-6, Against: 1, Deadline: start.AddDate(0, 1, 0).Format(time.DateOnly), Parties: []joint.Party{{Office: d.lodge, Name: "One", Fingerprint: strings.Repeat("1", 64)}, {Office: d.partner, Name: "Two", Fingerprint: strings.Repeat("2", 64)}}}
	slices.SortFunc(p.Parties, func(a, b joint.Party) int { return slices.Compare(a.Office[:], b.Office[:]) })
	_, err = d.n.Store.Append(d.Context(), d.people["near-rapporteur"].who(access.ForStatistics), store.Ref{Kind: access.KindJoint, ID: d.jointly}, store.Draft{Type: joint.DraftedType, Payload: joint.Draft{Proposal: p, Second: d.people["near-health"].id}})
	d.must(err)
}

// releaseLines are the lines of figures that leave: planned by those who release, and seen by everybody once two people have signed.
var releaseLines = map[string]line{
	"GET /statistics":                           doorOf("/statistics", anybody), // others come to the register
	"GET /statistics/plan":                      doorOf("/statistics/plan", releasers),
	"POST /statistics/plan":                     doorOf("/statistics/plan", releasers),
	"GET /statistics/releases/{id}":             doorOf("/statistics/releases/@release", releasers),
	"GET /statistics/releases/{id}/files":       doorOf("/statistics/releases/@release/files", nobody), // nothing was drawn
	"GET /statistics/releases/{id}/explore":     doorOf("/statistics/releases/@release/explore", nobody),
	"GET /statistics/releases/{id}/{act}":       doorOf("/statistics/releases/@release/hold", releasers),
	"POST /statistics/releases/{id}/{act}":      doorOf("/statistics/releases/@release/hold", releasers),
	"GET /statistics/budgets/{source}":          doorOf("/statistics/budgets/persons", releasers),
	"POST /statistics/budgets/{source}":         doorOf("/statistics/budgets/persons", releasers),
	"POST /statistics/budgets/{source}/confirm": doorOf("/statistics/budgets/persons/confirm", releasers),
	"GET /statistics/register":                  openDoor("/statistics/register"),
	"GET /statistics/register/{id}":             {path: "/statistics/register/@release", writer: nobody, open: true}, // not published
	"GET /statistics/register/{id}/explore":     {path: "/statistics/register/@release/explore", writer: nobody, open: true},
	"GET /statistics/register/{id}/files":       {path: "/statistics/register/@release/files", writer: nobody, open: true},
	"GET /statistics/estimate":                  doorOf("/statistics/estimate", releasers),
	"POST /statistics/estimate":                 {path: "/statistics/estimate", writer: releasers, form: url.Values{"overlaps": {"first,second,count\na,a,9\nb,b,9\na,b,4\n"}}},
	"GET /statistics/joint":                     doorOf("/statistics/joint", releasers),
	"GET /statistics/joint/new":                 doorOf("/statistics/joint/new", releasers),
	"POST /statistics/joint/new":                doorOf("/statistics/joint/new", nobody), // without a source
	"GET /statistics/joint/{id}":                doorOf("/statistics/joint/@joint", releasers),
	"GET /statistics/joint/{id}/files":          doorOf("/statistics/joint/@joint/files", nobody), // not opened
	"GET /statistics/joint/{id}/explore":        doorOf("/statistics/joint/@joint/explore", nobody),
	"GET /statistics/joint/{id}/{act}":          doorOf("/statistics/joint/@joint/stop", releasers),
	"POST /statistics/joint/{id}/{act}":         doorOf("/statistics/joint/@joint/stop", releasers),
}
