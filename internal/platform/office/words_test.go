// SPDX-License-Identifier: EUPL-1.2

package office_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// TestEveryKeyHasItsWord checks that every key that sources and templates name has a text.
func TestEveryKeyHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	found := w.Named("", `"(office\.(?:need|menu|title|saved|conflict)[a-z_.]*)"`)
	found += w.Named("", `[({]\s*t "(office\.[a-z_.]+)"`)
	found += w.Named("", `L\.T\("(office\.[a-z_.]+)"`)
	w.Check(found)
	if found < 30 {
		t.Fatalf("only %d keys found in the sources", found)
	}
}
