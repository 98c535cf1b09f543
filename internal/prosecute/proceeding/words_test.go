// SPDX-License-Identifier: EUPL-1.2

package proceeding_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/prosecute/proceeding"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language, and each key
// that its sources name.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("proceeding.stage", append(proceeding.Stages(), "ended"))
	w.List("proceeding.instance", proceeding.Instances())
	w.List("proceeding.outcome", proceeding.Outcomes())
	w.List("proceeding.unpunished", proceeding.Unpunished())
	w.List("proceeding.next.what", proceeding.Dates())
	w.List("proceeding.assign.as", proceeding.Standings())
	w.List("proceeding.end", append(proceeding.Ends(), proceeding.Expired))
	w.List("proceeding.sentence", proceeding.Sentences())
	w.List("proceeding.column", proceeding.Columns())
	w.List("proceeding.table", []string{"added", "changed", "wrong", "text"})
	w.List("proceeding.entry", proceeding.Types())
	w.List("count.form", proceeding.Forms())
	w.List("count.age", proceeding.Ages())
	w.List("referral.sex", proceeding.Sexes())
	w.List("proceeding.until.rule", []string{"open", "final"})
	w.List("proceeding.count.how", []string{"exactly", "least", "about"})
	w.List("measure.source", []string{"proceedings", "prosecutions", "judgments"})
	for _, s := range (proceeding.Counting{}).Sources() {
		for _, c := range s.Columns {
			w.List("measure.column", []string{c.Code})
		}
	}
	found := w.Named("", `[^= ] ?"(proceeding\.[a-z_.]*[a-z])"`)
	w.Check(found)
	if found < 60 {
		t.Errorf("only %d keys found in the code", found)
	}
}
