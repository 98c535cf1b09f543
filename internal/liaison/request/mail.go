// SPDX-License-Identifier: EUPL-1.2

package request

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

// Types of the messages between the office that asks and the one that is asked; their conversation is the request, which has
// the same id in both. Purpose is what sharing terms must grant for them.
const (
	MsgAsk     = "request.ask"
	MsgCorrect = "request.correct"
	MsgRemind  = "request.remind"
	MsgRecall  = "request.recall"
	MsgDecide  = "request.decide" // on more time

	MsgAnswer = "request.answer" // back: taken on, refused with its reason, answered
	MsgSee    = "request.see"    // back: the correction was seen
	MsgExtend = "request.extend" // back: asks for more time
	MsgErase  = "request.erase"  // back: it was erased
	Purpose   = "request"
)

// Bodies of the messages.
type (
	askBody struct {
		Request journal.ID `json:"request"`
		Version int        `json:"version"` // 1, then 2, 3 ... of corrections
		Asked   Asked      `json:"asked"`
	}
	answerBody struct {
		Request journal.ID `json:"request"`
		Said    Said       `json:"said"` // by the office that is asked; a report with an answer, a reason with a refusal
	}
	seeBody struct {
		Request journal.ID `json:"request"`
		Version int        `json:"version"` // that was seen
	}
	extendBody struct {
		Request   journal.ID `json:"request"`
		Extension Extension  `json:"extension"` // until when
	}
	decideBody struct {
		Request  journal.ID `json:"request"`
		Decision Decision   `json:"decision"` // on the last extension
	}
	recallBody struct {
		Request journal.ID `json:"request"`
		Reason  string     `json:"reason"` // why
	}
	ofBody struct {
		Request journal.ID `json:"request"`
	}
)

// deeds says what becomes of the messages that ask by what is said to them.
var deeds = map[Status]string{Accepted: post.Accepted, Refused: post.Refused, Partly: post.Accepted, Answered: post.Executed}

// effects gives the message that an entry brings about, and what a request that was taken back or corrected leaves behind.
func effects(_ *store.Guarding, before, s State, e journal.Entry) (store.Effects, error) {
	line, codes := conversation.Line{With: s.Other(), Conversation: s.ID, Purpose: Purpose}, []journal.Category{journal.D0}
	switch e.Type {
	case SentType:
		fx, err := line.Effect(e.ID, before.asks(), s.Asked.Categories(), askBody{s.ID, s.Version, s.Asked})
		return conversation.Due(fx, s.DueAt()), err
	case RemindedType:
		return line.Effect(e.ID, MsgRemind, codes, ofBody{s.ID})
	case DecidedType:
		fx, err := line.Effect(e.ID, MsgDecide, codes, decideBody{s.ID, s.Decision})
		if s.Decision.Granted {
			fx = conversation.Due(fx, s.DueAt())
		}
		return fx, err
	case DraftedType: // for another office now
		return conversation.TakeBack(line, before.Went, s.Draft.To, e.ID, MsgRecall, recallBody{s.ID, "mistake"}, MsgAsk, MsgCorrect)
	case WithdrawnType:
		return conversation.TakeBack(line, before.Went, journal.ID{}, e.ID, MsgRecall, recallBody{s.ID, s.Ended.Reason}, MsgAsk, MsgCorrect, MsgRemind, MsgDecide)
	case AcceptedType, RefusedType, AnsweredType:
		said := s.Replies[len(s.Replies)-1].Said
		fx, err := line.Effect(e.ID, MsgAnswer, said.Categories(), answerBody{s.ID, said})
		return line.Deeds(fx, s.Asks, deeds[said.Outcome], ""), err
	case TakenType:
		return line.Deeds(store.Effects{}, s.Asks, post.Seen, ""), nil
	case SeenType:
		fx, err := line.Effect(e.ID, MsgSee, codes, seeBody{s.ID, s.Seen})
		return line.Deeds(fx, s.Asks, post.Seen, ""), err
	case ExtendType:
		return line.Effect(e.ID, MsgExtend, codes, extendBody{s.ID, s.Extension})
	case CorrectedType: // what was wrong goes, unless the answer to it would go with it
		var fx store.Effects
		if len(before.Replies) == 0 || before.Replies[len(before.Replies)-1].Report == "" {
			fx.Erase = []journal.Category{journal.D6, journal.D8}
		}
		done := before.Asks
		if !s.Open() { // nobody answers it again
			done = s.Asks
		}
		return line.Deeds(fx, done, post.Executed, conversation.Corrected), nil
	case TimeSaidType:
		if s.Decision.Granted {
			return line.Deeds(store.Effects{}, before.Asks, post.Executed, conversation.MoreTime), nil
		}
	case RecalledType:
		fx, err := line.Effect(e.ID, MsgErase, codes, ofBody{s.ID}, MsgAnswer, MsgSee, MsgExtend)
		fx.Erase = []journal.Category{journal.D6, journal.D8}
		return line.Deeds(fx, s.Asks, post.Refused, conversation.TakenBack), err
	}
	return store.Effects{}, nil
}

