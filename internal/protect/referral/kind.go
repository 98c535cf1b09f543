// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// TermsFrom finds the sharing terms in force under which another office may send this one data categories
// for the purpose "referral"; an Uncovered fault says what is missing.
type TermsFrom func(g *store.Guarding, from journal.ID, cats []journal.Category) (journal.ID, error)

// InSummary is what a row of a list of referrals received shows.
type InSummary struct {
	From    journal.ID `json:"from" part:"D0"`
	Offer   Offer      `json:"offer" part:"D0"`
	Status  Status     `json:"status" part:"D0"`
	At      time.Time  `json:"at" part:"D0"`
	Expires time.Time  `json:"expires" part:"D0"`
}

// KindIn gives the dossier kind "referral_in".
func KindIn(terms TermsFrom) store.Kind {
	return store.Of(store.KindOf[In]{
		Name:  access.KindReferralIn,
		Base:  journal.D0,
		Codes: []string{"from", "need"},
		Types: []store.Type{
			{Name: "incoming.offered", Payload: CameIn{}},
			{Name: "incoming.amended", Payload: InAmended{}},
			{Name: "incoming.supplemented", Payload: InSupplied{}},
			{Name: "incoming.assigned", Payload: Taken{}},
			{Name: "incoming.answered", Payload: InAnswered{}},
			{Name: "incoming.handed_over", Payload: Received{}},
			{Name: "incoming.feedback", Payload: InReported{}},
			{Name: "incoming.withdrawn", Payload: InWithdrawn{}},
			{Name: "incoming.recalled", Payload: InRecalled{}},
			{Name: "incoming.linked", Payload: Linked{}},
			{Name: "incoming.closed", Payload: InClosed{}},
			{Name: "incoming.expired", Payload: InClosed{}},
		},
		Fold: FoldIn,
		Guard: func(g *store.Guarding, s In, e journal.Entry) error {
			return GuardIn(s, InContext{Now: g.Now, Self: g.Owner, Terms: func(from journal.ID, cats []journal.Category) (journal.ID, error) { return terms(g, from, cats) }}, e)
		},
		Derive: deriveIn,
		Effects: func(_ *store.Guarding, before, after In, e journal.Entry) (store.Effects, error) {
			fx := store.Effects{Erase: Erases(e)}
			ms, err := InMessages(before, after, e)
			for _, m := range ms {
				fx.Messages = append(fx.Messages, m)
			}
			return fx, err
		},
	})
}

func deriveIn(s In) store.Derived {
	d := store.Derived{State: string(s.Status), Assignee: s.Worker, Codes: map[string][]string{"from": {s.From.String()}, "need": {s.Offer.Need}}}
	switch s.Status {
	case Offered:
		d.Due = s.Expires
	case Accepted, HandedOver, InService:
		d.Due = s.AnsweredAt.Add(FeedbackWithin)
	}
	if !s.Worker.IsZero() {
		d.Standing = []store.Standing{{Actor: s.Worker, Relation: access.AsRecipient}}
	}
	d.Summary = InSummary{From: s.From, Offer: s.Offer, Status: s.Status, At: s.At, Expires: s.Expires}
	return d
}

// FeedbackWithin is when the recipient is reminded to say what became of a referral.
const FeedbackWithin = 30 * 24 * time.Hour
