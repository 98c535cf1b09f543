// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// Payloads of the entries inside a person's dossier.
type (
	// Drafted is referral.drafted: at the person's wish, with the need that it is for.
	Drafted struct {
		Referral  journal.ID `json:"referral" part:"D0"`
		Recipient journal.ID `json:"recipient" part:"D0"`
		NeedID    journal.ID `json:"need_id" part:"D0"`
		Offer     Offer      `json:"offer" part:"D0"`
		Activity  string     `json:"activity,omitempty" part:"D0"` // code of the programme's activity that pays for it
		Wish      string     `json:"wish,omitempty" part:"D3"`
	}
	// Assessed is referral.risk_assessed: the sender's side.
	Assessed struct {
		Referral journal.ID `json:"referral" part:"D0"`
		Risk     Risk       `json:"risk" part:"D0"`
		Note     string     `json:"note,omitempty" part:"D3"`
	}
	// Sent is referral.offered: the coded offer leaves.
	Sent struct {
		Referral journal.ID   `json:"referral" part:"D0"`
		Terms    journal.ID   `json:"terms" part:"D0"`
		Receipts []journal.ID `json:"receipts" part:"D0"`
		Grounds  []journal.ID `json:"grounds,omitempty" part:"D0"`
		Expires  time.Time    `json:"expires" part:"D0"`
	}
	// Answered is referral.answered: the other office accepted or declined. Written by the post.
	Answered struct {
		Referral    journal.ID `json:"referral" part:"D0"`
		Amendment   int        `json:"amendment,omitempty" part:"D0"` // that it answers; 0: the offer as it was first sent
		Accepted    bool       `json:"accepted" part:"D0"`
		Risk        Risk       `json:"risk" part:"D0"`
		Reason      string     `json:"reason,omitempty" part:"D0"`
		Alternative journal.ID `json:"alternative,omitzero" part:"D0"`
		Conditions  string     `json:"conditions,omitempty" part:"D3"`
		At          time.Time  `json:"at" part:"D0"`
	}
	// Handed is referral.handed_over: exactly these parts leave.
	Handed struct {
		Referral journal.ID   `json:"referral" part:"D0"`
		Terms    journal.ID   `json:"terms" part:"D0"`
		Receipts []journal.ID `json:"receipts" part:"D0"`
		Grounds  []journal.ID `json:"grounds,omitempty" part:"D0"`
		Cover    []Covered    `json:"cover" part:"D0"` // which receipt each category rests on
		// Amendment is the one whose acceptance it follows.
		Amendment int `json:"amendment,omitempty" part:"D0"`
		Package
	}
	// Receipted is referral.receipted: the other office's signed receipt of the hand-over. Written by the post.
	Receipted struct {
		Referral journal.ID `json:"referral" part:"D0"`
		At       time.Time  `json:"at" part:"D0"`
		Hash     string     `json:"hash" part:"D0"`          // of the sealed message that it acknowledges
		Sent     journal.ID `json:"sent,omitzero" part:"D0"` // that message, where several can be meant
	}
	// Reported is referral.feedback: what became of it. Written by the post.
	Reported struct {
		Referral journal.ID `json:"referral" part:"D0"`
		Status   Status     `json:"status" part:"D0"` // in_service | delivered | not_delivered
		Reason   string     `json:"reason,omitempty" part:"D0"`
		Words    string     `json:"words,omitempty" part:"D3"`
		At       time.Time  `json:"at" part:"D0"`
	}
	// Withdrawn is referral.withdrawn: by the person or by the sender.
	Withdrawn struct {
		Referral journal.ID `json:"referral" part:"D0"`
		Person   bool       `json:"person" part:"D0"`
		Reason   string     `json:"reason" part:"D0"`
	}
	// Confirmed is referral.erasure_confirmed: what the other office did. Written by the post.
	Confirmed struct {
		Referral journal.ID `json:"referral" part:"D0"`
		Held     []Held     `json:"held" part:"D0"`
		At       time.Time  `json:"at" part:"D0"`
	}
	// Refused is referral.refused: the other office's software refused a message. Written by the post.
	Refused struct {
		Referral journal.ID `json:"referral" part:"D0"`
		Message  string     `json:"message" part:"D0"` // its type
		Reason   string     `json:"reason" part:"D0"`
		Unsent   bool       `json:"unsent,omitempty" part:"D0"` // it ended here, without the other office's word
		// Maybe says that it was tried before it ended here: it may lie there all the same, its receipt lost.
		Maybe bool       `json:"maybe,omitempty" part:"D0"`
		Sent  journal.ID `json:"sent,omitzero" part:"D0"` // the message, where several can be meant
	}
	// Marked is referral.expired and referral.closed.
	Marked struct {
		Referral journal.ID `json:"referral" part:"D0"`
	}
)

