// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/retention"
)

// Types of the messages between the office that hosts an event and those that are invited.
const (
	MsgInvite   = "event.invite"   // the event as it stands, for one country
	MsgRemind   = "event.remind"   // no answer yet
	MsgDecide   = "event.decide"   // somebody is accepted or declined
	MsgNominate = "event.nominate" // back: somebody is sent, by function and language
	MsgDetail   = "event.detail"   // back: who an accepted person is
	MsgWithdraw = "event.withdraw" // back: somebody does not come after all
	MsgRegret   = "event.regret"   // back: nobody is sent
	MsgNote     = "event.note"     // back: what its people noted during a session
)

// Bodies of the messages that are not a payload as it stands. Event is the event's id at its host.
type (
	nominateBody struct {
		Event     journal.ID `json:"event"`     // at its host
		Nominated Nominated  `json:"nominated"` // who is sent
	}
	detailBody struct {
		Event    journal.ID `json:"event"`    // at its host
		Detailed Detailed   `json:"detailed"` // who it is
	}
	withdrawBody struct {
		Event     journal.ID `json:"event"`     // at its host
		Withdrawn Withdrawn  `json:"withdrawn"` // who does not come
	}
	regretBody struct {
		Event     journal.ID `json:"event"`     // at its host
		Regretted Regretted  `json:"regretted"` // who sends nobody
	}
	noteBody struct {
		Event journal.ID `json:"event"`
		Note  journal.ID `json:"note"` // its id there
		At    time.Time  `json:"at"`   // when it was typed
		Noted Captured   `json:"noted"`
	}
	decideBody struct {
		Event   journal.ID `json:"event"`   // at its host
		Decided Decided    `json:"decided"` // what was decided
	}
)

// message makes one. What names nobody travels as internal.
func message(typ string, to, conversation, entry journal.ID, body any, more ...journal.Category) (post.Outgoing, error) {
	return between.Message(typ, to, conversation, entry, body, append([]journal.Category{journal.PI}, more...)...)
}

// effects gives the messages that an entry brings about.
func effects(g *store.Guarding, _, e Event, x journal.Entry) (store.Effects, error) {
	if retention.Is(x.Type) {
		return retention.Effects(x, journal.PC), nil
	}
	var m []post.Outgoing
	var err error
	if e.Invited() {
		m, err = e.answers(x)
	} else {
		m, err = e.sends(g, x)
	}
	var fx store.Effects
	for _, x := range m {
		if !x.To.IsZero() {
			fx.Messages = append(fx.Messages, x)
		}
	}
	return fx, err
}

// sends are the host's: an invitation, a reminder, a decision with what somebody who is accepted may know.
func (e Event) sends(g *store.Guarding, x journal.Entry) ([]post.Outgoing, error) {
	switch x.Type {
	case InvitedType:
		v, err := journal.In[Invited](x)
		if err != nil {
			return nil, err
		}
		m, err := e.invites(g, v.Country, x.ID)
		return []post.Outgoing{m}, err
	case RemindedType:
		v, err := journal.In[Reminded](x)
		if err != nil {
			return nil, err
		}
		q, _ := e.Quota(v.Country)
		m, err := message(MsgRemind, q.Office, e.ID, x.ID, Reminder{Event: e.ID, N: q.Reminders})
		return []post.Outgoing{m}, err
	case DecidedType:
		v, err := journal.In[Decided](x)
		if err != nil {
			return nil, err
		}
		p, _ := e.Find(v.Person)
		m, err := message(MsgDecide, p.Office, v.Person, x.ID, decideBody{e.ID, v})
		if err != nil || !v.Accepted || p.Office.IsZero() {
			return []post.Outgoing{m}, err
		}
		with, err := e.invites(g, p.Country, x.ID)
		return []post.Outgoing{m, with}, err
	}
	return nil, nil
}

