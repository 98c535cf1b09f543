// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
)

// covered gives what says whether terms in force let this office send another one categories for a purpose.
func covered(purpose string) func(g *store.Guarding, to journal.ID, cats []journal.Category) error {
	return func(g *store.Guarding, to journal.ID, cats []journal.Category) error {
		_, err := terms.Find(g, g.Owner, to, purpose, cats)
		return err
	}
}

// inquiries connects requests for social inquiries with the post.
func (n *Node) inquiries() inquiry.Mail {
	return inquiry.Mail{Store: n.Store, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "post", access.ForDelivery) }}
}

// inquiriesRoom mounts the pages of requests where they are asked and answered.
func (n *Node) inquiriesRoom(o Owner) (page.Room, bool, error) {
	return inquiry.Room(inquiry.RoomConfig{Store: n.Store, Units: n.inquiryUnits, Colleagues: n.inquiryColleagues,
		Names: func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) }}), o.Kind == access.Assistance || o.Kind == access.Justice, nil
}

// inquiryUnits lists the assistance offices that terms in force let a request go to.
func (n *Node) inquiryUnits(ctx context.Context, r *page.Request) ([]page.Option, error) {
	rows, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, store.Query{Kind: access.KindPartner, Codes: map[string]string{"kind": string(access.Assistance)}})
	if err != nil {
		return nil, err
	}
	var out []page.Option
	for _, row := range rows.Rows {
		if _, err := n.directory.covering(ctx, r.Actor.Owner, row.Ref.ID, inquiry.Purpose, []journal.Category{journal.D0, journal.D2}); err != nil {
			continue
		}
		s, err := store.Summary[terms.Summary](row)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Option{Value: row.Ref.ID.String(), Text: s.Name + " (" + r.L.Country(s.Country) + ")"})
	}
	return out, nil
}

// inquiryColleagues lists those who can send what somebody has drafted.
func (n *Node) inquiryColleagues(ctx context.Context, r *page.Request) ([]page.Option, error) {
	list, err := n.Identity.Colleagues(ctx, r.Actor.Owner)
	var out []page.Option
	for _, c := range list {
		if c.ID != r.Actor.ID {
			out = append(out, page.Option{Value: c.ID.String(), Text: c.Name})
		}
	}
	return out, err
}
