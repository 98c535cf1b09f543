// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// column gives the place of a column by its code; -1 for none.
func (f *Figures) column(code string) int {
	return slices.IndexFunc(f.Columns, func(c Column) bool { return c.Code == code })
}

// grown says of CTDC's age groups whether they are of adults.
var grown = map[string]bool{"0--8": false, "9--17": false, "18--20": true, "21--23": true, "24--26": true, "27--29": true, "30--38": true, "39--47": true, "48+": true}

// contradictions names records that say two things: a minor of thirty, or a kind of work without any. Both answers stay; which of
// them is wrong is not known here.
func (f *Figures) contradictions(r *Report) {
	says := func(row []int32, c int) string {
		if c < 0 {
			return ""
		}
		return strings.Join(f.Answers[c][row[c]], ";")
	}
	majority, age := f.column("majoritystatus"), f.column("agebroad")
	kinds := map[int][]int{}
	for _, x := range [][2]string{{"isforcedlabour", "typeoflabour"}, {"issexualexploit", "typeofsex"}} {
		if is := f.column(x[0]); is >= 0 {
			for i, c := range f.Columns {
				if strings.HasPrefix(c.Code, x[1]) {
					kinds[is] = append(kinds[is], i)
				}
			}
		}
	}
	for i, row := range f.Rows {
		m := says(row, majority)
		if old, ok := grown[says(row, age)]; ok && (m == "Minor" && old || m == "Adult" && !old) {
			r.note(Contradictory, f.lines[i], "majoritystatus", "age", m+" / "+says(row, age))
		}
		for is, types := range kinds {
			if says(row, is) == "no" && slices.ContainsFunc(types, func(t int) bool { return says(row, t) == "yes" }) {
				r.note(Contradictory, f.lines[i], f.Columns[is].Code, "kind_of_none", "")
			}
		}
	}
}

// most of a set of cells that is counted as records.
const mostCounted = 20_000_000

// Source gives what was read as something that an office can count: records as they are; of a table each number as so many
// records that say what its place says. The release of it is what the file says once more: who publishes it says whose it was.
//
// Errors: Guarded where cells cannot be counted: numbers that are not told, not whole or bounds only; or no year, since a release
// says of when it is. A table that holds many things beside each other is counted by its parts (Sources).
func (f *Figures) Source(code string) (source.Source, error) {
	s := source.Source{Code: code, Version: "1", Most: 1}
	for _, c := range f.Columns {
		values := slices.DeleteFunc(slices.Clone(c.Values), func(v string) bool { return v == Total || v == Unknown })
		s.Columns = append(s.Columns, source.Column{Code: c.Code, Values: values, List: c.List, Several: c.Several, Title: cmp.Or(c.Head, c.Code)})
		for _, v := range c.Values {
			if y, err := strconv.Atoi(v); err == nil && IsYear(c.Code) && yearForm.MatchString(v) {
				s.Years = append(s.Years, y)
			}
		}
	}
	slices.Sort(s.Years)
	s.Years = slices.Compact(s.Years)
	if f.Shape == CTDC {
		s.Read = f.readRows
		return s, dated(s)
	}
	n := int64(0)
	for _, x := range f.inner() {
		i, ok := x.Number.Whole()
		if !ok {
			return source.Source{}, fault.New(fault.Guarded, "intake.guard.not_told")
		}
		if n += i; n > mostCounted {
			return source.Source{}, fault.New(fault.Guarded, "intake.guard.many", "Max", mostCounted)
		}
	}
	s.Read = f.readCells
	return s, dated(s)
}

// dated says whether anything says of when a source is. Error: Guarded.
func dated(s source.Source) error {
	if len(s.Years) == 0 {
		return fault.New(fault.Guarded, "intake.guard.year")
	}
	return nil
}

// inner gives the cells that are no total.
func (f *Figures) inner() (out []Cell) {
	for _, x := range f.Cells {
		total := false
		for i, v := range x.At {
			total = total || f.Columns[i].Values[v] == Total
		}
		if !total {
			out = append(out, x)
		}
	}
	return out
}

// moment is the day that stands for a year; a record without one has the zero time, which only a period from there holds.
func moment(year int) time.Time {
	if year == 0 {
		return time.Time{}
	}
	return time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC)
}

func numbered(i uint64) (id journal.ID) {
	binary.BigEndian.PutUint64(id[8:], i)
	return id
}

func (f *Figures) readRows(ctx context.Context, _ store.Who, p source.Period, add func(source.Record) error) error {
	for n, row := range f.Rows {
		r := source.Record{Person: numbered(uint64(n) + 1), On: moment(f.year(row)), Says: map[string][]string{}}
		if !p.Has(r.On) {
			continue
		}
		for i, c := range f.Columns {
			r.Says[c.Code] = f.Answers[i][row[i]]
		}
		if err := add(r); err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
	}
	return nil
}

func (f *Figures) readCells(ctx context.Context, _ store.Who, p source.Period, add func(source.Record) error) error {
	person := uint64(0)
	for _, x := range f.inner() {
		n, _ := x.Number.Whole()
		says, year := map[string][]string{}, 0
		for i, c := range f.Columns {
			v := c.Values[x.At[i]]
			if v == Unknown {
				continue
			}
			says[c.Code] = []string{v}
			if IsYear(c.Code) && yearForm.MatchString(v) {
				year, _ = strconv.Atoi(v)
			}
		}
		for range n {
			person++
			if r := (source.Record{Person: numbered(person), On: moment(year), Says: says}); p.Has(r.On) {
				if err := add(r); err != nil || ctx.Err() != nil {
					return errors.Join(err, ctx.Err())
				}
			}
		}
	}
	return nil
}
