// SPDX-License-Identifier: EUPL-1.2

// Package table counts coded records: which columns there are and what they may say (Domain), records of one person each
// (Records), and the tables of any columns (Count). What a column may say comes from public code lists, never from the
// data: a value that is nobody's is in the table with a zero.
package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Bounds of what is counted. A domain or table beyond them is refused before work starts.
const (
	MostColumns = 400
	MostValues  = 1 << 16 // of one column
	MostCells   = 1 << 22 // of one table
	MostRecords = 1 << 28
)

// Column is one question with its closed list of answers; "unknown" is one of them where it can be.
type Column struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Domain is the columns of a data set, in their order.
type Domain struct {
	Columns []Column `json:"columns"`
}

// Validate says what is wrong with a domain.
func (d Domain) Validate() error {
	var fs fault.Fields
	if len(d.Columns) == 0 || len(d.Columns) > MostColumns {
		fs.Add("columns", "statistics.want.columns", "Max", MostColumns)
		return fs.Err()
	}
	names := map[string]bool{}
	for _, c := range d.Columns {
		if c.Name == "" || names[c.Name] {
			fs.Add("columns", "statistics.want.names")
			break
		}
		names[c.Name] = true
		if len(c.Values) == 0 || len(c.Values) > MostValues || len(slices.Compact(slices.Sorted(slices.Values(c.Values)))) != len(c.Values) {
			fs.Add("columns", "statistics.want.values", "Max", MostValues)
			break
		}
	}
	return fs.Err()
}

// Set is columns of a domain by their numbers, ascending, each once. The empty set is the table of one cell: how many there are.
type Set []int

// SetOf sorts columns.
func SetOf(columns ...int) Set {
	return slices.Compact(slices.Sorted(slices.Values(columns)))
}

// Has says whether a column is in the set.
func (s Set) Has(c int) bool { _, ok := slices.BinarySearch(s, c); return ok }

// In says whether every column of s is in t.
func (s Set) In(t Set) bool {
	for _, c := range s {
		if !t.Has(c) {
			return false
		}
	}
	return true
}

// Key names a set in maps.
func (s Set) Key() string {
	var b strings.Builder
	for _, c := range s {
		fmt.Fprintf(&b, "%d.", c)
	}
	return b.String()
}

// Subsets gives all sets of some of the columns, the empty one first, each before those it is part of.
func (s Set) Subsets() []Set {
	out := []Set{{}}
	for _, c := range s {
		for _, x := range out[:len(out):len(out)] {
			out = append(out, append(slices.Clone(x), c))
		}
	}
	inorder.Stably(out, func(a, b Set) int { return len(a) - len(b) })
	return out
}

// Upto gives all sets of at most so many of a domain's columns, the largest only: the tables that say everything up to that many.
func (d Domain) Upto(ways int) []Set {
	ways = min(ways, len(d.Columns))
	var out []Set
	var grow func(s Set, next int)
	grow = func(s Set, next int) {
		if len(s) == ways {
			out = append(out, slices.Clone(s))
			return
		}
		for c := next; c < len(d.Columns); c++ {
			grow(append(s, c), c+1)
		}
	}
	grow(nil, 0)
	return out
}

// Cells gives how many cells the table of a set has, at most MostCells+1.
func (d Domain) Cells(s Set) int {
	n := 1
	for _, c := range s {
		if n *= len(d.Columns[c].Values); n > MostCells {
			return MostCells + 1
		}
	}
	return n
}

// Holds says whether a set names columns of this domain, and its table fits.
func (d Domain) Holds(s Set) error {
	for i, c := range s {
		if c < 0 || c >= len(d.Columns) || i > 0 && s[i-1] >= c {
			return fault.Bad("table", "statistics.want.set")
		}
	}
	if d.Cells(s) > MostCells {
		return fault.Bad("table", "statistics.want.cells", "Max", MostCells)
	}
	return nil
}
