// SPDX-License-Identifier: EUPL-1.2

// Package bundle is a release of figures as files: what everybody gets who gets anything. Whatever shows, checks or converts
// published figures (the explorer, the certificate, CSV, SDMX, an audit by a stranger) reads only this.
//
// A folder holds release.json (Release), tables.json (Tables), and, where they were made, records.csv with records of people
// who do not exist. Release.Files gives the hash of each other file; the release's own hash is in the office's register.
package bundle

import "time"

// Format is the first field of every release.
const Format = "entraide-release/1"

// Route is which of the two ways out figures took (docs/decisions/two-ways-out.md).
type Route string

// The closed list of routes.
const (
	Pooled Route = "pooled" // noise: a promise to each person
	Exact  Route = "exact"  // thresholds, suppression or rounding, audited
)

// Release describes what was published. Texts are by language.
type Release struct {
	Format  string            `json:"format"`
	ID      string            `json:"id"`
	Title   map[string]string `json:"title"`
	Offices []Office          `json:"offices"` // several where they published jointly
	Route   Route             `json:"route"`

	Source     string            `json:"source"`  // code: "persons"
	Version    string            `json:"version"` // of the source's columns
	Unit       string            `json:"unit"`    // what one count is, a code: "person", "case", "screening"
	From       string            `json:"from"`    // first day, 2026-01-01
	Until      string            `json:"until"`   // last day, inclusive
	Population map[string]string `json:"population"`
	Notes      map[string]string `json:"notes,omitempty"` // what figures mean and do not mean

	Columns []Column `json:"columns"`
	Promise *Promise `json:"promise,omitempty"` // route pooled
	Guard   *Guard   `json:"guard,omitempty"`   // route exact
	Checks  []Check  `json:"checks"`            // the certificate: attacks that were run, and what they found

	At       time.Time         `json:"at"`
	Released []string          `json:"released"` // the functions of the two who released it: never a name
	Files    map[string]string `json:"files"`    // SHA-256, hexadecimal, of every other file
}

// Office is one publisher: its name and the fingerprint of its card.
type Office struct {
	Name        string `json:"name"`
	Country     string `json:"country,omitempty"`
	Fingerprint string `json:"fingerprint"`
}

// Column is one dimension with its closed list of values; the last may be "unknown".
type Column struct {
	Code   string                       `json:"code"`
	Title  map[string]string            `json:"title"`
	Values []string                     `json:"values"`
	Words  map[string]map[string]string `json:"words"` // by language, then value
	Means  map[string]string            `json:"means,omitempty"`
	List   string                       `json:"list,omitempty"` // "country" where values are ISO 3166-1 codes (and XK)
}

// Promise is what noise promises each person.
type Promise struct {
	Rho     string  `json:"rho"` // what was spent, a fraction or decimal that is exact
	Epsilon float64 `json:"epsilon"`
	Delta   float64 `json:"delta"`
	// Choice says that not all tables were measured that could have been; nil where all were.
	Choice *Choice `json:"choice,omitempty"`
}

// Choice is how tables were chosen, at a price: so many of those of several columns that were asked for.
type Choice struct {
	Of    int    `json:"of"`
	Taken int    `json:"taken"`
	Rho   string `json:"rho"` // of the promise's
}

// Guard is how exact counts were protected.
type Guard struct {
	K       int64    `json:"k"`
	Method  string   `json:"method"` // "suppressed" or "rounded"
	Base    int64    `json:"base,omitempty"`
	Earlier []string `json:"earlier,omitempty"` // releases that the audit took into account
}

// Check is one attack or test on the release itself. Found is how often it succeeded, of Of tries.
type Check struct {
	Code  string `json:"code"` // "interval", "differencing", "membership", "consistency"
	Found int64  `json:"found"`
	Of    int64  `json:"of"`
	Note  string `json:"note,omitempty"`
}

// Tables is tables.json: every table that was measured, smaller ones first. The empty set is the one number of all.
type Tables struct {
	Tables []Table `json:"tables"`
}

// Table is one published table: the last column's values side by side.
type Table struct {
	Columns []string `json:"columns"` // codes, in the order of Release.Columns
	Cells   []Cell   `json:"cells"`
}

// Cell is one published number. What is not told has no Value.
type Cell struct {
	Value *float64 `json:"value,omitempty"` // an estimate on the route pooled: may be below zero
	Low   *float64 `json:"low,omitempty"`   // 95 % interval, or what can be calculated of a number that is not told
	High  *float64 `json:"high,omitempty"`
	// Flag says why there is no number, or what kind it is: "" as counted; "estimated"; "noise" where it lies below what the
	// noise lets tell; "below" fewer than k; "withheld" to protect another; "rounded". Beside any "below" of the release
	// a "withheld" is k or more; where that would tell too much, no cell is "below" and small ones are "withheld" too.
	Flag string `json:"flag,omitempty"`
}
