// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Done says whether an activity is done, so that what depends on it may be held. NotFound when there is none.
type Done func(g *store.Guarding, code string) (bool, error)

// Took is how one country took part, for lists and figures.
type Took struct {
	Country  string `json:"country"`
	Seats    int    `json:"seats,omitempty"`
	Sent     int    `json:"sent,omitempty"`     // nominated and not withdrawn
	Accepted int    `json:"accepted,omitempty"` // of them
	Came     int    `json:"came,omitempty"`     // to at least one session
	Answered bool   `json:"answered,omitempty"`
	Asked    bool   `json:"asked,omitempty"` // an invitation was sent
}

// Summary is what a list shows of an event.
type Summary struct {
	Title    wording.Text      `json:"title" part:"PP"`
	Sort     Sort              `json:"sort" part:"PP"`
	Activity string            `json:"activity,omitempty" part:"PP"`
	Start    party.PartialDate `json:"start,omitzero" part:"PP"`
	End      party.PartialDate `json:"end,omitzero" part:"PP"`
	Mode     Mode              `json:"mode" part:"PP"`
	Standing Standing          `json:"standing" part:"PP"`
	HeldOn   party.PartialDate `json:"held_on,omitzero" part:"PP"`
	From     journal.ID        `json:"from,omitzero" part:"PP"` // the host, where this office is invited
	Took     []Took            `json:"took,omitempty" part:"PP"`
	Sessions int               `json:"sessions,omitempty" part:"PP"`
	Counted  bool              `json:"counted,omitempty" part:"PP"` // who came was written down
	InPerson int               `json:"in_person,omitempty" part:"PP"`
	Online   int               `json:"online,omitempty" part:"PP"`
	Keep     retention.Line    `json:"keep,omitzero" part:"PI"`
}

// Row is an event in a list.
type Row = register.Found[Summary]

// StoreKind gives the dossier kind "event".
func StoreKind(done Done) store.Kind {
	return store.Of(store.KindOf[Event]{
		Name: access.KindEvent, Base: journal.PP, Codes: []string{"activity", "standing", "side", "country", WaitsCode, activity.SpanCode, activity.BeginsCode, activity.EndsCode, retention.Code, register.OrderCode}, Derives: 4,
		Types: append([]store.Type{
			{Name: DescribedType, Payload: Described{}, Overlap: []string{"title", "sort", "activity", "start", "end", "zone", "mode", "place", "languages", "channels", "venue", "link", "answer_by"}},
			{Name: SessionType, Payload: SessionSet{}}, {Name: DroppedType, Payload: SessionDropped{}}, {Name: GroupType, Payload: GroupSet{}},
			{Name: QuotaType, Payload: QuotaSet{}}, {Name: InvitedType, Payload: Invited{}}, {Name: ArrivedType, Payload: Arrived{}}, {Name: RemindedType, Payload: Reminded{}},
			{Name: NominatedType, Payload: Nominated{}}, {Name: DetailedType, Payload: Detailed{}}, {Name: WithdrawnType, Payload: Withdrawn{}},
			{Name: RegrettedType, Payload: Regretted{}}, {Name: DecidedType, Payload: Decided{}},
			{Name: AttendedType, Payload: Attended{}}, {Name: HeldType, Payload: Held{}}, {Name: CancelledType, Payload: Ended{}}, {Name: ReopenedType, Payload: Ended{}},
			{Name: InvitationType, Payload: Invitation{}}, {Name: ReminderType, Payload: Reminder{}},
			{Name: CapturedType, Payload: Captured{}}, {Name: JoinedType, Payload: Joined{}}, {Name: ApartType, Payload: Apart{}}, {Name: FiledType, Payload: Filed{}},
			{Name: MinutedType, Payload: Minuted{}, Overlap: []string{"text"}}, {Name: ApprovedType, Payload: Approved{}},
		}, retention.Types(access.KindEvent)...),
		Fold:    Fold,
		Guard:   func(g *store.Guarding, e Event, x journal.Entry) error { return guard(g, e, x, done) },
		Derive:  derive,
		Effects: effects,
	})
}

