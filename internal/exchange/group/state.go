// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Types of entries of the kind "group".
const (
	ProposedType  = "group.proposed"
	SentType      = "group.sent"
	SignedType    = "group.signed"
	DeclinedType  = "group.declined"
	WithdrawnType = "group.withdrawn"
	RecordedType  = "group.recorded"
	LeftType      = "group.left"
	PairedType    = "group.paired"
	ToldType      = "group.told"
	VouchedType   = "group.vouched"
	ReturnedType  = "group.returned"
)

// Payloads of them. An office that is zero is this one.
type (
	// Proposed is group.proposed: a change that somebody proposes, with the cards of everyone concerned and the legal text.
	Proposed struct {
		Change Change            `json:"change" part:"OF"`
		Cards  []json.RawMessage `json:"cards" part:"OF"`
		Text   []byte            `json:"text,omitempty" part:"OF"`
		By     journal.ID        `json:"by,omitzero" part:"OF"`
	}
	// Sent is group.sent: a second person lets a proposal of ours go to everyone concerned, and agrees to it for this office.
	// Without lists members with whom the office wants no terms of its own.
	Sent struct {
		Hash    string       `json:"hash" part:"OF"`
		Without []journal.ID `json:"without,omitempty" part:"OF"`
	}
	// Signed is group.signed: an office's signature over a proposal.
	Signed struct {
		Hash      string       `json:"hash" part:"OF"`
		Signature string       `json:"signature" part:"OF"`
		Office    journal.ID   `json:"office,omitzero" part:"OF"`
		Without   []journal.ID `json:"without,omitempty" part:"OF"`
	}
	// Declined is group.declined: an office will not sign, and why (one of terms.Reasons).
	Declined struct {
		Hash   string     `json:"hash" part:"OF"`
		Reason string     `json:"reason" part:"OF"`
		Office journal.ID `json:"office,omitzero" part:"OF"`
	}
	// Withdrawn is group.withdrawn, by whoever proposed.
	Withdrawn struct {
		Hash string     `json:"hash" part:"OF"`
		By   journal.ID `json:"by,omitzero" part:"OF"`
	}
	// Recorded is group.recorded: signed facts that are new here.
	Recorded struct {
		Record Record     `json:"record" part:"OF"`
		From   journal.ID `json:"from,omitzero" part:"OF"`
	}
	// Gone is group.left: this office leaves.
	Gone struct {
		Left Left `json:"left" part:"OF"`
	}
	// Paired is group.paired: the office wants terms with a member after all, or none.
	Paired struct {
		Office journal.ID `json:"office" part:"OF"`
		With   bool       `json:"with,omitempty" part:"OF"`
	}
	// Told is group.told: how the terms of a member with each other one stand, as it says.
	Told struct {
		Pairs  []Pair     `json:"pairs" part:"OF"`
		Office journal.ID `json:"office,omitzero" part:"OF"`
	}
	// Vouched is group.vouched: a member's signature over its terms with another one, which that one takes as soon as it makes the same
	// terms, if it ever does.
	Vouched struct {
		Terms     journal.ID      `json:"terms" part:"OF"`
		With      journal.ID      `json:"with" part:"OF"`
		Hash      string          `json:"hash" part:"OF"`
		Signature string          `json:"signature" part:"OF"`
		Card      json.RawMessage `json:"card" part:"OF"`
		Office    journal.ID      `json:"office,omitzero" part:"OF"`
	}
	// Returned is group.returned: a message did not reach an office, and why.
	Returned struct {
		Message string     `json:"message" part:"OF"`
		Reason  string     `json:"reason" part:"OF"`
		Office  journal.ID `json:"office" part:"OF"`
	}
)

// Pair is how a member's terms with another one stand: one of terms.Statuses, or Missing.
type Pair struct {
	With   journal.ID `json:"with"`
	Status string     `json:"status"`
}

// Missing says that two members have no terms with each other.
const Missing = "missing"

// Statuses lists how a pair can stand.
func Statuses() []string { return append(terms.Statuses(), Missing) }

// Proposal is a change that is proposed, as it lies here.
type Proposal struct {
	Change     Change
	Hash       string
	Cards      []json.RawMessage
	By         journal.ID // the office that it came from; zero for this one
	Actor      journal.ID
	At         time.Time
	SentAt     time.Time             // of ours; zero before a second person sent it
	Signatures map[journal.ID]string // those that are here; this office's own under its id
	Declined   map[journal.ID]string
	Withdrawn  bool
}

// Row is what a member told of its pairs, and when.
type Row struct {
	Pairs []Pair
	At    time.Time
}

// State is a group as it stands in one office.
type State struct {
	ID        journal.ID
	Record    Record
	Proposals []Proposal
	Without   map[journal.ID]bool // members with whom this office wants no terms
	Rows      map[journal.ID]Row  // by member; zero is this office
	Vouched   []Vouched
	Returned  []Returned
	Last      time.Time

	texts map[string][]byte
	view  *View
}

// View gives what the record says.
func (s State) View() View {
	if s.view != nil {
		return *s.view
	}
	return s.Record.View()
}

// Rules gives the rules of now, or those that are proposed while nothing holds.
func (s State) Rules() Rules {
	if v := s.View(); v.Number > 0 {
		return v.Rules
	}
	if n := len(s.Proposals); n > 0 {
		return s.Proposals[n-1].Change.Rules
	}
	return Rules{}
}

// Text gives the legal text of a hash.
func (s State) Text(hash string) []byte { return s.texts[hash] }

// Find finds a proposal by its hash.
func (s State) Find(hash string) (Proposal, bool) {
	at := slices.IndexFunc(s.Proposals, func(p Proposal) bool { return p.Hash == hash })
	if at < 0 {
		return Proposal{}, false
	}
	return s.Proposals[at], true
}

