// SPDX-License-Identifier: EUPL-1.2

package services_test

import (
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

var (
	goal = journal.MustID("01900000-0000-7000-8000-000000000002")
	step = journal.MustID("01900000-0000-7000-8000-000000000003")
)

func later(days int) time.Time { return now.AddDate(0, 0, days) }

func wanting(area, aim string, review time.Time) services.GoalSet {
	return services.GoalSet{Goal: goal, Area: area, Aim: aim, Wish: "a door that I lock myself", Review: review}
}

// plan folds a goal with one step, and what follows.
func plan(t *testing.T, more ...journal.Entry) services.State {
	t.Helper()
	es := []journal.Entry{entry(t, "service.goal_set", wanting("housing", "a flat of her own", later(30))),
		entry(t, "service.goal_step", services.GoalStep{Goal: goal, Step: step, Who: "worker", Due: later(7), What: "write to the housing office"})}
	s, err := services.Fold(append(es, more...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAGoalNeedsItsAreaAimAndReview(t *testing.T) {
	for name, g := range map[string]services.GoalSet{
		"no area":        wanting("a car", "a flat", later(30)),
		"no aim":         wanting("housing", "  ", later(30)),
		"review in past": wanting("housing", "a flat", later(-1)),
		"no id":          {Area: "housing", Aim: "a flat", Review: later(30)},
	} {
		if err := services.Guard(services.State{}, entry(t, "service.goal_set", g)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := services.Guard(services.State{}, entry(t, "service.goal_set", wanting("housing", "a flat", later(30)))); err != nil {
		t.Error(err)
	}
	if err := services.Guard(plan(t), entry(t, "service.goal_set", wanting("work", "a trade", later(30)))); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same goal twice: %v", err)
	}
}

func TestAGoalGoesOnUntilItIsReachedOrWaived(t *testing.T) {
	review := func(o services.Outcome, next time.Time) journal.Entry {
		return entry(t, "service.goal_reviewed", services.GoalReviewed{Goal: goal, Outcome: o, Review: next, Words: "nearer"})
	}
	for _, o := range []services.Outcome{services.OnWay, services.Changed} {
		if err := services.Guard(plan(t), review(o, time.Time{})); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s without the next review: %v", o, err)
		}
		if g := plan(t, review(o, later(60))).Goals[0]; !g.Open() || !g.Review.Equal(later(60)) || g.Words != "nearer" {
			t.Errorf("%s: %+v", o, g)
		}
	}
	for _, o := range []services.Outcome{services.Reached, services.Waived} {
		s := plan(t, review(o, time.Time{}))
		if s.Goals[0].Open() || s.Goals[0].Outcome != o {
			t.Errorf("%s: %+v", o, s.Goals[0])
		}
		if err := services.Guard(s, review(services.OnWay, later(60))); !fault.Is(err, fault.Guarded) {
			t.Errorf("after %s: %v", o, err)
		}
	}
	if err := services.Guard(plan(t), review("abandoned", later(60))); !fault.Is(err, fault.Invalid) {
		t.Errorf("an outcome of no list: %v", err)
	}
}

func TestStepsOfAGoal(t *testing.T) {
	whole := services.GoalStep{Goal: goal, Step: step, Who: "person", Due: later(3), What: "visit it"}
	for name, change := range map[string]func(*services.GoalStep){
		"nobody":       func(x *services.GoalStep) { x.Who = "someone" },
		"no day":       func(x *services.GoalStep) { x.Due = time.Time{} },
		"nothing":      func(x *services.GoalStep) { x.What = "" },
		"no such goal": func(x *services.GoalStep) { x.Goal = need },
	} {
		x := whole
		change(&x)
		if err := services.Guard(plan(t), entry(t, "service.goal_step", x)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	done := entry(t, "service.goal_step_done", services.GoalStepDone{Goal: goal, Step: step})
	if err := services.Guard(plan(t), done); err != nil {
		t.Error(err)
	}
	if s := plan(t, done); !s.Goals[0].Steps[0].Done.Equal(now) {
		t.Errorf("%+v", s.Goals[0].Steps)
	}
	if err := services.Guard(plan(t), entry(t, "service.goal_step_done", services.GoalStepDone{Goal: goal, Step: need})); !fault.Is(err, fault.Invalid) {
		t.Errorf("another's step: %v", err)
	}
}
