// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// Payloads of an amendment, at the sender and at the recipient. Both carry the whole of what is asked as it stands now, so
// that of several the one with the highest number holds, in whatever order they arrive.
type (
	// Amended is referral.amended: an offer that waits, or was accepted, is changed. It must be answered (again).
	Amended struct {
		Referral journal.ID `json:"referral" part:"D0"`
		Number   int        `json:"number" part:"D0"` // 1, 2, 3 ... in this referral
		Reason   string     `json:"reason" part:"D0"`
		Offer    Offer      `json:"offer" part:"D0"` // need, age and sex stay as they were
		// Categories are to be handed over once it is accepted; empty: all that is covered then.
		Categories []journal.Category `json:"categories,omitempty" part:"D0"`
		Met        string             `json:"met,omitempty" part:"D0"` // what comes of the conditions of an earlier answer
		Risk       Risk               `json:"risk,omitzero" part:"D0"` // the sender's side again, when more is asked
		Terms      journal.ID         `json:"terms" part:"D0"`
		Receipts   []journal.ID       `json:"receipts" part:"D0"`
		Grounds    []journal.ID       `json:"grounds,omitempty" part:"D0"`
		Expires    time.Time          `json:"expires" part:"D0"`
	}
	// InAmended is incoming.amended. Written by the post.
	InAmended struct {
		Number     int                `json:"number" part:"D0"`
		Reason     string             `json:"reason" part:"D0"`
		Offer      Offer              `json:"offer" part:"D0"`
		Categories []journal.Category `json:"categories,omitempty" part:"D0"`
		Met        string             `json:"met,omitempty" part:"D0"`
		Expires    time.Time          `json:"expires" part:"D0"`
		Slips      []Slip             `json:"receipts" part:"D0"`
		Grounds    []GroundSlip       `json:"grounds,omitempty" part:"D0"`
	}
	// AmendBody is the message.
	AmendBody struct {
		Referral   journal.ID         `json:"referral"`
		Number     int                `json:"number"`               // 1, 2, 3 ... of this referral
		Reason     string             `json:"reason"`               // why
		Offer      Offer              `json:"offer"`                // as it is to be
		Categories []journal.Category `json:"categories,omitempty"` // what is to be handed over beside what was
		Met        string             `json:"met,omitempty"`        // what of a condition is met
		Expires    time.Time          `json:"expires"`              // until when an answer counts
		Slips      []Slip             `json:"receipts"`             // what it rests on
		Grounds    []GroundSlip       `json:"grounds,omitempty"`    // what it rests on in place of consent
	}
)

var (
	amendReasons = []string{"situation_changed", "sooner", "conditions", "consent_renewed", "less_shared", "more_shared", "mistake"}
	periods      = []string{"days", "weeks", "months", "open"}
	mets         = []string{"met", "partly", "not_met"}
)

// AmendReasons, Periods and Mets are closed lists: why an offer is amended, for how long help is asked, and what comes of
// the other office's conditions.
func AmendReasons() []string { return amendReasons }
func Periods() []string      { return periods }
func Mets() []string         { return mets }

// Ask is what an office is asked at a time: what an amendment can change.
type Ask struct {
	Offer      Offer
	Expires    time.Time
	Categories []journal.Category // empty: all that is covered
	Met        string
}

// Change is one amendment as both sides show it.
type Change struct {
	Number        int
	Reason        string
	At            time.Time
	Before, After Ask
	Renewed       bool // it rests on another consent or ground than before
}

// Parts of an ask that an amendment can change, in the order of the form.
const (
	PartUrgency    = "urgency"
	PartPeriod     = "period"
	PartLanguages  = "languages"
	PartCategories = "categories"
	PartMet        = "met"
	PartExpires    = "expires"
)

