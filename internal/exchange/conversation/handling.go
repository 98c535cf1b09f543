// SPDX-License-Identifier: EUPL-1.2

package conversation

import (
	"context"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Codes says what may be done with something that an office sent.
type Codes struct {
	Store *store.Store
	Post  *post.Post // nil where no messages are known
}

// Under gives the handling code in the header of a message that came from another office or went there: it holds for what was in
// it, whatever the terms say later. "" where the message is not known, or from before codes were kept.
func (c Codes) Under(ctx context.Context, owner, other, message journal.ID) (string, error) {
	if c.Post == nil || message.IsZero() {
		return "", nil
	}
	m, err := c.Post.Came(ctx, owner, other, message)
	if fault.Is(err, fault.NotFound) {
		m, err = c.Post.Went(ctx, owner, other, message)
	}
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return m.Handling, err
}

// Code gives the handling code under which a reader has a message from another office: of one whose code is not known, as of no
// message at all, it is that of the sharing terms for the purpose; "" where no terms of the two say any.
func (c Codes) Code(ctx context.Context, r *page.Request, other, message journal.ID, purpose string) (string, error) {
	code, err := c.Under(ctx, r.Actor.Owner, other, message)
	if err == nil && code == "" {
		code, err = terms.Handled(ctx, c.Store, r.Actor, r.Now, other, purpose)
	}
	return code, err
}

// CodeThen is Code for a guard.
func (c Codes) CodeThen(g *store.Guarding, other, message journal.ID, purpose string) (string, error) {
	code, err := c.Under(g.Context(), g.Owner, other, message)
	if err == nil && code == "" {
		code, err = terms.HandledThen(g, other, purpose)
	}
	return code, err
}

// Facts shows the handling code of a message, as Code gives it, and what it means.
func (c Codes) Facts(ctx context.Context, r *page.Request, other, message journal.ID, purpose string) []page.Fact {
	code, err := c.Code(ctx, r, other, message, purpose)
	if err != nil || code == "" {
		return nil
	}
	return []page.Fact{{Term: r.L.T("exchange.handling"), Text: code + " · " + r.L.T("exchange.handling."+code), Sub: r.L.T("terms.handling." + code)}}
}

// Beside is what a room shows on a thing's page of what another one keeps about it: how that stands, and what can be done.
type Beside struct {
	Lines   []page.Line
	Actions []page.Action
}
