// SPDX-License-Identifier: EUPL-1.2

package main

import "slices"

// codes gives the alpha-2 code of what the frame shows, by the name in Natural Earth. Kosovo and the north of Cyprus
// have no number of ISO 3166 there, so names serve.
var codes = map[string]string{
	"Albania": "AL", "Austria": "AT", "Bosnia and Herz.": "BA", "Bulgaria": "BG", "Croatia": "HR", "Czechia": "CZ", "Germany": "DE", "Greece": "GR",
	"Hungary": "HU", "Italy": "IT", "Kosovo": "XK", "Macedonia": "MK", "North Macedonia": "MK", "Moldova": "MD", "Montenegro": "ME", "Poland": "PL", "Romania": "RO",
	"Russia": "RU", "San Marino": "SM", "Serbia": "RS", "Slovakia": "SK", "Slovenia": "SI", "Switzerland": "CH", "Tunisia": "TN", "Turkey": "TR", "Ukraine": "UA", "Vatican": "VA",
	"Libya": "LY", "Malta": "MT", "Cyprus": "CY", "N. Cyprus": "CY", "France": "FR", "Liechtenstein": "LI", "Algeria": "DZ",
}

// The corrections. Natural Earth draws who holds a land; this programme draws what the United Nations' General
// Assembly holds a land to be part of, and shows as disputed what is.
//
//   - Crimea is drawn as part of Ukraine (A/RES/68/262, 27 March 2014); its northern edge is drawn as disputed.
//   - The north of Cyprus is drawn as part of Cyprus (Security Council resolutions 541 of 1983 and 550 of 1984); the line
//     between is drawn as disputed.
//   - Kosovo is shown for itself, as the programme's source lists it, with a line drawn as disputed towards Serbia:
//     without prejudice to positions on status, in line with Security Council resolution 1244 and the opinion of the
//     International Court of Justice on its declaration of independence.
const crimea = 639 // the arc of its coast in world-atlas 2.0.2

// owner gives the code of a polygon.
func owner(g geometry, polygon [][]int) string {
	if g.Properties.Name == "Russia" && slices.Contains(polygon[0], crimea) {
		return "UA"
	}
	if c := codes[g.Properties.Name]; c != "" {
		return c
	}
	return g.Properties.Name
}

// kindOf says how the line between two territories is drawn: "" where there is none.
func kindOf(a, b string, arc int) string {
	pair := []string{a, b}
	slices.Sort(pair)
	switch {
	case pair[0] == "RS" && pair[1] == "XK", a == b && (a == "UA" || a == "CY"):
		return "disputed"
	case a == b:
		return ""
	}
	return "settled"
}

// labels are set by hand where the middle of the largest part is no good place for a number.
var labels = map[string][2]int{"HR": {268, 228}, "GR": {508, 612}, "AL": {424, 545}}
