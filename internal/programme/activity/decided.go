// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// DecidedType is the entry type of what the steering committee decided of an activity.
const DecidedType = "activity.decided"

// Decided is the payload of activity.decided: a proposal in a frozen version of a plan has become this activity, or amends it.
// Zero values are what the proposal does not say.
type Decided struct {
	Plan      journal.ID        `json:"plan" part:"PP"`
	Version   int               `json:"version" part:"PP"`
	Proposal  journal.ID        `json:"proposal" part:"PP"`
	Mark      string            `json:"mark" part:"PP"` // of the proposal's exact words
	Code      string            `json:"code" part:"PP"`
	Kind      Kind              `json:"kind" part:"PP"`
	Title     wording.Text      `json:"title" part:"PP"`
	What      wording.Text      `json:"what,omitzero" part:"PP"`
	Priority  int               `json:"priority,omitempty" part:"PP"`
	Pillars   []string          `json:"pillars,omitempty" part:"PP"`
	Countries []string          `json:"countries,omitempty" part:"PP"`
	DependsOn []string          `json:"depends_on,omitempty" part:"PP"`
	Lead      journal.ID        `json:"lead,omitzero" part:"PP"`
	Start     party.PartialDate `json:"start,omitzero" part:"PP"`
	End       party.PartialDate `json:"end,omitzero" part:"PP"`
	Amount    party.Uncertain   `json:"amount,omitzero" part:"PP"`
	Currency  string            `json:"currency,omitempty" part:"PP"`
	Measures  []string          `json:"measures,omitempty" part:"PP"`
}

// Holder is what a plan says: whether one of its frozen versions holds a proposal in exact words.
type Holder interface {
	Holds(version int, proposal journal.ID, mark string) bool
}

// decide puts a decision on what is known: what the proposal says holds, what it does not say stays.
func (a *Activity) decide(v Decided) {
	now := a.Facts()
	a.Decided = append(slices.Clone(a.Decided), v)
	a.Titles = v.Title
	if !v.What.IsZero() {
		a.What = v.What
	}
	var f Framed
	if v.Kind != now.Kind {
		f.Kind = &v.Kind
	}
	if v.Priority > 0 && !slices.Contains(now.Priorities, v.Priority) {
		f.Priorities = &[]int{v.Priority}
	}
	for _, x := range []struct {
		says []string
		now  []string
		to   **[]string
	}{{v.Pillars, now.Pillars, &f.Pillars}, {v.Countries, now.Countries, &f.Countries}, {v.DependsOn, now.DependsOn, &f.DependsOn}, {v.Measures, now.Measures, &f.Measures}} {
		if len(x.says) > 0 && !slices.Equal(x.says, x.now) {
			*x.to = &x.says
		}
	}
	if v.Amount.Known() {
		f.Amount, f.Currency = &v.Amount, &v.Currency
	}
	if !v.Lead.IsZero() && !slices.ContainsFunc(now.Partners, func(p Partner) bool { return p.Organisation == v.Lead && p.Role == "lead" }) {
		list := append(slices.Clone(now.Partners), Partner{Organisation: v.Lead, Role: "lead"})
		f.Partners = &list
	}
	a.Own = a.Own.with(f)
	if v.Start.Known() && v.Start != now.Start {
		a.OwnStart = &v.Start
	}
	if v.End.Known() && v.End != now.End {
		a.OwnEnd = &v.End
	}
}

// check: the plan holds these words in that version, and the activity is the proposal's.
func (v Decided) check(fs *fault.Fields, g *store.Guarding, a Activity) error {
	o, err := g.Other(access.KindPlan, v.Plan)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if p, ok := o.(Holder); !ok || !p.Holds(v.Version, v.Proposal, v.Mark) {
		return fault.New(fault.Guarded, "programme.guard.decided")
	}
	if !IsCode(v.Code) || a.Exists() && a.Code() != v.Code {
		fs.Add("code", "programme.need.code")
	}
	if !slices.Contains(Kinds(), v.Kind) {
		fs.Add("kind", "programme.need.choice")
	}
	v.Title.Check(fs, "title", true, maxReason)
	if v.End.Before(v.Start) {
		fs.Add("end", "party.date.order")
	}
	return nil
}
