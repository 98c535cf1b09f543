// SPDX-License-Identifier: EUPL-1.2

package need

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// may says from which states an entry of a type may be written.
func may(typ string) func(Need) error {
	return func(n Need) error {
		if slices.Contains(from[typ], n.State) {
			return nil
		}
		return fault.New(fault.Guarded, "need.guard."+string(n.State))
	}
}

// acts are what somebody can do to a need, in the order of the page.
func (c Config) acts() []register.Act[Need] {
	ended := func(Need) register.Asked { return new(Ended).Asks("need") }
	out := []register.Act[Need]{
		{Name: "plan", Type: PlannedType, Icon: "calendar-event", Asks: func(n Need) register.Asked {
			x := PlannedFor{Answer: n.Answer.Answer, Code: n.Answer.Code}
			return x.asks()
		}},
		{Name: "meet", Type: MetType, Icon: "circle-check", Asks: func(Need) register.Asked { return new(MetBy).asks() }},
		{Name: "join", Type: JoinedType, Icon: "arrows-join", Lead: "join.lead", Asks: c.askJoined},
		{Name: "drop", Type: DroppedType, Icon: "circle-x", Asks: ended},
		{Name: "reopen", Type: ReopenedType, Icon: "arrow-back-up", Asks: ended},
	}
	for i := range out {
		out[i].May = may(out[i].Type)
	}
	return out
}

func (c Config) askJoined(n Need) register.Asked {
	x := new(JoinedTo)
	return ask.Of("need", x, ask.Record("other", &x.Other, func(v *see) ([]page.Option, error) {
		rows, err := List(v.Context(), c.Store, register.As(v.Request), nil)
		return others(v, rows, n.ID), err
	}).Called("need.joined_to"))
}

// others offers the needs that one could be the same as, those that read alike first.
func others(v *see, rows []Row, id journal.ID) []page.Option {
	var out []page.Option
	add := func(x Row) {
		o := page.Option{Value: x.ID.String(), Text: register.Excerpt(v.L, x.V.Text).Text}
		if x.ID != id && !slices.Contains(out, o) && x.V.State != Joined && x.V.State != Dropped {
			out = append(out, o)
		}
	}
	for _, x := range ProposedFor(rows, id) {
		add(x)
	}
	for _, x := range rows {
		add(x)
	}
	return out
}
