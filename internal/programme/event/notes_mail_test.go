// SPDX-License-Identifier: EUPL-1.2

package event_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Who is invited notes too: without network, in their own office; after days all of it stands once among the host's notes,
// under the item where it was typed and the hour when, and is proposed for joining like the others.
func TestInvitedOfficesNoteAndTheHostGathers(t *testing.T) {
	w := newWorld(t, "AL", "RO")
	w.ask("AL", 2)
	w.ask("RO", 2)
	w.Deliver()
	al, ro := w.of("AL"), w.of("RO")
	note := func(take event.Take, item, text string) store.Draft {
		return store.Draft{ID: al.Store.NewID(), Type: event.CapturedType, Payload: event.Captured{Take: take, Session: w.session[item], Theme: "data", Text: wording.New("en", text)}}
	}
	if err := w.try(al, note(event.TakeNeed, "1", "x")); !fault.Is(err, fault.Guarded) {
		t.Errorf("noted by an office of which nobody is accepted: %v", err)
	}
	p, q := w.nominate(al, 1, "labour"), w.nominate(ro, 1, "labour")
	w.Deliver()
	w.host.Must(w.decide(p, true, ""))
	w.host.Must(w.decide(q, true, ""))
	w.Deliver()
	if err := w.try(al, note(event.TakeNeed, "2.2", "x")); !fault.Is(err, fault.Invalid) {
		t.Errorf("noted under a session to which it is not admitted: %v", err)
	}
	theirs := note(event.TakeAction, "1", "x")
	v := theirs.Payload.(event.Captured)
	v.OwnerOffice = ro.Owner
	theirs.Payload = v
	if err := w.try(al, theirs); !fault.Is(err, fault.Invalid) {
		t.Errorf("an action given to another office: %v", err)
	}

	w.write(w.host, note(event.TakeNeed, "1", "Interpreters are lacking at night"))
	ours := note(event.TakeAction, "3", "Send the list of interpreters")
	v = ours.Payload.(event.Captured)
	v.OwnerOffice = al.Owner
	ours.Payload = v
	typedAt := w.Clock.Now()
	w.write(al, note(event.TakeNeed, "1", "Interpreters are lacking in the night"), note(event.TakePractice, "1", "One form for all"), ours)
	w.write(ro, store.Draft{Type: event.CapturedType, Payload: event.Captured{Take: event.TakePractice, Session: w.session["2.2"], Theme: "data", Text: wording.New("en", "A call each morning")}})
	w.Clock.Advance(5 * 24 * time.Hour)
	sealed := al.Waiting(w.host)
	if len(sealed) != 3 {
		t.Fatalf("%d messages wait", len(sealed))
	}
	order := slices.Concat(sealed, sealed)
	rng := rand.New(rand.NewPCG(2, 9))
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, b := range order {
		if _, err := w.host.Mail.Receive(w.host.Ctx, w.host.Owner, b); err != nil {
			t.Fatal(err)
		}
	}
	w.Deliver()
	e := w.at(w.host)
	from := map[journal.ID]int{}
	for _, n := range e.Notes.List {
		from[n.Office]++
		if n.Take == event.TakeAction && (n.OwnerOffice != al.Owner || n.At.Sub(typedAt) > time.Minute) {
			t.Errorf("%+v", n)
		}
	}
	if from[al.Owner] != 3 || from[ro.Owner] != 1 || from[journal.ID{}] != 1 {
		t.Errorf("notes by office: %v", from)
	}
	if pairs := e.Notes.Alike(); len(pairs) != 1 {
		t.Errorf("%d pairs of notes read alike", len(pairs))
	}
	if n := len(w.at(al).Notes.List); n != 3 {
		t.Errorf("Tirana keeps %d of its own notes", n)
	}
}
