// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Types of the messages between the offices of two owners.
const (
	MsgShare   = "activity.share"   // the activity as it stands, and what the first owner says to it
	MsgApprove = "activity.approve" // back: what the second says
)

// Shared is the payload of activity.shared, and what travels: an activity as the office keeps it that it belongs to first.
// Organisations go by their names, which say the same in every office. Each replaces the one before.
type Shared struct {
	From       journal.ID        `json:"from,omitzero" part:"PP"`
	Code       string            `json:"code" part:"PP"`
	Mark       string            `json:"mark" part:"PP"`
	Title      wording.Text      `json:"title" part:"PP"`
	What       wording.Text      `json:"what,omitzero" part:"PP"`
	Kind       Kind              `json:"kind" part:"PP"`
	Status     Status            `json:"status,omitempty" part:"PP"`
	Priorities []int             `json:"priorities,omitempty" part:"PP"`
	Pillars    []string          `json:"pillars,omitempty" part:"PP"`
	Countries  []string          `json:"countries,omitempty" part:"PP"`
	Start      party.PartialDate `json:"start,omitzero" part:"PP"`
	End        party.PartialDate `json:"end,omitzero" part:"PP"`
	Phases     []Phase           `json:"phases,omitempty" part:"PP"`
	Amount     party.Uncertain   `json:"amount,omitzero" part:"PP"`
	Currency   string            `json:"currency,omitempty" part:"PP"`
	First      party.Names       `json:"first" part:"PP"`           // the first owner
	Second     party.Names       `json:"second" part:"PP"`          // the second, whose office this is
	Said       *bool             `json:"said,omitempty" part:"PP"`  // what the first owner says to these words
	Ended      bool              `json:"ended,omitempty" part:"PP"` // it is shared no longer
}

type approveBody struct {
	Code   string `json:"code"`
	Mark   string `json:"mark"`
	Yes    bool   `json:"yes"`
	Reason string `json:"reason,omitempty"`
}

// effects gives the message that an entry brings about: what changed for the second owner's office, or what that one says.
func effects(g *store.Guarding, before, a Activity, e journal.Entry) (store.Effects, error) {
	if e.Type == ApprovedType && a.Shared.Code != "" {
		v, err := journal.In[Approved](e)
		if err != nil {
			return store.Effects{}, err
		}
		return between.Effect(MsgApprove, a.Shared.From, e.Dossier, e.ID, approveBody{a.Shared.Code, v.Mark, v.Yes, v.Reason})
	}
	was, to, err := sharing(g, before)
	if err != nil {
		return store.Effects{}, err
	}
	now, office, err := sharing(g, a)
	switch {
	case err != nil || to.IsZero() && office.IsZero():
		return store.Effects{}, err
	case office != to && !to.IsZero():
		was.Ended = true
		out, err := share(e, to, was, true)
		if err != nil || office.IsZero() {
			return out, err
		}
		more, err := share(e, office, now, false)
		return store.Effects{Messages: append(out.Messages, more.Messages...)}, err
	case office == to && bytesOf(was) == bytesOf(now):
		return store.Effects{}, nil
	}
	return share(e, office, now, office == to)
}

// share tells the second owner's office. It begins under terms that cover it; again says that this office was told before: then
// nothing here waits for terms that have ended since, least of all withholding a place.
func share(e journal.Entry, to journal.ID, v Shared, again bool) (store.Effects, error) {
	m, err := between.Message(MsgShare, to, e.Dossier, e.ID, v)
	m.WhenCovered = again
	return store.Effects{Messages: []any{m}}, err
}

