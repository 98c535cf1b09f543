// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// joint does an office's part of what several publish together.
func (n *Node) joint() joint.Desk {
	return joint.Desk{Store: n.Store, DB: n.DB, Post: n.Post, Clock: n.Clock, Job: n.Job,
		Keys: func(owner journal.ID) joint.Keyring { return n.keys[owner] },
		Wake: func(journal.ID) {}}
}

// coveredBothWays says whether counts may go to an office and come from it.
func coveredBothWays(g *store.Guarding, office journal.ID) error {
	counts := []journal.Category{journal.D9}
	if _, err := terms.Find(g, g.Owner, office, joint.Purpose, counts); err != nil {
		return err
	}
	_, err := terms.Find(g, office, g.Owner, joint.Purpose, counts)
	return err
}
