// SPDX-License-Identifier: EUPL-1.2

package need

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Row is a need in a list.
type Row = register.Found[Line]

// Counts says whether a need is one of those that are counted: neither dropped nor the same as another. Each counts once,
// whatever answers it.
func (l Line) Counts() bool { return l.State != Dropped && l.State != Joined }

// MetInTime says whether it was met within twelve months, as the framework's indicator C1 asks. Of dates that are known in part the
// reading is the cautious one: the earliest day on which it was identified and the latest on which it was met.
func (l Line) MetInTime() bool {
	return l.State == Met && !l.MetOn.Last().After(l.On.First().AddDate(1, 0, 0))
}

// Pair are two needs that may be one.
type Pair struct{ A, B Row }

// alike is the share of words that two texts of one language must have in common to be proposed as one.
const alike = 0.5

// Proposed lists needs of one theme, identified or planned, that may be the same: their countries meet (or one names none)
// and, in one language, at least half of their words are the same. A person decides.
func Proposed(rows []Row) []Pair {
	var out []Pair
	open := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.V.State != Identified && r.V.State != Planned })
	inorder.By(open, func(a, b Row) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	for i, a := range open {
		for _, b := range open[i+1:] {
			if a.V.Theme == b.V.Theme && meet(a.V.Countries, b.V.Countries) && near(a, b) {
				out = append(out, Pair{a, b})
			}
		}
	}
	return out
}

// ProposedFor lists those that may be the same as one.
func ProposedFor(rows []Row, id journal.ID) []Row {
	var out []Row
	for _, p := range Proposed(rows) {
		switch id {
		case p.A.ID:
			out = append(out, p.B)
		case p.B.ID:
			out = append(out, p.A)
		}
	}
	return out
}

func meet(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(c string) bool { return slices.Contains(b, c) })
}

func near(a, b Row) bool {
	for _, l := range a.V.Text.Languages() {
		v, ok := b.V.Text.By[l]
		if ok && wording.Likeness(a.V.Text.By[l].Text, v.Text) >= alike {
			return true
		}
	}
	return false
}
