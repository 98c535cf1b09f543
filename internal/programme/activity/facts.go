// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"encoding/json"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// FramedType is the entry type of what the office says an activity is made up of.
const FramedType = "activity.framed"

// Phase is one of an activity's phases. What is not known stays so.
type Phase struct {
	N      int               `json:"n"`
	Start  party.PartialDate `json:"start,omitzero"`
	End    party.PartialDate `json:"end,omitzero"`
	Status Status            `json:"status,omitempty"`
	Amount party.Uncertain   `json:"amount,omitzero"` // in the activity's currency
}

// Framed is the payload of activity.framed: what the office says an activity is made up of. A nil field is left as it was; one
// whose name stands in AsSource is as the source says again.
type Framed struct {
	Kind       *Kind              `json:"kind,omitempty" part:"PP"`
	Priorities *[]int             `json:"priorities,omitempty" part:"PP"`
	Pillars    *[]string          `json:"pillars,omitempty" part:"PP"`
	Countries  *[]string          `json:"countries,omitempty" part:"PP"`
	Region     *string            `json:"region,omitempty" part:"PP"`
	Scope      *string            `json:"scope,omitempty" part:"PP"`
	Format     *string            `json:"format,omitempty" part:"PP"`
	Since      *party.PartialDate `json:"since,omitempty" part:"PP"`
	Phases     *[]Phase           `json:"phases,omitempty" part:"PP"`
	Funder     *journal.ID        `json:"funder,omitempty" part:"PP"`
	Amount     *party.Uncertain   `json:"amount,omitempty" part:"PP"`
	Currency   *string            `json:"currency,omitempty" part:"PP"`
	Partners   *[]Partner         `json:"partners,omitempty" part:"PP"`
	PartOf     *string            `json:"part_of,omitempty" part:"PP"`
	DependsOn  *[]string          `json:"depends_on,omitempty" part:"PP"`
	Schemes    *[]string          `json:"schemes,omitempty" part:"PP"`  // codes of strategies that the programme is part of
	Measures   *[]string          `json:"measures,omitempty" part:"PP"` // numbers of measures that it carries out
	AsSource   []string           `json:"as_source,omitempty" part:"PP"`
}

// Facts are what an activity is made up of and how it stands, as the office knows it: its own word where it has said one, else
// what the steering committee decided or the source says.
type Facts struct {
	Imported
	Titles      wording.Text // where a decision of the committee words it
	What        wording.Text // what is to be done and why, likewise
	Description string
	Phases      []Phase
	Schemes     []string
	Measures    []string
}

// set gives *p, or what was there.
func set[T any](now *T, p *T) {
	if p != nil {
		*now = *p
	}
}

// over puts what the office says on what is known.
func (v Framed) over(f *Facts) {
	set(&f.Kind, v.Kind)
	set(&f.Priorities, v.Priorities)
	set(&f.Pillars, v.Pillars)
	set(&f.Countries, v.Countries)
	set(&f.Region, v.Region)
	set(&f.Scope, v.Scope)
	set(&f.Format, v.Format)
	set(&f.Since, v.Since)
	set(&f.Phases, v.Phases)
	set(&f.Funder, v.Funder)
	set(&f.Amount, v.Amount)
	set(&f.Currency, v.Currency)
	set(&f.Partners, v.Partners)
	set(&f.PartOf, v.PartOf)
	set(&f.DependsOn, v.DependsOn)
	set(&f.Schemes, v.Schemes)
	set(&f.Measures, v.Measures)
}

// with gives what the office has said, once it has said v too.
func (f Framed) with(v Framed) Framed {
	fields := map[string]json.RawMessage{}
	for _, x := range []Framed{f, v} {
		b, err := json.Marshal(x)
		if err == nil {
			err = json.Unmarshal(b, &fields)
		}
		if err != nil {
			panic("activity: a frame always marshals: " + err.Error())
		}
	}
	for _, name := range append(v.AsSource, "as_source") {
		delete(fields, name)
	}
	b, err := json.Marshal(fields)
	var out Framed
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		panic("activity: a frame is read as it was written: " + err.Error())
	}
	return out
}

