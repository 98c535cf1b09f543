// SPDX-License-Identifier: EUPL-1.2

package inquiry

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
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
	MsgRemind   = "inquiry.remind"   // the answer is asked for again
	MsgErase    = "inquiry.erase"    // back: what was taken back is erased
	Purpose     = "inquiry"
)

// MessageTypes lists them.
func MessageTypes() []string {
	return []string{MsgRequest, MsgSaid, MsgWithdraw, MsgRemind, MsgErase}
}

// Bodies of the messages.
type (
	requestBody struct {
		Inquiry journal.ID `json:"inquiry"`
		Asked   Asked      `json:"asked"`
	}
	saidBody struct {
		Inquiry journal.ID `json:"inquiry"`
		Said    Said       `json:"said"` // by the unit; a report with an answer, a reason with a refusal
	}
	withdrawBody struct {
		Inquiry journal.ID `json:"inquiry"`
		Reason  string     `json:"reason"` // why
	}
	ofBody struct {
		Inquiry journal.ID `json:"inquiry"`
	}
)

// effects gives the message that an entry brings about, and what a request that was taken back leaves behind: nothing.
func effects(_ *store.Guarding, before, i Inquiry, e journal.Entry) (store.Effects, error) {
	line, codes := conversation.Line{With: i.Other(), Conversation: i.ID, Purpose: Purpose}, []journal.Category{journal.D0}
	came := []journal.ID{i.Message}
	switch e.Type {
	case SentType:
		fx, err := line.Effect(e.ID, MsgRequest, i.Draft.Categories(), requestBody{i.ID, i.Draft.Asked})
		return conversation.Due(fx, i.Draft.DueAt()), err
	case RemindedType:
		return line.Effect(e.ID, MsgRemind, codes, ofBody{i.ID})
	case AcceptedType, RefusedType, AnsweredType:
		fx, err := line.Effect(e.ID, MsgSaid, i.Said.Categories(), saidBody{i.ID, i.Said})
		return line.Deeds(fx, came, map[Status]string{Accepted: post.Accepted, Refused: post.Refused, Answered: post.Executed}[i.Said.Outcome], ""), err
	case TakenType:
		return line.Deeds(store.Effects{}, came, post.Seen, ""), nil
	case DraftedType: // to another unit now
		return conversation.TakeBack(line, before.Went, i.Draft.To, e.ID, MsgWithdraw, withdrawBody{i.ID, "mistake"}, MsgRequest)
	case WithdrawnType:
		return conversation.TakeBack(line, before.Went, journal.ID{}, e.ID, MsgWithdraw, withdrawBody{i.ID, i.Ended.Reason}, MsgRequest, MsgRemind)
	case RecalledType:
		fx, err := line.Effect(e.ID, MsgErase, codes, ofBody{i.ID})
		fx.Erase = []journal.Category{journal.D2, journal.D3, journal.D6}
		return line.Deeds(fx, came, post.Refused, conversation.TakenBack), err
	}
	return store.Effects{}, nil
}

// Mail connects requests with the post.
type Mail struct{ conversation.Mail }

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgRequest, m.request, m.receipted)
	p.Register(MsgSaid, m.said, nil)
	p.Register(MsgWithdraw, m.withdraw, nil)
	p.Register(MsgRemind, m.remind, nil)
	p.Register(MsgErase, m.erase, nil)
	p.Returns(MsgWithdraw, MsgErase)
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindInquiry, ID: id} }

// take writes what a message brings when it speaks of its own conversation. may says whether the other office may say so, and
// whether there is anything new in it.
func (m Mail) take(ctx context.Context, in post.Incoming, of journal.ID, typ string, payload any, may func(Inquiry) (bool, error)) error {
	if of != in.Conversation {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return conversation.Take(ctx, m.Mail, in, refOf(of), func(i Inquiry) (store.Draft, error) {
		if fresh, err := may(i); err != nil || !fresh {
			return conversation.Nothing, err
		}
		return store.Draft{Type: typ, Payload: payload}, nil
	})
}

// other refuses what an office says that has no part in a request.
func other(is, fresh bool) (bool, error) {
	if !is {
		return false, fault.New(fault.Denied, "inquiry.guard.part")
	}
	return fresh, nil
}

func (m Mail) request(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[requestBody](in)
	if err != nil {
		return err
	}
	if err := conversation.Holds(in, b.Asked.Categories()); err != nil {
		return err
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
	if err := conversation.Holds(in, b.Said.Categories()); err != nil {
		return err
	}
	return m.take(ctx, in, b.Inquiry, HeardType, b.Said, func(i Inquiry) (bool, error) {
		return other(i.Exists() && i.Here() && i.Draft.To == in.From, true)
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
		return other(i.From == in.From, true)
	})
}

// remind notes that the office that asks does so again. More often than once a day is not noted.
func (m Mail) remind(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[ofBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Inquiry, AskedAgainType, Told{true}, func(i Inquiry) (bool, error) {
		return other(i.Exists() && i.From == in.From, i.Open() && conversation.MayRemind(i.Reminded, in.Sent))
	})
}

// erase notes that a unit has erased what was taken back.
func (m Mail) erase(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[ofBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Inquiry, ErasedThereType, Erased{in.From}, func(i Inquiry) (bool, error) {
		return other(i.Exists() && i.Here(), slices.Contains(i.Recalled, in.From) && !slices.Contains(i.Erased, in.From))
	})
}

// receipted notes, where it was asked, that a request did not arrive and why.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	if !conversation.Lost(r) {
		return nil
	}
	return conversation.Note(ctx, m.Mail, owner, out, refOf(out.Conversation), func(i Inquiry) store.Draft {
		if i.Status() != Sent || i.Draft.To != out.Partner { // it went to another unit since
			return conversation.Nothing
		}
		return store.Draft{Type: ReturnedType, Payload: Back{r.Reason}}
	})
}
