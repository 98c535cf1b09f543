// SPDX-License-Identifier: EUPL-1.2

package noise

import (
	"fmt"
	"math"
)

// Rho is what a release costs under zero-concentrated differential privacy (M. Bun, T. Steinke, 2016). That of several
// releases about the same people is their sum.
type Rho float64

// Promise says the same as people know it: whether one person's record was in the data or not changes the odds of anything that
// is published by a factor of at most e to the Epsilon, but for a chance of Delta.
type Promise struct{ Epsilon, Delta float64 }

// Delta gives the chance at which an epsilon fails (C. Canonne, G. Kamath, T. Steinke, 2020, proposition 12, corollary 13):
// the least of exp((a-1)(a rho - epsilon)) / (a-1) (1-1/a)^a over a > 1. The result is never below the least: it is a promise.
func (r Rho) Delta(epsilon float64) float64 {
	if r <= 0 {
		return 0
	}
	f := func(a float64) float64 {
		return (a-1)*(a*float64(r)-epsilon) - math.Log(a-1) + a*math.Log1p(-1/a)
	}
	// The logarithm is convex in a: the least lies between where its slope is still falling and already rising.
	lo, hi := 1+1e-12, (epsilon+1)/(2*float64(r))+2
	for range 200 {
		third := (hi - lo) / 3
		if f(lo+third) < f(hi-third) {
			hi -= third
		} else {
			lo += third
		}
	}
	return min(1, math.Exp(f((lo+hi)/2)))
}

// At gives the smallest epsilon, to six digits and rounded up, that fails with a chance of at most delta.
func (r Rho) At(delta float64) (Promise, error) {
	if !(delta > 0 && delta < 1) {
		return Promise{}, fmt.Errorf("noise: delta %v is no chance between 0 and 1", delta)
	}
	if r <= 0 {
		return Promise{0, delta}, nil
	}
	lo, hi := 0.0, float64(r)+2*math.Sqrt(float64(r)*math.Log(1/delta))+1e-9
	for hi-lo > 1e-9*(1+hi) {
		if mid := (lo + hi) / 2; r.Delta(mid) <= delta {
			hi = mid
		} else {
			lo = mid
		}
	}
	return Promise{math.Ceil(hi*1e6) / 1e6, delta}, nil
}

// Budget gives the largest rho that keeps a promise.
func (p Promise) Budget() (Rho, error) {
	if !(p.Epsilon > 0) || math.IsInf(p.Epsilon, 0) || !(p.Delta > 0 && p.Delta < 1) {
		return 0, fmt.Errorf("noise: epsilon %v and delta %v promise nothing", p.Epsilon, p.Delta)
	}
	lo, hi := 0.0, p.Epsilon // rho above epsilon never keeps it: already a pure promise costs epsilon squared over two
	for hi < 2*p.Epsilon+2 && Rho(hi).Delta(p.Epsilon) <= p.Delta {
		hi *= 2
	}
	for range 100 {
		if mid := (lo + hi) / 2; Rho(mid).Delta(p.Epsilon) <= p.Delta {
			lo = mid
		} else {
			hi = mid
		}
	}
	return Rho(lo), nil
}

// Charge is a cost in millionths of a millionth of rho, rounded up: whole, so that a register adds it exactly.
type Charge int64

// Unit is how many charges are a rho of one.
const Unit = 1_000_000_000_000

// Rho gives a charge as it is counted with.
func (c Charge) Rho() Rho { return Rho(c) / Unit }

// Charge gives the largest charge that a budget bears.
func (r Rho) Charge() Charge {
	c := math.Floor(float64(r) * Unit)
	return Charge(max(0, min(c, math.MaxInt64/2)))
}

// String writes a charge as the decimal fraction of rho that it is.
func (c Charge) String() string { return fmt.Sprintf("%d.%012d", c/Unit, c%Unit) }
