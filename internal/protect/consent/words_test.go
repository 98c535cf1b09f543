// SPDX-License-Identifier: EUPL-1.2

package consent_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language,
// and each fault key its sentence.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("consent.purpose", langtest.Strings(consent.Purposes()))
	w.List("consent.by", langtest.Strings([]consent.Giver{consent.ByPerson, consent.ByGuardian}))
	w.List("consent.interpreting", langtest.Strings([]consent.Interpreting{consent.OwnLanguage, consent.Interpreter, consent.NoOne}))
	w.List("consent.ground", langtest.Strings([]consent.GroundKind{consent.LegalDuty, consent.CourtOrder, consent.DangerToLife, consent.DangerToChild}))
	w.List("consent.status", langtest.Strings([]consent.Status{consent.Live, consent.Suspended, consent.Withdrawn, consent.Expired}))
	w.List("consent.category", langtest.Strings(journal.Categories()[:10]))
	found := w.Named("", `"(consent\.(?:need|guard|message)\.[a-z_]+|consent\.preview_changed)"`)
	if found < 5 {
		t.Fatalf("only %d keys found in the code", found)
	}
	w.Check(found + 1)
}
