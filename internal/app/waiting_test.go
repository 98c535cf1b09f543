// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// on gives the same world on a restored node.
func (a *archived) on(f Folder) *archived {
	a.Helper()
	n := a.reopen(f)
	w := &world{T: a.T, n: n, clock: a.clock, offices: a.offices, people: a.people}
	return &archived{world: w, ana: a.ana, arta: a.arta, file: a.file, shelf: a.shelf, backup: a.backup}
}

// person opens a file in Athens.
func (a *archived) person(f file) casework.Person {
	a.Helper()
	o, err := a.n.Store.Open(a.Context(), a.ana.who(access.ForAssistance), store.Ref{Kind: access.KindPerson, ID: f.id})
	a.must(err)
	return o.State.(casework.Person)
}

func (a *archived) count(query string) (n int) {
	a.Helper()
	a.must(a.n.DB.Read(a.Context(), func(tx dbTx) error { return tx.Row(a.Context(), query).Scan(&n) }))
	return n
}

// TestAWithdrawalHoldsWhileTheOfficeWaits takes consent back at an office that was restored and waits: it ends access here
// at once, nothing leaves or is signed, and when the office goes on each partner is told once and erases.
func TestAWithdrawalHoldsWhileTheOfficeWaits(t *testing.T) {
	databases(t, func(t *testing.T, database string) {
		a := newArchived(t)
		second, third := a.hand("Second"), a.hand("Third")
		folder, _, err := a.restore(a.make().Data, database)
		a.must(err)
		r := a.on(folder)
		before := r.count(`SELECT COUNT(*) FROM post_out`)

		r.write(r.ana, access.KindPerson, a.file.id, store.Draft{Type: "consent.withdrawn", Payload: consent.Ended{Receipt: a.file.receipt, By: consent.ByPerson}})
		r.write(r.ana, access.KindPerson, second.id, store.Draft{Type: "referral.withdrawn", Payload: referral.Withdrawn{Referral: second.referral, Person: true, Reason: "person_wish"}})
		r.write(r.ana, access.KindPerson, third.id, store.Draft{Type: "consent.suspended", Payload: consent.Ended{Receipt: third.receipt, By: consent.ByPerson}})
		cats := []journal.Category{journal.D2}
		if c := r.person(a.file).Consent.Covers(r.clock.Now(), r.offices["tirana"].ID, consent.Referral, cats); len(c.Uncovered) != 1 {
			t.Errorf("the consent still covers: %+v", c)
		}
		if c := r.person(third).Consent.Covers(r.clock.Now(), r.offices["tirana"].ID, consent.Referral, cats); len(c.Uncovered) != 1 {
			t.Errorf("a suspended consent still covers: %+v", c)
		}
		if _, err := opDeliver(t.Context(), r.n, Empty{}); err != nil || r.count(`SELECT COUNT(*) FROM post_out`) != before || r.count(`SELECT COUNT(*) FROM post_held`) != 2 {
			t.Errorf("%d of %d messages, %d held: %v", r.count(`SELECT COUNT(*) FROM post_out`), before, r.count(`SELECT COUNT(*) FROM post_held`), err)
		}
		r.offersNothing()

		resumed, err := opResume(t.Context(), r.n, ResumeIn{Reason: "Nobody kept anything; Ana and Bo decided on 2 March."})
		a.must(err)
		if resumed.Queued != 2 || r.count(`SELECT COUNT(*) FROM post_held`) != 0 || r.count(`SELECT COUNT(*) FROM post_out`) != before+2 {
			t.Errorf("%+v, %d messages", resumed, r.count(`SELECT COUNT(*) FROM post_out`))
		}
		r.deliver()
		for _, f := range []file{a.file, second} {
			if _, text := r.received(r.n, f); strings.Contains(text, "Named") {
				t.Error("the partner still holds what was taken back")
			}
			if o := r.person(f).Referral.Out[0]; len(o.Recalls) != 1 || o.Recalls[0].Answered.IsZero() {
				t.Errorf("no confirmation came: %+v", o.Recalls)
			}
		}
		if _, text := r.received(r.n, third); !strings.Contains(text, planted("Third")[journal.D2]) {
			t.Error("what was only suspended is gone, so the test shows nothing")
		}
	})
}

