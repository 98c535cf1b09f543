// SPDX-License-Identifier: EUPL-1.2

// Package need keeps the register of needs: what somebody lacks that the programme may give, who lacks it and where, how
// urgent it is and at which meeting it was raised.
//
// A need is identified, then planned (a training, an agreement, another activity answers it), then met, with evidence; or
// dropped, with a reason; or it is the same as another one, because a person said so. Records that may be the same are
// proposed and never joined by themselves. All of it is public programme content; nothing may be about a person helped.
package need

import (
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "need".
const (
	NotedType    = "need.noted"
	PlannedType  = "need.planned"
	MetType      = "need.met"
	DroppedType  = "need.dropped"
	JoinedType   = "need.joined"
	ReopenedType = "need.reopened"
)

// Theme is what a need is about.
type Theme string

// Themes lists the closed list, in the order of forms.
func Themes() []Theme {
	return []Theme{"identification", "children", "assistance", "rights", "housing", "investigation", "finance", "labour", "migration", "demand", "exchange", "awareness", "data", "other"}
}

// Group is who lacks something.
type Group string

// Groups lists the closed list.
func Groups() []Group {
	return []Group{"police", "border", "prosecutors", "judges", "labour_inspectors", "social_workers", "child_protection", "health", "teachers", "consulates", "associations", "coordinators", "other"}
}

// Urgency is how soon it is needed; "" is: nobody has said.
type Urgency string

// Urgencies lists the closed list, the most urgent first.
func Urgencies() []Urgency { return []Urgency{"now", "year", "later"} }

// State is where a need stands.
type State string

// The closed list of states.
const (
	Identified State = "identified"
	Planned    State = "planned"
	Met        State = "met"
	Dropped    State = "dropped"
	Joined     State = "joined" // the same as another one, which counts
)

// States lists the closed list.
func States() []State { return []State{Identified, Planned, Met, Dropped, Joined} }

// Answer is the sort of thing that a need becomes.
type Answer string

// Answers lists the closed list.
func Answers() []Answer { return []Answer{"training", "agreement", "activity"} }

// Limits of what people write, in characters.
const (
	MaxText = 4000
	maxNote = 2000
	maxItem = 20
)

// Noted is the payload of need.noted: the whole of what is known. Each replaces the one before.
type Noted struct {
	Text      wording.Text      `json:"text" part:"PP"`
	Theme     Theme             `json:"theme" part:"PP"`
	Groups    []Group           `json:"groups,omitempty" part:"PP"`
	Countries []string          `json:"countries,omitempty" part:"PP"`
	Urgency   Urgency           `json:"urgency,omitempty" part:"PP"`
	Activity  string            `json:"activity,omitempty" part:"PP"` // code of the activity at which it was raised
	Item      string            `json:"item,omitempty" part:"PP"`     // of its agenda: "3.2"
	On        party.PartialDate `json:"on" part:"PP"`                 // when it was identified
	Owner     journal.ID        `json:"owner,omitzero" part:"PP"`     // organisation that sees to an answer; zero when nobody does
	Due       party.PartialDate `json:"due,omitzero" part:"PP"`       // by when; not known: within a year
}

// asks is what somebody notes, in the order of the form.
func (x *Noted) asks() *ask.List {
	return ask.Of("need", x, ask.Language(&x.Text), ask.Passage("text", &x.Text, MaxText), ask.Code("theme", &x.Theme, Themes()), ask.ManyCodes("groups", &x.Groups, Groups()).WordsUnder("need.group."),
		ask.Countries(&x.Countries), ask.Code("urgency", &x.Urgency, Urgencies()).Maybe(), ask.Organisation("owner", &x.Owner).Maybe().Wants("action.want.owner").Blank("need.nobody").IfSaid(),
		ask.Date("due", &x.Due).Maybe().IfSaid(), ask.Activity(&x.Activity), ask.Item(&x.Item, maxItem), ask.Date("on", &x.On).Today().Wants("date")).
		And(func(fs *fault.Fields) {
			if x.Due.Known() && x.On.Known() && x.Due.Before(x.On) {
				fs.Add("due", "need.want.due")
			}
		})
}

// PlannedFor is the payload of need.planned. Code names what answers it: an activity's code, or the reference of an
// agreement.
type PlannedFor struct {
	On     party.PartialDate `json:"on" part:"PP"`
	Answer Answer            `json:"answer" part:"PP"`
	Code   string            `json:"code" part:"PP"`
}

func (x *PlannedFor) asks() *ask.List {
	return ask.Of("need", x, ask.On(&x.On), ask.Code("answer", &x.Answer, Answers()), ask.Words("code", &x.Code, 0).Wants("programme.need.code")).And(func(fs *fault.Fields) {
		if x.Code != "" && !activity.IsCode(x.Code) {
			fs.Add("code", "programme.need.code")
		}
	})
}

// MetBy is the payload of need.met.
type MetBy struct {
	On       party.PartialDate `json:"on" part:"PP"`
	Evidence string            `json:"evidence" part:"PP"`
}

func (x *MetBy) asks() *ask.List {
	return ask.Of("need", x, ask.On(&x.On), ask.Lines("evidence", &x.Evidence, maxNote))
}

// Ended is the payload of need.dropped and need.reopened.
type Ended = ask.Ended

// JoinedTo is the payload of need.joined: a person said that this is the same need as another one.
type JoinedTo struct {
	Other journal.ID `json:"other" part:"PP"`
}

// Need is the state of a need's dossier.
type Need struct {
	ID       journal.ID
	Noted    Noted
	State    State
	Since    party.PartialDate // when it came to this state
	Answer   PlannedFor        // what was planned last
	Met      MetBy
	Reason   string // why it was dropped
	JoinedTo journal.ID
	History  []register.Event
}

// Exists says whether anything was recorded.
func (n Need) Exists() bool { return !n.Noted.Text.IsZero() }

// Waits says whether it waits for an answer, planned or not.
func (n Need) Waits() bool { return n.State == Identified || n.State == Planned }

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Need, error) {
	var n Need
	for _, e := range es {
		if err := n.apply(e); err != nil {
			return Need{}, err
		}
	}
	return n, nil
}

