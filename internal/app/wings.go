// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"fmt"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// registry joins the kinds of all wings. Which of them an office may hold is a wall of the policies, so a
// node that serves offices of several kinds needs one registry only.
func (n *Node) registry() (*store.Registry, error) {
	var kinds []store.Kind
	kinds = append(kinds, terms.Kinds(func(owner journal.ID) (card.Card, error) {
		c, _, err := n.directory.Self(context.Background(), owner)
		return c, err
	})...)
	kinds = append(kinds,
		casework.Kind(func(g *store.Guarding, to journal.ID, cats []journal.Category) (journal.ID, error) {
			return terms.Find(g, g.Owner, to, referral.Purpose, cats)
		}, nil),
		referral.KindIn(func(g *store.Guarding, from journal.ID, cats []journal.Category) (journal.ID, error) {
			return terms.Find(g, from, g.Owner, referral.Purpose, cats)
		}))
	return store.NewRegistry(kinds...)
}

// outgoing is what a wing's message must be able to become.
type outgoing interface{ Outgoing() post.Outgoing }

// sender seals the messages that appends bring about, and queues them in the append's own transaction.
type sender struct{ n *Node }

// Prepare seals a message; it runs before the transaction.
func (s sender) Prepare(ctx context.Context, owner journal.ID, message any) (func(context.Context, db.Tx) error, error) {
	m, ok := message.(outgoing)
	if !ok {
		return nil, fmt.Errorf("app: %T is not a message", message)
	}
	sealed, err := s.n.Post.Prepare(ctx, owner, m.Outgoing())
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx db.Tx) error {
		if err := s.n.Post.Enqueue(ctx, tx, sealed); err != nil {
			return err
		}
		s.n.poke()
		return nil
	}, nil
}

// termsFor finds, for a preview, the terms that let an office send another categories for referrals now.
func (n *Node) termsFor(ctx context.Context, w store.Who, to journal.ID, cats []journal.Category) (journal.ID, error) {
	return n.directory.covering(ctx, w.Actor.Owner, to, referral.Purpose, cats)
}
