// SPDX-License-Identifier: EUPL-1.2

// Package office holds what an office decides about itself after it was made: the name that it goes by, its time
// zone and language, the threshold below which counts leave it as "<k", the ground on which it asks after appearance; and the packs of rules that it added to those of every office, which can only forbid. They are a dossier like any other, so
// each change passes the one door, names who made it, and has its place in the log. What an office can never change
// (its kind, its country) and what belongs to the machine (addresses, certificates) is not here.
package office

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Changed says the settings as they stand from now on, whole.
const Changed = "office.changed"

// LeastThreshold is the smallest threshold that an office may set, and mostThreshold the largest that leaves figures
// worth sending.
const (
	LeastThreshold = 3
	mostThreshold  = 1000
	longestName    = 120
	longestGround  = 300
)

// Settings are what an office decides about itself.
type Settings struct {
	Name      string `json:"name" part:"OF"`
	Zone      string `json:"zone" part:"OF"`
	Language  string `json:"language" part:"OF"`
	Threshold int    `json:"threshold" part:"OF"` // counts below it leave as "<k"
	// Appearance is the legal ground on which people here may be asked about what rests on appearance or origin; empty is
	// not at all.
	Appearance string `json:"appearance,omitempty" part:"OF"`
}

// Change is one change of the settings.
type Change struct {
	By journal.ID
	At time.Time
	To Settings
}

// State is the fold: the settings in force and how they came about, oldest first, and the packs of rules that hold. Without
// a change an office's settings are those that it was made with.
type State struct {
	Settings
	Changes []Change
	Packs   []Pack // by when they were added
	Taken   []Taken
}

// Kind gives the dossier kind "office". An office has one such dossier, whose id is the office's own. languages are
// those that the program speaks.
func Kind(languages []string) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindOffice, Base: journal.OF,
		Types: []store.Type{{Name: Changed, Payload: Settings{}, Overlap: []string{"name", "zone", "language", "threshold", "appearance"}},
			{Name: access.RulesAdded, Payload: RulesAdded{}}, {Name: access.RulesRemoved, Payload: RulesRemoved{}}},
		Fold: fold,
		Guard: func(g *store.Guarding, s State, e journal.Entry) error {
			if e.Dossier != g.Owner {
				return fault.New(fault.NotFound, "store.not_found") // another office's settings are not here
			}
			if e.Type != Changed {
				return s.guardRules(e)
			}
			v, err := journal.In[Settings](e)
			if err != nil {
				return fault.Wrap(fault.Invalid, err, "fault.invalid")
			}
			return v.check(languages)
		},
		Derive: func(State) store.Derived { return store.Derived{State: "set"} },
	})
}

func fold(es []journal.Entry) (State, error) {
	var s State
	for _, e := range es {
		if e.Type != Changed {
			if err := s.foldRules(e); err != nil {
				return State{}, err
			}
			continue
		}
		v, err := journal.In[Settings](e)
		if err != nil {
			return State{}, err
		}
		s.Settings = v
		s.Changes = append(s.Changes, Change{e.Actor, e.OccurredAt, v})
	}
	return s, nil
}

// check names each field that cannot stand.
func (s Settings) check(languages []string) error {
	var fs fault.Fields
	if n := utf8.RuneCountInString(s.Name); n == 0 || n > longestName || strings.TrimSpace(s.Name) != s.Name || strings.ContainsAny(s.Name, "\r\n\t") {
		fs.Add("name", "office.need.name", "Max", longestName)
	}
	if _, err := clock.Zone(s.Zone); err != nil {
		fs.Add("zone", "office.need.zone")
	}
	if !slices.Contains(languages, s.Language) {
		fs.Add("language", "office.need.language")
	}
	if s.Threshold < LeastThreshold || s.Threshold > mostThreshold {
		fs.Add("threshold", "office.need.threshold", "Min", LeastThreshold, "Max", mostThreshold)
	}
	if utf8.RuneCountInString(s.Appearance) > longestGround || strings.TrimSpace(s.Appearance) != s.Appearance || strings.ContainsAny(s.Appearance, "\r\n\t") {
		fs.Add("appearance", "office.need.appearance", "Max", longestGround)
	}
	return fs.Err()
}
