// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"errors"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// The guards that cross the rooms of a person's file, asked of the whole node. G4 to G8, which need another office too,
// are asked in casework's own tests.

// keeper is a case manager of a real office with one file.
type keeper struct {
	*world
	v  *visitor
	id journal.ID
}

func newKeeper(t *testing.T, age string) *keeper {
	t.Helper()
	w := newWorld(t, "athens")
	k := &keeper{world: w, v: w.hire("athens", "ana", access.CaseManager)}
	var err error
	k.id, err = w.n.Work.Register(w.Context(), k.v.who(access.ForAssistance), casework.Registration{Registered: casework.Registered{Code: "Larch", Territory: "GR", Age: age, Sex: "f", Languages: []string{"sq"}, Fictitious: true}})
	w.must(err)
	return k
}

func (k *keeper) try(typ string, payload any) error {
	k.clock.Advance(time.Second)
	_, err := k.n.Store.Append(k.Context(), k.v.who(access.ForAssistance), casework.Ref(k.id), store.Draft{Type: typ, Payload: payload})
	return err
}

func (k *keeper) do(typ string, payload any) {
	k.Helper()
	k.must(k.try(typ, payload))
}

// refused wants a fault of this key, of the fault or of one of its fields.
func (k *keeper) refused(key, typ string, payload any) {
	k.Helper()
	err := k.try(typ, payload)
	var f *fault.Fault
	if !errors.As(err, &f) {
		k.Fatalf("%s: want %s, got %v", typ, key, err)
	}
	for _, x := range f.Fields {
		if x.Key == key {
			return
		}
	}
	if f.Key != key {
		k.Fatalf("%s: want %s, got %v", typ, key, err)
	}
}

func (k *keeper) person() casework.Person {
	k.Helper()
	p, _, err := k.n.Work.Open(k.Context(), k.v.who(access.ForAssistance), k.id)
	k.must(err)
	return p
}

// due gives when something is due; zero when it is not.
func (k *keeper) due(what string) time.Time {
	for _, d := range k.person().Dues() {
		if d.What == what {
			return d.At
		}
	}
	return time.Time{}
}

func (k *keeper) presume() {
	k.Helper()
	k.do("track.identification", casework.Identified{Step: casework.Presumed})
}

func TestG1PresumedOpensBothDutiesTheSameDay(t *testing.T) {
	k := newKeeper(t, "adult")
	if !k.due("inform_rights").IsZero() || !k.due("offer_reflection").IsZero() {
		t.Fatal("due before she is presumed")
	}
	k.presume()
	zone, err := time.LoadLocation("Europe/Athens")
	k.must(err)
	for _, what := range []string{"inform_rights", "offer_reflection"} {
		if at := k.due(what); at.In(zone).Format(time.DateOnly) != k.clock.Now().In(zone).Format(time.DateOnly) {
			t.Errorf("%s is due at %s", what, at)
		}
	}
	k.refused("rights.need.signed_text", "right.informed", rights.Informed{Language: "sq", By: "interpreter", How: "signed_text"})
	k.do("right.informed", rights.Informed{Language: "sq", By: "interpreter", How: "read_aloud"})
	k.do("right.reflection_offered", rights.Offer{Language: "sq", By: "interpreter"})
	if !k.due("inform_rights").IsZero() || !k.due("offer_reflection").IsZero() {
		t.Error("done, and still due")
	}
}

func TestG2NothingIsExecutedWhileReflectionRuns(t *testing.T) {
	k := newKeeper(t, "adult")
	k.presume()
	k.refused("rights.guard.offer_first", "right.measure", rights.Measure{Measure: "removal", Step: "executed"})
	k.do("right.reflection_started", rights.Start(rightsContext(k.n.packs, k.person(), k.clock.Now().Add(time.Second)), k.clock.Now().Add(time.Second)))
	for _, m := range rights.Measures() {
		k.do("right.measure", rights.Measure{Measure: m, Step: "prepared", Authority: "an authority"})
		k.refused("rights.guard.reflection_runs", "right.measure", rights.Measure{Measure: m, Step: "executed"})
	}
	k.do("right.reflection_ended", rights.Over{Reason: "person_wish"})
	k.do("right.measure", rights.Measure{Measure: "return", Step: "executed"})
}

