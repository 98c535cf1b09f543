// SPDX-License-Identifier: EUPL-1.2

package shares

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gtank/ristretto255"
	"pgregory.net/rapid"
)

// deal lets every holder deal its numbers, and gives the sums that an honest holder shows of what was dealt to it.
func deal(t testing.TB, rows [][]int64, random *rand.ChaCha8) (all []Dealt, sums []Share) {
	t.Helper()
	for i, row := range rows {
		d, err := Deal(row, len(rows), i, random)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	for j := range rows {
		sums = append(sums, sumOf(all, j, len(rows[0])))
	}
	return all, sums
}

func sumOf(all []Dealt, j, numbers int) Share {
	mine := []Share{all[j].Own}
	for i, d := range all {
		if i != j {
			mine = append(mine, d.Seeds[j].Share(numbers))
		}
	}
	return Add(mine...)
}

func to(all []Dealt, j int) (out []Commitment) {
	for _, d := range all {
		out = append(out, d.Commitments[j])
	}
	return out
}

func TestTheSumIsThatOfAllHolders(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		holders, numbers := rapid.IntRange(2, 6).Draw(r, "holders"), rapid.IntRange(1, 40).Draw(r, "numbers")
		rows, want := make([][]int64, holders), make([]int64, numbers)
		for i := range rows {
			rows[i] = rapid.SliceOfN(rapid.Int64Range(-Most, Most), numbers, numbers).Draw(r, "row")
			for k, n := range rows[i] {
				want[k] += n
			}
		}
		all, sums := deal(t, rows, rand.NewChaCha8([32]byte{1}))
		for j, s := range sums {
			if !s.Matches(to(all, j)) {
				r.Fatalf("an honest sum does not match")
			}
			back, err := Parse(s.Bytes(), numbers)
			if err != nil {
				r.Fatal(err)
			}
			sums[j] = back
		}
		got, err := Open(sums)
		if err != nil || !slices.Equal(got, want) {
			r.Fatalf("got %v, want %v: %v", got, want, err)
		}
	})
}

// TestAFalseSumIsFoundOut changes one number of one holder's sum, its blind, and a seed that was dealt.
func TestAFalseSumIsFoundOut(t *testing.T) {
	all, sums := deal(t, [][]int64{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, rand.NewChaCha8([32]byte{2}))
	one := scalar(1)
	for what, change := range map[string]func(Share) Share{
		"number": func(s Share) Share { s.values[1] = ristretto255.NewScalar().Add(s.values[1], one); return s },
		"blind":  func(s Share) Share { s.blind = ristretto255.NewScalar().Add(s.blind, one); return s },
		"two numbers": func(s Share) Share {
			s.values[0], s.values[1] = ristretto255.NewScalar().Add(s.values[0], one), ristretto255.NewScalar().Subtract(s.values[1], one)
			return s
		},
	} {
		for j := range sums {
			if change(Add(sums[j])).Matches(to(all, j)) {
				t.Errorf("holder %d with another %s goes through", j, what)
			}
		}
	}
	wrong := all[0].Seeds[1]
	wrong[0] ^= 1
	if wrong.Share(3).Commit() == all[0].Commitments[1] {
		t.Error("another seed opens the commitment")
	}
	if all[0].Seeds[1].Share(3).Commit() != all[0].Commitments[1] {
		t.Error("a seed does not open its commitment")
	}
	if sums[0].Matches([]Commitment{{255}, all[1].Commitments[0], all[2].Commitments[0]}) {
		t.Error("what is no element matches")
	}
}

// TestAllButOneLearnNothing deals two different rows with coins that give the same shares to others: what they see is then the
// same, so that it can say nothing of which row it was.
func TestAllButOneLearnNothing(t *testing.T) {
	a, err1 := Deal([]int64{5, 0, -3}, 3, 0, rand.NewChaCha8([32]byte{3}))
	b, err2 := Deal([]int64{-900, 17, 4}, 3, 0, rand.NewChaCha8([32]byte{3}))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Seeds, b.Seeds) || !slices.Equal(a.Commitments[1:], b.Commitments[1:]) || a.Commitments[0] == b.Commitments[0] {
		t.Fatal("what others see depends on the numbers")
	}
	// The commitment to the own share is the one thing that differs; for each of the two there is a blind under which it
	// would be that of the other row, which only who knows a logarithm of the generators can name: it hides perfectly. What
	// can be tested is that the same numbers with other coins commit otherwise.
	c, err := Deal([]int64{5, 0, -3}, 3, 0, rand.NewChaCha8([32]byte{4}))
	if err != nil || c.Commitments[0] == a.Commitments[0] {
		t.Fatalf("the same numbers commit alike: %v", err)
	}
}

// TestOwnShareLooksRandom looks at the lowest byte of the own share of very unlike numbers.
func TestOwnShareLooksRandom(t *testing.T) {
	random := rand.NewChaCha8([32]byte{5})
	var seen [256]float64
	numbers := make([]int64, 4096)
	for range 8 {
		d, err := Deal(numbers, 2, 0, random)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range d.Own.values {
			seen[v.Bytes()[0]]++
		}
	}
	chi := 0.0
	for _, n := range seen {
		chi += (n - 128) * (n - 128) / 128
	}
	if chi > 330 { // 255 degrees of freedom: one in a thousand lies above 330.5
		t.Errorf("chi-square %.1f", chi)
	}
}

func TestBounds(t *testing.T) {
	random := rand.NewChaCha8([32]byte{6})
	for what, f := range map[string]func() error{
		"none":       func() error { _, err := Deal(nil, 2, 0, random); return err },
		"one holder": func() error { _, err := Deal([]int64{1}, 1, 0, random); return err },
		"large":      func() error { _, err := Deal([]int64{Most + 1}, 2, 0, random); return err },
		"many":       func() error { _, err := Deal(make([]int64, MostNumbers+1), 2, 0, random); return err },
		"who":        func() error { _, err := Deal([]int64{1}, 2, 2, random); return err },
	} {
		if err := f(); !errors.Is(err, ErrBounds) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, sums := deal(t, [][]int64{{1}, {2}}, random)
	if _, err := Open(sums[:1]); !errors.Is(err, ErrSum) {
		t.Errorf("half of the sums opens: %v", err)
	}
	for _, b := range [][]byte{nil, make([]byte, 63), bytesOf(64, 255)} {
		if _, err := Parse(b, 1); !errors.Is(err, ErrForm) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
}

func bytesOf(n int, b byte) []byte { return slices.Repeat([]byte{b}, n) }

func FuzzParse(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := Parse(b, max(1, len(b)/32-1)); err == nil && !slices.Equal(s.Bytes(), b) {
			t.Fatal("read and written is not the same")
		}
	})
}

func BenchmarkCommit(b *testing.B) {
	numbers := make([]int64, 4096)
	d, err := Deal(numbers, 2, 0, rand.NewChaCha8([32]byte{7}))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d.Own.Commit()
	}
}
