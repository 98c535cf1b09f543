// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/group"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
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

// openGroups warns of terms of several offices of which a change waits for this office, or that end soon.
func (n *Node) openGroups(ctx context.Context, r *page.Request) ([]page.Line, error) {
	var out []page.Line
	err := n.Store.Each(ctx, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, store.Query{Kind: access.KindGroup}, func(row store.Row) error {
		s, err := store.Summary[group.Summary](row)
		if err != nil {
			return err
		}
		x := page.Line{Tone: page.Warn, Title: s.Title, Href: "/groups/" + row.Ref.ID.String(), Now: r.Now}
		near := s.Ending(r.Actor.Owner, r.Now)
		switch {
		case s.Open > 0:
			x.Text, x.When, x.Due = r.L.N("group.open", s.Open), r.L.T("app.today.since"), &row.Updated
		case s.Status != "founded" || slices.Contains(s.Out, r.Actor.Owner):
			return nil
		case !r.Now.Before(s.Until):
			x.Tone, x.Text = page.Bad, r.L.T("app.today.terms.over")
			onDay(&x, s.Until, r.Now, r.L.Zone())
		case near == "":
			return nil
		default:
			x.Text = r.L.T("app.today.terms.ends")
			onDay(&x, s.Until, r.Now, r.L.Zone())
			if near == terms.Now {
				x.Tone = page.Bad
			}
		}
		out = append(out, x)
		return nil
	})
	return out, err
}
