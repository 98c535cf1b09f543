// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Types of the messages between the office that keeps a recommendation and those of its owners.
const (
	MsgAssign = "recommendation.assign" // the recommendation as it stands, whole each time
	MsgAnswer = "recommendation.answer" // back: progress with its evidence, or a refusal with its reason
)

// Entry types that bring a recommendation to its owners' offices and back.
const (
	AssignedType = "recommendation.assigned" // where it is kept: an owner has an office, which is told
	RefusedType  = "recommendation.refused"  // an owner does not take it on
	ReceivedType = "recommendation.received" // in an owner's office; the post writes it
)

// Assigned is the payload of recommendation.assigned. A later one of the same office replaces the earlier, and takes back
// that it was refused.
type Assigned struct {
	Owner  journal.ID `json:"owner" part:"PP"` // one of the owners
	Office journal.ID `json:"office" part:"PP"`
}

// Refused is the payload of recommendation.refused. Office is zero where it is written and that of the owner where it comes to.
type Refused struct {
	Office journal.ID        `json:"office,omitzero" part:"PP"`
	On     party.PartialDate `json:"on" part:"PP"`
	Reason string            `json:"reason" part:"PP"`
}

// Received is the payload of recommendation.received: what another office asks of this one. Each replaces those that were
// sent earlier.
type Received struct {
	From           journal.ID        `json:"from,omitzero" part:"PP"`
	Recommendation journal.ID        `json:"recommendation" part:"PP"` // its id there
	Made           Made              `json:"made" part:"PP"`
	Due            party.PartialDate `json:"due,omitzero" part:"PP"`
	Judged         *Judged           `json:"judged,omitempty" part:"PP"` // how it is judged there
	Again          bool              `json:"again,omitempty" part:"PP"`  // asked again after a refusal
}

// answerBody carries what an owner wrote: exactly one of the two.
type answerBody struct {
	Recommendation journal.ID `json:"recommendation"`
	Reported       *Reported  `json:"reported,omitempty"`
	Refused        *Refused   `json:"refused,omitempty"`
}

// Assignment is an owner's office, with its refusal.
type Assignment struct {
	Assigned
	Refused Refused
}

// assignment gives what was assigned to an office.
func (r Recommendation) assignment(office journal.ID) (Assignment, bool) {
	i := slices.IndexFunc(r.Assigned, func(a Assignment) bool { return a.Office == office })
	if i < 0 {
		return Assignment{}, false
	}
	return r.Assigned[i], true
}

// assign sets what an office is asked.
func (r *Recommendation) assign(v Assignment) {
	r.Assigned = slices.DeleteFunc(slices.Clone(r.Assigned), func(a Assignment) bool { return a.Office == v.Office })
	r.Assigned = append(r.Assigned, v)
}

// receive takes what another office asks, unless something that it sent later is there already.
func (r *Recommendation) receive(v Received, at time.Time) {
	if at.Before(r.receivedAt) {
		return
	}
	r.receivedAt = at
	r.Made, r.From, r.There, r.Owned.Due, r.Judged = v.Made, v.From, v.Recommendation, v.Due, nil
	if v.Judged != nil {
		r.Judged = []Judged{*v.Judged}
	}
	if v.Again {
		r.Refused = Refused{}
	}
}

// effects gives the messages that an entry brings about: to the owners' offices, or back from one of them.
func effects(g *store.Guarding, before, r Recommendation, e journal.Entry) (store.Effects, error) {
	if !r.From.IsZero() {
		return r.answers(g, e)
	}
	body := Received{Recommendation: r.ID, Made: r.Made, Due: r.Owned.Due}
	var to []journal.ID
	switch e.Type {
	case AssignedType:
		v, err := journal.In[Assigned](e)
		if err != nil {
			return store.Effects{}, err
		}
		to = []journal.ID{v.Office}
		was, _ := before.assignment(v.Office)
		body.Again = was.Refused.Reason != ""
	case MadeType, OwnedType, JudgedType:
		for _, a := range r.Assigned {
			// What was told is brought up to date where terms still let it.
			if _, err := terms.Find(g, g.Owner, a.Office, between.Purpose, []journal.Category{journal.PP}); err == nil && a.Refused.Reason == "" {
				to = append(to, a.Office)
			}
		}
	}
	if n := len(r.Judged); n > 0 {
		body.Judged = &r.Judged[n-1]
	}
	var fx store.Effects
	for _, o := range to {
		m, err := between.Message(MsgAssign, o, r.ID, e.ID, body)
		if err != nil {
			return fx, err
		}
		fx.Messages = append(fx.Messages, m)
	}
	return fx, nil
}

