// SPDX-License-Identifier: EUPL-1.2

package capture

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Choose begins without dependence and adds the pair of lists that lowers BIC the most, until none does. Error: ErrNone when
// not even the model without dependence gives an estimate.
func (l Lists) Choose() (Fit, error) {
	best, err := l.Fit()
	if err != nil {
		return best, err
	}
	for {
		next := best
		for i := range l.Names {
			for j := i + 1; j < len(l.Names); j++ {
				if slices.Contains(best.Pairs, Pair{i, j}) {
					continue
				}
				fit, err := l.Fit(append(slices.Clone(best.Pairs), Pair{i, j})...)
				if err == nil && fit.BIC < next.BIC-1e-9 {
					next = fit
				}
			}
		}
		if len(next.Pairs) == len(best.Pairs) {
			return best, nil
		}
		best = next
	}
}

// Interval is what Bootstrap found: 95 of 100 resampled estimates lie between Low and High.
type Interval struct {
	Low, High float64
	Runs      int // that gave an estimate
	Failed    int // that gave none
	Models    int // different ones that were chosen
}

// MostRuns bounds a bootstrap.
const MostRuns = 100_000

// Bootstrap draws as many people as were seen from those who were seen, again and again, and chooses and fits a model each
// time: how sure the estimate is, with the choice of the model in it. The same seed gives the same interval. progress, which
// may be nil, is told how many runs are done. Error: ErrNone when fewer than half of the runs give an estimate.
func (l Lists) Bootstrap(ctx context.Context, runs int, seed uint64, progress func(done, of int)) (Interval, error) {
	if runs < 1 || runs > MostRuns {
		return Interval{}, fault.Bad("runs", "statistics.want.runs", "Max", MostRuns)
	}
	random := rand.New(rand.NewPCG(seed, 0x6d73650a))
	var totals []float64
	models := map[string]bool{}
	for run := range runs {
		if err := ctx.Err(); err != nil {
			return Interval{}, err
		}
		if fit, err := l.resample(random).Choose(); err == nil {
			totals = append(totals, fit.Total)
			models[fmt.Sprint(fit.Pairs)] = true
		}
		if progress != nil {
			progress(run+1, runs)
		}
	}
	if len(totals)*2 < runs {
		return Interval{}, ErrNone
	}
	slices.Sort(totals)
	at := func(q float64) float64 { return totals[int(math.Round(q*float64(len(totals)-1)))] }
	return Interval{at(0.025), at(0.975), len(totals), runs - len(totals), len(models)}, nil
}

// resample draws people with replacement: each cell in turn takes its binomial share of those who are left.
func (l Lists) resample(random *rand.Rand) Lists {
	out := Lists{l.Names, make([]int64, len(l.Seen))}
	left, people := l.People(), l.People()
	for m, x := range l.Seen {
		if x == 0 || people == 0 {
			continue
		}
		n := binomial(random, left, float64(x)/float64(people))
		out.Seen[m] = n
		left, people = left-n, people-x
	}
	return out
}

// binomial counts successes: by waiting for the next one where they are rare, else by failures.
func binomial(random *rand.Rand, n int64, p float64) int64 {
	switch {
	case p >= 1:
		return n
	case p <= 0 || n <= 0:
		return 0
	case p > 0.5:
		return n - binomial(random, n, 1-p)
	}
	var hits, at int64
	for {
		skip := math.Floor(math.Log(1-random.Float64()) / math.Log1p(-p))
		if skip >= float64(n-at) {
			return hits
		}
		at += int64(skip) + 1
		hits++
	}
}
