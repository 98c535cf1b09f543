// SPDX-License-Identifier: EUPL-1.2

package desk_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/group"
	"github.com/entraide-thb/entraide/internal/exchange/negotiation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/packs/agreements"
)

// TestEveryCodeHasItsWord checks that what the pages and the faults of the exchange name has a text.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("exchange.status", append(terms.Statuses(), "blocked", "pinned"))
	w.List("exchange.terms", terms.Statuses())
	w.List("terms.stage", terms.Stages())
	w.List("terms.reason", terms.Reasons())
	w.List("terms.handling", terms.Handlings())
	w.List("terms.way", []string{"there", "back", "both"})
	models, err := agreements.Models()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range terms.Templates() {
		w.List("terms.template."+x.Code, []string{"hint", "basis"})
		if len(models[x.Code].Paragraphs) == 0 {
			t.Errorf("the template %s has no model of a legal text", x.Code)
		}
	}
	for _, x := range negotiation.MessageTypes() {
		w.List(x, []string{"title"})
	}
	w.List("terms.model.term", agreements.Terms())
	w.List("group.state", group.States())
	w.List("group.pair", group.Statuses())
	w.List("group.deed", group.Deeds())
	w.List("group.out", []string{group.HasLeft, group.Expelled})
	w.List("group.member", []string{group.HasLeft, group.Expelled})
	for _, x := range group.MessageTypes() {
		w.List(x, []string{"title"})
	}
	w.List("exchange.how", []string{"phone", "in_person", "paper", "demo"})
	w.List("exchange.delivery", []string{"queued", "accepted", "refused", "expired", "voided", "gone", "seen", "executed"})
	w.List("exchange.handling", terms.Handlings())
	w.List("exchange.purpose", terms.Purposes())
	w.List("exchange.category", langtest.Strings(journal.Categories()))
	found := w.Named("", `L\.[TN]\("((?:exchange|terms|group)\.[a-z_]+(?:\.[a-z_]+)*)"`)
	found += w.Named("", `[({]\s*[tn] "((?:exchange|terms|group)\.[a-z_.]+)"`)
	if found < 60 {
		t.Fatalf("only %d keys found in the sources", found)
	}
	w.Check(found + 1)
}
