// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"encoding/json"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/retention"
)

// Types of the messages between a funder's office and those who apply. Neither bank details nor scores travel.
const (
	MsgCall        = "grant.call"        // a call, to offices that may apply
	MsgApplication = "grant.application" // an application, to the call's office
	MsgAnswer      = "grant.answer"      // what became of it
	MsgAward       = "grant.award"       // a grant as its funder knows it, whole each time
	MsgReport      = "grant.report"      // a quarter's report
	MsgFlow        = "grant.flow"        // what an office has given to a fund: its yearly report
)

// Bodies of the messages.
type (
	callBody struct {
		Call   journal.ID `json:"call"`
		Notice Notice     `json:"notice"`
	}
	applicationBody struct {
		Application journal.ID `json:"application"`
		Filed       Filed      `json:"filed"`
	}
	answerBody struct {
		Application journal.ID `json:"application"`
		Stage       Stage      `json:"stage"`
		Failed      []RuleCode `json:"failed,omitempty"`
		Reason      string     `json:"reason,omitempty"`
		Entry       journal.ID `json:"entry"`
	}
	awardBody struct {
		Application journal.ID `json:"application"`
		Entry       journal.ID `json:"entry"` // that it follows from
		Told        Told       `json:"grant"`
	}
	flowBody struct {
		Flow   journal.ID `json:"flow"`
		Stated Flow       `json:"stated"`
	}
	reportBody struct {
		Award    journal.ID `json:"grant"`
		Entry    journal.ID `json:"entry"`
		Reported Reported   `json:"report"`
	}
)

func internal() []journal.Category { return []journal.Category{journal.PI} }

// message makes one whose id follows from the entry that brings it about and whom it is for, so that it is never made twice.
func message(entry, to, conversation journal.ID, typ string, cats []journal.Category, body any) (post.Outgoing, error) {
	raw, err := json.Marshal(body)
	return post.Outgoing{ID: provenance.ID("grant message", entry.String(), to.String()), To: to, Type: typ, Conversation: conversation, Purpose: between.Purpose, Basis: "law", Categories: cats, Body: raw}, err
}

// covered says whether terms in force let this office send another one the programme's messages: nil, or Uncovered.
func covered(g *store.Guarding, to journal.ID, cats []journal.Category) error {
	if to.IsZero() {
		return fault.New(fault.Uncovered, "exchange.partner.unknown")
	}
	if _, err := terms.Find(g, g.Owner, to, between.Purpose, cats); err != nil {
		return fault.New(fault.Uncovered, "grant.guard.terms")
	}
	return nil
}

// effect gives the messages that an append brings about.
func effect(m post.Outgoing, err error) (store.Effects, error) {
	if err != nil {
		return store.Effects{}, err
	}
	return store.Effects{Messages: []any{m}}, nil
}

// callEffects sends a call to the offices that were named.
func callEffects(_ *store.Guarding, _, after Call, e journal.Entry) (store.Effects, error) {
	var fx store.Effects
	if e.Type != CallSentType {
		return fx, nil
	}
	v, err := journal.In[CallSent](e)
	if err != nil {
		return fx, err
	}
	for _, to := range v.To {
		m, err := message(e.ID, to, after.ID, MsgCall, []journal.Category{journal.PP}, callBody{after.ID, after.Notice})
		if err != nil {
			return fx, err
		}
		fx.Messages = append(fx.Messages, m)
	}
	return fx, nil
}

// applicationEffects sends an application to its call's office, and what became of it back.
func applicationEffects(g *store.Guarding, _, after Application, e journal.Entry) (store.Effects, error) {
	if retention.Is(e.Type) {
		return retention.Effects(e, journal.PC, journal.PB), nil
	}
	switch e.Type {
	case SentType:
		c, err := callOf(g, after.Filed.Call)
		if err != nil {
			return store.Effects{}, err
		}
		f := after.Filed
		f.Organisation = journal.ID{} // this office's own number for it
		return effect(message(e.ID, c.Office, after.ID, MsgApplication, []journal.Category{journal.PI, journal.PC}, applicationBody{after.ID, f}))
	case ExaminedType, DecidedType:
		if covered(g, after.Filed.Office, internal()) == nil {
			return effect(message(e.ID, after.Filed.Office, after.ID, MsgAnswer, internal(), answerBody{after.ID, after.Stage, With(after.Outcomes, Failed), after.Reason, e.ID}))
		}
	}
	return store.Effects{}, nil
}

