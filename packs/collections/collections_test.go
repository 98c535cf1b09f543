// SPDX-License-Identifier: EUPL-1.2

package collections_test

import (
	"testing"

	"github.com/entraide-thb/entraide/packs/collections"
)

func TestEachCollectionIsWhole(t *testing.T) {
	all, err := collections.All()
	if err != nil || len(all) < 4 {
		t.Fatalf("%d, %v", len(all), err)
	}
	seen := map[string]bool{}
	for _, c := range all {
		if seen[c.ID] {
			t.Errorf("%s stands twice", c.ID)
		}
		seen[c.ID] = true
	}
}
