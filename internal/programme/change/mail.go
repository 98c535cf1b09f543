// SPDX-License-Identifier: EUPL-1.2

package change

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// Types of the messages between a coordinator's office and the programme's.
const (
	MsgReport = "change.report" // what changed, as it is reported
	MsgJudge  = "change.judge"  // back: confirmed or contested
)

type judgeBody struct {
	Change journal.ID `json:"change"` // its id where it was reported
	Judged Judged     `json:"judged"`
}

// mark names a report as it reads: what is judged is judged under its mark. The office that it went to is no part of it.
func (v Reported) mark() string {
	v.Office = journal.ID{}
	b, err := json.Marshal(v)
	if err != nil {
		panic("change: a report always marshals: " + err.Error())
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:12])
}

// Mark names the report as it reads now.
func (c Change) Mark() string { return c.Reported.mark() }

// effects gives the message that an entry brings about: a report to the office that judges it, and its judgement back.
func effects(_ *store.Guarding, _, c Change, e journal.Entry) (store.Effects, error) {
	typ, to, conversation := "", c.Reported.Office, c.ID
	var body any
	switch {
	case e.Type == ReportedType && !to.IsZero():
		v := c.Reported
		v.Office = journal.ID{}
		typ, body = MsgReport, Received{Change: c.ID, Reported: v}
	case e.Type == JudgedType && !c.From.IsZero():
		typ, to, conversation = MsgJudge, c.From, c.There
		v := c.Judged
		v.Of = c.Mark()
		body = judgeBody{c.There, v}
	default:
		return store.Effects{}, nil
	}
	return between.Effect(typ, to, conversation, e.ID, body)
}

// Mail takes what arrives into dossiers.
type Mail struct{ between.Mail }

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgReport, m.reported, nil)
	p.Register(MsgJudge, m.judged, nil)
}

// ReceivedRef names the dossier of a change that another office reports. That office is in it, so that nobody can write into
// another's.
func ReceivedRef(owner, from, change journal.ID) store.Ref {
	return store.Ref{Kind: access.KindChange, ID: provenance.ID("change reported", owner.String(), from.String(), change.String())}
}

// take writes a message as an entry, when the other office may say so.
func (m Mail) take(ctx context.Context, msg post.Incoming, ref store.Ref, typ string, payload any, may func(Change) error) error {
	return between.Take(ctx, m.Mail, msg, ref, func(c Change) (store.Draft, error) {
		return store.Draft{Type: typ, Payload: payload}, may(c)
	})
}

func (m Mail) reported(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[Received](msg)
	if err != nil {
		return err
	}
	v.From, v.Reported.Office = msg.From, journal.ID{}
	return m.take(ctx, msg, ReceivedRef(msg.Owner, msg.From, v.Change), ReceivedType, v, func(Change) error { return nil })
}

// judged takes a judgement into the register. Only the office that the change was reported to is heard.
func (m Mail) judged(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[judgeBody](msg)
	if err != nil {
		return err
	}
	return m.take(ctx, msg, store.Ref{Kind: access.KindChange, ID: v.Change}, AnsweredType, v.Judged, func(c Change) error {
		if !c.Exists() || c.Reported.Office != msg.From {
			return fault.New(fault.Denied, "change.guard.other_office")
		}
		return nil
	})
}
