// SPDX-License-Identifier: EUPL-1.2

package query

import "slices"

// Numbers of several offices, of which some are not told exactly, and what can be made of them. Rates are computed anew from
// their sums, never averaged; what is not told keeps its bounds.

// Range is what is known of a number: it lies from Low to High, or has no upper bound (Open). The zero value is exactly none.
type Range struct {
	Low  int64 `json:"low"`
	High int64 `json:"high"`
	Open bool  `json:"open,omitempty"`
}

// Known is a number that is told.
func Known(n int64) Range { return Range{Low: n, High: n} }

// Below is "fewer than k".
func Below(k int64) Range { return Range{High: k - 1} }

// AtLeast is a number of which only a lower bound is told.
func AtLeast(n int64) Range { return Range{Low: n, High: n, Open: true} }

// Exact says that the number is known.
func (r Range) Exact() bool { return r.Low == r.High && !r.Open }

// Add adds two numbers: a lower bound in a sum makes it a lower bound.
func (r Range) Add(o Range) Range { return Range{r.Low + o.Low, r.High + o.High, r.Open || o.Open} }

// Rate is one number of another, which it is a part of.
type Rate struct{ N, Of Range }

// Bounds gives between which shares the rate lies; known is false where nothing can be said: nobody may be counted at all.
func (r Rate) Bounds() (low, high float64, known bool) {
	if r.Of.High == 0 && !r.Of.Open {
		return 0, 0, false
	}
	low, high = 0, 1
	if !r.Of.Open && r.Of.High > 0 {
		low = float64(r.N.Low) / float64(max(r.Of.High, r.N.Low))
	}
	if !r.N.Open && r.Of.Low > 0 {
		high = min(1, float64(r.N.High)/float64(r.Of.Low))
	}
	return low, high, true
}

// Median gives between which bins of a histogram its median lies: the same one twice where it is known. Known is false where
// it can be any, or nothing was counted.
func Median(bins []Range) (low, high int, known bool) {
	most := slices.ContainsFunc(bins, func(r Range) bool { return r.High > 0 || r.Open })
	if !most || slices.ContainsFunc(bins, func(r Range) bool { return r.Open }) {
		return 0, 0, false
	}
	sum := func(rs []Range, of func(Range) int64) (n int64) {
		for _, r := range rs {
			n += of(r)
		}
		return n
	}
	lowOf, highOf := func(r Range) int64 { return r.Low }, func(r Range) int64 { return r.High }
	if sum(bins, lowOf) == 0 {
		return 0, 0, false
	}
	low, high = len(bins)-1, len(bins)-1
	for i := range bins { // the first bin at which half can have been reached, and at which it must have been
		if low == len(bins)-1 && sum(bins[:i+1], highOf) >= sum(bins[i+1:], lowOf) {
			low = i
		}
		if sum(bins[:i+1], lowOf) >= sum(bins[i+1:], highOf) {
			high = i
			break
		}
	}
	return min(low, high), high, true
}
