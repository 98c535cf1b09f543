// SPDX-License-Identifier: EUPL-1.2

// Package knowledge keeps what one country's people need to know of another's: legal frameworks, mechanisms, good practices
// and case studies, each with its date and source, in the languages in which somebody wrote it.
//
// What somebody wrote is unreviewed until a named person has read it against its source. A change of its words makes it
// unreviewed again; somebody says that it is outdated, with the reason, and a review can hold until a day. Whatever it says,
// a reader sees how it stands. Good practices noted at events arrive here. All of it is public; a case study tells of no
// person who could be recognised.
package knowledge

import (
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "knowledge".
const (
	WrittenType  = "knowledge.written"
	ReviewedType = "knowledge.reviewed"
	OutdatedType = "knowledge.outdated"
)

// Sort is what sort of knowledge it is.
type Sort string

// Sorts lists the closed list, in the order of forms.
func Sorts() []Sort { return []Sort{"framework", "mechanism", Practice, "case_study", "reference"} }

// Practice is the sort that events note.
const Practice Sort = "practice"

// State is how far it can be relied on.
type State string

// The closed list of states.
const (
	Unreviewed State = "unreviewed"
	Reviewed   State = "reviewed"
	Outdated   State = "outdated"
)

// States lists the closed list.
func States() []State { return []State{Unreviewed, Reviewed, Outdated} }

// Limits of what people write, in characters.
const (
	MaxName = 400
	MaxText = 20_000
	maxBy   = 200
)

// Written is the payload of knowledge.written: the whole of what it says. Each replaces the one before.
type Written struct {
	Name      wording.Text      `json:"name" part:"PP"`
	Text      wording.Text      `json:"text,omitzero" part:"PP"`
	Sort      Sort              `json:"sort" part:"PP"`
	Countries []string          `json:"countries,omitempty" part:"PP"` // none: of all
	On        party.PartialDate `json:"on,omitzero" part:"PP"`         // of the law, the mechanism, the practice
	Activity  string            `json:"activity,omitempty" part:"PP"`  // at which it was told
	Item      string            `json:"item,omitempty" part:"PP"`      // of its agenda
	Source    party.Source      `json:"source" part:"PP"`
	Link      string            `json:"link,omitempty" part:"PP"`
}

// Review is the payload of knowledge.reviewed: a named person has read it against its source.
type Review struct {
	By    string            `json:"by" part:"PP"`
	On    party.PartialDate `json:"on" part:"PP"`
	Until party.PartialDate `json:"until,omitzero" part:"PP"` // when it is to be read again
}

// asks is what somebody writes, in the order of the form.
func (x *Written) asks() *ask.List {
	return ask.Of("knowledge", x, ask.Language(&x.Name), ask.Title("name", &x.Name, MaxName), ask.Passage("text", &x.Text, MaxText).Maybe().Rows(10), ask.Code("sort", &x.Sort, Sorts()), ask.Countries(&x.Countries),
		ask.Date("on", &x.On).Maybe(), ask.Activity(&x.Activity), ask.Item(&x.Item, 0), ask.Source(&x.Source), ask.Link(&x.Link))
}

func (x *Review) asks() *ask.List {
	return ask.Of("knowledge", x, ask.Words("by", &x.By, maxBy), ask.On(&x.On), ask.Date("until", &x.Until).Maybe().Since(&x.On))
}

// Past is the payload of knowledge.outdated.
type Past = ask.Ended

// Knowledge is the state of a dossier.
type Knowledge struct {
	ID      journal.ID
	Written Written
	Review  Review // the last one, of whatever words
	Past    Past   // the last time that somebody said it is outdated
	State   State
	History []register.Event
}

// Exists says whether anything was recorded.
func (k Knowledge) Exists() bool { return !k.Written.Name.IsZero() }

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Knowledge, error) {
	var k Knowledge
	for _, e := range es {
		if err := k.apply(e); err != nil {
			return Knowledge{}, err
		}
	}
	return k, nil
}

func (k *Knowledge) apply(e journal.Entry) error {
	k.ID = e.Dossier
	text := ""
	switch e.Type {
	case WrittenType:
		v, err := journal.In[Written](e)
		if err != nil {
			return err
		}
		k.Written, k.State = v, Unreviewed
	case ReviewedType:
		v, err := journal.In[Review](e)
		if err != nil {
			return err
		}
		k.Review, k.State, text = v, Reviewed, v.By
	case OutdatedType:
		v, err := journal.In[Past](e)
		if err != nil {
			return err
		}
		k.Past, k.State, text = v, Outdated, v.Reason
	default:
		return nil
	}
	k.History = append(k.History, register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor, Text: text})
	return nil
}

// At gives the state at a time: a review that held until a day that is over is none.
func (l Line) At(now time.Time) State {
	if l.State == Reviewed && l.Until.Known() && now.After(l.Until.Last().AddDate(0, 0, 1)) {
		return Unreviewed
	}
	return l.State
}
