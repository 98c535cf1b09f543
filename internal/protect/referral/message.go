// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// Message types between two offices. Their conversation is the referral's id.
const (
	MsgOffer    = "referral.offer"
	MsgAnswer   = "referral.answer"
	MsgPackage  = "referral.package"
	MsgFeedback = "referral.feedback"
	MsgWithdraw = "referral.withdraw"
	MsgRecall   = "referral.recall"
	MsgErased   = "referral.erased"
)

// MessageTypes lists them.
func MessageTypes() []string {
	return []string{MsgOffer, MsgAnswer, MsgPackage, MsgFeedback, MsgWithdraw, MsgRecall, MsgErased}
}

// Message is one to send; the office's sender seals it under its sharing terms.
type Message struct {
	ID         journal.ID // of the entry that brings it about, so that it can never be made twice
	To         journal.ID
	Type       string
	Referral   journal.ID
	Basis      string // consent | ground
	Categories []journal.Category
	Slips      []Slip
	Expires    time.Time
	Body       []byte
}

// Slip is what travels of a consent receipt: no name, no words of hers.
type Slip struct {
	Receipt      journal.ID           `json:"receipt"`
	Purpose      consent.Purpose      `json:"for"`
	Recipient    journal.ID           `json:"recipient"`
	Categories   []journal.Category   `json:"categories"`
	Language     string               `json:"language"`
	Interpreting consent.Interpreting `json:"interpreting"`
	By           consent.Giver        `json:"by"`
	GivenAt      time.Time            `json:"given_at"`
	Expires      time.Time            `json:"expires"`
}

// GroundSlip is what travels of a ground other than consent.
type GroundSlip struct {
	Ground     journal.ID         `json:"ground"`
	Kind       consent.GroundKind `json:"kind"`
	Article    string             `json:"article"`
	Categories []journal.Category `json:"categories"`
	Told       bool               `json:"told"`
}

// Bodies of the messages. Every one names its referral.
type (
	OfferBody struct {
		Referral journal.ID `json:"referral"`
		Offer    Offer      `json:"offer"`
		Expires  time.Time  `json:"expires"`
		Slips    []Slip     `json:"receipts"`
	}
	AnswerBody struct {
		Referral    journal.ID `json:"referral"`
		Accepted    bool       `json:"accepted"`
		Risk        Risk       `json:"risk"`
		Reason      string     `json:"reason,omitempty"`
		Alternative journal.ID `json:"alternative,omitzero"`
		Conditions  string     `json:"conditions,omitempty"`
		At          time.Time  `json:"at"`
	}
	PackageBody struct {
		Referral journal.ID                           `json:"referral"`
		Parts    map[journal.Category]json.RawMessage `json:"parts"`
		Slips    []Slip                               `json:"receipts"`
		Grounds  []GroundSlip                         `json:"grounds,omitempty"`
		Cover    []Covered                            `json:"cover"`
	}
	FeedbackBody struct {
		Referral journal.ID `json:"referral"`
		Status   Status     `json:"status"`
		Reason   string     `json:"reason,omitempty"`
		Words    string     `json:"words,omitempty"`
		At       time.Time  `json:"at"`
	}
	WithdrawBody struct {
		Referral journal.ID `json:"referral"`
		Person   bool       `json:"person"`
		Reason   string     `json:"reason"`
	}
	RecallBody struct {
		Referral   journal.ID         `json:"referral"`
		Receipt    journal.ID         `json:"receipt"`
		Categories []journal.Category `json:"categories"`
	}
	ErasedBody struct {
		Referral journal.ID `json:"referral"`
		Held     []Held     `json:"held"`
		At       time.Time  `json:"at"`
	}
)

// slips gives the slips of receipts by id.
func slips(c consent.State, ids []journal.ID) []Slip {
	var out []Slip
	for _, id := range ids {
		if r, ok := c.Receipt(id); ok {
			out = append(out, Slip{Receipt: r.Receipt, Purpose: r.Purpose, Recipient: r.Recipient, Categories: r.Categories, Language: r.Language,
				Interpreting: r.Interpreting, By: r.By, GivenAt: r.GivenAt, Expires: r.Expires})
		}
	}
	return out
}

func groundSlips(c consent.State, ids []journal.ID) []GroundSlip {
	var out []GroundSlip
	for _, g := range c.Grounds {
		if slices.Contains(ids, g.Ground.Ground) {
			out = append(out, GroundSlip{Ground: g.Ground.Ground, Kind: g.Kind, Article: g.Article, Categories: g.Categories, Told: g.Told})
		}
	}
	return out
}

// PackageBytes gives the exact bytes that a hand-over sends: what the preview shows is this.
func PackageBytes(c consent.State, p Handed) ([]byte, error) {
	return json.Marshal(PackageBody{Referral: p.Referral, Parts: p.Package.Parts(), Slips: slips(c, p.Receipts), Grounds: groundSlips(c, p.Grounds), Cover: p.Cover})
}

// Messages gives what an entry in a person's dossier sends to the other office; none for most.
func Messages(s State, c consent.State, e journal.Entry) ([]Message, error) {
	switch e.Type {
	case "referral.offered":
		return message(s, e, func(p Sent) journal.ID { return p.Referral }, func(o Out, p Sent, m *Message) (any, error) {
			m.Type, m.Categories, m.Slips, m.Expires = MsgOffer, []journal.Category{journal.D0}, slips(c, p.Receipts), p.Expires
			return OfferBody{Referral: p.Referral, Offer: o.Offer, Expires: p.Expires, Slips: m.Slips}, nil
		})
	case "referral.handed_over":
		return message(s, e, func(p Handed) journal.ID { return p.Referral }, func(_ Out, p Handed, m *Message) (any, error) {
			m.Type, m.Categories, m.Slips = MsgPackage, p.Package.Categories(), slips(c, p.Receipts)
			if len(p.Grounds) > 0 {
				m.Basis = "ground"
			}
			b, err := PackageBytes(c, p)
			return json.RawMessage(b), err
		})
	case "referral.withdrawn":
		return message(s, e, func(p Withdrawn) journal.ID { return p.Referral }, func(o Out, p Withdrawn, m *Message) (any, error) {
			if o.OfferedAt.IsZero() {
				m.To = journal.ID{} // never left: nobody to tell
			}
			m.Type = MsgWithdraw
			return WithdrawBody(p), nil
		})
	case "referral.recalled":
		return message(s, e, func(p Recalled) journal.ID { return p.Referral }, func(_ Out, p Recalled, m *Message) (any, error) {
			m.Type = MsgRecall
			return RecallBody(p), nil
		})
	}
	return nil, nil
}

func message[T any](s State, e journal.Entry, id func(T) journal.ID, f func(Out, T, *Message) (any, error)) ([]Message, error) {
	p, err := journal.In[T](e)
	if err != nil {
		return nil, err
	}
	o, err := s.must(id(p))
	if err != nil {
		return nil, err
	}
	m := Message{ID: e.ID, To: o.Recipient, Referral: o.Referral, Basis: "consent", Categories: []journal.Category{journal.D0}}
	body, err := f(o, p, &m)
	if err != nil || m.To.IsZero() {
		return nil, err
	}
	if m.Body, err = json.Marshal(body); err != nil {
		return nil, err
	}
	return []Message{m}, nil
}
