// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"context"
	"sync"

	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/programme/yearbook"
)

// reading is the names of countries and territories, made when somebody first reads a table: few offices do.
type reading struct {
	once  sync.Once
	names *territory.Names
}

func (r *reading) of(b *lang.Bundle) *territory.Names {
	r.once.Do(func() { r.names = territory.Load(b) })
	return r.names
}

func (n *Node) territories() *territory.Names { return n.reading.of(n.Bundle) }

// countable gives what an office can release figures of: what it counts, and the tables of others that were brought in, which the
// job that imports reads.
func (n *Node) countable(ctx context.Context, owner journal.ID) source.Sources {
	out := n.counted(owner)
	w, err := n.importer(owner)
	if err != nil {
		return out
	}
	tables, err := n.shelf.Sources(ctx, n.Store, w)
	if err != nil && ctx.Err() == nil {
		n.trouble("read the tables of others")(err)
	}
	return append(out, tables...)
}

// MaxFigures is the largest table of figures that is brought in, in bytes; a larger one can be read without an office.
const MaxFigures = 32 << 20

// ImportFiguresIn brings in a table of figures that others published.
type ImportFiguresIn struct {
	Of
	Name string       `json:"name"` // what the table is
	As   intake.Shape `json:"as"`
	File []byte       `json:"file"`
}

// ImportedFigures is what an import did.
type ImportedFigures struct {
	yearbook.Done
	Taken int `json:"taken"`
}

// opImportFigures reads a table and keeps it, in the name of the job that imports. Errors: those of intake.Read and yearbook.Bring.
func opImportFigures(ctx context.Context, n *Node, in ImportFiguresIn) (ImportedFigures, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return ImportedFigures{}, err
	}
	who, err := n.importer(o.ID)
	if err != nil {
		return ImportedFigures{}, err
	}
	f, err := intake.Read(bytes.NewReader(in.File), int64(len(in.File)), in.As, intake.Options{Names: n.territories()})
	if err != nil {
		return ImportedFigures{}, err
	}
	done, err := yearbook.Bring(ctx, n.Store, who, in.Name, in.File, f)
	return ImportedFigures{done, f.Report.Taken}, err
}
