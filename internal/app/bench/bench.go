// SPDX-License-Identifier: EUPL-1.2

// Package bench measures an office from outside: it starts real processes in a temporary folder, drives them over
// HTTP through the same API that everybody uses, and says how fast they were.
//
// What is measured is the program as it ships: synchronous=FULL, sealing, Authorize on every row, a leaf for every
// entry, and a committed read entry before the first byte of every answer that shows something personal. The office
// is marked as a demonstration, so that its workers can be made without a second person; nothing on the way of a
// record differs by that.
//
// Rates are of closed loops: each client sends its next request when it has the answer to the last. Beside a peer
// (another program behind the same load generator), phases alternate within each round, so that a busy moment of
// the machine meets both; ratios are taken within a round, and the median of the rounds is quoted.
package bench

import (
	"context"
	"io"
	"time"
)

// Config says what to measure.
type Config struct {
	Program string   // the entraide program to measure
	Peer    []string // a peer's command, to which a folder is added; empty for none
	Dir     string   // where the data folders go; it must exist and have room
	Out     io.Writer

	Rounds  int
	Phase   time.Duration // how long each client level does one thing in each round
	Clients []int
	Before  int   // records that are there before the first round
	Sizes   []int // numbers of people at which search and lists are measured, rising
	// Activities are the numbers of a programme's activities at which its import and its pages are measured; Asks is how often
	// each page is asked for.
	Activities []int
	Asks       int

	// Records are the numbers of records that two offices have when they compare, rising.
	Records []int

	// Shapes are the data sets that the engine of statistics is measured with; Published is a folder with data that others
	// published, which stands for the first where it is there.
	Shapes    []Shape
	Published string

	Starts  int // how many cold starts the median is taken of
	Seed    uint64
	Parts   []string // which parts to run; empty for all
	Ops     []string // which operations of the rounds to run; empty for all
	Profile string   // file for a profile of the office's process in the rounds; empty for none
}

// Parts lists what can be measured.
func Parts() []string {
	return []string{"rounds", "growth", "programme", "post", "compare", "measure", "start"}
}

// Report is what was measured.
type Report struct {
	At      time.Time `json:"at"`
	Machine Machine   `json:"machine"`
	Rounds  *Rounds   `json:"rounds,omitempty"`
	Growth  []Grown   `json:"growth,omitempty"`
	Start   *Start    `json:"start,omitempty"`

	Programme []Wing     `json:"programme,omitempty"`
	Post      []Posted   `json:"post,omitempty"`
	Compared  []Compared `json:"compared,omitempty"`
	Figures   *Figures   `json:"figures,omitempty"`
}

// Run measures the parts in turn.
func Run(ctx context.Context, c Config) (Report, error) {
	r := Report{At: time.Now().UTC().Truncate(time.Minute), Machine: machine()}
	parts := map[string]func() error{
		"rounds":    func() (err error) { r.Rounds, err = c.rounds(ctx); return },
		"growth":    func() (err error) { r.Growth, err = c.growth(ctx); return },
		"programme": func() (err error) { r.Programme, err = c.programme(ctx); return },
		"post":      func() (err error) { r.Post, err = c.post(ctx); return },
		"compare":   func() (err error) { r.Compared, err = c.compare(ctx); return },
		"measure":   func() (err error) { r.Figures, err = c.figures(ctx); return },
		"start":     func() (err error) { r.Start, err = c.start(ctx); return },
	}
	chosen := c.Parts
	if len(chosen) == 0 {
		chosen = Parts()
	}
	for _, p := range chosen {
		if err := parts[p](); err != nil {
			return r, err
		}
	}
	return r, ctx.Err()
}
