// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// Terms answers whether sharing terms in force between this office and another cover these categories for
// the purpose "referral" now, and by which terms; an Uncovered fault says what is missing.
type Terms func(other journal.ID, cats []journal.Category) (journal.ID, error)

// Context is what the sender's guards need of the rest of the person's file and of the office.
type Context struct {
	Now      time.Time
	Consent  consent.State
	Child    bool // under 18 or in doubt
	Guardian bool // appointed
	Terms    Terms
}

// LongestOffer is how long an offer may wait for an answer.
const LongestOffer = 30 * 24 * time.Hour

// Guard says whether an entry of this room may be appended to a person's dossier now.
func Guard(s State, c Context, e journal.Entry) error {
	switch e.Type {
	case "referral.drafted":
		return with(e, func(p Drafted) error { return guardDrafted(s, p) })
	case "referral.risk_assessed":
		return with(e, func(p Assessed) error { return s.at(p.Referral, p.Risk.check(), Draft, RiskOK) })
	case "referral.offered":
		return with(e, func(p Sent) error { return guardOffered(s, c, p) })
	case "referral.amended":
		return with(e, func(p Amended) error { return guardAmended(s, c, p) })
	case "referral.answered":
		return with(e, func(p Answered) error { return guardAnswered(s, p) })
	case "referral.supplemented":
		return with(e, func(p Supplied) error { return guardSupplied(s, c, p) })
	case "referral.handed_over":
		return with(e, func(p Handed) error { return guardHanded(s, c, p) })
	case "referral.receipted", "referral.erasure_confirmed", "referral.refused":
		return with(e, func(p Marked) error { _, err := s.must(p.Referral); return err })
	case "referral.feedback":
		return with(e, func(p Reported) error {
			return s.at(p.Referral, p.check(), HandedOver, InService, Delivered, NotDelivered, FedBack)
		})
	case "referral.withdrawn":
		return with(e, func(p Withdrawn) error { return guardWithdrawn(s, p) })
	case "referral.expired":
		return with(e, func(p Marked) error { return guardExpired(s, c, p) })
	case "referral.closed":
		return with(e, func(p Marked) error { return s.at(p.Referral, nil, Delivered, NotDelivered, FedBack) })
	}
	return nil
}

func with[T any](e journal.Entry, f func(T) error) error {
	p, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "referral.need.payload")
	}
	return f(p)
}

func (s State) must(id journal.ID) (Out, error) {
	o, ok := s.Find(id)
	if !ok {
		return o, fault.Bad("referral", "referral.need.known")
	}
	return o, nil
}

// at passes on err, else refuses when the referral is in none of the statuses.
func (s State) at(id journal.ID, err error, allowed ...Status) error {
	o, missing := s.must(id)
	if missing != nil {
		return missing
	}
	if err != nil {
		return err
	}
	if !slices.Contains(allowed, o.Status) {
		return fault.New(fault.Guarded, "referral.guard.status", "Status", string(o.Status))
	}
	return nil
}

func (r Risk) check() error {
	if !slices.Contains(riskLevels, r.Level) {
		return fault.Bad("level", "referral.need.level")
	}
	return r.checkMeasures()
}

// checkMeasures keeps text out of what an answer says before a hand-over: measures are codes.
func (r Risk) checkMeasures() error {
	if len(r.Measures) > 20 || slices.ContainsFunc(r.Measures, func(m string) bool { return !isCode(m) }) {
		return fault.Bad("measures", "referral.need.measures")
	}
	return nil
}

