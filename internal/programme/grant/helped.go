// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/programme/figure"
)

// Groups lists whom a report counts, Since whether they came in the quarter or were there before it. Everybody helped is
// counted once, in one group and one of the two, so that rows and columns add up.
func Groups() []string { return []string{"women", "men", "girls", "boys", "not_known"} }

// Since lists the columns of a report's table.
func Since() []string { return []string{"new", "before"} }

// Hidden is the code of a number that could be told, were it not that another one would follow from it. In a table of which no
// number is told it says of a total nothing at all, not even that it is no small one.
const Hidden = "hidden"

// Helped is how many people were helped, with every small number protected: each value is a code of figure.Count or Hidden.
// Cells has a row for each of Groups and a column for each of Since.
type Helped struct {
	K     int        `json:"k"` // the threshold of the office that counted
	Cells [][]string `json:"cells"`
	Rows  []string   `json:"rows"` // total of each row
	Cols  []string   `json:"cols"` // total of each column
	Total string     `json:"total"`
}

// IsZero says that nothing was counted; `omitzero` uses it.
func (h Helped) IsZero() bool { return h.K == 0 }

// Protect gives a table of exact numbers as it may leave the office that counted, under its threshold k.
//
// Numbers below k, none among them, become "<k", totals included. Then others are hidden, the smallest first, until no
// protected number can be computed from what is left: see sure. What it gives is not the best table that could be made, but a
// safe one, and the same numbers always give the same one. It does not protect from somebody who knows all but one of the
// people, nor from comparing several reports of the same quarter: a corrected report replaces the one before.
//
// Errors: Invalid for a threshold out of figure's bounds, for a table that is not whole, or for a negative number.
func Protect(n [][]int, k int) (Helped, error) {
	if k < figure.MinK || k > figure.MaxK {
		return Helped{}, fault.Bad("k", "programme.need.threshold", "Min", figure.MinK, "Max", figure.MaxK)
	}
	if len(n) == 0 || len(n[0]) == 0 {
		return Helped{}, fault.Bad("cells", "grant.want.cells")
	}
	t := newTable(len(n), len(n[0]), k)
	for r, row := range n {
		if len(row) != t.cols {
			return Helped{}, fault.Bad("cells", "grant.want.cells")
		}
		for c, x := range row {
			if x < 0 || x > maxPeople {
				return Helped{}, fault.Bad("cells", "grant.want.cells")
			}
			for _, a := range []int{t.cell(r, c), t.row(r), t.col(c), t.total()} {
				t.n[a] += x
			}
		}
	}
	t.protect()
	return t.helped(), nil
}

// maxPeople bounds one number of a report.
const maxPeople = 1_000_000

// state is how a number is told.
type state int

const (
	shown  state = iota
	below        // "fewer than k"
	hidden       // k or more, not told
	untold       // a total of any size, not told
)

// table is the numbers as a circulation: each is the flow of an arc, a row's total from the source to the row, a cell from its
// row to its column, a column's total from the column to the sink, the total from the sink back to the source. What goes into
// a node comes out of it, which is all that rows and columns adding up says.
type table struct {
	rows, cols, k int
	n             []int
	how           []state
}

func newTable(rows, cols, k int) *table {
	size := rows*cols + rows + cols + 1
	return &table{rows, cols, k, make([]int, size), make([]state, size)}
}

func (t *table) cell(r, c int) int { return r*t.cols + c }
func (t *table) row(r int) int     { return t.rows*t.cols + r }
func (t *table) col(c int) int     { return t.rows*t.cols + t.rows + c }
func (t *table) total() int        { return len(t.n) - 1 }

// ends gives the nodes that an arc goes between: 0 the source, 1 the sink, then rows, then columns.
func (t *table) ends(arc int) (from, to int) {
	switch inner := t.rows * t.cols; {
	case arc < inner:
		return 2 + arc/t.cols, 2 + t.rows + arc%t.cols
	case arc < inner+t.rows:
		return 0, 2 + arc - inner
	case arc < t.total():
		return 2 + t.rows + arc - inner - t.rows, 1
	}
	return 1, 0
}

