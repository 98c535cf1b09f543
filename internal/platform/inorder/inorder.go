// SPDX-License-Identifier: EUPL-1.2

// Package inorder sorts what pages and messages show: as slices.SortFunc and slices.SortStableFunc do, but with one sorting
// routine for all types. The compiler writes theirs out anew for every type, which made the program 1.3 MB larger
// (docs/decisions/libraries.md), and a type of our own that is sorted by its methods would still cost half a megabyte; a call of
// a function for each comparison and each exchange is nothing beside a page's other work. What sorts for every request in the
// rooms below pages (journal, store, ledger) keeps to package slices.
package inorder

import "sort"

// By sorts in place: cmp is negative where the first goes before the second. Equals may change places.
func By[T any](list []T, cmp func(a, b T) int) {
	sort.Slice(list, func(i, j int) bool { return cmp(list[i], list[j]) < 0 })
}

// Stably is By that leaves equals as they stand.
func Stably[T any](list []T, cmp func(a, b T) int) {
	sort.SliceStable(list, func(i, j int) bool { return cmp(list[i], list[j]) < 0 })
}
