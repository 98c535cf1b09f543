// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// postCmd is about post that people carry.
type postCmd struct {
	Out postOutCmd `cmd:"" help:"Write what waits for a partner, and the receipts that it has not had, into a file for somebody to take along or to attach to an e-mail. It waits on until the receipts are back."`
	In  postInCmd  `cmd:"" help:"Bring in what others carried here: a file, or every file of a folder. It is the same to bring a thing twice."`
}

type postOutCmd struct {
	at
	To  string `required:"" help:"Id of the partner." placeholder:"ID"`
	Dir string `arg:"" help:"Folder that the file is written to, such as a stick." type:"existingdir"`
	As  string `help:"A sealed file, an e-mail with it as attachment for a mail program to send, or a text of lines that can be printed and typed: ${enum}." default:"file" enum:"file,mail,text"`
}

// taken is what --json prints.
type taken struct {
	OK       bool   `json:"ok"`
	File     string `json:"file"` // empty when nothing waits
	Messages int    `json:"messages"`
	Receipts int    `json:"receipts"`
	Pieces   int    `json:"pieces"` // of files that belong to messages
	Left     int    `json:"left"`   // messages that found no room, or whose files did not
}

func (o *postOutCmd) Run(c *call) error {
	of, err := o.of()
	if err != nil {
		return err
	}
	in := app.PouchOutIn{Of: of, As: o.As}
	if err := in.Partner.UnmarshalText([]byte(o.To)); err != nil {
		return fault.Bad("to", "app.no_owner")
	}
	var f pouch.Filled
	if err := o.ask(c, "post.out", in, &f); err != nil {
		return err
	}
	out := taken{OK: true, Messages: f.Messages, Receipts: f.Receipts, Pieces: f.Pieces, Left: f.Left}
	if f.Bytes == nil {
		c.say("%s", c.l.T("pouch.empty"))
		return c.done(out)
	}
	out.File = filepath.Join(o.Dir, f.Name)
	if err := os.WriteFile(out.File, f.Bytes, 0o600); err != nil {
		return err
	}
	c.say("%s: %s", out.File, pouch.Holds(c.l, f.Messages, f.Receipts, f.Pieces))
	if f.Left > 0 {
		c.say("%s", c.l.N("pouch.left", f.Left))
	}
	return c.done(out)
}

type postInCmd struct {
	at
	Path string `arg:"" help:"The file, or the folder." type:"existingpath"`
}

func (p *postInCmd) Run(c *call) error {
	of, err := p.of()
	if err != nil {
		return err
	}
	in := app.PouchIn{Of: of}
	if in.Files, err = carried(p.Path); err != nil {
		return err
	}
	var out pouch.Report
	if err := p.ask(c, "post.in", in, &out); err != nil {
		return err
	}
	for _, l := range out.Lines {
		c.say("%s: %s", l.File, l.Words(c.l))
	}
	c.say("%s", pouch.Holds(c.l, out.Messages, out.Receipts, out.Pieces))
	if out.Back > 0 {
		c.say("%s", c.l.N("pouch.back", out.Back))
	}
	return c.verdict(out, out.OK)
}

// What one run brings in at most, and how files are called in which pouches come.
const (
	mostFiles   = 1000
	mostCarried = 40 << 20
)

var carriers = []string{pouch.Ext, ".eml", ".txt"}

// carried reads a file, or the files of a folder and the folders in it that may hold pouches. Errors: TooMuch, NotFound when
// there is none.
func carried(path string) ([]pouch.File, error) {
	var out []pouch.File
	room := int64(mostCarried)
	err := filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.Type().IsRegular() && at != path || d.IsDir() || at != path && !slices.Contains(carriers, strings.ToLower(filepath.Ext(at))) {
			return nil
		}
		b, err := readAtMost(at, room)
		if err != nil {
			return err
		}
		if room -= int64(len(b)); room < 0 || len(out) == mostFiles {
			return fault.New(fault.TooMuch, "pouch.too_many")
		}
		name := filepath.Base(at)
		if rel, err := filepath.Rel(path, at); err == nil && rel != "." {
			name = filepath.ToSlash(rel)
		}
		out = append(out, pouch.File{Name: name, Bytes: b})
		return nil
	})
	if err == nil && len(out) == 0 {
		err = fault.New(fault.NotFound, "pouch.no_files")
	}
	return out, err
}
