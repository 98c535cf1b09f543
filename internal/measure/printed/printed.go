// SPDX-License-Identifier: EUPL-1.2

// Package printed reads anybody's published table, as a CSV with whatever it prints where it tells no number, and finds what can
// be calculated all the same: how many of the numbers that are not shown, and where they stand.
//
// It takes a table as people print it: labels first, then numbers; a line or column "total" sums the others. Several label
// columns, or one column of numbers only, are a list of cells. It never guesses a sum that the table does not say.
package printed

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Bounds of a table that is read; exact bounds the cells.
const (
	MostBytes   = 16 << 20
	mostColumns = 2000
)

// Table is a table as it was read.
type Table struct {
	System exact.System
	Known  []exact.Range
	Places []Place // of each cell
	Report Report
}

// Place is where a cell stands, and the labels that name it.
type Place struct {
	Line   int      `json:"line"`
	Column int      `json:"column"`
	Labels []string `json:"labels"`
}

// Report says what was read.
type Report struct {
	Cells   int `json:"cells"`
	Shown   int `json:"shown"`
	Fewer   int `json:"fewer"`    // "<5"
	Hidden  int `json:"hidden"`   // blank, "*", and so on
	Sums    int `json:"sums"`     // that the table says
	NoTotal int `json:"no_total"` // label columns without a total: nothing can be taken from one
}

// Options of reading.
type Options struct {
	// Base says that all numbers are rounded to its multiples; zero and one mean that they are not.
	Base int64
	// Positive says that "fewer than" never stands for zero, as in tables that print zeros.
	Positive bool
}

// Read reads a table. Errors: Invalid, with line and column, for what is no table, numbers below zero or not whole, and sums
// that the numbers contradict; TooMuch for a file that is too large.
func Read(r io.Reader, o Options) (*Table, error) {
	lines, err := split(r)
	if err != nil {
		return nil, err
	}
	labels, err := labelColumns(lines)
	if err != nil {
		return nil, err
	}
	b := builder{lines: lines, labels: labels, options: o, table: &Table{}, at: map[string]int{}}
	if err := b.read(); err != nil {
		return nil, err
	}
	return b.table, b.sums()
}

