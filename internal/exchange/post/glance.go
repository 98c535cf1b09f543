// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"sync"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// glance is a directory that asks for each answer once. It lives as long as one batch is worked on: what is decided about
// all of it is decided on what stood when it came.
type glance struct {
	Directory

	mu       sync.Mutex // guards the following
	self     *selfAnswer
	partners map[journal.ID]partnerAnswer
	terms    map[journal.ID]termsAnswer
}

type selfAnswer struct {
	card    card.Card
	secrets card.Secrets
	err     error
}

type partnerAnswer struct {
	card card.Card
	err  error
}

type termsAnswer struct {
	states []terms.State
	err    error
}

// Self gives the one owner's card and secrets.
func (g *glance) Self(ctx context.Context, owner journal.ID) (card.Card, card.Secrets, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.self == nil {
		c, s, err := g.Directory.Self(ctx, owner)
		g.self = &selfAnswer{c, s, err}
	}
	return g.self.card, g.self.secrets, g.self.err
}

// Partner gives a partner's card as it was when it was first asked for.
func (g *glance) Partner(ctx context.Context, owner, partner journal.ID) (card.Card, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a, ok := g.partners[partner]
	if !ok {
		a.card, a.err = g.Directory.Partner(ctx, owner, partner)
		if g.partners == nil {
			g.partners = map[journal.ID]partnerAnswer{}
		}
		g.partners[partner] = a
	}
	return a.card, a.err
}

// Terms gives the terms with a partner as they were when they were first asked for.
func (g *glance) Terms(ctx context.Context, owner, partner journal.ID) ([]terms.State, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a, ok := g.terms[partner]
	if !ok {
		a.states, a.err = g.Directory.Terms(ctx, owner, partner)
		if g.terms == nil {
			g.terms = map[journal.ID]termsAnswer{}
		}
		g.terms[partner] = a
	}
	return a.states, a.err
}
