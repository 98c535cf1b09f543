// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	_ "embed"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/sheet"
)

const importPath = "/programme/activities/import"

//go:embed activities.csv
var sampleActivities []byte

// desks gives the pages where tables of activities are brought in, in offices that do so.
func (rm room) desks() []page.Route {
	if rm.Importer == nil {
		return nil
	}
	d := sheet.Desk{Room: "activities", Path: importPath, Back: page.Crumb{Text: "programme.list.title", Href: "/programme/activities"}, Fields: sheet.Fields(), Guess: sheet.Guess, Sample: sampleActivities,
		Do: func(ctx context.Context, r *page.Request, t sheet.Table, m sheet.Mapping, s sheet.Sent, dry bool) (sheet.Report, error) {
			w, err := rm.Importer(r.Actor.Owner)
			if err != nil {
				return sheet.Report{}, err
			}
			a, err := rm.askedOf(ctx, w)
			if err != nil {
				return sheet.Report{}, err
			}
			a.Document, a.Language, a.Year, a.By = s.Document, s.Language, s.Year, r.Actor.ID
			p, err := sheet.Plan(t, m, a)
			if err != nil {
				return sheet.Report{}, err
			}
			return sheet.Import(ctx, rm.Store, w, p, a, dry)
		}}
	return d.Routes()
}

// askedOf gives what the import of a table needs to know of an office, with names in French and in English.
func (c Config) askedOf(ctx context.Context, w store.Who) (sheet.Asked, error) {
	var both []*lang.Locale
	if c.Locale != nil {
		both = []*lang.Locale{c.Locale("fr"), c.Locale("en")}
	}
	return AskedOfTable(ctx, c.Store, w, both...)
}
