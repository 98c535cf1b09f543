// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/retention"
)

// Fold gives the state of entries in rising revision. What other offices send folds to the same in any order: of several
// entries that say the same thing of a person the one that was written last holds, by its time and then its id. Entry types
// that it does not know are left out.
func Fold(es []journal.Entry) (Event, error) {
	f := folding{people: map[journal.ID]*said{}, quotas: map[string]*Quota{}, sessions: map[journal.ID]Session{}, groups: map[journal.ID]Group{}, regrets: map[string]stamp{}}
	f.e.Presence = map[journal.ID]map[journal.ID]Mode{}
	for _, e := range es {
		if err := f.apply(e); err != nil {
			return Event{}, err
		}
	}
	return f.done(), nil
}

// stamp says when something was written, and by which entry.
type stamp struct {
	at time.Time
	id journal.ID
}

func (s stamp) before(o stamp) bool {
	return s.at.Before(o.at) || s.at.Equal(o.at) && strings.Compare(string(s.id[:]), string(o.id[:])) <= 0
}

// latest keeps what was written last, whatever order it comes in.
type latest[T any] struct {
	v  T
	at stamp
	is bool
}

func (l *latest[T]) set(v T, at stamp) {
	if !l.is || l.at.before(at) {
		l.v, l.at, l.is = v, at, true
	}
}

// said is what was said of one person.
type said struct {
	nominated latest[Nominated]
	detailed  latest[Detailed]
	withdrawn latest[Withdrawn]
	decided   latest[Decided]
}

type folding struct {
	e          Event
	people     map[journal.ID]*said
	quotas     map[string]*Quota
	sessions   map[journal.ID]Session
	groups     map[journal.ID]Group
	regrets    map[string]stamp
	presence   map[[2]journal.ID]stamp
	invitation latest[Invitation]
}