// Changed lists the parts that differ.
func (c Change) Changed() []string {
	b, a := c.Before, c.After
	var out []string
	for _, x := range []struct {
		part    string
		differs bool
	}{{PartUrgency, b.Offer.Urgency != a.Offer.Urgency}, {PartPeriod, b.Offer.Period != a.Offer.Period},
		{PartLanguages, !slices.Equal(slices.Sorted(slices.Values(b.Offer.Languages)), slices.Sorted(slices.Values(a.Offer.Languages)))},
		{PartCategories, !slices.Equal(b.Categories, a.Categories)}, {PartMet, b.Met != a.Met}, {PartExpires, !b.Expires.Truncate(time.Minute).Equal(a.Expires.Truncate(time.Minute))}} {
		if x.differs {
			out = append(out, x.part)
		}
	}
	return out
}

// Wider says whether more is asked than before: other kinds of information, help sooner or for longer. Then the risk is
// looked at again.
func (c Change) Wider() bool {
	b, a := c.Before, c.After
	more := len(b.Categories) > 0 && (len(a.Categories) == 0 || slices.ContainsFunc(a.Categories, func(x journal.Category) bool { return !slices.Contains(b.Categories, x) }))
	sooner := slices.Index(urgencies, a.Offer.Urgency) < slices.Index(urgencies, b.Offer.Urgency)
	longer := slices.Index(periods, a.Offer.Period) > slices.Index(periods, b.Offer.Period)
	return more || sooner || longer
}

func (p Amended) ask() Ask   { return Ask{p.Offer, p.Expires, p.Categories, p.Met} }
func (p InAmended) ask() Ask { return Ask{p.Offer, p.Expires, p.Categories, p.Met} }

// Ask gives what the other office is asked now.
func (o Out) Ask() Ask { return Ask{o.Offer, o.Expires, o.Plan, o.Met} }

// ask gives what this office is asked now.
func (s In) ask() Ask { return Ask{s.Offer, s.Expires, s.Plan, s.Met} }

// Change gives what an amendment would change of a referral.
func (o Out) Change(p Amended) Change {
	return Change{Number: p.Number, Reason: p.Reason, Before: o.Ask(), After: p.ask(), Renewed: !same(o.rests, slices.Concat(p.Receipts, p.Grounds))}
}

func same(a, b []journal.ID) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x journal.ID) bool { return !slices.Contains(b, x) })
}

// amend folds an amendment at the sender: until it is answered the referral waits for an answer.
func (o *Out) amend(e journal.Entry, p Amended) {
	c := o.Change(p)
	c.At = e.OccurredAt
	o.Changes = append(o.Changes, c)
	o.Number, o.Offer, o.Expires, o.Plan, o.Met = p.Number, p.Offer, p.Expires, p.Categories, p.Met
	o.rests, o.amendment = slices.Concat(p.Receipts, p.Grounds), messageID(e.ID, p.Referral, MsgAmend)
	if p.Risk.Level != "" {
		o.SenderRisk = &p.Risk
	}
	if o.Status == Accepted {
		o.Status = Offered
	}
}

// Amendable says whether the offer of a referral can be changed now.
func (o Out) Amendable(now time.Time) bool {
	return o.Status == Accepted || o.Status == Offered && now.Before(o.Expires)
}

func guardAmended(s State, c Context, p Amended) error {
	o, err := s.must(p.Referral)
	if err != nil {
		return err
	}
	if !o.Amendable(c.Now) {
		return fault.New(fault.Guarded, "referral.guard.status", "Status", string(o.Status))
	}
	if p.Number != o.Number+1 {
		return fault.New(fault.Guarded, "referral.guard.amended_meanwhile")
	}
	change := o.Change(p)
	var fs fault.Fields
	checkAmendment(change, &fs)
	if p.Met != "" && (o.Answer == nil || !o.Answer.Accepted) {
		fs.Add("met", "referral.need.met")
	}
	if !p.Expires.After(c.Now) || p.Expires.After(c.Now.Add(LongestOffer)) {
		fs.Add("expires", "referral.need.expires")
	}
	if change.Wider() && p.Risk.Level == "" {
		fs.Add("level", "referral.need.risk_again")
	}
	if err := fs.Err(); err != nil {
		return err
	}
	if p.Risk.Level != "" || len(p.Risk.Measures) > 0 {
		if err := p.Risk.check(); err != nil {
			return err
		}
	}
	if len(change.Changed()) == 0 && !change.Renewed {
		return fault.New(fault.Guarded, "referral.guard.nothing_amended")
	}
	return c.mayAsk(o, p)
}

