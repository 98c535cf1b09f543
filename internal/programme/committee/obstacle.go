// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// Obstacle is the code of something that keeps a proposal from being tabled.
type Obstacle string

// The closed list. Each has its field, under which a fault names it.
const (
	NoPriority Obstacle = "priority"
	NoReason   Obstacle = "outside" // a country that is no partner, and no reason why it is in the plan
)

// Obstacles lists the closed list.
func Obstacles() []Obstacle { return []Obstacle{NoPriority, NoReason} }

// Waiting is an activity that a proposal depends on and that is not over. Status is "" when no record says.
type Waiting struct {
	Code   string          `json:"code"`
	Status activity.Status `json:"status,omitempty"`
}

// Around is what a plan's proposals are held against. Partners is nil when no programme names any; then no country is
// outside.
type Around struct {
	Partners []string
	// Activity gives what is known of an activity by its code.
	Activity func(code string) (activity.Line, bool)
}

// Outside lists the countries of a proposal that are no partners of the programme.
func (a Around) Outside(p Proposal) []string {
	if a.Partners == nil {
		return nil
	}
	var out []string
	for _, c := range p.Countries {
		if !slices.Contains(a.Partners, c) {
			out = append(out, c)
		}
	}
	return out
}

// Obstacles lists what keeps a proposal from being tabled.
func (a Around) Obstacles(p Proposal) []Obstacle {
	var out []Obstacle
	if p.Priority == 0 {
		out = append(out, NoPriority)
	}
	if p.Outside == "" && len(a.Outside(p)) > 0 {
		out = append(out, NoReason)
	}
	return out
}

// Waiting lists what a proposal depends on, by its own words or by its activity's record, that is not over: it is tabled
// all the same, and whoever decides sees it.
func (a Around) Waiting(p Proposal) []Waiting {
	codes := slices.Clone(p.DependsOn)
	if own, ok := a.Activity(p.Code); ok {
		codes = append(codes, own.DependsOn...)
	}
	slices.Sort(codes)
	var out []Waiting
	for _, c := range slices.Compact(codes) {
		on, _ := a.Activity(c)
		if on.Status != over {
			out = append(out, Waiting{c, on.Status})
		}
	}
	return out
}

// over is the status of an activity that waits for nothing more.
const over activity.Status = "held"

// tabled names what keeps a proposal from being tabled, with the fix.
func (a Around) tabled(fs *fault.Fields, p Proposal) {
	for _, o := range a.Obstacles(p) {
		fs.Add(string(o), "committee.obstacle."+string(o), "Code", p.Code)
	}
}

// guarded is Around as a guard knows it: what it asks is unmoved when the entry commits.
func guarded(g *store.Guarding, p Plan) (Around, error) {
	a := Around{Activity: func(code string) (activity.Line, bool) {
		o, err := g.Other(access.KindActivity, activity.Ref(g.Owner, code).ID)
		if err != nil {
			return activity.Line{}, false
		}
		x := o.(activity.Activity)
		return activity.Line{Code: code, Status: x.Status(), DependsOn: x.Facts().DependsOn}, x.Exists()
	}}
	if p.Opened.Programme.IsZero() {
		return a, nil
	}
	o, err := g.Other(access.KindProgramme, p.Opened.Programme)
	if err != nil {
		return a, err
	}
	a.Partners = o.(scheme.Scheme).Partners()
	return a, nil
}

func plan(g *store.Guarding, id journal.ID) (Plan, error) {
	o, err := g.Other(access.KindPlan, id)
	if err != nil {
		return Plan{}, err
	}
	return o.(Plan), nil
}

func session(g *store.Guarding, id journal.ID) (Session, error) {
	o, err := g.Other(access.KindSession, id)
	if err != nil {
		return Session{}, err
	}
	return o.(Session), nil
}

// decisions says, of a plan, which words of which proposals the committee has approved at any session, and how many motions
// on it are open. A later decision on the same words holds.
func decisions(g *store.Guarding, of journal.ID) (approved func(journal.ID, string) bool, open int, err error) {
	ids, err := g.Find(access.KindSession, "plan", of.String())
	if err != nil {
		return nil, 0, err
	}
	var all []Session
	for _, id := range ids {
		s, err := session(g, id)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, s)
	}
	approved, open = Decided(all, of)
	return approved, open, nil
}

// Decided says of a plan what sessions have decided: which words of which proposals are approved, and how many motions on it
// are open.
func Decided(all []Session, of journal.ID) (approved func(proposal journal.ID, mark string) bool, open int) {
	type on struct {
		proposal journal.ID
		mark     string
	}
	last := map[on]Motion{}
	for _, s := range all {
		for _, m := range s.Motions {
			k := on{m.Proposal, m.Mark}
			switch was := last[k]; {
			case m.Plan != of:
			case m.Decision == nil:
				open++
			case was.Decision == nil || m.Decision.At.After(was.Decision.At):
				last[k] = m
			}
		}
	}
	return func(proposal journal.ID, mark string) bool {
		m := last[on{proposal, mark}]
		return m.Decision != nil && m.Decision.Result == Yes
	}, open
}
