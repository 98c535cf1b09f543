// SPDX-License-Identifier: EUPL-1.2

// Package capture estimates how many people there are of whom several lists each know some: from how the lists overlap, by
// log-linear models (multiple systems estimation, or capture and recapture).
//
// A model says which pairs of lists depend on each other; Choose adds pairs one by one as long as the data ask for them. The
// estimate is for those whom the lists can reach at all: a group that no list ever meets is not in it. With few overlaps it
// hangs on the model more than on the data, so that an interval (Bootstrap) and a bound that needs no model (LowerBound) are
// always told with it.
//
// Sparse tables are handled as in L. Chan, B. Silverman, K. Vincent, "Multiple systems estimation for sparse capture data"
// (JASA 2021): a pair of lists that nobody is on both of has an effect of minus infinity, and its cells are left out.
package capture

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Bounds of lists.
const (
	LeastLists = 2
	MostLists  = 10
	MostPeople = 1 << 31
)

// Lists is how many people are on which lists: Seen[m] is how many are on exactly those whose bits are set in m. Seen has an
// entry for each of the combinations; the first, of those on no list, is not known and zero.
type Lists struct {
	Names []string
	Seen  []int64
}

// New counts nobody yet on lists of these names.
func New(names ...string) (Lists, error) {
	sorted := slices.Sorted(slices.Values(names))
	if len(names) < LeastLists || len(names) > MostLists || len(slices.Compact(sorted)) != len(names) || slices.Contains(names, "") {
		return Lists{}, fault.Bad("lists", "statistics.want.lists", "Min", LeastLists, "Max", MostLists)
	}
	return Lists{names, make([]int64, 1<<len(names))}, nil
}

// Add counts people on exactly the lists given.
func (l Lists) Add(on []bool, people int64) error {
	m := 0
	for i, x := range on {
		if x {
			m |= 1 << i
		}
	}
	if len(on) != len(l.Names) || m == 0 {
		return fault.Bad("lists", "statistics.want.on_list")
	}
	if people < 0 || people > MostPeople-l.People() {
		return fault.Bad("people", "statistics.want.people")
	}
	l.Seen[m] += people
	return nil
}

// People is how many are on at least one list.
func (l Lists) People() int64 {
	var n int64
	for _, x := range l.Seen {
		n += x
	}
	return n
}

// LowerBound is Chao's: how many there are at least, if nothing is known of how lists depend on each other (A. Chao, 1987):
// n + f1^2 / (2 f2), with f1 and f2 people on one list only, and on two. It has no value when nobody is on two.
func (l Lists) LowerBound() (float64, bool) {
	var f [3]float64
	for m, x := range l.Seen {
		if k := bits.OnesCount(uint(m)); k == 1 || k == 2 {
			f[k] += float64(x)
		}
	}
	return float64(l.People()) + f[1]*f[1]/(2*f[2]), f[2] > 0
}

// Pair is two lists by their numbers, the smaller first: being on one makes being on the other likelier, or less likely.
type Pair [2]int

// Fit is a model fitted to lists.
type Fit struct {
	Pairs    []Pair
	Total    float64 // how many people there are
	Unseen   float64 // of them on no list
	Deviance float64
	Freedom  int     // cells less parameters
	BIC      float64 // deviance, and log of the people for each parameter
}

// ErrNone says that a model gives no estimate of these data: its likelihood has no largest value at finite numbers.
var ErrNone = fmt.Errorf("capture: the data do not bound this model")

// Fit fits a model in which the given pairs depend on each other and all else does not. Error: ErrNone.
func (l Lists) Fit(pairs ...Pair) (Fit, error) {
	d := l.design(pairs)
	fit := Fit{Pairs: slices.Clone(pairs)}
	b, deviance, err := d.solve()
	if err != nil {
		return fit, err
	}
	for _, x := range b[1:] {
		if math.Abs(x) > unbounded {
			return fit, ErrNone
		}
	}
	fit.Unseen = math.Exp(b[0])
	if n := float64(l.People()); fit.Unseen > n*1e9 || n == 0 {
		return fit, ErrNone
	}
	fit.Total, fit.Deviance = float64(l.People())+fit.Unseen, deviance
	parameters := 1 + len(l.Names) + len(pairs)
	fit.Freedom = len(l.Seen) - 1 - parameters
	fit.BIC = deviance + float64(parameters)*math.Log(float64(l.People()))
	return fit, nil
}

