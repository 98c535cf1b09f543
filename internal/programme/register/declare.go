// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// Plainly is a column that says the same in the list and in the file.
func Plainly[L any](name string, text func(v *See, l L) string) Column[L] {
	return Column[L]{Name: name, Cell: func(v *See, l L) page.Cell { return page.Cell{Text: text(v, l)} }, Plain: text}
}

// OneOf is a filter by a code of a closed list, whose words are under a prefix. key is that of its label; "" is
// "<room>.<name>".
func OneOf[T ~string](name, key, prefix string, codes []T) Filter {
	return Filter{Name: name, Key: key, Options: func(v *See) []page.Option { return Codes(v.L, prefix, codes) }}
}

// InCountry is a filter by a country or territory: those of the programme, and those that the records name.
func InCountry(key string) Filter {
	return Filter{Name: "country", Key: key, Options: func(v *See) []page.Option { return v.CountryOptions(v.L, v.Values("country")...) }}
}

// OfOrganisation is a filter by who takes part.
func OfOrganisation(name, key string) Filter {
	return Filter{Name: name, Key: key, Options: func(v *See) []page.Option { return v.OrganisationOptions() }}
}

// OfActivity is a filter by an activity of the programme.
func OfActivity() Filter {
	return Filter{Name: "activity", Options: func(v *See) []page.Option { return v.ActivityOptions() }}
}

// OfCode is a filter by a code that each record has for itself.
func OfCode(name string) Filter {
	return Filter{Name: name, Options: func(v *See) []page.Option {
		values := v.Values(name)
		if len(values) > mostOffered {
			return nil
		}
		inorder.By(values, func(a, b string) int { return strings.Compare(NumberedCode(a), NumberedCode(b)) })
		out := []page.Option{}
		for _, x := range values {
			out = append(out, page.Option{Value: x, Text: x})
		}
		return out
	}}
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
	return v.ActivityChoice(Field{Kind: "select", Name: "activity", Label: v.T("activity"), Blank: v.L.T("register.nowhere"), Optional: true})
}

// OnField asks for the day of what an act tells.
func (v *See) OnField() Field { return Field{Kind: "date", Name: "on", Label: v.L.T("register.on")} }
