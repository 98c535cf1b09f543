// SPDX-License-Identifier: EUPL-1.2

// Package activity keeps the activities of a programme: grants, projects, studies, workshops, events and the rest.
//
// What a source says of an activity arrives whole (activity.imported) and says where it stands. What the office adds
// (activity.described, activity.framed) stands beside it, never over it: the page shows both where they differ. A proposal that
// the steering committee approved becomes an activity or amends one (activity.decided). An activity can belong to two
// organisations, which both approve it, each in its own office where it has one (joint.go, mail.go). An activity can name
// the corridor of referrals that it supports (activity.corridor): from one country or territory to another. Figures
// on that corridor are the room figure's.
//
// Activities of other publishers stand beside those of the programme, each in a dossier of its own, whole and as they
// were reported (activity.reported). Their origin tells the two apart wherever activities are listed.
//
// Everything here is public programme content. Nothing may be about a victim.
package activity

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "activity".
const (
	ImportedType  = "activity.imported"
	ReportedType  = "activity.reported"
	DescribedType = "activity.described"
	CorridorType  = "activity.corridor"
	KeptType      = "activity.kept"
)

// Corridor is the way that referrals take: from one country or territory to another, by alpha-2 code.
type Corridor struct {
	From string `json:"from,omitempty"` // country or territory, alpha-2
	To   string `json:"to,omitempty"`   // likewise
}

// Known says whether both ends are named.
func (c Corridor) Known() bool { return c.From != "" && c.To != "" }

// Partner is an organisation's part in an activity.
type Partner struct {
	Organisation journal.ID `json:"organisation"`
	Role         Role       `json:"role"`
	Note         string     `json:"note,omitempty"` // as the source says it
}

// Imported is the payload of activity.imported: all that a source says of an activity. Each replaces the one before.
// Zero values are what the source does not say. Texts are in the source's language.
type Imported struct {
	Code          string            `json:"code" part:"PP"` // "P4-G1"
	Kind          Kind              `json:"kind" part:"PP"`
	Title         string            `json:"title" part:"PP"`
	TitleNote     string            `json:"title_note,omitempty" part:"PP"`
	Language      string            `json:"language,omitempty" part:"PP"` // BCP 47, of all texts here
	Status        Status            `json:"status,omitempty" part:"PP"`   // at the source's date
	Priorities    []int             `json:"priorities,omitempty" part:"PP"`
	Pillars       []string          `json:"pillars,omitempty" part:"PP"` // of the Four Ps; our classification
	Countries     []string          `json:"countries,omitempty" part:"PP"`
	Region        string            `json:"region,omitempty" part:"PP"`
	Scope         string            `json:"scope,omitempty" part:"PP"`
	Format        string            `json:"format,omitempty" part:"PP"`
	Start         party.PartialDate `json:"start,omitzero" part:"PP"`
	End           party.PartialDate `json:"end,omitzero" part:"PP"`
	DateInferred  party.PartialDate `json:"date_inferred,omitzero" part:"PP"` // ours, when the source prints it in part
	DateNote      string            `json:"date_note,omitempty" part:"PP"`    // how the source says it
	Since         party.PartialDate `json:"since,omitzero" part:"PP"`         // of something that recurs
	LastPhase     party.PartialDate `json:"last_phase,omitzero" part:"PP"`    // when its last phase was launched
	Call          party.PartialDate `json:"call,omitzero" part:"PP"`          // the call for projects that it won
	Phase         int               `json:"phase,omitempty" part:"PP"`
	Funder        journal.ID        `json:"funder,omitzero" part:"PP"`
	Amount        party.Uncertain   `json:"amount,omitzero" part:"PP"` // in whole units of Currency
	Currency      string            `json:"currency,omitempty" part:"PP"`
	Participants  party.Uncertain   `json:"participants,omitzero" part:"PP"`
	FromCountries party.Uncertain   `json:"from_countries,omitzero" part:"PP"` // how many countries they came from
	Partners      []Partner         `json:"partners,omitempty" part:"PP"`
	PartOf        string            `json:"part_of,omitempty" part:"PP"`    // code of another activity
	DependsOn     []string          `json:"depends_on,omitempty" part:"PP"` // codes of others
	Corridor      Corridor          `json:"corridor,omitzero" part:"PP"`    // our reading, not the source's words
	Basis         string            `json:"basis,omitempty" part:"PP"`
	Author        string            `json:"author,omitempty" part:"PP"` // of a study, as published
	AuthorRole    string            `json:"author_role,omitempty" part:"PP"`
	Rank          string            `json:"rank,omitempty" part:"PP"`
	FollowUp      string            `json:"follow_up,omitempty" part:"PP"`
	Note          string            `json:"note,omitempty" part:"PP"`
	// Lists holds statements by the names of Lists.
	Lists   map[string][]string `json:"lists,omitempty" part:"PP"`
	Sources []party.Source      `json:"sources" part:"PP"`
	By      journal.ID          `json:"by,omitzero" part:"PI"` // who brought a table in on a page; zero for a command
}

