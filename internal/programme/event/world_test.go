// SPDX-License-Identifier: EUPL-1.2

package event_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// guests are the countries that the host of J4 invites, each with an office but the last one.
var guests = []string{"AL", "BG", "HR", "GR", "XK", "MK", "MD", "ME", "RO", "RS", "FR", "SE"}

// world is the office of Sarajevo, that hosts, and those that it invites.
type world struct {
	*programmetest.Ring
	host    *programmetest.Member
	id      journal.ID // of the event
	session map[string]journal.ID
	group   map[string]journal.ID
}

func newWorld(t *testing.T, countries ...string) *world {
	t.Helper()
	r := programmetest.NewRing(t, func(m *programmetest.Member) {
		event.Mail{Mail: between.Mail{Store: m.Store, Job: m.Job}}.Register(m.Mail)
	}, append([]string{"BA"}, countries...)...)
	w := &world{Ring: r, host: r.Members[0], session: map[string]journal.ID{}, group: map[string]journal.ID{}}
	w.host.Load()
	w.plan()
	return w
}

func day(n int) party.PartialDate { return party.OnDay(time.Date(2026, 10, n, 0, 0, 0, 0, time.UTC)) }

// plan describes J4's workshop: two days, eight languages, two sub-groups, one closed session.
func (w *world) plan() {
	w.T.Helper()
	w.id = w.host.Store.NewID()
	w.group["labour"], w.group["justice"] = w.host.Store.NewID(), w.host.Store.NewID()
	w.write(w.host, store.Draft{Type: event.DescribedType, Payload: event.Described{Title: wording.New("en", "Regional expert workshop"), Sort: "workshop", Activity: "P3-W1", Start: day(13), End: day(14),
		Zone: "Europe/Sarajevo", Mode: event.Hybrid, Place: party.Place{Country: "BA", Town: "Sarajevo"}, Venue: "Hall 2", Link: "https://conference.example/room",
		Languages: []string{"en"}, Channels: []string{"bs", "en", "fr", "sq", "mk", "ro", "el", "bg"}, AnswerBy: day(1)}})
	for name, id := range w.group {
		w.write(w.host, store.Draft{Type: event.GroupType, Payload: event.GroupSet{Group: id, Name: wording.New("en", "Group "+name), Languages: []string{"en"}}})
	}
	for _, s := range []event.SessionSet{
		{Item: "1", Day: day(13), From: "09:30", To: "12:00", Title: wording.New("en", "Opening and needs")},
		{Item: "2.1", Day: day(13), From: "14:00", To: "16:00", Group: w.group["labour"], Title: wording.New("en", "Inspections")},
		{Item: "2.2", Day: day(13), From: "14:00", To: "16:00", Group: w.group["justice"], Closed: true, Inside: wording.New("en", "A case under way"), Admits: []string{"RO"}},
		{Item: "3", Day: day(14), From: "09:30", To: "12:00", Title: wording.New("en", "Closing")},
	} {
		s.Session = w.host.Store.NewID()
		w.session[s.Item] = s.Session
		w.write(w.host, store.Draft{Type: event.SessionType, Payload: s})
	}
}

// write appends to the event at its host, or to the invitation at another office.
func (w *world) write(m *programmetest.Member, ds ...store.Draft) {
	w.T.Helper()
	m.Must(w.try(m, ds...))
}

func (w *world) try(m *programmetest.Member, ds ...store.Draft) error {
	for _, d := range ds {
		w.Clock.Advance(time.Second)
		if _, err := m.Store.Append(m.Ctx, m.Officer, w.ref(m), d); err != nil {
			return fmt.Errorf("%s: %w", d.Type, err)
		}
	}
	return nil
}

func (w *world) ref(m *programmetest.Member) store.Ref {
	if m == w.host {
		return event.Ref(w.id)
	}
	return event.InvitationRef(m.Owner, w.host.Owner, w.id)
}

// at gives the event as an officer of an office sees it.
func (w *world) at(m *programmetest.Member) event.Event {
	w.T.Helper()
	return w.seen(m, m.Officer)
}

func (w *world) seen(m *programmetest.Member, who store.Who) event.Event {
	w.T.Helper()
	o, err := m.Store.Open(m.Ctx, who, w.ref(m))
	m.Must(err)
	return o.State.(event.Event)
}

// of gives the office of a country; nil when it has none.
func (w *world) of(country string) *programmetest.Member {
	for _, m := range w.Members[1:] {
		if m.Country == country {
			return m
		}
	}
	return nil
}

// ask gives a country seats and sends the invitation.
func (w *world) ask(country string, seats int) {
	w.T.Helper()
	q := event.QuotaSet{Country: country, Seats: seats}
	if m := w.of(country); m != nil {
		q.Office = m.Owner
	}
	w.write(w.host, store.Draft{Type: event.QuotaType, Payload: q})
	w.write(w.host, store.Draft{Type: event.InvitedType, Payload: event.Invited{Country: country, Sequence: w.at(w.host).Sequence}})
}

// nominate lets a country's office send somebody; it gives the nomination's id.
func (w *world) nominate(m *programmetest.Member, n int, group string) journal.ID {
	w.T.Helper()
	id := m.Store.NewID()
	w.write(m, store.Draft{Type: event.NominatedType, Payload: event.Nominated{Person: id, Country: m.Country, Office: m.Owner, Function: "Inspector", Profession: "labour_inspectors", Language: "en",
		Mode: event.InPerson, Group: w.group[group], Name: fmt.Sprintf("Person %d of %s", n, m.Country), Email: "person@example.org"}})
	return id
}

func (w *world) decide(person journal.ID, accepted bool, reason string) error {
	return w.try(w.host, store.Draft{Type: event.DecidedType, Payload: event.Decided{Person: person, Accepted: accepted, Reason: reason}})
}
