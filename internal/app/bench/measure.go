// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"syscall"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/microdata"
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
)

// Shape is how many people in how many columns.
type Shape struct{ People, Columns int }

// UnmarshalText reads 21195x16.
func (s *Shape) UnmarshalText(text []byte) error {
	if _, err := fmt.Sscanf(string(text), "%dx%d", &s.People, &s.Columns); err != nil {
		return fmt.Errorf("a shape is people x columns, as 21195x16: %w", err)
	}
	if s.People < 1 || s.Columns < 3 || s.Columns > 40 {
		return errors.New("a shape has people, and 3 to 40 columns")
	}
	return nil
}

// Figures is what the engine of statistics took.
type Figures struct {
	Sets       []MeasuredSet `json:"sets"`
	Suppressed Suppressed    `json:"suppressed"`
}

// MeasuredSet is one data set, all of its three-way tables, and records made from them.
type MeasuredSet struct {
	Data    string `json:"data"` // "published" or "generated"
	People  int    `json:"people"`
	Columns int    `json:"columns"`
	Tables  int    `json:"tables"`
	Cells   int    `json:"cells"`

	TablesWork  Work    `json:"tables_work"`
	RecordsWork Work    `json:"records_work"`
	TVD         float64 `json:"tvd"`      // of the tables of the records, mean over all
	Error       float64 `json:"error"`    // of real combinations of three known answers, mean
	Lost        float64 `json:"lost"`     // percent of real combinations
	Invented    float64 `json:"invented"` // percent of those made
	Combos      int     `json:"combos"`   // real ones
	TablesTVD   float64 `json:"tables_tvd"`
}

// Work is what a piece of work took.
type Work struct {
	Wall float64 `json:"wall"` // seconds
	CPU  float64 `json:"cpu"`
	Heap int64   `json:"heap"` // bytes, the most at any time above what was there before
}

// Suppressed is one table protected.
type Suppressed struct {
	Cells     int  `json:"cells"`
	Withheld  int  `json:"withheld"`
	Threshold int  `json:"threshold"` // numbers that a threshold alone hides and that can be bounded more tightly
	AtRisk    int  `json:"at_risk"`   // of ours
	Work      Work `json:"work"`
}

// setting is the promise of the benchmark that others were measured with.
var setting = noise.Promise{Epsilon: 4, Delta: 4.7e-6}

// publishedFile is the data set of victims and perpetrators of the Counter-Trafficking Data Collaborative.
const publishedFile = "CTDC_VPsynthetic_condensed.csv"

// figures measures the engine in this process.
func (c Config) figures(ctx context.Context) (*Figures, error) {
	out := &Figures{}
	for i, s := range c.Shapes {
		data, r, err := c.people(s, i == 0)
		if err != nil {
			return nil, err
		}
		m, err := c.set(ctx, data, r)
		if err != nil {
			return nil, err
		}
		out.Sets = append(out.Sets, m)
		c.say("%s, %d x %d: %d tables in %.2f s (processor %.2f s, %s); records in %.1f s (processor %.1f s, %s); distance %.4f, error %.1f, lost %.1f %%, invented %.1f %%", m.Data, m.People, m.Columns, m.Tables,
			m.TablesWork.Wall, m.TablesWork.CPU, megabytes(m.TablesWork.Heap), m.RecordsWork.Wall, m.RecordsWork.CPU, megabytes(m.RecordsWork.Heap), m.TVD, m.Error, m.Lost, m.Invented)
	}
	var err error
	out.Suppressed, err = suppress(ctx)
	c.say("%d cells protected in %.2f s, %d withheld, %d at risk; a threshold alone leaves %d at risk", out.Suppressed.Cells, out.Suppressed.Work.Wall, out.Suppressed.Withheld, out.Suppressed.AtRisk, out.Suppressed.Threshold)
	return out, err
}

// people gives a data set: the published one for the first shape, where it is at hand, else one that is drawn.
func (c Config) people(s Shape, first bool) (string, *table.Records, error) {
	if first && c.Published != "" {
		f, err := os.Open(filepath.Join(c.Published, publishedFile))
		if err == nil {
			defer f.Close()
			rows, err := csv.NewReader(f).ReadAll()
			if err != nil {
				return "", nil, err
			}
			r, err := table.FromRows(rows[0], rows[1:])
			return "published", r, err
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", nil, err
		}
	}
	r, err := drawn(s, c.Seed)
	return "generated", r, err
}

