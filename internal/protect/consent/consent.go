// SPDX-License-Identifier: EUPL-1.2

// Package consent holds what a person agreed to, and the legal grounds on which something may leave
// without that.
//
// A consent is a receipt: for one purpose and one recipient, over named data categories, read out in a
// language, with a witness or a guardian, until a date. Nothing about a person leaves an office that no
// live receipt or recorded ground covers (guard G6); Covers is what the referral room asks, on both
// sides of a border. Withdrawing ends a receipt at once (G7); who holds something under it is told by
// the referral room.
//
// A ground other than consent (a legal duty, a court order, danger to life or to a child) is proposed by
// one person and confirmed by another, with its article and the minimum of categories, and says whether
// the person was told.
package consent

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Purpose is what a person agrees to; the closed list of DOMAIN.
type Purpose string

const (
	Assistance     Purpose = "assistance"
	Referral       Purpose = "referral"
	Identification Purpose = "identification"
	Investigation  Purpose = "investigation"
	Statistics     Purpose = "statistics"
	Search         Purpose = "search" // search for my other file
	Found          Purpose = "found"  // being found by other assistance offices that know the person too
	Named          Purpose = "named"  // being named publicly
)

// Purposes lists them in the order of the form.
func Purposes() []Purpose {
	return []Purpose{Assistance, Referral, Identification, Investigation, Statistics, Search, Found, Named}
}

// Giver is who gave it.
type Giver string

const (
	ByPerson   Giver = "person"
	ByGuardian Giver = "guardian"
)

// Interpreting is how the text reached the person.
type Interpreting string

const (
	OwnLanguage Interpreting = "own_language" // read in a language that she speaks well
	Interpreter Interpreting = "interpreter"
	NoOne       Interpreting = "none"
)

// Given is the payload of consent.given.
type Given struct {
	Receipt      journal.ID         `json:"receipt" part:"D0"`
	Purpose      Purpose            `json:"for" part:"D0"`
	Recipient    journal.ID         `json:"recipient,omitzero" part:"D0"` // another office; zero: this one
	Categories   []journal.Category `json:"categories" part:"D0"`
	Language     string             `json:"language" part:"D0"` // BCP 47: what it was read in
	Interpreting Interpreting       `json:"interpreting" part:"D0"`
	By           Giver              `json:"by" part:"D0"`
	Guardian     string             `json:"guardian,omitempty" part:"D2"`
	ChildView    string             `json:"child_view,omitempty" part:"D3"`
	Witness      string             `json:"witness,omitempty" part:"D2"`
	Expires      time.Time          `json:"expires" part:"D0"`
	Wish         string             `json:"wish,omitempty" part:"D3"` // in her own words, as far as she wants them kept
}

// Ended is the payload of consent.withdrawn, consent.suspended and consent.resumed.
type Ended struct {
	Receipt journal.ID `json:"receipt" part:"D0"`
	By      Giver      `json:"by" part:"D0"`
	Words   string     `json:"words,omitempty" part:"D3"`
}

// GroundKind is a reason other than consent.
type GroundKind string

const (
	LegalDuty     GroundKind = "legal_duty"
	CourtOrder    GroundKind = "court_order"
	DangerToLife  GroundKind = "danger_to_life"
	DangerToChild GroundKind = "danger_to_child"
)

// Ground is the payload of consent.ground_proposed.
type Ground struct {
	Ground     journal.ID         `json:"ground" part:"D0"`
	Kind       GroundKind         `json:"kind" part:"D0"`
	Article    string             `json:"article" part:"D6"`
	Recipient  journal.ID         `json:"recipient" part:"D0"`
	Categories []journal.Category `json:"categories" part:"D0"` // the minimum
	Why        string             `json:"why" part:"D3"`
	Told       bool               `json:"told" part:"D0"` // the person was told
	WhyNotTold string             `json:"why_not_told,omitempty" part:"D3"`
	Until      time.Time          `json:"until" part:"D0"`
}

