// SPDX-License-Identifier: EUPL-1.2

package attack

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Codes of checks.
const (
	Interval     = "interval"     // numbers that are not shown, calculated from those that are
	Difference   = "differencing" // one release taken from another
	Member       = "membership"   // is somebody in the data, when everybody else is known
	Consistency  = "consistency"  // tables that disagree with each other, or with the promise
	drawsInGames = 2_000_000      // bounds the games of one certificate
	mostGames    = 500
	leastGames   = 20
	standIns     = 40
)

// Trial says what a certificate may use beside the release itself.
type Trial struct {
	// Plan and Random, on the route pooled: the games are played with this plan and its noise on people who do not exist, since
	// what noise hides does not depend on who they are, and since a game on the data would itself tell something of them. Nil
	// leaves the games out: somebody who has the release alone.
	Plan   *pooled.Plan
	Random func(part int) io.Reader
	// Earlier, on the route exact, are releases of the same tables whose people are all among those of this one: a first half
	// year, before the whole.
	Earlier []*bundle.Whole
	// Coin decides the games; it keeps nothing secret.
	Coin uint64
}

// Certificate attacks a release and gives what to write into it: each check's Found is how often an attack found more than
// was promised, zero in a release that may leave. progress may be nil. Errors: of files that cannot be read as a release; the
// context's.
func Certificate(ctx context.Context, w *bundle.Whole, t Trial, progress func(done, of int)) ([]bundle.Check, error) {
	if w.Release.Route == bundle.Exact {
		return counted(ctx, w, t, progress)
	}
	out := []bundle.Check{narrow(w)}
	agree, err := agreeing(w)
	if err != nil {
		return nil, err
	}
	if t.Plan == nil || t.Random == nil {
		return append(out, agree), nil
	}
	games, err := played(ctx, t)
	if err != nil {
		return nil, err
	}
	return append(append(out, games...), agree), nil
}

// narrow counts cells whose interval holds one whole number only.
func narrow(w *bundle.Whole) bundle.Check {
	out := bundle.Check{Code: Interval}
	for _, t := range w.Tables.Tables {
		for _, c := range t.Cells {
			if out.Of++; c.Low == nil || c.High == nil || *c.High-*c.Low < 1 {
				out.Found++
			}
		}
	}
	return out
}

// agreeing adds up every table and holds it against the smaller ones, and holds the intervals against the promise.
func agreeing(w *bundle.Whole) (bundle.Check, error) {
	out := bundle.Check{Code: Consistency}
	d := w.Release.Domain()
	cells := map[string][]bundle.Cell{}
	for _, t := range w.Tables.Tables {
		s, err := w.Release.Set(t)
		if err != nil {
			return out, err
		}
		cells[s.Key()] = t.Cells
	}
	for _, t := range w.Tables.Tables {
		s, _ := w.Release.Set(t)
		inner := 1
		for k := len(s) - 1; k >= 0; k-- {
			n := len(d.Columns[s[k]].Values)
			smaller := cells[slices.Delete(slices.Clone(s), k, k+1).Key()]
			for c, x := range smaller {
				sum, whole := 0.0, x.Value != nil
				for v := range n {
					y := t.Cells[c/inner*inner*n+c%inner+v*inner]
					if whole = whole && y.Value != nil; whole {
						sum += *y.Value
					}
				}
				if !whole {
					continue
				}
				if out.Of++; !(math.Abs(sum-*x.Value) <= written*float64(n+1)+1e-9*math.Abs(sum)) {
					out.Found++
				}
			}
			inner *= n
		}
	}
	if w.Release.Promise == nil {
		return out, nil
	}
	out.Of++
	spent, ok := Spent(w)
	said, err := strconv.ParseFloat(w.Release.Promise.Rho, 64)
	if !ok || err != nil || spent > said*(1+tolerance) {
		out.Found++
	}
	out.Note = fmt.Sprintf("rho=%.6g;said=%s", spent, w.Release.Promise.Rho)
	return out, nil
}

// written is by how much a number in a release may be off for being written to a hundredth; tolerance is by how much what
// the intervals cost may be off for that.
const (
	written   = 0.005
	tolerance = 0.02
)

