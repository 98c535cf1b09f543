// SPDX-License-Identifier: EUPL-1.2

// Package letter keeps plain letters between two offices: written, answered in a thread, given to a colleague, seen, taken back.
//
// Each letter is a dossier of its own in both offices, under the same id; letters of one thread share its id, which is the id
// of the first of them. The words lie sealed and are read by who wrote them here and by who has the letter; that a letter
// came, from whom and for when, is seen by those who give it to somebody. A letter that is taken back is erased where it
// came to, and that office confirms it. What is held about one person travels by its own rooms, not in letters. Messages
// follow in mail.go. A file that goes with a letter travels as a parcel of the post and lies sealed beside its words in both
// offices; both hold it against the same rules.
package letter

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types of the dossier kind "letter": of the office that writes, of the one that reads, and what only the post writes.
const (
	WrittenType   = "letter.written"
	RemindedType  = "letter.reminded"
	WithdrawnType = "letter.withdrawn"

	AssignedType = "letter.assigned"
	SeenType     = "letter.seen"
	AnsweredType = "letter.answered"
	ClosedType   = "letter.closed" // it needs no answer

	ReceivedType    = "letter.received"
	EnclosedType    = "letter.enclosed" // a file that goes or came with it
	RecalledType    = "letter.recalled"
	AskedAgainType  = "letter.asked_again"
	DeliveredType   = "letter.delivered"
	ReturnedType    = "letter.returned" // it did not arrive
	SeenThereType   = "letter.seen_there"
	RepliedType     = "letter.replied"
	ErasedThereType = "letter.erased_there"
)

// roomName names this room where only its own code writes: files.
const roomName = "letter"

// Status is where a letter stands.
type Status string

// The closed list.
const (
	Sent      Status = "sent"
	Delivered Status = "delivered"
	Returned  Status = "returned"
	Received  Status = "received"
	Seen      Status = "seen"
	Answered  Status = "answered"
	Closed    Status = "closed"
	Withdrawn Status = "withdrawn"
)

// Statuses lists the closed list.
func Statuses() []Status {
	return []Status{Sent, Delivered, Returned, Received, Seen, Answered, Closed, Withdrawn}
}

// Withdrawals lists why a letter is taken back.
func Withdrawals() []string { return []string{"mistake", "outdated", "wrong_office", "other"} }

// Limits of what people write, in bytes, and of what comes with a letter.
const (
	MaxSubject = 200
	MaxText    = 20000
	MaxFiles   = 10
	MaxName    = 200
)

// Words are what a letter says.
type Words struct {
	AnswerBy string `json:"answer_by,omitempty" part:"D0"` // a day, when an answer is asked for
	Subject  string `json:"subject,omitempty" part:"D3"`   // one line
	Text     string `json:"text,omitempty" part:"D3"`      // no markup
}

// Payloads of the entries.
type (
	// Letter is letter.written. Thread is the id of the first letter; Answers is the letter that it answers, zero for none. Files
	// counts what goes with it; Sealed is how the post has that.
	Letter struct {
		To      journal.ID `json:"to" part:"D0"`
		Thread  journal.ID `json:"thread" part:"D0"`
		Answers journal.ID `json:"answers,omitzero" part:"D0"`
		Passes  journal.ID `json:"passes,omitzero" part:"D0"` // the letter that came and is passed on by it
		Permit  journal.ID `json:"permit,omitzero" part:"D0"` // by which permission of its sender
		Files   int        `json:"files,omitempty" part:"D0"`
		Sealed  []Sealed   `json:"sealed,omitempty" part:"D3"`
		Words
	}
	// Came is letter.received. Worker is who had the letter that it answers; Sealed is how the post has the files that came with it,
	// to be passed on as they are.
	Came struct {
		From    journal.ID `json:"from" part:"D0"`
		Thread  journal.ID `json:"thread" part:"D0"`
		Answers journal.ID `json:"answers,omitzero" part:"D0"`
		Worker  journal.ID `json:"worker,omitzero" part:"D0"`
		Sealed  []Sealed   `json:"sealed,omitempty" part:"D3"`
		Words
	}
	// Enclosed is letter.enclosed; the bytes come with the entry.
	Enclosed struct {
		Size int    `json:"size" part:"D0"`
		Name string `json:"name" part:"D3"`
	}
	// Assigned is letter.assigned.
	Assigned struct {
		Worker journal.ID `json:"worker" part:"D0"`
	}
	// Answer is letter.answered and letter.replied: the letter that answers.
	Answer struct {
		By journal.ID `json:"by" part:"D0"`
	}
	// Ended is letter.withdrawn and letter.recalled.
	Ended struct {
		Reason string     `json:"reason" part:"D0"`
		From   journal.ID `json:"from,omitzero" part:"D0"`   // in a recall, which can be here before its letter
		Thread journal.ID `json:"thread,omitzero" part:"D0"` // likewise
	}
	// Back is letter.returned.
	Back struct {
		Reason string `json:"reason" part:"D0"`
	}
	// Told is letter.seen, letter.closed, letter.reminded, letter.asked_again, letter.delivered, letter.seen_there and
	// letter.erased_there: all that is known is that it happened, and when.
	Told struct {
		Is bool `json:"is" part:"D0"`
	}
)

