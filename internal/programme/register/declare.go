// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// Plainly is a column that says the same in the list and in the file.
func Plainly[L any](name string, text func(v *See, l L) string) Column[L] {
	return Column[L]{Name: name, Cell: func(v *See, l L) page.Cell { return page.Cell{Text: text(v, l)} }, Plain: text}
}

// OneOf is a filter by a code of a closed list, whose words are under a prefix.
func OneOf[L any, T ~string](name, prefix string, codes []T, of func(L) T) Filter[L] {
	return AnyOf(name, "", prefix, codes, func(l L) []T { return []T{of(l)} })
}

// AnyOf is OneOf for what has several of the codes. key is that of its label; "" is "<room>.<name>".
func AnyOf[L any, T ~string](name, key, prefix string, codes []T, of func(L) []T) Filter[L] {
	return Filter[L]{Name: name, Key: key, Options: func(v *See, _ []Found[L]) []page.Option { return Codes(v.L, prefix, codes) },
		Match: func(_ *See, l L, code string) bool { return slices.Contains(of(l), T(code)) }}
}

// InCountry is a filter by a country or territory: those of the programme, and those that the records name.
func InCountry[L any](name, key string, of func(L) []string) Filter[L] {
	return Filter[L]{Name: name, Key: key, Match: func(_ *See, l L, code string) bool { return slices.Contains(of(l), code) },
		Options: func(v *See, all []Found[L]) []page.Option {
			var codes []string
			for _, x := range all {
				codes = append(codes, of(x.V)...)
			}
			return v.CountryOptions(v.L, codes...)
		}}
}

// OfOrganisation is a filter by who takes part.
func OfOrganisation[L any](name, key string, of func(L) []journal.ID) Filter[L] {
	return Filter[L]{Name: name, Key: key, Options: func(v *See, _ []Found[L]) []page.Option { return v.OrganisationOptions() },
		Match: func(_ *See, l L, code string) bool {
			return slices.ContainsFunc(of(l), func(id journal.ID) bool { return id.String() == code })
		}}
}

// OfActivity is a filter by an activity of the programme.
func OfActivity[L any](name string, of func(L) string) Filter[L] {
	return Filter[L]{Name: name, Options: func(v *See, _ []Found[L]) []page.Option { return v.ActivityOptions() },
		Match: func(_ *See, l L, code string) bool { return of(l) == code }}
}

// AgreedAt says at which activity and under which item of its agenda something was raised or agreed, and when.
func AgreedAt(l *lang.Locale, activity, item string, on party.PartialDate) page.Cell {
	c := page.Cell{Text: on.Print(l)}
	if activity != "" {
		c.Text, c.Href, c.Sub = activity, ActivityPath(activity), on.Print(l)
		if item != "" {
			c.Sub = l.T("register.item", "Item", item) + " · " + c.Sub
		}
	}
	return c
}

// ActivityField asks at which activity it was.
func (v *See) ActivityField() Field {
	return Field{Kind: "select", Name: "activity", Label: v.T("activity"), Options: v.ActivityOptions(), Blank: v.L.T("register.nowhere"), Optional: true}
}

// ItemField asks under which item of an agenda it was.
func (v *See) ItemField() Field {
	return Field{Kind: "text", Name: "item", Label: v.T("item"), Hint: v.L.T("register.item.hint"), Optional: true}
}

// OnField asks for the day of what an act tells.
func (v *See) OnField() Field { return Field{Kind: "date", Name: "on", Label: v.L.T("register.on")} }
