// SPDX-License-Identifier: EUPL-1.2

// Package casework holds the person's dossier of an assistance office: who she is, how to reach her
// without endangering her, who works with her, and, composed from the other rooms of this wing, her
// consents, referrals, needs, screenings and rights.
//
// A person is one dossier; everything about her is an entry in it, so that what one worker decides and
// what another does at the same moment cannot both go through when they contradict each other. How to
// reach her safely stands before any number, and merges to the cautious value.
package casework

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// Safe is whether one may call.
type Safe string

const (
	SafeYes Safe = "yes"
	SafeAsk Safe = "ask" // only at the agreed hours and with the code word
	SafeNo  Safe = "no"
)

// caution ranks Safe: where two people wrote without seeing each other, the careful one wins.
func caution(s Safe) int {
	switch s {
	case SafeNo:
		return 3
	case SafeAsk:
		return 2
	case SafeYes:
		return 1
	}
	return 0
}

// Payloads of this room.
type (
	// Registered is person.registered, the first entry of a file.
	Registered struct {
		Code       string   `json:"code" part:"D0"` // the code name that staff use
		Territory  string   `json:"territory" part:"D0"`
		Age        string   `json:"age" part:"D0"` // child | adult | not_sure
		Sex        string   `json:"sex" part:"D0"` // f | m | x | unknown
		Languages  []string `json:"languages" part:"D0"`
		Fictitious bool     `json:"fictitious,omitempty" part:"D0"` // a demonstration's, never a real person
	}
	// Identity is person.identity.
	Identity struct {
		Names       []string   `json:"names,omitempty" part:"D2"`
		Born        string     `json:"born,omitempty" part:"D2"` // 1999, 1999-04 or 1999-04-23
		Nationality string     `json:"nationality,omitempty" part:"D2"`
		Documents   []Document `json:"documents,omitempty" part:"D2"`
	}
	// Contact is person.contact.
	Contact struct {
		SafeToCall Safe     `json:"safe_to_call" part:"D1"`
		SafeName   string   `json:"safe_name,omitempty" part:"D1"`
		Channel    string   `json:"channel,omitempty" part:"D1"`
		Number     string   `json:"number,omitempty" part:"D1"`
		Hours      string   `json:"hours,omitempty" part:"D1"`
		Never      []string `json:"never,omitempty" part:"D1"`
		CodeWord   string   `json:"code_word,omitempty" part:"D1"`
	}
	// Assigned is person.assigned: someone begins or ends to stand in a relation to the person.
	Assigned struct {
		Worker   journal.ID      `json:"worker" part:"D0"`
		Relation access.Relation `json:"relation" part:"D0"`
		Until    time.Time       `json:"until,omitzero" part:"D0"`
		Ended    bool            `json:"ended,omitempty" part:"D0"`
	}
	// Noted is note.added; only one of the texts is given.
	Noted struct {
		Sort    string `json:"sort" part:"D0"` // account | health | legal | stay
		Account string `json:"account,omitempty" part:"D3"`
		Health  string `json:"health,omitempty" part:"D4"`
		Legal   string `json:"legal,omitempty" part:"D6"`
		Stay    string `json:"stay,omitempty" part:"D7"`
	}
	// Tasked is task.added; What is a code, Detail may say more.
	Tasked struct {
		Task   journal.ID `json:"task" part:"D0"`
		What   string     `json:"what" part:"D0"`
		For    journal.ID `json:"for" part:"D0"`
		Due    time.Time  `json:"due" part:"D0"`
		Detail string     `json:"detail,omitempty" part:"D3"`
	}
	// TaskDone is task.done.
	TaskDone struct {
		Task journal.ID `json:"task" part:"D0"`
	}
	// Identified is track.identification.
	Identified struct {
		Step   Step      `json:"step" part:"D0"`
		Reason string    `json:"reason,omitempty" part:"D6"`
		Remedy string    `json:"remedy,omitempty" part:"D6"`
		Until  time.Time `json:"until,omitzero" part:"D0"` // of the remedy
		Told   string    `json:"told,omitempty" part:"D0"` // BCP 47: the language in which a refusal was told to the person
	}
	// ChildStep is track.child.
	ChildStep struct {
		Guardian string `json:"guardian,omitempty" part:"D0"` // needed | requested | appointed
		Age      string `json:"age,omitempty" part:"D0"`      // assessed: child | adult
	}
	// Emergency is access.emergency: someone opens the file without standing, and says why.
	Emergency struct {
		Until  time.Time `json:"until" part:"D0"`
		Reason string    `json:"reason" part:"D3"`
	}
	// Lodged is place.moved, by the shelter: where she sleeps. It is shown to the case manager and the shelter on a page
	// of its own, to nobody else, and to her aloud.
	Lodged struct {
		Away    bool   `json:"away,omitempty" part:"D0"` // she no longer sleeps in a protected place
		Shelter string `json:"shelter,omitempty" part:"D5"`
	}
	// SameAs is person.same_as: the duplicate desk found that another file is of the same person, or took that back.
	// It moves nothing.
	SameAs struct {
		Other journal.ID `json:"other" part:"D0"`
		Ended bool       `json:"ended,omitempty" part:"D0"`
	}
	// Closed is person.closed and person.reopened.
	Closed struct {
		Reason string `json:"reason" part:"D0"`
	}
)