// isCode says whether a text has the shape of a code: too little for a sentence to hide in.
func isCode(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// guardAnswered takes an answer to what is asked now while it waits for one. One to what was asked before is noted whenever
// it comes; it changes nothing.
func guardAnswered(s State, p Answered) error {
	o, err := s.must(p.Referral)
	if err != nil {
		return err
	}
	if p.Amendment < 0 || p.Amendment > o.Number {
		return fault.Bad("amendment", "referral.need.payload")
	}
	if p.Amendment < o.Number {
		return p.check()
	}
	return s.at(p.Referral, p.check(), Offered)
}

// check keeps text out of an answer on its way back, whatever the other side's software let through.
func (p Answered) check() error { return checkAnswer(p.Accepted, p.Risk, p.Reason) }

// checkAnswer says whether an answer holds codes only: accepted with the risk looked at, or declined with a
// reason of the closed list.
func checkAnswer(accepted bool, r Risk, reason string) error {
	if accepted || r.Level != "" {
		if err := r.check(); err != nil {
			return err
		}
	}
	if err := r.checkMeasures(); err != nil {
		return err
	}
	if accepted && reason != "" || !accepted && !slices.Contains(declineReasons, reason) {
		return fault.Bad("reason", "referral.need.reason")
	}
	return nil
}

func (p Reported) check() error {
	if p.Reason != "" && !slices.Contains(failReasons, p.Reason) {
		return fault.Bad("reason", "referral.need.reason")
	}
	return reportable(p.Status)
}

func reportable(s Status) error {
	if !slices.Contains([]Status{InService, Delivered, NotDelivered}, s) {
		return fault.Bad("status", "referral.need.report")
	}
	return nil
}

func (o Offer) check(fs *fault.Fields) {
	if !slices.Contains(Needs(), o.Need) {
		fs.Add("need", "referral.need.need")
	}
	if !slices.Contains(ages, o.Age) {
		fs.Add("age", "referral.need.age")
	}
	if !slices.Contains(sexes, o.Sex) {
		fs.Add("sex", "referral.need.sex")
	}
	if !slices.Contains(urgencies, o.Urgency) {
		fs.Add("urgency", "referral.need.urgency")
	}
	if o.Period != "" && !slices.Contains(periods, o.Period) {
		fs.Add("period", "referral.need.period")
	}
	if len(o.Languages) == 0 || len(o.Languages) > 8 || slices.ContainsFunc(o.Languages, func(l string) bool { return !languageTag(l) }) {
		fs.Add("languages", "referral.need.languages")
	}
}

// languageTag accepts the short shape of BCP 47 tags only, so that no text hides in a language.
func languageTag(s string) bool {
	if len(s) < 2 || len(s) > 11 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' {
			return false
		}
	}
	return true
}

func guardDrafted(s State, p Drafted) error {
	var fs fault.Fields
	if p.Referral.IsZero() {
		fs.Add("referral", "referral.need.id")
	}
	if _, twice := s.Find(p.Referral); twice {
		fs.Add("referral", "referral.need.id")
	}
	if p.Recipient.IsZero() {
		fs.Add("recipient", "referral.need.recipient")
	}
	p.Offer.check(&fs)
	if err := fs.Err(); err != nil {
		return err
	}
	for _, o := range s.Out {
		if o.Status.Open() && o.Recipient == p.Recipient && o.Offer.Need == p.Offer.Need {
			return fault.New(fault.Guarded, "referral.guard.one_open")
		}
	}
	return nil
}

func guardOffered(s State, c Context, p Sent) error {
	o, err := s.must(p.Referral)
	if err != nil {
		return err
	}
	if o.Status != RiskOK {
		return fault.New(fault.Guarded, "referral.guard.risk_first")
	}
	if !p.Expires.After(c.Now) || p.Expires.After(c.Now.Add(LongestOffer)) {
		return fault.Bad("expires", "referral.need.expires")
	}
	// G6: the coded offer is about a person too.
	cover := c.Consent.Covers(c.Now, o.Recipient, consent.Referral, []journal.Category{journal.D0})
	if len(cover.Uncovered) > 0 {
		return fault.New(fault.Uncovered, "referral.guard.no_consent")
	}
	terms, err := c.Terms(o.Recipient, []journal.Category{journal.D0})
	if err != nil {
		return err
	}
	if terms != p.Terms {
		return fault.Bad("terms", "referral.need.terms")
	}
	return nil
}

