// SPDX-License-Identifier: EUPL-1.2

package capture_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/capture"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// counted puts people on three lists and counts each pair privately, or exactly where epsilon is 0. together is the chance to be on
// b for who is on a.
func counted(people int, epsilon, together float64, seed uint64) capture.Overlaps {
	g := rand.New(rand.NewPCG(seed, 4))
	o := capture.Overlaps{Names: []string{"a", "b", "c"}, Sizes: make([]int64, 3)}
	for _, p := range []capture.Pair{{0, 1}, {0, 2}, {1, 2}} {
		o.Pairs = append(o.Pairs, capture.Overlap{Pair: p, Epsilons: []float64{epsilon}})
	}
	for range people {
		a := g.Float64() < 0.15
		b, c := g.Float64() < 0.12, g.Float64() < 0.2
		if a && together > 0 {
			b = g.Float64() < together
		}
		for i, on := range []bool{a, b, c} {
			if on {
				o.Sizes[i]++
			}
		}
		for i, both := range []bool{a && b, a && c, b && c} {
			if both {
				o.Pairs[i].Count++
			}
		}
	}
	if epsilon > 0 {
		for i := range o.Pairs {
			o.Pairs[i].Count += math.Floor(g.ExpFloat64()/epsilon) - math.Floor(g.ExpFloat64()/epsilon)
		}
	}
	return o
}

// TestCountedOverlapsHoldTheTruth: of 3000 people on three lists of which only sizes and private counts of pairs are known, the
// interval holds 3000 about as often as it says.
func TestCountedOverlapsHoldTheTruth(t *testing.T) {
	held, wide := 0, 0.0
	const trials = 40
	for seed := range uint64(trials) {
		o := counted(3000, 0.5, 0, seed)
		if err := o.Check(); err != nil {
			t.Fatal(err)
		}
		c, err := o.Choose()
		if err != nil {
			t.Fatal(err)
		}
		i, err := o.Bootstrap(t.Context(), c, true, 100, 1, nil)
		if err != nil || i.Low > c.Total || i.High < c.Total {
			t.Fatalf("%+v %+v %v", c, i, err)
		}
		if i.Low <= 3000 && 3000 <= i.High {
			held++
		}
		wide += i.High - i.Low
	}
	t.Logf("%d of %d hold the truth, %.0f wide on average", held, trials, wide/trials)
	if held < trials*85/100 {
		t.Errorf("%d of %d intervals hold the truth", held, trials)
	}
}

