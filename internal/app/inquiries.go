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
func (n *Node) inquiries() inquiry.Mail { return inquiry.Mail{Mail: n.delivering()} }

// inquiriesRoom mounts the pages of requests where they are asked and answered.
func (n *Node) inquiriesRoom(o Owner) (page.Room, bool, error) {
	return inquiry.Room(inquiry.RoomConfig{Store: n.Store, Codes: n.codes(), Permission: n.besidePermissions(o, access.KindInquiry), Names: n.namesFor(o), Colleagues: n.others(inquiry.Works),
		Units: func(ctx context.Context, r *page.Request) ([]page.Option, error) {
			return n.covering(ctx, r, inquiry.Purpose, []journal.Category{journal.D0, journal.D2}, access.Assistance)
		}}), o.Kind == access.Assistance || o.Kind == access.Justice, nil
}
