// SPDX-License-Identifier: EUPL-1.2

package relay

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// TestEveryCodeHasItsWord checks that what the faults of a relay and of its command name has a text.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	found := w.Named("", `"(relay\.[a-z_]+(?:\.[a-z_]+)*)"`)
	w.Keys = append(w.Keys, "relay.ready", "relay.reach") // of the command
	if found < 6 {
		t.Fatalf("only %d keys found in the sources", found)
	}
	w.Check(found + 2)
}
