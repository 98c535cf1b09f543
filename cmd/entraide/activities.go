// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/entraide-thb/entraide/internal/app"
)

type importActivitiesCmd struct {
	at
	File    string            `arg:"" help:"The table: CSV in UTF-8, or the first sheet of an XLSX file." type:"existingfile"`
	Column  map[string]string `help:"A field and the head of its column, where it is not found: title=Libellé. The page that brings such tables in lists the fields."`
	Written string            `help:"Language in which the texts are written." default:"fr"`
	Year    int               `help:"Year of dates that name none; else the one in the file's name."`
	DryRun  bool              `help:"Only say what it would do."`
}

func (i *importActivitiesCmd) Run(c *call) error {
	in, err := i.read()
	if err != nil {
		return err
	}
	return i.bring(c, "activities.import", "activities", in)
}

// read reads the table.
func (i *importActivitiesCmd) read() (app.ImportActivitiesIn, error) {
	of, err := i.of()
	if err != nil {
		return app.ImportActivitiesIn{}, err
	}
	info, err := os.Stat(i.File)
	if err != nil {
		return app.ImportActivitiesIn{}, err
	}
	if info.Size() > app.MaxTable {
		return app.ImportActivitiesIn{}, fmt.Errorf("the file is larger than %d MB", app.MaxTable>>20)
	}
	b, err := os.ReadFile(i.File)
	return app.ImportActivitiesIn{Of: of, Document: filepath.Base(i.File), File: b, Columns: i.Column, Language: i.Written, Year: i.Year, Dry: i.DryRun}, err
}

// bring asks for an import and says what it did.
func (i *importActivitiesCmd) bring(c *call, operation, records string, in any) error {
	var out app.ImportedActivities
	if err := i.ask(c, operation, in, &out); err != nil {
		return err
	}
	for _, f := range slices.Sorted(maps.Keys(out.Columns)) {
		c.say("%s: column “%s”", f, out.Columns[f])
	}
	for _, d := range out.Dropped {
		c.say("%s", c.l.T("sheet.dropped", "Row", d.Row, "Field", string(d.Field), "Why", c.l.T(d.Why)))
	}
	c.say("%d %s: %d created, %d updated, %d unchanged; %d things left out", out.Rows, records, out.Created, out.Updated, out.Unchanged, len(out.Dropped))
	return c.done(out)
}

type importMeasuresCmd struct {
	importActivitiesCmd
	Plan string `help:"The strategy or action plan, where no column says it."`
}

func (i *importMeasuresCmd) Run(c *call) error {
	in, err := i.read()
	if err != nil {
		return err
	}
	return i.bring(c, "measures.import", "measures", app.ImportMeasuresIn{ImportActivitiesIn: in, Plan: i.Plan})
}
