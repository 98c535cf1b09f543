// SPDX-License-Identifier: EUPL-1.2

package identity_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// TestEveryCodeHasItsWord checks that roles, states, events and every key that sources and templates name have a text.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("identity.role", langtest.Strings(access.Roles()))
	w.List("identity.state", langtest.Strings([]identity.State{identity.Invited, identity.Active, identity.Locked, identity.Suspended, identity.Closed}))
	w.List("identity.event", identity.Events())
	found := w.Named("", `"(identity\.(?:fault|code|login|password|name|role|token|zone|language)\.[a-z_]+)"`)
	found += w.Named("", `[({]\s*[tn] "(identity\.[a-z_.]+)"`)
	found += w.Named("", `L\.[TN]\("(identity\.[a-z_]+(?:\.[a-z_]+)*)"`)
	w.Check(found + 1)
	if found < 100 {
		t.Fatalf("only %d keys found in the sources", found)
	}
}
