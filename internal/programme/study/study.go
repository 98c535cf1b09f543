// SPDX-License-Identifier: EUPL-1.2

// Package study keeps studies from their commission to what is done with them: fieldwork, delivery, the register of findings,
// the indicators that a study gives with their page and weight, the events on its conclusions, and the decision of the steering
// committee to use its indicators where people are screened.
//
// That decision lets a list of indicators be drafted for the screening of other offices. The list is data, with its reference to
// the study and the page of each indicator. A named person tries it on made-up cases and publishes it in their own office, where
// it stands beside the lists that the program carries; it is sent to partner offices, each of which tries and publishes it for
// itself or leaves it. A version that was published never changes: what the study says anew becomes the next one, and a
// screening keeps the version that it was made with.
//
// The room knows nothing of screening: what a list must be, and what made-up cases come to, it asks of a Screening that the
// office connects.
package study

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "study".
const (
	CommissionedType = "study.commissioned"
	FieldworkType    = "study.fieldwork"
	DeliveredType    = "study.delivered"
	FoundType        = "study.found"
	IndicatorType    = "study.indicator"
	DiscussedType    = "study.discussed"
	DecidedType      = "study.decided"
	DraftedType      = "study.drafted"
	TriedType        = "study.tried"
	PublishedType    = "study.published"
	SentType         = "study.sent"
	CameType         = "study.received"
)

// Limits of what people write, in characters, and of lists.
const (
	maxText = 4000
	maxLine = 500
	maxMany = 200
)

// Stage is where a study stands.
type Stage string

// The closed list of stages. Elsewhere is another office's study, of which only a list came.
const (
	Commissioned Stage = "commissioned"
	InField      Stage = "in_field"
	Delivered    Stage = "delivered"
	Elsewhere    Stage = "elsewhere"
)

// Commission is the payload of study.commissioned. It replaces the one before.
type Commission struct {
	Activity string            `json:"activity,omitempty" part:"PP"` // code
	Title    wording.Text      `json:"title" part:"PP"`
	Question wording.Text      `json:"question,omitzero" part:"PP"`
	Author   string            `json:"author,omitempty" part:"PP"` // as published
	On       party.PartialDate `json:"on,omitzero" part:"PP"`
	Due      party.PartialDate `json:"due,omitzero" part:"PP"`
}

// Fieldwork is the payload of study.fieldwork. It replaces the one before.
type Fieldwork struct {
	From      party.PartialDate `json:"from,omitzero" part:"PP"`
	Until     party.PartialDate `json:"until,omitzero" part:"PP"`
	Countries []string          `json:"countries,omitempty" part:"PP"`
	Method    string            `json:"method,omitempty" part:"PP"`
	People    party.Uncertain   `json:"people,omitzero" part:"PP"` // who took part in it
}

// Delivery is the payload of study.delivered.
type Delivery struct {
	On       party.PartialDate `json:"on" part:"PP"`
	Document string            `json:"document" part:"PP"` // what a reader would look for
	Pages    int               `json:"pages" part:"PP"`
}

// Finding is the payload of study.found. One with the same key replaces the one before.
type Finding struct {
	Key  string       `json:"key" part:"PP"` // "F1"
	Text wording.Text `json:"text" part:"PP"`
	Page string       `json:"page" part:"PP"`           // "42", "42-43"
	Asks string       `json:"asks,omitempty" part:"PP"` // what it asks for, and of whom
}

// Weight is what a study says of how much an indicator weighs; "" where it says nothing. Weights are not invented.
type Weight string

// Weights lists the closed list.
func Weights() []Weight { return []Weight{"S", "M", "W"} }

// Indicator is the payload of study.indicator. One with the same id replaces the one before.
type Indicator struct {
	ID     string       `json:"id" part:"PP"`    // "MIN-01"
	Theme  string       `json:"theme" part:"PP"` // under which it stands: "MIN"
	Text   wording.Text `json:"text" part:"PP"`
	Weight Weight       `json:"weight,omitempty" part:"PP"`
	Page   string       `json:"page" part:"PP"`
}

// Discussed is the payload of study.discussed: an event on its conclusions.
type Discussed struct {
	Activity string            `json:"activity" part:"PP"`
	On       party.PartialDate `json:"on,omitzero" part:"PP"`
}

// Decided is the payload of study.decided: the committee's decision to use the indicators where people are screened.
type Decided struct {
	Session journal.ID        `json:"session" part:"PP"`
	Motion  journal.ID        `json:"motion" part:"PP"`
	For     string            `json:"for" part:"PP"` // "screening v2"
	On      party.PartialDate `json:"on" part:"PP"`
}

// Set is a list of indicators drawn up from a study.
type Set struct {
	Code       string         `json:"code"`    // "minors_offences"
	Version    string         `json:"version"` // year of the study and our edition: "2021-1"
	Title      wording.Text   `json:"title"`
	Lead       wording.Text   `json:"lead"`
	Source     wording.Text   `json:"source"`
	For        string         `json:"for"`  // adult | child | any
	Rule       string         `json:"rule"` // "" where the study gives none, or "delphi"
	Themes     []Theme        `json:"themes"`
	Indicators []SetIndicator `json:"indicators"`
}

// Theme is a head under which indicators stand.
type Theme struct {
	Code  string       `json:"code"`
	Title wording.Text `json:"title"`
}

// SetIndicator is an indicator of a list, as the study had it when the list was drafted.
type SetIndicator struct {
	ID     string       `json:"id"`
	Theme  string       `json:"theme"`
	Text   wording.Text `json:"text"`
	Weight Weight       `json:"weight,omitempty"`
	Page   string       `json:"page"`
}

