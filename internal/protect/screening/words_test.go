// SPDX-License-Identifier: EUPL-1.2

package screening_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language, and each key
// that its sources name its sentence.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("screening.age", screening.Ages())
	w.List("screening.role", screening.Roles())
	w.List("screening.place", screening.Places())
	w.List("screening.helped", langtest.Strings(screening.Helped()))
	w.List("screening.later", langtest.Strings(screening.Laters()))
	w.List("screening.decider", screening.Deciders())
	w.List("screening.status", langtest.Strings(screening.Statuses()))
	w.List("screening.guard", prefixed("status_", langtest.Strings(screening.Statuses())))
	w.List("screening.closing", screening.Closings())
	w.List("screening.safe", screening.Safeties())
	w.List("screening.outcome", screening.Outcomes())
	w.List("screening.clause", screening.Clauses())
	w.List("screening.need", []string{"set_adult", "set_child"})
	w.List("screening.signals", []string{"lead_assistance", "lead_police", "none_assistance", "none_police"})
	w.List("screening.now", []string{"safety", "rights", "rest"})
	w.List("screening.for", []string{"any", "adult", "child"})
	w.List("screening.weight", []string{"S", "M", "W"})
	for _, typ := range screening.MessageTypes() {
		w.Keys = append(w.Keys, typ+".title") // as lists of messages call it
	}
	found := w.Named("", `(?:T\(|N\(|\bt |\bn |fault\.[A-Za-z]+, (?:err, )?|Add\("[a-z_]+", |Redirect\([^"]*"?[^"]*"?[^"]*, )"(screening\.[a-z0-9_.]+)"(?:[,)}]| ")`)
	found += w.Named("screening.need.", `need\(&?fs, .*, "([a-z_]+)"\)`)
	if found < 120 {
		t.Fatalf("only %d keys found in the code", found)
	}
	w.Check(found + 1)
}

func prefixed(prefix string, xs []string) []string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = prefix + x
	}
	return out
}
