// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// After a hand-over an amendment adds only what a new consent or ground allows, or corrects what was wrong. What was taken
// back never comes back in the same referral: a new one is offered.
type (
	// Supplied is referral.supplemented: exactly these parts leave, after what was handed over before.
	Supplied struct {
		Referral journal.ID         `json:"referral" part:"D0"`
		Number   int                `json:"number" part:"D0"`
		Corrects []journal.Category `json:"corrects,omitempty" part:"D0"` // these take the place of what was wrong; others are new
		Terms    journal.ID         `json:"terms" part:"D0"`
		Receipts []journal.ID       `json:"receipts" part:"D0"`
		Grounds  []journal.ID       `json:"grounds,omitempty" part:"D0"`
		Cover    []Covered          `json:"cover" part:"D0"`
		Package
	}
	// InSupplied is incoming.supplemented. Written by the post.
	InSupplied struct {
		Number   int                `json:"number" part:"D0"`
		Corrects []journal.Category `json:"corrects,omitempty" part:"D0"`
		Slips    []Slip             `json:"receipts" part:"D0"`
		Grounds  []GroundSlip       `json:"grounds,omitempty" part:"D0"`
		Cover    []Covered          `json:"cover" part:"D0"`
		Package
	}
	// SupplementBody is the message.
	SupplementBody struct {
		Referral journal.ID                           `json:"referral"`
		Number   int                                  `json:"number"`             // 1, 2, 3 ... of this referral
		Corrects []journal.Category                   `json:"corrects,omitempty"` // categories in which it puts right what was handed over
		Parts    map[journal.Category]json.RawMessage `json:"parts"`              // as in a hand-over
		Slips    []Slip                               `json:"receipts"`           // what it rests on
		Grounds  []GroundSlip                         `json:"grounds,omitempty"`  // what it rests on in place of consent
		Cover    []Covered                            `json:"cover"`              // by which receipt or ground each part goes
	}
)

// Supplement is a supplementary hand-over as its sender sees it.
type Supplement struct {
	Supplied
	At          time.Time
	ReceiptedAt time.Time
	message     journal.ID
}

// SupplementBytes gives the exact bytes that a supplementary hand-over sends: what the preview shows is this.
func SupplementBytes(c consent.State, p Supplied) ([]byte, error) {
	return json.Marshal(SupplementBody{Referral: p.Referral, Number: p.Number, Corrects: p.Corrects, Parts: p.Package.Parts(), Slips: slips(c, p.Receipts), Grounds: groundSlips(c, p.Grounds), Cover: p.Cover})
}

// Supplementable says whether something may still be added to or corrected in what was handed over.
func (o Out) Supplementable() bool { return o.Status == HandedOver || o.Status == InService }

// HeldThere lists, in order, the categories that the other office holds of this referral.
func (o Out) HeldThere() []journal.Category {
	held := o.outstanding(func(Covered) bool { return true })
	return slices.DeleteFunc(Shareable(), func(c journal.Category) bool { return !slices.Contains(held, c) })
}

// TakenBack says whether a category was ever asked back of the other office.
func (o Out) TakenBack(c journal.Category) bool {
	return slices.ContainsFunc(o.Recalls, func(r Recall) bool { return slices.Contains(r.Categories, c) })
}

func (o *Out) supplement(e journal.Entry, p Supplied) {
	o.Number = p.Number
	o.Supplements = append(o.Supplements, Supplement{Supplied: p, At: e.OccurredAt, message: messageID(e.ID, p.Referral, MsgSupplement)})
}

func guardSupplied(s State, c Context, p Supplied) error {
	if err := s.at(p.Referral, nil, HandedOver, InService); err != nil {
		return err
	}
	o, _ := s.Find(p.Referral)
	if p.Number != o.Number+1 {
		return fault.New(fault.Guarded, "referral.guard.amended_meanwhile")
	}
	cats := p.Package.Categories()
	if len(cats) == 0 {
		return fault.Bad("package", "referral.need.package")
	}
	if !matches(cats, p.Cover) {
		return fault.Bad("cover", "referral.need.cover")
	}
	if err := o.supplies(c, p); err != nil {
		return err
	}
	if c.unspoken() && slices.Contains(cats, journal.D2) && len(c.inDanger(o.Recipient).Uncovered) > 0 { // G5
		return fault.New(fault.Guarded, "referral.guard.guardian")
	}
	terms, err := c.Terms(o.Recipient, cats)
	if err == nil && terms != p.Terms {
		err = fault.Bad("terms", "referral.need.terms")
	}
	return err
}