func (e Event) invites(g *store.Guarding, country string, entry journal.ID) (post.Outgoing, error) {
	q, _ := e.Quota(country)
	names := map[journal.ID]string{}
	for _, id := range e.Described.CoOrganisers {
		o, err := g.Other(access.KindOrganisation, id)
		if err != nil {
			return post.Outgoing{}, err
		}
		names[id] = o.(actors.Organisation).Names.In(e.Described.Title.Original, "en")
	}
	return message(MsgInvite, q.Office, e.ID, entry, e.For(country, names))
}

// For gives an event as a country may know it: what closed sessions are called where it is admitted, and where to join when
// somebody of it is accepted. names are those of organisations.
func (e Event) For(country string, names map[journal.ID]string) Invitation {
	d := e.Described
	q, _ := e.Quota(country)
	v := Invitation{Event: e.ID, Country: country, Sequence: e.Sequence, Title: d.Title, Sort: d.Sort, Activity: d.Activity, Start: d.Start, End: d.End, Zone: d.Zone, Mode: d.Mode, Place: d.Place,
		Languages: d.Languages, Channels: d.Channels, Seats: q.Seats, Standing: e.Standing, Venue: d.Venue, AnswerBy: d.AnswerBy, Groups: e.Groups}
	for _, id := range d.CoOrganisers {
		v.CoOrganisers = append(v.CoOrganisers, names[id])
	}
	if len(e.Of(country, Accepted)) > 0 {
		v.Link = d.Link
	}
	for _, s := range e.Sessions {
		if !e.Admits(s, country) {
			s.Title = SessionSet{}.Title
		}
		v.Sessions = append(v.Sessions, s)
	}
	return v
}

// answers are those of an office that is invited: whom it sends, who they are once accepted, who does not come.
func (e Event) answers(x journal.Entry) ([]post.Outgoing, error) {
	host, event := e.Invitation.From, e.Invitation.Event
	switch x.Type {
	case NominatedType:
		v, err := journal.In[Nominated](x)
		v.Name, v.Email, v.Office = "", "", journal.ID{} // who it is follows when they are accepted
		if err != nil {
			return nil, err
		}
		m, err := message(MsgNominate, host, v.Person, x.ID, nominateBody{event, v})
		return []post.Outgoing{m}, err
	case DecidedType:
		v, err := journal.In[Decided](x)
		p, is := e.Find(v.Person)
		if err != nil || !is || p.State != Accepted || v.Nameless {
			return nil, err
		}
		m, err := message(MsgDetail, host, v.Person, x.ID, detailBody{event, Detailed{Person: v.Person, Name: p.Name, Email: p.Email}}, journal.PC)
		return []post.Outgoing{m}, err
	case WithdrawnType:
		v, err := journal.In[Withdrawn](x)
		v.Office = journal.ID{}
		if err != nil {
			return nil, err
		}
		m, err := message(MsgWithdraw, host, v.Person, x.ID, withdrawBody{event, v})
		return []post.Outgoing{m}, err
	case RegrettedType:
		v, err := journal.In[Regretted](x)
		v.Office = journal.ID{}
		if err != nil {
			return nil, err
		}
		m, err := message(MsgRegret, host, event, x.ID, regretBody{event, v})
		return []post.Outgoing{m}, err
	case CapturedType:
		v, err := journal.In[Captured](x)
		if err != nil {
			return nil, err
		}
		m, err := message(MsgNote, host, x.ID, x.ID, noteBody{event, x.ID, x.OccurredAt, v})
		return []post.Outgoing{m}, err
	}
	return nil, nil
}

// Mail takes what arrives into dossiers.
type Mail struct{ between.Mail }

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgInvite, m.invite, m.receipted)
	for typ, h := range map[string]post.Handler{MsgRemind: m.remind, MsgDecide: m.decide, MsgNominate: m.nominate, MsgDetail: m.detail, MsgWithdraw: m.withdraw, MsgRegret: m.regret, MsgNote: m.note} {
		p.Register(typ, h, nil)
	}
}

