// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// decidedOf gives what a proposal of a frozen version says of an activity.
func decidedOf(plan journal.ID, version int, p Proposal, code string) activity.Decided {
	return activity.Decided{Plan: plan, Version: version, Proposal: p.ID, Mark: p.Mark(), Code: code, Kind: p.Kind, Title: p.Title, What: p.What, Priority: p.Priority, Pillars: p.Pillars, Countries: p.Countries,
		DependsOn: p.DependsOn, Lead: p.Lead, Start: p.Start, End: p.End, Amount: p.Amount, Currency: p.Currency, Measures: p.Measures}
}

// Carry makes activities of the proposals in a plan's last version, or amends those that are there: each proposal in its words
// once, however often it is asked for. The version stays what it was. It gives how many were written. Errors: Guarded where there
// is no version, and what the store gives; then nothing was written.
func Carry(ctx context.Context, s *store.Store, w store.Who, p Plan) (int, error) {
	v := p.Last()
	if v.Number == 0 {
		return 0, fault.New(fault.Guarded, "committee.guard.no_version")
	}
	codes, err := carried(ctx, s, w, p.ID)
	if err != nil {
		return 0, err
	}
	var changes []store.Change
	for _, x := range v.Proposals {
		code := x.Code
		if of, ok := codes[x.ID]; ok {
			code = of.Code // the same activity, whatever later words call it
		}
		changes = append(changes, store.Change{Ref: activity.Ref(w.Actor.Owner, code), Decide: func(state any) ([]store.Draft, error) {
			a := state.(activity.Activity)
			if n := len(a.Decided); n > 0 && a.Decided[n-1].Proposal == x.ID && a.Decided[n-1].Mark == x.Mark() {
				return nil, nil
			}
			id := provenance.ID("carried", p.ID.String(), strconv.Itoa(v.Number), x.ID.String(), x.Mark())
			return []store.Draft{{ID: id, Type: activity.DecidedType, Payload: decidedOf(p.ID, v.Number, x, code)}}, nil
		}})
	}
	done, err := s.UpdateEach(ctx, w, changes)
	n := 0
	for _, r := range done {
		n += len(r.Appended)
	}
	return n, err
}

// carried gives the activities that a plan's proposals have become or amended, by proposal.
func carried(ctx context.Context, s *store.Store, w store.Who, plan journal.ID) (map[journal.ID]activity.Line, error) {
	rows, err := register.All[activity.Line](ctx, s, w, store.Query{Kind: access.KindActivity, Codes: map[string]string{"plan": plan.String()}})
	out := map[journal.ID]activity.Line{}
	for _, r := range rows {
		for _, d := range r.V.Decided {
			if d.Plan == plan {
				out[d.Proposal] = r.V
			}
		}
	}
	return out, err
}

// carriage says of a proposal in a version what became of it.
func carriage(r *page.Request, of map[journal.ID]activity.Line, x Proposal) page.Fact {
	l := r.L
	f := page.Fact{Term: l.T("committee.carried"), Text: l.T("committee.carried.no"), Tone: page.Warn}
	a, ok := of[x.ID]
	if !ok {
		return f
	}
	f = page.Fact{Term: f.Term, Text: a.Code + " · " + l.T("programme.status."+string(a.Status)), Href: "/programme/activities/" + a.Code}
	if a.Status == "" {
		f.Text = a.Code
	}
	if !slices.ContainsFunc(a.Decided, func(d activity.Decided) bool { return d.Proposal == x.ID && d.Mark == x.Mark() }) {
		f.Sub = l.T("committee.carried.other")
	}
	return f
}

// carry takes the last version of a plan into the activities.
func (rm room) carry(ctx context.Context, r *page.Request) (page.Response, error) {
	p, v, err := rm.numbered(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return nil, err
	}
	if v.Number != p.Last().Number {
		return nil, fault.New(fault.Guarded, "committee.guard.later_version")
	}
	if _, err := Carry(ctx, rm.Store, register.As(r), p); err != nil {
		return nil, err
	}
	return page.Redirect(versionPath(p.ID, v.Number), "committee.carry.done"), nil
}