// mayAsk is guard G6 for an amendment: a live consent or ground that it names covers the offer and every kind of
// information that it announces, and sharing terms do.
func (c Context) mayAsk(o Out, p Amended) error {
	cats := append([]journal.Category{journal.D0}, p.Categories...)
	for _, cat := range cats {
		cover := c.Cover(o.Recipient, cat)
		switch {
		case len(cover.Uncovered) == 0:
		case cat == journal.D0:
			return fault.New(fault.Uncovered, "referral.guard.no_consent")
		default:
			return fault.New(fault.Uncovered, "referral.guard.uncovered", "Category", string(cat))
		}
		if cat == journal.D2 && c.unspoken() && len(c.inDanger(o.Recipient).Uncovered) > 0 {
			return fault.New(fault.Guarded, "referral.guard.guardian")
		}
		if !c.namesCover(o.Recipient, p, cat) {
			return fault.Bad("receipts", "referral.need.cover")
		}
	}
	terms, err := c.Terms(o.Recipient, cats)
	if err == nil && terms != p.Terms {
		err = fault.Bad("terms", "referral.need.terms")
	}
	return err
}

// namesCover says whether what an amendment names covers a category.
func (c Context) namesCover(to journal.ID, p Amended, cat journal.Category) bool {
	var named consent.State
	for _, id := range p.Receipts {
		if r, ok := c.Consent.Receipt(id); ok {
			named.Receipts = append(named.Receipts, r)
		}
	}
	for _, g := range c.Consent.Grounds {
		if slices.Contains(p.Grounds, g.Ground.Ground) {
			named.Grounds = append(named.Grounds, g)
		}
	}
	return len(named.Covers(c.Now, to, consent.Referral, []journal.Category{cat}).Uncovered) == 0
}

// checkAmendment holds an amendment to codes, of the same need of the same person; both sides ask it.
func checkAmendment(c Change, fs *fault.Fields) {
	b, a := c.Before.Offer, c.After.Offer
	a.check(fs)
	if a.Need != b.Need || a.Age != b.Age || a.Sex != b.Sex {
		fs.Add("need", "referral.need.same_need")
	}
	if !slices.Contains(amendReasons, c.Reason) {
		fs.Add("reason", "referral.need.reason")
	}
	cats := c.After.Categories
	if len(slices.Compact(slices.Sorted(slices.Values(cats)))) != len(cats) || slices.ContainsFunc(cats, func(x journal.Category) bool { return !slices.Contains(Shareable(), x) }) {
		fs.Add("categories", "referral.need.categories")
	}
	if c.After.Met != "" && !slices.Contains(mets, c.After.Met) {
		fs.Add("met", "referral.need.met")
	}
}

// amended folds an amendment at the recipient. An earlier one that comes late changes nothing; where help is under way or
// the referral has ended, none does.
func (s *In) amended(e journal.Entry, p InAmended) {
	if p.Number <= s.Number || !slices.Contains([]Status{Offered, Accepted, Declined}, s.Status) {
		return
	}
	s.Changes = append(s.Changes, Change{Number: p.Number, Reason: p.Reason, At: e.OccurredAt, Before: s.ask(), After: p.ask(), Renewed: !same(receipts(s.CameIn.Slips, s.Grounds), receipts(p.Slips, p.Grounds))})
	s.Message = e.ID
	s.Number, s.Offer, s.Expires, s.Plan, s.Met, s.CameIn.Slips, s.Grounds, s.Status = p.Number, p.Offer, p.Expires, p.Categories, p.Met, p.Slips, p.Grounds, Offered
}