func (n *Need) apply(e journal.Entry) error {
	n.ID = e.Dossier
	text := ""
	switch e.Type {
	case NotedType:
		v, err := journal.In[Noted](e)
		if err != nil {
			return err
		}
		n.Noted = v
		if n.State == "" {
			n.State = Identified
		}
		if n.State == Identified {
			n.Since = v.On
		}
	case PlannedType:
		v, err := journal.In[PlannedFor](e)
		if err != nil {
			return err
		}
		n.State, n.Since, n.Answer, text = Planned, v.On, v, v.Code
	case MetType:
		v, err := journal.In[MetBy](e)
		if err != nil {
			return err
		}
		n.State, n.Since, n.Met, text = Met, v.On, v, v.Evidence
	case DroppedType, ReopenedType:
		v, err := journal.In[Ended](e)
		if err != nil {
			return err
		}
		n.end(e.Type, v)
		text = v.Reason
	case JoinedType:
		v, err := journal.In[JoinedTo](e)
		if err != nil {
			return err
		}
		n.State, n.Since, n.JoinedTo = Joined, party.OnDay(e.OccurredAt), v.Other
	default:
		return nil
	}
	n.History = append(n.History, register.Event{Type: e.Type, Text: text, At: e.OccurredAt, By: e.Actor})
	return nil
}

// end drops a need, or opens it again: it then stands where it stood before it was met, dropped or joined.
func (n *Need) end(typ string, v Ended) {
	if typ == DroppedType {
		n.State, n.Since, n.Reason = Dropped, v.On, v.Reason
		return
	}
	n.Since, n.Met, n.Reason, n.JoinedTo = v.On, MetBy{}, "", journal.ID{}
	if n.State = Identified; n.Answer.Answer != "" {
		n.State = Planned
	}
}

// ByWhen gives the last day on which a need is to be met: its own date, or a year after it was identified.
func (v Noted) ByWhen() party.PartialDate {
	if v.Due.Known() {
		return v.Due
	}
	return party.OnDay(v.On.First().AddDate(1, 0, 0))
}
