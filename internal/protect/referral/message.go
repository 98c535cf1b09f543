// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
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

	MsgAmend      = "referral.amend"
	MsgSupplement = "referral.supplement"
)

// MessageTypes lists them.
func MessageTypes() []string {
	return []string{MsgOffer, MsgAnswer, MsgPackage, MsgFeedback, MsgWithdraw, MsgRecall, MsgErased, MsgAmend, MsgSupplement}
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
	// Voids lists types of earlier messages that must not leave any more when they still wait.
	Voids []string
}

// Slip is what travels of a consent receipt: no name, no words of hers.
type Slip struct {
	Receipt      journal.ID           `json:"receipt"`      // id of the receipt
	Purpose      consent.Purpose      `json:"for"`          // what she consented to
	Recipient    journal.ID           `json:"recipient"`    // the office that it is given for
	Categories   []journal.Category   `json:"categories"`   // what may go
	Language     string               `json:"language"`     // BCP 47: in which it was read to her
	Interpreting consent.Interpreting `json:"interpreting"` // how the text reached her
	By           consent.Giver        `json:"by"`           // who gave it
	GivenAt      time.Time            `json:"given_at"`     // when
	Expires      time.Time            `json:"expires"`      // until when it holds
}

// GroundSlip is what travels of a ground other than consent.
type GroundSlip struct {
	Ground     journal.ID         `json:"ground"`     // id of the ground
	Kind       consent.GroundKind `json:"kind"`       // what there is in place of consent
	Article    string             `json:"article"`    // of the law, or the order
	Categories []journal.Category `json:"categories"` // the minimum that may go
	Told       bool               `json:"told"`       // the person was told
}

