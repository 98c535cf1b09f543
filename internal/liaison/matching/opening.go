// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"context"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// challenged takes in that the partner's oversight asks on what a question rested.
func (d Desk) challenged(ctx context.Context, in post.Incoming) error {
	head, _, err := parted[doubtHead](in)
	if err != nil || head.Comparison != in.Conversation {
		return firstOf(err, unreadable())
	}
	return d.write(ctx, in.Owner, head.Comparison, func(c Comparison) ([]store.Draft, error) {
		if !c.Here() || c.Asked.To != in.From {
			return nil, fault.New(fault.Denied, "matching.guard.part")
		}
		return []store.Draft{{ID: in.ID, Type: ChallengedType, At: in.Sent, Payload: Doubted{head.Reason}}}, nil
	}, in.Done)
}

// shown takes in what the partner's oversight opened, and notes whether the commitment is to it.
func (d Desk) shown(ctx context.Context, in post.Incoming) error {
	head, _, err := parted[openHead](in)
	if err != nil || head.Comparison != in.Conversation {
		return firstOf(err, unreadable())
	}
	return d.write(ctx, in.Owner, head.Comparison, func(c Comparison) ([]store.Draft, error) {
		if c.Here() || c.Questioned.From != in.From || c.Doubt == "" {
			return nil, fault.New(fault.Denied, "matching.guard.part")
		}
		fits := head.Opening.commitment(head.Salt) == c.Questioned.Commitment
		return []store.Draft{{ID: in.ID, Type: ShownType, At: in.Sent, Payload: Shown{head.Opening, fits}}}, nil
	}, in.Done)
}

// Opening gives what a question of this office's rests on, for oversight to read before it opens it. Errors: Denied for one that it
// has not asked.
func (d Desk) Opening(ctx context.Context, owner, id journal.ID) (Opened, error) {
	q, err := d.question(ctx, owner, id)
	return Opened{q.secret.Salt, q.secret.Opening}, err
}

// Open opens a commitment to the office that asks for it, by oversight.
func (d Desk) Open(ctx context.Context, w store.Who, id journal.ID) error {
	v, err := d.Opening(ctx, w.Actor.Owner, id)
	if err != nil {
		return err
	}
	_, err = d.Store.Append(ctx, w, refOf(id), store.Draft{Type: OpenedType, Payload: v, Room: Room})
	return err
}
