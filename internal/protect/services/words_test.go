// SPDX-License-Identifier: EUPL-1.2

package services_test

import (
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language,
// and each fault key its sentence.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("service.catalogue", services.Catalogue())
	w.List("service.urgency", services.Urgencies())
	w.List("service.reason", services.Reasons())
	w.List("service.step", langtest.Strings(allSteps()))
	w.List("service.area", services.Areas())
	w.List("service.taker", services.Takers())
	w.List("service.outcome", langtest.Strings(services.Outcomes()))
	found := w.Named("service.need.", `bad\("[a-z]+", "([a-z]+)"\)`)
	found += w.Named("", `"(service\.(?:need|guard|message)\.[a-z_]+|service\.preview_changed)"`)
	if found < 5 {
		t.Fatalf("only %d keys found in the code", found)
	}
	w.Check(found + 1)
}

// allSteps walks the steps from the first one.
func allSteps() []services.Step {
	out := []services.Step{services.Identified}
	for i := 0; i < len(out); i++ {
		for _, n := range services.Next(out[i]) {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}