// Document is an identity document.
type Document struct {
	Sort    string `json:"sort"`
	Country string `json:"country"`
	Number  string `json:"number"`
}

// Step of the identification track.
type Step string

const (
	Signal        Step = "signal"
	Screened      Step = "screened"
	Presumed      Step = "presumed"
	UnderDecision Step = "under_decision"
	Recognised    Step = "recognised"
	NotRecognised Step = "not_recognised"
	UnderReview   Step = "under_review"
	Declined      Step = "declined_by_person"
	Reopened      Step = "reopened"
)

// NextSteps gives what may follow on track 1; anything begun may be reopened.
func NextSteps(s Step) []Step {
	switch s {
	case "":
		return []Step{Signal, Screened, Presumed}
	case Signal:
		return []Step{Screened, Presumed, Reopened}
	case Screened:
		return []Step{Presumed, Declined, Reopened}
	case Presumed:
		return []Step{UnderDecision, Declined, Reopened}
	case UnderDecision:
		return []Step{Recognised, NotRecognised, Declined, Reopened}
	case NotRecognised:
		return []Step{UnderReview, Reopened}
	case UnderReview:
		return []Step{Recognised, NotRecognised, Reopened}
	case Recognised, Declined:
		return []Step{Reopened}
	case Reopened:
		return []Step{Screened, Presumed, UnderDecision}
	}
	return nil
}

// Task is one thing to do.
type Task struct {
	Tasked
	Done time.Time
}

// Note is one note with its author.
type Note struct {
	Noted
	At time.Time
	By journal.ID
}

// Opening is one emergency access.
type Opening struct {
	Emergency
	By journal.ID
	At time.Time
}

// Person is the state of a person's dossier.
type Person struct {
	ID         journal.ID
	Registered Registered
	At         time.Time
	Identity   Identity
	Contact    Contact // of all writes that stand, the careful one holds
	Disputed   bool    // contact written by two people without seeing each other
	Standing   []Assigned
	Track      Step
	TrackAt    time.Time
	Decision   Identified
	Guardian   string
	AgeResult  string
	InDoubt    bool // a screening doubted that she is grown up
	Notes      []Note
	Tasks      []Task
	Screened   []time.Time
	Openings   []Opening
	ClosedAt   time.Time
	Same       []journal.ID // other files of the same person
	Lodged     Lodged       // where she sleeps
	LodgedAt   time.Time

	PresumedAt time.Time // when identification came to "presumed"; zero before

	Consent  consent.State
	Referral referral.State
	Services services.State

	Beside map[string]any             // states of rooms beside this one, by name
	more   []Due                      // what those make due
	counts map[string]json.RawMessage // what those count, by name

	Coded     Coded // what happened, in codes
	episodes  []CountedEpisode
	decisions []CountedDecision
}

// Child says whether child rules hold: under 18, or in doubt (guard G4).
func (p Person) Child() bool {
	if p.AgeResult != "" {
		return p.AgeResult != "adult"
	}
	return p.Registered.Age != "adult" || p.InDoubt
}

// LastScreened gives when she was last screened, in whatever order that was written; zero for never.
func (p Person) LastScreened() time.Time {
	if len(p.Screened) == 0 {
		return time.Time{}
	}
	return slices.MaxFunc(p.Screened, time.Time.Compare)
}

// Manager gives the case manager; zero while nobody is.
func (p Person) Manager() journal.ID {
	for i := len(p.Standing) - 1; i >= 0; i-- {
		if p.Standing[i].Relation == access.AsManager {
			return p.Standing[i].Worker
		}
	}
	return journal.ID{}
}

// Fold gives the state of a person's entries.
func Fold(entries []journal.Entry) (Person, error) {
	var p Person
	var contact journal.Register[Contact]
	for _, e := range entries {
		if err := p.apply(e, &contact); err != nil {
			return Person{}, err
		}
	}
	p.reach(contact)
	var err error
	if p.Consent, err = consent.Fold(entries); err != nil {
		return Person{}, err
	}
	if p.Referral, err = referral.Fold(entries); err != nil {
		return Person{}, err
	}
	p.Services, err = services.Fold(entries)
	return p, err
}

