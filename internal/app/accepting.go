// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// accepting lets nobody take on what another office sent for a purpose whom the sharing terms in force do not name, where they
// name anybody: types are the entries by which people take on, from gives the office that a record came from. Terms that ended
// since name nobody; whoever works on a record goes on.
func accepting[S any](k store.Kind, purpose string, from func(S) journal.ID, types ...string) store.Kind {
	return k.Also(func(g *store.Guarding, state any, e journal.Entry) error {
		office := from(state.(S))
		if !slices.Contains(types, e.Type) || g.Actor.Job != "" || office.IsZero() || office == g.Owner {
			return nil
		}
		if err := terms.Accepts(g, office, purpose, []journal.Category{journal.D0}); fault.Is(err, fault.Denied) {
			return err
		}
		return nil
	})
}
