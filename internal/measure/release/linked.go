// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// earlier is what an exact release before said of the same source and version, or what was told outside of releases.
type earlier struct {
	id     string
	period source.Period
	tables bundle.Tables
	told   *Told
}

// linked is one system of all cells that hang together: those of a release to be, of releases before, and of the times of which
// these are made. Tables of one period share their margins; a period's cells are the sums of those of its parts, so that a year
// and three of its quarters tell the fourth, which nobody published and which is protected all the same.
type linked struct {
	domain table.Domain
	at     map[string]int
	values []int64
	hidden []bool
	before []exact.Range
	// rounded is what cells were published rounded to, below zero for none.
	rounded []int64
	sums    []exact.Sum
	// fine and fineSums are how many of the cells and sums are of tables; the others are of what was told outside of releases.
	fine, fineSums int
}

// piece is a period with the tables that are known or wanted of it.
type piece struct {
	period source.Period
	sets   []table.Set
}

func (x *piece) add(sets ...table.Set) {
	for _, s := range sets {
		for _, part := range s.Subsets() {
			if !slices.ContainsFunc(x.sets, func(t table.Set) bool { return slices.Equal(t, part) }) {
				x.sets = append(x.sets, part)
			}
		}
	}
}

func key(p source.Period, s table.Set, cell int) string {
	return fmt.Sprintf("%d.%d|%s|%d", p.From.Unix(), p.Until.Unix(), s.Key(), cell)
}

// link builds the system. read gives the records of a period, of all of the source's columns. Releases that share no day with
// the new one, by however many steps, are left out.
func link(ctx context.Context, d table.Domain, most int, now piece, before []earlier, read func(context.Context, source.Period) (*table.Records, error)) (*linked, error) {
	l := &linked{domain: d, at: map[string]int{}}
	near := touching(now.period, before, most)
	pieces := []piece{now}
	for _, e := range near {
		i := slices.IndexFunc(pieces, func(x piece) bool { return x.period == e.period })
		if i < 0 {
			i, pieces = len(pieces), append(pieces, piece{period: e.period})
		}
		for _, t := range e.tables.Tables {
			if s, ok := l.set(t.Columns); ok {
				pieces[i].add(s)
			}
		}
	}
	if len(pieces) > 1 {
		pieces = append(pieces, atoms(pieces)...)
	}
	records := map[source.Period]*table.Records{}
	for _, x := range pieces {
		r, err := l.take(ctx, x, read)
		if err != nil {
			return nil, err
		}
		records[x.period] = r
	}
	for _, x := range pieces {
		l.part(x, pieces)
	}
	for _, s := range now.sets {
		for c := range d.Cells(s) {
			l.hidden[l.at[key(now.period, s, c)]] = false
		}
	}
	for _, e := range near {
		l.tell(e)
	}
	l.fine, l.fineSums = len(l.values), len(l.sums)
	for _, e := range near {
		if e.told != nil {
			l.know(*e.told, pieces[slices.IndexFunc(pieces, func(x piece) bool { return x.period == e.period })], records[e.period])
		}
	}
	return l, nil
}

// touching gives the releases before whose time overlaps, by steps. Where several records of a person can be counted, times do
// not add up, and only the same time is the same numbers.
func touching(p source.Period, before []earlier, most int) []earlier {
	var out []earlier
	known := []source.Period{p}
	for more := true; more; {
		more = false
		for _, e := range before {
			if slices.ContainsFunc(out, func(o earlier) bool { return o.id == e.id }) {
				continue
			}
			if slices.ContainsFunc(known, func(k source.Period) bool {
				return k == e.period || most <= 1 && k.From.Before(e.period.Until) && e.period.From.Before(k.Until)
			}) {
				out, known, more = append(out, e), append(known, e.period), true
			}
		}
	}
	return out
}

