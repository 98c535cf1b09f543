// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// PassOn is how long whoever wrote a signal down has to pass it on; then nothing of it can be read back.
const PassOn = 72 * time.Hour

// Status of a signal.
type Status string

const (
	StatusOpen      Status = "open"      // written down here, to be passed on or taken
	StatusForwarded Status = "forwarded" // on its way to another office
	StatusDelivered Status = "delivered" // that office has it
	StatusReceived  Status = "received"  // came from another office, nobody has taken it yet
	StatusTaken     Status = "taken"     // somebody works on it
	StatusInFile    Status = "in_file"   // in a person's file
	StatusClosed    Status = "closed"
	StatusUnread    Status = "unread"    // that office has it, and nobody there has taken it on
	StatusLapsed    Status = "lapsed"    // its time ran out; nothing of it is left
	StatusWithdrawn Status = "withdrawn" // she took it back
)

// Statuses lists them.
func Statuses() []Status {
	return []Status{StatusOpen, StatusForwarded, StatusDelivered, StatusReceived, StatusTaken, StatusInFile, StatusClosed, StatusUnread, StatusLapsed, StatusWithdrawn}
}

// ByWish is the reason of closing at which everything that a signal says of somebody is erased: she does not wish it.
const ByWish = "person_wish"

var closings = []string{"not_reachable", "duplicate", ByWish, "mistake", "other"}

// Closings lists why a signal is closed without a file.
func Closings() []string { return slices.Clone(closings) }

// Reach is how somebody can be reached without danger.
type Reach struct {
	Safe   string `json:"safe_to_call"` // yes | ask | no
	Name   string `json:"safe_name,omitempty"`
	Number string `json:"number,omitempty"`
	Hours  string `json:"hours,omitempty"`
}

// Named is who somebody is, as far as she wants it written.
type Named struct {
	Names       []string `json:"names,omitempty"`
	Born        string   `json:"born,omitempty"`
	Nationality string   `json:"nationality,omitempty"`
}

// Payloads of the entries of a signal (dossier kind "signal").
type (
	// Noted is signal.noted: what is not in the answers of a list. A signal without it is anonymous.
	Noted struct {
		Contact  *Reach `json:"contact,omitempty" part:"D1"`
		Identity *Named `json:"identity,omitempty" part:"D2"`
		Words    string `json:"words,omitempty" part:"D3"`
		Suspects string `json:"suspects,omitempty" part:"D8"`
	}
	// Joined is signal.joined: a colleague stands beside the writer, so that two people can decide.
	Joined struct {
		Worker journal.ID `json:"worker" part:"D0"`
	}
	// Forwarded is signal.forwarded. Unless Named, the coded answers leave and nothing else.
	Forwarded struct {
		To    journal.ID `json:"to" part:"D0"`
		For   string     `json:"for" part:"D0"` // of the sharing terms: screening | identification
		Named bool       `json:"named" part:"D0"`
	}
	// Receipted is signal.receipted. Written by the post.
	Receipted struct {
		At time.Time `json:"at" part:"D0"`
	}
	// Refused is signal.refused: the other office's software did not take it. Written by the post.
	Refused struct {
		Reason string `json:"reason" part:"D0"`
	}
	// Came is signal.received. Written by the post.
	Came struct {
		From       journal.ID            `json:"from" part:"D0"`
		For        string                `json:"for" part:"D0"`
		At         time.Time             `json:"at" part:"D0"` // when it was written down there
		Who        string                `json:"who" part:"D0"`
		Slips      []referral.Slip       `json:"receipts,omitempty" part:"D0"`
		Grounds    []referral.GroundSlip `json:"grounds,omitempty" part:"D0"`
		Contact    *Reach                `json:"contact,omitempty" part:"D1"`
		Identity   *Named                `json:"identity,omitempty" part:"D2"`
		Screenings []Carried             `json:"screenings,omitempty" part:"D3"`
		Words      string                `json:"words,omitempty" part:"D3"`
		Suspects   string                `json:"suspects,omitempty" part:"D8"`
	}
	// Taken is signal.taken: who works on it.
	Taken struct {
		Worker journal.ID `json:"worker" part:"D0"`
	}
	// Linked is signal.linked: the person's file that it went into.
	Linked struct {
		Person journal.ID `json:"person" part:"D0"`
	}
	// Ended is signal.closed.
	Ended struct {
		Reason string `json:"reason" part:"D0"`
	}
)

// Carried is a screening as it travels.
type Carried struct {
	Screening journal.ID `json:"screening"`
	At        time.Time  `json:"at"`
	Recorded
}

