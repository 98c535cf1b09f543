// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"slices"
	"strconv"
	"strings"
)

// Place is where an activity of the programme stands among others: all of its codes that a matrix counts by, as one. As the
// value of the code "place" it lets an office count its activities in every direction from the index, without opening one;
// an activity in two countries counts once in a total, as it is one value.
type Place struct {
	Kind       Kind
	Priorities []int
	Pillars    []string
	Countries  []string
}

// LongPlace is the code's value of an activity in so many countries that its Place does not fit.
const LongPlace = "long"

// maxPlace is the longest value of a code.
const maxPlace = 64

// Code gives the code's value: "grant:1.4:P2P3:ALGR". ok is false where it would be too long, which takes sixteen countries
// or more.
func (p Place) Code() (value string, ok bool) {
	var ns []string
	for _, n := range slices.Sorted(slices.Values(p.Priorities)) {
		ns = append(ns, strconv.Itoa(n))
	}
	joined := func(xs []string) string { return strings.Join(slices.Sorted(slices.Values(xs)), "") }
	value = strings.Join([]string{string(p.Kind), strings.Join(ns, "."), joined(p.Pillars), joined(p.Countries)}, ":")
	return value, len(value) <= maxPlace
}

// ReadPlace reads a code's value back; ok is false for what is none.
func ReadPlace(value string) (p Place, ok bool) {
	parts := strings.Split(value, ":")
	if len(parts) != 4 || len(parts[2])%2+len(parts[3])%2 != 0 {
		return p, false
	}
	pairs := func(s string) (out []string) {
		for x := range slices.Chunk([]byte(s), 2) {
			out = append(out, string(x))
		}
		return out
	}
	p = Place{Kind: Kind(parts[0]), Pillars: pairs(parts[2]), Countries: pairs(parts[3])}
	for n := range strings.SplitSeq(parts[1], ".") {
		if n == "" {
			continue
		}
		i, err := strconv.Atoi(n)
		if err != nil {
			return p, false
		}
		p.Priorities = append(p.Priorities, i)
	}
	return p, true
}
