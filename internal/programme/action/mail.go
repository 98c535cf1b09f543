// SPDX-License-Identifier: EUPL-1.2

package action

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Types of the messages between the office where an action was agreed and its owner's.
const (
	MsgAssign = "action.assign" // the action as it was agreed
	MsgAsk    = "action.ask"    // after so many days: how does it stand?
	MsgAnswer = "action.answer" // back: done, refused, or how it stands
)

// Entry types that messages bring about.
const (
	ReceivedType = "action.received" // in the owner's office
	AskedType    = "action.asked"    // in both: the owner was asked after so many days
)

// Received is the payload of action.received: another office says that this one has agreed to something. Each replaces the
// one before; one that opens it again takes back that it was done or refused.
type Received struct {
	From   journal.ID `json:"from,omitzero" part:"PP"`   // the other office, as the recipient notes it; not in the message
	Action journal.ID `json:"action" part:"PP"`          // its id there
	Agreed Agreed     `json:"agreed" part:"PP"`          // what, by when
	Again  bool       `json:"again,omitempty" part:"PP"` // it was opened again: what was said before is taken back
}

// Asked is the payload of action.asked.
type Asked struct {
	Days int        `json:"days" part:"PP"`
	From journal.ID `json:"from,omitzero" part:"PP"` // who asks, in the owner's office
}

type askBody struct {
	Action journal.ID `json:"action"` // id of the action where it was agreed
	Days   int        `json:"days"`   // since it was agreed
}

// answerBody carries what an owner wrote: exactly one of the three.
type answerBody struct {
	Action   journal.ID `json:"action"`             // id of the action where it was agreed
	Done     *DoneBy    `json:"done,omitempty"`     // it is done
	Refused  *Ended     `json:"refused,omitempty"`  // nobody does it
	Followed *Followed  `json:"followed,omitempty"` // how it stands
}

// effects gives the message that an entry brings about: from where an action was agreed to its owner's office, or back.
func effects(g *store.Guarding, before, a Action, e journal.Entry) (store.Effects, error) {
	var typ string
	var body any
	var err error
	to, conversation := a.Agreed.Office, a.ID
	switch {
	case !a.From.IsZero():
		to, conversation = a.From, a.There
		typ, body, err = a.answer(g, e)
	case to.IsZero():
	case e.Type == AgreedType:
		v := a.Agreed
		v.Owner, v.Office, v.Need = journal.ID{}, journal.ID{}, journal.ID{} // records of this office
		typ, body = MsgAssign, Received{Action: a.ID, Agreed: v}
	case e.Type == ReopenedType:
		v := a.Agreed
		v.Owner, v.Office, v.Need = journal.ID{}, journal.ID{}, journal.ID{}
		typ, body = MsgAssign, Received{Action: a.ID, Agreed: v, Again: true}
	case e.Type == AskedType:
		typ, body = MsgAsk, askBody{a.ID, a.AskedTo}
	}
	if typ == "" || err != nil {
		return store.Effects{}, err
	}
	return between.Effect(typ, to, conversation, e.ID, body)
}

// answer is what an owner's office sends back of what its people write.
func (a Action) answer(g *store.Guarding, e journal.Entry) (string, any, error) {
	if g.Actor.Job != "" {
		return "", nil, nil
	}
	b := answerBody{Action: a.There}
	var err error
	switch e.Type {
	case DoneType:
		b.Done, err = in[DoneBy](e)
	case RefusedType:
		b.Refused, err = in[Ended](e)
	case FollowedType:
		b.Followed, err = in[Followed](e)
	default:
		return "", nil, nil
	}
	return MsgAnswer, b, err
}

func in[T any](e journal.Entry) (*T, error) {
	v, err := journal.In[T](e)
	return &v, err
}

