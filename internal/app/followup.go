// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"errors"
	"time"
)

// followEvery is how often owners of actions are asked how they stand, when that is due. The days between are counted from
// when an action was agreed, so an hour more or less does not matter.
const followEvery = time.Hour

// follow asks every so often until the context ends, and has ready what the indicators come to.
func (n *Node) follow(ctx context.Context) {
	t := time.NewTicker(followEvery)
	defer t.Stop()
	for {
		n.followOnce(ctx)
		n.reckon(ctx)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// followOnce asks the owners of all offices' actions once. An office that may not send now is asked for again later.
func (n *Node) followOnce(ctx context.Context) {
	var all error
	for _, o := range n.signing() {
		_, err := n.actions().AskDue(ctx, o, n.Clock.Now())
		all = errors.Join(all, err)
	}
	if all != nil && ctx.Err() == nil {
		n.trouble("ask how actions stand")(all)
	}
}
