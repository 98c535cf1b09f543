// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// latestFirst orders releases by when they were published.
func latestFirst(ss []State) {
	inorder.By(ss, func(a, b State) int { return b.PublishedAt().Compare(a.PublishedAt()) })
}

// sorted gives the keys of a map in their order.
func sorted(m map[string][]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	inorder.By(out, strings.Compare)
	return out
}
