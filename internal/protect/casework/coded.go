// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// What happened to her, in codes of closed lists, so that it can be counted: for which purposes, by which means, where.
// Every question may stay open, and what nobody answered is unknown and not "no". The codes are of the account (D3) and are
// read by whoever reads that.

// Closed lists of what can be answered: the purposes and means that the Directive of 2011, as amended in 2024, names.
var (
	forms = []string{"sexual", "labour", "slavery", "servitude", "crime", "organs", "surrogacy", "marriage", "adoption"}
	means = []string{"force", "coercion", "abduction", "fraud", "deception", "power", "vulnerability", "payments"}
)

// Forms lists the forms of exploitation; "labour" is labour or services, begging included.
func Forms() []string { return slices.Clone(forms) }

// Means lists the means. Under 18, or with the age in doubt, none is needed.
func Means() []string { return slices.Clone(means) }

// CodedType is the entry type of what happened in codes.
const CodedType = "person.coded"

// Coded is person.coded: all answers, in place of what was.
type Coded struct {
	Forms []string `json:"forms,omitempty" part:"D3"`
	Means []string `json:"means,omitempty" part:"D3"`
	Where string   `json:"where,omitempty" part:"D3"` // alpha-2: where most of it happened
	// Apart says that she does not wish to be counted in figures.
	Apart bool `json:"apart,omitempty" part:"D0"`
}

func guardCoded(e journal.Entry) error {
	return check(e, func(v Coded, bad func(field string)) {
		wrong(bad, !each(v.Forms, forms), "forms")
		wrong(bad, !each(v.Means, means), "means")
		wrong(bad, v.Where != "" && len(v.Where) != 2, "where")
	})
}

// each says whether every value is one of a list, none twice.
func each(values, of []string) bool {
	for i, v := range values {
		if !slices.Contains(of, v) || slices.Contains(values[:i], v) {
			return false
		}
	}
	return true
}
