// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

type exportFiguresCmd struct {
	Release    string `arg:"" help:"The release's folder." type:"existingdir"`
	As         string `required:"" help:"Form: csv, sdmx, json, unodc, greta, eurostat, sdg (indicator 16.2.2) or ctdc (records of people who do not exist)." placeholder:"FORM"`
	Out        string `required:"" help:"Folder to write into; it is made where it is not there, and no file in it is overwritten." type:"path" placeholder:"FOLDER"`
	Population string `help:"Denominators of rates: CSV with country, year, population, source, verified. Without it, those of censuses that nobody has verified." type:"existingfile"`
}

func (e *exportFiguresCmd) Run(c *call) error {
	x, hash, err := bundle.Read(e.Release)
	if err != nil {
		return err
	}
	asked := outlet.Asked{Names: territory.Load(c.bundle), Words: func(key string) string { return c.l.T(key) }, Country: c.bundle.Locale("en", nil).Country, People: outlet.Censuses()}
	if e.Population != "" {
		f, err := os.Open(e.Population)
		if err != nil {
			return err
		}
		defer f.Close()
		if asked.People, err = outlet.ReadPopulation(f); err != nil {
			return err
		}
	}
	w, err := outlet.Write(x, outlet.Form(e.As), asked)
	if err != nil {
		return err
	}
	if err := keep(e.Out, w); err != nil {
		return err
	}
	for _, name := range w.Names {
		c.say("%s", filepath.Join(e.Out, name))
	}
	for _, l := range w.Losses {
		c.say("%s", c.l.Told(lossOf(l), c.l.T("outlet.loss."+l.Why)))
	}
	return c.done(struct {
		Release string `json:"release"` // hash
		outlet.Written
	}{hash, w})
}

func lossOf(l outlet.Loss) string {
	switch {
	case l.Column == "":
		return fmt.Sprintf("%d ×", l.N)
	case l.Value == "":
		return l.Column
	}
	return l.Column + " = " + l.Value
}

// keep writes files into a folder; none that is there is overwritten.
func keep(folder string, w outlet.Written) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, name := range w.Names {
		if _, err := os.Lstat(filepath.Join(folder, name)); err == nil {
			return fault.New(fault.Conflict, "operate.file_exists")
		}
	}
	for _, name := range w.Names {
		f, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		_, err = f.Write(w.Files[name])
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

type importFiguresCmd struct {
	File    string `arg:"" help:"The table: CSV in UTF-8, TSV, or the first sheet of an XLSX file." type:"existingfile"`
	Folder  string `arg:"" optional:"" help:"The office's data folder; with --dry-run it may be left out." type:"path"`
	As      string `required:"" help:"Its shape: ctdc, unodc, eurostat, or table for one's own." placeholder:"SHAPE"`
	Name    string `help:"What the table is, with its publisher and date. Default: the file's name."`
	KeyFile string `help:"Key file that unlocks the keyring." type:"path" placeholder:"FILE"`
	Office  string `help:"Id of the office that is meant, where the folder holds several." placeholder:"ID"`
	DryRun  bool   `help:"Only say what is understood, and what is left out, contradicts itself or is mended."`
}

func (i *importFiguresCmd) Run(c *call) error {
	x, err := readFigures(c, i.File, i.As)
	if err != nil {
		return err
	}
	if i.DryRun {
		return c.done(x.Report)
	}
	if i.Folder == "" {
		return fault.Bad("folder", "intake.want.folder")
	}
	a := at{Folder: i.Folder, KeyFile: i.KeyFile, Office: i.Office}
	of, err := a.of()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(i.File)
	if err != nil {
		return err
	}
	if len(b) > app.MaxFigures {
		return fault.New(fault.Invalid, "intake.large", "Max", app.MaxFigures>>20)
	}
	in := app.ImportFiguresIn{Of: of, Name: cmp.Or(i.Name, filepath.Base(i.File)), As: intake.Shape(i.As), File: b}
	var out app.ImportedFigures
	if err := a.ask(c, "figures.import", in, &out); err != nil {
		return err
	}
	c.say("%s", c.l.T("intake.kept", "Changed", out.Changed))
	return c.done(struct {
		app.ImportedFigures
		Report intake.Report `json:"report"`
	}{out, x.Report})
}

// readFigures reads a table of figures and says what was found; no office is asked.
func readFigures(c *call, file, as string) (*intake.Figures, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	x, err := intake.Read(f, info.Size(), intake.Shape(as), intake.Options{Names: territory.Load(c.bundle), Tell: func(lines int) { fmt.Fprintf(c.err, "%d…\n", lines) }})
	if err != nil {
		return nil, err
	}
	c.say("%s", c.l.T("intake.understood", "Shape", c.l.T("intake.shape."+as), "Lines", c.l.Number(x.Report.Lines), "Taken", c.l.Number(x.Report.Taken)))
	for _, col := range x.Columns {
		c.say("  %s", c.l.N("intake.column", len(col.Values), "Code", col.Code, "Countries", col.List == "country", "Several", col.Several))
	}
	for _, k := range intake.Kinds() {
		if x.Report.N(k) == 0 {
			continue
		}
		c.say("%s:", c.l.T("intake.kind."+string(k)))
		for _, t := range x.Report.Tallies {
			if t.Kind == k {
				c.sayTally(x.Report, t)
			}
		}
	}
	return x, nil
}

// mostLines is how many lines are named of one tally.
const mostLines = 5

func (c *call) sayTally(r intake.Report, t intake.Tally) {
	var lines []string
	for _, n := range r.Notes {
		if n.Kind == t.Kind && n.Why == t.Why && n.Column == t.Column && len(lines) < mostLines && !slices.Contains(lines, c.l.Number(n.Line)) {
			lines = append(lines, c.l.Number(n.Line))
		}
	}
	what := c.l.T("intake.why." + t.Why)
	if t.Column != "" {
		what = c.l.Told(t.Column, what)
	}
	c.say("%8d %s", t.N, c.l.T("intake.where", "What", what, "Lines", c.l.List(lines), "More", t.N > len(lines)))
}