// Sealed is a file as it goes with a letter: what it is called, and its parcel.
type Sealed struct {
	Name   string      `json:"name"`
	Parcel post.Parcel `json:"parcel"`
}

// File is one that goes or came with a letter. Its id is its entry's.
type File struct {
	ID   journal.ID
	Name string
	Size int
}

// State is a letter, in either office.
type State struct {
	ID        journal.ID
	Here      bool       // this office wrote it
	Other     journal.ID // the other office
	Thread    journal.ID
	Answers   journal.ID
	Passes    journal.ID
	Words     Words
	Files     []File
	sealed    []Sealed   // of the files that came, those that can go on as they are
	Enclosing int        // files that go with it from here
	By        journal.ID // who wrote it here
	Worker    journal.ID // who has it here
	At        time.Time  // written or received
	Message   journal.ID // by which it came or went
	Delivered time.Time
	SeenAt    time.Time
	Reply     journal.ID
	ReplyAt   time.Time
	ClosedAt  time.Time
	Reminded  time.Time // the last time
	Reminders int
	Ended     Ended
	EndedAt   time.Time
	Erased    time.Time // the other office confirmed it
	Back      string
	Missing   map[journal.Category]journal.Absence
}

// parcel gives how the post has a file that came, where it can go on as it is.
func (s State) parcel(file journal.ID) (post.Parcel, bool) {
	i := slices.IndexFunc(s.sealed, func(x Sealed) bool { return fileID(s.Message, x.Parcel.Hash) == file })
	if i < 0 {
		return post.Parcel{}, false
	}
	return s.sealed[i].Parcel, true
}

// fileID names the entry of a file that came with a message.
func fileID(message journal.ID, hash string) journal.ID {
	return conversation.ID("file", message.String(), hash)
}

// Exists says whether anything was recorded.
func (s State) Exists() bool { return !s.At.IsZero() || !s.EndedAt.IsZero() }

// Status gives where it stands.
func (s State) Status() Status {
	switch {
	case s.Ended.Reason != "":
		return Withdrawn
	case !s.Reply.IsZero():
		return Answered
	case !s.ClosedAt.IsZero():
		return Closed
	case s.Back != "":
		return Returned
	case !s.SeenAt.IsZero():
		return Seen
	case !s.Here:
		return Received
	case !s.Delivered.IsZero():
		return Delivered
	}
	return Sent
}

// Due gives the end of the day by which an answer is asked for; zero when none is.
func (w Words) Due() time.Time { return conversation.EndOf(w.AnswerBy) }

// Waits says where it waits for somebody: here, with the other office, or nowhere ("").
func (s State) Waits() string {
	switch st := s.Status(); {
	case st == Returned, !s.Here && (st == Received || st == Seen):
		return conversation.Here
	case s.Here && st == Withdrawn && s.Erased.IsZero() && s.Back == "": // until the other office confirms
		return conversation.There
	case s.Here && s.Words.AnswerBy != "" && (st == Sent || st == Delivered || st == Seen):
		return conversation.There
	}
	return ""
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
	var err error
	switch e.Type {
	case WrittenType:
		var v Letter
		v, err = journal.In[Letter](e)
		s.Here, s.Other, s.Thread, s.Answers, s.Words = true, v.To, v.Thread, v.Answers, v.Words
		s.Enclosing, s.Passes = v.Files, v.Passes
		s.By, s.Worker, s.At = e.Actor, e.Actor, e.OccurredAt
		s.Message = conversation.MessageID(e.ID, MsgSend, v.To)
	case ReceivedType:
		var v Came
		v, err = journal.In[Came](e)
		s.Other, s.Thread, s.Answers, s.Worker, s.Words, s.At = v.From, v.Thread, v.Answers, v.Worker, v.Words, e.OccurredAt
		s.Message, s.sealed = e.ID, v.Sealed
	case EnclosedType:
		var v Enclosed
		v, err = journal.In[Enclosed](e)
		s.Files = append(slices.Clone(s.Files), File{e.ID, v.Name, v.Size})
	case AssignedType:
		var v Assigned
		v, err = journal.In[Assigned](e)
		s.Worker = v.Worker
	case AnsweredType, RepliedType:
		var v Answer
		v, err = journal.In[Answer](e)
		s.Reply, s.ReplyAt = v.By, e.OccurredAt
	case WithdrawnType, RecalledType:
		s.Ended, err = journal.In[Ended](e)
		if s.EndedAt = e.OccurredAt; s.At.IsZero() {
			s.Other, s.Thread = s.Ended.From, s.Ended.Thread
		}
	case ReturnedType:
		var v Back
		v, err = journal.In[Back](e)
		s.Back = v.Reason
	default:
		s.told(e)
	}
	return err
}

