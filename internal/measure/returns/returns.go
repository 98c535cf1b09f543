// SPDX-License-Identifier: EUPL-1.2

// Package returns keeps statutory returns: the exact tables of a year that a body asks an office for by law, in the shape in
// which it asks (package outlet), sealed and never published.
//
// One person prepares a return, and the office's own records are counted at that moment; another one who has read the numbers
// approves them, and with that they leave: as a sealed message to an office whose sharing terms grant the purpose, or as a file
// sealed to the key of a body that has none. Who corrects a return sends the tables anew; they take the place of those before,
// in both offices. Whoever received it says so, and may say what is wrong.
//
// A return costs nothing of what releases may still tell, and later releases take no account of it: nobody but the body sees it,
// and what is promised to people is about what everybody may see. That rests on the body's keeping it to itself. It is in the
// office's own list of what left, and in no public one.
package returns

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types of the dossier kind "return": those of the office that counts, and those of the one that receives.
const (
	PreparedType = "return.prepared" // counted, for another person to read
	RejectedType = "return.rejected" // by that person, or taken back
	ApprovedType = "return.approved" // and with that sent
	HandedType   = "return.handed"   // by hand, to a body without an office
	NotedType    = "return.noted"    // the body says that it has it

	ArrivedType   = "return.arrived"
	ConfirmedType = "return.confirmed" // to the office that sent it
)

// Types of the messages. Both are of the category D9.
const (
	MsgSend     = "return.send"
	MsgReceived = "return.received"
)

// MessageTypes lists them.
func MessageTypes() []string { return []string{MsgSend, MsgReceived} }

// Purpose is what sharing terms must grant.
const Purpose = "statutory_return"

// Room is the only writer of what a count or a message brings about.
const Room = "return"

// jobName is the background principal that counts and takes in.
const jobName = "statistics"

// Shapes lists in which shapes bodies ask.
func Shapes() []outlet.Form { return []outlet.Form{outlet.UNODC, outlet.GRETA, outlet.Eurostat} }

// Asked is what is asked for, and by whom.
type Asked struct {
	Shape outlet.Form `json:"shape" part:"D9"`
	Year  int         `json:"year" part:"D9"`
	Basis string      `json:"basis" part:"D9"`          // the rule that obliges the office, in words
	To    journal.ID  `json:"to,omitzero" part:"D9"`    // an office; zero for a body that has none
	Body  string      `json:"body,omitempty" part:"D9"` // what such a body is called
	Key   string      `json:"key,omitempty" part:"D9"`  // its public key, of the program age
}

// File is one table as text.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"` // CSV
}

// Content is what leaves.
type Content struct {
	Shape   outlet.Form   `json:"shape"`
	Country string        `json:"country"`
	Year    int           `json:"year"`
	Basis   string        `json:"basis"`
	Counted time.Time     `json:"counted"`
	Sources []string      `json:"sources"` // with their versions: what the office's records were counted as
	Files   []File        `json:"files"`
	Losses  []outlet.Loss `json:"losses,omitempty"` // what the shape cannot hold, or the office does not have
}

// Hash names a content: SHA-256 of its canonical JSON.
func (c Content) Hash() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic("returns: " + err.Error()) // texts and numbers always encode
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Payloads of the entries.
type (
	// Prepared is return.prepared.
	Prepared struct {
		Asked
		Number  int     `json:"number" part:"D9"` // 1, and one more for each correction
		Content Content `json:"content" part:"D9"`
	}
	// Approved is return.approved.
	Approved struct {
		Hash string `json:"hash" part:"D9"`
		As   string `json:"as" part:"D9"` // the function in which: a role
	}
	// Said is return.rejected and return.handed.
	Said struct {
		Words string `json:"words,omitempty" part:"D9"`
	}
	// Noted is return.confirmed and return.noted: of which version, and what is wrong with it.
	Noted struct {
		Number int    `json:"number" part:"D9"`
		Hash   string `json:"hash" part:"D9"`
		Words  string `json:"words,omitempty" part:"D9"`
	}
	// Arrived is return.arrived.
	Arrived struct {
		From    journal.ID `json:"from" part:"D9"`
		Number  int        `json:"number" part:"D9"`
		Content Content    `json:"content" part:"D9"`
	}
)

// Version is the tables as they were at one time.
type Version struct {
	Number  int
	Content Content
	Hash    string
	By      journal.ID // who prepared it here
	At      time.Time  // when it was prepared, or sent to this office
	Second  journal.ID // who approved it
	SentAt  time.Time
	Handed  time.Time
	Noted   time.Time // when the body said that it has it; here, when it was confirmed
	Words   string    // what it said beside that
}

