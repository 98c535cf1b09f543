// SPDX-License-Identifier: EUPL-1.2

package action_test

import (
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// TestWhatComesBackwardsAndTwiceStandsAsItWasWritten: an owner's office that was away gets the action, its change and the
// question backwards and twice; what it answers comes back likewise.
func TestWhatComesBackwardsAndTwiceStandsAsItWasWritten(t *testing.T) {
	r := programmetest.NewRing(t, func(m *programmetest.Member) {
		action.Mail{Mail: between.Mail{Store: m.Store, Job: m.Job}}.Register(m.Mail)
	}, "BA", "MK")
	host, mk := r.Members[0], r.Members[1]
	mail := action.Mail{Mail: between.Mail{Store: host.Store, Job: host.Job}}
	id := host.Store.NewID()
	write := func(m *programmetest.Member, ref store.Ref, typ string, payload any) error {
		r.Clock.Advance(time.Minute)
		_, err := m.Store.Append(m.Ctx, m.Officer, ref, store.Draft{Type: typ, Payload: payload})
		return err
	}
	here, there := store.Ref{Kind: access.KindAction, ID: id}, action.AssignedRef(mk.Owner, host.Owner, id)
	v := agreed("2026-12-01")
	v.Office = mk.Owner
	host.Must(write(host, here, action.AgreedType, v))
	v.Due = date("2027-01-31")
	host.Must(write(host, here, action.AgreedType, v))
	if n, err := mail.AskDue(host.Ctx, host.Owner, r.Clock.Now()); n != 1 || err != nil {
		t.Fatalf("%d asked: %v", n, err)
	}
	backwards := func(from, to *programmetest.Member, wait int) {
		t.Helper()
		sealed := from.Waiting(to)
		if len(sealed) != wait {
			t.Fatalf("%d messages wait", len(sealed))
		}
		slices.Reverse(sealed)
		for _, b := range slices.Concat(sealed, sealed) {
			if _, err := to.Mail.Receive(to.Ctx, to.Owner, b); err != nil { // too early, it is asked for again
				t.Fatal(err)
			}
		}
	}
	backwards(host, mk, 3)
	r.Deliver()
	state := func(m *programmetest.Member, ref store.Ref) action.Action {
		o, err := m.Store.Open(m.Ctx, m.Officer, ref)
		m.Must(err)
		return o.State.(action.Action)
	}
	shared := func(want int) { // what two offices share is found by its code while it is open, on both sides
		t.Helper()
		for _, m := range r.Members {
			p, err := m.Store.List(m.Ctx, m.Officer, store.Query{Kind: access.KindAction, By: action.WithCode})
			if m.Must(err); len(p.Rows) != want {
				t.Errorf("%d open actions are shared, not %d", len(p.Rows), want)
			}
		}
	}
	host.Must(write(host, store.Ref{Kind: access.KindAction, ID: host.Store.NewID()}, action.AgreedType, agreed("2026-12-01")))
	shared(1)
	if a := state(mk, there); a.Agreed.Due != date("2027-01-31") || a.AskedTo != 90 {
		t.Errorf("there: due %s, asked to %d", a.Agreed.Due, a.AskedTo)
	}
	mk.Must(write(mk, there, action.FollowedType, action.Followed{Days: 90, On: date("2026-09-14"), Answer: "Half of it"}))
	mk.Must(write(mk, there, action.DoneType, action.DoneBy{On: date("2026-09-14"), Evidence: "Sent"}))
	backwards(mk, host, 2)
	r.Deliver()
	if a := state(host, here); a.State != action.Done || len(a.Followed) != 1 || a.Followed[0].Answer != "Half of it" {
		t.Errorf("%s, %+v", a.State, a.Followed)
	}
	shared(0)
}