// values is how many each column of the published data has, "unknown" among them.
var values = []int{6, 3, 3, 2, 2, 5, 5, 2, 4, 10, 10, 7, 4, 2, 2, 2}

// drawn draws people: columns with as many values as the published ones have, in turn; in three of five records a column goes
// with the one before, and rare values are rare.
func drawn(s Shape, seed uint64) (*table.Records, error) {
	var d table.Domain
	for i := range s.Columns {
		column := table.Column{Name: fmt.Sprintf("c%d", i)}
		for v := range values[i%len(values)] {
			column.Values = append(column.Values, map[bool]string{true: "", false: fmt.Sprintf("v%d", v)}[v == 0])
		}
		d.Columns = append(d.Columns, column)
	}
	r, err := table.NewRecords(d, s.People)
	if err != nil {
		return nil, err
	}
	g := mrand.New(mrand.NewPCG(seed, 0x66696775))
	codes := make([]uint16, s.Columns)
	for range s.People {
		for i := range codes {
			n := float64(len(d.Columns[i].Values))
			u := g.Float64()
			codes[i] = uint16(n * u * u * u)
			if i > 0 && g.IntN(5) < 3 {
				codes[i] = codes[i-1] % uint16(n)
			}
		}
		if err := r.Add(codes...); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// set measures one data set.
func (c Config) set(ctx context.Context, data string, r *table.Records) (MeasuredSet, error) {
	m := MeasuredSet{Data: data, People: r.Len(), Columns: len(r.Domain.Columns)}
	rho, err := setting.Budget()
	if err != nil {
		return m, err
	}
	sets := r.Domain.Upto(3)
	var asked []pooled.Asked
	for _, s := range sets {
		asked = append(asked, pooled.Asked{Set: s})
		m.Cells += r.Domain.Cells(s)
	}
	m.Tables = len(sets)
	var rel *pooled.Release
	m.TablesWork, err = worked(func() error {
		p, err := pooled.New(r.Domain, asked, rho)
		if err != nil {
			return err
		}
		if rel, err = p.Measure(ctx, r, func(int) io.Reader { return rand.Reader }); err != nil {
			return err
		}
		for _, s := range sets {
			if _, err := rel.Table(s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	var made *table.Records
	m.RecordsWork, err = worked(func() error {
		made, err = microdata.Make(ctx, rel, microdata.Options{Seed: c.Seed, Mask: Mask}, nil)
		return err
	})
	if err != nil {
		return m, err
	}
	return m, m.compare(r, made, rel, sets)
}

// Mask is the slider between losing and inventing combinations at which records are measured.
const Mask = 1.45

// compare holds records against the people that they stand for.
func (m *MeasuredSet) compare(real, made *table.Records, rel *pooled.Release, sets []table.Set) error {
	var lost, exist, invented int
	for _, s := range sets {
		x, err := real.Count(s)
		if err != nil {
			return err
		}
		y, err := made.Count(s)
		if err != nil {
			return err
		}
		e, err := rel.Table(s)
		if err != nil {
			return err
		}
		m.TablesTVD += pooled.Distance(x, e) / float64(len(sets))
		d := 0.0
		for i := range x {
			d += math.Abs(float64(x[i])/float64(real.Len()) - float64(y[i])/float64(made.Len()))
			if unknown(real.Domain, s, i) {
				continue
			}
			if x[i] > 0 {
				m.Combos++
				m.Error += math.Abs(float64(x[i] - y[i]))
			}
			switch {
			case x[i] > 0 && y[i] == 0:
				lost++
			case x[i] == 0 && y[i] > 0:
				invented++
			}
			if y[i] > 0 {
				exist++
			}
		}
		m.TVD += d / 2 / float64(len(sets))
	}
	m.Error /= float64(max(1, m.Combos))
	m.Lost, m.Invented = 100*float64(lost)/float64(max(1, m.Combos)), 100*float64(invented)/float64(max(1, exist))
	return nil
}

// unknown says whether an answer of a cell is none.
func unknown(d table.Domain, s table.Set, cell int) bool {
	for k := len(s) - 1; k >= 0; k-- {
		n := len(d.Columns[s[k]].Values)
		if d.Columns[s[k]].Values[cell%n] == "" {
			return true
		}
		cell /= n
	}
	return false
}

// suppress protects a table of 23 lines and 27 columns with its totals, 672 cells in all, of small and large numbers.
func suppress(ctx context.Context) (Suppressed, error) {
	const k = 10
	s, err := exact.Cross(23, 27)
	if err != nil {
		return Suppressed{}, err
	}
	g := mrand.New(mrand.NewPCG(1, 5))
	counts := make([]int64, 23*27)
	for i := range counts {
		counts[i] = []int64{0, int64(g.IntN(10)), int64(g.IntN(300)), int64(g.IntN(300))}[g.IntN(4)]
	}
	cells, err := exact.Margins(counts, 23, 27)
	if err != nil {
		return Suppressed{}, err
	}
	out := Suppressed{Cells: s.Cells}
	var published []exact.Range
	if out.Work, err = worked(func() (err error) {
		published, err = exact.Protect(ctx, s, cells, exact.Rules{K: k}, nil)
		return err
	}); err != nil {
		return out, err
	}
	for _, r := range published {
		if r.Width() > 1 {
			out.Withheld++
		}
	}
	if out.AtRisk, err = atRisk(ctx, s, published, k); err != nil {
		return out, err
	}
	out.Threshold, err = atRisk(ctx, s, exact.Threshold(cells, k), k)
	return out, err
}

func atRisk(ctx context.Context, s exact.System, known []exact.Range, k int64) (n int, err error) {
	found, err := exact.Audit(ctx, s, known, nil)
	for c, f := range found {
		if known[c].Width() > 1 && f.Width() < k {
			n++
		}
	}
	return n, err
}

// worked does work and says what it took.
func worked(f func() error) (Work, error) {
	runtime.GC()
	debug.FreeOSMemory()
	before := heap()
	stop, most := make(chan struct{}), make(chan int64)
	go func() {
		t := time.NewTicker(2 * time.Millisecond)
		defer t.Stop()
		top := before
		for {
			select {
			case <-stop:
				most <- max(top, heap()) - before
				return
			case <-t.C:
				top = max(top, heap())
			}
		}
	}()
	begun, spent := time.Now(), own()
	err := f()
	w := Work{Wall: time.Since(begun).Seconds(), CPU: (own() - spent).Seconds()}
	close(stop)
	w.Heap = <-most
	return w, err
}

// heap is how many bytes objects take, those among them that nobody needs any more and that were not yet cleared away.
func heap() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// own is the processor time of this process.
func own() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// table writes what was measured.
func (f *Figures) table() string {
	var b strings.Builder
	row(&b, "data", "people x columns", "three-way tables", "cells", "tables: wall", "processor", "memory", "records: wall", "processor", "memory")
	rule(&b, 10, 2)
	for _, m := range f.Sets {
		row(&b, m.Data, fmt.Sprintf("%d x %d", m.People, m.Columns), fmt.Sprint(m.Tables), fmt.Sprint(m.Cells), fmt.Sprintf("%.2f s", m.TablesWork.Wall), fmt.Sprintf("%.2f s", m.TablesWork.CPU), megabytes(m.TablesWork.Heap),
			fmt.Sprintf("%.1f s", m.RecordsWork.Wall), fmt.Sprintf("%.1f s", m.RecordsWork.CPU), megabytes(m.RecordsWork.Heap))
	}
	fmt.Fprintf(&b, "\nHow near at epsilon %g, delta %g: mean distance of all three-way tables (as released, and of the records), mean error of real combinations of three known answers, and which of them the records lose and invent.\n\n", setting.Epsilon, setting.Delta)
	row(&b, "data", "people x columns", "distance, tables", "distance, records", "real combinations", "error", "lost", "invented")
	rule(&b, 8, 2)
	for _, m := range f.Sets {
		row(&b, m.Data, fmt.Sprintf("%d x %d", m.People, m.Columns), fmt.Sprintf("%.4f", m.TablesTVD), fmt.Sprintf("%.4f", m.TVD), fmt.Sprint(m.Combos), fmt.Sprintf("%.1f", m.Error), fmt.Sprintf("%.1f %%", m.Lost), fmt.Sprintf("%.1f %%", m.Invented))
	}
	s := f.Suppressed
	fmt.Fprintf(&b, "\nA table of %d cells, withheld behind the audit: %.2f s (processor %.2f s), %d numbers withheld, %d at risk. A threshold alone leaves %d at risk in the same table.\n", s.Cells, s.Work.Wall, s.Work.CPU, s.Withheld, s.AtRisk, s.Threshold)
	return b.String()
}