// awardEffects tells the grantee's office what its funder has written, and the funder's office what the grantee reports. A
// report is kept where no terms cover its way: it can be sent later.
func awardEffects(g *store.Guarding, _, after Award, e journal.Entry) (store.Effects, error) {
	switch e.Type {
	case MadeType, ContractedType, PaidType, JudgedType, EndedType:
		if covered(g, after.Made.Office, internal()) == nil {
			return effect(message(e.ID, after.Made.Office, after.Made.Application, MsgAward, internal(), awardBody{after.Made.Application, e.ID, after.told(g.Owner)}))
		}
	case ReportedType:
		if !after.Funder.IsZero() && covered(g, after.Funder, internal()) == nil {
			return effect(after.reportMessage(e.ID, e.ID))
		}
	case FlowToldType:
		v, err := journal.In[FlowTold](e)
		if err != nil {
			return store.Effects{}, err
		}
		f := after.Flow
		f.Reason = "" // internal
		return effect(message(e.ID, v.To, after.ID, MsgFlow, []journal.Category{journal.PP}, flowBody{after.ID, f}))
	case ReportSentType:
		v, err := journal.In[ReportSent](e)
		if err != nil {
			return store.Effects{}, err
		}
		return effect(after.reportMessage(e.ID, v.Report))
	}
	return store.Effects{}, nil
}

// reportMessage carries a report; entry is what brings the message about. The report's own id is in it, so that it arrives once.
func (a Award) reportMessage(entry, report journal.ID) (post.Outgoing, error) {
	r, _ := a.Report(report)
	return message(entry, a.Funder, a.ID, MsgReport, internal(), reportBody{a.ID, report, r.Reported})
}

// Mail connects this room with the post.
type Mail struct {
	Store *store.Store
	// Job gives the post's background principal of an owner, for exchange.
	Job  func(owner journal.ID) (store.Who, error)
	Post *post.Post
}

// Register registers the message types.
func (m Mail) Register() {
	m.Post.Register(MsgCall, m.callCame, nil)
	m.Post.Register(MsgApplication, m.applicationCame, nil)
	m.Post.Register(MsgAnswer, m.answerCame, nil)
	m.Post.Register(MsgAward, m.awardCame, nil)
	m.Post.Register(MsgReport, m.reportCame, nil)
	m.Post.Register(MsgFlow, m.flowCame, nil)
}

// take appends what a message says and marks it as handled, in one transaction. An entry that is there already is not
// written again.
func (m Mail) take(ctx context.Context, in post.Incoming, ref store.Ref, entry journal.ID, typ string, payload any) error {
	who, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Update(ctx, who, ref, func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: entry, Type: typ, At: in.Sent.UTC().Truncate(time.Microsecond), Payload: payload}}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

// known names an entry that a message brings, so that the same message is one entry.
func known(in post.Incoming) journal.ID {
	return provenance.ID("grant came", in.Owner.String(), in.ID.String())
}

func (m Mail) callCame(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[callBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, store.Ref{Kind: access.KindCall, ID: b.Call}, known(in), CameType, Came{b.Notice, in.From})
}

func (m Mail) applicationCame(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[applicationBody](in)
	if err != nil {
		return err
	}
	b.Filed.Office = in.From
	return m.take(ctx, in, store.Ref{Kind: access.KindApplication, ID: b.Application}, known(in), FiledType, b.Filed)
}

func (m Mail) answerCame(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[answerBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, store.Ref{Kind: access.KindApplication, ID: b.Application}, known(in), AnsweredType, Answered{in.From, b.Stage, b.Failed, b.Reason})
}

func (m Mail) awardCame(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[awardBody](in)
	if err != nil {
		return err
	}
	b.Told.Office, b.Told.Application = in.From, b.Application
	return m.take(ctx, in, AwardRef(b.Application), known(in), ToldType, b.Told)
}

func (m Mail) flowCame(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[flowBody](in)
	if err != nil {
		return err
	}
	return m.take(ctx, in, FlowCameRef(in.Owner, in.From, b.Flow), known(in), FlowCameType, FlowCame{in.From, b.Stated})
}

func (m Mail) reportCame(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[reportBody](in)
	if err != nil {
		return err
	}
	b.Reported.Office = in.From
	return m.take(ctx, in, store.Ref{Kind: access.KindAward, ID: b.Award}, b.Entry, ReportedType, b.Reported)
}
