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

// Payloads of the entries of a referral received (dossier kind "referral_in"; its id is the referral's).
type (
	// CameIn is incoming.offered. Written by the post.
	CameIn struct {
		From    journal.ID `json:"from" part:"D0"`
		Offer   Offer      `json:"offer" part:"D0"`
		Expires time.Time  `json:"expires" part:"D0"`
		Slips   []Slip     `json:"receipts" part:"D0"`
		// Grounds are what it rests on in place of consent. Their articles are codes of law, not of her.
		Grounds []GroundSlip `json:"grounds,omitempty" part:"D0"`
	}
	// Taken is incoming.assigned: who handles it.
	Taken struct {
		Worker journal.ID `json:"worker" part:"D0"`
	}
	// InAnswered is incoming.answered: accepted with conditions, or declined with a reason and maybe an alternative.
	InAnswered struct {
		Accepted    bool       `json:"accepted" part:"D0"`
		Risk        Risk       `json:"risk" part:"D0"` // the receiver's side
		Reason      string     `json:"reason,omitempty" part:"D0"`
		Alternative journal.ID `json:"alternative,omitzero" part:"D0"`
		Conditions  string     `json:"conditions,omitempty" part:"D3"`
		Amendment   int        `json:"amendment,omitempty" part:"D0"` // the latest that whoever answers has seen; 0: none came
	}
	// Received is incoming.handed_over. Written by the post.
	Received struct {
		Slips   []Slip       `json:"receipts" part:"D0"`
		Grounds []GroundSlip `json:"grounds,omitempty" part:"D0"`
		Cover   []Covered    `json:"cover" part:"D0"`
		// Amendment is the one whose acceptance it follows.
		Amendment int `json:"amendment,omitempty" part:"D0"`
		Package
	}
	// InReported is incoming.feedback.
	InReported struct {
		Status Status `json:"status" part:"D0"`
		Reason string `json:"reason,omitempty" part:"D0"`
		Words  string `json:"words,omitempty" part:"D3"`
	}
	// InWithdrawn is incoming.withdrawn. Written by the post: everything handed over is erased.
	InWithdrawn struct {
		Person bool   `json:"person" part:"D0"`
		Reason string `json:"reason" part:"D0"`
	}
	// InRecalled is incoming.recalled. Written by the post: these categories are erased.
	InRecalled struct {
		Receipt    journal.ID         `json:"receipt" part:"D0"`
		Categories []journal.Category `json:"categories" part:"D0"`
	}
	// Linked is incoming.linked: the recipient's own file on the person.
	Linked struct {
		Person journal.ID `json:"person" part:"D0"`
	}
	// InClosed is incoming.closed.
	InClosed struct {
		Reason string `json:"reason,omitempty" part:"D0"`
	}
)

// In is a referral as its recipient sees it.
type In struct {
	CameIn
	Referral   journal.ID
	Message    journal.ID // that brought the offer as it holds
	At         time.Time
	Status     Status
	Worker     journal.ID
	Answer     *InAnswered
	AnsweredAt time.Time
	Package    Package      // what is still held
	Slips      []Slip       // of the hand-over
	On         []GroundSlip // what the hand-over rests on beside consent
	Cover      []Covered    // what each category that was handed over rests on
	HandedAt   time.Time
	Reports    []InReported
	Recalls    []InRecalled
	Erased     []Held // what was erased, and when
	Person     journal.ID

	Number   int                // of the latest amendment or supplement that arrived
	Changes  []Change           // amendments that hold, oldest first
	Plan     []journal.Category // what is to be handed over; empty: all that is covered
	Met      string             // what came of this office's conditions
	Supplied []Added

	newest map[journal.Category]int // the supplement that a part is of
}

// FoldIn gives a referral received.
func FoldIn(entries []journal.Entry) (In, error) {
	var s In
	for _, e := range entries {
		if err := s.apply(e); err != nil {
			return In{}, err
		}
	}
	return s, nil
}

func in[T any](e journal.Entry, f func(T)) error {
	p, err := journal.In[T](e)
	if err == nil {
		f(p)
	}
	return err
}