func guardHanded(s State, c Context, p Handed) error {
	o, err := s.must(p.Referral)
	if err != nil {
		return err
	}
	if o.Status != Accepted {
		return fault.New(fault.Guarded, "referral.guard.accept_first")
	}
	if p.Amendment != o.Number {
		return fault.New(fault.Guarded, "referral.guard.amended_meanwhile")
	}
	cats := p.Package.Categories()
	if len(cats) == 0 {
		return fault.Bad("package", "referral.need.package")
	}
	if err := planned(o.Plan, cats); err != nil {
		return err
	}
	if err := covered(c, o.Recipient, cats, p.Cover); err != nil {
		return err
	}
	// G5: a child without a guardian: no identity leaves except on a ground of danger.
	if c.unspoken() && slices.Contains(cats, journal.D2) && len(c.inDanger(o.Recipient).Uncovered) > 0 {
		return fault.New(fault.Guarded, "referral.guard.guardian")
	}
	terms, err := c.Terms(o.Recipient, cats)
	if err != nil {
		return err
	}
	if terms != p.Terms {
		return fault.Bad("terms", "referral.need.terms")
	}
	return nil
}

// covered checks that every category handed over names the live receipt or ground that it rests on, and
// that nothing else is named.
func covered(c Context, recipient journal.ID, cats []journal.Category, named []Covered) error {
	if !matches(cats, named) {
		return fault.Bad("cover", "referral.need.cover")
	}
	for _, x := range named {
		one := c.Cover(recipient, x.Category)
		byReceipt := !x.Receipt.IsZero() && slices.Contains(one.Receipts, x.Receipt)
		byGround := !x.Ground.IsZero() && slices.Contains(one.Grounds, x.Ground)
		if len(one.Uncovered) > 0 || !byReceipt && !byGround {
			return fault.New(fault.Uncovered, "referral.guard.uncovered", "Category", string(x.Category))
		}
	}
	return nil
}

// matches says whether each category is named once and nothing else is.
func matches(cats []journal.Category, named []Covered) bool {
	for _, cat := range cats {
		if !slices.ContainsFunc(named, func(x Covered) bool { return x.Category == cat }) {
			return false
		}
	}
	return len(named) == len(cats)
}

// Cover says on what a category may be handed over. The identity of a child without a guardian goes on a ground of danger
// where there is one, whatever else seems to cover it; where there is none, the guard refuses it.
func (c Context) Cover(recipient journal.ID, cat journal.Category) consent.Cover {
	if c.unspoken() && cat == journal.D2 {
		if x := c.inDanger(recipient); len(x.Uncovered) == 0 {
			return x
		}
	}
	return c.Consent.Covers(c.Now, recipient, consent.Referral, []journal.Category{cat})
}

// unspoken says that nobody speaks for a child.
func (c Context) unspoken() bool { return c.Child && !c.Guardian }

// inDanger says on which ground of danger an identity may go.
func (c Context) inDanger(recipient journal.ID) consent.Cover {
	return c.Consent.InDanger().Covers(c.Now, recipient, consent.Referral, []journal.Category{journal.D2})
}

func guardWithdrawn(s State, p Withdrawn) error {
	o, err := s.must(p.Referral)
	if err != nil {
		return err
	}
	if !slices.Contains(endReasons, p.Reason) {
		return fault.Bad("reason", "referral.need.reason")
	}
	if !o.Status.Open() && len(o.outstanding(func(Covered) bool { return true })) == 0 {
		return fault.New(fault.Guarded, "referral.guard.status", "Status", string(o.Status))
	}
	return nil
}

func guardExpired(s State, c Context, p Marked) error {
	o, err := s.must(p.Referral)
	if err != nil {
		return err
	}
	if o.Status != Offered || c.Now.Before(o.Expires) {
		return fault.New(fault.Guarded, "referral.guard.not_expired")
	}
	return nil
}
