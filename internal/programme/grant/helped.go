// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/programme/figure"
)

// Groups lists whom a report counts, Since whether they came in the quarter or were there before it. Everybody helped is
// counted once, in one group and one of the two, so that rows and columns add up.
func Groups() []string { return []string{"women", "men", "girls", "boys", "not_known"} }

// Since lists the columns of a report's table.
func Since() []string { return []string{"new", "before"} }

// Hidden is the code of a number that is not told so that no small one can be: one of at least the threshold where small ones are
// told as "<k"; any at all in a table of which none reads so.
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
// Numbers below k, none among them, become "<k", totals included, and others are hidden with them until each that is not told
// could be any of at least k. Where that tells too much all of these are hidden alike: see exact.Protect, which audits what it
// gives. The same numbers always give the same table. It does not protect from somebody who knows all but one of the people,
// nor from comparing several reports of the same quarter: a corrected report replaces the one before.
//
// Errors: Invalid for a threshold out of figure's bounds, for a table that is not whole, or for a negative number; the context's.
func Protect(ctx context.Context, n [][]int, k int) (Helped, error) {
	if k < figure.MinK || k > figure.MaxK {
		return Helped{}, fault.Bad("k", "programme.need.threshold", "Min", figure.MinK, "Max", figure.MaxK)
	}
	if len(n) == 0 || len(n[0]) == 0 {
		return Helped{}, fault.Bad("cells", "grant.want.cells")
	}
	rows, cols := len(n), len(n[0])
	var counts []int64
	for _, row := range n {
		if len(row) != cols {
			return Helped{}, fault.Bad("cells", "grant.want.cells")
		}
		for _, x := range row {
			if x < 0 || x > maxPeople {
				return Helped{}, fault.Bad("cells", "grant.want.cells")
			}
			counts = append(counts, int64(x))
		}
	}
	s, err := exact.Cross(rows, cols)
	if err != nil {
		return Helped{}, err
	}
	values, err := exact.Margins(counts, rows, cols)
	if err != nil {
		return Helped{}, err
	}
	told, err := exact.Protect(ctx, s, values, exact.Rules{K: int64(k)}, nil)
	if err != nil {
		return Helped{}, err
	}
	return helped(told, cols, k), nil
}

// maxPeople bounds one number of a report.
const maxPeople = 1_000_000

// helped writes a protected table, of which each row ends with its total and the last row is the totals of columns.
func helped(told []exact.Range, cols, k int) Helped {
	h := Helped{K: k}
	for row := range slices.Chunk(told, cols+1) {
		var codes []string
		for _, r := range row {
			switch {
			case r.Width() == 1:
				codes = append(codes, strconv.FormatInt(r.Low, 10))
			case r == exact.Below(int64(k)):
				codes = append(codes, figure.Protect(0, k))
			default:
				codes = append(codes, Hidden)
			}
		}
		h.Cells, h.Rows = append(h.Cells, codes[:cols]), append(h.Rows, codes[cols])
	}
	last := len(h.Cells) - 1
	h.Cols, h.Total = h.Cells[last], h.Rows[last]
	h.Cells, h.Rows = h.Cells[:last], h.Rows[:last]
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

// Told counts the numbers of a table that are not told, and that all the same can be calculated more exactly than as one of K:
// what a threshold alone leaves open, in a table that another program made. A table that Protect gave has none.
//
// Errors: Invalid for one that is not whole, or whose numbers do not add up; the context's.
func (h Helped) Told(ctx context.Context) (int, error) {
	var fs fault.Fields
	if h.IsZero() {
		return 0, nil
	} else if h.check(&fs); fs.Err() != nil {
		return 0, fs.Err()
	}
	var codes []string
	least := int64(0) // of what is hidden: beside any that reads "<k" it is none of those
	for i, row := range h.Cells {
		codes = append(append(codes, row...), h.Rows[i])
	}
	codes = append(append(codes, h.Cols...), h.Total)
	var known []exact.Range
	for _, c := range codes {
		if c == figure.Protect(0, h.K) {
			least = int64(h.K)
		}
	}
	for _, c := range codes {
		n, _ := figure.ParseCount(c, h.K) // checked above
		switch v, err := strconv.ParseInt(n.Code(), 10, 64); {
		case c == Hidden:
			known = append(known, exact.AtLeast(least))
		case err != nil:
			known = append(known, exact.Below(int64(h.K)))
		default:
			known = append(known, exact.Known(v))
		}
	}
	s, err := exact.Cross(len(h.Cells), len(h.Cols))
	if err != nil {
		return 0, err
	}
	found, err := exact.Audit(ctx, s, known, nil)
	if err != nil {
		return 0, err
	}
	n := 0
	for i, f := range found {
		if known[i].Width() > 1 && f.Width() < int64(h.K) {
			n++
		}
	}
	return n, nil
}

// People gives the total of a report as a protected count; not measured when it is hidden.
func (h Helped) People() figure.Count {
	n, err := figure.ParseCount(h.Total, h.K)
	if err != nil {
		return figure.Count{}
	}
	return n
}
