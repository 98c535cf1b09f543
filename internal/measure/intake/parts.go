// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// MostParts is how many parts of one table can be counted: the first in the order of its columns. A table of more than mostStandings
// has none.
const (
	MostParts     = 24
	mostStandings = 2000
)

// Sources gives what was read as things that an office can count: records and tables of one's own as one; of a table that puts many
// things beside each other each part that is a table of its own, named by what is the same in all of it.
//
// Of such a part only those years of a country or territory are counted of which every number is told and whole and, where their
// total is told as well, adds up to it: whatever overlaps, as groups do, does not. Errors: Guarded where nothing can be counted.
func (f *Figures) Sources(code, title string) ([]source.Source, error) {
	if f.Shape == CTDC || f.Shape == Table {
		s, err := f.Source(code)
		s.Title = title
		return []source.Source{s}, err
	}
	var out []source.Source
	for _, p := range f.parts() {
		h := sha256.Sum256([]byte(strings.Join(p.name, "\x00")))
		s, err := p.figures.Source(code + "." + hex.EncodeToString(h[:3]))
		if fault.Is(err, fault.Guarded) {
			continue
		}
		if err != nil {
			return nil, err
		}
		s.Title = strings.Join(append([]string{title}, p.name...), " · ")
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Guarded, "intake.guard.beside")
	}
	return out[:min(len(out), MostParts)], nil
}

// part is a table within a table, and what is the same in all of it.
type part struct {
	name    []string
	figures *Figures
}

// beside says of each column whether its values stand beside each other and are no parts of a whole: kinds of figures and units.
// Of what Eurostat hands out that is every column without a total, but for place and time.
func (f *Figures) beside() []bool {
	out := make([]bool, len(f.Columns))
	for i, c := range f.Columns {
		switch {
		case f.Shape == UNODC:
			out[i] = slices.Contains([]string{"indicator", "dimension", "unit"}, c.Code)
		default:
			out[i] = !IsYear(c.Code) && c.List != "country" && !slices.Contains(c.Values, Total)
		}
	}
	return out
}

// parts finds the tables within a table: the cells that are alike in what stands beside each other, and of these the ones that go
// into most detail. Totals are no cells of them, nor are groups of countries.
func (f *Figures) parts() []part {
	beside := f.beside()
	whole, cells, order := f.wholes(beside), map[string][]Cell{}, []string{}
	for _, x := range f.Cells {
		k := f.standing(x, beside)
		if k == "" {
			continue
		}
		if cells[k] == nil {
			order = append(order, k)
		}
		cells[k] = append(cells[k], x)
	}
	if len(order) > mostStandings {
		return nil
	}
	slices.Sort(order)
	said := make([][]string, len(order))
	for i, k := range order {
		said[i] = strings.Split(k, ";")
	}
	var out []part
	for i, k := range order {
		if slices.ContainsFunc(said, func(finer []string) bool { return coarser(said[i], finer) }) {
			continue
		}
		if p := f.part(cells[k], beside, whole); len(p.figures.Cells) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// standing names what a cell is of: the values that stand beside each other, and of each other column whether it is over all; "" for
// what is no count, or of a group of countries.
func (f *Figures) standing(x Cell, beside []bool) string {
	var b strings.Builder
	for i, c := range f.Columns {
		v := c.Values[x.At[i]]
		switch {
		case c.Code == "unit" && !counted(v), c.List == "country" && len(v) != 2 && groupForm.MatchString(v):
			return ""
		case beside[i]:
			b.WriteString("=" + strconv.Itoa(int(x.At[i])) + ";")
		case v == Total:
			b.WriteString("*;")
		default:
			b.WriteString(".;")
		}
	}
	return b.String()
}

// coarser says whether the cells of a standing are the totals of those of another one, which is not the same.
func coarser(standing, finer []string) bool {
	same := true
	for i, x := range standing {
		if x == finer[i] {
			continue
		}
		if same = false; x != "*" || finer[i] != "." {
			return false
		}
	}
	return !same
}

// spot names a country or territory and a year of one kind of figures. UNODC says the sort of a breakdown in a column, and the total of
// all of them with total in it.
func (f *Figures) spot(x Cell, beside []bool) string {
	var b strings.Builder
	for i, c := range f.Columns {
		if beside[i] && c.Code != "dimension" || IsYear(c.Code) || c.Code == "geo" {
			b.WriteString(strconv.Itoa(int(x.At[i])) + ";")
		}
	}
	return b.String()
}

// wholes gives the totals that are told: over everything but place and time.
func (f *Figures) wholes(beside []bool) map[string]int64 {
	out := map[string]int64{}
	for _, x := range f.Cells {
		total := true
		for i, c := range f.Columns {
			if v := c.Values[x.At[i]]; v != Total && !IsYear(c.Code) && c.Code != "geo" && (!beside[i] || c.Code == "dimension") {
				total = false
			}
		}
		if n, ok := x.Number.Whole(); ok && total {
			out[f.spot(x, beside)] = n
		}
	}
	return out
}

// part makes the table of some cells that stand alike: without the columns in which they are the same, and without the places and
// years of which not all is told, or not as much as their total says.
func (f *Figures) part(cells []Cell, beside []bool, whole map[string]int64) part {
	sums, bad := map[string]int64{}, map[string]bool{}
	for _, x := range cells {
		n, ok := x.Number.Whole()
		k := f.spot(x, beside)
		sums[k], bad[k] = sums[k]+n, bad[k] || !ok || x.Number.IsEstimate()
	}
	p := part{figures: &Figures{Shape: Table}}
	var keep []int
	for i, c := range f.Columns {
		v := c.Values[cells[0].At[i]]
		if beside[i] && v != Total && c.Code != "unit" && len(c.Values) > 1 {
			p.name = append(p.name, v)
		}
		if !beside[i] && v != Total {
			keep = append(keep, i)
			p.figures.Columns = append(p.figures.Columns, Column{Code: c.Code, Head: c.Head, List: c.List})
		}
	}
	at := make([]map[string]int32, len(keep))
	for _, x := range cells {
		k := f.spot(x, beside)
		if n, told := whole[k]; bad[k] || told && n != sums[k] {
			continue
		}
		y := Cell{Number: x.Number, Line: x.Line}
		for j, i := range keep {
			y.At = append(y.At, numberOf(&at[j], &p.figures.Columns[j].Values, f.Columns[i].Values[x.At[i]]))
		}
		p.figures.Cells = append(p.figures.Cells, y)
	}
	return p
}

// numberOf gives the number of a value, a new one where it has none.
func numberOf(at *map[string]int32, values *[]string, v string) int32 {
	if *at == nil {
		*at = map[string]int32{}
	}
	n, ok := (*at)[v]
	if !ok {
		n = int32(len(*values))
		(*at)[v], *values = n, append(*values, v)
	}
	return n
}
