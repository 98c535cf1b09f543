// SPDX-License-Identifier: EUPL-1.2

package subscriber_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/programme/subscriber"
)

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	found := w.Named("", `(?:T\(|, |t )"(subscriber\.[a-z_]+(?:\.[a-z_]+)*)"`)
	w.List("subscriber.standing", langtest.Strings(subscriber.Standings()))
	w.List("subscriber.security", langtest.Strings(subscriber.Securities()))
	w.List("subscriber.what", []string{"later", "final", "office"})
	for _, page := range []string{"ask", "asked", "confirm", "confirmed", "late", "leave", "left"} {
		w.List("subscriber."+page, []string{"title", "lead"})
	}
	w.List("subscriber.confirm", []string{"subject", "text"})
	w.Check(found + 20)
	if found < 30 {
		t.Fatalf("only %d keys found", found)
	}
}