// Bodies of the messages. Every one names its referral.
type (
	OfferBody struct {
		Referral journal.ID `json:"referral"`
		Offer    Offer      `json:"offer"`
		Expires  time.Time  `json:"expires"`  // until when an answer counts
		Slips    []Slip     `json:"receipts"` // what an offer rests on
		// Grounds are what an offer rests on in place of consent: danger, duty or order.
		Grounds []GroundSlip `json:"grounds,omitempty"`
	}
	AnswerBody struct {
		Referral    journal.ID `json:"referral"`
		Amendment   int        `json:"amendment,omitempty"`  // number of the amendment that is answered
		Accepted    bool       `json:"accepted"`             // or declined
		Risk        Risk       `json:"risk"`                 // as this side sees it
		Reason      string     `json:"reason,omitempty"`     // why it was declined
		Alternative journal.ID `json:"alternative,omitzero"` // another office that may help
		Conditions  string     `json:"conditions,omitempty"` // under which it was accepted, in words
		At          time.Time  `json:"at"`                   // when it was decided
	}
	PackageBody struct {
		Referral journal.ID                           `json:"referral"`
		Parts    map[journal.Category]json.RawMessage `json:"parts"`    // what is handed over, an object for each category, as the office that has the case writes it; shown as it came
		Slips    []Slip                               `json:"receipts"` // what it rests on
		Grounds  []GroundSlip                         `json:"grounds,omitempty"`
		Cover    []Covered                            `json:"cover"` // by which receipt or ground each part goes
		// Amendment is the one whose acceptance it follows.
		Amendment int `json:"amendment,omitempty"`
	}
	FeedbackBody struct {
		Referral journal.ID `json:"referral"`
		Status   Status     `json:"status"`           // how the help stands
		Reason   string     `json:"reason,omitempty"` // why nothing was delivered
		Words    string     `json:"words,omitempty"`  // what else there is to say, about the help and not the person
		At       time.Time  `json:"at"`               // when
	}
	WithdrawBody struct {
		Referral journal.ID `json:"referral"`
		Person   bool       `json:"person"` // the person withdrew; else the office
		Reason   string     `json:"reason"` // why the office did; empty when the person did
	}
	RecallBody struct {
		Referral   journal.ID         `json:"referral"`
		Receipt    journal.ID         `json:"receipt"`    // of the consent that was withdrawn
		Categories []journal.Category `json:"categories"` // what rested on it
	}
	ErasedBody struct {
		Referral journal.ID `json:"referral"`
		Held     []Held     `json:"held"` // for each category, what became of it
		At       time.Time  `json:"at"`   // when
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
	return json.Marshal(PackageBody{Referral: p.Referral, Parts: p.Package.Parts(), Slips: slips(c, p.Receipts), Grounds: groundSlips(c, p.Grounds), Cover: p.Cover, Amendment: p.Amendment})
}

// Messages gives what an entry in a person's dossier sends to other offices; none for most. before and
// after are the states around it.
func Messages(before, after State, c consent.State, e journal.Entry) ([]Message, error) {
	switch e.Type {
	case "referral.offered":
		p, err := journal.In[Sent](e)
		if err != nil {
			return nil, err
		}
		o, err := after.must(p.Referral)
		if err != nil {
			return nil, err
		}
		ss := slips(c, p.Receipts)
		m := o.message(e, MsgOffer)
		m.Slips, m.Expires = ss, earliest(ss, p.Expires)
		if len(p.Grounds) > 0 {
			m.Basis = "ground"
		}
		return one(m, OfferBody{Referral: p.Referral, Offer: o.Offer, Expires: p.Expires, Slips: ss, Grounds: groundSlips(c, p.Grounds)})
	case "referral.handed_over":
		p, err := journal.In[Handed](e)
		if err != nil {
			return nil, err
		}
		o, err := after.must(p.Referral)
		if err != nil {
			return nil, err
		}
		m := o.message(e, MsgPackage)
		m.Categories, m.Slips = p.Package.Categories(), slips(c, p.Receipts)
		m.Expires = earliest(m.Slips, e.OccurredAt.Add(post.Life))
		if len(p.Grounds) > 0 {
			m.Basis = "ground"
		}
		m.Body, err = PackageBytes(c, p)
		return []Message{m}, err
	case "referral.amended":
		return amendments(after, c, e)
	case "referral.supplemented":
		return supplements(after, c, e)
	case "referral.withdrawn", "consent.withdrawn":
		return withdrawals(before, after, e)
	case "referral.refused", "referral.expired":
		return endings(before, after, e)
	}
	return nil, nil
}

// earliest gives when the first of the receipts runs out that a message rests on, at most latest: after that it must not
// leave.
func earliest(ss []Slip, latest time.Time) time.Time {
	for _, s := range ss {
		if s.Expires.Before(latest) {
			latest = s.Expires
		}
	}
	return latest
}

// withdrawals tells every office that a withdrawal concerns: a referral under way ends there, and what
// was handed over is asked back.
func withdrawals(before, after State, e journal.Entry) ([]Message, error) {
	var out []Message
	for i, o := range after.Out {
		was := before.Out[i]
		switch {
		case o.Ended != nil && was.Ended == nil && !o.OfferedAt.IsZero():
			m := o.message(e, MsgWithdraw)
			m.Voids = []string{MsgOffer, MsgAmend, MsgPackage, MsgSupplement}
			ms, err := one(m, WithdrawBody(*o.Ended))
			if err != nil {
				return nil, err
			}
			out = append(out, ms...)
		case len(o.Recalls) > len(was.Recalls):
			r := o.Recalls[len(o.Recalls)-1]
			m := o.message(e, MsgRecall)
			m.Voids = []string{MsgPackage, MsgSupplement}
			ms, err := one(m, RecallBody{Referral: o.Referral, Receipt: r.Receipt, Categories: r.Categories})
			if err != nil {
				return nil, err
			}
			out = append(out, ms...)
		}
	}
	return out, nil
}

// endings tells an office that accepted an offer as it was before an amendment that nothing comes of it: its software
// refused the amendment, or the time ran out before the amendment was answered. Else it would show its old answer for ever.
func endings(before, after State, e journal.Entry) ([]Message, error) {
	for i, o := range after.Out {
		ended := before.Out[i].Status == Offered && (o.Status == Declined || o.Status == Expired)
		if !ended || len(o.Changes) == 0 {
			continue
		}
		m := o.message(e, MsgWithdraw)
		m.Voids = []string{MsgOffer, MsgAmend}
		return one(m, WithdrawBody{Referral: o.Referral, Reason: "other"})
	}
	return nil, nil
}

// message begins a message to the referral's recipient.
func (o Out) message(e journal.Entry, typ string) Message {
	return Message{ID: messageID(e.ID, o.Referral, typ), To: o.Recipient, Type: typ, Referral: o.Referral, Basis: "consent", Categories: []journal.Category{journal.D0}}
}

// messageID derives a message's id from the entry that brings it about, so that running an append again
// can never make a second message of it.
func messageID(entry, referral journal.ID, typ string) journal.ID {
	h := sha256.New()
	h.Write(entry[:])
	h.Write(referral[:])
	h.Write([]byte(typ))
	id := journal.ID(h.Sum(nil)[:16])
	copy(id[:6], entry[:6]) // keeps the time in front
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

func one(m Message, body any) ([]Message, error) {
	b, err := json.Marshal(body)
	m.Body = b
	return []Message{m}, err
}
