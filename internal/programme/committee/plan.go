// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "plan".
const (
	OpenedType    = "plan.opened"
	ProposedType  = "plan.proposed"
	WithdrawnType = "plan.withdrawn"
	FrozenType    = "plan.frozen"
)

// Opened is the payload of plan.opened. Each replaces the one before.
type Opened struct {
	Year      int          `json:"year" part:"PP"`
	Title     wording.Text `json:"title" part:"PP"`
	Programme journal.ID   `json:"programme,omitzero" part:"PP"` // whose partner countries and priorities it goes by
}

// Proposed is the payload of plan.proposed.
type Proposed struct {
	Proposal Proposal `json:"proposal" part:"PI"`
}

// Withdrawn is the payload of plan.withdrawn: a proposal is taken out of the draft. Of a version it goes by a decision only.
type Withdrawn struct {
	Proposal journal.ID `json:"proposal" part:"PI"`
	Reason   string     `json:"reason" part:"PI"`
}

// Frozen is the payload of plan.frozen: a version. It holds what decisions give, computed again when it is written.
type Frozen struct {
	Number    int        `json:"number" part:"PP"`
	Session   journal.ID `json:"session" part:"PP"`
	Proposals []Proposal `json:"proposals" part:"PP"`
	Hash      string     `json:"hash" part:"PP"` // hex SHA-256 of Bytes
}

// State is where a plan stands.
type State string

// The closed list of states.
const (
	Draft    State = "draft"    // no version yet
	Approved State = "approved" // the draft is the last version
	Edited   State = "edited"   // the draft differs from it
)

// Version is a version of a plan, which never changes.
type Version struct {
	Frozen
	At time.Time
	By journal.ID
}

// Event is one line of a plan's or session's history.
type Event struct {
	Type, Text string
	At         time.Time
	By         journal.ID
}

// Plan is the state of a plan's dossier.
type Plan struct {
	ID        journal.ID
	Opened    Opened
	Proposals []Proposal // of the draft, in the order in which they were first proposed; none for readers of versions only
	Withdrawn []Withdrawn
	Earlier   []Proposal // what proposals of the draft said before they were written again, the oldest first
	Versions  []Version
	Hidden    bool // this reader sees versions only
	History   []Event
}

// Exists says whether anything was recorded.
func (p Plan) Exists() bool { return p.Opened.Year > 0 }

// Last gives the last version; its number is 0 when there is none.
func (p Plan) Last() Version {
	if len(p.Versions) == 0 {
		return Version{}
	}
	return p.Versions[len(p.Versions)-1]
}

// Version gives a version by its number.
func (p Plan) Version(n int) (Version, bool) {
	if n < 1 || n > len(p.Versions) {
		return Version{}, false
	}
	return p.Versions[n-1], true
}

// Holds says whether a frozen version holds a proposal in exact words, named by their mark.
func (p Plan) Holds(version int, proposal journal.ID, mark string) bool {
	v, ok := p.Version(version)
	if !ok {
		return false
	}
	x, ok := in(v.Proposals, proposal)
	return ok && x.Mark() == mark
}

// Said gives a proposal in the exact words that a mark names, whether or not the draft still says them.
func (p Plan) Said(id journal.ID, mark string) (Proposal, bool) {
	for _, list := range [][]Proposal{p.Proposals, p.Earlier} {
		for _, x := range list {
			if x.ID == id && x.Mark() == mark {
				return x, true
			}
		}
	}
	return Proposal{}, false
}

// Proposal gives a proposal of the draft.
func (p Plan) Proposal(id journal.ID) (Proposal, bool) { return in(p.Proposals, id) }

// Gone gives how a proposal was taken out of the draft, and whether it was.
func (p Plan) Gone(id journal.ID) (Withdrawn, bool) {
	at := slices.IndexFunc(p.Withdrawn, func(w Withdrawn) bool { return w.Proposal == id })
	if at < 0 {
		return Withdrawn{}, false
	}
	return p.Withdrawn[at], true
}

func in(list []Proposal, id journal.ID) (Proposal, bool) {
	at := slices.IndexFunc(list, func(x Proposal) bool { return x.ID == id })
	if at < 0 {
		return Proposal{}, false
	}
	return list[at], true
}

