// SPDX-License-Identifier: EUPL-1.2

package release

import "github.com/entraide-thb/entraide/internal/platform/inorder"

// latestFirst orders releases by when they were published.
func latestFirst(ss []State) {
	inorder.By(ss, func(a, b State) int { return b.PublishedAt().Compare(a.PublishedAt()) })
}
