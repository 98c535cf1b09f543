// SPDX-License-Identifier: EUPL-1.2

package permission

import (
	"context"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Types of the messages between the office that asks and the owner; their conversation is the question, which has the same id in
// both. They travel for the purpose of the thing that they speak of.
const (
	MsgAsk      = "permission.ask"
	MsgRemind   = "permission.remind"
	MsgAnswer   = "permission.answer"   // back
	MsgWithdraw = "permission.withdraw" // either way: the question, or the permission
)

// Bodies of the messages.
type (
	askBody struct {
		Permission journal.ID `json:"permission"`
		Question   Question   `json:"question"`
	}
	answerBody struct {
		Permission journal.ID `json:"permission"`
		Answer     Answer     `json:"answer"`
	}
	withdrawBody struct {
		Permission journal.ID `json:"permission"`
		Reason     string     `json:"reason"`
	}
	ofBody struct {
		Permission journal.ID `json:"permission"`
	}
)

// effects gives the message that an entry brings about, and what becomes of the one that asked.
func (r Rules) effects(_ *store.Guarding, before, s State, e journal.Entry) (store.Effects, error) {
	room, _ := r.room(s.Kind)
	line, codes, came := conversation.Line{With: s.Other(), Conversation: s.ID, Purpose: room.Purpose}, []journal.Category{journal.D0}, []journal.ID{s.Message}
	switch e.Type {
	case AskedType:
		fx, err := line.Effect(e.ID, MsgAsk, s.Question.Categories(), askBody{s.ID, s.Question})
		return conversation.Due(fx, conversation.EndOf(s.Question.Due)), err
	case RemindedType:
		return line.Effect(e.ID, MsgRemind, codes, ofBody{s.ID})
	case AssignedType, ProposedType:
		return line.Deeds(store.Effects{}, came, post.Seen, ""), nil
	case AnsweredType:
		fx, err := line.Effect(e.ID, MsgAnswer, s.Answer.Categories(), answerBody{s.ID, *s.Answer})
		return line.Deeds(fx, came, map[bool]string{true: post.Executed, false: post.Refused}[s.Answer.Granted], ""), err
	case WithdrawnType:
		return line.Effect(e.ID, MsgWithdraw, codes, withdrawBody{s.ID, s.Ended}, MsgAsk, MsgRemind, MsgAnswer)
	case WithdrawnThereType:
		if !s.Here() && before.Open() {
			return line.Deeds(store.Effects{}, came, post.Refused, conversation.TakenBack), nil
		}
	}
	return store.Effects{}, nil
}

// Mail takes questions and answers in.
type Mail struct {
	conversation.Mail
	Rules Rules
	Post  *post.Post
}

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgAsk, m.ask, m.receipted)
	p.Register(MsgRemind, m.remind, nil)
	p.Register(MsgAnswer, m.answer, nil)
	p.Register(MsgWithdraw, m.withdraw, nil)
	p.Returns(MsgWithdraw)
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindPermission, ID: id} }

func no() error { return fault.New(fault.Denied, "permission.guard.part") }

// ask takes a question in: only about what this office sent to whoever asks, and still knows.
func (m Mail) ask(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[askBody](in)
	if err != nil {
		return err
	}
	if b.Permission != in.Conversation {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	if err := conversation.Holds(in, b.Question.Categories()); err != nil {
		return err
	}
	went, err := m.Post.Went(ctx, in.Owner, in.From, b.Question.Of)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Denied, "permission.guard.unknown")
	}
	if err != nil {
		return err
	}
	kind, _, _ := strings.Cut(went.Type, ".")
	room, ok := m.Rules.room(kind)
	if !ok || room.Purpose != in.Purpose {
		return fault.New(fault.Denied, "permission.guard.unknown")
	}
	w, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	o, err := m.Store.Open(ctx, w, store.Ref{Kind: kind, ID: b.Question.Thing})
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Erased) {
		return fault.New(fault.Denied, "permission.guard.unknown")
	}
	if err != nil {
		return err
	}
	t := room.Read(o.State)
	x, ok := t.item(b.Question.Of, false)
	if !ok || t.Other != in.From {
		return fault.New(fault.Denied, "permission.guard.unknown")
	}
	came := Came{From: in.From, Kind: kind, Hands: x.Hands, Two: x.Two, Question: b.Question}
	return conversation.Take(ctx, m.Mail, in, refOf(b.Permission), func(s State) (store.Draft, error) {
		switch {
		case !s.Exists():
			return store.Draft{Type: ReceivedType, Payload: came}, nil
		case s.Here() || s.From != in.From:
			return conversation.Nothing, no()
		}
		return conversation.Nothing, nil
	})
}

// remind notes that the other office asks again. More often than once a day is not noted.
func (m Mail) remind(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[ofBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, b.Permission, AskedAgainType, Told{true}, func(s State) bool {
		return !s.Here() && s.Open() && conversation.MayRemind(s.Reminded, in.Sent)
	})
}

func (m Mail) answer(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[answerBody](in)
	if err != nil {
		return err
	}
	if err := conversation.Holds(in, b.Answer.Categories()); err != nil {
		return err
	}
	return m.take(ctx, in, b.Permission, HeardType, b.Answer, func(s State) bool { return s.Here() && s.Answer == nil && s.Ended == "" })
}

// withdraw notes that the other office took back what is its own.
func (m Mail) withdraw(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[withdrawBody](in)
	if err != nil {
		return err
	}
	if b.Permission != in.Conversation {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return conversation.Take(ctx, m.Mail, in, refOf(b.Permission), func(s State) (store.Draft, error) {
		v := Ended{Reason: b.Reason}
		switch {
		case !s.Exists():
			v.From = in.From
		case s.Other() != in.From:
			return conversation.Nothing, no()
		case s.Ended != "":
			return conversation.Nothing, nil
		}
		return store.Draft{Type: WithdrawnThereType, Payload: v}, nil
	})
}

// take writes what a message brings when it speaks of its own conversation and the other office has a part in it. fresh says
// whether there is anything new in it.
func (m Mail) take(ctx context.Context, in post.Incoming, of journal.ID, typ string, payload any, fresh func(State) bool) error {
	if of != in.Conversation {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return conversation.Take(ctx, m.Mail, in, refOf(of), func(s State) (store.Draft, error) {
		switch {
		case !s.Exists() || s.Other() != in.From:
			return conversation.Nothing, no()
		case !fresh(s):
			return conversation.Nothing, nil
		}
		return store.Draft{Type: typ, Payload: payload}, nil
	})
}

// receipted notes that a question did not arrive, and why.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	if !conversation.Lost(r) {
		return nil
	}
	return conversation.Note(ctx, m.Mail, owner, out, refOf(out.Conversation), func(s State) store.Draft {
		if !s.Open() {
			return conversation.Nothing
		}
		return store.Draft{Type: ReturnedType, Payload: Back{r.Reason}}
	})
}
