// SPDX-License-Identifier: EUPL-1.2

// Package policy keeps what states do about demand and prostitution: laws with the day they came into force and were first
// used, their sanctions, how institutions are trained, and what states and bodies declare.
//
// States differ, and this register takes no side: a record is either a provision, with its source, or a position, and then
// it always names whose. Nothing is inferred from the absence of a record. All of it is public programme content.
package policy

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "policy".
const (
	StatedType = "policy.stated"
	EndedType  = "policy.ended"
)

// Subject is what a record is about.
type Subject string

// Subjects lists the closed list, in the order of forms. Position is the one that names whose it is.
func Subjects() []Subject {
	return []Subject{"purchase", "sale", "third_parties", "exit", "protection", "awareness", "training", "strategy", Position}
}

// Position is what a state or body holds, as it says it.
const Position Subject = "position"

// Limits of what people write, in characters.
const (
	MaxText = 6000
	maxNote = 2000
	maxLine = 300
)

// Stated is the payload of policy.stated: the whole of what a source says. Each replaces the one before.
type Stated struct {
	Text      wording.Text      `json:"text" part:"PP"`
	Subject   Subject           `json:"subject" part:"PP"`
	Countries []string          `json:"countries,omitempty" part:"PP"`
	Whose     wording.Text      `json:"whose,omitzero" part:"PP"`     // of a position: who holds it
	Law       string            `json:"law,omitempty" part:"PP"`      // as it is cited
	Since     party.PartialDate `json:"since,omitzero" part:"PP"`     // in force, or declared
	FirstUse  party.PartialDate `json:"first_use,omitzero" part:"PP"` // when it was first applied
	Sanctions wording.Text      `json:"sanctions,omitzero" part:"PP"` // as the law gives them
	Trained   wording.Text      `json:"trained,omitzero" part:"PP"`   // which institutions were trained for it, and by whom
	Activity  string            `json:"activity,omitempty" part:"PP"` // of the programme
	Source    party.Source      `json:"source" part:"PP"`
	Link      string            `json:"link,omitempty" part:"PP"`
}

// asks is what of it somebody says, in the order of the form.
func (x *Stated) asks() *ask.List {
	return ask.Of("policy", x, ask.Language(&x.Text), ask.Passage("text", &x.Text, MaxText), ask.Code("subject", &x.Subject, Subjects()), ask.Title("whose", &x.Whose, maxLine).Maybe(),
		ask.Countries(&x.Countries, "FR", "SE"), ask.Words("law", &x.Law, maxNote).Maybe().Wants("shorter"), ask.Date("since", &x.Since).Maybe(), ask.Date("first_use", &x.FirstUse).Maybe().Since(&x.Since),
		ask.Remark("sanctions", &x.Sanctions, maxNote).Maybe(), ask.Remark("trained", &x.Trained, maxNote).Maybe(), ask.Activity(&x.Activity), ask.Source(&x.Source), ask.Link(&x.Link)).
		And(func(fs *fault.Fields) {
			if (x.Subject == Position) == x.Whose.IsZero() {
				fs.Add("whose", "policy.want.whose")
			}
		})
}

// Ended is the payload of policy.ended: it is repealed, replaced or no longer held.
type Ended = ask.Ended

// Policy is the state of a dossier.
type Policy struct {
	ID      journal.ID
	Stated  Stated
	Ended   Ended
	History []register.Event
}

// Line is what a list shows.
type Line struct {
	Stated
	Ended party.PartialDate `json:"ended,omitzero" part:"PP"`
}

// Row is a record in a list.
type Row = register.Found[Line]

// Exists says whether anything was recorded.
func (p Policy) Exists() bool { return !p.Stated.Text.IsZero() }

// Summary gives what a list shows.
func (p Policy) Summary() Line { return Line{p.Stated, p.Ended.On} }

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Policy, error) {
	var p Policy
	for _, e := range es {
		h := register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
		p.ID = e.Dossier
		switch e.Type {
		case StatedType:
			v, err := journal.In[Stated](e)
			if err != nil {
				return Policy{}, err
			}
			p.Stated, p.Ended = v, Ended{}
		case EndedType:
			v, err := journal.In[Ended](e)
			if err != nil {
				return Policy{}, err
			}
			p.Ended, h.Text = v, v.Reason
		default:
			continue
		}
		p.History = append(p.History, h)
	}
	return p, nil
}

// StoreKind gives the dossier kind "policy".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Policy]{
		Name: access.KindPolicy, Base: journal.PP, Codes: []string{"subject", "country", "activity", register.OrderCode}, Derives: 1,
		Types: []store.Type{
			{Name: StatedType, Payload: Stated{}, Overlap: new(Stated).asks().Names()},
			{Name: EndedType, Payload: Ended{}},
		},
		Fold: Fold, Guard: guard, Derive: derive,
	})
}

func derive(p Policy) store.Derived {
	if !p.Exists() {
		return store.Derived{}
	}
	v := p.Stated
	d := store.Derived{State: "stated", Summary: p.Summary(), Codes: map[string][]string{"subject": {string(v.Subject)}, "country": v.Countries,
		register.OrderCode: register.InOrder(string(v.Subject), strings.Join(v.Countries, ""))}}
	if p.Ended.On.Known() {
		d.State = "ended"
	}
	if v.Activity != "" {
		d.Codes["activity"] = []string{v.Activity}
	}
	return d
}

func guard(g *store.Guarding, p Policy, e journal.Entry) error {
	var fs fault.Fields
	var err error
	switch e.Type {
	case StatedType:
		var v Stated
		v, err = journal.In[Stated](e)
		v.asks().Check(&fs, g)
	case EndedType:
		if !p.Exists() {
			return fault.New(fault.NotFound, "store.not_found")
		}
		var v Ended
		v, err = journal.In[Ended](e)
		if v.Asks("policy").Check(&fs, g); v.On.Known() && v.On.Before(p.Stated.Since) {
			fs.Add("on", "policy.want.date")
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}