// Signal is what somebody wrote down on a person who has no file here, and what became of it.
type Signal struct {
	State
	Noted
	ID         journal.ID
	At         time.Time  // when it was written down
	Since      time.Time  // when this office has it: what was written without a connection keeps its hours to be passed on
	By         journal.ID // who wrote it; the post's id when it came from another office
	From       journal.ID // the office that it came from; zero: this one
	For        string     // the purpose under which it came
	Who        string     // child | adult | not_sure: the most cautious of its screenings
	Slips      []referral.Slip
	Grounds    []referral.GroundSlip
	Consent    consent.State
	Colleagues []journal.ID
	Forwarded  *Forwarded
	SentAt     time.Time
	SentID     journal.ID // of the entry that sent it
	Receipted  time.Time
	Refused    string // why the other office did not take it
	Worker     journal.ID
	TakenAt    time.Time
	Person     journal.ID
	Closed     string
	ClosedAt   time.Time
	Ending
}

// Status says where it stands.
func (s Signal) Status() Status {
	switch {
	case !s.WithdrawnAt.IsZero() || s.Wish:
		return StatusWithdrawn
	case !s.LapsedAt.IsZero():
		return StatusLapsed
	case s.Closed != "":
		return StatusClosed
	case !s.Person.IsZero():
		return StatusInFile
	case !s.Worker.IsZero():
		return StatusTaken
	case s.Forwarded != nil && s.Ending.Unread != nil:
		return StatusUnread
	case !s.Receipted.IsZero():
		return StatusDelivered
	case s.Forwarded != nil:
		return StatusForwarded
	case !s.From.IsZero():
		return StatusReceived
	}
	return StatusOpen
}

// Anonymous says whether nothing in it says who somebody is or how to reach her.
func (s Signal) Anonymous() bool { return s.Contact == nil && s.Identity == nil }

// Until is when its writer's standing ends: when it is passed on or taken, at the latest after PassOn.
func (s Signal) Until() time.Time {
	until := s.Since.Add(PassOn)
	for _, t := range []time.Time{s.SentAt, s.TakenAt, s.ClosedAt, s.WithdrawnAt} {
		if !t.IsZero() && t.Before(until) {
			until = t
		}
	}
	return until
}

// FoldSignal gives a signal.
func (ss Sets) FoldSignal(entries []journal.Entry) (Signal, error) {
	var s Signal
	var err error
	if s.Consent, err = consent.Fold(consents(entries)); err != nil {
		return Signal{}, err
	}
	for _, e := range entries {
		if s.At.IsZero() {
			s.ID, s.At, s.Since, s.By = e.Dossier, e.OccurredAt, e.RecordedAt, e.Actor
		}
		if err := errorsOf(s.State.apply(e, ss), s.apply(e, ss)); err != nil {
			return Signal{}, err
		}
	}
	for _, x := range s.Screenings {
		s.doubt(x.Who)
	}
	return s, nil
}

// doubt keeps the most cautious word on her age.
func (s *Signal) doubt(who string) {
	if s.Who == "" || s.Who == Adult || who == Child {
		s.Who = who
	}
}

// child says whether the rules for children hold.
func (s Signal) child() bool { return s.Who != "" && s.Who != Adult }

// consents gives the entries of a signal that are the consent room's, under the names that they have there.
func consents(entries []journal.Entry) []journal.Entry {
	var out []journal.Entry
	for _, e := range entries {
		if asConsent(&e) {
			out = append(out, e)
		}
	}
	return out
}

var consentTypes = map[string]string{"signal.consented": "consent.given", "signal.ground_proposed": "consent.ground_proposed", "signal.ground_confirmed": "consent.ground_confirmed"}

func asConsent(e *journal.Entry) bool {
	typ, ok := consentTypes[e.Type]
	if ok {
		e.Type = typ
	}
	return ok
}

func in[T any](e journal.Entry, f func(T)) error {
	v, err := journal.In[T](e)
	if err == nil {
		f(v)
	}
	return err
}

func (s *Signal) apply(e journal.Entry, ss Sets) error {
	switch e.Type {
	case "signal.noted":
		return in(e, func(v Noted) { s.note(v) })
	case "signal.joined":
		return in(e, func(v Joined) { s.Colleagues = append(s.Colleagues, v.Worker) })
	case "signal.forwarded":
		return in(e, func(v Forwarded) { s.Forwarded, s.SentAt, s.SentID, s.Refused = &v, e.RecordedAt, e.ID, "" })
	case "signal.receipted":
		return in(e, func(v Receipted) { s.Receipted = v.At })
	case "signal.refused": // its writer may try again as long as there is time
		return in(e, func(v Refused) { s.Forwarded, s.SentAt, s.Refused = nil, time.Time{}, v.Reason })
	case "signal.received":
		return in(e, func(v Came) { s.came(v, e, ss) })
	case "signal.taken":
		return in(e, func(v Taken) { s.Worker, s.TakenAt = v.Worker, e.RecordedAt })
	case "signal.linked":
		return in(e, func(v Linked) { s.Person = v.Person })
	case "signal.closed":
		return in(e, func(v Ended) { s.Closed, s.ClosedAt = v.Reason, e.RecordedAt })
	}
	return s.applyEnding(e)
}

// note adds what was written: what is not in it stays as it was.
func (s *Signal) note(v Noted) {
	if v.Contact != nil {
		s.Contact = v.Contact
	}
	if v.Identity != nil {
		s.Identity = v.Identity
	}
	s.Words = strings.TrimSpace(s.Words + "\n" + v.Words)
	s.Suspects = strings.TrimSpace(s.Suspects + "\n" + v.Suspects)
}