// Spent calculates from the intervals of a release on the route pooled what it cost: each table's variance is a sum of its
// parts', so that the parts' are known from the smaller tables up, and the cost of a part is what one person moves it by,
// squared, over twice its variance. False where the intervals of no noise give these.
func Spent(w *bundle.Whole) (rho float64, ok bool) {
	d := w.Release.Domain()
	part := map[string]float64{} // variance of the centred parts
	tables := slices.Clone(w.Tables.Tables)
	inorder.Stably(tables, func(a, b bundle.Table) int { return len(a.Columns) - len(b.Columns) })
	for _, t := range tables {
		s, err := w.Release.Set(t)
		if err != nil || len(t.Cells) == 0 || t.Cells[0].Low == nil || t.Cells[0].High == nil {
			return 0, false
		}
		var widths float64 // many cells tell the deviation more exactly than one that is written to a hundredth
		for _, c := range t.Cells {
			if c.Low == nil || c.High == nil {
				return 0, false
			}
			widths += (*c.High - *c.Low) / float64(len(t.Cells))
		}
		rest := math.Pow(widths/(2*1.959963984540054), 2)
		own := 1.0
		for _, a := range s.Subsets() {
			share := 1.0
			for _, c := range s {
				if n := float64(len(d.Columns[c].Values)); a.Has(c) {
					share *= 1 - 1/n
				} else {
					share /= n * n
				}
			}
			if len(a) == len(s) {
				own = share
				continue
			}
			v, known := part[a.Key()]
			if !known {
				return 0, false
			}
			rest -= v * share
		}
		if own == 0 { // a column of one value says nothing
			part[s.Key()] = 0
			continue
		}
		if part[s.Key()] = rest / own; rest <= 0 {
			return math.Inf(1), true
		}
		rho += own / (2 * part[s.Key()])
	}
	return rho, true
}

// played plays both games on people who do not exist.
func played(ctx context.Context, t Trial) ([]bundle.Check, error) {
	coin := rand.New(rand.NewPCG(t.Coin, 0x67616d65))
	people, err := strangers(t.Plan.Domain, coin)
	if err != nil {
		return nil, err
	}
	cells := 0
	for _, x := range t.Plan.Parts {
		cells += t.Plan.Domain.Cells(x.Set)
	}
	games := min(mostGames, max(leastGames, drawsInGames/max(1, cells)))
	measure := func(ctx context.Context, r *table.Records) (*pooled.Release, error) {
		return t.Plan.Measure(ctx, r, t.Random)
	}
	var out []bundle.Check
	for _, x := range []struct {
		code string
		play func(context.Context, *pooled.Plan, *table.Records, Measure, int, *rand.Rand) (Game, error)
	}{{Difference, Differencing}, {Member, Membership}} {
		g, err := x.play(ctx, t.Plan, people, measure, games, coin)
		if err != nil {
			return nil, err
		}
		out = append(out, bundle.Check{Code: x.code, Found: int64(g.Beyond()), Of: int64(g.Of), Note: fmt.Sprintf("right=%d;ceiling=%.3f", g.Right, g.Ceiling)})
	}
	return out, nil
}

// strangers draws people evenly.
func strangers(d table.Domain, coin *rand.Rand) (*table.Records, error) {
	out, err := table.NewRecords(d, standIns)
	if err != nil {
		return nil, err
	}
	codes := make([]uint16, len(d.Columns))
	for range standIns {
		for c, column := range d.Columns {
			codes[c] = uint16(coin.IntN(len(column.Values)))
		}
		if err := out.Add(codes...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// counted attacks a release on the route exact. There is no game of membership: somebody who knows everybody else can tell
// from exact counts whether one more is in them, which that route does not deny.
func counted(ctx context.Context, w *bundle.Whole, t Trial, progress func(done, of int)) ([]bundle.Check, error) {
	k := int64(1)
	if w.Release.Guard != nil {
		k = w.Release.Guard.K
	}
	l, known, err := w.Link()
	if err != nil {
		return nil, err
	}
	agree := bundle.Check{Code: Consistency, Of: int64(len(l.Sums))}
	told, err := Intervals(ctx, l.System, known, k, progress)
	if fault.Is(err, fault.Invalid) { // the numbers contradict each other
		agree.Found = 1
		return []bundle.Check{{Code: Interval}, agree}, nil
	}
	if err != nil {
		return nil, err
	}
	between := bundle.Check{Code: Difference}
	for _, e := range t.Earlier {
		before, others, err := e.Link()
		if err != nil {
			return nil, err
		}
		if !slices.EqualFunc(before.Sets, l.Sets, slices.Equal[[]int]) || before.Cells != l.Cells {
			return nil, fault.Bad("earlier", "statistics.want.domain")
		}
		d, err := Between(ctx, l.System, others, known, k, nil)
		if err != nil {
			return nil, err
		}
		between.Found += int64(len(d.Cells))
		between.Of += int64(d.Of)
	}
	return []bundle.Check{{Code: Interval, Found: int64(len(told.Cells)), Of: int64(told.Of)}, between, agree}, nil
}
