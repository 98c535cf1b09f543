// SPDX-License-Identifier: EUPL-1.2

package knowledge

import (
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Line is what a list shows: all but the text, which may be long.
type Line struct {
	Name      wording.Text      `json:"name" part:"PP"`
	Sort      Sort              `json:"sort" part:"PP"`
	Countries []string          `json:"countries,omitempty" part:"PP"`
	On        party.PartialDate `json:"on,omitzero" part:"PP"`
	Activity  string            `json:"activity,omitempty" part:"PP"`
	Source    party.Source      `json:"source" part:"PP"`
	Link      string            `json:"link,omitempty" part:"PP"`
	Languages []string          `json:"languages,omitempty" part:"PP"` // of the name and the text
	State     State             `json:"state" part:"PP"`
	By        string            `json:"by,omitempty" part:"PP"` // who reviewed it as it is
	Until     party.PartialDate `json:"until,omitzero" part:"PP"`
}

// Row is one record in a list.
type Row = register.Found[Line]

// StoreKind gives the dossier kind "knowledge".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Knowledge]{
		Name: access.KindKnowledge, Base: journal.PP, Codes: []string{"sort", "country", "state", "activity", "language", "review", register.OrderCode}, Derives: 2,
		Types: []store.Type{
			{Name: WrittenType, Payload: Written{}, Overlap: new(Written).asks().Names()},
			{Name: ReviewedType, Payload: Review{}},
			{Name: OutdatedType, Payload: Past{}},
		},
		Fold: Fold, Guard: guard, Derive: derive,
	})
}

// Summary gives what a list shows.
func (k Knowledge) Summary() Line {
	w := k.Written
	l := Line{Name: w.Name, Sort: w.Sort, Countries: w.Countries, On: w.On, Activity: w.Activity, Source: w.Source, Link: w.Link, Languages: w.Name.Languages(), State: k.State}
	if k.State == Reviewed {
		l.By, l.Until = k.Review.By, k.Review.Until
	}
	return l
}

func derive(k Knowledge) store.Derived {
	if !k.Exists() {
		return store.Derived{}
	}
	w := k.Written
	d := store.Derived{State: string(k.State), Summary: k.Summary(), Tokens: register.Words(w.Name, w.Text),
		Codes: map[string][]string{"sort": {string(w.Sort)}, "country": w.Countries, "state": {string(k.State)}, "language": w.Name.Languages(),
			register.OrderCode: register.InOrder(register.Rank(w.Sort, Sorts()), register.LatestFirst(w.On))}}
	switch k.State {
	case Unreviewed:
		d.Codes["review"] = []string{register.Always}
	case Reviewed:
		d.Codes["review"] = []string{register.DayAfter(k.Review.Until)}
	}
	if w.Activity != "" {
		d.Codes["activity"] = []string{w.Activity}
	}
	return d
}

func guard(g *store.Guarding, k Knowledge, e journal.Entry) error {
	if e.Type != WrittenType && !k.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case WrittenType:
		var v Written
		v, err = journal.In[Written](e)
		v.asks().Check(&fs, g)
	case ReviewedType:
		var v Review
		v, err = journal.In[Review](e)
		v.asks().Check(&fs, g)
	case OutdatedType:
		var v Past
		v, err = journal.In[Past](e)
		v.Asks("knowledge").Check(&fs, g)
		if err == nil && k.State == Outdated {
			return fault.New(fault.Guarded, "knowledge.guard.outdated")
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}
