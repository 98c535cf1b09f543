// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Told is one time at which rights were explained.
type Told struct {
	Informed
	At    time.Time
	Actor journal.ID
}

// Reflection is the recovery and reflection period as it stands.
type Reflection struct {
	Status Status
	Since  time.Time // of the status
	Offer  Offer
	Start  time.Time
	End    time.Time
	Rule   clock.Rule // of the day it started
	Reason string     // code, of the last extension, ending or reopening, or of not being applicable
	Cut    CutShort   // of a termination
}

// Runs says whether the period protects at a time. One that rests on a checked rule is over when its end
// has passed; one that rests on an unverified rule protects until somebody records its end.
func (r Reflection) Runs(now time.Time) bool {
	return r.open() && (!r.Rule.Verified() || !now.After(r.End))
}

// open says whether it has started and nobody has ended it.
func (r Reflection) open() bool { return r.Status == Running || r.Status == Extended }

// Overdue says whether the period is past its end and protects only because nobody checked the rule.
func (r Reflection) Overdue(now time.Time) bool { return r.Runs(now) && now.After(r.End) }

// StayState is track 4.
type StayState struct {
	Stay          // the last step; its zero value while none was taken
	At            time.Time
	NotApplicable bool
	Why           string // of Exemptions
	Hidden        bool   // steps were taken that this reader may not see, or that were erased
}

// Thread is one thread of track 6.
type Thread struct {
	Justice
	At time.Time
}

// JusticeState is track 6. Act is when the act ended, as far as any step said.
type JusticeState struct {
	Threads map[string]Thread
	Act     time.Time
	Hidden  bool
}

// ReturnState is track 7.
type ReturnState struct {
	Step     string
	At       time.Time
	To       string
	Expected time.Time
	Risks    map[string]string // side -> level, since the wish
	Arrived  time.Time         // first confirmation
	Followed map[int]bool      // follow-ups done or waived, by number
	Refusal  Return            // the last refusal, for its remedy
}

// State is what this room knows of a person.
type State struct {
	Told       []Told
	Reflection Reflection
	Measures   map[string]string // measure -> last step
	Stay       StayState
	Justice    JusticeState
	Return     ReturnState

	first map[string]time.Time // when something first happened: of the codes in count.go
}

// Fold gives the rights and tracks of a person's entries; those of other rooms are passed over.
func Fold(entries []journal.Entry) (State, error) {
	s := State{Reflection: Reflection{Status: NotOffered}, Measures: map[string]string{}, Justice: JusticeState{Threads: map[string]Thread{}}, first: map[string]time.Time{}}
	for _, e := range entries {
		if err := s.apply(e); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func in[T any](e journal.Entry, f func(T)) error {
	v, err := journal.In[T](e)
	if err == nil {
		f(v)
	}
	return err
}

func (s *State) apply(e journal.Entry) error {
	if err := s.note(e); err != nil {
		return err
	}
	switch e.Type {
	case "right.informed":
		return in(e, func(v Informed) { s.Told = append(s.Told, Told{v, e.OccurredAt, e.Actor}) })
	case "right.not_applicable":
		return in(e, func(v Exempt) { s.exempt(v, e.OccurredAt) })
	case "right.measure":
		return in(e, func(v Measure) { s.Measures[v.Measure] = v.Step })
	case "right.stay":
		return in(e, func(v Stay) { s.stay(v, e) })
	case "right.justice":
		return in(e, func(v Justice) { s.justice(v, e) })
	case "right.return":
		return in(e, func(v Return) { s.Return.step(v, e.OccurredAt) })
	}
	return s.Reflection.apply(e)
}

func (s *State) exempt(v Exempt, at time.Time) {
	switch v.Track {
	case "reflection":
		s.Reflection.Status, s.Reflection.Since, s.Reflection.Reason = NotApplicable, at, v.Reason
	case "stay":
		s.Stay.NotApplicable, s.Stay.Why, s.Stay.At = true, v.Reason, at
	}
}

func (r *Reflection) apply(e journal.Entry) error {
	turn := func(to Status, reason string) { r.Status, r.Since, r.Reason = to, e.OccurredAt, reason }
	switch e.Type {
	case "right.reflection_offered":
		return in(e, func(v Offer) { turn(Offered, ""); r.Offer = v })
	case "right.reflection_started":
		return in(e, func(v Started) { turn(Running, ""); r.Start, r.End, r.Rule = v.Start, v.End, v.Rule })
	case "right.reflection_extended":
		return in(e, func(v Longer) { turn(Extended, v.Reason); r.End = v.End })
	case "right.reflection_ended":
		return in(e, func(v Over) { turn(Ended, v.Reason) })
	case "right.reflection_terminated":
		return in(e, func(v CutShort) { turn(Terminated, ""); r.Cut = v })
	case "right.reflection_reopened":
		return in(e, func(v Reopened) { turn(r.reopened(e.OccurredAt), v.Reason) })
	}
	return nil
}

// reopened gives where a period stands once it is opened again: running while time is left, else it can be
// started anew.
func (r Reflection) reopened(at time.Time) Status {
	switch {
	case !r.Start.IsZero() && at.Before(r.End):
		return Running
	case r.Offer.Language != "" || !r.Start.IsZero():
		return Offered
	}
	return NotOffered
}

func (s *State) stay(v Stay, e journal.Entry) {
	if !e.Has(journal.D7) {
		s.Stay.Hidden = true
		return
	}
	if v.Ground == "" {
		v.Ground = s.Stay.Ground
	}
	if v.Step == "renewal_due" || v.Step == "appeal" { // the permit stands meanwhile, as far as one knows
		v.ValidTo = s.Stay.ValidTo
	}
	s.Stay.Stay, s.Stay.At, s.Stay.NotApplicable = v, e.OccurredAt, false
}

func (s *State) justice(v Justice, e journal.Entry) {
	if !e.Has(journal.D6) {
		s.Justice.Hidden = true
		return
	}
	s.Justice.Threads[v.Thread] = Thread{v, e.OccurredAt}
	if !v.Act.IsZero() {
		s.Justice.Act = v.Act
	}
}

func (r *ReturnState) step(v Return, at time.Time) {
	switch v.Step {
	case "wish":
		*r = ReturnState{Risks: map[string]string{}, Followed: map[int]bool{}}
	case "risk_assessed":
		if r.Risks != nil {
			r.Risks[v.Side] = v.Risk
		}
	case "arrived_confirmed":
		if r.Arrived.IsZero() {
			r.Arrived = at
		}
	case "follow_up":
		if r.Followed != nil {
			r.Followed[v.Number] = true
		}
		return // the track stays where it is
	case refused:
		r.Refusal = v
	}
	r.Step, r.At = v.Step, at
	if v.To != "" {
		r.To = v.To
	}
	if !v.Expected.IsZero() {
		r.Expected = v.Expected
	}
}