// told notes what only happened.
func (s *State) told(e journal.Entry) {
	switch e.Type {
	case DeliveredType:
		s.Delivered = e.OccurredAt
	case SeenType, SeenThereType:
		s.SeenAt = e.OccurredAt
	case ClosedType:
		s.ClosedAt = e.OccurredAt
	case RemindedType, AskedAgainType:
		s.Reminded, s.Reminders = e.OccurredAt, s.Reminders+1
	case ErasedThereType:
		s.Erased = e.OccurredAt
	}
}

// Summary is what a list shows of a letter. Subject is shown to who has it only.
type Summary struct {
	Status    Status     `json:"status" part:"D0"`
	Here      bool       `json:"here" part:"D0"`
	Other     journal.ID `json:"other" part:"D0"`
	Waits     string     `json:"waits,omitempty" part:"D0"`
	Reminders int        `json:"reminders,omitempty" part:"D0"`
	Subject   string     `json:"subject,omitempty" part:"D3"`
}

// Covers says whether sharing terms in force let this office send another one categories in letters: nil, or an Uncovered
// fault.
type Covers func(g *store.Guarding, to journal.ID, cats []journal.Category) error

// Onward says whether a letter that came, by a message, may be passed on to an office by a permission, which may be zero: nil, or a
// fault that says what to do.
type Onward func(g *store.Guarding, letter, message, to, permit journal.ID) error

// Kind gives the dossier kind "letter".
func Kind(covers Covers, onward Onward) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindLetter, Base: journal.D0, Codes: []string{conversation.SideCode, "thread", conversation.WaitsCode},
		Types: []store.Type{
			{Name: WrittenType, Payload: Letter{}}, {Name: RemindedType, Payload: Told{}}, {Name: WithdrawnType, Payload: Ended{}},
			{Name: AssignedType, Payload: Assigned{}}, {Name: SeenType, Payload: Told{}}, {Name: AnsweredType, Payload: Answer{}}, {Name: ClosedType, Payload: Told{}},
			{Name: ReceivedType, Payload: Came{}}, {Name: EnclosedType, Payload: Enclosed{}, Blob: true, Room: roomName}, {Name: RecalledType, Payload: Ended{}}, {Name: AskedAgainType, Payload: Told{}},
			{Name: DeliveredType, Payload: Told{}}, {Name: ReturnedType, Payload: Back{}}, {Name: SeenThereType, Payload: Told{}}, {Name: RepliedType, Payload: Answer{}}, {Name: ErasedThereType, Payload: Told{}},
		},
		Fold:    Fold,
		Guard:   func(g *store.Guarding, s State, e journal.Entry) error { return guard(g, s, e, covers, onward) },
		Derive:  derive,
		Effects: effects,
	})
}

func derive(s State) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	waits := s.Waits()
	d := store.Derived{State: string(s.Status()), Assignee: s.Worker, Codes: map[string][]string{conversation.SideCode: {conversation.Side(s.Here)}}, Standing: conversation.Handled(s.Worker)}
	if !s.Thread.IsZero() {
		d.Codes["thread"] = []string{s.Thread.String()}
	}
	if waits != "" {
		d.Codes[conversation.WaitsCode], d.Due = []string{waits}, s.Words.Due()
	}
	if s.Here { // who wrote a letter goes on reading it after another has it
		d.Standing = conversation.Handled(s.Worker, s.By)
	}
	d.Summary = Summary{Status: s.Status(), Here: s.Here, Other: s.Other, Waits: waits, Reminders: s.Reminders, Subject: s.Words.Subject}
	return d
}
