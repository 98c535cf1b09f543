// SPDX-License-Identifier: EUPL-1.2

package linear_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/linear"
)

// TestGreatestAndLeastAreWhatTryingAllGives compares with every whole solution of small problems whose extremes are whole: a
// table's cells with its margins.
func TestGreatestAndLeastAreWhatTryingAllGives(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 3))
	for trial := range 300 {
		rows, cols := 2+g.IntN(2), 2+g.IntN(2)
		truth, high := make([]int, rows*cols), make([]float64, rows*cols)
		for i := range truth {
			truth[i] = g.IntN(4)
			high[i] = float64(truth[i] + g.IntN(3))
		}
		p := linear.New(make([]float64, len(truth)), high)
		var sums [][]int
		for r := range rows {
			var line []int
			for c := range cols {
				line = append(line, r*cols+c)
			}
			sums = append(sums, line)
		}
		for c := range cols {
			var line []int
			for r := range rows {
				line = append(line, r*cols+c)
			}
			sums = append(sums, line)
		}
		rights := make([]int, len(sums))
		for i, line := range sums {
			var terms []linear.Term
			for _, x := range line {
				rights[i] += truth[x]
				terms = append(terms, linear.Term{Number: x, Coefficient: 1})
			}
			p.Require(float64(rights[i]), terms...)
		}
		least, greatest := tryAll(high, sums, rights)
		for x := range truth {
			one := linear.Term{Number: x, Coefficient: 1}
			lo, _, err := p.Least(t.Context(), one)
			if err != nil {
				t.Fatal(err)
			}
			hi, at, err := p.Greatest(t.Context(), one)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(lo-float64(least[x])) > 1e-6 || math.Abs(hi-float64(greatest[x])) > 1e-6 || math.Abs(at[x]-hi) > 1e-6 {
				t.Fatalf("trial %d cell %d: %v to %v, want %d to %d", trial, x, lo, hi, least[x], greatest[x])
			}
		}
	}
}

func tryAll(high []float64, sums [][]int, rights []int) (least, greatest []int) {
	least, greatest = make([]int, len(high)), make([]int, len(high))
	for i := range least {
		least[i], greatest[i] = math.MaxInt, -1
	}
	x := make([]int, len(high))
	var try func(i int)
	try = func(i int) {
		if i == len(x) {
			for s, line := range sums {
				sum := 0
				for _, c := range line {
					sum += x[c]
				}
				if sum != rights[s] {
					return
				}
			}
			for c, v := range x {
				least[c], greatest[c] = min(least[c], v), max(greatest[c], v)
			}
			return
		}
		for v := 0; v <= int(high[i]); v++ {
			x[i] = v
			try(i + 1)
		}
	}
	try(0)
	return least, greatest
}

func TestWhatHasNoAnswer(t *testing.T) {
	one := linear.Term{Number: 0, Coefficient: 1}
	p := linear.New([]float64{0, 0}, []float64{1, 1})
	p.Require(3, one, linear.Term{Number: 1, Coefficient: 1})
	if _, _, err := p.Least(t.Context(), one); !errors.Is(err, linear.ErrContradiction) {
		t.Errorf("three of two that are at most one: %v", err)
	}
	p = linear.New([]float64{0, 0}, []float64{linear.Infinity, linear.Infinity})
	p.Require(1, one, linear.Term{Number: 1, Coefficient: -1})
	if v, _, err := p.Least(t.Context(), one); err != nil || math.Abs(v-1) > 1e-9 {
		t.Errorf("least %v, %v", v, err)
	}
	if _, _, err := p.Greatest(t.Context(), one); !errors.Is(err, linear.ErrUnbounded) {
		t.Errorf("without a bound: %v", err)
	}
	if _, _, err := linear.New([]float64{2}, []float64{1}).Least(t.Context(), one); !errors.Is(err, linear.ErrContradiction) {
		t.Errorf("a bound below the other: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := linear.New([]float64{0}, []float64{1}).Least(ctx, one); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

// BenchmarkIntervals asks for both ends of all cells of a table of 24 by 28 whose margins are known.
func BenchmarkIntervals(b *testing.B) {
	const rows, cols = 24, 28
	g := rand.New(rand.NewPCG(1, 3))
	truth := make([]float64, rows*cols)
	high := make([]float64, rows*cols)
	for i := range truth {
		truth[i] = float64(g.IntN(30))
		high[i] = linear.Infinity
	}
	for b.Loop() {
		p := linear.New(make([]float64, rows*cols), high)
		for r := range rows {
			var terms []linear.Term
			sum := 0.0
			for c := range cols {
				terms = append(terms, linear.Term{Number: r*cols + c, Coefficient: 1})
				sum += truth[r*cols+c]
			}
			p.Require(sum, terms...)
		}
		for c := range cols {
			var terms []linear.Term
			sum := 0.0
			for r := range rows {
				terms = append(terms, linear.Term{Number: r*cols + c, Coefficient: 1})
				sum += truth[r*cols+c]
			}
			p.Require(sum, terms...)
		}
		for x := range truth {
			one := linear.Term{Number: x, Coefficient: 1}
			if _, _, err := p.Least(b.Context(), one); err != nil {
				b.Fatal(err)
			}
			if _, _, err := p.Greatest(b.Context(), one); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(2*rows*cols, "answers/op")
}
