// SPDX-License-Identifier: EUPL-1.2

package estimate

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language, and each key that
// its sources name.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("estimate.model", Models())
	for _, m := range Models() {
		w.Keys = append(w.Keys, "estimate.model."+m+".hint")
	}
	for _, n := range []string{"no_end", "contrary", "low", "untested"} {
		w.Keys = append(w.Keys, "estimate.note."+n, "estimate.note."+n+".text")
	}
	w.Keys = append(w.Keys, "estimate.overlaps.hint")
	w.Check(w.Named("", `(?:T\(|Bad\("[a-z]+", |add\(page\.[A-Za-z]+, |New\(r\.L, |t |, )"(estimate\.[a-z_.0-9]*[a-z0-9])"`))
}
