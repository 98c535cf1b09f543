// SPDX-License-Identifier: EUPL-1.2

package action

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// edit is the form with the whole of what is known of an action.
func (c Config) edit() *register.Act[Action] {
	var offices func(v *see) ([]page.Option, error)
	if c.Offices != nil {
		offices = func(v *see) ([]page.Option, error) { return c.Offices(v.Context(), v.Request) }
	}
	return &register.Act[Action]{Type: AgreedType, Again: register.Again[Agreed], May: ours, Asks: func(a Action) register.Asked { return a.Agreed.asks(offices) }}
}

// acts are what somebody can do to an action, in the order of the page.
func acts() []register.Act[Action] {
	ended := func(Action) register.Asked { return new(Ended).Asks("action") }
	out := []register.Act[Action]{
		{Name: "done", Type: DoneType, Icon: "circle-check", Asks: func(Action) register.Asked { return new(DoneBy).asks() }},
		{Name: "follow", Type: FollowedType, Icon: "message", Asks: func(a Action) register.Asked {
			return new(Followed).asks(a)
		}},
		{Name: "refuse", Type: RefusedType, Icon: "circle-x", Asks: ended},
		{Name: "reopen", Type: ReopenedType, Icon: "arrow-back-up", Asks: ended},
	}
	for i, a := range out {
		out[i].May = func(x Action) error {
			if slices.Contains(from[a.Type], x.State) {
				if a.Type == ReopenedType {
					return ours(x)
				}
				return nil
			}
			return fault.New(fault.Guarded, "action.guard."+string(x.State))
		}
	}
	return out
}

// ours: it was agreed here, and no other office assigned it.
func ours(a Action) error {
	if !a.From.IsZero() {
		return fault.New(fault.Guarded, "action.guard.other_office")
	}
	return nil
}