// supplies says whether each category corrects what the other office holds, or is new and rests on something new.
func (o Out) supplies(c Context, p Supplied) error {
	held := o.HeldThere()
	since := c
	since.Consent = c.Consent.Since(o.HandedAt)
	for _, x := range p.Cover {
		corrects := slices.Contains(p.Corrects, x.Category)
		switch {
		case o.TakenBack(x.Category):
			return fault.New(fault.Guarded, "referral.guard.taken_back")
		case corrects != slices.Contains(held, x.Category):
			return fault.Bad("corrects", "referral.need.corrects")
		case corrects:
			if err := covered(c, o.Recipient, []journal.Category{x.Category}, []Covered{x}); err != nil {
				return err
			}
		case covered(since, o.Recipient, []journal.Category{x.Category}, []Covered{x}) != nil:
			return fault.New(fault.Uncovered, "referral.guard.new_consent", "Category", string(x.Category))
		}
	}
	if slices.ContainsFunc(p.Corrects, func(c journal.Category) bool { return !slices.Contains(p.Package.Categories(), c) }) {
		return fault.Bad("corrects", "referral.need.corrects")
	}
	return nil
}

// supplements gives the message of a referral.supplemented entry.
func supplements(after State, c consent.State, e journal.Entry) ([]Message, error) {
	p, err := journal.In[Supplied](e)
	if err != nil {
		return nil, err
	}
	o, err := after.must(p.Referral)
	if err != nil {
		return nil, err
	}
	m := o.message(e, MsgSupplement)
	m.Categories, m.Slips = p.Package.Categories(), slips(c, p.Receipts)
	m.Expires = earliest(m.Slips, e.OccurredAt.Add(post.Life))
	if len(p.Grounds) > 0 {
		m.Basis = "ground"
	}
	m.Body, err = SupplementBytes(c, p)
	return []Message{m}, err
}

// supplemented folds one at the recipient: of several on one category the one with the highest number holds, and what was
// erased stays so.
func (s *In) supplemented(e journal.Entry, p InSupplied) {
	if !slices.Contains(helping, s.Status) {
		return
	}
	parts := s.Package.Parts()
	if s.newest == nil {
		s.newest = map[journal.Category]int{}
	}
	for c, raw := range p.Package.Parts() {
		if p.Number > s.newest[c] && !s.erased(c) {
			parts[c], s.newest[c] = raw, p.Number
		}
	}
	s.Package, _ = PackageOf(parts)
	s.Supplied = append(s.Supplied, Added{Number: p.Number, Corrects: p.Corrects, At: e.OccurredAt})
	s.Number, s.Slips, s.On = max(s.Number, p.Number), slices.Concat(s.Slips, p.Slips), slices.Concat(s.On, p.Grounds)
	s.Cover = slices.Concat(s.Cover, p.Cover)
}

// Added says when something was added to or corrected in what was handed over.
type Added struct {
	Number   int
	Corrects []journal.Category
	At       time.Time
}

// helping are the statuses in which this office holds what was handed over and works with it.
var helping = []Status{HandedOver, InService, Delivered}

func (s In) erased(c journal.Category) bool {
	return slices.ContainsFunc(s.Erased, func(h Held) bool { return h.Category == c })
}

func guardInSupplied(s In, c InContext, p InSupplied) error {
	if err := s.in(helping...); err != nil {
		return err
	}
	if p.Number < 1 {
		return fault.Bad("number", "referral.need.payload")
	}
	for _, cat := range p.Package.Categories() {
		if s.erased(cat) {
			return fault.New(fault.Guarded, "referral.guard.taken_back")
		}
		if slices.Contains(p.Corrects, cat) != s.covered(cat) {
			return fault.Bad("corrects", "referral.need.corrects")
		}
	}
	return s.takes(c, Received{Slips: p.Slips, Grounds: p.Grounds, Cover: p.Cover, Package: p.Package})
}
