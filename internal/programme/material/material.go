// SPDX-License-Identifier: EUPL-1.2

// Package material keeps what raises awareness: leaflets, films, pages, and the campaigns that they belong to, with the
// languages in which each was published and how many it reached.
//
// A material is prepared, then published in one language after the other, each with its date; it may be withdrawn, with a
// reason. What was counted (copies handed out, people who came, views) is kept as its source states it: "more than 200"
// stays that. Counts of different things, and of the same people twice, are never added up. A campaign is a record of its
// own; what it brings in for a fund is kept where contributions are, and shown here. All of it is public programme content.
package material

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "material".
const (
	DescribedType = "material.described"
	PublishedType = "material.published"
	CountedType   = "material.counted"
	WithdrawnType = "material.withdrawn"
)

// Sort is what sort of material it is.
type Sort string

// Campaign is the sort that others belong to.
const Campaign Sort = "campaign"

// Sorts lists the closed list, in the order of forms.
func Sorts() []Sort {
	return []Sort{"leaflet", "poster", "film", "audio", "page", "kit", "exhibition", Campaign, "other"}
}

// Audience is whom it speaks to.
type Audience string

// Audiences lists the closed list.
func Audiences() []Audience {
	return []Audience{"public", "schools", "workers", "employers", "travellers", "professionals", "associations", "consumers", "other"}
}

// Measure is what was counted.
type Measure string

// Measures lists the closed list.
func Measures() []Measure { return []Measure{"copies", "people", "views", "listeners", "places"} }

// State is where a material stands.
type State string

// The closed list of states. A campaign is running from its record on: it is not published itself.
const (
	Prepared  State = "prepared"
	Published State = "published"
	Running   State = "running"
	Withdrawn State = "withdrawn"
)

// States lists the closed list.
func States() []State { return []State{Prepared, Published, Running, Withdrawn} }

// Limits of what people write, in characters.
const (
	MaxText       = 4000
	mostLanguages = 30
)

// Described is the payload of material.described: the whole of what is known. Each replaces the one before.
type Described struct {
	Text      wording.Text      `json:"text" part:"PP"` // what it is and says, in short
	Sort      Sort              `json:"sort" part:"PP"`
	Audiences []Audience        `json:"audiences,omitempty" part:"PP"`
	Countries []string          `json:"countries,omitempty" part:"PP"`
	By        journal.ID        `json:"by,omitzero" part:"PP"`        // organisation that makes it
	Campaign  journal.ID        `json:"campaign,omitzero" part:"PP"`  // that it belongs to
	Activity  string            `json:"activity,omitempty" part:"PP"` // of the programme
	Since     party.PartialDate `json:"since,omitzero" part:"PP"`     // of a campaign: since when it is taken part in
	Source    party.Source      `json:"source" part:"PP"`
}

// offers gives what a field offers.
type offers = func(v *see) ([]page.Option, error)

// asks is what somebody says of a material, in the order of the form. campaigns offers those that it can belong to; nil where
// nobody is asked.
func (x *Described) asks(campaigns offers) *ask.List {
	return ask.Of("material", x, ask.Language(&x.Text), ask.Passage("text", &x.Text, MaxText), ask.Code("sort", &x.Sort, Sorts()), ask.ManyCodes("audiences", &x.Audiences, Audiences()).WordsUnder("material.audience.").Wants("audience"),
		ask.Countries(&x.Countries), ask.Organisation("by", &x.By).Maybe(), ask.Record("campaign", &x.Campaign, campaigns).Maybe().Blank("material.campaign.none").FormAlone(), ask.Activity(&x.Activity),
		ask.Date("since", &x.Since).Maybe(), ask.Source(&x.Source)).
		And(func(fs *fault.Fields) {
			if x.Sort == Campaign && !x.Campaign.IsZero() {
				fs.Add("campaign", "material.want.campaign")
			}
		})
}

