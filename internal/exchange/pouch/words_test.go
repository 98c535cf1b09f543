// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// TestEveryCodeHasItsWord checks that what the pages, the reports and the faults name has a text.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("pouch.message", []string{Taken, Again, Refused, Turned, Later})
	w.List("pouch.piece", []string{Taken, Again, Turned, Later})
	w.List("pouch.receipt", []string{Arrived, Again, Refused, Turned, Later})
	found := w.Named("", `"(pouch\.[a-z_]+(?:\.[a-z_]+)*)"`)
	if found < 20 {
		t.Fatalf("only %d keys found in the sources", found)
	}
	w.Check(found + 1)
}
