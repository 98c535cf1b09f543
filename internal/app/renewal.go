// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// announce makes the messages that give an owner's partners its new card, signed with the secrets that it had until now.
func (n *Node) announce(ctx context.Context, owner journal.ID, was card.Secrets, fresh []byte) ([]*post.Sealed, error) {
	who, err := n.postForExchange(owner)
	if err != nil {
		return nil, err
	}
	var out []*post.Sealed
	err = n.Store.Each(ctx, who, store.Query{Kind: access.KindPartner}, func(row store.Row) error {
		m, err := n.Post.Announce(ctx, owner, row.Ref.ID, was, fresh)
		out = append(out, m)
		return err
	})
	return out, err
}

// misused notes on a partner's log that something came which a stolen key of it had signed: its people may not know that it is in use.
func (n *Node) misused(ctx context.Context, owner journal.ID, of card.Card) {
	who, err := n.postForExchange(owner)
	print := card.Hex(of.Fingerprint())
	if err == nil {
		_, err = n.Store.Update(ctx, who, store.Ref{Kind: access.KindPartner, ID: of.Office}, func(state any) ([]store.Draft, error) {
			if p := state.(terms.Partner); !p.MayNoteMisuse(print, n.Clock.Now()) {
				return nil, nil
			}
			return []store.Draft{{Type: terms.KeyMisused, Payload: terms.Misused{Fingerprint: print}, Room: terms.PostRoom}}, nil
		})
	}
	if err != nil && ctx.Err() == nil {
		n.trouble("note a stolen key")(err)
	}
}

// misusedKeys tells who minds partners that a stolen key of one was used lately.
func (n *Node) misusedKeys(ctx context.Context, r *page.Request) ([]page.Line, error) {
	if !r.Actor.Has(access.Liaison) {
		return nil, nil
	}
	known, ids, err := n.partners(ctx, r)
	var out []page.Line
	for _, id := range ids {
		s := known[id]
		if !s.Misused.IsZero() && r.Now.Before(s.Misused.Add(misusedFor)) {
			out = append(out, page.Line{Tone: page.Bad, Title: s.Name, Href: "/partners/" + id.String(), Text: r.L.T("exchange.misused"), When: r.L.T("app.today.since"), Due: &s.Misused, Now: r.Now})
		}
	}
	return out, err
}

// misusedFor is how long after a stolen key was used last Today tells of it.
const misusedFor = 14 * 24 * time.Hour

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
