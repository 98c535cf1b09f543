// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// KindConfig is what the kind "signal" needs of the office.
type KindConfig struct {
	Sets Sets
	// Appearance gives an owner's ground for asking what rests on appearance; "" is off. Nil is off.
	Appearance func(owner journal.ID) string
	// Terms says whether sharing terms in force let one office send an assistance office categories for a purpose: nil, or an
	// Uncovered fault that says what is missing.
	Terms func(g *store.Guarding, from, to journal.ID, purpose string, cats []journal.Category) error
}

// Summary is what a row of a list of signals shows.
type Summary struct {
	Status  Status     `json:"status" part:"D0"`
	At      time.Time  `json:"at" part:"D0"`
	From    journal.ID `json:"from,omitzero" part:"D0"`
	To      journal.ID `json:"to,omitzero" part:"D0"`
	Who     string     `json:"who" part:"D0"`
	Role    string     `json:"role,omitempty" part:"D0"`
	Refused string     `json:"refused,omitempty" part:"D0"`
	Counts  []Counted  `json:"counts,omitempty" part:"D9"`
}

// Kind gives the dossier kind "signal": in a police office it is written, passed on and then never read again; in an
// assistance office it waits until somebody takes it into a person's file.
func Kind(c KindConfig) store.Kind {
	return store.Of(store.KindOf[Signal]{
		Name: access.KindSignal, Base: journal.D0, Codes: []string{"from", "who"}, Derives: 1, // with what figures know
		Types: slices.Concat(Types(), []store.Type{
			{Name: "signal.noted", Payload: Noted{}},
			{Name: "signal.joined", Payload: Joined{}},
			{Name: "signal.consented", Payload: consent.Given{}},
			{Name: "signal.ground_proposed", Payload: consent.Ground{}},
			{Name: "signal.ground_confirmed", Payload: consent.GroundConfirmed{}},
			{Name: "signal.forwarded", Payload: Forwarded{}},
			{Name: "signal.receipted", Payload: Receipted{}},
			{Name: "signal.refused", Payload: Refused{}},
			{Name: "signal.received", Payload: Came{}},
			{Name: "signal.taken", Payload: Taken{}},
			{Name: "signal.linked", Payload: Linked{}},
			{Name: "signal.closed", Payload: Ended{}},
		}, endings()),
		Fold:   c.Sets.FoldSignal,
		Guard:  c.guard,
		Derive: derive,
		Effects: func(g *store.Guarding, _, after Signal, e journal.Entry) (store.Effects, error) {
			switch {
			case e.Type == "signal.forwarded":
				m, err := message(after, e.ID, g.Now)
				return store.Effects{Messages: []any{m}}, err
			case e.Type == "signal.receipted" && g.Office != access.Assistance:
				return store.Effects{Erase: told()}, nil // what was passed on is not kept
			}
			return endingEffects(g, after, e)
		},
	})
}

// told lists the categories of a signal that speak of somebody.
func told() []journal.Category {
	return []journal.Category{journal.D1, journal.D2, journal.D3, journal.D6, journal.D8}
}

func (c KindConfig) guard(g *store.Guarding, s Signal, e journal.Entry) error {
	x := SignalContext{Context: Context{Now: g.Now}, Self: g.Owner, Actor: g.Actor.ID, Post: g.Actor.Job == "post", Clock: g.Actor.Job == "clock", Office: g.Office,
		Terms: func(from, to journal.ID, purpose string, cats []journal.Category) error {
			return c.Terms(g, from, to, purpose, cats)
		},
		Person: func(id journal.ID) error {
			_, err := g.Other(access.KindPerson, id)
			return err
		}}
	if c.Appearance != nil {
		x.Appearance = c.Appearance(g.Owner)
	}
	return c.Sets.Of(g.Owner).GuardSignal(s, x, e)
}

func derive(s Signal) store.Derived {
	st := s.Status()
	d := store.Derived{State: string(st), Assignee: s.Worker, Codes: map[string][]string{}}
	if slices.Contains([]Status{StatusOpen, StatusReceived, StatusTaken}, st) {
		d.Due = s.Since.Add(PassOn)
	}
	if !s.From.IsZero() {
		d.Codes["from"] = []string{s.From.String()}
	}
	if s.Who != "" {
		d.Codes["who"] = []string{s.Who}
	}
	if s.From.IsZero() {
		for _, id := range append([]journal.ID{s.By}, s.Colleagues...) {
			d.Standing = append(d.Standing, store.Standing{Actor: id, Relation: access.AsSignaller, Until: s.Until()})
		}
		if until := s.Told(); until.After(s.Until()) { // that it exists, and what became of it
			d.Standing = append(d.Standing, store.Standing{Actor: s.By, Relation: access.Founder, Until: until})
		}
	}
	if !s.Worker.IsZero() {
		d.Standing = append(d.Standing, store.Standing{Actor: s.Worker, Relation: access.AsRecipient})
	}
	sum := Summary{Status: st, At: s.At, From: s.From, Who: s.Who, Refused: s.Refused, Counts: s.Counts()}
	if n := len(s.Screenings); n > 0 {
		sum.Role = s.Screenings[n-1].Role
	}
	if s.Forwarded != nil {
		sum.To = s.Forwarded.To
	}
	d.Summary = sum
	return d
}
