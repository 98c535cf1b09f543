// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/app/bench"
)

// benchCmd measures the program that runs it.
type benchCmd struct {
	Peer       string        `help:"Command that serves a peer to measure beside (see test/peer); a folder is added to it."`
	Dir        string        `help:"Where to make the folders; they are removed at the end. Default: a temporary folder." type:"existingdir"`
	Rounds     int           `default:"3" help:"Rounds of the comparison."`
	Phase      time.Duration `default:"1s" help:"How long each level of clients does one thing in a round."`
	Clients    []int         `default:"1,8,32" help:"Levels of clients."`
	Before     int           `default:"4000" help:"Records that are there before the first round."`
	People     []int         `default:"10000,100000" help:"Numbers of people at which search and lists are measured, rising."`
	Activities []int         `default:"1000,20000" help:"Numbers of a programme's activities at which its import and its pages are measured."`
	Asks       int           `default:"100" help:"How often each of these pages is asked for."`
	Records    []int         `default:"10000,100000" help:"Numbers of records that two offices have when they compare, rising."`
	Shapes     []bench.Shape `default:"21195x16,91000x19,222000x27" help:"Data sets of the statistics, people x columns. They are drawn with columns of as many values as those of the published victims and perpetrators have."`
	Published  string        `default:"../shared/data/statistics" help:"Folder with the published data, which stands for the first of them where it is there." type:"path"`
	Starts     int           `default:"9" help:"Cold starts of which the median is taken."`
	Seed       uint64        `default:"1" help:"Of the invented people."`
	Ops        []string      `hidden:"" help:"Only these operations of the comparison."`
	Profile    string        `hidden:"" help:"Write a profile of the office's process in the comparison to this file." type:"path"`
	Docs       string        `help:"Page whose measured sections are written anew." type:"existingfile"`
	Out        string        `help:"File for what was measured, as JSON." type:"path"`
	From       []string      `help:"Measure nothing: write the page from files that --out wrote before." type:"existingfile"`
	Only       []string      `enum:"rounds,growth,programme,post,compare,measure,start" help:"Only these parts: ${enum}."`
}

func (b *benchCmd) Run(c *call) error {
	if len(b.From) > 0 {
		return b.redo(c)
	}
	r, err := b.measure(c)
	if err != nil {
		return err
	}
	if b.Out != "" {
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(b.Out, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	if b.Docs != "" {
		if err := r.Document(b.Docs); err != nil {
			return err
		}
	}
	return c.done(r)
}

func (b *benchCmd) measure(c *call) (r bench.Report, err error) {
	dir, err := os.MkdirTemp(b.Dir, "entraide-bench-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	return bench.Run(c.ctx, bench.Config{Program: self, Peer: strings.Fields(b.Peer), Dir: dir, Out: c.progress(), Rounds: b.Rounds, Phase: b.Phase, Clients: b.Clients,
		Before: b.Before, Sizes: b.People, Activities: b.Activities, Asks: b.Asks, Starts: b.Starts, Records: b.Records, Shapes: b.Shapes, Published: b.Published, Seed: b.Seed, Parts: b.Only, Ops: b.Ops, Profile: b.Profile})
}

// redo writes the page from earlier measurements.
func (b *benchCmd) redo(c *call) error {
	for _, path := range b.From {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var r bench.Report
		if err := json.Unmarshal(text, &r); err != nil {
			return err
		}
		if err := r.Document(b.Docs); err != nil {
			return err
		}
	}
	return c.done(struct {
		Written string `json:"written"`
	}{b.Docs})
}