// Fors lists whom a list can be for.
func Fors() []string { return []string{"child", "adult", "any"} }

// Drafted is the payload of study.drafted. It replaces the draft before; a version that was published stays.
type Drafted struct {
	Set Set `json:"set" part:"PP"`
}

// Tried is the payload of study.tried: what made-up cases came to, which the guard computes again.
type Tried struct {
	Version string `json:"version" part:"PP"`
	Cases   []Case `json:"cases" part:"PP"`
	Note    string `json:"note,omitempty" part:"PP"`
}

// Case is a made-up case: its name, how many indicators it shows, and what the list says of it.
type Case struct {
	Name    string `json:"name"` // "nothing_known", "nothing_seen", "all_seen", or an indicator's id: that one alone
	Seen    int    `json:"seen"`
	Outcome string `json:"outcome"`
}

// Published is the payload of study.published.
type Published struct {
	Version string `json:"version" part:"PP"`
}

// Sent is the payload of study.sent: which offices are sent the list that is published here.
type Sent struct {
	Version string       `json:"version" part:"PP"`
	To      []journal.ID `json:"to" part:"PI"`
}

// Came is the payload of study.received: a list that another office published.
type Came struct {
	Office journal.ID   `json:"office" part:"PP"`
	Title  wording.Text `json:"title" part:"PP"` // of the study
	Set    Set          `json:"set" part:"PP"`
}

// Event is one line of a study's history.
type Event struct {
	Type string
	At   time.Time
	By   journal.ID
	Text string
}

// Issue is a version that was published here.
type Issue struct {
	Set Set
	By  journal.ID
	At  time.Time
}

// Study is the state of a study's dossier.
type Study struct {
	ID         journal.ID
	Commission Commission
	Fieldwork  Fieldwork
	Delivery   Delivery
	Stage      Stage
	Findings   []Finding   // by key
	Indicators []Indicator // by id
	Events     []Discussed
	Decided    Decided
	Office     journal.ID // whose study it is; zero for this office's own
	Draft      *Set       // not published yet
	Tried      *Tried     // of the draft
	Issues     []Issue    // oldest first
	Sent       []Sent
	History    []Event
}

// Exists says whether anything was recorded.
func (s Study) Exists() bool { return s.Stage != "" }

// IsDelivered says whether a study's report is there; what depends on it may then be held.
func (s Study) IsDelivered() bool { return s.Stage == Delivered }

// Title gives its title.
func (s Study) Title() wording.Text { return s.Commission.Title }

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Study, error) {
	var s Study
	for _, e := range es {
		if err := s.apply(e); err != nil {
			return Study{}, err
		}
	}
	return s, nil
}

func (s *Study) apply(e journal.Entry) error {
	s.ID = e.Dossier
	h := Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	var err error
	switch e.Type {
	case CommissionedType:
		if s.Commission, err = journal.In[Commission](e); s.Stage == "" {
			s.Stage = Commissioned
		}
	case FieldworkType:
		if s.Fieldwork, err = journal.In[Fieldwork](e); s.Stage == Commissioned {
			s.Stage = InField
		}
	case DeliveredType:
		s.Delivery, err = journal.In[Delivery](e)
		s.Stage = Delivered
	case FoundType:
		var v Finding
		v, err = journal.In[Finding](e)
		s.Findings, h.Text = put(s.Findings, v, func(x Finding) string { return x.Key }), v.Key
	case IndicatorType:
		var v Indicator
		v, err = journal.In[Indicator](e)
		s.Indicators, h.Text = put(s.Indicators, v, func(x Indicator) string { return x.ID }), v.ID
	case DiscussedType:
		var v Discussed
		v, err = journal.In[Discussed](e)
		s.Events, h.Text = append(slices.Clone(s.Events), v), v.Activity
	case DecidedType:
		s.Decided, err = journal.In[Decided](e)
		h.Text = s.Decided.For
	case CameType:
		var v Came
		v, err = journal.In[Came](e)
		s.Office, s.Stage, s.Commission.Title, s.Draft, s.Tried, h.Text = v.Office, Elsewhere, v.Title, &v.Set, nil, v.Set.Version
	default:
		if h.Text, err = s.applySet(e); h.Text == "" {
			return err
		}
	}
	s.History = append(s.History, h)
	return err
}

// applySet folds what becomes of a list; "" for an entry type that it does not know.
func (s *Study) applySet(e journal.Entry) (text string, err error) {
	switch e.Type {
	case DraftedType:
		v, err := journal.In[Drafted](e)
		s.Draft, s.Tried = &v.Set, nil
		return v.Set.Version, err
	case TriedType:
		v, err := journal.In[Tried](e)
		s.Tried = &v
		return v.Version, err
	case PublishedType:
		v, err := journal.In[Published](e)
		if s.Draft != nil && s.Draft.Version == v.Version {
			s.Issues = append(slices.Clone(s.Issues), Issue{*s.Draft, e.Actor, e.OccurredAt})
			s.Draft, s.Tried = nil, nil
		}
		return v.Version, err
	case SentType:
		v, err := journal.In[Sent](e)
		s.Sent = append(slices.Clone(s.Sent), v)
		return v.Version, err
	}
	return "", nil
}

// put replaces what has the same key, or adds it, in the order of keys.
func put[T any](list []T, v T, key func(T) string) []T {
	list = slices.DeleteFunc(slices.Clone(list), func(x T) bool { return key(x) == key(v) })
	at := slices.IndexFunc(list, func(x T) bool { return key(x) > key(v) })
	if at < 0 {
		at = len(list)
	}
	return slices.Insert(list, at, v)
}
