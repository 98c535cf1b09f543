// SPDX-License-Identifier: EUPL-1.2

package capture

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// counted are names of the column that says how many people a line speaks of.
var counted = []string{"count", "frequency", "people", "n"}

// Read reads overlaps: a column for each list, with 1 where people are on it and 0 where not, and one named count, frequency,
// people or n, last or anywhere, that says how many are on exactly these. Errors: Invalid with the line.
func Read(r io.Reader) (Lists, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	head, err := in.Read()
	if err != nil {
		return Lists{}, fault.Wrap(fault.Invalid, err, "statistics.want.overlaps")
	}
	var names []string
	at := -1
	for i, name := range head {
		name = strings.Clone(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if at < 0 && slices.Contains(counted, strings.ToLower(name)) {
			at = i
			continue
		}
		names = append(names, name)
	}
	if at < 0 {
		return Lists{}, fault.New(fault.Invalid, "statistics.want.overlaps")
	}
	width := len(head)
	l, err := New(names...)
	if err != nil {
		return l, err
	}
	for n := 2; ; n++ {
		line, err := in.Read()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil || len(line) != width {
			return l, fault.New(fault.Invalid, "statistics.want.overlap_line", "Line", n)
		}
		var on []bool
		var people int64
		for i, cell := range line {
			cell = strings.TrimSpace(cell)
			switch {
			case i == at:
				if people, err = strconv.ParseInt(cell, 10, 64); err != nil {
					return l, fault.New(fault.Invalid, "statistics.want.overlap_line", "Line", n)
				}
			case cell == "1", cell == "0":
				on = append(on, cell == "1")
			default:
				return l, fault.New(fault.Invalid, "statistics.want.overlap_line", "Line", n)
			}
		}
		if err := l.Add(on, people); err != nil {
			return l, err
		}
	}
}
