// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
)

// Told is a small protected table that the office told others outside of releases, of the same records.
type Told struct {
	ID      string // names it
	Period  source.Period
	Numbers []Number
}

// Number is one number of a told table: what its reader knows of it, and of which records it is the count.
type Number struct {
	Known exact.Range
	Of    map[string][]string // by columns as they are counted: the answers that it counts; none is all records
}

// shape is a told table's columns, each with its answers joined into classes that the numbers tell apart.
type shape struct {
	told    Told
	columns table.Set        // of the source's domain, all that numbers speak of
	classes map[int][]int    // by column: of each answer, its class
	sizes   map[int]int      // by column: how many classes
	first   map[string]int   // by set of columns: the first cell of its joined table
	taken   []map[int][]bool // by number: its columns with the classes that it counts; nil for what the source cannot say
	sets    []table.Set
}

// join reads a told table against a source's columns.
func (l *linked) join(t Told) shape {
	x := shape{told: t, classes: map[int][]int{}, sizes: map[int]int{}, first: map[string]int{}}
	for _, n := range t.Numbers {
		of := map[int][]bool{}
		for name, answers := range n.Of {
			s, ok := l.set([]string{name})
			if !ok {
				of = nil
				break
			}
			values := l.domain.Columns[s[0]].Values
			of[s[0]] = make([]bool, len(values))
			for v, code := range values {
				of[s[0]][v] = slices.Contains(answers, code)
			}
		}
		x.taken = append(x.taken, of)
	}
	for _, of := range x.taken {
		for c := range of {
			if !x.columns.Has(c) {
				x.columns = table.SetOf(append(x.columns, c)...)
			}
		}
	}
	for _, c := range x.columns {
		x.classes[c], x.sizes[c] = x.classesOf(c, len(l.domain.Columns[c].Values))
	}
	for n, of := range x.taken {
		for c, answers := range of {
			classes := make([]bool, x.sizes[c])
			for v, is := range answers {
				classes[x.classes[c][v]] = is
			}
			x.taken[n][c] = classes
		}
	}
	return x
}

// classesOf joins those answers of a column that every number counts alike.
func (x *shape) classesOf(c, values int) (of []int, n int) {
	seen := map[string]int{}
	for v := range values {
		var who strings.Builder
		for i, taken := range x.taken {
			if answers, there := taken[c]; there && answers[v] {
				fmt.Fprint(&who, i, " ")
			}
		}
		at, there := seen[who.String()]
		if !there {
			at = n
			seen[who.String()], n = at, n+1
		}
		of = append(of, at)
	}
	return of, n
}

// add lists a set and all that are part of it.
func (x *shape) add(s table.Set) {
	for _, part := range s.Subsets() {
		if !slices.ContainsFunc(x.sets, func(t table.Set) bool { return slices.Equal(t, part) }) {
			x.sets = append(x.sets, part)
		}
	}
}

// know takes a told table into the system: its joined tables with their margins, how they are made of the cells of the same time
// that are there already, and what was told of the numbers. Who was told "fewer than ten" in one place must not find out the
// number from a release in another.
func (l *linked) know(t Told, own piece, r *table.Records) {
	x := l.join(t)
	for _, of := range x.taken {
		var s table.Set
		for c := range of {
			s = table.SetOf(append(s, c)...)
		}
		x.add(s)
	}
	for _, s := range own.sets {
		if s.In(x.columns) {
			x.add(s)
		}
	}
	slices.SortFunc(x.sets, func(a, b table.Set) int { return cmp.Or(len(a)-len(b), slices.Compare(a, b)) })
	for _, s := range x.sets {
		x.first[s.Key()] = len(l.values)
		for _, v := range x.count(s, r) {
			l.cell(v, exact.Withheld())
		}
	}
	for _, s := range x.sets {
		for i := range s {
			l.sums = append(l.sums, x.margins(s, i)...)
		}
		if slices.ContainsFunc(own.sets, func(t table.Set) bool { return slices.Equal(t, s) }) {
			l.made(&x, s)
		}
	}
	for i, n := range t.Numbers {
		l.number(&x, n, x.taken[i])
	}
}

