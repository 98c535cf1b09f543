// SPDX-License-Identifier: EUPL-1.2

package journal

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

// Last gives the most recent standing value, or the zero value.
func (r Register[T]) Last() (v T) {
	if n := len(r.writes); n > 0 {
		v = r.writes[n-1].value
	}
	return v
}

// Cautious gives the standing value that ranks highest by the given order of caution: for safety
// fields ("safe to call"), where two people wrote without seeing each other and the careful one wins.
func (r Register[T]) Cautious(caution func(T) int) (v T) {
	best := 0
	for i, w := range r.writes {
		if c := caution(w.value); i == 0 || c > best {
			v, best = w.value, c
		}
	}
	return v
}

// Disputed says whether more than one write stands.
func (r Register[T]) Disputed() bool { return len(r.writes) > 1 }