// split reads the file as lines of cells, blank lines left out.
func split(r io.Reader) ([][]string, error) {
	text, err := io.ReadAll(io.LimitReader(r, MostBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MostBytes {
		return nil, fault.New(fault.TooMuch, "statistics.want.smaller_file", "Max", MostBytes>>20)
	}
	s := strings.TrimPrefix(string(text), "\ufeff")
	first, _, _ := strings.Cut(s, "\n")
	comma, most := ',', strings.Count(first, ",")
	for _, c := range ";\t" {
		if n := strings.Count(first, string(c)); n > most {
			comma, most = c, n
		}
	}
	in := csv.NewReader(strings.NewReader(s))
	in.Comma, in.FieldsPerRecord = comma, -1
	var out [][]string
	for {
		line, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return nil, fault.New(fault.Invalid, "printed.want.csv", "Line", wrong.Line)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	if len(out) < 2 {
		return nil, fault.New(fault.Invalid, "printed.want.table")
	}
	for i, line := range out {
		if len(line) != len(out[0]) || len(line) < 2 || len(line) > mostColumns {
			return nil, fault.New(fault.Invalid, "printed.want.as_many", "Line", i+1, "Want", len(out[0]), "Have", len(line))
		}
	}
	return out, nil
}

// labelColumns says how many columns, from the left, hold labels: up to the last that has more labels than numbers. Years in a
// first column are labels there.
func labelColumns(lines [][]string) (int, error) {
	n := 1
	for c := 1; c < len(lines[0]); c++ {
		text := 0
		for _, line := range lines[1:] {
			if w, _ := read(line[c]); w == label {
				text++
			}
		}
		if 2*text > len(lines)-1 {
			n = c + 1
		}
	}
	if n == len(lines[0]) {
		return 0, fault.New(fault.Invalid, "printed.want.table")
	}
	return n, nil
}

// builder is a table on its way.
type builder struct {
	lines   [][]string
	labels  int
	options Options
	table   *Table
	at      map[string]int // of labels, joined: the cell
}

// wide says whether the first line names a dimension of its own: where there is more than one column of numbers.
func (b *builder) wide() bool { return len(b.lines[0])-b.labels > 1 }

func (b *builder) read() error {
	for i, line := range b.lines[1:] {
		for c := b.labels; c < len(line); c++ {
			w, known := read(line[c])
			if err := b.wrong(w, i+2, c+1); err != nil {
				return err
			}
			if len(b.table.Known) == exact.MostCells {
				return fault.Bad("cells", "statistics.want.few_cells", "Max", exact.MostCells)
			}
			place := Place{Line: i + 2, Column: c + 1}
			for _, l := range line[:b.labels] {
				place.Labels = append(place.Labels, strings.TrimSpace(l))
			}
			if b.wide() {
				place.Labels = append(place.Labels, strings.TrimSpace(b.lines[0][c]))
			}
			key := join(place.Labels)
			if _, twice := b.at[key]; twice {
				return fault.New(fault.Invalid, "printed.want.once", "Line", place.Line, "Column", place.Column)
			}
			b.at[key] = len(b.table.Known)
			b.table.Known = append(b.table.Known, b.span(w, known))
			b.table.Places = append(b.table.Places, place)
		}
	}
	b.table.Report.Cells, b.table.System.Cells = len(b.table.Known), len(b.table.Known)
	return nil
}

func (b *builder) wrong(w word, line, column int) error {
	key := map[word]string{label: "printed.want.number", negative: "printed.want.negative", broken: "printed.want.whole"}[w]
	if key == "" {
		return nil
	}
	return fault.New(fault.Invalid, key, "Line", line, "Column", column)
}

// span counts a cell and gives what is known of its number.
func (b *builder) span(w word, known exact.Range) exact.Range {
	switch w {
	case number:
		b.table.Report.Shown++
		if b.options.Base > 1 {
			return exact.Rounded([]int64{known.Low}, b.options.Base)[0]
		}
	case fewer:
		b.table.Report.Fewer++
		if b.options.Positive {
			known.Low = min(1, known.High)
		}
	default:
		b.table.Report.Hidden++
	}
	return known
}

// join names a cell in maps: every form of "total" is the same.
func join(labels []string) string {
	var s strings.Builder
	for _, l := range labels {
		if isTotal(l) {
			l = "\x00"
		}
		fmt.Fprintf(&s, "%d:%s", len(l), l)
	}
	return s.String()
}

// sums finds, along each dimension, the total of each line, and says that the others add up to it where all of them stand in the
// table. What adds up to something else is refused.
func (b *builder) sums() error {
	t := b.table
	if len(t.Places) == 0 {
		return fault.New(fault.Invalid, "printed.want.table")
	}
	for d := range t.Places[0].Labels {
		values := b.values(d)
		before := len(t.System.Sums)
		for total, place := range t.Places {
			if !isTotal(place.Labels[d]) {
				continue
			}
			x := exact.Sum{Total: total}
			labels := append([]string(nil), place.Labels...)
			for _, v := range values {
				labels[d] = v
				if c, ok := b.at[join(labels)]; ok {
					x.Parts = append(x.Parts, c)
				}
			}
			if len(x.Parts) == len(values) && len(values) > 0 {
				if len(t.System.Sums) == exact.MostSums {
					return fault.Bad("sums", "statistics.want.few_sums", "Max", exact.MostSums)
				}
				t.System.Sums = append(t.System.Sums, x)
			}
		}
		if len(t.System.Sums) == before {
			t.Report.NoTotal++
		}
	}
	t.Report.Sums = len(t.System.Sums)
	for _, x := range t.System.Sums {
		if err := b.fits(x); err != nil {
			return err
		}
	}
	return t.System.Validate()
}

// values lists what a dimension says but totals, in the table's order.
func (b *builder) values(d int) (out []string) {
	seen := map[string]bool{}
	for _, p := range b.table.Places {
		if v := p.Labels[d]; !isTotal(v) && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// fits holds one sum against what is known of its parts.
func (b *builder) fits(x exact.Sum) error {
	var low, high int64
	for _, c := range x.Parts {
		low = min(exact.MostValue, low+b.table.Known[c].Low)
		high = min(exact.MostValue, high+b.table.Known[c].High)
	}
	if r := b.table.Known[x.Total]; low > r.High || high < r.Low {
		p := b.table.Places[x.Total]
		return fault.New(fault.Invalid, "printed.want.adding_up", "Line", p.Line, "Column", p.Column)
	}
	return nil
}

// Found is what can be calculated of a table.
type Found struct {
	Hidden    int             `json:"hidden"`    // numbers that are not shown
	Recovered []int           `json:"recovered"` // cells whose number is certain
	Narrowed  []int           `json:"narrowed"`  // cells that can be bounded to fewer numbers than the table says, but to more than one
	Findings  []exact.Finding `json:"-"`
}

// Audit calculates. progress may be nil. Errors: Invalid where no table of whole numbers is what was printed; the context's.
func (t *Table) Audit(ctx context.Context, progress func(done, of int)) (Found, error) {
	var out Found
	findings, err := exact.Audit(ctx, t.System, t.Known, progress)
	if err != nil {
		return out, err
	}
	out.Findings = findings
	for c, r := range t.Known {
		if r.Width() == 1 {
			continue
		}
		out.Hidden++
		switch f := findings[c]; {
		case f.Width() == 1:
			out.Recovered = append(out.Recovered, c)
		case f.Width() < r.Width() && r != exact.Withheld(), r == exact.Withheld() && f.High < narrow:
			out.Narrowed = append(out.Narrowed, c)
		}
	}
	return out, nil
}

// narrow is below what a number of which nothing is printed must be bounded to be listed: that it is smaller than its total says
// little.
const narrow = 10
