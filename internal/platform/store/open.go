// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Opened is one dossier as one actor may see it.
type Opened struct {
	Ref       Ref
	Revision  int64
	Relations []access.Relation
	// Entries in rising revision; parts that this actor may not see or that were erased are Missing.
	Entries []journal.Entry
	// State is the fold of those entries, so it holds nothing that the actor may not see.
	State any
	// Shown lists the categories that this actor sees.
	Shown []journal.Category
}

// MayWrite says whether the door would let the actor write a category in an entry of a type to a dossier as it was
// opened: so that a page offers no form in vain. What is written is asked about again.
func (s *Store) MayWrite(w Who, o *Opened, typ string, c journal.Category) bool {
	row := access.Row{Owner: w.Actor.Owner, Kind: o.Ref.Kind, Dossier: o.Ref.ID, Relations: o.Relations, Facts: s.facts(w.Actor.Owner)}
	return s.allowed(w, access.Write, typ, row, c)
}

// Open reads a dossier. Where the actor may see no category of it, it is NotFound: that it exists is
// itself a fact about a person.
func (s *Store) Open(ctx context.Context, w Who, ref Ref) (*Opened, error) {
	o, err := s.owner(w)
	if err != nil {
		return nil, err
	}
	k, err := s.c.Registry.kind(ref.Kind)
	if err != nil {
		return nil, err
	}
	var l *loaded
	err = s.c.DB.Read(ctx, func(tx db.Tx) (err error) {
		l, err = s.load(ctx, tx, o, w.Actor.ID, ref)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !l.exists {
		return nil, fault.New(fault.NotFound, "store.not_found")
	}
	out := &Opened{Ref: ref, Revision: l.revision, Relations: l.relations}
	row := access.Row{Owner: o.ID, Kind: ref.Kind, Dossier: ref.ID, Relations: l.relations, Facts: s.facts(o.ID)}
	may := map[journal.Category]bool{}
	for _, c := range l.categories() {
		if may[c] = s.allowed(w, access.Read, "", row, c); may[c] {
			out.Shown = append(out.Shown, c)
		}
	}
	if !may[k.Base] {
		return nil, fault.New(fault.NotFound, "store.not_found")
	}
	if out.Entries, err = l.open(func(c journal.Category) bool { return may[c] }); err != nil {
		return nil, err
	}
	if out.State, err = k.fold(out.Entries); err != nil {
		return nil, err
	}
	return out, s.note(ctx, w, []ReadOf{{Dossier: ref.ID, Categories: out.Shown}})
}
