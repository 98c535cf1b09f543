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

// Overlaps is what lists say of each other where nobody has all of them: how long each is, and how many people two of them share.
// Offices that count privately what they share have no more than that, and each count with noise.
//
// Given how long lists are, two that do not depend on each other share sizes of both, multiplied, over the number of people there
// are: that number is the only one that is not known, and each pair is one witness of it. A pair that goes together says
// nothing of it and is set aside. What three lists share is not used: two by two, it is not known.
type Overlaps struct {
	Names []string
	Sizes []int64
	Pairs []Overlap // each pair once, in order
}

// Overlap is how many people are on both lists of a pair.
type Overlap struct {
	Pair
	Count float64 // the mean of all counts, where there are several
	// Epsilons are those of the noise in each count that was made; 0 is none. The noise is the difference of two geometric draws of
	// parameter e to the minus epsilon.
	Epsilons []float64
}

// noise is the variance of an overlap that comes from counting privately.
func (o Overlap) noise() (v float64) {
	for _, e := range o.Epsilons {
		if q := math.Exp(-e); e > 0 {
			v += 2 * q / ((1 - q) * (1 - q))
		}
	}
	return v / float64(len(o.Epsilons)*len(o.Epsilons))
}

// Deviation is how far noise takes an overlap off, on average.
func (o Overlap) Deviation() float64 { return math.Sqrt(o.noise()) }

// draw gives noise as an overlap has it.
func (o Overlap) draw(random *rand.Rand) (sum float64) {
	for _, e := range o.Epsilons {
		if e > 0 {
			sum += math.Floor(random.ExpFloat64()/e) - math.Floor(random.ExpFloat64()/e)
		}
	}
	return sum / float64(len(o.Epsilons))
}

// Least and most that can be read.
const (
	LeastEpsilon = 0.01
	MostEpsilon  = 10
)

// Check says what is wrong with overlaps. Errors: Invalid, with the list or pair.
func (o Overlaps) Check() error {
	if _, err := New(o.Names...); err != nil {
		return err
	}
	met := make([]bool, len(o.Names))
	for i, n := range o.Sizes {
		if n < 1 || n > MostPeople {
			return fault.Bad("overlaps", "statistics.want.list_size", "List", o.Names[i])
		}
	}
	for _, p := range o.Pairs {
		a, b := p.Pair[0], p.Pair[1]
		met[a], met[b] = true, true
		slack := 4 * math.Sqrt(p.noise()) // what noise may add or take
		if most := float64(min(o.Sizes[a], o.Sizes[b])); math.IsNaN(p.Count) || p.Count > most+slack || p.Count < -slack {
			return fault.Bad("overlaps", "statistics.want.overlap_bounds", "First", o.Names[a], "Second", o.Names[b])
		}
	}
	if at := slices.Index(met, false); at >= 0 {
		return fault.Bad("overlaps", "statistics.want.overlap_of", "List", o.Names[at])
	}
	return nil
}

// Known is how many people there are at least by what is known: no model in it but that noise is what it is on average.
func (o Overlaps) Known() float64 {
	sum, shared := 0.0, 0.0
	for _, n := range o.Sizes {
		sum += float64(n)
	}
	for _, p := range o.Pairs {
		shared += max(0, p.Count)
	}
	least := 0.0
	if len(o.Pairs) == len(o.Names)*(len(o.Names)-1)/2 {
		least = sum - shared
	}
	for _, p := range o.Pairs {
		least = max(least, float64(o.Sizes[p.Pair[0]]+o.Sizes[p.Pair[1]])-max(0, p.Count))
	}
	return max(least, float64(slices.Max(o.Sizes)))
}

// Witness is what one pair alone says of how many people there are: the sizes of both, multiplied, over what they share. ok is
// false where what they share cannot be told from nobody.
func (o Overlaps) Witness(p Overlap) (total float64, ok bool) {
	return o.product(p) / p.Count, p.Count > 0 && p.Count > 1.96*math.Sqrt(p.noise())
}

func (o Overlaps) product(p Overlap) float64 {
	return float64(o.Sizes[p.Pair[0]]) * float64(o.Sizes[p.Pair[1]])
}

// Count is a number of people fitted to overlaps.
type Count struct {
	Total    float64
	Aside    []Pair // pairs that were set aside
	Misfit   float64
	Freedom  int // pairs that could have disagreed: with none, nothing tests the assumption
	Criteria float64
}

// Fit gives how many people there are if the pairs set aside may go together and no others do. Of one pair alone it is Chapman's
// estimate (D. Chapman, 1951). Error: ErrNone where what is shared cannot be told from nobody, or no pair is left.
func (o Overlaps) Fit(aside ...Pair) (Count, error) {
	out := Count{Aside: slices.Clone(aside)}
	var kept []Overlap
	shared, noise := 0.0, 0.0
	for _, p := range o.Pairs {
		if !slices.Contains(aside, p.Pair) {
			kept, shared, noise = append(kept, p), shared+p.Count, noise+p.noise()
		}
	}
	if len(kept) == 0 || shared < 1 || shared <= 1.96*math.Sqrt(noise) {
		return out, ErrNone
	}
	least, people := o.Known(), 0.0
	for _, n := range o.Sizes {
		people += float64(n)
	}
	if len(kept) == 1 {
		a, b := float64(o.Sizes[kept[0].Pair[0]]), float64(o.Sizes[kept[0].Pair[1]])
		out.Total = max(least, (a+1)*(b+1)/(kept[0].Count+1)-1)
	} else {
		out.Total = math.Exp(lowest(func(x float64) float64 { return o.unlikely(kept, math.Exp(x)) }, math.Log(least), math.Log(least)+math.Log(1e7)))
	}
	for _, p := range kept {
		off := p.Count - o.product(p)/out.Total
		out.Misfit += off * off / o.spread(p, out.Total)
	}
	if len(kept) == 1 {
		out.Misfit = 0
	}
	out.Freedom = len(kept) - 1
	out.Criteria = out.Misfit + float64(1+len(aside))*math.Log(people)
	return out, nil
}

