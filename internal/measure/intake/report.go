// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"cmp"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Kind says what became of something that is not as it should be.
type Kind string

// The closed list.
const (
	Dropped       Kind = "dropped"
	Contradictory Kind = "contradictory"
	Repaired      Kind = "repaired"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Contradictory, Dropped, Repaired} }

// Note is one thing with where it stands.
type Note struct {
	Kind   Kind   `json:"kind"`
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Why    string `json:"why"`            // its words are intake.why.<why>
	Said   string `json:"said,omitempty"` // what the file says there, cut
}

// Tally is how often something was found.
type Tally struct {
	Kind   Kind   `json:"kind"`
	Column string `json:"column,omitempty"`
	Why    string `json:"why"`
	N      int    `json:"n"`

	places int // that were to be named
}

// Report is what a reading came to. Tallies are of everything; Notes are the first of each tally.
type Report struct {
	Lines   int     `json:"lines"` // below the head
	Taken   int     `json:"taken"` // numbers, or records
	Tallies []Tally `json:"tallies,omitempty"`
	Notes   []Note  `json:"notes,omitempty"`

	at map[Tally]int
}

// mostNotes is how many places are named of one tally, mostTallies how many tallies are told apart.
const (
	mostNotes   = 20
	mostTallies = 500
	maxSaid     = 60
)

func (r *Report) note(k Kind, line int, column, why, said string) {
	r.notes(k, line, column, why, said, 1)
}

// notes notes what was found n times, first in a line.
func (r *Report) notes(k Kind, line int, column, why, said string, n int) {
	t := Tally{Kind: k, Column: column, Why: why}
	i, ok := r.at[t]
	if !ok {
		if len(r.Tallies) >= mostTallies {
			t.Column = ""
			if i, ok = r.at[t]; !ok && len(r.Tallies) >= 2*mostTallies {
				return
			}
		}
		if !ok {
			if r.at == nil {
				r.at = map[Tally]int{}
			}
			i = len(r.Tallies)
			r.at[t], r.Tallies = i, append(r.Tallies, t)
		}
	}
	r.Tallies[i].N += n
	if r.Tallies[i].places++; r.Tallies[i].places <= mostNotes {
		r.Notes = append(r.Notes, Note{k, line, column, why, cutText(said, maxSaid)})
	}
}

// N gives how many things of a kind there are.
func (r Report) N(k Kind) (n int) {
	for _, t := range r.Tallies {
		if t.Kind == k {
			n += t.N
		}
	}
	return n
}

// sorted gives the report in an order that follows from the file alone.
func (r Report) sorted() Report {
	r.at = nil
	for i := range r.Tallies {
		r.Tallies[i].places = 0
	}
	inorder.Stably(r.Notes, func(a, b Note) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Line, b.Line)) })
	inorder.Stably(r.Tallies, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), b.N-a.N, cmp.Compare(a.Why, b.Why), cmp.Compare(a.Column, b.Column))
	})
	return r
}

func cutText(s string, most int) string {
	r := []rune(s)
	if len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
