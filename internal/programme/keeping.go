// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/subscriber"
	"github.com/entraide-thb/entraide/internal/programme/training"
)

// Keeping gives the kinds of dossiers that hold people's data, for how long they may.
func (c Config) Keeping() retention.Config {
	return retention.Config{Store: c.Store, Names: c.Names, Sources: []retention.Source{
		{Kind: access.KindEvent, Path: under(event.Path), Name: func(l *lang.Locale, row store.Row) (page.Cell, error) {
			v, err := store.Summary[event.Summary](row)
			return rolls.Excerpt(l, v.Title), err
		}},
		{Kind: access.KindApplication, Path: under(grant.ApplicationPath), Name: func(_ *lang.Locale, row store.Row) (page.Cell, error) {
			v, err := store.Summary[grant.ApplicationLine](row)
			return page.Cell{Text: joined(v.Applicant, v.Title)}, err
		}},
		{Kind: access.KindAssessment, Path: under(grant.AssessmentPath), Name: func(l *lang.Locale, row store.Row) (page.Cell, error) {
			v, err := store.Summary[grant.AssessmentLine](row)
			return page.Cell{Text: v.Title, Lang: l.Foreign(v.Language)}, err
		}},
		{Kind: access.KindTraining, Path: under(training.Path), Name: func(l *lang.Locale, row store.Row) (page.Cell, error) {
			v, err := store.Summary[training.Line](row)
			return rolls.Excerpt(l, v.Title), err
		}},
		{Kind: access.KindSubscriber, Name: func(l *lang.Locale, row store.Row) (page.Cell, error) { // never the address itself
			v, err := store.Summary[subscriber.Line](row)
			return page.Cell{Text: l.T("retention.reader", "On", l.Date(v.At))}, err
		}},
		{Kind: access.KindAgreement, Path: under(agreement.Path), Name: func(l *lang.Locale, row store.Row) (page.Cell, error) {
			v, err := store.Summary[agreement.Line](row)
			return rolls.Excerpt(l, v.Title), err
		}},
		{Kind: access.KindFunction, Path: functionPath, Name: func(l *lang.Locale, row store.Row) (page.Cell, error) { // never who held it
			v, err := store.Summary[actors.FunctionLine](row)
			return page.Cell{Text: v.Titles.In(l.Tag()), Lang: languageOf(v.Titles, l)}, err
		}},
		{Kind: access.KindOrganisation, Path: organisationPath, Name: func(l *lang.Locale, row store.Row) (page.Cell, error) {
			v, err := store.Summary[actors.OrganisationLine](row)
			return page.Cell{Text: v.Names.In(l.Tag()), Lang: languageOf(v.Names, l)}, err
		}},
		{Kind: access.KindListing, Path: under(directory.Path), Name: func(_ *lang.Locale, row store.Row) (page.Cell, error) {
			v, err := store.Summary[directory.Line](row)
			return page.Cell{Text: v.Name}, err
		}},
	}}
}

// under gives where a record lies.
func under(path string) func(journal.ID) string {
	return func(id journal.ID) string { return path + "/" + id.String() }
}
