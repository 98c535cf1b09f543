// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Epsilon is how much one record more or less of ours can change what is told of a count: the odds of every result differ by a
// factor of at most e to this. It is spent once for each count.
const Epsilon = 0.5

// mostNoise bounds a draw; reaching it has a probability below 1e-200.
const mostNoise = 1000

// noise draws from the two-sided geometric distribution (the discrete Laplace) of parameter exp(-epsilon): the difference of two
// geometric draws. It is exact but for the 64 bits of each coin's weight. Errors: the source's.
func noise(epsilon float64, random io.Reader) (int, error) {
	weight := uint64(math.Ldexp(math.Exp(-epsilon), 63)) // of 2^63
	draw := func() (int, error) {
		for n := range mostNoise {
			var b [8]byte
			if _, err := io.ReadFull(random, b[:]); err != nil {
				return 0, fmt.Errorf("matching: no randomness: %w", err)
			}
			if binary.BigEndian.Uint64(b[:])>>1 >= weight {
				return n, nil
			}
		}
		return mostNoise, nil
	}
	up, err := draw()
	if err != nil {
		return 0, err
	}
	down, err := draw()
	return up - down, err
}
