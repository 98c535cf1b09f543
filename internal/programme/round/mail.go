// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"context"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// Types of the messages between the office that coordinates the answers and an institution's.
const (
	MsgAsk     = "question.ask"     // a question, with its date and the answer of the round before
	MsgRelease = "question.release" // it is no longer asked
	MsgAnswer  = "question.answer"  // back: an answer that is final there
	MsgReturn  = "question.return"  // it goes back with a reason
)

type releaseBody struct {
	Question journal.ID `json:"question"`
}

type answerBody struct {
	Question journal.ID `json:"question"`
	Answer   Drafted    `json:"answer"`
}

type returnBody struct {
	Question journal.ID `json:"question"`
	Reason   string     `json:"reason"`
}

// effects gives the messages that an entry brings about. Drafts stay where they are written; an answer leaves when it is final.
func effects(g *store.Guarding, before, q Question, e journal.Entry) (store.Effects, error) {
	if g.Actor.Job != "" {
		return store.Effects{}, nil
	}
	var fx store.Effects
	send := func(to, conversation journal.ID, typ string, body any) error {
		m, err := between.Message(typ, to, conversation, e.ID, body)
		m.WhenCovered = typ == MsgRelease // a question can be given to another institution although terms with the first have ended
		fx.Messages = append(fx.Messages, m)
		return err
	}
	office := q.Assigned.Office
	switch {
	case !q.From.IsZero():
		if e.Type == DraftedType && q.Answer.Final {
			return fx, send(q.From, q.There, MsgAnswer, answerBody{q.There, q.Answer})
		}
	case e.Type == AssignedType:
		if was := before.Assigned.Office; !was.IsZero() && was != office {
			if err := send(was, q.ID, MsgRelease, releaseBody{q.ID}); err != nil {
				return fx, err
			}
		}
		if !office.IsZero() {
			return fx, send(office, q.ID, MsgAsk, ReceivedFrom{Question: q.ID, Asked: q.Asked, Due: q.Assigned.Due, Note: q.Assigned.Note})
		}
	case e.Type == AskedType && !office.IsZero(): // the questionnaire was corrected or translated
		return fx, send(office, q.ID, MsgAsk, ReceivedFrom{Question: q.ID, Asked: q.Asked, Due: q.Assigned.Due, Note: q.Assigned.Note})
	case e.Type == ReturnedType && !office.IsZero() && q.Whose == office:
		return fx, send(office, q.ID, MsgReturn, returnBody{q.ID, q.Returned})
	}
	return fx, nil
}

// Mail takes what arrives into dossiers.
type Mail struct{ between.Mail }

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgAsk, m.asked, nil)
	p.Register(MsgRelease, m.released, nil)
	p.Register(MsgAnswer, m.answered, nil)
	p.Register(MsgReturn, m.returned, nil)
}

// ReceivedRef names the dossier of a question that another office asks. That office is in it, so that nobody can write into
// another's.
func ReceivedRef(owner, from, question journal.ID) store.Ref {
	return store.Ref{Kind: access.KindQuestion, ID: provenance.ID("question asked", owner.String(), from.String(), question.String())}
}

// take writes a message as an entry, when the other office may say so.
func (m Mail) take(ctx context.Context, msg post.Incoming, ref store.Ref, typ string, payload any, may func(Question) bool) error {
	return between.Take(ctx, m.Mail, msg, ref, func(q Question) (store.Draft, error) {
		if !may(q) {
			return store.Draft{}, fault.New(fault.Denied, "question.guard.other_office")
		}
		return store.Draft{Type: typ, Payload: payload}, nil
	})
}

func (m Mail) asked(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[ReceivedFrom](msg)
	if err != nil {
		return err
	}
	v.From = msg.From
	return m.take(ctx, msg, ReceivedRef(msg.Owner, msg.From, v.Question), ReceivedType, v, func(Question) bool { return true })
}

func (m Mail) released(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[releaseBody](msg)
	if err != nil {
		return err
	}
	return m.take(ctx, msg, ReceivedRef(msg.Owner, msg.From, v.Question), ReleasedType, ReleasedBy{msg.From}, Question.Exists)
}

func (m Mail) returned(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[returnBody](msg)
	if err != nil {
		return err
	}
	return m.take(ctx, msg, ReceivedRef(msg.Owner, msg.From, v.Question), ReturnedType, Returned{v.Reason, msg.From}, Question.Exists)
}

// answered takes an institution's answer. Only the office that the question is assigned to is heard.
func (m Mail) answered(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[answerBody](msg)
	if err != nil {
		return err
	}
	return m.take(ctx, msg, store.Ref{Kind: access.KindQuestion, ID: v.Question}, RepliedType, RepliedBy{msg.From, v.Answer}, func(q Question) bool {
		return q.Exists() && q.Assigned.Office == msg.From
	})
}
