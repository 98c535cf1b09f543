// SPDX-License-Identifier: EUPL-1.2

package inorder

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type item struct{ key, at int }

// Both sort as package slices does.
func TestAsSlicesDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []item
		for i, k := range rapid.SliceOf(rapid.IntRange(0, 5)).Draw(t, "keys") {
			list = append(list, item{k, i})
		}
		byKey := func(a, b item) int { return cmp.Compare(a.key, b.key) }
		whole := func(a, b item) int { return cmp.Or(byKey(a, b), cmp.Compare(a.at, b.at)) }
		want := slices.Clone(list)
		slices.SortFunc(want, whole)
		by, stably := slices.Clone(list), slices.Clone(list)
		By(by, whole)
		Stably(stably, byKey)
		if !slices.Equal(by, want) || !slices.Equal(stably, want) {
			t.Fatalf("%v and %v, want %v", by, stably, want)
		}
	})
}
