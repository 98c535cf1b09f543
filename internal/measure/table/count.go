// SPDX-License-Identifier: EUPL-1.2

package table

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Records are people, one each, as codes: the number of the answer in its column's list.
type Records struct {
	Domain  Domain
	columns [][]uint16
	n       int
}

// NewRecords gives no records yet, with room for so many.
func NewRecords(d Domain, room int) (*Records, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	r := &Records{Domain: d, columns: make([][]uint16, len(d.Columns))}
	for i := range r.columns {
		r.columns[i] = make([]uint16, 0, min(max(room, 0), MostRecords))
	}
	return r, nil
}

// Add adds one record: a code for each column.
func (r *Records) Add(codes ...uint16) error {
	if len(codes) != len(r.columns) || r.n == MostRecords {
		return fmt.Errorf("table: a record has %d codes, want %d", len(codes), len(r.columns))
	}
	for i, c := range codes {
		if int(c) >= len(r.Domain.Columns[i].Values) {
			return fault.Bad(r.Domain.Columns[i].Name, "statistics.want.code")
		}
	}
	for i, c := range codes {
		r.columns[i] = append(r.columns[i], c)
	}
	r.n++
	return nil
}

// FromRows codes rows of text. The values of a column are those that occur, in the order of the alphabet: for tables that are
// public already, such as those of benchmarks. What is to be protected is coded by a list that was there before.
func FromRows(names []string, rows [][]string) (*Records, error) {
	var d Domain
	codes := make([]map[string]uint16, len(names))
	for i, name := range names {
		values := map[string]bool{}
		for _, row := range rows {
			if len(row) != len(names) {
				return nil, fault.Bad("rows", "statistics.want.as_many")
			}
			values[row[i]] = true
		}
		d.Columns = append(d.Columns, Column{name, slices.Sorted(maps.Keys(values))})
		codes[i] = map[string]uint16{}
		for c, v := range d.Columns[i].Values {
			codes[i][v] = uint16(c)
		}
	}
	r, err := NewRecords(d, len(rows))
	if err != nil {
		return nil, err
	}
	record := make([]uint16, len(names))
	for _, row := range rows {
		for i, v := range row {
			record[i] = codes[i][v]
		}
		if err := r.Add(record...); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Len is how many there are.
func (r *Records) Len() int { return r.n }

// Column gives the codes of one column, not to be changed.
func (r *Records) Column(c int) []uint16 { return r.columns[c] }

// Count gives the table of a set: one number a cell, the last column's values side by side.
func (r *Records) Count(s Set) ([]int64, error) {
	if err := r.Domain.Holds(s); err != nil {
		return nil, err
	}
	out := make([]int64, r.Domain.Cells(s))
	r.count(s, out, make([]uint32, block))
	return out, nil
}

// block is how many records are counted at a time: their cells fit into the first cache.
const block = 4096

// count counts by blocks: the cells of a block grow column by column, so that the processor reads each column in its order.
func (r *Records) count(s Set, out []int64, cells []uint32) {
	if len(s) == 0 {
		out[0] = int64(r.n)
		return
	}
	for from := 0; from < r.n; from += block {
		to := min(from+block, r.n)
		b := cells[:to-from]
		for i, x := range r.columns[s[0]][from:to] {
			b[i] = uint32(x)
		}
		for _, c := range s[1:] {
			n := uint32(len(r.Domain.Columns[c].Values))
			for i, x := range r.columns[c][from:to] {
				b[i] = b[i]*n + uint32(x)
			}
		}
		for _, x := range b {
			out[x]++
		}
	}
}

// Each counts many tables on all cores and gives each to f as it is done, in no order; f is called by several goroutines and
// must not keep the table. The first error ends it.
func (r *Records) Each(ctx context.Context, sets []Set, f func(i int, cells []int64) error) error {
	for _, s := range sets {
		if err := r.Domain.Holds(s); err != nil {
			return err
		}
	}
	next := make(chan int)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(next)
		for i := range sets {
			select {
			case next <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			cells := make([]uint32, block)
			var room []int64
			for i := range next {
				n := r.Domain.Cells(sets[i])
				if cap(room) < n {
					room = make([]int64, n)
				}
				out := room[:n]
				clear(out)
				r.count(sets[i], out, cells)
				if err := f(i, out); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}
