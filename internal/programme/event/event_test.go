// SPDX-License-Identifier: EUPL-1.2

package event_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// Twelve countries are invited with two seats each; one has no office and writes a letter, one is away for five days.
func TestTwelveCountriesAreInvitedAndSendTheirOwnPeople(t *testing.T) {
	w := newWorld(t, guests[:11]...)
	for _, c := range guests {
		w.ask(c, 2)
	}
	away := w.of("ME")
	away.Away = true
	w.Deliver()
	for _, c := range guests[:11] {
		m := w.of(c)
		if c == "ME" {
			if _, err := m.Store.Open(m.Ctx, m.Officer, w.ref(m)); !fault.Is(err, fault.NotFound) {
				t.Fatalf("an invitation reached an office that was away: %v", err)
			}
			continue
		}
		v := w.at(m).Invitation
		if v.Seats != 2 || v.Country != c || v.From != w.host.Owner || len(v.Sessions) != 4 || len(v.Channels) != 8 || len(v.Groups) != 2 || v.Link != "" {
			t.Fatalf("%s: %+v", c, v)
		}
		if closed := v.Sessions[2]; closed.Title.IsZero() != (c != "RO") || !closed.Closed {
			t.Errorf("%s reads of the closed session %+v", c, closed)
		}
	}

	waits := func(want int, offices ...*programmetest.Member) {
		t.Helper()
		for _, m := range offices {
			if n, err := m.Store.Count(m.Ctx, m.Officer, store.Query{Kind: access.KindEvent, Codes: map[string]string{event.WaitsCode: "yes"}}); err != nil || n != want {
				t.Errorf("%d events wait for names: %v", n, err)
			}
		}
	}
	waits(1, w.host, w.of("AL"), w.of("BG"))

	// Each nominates; the host sees function and language, and no name before it has accepted.
	people := map[string][]journal.ID{}
	for _, c := range guests[:11] {
		if c == "ME" || c == "SE" || c == "BG" {
			continue
		}
		people[c] = append(people[c], w.nominate(w.of(c), 1, "labour"), w.nominate(w.of(c), 2, "justice"))
	}
	w.write(w.of("BG"), store.Draft{Type: event.RegrettedType, Payload: event.Regretted{Country: "BG", Office: w.of("BG").Owner, Reason: "Another meeting on these days."}})
	w.Deliver()
	waits(0, w.of("AL"), w.of("BG"))
	waits(1, w.host) // names are to be accepted
	for _, p := range w.at(w.host).People {
		if p.Name != "" || p.Email != "" || p.Function != "Inspector" || p.Language != "en" || p.State != event.Proposed {
			t.Fatalf("before it is accepted the host sees %+v", p)
		}
	}
	for _, c := range guests {
		for i, id := range people[c] {
			if c == "AL" && i == 1 {
				w.host.Must(w.decide(id, false, "The sub-group is full."))
				continue
			}
			w.host.Must(w.decide(id, true, ""))
		}
	}
	w.Deliver()
	host := w.at(w.host)
	for c, ids := range people {
		for i, id := range ids {
			p, _ := host.Find(id)
			if accepted := c != "AL" || i == 0; accepted != (p.State == event.Accepted) || accepted != strings.HasPrefix(p.Name, "Person") {
				t.Errorf("%s %d: %s %q", c, i, p.State, p.Name)
			}
		}
	}
	al := w.at(w.of("AL"))
	if p, _ := al.Find(people["AL"][1]); p.State != event.Declined || p.Reason != "The sub-group is full." || al.Invitation.Link == "" {
		t.Errorf("Tirana reads %+v, link %q", p, al.Invitation.Link)
	}
	if gr := w.at(w.of("GR")); gr.Invitation.Sessions[2].Title.IsZero() {
		t.Error("who sends somebody into the closed session's sub-group is admitted to it")
	}

	// The country without an office answers by letter; an office speaks for itself.
	by := w.host.Store.NewID()
	w.write(w.host, store.Draft{Type: event.NominatedType, Payload: event.Nominated{Person: by, Country: "SE", Function: "Prosecutor", Language: "en", Mode: event.Online, Name: "By Letter"}})
	if err := w.try(w.host, store.Draft{Type: event.NominatedType, Payload: event.Nominated{Person: w.host.Store.NewID(), Country: "HR", Function: "x", Language: "en", Mode: event.Online, Name: "x"}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("typed in for a country that has an office: %v", err)
	}

	// Who has not answered: the one that is away. It is reminded twice.
	var silent []string
	for _, q := range host.Quotas {
		if !host.Answered(q.Country) {
			silent = append(silent, q.Country)
		}
	}
	if !slices.Equal(silent, []string{"ME", "SE"}) { // host was read before the letter came
		t.Errorf("not answering: %v", silent)
	}
	for range 2 {
		w.Clock.Advance(48 * time.Hour)
		w.write(w.host, store.Draft{Type: event.RemindedType, Payload: event.Reminded{Country: "ME"}})
		w.Deliver()
	}
	if q, _ := w.at(w.host).Quota("ME"); q.Reminders != 2 || !q.ArrivedAt.IsZero() {
		t.Errorf("%+v", q)
	}
	if err := w.try(w.host, store.Draft{Type: event.RemindedType, Payload: event.Reminded{Country: "BG"}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("reminded who has answered: %v", err)
	}

	// After five days it is back: invitation, both reminders, its nominations, once each.
	w.Clock.Advance(24 * time.Hour)
	away.Away = false
	w.Deliver()
	if e := w.at(away); e.Reminders != 2 || e.Invitation.Sequence != w.at(w.host).Sequence {
		t.Fatalf("%d reminders, sequence %d", e.Reminders, e.Invitation.Sequence)
	}
	for n := range 2 {
		w.nominate(away, n+1, "labour")
	}
	w.Deliver()
	host = w.at(w.host)
	if got := host.Of("ME", event.Proposed); len(got) != 2 {
		t.Errorf("%d nominations of the office that was away", len(got))
	}
	if q, _ := host.Quota("ME"); q.Arrived.Status != "accepted" {
		t.Errorf("%+v", q.Arrived)
	}

	// A change of date travels, and the calendar's sequence rises.
	before := host.Sequence
	d := host.Described
	d.Start, d.End = day(20), day(21)
	w.write(w.host, store.Draft{Type: event.DescribedType, Payload: d})
	now := w.at(w.host).Sequence
	for _, c := range guests {
		w.write(w.host, store.Draft{Type: event.InvitedType, Payload: event.Invited{Country: c, Sequence: now}})
	}
	w.Deliver()
	for _, c := range guests[:11] {
		if v := w.at(w.of(c)).Invitation; v.Start != day(20) || v.Sequence <= before {
			t.Errorf("%s still reads %s, %d", c, v.Start, v.Sequence)
		}
	}
}

// An office that was away sends what it wrote meanwhile; whatever order it comes in and however often, it is there once and
// stands the same.
func TestWhatComesInAnyOrderAndTwiceIsThereOnce(t *testing.T) {
	w := newWorld(t, "AL")
	w.ask("AL", 3)
	w.Deliver()
	al := w.of("AL")
	stays, goes := w.nominate(al, 1, "labour"), w.nominate(al, 2, "justice")
	w.write(al, store.Draft{Type: event.WithdrawnType, Payload: event.Withdrawn{Person: goes, Office: al.Owner, Reason: "ill"}})
	third := w.nominate(al, 3, "")
	sealed := al.Waiting(w.host)
	if len(sealed) != 4 {
		t.Fatalf("%d messages wait", len(sealed))
	}
	order := slices.Concat(sealed, sealed, sealed)
	rng := rand.New(rand.NewPCG(5, 8))
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, b := range order {
		if _, err := w.host.Mail.Receive(w.host.Ctx, w.host.Owner, b); err != nil {
			t.Fatal(err)
		}
	}
	w.Deliver()
	e := w.at(w.host)
	got := map[journal.ID]event.PersonState{}
	for _, p := range e.People {
		got[p.Person] = p.State
	}
	if len(got) != 3 || got[stays] != event.Proposed || got[goes] != event.Gone || got[third] != event.Proposed {
		t.Errorf("%v", got)
	}
}

// Whatever order the entries of other offices come in, the state is the same.
func TestTheOrderOfArrivalChangesNothing(t *testing.T) {
	base := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	id := func(n int) journal.ID {
		return journal.NewID(base.Add(time.Duration(n)*time.Second), rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)}))
	}
	entry := func(n int, at int, typ string, payload any) journal.Entry {
		parts, err := journal.Split(payload)
		if err != nil {
			t.Fatal(err)
		}
		return journal.Entry{Header: journal.Header{ID: id(1000 + n), Type: typ, OccurredAt: base.Add(time.Duration(at) * time.Minute)}, Parts: parts}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "entries")
		var es []journal.Entry
		for i := range n {
			person, at := id(rapid.IntRange(1, 3).Draw(t, "person")), rapid.IntRange(0, 5).Draw(t, "at")
			switch rapid.IntRange(0, 4).Draw(t, "type") {
			case 0:
				es = append(es, entry(i, at, event.NominatedType, event.Nominated{Person: person, Country: "AL", Function: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "function"), Language: "en", Mode: event.Online}))
			case 1:
				es = append(es, entry(i, at, event.DetailedType, event.Detailed{Person: person, Name: rapid.SampledFrom([]string{"X", "Y"}).Draw(t, "name")}))
			case 2:
				es = append(es, entry(i, at, event.WithdrawnType, event.Withdrawn{Person: person, Reason: "r"}))
			case 3:
				es = append(es, entry(i, at, event.DecidedType, event.Decided{Person: person, Accepted: rapid.Bool().Draw(t, "accepted"), Reason: "r"}))
			default:
				es = append(es, entry(i, at, event.InvitationType, event.Invitation{Event: id(77), From: id(78), Country: "AL", Sequence: rapid.IntRange(1, 3).Draw(t, "sequence"), Seats: i}))
			}
		}
		want, err := event.Fold(es)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := rapid.Permutation(es).Draw(t, "order")
		got, err := event.Fold(shuffled)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []*event.Event{&want, &got} {
			e.History = nil
		}
		a, _ := json.Marshal(want)
		b, _ := json.Marshal(got)
		if string(a) != string(b) {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

// An office speaks for its own people and country; nobody speaks for another one.
func TestNoOfficeSpeaksForAnother(t *testing.T) {
	w := newWorld(t, "AL", "RO")
	w.ask("AL", 2)
	w.ask("RO", 2)
	w.Deliver()
	al, ro := w.of("AL"), w.of("RO")
	p := w.nominate(al, 1, "")
	w.Deliver()
	for name, d := range map[string]store.Draft{
		"another country's people":  {Type: event.NominatedType, Payload: event.Nominated{Person: ro.Store.NewID(), Country: "AL", Office: ro.Owner, Function: "x", Language: "en", Mode: event.Online, Name: "x"}},
		"another office's name":     {Type: event.NominatedType, Payload: event.Nominated{Person: ro.Store.NewID(), Country: "RO", Office: al.Owner, Function: "x", Language: "en", Mode: event.Online, Name: "x"}},
		"the host's decision":       {Type: event.DecidedType, Payload: event.Decided{Person: p, Accepted: true, Office: w.host.Owner}},
		"the host's description":    {Type: event.InvitationType, Payload: w.at(ro).Invitation},
		"somebody who was not sent": {Type: event.WithdrawnType, Payload: event.Withdrawn{Person: p, Office: ro.Owner}},
	} {
		if err := w.try(ro, d); err == nil {
			t.Errorf("an office writes %s", name)
		}
	}
	if err := w.try(w.host, store.Draft{Type: event.WithdrawnType, Payload: event.Withdrawn{Person: p}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("the host withdraws another office's people: %v", err)
	}
}

// Seats, reasons and sessions are held to.
func TestWhatTheHostCannotDo(t *testing.T) {
	w := newWorld(t, "AL")
	w.ask("AL", 1)
	w.Deliver()
	al := w.of("AL")
	p := w.nominate(al, 1, "")
	if err := w.try(al, store.Draft{Type: event.NominatedType, Payload: event.Nominated{Person: al.Store.NewID(), Country: "AL", Office: al.Owner, Function: "x", Language: "en", Mode: event.Online, Name: "x"}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("more people than seats: %v", err)
	}
	w.Deliver()
	if err := w.decide(p, false, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("declined without a reason: %v", err)
	}
	if err := w.try(w.host, store.Draft{Type: event.AttendedType, Payload: event.Attended{Session: w.session["1"], Person: p, How: event.InPerson}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("somebody came who was not accepted: %v", err)
	}
	w.host.Must(w.decide(p, true, ""))
	if err := w.try(w.host, store.Draft{Type: event.QuotaType, Payload: event.QuotaSet{Country: "AL", Office: al.Owner}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("the seat of somebody accepted is taken away: %v", err)
	}
	w.write(w.host, store.Draft{Type: event.AttendedType, Payload: event.Attended{Session: w.session["1"], Person: p, How: event.Online}})
	if err := w.try(w.host, store.Draft{Type: event.DroppedType, Payload: event.SessionDropped{Session: w.session["1"]}}); !fault.Is(err, fault.Guarded) {
		t.Errorf("a session that somebody came to is dropped: %v", err)
	}
	if err := w.try(w.host, store.Draft{Type: event.HeldType, Payload: event.Held{On: day(14)}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("held before its day: %v", err)
	}
	w.Clock.Advance(40 * 24 * time.Hour)
	w.write(w.host, store.Draft{Type: event.HeldType, Payload: event.Held{On: day(14)}})
	if s := w.at(w.host).Summary(); s.Standing != event.WasHeld || s.Online != 1 || s.InPerson != 0 || !s.Counted {
		t.Errorf("%+v", s)
	}
}

// What depends on a study may be held when the study is delivered, and not before.
func TestHeldOnlyAfterWhatItDependsOn(t *testing.T) {
	w := newWorld(t)
	id := w.host.Store.NewID()
	write := func(typ string, payload any) error {
		w.Clock.Advance(time.Second)
		_, err := w.host.Store.Append(w.host.Ctx, w.host.Officer, event.Ref(id), store.Draft{Type: typ, Payload: payload})
		return err
	}
	d := w.at(w.host).Described
	d.Activity, d.CoOrganisers, d.Start, d.End = "P5-E1", nil, day(1), day(1)
	w.host.Must(write(event.DescribedType, d))
	w.Clock.Advance(40 * 24 * time.Hour)
	if err := write(event.HeldType, event.Held{On: day(1)}); !fault.Is(err, fault.Guarded) || !strings.Contains(err.Error(), "event.guard.depends") {
		t.Fatalf("held although the study is not delivered: %v", err)
	}
	delivered := activity.Status("delivered")
	_, err := w.host.Store.Append(w.host.Ctx, w.host.Officer, activity.Ref(w.host.Owner, "P5-S1"), store.Draft{Type: activity.DescribedType, Payload: activity.Described{Status: &delivered}})
	w.host.Must(err)
	w.host.Must(write(event.HeldType, event.Held{On: day(1)}))
}

// What a closed session is called is read by those admitted, and by nobody else.
func TestAClosedSessionsNameIsInternal(t *testing.T) {
	w := newWorld(t, "AL", "RO")
	w.ask("AL", 2)
	w.ask("RO", 2)
	w.Deliver()
	for _, x := range []struct {
		who  store.Who
		at   event.Event
		name string
		sees bool
	}{{w.host.Officer, w.seen(w.host, w.host.Officer), "officer of the host", true}, {w.host.Reader, w.seen(w.host, w.host.Reader), "somebody else at the host", false},
		{w.of("RO").Officer, w.at(w.of("RO")), "Bucharest", true}, {w.of("AL").Officer, w.at(w.of("AL")), "Tirana", false}} {
		b, err := json.Marshal(x.at)
		w.host.Must(err)
		if strings.Contains(string(b), "A case under way") != x.sees {
			t.Errorf("%s: sees the name: %v", x.name, !x.sees)
		}
	}
	o, err := w.host.Store.Open(w.host.Ctx, w.host.Reader, w.ref(w.host))
	w.host.Must(err)
	for _, e := range o.Entries { // as the API gives them
		for _, p := range e.Parts {
			if strings.Contains(string(p), "A case under way") {
				t.Errorf("%s gives it to everybody", e.Type)
			}
		}
	}
}

// Terms that cover no contacts let a nomination and the decision on it go to and fro: the host is told function and language, and the
// office that sent somebody that the name stays with it.
func TestADecisionHoldsThoughNoNameMayFollow(t *testing.T) {
	w := newWorld(t, "AL")
	w.ask("AL", 1)
	m := w.of("AL")
	w.Deliver()
	w.Agree(w.host, m, journal.PP, journal.PI)
	p := m.Store.NewID()
	w.write(m, store.Draft{Type: event.NominatedType, Payload: event.Nominated{Person: p, Country: "AL", Office: m.Owner, Function: "Judge", Language: "sq", Mode: event.InPerson, Name: "Anna Example"}})
	w.Deliver()
	w.write(w.host, store.Draft{Type: event.DecidedType, Payload: event.Decided{Person: p, Accepted: true}})
	w.Deliver()
	if x, _ := w.at(m).Find(p); x.State != event.Accepted || !x.Nameless {
		t.Errorf("the office that sent somebody has %+v", x)
	}
	if x, _ := w.at(w.host).Find(p); x.State != event.Accepted || x.Name != "" || x.Function != "Judge" {
		t.Errorf("the host has %+v", x)
	}
}