// G3: help and plan move the same, whatever identification and justice have come to.
func TestG3ServicesWaitForNoStatus(t *testing.T) {
	k := newKeeper(t, "adult")
	until := start.AddDate(0, 0, 60)
	for _, stage := range []struct {
		name   string
		before func()
	}{
		{"nothing", func() {}},
		{"presumed", k.presume},
		{"not confirmed", func() {
			k.do("track.identification", casework.Identified{Step: casework.UnderDecision})
			k.do("track.identification", casework.Identified{Step: casework.NotRecognised, Reason: "not enough", Remedy: "the review panel", Until: until, Told: "sq"})
		}},
		{"no complaint", func() {
			k.do("right.justice", rights.Justice{Thread: "complaint", Step: "informed", Language: "sq"})
			k.do("right.justice", rights.Justice{Thread: "complaint", Step: "no_complaint_now"})
		}},
	} {
		stage.before()
		need, goal := k.n.newID(), k.n.newID()
		k.do("service.need_identified", services.Noted{Need: need, Code: "medical", Urgency: "immediate"})
		for _, s := range []services.Step{services.InDelivery, services.Reviewed, services.Met} { // the emergency path
			if err := k.try("service.step", services.Stepped{Need: need, Step: s}); err != nil {
				t.Errorf("%s: %s: %v", stage.name, s, err)
			}
		}
		if err := k.try("service.goal_set", services.GoalSet{Goal: goal, Area: "work", Aim: "a trade", Review: until}); err != nil {
			t.Errorf("%s: the plan: %v", stage.name, err)
		}
	}
}

func TestG9AFileStaysOpenWhileAClockRuns(t *testing.T) {
	k := newKeeper(t, "adult")
	shut := casework.Closed{Reason: "goals_met"}
	k.presume()
	k.do("right.reflection_started", rights.Start(rightsContext(k.n.packs, k.person(), k.clock.Now().Add(time.Second)), k.clock.Now().Add(time.Second)))
	k.refused("rights.guard.open_reflection", "person.closed", shut)
	k.do("right.reflection_ended", rights.Over{Reason: "person_wish"})
	goal := k.n.newID()
	k.do("service.goal_set", services.GoalSet{Goal: goal, Area: "staying", Aim: "a call every month", Review: k.clock.Now().AddDate(0, 1, 0)})
	k.refused("casework.guard.open_goal", "person.closed", shut)
	k.do("service.goal_reviewed", services.GoalReviewed{Goal: goal, Outcome: services.Waived})
	k.do("person.closed", shut)
}

func TestG10EveryRefusalCarriesReasonRemedyDeadlineAndLanguage(t *testing.T) {
	k := newKeeper(t, "adult")
	until := start.AddDate(0, 0, 30)
	k.presume()
	k.do("track.identification", casework.Identified{Step: casework.UnderDecision})
	k.do("right.stay", rights.Stay{Step: "applied", Ground: "personal_situation"})
	for _, bare := range []struct {
		typ, key string
		payload  any
	}{
		{"track.identification", "casework.need.reason", casework.Identified{Step: casework.NotRecognised, Remedy: "the panel", Until: until, Told: "sq"}},
		{"track.identification", "casework.need.remedy", casework.Identified{Step: casework.NotRecognised, Reason: "not enough", Until: until, Told: "sq"}},
		{"track.identification", "casework.need.until", casework.Identified{Step: casework.NotRecognised, Reason: "not enough", Remedy: "the panel", Told: "sq"}},
		{"track.identification", "casework.need.told", casework.Identified{Step: casework.NotRecognised, Reason: "not enough", Remedy: "the panel", Until: until}},
		{"right.stay", "rights.need.reason", rights.Stay{Step: "refused", Remedy: "the court", Until: until, Language: "sq"}},
		{"right.stay", "rights.need.remedy", rights.Stay{Step: "refused", Reason: "papers", Until: until, Language: "sq"}},
		{"right.stay", "rights.need.until", rights.Stay{Step: "refused", Reason: "papers", Remedy: "the court", Language: "sq"}},
		{"right.stay", "rights.need.language", rights.Stay{Step: "refused", Reason: "papers", Remedy: "the court", Until: until}},
	} {
		k.refused(bare.key, bare.typ, bare.payload)
	}
	k.do("track.identification", casework.Identified{Step: casework.NotRecognised, Reason: "not enough", Remedy: "the panel", Until: until, Told: "sq"})
	k.do("right.stay", rights.Stay{Step: "refused", Reason: "papers", Remedy: "the court", Until: until, Language: "sq"})
}
