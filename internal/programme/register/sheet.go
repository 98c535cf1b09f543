// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// mostRows bounds a file that is brought in; a longer one is refused, not cut.
const mostRows = 5000

// Limits of a file, and how many things that are wrong with it are told.
const (
	MaxFile   = 4 << 20
	mostWrong = 50
)

// Wrong is one thing that is wrong with a file: in which line, in which column ("" for the line as a whole), and the
// catalogue key that says what.
type Wrong struct {
	Line  int            `json:"line"`
	Field string         `json:"field,omitempty"`
	Key   string         `json:"key"`
	Args  map[string]any `json:"args,omitempty"`
}

// WrongFile lists what is wrong with a file, at most 50 things. Nothing of the file was imported.
type WrongFile []Wrong

// Error gives one line for each, never a quotation of the file.
func (e WrongFile) Error() string {
	var lines []string
	for _, w := range e {
		lines = append(lines, fmt.Sprintf("line %d: %s: %s", w.Line, w.Field, w.Key))
	}
	return strings.Join(lines, "\n")
}

// In says it in the reader's language, one text for each.
func (e WrongFile) In(l *lang.Locale) []string {
	var out []string
	for _, w := range e {
		var args []any
		for _, k := range slices.Sorted(maps.Keys(w.Args)) {
			args = append(args, k, w.Args[k])
		}
		key := "register.file.at"
		if w.Field == "" {
			key = "register.file.line"
		}
		out = append(out, l.T(key, "Line", strconv.Itoa(w.Line), "Field", w.Field, "What", l.T(w.Key, args...)))
	}
	return out
}

// orNil gives no error for nothing wrong, and not more than can be read.
func (e WrongFile) orNil() error {
	if len(e) == 0 {
		return nil
	}
	return e[:min(len(e), mostWrong)]
}

// line is one record of a file.
type line struct {
	n     int
	cells url.Values
}

// readFile reads a file in CSV, parted by comma or semicolon: its head must name columns of the import and all that are
// required, in any order. The error is a WrongFile.
func readFile(src []byte, columns, required []string) ([]line, error) {
	switch {
	case len(src) > MaxFile:
		return nil, WrongFile{{1, "", "register.file.large", map[string]any{"Max": MaxFile >> 20}}}
	case !utf8.Valid(src):
		return nil, WrongFile{{1, "", "register.file.encoding", nil}}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(src))
	head, _, _ := bytes.Cut(src, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.Comma = ';' // as spreadsheets write where the comma parts decimals
	}
	names, err := r.Read()
	if err != nil {
		return nil, WrongFile{{1, "", "register.file.csv", nil}}
	}
	if err := checkHead(names, columns, required); err != nil {
		return nil, err
	}
	return readLines(r, names)
}

func checkHead(names, columns, required []string) error {
	var out WrongFile
	for i, n := range names {
		names[i] = strings.ToLower(strings.TrimSpace(n))
		if !slices.Contains(columns, names[i]) || slices.Contains(names[:i], names[i]) {
			out = append(out, Wrong{1, names[i], "register.file.column", nil})
		}
	}
	for _, n := range required {
		if !slices.Contains(names, n) {
			out = append(out, Wrong{1, n, "register.file.missing", nil})
		}
	}
	return out.orNil()
}

func readLines(r *csv.Reader, names []string) ([]line, error) {
	var out []line
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			n := 0
			var p *csv.ParseError
			if errors.As(err, &p) {
				n = p.Line
			}
			return nil, WrongFile{{n, "", "register.file.csv", nil}}
		}
		n, _ := r.FieldPos(0)
		x := line{n, url.Values{}}
		for i, name := range names {
			x.cells.Set(name, strings.TrimSpace(row[i]))
		}
		if out = append(out, x); len(out) > mostRows {
			return nil, WrongFile{{n, "", "register.file.rows", map[string]any{"Max": mostRows}}}
		}
	}
}

// of gives what is wrong with a line.
func (x line) of(fs fault.Fields) WrongFile {
	var out WrongFile
	for _, f := range fs {
		out = append(out, Wrong{x.n, f.Name, f.Key, f.Args})
	}
	return out
}
