// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"reflect"
	"testing"
)

func TestSingleWordsAreSearchedTogetherAndFirst(t *testing.T) {
	got := together([][][]blind{{{"mira"}, {"hoxha", "huza"}}, {{"phone"}}, {{"document", "any document"}}})
	want := [][][]blind{{{"phone", "document", "any document"}}, {{"mira"}, {"hoxha", "huza"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAlternativesFillFewLengths(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 8, 8: 8, 9: 32, 32: 32, 33: 33} {
		word := make([]blind, n)
		for i := range word {
			word[i] = blind(rune('A' + i))
		}
		got := filled(word)
		if len(got) != want {
			t.Errorf("%d fill %d, expected %d", n, len(got), want)
		}
		for i, x := range got {
			if string(x) != string(word[min(i, n-1)]) {
				t.Errorf("%d: number %d is %q", n, i, x)
			}
		}
	}
}
