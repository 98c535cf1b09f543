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

// saying is what summaries say, one after another: their asks are made once for a page, since a file has many rows.
type saying struct {
	Asked
	put func(l any) // the summary that they are now bound to
}

// says gives what a summary says, until it is asked for another one.
func (v *See) says(of func() *saying, l any) Asked {
	if v.said == nil {
		v.said = of()
	}
	v.said.put(l)
	return v.said
}

// say draws the columns that show what a summary says.
func (g *Of[S, L]) say() {
	says := g.saying()
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
			c.Plain = func(v *See, l L) string { return v.says(g.saying, l).Plain(v, name) }
			if c.Said != InFile {
				c.Cell = func(v *See, l L) page.Cell { return cell(v, v.says(g.saying, l), name, under) }
			}
		}
	}
}

func cell(v *See, says Asked, name, under string) page.Cell {
	out := says.Cell(v, name)
	if under != "" {
		out.Sub = says.Plain(v, under)
	}
	return out
}
