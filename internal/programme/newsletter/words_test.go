// SPDX-License-Identifier: EUPL-1.2

package newsletter_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	found := w.Named("", `"(newsletter\.[a-z_]+(?:\.[a-z_]+)*)"`)
	w.List("newsletter.sort", langtest.Strings(newsletter.Sorts()))
	w.List("newsletter.fault", langtest.Strings(newsletter.Faults()))
	w.List("newsletter.fix", langtest.Strings(newsletter.Faults()))
	w.List("newsletter.side", langtest.Strings(newsletter.Sides()))
	w.List("newsletter.approve", langtest.Strings(newsletter.Sides()))
	ofActivity, ofProgramme := newsletter.Fields()
	w.List("newsletter.field", ofActivity)
	w.List("newsletter.of_programme", ofProgramme)
	w.List("newsletter.form", []string{"pdf", "html", "text"})
	w.List("newsletter.wording", langtest.Strings([]wording.State{wording.Original, wording.Translated, wording.Outdated, wording.Missing}))
	w.List("newsletter.entry", []string{newsletter.BegunType, newsletter.SectionType, newsletter.DroppedType, newsletter.PictureType, newsletter.ApprovedType, newsletter.PublishedType, newsletter.CorrectedType, newsletter.SendingType})
	w.Check(found + 60)
	if found < 120 {
		t.Fatalf("only %d keys found", found)
	}
}
