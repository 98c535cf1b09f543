// SPDX-License-Identifier: EUPL-1.2

package services

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// The long-term plan: goals in the areas of life that recovery rests on, each in the person's own words, with steps
// that somebody takes by a day, and a day on which both look at it again.

// Areas is the closed list of what a goal is about. "staying" is the follow-up of those who stay after help has ended.
func Areas() []string {
	return []string{"housing", "schooling", "work", "debt", "health", "family", "papers", "staying"}
}

// Takers is the closed list of who takes a step of the plan.
func Takers() []string { return []string{"person", "worker", "colleague", "other_office", "family"} }

// Outcome is what a review of a goal came to.
type Outcome string

const (
	OnWay   Outcome = "on_way"
	Changed Outcome = "changed" // the wish has changed: the goal goes on with it
	Reached Outcome = "reached"
	Waived  Outcome = "waived" // the person no longer wishes it
)

// Outcomes lists what a review can come to.
func Outcomes() []Outcome { return []Outcome{OnWay, Changed, Reached, Waived} }

// Payloads of the plan.
type (
	// GoalSet is service.goal_set.
	GoalSet struct {
		Goal   journal.ID `json:"goal" part:"D0"`
		Area   string     `json:"area" part:"D0"`
		Review time.Time  `json:"review" part:"D0"` // when both look at it again
		Aim    string     `json:"aim" part:"D3"`
		Wish   string     `json:"wish,omitempty" part:"D3"` // in her own words
	}
	// GoalStep is service.goal_step: one step of a goal.
	GoalStep struct {
		Goal journal.ID `json:"goal" part:"D0"`
		Step journal.ID `json:"step" part:"D0"`
		Who  string     `json:"who" part:"D0"`
		Due  time.Time  `json:"due" part:"D0"`
		What string     `json:"what" part:"D3"`
	}
	// GoalStepDone is service.goal_step_done.
	GoalStepDone struct {
		Goal journal.ID `json:"goal" part:"D0"`
		Step journal.ID `json:"step" part:"D0"`
	}
	// GoalReviewed is service.goal_reviewed.
	GoalReviewed struct {
		Goal    journal.ID `json:"goal" part:"D0"`
		Outcome Outcome    `json:"outcome" part:"D0"`
		Review  time.Time  `json:"review,omitzero" part:"D0"` // the next one, while the goal goes on
		Words   string     `json:"words,omitempty" part:"D3"` // how she sees it
	}
)

// Goal is one goal as it stands.
type Goal struct {
	GoalSet
	SetAt   time.Time
	Steps   []PlanStep
	Outcome Outcome // of the last review; "" before
	Words   string  // of the last review
	EndedAt time.Time
}

// PlanStep is one step of a goal as it stands.
type PlanStep struct {
	GoalStep
	Done time.Time
}

// Open says whether the goal is still worked on.
func (g Goal) Open() bool { return g.EndedAt.IsZero() }

// Goal gives a goal by id.
func (s State) Goal(id journal.ID) (Goal, bool) {
	i := slices.IndexFunc(s.Goals, func(g Goal) bool { return g.Goal == id })
	if i < 0 {
		return Goal{}, false
	}
	return s.Goals[i], true
}

func foldInto[T any](e journal.Entry, f func(T)) error {
	v, err := journal.In[T](e)
	if err == nil {
		f(v)
	}
	return err
}

