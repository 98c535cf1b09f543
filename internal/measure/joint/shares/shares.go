// SPDX-License-Identifier: EUPL-1.2

// Package shares adds up numbers of several holders so that each holder learns the sum and nothing else, and a sum that was
// not made of what was dealt is found out, with the holder that made it.
//
// Each holder splits its row of numbers into as many shares as there are holders, which add up to it: any of them without the
// last is uniformly random. Shares for others follow from a seed of 32 bytes each, so that little travels. To every share goes
// a commitment (T. Pedersen, 1991): it tells nothing of the share, and who made it can open it in one way only. Commitments
// add up as shares do. Each holder adds the shares dealt to it, and shows the sum; everybody checks it against the sum of the
// commitments, and the sums of all holders are the sum of all numbers.
//
// What is not found out is a holder that deals false numbers from the start. That commitments bind rests on discrete
// logarithms, which a quantum computer finds; that they hide does not.
//
// Committing takes longer for some shares than for others: it is done by a job, where nobody measures it.
package shares

import (
	"bytes"
	"crypto/sha3"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"github.com/gtank/ristretto255"

	"github.com/entraide-thb/entraide/internal/exchange/match/fold"
)

// Bounds of one sum.
const (
	MostNumbers = 1 << 13
	MostHolders = 32
	Most        = 1 << 57 // of one number of one holder, and least below zero: sums of MostHolders fit into 63 bits
)

// Size is the bytes of a share or sum on the wire: one scalar for each number and one for the blind.
func Size(numbers int) int { return 32 * (numbers + 1) }

// Reasons why something is refused.
var (
	ErrBounds = errors.New("shares: 1 to 8192 numbers between -2^57 and 2^57 of 2 to 32 holders")
	ErrForm   = errors.New("shares: not a share of so many numbers")
	ErrSum    = errors.New("shares: what was added up is no sum of numbers within the bounds")
)

// Seed is what a share for another holder follows from: a secret of two.
type Seed [32]byte

// Commitment binds whoever made it to a share, and tells nothing of it.
type Commitment [32]byte

// Share is one row of a split, or a sum of such rows.
type Share struct {
	values []*ristretto255.Scalar
	blind  *ristretto255.Scalar
}

// Dealt is what a holder made of its numbers.
type Dealt struct {
	Own         Share        // to be kept to itself
	Seeds       []Seed       // for each holder, that holder only; its own is zero
	Commitments []Commitment // to each holder's share, for everybody
}

// Deal splits numbers among so many holders, of which self is the one who deals. Errors: ErrBounds, of random.
func Deal(numbers []int64, holders, self int, random io.Reader) (Dealt, error) {
	if len(numbers) == 0 || len(numbers) > MostNumbers || holders < 2 || holders > MostHolders || self < 0 || self >= holders ||
		slices.ContainsFunc(numbers, func(n int64) bool { return n > Most || n < -Most }) {
		return Dealt{}, ErrBounds
	}
	d := Dealt{Seeds: make([]Seed, holders), Commitments: make([]Commitment, holders)}
	own := Share{make([]*ristretto255.Scalar, len(numbers)), nil}
	for i, n := range numbers {
		own.values[i] = scalar(n)
	}
	var wide [64]byte
	if _, err := io.ReadFull(random, wide[:]); err != nil {
		return Dealt{}, err
	}
	own.blind = uniform(wide[:])
	for j := range holders {
		if j == self {
			continue
		}
		if _, err := io.ReadFull(random, d.Seeds[j][:]); err != nil {
			return Dealt{}, err
		}
		s := d.Seeds[j].Share(len(numbers))
		for i := range own.values {
			own.values[i].Subtract(own.values[i], s.values[i])
		}
		d.Commitments[j] = s.Commit()
	}
	d.Own, d.Commitments[self] = own, own.Commit()
	return d, nil
}

// Share gives the share of so many numbers that follows from a seed.
func (s Seed) Share(numbers int) Share {
	x := sha3.NewSHAKE256()
	_, _ = x.Write([]byte("entraide joint share v1\n"))
	_, _ = x.Write(s[:])
	out := Share{make([]*ristretto255.Scalar, numbers), nil}
	var wide [64]byte
	for i := range out.values {
		_, _ = x.Read(wide[:])
		out.values[i] = uniform(wide[:])
	}
	_, _ = x.Read(wide[:])
	out.blind = uniform(wide[:])
	return out
}

