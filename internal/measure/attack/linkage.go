// SPDX-License-Identifier: EUPL-1.2

package attack

import (
	"fmt"

	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Unique counts the records that no other record has the same answers as, in some columns.
func Unique(r *table.Records, known table.Set) (n int, err error) {
	groups, err := groupsOf(r, known)
	for _, g := range groups {
		if len(g) == 1 {
			n++
		}
	}
	return n, err
}

// groupsOf gathers records with the same answers.
func groupsOf(r *table.Records, s table.Set) (map[string][]int, error) {
	if err := r.Domain.Holds(s); err != nil {
		return nil, err
	}
	out := map[string][]int{}
	for i := range r.Len() {
		k := key(r, s, i)
		out[k] = append(out[k], i)
	}
	return out, nil
}

func key(r *table.Records, s table.Set, at int) string {
	b := make([]byte, 0, 2*len(s))
	for _, c := range s {
		v := r.Column(c)[at]
		b = append(b, byte(v), byte(v>>8))
	}
	return string(b)
}

// Linked is how often an attacker was right who looks up a person in published records by what he knows of them, and takes the
// commonest answer of those who look alike for the person's.
type Linked struct{ Right, Of int }

// Share is the part of the answers that was right.
func (l Linked) Share() float64 { return float64(l.Right) / float64(max(1, l.Of)) }

// String writes right of all.
func (l Linked) String() string { return fmt.Sprintf("%d of %d", l.Right, l.Of) }

// Linkage looks up each person who is the only one with their answers in the known columns. How far records give away those
// who are in them is the difference to how often the same attack is right of people who are not: what is true of everybody
// alike is told of both. Error: Invalid where published records are of other columns.
func Linkage(published, people *table.Records, known table.Set, wanted int) (Linked, error) {
	var out Linked
	if len(published.Domain.Columns) != len(people.Domain.Columns) || known.Has(wanted) || wanted < 0 || wanted >= len(people.Domain.Columns) {
		return out, fault.Bad("columns", "statistics.want.set")
	}
	alike, err := groupsOf(published, known)
	if err != nil {
		return out, err
	}
	groups, err := groupsOf(people, known)
	if err != nil {
		return out, err
	}
	for k, g := range groups {
		if len(g) != 1 {
			continue
		}
		out.Of++
		counts := make([]int, len(published.Domain.Columns[wanted].Values))
		best := -1
		for _, i := range alike[k] {
			v := int(published.Column(wanted)[i])
			counts[v]++
			if best < 0 || counts[v] > counts[best] || counts[v] == counts[best] && v < best {
				best = v
			}
		}
		if best == int(people.Column(wanted)[g[0]]) {
			out.Right++
		}
	}
	return out, nil
}
