// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"

	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

type exploreCmd struct {
	Folder  string   `arg:"" help:"The release's folder." type:"existingdir"`
	Out     string   `arg:"" help:"Folder to make." type:"path"`
	Earlier []string `help:"Folders of earlier releases of the same source, to compare with." type:"existingdir" placeholder:"FOLDER"`
}

// explored is what was written.
type explored struct {
	Release string   `json:"release"`
	Folder  string   `json:"folder"`
	Hash    string   `json:"hash"`
	Files   []string `json:"files"`
}

func (e *exploreCmd) Run(c *call) error {
	if _, err := os.Stat(e.Out); err == nil {
		return fault.New(fault.Conflict, "purse.folder_there")
	}
	b, err := explorer.Open(e.Folder)
	if err != nil {
		return err
	}
	var earlier []explorer.Book
	for _, folder := range e.Earlier {
		x, err := explorer.Open(folder)
		if err != nil {
			return err
		}
		earlier = append(earlier, x)
	}
	out := explored{Release: b.Release.ID, Folder: e.Out, Hash: b.Seal}
	if out.Files, err = explorer.Folder(e.Out, c.bundle, b, earlier...); err != nil {
		return err
	}
	c.say("release %s, files as released", out.Release)
	c.say("sha256 of release.json: %s", out.Hash)
	for _, name := range out.Files {
		c.say("  %s", name)
	}
	c.say("written to %s: open index.html", out.Folder)
	return c.done(out)
}
