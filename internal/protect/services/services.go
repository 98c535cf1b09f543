// SPDX-License-Identifier: EUPL-1.2

// Package services holds track 3, one line per need: what a person needs, what was offered and agreed,
// and how it ended; and the plan for the long term, goal by goal, in her own words. Services wait for no
// status: nothing here reads the outcome of identification or of justice (guard G3).
package services

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Step is where a need stands.
type Step string

const (
	Identified Step = "need_identified"
	Offered    Step = "offered"
	Refused    Step = "refused"
	Planned    Step = "planned"
	InDelivery Step = "in_delivery"
	Reviewed   Step = "reviewed"
	Met        Step = "met"
	Unmet      Step = "unmet"
)

// Steps lists them.
func Steps() []string {
	return []string{string(Identified), string(Offered), string(Refused), string(Planned), string(InDelivery), string(Reviewed), string(Met), string(Unmet)}
}

// Next gives the steps that may follow a step. A need can always be opened again.
func Next(s Step) []Step {
	switch s {
	case Identified:
		return []Step{Offered, InDelivery, Met, Unmet} // straight to delivery in an emergency
	case Offered:
		return []Step{Refused, Planned, InDelivery}
	case Planned:
		return []Step{InDelivery, Unmet, Identified}
	case InDelivery:
		return []Step{Reviewed, Met, Unmet}
	case Reviewed:
		return []Step{InDelivery, Met, Unmet}
	case Refused, Met, Unmet:
		return []Step{Identified}
	}
	return nil
}

// Catalogue lists the needs of Art. 12 and 16 of the Convention, and what long recovery asks for.
func Catalogue() []string {
	return []string{"accommodation", "material", "medical", "psychological", "counselling", "legal", "translation", "education", "work", "family", "debt", "return", "child_protection"}
}

// Urgencies is the closed list of how soon.
func Urgencies() []string { return []string{"immediate", "week", "month", "long_term"} }

// Reasons is the closed list of why a need was refused by the person or stayed unmet.
func Reasons() []string {
	return []string{"person_wish", "no_place", "no_service", "elsewhere", "contact_lost", "other"}
}

// Noted is service.need_identified.
type Noted struct {
	Need    journal.ID `json:"need" part:"D0"`
	Code    string     `json:"code" part:"D0"` // of the catalogue
	Urgency string     `json:"urgency" part:"D0"`
	Detail  string     `json:"detail,omitempty" part:"D3"`
	Health  string     `json:"health,omitempty" part:"D4"`
}

// Stepped is service.step: the need moves on.
type Stepped struct {
	Need   journal.ID `json:"need" part:"D0"`
	Step   Step       `json:"step" part:"D0"`
	Reason string     `json:"reason,omitempty" part:"D0"` // a code, for refused and unmet
	Review time.Time  `json:"review,omitzero" part:"D0"`  // when to look at it again
	Detail string     `json:"detail,omitempty" part:"D3"`
}

// Need is one need as it stands.
type Need struct {
	Noted
	Step    Step
	Since   time.Time
	Review  time.Time
	History []Moment
}

// Moment is one step taken.
type Moment struct {
	Step   Step
	At     time.Time
	By     journal.ID
	Reason string
	Detail string
}

// Open says whether someone still has to do something about it.
func (n Need) Open() bool { return n.Step != Met && n.Step != Refused }

// State is all needs and goals of a person, oldest first.
type State struct {
	Needs []Need
	Goals []Goal
}

// Find gives a need by id.
func (s State) Find(id journal.ID) (Need, bool) {
	i := slices.IndexFunc(s.Needs, func(n Need) bool { return n.Need == id })
	if i < 0 {
		return Need{}, false
	}
	return s.Needs[i], true
}

// Fold gives the needs and goals of a person's entries; those of other rooms are passed over.
func Fold(entries []journal.Entry) (State, error) {
	var s State
	for _, e := range entries {
		switch e.Type {
		case "service.need_identified":
			p, err := journal.In[Noted](e)
			if err != nil {
				return State{}, err
			}
			s.Needs = append(s.Needs, Need{Noted: p, Step: Identified, Since: e.OccurredAt, History: []Moment{{Step: Identified, At: e.OccurredAt, By: e.Actor, Detail: p.Detail}}})
		case "service.step":
			p, err := journal.In[Stepped](e)
			if err != nil {
				return State{}, err
			}
			for i := range s.Needs {
				if n := &s.Needs[i]; n.Need == p.Need {
					n.Step, n.Since, n.Review = p.Step, e.OccurredAt, p.Review
					n.History = append(n.History, Moment{p.Step, e.OccurredAt, e.Actor, p.Reason, p.Detail})
				}
			}
		default:
			if err := s.foldPlan(e); err != nil {
				return State{}, err
			}
		}
	}
	return s, nil
}

// Guard says whether an entry of this room may be appended now.
func Guard(s State, e journal.Entry) error {
	switch e.Type {
	case "service.need_identified":
		p, err := journal.In[Noted](e)
		if err != nil {
			return err
		}
		var fs fault.Fields
		if _, twice := s.Find(p.Need); twice || p.Need.IsZero() {
			fs.Add("need", "service.need.id")
		}
		if !slices.Contains(Catalogue(), p.Code) {
			fs.Add("code", "service.need.code")
		}
		if !slices.Contains(Urgencies(), p.Urgency) {
			fs.Add("urgency", "service.need.urgency")
		}
		return fs.Err()
	case "service.step":
		p, err := journal.In[Stepped](e)
		if err != nil {
			return err
		}
		n, ok := s.Find(p.Need)
		if !ok {
			return fault.Bad("need", "service.need.known")
		}
		if !slices.Contains(Next(n.Step), p.Step) {
			return fault.New(fault.Guarded, "service.guard.step")
		}
		if (p.Step == Refused || p.Step == Unmet) && !slices.Contains(Reasons(), p.Reason) {
			return fault.Bad("reason", "service.need.reason")
		}
	}
	return guardPlan(s, e)
}

// Due gives the earliest review of an open need; zero for none.
func (s State) Due() time.Time {
	var t time.Time
	for _, n := range s.Needs {
		if n.Open() && !n.Review.IsZero() && (t.IsZero() || n.Review.Before(t)) {
			t = n.Review
		}
	}
	return t
}
