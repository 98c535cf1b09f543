// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/group"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// ownCard gives an office's card with the bytes that travel.
func (n *Node) ownCard(owner journal.ID) (card.Card, []byte, error) {
	s, ok := n.directory.own(owner)
	if !ok {
		return card.Card{}, nil, fault.New(fault.NotFound, "app.no_owner")
	}
	return s.card, s.bytes, nil
}

// groups connects sharing terms of many parties with the post.
func (n *Node) groups() group.Mail {
	return group.Mail{Store: n.Store, Clock: n.Clock,
		Job: func(owner journal.ID, name string) (store.Who, error) { return n.Job(owner, name, access.ForExchange) },
		Self: func(owner journal.ID) (card.Card, []byte, card.Secrets, error) {
			c, raw, err := n.ownCard(owner)
			if err != nil {
				return c, nil, card.Secrets{}, err
			}
			_, secrets, err := n.directory.Self(context.Background(), owner)
			return c, raw, secrets, err
		}}
}