// guardMail guards what messages bring, and what only the other office may write.
func guardMail(g *store.Guarding, a Action, e journal.Entry) error {
	other := fault.New(fault.Denied, "action.guard.other_office")
	post := g.Actor.Job == "post"
	switch e.Type {
	case ReceivedType:
		v, err := journal.In[Received](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if !post || v.From.IsZero() || v.Action.IsZero() || a.Exists() && (a.From != v.From || a.There != v.Action) {
			return fault.New(fault.Guarded, "action.guard.other_office")
		}
		var fs fault.Fields
		v.Agreed.asks(nil).Check(&fs, nil)
		return fs.Err()
	case AskedType:
		v, err := journal.In[Asked](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if !post || v.From != a.From {
			return fault.New(fault.Guarded, "action.guard.other_office")
		}
		return nil
	case AgreedType, ReopenedType:
		if !a.From.IsZero() {
			return fault.New(fault.Guarded, "action.guard.other_office")
		}
	}
	if post && a.Agreed.Office.IsZero() {
		return other
	}
	return nil
}

// Mail takes what arrives into dossiers, and asks owners how their actions stand.
type Mail struct{ between.Mail }

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgAssign, m.assigned, nil)
	p.Register(MsgAsk, m.asked, nil)
	p.Register(MsgAnswer, m.answered, nil)
}

// AssignedRef names the dossier of an action that another office assigns. That office is in it, so that nobody can write
// into another's.
func AssignedRef(owner, from, action journal.ID) store.Ref {
	return store.Ref{Kind: access.KindAction, ID: provenance.ID("action assigned", owner.String(), from.String(), action.String())}
}

// take writes a message as an entry, when the other office may say so; may is nil where any may.
func (m Mail) take(ctx context.Context, msg post.Incoming, ref store.Ref, typ string, payload any, may func(Action) error) error {
	return between.Take(ctx, m.Mail, msg, ref, func(a Action) (store.Draft, error) {
		d := store.Draft{Type: typ, Payload: payload}
		if may == nil {
			return d, nil
		}
		return d, may(a)
	})
}

func (m Mail) assigned(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[Received](msg)
	if err != nil {
		return err
	}
	v.From = msg.From
	v.Agreed.Owner, v.Agreed.Office, v.Agreed.Need = journal.ID{}, journal.ID{}, journal.ID{}
	return m.take(ctx, msg, AssignedRef(msg.Owner, msg.From, v.Action), ReceivedType, v, nil)
}

func (m Mail) asked(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[askBody](msg)
	if err != nil {
		return err
	}
	return m.take(ctx, msg, AssignedRef(msg.Owner, msg.From, v.Action), AskedType, Asked{Days: v.Days, From: msg.From}, func(a Action) error {
		if !a.Exists() { // the action itself is on its way
			return fault.New(fault.Unavailable, "action.guard.later")
		}
		return nil
	})
}

// answered takes an owner's word into the register. Only the office that the action was assigned to is heard.
func (m Mail) answered(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[answerBody](msg)
	if err != nil {
		return err
	}
	typ, payload := "", any(nil)
	switch {
	case v.Done != nil && v.Refused == nil && v.Followed == nil:
		typ, payload = DoneType, *v.Done
	case v.Refused != nil && v.Done == nil && v.Followed == nil:
		typ, payload = RefusedType, *v.Refused
	case v.Followed != nil && v.Done == nil && v.Refused == nil:
		typ, payload = FollowedType, *v.Followed
	default:
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return m.take(ctx, msg, store.Ref{Kind: access.KindAction, ID: v.Action}, typ, payload, func(a Action) error {
		if !a.Exists() || a.Agreed.Office != msg.From {
			return fault.New(fault.Denied, "action.guard.other_office")
		}
		return nil
	})
}

// AskDue asks the owners of open actions how they stand, by message, once after each of FollowUps; it gives how many were
// asked. Actions whose owner has no office are asked about by people: the register shows them.
func (m Mail) AskDue(ctx context.Context, owner journal.ID, now time.Time) (int, error) {
	w, err := m.Job(owner)
	if err != nil {
		return 0, err
	}
	rows, err := register.All[Line](ctx, m.Store, w, store.Query{Kind: access.KindAction, Codes: map[string]string{"state": string(Open)}})
	if err != nil {
		return 0, err
	}
	n := 0
	var all error
	for _, r := range rows {
		days := r.V.Asking(now)
		if r.V.Office.IsZero() || !r.V.From.IsZero() || days <= r.V.AskedTo {
			continue
		}
		id := provenance.ID("action asked", r.ID.String(), strconv.Itoa(days))
		if _, err := m.Store.Append(ctx, w, store.Ref{Kind: access.KindAction, ID: r.ID}, store.Draft{ID: id, Type: AskedType, Payload: Asked{Days: days}}); err != nil {
			all = errors.Join(all, err) // one that cannot be asked does not hold up the others
			continue
		}
		n++
	}
	return n, all
}
