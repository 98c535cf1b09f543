// SPDX-License-Identifier: EUPL-1.2

// Package training keeps trainings: what is taught, to whom, by which trainer, which needs it answers, and what the trainees
// knew before and after.
//
// Trainees have codes and no names here: who is behind a code is for the trainer's own list. Their answers are of category PS:
// the trainer of a training reads and writes them and gives each trainee a slip with her own; nobody else in the office sees
// them, whoever plans the programme included. What the programme learns is one aggregate, which the trainer's last entry
// carries: on how many who sat both tests it rests, how many of them reached the pass mark before and after, and the codes of
// those left out. With fewer than ten such pairs it carries no numbers. An aggregate is given once: to correct it the trainer
// opens the tests again, and the history keeps both.
package training

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "training".
const (
	PlannedType   = "training.planned"
	AnswersType   = "training.answers"
	SeatedType    = "training.seated"
	TestedType    = "training.tested"
	DeliveredType = "training.delivered"
	ConcludedType = "training.concluded"
	ReopenedType  = "training.reopened"
)

// MinPairs is how many people must have sat both tests before anything of their scores leaves the trainer.
const MinPairs = 10

// Limits of what people write, in characters and in numbers.
const (
	MaxText     = 4000
	maxNote     = 2000
	maxTrainees = 500
	maxItems    = 100
)

// State is where a training stands.
type State string

// The closed list of states.
const (
	Planned   State = "planned"
	Delivered State = "delivered"
	Measured  State = "measured" // its tests are concluded
)

// States lists the closed list.
func States() []State { return []State{Planned, Delivered, Measured} }

// Plan is the payload of training.planned: the whole of what is known. Each replaces the one before.
type Plan struct {
	Title     wording.Text      `json:"title" part:"PP"` // and what is taught, in further lines
	Activity  string            `json:"activity,omitempty" part:"PP"`
	Countries []string          `json:"countries,omitempty" part:"PP"`
	Groups    []string          `json:"groups,omitempty" part:"PP"` // who is trained
	Languages []string          `json:"languages,omitempty" part:"PP"`
	On        party.PartialDate `json:"on,omitzero" part:"PP"`
	Sessions  int               `json:"sessions,omitempty" part:"PP"`
	Items     int               `json:"items,omitempty" part:"PP"` // questions of the test; 0 when there is none
	Mark      int               `json:"mark,omitempty" part:"PP"`  // right answers from which it is passed
	Trainer   journal.ID        `json:"trainer,omitzero" part:"PI"`
}

// asks is what is planned, in the order of the form. words is where those of the groups are, trainers offers who can give it.
func (x *Plan) asks(groups []string, words string, trainers func(v *see) ([]page.Option, error)) *ask.List {
	return ask.Of("training", x, ask.Language(&x.Title), ask.Passage("text", &x.Title, MaxText), ask.Activity(&x.Activity), ask.ManyCodes("groups", &x.Groups, groups).WordsUnder(words), ask.Countries(&x.Countries),
		ask.Date("on", &x.On).Maybe(), ask.Record("trainer", &x.Trainer, trainers).Maybe().Blank("training.trainer.none"), ask.Number("items", &x.Items, nil).Maybe(), ask.Number("mark", &x.Mark, nil).Maybe()).
		And(func(fs *fault.Fields) {
			if x.Items < 0 || x.Items > maxItems {
				fs.Add("items", "training.want.items", "Max", maxItems)
			}
			if x.Mark < 0 || x.Mark > x.Items || x.Items > 0 && x.Mark == 0 {
				fs.Add("mark", "training.want.mark")
			}
			if x.Trainer.IsZero() && x.Items > 0 {
				fs.Add("trainer", "training.want.trainer")
			}
		})
}

// Answers is the payload of training.answers: the needs that it answers. Each replaces the one before.
type Answers struct {
	Needs []journal.ID `json:"needs" part:"PP"`
}

// Trainee is somebody who is trained, under a code.
type Trainee struct {
	Code    string `json:"code"` // "T07"
	Country string `json:"country,omitempty"`
	Group   string `json:"group,omitempty"`
}

// Seated is the payload of training.seated: who is trained. Each replaces the one before.
type Seated struct {
	Trainees []Trainee `json:"trainees" part:"PS"`
}

// When says which of the two tests.
type When string

// Before and After are the two tests, with the same questions.
const (
	Before When = "before"
	After  When = "after"
)

// Sheet is a trainee's answers: for each question 1 where it was right, else 0; "" when absent.
type Sheet struct {
	Code   string `json:"code"`
	Answer string `json:"answer,omitempty"`
}

// Tested is the payload of training.tested. Each of a test replaces the one before.
type Tested struct {
	When   When    `json:"when" part:"PS"`
	Sheets []Sheet `json:"sheets" part:"PS"`
}

// Done is the payload of training.delivered.
type Done struct {
	On       party.PartialDate `json:"on" part:"PP"`
	Sessions int               `json:"sessions" part:"PP"`
	Evidence string            `json:"evidence" part:"PP"`
}

// Aggregate is the payload of training.concluded. With fewer than MinPairs pairs it is Withheld, and Pairs, Before, After and
// Excluded are left out.
type Aggregate struct {
	Trainees int      `json:"trainees" part:"PP"`
	Withheld bool     `json:"withheld,omitempty" part:"PP"`
	Pairs    int      `json:"pairs,omitempty" part:"PP"`
	Before   int      `json:"before,omitempty" part:"PP"` // of the pairs, at or above the mark
	After    int      `json:"after,omitempty" part:"PP"`
	Excluded []string `json:"excluded,omitempty" part:"PP"` // codes of those without both tests
}

