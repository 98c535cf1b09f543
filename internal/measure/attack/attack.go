// SPDX-License-Identifier: EUPL-1.2

// Package attack tries to find people in published figures as others would: by adding and subtracting over all tables
// (Intervals), by taking one release from another (Between, Differencing), by asking whether somebody is in the data when
// everybody else is known (Membership), by looking up made records (Linkage). Certificate runs them on a release before it
// leaves.
//
// What noise promises is a bound on how often an attacker is right, never that he is always wrong: who guesses is right half
// the time. A Game says how often he was, how often the promise allows at most, and how many right answers lie beyond both.
package attack

import (
	"math"

	"github.com/entraide-thb/entraide/internal/measure/noise"
)

// Game is how often an attacker was right who said, of each of many targets in turn, whether the target is in the data. A coin
// had decided.
type Game struct {
	Right, Of int
	Ceiling   float64 // the largest chance to be right that the promise allows
}

// deviations is how far above the ceiling luck alone takes the attacker once in three million games.
const deviations = 5

// Beyond is how many right answers neither chance nor the promise explains.
func (g Game) Beyond() int {
	n := float64(g.Of)
	limit := g.Ceiling*n + deviations*math.Sqrt(n*g.Ceiling*(1-g.Ceiling))
	return max(0, g.Right-int(math.Ceil(limit)))
}

// Ceiling is how often an attacker can be right at most who tells data with somebody from data without: whatever he knows and
// however he calculates, if the two are as likely as each other. It is the better of two bounds: of the divergence that
// rho is (Pinsker's inequality), and of epsilon and delta.
func Ceiling(rho noise.Rho, p noise.Promise) float64 {
	e := math.Exp(p.Epsilon)
	advantage := min(1, math.Sqrt(float64(rho)/2), (e-1+2*p.Delta)/(e+1))
	return 0.5 + advantage/2
}
