// SPDX-License-Identifier: EUPL-1.2

package yearbook

import (
	"context"
	"sync"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// mostShelved is how many tables a shelf has at hand, and mostTaken of how many numbers or records at most; others are read again.
const (
	mostShelved = 16
	mostTaken   = 100_000
)

// Shelf has the tables at hand that can be counted, so that they are not read for every page. Its zero value is empty and ready;
// it is used by several goroutines, for all offices of a node.
type Shelf struct {
	mu    sync.Mutex
	at    map[journal.ID]*shelved // guarded by mu
	large sync.Mutex              // held while a table is read that is not kept
}

// shelved is a table as sources; none where it can be looked at only.
type shelved struct {
	mu       sync.Mutex // held while it is read: whoever waits for one table waits for no other
	revision int64
	read     bool
	sources  []source.Source
}

// place gives that of a table.
func (h *Shelf) place(id journal.ID) *shelved {
	h.mu.Lock()
	defer h.mu.Unlock()
	x := h.at[id]
	if x == nil {
		if h.at == nil || len(h.at) == mostShelved {
			h.at = map[journal.ID]*shelved{}
		}
		x = new(shelved)
		h.at[id] = x
	}
	return x
}

// Sources gives the tables of an office that can be counted, as sources named yearbook.<first letters of the id>, by
// shape and name. They are read in the name of w, which must be able to read the programme: the figures are public already,
// and no job that counts people needs to see them otherwise.
func (h *Shelf) Sources(ctx context.Context, s *store.Store, w store.Who) (source.Sources, error) {
	var out source.Sources
	q := store.Query{Kind: access.KindYearbook, Codes: map[string]string{"state": inUse}}
	var lines []register.Found[Line]
	revisions := map[journal.ID]int64{}
	err := s.Each(ctx, w, q, func(row store.Row) error {
		v, err := store.Summary[Line](row)
		if err != nil {
			return err
		}
		lines, revisions[row.Ref.ID] = append(lines, register.Found[Line]{ID: row.Ref.ID, V: v}), row.Revision
		return nil
	})
	if err != nil {
		return nil, err
	}
	inorder.By(lines, order)
	for _, l := range lines {
		x, err := h.take(ctx, s, w, l, revisions[l.ID])
		if err != nil {
			return nil, err
		}
		out = append(out, x...)
	}
	return out, nil
}

// take gives one table as sources, from the shelf where that is of its last revision. Of large ones, which are not kept, one is
// read at a time.
func (h *Shelf) take(ctx context.Context, s *store.Store, w store.Who, l register.Found[Line], revision int64) ([]source.Source, error) {
	read := func() ([]source.Source, error) {
		o, err := s.Open(ctx, w, store.Ref{Kind: access.KindYearbook, ID: l.ID})
		if err != nil {
			return nil, err
		}
		x, err := o.State.(Book).Sources()
		if fault.Is(err, fault.Guarded) {
			return nil, nil
		}
		return x, err
	}
	if l.V.Taken > mostTaken {
		h.large.Lock()
		defer h.large.Unlock()
		return read()
	}
	x := h.place(l.ID)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.read && x.revision == revision {
		return x.sources, nil
	}
	got, err := read()
	if err == nil {
		x.revision, x.read, x.sources = revision, true, got
	}
	return got, err
}

// Sources gives a table as what can be counted of it. Errors: Guarded where it can be looked at only; Invalid where it cannot be
// read.
func (b Book) Sources() ([]source.Source, error) {
	f, err := b.Figures()
	if err != nil {
		return nil, err
	}
	all, err := f.Sources("yearbook."+b.ID.String()[:8], b.Brought.Name)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		for i, c := range x.Columns {
			x.Columns[i].Key = "yearbook.column." + c.Code
			if c.List == "" {
				x.Columns[i].List = "yearbook.value"
			}
		}
	}
	for i := range all {
		all[i].Version = b.Brought.Hash[:12]
	}
	return all, nil
}
