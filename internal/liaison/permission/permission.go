// SPDX-License-Identifier: EUPL-1.2

// Package permission keeps what an office asks the owner of something that it received: to use it in court (handling code H1) or to
// pass it on (H2), and what the owner says to that.
//
// The question and its answer are a dossier of their own in both offices, under the same id. Who works on the thing asks; in the
// office that it came from those answer who sent it, by two people where it left by two. A permission holds for what was
// asked, on its conditions, until its day, and until it is taken back; each use of it is noted in it. The thing itself stays in
// its own room, which says what came of it, by Thing. Rules (gate.go) is what other rooms ask before they let a thing out. Messages follow in
// mail.go.
package permission

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types of the dossier kind "permission": of the office that asks, of the one that answers, and what only the post writes.
const (
	AskedType     = "permission.asked"
	RemindedType  = "permission.reminded"
	UsedType      = "permission.used"
	WithdrawnType = "permission.withdrawn" // in either office, what is its own: the question, or the answer

	AssignedType = "permission.assigned"
	ProposedType = "permission.proposed" // for a second person to send
	AnsweredType = "permission.answered"

	ReceivedType       = "permission.received"
	AskedAgainType     = "permission.asked_again"
	HeardType          = "permission.heard"
	WithdrawnThereType = "permission.withdrawn_there"
	ReturnedType       = "permission.returned" // it did not arrive
)

// What can be asked for.
const (
	Court  = "court"  // H1: to use it in court
	Onward = "onward" // H2: to pass it on
)

// Uses lists them.
func Uses() []string { return []string{Court, Onward} }

// Reasons lists what it is wanted for.
func Reasons() []string {
	return []string{"evidence", "court_measure", "proceedings_elsewhere", "protection", "other"}
}

// Conditions lists on what a permission can be given; what "other" is stands in the words.
func Conditions() []string {
	return []string{"named_only", "source_hidden", "names_hidden", "closed_session", "tell_before", "tell_after", "other"}
}

// Refusals lists why it is not given.
func Refusals() []string {
	return []string{"harms_proceedings", "protects_source", "protects_person", "not_ours", "law", "other"}
}

// Withdrawals lists why a question or a permission is taken back.
func Withdrawals() []string {
	return []string{"no_longer_needed", "circumstances", "conditions_broken", "mistake", "other"}
}

// maxWords bounds what people write, in bytes.
const maxWords = 4000

// Status is where a question stands.
type Status string

// The closed list.
const (
	Asked     Status = "asked"
	Returned  Status = "returned"
	Received  Status = "received"
	Proposed  Status = "proposed"
	Granted   Status = "granted"
	Refused   Status = "refused"
	Over      Status = "over" // its day has passed
	Withdrawn Status = "withdrawn"
)

// Statuses lists the closed list.
func Statuses() []Status {
	return []Status{Asked, Returned, Received, Proposed, Granted, Refused, Over, Withdrawn}
}

// Words are what people write of it. Whom is to whom it would be passed on.
type Words struct {
	Whom string `json:"whom,omitempty"`
	Text string `json:"text,omitempty"`
}

// Said are words as they lie sealed: with the account, or with what is suspected, as the thing that they speak of does.
type Said struct {
	Account *Words `json:"account,omitempty" part:"D3"`
	Suspect *Words `json:"suspect,omitempty" part:"D8"`
}

// say gives words for a thing of a category; nothing of none.
func say(w Words, cat journal.Category) (s Said) {
	switch {
	case w == Words{}:
	case cat == journal.D8:
		s.Suspect = &w
	default:
		s.Account = &w
	}
	return s
}

// Words gives what is said.
func (s Said) Words() Words {
	switch {
	case s.Account != nil:
		return *s.Account
	case s.Suspect != nil:
		return *s.Suspect
	}
	return Words{}
}

// Categories lists what they hold, with the codes beside them.
func (s Said) Categories() []journal.Category {
	out := []journal.Category{journal.D0}
	if s.Account != nil {
		out = append(out, journal.D3)
	}
	if s.Suspect != nil {
		out = append(out, journal.D8)
	}
	return out
}

// Question is what is asked, in both offices.
type Question struct {
	Of     journal.ID `json:"of" part:"D0"`              // the message that brought it
	Thing  journal.ID `json:"thing" part:"D0"`           // where that lies, in both offices
	For    string     `json:"for" part:"D0"`             // of Uses
	Office journal.ID `json:"office,omitzero" part:"D0"` // to which it would be passed on, where that is a partner
	Reason string     `json:"reason" part:"D0"`          // of Reasons
	Due    string     `json:"due" part:"D0"`             // the day by which an answer is wanted
	Said
}