func (s *In) apply(e journal.Entry) error {
	s.Referral = e.Dossier
	switch e.Type {
	case "incoming.offered":
		return in(e, func(p CameIn) { s.CameIn, s.At, s.Status, s.Message = p, e.OccurredAt, Offered, e.ID })
	case "incoming.amended":
		return in(e, func(p InAmended) { s.amended(e, p) })
	case "incoming.supplemented":
		return in(e, func(p InSupplied) { s.supplemented(e, p) })
	case "incoming.assigned":
		return in(e, func(p Taken) { s.Worker = p.Worker })
	case "incoming.answered":
		return in(e, func(p InAnswered) {
			s.Answer, s.AnsweredAt, s.Status = &p, e.OccurredAt, Declined
			if p.Accepted {
				s.Status = Accepted
				if s.Worker.IsZero() {
					s.Worker = e.Actor
				}
			}
		})
	case "incoming.handed_over":
		return in(e, func(p Received) {
			s.Package, s.Slips, s.On, s.Cover = p.Package, p.Slips, p.Grounds, p.Cover
			s.HandedAt, s.Status = e.OccurredAt, HandedOver
		})
	case "incoming.feedback":
		return in(e, func(p InReported) { s.Reports, s.Status = append(s.Reports, p), p.Status })
	case "incoming.withdrawn":
		return in(e, func(p InWithdrawn) {
			s.Status = WithdrawnSender
			if p.Person {
				s.Status = WithdrawnPerson
			}
			s.drop(e.OccurredAt, Shareable())
		})
	case "incoming.recalled":
		return in(e, func(p InRecalled) { s.Recalls = append(s.Recalls, p); s.drop(e.OccurredAt, p.Categories) })
	case "incoming.linked":
		return in(e, func(p Linked) { s.Person = p.Person })
	case "incoming.closed":
		s.Status = Closed
	case "incoming.expired":
		if s.Status == Offered {
			s.Status = Expired
		}
	}
	return nil
}

// drop forgets parts of the package; which ones were there stays known by category.
func (s *In) drop(at time.Time, cats []journal.Category) {
	parts := s.Package.Parts()
	for _, c := range cats {
		if slices.ContainsFunc(s.Erased, func(h Held) bool { return h.Category == c }) {
			continue
		}
		if s.covered(c) {
			s.Erased = append(s.Erased, Held{Category: c, Erased: true, Until: at})
		}
		delete(parts, c)
	}
	s.Package, _ = PackageOf(parts)
}

// covered says whether the category was ever handed over: its part may be erased or hidden by now.
func (s *In) covered(c journal.Category) bool {
	return slices.ContainsFunc(s.Cover, func(x Covered) bool { return x.Category == c })
}

// InContext is what the recipient's guards need.
type InContext struct {
	Now   time.Time
	Self  journal.ID
	Terms Terms // from the sender to this office
}

// GuardIn says whether an entry may be appended to a referral received: the recipient's software refuses
// what terms or consent do not cover, whatever the sender's did.
func GuardIn(s In, c InContext, e journal.Entry) error {
	switch e.Type {
	case "incoming.offered":
		return with(e, func(p CameIn) error { return guardCameIn(s, c, p) })
	case "incoming.amended":
		return with(e, func(p InAmended) error { return guardInAmended(s, c, p) })
	case "incoming.supplemented":
		return with(e, func(p InSupplied) error { return guardInSupplied(s, c, p) })
	case "incoming.answered":
		return with(e, func(p InAnswered) error { return guardInAnswered(s, c, p) })
	case "incoming.handed_over":
		return with(e, func(p Received) error { return guardReceived(s, c, p) })
	case "incoming.feedback":
		return with(e, func(p InReported) error {
			if err := reportable(p.Status); err != nil {
				return err
			}
			if p.Status == NotDelivered && !slices.Contains(failReasons, p.Reason) {
				return fault.Bad("reason", "referral.need.reason")
			}
			return s.in(HandedOver, InService)
		})
	case "incoming.assigned", "incoming.linked":
		if s.Status == "" {
			return fault.New(fault.NotFound, "store.not_found")
		}
	case "incoming.withdrawn", "incoming.recalled":
		if s.Status == "" {
			return fault.New(fault.NotFound, "store.not_found")
		}
	case "incoming.closed":
		return s.in(Delivered, NotDelivered, Declined, Expired, WithdrawnPerson, WithdrawnSender)
	case "incoming.expired":
		if s.Status != Offered || c.Now.Before(s.Expires) {
			return fault.New(fault.Guarded, "referral.guard.not_expired")
		}
	}
	return nil
}

