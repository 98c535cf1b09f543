// SPDX-License-Identifier: EUPL-1.2

// Package microdata makes records of people who do not exist from tables that may be published (package pooled): together they
// give nearly the same tables. It sees nothing but the release, so that it costs no privacy; the same release, options and
// seed give the same records.
//
// Records start from the tables of single columns. Then each answer of each record in turn becomes the one that brings the
// records' tables nearest to the released ones, each table counted by how exactly it was measured.
package microdata

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Options of a run.
type Options struct {
	// Seed decides all that is drawn.
	Seed uint64
	// Mask is how many standard deviations a cell of two columns or more must reach to be taken for real: with more, fewer
	// combinations are invented and more are lost; 1.5 loses few and invents few. Zero takes every cell for what it reads.
	Mask float64
	// Sweeps is how often each answer of each record is looked at; zero means 4.
	Sweeps int
	// Never lists combinations that cannot be, as codes by column: an age and an occupation, say.
	Never []map[int]uint16
}

// MostSweeps and MostRules bound a run.
const (
	MostSweeps = 100
	MostRules  = 10_000
)

// Make makes as many records as the release says there are. progress, which may be nil, is told how many records of all
// sweeps are done. Errors: Invalid for options that cannot be; the context's.
func Make(ctx context.Context, r *pooled.Release, o Options, progress func(done, of int)) (*table.Records, error) {
	if o.Sweeps == 0 {
		o.Sweeps = 4
	}
	d := r.Plan.Domain
	if o.Sweeps < 1 || o.Sweeps > MostSweeps || !(o.Mask >= 0) || math.IsInf(o.Mask, 0) {
		return nil, fault.Bad("options", "statistics.want.options")
	}
	if len(o.Never) > MostRules {
		return nil, fault.Bad("never", "statistics.want.rules", "Max", MostRules)
	}
	for _, rule := range o.Never {
		for c, v := range rule {
			if len(rule) < 2 || c < 0 || c >= len(d.Columns) || int(v) >= len(d.Columns[c].Values) {
				return nil, fault.Bad("never", "statistics.want.rules", "Max", MostRules)
			}
		}
	}
	m, err := newMaker(r, o)
	if err != nil {
		return nil, err
	}
	if err := m.sweep(ctx, o.Sweeps, progress); err != nil {
		return nil, err
	}
	return m.records()
}

// target is one table that records are to give: where its first cell is among all, its first three columns and the steps
// along them, zero for those that it lacks, and the others.
type target struct {
	first      int32
	a, b, c    int32
	as, bs, cs int32
	more       []place // column and step
}

// maker is records on their way.
type maker struct {
	domain  table.Domain
	n       int
	codes   [][]uint16 // by record
	targets []target
	off     []float32 // by how much the records' tables are above the targets, cell by cell, times the table's weight
	weights []float32 // of each target
	with    [][]place // of each column: where it is in targets
	own     []float32 // of each column: the weights of its targets together
	never   [][]rule  // of each column: rules that speak of it
	random  *rand.Rand
}

// place is a target, or a column of one, and the step along it.
type place struct{ target, step int32 }

type rule map[int]uint16

