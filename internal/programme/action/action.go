// SPDX-License-Identifier: EUPL-1.2

// Package action keeps the register of commitments: what somebody agreed to do, who owns it and by when.
//
// An action is open until its owner has done it (with evidence) or refused it (with a reason); that it is late follows from
// its date and is never written down. After 30, 60 and 90 days the owner is asked how it stands, and the answers are kept.
// Where the owner has an office of its own, the action goes there as a message, and so do the questions; the owner's people
// answer in their own register, and what they say comes back (mail.go).
// All of it is public programme content; nothing may be about a person helped.
package action

import (
	"slices"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "action".
const (
	AgreedType   = "action.agreed"
	DoneType     = "action.done"
	RefusedType  = "action.refused"
	FollowedType = "action.followed"
	ReopenedType = "action.reopened"
)

// State is where an action stands.
type State string

// The closed list of states.
const (
	Open    State = "open"
	Done    State = "done"
	Refused State = "refused"
)

// States lists the closed list.
func States() []State { return []State{Open, Done, Refused} }

// FollowUps lists after how many days the owner is asked how it stands.
func FollowUps() []int { return []int{30, 60, 90} }

// Limits of what people write, in characters.
const (
	MaxText = 4000
	maxNote = 2000
	maxItem = 20
)

// Agreed is the payload of action.agreed: the whole of what is known. Each replaces the one before.
type Agreed struct {
	Text     wording.Text      `json:"text" part:"PP"`               // what is to be done
	Owner    journal.ID        `json:"owner,omitzero" part:"PP"`     // organisation; zero when nobody has taken it on
	Due      party.PartialDate `json:"due,omitzero" part:"PP"`       // not known when nobody has said
	On       party.PartialDate `json:"on" part:"PP"`                 // when it was agreed
	Activity string            `json:"activity,omitempty" part:"PP"` // code of the activity at which it was agreed
	Item     string            `json:"item,omitempty" part:"PP"`     // of its agenda
	Need     journal.ID        `json:"need,omitzero" part:"PP"`      // that it answers
	Office   journal.ID        `json:"office,omitzero" part:"PP"`    // of the owner, that gets it as a message and answers
}

// asks is what was agreed, in the order of the form. offices offers those of the owner; nil where nobody is asked.
func (x *Agreed) asks(offices func(v *see) ([]page.Option, error)) *ask.List {
	return ask.Of("action", x, ask.Language(&x.Text), ask.Passage("text", &x.Text, MaxText), ask.Organisation("owner", &x.Owner).Maybe().Blank("action.nobody"),
		ask.Record("office", &x.Office, offices).Maybe().Wants("programme.need.choice").Blank("action.office.none").FormAlone(), ask.Date("due", &x.Due).Maybe(), ask.Activity(&x.Activity), ask.Item(&x.Item, maxItem),
		ask.Date("on", &x.On).Today().Wants("date")).
		And(func(fs *fault.Fields) {
			if x.Due.Known() && x.Due.Before(x.On) {
				fs.Add("due", "action.want.order")
			}
		})
}

// DoneBy is the payload of action.done.
type DoneBy struct {
	On       party.PartialDate `json:"on" part:"PP"`       // when
	Evidence string            `json:"evidence" part:"PP"` // what shows it
}

func (x *DoneBy) asks() *ask.List {
	return ask.Of("action", x, ask.On(&x.On), ask.Lines("evidence", &x.Evidence, maxNote))
}

// Ended is the payload of action.refused and action.reopened.
type Ended = ask.Ended

// Followed is the payload of action.followed: what the owner answered when asked.
type Followed struct {
	Days   int               `json:"days" part:"PP"`   // 30, 60 or 90, since it was agreed
	On     party.PartialDate `json:"on" part:"PP"`     // when it was answered
	Answer string            `json:"answer" part:"PP"` // in words
}

func (x *Followed) asks(a Action) *ask.List {
	asking := func(v *see) string { return strconv.Itoa(a.Summary().Asking(v.Now)) }
	return ask.Of("action", x, ask.On(&x.On), ask.Number("days", &x.Days, followUps).First(asking), ask.Lines("answer", &x.Answer, maxNote)).And(func(fs *fault.Fields) {
		if x.Days != 0 && !slices.Contains(FollowUps(), x.Days) {
			fs.Add("days", "action.want.days")
		}
	})
}

func followUps(v *see) []page.Option {
	var out []page.Option
	for _, n := range FollowUps() {
		out = append(out, page.Option{Value: strconv.Itoa(n), Text: v.T("after", "Days", strconv.Itoa(n))})
	}
	return out
}

// Event is one line of an action's history.
type Event struct {
	Type string
	At   time.Time
	By   journal.ID
	Text string
	Days int // of a follow-up
}

// Action is the state of an action's dossier.
type Action struct {
	ID       journal.ID
	Agreed   Agreed
	State    State
	Done     DoneBy
	Refused  Ended
	Followed []Followed // in the order in which they were written
	AskedTo  int        // days after which the owner was asked last, by message
	From     journal.ID // another office, that assigned it to this one
	There    journal.ID // its id there
	History  []Event

	receivedAt time.Time // when the other office sent what stands here
}

// Exists says whether anything was recorded.
func (a Action) Exists() bool { return !a.Agreed.Text.IsZero() }

// Late says that an open action's date is over at a time. Of a date known in part the last day counts.
func (l Line) Late(now time.Time) bool {
	return l.State == Open && l.Due.Known() && now.After(dayAfter(l.Due))
}

// dayAfter is the first moment after the last day of a date.
func dayAfter(d party.PartialDate) time.Time {
	t := d.Last()
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
}

// NextAsking gives when the next follow-up of an open action is to be made, that nobody has made, nor a later one; the zero
// time where there is none.
func (l Line) NextAsking() time.Time {
	if l.State != Open || !l.On.Known() || !l.From.IsZero() {
		return time.Time{}
	}
	for _, d := range FollowUps() {
		if d > l.FollowedTo {
			return l.On.Last().AddDate(0, 0, d)
		}
	}
	return time.Time{}
}

// Asking gives which follow-up of an open action is to be made at a time: the latest whose days have passed since it was
// agreed and that nobody has made, nor a later one; 0 for none.
func (l Line) Asking(now time.Time) int {
	if l.State != Open || !l.On.Known() || !l.From.IsZero() {
		return 0
	}
	asked := 0
	for _, d := range FollowUps() {
		if d > l.FollowedTo && !now.Before(l.On.Last().AddDate(0, 0, d)) {
			asked = d
		}
	}
	return asked
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Action, error) {
	var a Action
	for _, e := range es {
		if err := a.apply(e); err != nil {
			return Action{}, err
		}
	}
	return a, nil
}

func (a *Action) apply(e journal.Entry) error {
	a.ID = e.Dossier
	h := Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	switch e.Type {
	case AgreedType:
		v, err := journal.In[Agreed](e)
		if err != nil {
			return err
		}
		if a.Agreed = v; a.State == "" {
			a.State = Open
		}
	case ReceivedType:
		v, err := journal.In[Received](e)
		if err != nil {
			return err
		}
		if !e.OccurredAt.Before(a.receivedAt) { // one that was sent earlier and comes later changes nothing
			a.Agreed, a.receivedAt = v.Agreed, e.OccurredAt
		}
		if a.From, a.There = v.From, v.Action; a.State == "" || v.Again {
			a.State, a.Done, a.Refused = Open, DoneBy{}, Ended{}
		}
	case AskedType:
		v, err := journal.In[Asked](e)
		if err != nil {
			return err
		}
		a.AskedTo = max(a.AskedTo, v.Days)
		h.Days = v.Days
	case DoneType:
		v, err := journal.In[DoneBy](e)
		if err != nil {
			return err
		}
		a.State, a.Done, h.Text = Done, v, v.Evidence
	case RefusedType, ReopenedType:
		v, err := journal.In[Ended](e)
		if err != nil {
			return err
		}
		h.Text = v.Reason
		a.State, a.Done, a.Refused = Open, DoneBy{}, Ended{}
		if e.Type == RefusedType {
			a.State, a.Refused = Refused, v
		}
	case FollowedType:
		v, err := journal.In[Followed](e)
		if err != nil {
			return err
		}
		a.Followed = append(a.Followed, v)
		h.Text, h.Days = v.Answer, v.Days
	default:
		return nil
	}
	a.History = append(a.History, h)
	return nil
}
