// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Cost is rho in units of 10^-12: whole numbers, so that what several releases cost adds up exactly. What a plan costs is
// rounded up to it, what a promise allows rounded down.
type Cost int64

const (
	costUnit = 1_000_000_000_000
	mostCost = Cost(1000) * costUnit // far beyond any promise; sums of a register's costs do not overflow
)

// String writes it as a decimal: "0.017093472931".
func (c Cost) String() string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%012d", c/costUnit, c%costUnit), "0"), ".")
}

// MarshalText is String.
func (c Cost) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a decimal of at most twelve places.
func (c *Cost) UnmarshalText(b []byte) error {
	whole, part, _ := strings.Cut(string(b), ".")
	n, err := strconv.ParseUint(whole, 10, 32)
	if err != nil || len(part) > 12 || n > 1000 {
		return fault.Bad("cost", "release.want.cost")
	}
	m, err := strconv.ParseUint((part + "000000000000")[:12], 10, 64)
	if err != nil {
		return fault.Bad("cost", "release.want.cost")
	}
	*c = Cost(n)*costUnit + Cost(m)
	return nil
}

// Rho gives it as package noise counts.
func (c Cost) Rho() noise.Rho { return noise.Rho(float64(c) / costUnit) }

// allowed gives the most that keeps a promise.
func allowed(p noise.Promise) (Cost, error) {
	rho, err := p.Budget()
	if err != nil {
		return 0, err
	}
	return min(mostCost, Cost(math.Floor(float64(rho)*costUnit*(1-1e-12)))), nil
}

// costOf gives what a charge costs one person of whom at most so many records are counted: what is said of one record is said
// of them all at once, at most times as loud, and rho grows with the square.
func costOf(charge noise.Charge, most int) Cost {
	m := Cost(max(most, 1))
	if c := Cost(charge); m < 1000 && c <= mostCost/(m*m) {
		return c * m * m
	}
	return mostCost
}

// CostOf gives what another mechanism's rho costs, rounded up. Error: Invalid for more than any promise allows.
func CostOf(rho noise.Rho) (Cost, error) {
	c := math.Ceil(float64(rho) * costUnit * (1 + 1e-12))
	if !(c > 0) || c > float64(mostCost) {
		return 0, fault.Bad("cost", "release.want.cost")
	}
	return Cost(c), nil
}
