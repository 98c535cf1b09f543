// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// A withdrawal and a hand-over at the same moment: either the hand-over was first and is recalled, or the
// withdrawal was first and nothing leaves. Never both, never neither.
func TestWithdrawalAndHandOverNeverBothWin(t *testing.T) {
	w := casetest.New(t)
	first := map[string]int{}
	for round := range 50 {
		id, receipt, ref := w.Accepted(journal.D0, journal.D1, journal.D2)
		v, err := w.Work.Preview(w.Ctx, w.Ana(), id, ref, w.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		before := len(w.Sent(casetest.Athens))
		var handed, withdrawn error
		var wg sync.WaitGroup
		gate := make(chan struct{})
		wg.Go(func() {
			<-gate
			if round%2 == 0 { // by the page, which looks again first
				handed = w.Work.HandOver(w.Ctx, w.Ana(), id, ref, v.Hash, w.Clock.Now())
				return
			}
			_, handed = w.Store.Append(w.Ctx, w.Ana(), casework.Ref(id), draft("referral.handed_over", v.Handed))
		})
		wg.Go(func() {
			<-gate
			if round%2 == 1 {
				_, _, _ = w.Work.Open(w.Ctx, w.Ana(), id) // so that each is first at times
			}
			_, withdrawn = w.Store.Append(w.Ctx, w.Ana(), casework.Ref(id), draft("consent.withdrawn", consent.Ended{Receipt: receipt, By: consent.ByPerson}))
		})
		close(gate)
		wg.Wait()
		if withdrawn != nil {
			t.Fatalf("round %d: a withdrawal always goes through: %v", round, withdrawn)
		}
		o, _ := w.Person(w.Ana(), id).Referral.Find(ref)
		sent := w.Types(casetest.Athens)[before:]
		switch {
		case handed == nil && slices.Equal(sent, []string{referral.MsgPackage, referral.MsgRecall}) && len(o.Recalls) == 1:
			first["hand-over"]++
		case handed != nil && slices.Equal(sent, []string{referral.MsgWithdraw}) && o.Handed == nil && o.Status == referral.WithdrawnPerson:
			first["withdrawal"]++
		default:
			t.Fatalf("round %d: handed over: %v, sent %v, stands at %s with %d recalls", round, handed, sent, o.Status, len(o.Recalls))
		}
		w.Deliver()
		if in, _ := w.In(ref); len(in.Package.Categories()) != 0 {
			t.Fatalf("round %d: the other office still holds %v", round, in.Package.Categories())
		}
	}
	if len(first) != 2 {
		t.Logf("only one of the two was ever first: %v", first)
	}
}

// permutations gives every order of 0..n-1.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var out [][]int
	for _, p := range permutations(n - 1) {
		for i := range n {
			out = append(out, slices.Insert(slices.Clone(p), i, n-1))
		}
	}
	return out
}

// What people wrote on "may one call" without seeing each other merges to the cautious value in whatever
// order it arrives; who has seen it may change it.
func TestSafeToCallMergesToTheCautiousValue(t *testing.T) {
	w := casetest.New(t)
	rank := map[casework.Safe]int{casework.SafeYes: 1, casework.SafeAsk: 2, casework.SafeNo: 3}
	all := []casework.Safe{casework.SafeYes, casework.SafeAsk, casework.SafeNo, casework.SafeYes}
	for size := 2; size <= len(all); size++ {
		for _, order := range permutations(size) {
			id := w.Register(casetest.Lindita())
			_, o, err := w.Work.Open(w.Ctx, w.Ana(), id)
			if err != nil {
				t.Fatal(err)
			}
			want := casework.SafeYes
			for _, i := range order {
				c := casework.Contact{SafeToCall: all[i], Hours: "10 to 12", Number: "+30 000 000 0001", CodeWord: "lemon", Never: []string{fmt.Sprint("person ", i)}}
				w.Do(w.Ana(), id, store.Draft{Type: "person.contact", Payload: c, Base: o.Revision})
				if rank[all[i]] > rank[want] {
					want = all[i]
				}
			}
			p := w.Person(w.Ana(), id)
			if p.Contact.SafeToCall != want || !p.Disputed || len(p.Contact.Never) != size {
				t.Fatalf("order %v: %s, disputed %v, never %v; want %s", order, p.Contact.SafeToCall, p.Disputed, p.Contact.Never, want)
			}
			w.Do(w.Ana(), id, draft("person.contact", casework.Contact{SafeToCall: casework.SafeYes}))
			if p := w.Person(w.Ana(), id); p.Contact.SafeToCall != casework.SafeYes || p.Disputed {
				t.Fatalf("who saw all of it could not settle it: %+v", p.Contact)
			}
		}
	}
}