// left says when a version was sent or handed over; when it was approved, as long as nobody has handed it over.
func (v Version) left() time.Time {
	if v.Handed.IsZero() {
		return v.SentAt
	}
	return v.Handed
}

// State is a return's dossier. The last of Versions is the one that counts.
type State struct {
	ID       journal.ID
	Asked    Asked
	From     journal.ID // the office that sent it; zero where it is this one's own
	Versions []Version  // that left, or arrived
	Waiting  *Version   // for another person
	Rejected string     // why the last one was not approved
}

// Exists says whether anything was recorded.
func (s State) Exists() bool { return s.Asked.Year != 0 || !s.From.IsZero() }

// Last gives the version that counts; the zero Version where none left.
func (s State) Last() Version {
	if len(s.Versions) == 0 {
		return Version{}
	}
	return s.Versions[len(s.Versions)-1]
}

// Shown gives what somebody looks at: what waits for another person, else the version that counts.
func (s State) Shown() Version {
	if s.Waiting != nil {
		return *s.Waiting
	}
	return s.Last()
}

// Statuses lists where a return can stand.
func Statuses() []string {
	return []string{"waiting", "rejected", "sent", "ready", "handed", "noted", "arrived", "confirmed"}
}

// Status gives where it stands.
func (s State) Status() string {
	last := s.Last()
	switch {
	case !s.From.IsZero() && last.Noted.IsZero():
		return "arrived"
	case !s.From.IsZero():
		return "confirmed"
	case s.Waiting != nil:
		return "waiting"
	case last.Number == 0:
		return "rejected"
	case !last.Noted.IsZero():
		return "noted"
	case s.Asked.To.IsZero() && last.Handed.IsZero():
		return "ready"
	case s.Asked.To.IsZero():
		return "handed"
	}
	return "sent"
}

// Ref names a return's dossier.
func Ref(id journal.ID) store.Ref { return store.Ref{Kind: access.KindReturn, ID: id} }

// Fold gives the state of entries in rising revision.
func Fold(es []journal.Entry) (State, error) {
	var s State
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
	case PreparedType:
		return in(e, func(v Prepared) {
			s.Asked, s.Rejected = v.Asked, ""
			s.Waiting = &Version{Number: v.Number, Content: v.Content, Hash: v.Content.Hash(), By: e.Actor, At: e.OccurredAt}
		})
	case RejectedType:
		return in(e, func(v Said) { s.Waiting, s.Rejected = nil, v.Words })
	case ApprovedType:
		if s.Waiting != nil {
			v := *s.Waiting
			v.Second, v.SentAt = e.Actor, e.OccurredAt
			s.Versions, s.Waiting = append(slices.Clone(s.Versions), v), nil
		}
	case HandedType:
		if n := len(s.Versions); n > 0 {
			s.Versions = slices.Clone(s.Versions)
			s.Versions[n-1].Handed = e.OccurredAt
		}
	case NotedType, ConfirmedType:
		return in(e, func(n Noted) {
			for i := range s.Versions {
				if s.Versions[i].Number == n.Number {
					s.Versions = slices.Clone(s.Versions)
					s.Versions[i].Noted, s.Versions[i].Words = e.OccurredAt, n.Words
				}
			}
		})
	case ArrivedType:
		return in(e, func(v Arrived) {
			s.From = v.From
			s.Versions = append(slices.Clone(s.Versions), Version{Number: v.Number, Content: v.Content, Hash: v.Content.Hash(), At: e.OccurredAt})
		})
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

// Summary is what a list shows.
type Summary struct {
	Shape   outlet.Form `json:"shape" part:"D9"`
	Country string      `json:"country" part:"D9"`
	Year    int         `json:"year" part:"D9"`
	Number  int         `json:"number" part:"D9"`
	From    journal.ID  `json:"from,omitzero" part:"D9"`
	To      journal.ID  `json:"to,omitzero" part:"D9"`
	Body    string      `json:"body,omitempty" part:"D9"`
	Sent    time.Time   `json:"sent,omitzero" part:"D9"` // the version that counts; zero where none left
}

func derive(s State) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	c, last := s.Shown().Content, s.Last()
	sum := Summary{Shape: s.Asked.Shape, Country: c.Country, Year: s.Asked.Year, Number: last.Number, From: s.From, To: s.Asked.To, Body: s.Asked.Body, Sent: last.left()}
	if !s.From.IsZero() {
		sum.Shape, sum.Year, sum.Sent = c.Shape, c.Year, last.At
	}
	return store.Derived{State: s.Status(), Summary: sum}
}
