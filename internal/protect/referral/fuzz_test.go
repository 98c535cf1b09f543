// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// FuzzBodies: whatever a partner writes into a message, decoding it breaks nothing; an offer or answer that
// the guards let pass holds codes only, and a package no category that may not travel.
func FuzzBodies(f *testing.F) {
	id := journal.MustID("01900000-0000-7000-8000-000000000001")
	for _, v := range []any{OfferBody{Referral: id, Offer: Offer{Need: "legal", Age: "adult", Sex: "f", Languages: []string{"sq"}, Urgency: "week"}},
		AnswerBody{Referral: id, Accepted: true, Risk: Risk{Level: "low", Measures: []string{"escort"}}},
		PackageBody{Referral: id, Parts: map[journal.Category]json.RawMessage{journal.D2: json.RawMessage(`{"names":["x"]}`)}},
		FeedbackBody{Referral: id, Status: Delivered}, WithdrawBody{Referral: id}, RecallBody{Referral: id, Categories: []journal.Category{journal.D2}}, ErasedBody{Referral: id, Held: []Held{{Category: journal.D2}}}} {
		b, err := json.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		in := post.Incoming{Header: post.Header{Conversation: id}, Body: b}
		if o, err := body(in, func(b OfferBody) journal.ID { return b.Referral }); err == nil {
			var fs fault.Fields
			o.Offer.check(&fs)
			if text := strings.Join(append(o.Offer.Languages, o.Offer.Need, o.Offer.Age, o.Offer.Sex, o.Offer.Urgency), ""); fs.Err() == nil && strings.ContainsAny(text, " \n.") {
				t.Errorf("text in an offer: %q", text)
			}
		}
		if a, err := body(in, func(b AnswerBody) journal.ID { return b.Referral }); err == nil && Answered(a).check() == nil && strings.ContainsAny(a.Reason+a.Risk.Level+strings.Join(a.Risk.Measures, ""), " \n") {
			t.Errorf("text in an answer: %+v", a)
		}
		if p, err := body(in, func(b PackageBody) journal.ID { return b.Referral }); err == nil {
			if whole, refused := PackageOf(p.Parts); len(refused) == 0 && len(whole.Categories()) > len(Shareable()) {
				t.Errorf("more than can be shared: %v", whole.Categories())
			}
		}
		_, _ = body(in, func(b FeedbackBody) journal.ID { return b.Referral })
		_, _ = body(in, func(b WithdrawBody) journal.ID { return b.Referral })
		_, _ = body(in, func(b RecallBody) journal.ID { return b.Referral })
		_, _ = body(in, func(b ErasedBody) journal.ID { return b.Referral })
	})
}
