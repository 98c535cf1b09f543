// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// What is what became of a proposal between two versions.
type What string

// The closed list.
const (
	Added   What = "added"
	Taken   What = "removed"
	Changed What = "changed"
)

// Change is one difference between two versions: the proposal before and after, and the names of the fields that differ.
type Change struct {
	What          What
	Before, After Proposal
	Fields        []string // of Fields; all but "code" when it was added or removed
}

// Of gives the proposal's later words, or the earlier ones when it was removed.
func (c Change) Of() Proposal {
	if c.What == Taken {
		return c.Before
	}
	return c.After
}

// Fields lists the fields of a proposal, in the order in which a reader is told of them.
func Fields() []string {
	return []string{"code", "title", "what", "kind", "priority", "pillars", "countries", "outside", "depends_on", "lead", "start", "end", "amount", "measures"}
}

// field gives the bytes of a field, for comparing.
func (p Proposal) field(name string) string {
	values := map[string]any{"code": p.Code, "title": p.Title, "what": p.What, "kind": p.Kind, "priority": p.Priority, "pillars": p.Pillars, "countries": p.Countries, "outside": p.Outside,
		"depends_on": p.DependsOn, "lead": p.Lead, "start": p.Start, "end": p.End, "amount": []any{p.Amount, p.Currency}, "measures": p.Measures}
	return string(canonical(values[name]))
}

// Changes compares two lists of proposals, in the order of codes.
func (Plan) Changes(before, after []Proposal) []Change {
	var out []Change
	for _, x := range before {
		now, still := in(after, x.ID)
		c := Change{What: Changed, Before: x, After: now}
		if !still {
			c.What = Taken
		} else if x.Mark() == now.Mark() {
			continue
		}
		out = append(out, c.differing())
	}
	for _, x := range after {
		if _, was := in(before, x.ID); !was {
			out = append(out, Change{What: Added, After: x}.differing())
		}
	}
	inorder.By(out, func(a, b Change) int {
		return strings.Compare(a.Of().Code+a.Of().ID.String(), b.Of().Code+b.Of().ID.String())
	})
	return out
}

func (c Change) differing() Change {
	for _, f := range Fields() {
		if (c.What == Changed || f != "code") && c.Before.field(f) != c.After.field(f) {
			c.Fields = append(c.Fields, f)
		}
	}
	return c
}

func sortByCode(list []Proposal) {
	inorder.By(list, func(a, b Proposal) int {
		return strings.Compare(a.Code+a.ID.String(), b.Code+b.ID.String())
	})
}