func receipts(ss []Slip, gs []GroundSlip) []journal.ID {
	var out []journal.ID
	for _, s := range ss {
		out = append(out, s.Receipt)
	}
	for _, g := range gs {
		out = append(out, g.Ground)
	}
	return out
}

// guardInAmended is the recipient's side: what ended or ran out stays so, and nothing is announced that terms, consents or
// grounds do not cover, whatever the sender's software let through.
func guardInAmended(s In, c InContext, p InAmended) error {
	late := p.Number < s.Number
	if late && slices.Contains([]Status{Offered, Accepted, Declined, HandedOver, InService}, s.Status) {
		return nil // it changes nothing
	}
	if err := s.in(Offered, Accepted, Declined); err != nil {
		return err
	}
	if s.Status == Offered && !c.Now.Before(s.Expires) || !c.Now.Before(p.Expires) {
		return fault.New(fault.Guarded, "referral.guard.offer_expired")
	}
	if p.Number <= s.Number {
		return fault.New(fault.Guarded, "referral.guard.amended_meanwhile")
	}
	var fs fault.Fields
	checkAmendment(Change{Reason: p.Reason, Before: s.ask(), After: p.ask()}, &fs)
	if p.Expires.After(c.Now.Add(LongestOffer + post.Skew)) {
		fs.Add("expires", "referral.need.expires")
	}
	if err := fs.Err(); err != nil {
		return err
	}
	cats := append([]journal.Category{journal.D0}, p.Categories...)
	live := slices.DeleteFunc(slices.Clone(p.Slips), func(x Slip) bool { return s.recalled(x.Receipt) })
	for _, cat := range cats {
		if !slipCovers(live, c, cat) && !groundCovers(p.Grounds, cat) {
			return fault.New(fault.Uncovered, "referral.guard.uncovered", "Category", string(cat))
		}
	}
	if s.Offer.Age != "adult" && slices.Contains(cats, journal.D2) && !spokenFor(live, p.Grounds) {
		return fault.New(fault.Uncovered, "referral.guard.guardian")
	}
	_, err := c.Terms(s.From, cats)
	return err
}

// spokenFor says whether any of what travelled lets the identity of a child go (G5).
func spokenFor(ss []Slip, gs []GroundSlip) bool {
	return slices.ContainsFunc(ss, func(x Slip) bool { return SpokenFor(Covered{Category: journal.D2, Receipt: x.Receipt}, ss, nil) }) ||
		slices.ContainsFunc(gs, func(x GroundSlip) bool { return SpokenFor(Covered{Category: journal.D2, Ground: x.Ground}, nil, gs) })
}

// planned says whether a hand-over holds no more than what was announced; nothing announced means all that is covered.
func planned(plan, cats []journal.Category) error {
	for _, c := range cats {
		if len(plan) > 0 && !slices.Contains(plan, c) {
			return fault.New(fault.Guarded, "referral.guard.not_announced", "Category", string(c))
		}
	}
	return nil
}

// amendments gives the message of a referral.amended entry.
func amendments(after State, c consent.State, e journal.Entry) ([]Message, error) {
	p, err := journal.In[Amended](e)
	if err != nil {
		return nil, err
	}
	o, err := after.must(p.Referral)
	if err != nil {
		return nil, err
	}
	m := o.message(e, MsgAmend)
	m.Slips = slips(c, p.Receipts)
	m.Expires = earliest(m.Slips, p.Expires)
	if len(p.Grounds) > 0 {
		m.Basis = "ground"
	}
	return one(m, AmendBody{Referral: p.Referral, Number: p.Number, Reason: p.Reason, Offer: p.Offer, Categories: p.Categories, Met: p.Met, Expires: p.Expires, Slips: m.Slips, Grounds: groundSlips(c, p.Grounds)})
}