func newMaker(r *pooled.Release, o Options) (*maker, error) {
	d := r.Plan.Domain
	total, err := r.Table(table.Set{})
	if err != nil {
		return nil, err
	}
	n := int(math.Round(total.Values[0]))
	if n < 1 || n > table.MostRecords {
		return nil, fault.Bad("release", "statistics.want.release")
	}
	m := &maker{domain: d, n: n, with: make([][]place, len(d.Columns)), own: make([]float32, len(d.Columns)), never: make([][]rule, len(d.Columns)), random: rand.New(rand.NewPCG(o.Seed, 0x6d696372))}
	for _, x := range o.Never {
		for c := range x {
			m.never[c] = append(m.never[c], x)
		}
	}
	if err := m.start(r); err != nil {
		return nil, err
	}
	for _, s := range widest(r.Plan) {
		if err := m.aim(r, s, o.Mask); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// widest gives the tables of a plan that are part of no other.
func widest(p *pooled.Plan) []table.Set {
	inside := map[string]bool{}
	for _, a := range p.Tables {
		for _, s := range a.Set.Subsets() {
			if len(s) < len(a.Set) {
				inside[s.Key()] = true
			}
		}
	}
	var out []table.Set
	for _, x := range p.Parts {
		if !inside[x.Set.Key()] && len(x.Set) > 0 {
			out = append(out, x.Set)
		}
	}
	return out
}

// start gives each column its answers in the shares of its own table, in an order of chance.
func (m *maker) start(r *pooled.Release) error {
	m.codes = make([][]uint16, m.n)
	all := make([]uint16, m.n*len(m.domain.Columns))
	for i := range m.codes {
		m.codes[i] = all[i*len(m.domain.Columns) : (i+1)*len(m.domain.Columns)]
	}
	order := make([]int, m.n)
	for i := range order {
		order[i] = i
	}
	for c := range m.domain.Columns {
		var shares []float64
		e, err := r.Table(table.SetOf(c))
		switch {
		case err == nil:
			shares = simplex(e.Values, float64(m.n))
		case fault.Is(err, fault.NotFound): // a column that no table has: nothing is known of it
			shares = slices.Repeat([]float64{float64(m.n) / float64(len(m.domain.Columns[c].Values))}, len(m.domain.Columns[c].Values))
		default:
			return err
		}
		m.random.Shuffle(m.n, func(i, j int) { order[i], order[j] = order[j], order[i] })
		at, sum := 0, 0.0
		for v, x := range shares {
			sum += x
			for ; at < m.n && float64(at) < sum-0.5; at++ {
				m.codes[order[at]][c] = uint16(v)
			}
		}
		for ; at < m.n; at++ {
			m.codes[order[at]][c] = uint16(len(shares) - 1)
		}
	}
	return nil
}

// aim adds a table to those that the records are to give.
func (m *maker) aim(r *pooled.Release, s table.Set, mask float64) error {
	e, err := r.Table(s)
	if err != nil {
		return err
	}
	real := make([]bool, len(e.Values))
	for i, v := range e.Values {
		if real[i] = len(s) < 2 || v >= mask*e.Deviation; !real[i] {
			e.Values[i] = 0
		}
	}
	t := target{first: int32(len(m.off))}
	weight := float32(1 / max(1e-6, e.Deviation*e.Deviation))
	step := int32(1)
	for k := len(s) - 1; k >= 0; k-- {
		switch c := int32(s[k]); k {
		case 0:
			t.a, t.as = c, step
		case 1:
			t.b, t.bs = c, step
		case 2:
			t.c, t.cs = c, step
		default:
			t.more = append(t.more, place{c, step})
		}
		m.with[s[k]] = append(m.with[s[k]], place{int32(len(m.targets)), step})
		m.own[s[k]] += weight
		step *= int32(len(m.domain.Columns[s[k]].Values))
	}
	counts := make([]float64, len(e.Values))
	for _, codes := range m.codes {
		counts[t.cell(codes)-t.first]++
	}
	for i, v := range simplex(e.Values, float64(m.n)) {
		off := counts[i] - v
		if !real[i] {
			off = counts[i] + dear*mask*e.Deviation // who comes here costs more than what was taken for noise
		}
		m.off = append(m.off, weight*float32(off))
	}
	m.targets, m.weights = append(m.targets, t), append(m.weights, weight)
	return nil
}

func (t *target) cell(codes []uint16) int32 {
	at := t.first + int32(codes[t.a])*t.as + int32(codes[t.b])*t.bs + int32(codes[t.c])*t.cs
	for _, x := range t.more {
		at += int32(codes[x.target]) * x.step
	}
	return at
}

// dear is by how many masks a cell that was taken for noise counts as too full before anybody comes: with a low mask and dear
// cells fewer combinations are lost, and fewer invented, than with a high mask and cheap ones.
const dear = 2

// simplex gives the nearest numbers that are not negative and add up to a total (J. Duchi et al., 2008).
func simplex(v []float64, total float64) []float64 {
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	slices.Reverse(sorted)
	sum, shift := 0.0, 0.0
	for i, x := range sorted {
		sum += x
		if s := (sum - total) / float64(i+1); x > s {
			shift = s
		}
	}
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = max(0, x-shift)
	}
	return out
}

// sweep looks at each answer of each record in an order of chance, by blocks: what would be better for a block's records is looked
// for on all cores, against what the tables were off when the block began; then each change in turn is made if it is still
// better. What comes out does not depend on how many cores there are.
func (m *maker) sweep(ctx context.Context, sweeps int, progress func(done, of int)) error {
	columns := m.random.Perm(len(m.domain.Columns))
	size := min(max(m.n/blocks, 1), mostAtOnce)
	found := make([][]change, size)
	for s := range sweeps {
		order := m.random.Perm(m.n)
		for from := 0; from < m.n; from += size {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(s*m.n+from, sweeps*m.n)
			}
			block := order[from:min(from+size, m.n)]
			m.look(block, columns, found)
			for i, r := range block {
				for _, x := range found[i] {
					m.try(m.codes[r], x)
				}
			}
		}
	}
	return nil
}

// A block is a five-hundredth of the records, and so many at most: records that look at the same time do not see what the others
// change.
const (
	blocks     = 512
	mostAtOnce = 64
)

// change is another answer of a record in one column.
type change struct {
	column int
	value  uint16
}