// answers is what an owner's office sends back of what its people write.
func (r Recommendation) answers(g *store.Guarding, e journal.Entry) (store.Effects, error) {
	b := answerBody{Recommendation: r.There}
	switch e.Type {
	case ReportedType:
		v, err := journal.In[Reported](e)
		if err != nil {
			return store.Effects{}, err
		}
		v.Owner = journal.ID{} // a record of this office, if any
		b.Reported = &v
	case RefusedType:
		v, err := journal.In[Refused](e)
		if err != nil {
			return store.Effects{}, err
		}
		b.Refused = &v
	default:
		return store.Effects{}, nil
	}
	m, err := between.Message(MsgAnswer, r.From, r.There, e.ID, b)
	return store.Effects{Messages: []any{m}}, err
}

// guardMail guards what goes between offices, and keeps each to its own part. It says whether the entry is settled.
func (r Recommendation) guardMail(fs *fault.Fields, g *store.Guarding, e journal.Entry) (bool, error) {
	other, byPost := fault.New(fault.Guarded, "recommendation.guard.other_office"), g.Actor.Job == "post"
	switch e.Type {
	case ReceivedType:
		v, err := journal.In[Received](e)
		if err != nil {
			return true, fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if !byPost || v.From.IsZero() || v.Recommendation.IsZero() || r.Exists() && (r.From != v.From || r.There != v.Recommendation) {
			return true, other
		}
		if v.Made.check(fs); v.Judged != nil {
			v.Judged.asks().Check(fs, nil)
		}
		return true, nil
	case AssignedType:
		v, err := journal.In[Assigned](e)
		if err != nil {
			return true, fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if !r.From.IsZero() {
			return true, other
		}
		if !slices.Contains(r.Owned.Owners, v.Owner) {
			fs.Add("owner", "recommendation.want.owner")
		}
		if v.Office.IsZero() || v.Office == g.Owner {
			fs.Add("office", "recommendation.want.office")
		}
		return true, nil
	case RefusedType:
		v, err := journal.In[Refused](e)
		if err != nil {
			return true, fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if _, is := r.assignment(v.Office); byPost != is || !byPost && r.From.IsZero() {
			return true, other
		}
		if !byPost && r.Refused.Reason != "" {
			return true, fault.New(fault.Guarded, "recommendation.guard.refused")
		}
		v.check(fs)
		return true, nil
	case ReportedType:
		if byPost || r.From.IsZero() {
			return false, nil
		}
		v, err := journal.In[Reported](e)
		if err != nil {
			return true, fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if v.asks(nil).Check(fs, nil); !v.Owner.IsZero() { // the office itself is the owner
			fs.Add("owner", "recommendation.want.owner")
		}
		return true, nil
	case MadeType, OwnedType, JudgedType:
		if !r.From.IsZero() {
			return true, other
		}
	}
	return false, nil
}

func (v Refused) check(fs *fault.Fields) {
	if !v.On.Known() {
		fs.Add("on", "recommendation.want.date")
	}
	if v.Reason == "" || wording.Longer(v.Reason, maxNote) {
		fs.Add("reason", "recommendation.want.why", "Max", maxNote)
	}
}

// Mail takes what arrives into dossiers.
type Mail struct{ between.Mail }

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgAssign, m.assigned, nil)
	p.Register(MsgAnswer, m.answered, nil)
}

// AssignedRef names the dossier of a recommendation that another office assigns. That office is in it, so that nobody can
// write into another's.
func AssignedRef(owner, from, recommendation journal.ID) store.Ref {
	return store.Ref{Kind: access.KindRecommendation, ID: provenance.ID("recommendation assigned", owner.String(), from.String(), recommendation.String())}
}

func (m Mail) assigned(ctx context.Context, in post.Incoming) error {
	v, err := post.Read[Received](in)
	if err != nil {
		return err
	}
	v.From = in.From
	return between.Take(ctx, m.Mail, in, AssignedRef(in.Owner, in.From, v.Recommendation), func(Recommendation) (store.Draft, error) {
		return store.Draft{Type: ReceivedType, Payload: v}, nil
	})
}

// answered takes an owner's word into the register. Only an office that the recommendation was assigned to is heard, and
// for the owner in whose name it was.
func (m Mail) answered(ctx context.Context, in post.Incoming) error {
	v, err := post.Read[answerBody](in)
	if err != nil {
		return err
	}
	if (v.Reported == nil) == (v.Refused == nil) {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return between.Take(ctx, m.Mail, in, store.Ref{Kind: access.KindRecommendation, ID: v.Recommendation}, func(r Recommendation) (store.Draft, error) {
		a, is := r.assignment(in.From)
		switch {
		case !is:
			return store.Draft{}, fault.New(fault.Denied, "recommendation.guard.other_office")
		case v.Refused != nil:
			v.Refused.Office = in.From
			return store.Draft{Type: RefusedType, Payload: *v.Refused}, nil
		}
		v.Reported.Owner = a.Owner
		return store.Draft{Type: ReportedType, Payload: *v.Reported}, nil
	})
}