// Described is the payload of activity.described: what the office itself says. A nil field is left as it was.
type Described struct {
	Description *string            `json:"description,omitempty" part:"PP"`
	Language    string             `json:"language,omitempty" part:"PP"` // of the description; "" is the source's
	Start       *party.PartialDate `json:"start,omitempty" part:"PP"`    // "" is: not known
	End         *party.PartialDate `json:"end,omitempty" part:"PP"`
	Status      *Status            `json:"status,omitempty" part:"PP"` // "" is: as the source says
	// What came of it. Unknown is: as the source says.
	Participants  *party.Uncertain `json:"participants,omitempty" part:"PP"`
	FromCountries *party.Uncertain `json:"from_countries,omitempty" part:"PP"`
	Told          *party.Source    `json:"told,omitempty" part:"PP"` // where these two numbers stand
	// AsSource names the dates ("start", "end") that are as the source says again.
	AsSource []string `json:"as_source,omitempty" part:"PP"`
}

// CorridorNamed is the payload of activity.corridor. Both empty: this activity supports none.
type CorridorNamed struct {
	From string `json:"from" part:"PP"`
	To   string `json:"to" part:"PP"`
}

// Kept is the payload of activity.kept: whether the record is kept inside, so that nothing for the public speaks of it.
type Kept struct {
	Kept   bool   `json:"kept" part:"PP"`
	Reason string `json:"reason,omitempty" part:"PP"`
}

// Event is one line of an activity's history, with what was known before it and after.
type Event struct {
	ID       journal.ID
	Type     string // entry type
	At       time.Time
	By       journal.ID
	Was, Now Facts
}

// Activity is the state of an activity's dossier.
type Activity struct {
	ID       journal.ID
	Source   Imported // what the source says; zero in an activity of another publisher
	Reported Reported // what another publisher reports; zero in an activity of the programme
	Trail    provenance.Trail

	Description      string
	DescribedIn      string             // its language; "" is the source's
	Worded           Worded             // title and description in further languages
	OwnStart, OwnEnd *party.PartialDate // nil: the office has said nothing
	OwnStatus        Status             // "": likewise
	OwnParticipants  party.Uncertain    // unknown: likewise
	OwnFromCountries party.Uncertain
	Told             party.Source // where the two stand
	Own              Framed       // what the office or a decision says it is made up of
	Titles, What     wording.Text
	Decided          []Decided // by the steering committee, the last one holds
	Joint            Joint
	Shared           Shared // of an activity that another office shares; zero in the programme's own
	Named            Corridor
	OwnCorridor      bool // the office has named a corridor, or said that there is none
	Withheld         []Withheld
	Inside           Kept // whether it is kept inside
	History          []Event
}

// Imports gives the trail of imports.
func (a Activity) Imports() provenance.Trail { return a.Trail }

// Exists says whether anything was recorded.
func (a Activity) Exists() bool {
	return a.Code() != "" || a.Reported.Identifier != "" || a.Shared.Code != ""
}

// Start gives the beginning as the office knows it: its own word first, else the source's.
func (a Activity) Start() party.PartialDate { return own(a.OwnStart, a.Source.Start) }

// End gives the end, likewise.
func (a Activity) End() party.PartialDate { return own(a.OwnEnd, a.Source.End) }

// Status gives where it stands, likewise.
func (a Activity) Status() Status {
	if a.OwnStatus != "" {
		return a.OwnStatus
	}
	return a.Source.Status
}

// Participants gives how many took part, likewise.
func (a Activity) Participants() party.Uncertain {
	return stated(a.OwnParticipants, a.Source.Participants)
}

