// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"bytes"
	"context"
	"encoding/json"
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

// Register registers the message type of this room.
func (m Mail) Register(p *post.Post) { p.Register(MsgSignal, m.signal, m.receipted) }

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindSignal, ID: id} }

// Incoming turns a message's body into the entry that it becomes: strictly, and of its own conversation only.
func Incoming(in post.Incoming) (Came, error) {
	var b Body
	d := json.NewDecoder(bytes.NewReader(in.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
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
	if r.Status == "refused" {
		d.Type, d.Payload = "signal.refused", Refused{Reason: r.Reason}
	}
	_, err = m.Store.Update(ctx, who, refOf(out.Conversation), func(state any) ([]store.Draft, error) {
		s := state.(Signal)
		if s.Forwarded == nil || s.Forwarded.To != out.Partner || messageID(s.SentID) != out.ID {
			return nil, nil // of an earlier attempt
		}
		return []store.Draft{d}, nil
	})
	return err
}
