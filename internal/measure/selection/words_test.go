// SPDX-License-Identifier: EUPL-1.2

package selection_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/selection"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
)

// TestEveryRegionHasItsWord, in every language that files are in.
func TestEveryRegionHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("measure.region", selection.Regions())
	w.Check(len(selection.Regions()))
}
