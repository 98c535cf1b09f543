// SPDX-License-Identifier: EUPL-1.2

package noise

import "math"

// gammaBits is to how many bits an exponent is cut.
const gammaBits = 24

// Choose gives the number of one score, each with a probability in proportion to exp(gamma score): the exponential mechanism (F.
// McSherry, K. Talwar, 2007), exactly, by rejection. gamma is what rho buys, rounded down, where one person moves every score
// by at most one: the root of 2 rho (M. Cesar, R. Rogers, 2021: the mechanism of epsilon 2 gamma costs gamma squared over 2).
// Panics without scores.
func (s *Source) Choose(scores []int64, rho Rho) int {
	gamma := uint64(math.Floor(math.Sqrt(2*float64(max(0, rho))) * (1 << gammaBits)))
	top := scores[0]
	for _, x := range scores {
		top = max(top, x)
	}
	for s.err == nil {
		i := int(s.below(uint64(len(scores))))
		if s.exp(product(uint64(top-scores[i]), gamma), wide{0, 1 << gammaBits}) {
			return i
		}
	}
	return 0
}
