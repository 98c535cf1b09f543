// SPDX-License-Identifier: EUPL-1.2

package rights_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/packs/countries"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists, and each key that its code and
// its templates name, has a text in every language.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("rights.reflection", langtest.Strings(rights.Statuses()))
	w.List("rights.status", langtest.Strings(rights.TextStatuses()))
	w.List("rights.measure", rights.Measures())
	w.List("rights.measure_step", []string{"prepared", "executed", "cancelled"})
	w.List("rights.explainer", rights.Explainers())
	w.List("rights.way", rights.Ways())
	w.List("rights.exemption", rights.Exemptions())
	w.List("rights.ending", rights.Endings())
	w.List("rights.extension", rights.Extensions())
	w.List("rights.reopening", rights.Reopenings())
	w.List("rights.giver", rights.Givers())
	w.List("rights.stay", rights.StaySteps())
	w.List("rights.ground", rights.StayGrounds())
	w.List("rights.thread", rights.JusticeThreads())
	w.List("rights.return", rights.ReturnSteps())
	w.List("rights.side", rights.Sides())
	w.List("rights.risk", rights.Risks())
	w.List("rights.due", rights.DueCodes())
	w.List("rights.consequence", rights.DueCodes())
	w.List("rights.withdrawal", rights.Withdrawals())
	w.List("rights.length", []string{"h", "d", "w", "M", "y"})
	w.List("rights.source", []string{countries.GeneralKnowledge, countries.ConventionText})
	w.List("rights.text.event", []string{"drafted", "signed", "withdrawn"})
	w.List("rights.form", rights.Forms())
	for _, th := range rights.JusticeThreads() {
		w.List("rights.justice", rights.JusticeSteps(th))
	}
	for _, x := range rights.Types() {
		w.Keys = append(w.Keys, "rights.entry."+x.Name)
	}
	packs, err := countries.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range packs.Codes() {
		for _, f := range packs.For(c).Facts {
			w.Keys = append(w.Keys, "rights.fact."+f.Code)
		}
	}
	found := w.Named("", `"(rights\.[a-z_]+(?:\.[a-z_]+)*)"`)
	found += w.Named("rights.need.", `(?:need|want)\(&?fs, .*"([a-z_]+)"\)`)
	found += w.Named("rights.field.", `s\.(?:list\(|choose\(|day\(|add\("(?:text|textarea|check)", )"([a-z_]+)"`)
	if found < 50 {
		t.Fatalf("only %d keys found in the sources", found)
	}
	w.Check(found + 1)
	unused(t, w.Bundle, w.Keys)
}

// unused finds texts of this room that nothing names.
func unused(t *testing.T, b *lang.Bundle, keys []string) {
	t.Helper()
	kept := []string{"rights.ground.printed", "rights.stay.none", "rights.justice.none", "rights.return.none"} // for rooms that show the tracks
	for _, k := range b.Keys("en") {
		if base := strings.TrimSuffix(strings.TrimSuffix(k, ".hint"), ".lead"); base != k && slices.Contains(keys, base) {
			continue // shown with its label or title where there is one
		}
		if strings.HasPrefix(k, "rights.") && !slices.Contains(keys, k) && !slices.Contains(kept, k) {
			t.Errorf("nothing uses %s", k)
		}
	}
}