// Answer is what the owner says.
type Answer struct {
	Granted    bool     `json:"granted" part:"D0"`
	Conditions []string `json:"conditions,omitempty" part:"D0"`
	Until      string   `json:"until,omitempty" part:"D0"`  // the last day on which it holds
	Reason     string   `json:"reason,omitempty" part:"D0"` // of Refusals
	Said
}

// Payloads of the entries.
type (
	// Ask is permission.asked. Hands are who works on the thing.
	Ask struct {
		To    journal.ID   `json:"to" part:"D0"`
		Kind  string       `json:"kind" part:"D0"` // of the thing
		Hands []journal.ID `json:"hands" part:"D0"`
		Question
	}
	// Came is permission.received. Hands are who sent the thing here, Two says that it took two of them.
	Came struct {
		From  journal.ID   `json:"from" part:"D0"`
		Kind  string       `json:"kind" part:"D0"`
		Hands []journal.ID `json:"hands,omitempty" part:"D0"`
		Two   bool         `json:"two,omitempty" part:"D0"`
		Question
	}
	// Proposal is permission.proposed.
	Proposal struct {
		Second journal.ID `json:"second" part:"D0"`
		Answer
	}
	// Assigned is permission.assigned.
	Assigned struct {
		Worker journal.ID `json:"worker" part:"D0"`
	}
	// Ended is permission.withdrawn and permission.withdrawn_there.
	Ended struct {
		Reason string     `json:"reason" part:"D0"`
		From   journal.ID `json:"from,omitzero" part:"D0"` // of one that is here before its question
	}
	// Used is permission.used: By is what was made of the thing.
	Used struct {
		For    string     `json:"for" part:"D0"`
		Office journal.ID `json:"office,omitzero" part:"D0"`
		By     journal.ID `json:"by,omitzero" part:"D0"`
	}
	// Back is permission.returned.
	Back struct {
		Reason string `json:"reason" part:"D0"`
	}
	// Told is permission.reminded and permission.asked_again.
	Told struct {
		Is bool `json:"is" part:"D0"`
	}
)

// State is one question with what came of it, in either office.
type State struct {
	ID         journal.ID
	From       journal.ID // the office that asks; zero where that is this one
	To         journal.ID // the owner's; zero where that is this one
	Kind       string
	Question   Question
	By         journal.ID // who asked, here
	At         time.Time
	Message    journal.ID   // by which it came
	Hands      []journal.ID // who works on the thing here, or sent it from here and answers
	Worker     journal.ID   // to whom it was given besides
	Two        bool
	Proposal   Proposal
	ProposedBy journal.ID
	Answer     *Answer
	AnsweredAt time.Time
	Used       int
	Ended      string // why
	EndedAt    time.Time
	EndedHere  bool
	Reminded   time.Time
	Reminders  int
	Back       string
	Missing    map[journal.Category]journal.Absence
}

// Exists says whether anything was recorded.
func (s State) Exists() bool { return !s.At.IsZero() || !s.EndedAt.IsZero() }

// Here says that this office asks.
func (s State) Here() bool { return s.From.IsZero() }

// Other gives the other office.
func (s State) Other() journal.ID {
	if s.Here() {
		return s.To
	}
	return s.From
}

// Open says that an answer is awaited.
func (s State) Open() bool { return s.Answer == nil && s.Ended == "" && s.Back == "" && s.Exists() }

// Status gives where it stands at a time.
func (s State) Status(now time.Time) Status {
	switch {
	case s.Ended != "":
		return Withdrawn
	case s.Answer != nil && !s.Answer.Granted:
		return Refused
	case s.Answer != nil && !now.IsZero() && s.Answer.Until != "" && !now.Before(conversation.EndOf(s.Answer.Until)):
		return Over
	case s.Answer != nil:
		return Granted
	case s.Back != "":
		return Returned
	case s.Here():
		return Asked
	case !s.ProposedBy.IsZero():
		return Proposed
	}
	return Received
}

// Holds says whether it permits a use of a message now; of passing on, to an office.
func (s State) Holds(now time.Time, message journal.ID, use string, office journal.ID) bool {
	return s.Here() && s.Status(now) == Granted && s.Question.Of == message && s.Question.For == use && (use != Onward || s.Question.Office == office)
}

// Answers says whether somebody answers for this office.
func (s State) Answers(who journal.ID) bool {
	return !s.Here() && (slices.Contains(s.Hands, who) || s.Worker == who)
}

// Waits says where it waits for somebody: here, in the other office, or nowhere ("").
func (s State) Waits() string {
	switch {
	case !s.Open():
		return ""
	case s.Here():
		return conversation.There
	}
	return conversation.Here
}