// offersNothing shows that what would leave anew is refused with what to do, and not held.
func (a *archived) offersNothing() {
	a.Helper()
	f, held := a.open(a.ana, "Fourth", "tirana"), a.count(`SELECT COUNT(*) FROM post_held`)
	err := a.n.Work.Offer(a.Context(), a.ana.who(access.ForReferral), f.id, f.referral, a.clock.Now().Add(5*24*time.Hour))
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "operate.restore.waits") || a.count(`SELECT COUNT(*) FROM post_held`) != held {
		a.Errorf("an offer at a waiting office: %v", err)
	}
}

// TestWhatWasHeldLeavesAfterACrash resumes, loses the process before anything was queued, and starts again.
func TestWhatWasHeldLeavesAfterACrash(t *testing.T) {
	a := newArchived(t)
	folder, _, err := a.restore(a.make().Data, "file")
	a.must(err)
	r := a.on(folder)
	r.write(r.ana, access.KindPerson, a.file.id, store.Draft{Type: "consent.withdrawn", Payload: consent.Ended{Receipt: a.file.receipt, By: consent.ByPerson}})
	for _, o := range r.n.owners() {
		a.must(r.n.noteResumed(t.Context(), ResumedOwner{Owner: o}, "Nobody kept anything; Ana and Bo decided."))
	}
	a.must(r.n.Close())
	a.must(os.Remove(folder.path("restored.json")))
	r = a.on(folder)
	if r.count(`SELECT COUNT(*) FROM post_held`) != 1 {
		t.Fatal("nothing is held, so nothing is shown")
	}
	r.deliver()
	if _, text := r.received(r.n, a.file); strings.Contains(text, planted("First")[journal.D2]) {
		t.Error("the partner was not told")
	}
	if o := r.person(a.file).Referral.Out[0]; len(o.Recalls) != 1 || o.Recalls[0].Answered.IsZero() {
		t.Errorf("no confirmation came: %+v", o.Recalls)
	}
}

// TestWhatWaitedInABackupMayHaveLeft withdraws, at a restored office, what still waited when the backup was made and left
// after it: it is asked back, not said never to have arrived.
func TestWhatWaitedInABackupMayHaveLeft(t *testing.T) {
	a := newArchived(t)
	f, who := a.open(a.ana, "Late", "tirana"), a.ana.who(access.ForReferral)
	a.must(a.n.Work.Offer(t.Context(), who, f.id, f.referral, a.clock.Now().Add(5*24*time.Hour)))
	a.deliver()
	a.write(a.arta, access.KindReferralIn, f.referral, store.Draft{Type: "incoming.assigned", Payload: referral.Taken{Worker: a.arta.id}},
		store.Draft{Type: "incoming.answered", Payload: referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}}})
	a.deliver()
	p, err := a.n.Work.Preview(t.Context(), who, f.id, f.referral, a.clock.Now())
	a.must(err)
	a.must(a.n.Work.HandOver(t.Context(), who, f.id, f.referral, p.Hash, a.clock.Now()))
	folder, _, err := a.restore(a.make().Data, "file")
	a.must(err)
	r := a.on(folder)
	r.write(r.ana, access.KindPerson, f.id, store.Draft{Type: "consent.withdrawn", Payload: consent.Ended{Receipt: f.receipt, By: consent.ByPerson}})
	if r.count(`SELECT COUNT(*) FROM post_out WHERE state = 'voided'`) != 1 || r.count(`SELECT COUNT(*) FROM post_out WHERE state = 'queued'`) != 0 {
		t.Error("what was taken back still waits to leave")
	}
	_, err = opResume(t.Context(), r.n, ResumeIn{Reason: "Nobody kept anything; Ana and Bo decided on 2 March."})
	a.must(err)
	r.deliver()
	o := r.person(f).Referral.Out[0]
	if len(o.Refusals) != 1 || !o.Refusals[0].Maybe || len(o.Recalls) != 1 {
		t.Errorf("%+v %+v", o.Refusals, o.Recalls)
	}
}
