// SPDX-License-Identifier: EUPL-1.2

package brought_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// TestEveryKeyHasItsWord checks that each key that the page and its sources name has a word in every language.
func TestEveryKeyHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	found := w.Named("", `"(brought\.[a-z_.]*[a-z])"`)
	w.Check(found)
	if found < 16 {
		t.Errorf("only %d keys found in the code", found)
	}
}
