// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// SideBySide shows what an amendment changed, before beside after, in words.
func SideBySide(l *lang.Locale, c Change) *page.Table {
	t := &page.Table{Caption: l.T("referral.change.title", "Number", l.Number(c.Number)), Columns: []page.Column{{Text: l.T("referral.change.what")}, {Text: l.T("referral.change.before")}, {Text: l.T("referral.change.after")}}}
	for _, part := range c.Changed() {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("referral.change." + part)}, {Text: c.Before.word(l, part)}, {Text: c.After.word(l, part)}}})
	}
	if c.Renewed {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("referral.change.consent")}, {Text: l.T("referral.change.consent.before")}, {Text: l.T("referral.change.consent.after")}}})
	}
	return t
}

// word gives one part of an ask in words.
func (a Ask) word(l *lang.Locale, part string) string {
	switch part {
	case PartUrgency:
		return l.T("referral.urgency." + a.Offer.Urgency)
	case PartPeriod:
		return period(l, a.Offer.Period)
	case PartLanguages:
		var names []string
		for _, x := range a.Offer.Languages {
			names = append(names, l.Language(x))
		}
		return l.List(names)
	case PartCategories:
		if len(a.Categories) == 0 {
			return l.T("referral.change.all_covered")
		}
		var names []string
		for _, x := range a.Categories {
			names = append(names, l.T("consent.category."+string(x)))
		}
		return l.List(names)
	case PartMet:
		if a.Met == "" {
			return l.T("referral.period.none")
		}
		return l.T("referral.met." + a.Met)
	}
	return l.DateTime(a.Expires)
}

func period(l *lang.Locale, code string) string {
	if code == "" {
		return l.T("referral.period.none")
	}
	return l.T("referral.period." + code)
}
