// SPDX-License-Identifier: EUPL-1.2

// Package policy keeps what states do about demand and prostitution: laws with the day they came into force and were first
// used, their sanctions, how institutions are trained, and what states and bodies declare.
//
// States differ, and this register takes no side: a record is either a provision, with its source, or a position, and then
// it always names whose. Nothing is inferred from the absence of a record. All of it is public programme content.
package policy

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
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

// Limits of what people write, in bytes.
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

// Ended is the payload of policy.ended: it is repealed, replaced or no longer held.
type Ended struct {
	On     party.PartialDate `json:"on" part:"PP"`
	Reason string            `json:"reason" part:"PP"`
}

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
			{Name: StatedType, Payload: Stated{}, Overlap: []string{"text", "subject", "countries", "whose", "law", "since", "first_use", "sanctions", "trained", "activity", "source", "link"}},
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

func guard(_ *store.Guarding, p Policy, e journal.Entry) error {
	var fs fault.Fields
	var err error
	switch e.Type {
	case StatedType:
		var v Stated
		v, err = journal.In[Stated](e)
		v.check(&fs)
	case EndedType:
		if !p.Exists() {
			return fault.New(fault.NotFound, "store.not_found")
		}
		var v Ended
		v, err = journal.In[Ended](e)
		if !v.On.Known() || v.On.Before(p.Stated.Since) {
			fs.Add("on", "policy.want.date")
		}
		if v.Reason == "" || len(v.Reason) > maxNote {
			fs.Add("reason", "policy.want.reason", "Max", maxNote)
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

func (v Stated) check(fs *fault.Fields) {
	v.Text.Check(fs, "text", true, MaxText)
	if !slices.Contains(Subjects(), v.Subject) {
		fs.Add("subject", "policy.want.subject")
	}
	if slices.ContainsFunc(v.Countries, func(c string) bool { return !activity.IsCountry(c) }) {
		fs.Add("countries", "programme.need.country")
	}
	if (v.Subject == Position) == v.Whose.IsZero() {
		fs.Add("whose", "policy.want.whose")
	}
	v.Whose.Check(fs, "whose", false, maxLine)
	v.Sanctions.Check(fs, "sanctions", false, maxNote)
	v.Trained.Check(fs, "trained", false, maxNote)
	if len(v.Law) > maxNote {
		fs.Add("law", "policy.want.shorter", "Max", maxNote)
	}
	if v.FirstUse.Known() && v.FirstUse.Before(v.Since) {
		fs.Add("first_use", "party.date.order")
	}
	if v.Activity != "" && !activity.IsCode(v.Activity) {
		fs.Add("activity", "programme.need.code")
	}
	v.Source.Check(fs, "source")
	register.CheckLink(fs, "link", v.Link)
}