// protect marks what must not be told. Each round hides one number more, so it ends.
func (t *table) protect() {
	for a, x := range t.n {
		if x < t.k {
			t.how[a] = below
		}
	}
	for {
		known := false
		for a := range t.n {
			known = known || t.how[a] != shown && t.sure(a)
		}
		if !known {
			return
		}
		next := -1
		for a, x := range t.n { // a cell before a total of the same size: totals say more
			if t.how[a] == shown && (next < 0 || x < t.n[next]) {
				next = a
			}
		}
		if next < 0 { // no number is told any more: even that a total is small or not says too much
			for a := t.row(0); a < len(t.n); a++ {
				t.how[a] = untold
			}
			return
		}
		t.how[next] = hidden
	}
}

// free says which way a reader who knows what is told cannot exclude that an arc's number differs by one.
func (t *table) free(arc int) (up, down bool) {
	switch t.how[arc] {
	case below:
		return t.n[arc] < t.k-1, t.n[arc] > 0
	case hidden:
		return true, t.n[arc] > t.k
	case untold:
		return true, t.n[arc] > 0
	}
	return false, false
}

// sure says that a number which is not told follows from those that are. It does not when another table fits what is told:
// then the two differ by flows around circles, one of which runs through this arc, and each arc of it can change by one.
func (t *table) sure(arc int) bool {
	from, to := t.ends(arc)
	up, down := t.free(arc)
	return !(up && t.way(to, from, arc)) && !(down && t.way(from, to, arc))
}

// way says whether one more can flow between two nodes without an arc.
func (t *table) way(from, to, without int) bool {
	seen := map[int]bool{from: true}
	for todo := []int{from}; len(todo) > 0; todo = todo[1:] {
		if todo[0] == to {
			return true
		}
		for a := range t.n {
			if a == without {
				continue
			}
			x, y := t.ends(a)
			up, down := t.free(a)
			for _, next := range []struct {
				at, then int
				can      bool
			}{{x, y, up}, {y, x, down}} {
				if next.can && next.at == todo[0] && !seen[next.then] {
					seen[next.then] = true
					todo = append(todo, next.then)
				}
			}
		}
	}
	return false
}

func (t *table) code(arc int) string {
	switch t.how[arc] {
	case below:
		return figure.Protect(0, t.k)
	case hidden, untold:
		return Hidden
	}
	return strconv.Itoa(t.n[arc])
}

func (t *table) helped() Helped {
	h := Helped{K: t.k, Total: t.code(t.total())}
	for r := range t.rows {
		var row []string
		for c := range t.cols {
			row = append(row, t.code(t.cell(r, c)))
		}
		h.Cells, h.Rows = append(h.Cells, row), append(h.Rows, t.code(t.row(r)))
	}
	for c := range t.cols {
		h.Cols = append(h.Cols, t.code(t.col(c)))
	}
	return h
}

// check covers a table that another office sent: whole, and nothing in it below its threshold.
func (h Helped) check(fs *fault.Fields) {
	ok := len(h.Cells) == len(Groups()) && len(h.Rows) == len(Groups()) && len(h.Cols) == len(Since())
	codes := append(append([]string{h.Total}, h.Rows...), h.Cols...)
	for _, row := range h.Cells {
		ok = ok && len(row) == len(Since())
		codes = append(codes, row...)
	}
	if !ok {
		fs.Add("helped", "grant.want.cells")
		return
	}
	for _, c := range codes {
		if n, err := figure.ParseCount(c, h.K); c != Hidden && (err != nil || !n.Measured()) {
			fs.Add("helped", "programme.need.count_protected")
			return
		}
	}
}

// People gives the total of a report as a protected count; not measured when it is hidden.
func (h Helped) People() figure.Count {
	n, err := figure.ParseCount(h.Total, h.K)
	if err != nil {
		return figure.Count{}
	}
	return n
}
