// SPDX-License-Identifier: EUPL-1.2

// Package inorder sorts what pages and messages show: as slices.SortFunc and slices.SortStableFunc do, but with one sorting
// routine for all types. The compiler writes theirs out anew for every type, which made the program 1.3 MB larger
// (docs/decisions/libraries.md); a call through an interface for each comparison is nothing beside a page's other work. What
// sorts for every request in the rooms below pages (journal, store, ledger) keeps to package slices.
package inorder

import "sort"

// By sorts in place: cmp is negative where the first goes before the second. Equals may change places.
func By[T any](list []T, cmp func(a, b T) int) { sort.Sort(sorter[T]{list, cmp}) }

// Stably is By that leaves equals as they stand.
func Stably[T any](list []T, cmp func(a, b T) int) { sort.Stable(sorter[T]{list, cmp}) }

type sorter[T any] struct {
	list []T
	cmp  func(a, b T) int
}

func (s sorter[T]) Len() int           { return len(s.list) }
func (s sorter[T]) Less(i, j int) bool { return s.cmp(s.list[i], s.list[j]) < 0 }
func (s sorter[T]) Swap(i, j int)      { s.list[i], s.list[j] = s.list[j], s.list[i] }
