// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// Amendment is what an offer under way is to become, whole; what it does not change it says again. Number is the one that
// it must get, so that two people who change one offer at once learn of each other; 0 takes the next.
type Amendment struct {
	Number     int
	Reason     string
	Urgency    string
	Period     string
	Languages  []string
	Categories []journal.Category
	Met        string
	Risk       referral.Risk
	Expires    time.Time
}

// Amend changes an offer that waits or was accepted, and tells the other office. It rests on the consents and grounds that
// last until it runs out, so that a new consent takes the place of one that expires.
//
// Errors: Invalid (naming the fields), Guarded (where it stands now, somebody else amended it, nothing changes), Uncovered.
func (k Work) Amend(ctx context.Context, w store.Who, id, ref journal.ID, a Amendment) error {
	p, _, err := k.Open(ctx, w, id)
	if err != nil {
		return err
	}
	o, ok := p.Referral.Find(ref)
	if !ok {
		return fault.Bad("referral", "referral.need.known")
	}
	cats := append([]journal.Category{journal.D0}, a.Categories...)
	terms, err := k.Terms(ctx, w, o.Recipient, cats)
	if err != nil {
		return err
	}
	_, err = k.Store.Update(ctx, w, Ref(id), func(state any) ([]store.Draft, error) {
		p := state.(Person)
		o, _ := p.Referral.Find(ref)
		v := referral.Amended{Referral: ref, Number: a.Number, Reason: a.Reason, Offer: o.Offer, Categories: a.Categories, Met: a.Met, Risk: a.Risk, Terms: terms, Expires: a.Expires}
		v.Offer.Urgency, v.Offer.Period, v.Offer.Languages = a.Urgency, a.Period, a.Languages
		if v.Number == 0 {
			v.Number = o.Number + 1
		}
		rests := referral.Context{Now: a.Expires, Consent: p.Consent, Child: p.Child(), Guardian: p.Guardian == "appointed"}
		for _, c := range cats {
			x := rests.Cover(o.Recipient, c)
			for _, id := range x.Receipts {
				v.Receipts = addOnce(v.Receipts, id)
			}
			for _, id := range x.Grounds {
				v.Grounds = addOnce(v.Grounds, id)
			}
			if len(x.Uncovered) > 0 { // nothing lasts until then
				return nil, fault.Bad("expires", "referral.need.expires_covered")
			}
		}
		return []store.Draft{{Type: "referral.amended", Payload: v}}, nil
	})
	return err
}

// PreviewSupplement shows what a supplementary hand-over would send, byte for byte: of what was not handed over that a
// consent or ground given since covers, and of corrects, which the other office holds, as it stands in the file now.
func (k Work) PreviewSupplement(ctx context.Context, w store.Who, id, ref journal.ID, corrects []journal.Category, now time.Time) (Preview, error) {
	p, opened, err := k.Open(ctx, w, id)
	if err != nil {
		return Preview{}, err
	}
	o, ok := p.Referral.Find(ref)
	if !ok {
		return Preview{}, fault.Bad("referral", "referral.need.known")
	}
	v, err := supply(p, o, opened.Shown, corrects, now)
	if err != nil {
		return v, err
	}
	if cats := v.Handed.Package.Categories(); len(cats) > 0 {
		v.Handed.Terms, err = k.Terms(ctx, w, o.Recipient, cats)
	}
	return v, err
}

// Supplement sends what the preview with this hash showed; a Conflict when it has changed since.
func (k Work) Supplement(ctx context.Context, w store.Who, id, ref journal.ID, corrects []journal.Category, hash string, now time.Time) error {
	v, err := k.PreviewSupplement(ctx, w, id, ref, corrects, now)
	if err != nil {
		return err
	}
	_, err = k.Store.Update(ctx, w, Ref(id), func(state any) ([]store.Draft, error) {
		p := state.(Person)
		o, _ := p.Referral.Find(ref)
		again, err := supply(p, o, v.shown, corrects, now)
		if err != nil {
			return nil, err
		}
		if v.Hash != hash || again.Hash != hash {
			return nil, fault.New(fault.Conflict, "referral.preview_changed")
		}
		s := again.supplied()
		s.Terms = v.Handed.Terms
		return []store.Draft{{Type: "referral.supplemented", Payload: s}}, nil
	})
	return err
}

// supply gathers what a supplement may hold.
func supply(p Person, o referral.Out, shown, corrects []journal.Category, now time.Time) (Preview, error) {
	held := o.HeldThere()
	v, err := gather(p, o, shown, now, func(c journal.Category) (consent.State, bool) {
		if slices.Contains(held, c) {
			return p.Consent, slices.Contains(corrects, c)
		}
		return p.Consent.Since(o.HandedAt), !o.TakenBack(c)
	})
	if err != nil {
		return v, err
	}
	v.Number = o.Number + 1
	for _, c := range v.Handed.Package.Categories() {
		if slices.Contains(held, c) {
			v.Corrects = append(v.Corrects, c)
		}
	}
	if v.Bytes, err = referral.SupplementBytes(p.Consent, v.supplied()); err != nil {
		return v, err
	}
	h := sha256.Sum256(v.Bytes)
	v.Hash = hex.EncodeToString(h[:])
	return v, nil
}

// supplied gives the entry that a preview of a supplement becomes.
func (v Preview) supplied() referral.Supplied {
	return referral.Supplied{Referral: v.Handed.Referral, Number: v.Number, Corrects: v.Corrects, Terms: v.Handed.Terms, Receipts: v.Handed.Receipts, Grounds: v.Handed.Grounds,
		Cover: v.Handed.Cover, Package: v.Handed.Package}
}

// gather collects, by category that the actor sees, what is wanted and covered now, and lists what nothing covers. want says
// whether a category is wanted, and on which consents and grounds it may go.
func gather(p Person, o referral.Out, shown []journal.Category, now time.Time, want func(journal.Category) (consent.State, bool)) (Preview, error) {
	v := Preview{Recipient: o.Recipient, Handed: referral.Handed{Referral: o.Referral, Amendment: o.Number}, shown: shown}
	all, err := shareable(p)
	if err != nil {
		return v, err
	}
	parts := map[journal.Category]json.RawMessage{}
	for _, c := range referral.Shareable() {
		raw, there := all[c]
		if !there || !slices.Contains(shown, c) {
			continue
		}
		on, wanted := want(c)
		if !wanted {
			continue
		}
		cover := referral.Context{Now: now, Consent: on, Child: p.Child(), Guardian: p.Guardian == "appointed"}.Cover(o.Recipient, c)
		if len(cover.Uncovered) > 0 {
			v.Withheld = append(v.Withheld, c)
			continue
		}
		parts[c] = raw
		v.rest(covered(c, cover))
	}
	v.Handed.Package, _ = referral.PackageOf(parts)
	return v, nil
}

// covered names the one receipt or ground that a category goes on.
func covered(c journal.Category, cover consent.Cover) referral.Covered {
	if len(cover.Receipts) > 0 {
		return referral.Covered{Category: c, Receipt: cover.Receipts[0]}
	}
	return referral.Covered{Category: c, Ground: cover.Grounds[0]}
}

// rest notes what a category goes on.
func (v *Preview) rest(x referral.Covered) {
	if !x.Receipt.IsZero() {
		v.Handed.Receipts = addOnce(v.Handed.Receipts, x.Receipt)
	} else {
		v.Handed.Grounds = addOnce(v.Handed.Grounds, x.Ground)
	}
	v.Handed.Cover = append(v.Handed.Cover, x)
}
