// SPDX-License-Identifier: EUPL-1.2

// Package noise draws the random integers that hide one person in a table, and says how well they hide.
//
// Draws are exactly of the discrete Gaussian distribution (C. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for
// Differential Privacy", 2020, algorithms 1 to 3): integers and coin tosses only, no floating point, so that nothing of the
// true value is left in the lowest bits. Rho counts what a release costs; rho of several releases adds up.
//
// How long a draw takes depends on what is drawn, as in every rejection sampler: whoever can measure single draws learns
// something of the noise. Releases are made by a job and published together, never answered cell by cell.
package noise

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
)

// MaxVariance is the largest variance of a draw.
const MaxVariance = 1 << 54

// Source draws integers. It is used by one goroutine at a time.
type Source struct {
	random io.Reader
	err    error
	buffer [1 << 10]byte
	ready  []byte
	tosses uint64 // left of a word, lowest first
	left   int
}

// New gives a source that takes its coin tosses from random: crypto/rand for a release, a seeded stream in tests only. What
// random gives must be read by nobody else.
func New(random io.Reader) *Source { return &Source{random: random} }

// Err says whether random failed; then all draws since are worthless.
func (s *Source) Err() error {
	if s.err != nil {
		return fmt.Errorf("noise: no randomness: %w", s.err)
	}
	return nil
}

func (s *Source) word() uint64 {
	if len(s.ready) == 0 {
		if s.err == nil {
			_, s.err = io.ReadFull(s.random, s.buffer[:])
		}
		if s.err != nil {
			return 0
		}
		s.ready = s.buffer[:]
	}
	w := binary.LittleEndian.Uint64(s.ready)
	s.ready = s.ready[8:]
	return w
}

func (s *Source) coin() bool {
	if s.left == 0 {
		s.tosses, s.left = s.word(), 64
	}
	c := s.tosses&1 == 1
	s.tosses >>= 1
	s.left--
	return c
}

// below gives a uniform number from 0 to n-1.
func (s *Source) below(n uint64) uint64 {
	for {
		hi, lo := bits.Mul64(s.word(), n)
		if lo >= n || lo >= -n%n || s.err != nil {
			return hi
		}
	}
}

// wide is an unsigned number of 128 bits.
type wide struct{ hi, lo uint64 }

func product(a, b uint64) wide {
	hi, lo := bits.Mul64(a, b)
	return wide{hi, lo}
}

func (a wide) less(b wide) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

func (a wide) minus(b wide) wide {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, borrow)
	return wide{hi, lo}
}

// toss comes up with probability p/q, for p < q: a uniform number in [0, 1) is drawn 64 bits at a time, and only as far as it
// takes to see on which side of p/q it lies.
func (s *Source) toss(p, q wide) bool {
	for s.err == nil {
		// u q against p 2^64, both of 192 bits: the number drawn lies in [u, u+1) / 2^64.
		u := s.word()
		h1, l1 := bits.Mul64(u, q.lo)
		h2, l2 := bits.Mul64(u, q.hi)
		mid, carry := bits.Add64(h1, l2, 0)
		top := h2 + carry // u q is top, mid, l1
		rest, under := sub192(p, top, mid, l1)
		if under {
			return false // u q > p 2^64
		}
		if rest[0] == 0 && (wide{rest[1], rest[2]}).less(q) { // p 2^64 - u q < q: p/q lies in the drawn piece
			p = wide{rest[1], rest[2]}
			continue
		}
		return true
	}
	return false
}

// sub192 gives p 2^64 minus a number of three words, and whether that is below zero.
func sub192(p wide, top, mid, low uint64) (rest [3]uint64, under bool) {
	var b uint64
	rest[2], b = bits.Sub64(0, low, 0)
	rest[1], b = bits.Sub64(p.lo, mid, b)
	rest[0], b = bits.Sub64(p.hi, top, b)
	return rest, b != 0
}

// exp comes up with probability exp(-p/q), for any p (algorithm 1).
func (s *Source) exp(p, q wide) bool {
	for s.err == nil && !p.less(q) {
		if !s.exp1() {
			return false
		}
		p = p.minus(q)
	}
	if p == (wide{}) {
		return true
	}
	// The first k at which a toss of p/(q k) fails is odd with probability exp(-p/q).
	k := uint64(1)
	for s.err == nil && s.toss(p, q) && (k == 1 || s.below(k) == 0) {
		k++
	}
	return k%2 == 1
}

// exp1 comes up with probability exp(-1).
func (s *Source) exp1() bool {
	k := uint64(1)
	for s.err == nil && (k == 1 || s.below(k) == 0) {
		k++
	}
	return k%2 == 1
}

// laplace draws from the discrete Laplace distribution with a scale (algorithm 2).
func (s *Source) laplace(scale uint64) (sign bool, size uint64) {
	for s.err == nil {
		u := s.below(scale)
		if !s.exp(wide{0, u}, wide{0, scale}) {
			continue
		}
		v := uint64(0)
		for s.err == nil && s.exp1() {
			v++
		}
		sign, size = s.coin(), u+scale*v
		if !sign || size != 0 {
			return sign, size
		}
	}
	return false, 0
}

// Gaussian draws from the discrete Gaussian distribution around zero whose parameter sigma squared is variance, at least 1 and
// at most MaxVariance (algorithm 3). What lies more than 256 scales out, which one draw in 2 to the 369th does, is drawn again.
func (s *Source) Gaussian(variance uint64) int64 {
	if variance == 0 || variance > MaxVariance {
		panic("noise: a variance from 1 to 2^54")
	}
	t := root(variance) + 1
	q := wide{0, 2 * variance}
	for s.err == nil {
		sign, y := s.laplace(t)
		if y > 1<<62/t {
			continue
		}
		// (y - variance/t)^2 / (2 variance) = m^2 / (2 variance t^2), taken apart so that 128 bits hold every part:
		// m = a t + b, so m^2/t^2 = a^2 + 2ab/t + b^2/t^2.
		m := y * t
		if m < variance {
			m = variance - m
		} else {
			m -= variance
		}
		a, b := m/t, m%t
		if s.exp(product(a, a), q) && s.expOver(2*a*b, 2*variance, t) && s.expOver2(b, 2*variance, t) {
			if sign {
				return -int64(y)
			}
			return int64(y)
		}
	}
	return 0
}

// expOver comes up with probability exp(-p/(q t)).
func (s *Source) expOver(p, q, t uint64) bool { return s.exp(wide{0, p}, product(q, t)) }

// expOver2 comes up with probability exp(-b^2/(q t^2)), for b < t: t^2 and q do not fit into 128 bits together, so that the
// tosses of algorithm 1 are made in turn, of b^2/t^2, of 1/q and of 1/k.
func (s *Source) expOver2(b, q, t uint64) bool {
	if b == 0 {
		return true
	}
	k := uint64(1)
	for s.err == nil && s.below(q) == 0 && s.toss(product(b, b), product(t, t)) && (k == 1 || s.below(k) == 0) {
		k++
	}
	return k%2 == 1
}

// root gives the square root, cut to an integer.
func root(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	x := uint64(1) << ((bits.Len64(n) + 1) / 2)
	for {
		y := (x + n/x) / 2
		if y >= x {
			return x
		}
		x = y
	}
}