// Mark gives what a motion on a proposal is about now: the mark of its words, Removed when it was taken out, "" when the
// plan has no such proposal.
func (p Plan) Mark(id journal.ID) string {
	if x, ok := p.Proposal(id); ok {
		return x.Mark()
	}
	if _, gone := p.Gone(id); gone {
		return Removed
	}
	return ""
}

// Differs says whether the draft says something else of a proposal than the last version.
func (p Plan) Differs(id journal.ID) bool {
	was, before := in(p.Last().Proposals, id)
	now, after := p.Proposal(id)
	return before != after || before && was.Mark() != now.Mark()
}

// State gives where the plan stands.
func (p Plan) State() State {
	switch {
	case len(p.Versions) == 0:
		return Draft
	case !p.Hidden && len(p.Changes(p.Last().Proposals, p.Proposals)) > 0:
		return Edited
	}
	return Approved
}

// Next gives the content of the next version: of each proposal the draft's words where the last version has the same or
// where approved says that they were decided, else those of the last version. It is in the order of codes.
func (p Plan) Next(approved func(proposal journal.ID, mark string) bool) []Proposal {
	last := p.Last().Proposals
	var out []Proposal
	for _, x := range p.Proposals {
		was, before := in(last, x.ID)
		switch {
		case before && was.Mark() == x.Mark() || approved(x.ID, x.Mark()):
			out = append(out, x)
		case before:
			out = append(out, was)
		}
	}
	for _, x := range last {
		if _, still := p.Proposal(x.ID); !still && !approved(x.ID, Removed) {
			out = append(out, x)
		}
	}
	sortByCode(out)
	return out
}

// Bytes gives the canonical bytes of a version: what its hash is over, and what a reader can save and hash.
func Bytes(year, number int, content []Proposal) []byte {
	return canonical(struct {
		Year      int        `json:"year"`
		Version   int        `json:"version"`
		Proposals []Proposal `json:"proposals"`
	}{year, number, content})
}

// Hash gives the hash of a version's bytes, in hexadecimal.
func Hash(year, number int, content []Proposal) string {
	h := sha256.Sum256(Bytes(year, number, content))
	return hex.EncodeToString(h[:])
}

// PlanLine is what a list shows of a plan.
type PlanLine struct {
	Year      int          `json:"year" part:"PP"`
	Title     wording.Text `json:"title" part:"PP"`
	State     State        `json:"state" part:"PP"`
	Version   int          `json:"version,omitempty" part:"PP"` // the last one
	Hash      string       `json:"hash,omitempty" part:"PP"`
	Proposals int          `json:"proposals,omitempty" part:"PI"` // of the draft
}

func planKind() store.Kind {
	return store.Of(store.KindOf[Plan]{
		Name: access.KindPlan, Base: journal.PP, Codes: []string{"year", "state"},
		Types: []store.Type{{Name: OpenedType, Payload: Opened{}, Overlap: []string{"year", "title"}}, {Name: ProposedType, Payload: Proposed{}}, {Name: WithdrawnType, Payload: Withdrawn{}}, {Name: FrozenType, Payload: Frozen{}}},
		Fold:  FoldPlan, Guard: guardPlan,
		Derive: func(p Plan) store.Derived {
			if !p.Exists() {
				return store.Derived{}
			}
			s := p.State()
			return store.Derived{State: string(s), Codes: map[string][]string{"year": {strconv.Itoa(p.Opened.Year)}, "state": {string(s)}},
				Summary: PlanLine{p.Opened.Year, p.Opened.Title, s, len(p.Versions), p.Last().Hash, len(p.Proposals)}}
		},
	})
}

// FoldPlan gives the state of entries in rising revision. What a reader may not see of the draft is left out.
func FoldPlan(es []journal.Entry) (Plan, error) {
	var p Plan
	for _, e := range es {
		p.ID = e.Dossier
		text, err := p.apply(e)
		if err != nil {
			return Plan{}, err
		}
		p.History = append(p.History, Event{e.Type, text, e.OccurredAt, e.Actor})
	}
	return p, nil
}

