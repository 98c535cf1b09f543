// SPDX-License-Identifier: EUPL-1.2

package capture

import (
	"bytes"
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

// paired are the columns of overlaps two by two; epsilon may be missing or blank, and is 0 then.
var paired = []string{"first", "second", "count", "epsilon"}

// mostText bounds what Either reads.
const mostText = 1 << 20

// Either reads overlaps in one of two forms. With columns first, second, count and, where counted privately, epsilon: a line for
// each list, named twice, with its length, and a line for each count of what two lists share. Else as Read. Errors: Invalid with
// the line; Check's.
func Either(r io.Reader) (Lists, *Overlaps, error) {
	text, err := io.ReadAll(io.LimitReader(r, mostText+1))
	if err != nil {
		return Lists{}, nil, err
	}
	if len(text) > mostText {
		return Lists{}, nil, fault.New(fault.TooMuch, "statistics.want.smaller_file", "Max", mostText>>20)
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	in.FieldsPerRecord, in.TrimLeadingSpace = -1, true
	head, err := in.Read()
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(head[i]))
	}
	if err != nil || len(head) < 3 || !slices.Equal(head, paired[:min(len(head), len(paired))]) {
		l, err := Read(bytes.NewReader(text))
		return l, nil, err
	}
	o := &Overlaps{}
	for {
		line, err := in.Read()
		if errors.Is(err, io.EOF) {
			return Lists{}, o, o.Check()
		}
		at, _ := in.FieldPos(0)
		if err != nil || !o.add(line) {
			return Lists{}, nil, fault.New(fault.Invalid, "statistics.want.pair_line", "Line", max(at, 2))
		}
	}
}

// add takes in a line; false says that it is none.
func (o *Overlaps) add(line []string) bool {
	if len(line) < 3 || len(line) > len(paired) {
		return false
	}
	for i := range line {
		line[i] = strings.TrimSpace(line[i])
	}
	if line[0] == "" || line[1] == "" {
		return false
	}
	n, err := strconv.ParseInt(line[2], 10, 64)
	if line[2] == "" {
		n, err = 0, nil // a length that is still to be filled in: Check names the list
	}
	if err != nil || n > MostPeople || n < -MostPeople {
		return false
	}
	epsilon := 0.0
	if len(line) > 3 && line[3] != "" {
		if epsilon, err = strconv.ParseFloat(line[3], 64); err != nil || epsilon != 0 && !(epsilon >= LeastEpsilon && epsilon <= MostEpsilon) {
			return false
		}
	}
	a, b := o.list(line[0]), o.list(line[1])
	if a < 0 || b < 0 {
		return false
	}
	if a == b {
		o.Sizes[a] = n
		return epsilon == 0
	}
	if a > b {
		a, b = b, a
	}
	if line[2] == "" {
		return false
	}
	at := slices.IndexFunc(o.Pairs, func(p Overlap) bool { return p.Pair == Pair{a, b} })
	if at < 0 {
		o.Pairs = append(o.Pairs, Overlap{Pair: Pair{a, b}, Count: float64(n), Epsilons: []float64{epsilon}})
		return true
	}
	p := &o.Pairs[at]
	k := float64(len(p.Epsilons))
	p.Count = (p.Count*k + float64(n)) / (k + 1)
	p.Epsilons = append(p.Epsilons, epsilon)
	return len(p.Epsilons) <= mostCounts
}

// mostCounts is how often one pair may be counted.
const mostCounts = 100

// list gives the number of a list by its name, and begins it where it is new; -1 beyond MostLists.
func (o *Overlaps) list(name string) int {
	if at := slices.Index(o.Names, name); at >= 0 {
		return at
	}
	if len(o.Names) == MostLists {
		return -1
	}
	o.Names, o.Sizes = append(o.Names, name), append(o.Sizes, 0)
	return len(o.Names) - 1
}