// IsZero says that it says nothing.
func (f Framed) IsZero() bool {
	b, err := json.Marshal(f)
	return err == nil && string(b) == "{}"
}

// IsZero says that it says nothing.
func (v Described) IsZero() bool { return bytesOf(v) == "{}" }

// Code gives what the activity is called: in the source, else in the plan that it comes from.
func (a Activity) Code() string {
	if a.Source.Code == "" && len(a.Decided) > 0 {
		return a.Decided[0].Code
	}
	return a.Source.Code
}

// Facts gives what is known.
func (a Activity) Facts() Facts {
	f := Facts{Imported: a.Source, Titles: a.Titles, What: a.What, Description: a.Description}
	if f.Phase > 0 {
		f.Phases = []Phase{{N: f.Phase, Start: f.LastPhase}}
	}
	f.Code = a.Code()
	if !a.Titles.IsZero() {
		f.Title, f.Language = a.Titles.In(a.Titles.Original).Text, a.Titles.Original
	}
	a.Own.over(&f)
	f.Start, f.End, f.Imported.Status = a.Start(), a.End(), a.Status()
	f.Participants, f.FromCountries = a.Participants(), a.FromCountries()
	return f
}

// Fields lists what a change is told by, in the order of the page.
func Fields() []string {
	return []string{"title", "what", "description", "kind", "status", "priorities", "pillars", "countries", "region", "scope", "format", "start", "end", "since", "phases", "funder", "amount",
		"participants", "from_countries", "partners", "part_of", "depends_on", "schemes", "measures"}
}

// field gives the value of a field, for comparing.
func (f Facts) field(name string) any {
	switch name {
	case "title":
		return []any{f.Title, f.Titles}
	case "what":
		return f.What
	case "description":
		return f.Description
	case "kind":
		return f.Kind
	case "status":
		return f.Imported.Status
	case "priorities":
		return f.Priorities
	case "pillars":
		return f.Pillars
	case "countries":
		return f.Countries
	case "region":
		return f.Region
	case "scope":
		return f.Scope
	case "format":
		return f.Format
	case "start":
		return f.Start
	case "end":
		return f.End
	case "since":
		return f.Since
	case "phases":
		return f.Phases
	case "funder":
		return f.Funder
	case "amount":
		return []any{f.Amount, f.Currency}
	case "participants":
		return f.Participants
	case "from_countries":
		return f.FromCountries
	case "partners":
		return f.Partners
	case "part_of":
		return f.PartOf
	case "depends_on":
		return f.DependsOn
	case "schemes":
		return f.Schemes
	case "measures":
		return f.Measures
	}
	return nil
}

func bytesOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("activity: facts always marshal: " + err.Error())
	}
	if s := string(b); s != "null" {
		return s
	}
	return "[]" // none is none, however it was written
}

// differing lists the fields in which two states of knowledge differ, in the order of Fields.
func differing(was, now Facts) []string {
	return slices.DeleteFunc(Fields(), func(name string) bool { return bytesOf(was.field(name)) == bytesOf(now.field(name)) })
}

// Changes lists the fields that an entry changed.
func (e Event) Changes() []string { return differing(e.Was, e.Now) }

// Undo gives the draft that takes the last change of an activity back, by a new entry; ok is false where the last entry is none
// that somebody wrote with a form.
func Undo(es []journal.Entry) (last journal.Entry, typ string, payload any, ok bool) {
	if len(es) < 2 {
		return last, "", nil, false
	}
	last = es[len(es)-1]
	was, err := Fold(es[:len(es)-1])
	if err != nil || !was.Exists() {
		return last, "", nil, false
	}
	switch last.Type {
	case FramedType:
		v, err := journal.In[Framed](last)
		return last, FramedType, v.inverse(was.Own), err == nil
	case DescribedType:
		v, err := journal.In[Described](last)
		return last, DescribedType, v.inverse(was), err == nil
	}
	return last, "", nil, false
}

