// SPDX-License-Identifier: EUPL-1.2

package casework

import "github.com/entraide-thb/entraide/internal/platform/lang/names"

// Named gives what of a person she is found by, for lang/names.
func Named(i Identity, c Contact) names.Person {
	p := names.Person{Names: i.Names}
	if i.Born != "" {
		p.Born = []string{i.Born}
	}
	if c.Number != "" {
		p.Phones = []names.Phone{{Number: c.Number, Region: i.Nationality}}
	}
	for _, d := range i.Documents {
		p.Documents = append(p.Documents, names.Document{Country: d.Country, Number: d.Number})
	}
	return p
}