// GroundConfirmed is the payload of consent.ground_confirmed, by a second person.
type GroundConfirmed struct {
	Ground journal.ID `json:"ground" part:"D0"`
}

// Status of a receipt.
type Status string

const (
	Live      Status = "given"
	Suspended Status = "suspended"
	Withdrawn Status = "withdrawn"
	Expired   Status = "expired"
)

// Receipt is one consent as it stands.
type Receipt struct {
	Given
	GivenAt   time.Time
	TakenBy   journal.ID // the worker
	Revision  int64      // of the entry that gave it
	Suspended bool
	EndedAt   time.Time // when withdrawn
}

// Status says how it stands at a time.
func (r Receipt) Status(now time.Time) Status {
	switch {
	case !r.EndedAt.IsZero():
		return Withdrawn
	case r.Suspended:
		return Suspended
	case !now.Before(r.Expires):
		return Expired
	}
	return Live
}

// Standing is a legal ground as it stands.
type Standing struct {
	Ground
	ProposedBy, ConfirmedBy journal.ID
	At                      time.Time
}

// Live says whether two people stand behind it and its time has not passed.
func (s Standing) Live(now time.Time) bool {
	return !s.ConfirmedBy.IsZero() && now.Before(s.Until)
}

// State is all receipts and grounds of one person, oldest first.
type State struct {
	Receipts []Receipt
	Grounds  []Standing
}

// Receipt finds one by id.
func (s State) Receipt(id journal.ID) (Receipt, bool) {
	i := slices.IndexFunc(s.Receipts, func(r Receipt) bool { return r.Receipt == id })
	if i < 0 {
		return Receipt{}, false
	}
	return s.Receipts[i], true
}

// Cover is what a transfer rests on.
type Cover struct {
	Receipts  []journal.ID
	Grounds   []journal.ID
	Uncovered []journal.Category
}

// Covers says which of the categories may go to a recipient for a purpose at a time, and by what. D5
// (where a shelter is) is never covered.
func (s State) Covers(now time.Time, recipient journal.ID, p Purpose, cats []journal.Category) Cover {
	var c Cover
	for _, cat := range cats {
		if cat == journal.D5 || !s.cover(now, recipient, p, cat, &c) {
			c.Uncovered = append(c.Uncovered, cat)
		}
	}
	return c
}

func (s State) cover(now time.Time, recipient journal.ID, p Purpose, cat journal.Category, c *Cover) bool {
	for _, r := range s.Receipts {
		if r.Status(now) == Live && r.Recipient == recipient && r.Purpose == p && slices.Contains(r.Categories, cat) {
			if !slices.Contains(c.Receipts, r.Receipt) {
				c.Receipts = append(c.Receipts, r.Receipt)
			}
			return true
		}
	}
	for _, g := range s.Grounds {
		if g.Live(now) && g.Recipient == recipient && slices.Contains(g.Categories, cat) {
			if !slices.Contains(c.Grounds, g.Ground.Ground) {
				c.Grounds = append(c.Grounds, g.Ground.Ground)
			}
			return true
		}
	}
	return false
}

// InDanger gives what of a state rests on danger to life or to a child: all on which the identity of a child may leave
// before a guardian is appointed (G5). A law's duty or a court's order waits until somebody speaks for the child.
func (s State) InDanger() State {
	return State{Grounds: slices.DeleteFunc(slices.Clone(s.Grounds), func(g Standing) bool {
		return g.Kind != DangerToLife && g.Kind != DangerToChild
	})}
}

// Compares gives the latest time until which the person agreed that her identity is compared with other offices', as somebody
// who may be found (found) or who may be asked about; zero when she did not. What is suspended or withdrawn does not count; what
// has expired is the caller's to see.
func (s State) Compares(found bool) time.Time {
	p := Search
	if found {
		p = Found
	}
	var until time.Time
	for _, r := range s.Receipts {
		if r.Purpose == p && r.EndedAt.IsZero() && !r.Suspended && r.Recipient.IsZero() && slices.Contains(r.Categories, journal.D2) && r.Expires.After(until) {
			until = r.Expires
		}
	}
	return until
}

