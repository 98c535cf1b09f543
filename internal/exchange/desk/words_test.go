// SPDX-License-Identifier: EUPL-1.2

package desk_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// TestEveryCodeHasItsWord checks that what the pages and the faults of the exchange name has a text.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("exchange.status", []string{"in_force", "unsigned", "not_yet", "suspended", "ended", "expired", "blocked", "pinned"})
	w.List("exchange.terms", []string{"in_force", "unsigned", "not_yet", "suspended", "ended", "expired"})
	w.List("exchange.how", []string{"phone", "in_person", "paper", "demo"})
	w.List("exchange.delivery", []string{"queued", "accepted", "refused", "expired"})
	w.List("exchange.handling", []string{"H0", "H1", "H2", "H3"})
	w.List("exchange.purpose", []string{"referral", "statistics", "programme"})
	w.List("exchange.category", langtest.Strings(append(journal.Categories()[:10], journal.PP, journal.PI, journal.PC)))
	found := w.Named("", `L\.[TN]\("(exchange\.[a-z_]+(?:\.[a-z_]+)*)"`)
	found += w.Named("", `[({]\s*[tn] "(exchange\.[a-z_.]+)"`)
	if found < 60 {
		t.Fatalf("only %d keys found in the sources", found)
	}
	w.Check(found + 1)
}