// Covered says what one category of a hand-over rests on.
type Covered struct {
	Category journal.Category `json:"category"`         // of a part
	Receipt  journal.ID       `json:"receipt,omitzero"` // by which it goes, or
	Ground   journal.ID       `json:"ground,omitzero"`  // the ground
}

// Out is one referral as its sender sees it.
type Out struct {
	Drafted
	Status      Status
	By          journal.ID // who drafted it
	At          time.Time
	SenderRisk  *Risk
	Expires     time.Time
	OfferedAt   time.Time
	Answer      *Answered
	Handed      *Handed
	HandedAt    time.Time
	ReceiptedAt time.Time
	Reports     []Reported
	Ended       *Withdrawn
	Recalls     []Recall
	Refusals    []Refused

	Number      int                // of the latest amendment or supplement
	Changes     []Change           // amendments, oldest first
	Plan        []journal.Category // what is to be handed over; empty: all that is covered
	Met         string             // what comes of the other office's conditions
	Supplements []Supplement

	rests     []journal.ID // receipts and grounds of the offer as it stands
	amendment journal.ID   // the message of the latest amendment
}

// Recall is one demand to erase, and its answer.
type Recall struct {
	Entry      journal.ID // the withdrawal that brought it about
	Receipt    journal.ID // zero when the whole referral was withdrawn
	Categories []journal.Category
	At         time.Time
	Answered   time.Time // zero while the other side has not confirmed
	Held       []Held
}

// State is all referrals of one person, oldest first.
type State struct {
	Out []Out

	receipts []shared
}

// shared is a consent to share with another office, as far as referrals depend on it.
type shared struct {
	id, recipient journal.ID
	categories    []journal.Category
	ended         bool
}

// Find gives a referral by id.
func (s State) Find(id journal.ID) (Out, bool) {
	i := slices.IndexFunc(s.Out, func(o Out) bool { return o.Referral == id })
	if i < 0 {
		return Out{}, false
	}
	return s.Out[i], true
}

// Outstanding lists the categories handed over under a receipt that the other side still holds.
func (o Out) Outstanding(receipt journal.ID) []journal.Category {
	return o.outstanding(func(c Covered) bool { return c.Receipt == receipt })
}

func (o Out) outstanding(which func(Covered) bool) []journal.Category {
	if o.Handed == nil {
		return nil
	}
	gone := map[journal.Category]bool{}
	for _, r := range o.Recalls {
		for _, c := range r.Categories {
			gone[c] = true
		}
	}
	cover := o.Handed.Cover
	for _, x := range o.Supplements {
		cover = slices.Concat(cover, x.Cover)
	}
	var out []journal.Category
	for _, c := range cover { // under whichever consent it went: any that ends takes the category back
		if which(c) && !gone[c.Category] && !slices.Contains(out, c.Category) {
			out = append(out, c.Category)
		}
	}
	return out
}