func (s In) in(allowed ...Status) error {
	if !slices.Contains(allowed, s.Status) {
		return fault.New(fault.Guarded, "referral.guard.status", "Status", string(s.Status))
	}
	return nil
}

func guardCameIn(s In, c InContext, p CameIn) error {
	if s.Status != "" {
		return fault.New(fault.Guarded, "referral.guard.status", "Status", string(s.Status))
	}
	var fs fault.Fields
	p.Offer.check(&fs)
	if err := fs.Err(); err != nil {
		return err
	}
	if !c.Now.Before(p.Expires) {
		return fault.New(fault.Guarded, "referral.guard.offer_expired")
	}
	// The sender's software allows no longer offer; its clock may run ahead by a little.
	if p.Expires.After(c.Now.Add(LongestOffer + post.Skew)) {
		return fault.Bad("expires", "referral.need.expires")
	}
	if !slipCovers(p.Slips, c, journal.D0) && !groundCovers(p.Grounds, journal.D0) {
		return fault.New(fault.Uncovered, "referral.guard.no_consent")
	}
	_, err := c.Terms(p.From, []journal.Category{journal.D0})
	return err
}

// recalled says whether the withdrawal of a consent has arrived, maybe before what was handed over under it.
func (s In) recalled(receipt journal.ID) bool {
	return !receipt.IsZero() && slices.ContainsFunc(s.Recalls, func(r InRecalled) bool { return r.Receipt == receipt })
}

// slipCovers says whether a receipt that travelled with the data covers a category for this office now.
func slipCovers(ss []Slip, c InContext, cat journal.Category) bool {
	return slices.ContainsFunc(ss, func(x Slip) bool {
		return x.Recipient == c.Self && x.Purpose == consent.Referral && c.Now.Before(x.Expires) && slices.Contains(x.Categories, cat)
	})
}

// groundCovers says whether a ground other than consent that travelled with the data names a category.
func groundCovers(gs []GroundSlip, cat journal.Category) bool {
	return slices.ContainsFunc(gs, func(g GroundSlip) bool { return g.Article != "" && slices.Contains(g.Categories, cat) })
}

func guardInAnswered(s In, c InContext, p InAnswered) error {
	if err := s.in(Offered); err != nil {
		return err
	}
	if !c.Now.Before(s.Expires) {
		return fault.New(fault.Guarded, "referral.guard.offer_expired")
	}
	if p.Amendment != s.Number { // what was changed since whoever answers looked
		return fault.New(fault.Guarded, "referral.guard.amended_meanwhile")
	}
	return checkAnswer(p.Accepted, p.Risk, p.Reason)
}

func guardReceived(s In, c InContext, p Received) error {
	if err := s.in(Accepted); err != nil {
		return err
	}
	if p.Amendment != s.Number {
		return fault.New(fault.Guarded, "referral.guard.amended_meanwhile")
	}
	if err := planned(s.Plan, p.Package.Categories()); err != nil {
		return err
	}
	return s.takes(c, p)
}

// takes says whether parts may be taken in: each rests on a receipt or ground that came with it and was not withdrawn, and
// the sharing terms cover it.
func (s In) takes(c InContext, p Received) error {
	cats := p.Package.Categories()
	if len(cats) == 0 {
		return fault.Bad("package", "referral.need.package")
	}
	for _, cat := range cats {
		if !slipCovers(p.Slips, c, cat) && !groundCovers(p.Grounds, cat) {
			return fault.New(fault.Uncovered, "referral.guard.uncovered", "Category", string(cat))
		}
	}
	if !matches(cats, p.Cover) {
		return fault.Bad("cover", "referral.need.cover")
	}
	// G5, here too: who a child is comes with a guardian's consent or on a ground of danger, and in no other way.
	if s.Offer.Age != "adult" && slices.Contains(cats, journal.D2) && !s.childCovered(p) {
		return fault.New(fault.Uncovered, "referral.guard.guardian")
	}
	for _, x := range p.Cover {
		if s.recalled(x.Receipt) {
			return fault.New(fault.Uncovered, "referral.guard.uncovered", "Category", string(x.Category))
		}
	}
	_, err := c.Terms(s.From, cats)
	return err
}

