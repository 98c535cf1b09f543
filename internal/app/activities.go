// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/sheet"
)

// MaxTable is the largest table that is read, in bytes.
const MaxTable = sheet.MaxFile

// ImportActivitiesIn brings in a table of activities, in CSV or XLSX.
type ImportActivitiesIn struct {
	Of
	Document string            `json:"document"` // what the file is called, as a source
	File     []byte            `json:"file"`
	Columns  map[string]string `json:"columns,omitempty"` // field -> head of its column, where the guess is wrong; "" for none
	Language string            `json:"language"`          // of the texts
	Year     int               `json:"year,omitempty"`    // of dates without one
	Dry      bool              `json:"dry,omitempty"`     // only say what it would do
}

// ImportedActivities is what an import did, or would do, and how it read the head.
type ImportedActivities struct {
	sheet.Report
	Columns map[sheet.Field]string `json:"columns"`
}

func opImportActivities(ctx context.Context, n *Node, in ImportActivitiesIn) (ImportedActivities, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return ImportedActivities{}, err
	}
	who, err := n.Job(o.ID, "importer", access.ForProgramme)
	if err != nil {
		return ImportedActivities{}, err
	}
	t, err := sheet.Read(in.File)
	if err != nil {
		return ImportedActivities{}, err
	}
	m, err := sheet.Guess(t.Head).With(t.Head, in.Columns)
	if err != nil {
		return ImportedActivities{}, err
	}
	out := ImportedActivities{Columns: map[sheet.Field]string{}}
	for f, i := range m {
		out.Columns[f] = t.Head[i]
	}
	a, err := programme.AskedOfTable(ctx, n.Store, who, n.Bundle.Locale("fr", nil), n.Bundle.Locale("en", nil))
	if err != nil {
		return out, err
	}
	a.Document, a.Language, a.Year = in.Document, in.Language, in.Year
	p, err := sheet.Plan(t, m, a)
	if err != nil {
		return out, err
	}
	out.Report, err = sheet.Import(ctx, n.Store, who, p, a, in.Dry)
	return out, err
}

// ImportMeasuresIn brings in a table of the measures of a strategy or action plan, in CSV or XLSX.
type ImportMeasuresIn struct {
	ImportActivitiesIn
	Plan string `json:"plan,omitempty"` // where no column of the table says it
}

func opImportMeasures(ctx context.Context, n *Node, in ImportMeasuresIn) (ImportedActivities, error) {
	out := ImportedActivities{Columns: map[sheet.Field]string{}}
	o, err := n.of(in.Owner)
	if err != nil {
		return out, err
	}
	who, err := n.importer(o.ID)
	if err != nil {
		return out, err
	}
	t, err := sheet.Read(in.File)
	if err != nil {
		return out, err
	}
	m, err := measure.Guess(t.Head).WithAmong(measure.Fields(), t.Head, in.Columns)
	if err != nil {
		return out, err
	}
	for f, i := range m {
		out.Columns[f] = t.Head[i]
	}
	a, err := programme.AskedOfTable(ctx, n.Store, who, n.Bundle.Locale("fr", nil), n.Bundle.Locale("en", nil))
	if err != nil {
		return out, err
	}
	a.Document, a.Language, a.Year = in.Document, in.Language, in.Year
	out.Report, err = measure.Import(ctx, n.Store, who, t, m, measure.Asked{Asked: a, Plan: in.Plan}, in.Dry)
	return out, err
}
