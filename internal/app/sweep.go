// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"errors"
	"time"
)

// sweepEvery is how often what has expired of the accounts is deleted. Nothing relies on it for safety: what has expired
// opens nothing. But who signed in when, and from what, is kept no longer than it serves.
const sweepEvery = time.Hour

// sweep deletes it every so often until the context ends. Serve does it once before the doors open.
func (n *Node) sweep(ctx context.Context) {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			n.sweepOnce(ctx)
		}
	}
}

// sweepOnce deletes expired sessions, enrolment links and tokens of all offices, failed attempts that no longer count, and
// parcels that nobody needs any more; and it settles what of terms of many parties could not be settled before.
func (n *Node) sweepOnce(ctx context.Context) {
	var err error
	for _, o := range n.owners() {
		err = errors.Join(err, n.Identity.Sweep(ctx, o), n.Post.Sweep(ctx, o))
	}
	for _, o := range n.signing() {
		err = errors.Join(err, n.groups().Settle(ctx, o))
	}
	if err != nil && ctx.Err() == nil {
		n.trouble("delete what has expired")(err)
	}
}
