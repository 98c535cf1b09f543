// SPDX-License-Identifier: EUPL-1.2

package attachment_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/protect/attachment"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language, and each key
// that its sources name.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("attachment.category", langtest.Strings(attachment.Categories()))
	w.List("attachment.sort", attachment.Sorts())
	w.List("attachment.media", []string{"pdf", "jpg", "png", "txt"})
	w.Keys = append(w.Keys, "casework.entry."+attachment.EntryType)
	found := w.Named("", `[^= ] ?"(attachment\.[a-z_.]*[a-z])"`)
	w.Check(found)
	if found < 25 {
		t.Errorf("only %d keys found in the code", found)
	}
}
