// SPDX-License-Identifier: EUPL-1.2

// Package exact publishes counted tables so that no small number in them can be told, neither as it stands nor by adding and
// subtracting: a number below the threshold reads "fewer than k", others are withheld with it until every number that is not
// shown could be any of at least k (Protect), or all numbers are rounded so that they still add up (Round).
//
// Audit is the gate, and the attack: from what was published, and from everything published before about the same people, it
// finds between which whole numbers each withheld one must lie. What Protect gives was held against Audit.
//
// A System is cells and sums between them; tables that share cells, and earlier releases of the same cells, are one system.
package exact

import (
	"fmt"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Bounds of a system. One beyond them is refused before work starts.
const (
	MostCells = 20_000
	MostSums  = 3_000
	MostValue = 1 << 40
)

// Sum says that the parts add up to the total. All are cells by their numbers.
type Sum struct {
	Total int
	Parts []int
}

// System is how many cells there are and which add up to which.
type System struct {
	Cells int
	Sums  []Sum
}

// Validate says what is wrong with a system.
func (s System) Validate() error {
	if s.Cells < 1 || s.Cells > MostCells {
		return fault.Bad("cells", "statistics.want.few_cells", "Max", MostCells)
	}
	if len(s.Sums) > MostSums {
		return fault.Bad("sums", "statistics.want.few_sums", "Max", MostSums)
	}
	for _, x := range s.Sums {
		seen := map[int]bool{x.Total: true}
		if x.Total < 0 || x.Total >= s.Cells || len(x.Parts) == 0 {
			return fault.Bad("sums", "statistics.want.sums")
		}
		for _, p := range x.Parts {
			if p < 0 || p >= s.Cells || seen[p] {
				return fault.Bad("sums", "statistics.want.sums")
			}
			seen[p] = true
		}
	}
	return nil
}

// check holds values against the sums.
func (s System) check(values []int64) error {
	if len(values) != s.Cells {
		return fault.Bad("values", "statistics.want.as_many")
	}
	for _, v := range values {
		if v < 0 || v > MostValue {
			return fault.Bad("values", "statistics.want.counts")
		}
	}
	for i, x := range s.Sums {
		sum := int64(0)
		for _, p := range x.Parts {
			sum += values[p]
		}
		if sum != values[x.Total] {
			return fault.Bad(fmt.Sprintf("sums.%d", i), "statistics.want.adding_up")
		}
	}
	return nil
}

// Cross gives the system of the table of all combinations of columns with these sizes, and all its margins down to the one
// total: cells in the order of combinations, each column's last value being "all".
func Cross(sizes ...int) (System, error) {
	n := 1
	for _, x := range sizes {
		if x < 1 || n > MostCells/(x+1) {
			return System{}, fault.Bad("cells", "statistics.want.few_cells", "Max", MostCells)
		}
		n *= x + 1
	}
	s := System{Cells: n}
	step := 1
	for k := len(sizes) - 1; k >= 0; k-- {
		for c := range n {
			if c/step%(sizes[k]+1) != sizes[k] {
				continue
			}
			x := Sum{Total: c}
			for v := range sizes[k] {
				x.Parts = append(x.Parts, c-(sizes[k]-v)*step)
			}
			s.Sums = append(s.Sums, x)
		}
		step *= sizes[k] + 1
	}
	return s, s.Validate()
}

// Margins fills a table's counts, as package table gives them, into the cells of Cross with all their margins.
func Margins(counts []int64, sizes ...int) ([]int64, error) {
	s, err := Cross(sizes...)
	if err != nil {
		return nil, err
	}
	want := 1
	for _, x := range sizes {
		want *= x
	}
	if len(counts) != want {
		return nil, fault.Bad("values", "statistics.want.as_many")
	}
	out := make([]int64, s.Cells)
	for i, v := range counts {
		at, step, rest := 0, 1, i
		for k := len(sizes) - 1; k >= 0; k-- {
			at += rest % sizes[k] * step
			rest /= sizes[k]
			step *= sizes[k] + 1
		}
		out[at] = v
	}
	for _, x := range s.Sums { // last column first: parts of later sums are totals of earlier ones
		out[x.Total] = 0
		for _, p := range x.Parts {
			out[x.Total] += out[p]
		}
	}
	return out, nil
}
