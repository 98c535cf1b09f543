// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Leaf is one page of a list that a room shows in its own way.
type Leaf[T any] struct {
	Rows []Found[T]
	N    int // how many there are in all

	base        string
	codes       map[string]string
	after, next string
}

// Leafed reads the page of a list that an address asks for: of the dossiers of a kind with some codes, which the address base
// shows. What fits on one page is in the order that is given, a longer list in that of the kind's code OrderCode.
func Leafed[T any](ctx context.Context, r *page.Request, s *store.Store, base, kind string, codes map[string]string, order func(a, b Found[T]) int) (Leaf[T], error) {
	q := store.Query{Kind: kind, Codes: codes}
	out := Leaf[T]{base: base, codes: codes}
	var err error
	if out.N, err = s.Count(ctx, As(r), q); err != nil {
		return out, err
	}
	if out.N <= store.PageSize {
		if out.Rows, err = All[T](ctx, s, As(r), q); err == nil {
			inorder.By(out.Rows, order)
		}
		return out, err
	}
	out.after = r.URL.Query().Get("after")
	q.By, q.After = OrderCode, out.after
	p, err := s.List(ctx, As(r), q)
	if err != nil {
		return out, err
	}
	out.next = p.Next
	out.Rows, err = decoded[T](p.Rows)
	return out, err
}

// Turn gives a list the ways to its beginning and to the page after.
func (x Leaf[T]) Turn(d *List) {
	if x.after != "" {
		d.First = Address(x.base, x.codes)
	}
	if x.next != "" {
		d.Next = Address(x.base, x.codes, "after", x.next)
	}
}
