// SPDX-License-Identifier: EUPL-1.2

// Package brought takes in tables of what an office of police or justice kept elsewhere: it reads their lines, and has the page that
// first shows what a table would do and then does it. What a line says, and what is wrong with it, is the room's.
package brought

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/workbook"
)

// Limits of a table.
const (
	MaxTable = 4 << 20 // bytes
	MaxLines = 5000
)

// A cell holds twenty values at most; a longer one is cut, and still has a value that is too long.
var limits = workbook.Limits{File: MaxTable, Unpacked: 32 << 20, Rows: MaxLines + 1, Cells: 60, Cell: 8000}

// Line is a line of a table: its number in the file, what it says by column, and the number of a cell of it that stands under no
// column; zero for none.
type Line struct {
	N     int
	Cells map[string]string
	Stray int
}

// Read reads a table: CSV with commas, semicolons or tabs, or the first sheet of an XLSX file. Its first line names columns, in any
// order, each once, the first of them among them. Lines that say nothing are left out. Errors: Invalid for what is no such table,
// TooMuch for its size, and what f gives.
func Read(raw []byte, columns []string, f func(Line) error) error {
	var names []string
	err := workbook.Each(bytes.NewReader(raw), int64(len(raw)), limits, func(n int, cells []string) error {
		if names == nil {
			var err error
			names, err = head(cells, columns)
			return err
		}
		l := Line{N: n, Cells: map[string]string{}}
		for i, text := range cells {
			text = strings.TrimSpace(strings.TrimPrefix(text, "'")) // with which tables keep a text from being a formula
			switch {
			case text == "":
			case i >= len(names) || names[i] == "":
				l.Stray = i + 1
			default:
				l.Cells[names[i]] = text
			}
		}
		if len(l.Cells) == 0 && l.Stray == 0 {
			return nil
		}
		return f(l)
	})
	switch {
	case errors.Is(err, workbook.ErrLarge):
		return fault.New(fault.TooMuch, "brought.large")
	case errors.Is(err, workbook.ErrForm), err == nil && names == nil:
		return fault.Bad("file", "brought.unreadable")
	}
	return err
}

func head(cells, columns []string) ([]string, error) {
	names := make([]string, len(cells))
	for i, c := range cells {
		names[i] = strings.ToLower(strings.TrimSpace(c))
		if names[i] != "" && (!slices.Contains(columns, names[i]) || slices.Contains(names[:i], names[i])) {
			return nil, Head()
		}
	}
	if !slices.Contains(names, columns[0]) {
		return nil, Head()
	}
	return names, nil
}

// Head says that the first line names other columns than it may, or too few of them.
func Head() error { return fault.Bad("file", "brought.head") }

// Wrong is a line that was not taken in: in which column something is wrong, and what.
type Wrong struct {
	N      int
	Column string
	Err    error
}

// Report says what came of a table, or would.
type Report struct {
	Added, Changed, Same int
	Wrong                []Wrong
}

// Take notes what came of a line, or of several that are one matter: it is new, or n things of it are, or it is wrong. An error that
// says nothing of a line is given back.
func (r *Report) Take(w Wrong, added bool, n int) error {
	switch k := fault.Of(w.Err); {
	case w.Err == nil && added:
		r.Added++
	case w.Err == nil && n > 0:
		r.Changed++
	case w.Err == nil:
		r.Same++
	case k == fault.Invalid || k == fault.Guarded || k == fault.Denied || k == fault.NotFound || k == fault.Conflict:
		r.Wrong = append(r.Wrong, w)
	default:
		return w.Err
	}
	return nil
}

// Entry is what would be written, for a guard to look at before anything is.
func Entry(of journal.ID, typ string, actor journal.ID, payload any) (journal.Entry, error) {
	parts, err := journal.Split(payload)
	return journal.Entry{Header: journal.Header{Dossier: of, Type: typ, Actor: actor}, Parts: parts}, err
}

// ColumnOf names the field of which a fault speaks; "" for none.
func ColumnOf(err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return ""
	}
	return f.Fields[0].Name
}
