// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"hash/maphash"
	"slices"
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

// take waits for a turn on each of some dossiers, in the order of their places so that no two can wait for each other, and
// gives what ends it; the error is the context's.
func (t *turns) take(ctx context.Context, refs ...Ref) (end func(), err error) {
	var at []uint64
	for _, ref := range refs {
		at = append(at, maphash.Comparable(t.seed, ref)%uint64(len(t.places)))
	}
	slices.Sort(at)
	taken := 0
	at = slices.Compact(at)
	end = func() {
		for _, i := range at[:taken] {
			<-t.places[i]
		}
	}
	for _, i := range at {
		select {
		case t.places[i] <- struct{}{}:
			taken++
		case <-ctx.Done():
			end()
			return nil, ctx.Err()
		}
	}
	return end, nil
}