// atoms gives the shortest times of which all periods are made, with all tables of those that they are part of, as far as they
// are no period themselves.
func atoms(pieces []piece) []piece {
	var cuts []time.Time
	for _, x := range pieces {
		cuts = append(cuts, x.period.From, x.period.Until)
	}
	inorder.By(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	var out []piece
	for i := range len(cuts) - 1 {
		a := piece{period: source.Period{From: cuts[i], Until: cuts[i+1]}}
		for _, x := range pieces {
			if covers(x.period, a.period) {
				a.add(x.sets...)
			}
		}
		if at := slices.IndexFunc(pieces, func(x piece) bool { return x.period == a.period }); at >= 0 {
			pieces[at].add(a.sets...)
		} else if len(a.sets) > 0 {
			out = append(out, a)
		}
	}
	return out
}

func covers(a, b source.Period) bool { return !b.From.Before(a.From) && !b.Until.After(a.Until) }

// set finds a table's columns; false where the source has no such column.
func (l *linked) set(names []string) (table.Set, bool) {
	var s table.Set
	for _, n := range names {
		at := slices.IndexFunc(l.domain.Columns, func(c table.Column) bool { return c.Name == n })
		if at < 0 {
			return nil, false
		}
		s = append(s, at)
	}
	slices.Sort(s)
	return s, true
}

// take counts the cells of a period, and says how its tables share their margins.
func (l *linked) take(ctx context.Context, x piece, read func(context.Context, source.Period) (*table.Records, error)) (*table.Records, error) {
	r, err := read(ctx, x.period)
	if err != nil {
		return nil, err
	}
	for _, s := range x.sets {
		cells, err := r.Count(s)
		if err != nil {
			return nil, err
		}
		for c, v := range cells {
			l.at[key(x.period, s, c)] = l.cell(v, exact.Withheld())
		}
	}
	for _, s := range x.sets {
		for i := range s {
			l.margins(x.period, s, i)
		}
	}
	return r, nil
}

// margins says of which cells of a table each cell of its margin without one of its columns is the sum.
func (l *linked) margins(p source.Period, s table.Set, without int) {
	inner := 1
	for _, c := range s[without+1:] {
		inner *= len(l.domain.Columns[c].Values)
	}
	n := len(l.domain.Columns[s[without]].Values)
	m := slices.Delete(slices.Clone(s), without, without+1)
	for c := range l.domain.Cells(m) {
		x := exact.Sum{Total: l.at[key(p, m, c)]}
		for v := range n {
			x.Parts = append(x.Parts, l.at[key(p, s, (c/inner*n+v)*inner+c%inner)])
		}
		l.sums = append(l.sums, x)
	}
}

// part says of which shorter times a period's cells are the sums.
func (l *linked) part(x piece, all []piece) {
	var parts []piece
	for _, y := range all {
		inside := slices.ContainsFunc(all, func(z piece) bool { return z.period != y.period && covers(y.period, z.period) })
		if y.period != x.period && covers(x.period, y.period) && !inside {
			parts = append(parts, y)
		}
	}
	if len(parts) == 0 {
		return
	}
	for _, s := range x.sets {
		for c := range l.domain.Cells(s) {
			sum := exact.Sum{Total: l.at[key(x.period, s, c)]}
			for _, y := range parts {
				sum.Parts = append(sum.Parts, l.at[key(y.period, s, c)])
			}
			l.sums = append(l.sums, sum)
		}
	}
}

// tell notes what a release before said of its cells. A number that is another one today was corrected since: what was said of
// it then says nothing of it now.
func (l *linked) tell(e earlier) {
	least := int64(0) // of what was withheld: where small numbers read "fewer than k" it was none of them
	for _, t := range e.tables.Tables {
		for _, x := range t.Cells {
			if x.Flag == bundle.Below && x.High != nil {
				least = max(least, int64(*x.High)+1)
			}
		}
	}
	for _, t := range e.tables.Tables {
		s, ok := l.set(t.Columns)
		if !ok || l.domain.Cells(s) != len(t.Cells) {
			continue
		}
		for c, x := range t.Cells {
			at := l.at[key(e.period, s, c)]
			r := said(x, least)
			if v := l.values[at]; v >= r.Low && v <= r.High {
				if x.Flag == bundle.Rounded && x.Value != nil {
					l.rounded[at] = int64(*x.Value)
				}
				l.before[at] = exact.Range{Low: max(l.before[at].Low, r.Low), High: min(l.before[at].High, r.High)}
			}
		}
	}
}

// said is what a published cell says, beside others of which withheld ones are at least so much.
func said(c bundle.Cell, least int64) exact.Range {
	switch {
	case c.Flag == "" && c.Value != nil:
		return exact.Known(int64(*c.Value))
	case (c.Flag == bundle.Below || c.Flag == bundle.Rounded) && c.Low != nil && c.High != nil:
		return exact.Range{Low: int64(*c.Low), High: int64(*c.High)}
	case c.Flag == bundle.Hidden:
		return exact.AtLeast(least)
	}
	return exact.Withheld()
}

func (l *linked) system() exact.System { return exact.System{Cells: len(l.values), Sums: l.sums} }

// tables is the part of the system that is tables: what rounding makes add up.
func (l *linked) tables() exact.System { return exact.System{Cells: l.fine, Sums: l.sums[:l.fineSums]} }

// open says which cells were published as they are.
func (l *linked) open() []bool {
	out := make([]bool, len(l.values))
	for c, b := range l.before {
		if out[c] = b.Width() == 1; out[c] {
			l.hidden[c] = false
		}
	}
	return out
}