// Fold gives the referrals of a person's entries; those of other rooms are passed over.
func Fold(entries []journal.Entry) (State, error) {
	var s State
	for _, e := range entries {
		if err := s.apply(e); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

// on decodes a payload and applies it to the referral that it names; one that is not there is passed over.
func on[T any](s *State, e journal.Entry, id func(T) journal.ID, f func(*Out, T)) error {
	p, err := journal.In[T](e)
	if err != nil {
		return err
	}
	for i := range s.Out {
		if s.Out[i].Referral == id(p) {
			f(&s.Out[i], p)
		}
	}
	return nil
}

func (s *State) apply(e journal.Entry) error {
	switch e.Type {
	case "referral.drafted":
		p, err := journal.In[Drafted](e)
		if err == nil {
			s.Out = append(s.Out, Out{Drafted: p, Status: Draft, By: e.Actor, At: e.OccurredAt})
		}
		return err
	case "referral.risk_assessed":
		return on(s, e, func(p Assessed) journal.ID { return p.Referral }, func(o *Out, p Assessed) {
			o.SenderRisk = &p.Risk
			if o.Status == Draft {
				o.Status = RiskOK
			}
		})
	case "referral.offered":
		return on(s, e, func(p Sent) journal.ID { return p.Referral }, func(o *Out, p Sent) {
			o.Status, o.Expires, o.OfferedAt = Offered, p.Expires, e.OccurredAt
			o.rests = slices.Concat(p.Receipts, p.Grounds)
		})
	case "referral.amended":
		return on(s, e, func(p Amended) journal.ID { return p.Referral }, func(o *Out, p Amended) { o.amend(e, p) })
	case "referral.answered":
		return on(s, e, func(p Answered) journal.ID { return p.Referral }, func(o *Out, p Answered) {
			if p.Amendment != o.Number { // to what was asked before: it answers nothing now
				return
			}
			o.Answer = &p
			if o.Status == Offered {
				o.Status = Declined
				if p.Accepted {
					o.Status = Accepted
				}
			}
		})
	case "referral.handed_over":
		return on(s, e, func(p Handed) journal.ID { return p.Referral }, func(o *Out, p Handed) {
			o.Handed, o.HandedAt, o.Status = &p, e.OccurredAt, HandedOver
		})
	}
	return s.applyLater(e)
}

// receipted notes that a hand-over, or a supplement to it, arrived.
func (o *Out) receipted(p Receipted) {
	for i := range o.Supplements {
		if o.Supplements[i].message == p.Sent {
			o.Supplements[i].ReceiptedAt = p.At
			return
		}
	}
	o.ReceiptedAt = p.At
}

func (s *State) applyLater(e journal.Entry) error {
	switch e.Type {
	case "referral.supplemented":
		return on(s, e, func(p Supplied) journal.ID { return p.Referral }, func(o *Out, p Supplied) { o.supplement(e, p) })
	case "referral.receipted":
		return on(s, e, func(p Receipted) journal.ID { return p.Referral }, func(o *Out, p Receipted) { o.receipted(p) })
	case "referral.feedback":
		return on(s, e, func(p Reported) journal.ID { return p.Referral }, func(o *Out, p Reported) {
			o.Reports = append(o.Reports, p)
			if o.Status.Holding() && o.Status != Closed {
				o.Status = p.Status
			}
		})
	case "referral.withdrawn":
		return on(s, e, func(p Withdrawn) journal.ID { return p.Referral }, func(o *Out, p Withdrawn) { o.withdraw(e, p) })
	case "consent.given":
		return in(e, func(p consent.Given) {
			if p.Purpose == consent.Referral {
				s.receipts = append(s.receipts, shared{id: p.Receipt, recipient: p.Recipient, categories: p.Categories})
			}
		})
	case "consent.withdrawn":
		return in(e, func(p consent.Ended) { s.endConsent(e, p.Receipt) })
	case "referral.erasure_confirmed":
		return on(s, e, func(p Confirmed) journal.ID { return p.Referral }, func(o *Out, p Confirmed) { o.confirm(p) })
	case "referral.refused":
		return on(s, e, func(p Refused) journal.ID { return p.Referral }, func(o *Out, p Refused) {
			o.refused(e.OccurredAt, p)
		})
	case "referral.expired":
		return on(s, e, func(p Marked) journal.ID { return p.Referral }, func(o *Out, _ Marked) {
			if o.Status == Offered {
				o.Status = Expired
			}
		})
	case "referral.closed":
		return on(s, e, func(p Marked) journal.ID { return p.Referral }, func(o *Out, _ Marked) { o.Status = Closed })
	}
	return nil
}

// withdraw ends a referral and asks for everything back that the other side holds.
func (o *Out) withdraw(e journal.Entry, p Withdrawn) {
	o.Ended, o.Status = &p, WithdrawnSender
	if p.Person {
		o.Status = WithdrawnPerson
	}
	if cats := o.outstanding(func(Covered) bool { return true }); len(cats) > 0 {
		o.Recalls = append(o.Recalls, Recall{Entry: e.ID, Categories: cats, At: e.OccurredAt})
	}
}

// endConsent is what a withdrawn consent does to every referral that rests on it (guard G7): what was
// handed over under it is recalled; a referral under way that nothing covers any more is withdrawn by the
// person. Nobody has to remember to do either.
func (s *State) endConsent(e journal.Entry, receipt journal.ID) {
	var ended shared
	for i := range s.receipts {
		if s.receipts[i].id == receipt {
			s.receipts[i].ended, ended = true, s.receipts[i]
		}
	}
	if ended.id.IsZero() {
		return
	}
	for i := range s.Out {
		o := &s.Out[i]
		if o.Recipient != ended.recipient {
			continue
		}
		if cats := o.Outstanding(receipt); len(cats) > 0 {
			o.Recalls = append(o.Recalls, Recall{Entry: e.ID, Receipt: receipt, Categories: cats, At: e.OccurredAt})
		}
		if o.Handed == nil && o.Status.Open() && !s.mayKnow(o.Recipient) {
			o.withdraw(e, Withdrawn{Referral: o.Referral, Person: true, Reason: "person_wish"})
		}
	}
}

// mayKnow says whether a consent that was not withdrawn lets an office know that the person exists.
func (s *State) mayKnow(recipient journal.ID) bool {
	return slices.ContainsFunc(s.receipts, func(r shared) bool {
		return !r.ended && r.recipient == recipient && slices.Contains(r.categories, journal.D0)
	})
}

// refused notes that the other office's software refused a message. A refused offer or hand-over left
// nothing there.
func (o *Out) refused(at time.Time, p Refused) {
	o.Refusals = append(o.Refusals, p)
	switch {
	case p.Message == MsgOffer && o.Status == Offered, p.Message == MsgAmend && o.Status == Offered && p.Sent == o.amendment && !p.Unsent:
		o.Status = Declined
	case p.Message == MsgSupplement && !p.Maybe:
		o.Supplements = slices.DeleteFunc(o.Supplements, func(x Supplement) bool { return x.message == p.Sent })
	case p.Message == MsgPackage && o.Status == HandedOver && !p.Maybe: // what may lie there stays to be asked back
		o.Status, o.Handed = Accepted, nil
	}
	if p.Message == MsgPackage && !p.Unsent {
		for i := range o.Recalls { // what was asked back never lay there
			if r := &o.Recalls[i]; r.Answered.IsZero() {
				r.Answered = at
				for _, c := range r.Categories {
					r.Held = append(r.Held, Held{Category: c, Erased: true})
				}
			}
		}
	}
}

// confirm marks every unanswered recall whose categories are all spoken of as answered.
func (o *Out) confirm(p Confirmed) {
	for i := range o.Recalls {
		r := &o.Recalls[i]
		if !r.Answered.IsZero() {
			continue
		}
		all := true
		for _, c := range r.Categories {
			all = all && slices.ContainsFunc(p.Held, func(h Held) bool { return h.Category == c })
		}
		if all {
			r.Answered, r.Held = p.At, p.Held
		}
	}
}
