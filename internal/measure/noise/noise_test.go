// SPDX-License-Identifier: EUPL-1.2

package noise_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/noise"
)

// seeded gives coin tosses that are the same in every run.
func seeded(n byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{n, 'n', 'o', 'i', 's', 'e'}) }

// exact gives the probabilities of the discrete Gaussian from -reach to reach.
func exact(variance float64, reach int) []float64 {
	sum, p := 0.0, make([]float64, 2*reach+1)
	for x := -20 * reach; x <= 20*reach; x++ {
		sum += math.Exp(-float64(x) * float64(x) / (2 * variance))
	}
	for i := range p {
		x := float64(i - reach)
		p[i] = math.Exp(-x*x/(2*variance)) / sum
	}
	return p
}

// TestDrawsAreOfTheExactDistribution: chi-square against the probabilities themselves, for variances whose draws take every
// path, at a level that a right sampler fails once in a hundred million.
func TestDrawsAreOfTheExactDistribution(t *testing.T) {
	const draws = 400_000
	for _, variance := range []uint64{1, 2, 3, 10, 97, 1000} {
		reach := int(4*math.Sqrt(float64(variance))) + 1
		p := exact(float64(variance), reach)
		counts := make([]float64, len(p)+1) // the last: further out
		s := noise.New(seeded(byte(variance)))
		for range draws {
			x := int(s.Gaussian(variance)) + reach
			if x < 0 || x >= len(p) {
				x = len(p)
			}
			counts[x]++
		}
		rest, chi, cells := 1.0, 0.0, 0
		small, smallP := 0.0, 0.0 // cells of few are counted together
		for i, q := range p {
			if rest -= q; q*draws < 20 {
				small, smallP = small+counts[i], smallP+q
				continue
			}
			chi += (counts[i] - q*draws) * (counts[i] - q*draws) / (q * draws)
			cells++
		}
		small, smallP = small+counts[len(p)], smallP+max(0, rest)
		chi += (small - smallP*draws) * (small - smallP*draws) / (smallP*draws + 1)
		// Wilson and Hilferty: the cube root is nearly normal.
		n := float64(cells)
		if z := (math.Cbrt(chi/n) - (1 - 2/(9*n))) / math.Sqrt(2/(9*n)); z > 5.6 {
			t.Errorf("variance %d: chi-square %.1f of %d cells (z %.1f)", variance, chi, cells, z)
		}
	}
}

// TestLargeVariancesHaveTheirMoments: where no table of probabilities fits, mean, variance and fourth moment.
func TestLargeVariancesHaveTheirMoments(t *testing.T) {
	const draws = 200_000
	for _, variance := range []uint64{1 << 20, 123_456_789_012, 1<<45 + 12345, noise.MaxVariance} {
		s := noise.New(seeded(7))
		var m1, m2, m4 float64
		for range draws {
			x := float64(s.Gaussian(variance)) / math.Sqrt(float64(variance))
			m1, m2, m4 = m1+x, m2+x*x, m4+x*x*x*x
		}
		m1, m2, m4 = m1/draws, m2/draws, m4/draws
		if e := 5.6 / math.Sqrt(draws); math.Abs(m1) > e || math.Abs(m2-1) > e*math.Sqrt2 || math.Abs(m4-3) > e*math.Sqrt(96) {
			t.Errorf("variance %d: moments %.4f %.4f %.4f, want 0 1 3", variance, m1, m2, m4)
		}
	}
}

// TestAWrongVarianceWouldShow: half the noise that was promised does not pass.
func TestAWrongVarianceWouldShow(t *testing.T) {
	s := noise.New(seeded(1))
	var m2 float64
	const draws = 100_000
	for range draws {
		x := float64(s.Gaussian(50))
		m2 += x * x
	}
	if m2 /= draws; m2 > 75 {
		t.Errorf("noise of variance 50 passes for one of 100: %.1f", m2)
	}
}

func TestNoRandomnessIsSaid(t *testing.T) {
	s := noise.New(failing{})
	s.Gaussian(100)
	if err := s.Err(); !errors.Is(err, errEmpty) {
		t.Errorf("err %v", err)
	}
}

var errEmpty = errors.New("empty")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errEmpty }

// TestPromises: what a budget buys costs no more than it, and the known values of the paper's conversion hold: it never
// promises more than the standard bound rho + 2 sqrt(rho log(1/delta)) allows, and always less than the older one pays.
func TestPromises(t *testing.T) {
	for _, rho := range []noise.Rho{0.001, 0.01, 0.1, 0.5, 1, 5} {
		for _, delta := range []float64{1e-9, 1e-6, 4.7e-6, 1e-3} {
			p, err := rho.At(delta)
			if err != nil {
				t.Fatal(err)
			}
			if old := float64(rho) + 2*math.Sqrt(float64(rho)*math.Log(1/delta)); p.Epsilon >= old || p.Epsilon < 0.5*old {
				t.Errorf("rho %v at %v: epsilon %v beside the older bound %v", rho, delta, p.Epsilon, old)
			}
			if d := rho.Delta(p.Epsilon); d > delta*(1+1e-6) {
				t.Errorf("rho %v at epsilon %v: delta %v over %v", rho, p.Epsilon, d, delta)
			}
			back, err := p.Budget()
			if err != nil || math.Abs(float64(back-rho)) > 1e-4*float64(rho) {
				t.Errorf("rho %v comes back as %v, %v", rho, back, err)
			}
		}
	}
	for _, bad := range []noise.Promise{{}, {1, 0}, {0, 1e-6}, {math.NaN(), 1e-6}, {math.Inf(1), 1e-6}, {1, 1}} {
		if _, err := bad.Budget(); err == nil {
			t.Errorf("%v is a promise", bad)
		}
	}
}

func BenchmarkGaussian(b *testing.B) {
	for name, v := range map[string]uint64{"100": 100, "1e9": 1e9, "1e12": 1e12} {
		b.Run(name, func(b *testing.B) {
			s := noise.New(rand.NewChaCha8([32]byte{}))
			for b.Loop() {
				s.Gaussian(v)
			}
		})
	}
}

// TestChoicesAreOfTheExactDistribution: each score's share against its probability, at a level that a right mechanism fails once
// in a million.
func TestChoicesAreOfTheExactDistribution(t *testing.T) {
	const draws = 200_000
	scores := []int64{0, 3, 5, -20, 4}
	for _, rho := range []noise.Rho{0.005, 0.125, 0.5} {
		gamma, sum := math.Sqrt(2*float64(rho)), 0.0
		for _, x := range scores {
			sum += math.Exp(gamma * float64(x))
		}
		counts := make([]float64, len(scores))
		s := noise.New(seeded(9))
		for range draws {
			counts[s.Choose(scores, rho)]++
		}
		for i, x := range scores {
			p := math.Exp(gamma*float64(x)) / sum
			if d := math.Abs(counts[i]/draws - p); d > 5*math.Sqrt(p*(1-p)/draws)+1e-5 {
				t.Errorf("rho %v: score %d is chosen %.5f of the time, want %.5f", rho, x, counts[i]/draws, p)
			}
		}
	}
}
