// SPDX-License-Identifier: EUPL-1.2

package app

// resultLines are the lines of what comes of a programme: its results.
var resultLines = map[string]line{
	"GET /programme/results":      doorOf("/programme/results", anybody),
	"GET /programme/results/{id}": doorOf("/programme/results/C3", anybody),
}
