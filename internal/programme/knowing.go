// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/knowledge"
	"github.com/entraide-thb/entraide/internal/programme/material"
	"github.com/entraide-thb/entraide/internal/programme/partnership"
	"github.com/entraide-thb/entraide/internal/programme/policy"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/sheet"
	"github.com/entraide-thb/entraide/internal/programme/yearbook"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

// knowing gives the kinds of the registers of knowledge: knowledge (legal frameworks, mechanisms, good practices), policy
// (what states do about demand), partnership (networks of associations), material (what raises awareness, and campaigns), the
// directory of who can be called and asked, and yearbook (figures that others published).
func knowing() []store.Kind {
	return []store.Kind{knowledge.StoreKind(), policy.StoreKind(), partnership.StoreKind(), material.StoreKind(), directory.StoreKind(), yearbook.StoreKind()}
}

// knowledge gives their pages.
func (c Config) knowledge() []page.Room {
	return []page.Room{
		knowledge.Room(knowledge.Config{Store: c.Store, Names: c.Names}),
		policy.Room(policy.Config{Store: c.Store, Names: c.Names}),
		partnership.Room(partnership.Config{Store: c.Store, Names: c.Names}),
		material.Room(material.Config{Store: c.Store, Names: c.Names, Proceeds: c.proceeds}),
		directory.Room(directory.Config{Store: c.Store, Names: c.Names, Vouch: c.Directory.Vouch, Verify: c.Directory.Verify, Taking: c.Directory.Taking}),
		yearbook.Room(yearbook.Config{Store: c.Store, Names: c.Names, Territories: c.Territories}),
	}
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

// ImportKnowledge brings what the pack's source tells into the registers of knowledge, in each of its languages. A second
// time changes nothing.
func ImportKnowledge(ctx context.Context, s *store.Store, w store.Who) error {
	for _, r := range []struct {
		name string
		put  func(context.Context, *store.Store, store.Who, []byte) (rolls.Imported, error)
	}{{"knowledge", knowledge.Import}, {"policies", policy.Import}, {"partnerships", partnership.Import}, {"materials", material.Import}} {
		for _, language := range pack.Languages() {
			src, err := pack.Register(r.name, language)
			if err == nil {
				_, err = r.put(ctx, s, w, src)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// AskedOfTable gives what the import of a table needs to know of an office: its programme's countries and territories, by their
// names in some languages, and who takes part.
func AskedOfTable(ctx context.Context, s *store.Store, w store.Who, locales ...*lang.Locale) (sheet.Asked, error) {
	a := sheet.Asked{Partners: map[string]journal.ID{}}
	orgs, err := rolls.All[actors.OrganisationLine](ctx, s, w, store.Query{Kind: access.KindOrganisation})
	if err != nil {
		return a, err
	}
	for _, o := range orgs {
		for _, name := range o.V.Names {
			a.Partners[strings.ToLower(name)] = o.ID
		}
	}
	now, err := room{Config{Store: s}}.current(ctx, w)
	var codes []string
	for _, c := range now.Countries {
		codes = append(codes, c.Code)
	}
	a.Countries = sheet.CountryNames(codes, locales...)
	return a, err
}
