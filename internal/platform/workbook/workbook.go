// SPDX-License-Identifier: EUPL-1.2

// Package workbook reads the tables that people keep, row by row: CSV with commas, semicolons or tabs, and the first sheet of
// an XLSX file.
//
// A file is data from elsewhere: it is read within bounds (a small archive cannot fill the memory), formulas are not run, and
// no error quotes it. Only one row is in memory at a time, beside the texts that an XLSX file shares between cells.
package workbook

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits bound what is read.
type Limits struct {
	File     int64 // bytes
	Unpacked int64 // bytes of all parts of an XLSX file together, whatever its head says of their sizes
	Rows     int   // the highest number of a row
	Cells    int   // of one row
	Cell     int   // bytes of one cell; what is longer is cut
}

const (
	mostParts  = 2000
	mostShared = 1_000_000
)

// What can be wrong with a file as a whole.
var (
	ErrLarge = errors.New("workbook: larger than is read")
	ErrForm  = errors.New("workbook: not a table that can be read")
)

// Each calls f with each row of a table and the row's number as the program shows it that wrote the file; rows that hold
// nothing may be left out. f may keep the cells. Errors: ErrLarge, ErrForm, and what f gives.
func Each(r io.ReaderAt, size int64, l Limits, f func(n int, cells []string) error) error {
	if size > l.File {
		return ErrLarge
	}
	head := make([]byte, 4)
	if n, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	} else if string(head[:n]) != "PK\x03\x04" {
		return eachCSV(io.NewSectionReader(r, 0, size), l, f)
	}
	err := eachXLSX(r, size, l, f)
	var s stopped
	if errors.As(err, &s) {
		return s.error
	}
	return err
}

// mostHead is how far the first lines are looked at for what parts their cells.
const mostHead = 64 << 10

func eachCSV(src io.Reader, l Limits, f func(n int, cells []string) error) error {
	b := bufio.NewReaderSize(src, mostHead)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	head, _ := b.Peek(mostHead)
	r := csv.NewReader(b)
	r.FieldsPerRecord, r.LazyQuotes, r.Comma = -1, true, separator(head)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ErrForm
		}
		n, _ := r.FieldPos(0)
		if n > l.Rows || len(row) > l.Cells {
			return ErrLarge
		}
		for i, s := range row {
			if !utf8.ValidString(s) {
				return ErrForm
			}
			row[i] = l.cut(strings.TrimSpace(s))
		}
		if err := f(n, row); err != nil {
			return err
		}
	}
}

// separator says what parts cells: a tab where there is one, else what the first line has most of that has any and whose next line
// has it too, so that a title before the head decides nothing.
func separator(head []byte) rune {
	var lines [][]byte
	for line := range bytes.Lines(head) {
		if line = bytes.TrimSpace(line); len(line) > 0 && len(lines) < 40 {
			lines = append(lines, line)
		}
	}
	for i, line := range lines {
		best, most := ',', 0
		for _, sep := range []rune{'\t', ';', ','} {
			n := bytes.Count(line, []byte(string(sep)))
			if n > most {
				best, most = sep, n
			}
			if n > 0 && sep == '\t' {
				break
			}
		}
		if most > 0 && (i+1 == len(lines) || bytes.ContainsRune(lines[i+1], best)) {
			return best
		}
	}
	return ','
}

// cut keeps as much of a text as a cell holds.
func (l Limits) cut(s string) string {
	if len(s) > l.Cell {
		return strings.ToValidUTF8(s[:l.Cell], "")
	}
	return s
}
