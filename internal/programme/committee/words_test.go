// SPDX-License-Identifier: EUPL-1.2

package committee_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/programme/committee"
)

func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	found := w.Named("", `"(committee\.[a-z_]+(?:\.[a-z_]+)*)"`)
	w.List("committee.field", committee.Fields())
	w.List("committee.state", langtest.Strings(committee.States()))
	w.List("committee.rule", langtest.Strings(committee.Rules()))
	w.List("committee.value", langtest.Strings(committee.Values()))
	w.List("committee.how", langtest.Strings(committee.Hows()))
	w.List("committee.result", langtest.Strings(committee.Results()))
	w.List("committee.obstacle", langtest.Strings(committee.Obstacles()))
	w.List("committee.change", langtest.Strings([]committee.What{committee.Added, committee.Taken, committee.Changed}))
	w.List("committee.stand", []string{"version", "approved", "tabled", "rejected", "adjourned", "obstacle", "ready"})
	w.List("committee.entry", []string{committee.OpenedType, committee.ProposedType, committee.WithdrawnType, committee.FrozenType, committee.CalledType, committee.TabledType, committee.VoteType, committee.DecidedType})
	w.Check(found + 40)
	if found < 100 {
		t.Fatalf("only %d keys found", found)
	}
}
