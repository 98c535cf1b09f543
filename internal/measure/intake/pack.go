// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// MostPacked bounds what Pack gives, and mostUnpacked what Unpack makes of it, in bytes.
const (
	MostPacked   = 4 << 20
	mostUnpacked = 256 << 20
)

// packed is figures as they are kept: records that say the same once, with how many they are. What the file said word for word
// is not kept: what was found in it stands in the tallies.
type packed struct {
	Shape   Shape        `json:"shape"`
	Columns []Column     `json:"columns"`
	Cells   []Cell       `json:"cells,omitempty"`
	Rows    [][]int32    `json:"rows,omitempty"` // the answers of each column, then how many
	Answers [][][]string `json:"answers,omitempty"`
	Lines   int          `json:"lines"`
	Taken   int          `json:"taken"`
	Tallies []Tally      `json:"tallies,omitempty"`
}

// Pack gives figures as bytes to keep; the same figures give the same bytes. Error: Guarded, where they are too many to be kept.
func (f *Figures) Pack() ([]byte, error) {
	p := packed{Shape: f.Shape, Columns: f.Columns, Cells: f.Cells, Answers: f.Answers, Lines: f.Report.Lines, Taken: f.Report.Taken, Tallies: f.Report.Tallies}
	rows := slices.Clone(f.Rows)
	inorder.By(rows, slices.Compare[[]int32])
	for i, row := range rows {
		if last := len(p.Rows) - 1; i > 0 && slices.Equal(rows[i-1], row) {
			p.Rows[last][len(row)]++
			continue
		}
		p.Rows = append(p.Rows, append(slices.Clone(row), 1))
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(p); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if b.Len() > MostPacked {
		return nil, fault.New(fault.Guarded, "intake.guard.kept", "Max", MostPacked>>20)
	}
	return b.Bytes(), nil
}

// Unpack gives figures that Pack packed. Error: Invalid for bytes that it did not.
func Unpack(b []byte) (*Figures, error) {
	bad := fault.New(fault.Invalid, "intake.form")
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, bad
	}
	var p packed
	if err := json.NewDecoder(io.LimitReader(z, mostUnpacked)).Decode(&p); err != nil || !slices.Contains(Shapes(), p.Shape) {
		return nil, bad
	}
	f := &Figures{Shape: p.Shape, Columns: p.Columns, Cells: p.Cells, Answers: p.Answers, Report: Report{Lines: p.Lines, Taken: p.Taken, Tallies: p.Tallies}}
	for _, c := range f.Cells {
		if !within(c.At, len(f.Columns), func(i int) int { return len(f.Columns[i].Values) }) {
			return nil, bad
		}
	}
	if p.Rows != nil && len(p.Answers) != len(p.Columns) {
		return nil, bad
	}
	for _, row := range p.Rows {
		last := len(row) - 1
		if last < 0 || row[last] < 1 || len(f.Rows)+int(row[last]) > MostRecords || !within(row[:last], len(f.Columns), func(i int) int { return len(f.Answers[i]) }) {
			return nil, bad
		}
		for range row[last] {
			f.Rows = append(f.Rows, row[:last:last])
		}
	}
	return f, nil
}

// within says whether each number names something there is.
func within(at []int32, n int, of func(i int) int) bool {
	if len(at) != n {
		return false
	}
	for i, v := range at {
		if v < 0 || int(v) >= of(i) {
			return false
		}
	}
	return true
}

// Counted is the table of one column of records: how many say each value. Records that say several count for each, and shares are
// over those that say any.
type Counted struct {
	Column Column
	N      []int // of each value
	Known  int   // records that say any value
	Blank  int   // and none
}

// Counts counts each column of records for itself.
func (f *Figures) Counts() []Counted {
	var out []Counted
	for i, c := range f.Columns {
		x := Counted{Column: c, N: make([]int, len(c.Values))}
		at := map[string]int{}
		for j, v := range c.Values {
			at[v] = j
		}
		for _, row := range f.Rows {
			said := f.Answers[i][row[i]]
			if len(said) == 0 {
				x.Blank++
				continue
			}
			x.Known++
			for _, v := range said {
				x.N[at[v]]++
			}
		}
		out = append(out, x)
	}
	return out
}

// Rewrite gives figures as rows of text, head first, as they were understood: for whoever wants to see or keep them as a table.
func (f *Figures) Rewrite(put func([]string) error) error {
	var head []string
	for _, c := range f.Columns {
		head = append(head, c.Code)
	}
	if f.Rows != nil {
		if err := put(head); err != nil {
			return err
		}
		for _, row := range f.Rows {
			out := make([]string, len(row))
			for i, v := range row {
				out[i] = strings.Join(f.Answers[i][v], ";")
			}
			if err := put(out); err != nil {
				return err
			}
		}
		return nil
	}
	if err := put(append(head, "value", "flag", "line")); err != nil {
		return err
	}
	for _, c := range f.Cells {
		var out []string
		for i, v := range c.At {
			out = append(out, f.Columns[i].Values[v])
		}
		if err := put(append(out, c.Number.Text, c.Number.Flags, strconv.Itoa(c.Line))); err != nil {
			return err
		}
	}
	return nil
}