// foldPlan takes in an entry of the plan; others are passed over.
func (s *State) foldPlan(e journal.Entry) error {
	goal := func(id journal.ID, f func(*Goal)) {
		for i := range s.Goals {
			if s.Goals[i].Goal == id {
				f(&s.Goals[i])
			}
		}
	}
	switch e.Type {
	case "service.goal_set":
		return foldInto(e, func(v GoalSet) { s.Goals = append(s.Goals, Goal{GoalSet: v, SetAt: e.OccurredAt}) })
	case "service.goal_step":
		return foldInto(e, func(v GoalStep) { goal(v.Goal, func(g *Goal) { g.Steps = append(g.Steps, PlanStep{GoalStep: v}) }) })
	case "service.goal_step_done":
		return foldInto(e, func(v GoalStepDone) { goal(v.Goal, func(g *Goal) { g.done(v.Step, e.OccurredAt) }) })
	case "service.goal_reviewed":
		return foldInto(e, func(v GoalReviewed) { goal(v.Goal, func(g *Goal) { g.review(v, e.OccurredAt) }) })
	}
	return nil
}

func (g *Goal) done(step journal.ID, at time.Time) {
	for i := range g.Steps {
		if g.Steps[i].Step == step && g.Steps[i].Done.IsZero() {
			g.Steps[i].Done = at
		}
	}
}

func (g *Goal) review(v GoalReviewed, at time.Time) {
	g.Outcome, g.Words, g.Review = v.Outcome, v.Words, v.Review
	if v.Outcome == Reached || v.Outcome == Waived {
		g.EndedAt = at
	}
}

// guardPlan says whether an entry of the plan may be appended now.
func guardPlan(s State, e journal.Entry) error {
	switch e.Type {
	case "service.goal_set":
		return checked(e, func(v GoalSet, bad func(field, key string)) {
			if _, twice := s.Goal(v.Goal); twice || v.Goal.IsZero() {
				bad("goal", "id")
			}
			if !slices.Contains(Areas(), v.Area) {
				bad("area", "area")
			}
			if strings.TrimSpace(v.Aim) == "" {
				bad("aim", "aim")
			}
			if !v.Review.After(e.OccurredAt) {
				bad("review", "review")
			}
		})
	case "service.goal_step":
		return onOpen(s, e, func(v GoalStep) journal.ID { return v.Goal }, func(_ Goal, v GoalStep, bad func(field, key string)) {
			if !slices.Contains(Takers(), v.Who) {
				bad("who", "who")
			}
			if v.Due.IsZero() {
				bad("due", "due")
			}
			if v.Step.IsZero() || strings.TrimSpace(v.What) == "" {
				bad("what", "what")
			}
		})
	case "service.goal_step_done":
		return onOpen(s, e, func(v GoalStepDone) journal.ID { return v.Goal }, func(g Goal, v GoalStepDone, bad func(field, key string)) {
			if !slices.ContainsFunc(g.Steps, func(x PlanStep) bool { return x.Step == v.Step }) {
				bad("step", "known")
			}
		})
	case "service.goal_reviewed":
		return onOpen(s, e, func(v GoalReviewed) journal.ID { return v.Goal }, func(_ Goal, v GoalReviewed, bad func(field, key string)) {
			if !slices.Contains(Outcomes(), v.Outcome) {
				bad("outcome", "outcome")
			}
			if (v.Outcome == OnWay || v.Outcome == Changed) && !v.Review.After(e.OccurredAt) {
				bad("review", "review") // what goes on is looked at again
			}
		})
	}
	return nil
}

func checked[T any](e journal.Entry, f func(v T, bad func(field, key string))) error {
	v, err := journal.In[T](e)
	if err != nil {
		return err
	}
	var fs fault.Fields
	f(v, func(field, key string) { fs.Add(field, "service.need."+key) })
	return fs.Err()
}

// onOpen checks an entry that belongs to a goal which is worked on.
func onOpen[T any](s State, e journal.Entry, of func(T) journal.ID, f func(g Goal, v T, bad func(field, key string))) error {
	v, err := journal.In[T](e)
	if err != nil {
		return err
	}
	g, ok := s.Goal(of(v))
	switch {
	case !ok:
		return fault.Bad("goal", "service.need.known")
	case !g.Open():
		return fault.New(fault.Guarded, "service.guard.goal_ended")
	}
	return checked(e, func(v T, bad func(field, key string)) { f(g, v, bad) })
}