// look finds, for each record of a block, the answers that bring the tables nearer. It changes nothing.
func (m *maker) look(block, columns []int, found [][]change) {
	workers := min(runtime.GOMAXPROCS(0), len(block))
	var done sync.WaitGroup
	for w := range workers {
		done.Go(func() {
			cells, codes := make([]int32, len(m.targets)), make([]uint16, len(m.domain.Columns))
			var cost []float32
			for i := w; i < len(block); i += workers {
				copy(codes, m.codes[block[i]])
				for t := range m.targets {
					cells[t] = m.targets[t].cell(codes)
				}
				found[i] = found[i][:0]
				for _, c := range columns {
					var best int32
					if best, cost = m.better(codes, cells, c, cost); best == int32(codes[c]) {
						continue
					}
					for _, p := range m.with[c] {
						cells[p.target] += (best - int32(codes[c])) * p.step
					}
					codes[c] = uint16(best)
					found[i] = append(found[i], change{c, codes[c]})
				}
			}
		})
	}
	done.Wait()
}

// impossible outweighs every table.
const impossible = 1e20

// better gives the answer in a column that brings the tables nearest.
func (m *maker) better(codes []uint16, cells []int32, c int, cost []float32) (int32, []float32) {
	values := len(m.domain.Columns[c].Values)
	old := int32(codes[c])
	if values == 1 {
		return old, cost
	}
	cost = append(cost[:0], make([]float32, values)...)
	m.costs(cost, cells, c, old)
	cost[old] -= m.own[c] // this record is in what the tables are off
	for _, r := range m.never[c] {
		if v := r[c]; matches(r, codes, c) {
			cost[v] += impossible
		}
	}
	best := old
	for v, x := range cost {
		if x < cost[best] {
			best = int32(v)
		}
	}
	return best, cost
}

// try makes a change, if it brings the tables nearer as they are now.
func (m *maker) try(codes []uint16, x change) {
	c, step := x.column, int32(x.value)-int32(codes[x.column])
	was, is := -m.own[c], float32(0)
	for _, p := range m.with[c] {
		at := m.targets[p.target].cell(codes)
		was += m.off[at]
		is += m.off[at+step*p.step]
	}
	for _, r := range m.never[c] {
		if matches(r, codes, c) && r[c] == codes[c] {
			was += impossible
		} else if matches(r, codes, c) && r[c] == x.value {
			is += impossible
		}
	}
	if is >= was {
		return
	}
	for _, p := range m.with[c] {
		at, w := m.targets[p.target].cell(codes), m.weights[p.target]
		m.off[at] -= w
		m.off[at+step*p.step] += w
	}
	codes[c] = x.value
}

// costs adds up, for each value of a column, by how much the tables are off where the record would come. Most columns have two
// values or three, which are added up at hand.
func (m *maker) costs(cost []float32, cells []int32, c int, old int32) {
	off := m.off
	switch len(cost) {
	case 2:
		var a, b float32
		for _, p := range m.with[c] {
			at := cells[p.target] - old*p.step
			a += off[at]
			b += off[at+p.step]
		}
		cost[0], cost[1] = a, b
	case 3:
		var a, b, d float32
		for _, p := range m.with[c] {
			at := cells[p.target] - old*p.step
			a += off[at]
			b += off[at+p.step]
			d += off[at+2*p.step]
		}
		cost[0], cost[1], cost[2] = a, b, d
	default:
		for _, p := range m.with[c] {
			at := cells[p.target] - old*p.step
			for v := range cost {
				cost[v] += off[at]
				at += p.step
			}
		}
	}
}

// matches says whether a record is all that a rule says, but for one column.
func matches(r rule, codes []uint16, but int) bool {
	for c, v := range r {
		if c != but && codes[c] != v {
			return false
		}
	}
	return true
}

// records gives what came out; a record that still is what cannot be is left out.
func (m *maker) records() (*table.Records, error) {
	out, err := table.NewRecords(m.domain, m.n)
	if err != nil {
		return nil, err
	}
	for _, codes := range m.codes {
		wrong := false
		for c := range codes {
			for _, r := range m.never[c] {
				wrong = wrong || codes[c] == r[c] && matches(r, codes, c)
			}
		}
		if wrong {
			continue
		}
		if err := out.Add(codes...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Bytes is how much memory Make takes at most for so many people, beside the release.
func Bytes(p *pooled.Plan, people int64) int64 {
	var cells, most int64
	for _, s := range widest(p) {
		n := int64(p.Domain.Cells(s))
		cells, most = cells+n, max(most, n)
	}
	// Codes twice, as they are made and as they are given, with what holds a record together; four bytes a cell for what tables are
	// off, and some copies of one table while it is projected.
	return people*int64(4*len(p.Domain.Columns)+40) + 4*cells + 40*most
}
