// SPDX-License-Identifier: EUPL-1.2

package attack

import (
	"context"
	"math/rand/v2"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/table"
)

// Told is which cells an attacker learns more of than he may.
type Told struct {
	Cells []int // by where they are, in the order of the system
	Of    int   // how many are not shown
}

// Intervals adds and subtracts over all tables of a system: told are the cells that are not shown and that can be bounded more
// tightly than to one of k numbers. Errors are those of exact.Audit.
func Intervals(ctx context.Context, s exact.System, known []exact.Range, k int64, progress func(done, of int)) (Told, error) {
	var out Told
	found, err := exact.Audit(ctx, s, known, progress)
	if err != nil {
		return out, err
	}
	for c, f := range found {
		if known[c].Width() == 1 {
			continue
		}
		if out.Of++; f.Width() < k {
			out.Cells = append(out.Cells, c)
		}
	}
	return out, nil
}

// Between takes what was published of people from what was published of the same people and some more, later: told are the
// cells of those who came between that can be bounded more tightly than to one of k numbers. Both are of the same system.
func Between(ctx context.Context, s exact.System, before, after []exact.Range, k int64, progress func(done, of int)) (Told, error) {
	whole, known := Twice(s, before, after)
	found, err := exact.Audit(ctx, whole, known, progress)
	if err != nil {
		return Told{}, err
	}
	out := Told{Of: s.Cells}
	for c := range s.Cells {
		if found[s.Cells+c].Width() < k {
			out.Cells = append(out.Cells, c)
		}
	}
	return out, nil
}

// Twice is the system of two releases of which the second holds the people of the first and some more: first the cells of the
// first, then those of the people between, then those of the second, each of which is the sum of the two.
func Twice(s exact.System, before, after []exact.Range) (exact.System, []exact.Range) {
	n := s.Cells
	whole := exact.System{Cells: 3 * n}
	for block := range 3 {
		for _, x := range s.Sums {
			y := exact.Sum{Total: x.Total + block*n}
			for _, p := range x.Parts {
				y.Parts = append(y.Parts, p+block*n)
			}
			whole.Sums = append(whole.Sums, y)
		}
	}
	known := append([]exact.Range(nil), before...)
	for c := range n {
		whole.Sums = append(whole.Sums, exact.Sum{Total: 2*n + c, Parts: []int{c, n + c}})
		known = append(known, exact.Withheld())
	}
	return whole, append(known, after...)
}

// MembershipOfCounts plays as Membership does, against tables of counts with whatever protection publish gives them: the
// attacker knows everybody but the target, and looks whether what is published can be without the target, and with.
func MembershipOfCounts(ctx context.Context, l exact.Linked, people *table.Records, publish func([]int64) ([]exact.Range, error), games int, coin *rand.Rand) (Game, error) {
	var g Game
	for range games {
		if err := ctx.Err(); err != nil {
			return g, err
		}
		at, in := coin.IntN(people.Len()), coin.IntN(2) == 1
		without, err := except(people, at)
		if err != nil {
			return g, err
		}
		fill := func(r *table.Records) ([]int64, error) {
			return l.Fill(func(s []int) ([]int64, error) { return r.Count(s) })
		}
		out, err := fill(without)
		if err != nil {
			return g, err
		}
		with, err := fill(people)
		if err != nil {
			return g, err
		}
		data := out
		if in {
			data = with
		}
		published, err := publish(data)
		if err != nil {
			return g, err
		}
		says := coin.IntN(2) == 1
		switch fitsIn, fitsOut := fits(published, with), fits(published, out); {
		case fitsIn && !fitsOut:
			says = true
		case fitsOut && !fitsIn:
			says = false
		}
		if g.Of++; says == in {
			g.Right++
		}
	}
	return g, nil
}

func fits(published []exact.Range, values []int64) bool {
	for c, r := range published {
		if values[c] < r.Low || values[c] > r.High {
			return false
		}
	}
	return true
}