// spread is the variance of an overlap if there are so many people: by chance, which is hypergeometric, and by its noise.
func (o Overlaps) spread(p Overlap, total float64) float64 {
	a, b := float64(o.Sizes[p.Pair[0]]), float64(o.Sizes[p.Pair[1]])
	return max(a*b/total*(1-a/total)*(total-b)/max(1, total-1), 0) + p.noise() + 0.25
}

// unlikely is minus twice the logarithm of a likelihood, as of normal overlaps.
func (o Overlaps) unlikely(kept []Overlap, total float64) (q float64) {
	for _, p := range kept {
		off, v := p.Count-o.product(p)/total, o.spread(p, total)
		q += off*off/v + math.Log(v)
	}
	return q
}

// lowest finds where f is lowest: on a grid, then by golden sections around its best point.
func lowest(f func(float64) float64, low, high float64) float64 {
	const points = 80
	step := (high - low) / points
	best, at := math.Inf(1), low
	for i := range points + 1 {
		if x := low + float64(i)*step; f(x) < best {
			best, at = f(x), x
		}
	}
	a, b := max(low, at-step), min(high, at+step)
	const golden = 0.6180339887498949
	for range 40 {
		c, d := b-golden*(b-a), a+golden*(b-a)
		if f(c) < f(d) {
			b = d
		} else {
			a = c
		}
	}
	return (a + b) / 2
}

// Choose begins with no pair set aside and sets those aside that the others contradict, one by one, as long as that says more than
// it costs (BIC) and two pairs are left to test each other. Error: ErrNone when nothing gives an estimate.
func (o Overlaps) Choose() (Count, error) {
	best, err := o.Fit()
	if err != nil {
		return best, err
	}
	for len(o.Pairs)-len(best.Aside) > 2 {
		next := best
		for _, p := range o.Pairs {
			if slices.Contains(best.Aside, p.Pair) {
				continue
			}
			c, err := o.Fit(append(slices.Clone(best.Aside), p.Pair)...)
			if err == nil && c.Criteria < next.Criteria-1e-9 {
				next = c
			}
		}
		if len(next.Aside) == len(best.Aside) {
			break
		}
		best = next
	}
	return best, nil
}

// Bootstrap draws overlaps as a fitted number of people would give them, with new noise in each count, and estimates again: by
// chance, by noise, and, where chosen is true, with the choice of pairs in it. High is infinite where too many runs give no
// estimate, because what is shared could be nobody. The same seed gives the same interval. Errors: Invalid, the context's.
func (o Overlaps) Bootstrap(ctx context.Context, of Count, chosen bool, runs int, seed uint64, progress func(done, of int)) (Interval, error) {
	if runs < 1 || runs > MostRuns {
		return Interval{}, fault.Bad("runs", "statistics.want.runs", "Max", MostRuns)
	}
	random := rand.New(rand.NewPCG(seed, 0x6f7665720a))
	var totals []float64
	models, failed := map[string]bool{}, 0
	for run := range runs {
		if err := ctx.Err(); err != nil {
			return Interval{}, err
		}
		again := o.again(of, random)
		c, err := again.Fit(of.Aside...)
		if chosen {
			c, err = again.Choose()
		}
		if err != nil {
			failed++
			c.Total = math.Inf(1)
		} else {
			models[fmt.Sprint(c.Aside)] = true
		}
		totals = append(totals, c.Total)
		if progress != nil {
			progress(run+1, runs)
		}
	}
	slices.Sort(totals)
	at := func(q float64) float64 { return totals[int(math.Round(q*float64(len(totals)-1)))] }
	return Interval{at(0.025), at(0.975), runs - failed, failed, len(models)}, nil
}

// again draws overlaps of so many people.
func (o Overlaps) again(of Count, random *rand.Rand) Overlaps {
	out := Overlaps{o.Names, o.Sizes, slices.Clone(o.Pairs)}
	for i, p := range out.Pairs {
		a, b := o.Sizes[p.Pair[0]], o.Sizes[p.Pair[1]]
		if a > b {
			a, b = b, a
		}
		chance := float64(b) / of.Total
		if slices.Contains(of.Aside, p.Pair) {
			chance = max(0, p.Count) / float64(a)
		}
		chance = min(1, chance)
		mean := chance * float64(a)
		drawn := mean + math.Sqrt(mean*(1-chance))*random.NormFloat64()
		if mean < 10_000 {
			drawn = float64(binomial(random, a, chance))
		}
		drawn = mean + (drawn-mean)*math.Sqrt(max(0, (of.Total-float64(a))/max(1, of.Total-1))) // nobody is on a list twice
		out.Pairs[i].Count = max(0, math.Round(drawn)) + p.draw(random)
	}
	return out
}
