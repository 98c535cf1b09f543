// SPDX-License-Identifier: EUPL-1.2

package journal

import (
	"bytes"
	"cmp"
	"slices"
)

// Register is one field's value over a dossier's life, with concurrency kept.
//
// A write names the base revision that its writer had seen. It replaces every write at or below that
// base and stands beside any write above it: those were made without knowledge of each other. Whatever
// order concurrent writes arrive in, the set of standing writes is the same.
type Register[T any] struct {
	writes []write[T]
}

type write[T any] struct {
	id       ID
	revision int64
	value    T
}

// Set folds a write of this field by entry e. Revisions must come in rising order.
func (r *Register[T]) Set(e Header, v T) {
	kept := make([]write[T], 0, len(r.writes)+1)
	for _, w := range r.writes {
		if w.revision > e.Base {
			kept = append(kept, w)
		}
	}
	r.writes = append(kept, write[T]{e.ID, e.Revision, v})
}

// Values gives the standing values, oldest first: none when never written, one normally, more when
// written concurrently.
func (r Register[T]) Values() []T {
	vs := make([]T, len(r.writes))
	for i, w := range r.writes {
		vs[i] = w.value
	}
	return vs
}

// Last gives the standing value that arrived last, or the zero value. Where what holds must not depend on
// the order of arrival, use Careful.
func (r Register[T]) Last() (v T) {
	if n := len(r.writes); n > 0 {
		v = r.writes[n-1].value
	}
	return v
}

// Careful gives the standing values, those that rank highest by the given order of caution first; of the
// same rank, the one whose entry was made later. So it does not depend on who arrived first.
func (r Register[T]) Careful(caution func(T) int) []T {
	ws := slices.Clone(r.writes)
	slices.SortFunc(ws, func(a, b write[T]) int {
		return cmp.Or(cmp.Compare(caution(b.value), caution(a.value)), bytes.Compare(b.id[:], a.id[:]))
	})
	vs := make([]T, len(ws))
	for i, w := range ws {
		vs[i] = w.value
	}
	return vs
}

// Cautious gives the first of Careful, or the zero value: for safety fields ("safe to call"), where two
// people wrote without seeing each other and the careful one wins.
func (r Register[T]) Cautious(caution func(T) int) (v T) {
	if vs := r.Careful(caution); len(vs) > 0 {
		v = vs[0]
	}
	return v
}

// Disputed says whether more than one write stands.
func (r Register[T]) Disputed() bool { return len(r.writes) > 1 }
