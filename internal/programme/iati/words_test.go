// SPDX-License-Identifier: EUPL-1.2

package iati_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/programme/iati"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
)

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("iati.flaw", langtest.Strings(record.Flaws()))
	w.List("iati.missing", append(iati.Demanded(), iati.KeptInside))
	w.List("iati.field", iati.Fields())
	w.List("iati.state", []string{"ours", "absent"})
	w.List("iati.why", []string{"unknown", "day_unknown", "title_repeated", "shares_unknown", "whole_region", "priority", "not_exact", "period_unknown", "period_long", "withheld"})
	w.List("iati.remark", []string{"shares_unknown", "whole_region", "withheld"})
	found := w.Named("", `"(iati\.[a-z_]+(?:\.[a-z_]+)*)"`)
	if found < 4 {
		t.Fatalf("only %d keys found", found)
	}
	w.Check(found)
}
