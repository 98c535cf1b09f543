// SPDX-License-Identifier: EUPL-1.2

package joint

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Register registers the message types.
func (d Desk) Register() {
	d.Post.Register(MsgInvite, d.invited, nil)
	d.Post.Register(MsgAnswer, d.answered, nil)
	d.Post.Register(MsgDeal, d.dealtThere, nil)
	d.Post.Register(MsgSum, d.summedThere, nil)
	d.Post.Register(MsgOpen, d.openedThere, nil)
	d.Post.Register(MsgStop, d.stoppedThere, nil)
}

// take writes a message of a party as an entry with the message's id and time, together with the note that it was handled.
// What comes for a proposal of another hash, or of who is no party, is refused; what brings nothing new is only noted.
func (d Desk) take(ctx context.Context, in post.Incoming, joint journal.ID, hash string, draft func(State) (store.Draft, error), also ...store.Also) error {
	if joint != in.Conversation {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	err := d.write(ctx, in.Owner, joint, func(s State) (store.Draft, error) {
		switch {
		case !s.Exists(): // an answer of one party can come before the invitation of another
			return store.Draft{}, fault.New(fault.Unavailable, "joint.guard.early")
		case s.Proposal.Place(in.From) < 0:
			return store.Draft{}, fault.New(fault.Denied, "joint.guard.part")
		case s.Hash != hash:
			return store.Draft{}, fault.New(fault.Invalid, "joint.guard.other")
		}
		dr, err := draft(s)
		dr.ID, dr.At = in.ID, in.Sent
		return dr, err
	}, append(also, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })...)
	if err == nil {
		d.Wake(in.Owner)
	}
	return err
}

func (d Desk) invited(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[inviteBody](in)
	if err != nil {
		return err
	}
	if b.Joint != in.Conversation {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return d.write(ctx, in.Owner, b.Joint, func(s State) (store.Draft, error) {
		if s.Exists() {
			return store.Draft{}, nil
		}
		return store.Draft{ID: in.ID, At: in.Sent, Type: InvitedType, Payload: Invited{in.From, b.Proposal}}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
}

func (d Desk) answered(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[answerBody](in)
	if err != nil {
		return err
	}
	return d.take(ctx, in, b.Joint, b.Hash, func(s State) (store.Draft, error) {
		if _, there := s.Answers[in.From]; there {
			return store.Draft{}, nil
		}
		return store.Draft{Type: AnsweredType, Payload: Answered{in.From, b.Yes, b.Reason}}, nil
	})
}

// dealtThere takes in a share. One that does not open its commitment ends it, and all are told who sent it.
func (d Desk) dealtThere(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[dealBody](in)
	if err != nil {
		return err
	}
	sealed, err := d.Keys(in.Owner).Seal(secretPurpose(b.Joint, in.From), b.Seed[:])
	if err != nil {
		return err
	}
	kept, ended := false, false
	return d.take(ctx, in, b.Joint, b.Hash, func(s State) (store.Draft, error) {
		if kept, ended = false, false; s.dealt(in.From) || s.Over() {
			return store.Draft{}, nil
		}
		if !s.fits(b) {
			ended = true
			return store.Draft{Type: StoppedType, Payload: Why{Reason: "false_share", About: []journal.ID{in.From}}}, nil
		}
		kept = true
		return store.Draft{Type: DealtThereType, Payload: Dealt{in.From, b.Commitments}}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error {
		if !kept {
			return nil
		}
		return keepSecret(ctx, tx, in.Owner, b.Joint, in.From, sealed)
	}, d.forgetIf(&ended, in.Owner, b.Joint))
}

// fits says whether a share that was dealt to this office opens its commitment.
func (s State) fits(b dealBody) bool {
	cs, err := commitments(b.Commitments)
	a, err2 := s.Proposal.Plan()
	if err != nil || err2 != nil || len(cs) != len(s.Proposal.Parties) {
		return false
	}
	return b.Seed.Share(a.Numbers()).Commit() == cs[s.Proposal.Place(s.Owner)]
}

func (d Desk) summedThere(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[sumBody](in)
	if err != nil {
		return err
	}
	return d.take(ctx, in, b.Joint, b.Hash, func(s State) (store.Draft, error) {
		if _, there := s.Summed[in.From]; there {
			return store.Draft{}, nil
		}
		return store.Draft{Type: SummedThereType, Payload: Summed{in.From, b.Transcript, b.Sum}}, nil
	})
}

func (d Desk) openedThere(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[openBody](in)
	if err != nil {
		return err
	}
	return d.take(ctx, in, b.Joint, b.Hash, func(s State) (store.Draft, error) {
		if _, there := s.Opened[in.From]; there {
			return store.Draft{}, nil
		}
		return store.Draft{Type: OpenedThereType, Payload: Opened{in.From, b.Result, b.False}}, nil
	})
}

// stoppedThere notes that another office stopped. An office that has shown its sum goes on: others may have the result.
func (d Desk) stoppedThere(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[stopBody](in)
	if err != nil {
		return err
	}
	ended := false
	return d.take(ctx, in, b.Joint, b.Hash, func(s State) (store.Draft, error) {
		_, summed := s.Summed[s.Owner]
		if ended = false; summed || slices.ContainsFunc(s.Stopped, func(w Why) bool { return w.Office == in.From }) || !slices.Contains(Reasons(), b.Reason) {
			return store.Draft{}, nil
		}
		ended = true
		return store.Draft{Type: StoppedThereType, Payload: Why{b.Reason, in.From, b.About}}, nil
	}, d.forgetIf(&ended, in.Owner, b.Joint))
}
