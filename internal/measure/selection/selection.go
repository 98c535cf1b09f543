// SPDX-License-Identifier: EUPL-1.2

// Package selection chooses, at a price, which of many tables are worth measuring: for wide domains, such as country by
// country, in which all tables together would drown in noise and most hold nothing that smaller ones do not say.
//
// First the tables of single columns are measured (package pooled). Then each candidate is scored by how far its counts are from
// what those tables say if columns had nothing to do with each other, less what its own noise would add; and some are chosen
// by the exponential mechanism, likelier the higher they score. The choice costs its own part of the budget: that a table was
// chosen tells something too. A Level lets coarser columns stand beside fine ones, sub-regions beside countries, so that the
// choice is also between detail and exactness.
package selection

import (
	"context"
	"io"
	"math"
	"sync"

	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// MostCandidates bounds a choice.
const MostCandidates = 20_000

// Request is what is to be chosen.
type Request struct {
	// Base is a release of the tables of single columns, all that candidates name.
	Base       *pooled.Release
	Candidates []table.Set
	Picks      int
	// Rho is spent on choosing, in equal parts on each pick. After is what will be spent on measuring those that are chosen.
	Rho, After noise.Rho
}

// Chosen is what was chosen, and at what price.
type Chosen struct {
	Sets   []table.Set
	Charge noise.Charge
}

// Choose chooses. random is crypto/rand's reader, or a seeded stream in tests. What it gives may be published; what it
// calculated on the way may not. Errors: Invalid for what cannot be chosen from; of random; the context's.
func Choose(ctx context.Context, r *table.Records, q Request, random io.Reader) (Chosen, error) {
	var out Chosen
	if len(q.Candidates) == 0 || len(q.Candidates) > MostCandidates || q.Picks < 1 || q.Picks > len(q.Candidates) {
		return out, fault.Bad("tables", "statistics.want.tables", "Max", MostCandidates)
	}
	if !(q.Rho > 0) || !(q.After > 0) || math.IsInf(float64(q.Rho+q.After), 0) {
		return out, fault.Bad("budget", "statistics.want.budget")
	}
	scores, err := q.scores(ctx, r)
	if err != nil {
		return out, err
	}
	// Charged up, then cut down: what is spent on each pick is never more than its part of the charge.
	each := q.Rho / noise.Rho(q.Picks)
	out.Charge = q.Rho.Charge() + 1
	source := noise.New(random)
	left := append([]table.Set(nil), q.Candidates...)
	for range q.Picks {
		i := source.Choose(scores, each)
		out.Sets = append(out.Sets, left[i])
		last := len(left) - 1
		left[i], scores[i] = left[last], scores[last]
		left, scores = left[:last], scores[:last]
	}
	return out, source.Err()
}

// scores gives each candidate's score, a whole number that one person moves by at most one: one cell's count changes by one,
// and all else is the release's or the plan's.
func (q Request) scores(ctx context.Context, r *table.Records) ([]int64, error) {
	single := make([][]float64, len(r.Domain.Columns))
	for _, s := range q.Candidates {
		if err := r.Domain.Holds(s); err != nil {
			return nil, err
		}
		for _, c := range s {
			if single[c] != nil {
				continue
			}
			e, err := q.Base.Table(table.SetOf(c))
			if err != nil {
				return nil, err
			}
			if len(e.Values) != len(r.Domain.Columns[c].Values) {
				return nil, fault.Bad("base", "statistics.want.domain")
			}
			single[c] = shares(e.Values)
		}
	}
	all, err := q.Base.Table(table.Set{})
	if err != nil {
		return nil, err
	}
	total := max(0, all.Values[0])
	deviation := math.Sqrt(float64(q.Picks) / (2 * float64(q.After)))
	out := make([]int64, len(q.Candidates))
	var mu sync.Mutex
	err = r.Each(ctx, q.Candidates, func(i int, cells []int64) error {
		sum := int64(0)
		expected(single, q.Candidates[i], total, func(cell int, want float64) {
			d := cells[cell] - int64(math.Round(want))
			sum += max(d, -d)
		})
		sum -= int64(math.Round(math.Sqrt(2/math.Pi) * deviation * float64(len(cells))))
		mu.Lock()
		defer mu.Unlock()
		out[i] = sum
		return nil
	})
	return out, err
}

// shares makes estimates shares of one.
func shares(estimates []float64) []float64 {
	out := make([]float64, len(estimates))
	sum := 0.0
	for i, v := range estimates {
		out[i] = max(0, v)
		sum += out[i]
	}
	for i := range out {
		if out[i] /= sum; sum == 0 {
			out[i] = 1 / float64(len(out))
		}
	}
	return out
}

// expected gives each cell of a table as if its columns had nothing to do with each other.
func expected(single [][]float64, s table.Set, total float64, f func(cell int, want float64)) {
	var walk func(k, cell int, want float64)
	walk = func(k, cell int, want float64) {
		if k == len(s) {
			f(cell, want)
			return
		}
		for v, share := range single[s[k]] {
			walk(k+1, cell*len(single[s[k]])+v, want*share)
		}
	}
	walk(0, 0, total)
}