// PublishedIn is the payload of material.published: the languages in which it came out that day.
type PublishedIn struct {
	Languages []string          `json:"languages" part:"PP"` // BCP 47
	On        party.PartialDate `json:"on" part:"PP"`
	Link      string            `json:"link,omitempty" part:"PP"` // where it can be had
}

func (x *PublishedIn) asks() *ask.List {
	return ask.Of("material", x, ask.On(&x.On), ask.Languages("languages", &x.Languages), ask.Link(&x.Link)).And(func(fs *fault.Fields) {
		if len(x.Languages) > mostLanguages {
			fs.Add("languages", "material.want.languages")
		}
	})
}

// Counted is the payload of material.counted: one count, as its source states it.
type Counted struct {
	Measure Measure           `json:"measure" part:"PP"`
	Number  party.Uncertain   `json:"number" part:"PP"`
	On      party.PartialDate `json:"on" part:"PP"`
	Source  party.Source      `json:"source" part:"PP"`
}

func (x *Counted) asks() *ask.List {
	return ask.Of("material", x, ask.On(&x.On), ask.Code("measure", &x.Measure, Measures()), ask.Uncertain("number", &x.Number), ask.Source(&x.Source))
}

// Ended is the payload of material.withdrawn.
type Ended = ask.Ended

// Material is the state of a material's dossier.
type Material struct {
	ID        journal.ID
	Described Described
	Published []PublishedIn
	Counted   []Counted
	Withdrawn Ended
	History   []register.Event
}

// Exists says whether anything was recorded.
func (m Material) Exists() bool { return !m.Described.Text.IsZero() }

// State says where it stands.
func (m Material) State() State {
	switch {
	case m.Withdrawn.On.Known():
		return Withdrawn
	case m.Described.Sort == Campaign:
		return Running
	case len(m.Published) > 0:
		return Published
	}
	return Prepared
}

// Languages lists the languages in which it was published, sorted, each with the earliest date.
func (m Material) Languages() []In {
	var out []In
	for _, p := range m.Published {
		for _, tag := range p.Languages {
			i := slices.IndexFunc(out, func(x In) bool { return x.Language == tag })
			switch {
			case i < 0:
				out = append(out, In{tag, p.On})
			case p.On.Before(out[i].On):
				out[i].On = p.On
			}
		}
	}
	inorder.By(out, func(a, b In) int { return strings.Compare(a.Language, b.Language) })
	return out
}

// In is a language in which something was published, and since when.
type In struct {
	Language string            `json:"language"`
	On       party.PartialDate `json:"on"`
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Material, error) {
	var m Material
	for _, e := range es {
		if err := m.apply(e); err != nil {
			return Material{}, err
		}
	}
	return m, nil
}

func (m *Material) apply(e journal.Entry) error {
	m.ID = e.Dossier
	text := ""
	switch e.Type {
	case DescribedType:
		v, err := journal.In[Described](e)
		if err != nil {
			return err
		}
		m.Described = v
	case PublishedType:
		v, err := journal.In[PublishedIn](e)
		if err != nil {
			return err
		}
		m.Published, m.Withdrawn, text = append(m.Published, v), Ended{}, strings.Join(v.Languages, ", ")
	case CountedType:
		v, err := journal.In[Counted](e)
		if err != nil {
			return err
		}
		m.Counted, text = append(m.Counted, v), v.Source.Document
	case WithdrawnType:
		v, err := journal.In[Ended](e)
		if err != nil {
			return err
		}
		m.Withdrawn, text = v, v.Reason
	default:
		return nil
	}
	m.History = append(m.History, register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor, Text: text})
	return nil
}

// past: what was published or counted was so on a day that has come.
func past(fs *fault.Fields, on party.PartialDate, now time.Time) {
	if on.Known() && on.First().After(now.AddDate(0, 0, 1)) {
		fs.Add("on", "material.want.date")
	}
}