// unbounded is beyond what an effect, on the scale of logarithms, is when it is one: 5 x 10^6 times as likely.
const unbounded = 15.5

// design is the cells that a model is fitted on and which effects each has.
type design struct {
	y    []float64
	rows [][]float64
}

func (l Lists) design(pairs []Pair) design {
	var d design
	var finite []Pair
	gone := func(m int) bool { return false }
	for _, p := range pairs {
		both := 1<<p[0] | 1<<p[1]
		if l.onAll(both) > 0 {
			finite = append(finite, p)
			continue
		}
		before := gone
		gone = func(m int) bool { return m&both == both || before(m) }
	}
	for m := 1; m < len(l.Seen); m++ {
		if gone(m) {
			continue
		}
		row := []float64{1}
		for i := range l.Names {
			row = append(row, float64(m>>i&1))
		}
		for _, p := range finite {
			row = append(row, float64(m>>p[0]&1*(m>>p[1]&1)))
		}
		d.y, d.rows = append(d.y, float64(l.Seen[m])), append(d.rows, row)
	}
	return d
}

// onAll is how many are on all lists of a combination, and perhaps more.
func (l Lists) onAll(of int) (n int64) {
	for m, x := range l.Seen {
		if m&of == of {
			n += x
		}
	}
	return n
}

// solve fits a Poisson regression with logarithmic link by Newton's steps, and gives effects and deviance.
func (d design) solve() (b []float64, deviance float64, err error) {
	k := len(d.rows[0])
	b = make([]float64, k)
	eta := make([]float64, len(d.y))
	for i, y := range d.y {
		eta[i] = math.Log(y + 0.5)
	}
	before := math.Inf(1)
	for range 200 {
		left, right := make([][]float64, k), make([]float64, k)
		for i := range left {
			left[i] = make([]float64, k)
		}
		for c, row := range d.rows {
			mu := math.Exp(eta[c])
			z := eta[c] + (d.y[c]-mu)/mu
			for i, x := range row {
				if x == 0 {
					continue
				}
				right[i] += x * mu * z
				for j := range i + 1 {
					left[i][j] += x * mu * row[j]
				}
			}
		}
		if !cholesky(left, right) {
			return nil, 0, ErrNone
		}
		copy(b, right)
		deviance = 0
		for c, row := range d.rows {
			eta[c] = 0
			for i, x := range row {
				eta[c] += x * b[i]
			}
			eta[c] = min(eta[c], 50)
			mu := math.Exp(eta[c])
			if y := d.y[c]; y > 0 {
				deviance += 2 * (y*math.Log(y/mu) - y + mu)
			} else {
				deviance += 2 * mu
			}
		}
		if math.IsNaN(deviance) {
			return nil, 0, ErrNone
		}
		if math.Abs(before-deviance) < 1e-10*(math.Abs(deviance)+0.1) {
			return b, deviance, nil
		}
		before = deviance
	}
	return nil, 0, ErrNone
}

// cholesky solves a x = b for a positive definite a, given by its lower half; x takes b's place.
func cholesky(a [][]float64, b []float64) bool {
	for i := range a {
		for j := range i + 1 {
			sum := a[i][j]
			for k := range j {
				sum -= a[i][k] * a[j][k]
			}
			if i != j {
				a[i][j] = sum / a[j][j]
				continue
			}
			if !(sum > 1e-12*(1+a[i][i])) {
				return false
			}
			a[i][i] = math.Sqrt(sum)
		}
	}
	for i := range b {
		for k := range i {
			b[i] -= a[i][k] * b[k]
		}
		b[i] /= a[i][i]
	}
	for i := len(b) - 1; i >= 0; i-- {
		for k := i + 1; k < len(b); k++ {
			b[i] -= a[k][i] * b[k]
		}
		b[i] /= a[i][i]
	}
	return true
}
