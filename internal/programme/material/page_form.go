// SPDX-License-Identifier: EUPL-1.2

package material

import (
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// edit is the form with the whole of what is known of a material.
func edit() *register.Act[Material] {
	return &register.Act[Material]{Type: DescribedType, Again: register.Again[Described], Asks: func(m Material) register.Asked {
		return m.Described.asks(func(v *see) ([]page.Option, error) { return campaigns(v, m.ID), nil })
	}}
}

// acts are what somebody can do to a material, in the order of the page.
func acts() []register.Act[Material] {
	out := []register.Act[Material]{
		{Name: "publish", Type: PublishedType, Icon: "circle-check", Asks: func(Material) register.Asked { return new(PublishedIn).asks() }},
		{Name: "count", Type: CountedType, Icon: "chart-bar", Asks: func(Material) register.Asked { return new(Counted).asks() }},
		{Name: "withdraw", Type: WithdrawnType, Icon: "circle-x", Asks: func(Material) register.Asked { return new(Ended).Asks("material") }},
	}
	for i, a := range out {
		out[i].May = may(a.Type)
	}
	return out
}
