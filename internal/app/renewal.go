// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// announce makes the messages that give an owner's partners its new card, signed with the secrets that it had until now.
func (n *Node) announce(ctx context.Context, owner journal.ID, was card.Secrets, fresh []byte) ([]*post.Sealed, error) {
	who, err := n.postForExchange(owner)
	if err != nil {
		return nil, err
	}
	var out []*post.Sealed
	for q := (store.Query{Kind: access.KindPartner}); ; {
		rows, err := n.Store.List(ctx, who, q)
		if err != nil {
			return nil, err
		}
		for _, row := range rows.Rows {
			m, err := n.Post.Announce(ctx, owner, row.Ref.ID, was, fresh)
			if err != nil {
				return nil, err
			}
			out = append(out, m)
		}
		if q.After = rows.Next; q.After == "" {
			return out, nil
		}
	}
}

// repin pins a partner's new card, for which the pinned one vouched. Nobody has compared it: the partner's page says so.
func (n *Node) repin(ctx context.Context, in post.Incoming, fresh []byte) error {
	who, err := n.postForExchange(in.Owner)
	if err != nil {
		return err
	}
	_, err = n.Store.Update(ctx, who, store.Ref{Kind: access.KindPartner, ID: in.From}, func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: in.ID, Type: "partner.pinned", Payload: terms.Pinned{Card: fresh, How: terms.ByRenewal, Renewed: true}}}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}