// childCovered says whether what the identity of a child rests on is a guardian's consent or danger.
func (s In) childCovered(p Received) bool {
	i := slices.IndexFunc(p.Cover, func(x Covered) bool { return x.Category == journal.D2 })
	return i >= 0 && SpokenFor(p.Cover[i], p.Slips, p.Grounds)
}

// SpokenFor says whether the receipt or ground that the identity of a child rests on is itself a guardian's consent to that,
// or danger (guard G5): a guardian's word on something else beside it does not do.
func SpokenFor(on Covered, ss []Slip, gs []GroundSlip) bool {
	return slices.ContainsFunc(ss, func(x Slip) bool {
		return !on.Receipt.IsZero() && x.Receipt == on.Receipt && x.By == consent.ByGuardian && slices.Contains(x.Categories, on.Category)
	}) || slices.ContainsFunc(gs, func(g GroundSlip) bool {
		return !on.Ground.IsZero() && g.Ground == on.Ground && (g.Kind == consent.DangerToLife || g.Kind == consent.DangerToChild) && slices.Contains(g.Categories, on.Category)
	})
}

// InMessages gives what an entry of a referral received sends back; none for most. before is the state
// that the entry met.
func InMessages(before, after In, e journal.Entry) ([]Message, error) {
	m := Message{To: after.From, Referral: after.Referral, Basis: "consent", Categories: []journal.Category{journal.D0}}
	var body any
	switch e.Type {
	case "incoming.answered":
		p := *after.Answer
		m.Type = MsgAnswer
		if p.Conditions != "" {
			m.Categories = append(m.Categories, journal.D3)
		}
		body = AnswerBody{Referral: after.Referral, Amendment: p.Amendment, Accepted: p.Accepted, Risk: p.Risk, Reason: p.Reason, Alternative: p.Alternative, Conditions: p.Conditions, At: e.OccurredAt}
	case "incoming.feedback":
		p := after.Reports[len(after.Reports)-1]
		m.Type = MsgFeedback
		if p.Words != "" {
			m.Categories = append(m.Categories, journal.D3)
		}
		body = FeedbackBody{Referral: after.Referral, Status: p.Status, Reason: p.Reason, Words: p.Words, At: e.OccurredAt}
	case "incoming.withdrawn", "incoming.recalled":
		if e.Type == "incoming.withdrawn" && before.HandedAt.IsZero() {
			return nil, nil // nothing was held; a recall is answered all the same
		}
		m.Type = MsgErased
		body = ErasedBody{Referral: after.Referral, Held: held(after, e), At: e.OccurredAt}
	default:
		return nil, nil
	}
	m.ID = messageID(e.ID, m.Referral, m.Type)
	return one(m, body)
}

// held says what was done with each category that the message asked to erase.
func held(s In, e journal.Entry) []Held {
	asked := Shareable()
	if p, err := journal.In[InRecalled](e); err == nil && e.Type == "incoming.recalled" {
		asked = p.Categories
	}
	out := []Held{}
	for _, c := range asked {
		if i := slices.IndexFunc(s.Erased, func(h Held) bool { return h.Category == c }); i >= 0 {
			out = append(out, Held{Category: c, Erased: true})
		} else if e.Type == "incoming.recalled" {
			out = append(out, Held{Category: c, Erased: true}) // never held: as good as erased
		}
	}
	return out
}

// Erases lists the categories of a referral received that an entry destroys.
func Erases(e journal.Entry) []journal.Category {
	switch e.Type {
	case "incoming.withdrawn":
		return Shareable()
	case "incoming.recalled":
		p, err := journal.In[InRecalled](e)
		if err != nil {
			return nil
		}
		return slices.DeleteFunc(p.Categories, func(c journal.Category) bool { return !slices.Contains(Shareable(), c) })
	}
	return nil
}