func (s *Signal) came(v Came, e journal.Entry, ss Sets) {
	s.From, s.For, s.Slips, s.Grounds, s.Who = v.From, v.For, v.Slips, v.Grounds, v.Who
	s.note(Noted{v.Contact, v.Identity, v.Words, v.Suspects})
	for _, c := range v.Screenings {
		s.Screenings = append(s.Screenings, ss.screening(c.Recorded, c.Screening, c.At, e.Actor))
	}
}

// SignalContext is what the guards of a signal need.
type SignalContext struct {
	Context
	Self  journal.ID
	Actor journal.ID
	Post  bool // the post writes
	Clock bool // the clock does
	// Office is what kind of office this is.
	Office access.OfficeKind
	// Terms says whether sharing terms in force cover what one office sends another, an assistance office, for a purpose.
	Terms func(from, to journal.ID, purpose string, cats []journal.Category) error
	// Person says whether a person's file is there.
	Person func(journal.ID) error
}

// Purposes lists what sharing terms can grant for signals.
func Purposes() []string { return []string{"screening", "identification"} }

// GuardSignal says whether an entry may be appended to a signal now.
func (ss Sets) GuardSignal(s Signal, c SignalContext, e journal.Entry) error {
	posted := slices.Contains([]string{"signal.received", "signal.receipted", "signal.refused", "signal.unread", "signal.taken_back", "signal.erased"}, e.Type)
	clocked := slices.Contains([]string{"signal.lapsed", "signal.reminded"}, e.Type)
	if posted != c.Post || clocked != c.Clock {
		return fault.New(fault.Denied, "fault.denied")
	}
	if asConsent(&e) {
		return guardConsent(s, c, e)
	}
	if strings.HasPrefix(e.Type, "screening.") {
		return ss.guardScreening(s, c, e)
	}
	switch e.Type {
	case "signal.noted":
		return errorsOf(s.is(StatusOpen, StatusTaken), with(e, func(v Noted, fs *fault.Fields) { noted(v, fs) }))
	case "signal.joined":
		return errorsOf(s.is(StatusOpen), with(e, func(v Joined, fs *fault.Fields) { need(fs, !v.Worker.IsZero(), "worker") }))
	case "signal.forwarded":
		return errorsOf(s.is(StatusOpen, StatusTaken), guardForward(s, c, e))
	case "signal.received":
		return ss.guardCame(s, c, e)
	case "signal.receipted", "signal.refused":
		return s.is(StatusForwarded, StatusUnread)
	case "signal.taken":
		return errorsOf(s.is(StatusOpen, StatusReceived), with(e, func(v Taken, fs *fault.Fields) { need(fs, v.Worker == c.Actor, "worker") }))
	case "signal.linked":
		return errorsOf(s.is(StatusTaken), with(e, func(v Linked, fs *fault.Fields) { need(fs, c.Person(v.Person) == nil, "person") }))
	case "signal.closed":
		return errorsOf(s.is(StatusTaken), with(e, func(v Ended, fs *fault.Fields) { need(fs, slices.Contains(closings, v.Reason), "reason") }))
	}
	return guardEnding(s, c, e)
}

// errorsOf gives the first error.
func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// is refuses what does not fit where the signal stands. A signal that does not exist yet is open.
func (s Signal) is(allowed ...Status) error {
	if st := s.Status(); !slices.Contains(allowed, st) {
		return fault.New(fault.Guarded, "screening.guard.status_"+string(st))
	}
	return nil
}

func (ss Sets) guardScreening(s Signal, c SignalContext, e journal.Entry) error {
	if e.Type == "screening.recorded" {
		if err := s.is(StatusOpen, StatusTaken); err != nil {
			return err
		}
	}
	c.Child = s.child()
	return ss.Guard(s.State, c.Context, e)
}

// guardConsent asks the consent room; its rest after a screening holds here too.
func guardConsent(s Signal, c SignalContext, e journal.Entry) error {
	if err := s.is(StatusOpen, StatusTaken); err != nil {
		return err
	}
	last := time.Time{}
	if n := len(s.Screenings); n > 0 {
		last = s.Screenings[n-1].At
	}
	return consent.Guard(s.Consent, consent.Context{Now: c.Now, Actor: c.Actor, LastScreened: last, Child: s.child()}, e)
}

var safeties = []string{"yes", "ask", "no"}

// Safeties lists whether one may call.
func Safeties() []string { return slices.Clone(safeties) }

func noted(v Noted, fs *fault.Fields) {
	need(fs, v != (Noted{}), "words")
	need(fs, len(v.Words)+len(v.Suspects) <= MaxRemarks, "words")
	if r := v.Contact; r != nil {
		need(fs, slices.Contains(safeties, r.Safe), "safe_to_call")
		need(fs, r.Number == "" || r.Safe != "ask" || r.Hours != "", "hours")
	}
}