// Since gives what of a state came after a time.
func (s State) Since(t time.Time) State {
	return State{Receipts: slices.DeleteFunc(slices.Clone(s.Receipts), func(r Receipt) bool { return !r.GivenAt.After(t) }),
		Grounds: slices.DeleteFunc(slices.Clone(s.Grounds), func(g Standing) bool { return !g.At.After(t) })}
}

// Fold gives the state of a person's entries; those of other rooms are passed over.
func Fold(entries []journal.Entry) (State, error) {
	var s State
	for _, e := range entries {
		if err := s.apply(e); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func (s *State) apply(e journal.Entry) error {
	switch e.Type {
	case "consent.given":
		g, err := journal.In[Given](e)
		if err != nil {
			return err
		}
		s.Receipts = append(s.Receipts, Receipt{Given: g, GivenAt: e.OccurredAt, TakenBy: e.Actor, Revision: e.Revision})
	case "consent.withdrawn", "consent.suspended", "consent.resumed":
		x, err := journal.In[Ended](e)
		if err != nil {
			return err
		}
		s.end(e, x)
	case "consent.ground_proposed":
		g, err := journal.In[Ground](e)
		if err != nil {
			return err
		}
		s.Grounds = append(s.Grounds, Standing{Ground: g, ProposedBy: e.Actor, At: e.OccurredAt})
	case "consent.ground_confirmed":
		g, err := journal.In[GroundConfirmed](e)
		if err != nil {
			return err
		}
		for i := range s.Grounds {
			if s.Grounds[i].Ground.Ground == g.Ground {
				s.Grounds[i].ConfirmedBy = e.Actor
			}
		}
	}
	return nil
}

// end folds a withdrawal, suspension or resumption. A withdrawal is final whatever came beside it: the
// cautious value.
func (s *State) end(e journal.Entry, x Ended) {
	for i := range s.Receipts {
		r := &s.Receipts[i]
		if r.Receipt != x.Receipt {
			continue
		}
		switch e.Type {
		case "consent.withdrawn":
			if r.EndedAt.IsZero() {
				r.EndedAt = e.OccurredAt
			}
		case "consent.suspended":
			r.Suspended = true
		case "consent.resumed":
			r.Suspended = false
		}
	}
}

// Longest is the longest time that a consent may run before it is asked for again.
const Longest = 2 * 366 * 24 * time.Hour

// Rest is how long after a screening consent to share with another office may first be asked: DOMAIN
// wants rest, an interpreter and a second conversation before it. The length is our choice, unverified.
const Rest = 12 * time.Hour

// Context is what the guard needs of the rest of the person's file.
type Context struct {
	Now          time.Time
	Actor        journal.ID
	LastScreened time.Time
	Child        bool // under 18 or in doubt
	Guardian     bool // a guardian is appointed
}

// Guard says whether an entry of this room may be appended now.
func Guard(s State, c Context, e journal.Entry) error {
	switch e.Type {
	case "consent.given":
		g, err := journal.In[Given](e)
		if err != nil {
			return err
		}
		return guardGiven(s, c, g)
	case "consent.withdrawn", "consent.suspended", "consent.resumed":
		x, err := journal.In[Ended](e)
		if err != nil {
			return err
		}
		return guardEnded(s, c, e.Type, x)
	case "consent.ground_proposed":
		g, err := journal.In[Ground](e)
		if err != nil {
			return err
		}
		return guardGround(s, c, g)
	case "consent.ground_confirmed":
		x, err := journal.In[GroundConfirmed](e)
		if err != nil {
			return err
		}
		return guardConfirmed(s, c, x)
	}
	return nil
}

func guardGiven(s State, c Context, g Given) error {
	var fs fault.Fields
	if g.Receipt.IsZero() {
		fs.Add("receipt", "consent.need.receipt")
	}
	if _, twice := s.Receipt(g.Receipt); twice {
		fs.Add("receipt", "consent.need.new_receipt")
	}
	if !slices.Contains(Purposes(), g.Purpose) {
		fs.Add("for", "consent.need.purpose")
	}
	if g.Purpose == Referral && g.Recipient.IsZero() {
		fs.Add("recipient", "consent.need.recipient")
	}
	if len(g.Categories) == 0 {
		fs.Add("categories", "consent.need.categories")
	}
	if g.Purpose == Found && !g.Recipient.IsZero() {
		fs.Add("recipient", "consent.need.no_recipient") // whoever knows her finds her, or nobody
	}
	for _, cat := range g.Categories {
		if cat == journal.D5 || cat == journal.D8 || !slices.Contains(journal.Categories()[:10], cat) {
			fs.Add("categories", "consent.need.shareable")
			break
		}
	}
	if g.Language == "" {
		fs.Add("language", "consent.need.language")
	}
	if g.Interpreting != OwnLanguage && g.Interpreting != Interpreter {
		fs.Add("interpreting", "consent.need.interpreting")
	}
	if !g.Expires.After(c.Now) || g.Expires.After(c.Now.Add(Longest)) {
		fs.Add("expires", "consent.need.expires")
	}
	if g.By != ByPerson && g.By != ByGuardian {
		fs.Add("by", "consent.need.by")
	}
	if err := fs.Err(); err != nil {
		return err
	}
	abroad := !g.Recipient.IsZero() || g.Purpose == Found
	if abroad && !c.LastScreened.IsZero() && c.Now.Before(c.LastScreened.Add(Rest)) {
		return fault.New(fault.Guarded, "consent.guard.rest", "After", c.LastScreened.Add(Rest))
	}
	if c.Child && abroad && (g.By != ByGuardian || !c.Guardian) {
		return fault.New(fault.Guarded, "consent.guard.guardian")
	}
	return nil
}

func guardEnded(s State, c Context, typ string, x Ended) error {
	r, ok := s.Receipt(x.Receipt)
	if !ok {
		return fault.Bad("receipt", "consent.need.known_receipt")
	}
	switch st := r.Status(c.Now); {
	case st == Withdrawn:
		return fault.New(fault.Guarded, "consent.guard.withdrawn")
	case typ == "consent.resumed" && st != Suspended:
		return fault.New(fault.Guarded, "consent.guard.not_suspended")
	}
	return nil
}

func guardGround(s State, c Context, g Ground) error {
	var fs fault.Fields
	if g.Ground.IsZero() || slices.ContainsFunc(s.Grounds, func(x Standing) bool { return x.Ground.Ground == g.Ground }) {
		fs.Add("ground", "consent.need.new_ground")
	}
	if !slices.Contains([]GroundKind{LegalDuty, CourtOrder, DangerToLife, DangerToChild}, g.Kind) {
		fs.Add("kind", "consent.need.kind")
	}
	if g.Article == "" {
		fs.Add("article", "consent.need.article")
	}
	if g.Recipient.IsZero() {
		fs.Add("recipient", "consent.need.recipient")
	}
	if len(g.Categories) == 0 || slices.Contains(g.Categories, journal.D5) {
		fs.Add("categories", "consent.need.minimum")
	}
	if !g.Told && g.WhyNotTold == "" {
		fs.Add("why_not_told", "consent.need.why_not_told")
	}
	if !g.Until.After(c.Now) {
		fs.Add("until", "consent.need.expires")
	}
	return fs.Err()
}

func guardConfirmed(s State, c Context, x GroundConfirmed) error {
	for _, g := range s.Grounds {
		if g.Ground.Ground != x.Ground {
			continue
		}
		if g.ProposedBy == c.Actor {
			return fault.New(fault.Guarded, "consent.guard.second_person")
		}
		return nil
	}
	return fault.Bad("ground", "consent.need.known_ground")
}