// Summary gives what a list shows of an event.
func (e Event) Summary() Summary {
	if e.Invited() {
		v := e.Invitation
		return Summary{Title: v.Title, Sort: v.Sort, Activity: v.Activity, Start: v.Start, End: v.End, Mode: v.Mode, Standing: e.Standing, From: v.From,
			Took: []Took{e.took(v.Country, v.Seats, true)}, Sessions: len(v.Sessions)}
	}
	d := e.Described
	s := Summary{Title: d.Title, Sort: d.Sort, Activity: d.Activity, Start: d.Start, End: d.End, Mode: d.Mode, Standing: e.Standing, HeldOn: e.HeldOn, Sessions: len(e.Sessions), Counted: len(e.Presence) > 0}
	for _, q := range e.Quotas {
		s.Took = append(s.Took, e.took(q.Country, q.Seats, q.Sequence > 0))
	}
	s.InPerson, s.Online = e.ways()
	return s
}

func (e Event) took(country string, seats int, asked bool) Took {
	t := Took{Country: country, Seats: seats, Answered: e.Answered(country), Asked: asked, Accepted: len(e.Of(country, Accepted)), Sent: len(e.Of(country, Proposed, Accepted, Declined))}
	for _, p := range e.Of(country, Accepted) {
		if e.AttendedBy(p.Person) > 0 {
			t.Came++
		}
	}
	return t
}

// ways counts the people who came: those who were there in person at least once, and those who only joined online.
func (e Event) ways() (inPerson, online int) {
	for _, p := range e.People {
		there, joined := false, false
		for _, who := range e.Presence {
			there, joined = there || who[p.Person] == InPerson, joined || who[p.Person] == Online
		}
		switch {
		case p.State != Accepted:
		case there:
			inPerson++
		case joined:
			online++
		}
	}
	return inPerson, online
}

// Keeping says how long the event keeps who took part and the words of its minutes: from its last day, or from when it was called
// off.
func (e Event) Keeping() retention.Line {
	holds := !e.Notes.Text.IsZero() || slices.ContainsFunc(e.People, func(p Person) bool { return p.Name != "" || p.Email != "" || p.Function != "" })
	return e.Retention.Line(retention.Participants, e.over(), holds)
}

// KeepingPast gives what was decided about that.
func (e Event) KeepingPast() []retention.Step { return e.Retention.Steps }

// over gives the day on which an event ended; zero while it has not.
func (e Event) over() time.Time {
	if e.Standing != WasHeld && e.Standing != Cancelled {
		return time.Time{}
	}
	for _, d := range []party.PartialDate{e.HeldOn, e.Described.End, e.Described.Start, e.Invitation.End, e.Invitation.Start} {
		if d.Known() {
			return d.Last()
		}
	}
	return e.endedAt
}

// WaitsCode is the code by which planned events are found of which somebody waits for names between two offices.
const WaitsCode = "waits"

// waits says that an invitation has no answer, here or where it went, or that names wait to be accepted.
func (e Event) waits() bool {
	switch {
	case e.Standing != Planned:
		return false
	case e.Invited():
		return !e.Answered(e.Invitation.Country)
	}
	return slices.ContainsFunc(e.Quotas, func(q Quota) bool {
		return !q.Office.IsZero() && (q.Sequence > 0 && !e.Answered(q.Country) || len(e.Of(q.Country, Proposed)) > 0)
	})
}

func derive(e Event) store.Derived {
	if !e.Exists() {
		return store.Derived{}
	}
	s := e.Summary()
	s.Keep = e.Keeping()
	d := store.Derived{State: string(s.Standing), Summary: s, Codes: map[string][]string{"standing": {string(s.Standing)}, "side": {"hosted"}, register.OrderCode: inOrder(s), retention.Code: s.Keep.Codes()}}
	activity.Line{Start: s.Start, End: s.End}.Dated(d.Codes)
	if e.Invited() {
		d.Codes["side"] = []string{"invited"}
	}
	if s.Activity != "" {
		d.Codes["activity"] = []string{s.Activity}
	}
	for _, t := range s.Took {
		if !slices.Contains(d.Codes["country"], t.Country) {
			d.Codes["country"] = append(d.Codes["country"], t.Country)
		}
	}
	if e.waits() {
		d.Codes[WaitsCode] = []string{"yes"}
	}
	if by := e.Described.AnswerBy; e.Hosted() && e.Standing == Planned && by.Known() {
		d.Due = by.Last().AddDate(0, 0, 1)
	}
	return d
}
