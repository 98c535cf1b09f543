// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// TestTermsAreAgreedOnWithoutTerms: what opens passes between offices that have pinned each other, before any terms and under
// the office's own category only; everything else waits for terms, and who is blocked sends none.
func TestTermsAreAgreedOnWithoutTerms(t *testing.T) {
	from, to := two(t)
	about := Spoken{strings.Repeat("ab", 32), "H2"}
	from.terms, to.terms = nil, nil
	draft := func() Outgoing {
		o := from.message(journal.NewID(day, nil))
		o.Purpose, o.Categories, o.About = Opening, []journal.Category{journal.OF}, about
		return o
	}
	if err := from.queue(t.Context(), draft()); !fault.Is(err, fault.Uncovered) {
		t.Fatalf("a type that opens nothing left without terms: %v", err)
	}
	from.Opens(note)
	for name, change := range map[string]func(*Outgoing){"another purpose": func(o *Outgoing) { o.Purpose = "referral" },
		"a person's data": func(o *Outgoing) { o.Categories = append(o.Categories, journal.D2) }, "nothing said": func(o *Outgoing) { o.Categories = nil }} {
		o := draft()
		change(&o)
		if err := from.queue(t.Context(), o); !fault.Is(err, fault.Uncovered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	from.mustQueue(t, draft())
	if from.deliver(t); len(from.receipts) != 1 || from.receipts[0].Status != "refused" || from.receipts[0].Reason != "exchange.terms.none" {
		t.Fatalf("an office that opens nothing took it: %+v", from.receipts)
	}
	to.Opens(note)
	from.mustQueue(t, draft())
	if from.deliver(t); from.receipts[1].Status != "accepted" {
		t.Errorf("refused: %+v", from.receipts[1])
	}
	// A sender whose program would let more pass is refused by the other one.
	for name, change := range map[string]func(*Header){"another purpose": func(h *Header) { h.Purpose = "referral" }, "a person's data": func(h *Header) { h.Categories = []journal.Category{journal.D2} }} {
		h := Header{Type: note, Purpose: Opening, Categories: []journal.Category{journal.OF}}
		change(&h)
		if err := to.check(t.Context(), &arrival{owner: to.id, dir: to, envelope: envelope{Header: Header{Version: Version, ID: journal.NewID(day, nil), Type: h.Type, From: from.id, To: to.id, Sent: day, Expires: day.Add(Life), Purpose: h.Purpose, Categories: h.Categories, Terms: about.Hash}}}); !fault.Is(err, fault.Uncovered) {
			t.Errorf("taken in with %s: %v", name, err)
		}
	}
}