func TestNumbersWrittenMeanwhileAreAConflict(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	at := func(number string) error {
		return w.Try(w.Ana(), id, store.Draft{Type: "person.contact", Base: 4, Payload: casework.Contact{SafeToCall: casework.SafeYes, Number: number}})
	}
	if err := at("+355 1"); err != nil {
		t.Fatal(err)
	}
	if err := at("+355 2"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("two numbers at once: %v", err)
	}
}

// Each role sees its own categories of one and the same file, and not a byte of the others.
func TestEachSeesItsOwnCategories(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	for _, n := range []casework.Noted{{Sort: "account", Account: "planted-D3"}, {Sort: "health", Health: "planted-D4"}, {Sort: "legal", Legal: "planted-D6"}, {Sort: "stay", Stay: "planted-D7"}} {
		w.Do(w.Ana(), id, draft("note.added", n))
	}
	planted := map[journal.Category]string{journal.D1: "lemon", journal.D2: "Lindita Prova", journal.D3: "planted-D3", journal.D4: "planted-D4", journal.D6: "planted-D6", journal.D7: "planted-D7"}
	for i, c := range []struct {
		role access.Role
		as   access.Relation
		sees string
	}{
		{access.Supervisor, access.AsSuper, "D0 D1 D2 D3 D6 D7"},
		{access.Health, access.AsHealth, "D0 D1 D2 D4"},
		{access.Shelter, access.AsShelter, "D0 D1"},
		{access.Lawyer, access.AsLawyer, "D0 D1 D2 D3 D6 D7"},
		{access.Guardian, access.AsGuardian, "D0 D1 D2 D6 D7"},
		{access.Panel, access.AsPanel, "D0 D1 D2 D3 D7"},
		{access.CaseManager, access.AsManager, "D0 D1 D2 D3 D6 D7"},
	} {
		who := w.Who(casetest.Athens, byte(10+i), c.role)
		if _, _, err := w.Work.Open(w.Ctx, who, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s opens a file that is not hers: %v", c.role, err)
		}
		w.Do(w.Ana(), id, draft("person.assigned", casework.Assigned{Worker: who.Actor.ID, Relation: c.as}))
		_, o, err := w.Work.Open(w.Ctx, who, id)
		if err != nil {
			t.Errorf("%s: %v", c.role, err)
			continue
		}
		if got := strings.Join(langtest.Strings(o.Shown), " "); got != c.sees {
			t.Errorf("%s sees %s, want %s", c.role, got, c.sees)
		}
		b, err := json.Marshal(o.State)
		if err != nil {
			t.Fatal(err)
		}
		for cat, text := range planted {
			if strings.Contains(string(b), text) != strings.Contains(c.sees, string(cat)) {
				t.Errorf("%s: %s in what is seen: %v", c.role, cat, strings.Contains(string(b), text))
			}
		}
		w.Do(w.Ana(), id, draft("person.assigned", casework.Assigned{Worker: who.Actor.ID, Relation: c.as, Ended: true}))
		if _, _, err := w.Work.Open(w.Ctx, who, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s still opens the file: %v", c.role, err)
		}
	}
}

func TestEmergencyAccessIsShortAndSaysWhy(t *testing.T) {
	w := casetest.New(t)
	id := w.Register(casetest.Lindita())
	other := w.Who(casetest.Athens, 9, access.CaseManager)
	other.Purpose = access.ForEmergency
	open := func(hours int, why string) error {
		return w.Try(other, id, draft("access.emergency", casework.Emergency{Until: w.Clock.Now().Add(hour(hours)), Reason: why}))
	}
	refused(t, open(2, " "), fault.Invalid, "casework.need.reason")
	refused(t, open(30, "she called"), fault.Invalid, "casework.need.until")
	if err := open(2, "she called"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Work.Open(w.Ctx, other, id); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(hour(3))
	if _, _, err := w.Work.Open(w.Ctx, other, id); !fault.Is(err, fault.NotFound) {
		t.Fatalf("after its time: %v", err)
	}
	if os := w.Person(w.Ana(), id).Openings; len(os) != 1 || os[0].Reason != "she called" {
		t.Fatalf("the owner learns of %+v", os)
	}
}
