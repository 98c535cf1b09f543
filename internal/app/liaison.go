// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// delivering is what the rooms between offices take messages in with.
func (n *Node) delivering() conversation.Mail {
	return conversation.Mail{Store: n.Store, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "post", access.ForDelivery) }}
}

// Letters connects letters with the post; what a partner without an office writes comes in by its Took.
func (n *Node) Letters() letter.Mail { return letter.Mail{Mail: n.delivering()} }
