// SPDX-License-Identifier: EUPL-1.2

// Package intake reads figures that others published, in the shapes in which they come: records of the Counter-Trafficking Data
// Collaborative (CTDC), tables of UNODC's data portal, tables of Eurostat (TSV and SDMX-CSV, also what package outlet writes),
// and tables of one's own with their margins.
//
// Reading writes nothing, so that every reading is a dry run; the same file gives the same figures and the same report. The
// reader is tolerant, never silent: what it leaves out, what contradicts itself and what it mended stands in the report with its
// line. Where a file says two things it takes neither. Blank is unknown and never no or zero; "<5" stays "<5".
//
// A file is read row by row within bounds (Limits), through package workbook; an error quotes nothing of it.
package intake

import (
	"errors"
	"io"
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/workbook"
)

// Shape is how a file is laid out.
type Shape string

// The closed list.
const (
	CTDC     Shape = "ctdc"     // one row a person, 0/1 columns, several values parted by semicolons
	UNODC    Shape = "unodc"    // one row a number: country, year, indicator, dimension, category, sex, age, unit, value
	Eurostat Shape = "eurostat" // TSV with years side by side, or SDMX-CSV
	Table    Shape = "table"    // one's own: a table with margins, or one row a number
)

// Shapes lists them.
func Shapes() []Shape { return []Shape{CTDC, UNODC, Eurostat, Table} }

// Codes that every column may have beside its own.
const (
	Total   = "total"
	Unknown = source.Unknown
	Other   = "other"
)

// MostCells and mostRecords bound what is kept of a file, mostValues the values of one column.
const (
	MostCells   = 1_000_000
	MostRecords = 2_000_000
	mostValues  = 20_000
	mostColumns = 300
)

// Limits bound a file.
var Limits = workbook.Limits{File: 512 << 20, Unpacked: 2 << 30, Rows: 4_000_000, Cells: 400, Cell: 1000}

// Column is one dimension with the values that occur.
type Column struct {
	Code   string   `json:"code"`
	Head   string   `json:"head,omitempty"` // what the file calls it, where that is not the code
	Values []string `json:"values"`
	List   string   `json:"list,omitempty"` // "country" where values are ISO 3166-1 codes (and XK), beside groups as the file names them
	// Several says that one record may give several values: of CTDC only.
	Several bool `json:"several,omitempty"`
}

// Cell is one number with where it stands.
type Cell struct {
	At     []int32 `json:"at"` // of each column the number of its value
	Number Number  `json:"is,omitzero"`
	Line   int     `json:"line,omitempty"`
}

// Figures is what was read of a file: cells, or of CTDC records.
type Figures struct {
	Shape   Shape
	Columns []Column
	Cells   []Cell
	// Rows are records: of each column the number of its answer in Answers. Answers hold what one record says in a column: no
	// value for unknown, several where the column may.
	Rows    [][]int32
	Answers [][][]string
	Report  Report

	lines []int // of Rows
}

// Options of a reading.
type Options struct {
	Names *territory.Names
	// Tell, which may be nil, is told now and then how many lines were read.
	Tell func(lines int)
}

// reader is a shape in the reading: it is given the lines from the head on.
type reader interface {
	head(line int, cells []string) (ok bool, err error)
	row(line int, cells []string) error
	done() (*Figures, error)
}

// Read reads a file. Errors: Invalid, for a file that is too large, is no table, or has no head of this shape.
func Read(r io.ReaderAt, size int64, as Shape, o Options) (*Figures, error) {
	var rd reader
	rep := &Report{}
	switch as {
	case CTDC:
		rd = &records{names: o.Names, report: rep}
	case UNODC:
		rd = &unodc{collector: newCollector(o.Names, rep)}
	case Eurostat:
		rd = &eurostat{collector: newCollector(o.Names, rep)}
	case Table:
		rd = &own{collector: newCollector(o.Names, rep)}
	default:
		return nil, fault.Bad("as", "intake.want.shape")
	}
	headed := false
	err := workbook.Each(r, size, Limits, func(n int, cells []string) error {
		if o.Tell != nil && n%50_000 == 0 {
			o.Tell(n)
		}
		if blank(cells) {
			if headed && as == CTDC && len(cells) > 1 { // somebody of whom nothing is said, or an empty line of a spreadsheet
				rep.Lines++
				rep.note(Dropped, n, "", "nothing_said", "")
			}
			return nil
		}
		if !headed {
			ok, err := rd.head(n, cells)
			if headed = ok; !ok && err == nil {
				if n > mostBefore {
					return fault.New(fault.Invalid, "intake.want.head."+string(as))
				}
				rep.note(Dropped, n, "", "before", "")
			}
			return err
		}
		rep.Lines++
		return rd.row(n, cells)
	})
	switch {
	case errors.Is(err, workbook.ErrLarge):
		return nil, fault.New(fault.Invalid, "intake.large", "Max", Limits.File>>20)
	case errors.Is(err, workbook.ErrForm):
		return nil, fault.New(fault.Invalid, "intake.form")
	case err != nil:
		return nil, err
	case !headed:
		return nil, fault.New(fault.Invalid, "intake.want.head."+string(as))
	}
	f, err := rd.done()
	if err != nil {
		return nil, err
	}
	f.Shape = as
	f.Report = rep.sorted()
	return f, nil
}

// mostBefore is how many lines of titles may stand before the head.
const mostBefore = 30

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return s != "" })
}
