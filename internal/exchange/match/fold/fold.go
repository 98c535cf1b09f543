// SPDX-License-Identifier: EUPL-1.2

// Package fold adds up many elements of a group, each times a factor, faster than one by one.
package fold

import "github.com/gtank/ristretto255"

// fewPoints is how many are multiplied one by one: with fewer, what Sum saves goes into its piles.
const fewPoints = 300

// Sum gives the sum of all points, each times its factor, for many of them: Pippenger's method. The factors are cut into
// digits from -half to half; of each place the points with the same digit are piled up, and the piles summed. It takes longer
// for some factors than for others, so that nobody else may measure it where factors are secret.
func Sum(factors []*ristretto255.Scalar, points []*ristretto255.Element) *ristretto255.Element {
	if len(points) < fewPoints {
		return ristretto255.NewIdentityElement().VarTimeMultiScalarMult(factors, points)
	}
	bits := 8
	if len(points) > 2500 {
		bits = 9
	}
	places := 253/bits + 1 // a factor has 253 bits, and the last place may carry
	digits := make([][]int16, len(factors))
	for i, f := range factors {
		digits[i] = cutDigits(f, bits, places)
	}
	sum := ristretto255.NewIdentityElement()
	for place := places - 1; place >= 0; place-- {
		for range bits {
			sum.Add(sum, sum)
		}
		sum.Add(sum, pile(digits, points, place, 1<<(bits-1)))
	}
	return sum
}

// pile sums the points of one place, each times its digit: each pile once for itself and once more for every one below it.
func pile(digits [][]int16, points []*ristretto255.Element, place, half int) *ristretto255.Element {
	piles := make([]*ristretto255.Element, half+1)
	for i, p := range points {
		d := digits[i][place]
		at := max(d, -d)
		switch {
		case d == 0:
		case piles[at] == nil && d > 0:
			piles[at] = ristretto255.NewIdentityElement().Add(ristretto255.NewIdentityElement(), p)
		case piles[at] == nil:
			piles[at] = ristretto255.NewIdentityElement().Negate(p)
		case d > 0:
			piles[at].Add(piles[at], p)
		default:
			piles[at].Subtract(piles[at], p)
		}
	}
	above, all := ristretto255.NewIdentityElement(), ristretto255.NewIdentityElement()
	for d := half; d > 0; d-- {
		if piles[d] != nil {
			above.Add(above, piles[d])
		}
		all.Add(all, above)
	}
	return all
}

// cutDigits gives a factor in places of so many bits, lowest first, each digit at most half of what fits into it, or negative.
func cutDigits(f *ristretto255.Scalar, bits, places int) []int16 {
	b := append(f.Bytes(), 0, 0, 0)
	out := make([]int16, places)
	carry := 0
	for i := range out {
		at := i * bits
		d := carry
		if at/8 < 32 {
			d += (int(b[at/8]) | int(b[at/8+1])<<8 | int(b[at/8+2])<<16) >> (at % 8) & (1<<bits - 1)
		}
		if carry = 0; d > 1<<(bits-1) {
			d, carry = d-1<<bits, 1
		}
		out[i] = int16(d)
	}
	return out
}