// inverse gives what takes v back to what had been said.
func (f Framed) inverse(was Framed) Framed {
	then, before := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for m, x := range map[*map[string]json.RawMessage]Framed{&then: f, &before: was} {
		b, err := json.Marshal(x)
		if err == nil {
			err = json.Unmarshal(b, m)
		}
		if err != nil {
			panic("activity: a frame always marshals: " + err.Error())
		}
	}
	delete(then, "as_source")
	var again []string
	out := map[string]json.RawMessage{}
	touched := slices.Clone(f.AsSource)
	for name := range then {
		touched = append(touched, name)
	}
	slices.Sort(touched)
	for _, name := range touched {
		if v, ok := before[name]; ok {
			out[name] = v
		} else {
			again = append(again, name)
		}
	}
	b, err := json.Marshal(out)
	var v Framed
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		panic("activity: a frame is read as it was written: " + err.Error())
	}
	v.AsSource = again
	return v
}

func (v Described) inverse(was Activity) Described {
	var out Described
	if v.Description != nil {
		out.Description, out.Language = &was.Description, was.DescribedIn
	}
	for _, d := range []struct {
		name      string
		said      *party.PartialDate
		was       *party.PartialDate
		inReverse **party.PartialDate
	}{{"start", v.Start, was.OwnStart, &out.Start}, {"end", v.End, was.OwnEnd, &out.End}} {
		if d.said == nil && !slices.Contains(v.AsSource, d.name) {
			continue
		}
		if *d.inReverse = d.was; d.was == nil {
			out.AsSource = append(out.AsSource, d.name)
		}
	}
	if v.Status != nil {
		out.Status = &was.OwnStatus
	}
	if v.Participants != nil {
		out.Participants = &was.OwnParticipants
	}
	if v.FromCountries != nil {
		out.FromCountries = &was.OwnFromCountries
	}
	if v.Told != nil {
		out.Told = &was.Told
	}
	return out
}

// Frame gives what somebody says an activity is made up of, where that differs from what is known. What is as the source says is
// the office's own word no longer.
func (a Activity) Frame(typed Facts) Framed {
	now, source := a.Facts(), Activity{Source: a.Source}.Facts()
	for _, x := range []*[]string{&typed.Pillars, &typed.Countries, &typed.DependsOn, &typed.Schemes, &typed.Measures} {
		*x = some(*x)
	}
	typed.Priorities, typed.Phases, typed.Partners = some(typed.Priorities), some(typed.Phases), some(typed.Partners)
	var v Framed
	say := func(field string, names []string, put func()) {
		switch is := bytesOf(typed.field(field)); {
		case is == bytesOf(now.field(field)):
		case a.Source.Code != "" && is == bytesOf(source.field(field)):
			v.AsSource = append(v.AsSource, names...)
		default:
			put()
		}
	}
	for _, x := range []struct {
		field string
		put   func()
	}{
		{"kind", func() { v.Kind = &typed.Kind }}, {"priorities", func() { v.Priorities = &typed.Priorities }}, {"pillars", func() { v.Pillars = &typed.Pillars }},
		{"countries", func() { v.Countries = &typed.Countries }}, {"region", func() { v.Region = &typed.Region }}, {"scope", func() { v.Scope = &typed.Scope }},
		{"format", func() { v.Format = &typed.Format }}, {"since", func() { v.Since = &typed.Since }}, {"phases", func() { v.Phases = &typed.Phases }},
		{"funder", func() { v.Funder = &typed.Funder }}, {"partners", func() { v.Partners = &typed.Partners }}, {"part_of", func() { v.PartOf = &typed.PartOf }},
		{"depends_on", func() { v.DependsOn = &typed.DependsOn }}, {"schemes", func() { v.Schemes = &typed.Schemes }}, {"measures", func() { v.Measures = &typed.Measures }},
	} {
		say(x.field, []string{x.field}, x.put)
	}
	say("amount", []string{"amount", "currency"}, func() { v.Amount, v.Currency = &typed.Amount, &typed.Currency })
	return v
}

// some gives a list that is none where it is nil, so that saying "none" is not saying nothing.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
