// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/change"
	listing "github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/knowledge"
	"github.com/entraide-thb/entraide/internal/programme/material"
	"github.com/entraide-thb/entraide/internal/programme/partnership"
	"github.com/entraide-thb/entraide/internal/programme/policy"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/wording"
	"github.com/entraide-thb/entraide/internal/programme/yearbook"
)

// knowing are the registers of knowledge: where each is shown, one of its acts, and what a record begins with.
var knowing = []struct {
	kind, path, act, typ string
	payload              any
}{
	{access.KindKnowledge, knowledge.Path, "review", knowledge.WrittenType, knowledge.Written{Name: wording.New("en", "planted"), Sort: "framework", Source: planting}},
	{access.KindPolicy, policy.Path, "end", policy.StatedType, policy.Stated{Text: wording.New("en", "planted"), Subject: "purchase", Source: planting}},
	{access.KindPartnership, partnership.Path, "end", partnership.DescribedType, partnership.Described{Name: wording.New("en", "planted"), Sort: "network", Source: planting}},
	{access.KindMaterial, material.Path, "count", material.DescribedType, material.Described{Text: wording.New("en", "planted"), Sort: "leaflet", Source: planting}},
	{access.KindListing, listing.Path, "check", listing.DescribedType, listing.Described{Content: listing.Content{Name: "planted", Sort: "provider", Country: "GR", Source: planting}}},
	{access.KindChange, change.Path, "judge", change.ReportedType, change.Reported{Text: wording.New("en", "planted"), Sort: "practice", Who: wording.New("en", "planted"), Evidence: "planted", Reporter: "planted"}},
}

var planting = party.Source{Document: "planted"}

// knownID is the one record of a kind of knowledge, the same in every test.
func knownID(kind string) journal.ID { return provenance.ID("doors", kind) }

// kept is the one table of published figures, the same in every test.
var kept = func() yearbook.Brought {
	src := []byte("sex,count\nf,3\n")
	f, err := intake.Read(bytes.NewReader(src), int64(len(src)), intake.Table, intake.Options{})
	if err != nil {
		panic(err)
	}
	data, err := f.Pack()
	if err != nil {
		panic(err)
	}
	return yearbook.Brought{Name: "planted", Shape: intake.Table, Hash: strings.Repeat("0", 64), Lines: 1, Taken: 1, Data: base64.StdEncoding.EncodeToString(data)}
}()

// yearbookLines are the lines of the register of published figures.
func yearbookLines() map[string]line {
	at := yearbook.Path + "/@known-" + access.KindYearbook
	return map[string]line{
		"GET " + yearbook.Path:                      doorOf(yearbook.Path, anybody),
		"POST " + yearbook.Path + "/views":          doorOf(yearbook.Path+"/views", anybody),
		"GET " + yearbook.Path + "/{id}":            doorOf(at, anybody),
		"GET " + yearbook.Path + "/{id}/table":      doorOf(at+"/table", anybody),
		"GET " + yearbook.Path + "/{id}/act/{act}":  doorOf(at+"/act/withdraw", officers),
		"POST " + yearbook.Path + "/{id}/act/{act}": doorOf(at+"/act/withdraw", officers),
		"GET " + yearbook.Path + "/bring":           doorOf(yearbook.Path+"/bring", officers),
		"POST " + yearbook.Path + "/bring":          doorOf(yearbook.Path+"/bring", officers),
		"GET " + yearbook.Path + "/bring/sample":    doorOf(yearbook.Path+"/bring/sample", anybody),
	}
}

// knowingKinds lists their kinds, and adds them to others.
func knowingKinds(others ...string) []string {
	others = slices.Clone(others)
	for _, k := range knowing {
		others = append(others, k.kind)
	}
	return append(others, access.KindYearbook)
}

// known puts the ids of such records in an address.
func known(path string) string {
	path = strings.ReplaceAll(path, "@known-"+access.KindYearbook, knownID(access.KindYearbook).String())
	for _, k := range knowing {
		path = strings.ReplaceAll(path, "@known-"+k.kind, knownID(k.kind).String())
	}
	return path
}

// knows writes one record in each.
func (d *doors) knows() {
	d.Helper()
	d.trains()
	_, err := d.n.Store.Append(d.Context(), d.people["near-programme_officer"].who(access.ForProgramme), store.Ref{Kind: access.KindYearbook, ID: knownID(access.KindYearbook)}, store.Draft{Type: yearbook.BroughtType, Payload: kept})
	d.must(err)
	for _, k := range knowing {
		_, err := d.n.Store.Append(d.Context(), d.people["near-programme_officer"].who(access.ForProgramme), store.Ref{Kind: k.kind, ID: knownID(k.kind)}, store.Draft{Type: k.typ, Payload: k.payload})
		d.must(err)
	}
}

// knowingLines are the lines of registers that come whole from their declaration.
func knowingLines() map[string]line {
	out := map[string]line{"POST " + knowledge.Path + "/find": doorOf(knowledge.Path+"/find", anybody), "POST " + listing.Path + "/find": doorOf(listing.Path+"/find", anybody),
		"GET " + listing.Path + "/cards": doorOf(listing.Path+"/cards", anybody), "GET " + listing.Path + "/offline": doorOf(listing.Path+"/offline", anybody), "GET " + listing.Path + "/file": doorOf(listing.Path+"/file", anybody),
		"GET " + listing.Path + "/take": doorOf(listing.Path+"/take", officers), "POST " + listing.Path + "/take": doorOf(listing.Path+"/take", officers)}
	maps.Copy(out, yearbookLines())
	for _, k := range knowing {
		at := k.path + "/@known-" + k.kind
		for pattern, l := range map[string]line{
			"GET " + k.path:                         doorOf(k.path, anybody),
			"POST " + k.path + "/views":             doorOf(k.path+"/views", anybody),
			"GET " + k.path + "/{id}":               doorOf(at, anybody),
			"GET " + k.path + "/new":                doorOf(k.path+"/new", officers),
			"POST " + k.path + "/new":               doorOf(k.path+"/new", officers),
			"GET " + k.path + "/{id}/edit":          doorOf(at+"/edit", officers),
			"POST " + k.path + "/{id}/edit":         doorOf(at+"/edit", officers),
			"POST " + k.path + "/{id}/undo/{entry}": doorOf(at+"/undo/nothing", officers),
			"GET " + k.path + "/{id}/act/{act}":     doorOf(at+"/act/"+k.act, officers),
			"POST " + k.path + "/{id}/act/{act}":    doorOf(at+"/act/"+k.act, officers),
			"GET " + k.path + "/import":             doorOf(k.path+"/import", officers),
			"POST " + k.path + "/import":            doorOf(k.path+"/import", officers),
			"GET " + k.path + "/import/sample":      doorOf(k.path+"/import/sample", anybody),
		} {
			out[pattern] = l
		}
	}
	return out
}
