// SPDX-License-Identifier: EUPL-1.2

// Package atlas holds the outlines of South-East Europe's countries and territories, so that a page can draw a map
// without asking anybody else's server. Outlines are Natural Earth's (1:50 million, public domain), projected with
// equal areas; what was corrected, and by which resolution, stands in generate/corrections.go. They say nothing of
// anybody's position on a boundary.
package atlas

import (
	_ "embed"
	"encoding/json"
	"sync"
)

//go:generate go run ./generate -from ../../../node_modules/world-atlas/countries-50m.json -out atlas.json

//go:embed atlas.json
var file []byte

// Territory is one outline: its alpha-2 code (XK for Kosovo), an SVG path, and where a label stands.
type Territory struct {
	Code  string
	D     string
	Label [2]int
}

// Line is what is drawn between territories as one SVG path: "settled" or "disputed".
type Line struct{ Kind, D string }

// Map is the region in its own units, to be scaled at will.
type Map struct {
	Width, Height int
	Territories   []Territory // by code
	Lines         []Line
}

// Region gives South-East Europe. The caller changes nothing in it.
var Region = sync.OnceValue(func() Map {
	var m Map
	if err := json.Unmarshal(file, &m); err != nil {
		panic("atlas.json: " + err.Error()) // generated and tested with the program
	}
	return m
})