// reach settles how to reach her, whatever the order in which writes that had not seen each other arrived:
// what the most careful writer said holds, what that one left open comes from the next, and whoever said
// "never" is heard.
func (p *Person) reach(contact journal.Register[Contact]) {
	p.Disputed = contact.Disputed()
	p.Contact = Contact{}
	for i, c := range contact.Careful(func(c Contact) int { return caution(c.SafeToCall) }) {
		if i == 0 {
			p.Contact.SafeToCall = c.SafeToCall
		}
		into := &p.Contact
		for to, from := range map[*string]string{&into.SafeName: c.SafeName, &into.Channel: c.Channel, &into.Number: c.Number, &into.Hours: c.Hours, &into.CodeWord: c.CodeWord} {
			if *to == "" {
				*to = from
			}
		}
		for _, n := range c.Never {
			if !slices.Contains(into.Never, n) {
				into.Never = append(into.Never, n)
			}
		}
	}
}

func in[T any](e journal.Entry, f func(T)) error {
	v, err := journal.In[T](e)
	if err == nil {
		f(v)
	}
	return err
}

func (p *Person) apply(e journal.Entry, contact *journal.Register[Contact]) error {
	p.ID = e.Dossier
	switch e.Type {
	case "person.registered":
		p.begin(e)
		return in(e, func(v Registered) { p.Registered, p.At = v, e.OccurredAt })
	case CodedType:
		return in(e, func(v Coded) { p.Coded = v })
	case "person.identity":
		return in(e, func(v Identity) { p.Identity = v })
	case "person.contact":
		if e.Has(journal.D1) {
			return in(e, func(v Contact) { contact.Set(e.Header, v) })
		}
	case "person.assigned":
		return in(e, func(v Assigned) { p.assign(v) })
	case "note.added":
		return in(e, func(v Noted) { p.Notes = append(p.Notes, Note{v, e.OccurredAt, e.Actor}) })
	case "task.added":
		return in(e, func(v Tasked) { p.Tasks = append(p.Tasks, Task{Tasked: v}) })
	case "task.done":
		return in(e, func(v TaskDone) {
			for i := range p.Tasks {
				if p.Tasks[i].Task == v.Task {
					p.Tasks[i].Done = e.OccurredAt
				}
			}
		})
	case "screening.recorded":
		p.Screened = append(p.Screened, e.OccurredAt)
		if p.Track == "" || p.Track == Signal {
			p.Track, p.TrackAt = Screened, e.OccurredAt
		}
		return in(e, func(v struct {
			Who string `json:"who" part:"D0"`
		}) {
			p.InDoubt = p.InDoubt || v.Who == "child" || v.Who == "not_sure"
		})
	}
	return p.applyTracks(e)
}

func (p *Person) applyTracks(e journal.Entry) error {
	switch e.Type {
	case "track.identification":
		return in(e, func(v Identified) {
			p.Track, p.TrackAt, p.Decision = v.Step, e.OccurredAt, v
			p.noteDecision(v, e.OccurredAt)
			if v.Step == Presumed && p.PresumedAt.IsZero() {
				p.PresumedAt = e.OccurredAt
			}
		})
	case "track.child":
		return in(e, func(v ChildStep) {
			if v.Guardian != "" {
				p.Guardian = v.Guardian
			}
			if v.Age != "" {
				p.AgeResult = v.Age
			}
		})
	case "access.emergency":
		return in(e, func(v Emergency) { p.Openings = append(p.Openings, Opening{v, e.Actor, e.OccurredAt}) })
	case "place.moved":
		return in(e, func(v Lodged) { p.Lodged, p.LodgedAt = v, e.OccurredAt })
	case "person.same_as":
		return in(e, func(v SameAs) {
			p.Same = slices.DeleteFunc(slices.Clone(p.Same), func(id journal.ID) bool { return id == v.Other })
			if !v.Ended {
				p.Same = append(p.Same, v.Other)
			}
		})
	case "person.closed":
		p.ClosedAt = e.OccurredAt
		return in(e, func(v Closed) { p.end(e, v) })
	case "person.reopened":
		p.ClosedAt = time.Time{}
		p.begin(e)
	}
	return nil
}

func (p *Person) assign(v Assigned) {
	p.Standing = slices.DeleteFunc(slices.Clone(p.Standing), func(x Assigned) bool { return x.Worker == v.Worker && x.Relation == v.Relation })
	if !v.Ended {
		p.Standing = append(p.Standing, v)
	}
}
