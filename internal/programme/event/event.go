// SPDX-License-Identifier: EUPL-1.2

// Package event keeps the workshops and meetings of a programme: what is planned, who is invited with how many seats, whom
// each country sends, who came to which session, and what was said there.
//
// An event lies in two kinds of dossiers of one kind. In the office that hosts it there is the whole; in each office that
// is invited there is the invitation with that office's own people. The two speak by messages (mail.go) and each holds its
// own part: a nomination travels with its function and language only, and the name follows when the host has accepted it.
// Everything that travels has an id made by its writer and folds to the same whatever order it comes in, so an office that
// was away for days catches up without doubles.
//
// What a closed session is called is internal, and its name travels to those countries only that it admits. Names of
// people are contacts and sealed. Nothing may be about a person helped.
package event

import (
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "event" at its host.
const (
	DescribedType = "event.described"
	SessionType   = "event.session_set"
	DroppedType   = "event.session_dropped"
	GroupType     = "event.group_set"
	QuotaType     = "event.quota_set"
	InvitedType   = "event.invited"
	ArrivedType   = "event.arrived"
	RemindedType  = "event.reminded"
	AttendedType  = "event.attended"
	HeldType      = "event.held"
	CancelledType = "event.cancelled"
	ReopenedType  = "event.reopened"
)

// Entry types of both: at the host and in an office that is invited.
const (
	NominatedType = "event.nominated"
	DetailedType  = "event.detailed"
	WithdrawnType = "event.withdrawn"
	RegrettedType = "event.regretted"
	DecidedType   = "event.decided"
)

// Entry types in an office that is invited.
const (
	InvitationType = "event.invitation"
	ReminderType   = "event.reminder"
)

// Sort is what people come together for.
type Sort string

// Sorts lists the closed list, in the order of forms.
func Sorts() []Sort {
	return []Sort{"workshop", "meeting", "conference", "training", "round_table", "visit"}
}

// Mode is how people come together, and how one of them takes part.
type Mode string

// The closed list of modes. Somebody takes part in person or online; an event can be both.
const (
	InPerson Mode = "in_person"
	Online   Mode = "online"
	Hybrid   Mode = "hybrid"
	Absent   Mode = "absent" // of somebody who was expected at a session
)

// Modes lists those of an event.
func Modes() []Mode { return []Mode{InPerson, Online, Hybrid} }

// Professions lists what people who take part do; "" is: nobody has said.
func Professions() []string {
	return []string{"police", "border", "prosecutors", "judges", "labour_inspectors", "social_workers", "child_protection", "health", "teachers", "consulates", "associations", "coordinators", "companies", "other"}
}

// Limits of what people write, in characters, and of what one event holds.
const (
	MaxTitle     = 600
	maxNote      = 2000
	maxName      = 200
	maxItem      = 20
	mostSessions = 200
	mostGroups   = 50
	mostSeats    = 500
	MostCaptures = 2000
)

// Described is the payload of event.described: the whole of what is known. Each replaces the one before.
type Described struct {
	Title        wording.Text      `json:"title" part:"PP"`
	Sort         Sort              `json:"sort" part:"PP"`
	Activity     string            `json:"activity,omitempty" part:"PP"` // code of the activity that it belongs to
	CoOrganisers []journal.ID      `json:"co_organisers,omitempty" part:"PP"`
	Start        party.PartialDate `json:"start,omitzero" part:"PP"`
	End          party.PartialDate `json:"end,omitzero" part:"PP"`
	Zone         string            `json:"zone" part:"PP"` // in which the sessions' times are
	Mode         Mode              `json:"mode" part:"PP"`
	Place        party.Place       `json:"place,omitzero" part:"PP"`
	Languages    []string          `json:"languages,omitempty" part:"PP"`
	Channels     []string          `json:"channels,omitempty" part:"PP"` // languages interpreted into, by number of channel
	Venue        string            `json:"venue,omitempty" part:"PI"`
	Link         string            `json:"link,omitempty" part:"PI"` // the host's own conference
	AnswerBy     party.PartialDate `json:"answer_by,omitzero" part:"PI"`
}

// SessionSet is the payload of event.session_set. Of Title and Inside exactly one holds words: the name of a closed
// session is internal.
type SessionSet struct {
	Session   journal.ID        `json:"session" part:"PP"`
	Item      string            `json:"item" part:"PP"` // of the agenda: "2.1"
	Day       party.PartialDate `json:"day,omitzero" part:"PP"`
	From      string            `json:"from,omitempty" part:"PP"` // "09:30"
	To        string            `json:"to,omitempty" part:"PP"`
	Languages []string          `json:"languages,omitempty" part:"PP"`
	Group     journal.ID        `json:"group,omitzero" part:"PP"` // for one sub-group
	Closed    bool              `json:"closed,omitempty" part:"PP"`
	Title     wording.Text      `json:"title,omitzero" part:"PP"`
	Inside    wording.Text      `json:"inside,omitzero" part:"PI"`
	Admits    []string          `json:"admits,omitempty" part:"PI"` // countries, of a closed one
}

// SessionDropped is the payload of event.session_dropped.
type SessionDropped struct {
	Session journal.ID `json:"session" part:"PP"`
}

// GroupSet is the payload of event.group_set: a sub-group.
type GroupSet struct {
	Group     journal.ID   `json:"group" part:"PP"`
	Name      wording.Text `json:"name" part:"PP"`
	Languages []string     `json:"languages,omitempty" part:"PP"`
}

// QuotaSet is the payload of event.quota_set: a country or territory is invited with some seats. Without seats it is not.
type QuotaSet struct {
	Country string     `json:"country" part:"PP"`
	Seats   int        `json:"seats" part:"PP"`
	Office  journal.ID `json:"office,omitzero" part:"PP"` // that the invitation goes to; zero when it has none and answers by letter
}

// Invited is the payload of event.invited: what the event was then has gone to a country.
type Invited struct {
	Country  string `json:"country" part:"PP"`
	Sequence int    `json:"sequence" part:"PP"`
}

// Arrived is the payload of event.arrived: how an invitation ended on its way. Written by the post.
type Arrived struct {
	Office journal.ID `json:"office" part:"PP"`
	Status string     `json:"status" part:"PP"` // accepted, refused, expired, voided
	Reason string     `json:"reason,omitempty" part:"PP"`
}

// Reminded is the payload of event.reminded.
type Reminded struct {
	Country string `json:"country" part:"PP"`
}

// Nominated is the payload of event.nominated: a country sends somebody. At the host the name is missing until it follows,
// but where a letter was typed in.
type Nominated struct {
	Person     journal.ID `json:"person" part:"PP"`               // id that the office that nominates makes
	Country    string     `json:"country" part:"PP"`              // alpha-2
	Office     journal.ID `json:"office,omitzero" part:"PP"`      // that nominates; zero by letter
	Function   string     `json:"function" part:"PC"`             // beside a country it can name somebody; it travels before the name
	Profession string     `json:"profession,omitempty" part:"PI"` // code
	Language   string     `json:"language" part:"PI"`             // BCP 47
	Mode       Mode       `json:"mode" part:"PI"`                 // how they come
	Group      journal.ID `json:"group,omitzero" part:"PI"`       // in which there was a place
	Name       string     `json:"name,omitempty" part:"PC"`       // not before they are accepted
	Email      string     `json:"email,omitempty" part:"PC"`      // likewise
}

// Detailed is the payload of event.detailed: who an accepted person is.
type Detailed struct {
	Person journal.ID `json:"person" part:"PP"`          // as nominated
	Office journal.ID `json:"office,omitzero" part:"PP"` // of the person, at the host
	Name   string     `json:"name" part:"PC"`            // as they are addressed
	Email  string     `json:"email,omitempty" part:"PC"` // where the host writes to
}

// Withdrawn is the payload of event.withdrawn: somebody does not come after all.
type Withdrawn struct {
	Person journal.ID `json:"person" part:"PP"`           // as nominated
	Office journal.ID `json:"office,omitzero" part:"PP"`  // of the person, at the host
	Reason string     `json:"reason,omitempty" part:"PI"` // in words
}

// Regretted is the payload of event.regretted: a country sends nobody.
type Regretted struct {
	Country string     `json:"country" part:"PP"`         // alpha-2
	Office  journal.ID `json:"office,omitzero" part:"PP"` // that was invited, at the host
	Reason  string     `json:"reason" part:"PI"`          // in words
}

// Decided is the payload of event.decided: the host accepts somebody, or declines with a reason.
type Decided struct {
	Person   journal.ID `json:"person" part:"PP"`             // as nominated
	Accepted bool       `json:"accepted" part:"PP"`           // or declined
	Office   journal.ID `json:"office,omitzero" part:"PP"`    // the host, in an office that is invited
	Reason   string     `json:"reason,omitempty" part:"PI"`   // of a refusal, in words
	Nameless bool       `json:"nameless,omitempty" part:"PP"` // in an office that is invited: its terms let no name follow
}

// Attended is the payload of event.attended: how somebody took part in a session.
type Attended struct {
	Session journal.ID `json:"session" part:"PP"`
	Person  journal.ID `json:"person" part:"PP"`
	How     Mode       `json:"how" part:"PP"` // InPerson, Online or Absent
}

// Held is the payload of event.held.
type Held struct {
	On party.PartialDate `json:"on" part:"PP"` // its last day
}

// Ended is the payload of event.cancelled and event.reopened.
type Ended struct {
	Reason string `json:"reason" part:"PP"`
}

// Invitation is the payload of event.invitation, and the body of the message that brings it: all that an office that is
// invited knows of the event. Each replaces those of a lower sequence, and those of the same that were sent earlier.
type Invitation struct {
	Event        journal.ID        `json:"event" part:"PP"` // its id at the host
	From         journal.ID        `json:"from,omitzero" part:"PP"`
	Country      string            `json:"country" part:"PP"`
	Sequence     int               `json:"sequence" part:"PP"`
	Title        wording.Text      `json:"title" part:"PP"`
	Sort         Sort              `json:"sort" part:"PP"`
	Activity     string            `json:"activity,omitempty" part:"PP"`
	CoOrganisers []string          `json:"co_organisers,omitempty" part:"PP"` // by name
	Start        party.PartialDate `json:"start,omitzero" part:"PP"`
	End          party.PartialDate `json:"end,omitzero" part:"PP"`
	Zone         string            `json:"zone" part:"PP"`
	Mode         Mode              `json:"mode" part:"PP"`
	Place        party.Place       `json:"place,omitzero" part:"PP"`
	Languages    []string          `json:"languages,omitempty" part:"PP"`
	Channels     []string          `json:"channels,omitempty" part:"PP"`
	Seats        int               `json:"seats" part:"PP"`
	Standing     Standing          `json:"standing" part:"PP"`
	Venue        string            `json:"venue,omitempty" part:"PI"`
	Link         string            `json:"link,omitempty" part:"PI"` // only where somebody is accepted
	AnswerBy     party.PartialDate `json:"answer_by,omitzero" part:"PI"`
	Groups       []Group           `json:"groups,omitempty" part:"PI"`
	Sessions     []Session         `json:"sessions,omitempty" part:"PI"`
}

// Reminder is the payload of event.reminder.
type Reminder struct {
	Event journal.ID `json:"event" part:"PP"`
	From  journal.ID `json:"from,omitzero" part:"PP"`
	N     int        `json:"n" part:"PP"` // the how manyeth
}

// Standing is where an event stands.
type Standing string

// The closed list.
const (
	Planned   Standing = "planned"
	WasHeld   Standing = "held"
	Cancelled Standing = "cancelled"
)

// Standings lists the closed list.
func Standings() []Standing { return []Standing{Planned, WasHeld, Cancelled} }

// Session is a session as it stands.
type Session struct {
	ID        journal.ID        `json:"id"`
	Item      string            `json:"item"`
	Day       party.PartialDate `json:"day,omitzero"`
	From      string            `json:"from,omitempty"`
	To        string            `json:"to,omitempty"`
	Languages []string          `json:"languages,omitempty"`
	Group     journal.ID        `json:"group,omitzero"`
	Closed    bool              `json:"closed,omitempty"`
	Title     wording.Text      `json:"title,omitzero"` // none of a closed one, for who is not admitted
	Admits    []string          `json:"-"`
}

// Group is a sub-group as it stands.
type Group struct {
	ID        journal.ID   `json:"id"`
	Name      wording.Text `json:"name"`
	Languages []string     `json:"languages,omitempty"`
}

// Quota is a country or territory that is invited, with how it stands.
type Quota struct {
	Country   string
	Seats     int
	Office    journal.ID
	Sequence  int       // of what was sent last; 0 when nothing was
	InvitedAt time.Time // when
	Arrived   Arrived   // the last receipt; zero while it is on its way
	ArrivedAt time.Time
	Reminders int
	Reminded  time.Time // the last one
	Regret    string    // why it sends nobody
	Regretted bool
}

// PersonState is where a nomination stands.
type PersonState string

// The closed list.
const (
	Proposed PersonState = "proposed"
	Accepted PersonState = "accepted"
	Declined PersonState = "declined"
	Gone     PersonState = "withdrawn"
)

// Person is somebody whom a country sends.
type Person struct {
	Nominated
	State  PersonState
	Reason string
	Known  bool // the nomination itself has come
	// Nameless: accepted by a host to which the terms let no name go.
	Nameless bool
}

// Event is the state of an event's dossier.
type Event struct {
	ID        journal.ID
	Described Described
	Sessions  []Session
	Groups    []Group
	Quotas    []Quota // by country
	People    []Person
	Presence  map[journal.ID]map[journal.ID]Mode // by session and person
	Standing  Standing
	HeldOn    party.PartialDate
	Reason    string // why it is cancelled
	Sequence  int    // rises with every change that those invited must hear of

	// In an office that is invited.
	Invitation Invitation
	Reminders  int

	Notes     Notes
	History   []Line
	Retention retention.State
	endedAt   time.Time // when that it was held or called off was written down
}

// Line is a line of an event's history.
type Line struct {
	Type    string
	At      time.Time
	By      journal.ID
	Country string
	Person  journal.ID
}

// Exists says whether anything was recorded.
func (e Event) Exists() bool { return e.Hosted() || e.Invited() }

// Hosted says that this office hosts it.
func (e Event) Hosted() bool { return e.Described.Sort != "" }

// TakesPart says that the host has accepted somebody of this office, which is invited.
func (e Event) TakesPart() bool { return len(e.Of(e.Invitation.Country, Accepted)) > 0 }

// Invited says that this office is invited to another office's.
func (e Event) Invited() bool { return !e.Invitation.Event.IsZero() }
