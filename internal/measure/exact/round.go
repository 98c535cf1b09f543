// SPDX-License-Identifier: EUPL-1.2

package exact

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"

	"github.com/entraide-thb/entraide/internal/measure/linear"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// tries is how many draws are made for one rounding before it is given up.
const tries = 40

// Round rounds every number to a multiple of base, up or down, so that all sums still hold, and gives the numbers that may be
// published. Which way each goes is drawn, likelier to the nearer multiple; multiples stay as they are. random must not be
// guessed by readers: who knows the draws knows the numbers. Draws begun alike, for a later release of the same cells, send
// numbers that did not change the same way, so that the difference of the two tells less.
//
// Errors: Invalid for what cannot be or does not add up; Guarded when no rounding of these tables adds up, as can be where
// tables of three columns or more are linked.
func Round(ctx context.Context, s System, values []int64, base int64, random *rand.Rand) ([]int64, error) {
	return RoundLike(ctx, s, values, base, nil, random)
}

// RoundLike is Round where some cells were published rounded before and must read the same again, so that nobody sees one number
// rounded both ways: like has the earlier number of each, below zero for none. May be nil.
func RoundLike(ctx context.Context, s System, values []int64, base int64, like []int64, random *rand.Rand) ([]int64, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if err := s.check(values); err != nil {
		return nil, err
	}
	if base < 2 || base > 1000 {
		return nil, fault.Bad("base", "statistics.want.threshold")
	}
	if like != nil && len(like) != s.Cells {
		return nil, fault.Bad("values", "statistics.want.as_many")
	}
	for range tries {
		out, err := round(ctx, s, values, base, like, random)
		if err != nil || out != nil {
			return out, err
		}
	}
	return nil, fault.New(fault.Guarded, "statistics.guard.no_rounding")
}

// round draws once: nil when what came out is not whole.
func round(ctx context.Context, s System, values []int64, base int64, like []int64, random *rand.Rand) ([]int64, error) {
	down, low, high := make([]int64, s.Cells), make([]float64, s.Cells), make([]float64, s.Cells)
	var cost []linear.Term
	for c, v := range values {
		down[c] = v / base
		u := random.Float64() // for every cell, so that the same draws meet the same cells next time
		if part := float64(v%base) / float64(base); part > 0 {
			high[c] = 1
			if like != nil && (like[c] == down[c]*base || like[c] == (down[c]+1)*base) {
				low[c] = float64(like[c]/base - down[c])
				high[c] = low[c]
			}
			cost = append(cost, linear.Term{Number: c, Coefficient: u - part})
		}
	}
	p := linear.New(low, high)
	for _, x := range s.Sums {
		right := float64(down[x.Total])
		terms := []linear.Term{{Number: x.Total, Coefficient: -1}}
		for _, c := range x.Parts {
			right -= float64(down[c])
			terms = append(terms, linear.Term{Number: c, Coefficient: 1})
		}
		p.Require(right, terms...)
	}
	_, up, err := p.Least(ctx, cost...)
	if errors.Is(err, linear.ErrContradiction) {
		return nil, fault.New(fault.Guarded, "statistics.guard.no_rounding")
	}
	if err != nil {
		return nil, err
	}
	out := make([]int64, s.Cells)
	for c, u := range up {
		whole := math.Round(u)
		if math.Abs(whole-u) > 1e-6 {
			return nil, nil
		}
		out[c] = (down[c] + int64(whole)) * base
	}
	if s.check(out) != nil {
		return nil, nil
	}
	return out, nil
}

// Rounded gives what readers know of numbers that were published rounded to a base.
func Rounded(published []int64, base int64) []Range {
	out := make([]Range, len(published))
	for c, v := range published {
		out[c] = Range{max(0, v-base+1), v + base - 1}
	}
	return out
}
