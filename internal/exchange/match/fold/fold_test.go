// SPDX-License-Identifier: EUPL-1.2

package fold

import (
	"bytes"
	"crypto/sha512"
	"testing"

	"github.com/gtank/ristretto255"
	"pgregory.net/rapid"
)

// TestSumIsThatOfTheLibrary compares with the sum as the group's library makes it, at sizes around those where the method changes and
// with factors that carry into the last place.
func TestSumIsThatOfTheLibrary(t *testing.T) {
	most := ristretto255.NewScalar().Subtract(ristretto255.NewScalar(), one())
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.SampledFrom([]int{1, 2, fewPoints - 1, fewPoints, 700, 2600}).Draw(r, "points")
		seed := rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(r, "seed")
		var factors []*ristretto255.Scalar
		var points []*ristretto255.Element
		point := ristretto255.NewIdentityElement().ScalarBaseMult(scalar("point", seed))
		for i := range n {
			f := scalar("factor", append([]byte{byte(i), byte(i >> 8)}, seed...))
			switch i % 50 {
			case 0:
				f = most
			case 1:
				f = ristretto255.NewScalar()
			case 2:
				f = one()
			}
			factors, points = append(factors, f), append(points, ristretto255.NewIdentityElement().Add(point, ristretto255.NewIdentityElement()))
			if i%3 > 0 { // some points come twice
				point.Add(point, ristretto255.NewGeneratorElement())
			}
		}
		if got, want := Sum(factors, points), ristretto255.NewIdentityElement().VarTimeMultiScalarMult(factors, points); got.Equal(want) != 1 {
			r.Fatalf("of %d points", n)
		}
	})
}

func one() *ristretto255.Scalar {
	s, err := ristretto255.NewScalar().SetCanonicalBytes(append([]byte{1}, bytes.Repeat([]byte{0}, 31)...))
	if err != nil {
		panic(err)
	}
	return s
}

func scalar(domain string, seed []byte) *ristretto255.Scalar {
	b := sha512.Sum512(append([]byte(domain), seed...))
	s, err := ristretto255.NewScalar().SetUniformBytes(b[:])
	if err != nil {
		panic(err)
	}
	return s
}