// Commit gives the commitment to a share.
func (s Share) Commit() Commitment {
	factors := append(slices.Clone(s.values), s.blind)
	points := make([]*ristretto255.Element, len(factors))
	for i := range s.values {
		points[i] = generator(uint32(i) + 1)
	}
	points[len(s.values)] = generator(0)
	return Commitment(fold.Sum(factors, points).Bytes())
}

// generator gives the element of one place: nobody knows how one is a multiple of others.
func generator(place uint32) *ristretto255.Element {
	x := sha3.NewSHAKE256()
	_, _ = x.Write(binary.BigEndian.AppendUint32([]byte("entraide joint generator v1\n"), place))
	var wide [64]byte
	_, _ = x.Read(wide[:])
	e, err := ristretto255.NewIdentityElement().SetUniformBytes(wide[:])
	if err != nil {
		panic("shares: " + err.Error()) // 64 bytes always make an element
	}
	return e
}

// Add adds up shares of the same numbers.
func Add(all ...Share) Share {
	out := Share{make([]*ristretto255.Scalar, len(all[0].values)), ristretto255.NewScalar()}
	for i := range out.values {
		out.values[i] = ristretto255.NewScalar()
	}
	for _, s := range all {
		for i := range out.values {
			out.values[i].Add(out.values[i], s.values[i])
		}
		out.blind.Add(out.blind, s.blind)
	}
	return out
}

// Matches says whether a sum opens the sum of commitments: those that all holders made for the one that shows it. A
// commitment that is no element matches nothing.
func (s Share) Matches(all []Commitment) bool {
	sum := ristretto255.NewIdentityElement()
	for _, c := range all {
		e, err := ristretto255.NewIdentityElement().SetCanonicalBytes(c[:])
		if err != nil {
			return false
		}
		sum.Add(sum, e)
	}
	got := s.Commit()
	return bytes.Equal(got[:], sum.Bytes())
}

// Open gives the numbers that all holders' sums add up to. Error: ErrSum where they are none within the bounds, as when a
// holder's sum is false.
func Open(sums []Share) ([]int64, error) {
	all := Add(sums...)
	out := make([]int64, len(all.values))
	for i, v := range all.values {
		n, ok := number(v)
		if !ok {
			return nil, ErrSum
		}
		out[i] = n
	}
	return out, nil
}

// Bytes gives a share as it travels or is stored.
func (s Share) Bytes() []byte {
	out := make([]byte, 0, Size(len(s.values)))
	for _, v := range append(slices.Clone(s.values), s.blind) {
		out = append(out, v.Bytes()...)
	}
	return out
}

// Parse reads what Bytes gave, of so many numbers. Error: ErrForm.
func Parse(b []byte, numbers int) (Share, error) {
	if numbers < 1 || numbers > MostNumbers || len(b) != Size(numbers) {
		return Share{}, ErrForm
	}
	out := Share{make([]*ristretto255.Scalar, numbers), nil}
	for i := range numbers + 1 {
		v, err := ristretto255.NewScalar().SetCanonicalBytes(b[32*i : 32*i+32])
		if err != nil {
			return Share{}, ErrForm
		}
		if i == numbers {
			out.blind = v
		} else {
			out.values[i] = v
		}
	}
	return out, nil
}

func uniform(wide []byte) *ristretto255.Scalar {
	v, err := ristretto255.NewScalar().SetUniformBytes(wide)
	if err != nil {
		panic("shares: " + err.Error()) // 64 bytes always make a scalar
	}
	return v
}

// scalar gives a number as one of the group's: negative ones count down from its order.
func scalar(n int64) *ristretto255.Scalar {
	var b [32]byte
	binary.LittleEndian.PutUint64(b[:], uint64(max(n, -n)))
	v, err := ristretto255.NewScalar().SetCanonicalBytes(b[:])
	if err != nil {
		panic("shares: " + err.Error()) // 63 bits are far below the order
	}
	if n < 0 {
		v.Negate(v)
	}
	return v
}

func number(v *ristretto255.Scalar) (int64, bool) {
	if n, ok := small(v); ok {
		return n, true
	}
	n, ok := small(ristretto255.NewScalar().Negate(v))
	return -n, ok
}

func small(v *ristretto255.Scalar) (int64, bool) {
	b := v.Bytes()
	n := binary.LittleEndian.Uint64(b)
	return int64(n), n <= Most*MostHolders && bytes.Count(b[8:], []byte{0}) == 24
}