// Ref names the dossier of an event that this office hosts.
func Ref(id journal.ID) store.Ref { return store.Ref{Kind: access.KindEvent, ID: id} }

// InvitationRef names the dossier of an invitation. The host is in it, so that no office can write into another's.
func InvitationRef(owner, host, event journal.ID) store.Ref {
	return store.Ref{Kind: access.KindEvent, ID: provenance.ID("event invitation", owner.String(), host.String(), event.String())}
}

// take writes a message as an entry.
func (m Mail) take(ctx context.Context, in post.Incoming, ref store.Ref, typ string, payload any) error {
	return between.Take(ctx, m.Mail, in, ref, func(any) (store.Draft, error) { return store.Draft{Type: typ, Payload: payload}, nil })
}

func (m Mail) invite(ctx context.Context, in post.Incoming) error {
	v, err := post.Read[Invitation](in)
	if err != nil {
		return err
	}
	v.From = in.From
	return m.take(ctx, in, InvitationRef(in.Owner, in.From, v.Event), InvitationType, v)
}

func (m Mail) remind(ctx context.Context, in post.Incoming) error {
	v, err := post.Read[Reminder](in)
	if err != nil {
		return err
	}
	v.From = in.From
	return m.take(ctx, in, InvitationRef(in.Owner, in.From, v.Event), ReminderType, v)
}

func (m Mail) decide(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[decideBody](in)
	if err != nil {
		return err
	}
	b.Decided.Office, b.Decided.Nameless = in.From, false
	to := InvitationRef(in.Owner, in.From, b.Event)
	err = m.take(ctx, in, to, DecidedType, b.Decided)
	if fault.Is(err, fault.Uncovered) && b.Decided.Accepted { // it holds all the same, though the terms let no name follow
		b.Decided.Nameless = true
		err = m.take(ctx, in, to, DecidedType, b.Decided)
	}
	return err
}

func (m Mail) nominate(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[nominateBody](in)
	if err != nil {
		return err
	}
	if b.Nominated.Name != "" || b.Nominated.Email != "" {
		return fault.New(fault.Uncovered, "event.guard.name")
	}
	b.Nominated.Office = in.From
	return m.take(ctx, in, Ref(b.Event), NominatedType, b.Nominated)
}

func (m Mail) detail(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[detailBody](in)
	if err != nil {
		return err
	}
	b.Detailed.Office = in.From
	return m.take(ctx, in, Ref(b.Event), DetailedType, b.Detailed)
}

func (m Mail) withdraw(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[withdrawBody](in)
	if err != nil {
		return err
	}
	b.Withdrawn.Office = in.From
	return m.take(ctx, in, Ref(b.Event), WithdrawnType, b.Withdrawn)
}

func (m Mail) regret(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[regretBody](in)
	if err != nil {
		return err
	}
	b.Regretted.Office = in.From
	return m.take(ctx, in, Ref(b.Event), RegrettedType, b.Regretted)
}

// note takes what an invited office's people noted among the host's own notes, under an id that no other office can give.
func (m Mail) note(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[noteBody](in)
	if err != nil {
		return err
	}
	w, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	if b.At.After(in.Sent) {
		b.At = in.Sent
	}
	b.Noted.Office, b.Noted.Owner = in.From, journal.ID{} // it knows none of the host's records
	d := store.Draft{ID: provenance.ID("event noted", in.Owner.String(), in.From.String(), b.Note.String()), Type: CapturedType, Payload: b.Noted, At: b.At}
	_, err = m.Store.Append(ctx, w, Ref(b.Event), d, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

// receipted notes at the host how an invitation ended on its way.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	w, err := m.Job(owner)
	if err != nil {
		return err
	}
	_, err = m.Store.Append(ctx, w, Ref(out.Conversation), store.Draft{ID: provenance.ID("event receipt", out.ID.String()), Type: ArrivedType, Payload: Arrived{Office: out.Partner, Status: r.Status, Reason: r.Reason}})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
