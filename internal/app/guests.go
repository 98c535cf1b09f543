// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/rand"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/guest"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// guestsRoom mounts the doors for partners without an office: every office may open one, for a letter.
func (n *Node) guestsRoom(o Owner) (page.Room, bool, error) {
	at := n.publicAt(o)
	if at == "" {
		at = n.Settings.URL
	}
	return guest.Room(guest.Config{Store: n.Store, Random: rand.Reader, At: at, Languages: n.Bundle.Persons(),
		Job: func() (store.Who, error) { return n.Job(o.ID, "post", access.ForDelivery) },
		Self: func(ctx context.Context) (string, age.Identity, error) {
			c, s, err := n.directory.Self(ctx, o.ID)
			return c.Seal, s.Seal, err
		},
		Names: func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) }}), true, nil
}