// sharing gives what the second owner's office is to know of an activity, and that office; none where it has no office.
func sharing(g *store.Guarding, a Activity) (Shared, journal.ID, error) {
	if len(a.Joint.Owners) != 2 || a.Joint.Owners[1].Office.IsZero() {
		return Shared{}, journal.ID{}, nil
	}
	f := a.Facts()
	v := Shared{Code: f.Code, Mark: a.Mark(), Title: a.Title(), What: f.What, Kind: f.Kind, Status: f.Imported.Status, Priorities: f.Priorities, Pillars: f.Pillars, Countries: f.Countries, Start: f.Start, End: f.End,
		Phases: f.Phases, Amount: f.Amount, Currency: f.Currency}
	if a.PlaceWithheld() {
		v.Countries = nil
	}
	for i, to := range []*party.Names{&v.First, &v.Second} {
		o, err := g.Other(access.KindOrganisation, a.Joint.Owners[i].Organisation)
		if err != nil {
			return v, journal.ID{}, err
		}
		x, _ := o.(actors.Organisation)
		*to = x.Names
	}
	if x, ok := a.Approval(a.Joint.Owners[0].Organisation); ok {
		v.Said = &x.Yes
	}
	return v, a.Joint.Owners[1].Office, nil
}

func (v Shared) check(fs *fault.Fields, g *store.Guarding, a Activity) error {
	if g.Actor.Job != "post" || v.From.IsZero() || a.Exists() && (a.Shared.From != v.From || a.Shared.Code != v.Code) {
		return fault.New(fault.Guarded, "programme.guard.other_office")
	}
	if !IsCode(v.Code) || len(v.Mark) > 64 || v.Mark == "" || !slices.Contains(Kinds(), v.Kind) || v.Status != "" && !slices.Contains(Statuses(), v.Status) {
		fs.Add("code", "programme.need.code")
	}
	v.Title.Check(fs, "title", true, maxReason)
	v.What.Check(fs, "what", false, MaxDescription)
	checkPhases(fs, v.Phases)
	if slices.ContainsFunc(v.Countries, func(c string) bool { return !IsCountry(c) }) || len(v.Countries) > maxLinks || len(v.Currency) > 3 || len(v.First) > maxLinks || len(v.Second) > maxLinks {
		fs.Add("countries", "programme.need.country")
	}
	for _, names := range []party.Names{v.First, v.Second} {
		for tag, name := range names {
			if len(tag) > 20 || strings.TrimSpace(name) == "" || len(name) > maxReason {
				fs.Add("first", "party.name.form")
			}
		}
	}
	return nil
}

// SharedStanding gives where the approval of both owners stands, as the second owner's office knows it; own is what this office
// says to the activity as it stands. Alone: it is shared no longer.
func (a Activity) SharedStanding() (st Standing, own Approval, said bool) {
	for _, x := range slices.Backward(a.Joint.Approvals) {
		if x.Mark == a.Shared.Mark {
			own, said = x, true
			break
		}
	}
	switch {
	case a.Shared.Ended:
		return Alone, own, said
	case said && !own.Yes || a.Shared.Said != nil && !*a.Shared.Said:
		return Refused, own, said
	case said && a.Shared.Said != nil:
		return Agreed, own, said
	}
	return Awaiting, own, said
}

// Mail takes what arrives into dossiers.
type Mail struct{ between.Mail }

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgShare, m.shared, nil)
	p.Register(MsgApprove, m.approved, nil)
}

func (m Mail) shared(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[Shared](msg)
	if err != nil {
		return err
	}
	v.From = msg.From
	return between.Take(ctx, m.Mail, msg, SharedRef(msg.Owner, msg.From, v.Code), func(Activity) (store.Draft, error) { return store.Draft{Type: SharedType, Payload: v}, nil })
}

// approved takes the second owner's word. Only the office that the activity is shared with is heard.
func (m Mail) approved(ctx context.Context, msg post.Incoming) error {
	v, err := post.Read[approveBody](msg)
	if err != nil {
		return err
	}
	return between.Take(ctx, m.Mail, msg, Ref(msg.Owner, v.Code), func(a Activity) (store.Draft, error) {
		for _, o := range a.Joint.Owners {
			if o.Office == msg.From {
				return store.Draft{Type: ApprovedType, Payload: Approved{Organisation: o.Organisation, Mark: v.Mark, Yes: v.Yes, Reason: v.Reason, From: msg.From}}, nil
			}
		}
		return store.Draft{}, fault.New(fault.Denied, "programme.guard.other_office")
	})
}
