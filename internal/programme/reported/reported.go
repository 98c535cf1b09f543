// SPDX-License-Identifier: EUPL-1.2

// Package reported shows what other publishers report of their activities, as package iati brought it in: a list in the
// order of the activities' identifiers, and each with everything of it that people read.
//
// Nothing is added, converted or rounded: amounts stand as they were reported and are summed by type and currency, exactly;
// a code that the standard's list does not have stands as itself. Who is to be reached in a publisher's office is left out:
// nobody asked those persons.
package reported

import (
	"cmp"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
)

// Sum is the exact total of amounts of one type in one currency.
type Sum struct {
	Type     string
	Currency string // "" where nobody says it
	Count    int    // how many amounts it is of
	Total    string // decimal
}

// Sums adds amounts by type and currency. wrong counts those that are no numbers: they are in no sum.
func Sums(list []record.Money) (sums []Sum, wrong int) {
	type key struct{ typ, currency string }
	totals, counts := map[key]*record.Sum{}, map[key]int{}
	for _, m := range list {
		k := key{m.Type, m.Currency}
		if totals[k] == nil {
			totals[k] = &record.Sum{}
		}
		if !totals[k].Add(m.Value) {
			wrong++
			continue
		}
		counts[k]++
	}
	for k, n := range counts {
		sums = append(sums, Sum{k.typ, k.currency, n, totals[k].String()})
	}
	inorder.By(sums, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(len(a.Type), len(b.Type)), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Currency, b.Currency))
	})
	return sums, wrong
}

// The codes of the standard's lists that have words here.
func Statuses() []string { return []string{"1", "2", "3", "4", "5", "6"} }

// Results lists the types of results.
func Results() []string { return []string{"1", "2", "3", "9"} }

// Dates lists the types of an activity's dates.
func Dates() []string {
	return []string{record.PlannedStart, record.ActualStart, record.PlannedEnd, record.ActualEnd}
}