func (l *linked) cell(value int64, known exact.Range) int {
	l.values, l.hidden, l.before, l.rounded = append(l.values, value), append(l.hidden, true), append(l.before, known), append(l.rounded, -1)
	return len(l.values) - 1
}

// cells is how many cells a joined table has.
func (x *shape) cells(s table.Set) int {
	n := 1
	for _, c := range s {
		n *= x.sizes[c]
	}
	return n
}

// count counts the joined table of columns.
func (x *shape) count(s table.Set, r *table.Records) []int64 {
	out := make([]int64, x.cells(s))
	for row := range r.Len() {
		at := 0
		for _, c := range s {
			at = at*x.sizes[c] + x.classes[c][r.Column(c)[row]]
		}
		out[at]++
	}
	return out
}

// margins says of which cells of a joined table each cell of its margin without one of its columns is the sum.
func (x *shape) margins(s table.Set, without int) (out []exact.Sum) {
	inner := x.cells(s[without+1:])
	n, m := x.sizes[s[without]], slices.Delete(slices.Clone(s), without, without+1)
	for c := range x.cells(m) {
		sum := exact.Sum{Total: x.first[table.Set(m).Key()] + c}
		for v := range n {
			sum.Parts = append(sum.Parts, x.first[s.Key()]+(c/inner*n+v)*inner+c%inner)
		}
		out = append(out, sum)
	}
	return out
}

// made says of which cells of the same time a joined table's cells are the sums.
func (l *linked) made(x *shape, s table.Set) {
	sums := make([]exact.Sum, x.cells(s))
	for c := range sums {
		sums[c].Total = x.first[s.Key()] + c
	}
	for c := range l.domain.Cells(s) {
		at, rest, step := 0, c, 1
		for _, col := range slices.Backward(s) {
			n := len(l.domain.Columns[col].Values)
			at += x.classes[col][rest%n] * step
			rest, step = rest/n, step*x.sizes[col]
		}
		sums[at].Parts = append(sums[at].Parts, l.at[key(x.told.Period, s, c)])
	}
	for _, sum := range sums {
		if len(sum.Parts) > 0 {
			l.sums = append(l.sums, sum)
		}
	}
}

// number notes what was told of one number: of the cell that it is, or of a new one that is the sum of those that it counts. A
// number that is another one today was corrected since: what was told of it then says nothing of it now.
func (l *linked) number(x *shape, n Number, of map[int][]bool) {
	if of == nil {
		return
	}
	var s table.Set
	for c := range of {
		s = table.SetOf(append(s, c)...)
	}
	var parts []int
	value := int64(0)
	for c := range x.cells(s) {
		in, rest := true, c
		for _, col := range slices.Backward(s) {
			in, rest = in && of[col][rest%x.sizes[col]], rest/x.sizes[col]
		}
		if in {
			parts = append(parts, x.first[s.Key()]+c)
			value += l.values[x.first[s.Key()]+c]
		}
	}
	if len(parts) == 0 || value < n.Known.Low || value > n.Known.High {
		return
	}
	at := parts[0]
	if len(parts) > 1 {
		at = l.cell(value, exact.Withheld())
		l.sums = append(l.sums, exact.Sum{Total: at, Parts: parts})
	}
	l.narrow(at, n.Known)
}

// narrow notes what is known of a cell, and of the one that is the same number.
func (l *linked) narrow(at int, known exact.Range) {
	for {
		l.before[at] = exact.Range{Low: max(l.before[at].Low, known.Low), High: min(l.before[at].High, known.High)}
		same := slices.IndexFunc(l.sums, func(s exact.Sum) bool { return s.Total == at && len(s.Parts) == 1 })
		if same < 0 {
			return
		}
		at = l.sums[same].Parts[0]
	}
}