// Fold gives the state of entries in rising revision. Of what a reader may not see, the words are empty.
func Fold(es []journal.Entry) (State, error) {
	s := State{Missing: journal.Missing(es)}
	for _, e := range es {
		s.ID = e.Dossier
		if err := s.apply(e); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func (s *State) apply(e journal.Entry) error {
	switch e.Type {
	case AskedType:
		return in(e, func(v Ask) {
			s.To, s.Kind, s.Question, s.Hands, s.By, s.At = v.To, v.Kind, v.Question, v.Hands, e.Actor, e.OccurredAt
		})
	case ReceivedType:
		return in(e, func(v Came) {
			s.From, s.Kind, s.Question, s.Hands, s.Two, s.At, s.Message = v.From, v.Kind, v.Question, v.Hands, v.Two, e.OccurredAt, e.ID
		})
	case AssignedType:
		return in(e, func(v Assigned) { s.Worker = v.Worker })
	case ProposedType:
		return in(e, func(v Proposal) { s.Proposal, s.ProposedBy = v, e.Actor })
	case AnsweredType, HeardType:
		return in(e, func(v Answer) { s.Answer, s.AnsweredAt = &v, e.OccurredAt })
	case UsedType:
		s.Used++
	case RemindedType, AskedAgainType:
		s.Reminded, s.Reminders = e.OccurredAt, s.Reminders+1
	case WithdrawnType, WithdrawnThereType:
		return in(e, func(v Ended) {
			if s.Ended, s.EndedAt, s.EndedHere = v.Reason, e.OccurredAt, e.Type == WithdrawnType; !v.From.IsZero() {
				s.From = v.From
			}
		})
	case ReturnedType:
		return in(e, func(v Back) { s.Back = v.Reason })
	}
	return nil
}

// in reads an entry's payload.
func in[T any](e journal.Entry, use func(T)) error {
	v, err := journal.In[T](e)
	if err == nil {
		use(v)
	}
	return err
}

// Summary is what a list shows of a question. Of a permission with a last day, Status does not know that it has passed.
type Summary struct {
	Status     Status     `json:"status" part:"D0"`
	Here       bool       `json:"here" part:"D0"`
	Other      journal.ID `json:"other" part:"D0"`
	Kind       string     `json:"kind" part:"D0"`
	For        string     `json:"for" part:"D0"`
	Of         journal.ID `json:"of" part:"D0"`
	Office     journal.ID `json:"office,omitzero" part:"D0"`
	Conditions []string   `json:"conditions,omitempty" part:"D0"`
	Until      string     `json:"until,omitempty" part:"D0"`
	Waits      string     `json:"waits,omitempty" part:"D0"`
	Reminders  int        `json:"reminders,omitempty" part:"D0"`
}

// At gives where it stands at a time.
func (v Summary) At(now time.Time) Status {
	if v.Status == Granted && v.Until != "" && !now.Before(conversation.EndOf(v.Until)) {
		return Over
	}
	return v.Status
}

// Kind gives the dossier kind "permission".
func Kind(r Rules) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindPermission, Base: journal.D0, Codes: []string{conversation.SideCode, "thing", conversation.WaitsCode},
		Types: []store.Type{
			{Name: AskedType, Payload: Ask{}}, {Name: RemindedType, Payload: Told{}}, {Name: UsedType, Payload: Used{}}, {Name: WithdrawnType, Payload: Ended{}},
			{Name: AssignedType, Payload: Assigned{}}, {Name: ProposedType, Payload: Proposal{}}, {Name: AnsweredType, Payload: Answer{}},
			{Name: ReceivedType, Payload: Came{}}, {Name: AskedAgainType, Payload: Told{}}, {Name: HeardType, Payload: Answer{}}, {Name: WithdrawnThereType, Payload: Ended{}}, {Name: ReturnedType, Payload: Back{}},
		},
		Fold:    Fold,
		Guard:   r.guard,
		Derive:  derive,
		Effects: r.effects,
	})
}

func derive(s State) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	v := Summary{Status: s.Status(time.Time{}), Here: s.Here(), Other: s.Other(), Kind: s.Kind, For: s.Question.For, Of: s.Question.Of, Office: s.Question.Office, Waits: s.Waits(), Reminders: s.Reminders}
	if s.Answer != nil {
		v.Conditions, v.Until = s.Answer.Conditions, s.Answer.Until
	}
	d := store.Derived{State: string(v.Status), Codes: map[string][]string{conversation.SideCode: {conversation.Side(s.Here())}}, Summary: v,
		Standing: conversation.Handled(append([]journal.ID{s.By, s.Worker, s.Proposal.Second}, s.Hands...)...)}
	if !s.Question.Thing.IsZero() {
		d.Codes["thing"] = []string{s.Question.Thing.String()}
	}
	if v.Waits != "" {
		d.Codes[conversation.WaitsCode], d.Due = []string{v.Waits}, conversation.EndOf(s.Question.Due)
	}
	return d
}
