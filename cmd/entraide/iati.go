// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/programme/iati"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
)

type importIATICmd struct {
	at
	File   string `arg:"" help:"The file, on the office's machine." type:"existingfile"`
	Strict bool   `help:"Bring in nothing of a file that the standard would refuse."`
}

func (i *importIATICmd) Run(c *call) error {
	of, err := i.of()
	if err != nil {
		return err
	}
	file, err := filepath.Abs(i.File)
	if err != nil {
		return err
	}
	t := *c
	t.ctx = c.telling()
	var out app.ImportedIATI
	if err := i.ask(&t, "iati.import", app.ImportIATIIn{Of: of, File: file, Strict: i.Strict}, &out); err != nil {
		return err
	}
	c.say("%d activities created, %d updated, %d unchanged", out.Activities.Created, out.Activities.Updated, out.Activities.Unchanged)
	var elements []string
	for name := range out.Elements {
		elements = append(elements, name)
	}
	slices.Sort(elements)
	for _, name := range elements {
		c.say("%8d %s", out.Elements[name], name)
	}
	for _, x := range out.Totals {
		c.say("transactions of type %s: %s %s", x.Type, x.Sum, x.Currency)
	}
	if n := out.Duplicates + out.Unnamed; n > 0 {
		c.say("%d activities left out: %d that the file has twice, %d without a usable identifier", n, out.Duplicates, out.Unnamed)
	}
	if out.BadValues > 0 {
		c.say("%d amounts are no numbers and stand in no sum", out.BadValues)
	}
	c.sayFound("not kept", out.Dropped)
	c.sayFound("kept, though the standard would refuse it", out.Flaws)
	if out.Problem != "" {
		c.say("%s", c.l.T(out.Problem))
	}
	return c.verdict(out, out.OK)
}

func (c *call) sayFound(what string, list []record.Found) {
	if len(list) > 0 {
		c.say("%s:", what)
	}
	for _, f := range list {
		c.say("%8d %s (%s)", f.Count, strings.ToValidUTF8(f.Path, "?"), c.l.T("iati.flaw."+string(f.Flaw)))
	}
}

type exportIATICmd struct {
	at
	Publisher string `help:"The publisher's identifier in the standard's register; every activity's begins with it." placeholder:"ID"`
	Reported  bool   `help:"Write what other publishers reported, as it was brought in, instead of the office's programme."`
	Out       string `required:"" help:"File to write, on the office's machine." type:"path" placeholder:"FILE"`
}

func (e *exportIATICmd) Run(c *call) error {
	of, err := e.of()
	if err != nil {
		return err
	}
	var out iati.Published
	if err := e.ask(c, "iati.export", app.ExportIATIIn{Of: of, Out: e.Out, Publisher: e.Publisher, Reported: e.Reported}, &out); err != nil {
		return err
	}
	c.say("%s: %d activities, %d programmes", e.Out, out.Activities, out.Programmes)
	for _, x := range out.Excluded {
		var missing []string
		for _, m := range x.Missing {
			missing = append(missing, c.l.T("iati.missing."+m))
		}
		c.say("left out: %s (%s)", x.Code, c.l.List(missing))
	}
	for _, f := range out.Fields {
		c.say("%s, %s: %s (%s)", f.Code, c.l.T("iati.field."+f.Field), c.l.T("iati.state."+f.State), c.l.T("iati.why."+f.Why))
	}
	return c.verdict(out, out.OK)
}
