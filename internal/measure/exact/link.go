// SPDX-License-Identifier: EUPL-1.2

package exact

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Linked is the system of several tables of the same people that share columns: those tables and every smaller one that is a
// sum of theirs, down to the one number of all.
type Linked struct {
	System
	Sets  [][]int // columns of each table, by their numbers; smaller tables first, the one number of all before them
	From  []int   // the first cell of each table; the last column's values lie side by side
	sizes []int
	at    map[string]int
}

// Link links tables of columns with these sizes. Errors: Invalid for a table that cannot be, or for too many cells or sums.
func Link(sizes []int, tables [][]int) (Linked, error) {
	l := Linked{sizes: sizes, at: map[string]int{}}
	for _, s := range tables {
		for i, c := range s {
			if c < 0 || c >= len(sizes) || i > 0 && s[i-1] >= c {
				return l, fault.Bad("table", "statistics.want.set")
			}
		}
		if len(s) > mostLinked {
			return l, fault.Bad("table", "statistics.want.ways", "Max", mostLinked)
		}
		l.close(s)
	}
	inorder.By(l.Sets, func(a, b []int) int { return cmp.Or(len(a)-len(b), slices.Compare(a, b)) })
	for i, s := range l.Sets {
		l.at[fmt.Sprint(s)] = i
		l.From = append(l.From, l.Cells)
		n := 1
		for _, c := range s {
			if sizes[c] < 1 || n > MostCells/sizes[c] {
				return l, fault.Bad("cells", "statistics.want.few_cells", "Max", MostCells)
			}
			n *= sizes[c]
		}
		if l.Cells += n; l.Cells > MostCells {
			return l, fault.Bad("cells", "statistics.want.few_cells", "Max", MostCells)
		}
	}
	for i := range l.Sets {
		if err := l.sum(i); err != nil {
			return l, err
		}
	}
	return l, l.Validate()
}

// mostLinked bounds the columns of one table: each has as many smaller ones as its columns have subsets.
const mostLinked = 6

// close adds a table and those that are sums of it.
func (l *Linked) close(s []int) {
	key := fmt.Sprint(s)
	if _, ok := l.at[key]; ok {
		return
	}
	l.at[key] = -1
	l.Sets = append(l.Sets, slices.Clone(s))
	for i := range s {
		l.close(slices.Delete(slices.Clone(s), i, i+1))
	}
}

// sum says, for each cell of a table and each way to leave out one of its columns, which cells add up to which.
func (l *Linked) sum(table int) error {
	s := l.Sets[table]
	inner := 1
	for k := len(s) - 1; k >= 0; k-- {
		n := l.sizes[s[k]]
		smaller := l.From[l.at[fmt.Sprint(slices.Delete(slices.Clone(s), k, k+1))]]
		for c := range l.len(table) / n {
			if len(l.Sums) == MostSums {
				return fault.Bad("sums", "statistics.want.few_sums", "Max", MostSums)
			}
			first := l.From[table] + c/inner*inner*n + c%inner
			x := Sum{Total: smaller + c}
			for v := range n {
				x.Parts = append(x.Parts, first+v*inner)
			}
			l.Sums = append(l.Sums, x)
		}
		inner *= n
	}
	return nil
}

func (l *Linked) len(table int) int {
	if table+1 < len(l.From) {
		return l.From[table+1] - l.From[table]
	}
	return l.Cells - l.From[table]
}

// Table gives which cells are those of a table, from the first up to but not including the second, and whether it is there.
func (l *Linked) Table(s []int) (from, to int, ok bool) {
	i, ok := l.at[fmt.Sprint(s)]
	if !ok {
		return 0, 0, false
	}
	return l.From[i], l.From[i] + l.len(i), true
}

// Fill gives the values of all cells: count is asked for each table.
func (l *Linked) Fill(count func(set []int) ([]int64, error)) ([]int64, error) {
	out := make([]int64, 0, l.Cells)
	for i, s := range l.Sets {
		cells, err := count(s)
		if err != nil {
			return nil, err
		}
		if len(cells) != l.len(i) {
			return nil, fault.Bad("values", "statistics.want.as_many")
		}
		out = append(out, cells...)
	}
	return out, nil
}
