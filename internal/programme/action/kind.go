// SPDX-License-Identifier: EUPL-1.2

package action

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Line is what a list shows of an action.
type Line struct {
	Agreed
	State      State             `json:"state" part:"PP"`
	DoneOn     party.PartialDate `json:"done_on,omitzero" part:"PP"`
	FollowedTo int               `json:"followed_to,omitempty" part:"PP"` // days of the latest follow-up made
	AskedTo    int               `json:"asked_to,omitempty" part:"PP"`    // days after which the owner was asked by message
	From       journal.ID        `json:"from,omitzero" part:"PP"`         // another office that assigned it
}

// Row is an action in a list.
type Row = register.Found[Line]

// WithCode is the code by which open actions are found that two offices share: its value is the other one.
const WithCode = "with"

// With gives the other office of an action that two share: the one that assigned it here, or to which it was assigned; zero for none.
func (l Line) With() journal.ID {
	if !l.From.IsZero() {
		return l.From
	}
	return l.Office
}

// StoreKind gives the dossier kind "action".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Action]{
		Name: access.KindAction, Base: journal.PP, Codes: []string{"owner", "state", "activity", "late", "undated", "asking", "counts", "in_time", "need", "from", WithCode, register.OrderCode}, Derives: 3,
		Types: []store.Type{
			{Name: AgreedType, Payload: Agreed{}, Overlap: append(new(Agreed).asks(nil).Names(), "need")},
			{Name: ReceivedType, Payload: Received{}},
			{Name: AskedType, Payload: Asked{}},
			{Name: DoneType, Payload: DoneBy{}},
			{Name: RefusedType, Payload: Ended{}},
			{Name: FollowedType, Payload: Followed{}},
			{Name: ReopenedType, Payload: Ended{}},
		},
		Fold: Fold, Guard: guard, Derive: derive, Effects: effects,
	})
}

// Summary gives what a list shows of an action.
func (a Action) Summary() Line {
	l := Line{Agreed: a.Agreed, State: a.State, DoneOn: a.Done.On, AskedTo: a.AskedTo, From: a.From}
	for _, f := range a.Followed {
		l.FollowedTo = max(l.FollowedTo, f.Days)
	}
	return l
}

func derive(a Action) store.Derived {
	if !a.Exists() {
		return store.Derived{}
	}
	d := store.Derived{State: string(a.State), Codes: map[string][]string{"state": {string(a.State)}}, Summary: a.Summary()}
	if !a.Agreed.Owner.IsZero() {
		d.Codes["owner"] = []string{a.Agreed.Owner.String()}
	}
	if a.Agreed.Activity != "" {
		d.Codes["activity"] = []string{a.Agreed.Activity}
	}
	if a.State == Open && a.Agreed.Due.Known() {
		d.Due = dayAfter(a.Agreed.Due)
	}
	if !a.From.IsZero() {
		d.Codes["from"] = []string{a.From.String()}
	}
	if with := a.Summary().With(); a.State == Open && !with.IsZero() {
		d.Codes[WithCode] = []string{with.String()}
	}
	if !a.Agreed.Need.IsZero() {
		d.Codes["need"] = []string{a.Agreed.Need.String()}
	}
	a.Summary().codes(&d)
	return d
}

// from lists the states in which an entry of a type may be written.
var from = map[string][]State{DoneType: {Open}, RefusedType: {Open}, FollowedType: {Open}, ReopenedType: {Done, Refused}}

func guard(g *store.Guarding, a Action, e journal.Entry) error {
	if e.Type != AgreedType && e.Type != ReceivedType && !a.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	late := e.Type == FollowedType && g.Actor.Job == "post" // what an owner answered may come after what it answered later
	if states, bound := from[e.Type]; bound && !late && !slices.Contains(states, a.State) {
		return fault.New(fault.Guarded, "action.guard."+string(a.State))
	}
	if err := guardMail(g, a, e); err != nil {
		return err
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case AgreedType:
		var v Agreed
		v, err = journal.In[Agreed](e)
		v.asks(nil).Check(&fs, g)
		if err == nil {
			known(&fs, g, v)
		}
	case DoneType:
		var v DoneBy
		v, err = journal.In[DoneBy](e)
		v.asks().Check(&fs, g)
		if v.On.Known() && v.On.Before(a.Agreed.On) {
			fs.Add("on", "action.want.order")
		}
	case RefusedType, ReopenedType:
		var v Ended
		v, err = journal.In[Ended](e)
		v.Asks("action").Check(&fs, g)
	case FollowedType:
		var v Followed
		v, err = journal.In[Followed](e)
		v.asks(a).Check(&fs, g)
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

// known: the need that an action names is a record of this office, and the office that it goes to another one.
func known(fs *fault.Fields, g *store.Guarding, v Agreed) {
	if v.Office == g.Owner {
		fs.Add("office", "action.want.office")
	}
	if !v.Need.IsZero() {
		if _, err := g.Other(access.KindNeed, v.Need); err != nil {
			fs.Add("need", "action.want.need")
		}
	}
}

// Counts says whether an action is one of those of the framework's indicator C3: its date is over, or it was done before. Refused
// ones and those without a date are in neither number.
func (l Line) Counts(now time.Time) bool {
	return l.Due.Known() && (l.State == Done || l.Late(now))
}

// InTime says whether an action was done by its date. Of dates known in part the cautious reading holds: the last day on which it
// may have been done is not after the last day of its date.
func (l Line) InTime() bool {
	return l.State == Done && l.Due.Known() && !l.DoneOn.Last().After(l.Due.Last())
}