// Open lists the proposals that can still come to hold: after the head, and not withdrawn.
func (s State) Open() []Proposal {
	v := s.View()
	var out []Proposal
	for _, p := range s.Proposals {
		if !p.Withdrawn && v.follows(p.Change, s.Record.Left) == nil {
			out = append(out, p)
		}
	}
	return out
}

// Fold gives the group of its entries.
func Fold(entries []journal.Entry) (State, error) {
	s := State{Without: map[journal.ID]bool{}, Rows: map[journal.ID]Row{}, texts: map[string][]byte{}}
	for _, e := range entries {
		s.ID, s.Last = e.Dossier, e.RecordedAt
		if err := s.apply(e); err != nil {
			return s, err
		}
	}
	v := s.Record.View()
	s.view = &v
	return s, nil
}

func (s *State) apply(e journal.Entry) error {
	switch e.Type {
	case ProposedType:
		return with(e, func(p Proposed) { s.propose(e, p) })
	case SentType:
		return with(e, func(p Sent) {
			s.change(p.Hash, func(x *Proposal) { x.SentAt = e.RecordedAt })
			s.leaveOut(p.Without)
		})
	case SignedType:
		return with(e, func(p Signed) {
			office := p.Office
			if office.IsZero() {
				office = e.Owner
				s.leaveOut(p.Without)
			}
			s.change(p.Hash, func(x *Proposal) { x.Signatures[office] = p.Signature })
		})
	case DeclinedType:
		return with(e, func(p Declined) { s.change(p.Hash, func(x *Proposal) { x.Declined[p.Office] = p.Reason }) })
	case WithdrawnType:
		return with(e, func(p Withdrawn) { s.change(p.Hash, func(x *Proposal) { x.Withdrawn = true }) })
	case RecordedType:
		return with(e, func(p Recorded) { s.record(p.Record) })
	case LeftType:
		return with(e, func(p Gone) { s.record(Record{Left: []Left{p.Left}}) })
	case PairedType:
		return with(e, func(p Paired) { s.Without[p.Office] = !p.With })
	case ToldType:
		return with(e, func(p Told) { s.Rows[p.Office] = Row{p.Pairs, e.OccurredAt} })
	case VouchedType:
		return with(e, func(p Vouched) { s.Vouched = append(s.Vouched, p) })
	case ReturnedType:
		return with(e, func(p Returned) { s.Returned = append(s.Returned, p) })
	}
	return nil
}

func with[T any](e journal.Entry, use func(T)) error {
	p, err := journal.In[T](e)
	if err == nil {
		use(p)
	}
	return err
}

func (s *State) propose(e journal.Entry, p Proposed) {
	if len(p.Text) > 0 {
		s.texts[p.Change.Rules.TextHash] = p.Text
	}
	if _, known := s.Find(p.Change.Hex()); !known {
		s.Proposals = append(s.Proposals, Proposal{Change: p.Change, Hash: p.Change.Hex(), Cards: p.Cards, By: p.By, Actor: e.Actor, At: e.RecordedAt, Signatures: map[journal.ID]string{}, Declined: map[journal.ID]string{}})
	}
}

func (s *State) change(hash string, do func(*Proposal)) {
	for i := range s.Proposals {
		if s.Proposals[i].Hash == hash {
			do(&s.Proposals[i])
		}
	}
}

func (s *State) leaveOut(offices []journal.ID) {
	for _, o := range offices {
		s.Without[o] = true
	}
}

func (s *State) record(r Record) {
	s.Record.Held = append(s.Record.Held, r.Held...)
	s.Record.Left = append(s.Record.Left, r.Left...)
	s.Record.Cards = append(s.Record.Cards, r.Cards...)
}

// cards gives every card that the group's facts and proposals name.
func (s State) cards() []json.RawMessage {
	out := slices.Clone(s.Record.Cards)
	for _, p := range s.Proposals {
		out = append(out, p.Cards...)
	}
	return out
}

// offices lists everybody who is, was or may become a member.
func (s State) offices() []journal.ID {
	all := map[journal.ID]bool{}
	for _, m := range s.View().Members {
		all[m.Office] = true
	}
	for _, p := range s.Open() {
		for _, x := range p.Change.Signers {
			all[x.Office] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b journal.ID) int { return slices.Compare(a[:], b[:]) })
}

// Name gives the name of an office by its card in the group's facts and proposals, the latest.
func (s State) Name(office journal.ID) (string, bool) {
	for _, raw := range slices.Backward(s.cards()) {
		var c card.Card
		if json.Unmarshal(raw, &c) == nil && c.Office == office {
			return c.Name, true
		}
	}
	return "", false
}

// vouched finds the signature of an office (zero is this one) over terms.
func (s State) vouched(office, terms journal.ID) (Vouched, bool) {
	at := slices.IndexFunc(s.Vouched, func(v Vouched) bool { return v.Office == office && v.Terms == terms })
	if at < 0 {
		return Vouched{}, false
	}
	return s.Vouched[at], true
}

// bound says what keeps an office from signing, or proposing, a change: it has signed or sent another one that may still come to hold,
// so that never two hold after the same one. Nobody holds up their own expulsion: what an office proposed binds nobody who expels it.
func (s State) bound(self journal.ID, c Change) (Proposal, bool) {
	for _, p := range s.Open() {
		own := p.Change.By == self && !p.SentAt.IsZero() || p.Signatures[self] != ""
		if !own || p.Hash == c.Hex() || c.Deed == Expel && c.Office == p.Change.By {
			continue
		}
		return p, true
	}
	return Proposal{}, false
}