// FromCountries gives how many countries or territories they came from, likewise.
func (a Activity) FromCountries() party.Uncertain {
	return stated(a.OwnFromCountries, a.Source.FromCountries)
}

func stated(mine, source party.Uncertain) party.Uncertain {
	if mine.Known() {
		return mine
	}
	return source
}

// Differs says that the office and the source give different dates, both known.
func (a Activity) Differs() (start, end bool) {
	differ := func(x *party.PartialDate, y party.PartialDate) bool {
		return x != nil && x.Known() && y.Known() && *x != y
	}
	return differ(a.OwnStart, a.Source.Start), differ(a.OwnEnd, a.Source.End)
}

func own(mine *party.PartialDate, source party.PartialDate) party.PartialDate {
	if mine != nil {
		return *mine
	}
	return source
}

// Corridor gives the corridor that it supports; inferred says that it is the import's reading and that nobody in the
// office has said it.
func (a Activity) Corridor() (c Corridor, inferred bool) {
	if a.OwnCorridor {
		return a.Named, false
	}
	return a.Source.Corridor, a.Source.Corridor.Known()
}

// Ref names the dossier of an activity by its code.
func Ref(owner journal.ID, code string) store.Ref {
	return store.Ref{Kind: access.KindActivity, ID: provenance.ID("activity", owner.String(), code)}
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Activity, error) {
	var a Activity
	for _, e := range es {
		if err := a.apply(e); err != nil {
			return Activity{}, err
		}
	}
	return a, nil
}

func (a *Activity) apply(e journal.Entry) error {
	a.ID = e.Dossier
	if e.Type != WordedType { // which says nothing of what the source says
		a.Trail.Note(e)
	}
	was := a.Facts()
	known, err := a.take(e)
	if err != nil || !known {
		return err
	}
	by := e.Actor
	if e.Type == ImportedType && !a.Source.By.IsZero() {
		by = a.Source.By
	}
	a.History = append(a.History, Event{e.ID, e.Type, e.OccurredAt, by, was, a.Facts()})
	return nil
}

// take takes an entry in; known is false for a type of which it knows nothing.
func (a *Activity) take(e journal.Entry) (known bool, err error) {
	switch e.Type {
	case ImportedType:
		return read(e, func(v Imported) { a.Source = v })
	case ReportedType:
		return read(e, func(v Reported) { a.Reported = v })
	case DescribedType:
		return read(e, a.describe)
	case FramedType:
		return read(e, func(v Framed) { a.Own = a.Own.with(v) })
	case DecidedType:
		return read(e, a.decide)
	case CorridorType:
		return read(e, func(v CorridorNamed) { a.Named, a.OwnCorridor = Corridor(v), true })
	case WordedType:
		return read(e, func(v Worded) { a.Worded = v })
	case WithheldType:
		return read(e, a.withhold)
	case KeptType:
		return read(e, func(v Kept) { a.Inside = v })
	case OwnedType:
		return read(e, func(v Owned) { a.Joint = Joint{Owners: v.Owners} })
	case ApprovedType:
		return read(e, func(v Approved) {
			a.Joint.Approvals = append(slices.Clone(a.Joint.Approvals), Approval{v, e.Actor, e.OccurredAt})
		})
	case SharedType:
		return read(e, func(v Shared) { a.Shared = v })
	}
	return false, nil
}

// read reads an entry's payload and hands it on.
func read[T any](e journal.Entry, to func(T)) (bool, error) {
	v, err := journal.In[T](e)
	if err == nil {
		to(v)
	}
	return true, err
}

func (a *Activity) describe(v Described) {
	if v.Description != nil {
		a.Description, a.DescribedIn = *v.Description, v.Language
	}
	if v.Start != nil {
		a.OwnStart = v.Start
	}
	if v.End != nil {
		a.OwnEnd = v.End
	}
	if v.Status != nil {
		a.OwnStatus = *v.Status
	}
	if v.Participants != nil {
		a.OwnParticipants = *v.Participants
	}
	if v.FromCountries != nil {
		a.OwnFromCountries = *v.FromCountries
	}
	if v.Told != nil {
		a.Told = *v.Told
	}
	for _, name := range v.AsSource {
		switch name {
		case "start":
			a.OwnStart = nil
		case "end":
			a.OwnEnd = nil
		}
	}
}
