// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/material"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// knowing gives the kinds of the registers of knowledge: material (what raises awareness, and campaigns).
func knowing() []store.Kind { return []store.Kind{material.StoreKind()} }

// knowledge gives their pages.
func (c Config) knowledge() []page.Room {
	return []page.Room{material.Room(material.Config{Store: c.Store, Names: c.Names, Proceeds: c.proceeds})}
}

// proceeds says what campaigns of an activity brought in for funds: an amount that nobody has stated is not known.
func (c Config) proceeds(r *page.Request, activity string) ([]page.Fact, error) {
	rows, err := grant.Funds(r.Context(), c.Store, rolls.As(r))
	var out []page.Fact
	for _, x := range rows {
		f := x.V.Flow
		if f == nil || f.What != grant.Proceeds || f.Activity != activity {
			continue
		}
		amount := f.Amount.Print(r.L)
		if f.Amount.Known() {
			amount += " " + f.Currency
		}
		out = append(out, page.Fact{Term: r.L.T("material.proceeds"), Text: f.Fund, Sub: amount, Href: grant.FundPath + "/" + x.ID.String()})
	}
	return out, err
}
