// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// MsgSignal is the type of the message that forwards a signal; its conversation is the signal's id.
const MsgSignal = "screening.signal"

// Body is what the message carries: always the coded answers; who somebody is and free words only as far as a receipt
// or ground that travels with it covers them.
type Body struct {
	Signal     journal.ID            `json:"signal"`
	At         time.Time             `json:"at"`
	Who        string                `json:"who"`
	Screenings []Carried             `json:"screenings,omitempty"`
	Contact    *Reach                `json:"contact,omitempty"`
	Identity   *Named                `json:"identity,omitempty"`
	Words      string                `json:"words,omitempty"`
	Suspects   string                `json:"suspects,omitempty"`
	Slips      []referral.Slip       `json:"receipts,omitempty"`
	Grounds    []referral.GroundSlip `json:"grounds,omitempty"`
}

// categories lists what a body holds.
func (b Body) categories() []journal.Category {
	out := []journal.Category{journal.D0}
	for c, there := range map[journal.Category]bool{journal.D1: b.Contact != nil, journal.D2: b.Identity != nil, journal.D3: len(b.Screenings) > 0 || b.Words != "", journal.D8: b.Suspects != ""} {
		if there {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// named lists the categories of a body that say who somebody is or tell in free words: what needs a receipt or ground.
func (b Body) named() []journal.Category {
	free := b.Words != "" || slices.ContainsFunc(b.Screenings, func(c Carried) bool { return c.Remarks != "" })
	var out []journal.Category
	for _, x := range []struct {
		c     journal.Category
		there bool
	}{{journal.D1, b.Contact != nil}, {journal.D2, b.Identity != nil}, {journal.D3, free}, {journal.D8, b.Suspects != ""}} {
		if x.there {
			out = append(out, x.c)
		}
	}
	return out
}

// body gives what forwarding a signal would send to an office at a time.
func (s Signal) body(f Forwarded, now time.Time) Body {
	b := Body{Signal: s.ID, At: s.At, Who: s.Who}
	if b.Who == "" {
		b.Who = NotSure // nobody said: the cautious word
	}
	free := f.Named && s.cover(f.To, now, journal.D3, &b)
	for _, x := range s.Screenings {
		c := Carried{Screening: x.ID, At: x.At, Recorded: x.Recorded}
		if !free {
			c.Remarks = ""
		}
		b.Screenings = append(b.Screenings, c)
	}
	if !f.Named {
		return b
	}
	if free {
		b.Words = s.Words
	}
	if s.Contact != nil && s.cover(f.To, now, journal.D1, &b) {
		b.Contact = s.Contact
	}
	if s.Identity != nil && s.cover(f.To, now, journal.D2, &b) {
		b.Identity = s.Identity
	}
	if s.Suspects != "" && s.cover(f.To, now, journal.D8, &b) {
		b.Suspects = s.Suspects
	}
	return b
}

// cover adds to a body the receipt or ground on which a category may go, and says whether there is one. Nobody speaks for
// a child here (G5): her identity goes in danger only, whatever was agreed while she passed for an adult.
func (s Signal) cover(to journal.ID, now time.Time, cat journal.Category, b *Body) bool {
	rests := s.Consent
	if s.child() && cat == journal.D2 {
		rests = rests.InDanger()
	}
	for _, p := range []consent.Purpose{consent.Identification, consent.Referral} {
		c := rests.Covers(now, to, p, []journal.Category{cat})
		if len(c.Uncovered) > 0 {
			continue
		}
		for _, id := range c.Receipts {
			if r, ok := s.Consent.Receipt(id); ok && !slices.ContainsFunc(b.Slips, func(x referral.Slip) bool { return x.Receipt == id }) {
				b.Slips = append(b.Slips, referral.Slip{Receipt: id, Purpose: r.Purpose, Recipient: r.Recipient, Categories: r.Categories, Language: r.Language,
					Interpreting: r.Interpreting, By: r.By, GivenAt: r.GivenAt, Expires: r.Expires})
			}
		}
		for _, g := range s.Consent.Grounds {
			if slices.Contains(c.Grounds, g.Ground.Ground) && !slices.ContainsFunc(b.Grounds, func(x referral.GroundSlip) bool { return x.Ground == g.Ground.Ground }) {
				b.Grounds = append(b.Grounds, referral.GroundSlip{Ground: g.Ground.Ground, Kind: g.Kind, Article: g.Article, Categories: g.Categories, Told: g.Told})
			}
		}
		return true
	}
	return false
}

// guardForward is guard G6 for signals: what says who somebody is leaves with her consent or on a recorded ground only;
// the coded answers of somebody unnamed leave under the sharing terms.
func guardForward(s Signal, c SignalContext, e journal.Entry) error {
	v, err := journal.In[Forwarded](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "screening.need.payload")
	}
	var fs fault.Fields
	need(&fs, !v.To.IsZero() && v.To != c.Self, "to")
	need(&fs, slices.Contains(Purposes(), v.For), "for")
	need(&fs, v.Named || len(s.Screenings) > 0, "some")
	if err := fs.Err(); err != nil {
		return err
	}
	b := s.body(v, c.Now)
	if v.Named && len(b.named()) == 0 {
		return fault.New(fault.Uncovered, "screening.guard.no_consent")
	}
	return c.Terms(c.Self, v.To, v.For, b.categories())
}

// guardCame is the recipient's side: it takes nothing that terms, receipts or grounds do not cover, whatever the
// sender's software let through.
func (ss Sets) guardCame(s Signal, c SignalContext, e journal.Entry) error {
	if !s.At.IsZero() {
		return fault.New(fault.Guarded, "screening.guard.status_"+string(s.Status()))
	}
	v, err := journal.In[Came](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "screening.need.payload")
	}
	var fs fault.Fields
	need(&fs, slices.Contains(ages, v.Who), "who")
	need(&fs, slices.Contains(Purposes(), v.For), "for")
	for _, x := range v.Screenings {
		carried := c.Context
		carried.Appearance = x.Appearance // on what ground it was asked was the other office's to say
		ss.recorded(x.Recorded, carried, &fs)
	}
	if err := fs.Err(); err != nil {
		return err
	}
	b := Body{Screenings: v.Screenings, Contact: v.Contact, Identity: v.Identity, Words: v.Words, Suspects: v.Suspects}
	for _, cat := range b.named() {
		if !covers(v, c, cat) {
			return fault.New(fault.Uncovered, "screening.guard.uncovered", "Category", string(cat))
		}
	}
	if v.Identity != nil && v.Who != Adult && !childNamed(v, c) {
		return fault.New(fault.Uncovered, "screening.guard.child")
	}
	return c.Terms(v.From, c.Self, v.For, b.categories())
}

// childNamed is guard G5 at the recipient: who a child is comes with a guardian's agreement to that or on a ground of danger.
func childNamed(v Came, c SignalContext) bool {
	for _, x := range v.Slips {
		if x.Recipient == c.Self && c.Now.Before(x.Expires) && referral.SpokenFor(referral.Covered{Category: journal.D2, Receipt: x.Receipt}, v.Slips, nil) {
			return true
		}
	}
	return slices.ContainsFunc(v.Grounds, func(g referral.GroundSlip) bool {
		return g.Article != "" && referral.SpokenFor(referral.Covered{Category: journal.D2, Ground: g.Ground}, nil, v.Grounds)
	})
}

// covers says whether a receipt for this office or a ground that travelled with a signal covers a category now.
func covers(v Came, c SignalContext, cat journal.Category) bool {
	return slices.ContainsFunc(v.Slips, func(x referral.Slip) bool {
		return x.Recipient == c.Self && (x.Purpose == consent.Identification || x.Purpose == consent.Referral) && c.Now.Before(x.Expires) && slices.Contains(x.Categories, cat)
	}) || slices.ContainsFunc(v.Grounds, func(g referral.GroundSlip) bool { return g.Article != "" && slices.Contains(g.Categories, cat) })
}

// Message is one to send; the office's sender seals it under its sharing terms.
type Message struct {
	ID         journal.ID // of the entry that brings it about, so that it can never be made twice
	To         journal.ID
	Signal     journal.ID
	For, Basis string
	Categories []journal.Category
	Consents   []journal.ID
	Body       []byte
}

// Outgoing turns it into one for the post.
func (m Message) Outgoing() post.Outgoing {
	o := post.Outgoing{ID: m.ID, To: m.To, Type: MsgSignal, Conversation: m.Signal, Purpose: m.For, Basis: m.Basis, Categories: m.Categories, Body: m.Body}
	for _, id := range m.Consents {
		o.Consents = append(o.Consents, id.String())
	}
	return o
}

// message gives what a signal.forwarded entry sends now, whenever it says that it happened.
func message(after Signal, entry journal.ID, now time.Time) (Message, error) {
	b := after.body(*after.Forwarded, now)
	m := Message{ID: messageID(entry), To: after.Forwarded.To, Signal: after.ID, For: after.Forwarded.For, Basis: "law", Categories: b.categories()}
	for _, s := range b.Slips {
		m.Consents = append(m.Consents, s.Receipt)
		m.Basis = "consent"
	}
	if len(b.Grounds) > 0 {
		m.Basis = "ground"
	}
	var err error
	m.Body, err = json.Marshal(b)
	return m, err
}

// messageID derives a message's id from the entry that brings it about.
func messageID(entry journal.ID) journal.ID { return derived(entry, MsgSignal) }

// derived makes an id that follows from another one and a word; its time stays in front.
func derived(from journal.ID, word string) journal.ID {
	h := sha256.Sum256(append(from[:len(from):len(from)], word...))
	id := journal.ID(h[:16])
	copy(id[:6], from[:6])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id
}