// TestNoiseWidens: the same overlaps say less where they were counted with noise.
func TestNoiseWidens(t *testing.T) {
	exact := counted(1500, 0, 0, 2)
	noisy := capture.Overlaps{Names: exact.Names, Sizes: exact.Sizes, Pairs: slices.Clone(exact.Pairs)}
	for i := range noisy.Pairs {
		noisy.Pairs[i].Epsilons = []float64{0.2}
	}
	var width [2]float64
	for n, o := range []capture.Overlaps{exact, noisy} {
		c, err := o.Fit()
		if err != nil {
			t.Fatal(err)
		}
		i, err := o.Bootstrap(t.Context(), c, false, 400, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := o.Bootstrap(t.Context(), c, false, 400, 1, nil)
		if err != nil || again != i {
			t.Errorf("%+v, then %+v, %v", i, again, err)
		}
		width[n] = i.High - i.Low
	}
	if width[1] < 1.15*width[0] {
		t.Errorf("%.0f wide with noise, %.0f without", width[1], width[0])
	}
}

// TestAPairThatGoesTogetherIsSetAside: with it the number would be far too low.
func TestAPairThatGoesTogetherIsSetAside(t *testing.T) {
	o := counted(5000, 0.5, 0.6, 3)
	plain, err := o.Fit()
	if err != nil {
		t.Fatal(err)
	}
	c, err := o.Choose()
	if err != nil || !slices.Equal(c.Aside, []capture.Pair{{0, 1}}) || c.Freedom != 1 {
		t.Fatalf("%+v %v", c, err)
	}
	if math.Abs(c.Total-5000) > 700 || plain.Total > 3500 {
		t.Errorf("%.0f with the pair set aside, %.0f with it", c.Total, plain.Total)
	}
	if w, ok := o.Witness(o.Pairs[0]); !ok || w > 2500 {
		t.Errorf("the pair alone says %.0f, %v", w, ok)
	}
}

func TestTwoListsAreChapmans(t *testing.T) {
	o := capture.Overlaps{Names: []string{"a", "b"}, Sizes: []int64{200, 300}, Pairs: []capture.Overlap{{Pair: capture.Pair{0, 1}, Count: 50, Epsilons: []float64{0}}}}
	c, err := o.Choose()
	if err != nil || math.Abs(c.Total-(201.0*301/51-1)) > 0.01 || c.Freedom != 0 {
		t.Errorf("%+v %v", c, err)
	}
}

// TestWhatDoesNotSayIsRefused: overlaps that could be nobody give no number, or one without an upper end.
func TestWhatDoesNotSayIsRefused(t *testing.T) {
	o := capture.Overlaps{Names: []string{"a", "b"}, Sizes: []int64{200, 300}, Pairs: []capture.Overlap{{Pair: capture.Pair{0, 1}, Count: 5, Epsilons: []float64{0.5}}}}
	if c, err := o.Choose(); !errors.Is(err, capture.ErrNone) {
		t.Errorf("5 with noise of deviation 2.8: %+v %v", c, err)
	}
	o.Pairs[0].Count = 7
	c, err := o.Choose()
	if err != nil {
		t.Fatal(err)
	}
	if i, err := o.Bootstrap(t.Context(), c, true, 200, 1, nil); err != nil || !math.IsInf(i.High, 1) || i.Failed == 0 {
		t.Errorf("%+v %v", i, err)
	}
	if _, err := o.Fit(capture.Pair{0, 1}); !errors.Is(err, capture.ErrNone) {
		t.Errorf("no pair left: %v", err)
	}
}

func TestOverlapsTwoByTwoAreRead(t *testing.T) {
	l, o, err := capture.Either(strings.NewReader("first,second,count,epsilon\nA,A,120,\nB,B,300\nA,B,17,0.5\nB, A,19,0.5\n"))
	if err != nil || o == nil || len(l.Names) != 0 || !slices.Equal(o.Sizes, []int64{120, 300}) || len(o.Pairs) != 1 || o.Pairs[0].Count != 18 || len(o.Pairs[0].Epsilons) != 2 {
		t.Fatalf("%+v %+v %v", l, o, err)
	}
	if l, o, err = capture.Either(strings.NewReader("a,b,count\n1,0,5\n")); err != nil || o != nil || l.People() != 5 {
		t.Errorf("%+v %+v %v", l, o, err)
	}
	for name, text := range map[string]string{"a length is missing": "A,B,4\nB,B,9\n", "to be filled in": "A,A,\nB,B,9\nA,B,4\n", "a list that meets none": "A,A,9\nB,B,9\nC,C,4\nA,B,3\n", "more than there are": "A,A,9\nB,B,9\nA,B,10\n",
		"far below nobody": "A,A,9\nB,B,9\nA,B,-30,0.5\n", "one list": "A,A,9\n", "no number": "A,A,x\n", "epsilon": "A,A,9\nB,B,9\nA,B,2,-1\n", "not a number": "A,A,9\nB,B,9\nA,B,2,NaN\n", "noise in a length": "A,A,9,0.5\n", "nothing": "", "wide": "A,A,1,0,0\n"} {
		if _, _, err := capture.Either(strings.NewReader("first,second,count,epsilon\n" + text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := capture.Either(bytes.NewReader(make([]byte, 2<<20))); !fault.Is(err, fault.TooMuch) {
		t.Errorf("too long: %v", err)
	}
}

func FuzzEither(f *testing.F) {
	f.Add([]byte("first,second,count,epsilon\nA,A,120,\nB,B,300\nA,B,17,0.5\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, o, err := capture.Either(bytes.NewReader(text))
		if err != nil || o == nil {
			return
		}
		if c, err := o.Choose(); err == nil && !(c.Total >= o.Known() && c.Total < 1e19) {
			t.Fatalf("%v, known %v, of %+v", c.Total, o.Known(), o)
		}
	})
}
