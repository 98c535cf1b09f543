// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Mail connects signals with the post.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner.
	Job func(owner journal.ID) (store.Who, error)
}

// Register registers the message types of this room.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgSignal, m.signal, m.receipted)
	p.Register(MsgUnread, m.unread, nil)
	p.Register(MsgWithdraw, m.withdrawn, m.returned)
	p.Register(MsgErased, m.erased, nil)
	p.Returns(MsgUnread, MsgWithdraw, MsgErased)
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindSignal, ID: id} }

// Incoming turns a message's body into the entry that it becomes: strictly, and of its own conversation only.
func Incoming(in post.Incoming) (Came, error) {
	var b Body
	if err := in.Decode(&b); err != nil {
		return Came{}, fault.Wrap(fault.Invalid, err, "screening.message.unreadable")
	}
	if b.Signal != in.Conversation || in.Conversation.IsZero() {
		return Came{}, fault.New(fault.Invalid, "screening.message.other_conversation")
	}
	if !slices.Equal(b.categories(), in.Categories) {
		return Came{}, fault.New(fault.Uncovered, "screening.message.other_categories")
	}
	return Came{From: in.From, For: in.Purpose, At: b.At, Who: b.Who, Slips: b.Slips, Grounds: b.Grounds, Contact: b.Contact, Identity: b.Identity,
		Screenings: b.Screenings, Words: b.Words, Suspects: b.Suspects}, nil
}

func (m Mail) signal(ctx context.Context, in post.Incoming) error {
	v, err := Incoming(in)
	if err != nil {
		return err
	}
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Append(ctx, who, refOf(in.Conversation), store.Draft{ID: in.ID, Type: "signal.received", Payload: v},
		func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

// receipted notes, at the sender, that a signal was taken in, or why it was not.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	who, err := m.Job(owner)
	if err != nil {
		return err
	}
	d := store.Draft{ID: derived(out.ID, "receipt"), Type: "signal.receipted", Payload: Receipted{At: r.At}}
	if r.Status != "accepted" {
		d.Type, d.Payload = "signal.refused", Refused{Reason: r.Reason}
	}
	_, err = m.Store.Update(ctx, who, refOf(out.Conversation), func(state any) ([]store.Draft, error) {
		s := state.(Signal)
		if !s.WithdrawnAt.IsZero() || s.Forwarded == nil || s.Forwarded.To != out.Partner || messageID(s.SentID) != out.ID {
			return nil, nil // of an earlier attempt
		}
		return []store.Draft{d}, nil
	})
	return err
}

// note reads a message that follows a signal: strictly, and of its own conversation only.
func note[T any](in post.Incoming, signal func(T) journal.ID) (T, error) {
	var b T
	if err := in.Decode(&b); err != nil {
		return b, fault.Wrap(fault.Invalid, err, "screening.message.unreadable")
	}
	if signal(b) != in.Conversation || in.Conversation.IsZero() {
		return b, fault.New(fault.Invalid, "screening.message.other_conversation")
	}
	return b, nil
}

// append writes what a message of the other office of a signal brings about.
func (m Mail) append(ctx context.Context, in post.Incoming, typ string, payload any, other func(Signal) journal.ID) error {
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, who, refOf(in.Conversation), func(state any) ([]store.Draft, error) {
		if other(state.(Signal)) != in.From {
			return nil, fault.New(fault.NotFound, "screening.message.no_signal")
		}
		return []store.Draft{{ID: in.ID, Type: typ, Payload: payload}}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

func sentTo(s Signal) journal.ID {
	if s.Forwarded == nil {
		return journal.ID{}
	}
	return s.Forwarded.To
}

func cameFrom(s Signal) journal.ID { return s.From }

func (m Mail) unread(ctx context.Context, in post.Incoming) error {
	b, err := note(in, func(b UnreadBody) journal.ID { return b.Signal })
	if err != nil {
		return err
	}
	return m.append(ctx, in, "signal.unread", Unread{At: b.At, Lapsed: b.Lapsed}, sentTo)
}

func (m Mail) withdrawn(ctx context.Context, in post.Incoming) error {
	b, err := note(in, func(b WithdrawBody) journal.ID { return b.Signal })
	if err != nil {
		return err
	}
	return m.append(ctx, in, "signal.taken_back", CameBack{At: b.At}, cameFrom)
}

func (m Mail) erased(ctx context.Context, in post.Incoming) error {
	b, err := note(in, func(b ErasedBody) journal.ID { return b.Signal })
	if err != nil {
		return err
	}
	return m.append(ctx, in, "signal.erased", Erased{At: b.At, Wish: b.Wish}, sentTo)
}

// returned notes, at the sender, that the other office holds nothing to take back: the signal never came there.
func (m Mail) returned(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	if r.Status != "refused" || r.Reason != "screening.message.no_signal" {
		return nil
	}
	who, err := m.Job(owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Append(ctx, who, refOf(out.Conversation), store.Draft{ID: derived(out.ID, "receipt"), Type: "signal.erased", Payload: Erased{At: r.At, None: true}})
	return err
}
