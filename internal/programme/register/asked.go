// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Asked is what a form asks, and what the payload that it writes says (package ask).
type Asked interface {
	Payload() any // a pointer to it
	Fields(v *See) []Field
	Start(v *See) Values // what stands in the fields at first
	Read(t *Typed)       // what was typed, or a line of a file, into the payload
	// Check notes what is wrong with the payload; what it names in other records is looked for where g is there.
	Check(fs *fault.Fields, g *store.Guarding)
	Columns() (all, needed []string) // of a file

	Label(name string) string // the key of what one thing is called
	Cell(v *See, name string) page.Cell
	Plain(v *See, name string) string
}

// say draws the columns that show what a summary says.
func (g *Of[S, L]) say() {
	var none L
	says := g.Says(none)
	for i := range g.Columns {
		c := &g.Columns[i]
		switch name, under := c.Name, c.Under; c.Said {
		case AsState:
			c.Cell = func(v *See, l L) page.Cell {
				m := g.State(v, l)
				return page.Cell{Text: m.Text, Tone: m.Tone}
			}
			c.Plain = func(v *See, l L) string { return g.State(v, l).Text }
		case InBoth, InFile, AsLead:
			c.Key, c.Link = says.Label(name), c.Said == AsLead
			c.Plain = func(v *See, l L) string { return g.Says(l).Plain(v, name) }
			if c.Said != InFile {
				c.Cell = func(v *See, l L) page.Cell { return g.cell(v, l, name, under) }
			}
		}
	}
}

func (g *Of[S, L]) cell(v *See, l L, name, under string) page.Cell {
	says := g.Says(l)
	out := says.Cell(v, name)
	if under != "" {
		out.Sub = says.Plain(v, under)
	}
	return out
}
