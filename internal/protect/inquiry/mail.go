// SPDX-License-Identifier: EUPL-1.2

package inquiry

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Types of the messages between the office that asks and the unit that is asked; their conversation is the request, which has
// the same id in both. Purpose is what sharing terms must grant for them.
const (
	MsgRequest  = "inquiry.request"
	MsgSaid     = "inquiry.said"     // back: taken on, refused with its reason, answered
	MsgWithdraw = "inquiry.withdraw" // the request is taken back
	Purpose     = "inquiry"
)

// MessageTypes lists them.
func MessageTypes() []string { return []string{MsgRequest, MsgSaid, MsgWithdraw} }

// Bodies of the messages. At is when it was written, so that whatever order they come in the latest holds.
type (
	requestBody struct {
		Inquiry journal.ID `json:"inquiry"`
		Asked   Asked      `json:"asked"`
	}
	saidBody struct {
		Inquiry journal.ID `json:"inquiry"`
		Said    Said       `json:"said"`
	}
	withdrawBody struct {
		Inquiry journal.ID `json:"inquiry"`
		Reason  string     `json:"reason"`
	}
)

// derived gives an id that follows from another one and a word, so that the same deed is one message and one entry.
func derived(id journal.ID, word string) journal.ID {
	h := sha256.Sum256([]byte("entraide inquiry v1\n" + word + "\n" + id.String()))
	out := journal.ID(h[:16])
	out[6], out[8] = out[6]&0x0f|0x80, out[8]&0x3f|0x80
	return out
}

// effects gives the message that an entry brings about, and what a request that was taken back leaves behind: nothing.
func effects(_ *store.Guarding, before, i Inquiry, e journal.Entry) (store.Effects, error) {
	switch e.Type {
	case SentType:
		return message(e.ID, i.Draft.To, i.ID, MsgRequest, i.Draft.Categories(), requestBody{i.ID, i.Draft.Asked})
	case AcceptedType, RefusedType, AnsweredType:
		cats := []journal.Category{journal.D0}
		if i.Said.Report != "" {
			cats = append(cats, journal.D3)
		}
		return message(e.ID, i.From, i.ID, MsgSaid, cats, saidBody{i.ID, i.Said})
	case DraftedType: // to another unit now
		return takeBack(e, i.ID, before.Went, i.Draft.To, "mistake")
	case WithdrawnType:
		return takeBack(e, i.ID, before.Went, journal.ID{}, i.Ended.Reason)
	case RecalledType:
		return store.Effects{Erase: []journal.Category{journal.D2, journal.D3, journal.D6}}, nil
	}
	return store.Effects{}, nil
}

// takeBack tells every unit that may hold a request, but for one, that it is taken back: also one from which it came back as not
// delivered, since a try before may have arrived.
func takeBack(e journal.Entry, id journal.ID, went []journal.ID, but journal.ID, reason string) (store.Effects, error) {
	var out store.Effects
	for _, to := range went {
		if to == but {
			continue
		}
		fx, err := message(derived(e.ID, to.String()), to, id, MsgWithdraw, []journal.Category{journal.D0}, withdrawBody{id, reason}, MsgRequest)
		if err != nil {
			return out, err
		}
		out.Messages = append(out.Messages, fx.Messages...)
	}
	return out, nil
}

func message(entry, to, conversation journal.ID, typ string, cats []journal.Category, body any, voids ...string) (store.Effects, error) {
	raw, err := json.Marshal(body)
	return store.Effects{Messages: []any{post.Outgoing{ID: derived(entry, typ), To: to, Conversation: conversation, Type: typ, Purpose: Purpose, Basis: "law", Categories: cats, Body: raw, Voids: voids}}}, err
}

// Mail connects requests with the post.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner, for delivery.
	Job func(owner journal.ID) (store.Who, error)
}

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgRequest, m.request, m.receipted)
	p.Register(MsgSaid, m.said, nil)
	p.Register(MsgWithdraw, m.withdraw, nil)
	p.Returns(MsgWithdraw)
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindInquiry, ID: id} }

// take writes what a message brings, in one transaction with the note that it was handled, when it speaks of its own
// conversation. may says whether the other office may say so, and whether there is anything new in it.
func (m Mail) take(ctx context.Context, in post.Incoming, of journal.ID, typ string, payload any, may func(Inquiry) (bool, error)) error {
	if of != in.Conversation || of.IsZero() {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, who, refOf(of), func(state any) ([]store.Draft, error) {
		fresh, err := may(state.(Inquiry))
		if err != nil || !fresh {
			return nil, err
		}
		return []store.Draft{{ID: in.ID, Type: typ, Payload: payload, At: in.Sent}}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

// other refuses what an office says that has no part in a request.
func other(is bool) (bool, error) {
	if !is {
		return false, fault.New(fault.Denied, "inquiry.guard.part")
	}
	return true, nil
}

func (m Mail) request(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[requestBody](in)
	if err != nil {
		return err
	}
	cats := slices.Clone(in.Categories)
	slices.Sort(cats)
	if !slices.Equal(b.Asked.Categories(), cats) { // what it holds is what the terms were asked about
		return fault.New(fault.Uncovered, "inquiry.guard.categories")
	}
	return m.take(ctx, in, b.Inquiry, ReceivedType, Came{From: in.From, Asked: b.Asked}, func(i Inquiry) (bool, error) {
		if i.Exists() && i.From == in.From { // sent again after it had come
			return false, nil
		}
		return true, nil
	})
}

func (m Mail) said(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[saidBody](in)
	if err != nil {
		return err
	}
	if b.Said.Report != "" && !slices.Contains(in.Categories, journal.D3) {
		return fault.New(fault.Uncovered, "inquiry.guard.categories")
	}
	return m.take(ctx, in, b.Inquiry, HeardType, b.Said, func(i Inquiry) (bool, error) {
		return other(i.Exists() && i.Here() && i.Draft.To == in.From)
	})
}

// withdraw takes back a request. One that never came leaves nothing to take back.
func (m Mail) withdraw(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[withdrawBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Inquiry, RecalledType, Ended{b.Reason}, func(i Inquiry) (bool, error) {
		if !i.Exists() {
			return false, nil
		}
		return other(i.From == in.From)
	})
}

// receipted notes, where it was asked, that a request did not arrive and why.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	if r.Status == "accepted" {
		return nil
	}
	who, err := m.Job(owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, who, refOf(out.Conversation), func(state any) ([]store.Draft, error) {
		if state.(Inquiry).Status() != Sent {
			return nil, nil
		}
		return []store.Draft{{ID: derived(out.ID, "returned"), Type: ReturnedType, Payload: Back{r.Reason}}}, nil
	})
	return err
}