func (f *folding) apply(e journal.Entry) error {
	f.e.ID = e.Dossier
	at := stamp{e.OccurredAt, e.ID}
	line := Line{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	if mine, err := f.e.Retention.Apply(e); mine || err != nil {
		if retention.Erases(e.Type) {
			f.e.Notes.forget()
		}
		return err
	}
	if err := f.e.Notes.apply(e); err != nil {
		return err
	}
	var err error
	switch e.Type {
	case DescribedType, SessionType, DroppedType, GroupType, QuotaType:
		err = f.plan(e, &line)
	case InvitedType, ArrivedType, RemindedType, RegrettedType:
		err = f.ask(e, at, &line)
	case NominatedType, DetailedType, WithdrawnType, DecidedType:
		err = f.person(e, at, &line)
	case AttendedType, HeldType, CancelledType, ReopenedType:
		err = f.came(e, at)
	case InvitationType:
		v, bad := journal.In[Invitation](e)
		if err = bad; err == nil && !v.Event.IsZero() {
			if f.invitation.is && v.Sequence < f.invitation.v.Sequence {
				break
			}
			if f.invitation.is && v.Sequence > f.invitation.v.Sequence {
				f.invitation = latest[Invitation]{}
			}
			f.invitation.set(v, at)
		}
	case ReminderType:
		v, bad := journal.In[Reminder](e)
		err = bad
		f.e.Reminders = max(f.e.Reminders, v.N)
	case CapturedType, JoinedType, ApartType, FiledType, MinutedType, ApprovedType:
	default:
		return nil
	}
	f.e.History = append(f.e.History, line)
	return err
}

// plan folds what the host says of the event; each such entry is a change that those invited must hear of.
func (f *folding) plan(e journal.Entry, line *Line) error {
	f.e.Sequence++
	switch e.Type {
	case DescribedType:
		v, err := journal.In[Described](e)
		if f.e.Described = v; f.e.Standing == "" {
			f.e.Standing = Planned
		}
		return err
	case SessionType:
		v, err := journal.In[SessionSet](e)
		s := Session{v.Session, v.Item, v.Day, v.From, v.To, v.Languages, v.Group, v.Closed, v.Title, v.Admits}
		if v.Closed {
			s.Title = v.Inside
		}
		f.sessions[v.Session] = s
		return err
	case DroppedType:
		v, err := journal.In[SessionDropped](e)
		delete(f.sessions, v.Session)
		return err
	case GroupType:
		v, err := journal.In[GroupSet](e)
		f.groups[v.Group] = Group{v.Group, v.Name, v.Languages}
		return err
	}
	v, err := journal.In[QuotaSet](e)
	f.e.Sequence-- // of no matter to the other countries
	line.Country = v.Country
	q := f.quota(v.Country)
	if q.Office != v.Office { // another office has not been asked yet
		*q = Quota{Country: v.Country}
	}
	if q.Seats != v.Seats {
		q.Sequence = 0
	}
	q.Seats, q.Office = v.Seats, v.Office
	return err
}

func (f *folding) quota(country string) *Quota {
	q := f.quotas[country]
	if q == nil {
		q = &Quota{Country: country}
		f.quotas[country] = q
	}
	return q
}

// ask folds what was sent to a country and what it says as a whole.
func (f *folding) ask(e journal.Entry, at stamp, line *Line) error {
	switch e.Type {
	case InvitedType:
		v, err := journal.In[Invited](e)
		line.Country = v.Country
		q := f.quota(v.Country)
		q.Sequence, q.InvitedAt, q.Arrived, q.ArrivedAt = v.Sequence, e.OccurredAt, Arrived{}, time.Time{}
		return err
	case ArrivedType:
		v, err := journal.In[Arrived](e)
		for _, q := range f.quotas {
			if q.Office == v.Office {
				line.Country, q.Arrived, q.ArrivedAt = q.Country, v, e.OccurredAt
			}
		}
		return err
	case RemindedType:
		v, err := journal.In[Reminded](e)
		line.Country = v.Country
		q := f.quota(v.Country)
		q.Reminders, q.Reminded = q.Reminders+1, e.OccurredAt
		return err
	}
	v, err := journal.In[Regretted](e)
	line.Country = v.Country
	if v.Country != "" && f.regrets[v.Country].before(at) {
		f.regrets[v.Country] = at
		q := f.quota(v.Country)
		q.Regretted, q.Regret = true, v.Reason
	}
	return err
}

func (f *folding) person(e journal.Entry, at stamp, line *Line) error {
	of := func(id journal.ID) *said {
		line.Person = id
		if f.people[id] == nil {
			f.people[id] = &said{}
		}
		return f.people[id]
	}
	switch e.Type {
	case NominatedType:
		v, err := journal.In[Nominated](e)
		line.Country = v.Country
		of(v.Person).nominated.set(v, at)
		return err
	case DetailedType:
		v, err := journal.In[Detailed](e)
		of(v.Person).detailed.set(v, at)
		return err
	case WithdrawnType:
		v, err := journal.In[Withdrawn](e)
		of(v.Person).withdrawn.set(v, at)
		return err
	}
	v, err := journal.In[Decided](e)
	of(v.Person).decided.set(v, at)
	return err
}

func (f *folding) came(e journal.Entry, at stamp) error {
	switch e.Type {
	case AttendedType:
		v, err := journal.In[Attended](e)
		key := [2]journal.ID{v.Session, v.Person}
		if f.presence == nil {
			f.presence = map[[2]journal.ID]stamp{}
		}
		if s, is := f.presence[key]; is && !s.before(at) {
			return err
		}
		f.presence[key] = at
		if f.e.Presence[v.Session] == nil {
			f.e.Presence[v.Session] = map[journal.ID]Mode{}
		}
		f.e.Presence[v.Session][v.Person] = v.How
		return err
	case HeldType:
		v, err := journal.In[Held](e)
		f.e.Standing, f.e.HeldOn, f.e.Reason, f.e.endedAt = WasHeld, v.On, "", e.OccurredAt
		return err
	}
	v, err := journal.In[Ended](e)
	f.e.Standing, f.e.HeldOn, f.e.Reason = Planned, party.PartialDate{}, ""
	f.e.Sequence++
	if e.Type == CancelledType {
		f.e.Standing, f.e.Reason, f.e.endedAt = Cancelled, v.Reason, e.OccurredAt
	}
	return err
}

// done puts what was said together.
func (f *folding) done() Event {
	e := f.e
	e.Invitation = f.invitation.v
	if e.Invited() {
		e.Standing = e.Invitation.Standing
		e.Sessions, e.Groups = e.Invitation.Sessions, e.Invitation.Groups
	}
	for _, s := range f.sessions {
		e.Sessions = append(e.Sessions, s)
	}
	for _, g := range f.groups {
		e.Groups = append(e.Groups, g)
	}
	for id, s := range f.people {
		if p := s.person(id); !p.Person.IsZero() {
			e.People = append(e.People, p)
		}
	}
	for _, q := range f.quotas {
		if q.Seats > 0 || q.Regretted && e.Invited() {
			e.Quotas = append(e.Quotas, *q)
		}
	}
	sortSessions(e.Sessions)
	inorder.By(e.Groups, func(a, b Group) int { return byID(a.ID, b.ID) })
	inorder.By(e.Quotas, func(a, b Quota) int { return strings.Compare(a.Country, b.Country) })
	inorder.By(e.People, func(a, b Person) int {
		return cmp.Or(strings.Compare(a.Country, b.Country), byID(a.Person, b.Person))
	})
	inorder.By(e.Notes.List, func(a, b Note) int { return byID(a.ID, b.ID) })
	return e
}

// person gives somebody as they stand. Who has withdrawn comes no more, whatever the host decides; a name that came before
// its nomination waits for it.
func (s *said) person(id journal.ID) Person {
	p := Person{Nominated: s.nominated.v, State: Proposed, Known: s.nominated.is}
	p.Person = id
	if s.detailed.is {
		p.Name, p.Email = s.detailed.v.Name, s.detailed.v.Email
	}
	switch {
	case s.withdrawn.is:
		p.State, p.Reason = Gone, s.withdrawn.v.Reason
	case s.decided.is && s.decided.v.Accepted:
		p.Nameless = s.decided.v.Nameless
		p.State = Accepted
	case s.decided.is:
		p.State, p.Reason = Declined, s.decided.v.Reason
	}
	return p
}

func byID(a, b journal.ID) int { return strings.Compare(a.String(), b.String()) }

// sortSessions puts an agenda in its order: by day and hour, then by number.
func sortSessions(ss []Session) {
	inorder.By(ss, func(a, b Session) int {
		if x, y := a.Day.Known(), b.Day.Known(); x != y {
			if x {
				return -1
			}
			return 1
		}
		return cmp.Or(a.Day.First().Compare(b.Day.First()), strings.Compare(a.From, b.From), compareItems(a.Item, b.Item), byID(a.ID, b.ID))
	})
}

// compareItems orders numbers of an agenda: "2" before "10", "2.1" after "2".
func compareItems(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		if c := cmp.Or(cmp.Compare(len(x[i]), len(y[i])), strings.Compare(x[i], y[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}

// Session gives a session by its id.
func (e Event) Session(id journal.ID) (Session, bool) {
	i := slices.IndexFunc(e.Sessions, func(s Session) bool { return s.ID == id })
	if i < 0 {
		return Session{}, false
	}
	return e.Sessions[i], true
}

// Group gives a sub-group by its id.
func (e Event) Group(id journal.ID) (Group, bool) {
	i := slices.IndexFunc(e.Groups, func(g Group) bool { return g.ID == id })
	if i < 0 {
		return Group{}, false
	}
	return e.Groups[i], true
}

// Quota gives how a country stands.
func (e Event) Quota(country string) (Quota, bool) {
	i := slices.IndexFunc(e.Quotas, func(q Quota) bool { return q.Country == country })
	if i < 0 {
		return Quota{}, false
	}
	return e.Quotas[i], true
}

// Find gives a person by the nomination's id.
func (e Event) Find(id journal.ID) (Person, bool) {
	i := slices.IndexFunc(e.People, func(p Person) bool { return p.Person == id })
	if i < 0 {
		return Person{}, false
	}
	return e.People[i], true
}

// Of gives the people of a country in some states.
func (e Event) Of(country string, states ...PersonState) []Person {
	var out []Person
	for _, p := range e.People {
		if p.Country == country && p.Known && slices.Contains(states, p.State) {
			out = append(out, p)
		}
	}
	return out
}

// Answered says whether a country has said anything: sent somebody, or said that it sends nobody.
func (e Event) Answered(country string) bool {
	q, _ := e.Quota(country)
	return q.Regretted || slices.ContainsFunc(e.People, func(p Person) bool { return p.Country == country && p.Known })
}

// Regrets says that a country sends nobody: it has said so, and nobody of it is to come.
func (e Event) Regrets(country string) bool {
	q, _ := e.Quota(country)
	return q.Regretted && len(e.Of(country, Proposed, Accepted)) == 0
}

// Admits says whether a country may know what a session is about: every country of an open one; of a closed one those that
// it names, and those who send an accepted person into its sub-group.
func (e Event) Admits(s Session, country string) bool {
	if !s.Closed || slices.Contains(s.Admits, country) {
		return true
	}
	return !s.Group.IsZero() && slices.ContainsFunc(e.Of(country, Accepted), func(p Person) bool { return p.Group == s.Group })
}

// AttendedBy gives in how many sessions somebody was.
func (e Event) AttendedBy(person journal.ID) (sessions int) {
	for _, who := range e.Presence {
		if how := who[person]; how == InPerson || how == Online {
			sessions++
		}
	}
	return sessions
}
