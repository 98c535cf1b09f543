// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"hash/maphash"
)

// turns lets those who met on a dossier write one after the other, so that none of many loses again and again.
// Whoever meets nobody takes no turn. Dossiers share places; that costs a wait, never more.
type turns struct {
	seed   maphash.Seed
	places [64]chan struct{}
}

func newTurns() *turns {
	t := &turns{seed: maphash.MakeSeed()}
	for i := range t.places {
		t.places[i] = make(chan struct{}, 1)
	}
	return t
}

// take waits for a turn on a dossier and gives what ends it; the error is the context's.
func (t *turns) take(ctx context.Context, ref Ref) (end func(), err error) {
	place := t.places[maphash.Comparable(t.seed, ref)%uint64(len(t.places))]
	select {
	case place <- struct{}{}:
		return func() { <-place }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