// Mail takes requests and answers in.
type Mail struct{ conversation.Mail }

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgAsk, m.ask, m.receipted)
	p.Register(MsgCorrect, m.ask, m.receipted)
	p.Register(MsgRemind, m.remind, nil)
	p.Register(MsgRecall, m.recall, nil)
	p.Register(MsgDecide, m.decide, nil)
	p.Register(MsgAnswer, m.answer, nil)
	p.Register(MsgSee, m.see, nil)
	p.Register(MsgExtend, m.extend, nil)
	p.Register(MsgErase, m.erase, nil)
	p.Returns(MsgRecall, MsgErase)
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindRequest, ID: id} }

// take writes what a message brings when it speaks of its own conversation and the other office has that part in it: to ask,
// or to be asked. fresh says whether there is anything new in it.
func (m Mail) take(ctx context.Context, in post.Incoming, of journal.ID, typ string, payload any, fresh func(State) bool) error {
	if of != in.Conversation {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	asked := typ == RecalledType || typ == AskedAgainType || typ == TimeSaidType // what comes to an office that is asked
	return conversation.Take(ctx, m.Mail, in, refOf(of), func(s State) (store.Draft, error) {
		party := s.Exists() && s.Other() == in.From && s.Here() != asked
		if typ == RecalledType && !s.Exists() || typ == ErasedThereType && s.Here() && s.Exists() { // before it came; from an office that it went to before
			party = true
		}
		switch {
		case !party:
			return conversation.Nothing, fault.New(fault.Denied, "request.guard.part")
		case !fresh(s):
			return conversation.Nothing, nil
		}
		return store.Draft{Type: typ, Payload: payload}, nil
	})
}

// ask takes in a request, or a correction of it. What was taken back before it came is not read.
func (m Mail) ask(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[askBody](in)
	if err != nil {
		return err
	}
	if err := conversation.Holds(in, b.Asked.Categories()); err != nil {
		return err
	}
	if b.Request != in.Conversation {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return conversation.Take(ctx, m.Mail, in, refOf(b.Request), func(s State) (store.Draft, error) {
		came := Came{From: in.From, Version: b.Version, Asked: b.Asked}
		switch {
		case !s.Exists():
			return store.Draft{Type: ReceivedType, Payload: came}, nil
		case s.Here() || s.From != in.From:
			return conversation.Nothing, fault.New(fault.Denied, "request.guard.part")
		case s.Ended.Reason != "" || b.Version <= s.Version:
			return conversation.Nothing, nil
		}
		return store.Draft{Type: CorrectedType, Payload: came}, nil
	})
}

// remind notes that the other office asks again. More often than once a day is not noted.
func (m Mail) remind(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[ofBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Request, AskedAgainType, Told{true}, func(s State) bool { return s.Open() && conversation.MayRemind(s.Reminded, in.Sent) })
}

func (m Mail) recall(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[recallBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Request, RecalledType, Ended{Reason: b.Reason, From: in.From}, func(s State) bool { return s.Ended.Reason == "" })
}

func (m Mail) decide(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[decideBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Request, TimeSaidType, b.Decision, func(s State) bool { return s.Wanting() && s.Extension.Due == b.Decision.Due })
}

func (m Mail) answer(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[answerBody](in)
	if err != nil {
		return err
	}
	if err := conversation.Holds(in, b.Said.Categories()); err != nil {
		return err
	}
	return m.take(ctx, in, b.Request, HeardType, b.Said, func(s State) bool { return s.Ended.Reason == "" })
}

func (m Mail) see(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[seeBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Request, SeenThereType, Seen{b.Version}, func(s State) bool { return b.Version > s.Seen && b.Version <= s.Version })
}

func (m Mail) extend(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[extendBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Request, TimeAskedType, b.Extension, func(s State) bool { return s.Open() && !s.Wanting() })
}

func (m Mail) erase(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[ofBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Request, ErasedThereType, Erased{in.From}, func(s State) bool { return slices.Contains(s.Recalled, in.From) && !slices.Contains(s.Erased, in.From) })
}

// receipted notes, where it was asked, that a request or its correction did not arrive and why.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	if !conversation.Lost(r) {
		return nil
	}
	return conversation.Note(ctx, m.Mail, owner, out, refOf(out.Conversation), func(s State) store.Draft {
		if s.Ended.Reason != "" || s.Draft.To != out.Partner || s.Unsent {
			return conversation.Nothing
		}
		return store.Draft{Type: ReturnedType, Payload: Back{r.Reason}}
	})
}