func (p *Plan) apply(e journal.Entry) (text string, err error) {
	switch e.Type {
	case OpenedType:
		p.Opened, err = journal.In[Opened](e)
	case ProposedType:
		v, err := journal.In[Proposed](e)
		if p.Hidden = p.Hidden || !e.Has(journal.PI); err == nil && !p.Hidden {
			p.propose(v.Proposal)
		}
		return v.Proposal.Code, err
	case WithdrawnType:
		v, err := journal.In[Withdrawn](e)
		if x, ok := p.Proposal(v.Proposal); ok {
			text = x.Code + " · " + v.Reason
			p.Earlier = append(slices.Clone(p.Earlier), x)
			p.Proposals = slices.DeleteFunc(slices.Clone(p.Proposals), func(x Proposal) bool { return x.ID == v.Proposal })
			p.Withdrawn = append(slices.Clone(p.Withdrawn), v)
		}
		return text, err
	case FrozenType:
		v, err := journal.In[Frozen](e)
		p.Versions = append(slices.Clone(p.Versions), Version{v, e.OccurredAt, e.Actor})
		return strconv.Itoa(v.Number), err
	}
	return text, err
}

func (p *Plan) propose(x Proposal) {
	p.Withdrawn = slices.DeleteFunc(slices.Clone(p.Withdrawn), func(w Withdrawn) bool { return w.Proposal == x.ID })
	p.Proposals = slices.Clone(p.Proposals)
	at := slices.IndexFunc(p.Proposals, func(y Proposal) bool { return y.ID == x.ID })
	if at < 0 {
		p.Proposals = append(p.Proposals, x)
		return
	}
	p.Earlier = append(slices.Clone(p.Earlier), p.Proposals[at])
	p.Proposals[at] = x
}

func guardPlan(g *store.Guarding, p Plan, e journal.Entry) error {
	if e.Type != OpenedType && !p.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case OpenedType:
		var v Opened
		v, err = journal.In[Opened](e)
		v.check(&fs, g)
	case ProposedType:
		var v Proposed
		v, err = journal.In[Proposed](e)
		p.checkProposed(&fs, v.Proposal)
	case WithdrawnType:
		var v Withdrawn
		v, err = journal.In[Withdrawn](e)
		if _, ok := p.Proposal(v.Proposal); !ok {
			fs.Add("proposal", "committee.want.proposal")
		}
		reason(&fs, v.Reason)
	case FrozenType:
		var v Frozen
		if v, err = journal.In[Frozen](e); err == nil {
			return p.checkFrozen(g, v)
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

func (v Opened) check(fs *fault.Fields, g *store.Guarding) {
	if v.Year < 2000 || v.Year > 2100 {
		fs.Add("year", "committee.want.year")
	}
	v.Title.Check(fs, "title", true, MaxTitle)
	if !v.Programme.IsZero() {
		if _, err := g.Other(access.KindProgramme, v.Programme); err != nil {
			fs.Add("programme", "programme.need.choice")
		}
	}
}

func (p Plan) checkProposed(fs *fault.Fields, x Proposal) {
	x.check(fs)
	if _, known := p.Proposal(x.ID); !known && len(p.Proposals) >= maxProposals {
		fs.Add("proposal", "committee.want.fewer", "Max", maxProposals)
	}
	if slices.ContainsFunc(p.Proposals, func(y Proposal) bool { return y.ID != x.ID && y.Code == x.Code }) {
		fs.Add("code", "committee.want.other_code")
	}
}

// checkFrozen: a version is what decisions give, and differs from the one before.
func (p Plan) checkFrozen(g *store.Guarding, v Frozen) error {
	approved, open, err := decisions(g, p.ID)
	if err != nil {
		return err
	}
	if _, err := session(g, v.Session); err != nil {
		return fault.Bad("session", "committee.want.session")
	}
	if open > 0 {
		return fault.New(fault.Guarded, "committee.guard.open", "N", open)
	}
	next := p.Next(approved)
	if len(p.Changes(p.Last().Proposals, next)) == 0 {
		return fault.New(fault.Guarded, "committee.guard.nothing")
	}
	n := len(p.Versions) + 1
	if v.Number != n || v.Hash != Hash(p.Opened.Year, n, next) || v.Hash != Hash(p.Opened.Year, v.Number, v.Proposals) {
		return fault.New(fault.Guarded, "committee.guard.content")
	}
	return nil
}

func reason(fs *fault.Fields, s string) {
	if s == "" || wording.Longer(s, maxReason) {
		fs.Add("reason", "committee.want.reason", "Max", maxReason)
	}
}
