// SPDX-License-Identifier: EUPL-1.2

package tongue

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Reviews tells which languages somebody answers for at an office.
type Reviews struct {
	Store  *store.Store
	Bundle *lang.Bundle
	Demo   bool
}

// State gives where a language stands and what its texts hash to now. Errors: NotFound for a language that the program
// does not bring.
func (x Reviews) State(ctx context.Context, w store.Who, tag string) (State, []Line, error) {
	texts := Texts(x.Bundle, tag)
	if texts == nil {
		return State{}, nil, fault.New(fault.NotFound, "fault.not_found")
	}
	o, err := x.Store.Open(ctx, w, RefOf(w.Actor.Owner, tag))
	if fault.Is(err, fault.NotFound) { // nobody has signed it
		return State{}, texts, nil
	}
	if err != nil {
		return State{}, nil, err
	}
	return o.State.(State), texts, nil
}

// Marked gives the same texts, without the mark of a draft where somebody answers for them as they stand.
func (x Reviews) Marked(ctx context.Context, w store.Who, l *lang.Locale) (*lang.Locale, error) {
	if !l.Draft() {
		return l, nil
	}
	s, texts, err := x.State(ctx, w, l.Tag())
	if err != nil || s.Status(HashOf(l.Tag(), texts), x.Demo) != Answers {
		return l, err
	}
	return l.Reviewed(s.Reviewer), nil
}