// Reopened is the payload of training.reopened.
type Reopened struct {
	Reason string `json:"reason" part:"PP"`
}

// Training is the state of a training's dossier. Trainees and Tests are empty for those who do not see them.
type Training struct {
	ID       journal.ID
	Plan     Plan
	Needs    []journal.ID
	State    State
	Done     Done
	Trainees []Trainee
	Tests    map[When]map[string]string // answers by code; "" is absent
	Outcome  Aggregate
	History  []register.Event

	Retention retention.State
}

// Keeping says how long the training keeps its trainees' codes and answers: from the day on which it was over.
func (t Training) Keeping() retention.Line {
	from := time.Time{}
	if t.State != Planned && t.Done.On.Known() {
		from = t.Done.On.Last()
	}
	return t.Retention.Line(retention.Trainees, from, len(t.Trainees) > 0 || len(t.Tests) > 0)
}

// KeepingPast gives what was decided about that.
func (t Training) KeepingPast() []retention.Step { return t.Retention.Steps }

// Exists says whether anything was recorded.
func (t Training) Exists() bool { return !t.Plan.Title.IsZero() }

// Score gives how many answers were right; sat is false when the trainee was absent or nobody has written anything.
func (t Training) Score(w When, code string) (right int, sat bool) {
	s := t.Tests[w][code]
	return strings.Count(s, "1"), s != ""
}

// Aggregate computes what may leave the trainer.
func (t Training) Aggregate() Aggregate {
	out := Aggregate{Trainees: len(t.Trainees)}
	for _, x := range t.Trainees {
		before, sat := t.Score(Before, x.Code)
		after, again := t.Score(After, x.Code)
		if !sat || !again {
			out.Excluded = append(out.Excluded, x.Code)
			continue
		}
		out.Pairs++
		if before >= t.Plan.Mark {
			out.Before++
		}
		if after >= t.Plan.Mark {
			out.After++
		}
	}
	if out.Pairs < MinPairs {
		return Aggregate{Trainees: out.Trainees, Withheld: true}
	}
	return out
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Training, error) {
	t := Training{Tests: map[When]map[string]string{}}
	for _, e := range es {
		if err := t.apply(e); err != nil {
			return Training{}, err
		}
	}
	return t, nil
}

func (t *Training) apply(e journal.Entry) error {
	t.ID = e.Dossier
	if mine, err := t.Retention.Apply(e); mine || err != nil {
		return err
	}
	text := ""
	var err error
	switch e.Type {
	case PlannedType:
		t.Plan, err = journal.In[Plan](e)
		if t.State == "" {
			t.State = Planned
		}
	case AnswersType:
		var v Answers
		v, err = journal.In[Answers](e)
		t.Needs = v.Needs
	case SeatedType:
		var v Seated
		v, err = journal.In[Seated](e)
		t.Trainees = v.Trainees
	case TestedType:
		var v Tested
		if v, err = journal.In[Tested](e); v.When == "" {
			break // erased, or not the reader's to see
		}
		t.Tests[v.When] = map[string]string{}
		for _, s := range v.Sheets {
			t.Tests[v.When][s.Code] = s.Answer
		}
	case DeliveredType:
		t.Done, err = journal.In[Done](e)
		t.State, text = Delivered, t.Done.Evidence
	case ConcludedType:
		t.Outcome, err = journal.In[Aggregate](e)
		t.State = Measured
	case ReopenedType:
		var v Reopened
		v, err = journal.In[Reopened](e)
		t.State, t.Outcome, text = Delivered, Aggregate{}, v.Reason
	default:
		return nil
	}
	t.History = append(t.History, register.Event{Type: e.Type, Text: text, At: e.OccurredAt, By: e.Actor})
	return err
}

var codeForm = regexp.MustCompile(`^[A-Z]{0,3}[0-9]{1,4}$`)

func (v Seated) check(fs *fault.Fields) {
	seen := map[string]bool{}
	for _, x := range v.Trainees {
		if !codeForm.MatchString(x.Code) || seen[x.Code] || x.Country != "" && !activity.IsCountry(x.Country) {
			fs.Add("trainees", "training.want.trainees")
			return
		}
		seen[x.Code] = true
	}
	if len(seen) == 0 || len(seen) > maxTrainees {
		fs.Add("trainees", "training.want.trainees")
	}
}

// check: each sheet is a trainee's, has an answer to each question or none at all, and is there once.
func (v Tested) check(fs *fault.Fields, t Training) {
	if v.When != Before && v.When != After {
		fs.Add("when", "training.want.sheets")
		return
	}
	seen := map[string]bool{}
	for _, s := range v.Sheets {
		known := slices.ContainsFunc(t.Trainees, func(x Trainee) bool { return x.Code == s.Code })
		if !known || seen[s.Code] || s.Answer != "" && len(s.Answer) != t.Plan.Items || strings.Trim(s.Answer, "01") != "" {
			fs.Add(string(v.When), "training.want.sheets", "Items", t.Plan.Items)
			return
		}
		seen[s.Code] = true
	}
}
