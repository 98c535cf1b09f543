// SPDX-License-Identifier: EUPL-1.2

package iati_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
)

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("iati.flaw", langtest.Strings(record.Flaws()))
	found := w.Named("", `"(iati\.[a-z_]+(?:\.[a-z_]+)*)"`)
	if found < 4 {
		t.Fatalf("only %d keys found", found)
	}
	w.Check(found)
}
