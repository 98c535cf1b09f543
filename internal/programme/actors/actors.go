// SPDX-License-Identifier: EUPL-1.2

// Package actors keeps who takes part in a programme: organisations, and the functions that people hold in them.
//
// What they are and how they fold is platform/party's; this room gives them their place in an office: dossiers of
// their own, found by code, with a summary for lists. Names of persons are public only where a public source
// names them in that function.
package actors

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// OrganisationRef names the dossier of an organisation that a source calls by a code.
func OrganisationRef(owner journal.ID, code string) store.Ref {
	return store.Ref{Kind: access.KindOrganisation, ID: provenance.ID("organisation", owner.String(), code)}
}

// FunctionRef names the dossier of a function: a role in an organisation, held by a person or by nobody named.
func FunctionRef(owner journal.ID, organisation, role, name string) store.Ref {
	return store.Ref{Kind: access.KindFunction, ID: provenance.ID("function", owner.String(), organisation, role, name)}
}

// Organisation is an organisation with the trail of its imports.
type Organisation struct {
	party.Organisation
	Trail     provenance.Trail
	Retention retention.State
	contacts  bool // an entry holds some
}

// Imports gives the trail.
func (o Organisation) Imports() provenance.Trail { return o.Trail }

// Function is a function with the trail of its imports.
type Function struct {
	party.Function
	Trail     provenance.Trail
	Retention retention.State
	contacts  bool      // an entry holds some
	ended     time.Time // when that it ended was written down
}

// Imports gives the trail.
func (f Function) Imports() provenance.Trail { return f.Trail }

// Title gives the function's title in its languages, with how each stands to the original, where that is said.
func (f Function) Title() wording.Text {
	if f.Original == "" {
		return wording.Text{}
	}
	t := wording.New(f.Original, f.Titles[f.Original])
	for tag, title := range f.Titles {
		if t = t.With(tag, title); f.Outdated[tag] {
			t.By[tag] = wording.Version{Text: title, Of: "an earlier title"}
		}
	}
	return t
}

// OrganisationLine is what a list shows of an organisation.
type OrganisationLine struct {
	Names   party.Names    `json:"names,omitempty" part:"PP"`
	Type    party.Type     `json:"type,omitempty" part:"PP"`
	Country string         `json:"country,omitempty" part:"PP"`
	Parent  journal.ID     `json:"parent,omitzero" part:"PP"`
	Keep    retention.Line `json:"keep,omitzero" part:"PI"`
}

// FunctionLine is what a list shows of a function.
type FunctionLine struct {
	Titles       party.Names       `json:"titles,omitempty" part:"PP"`
	Organisation journal.ID        `json:"organisation,omitzero" part:"PP"`
	Name         string            `json:"name,omitempty" part:"PP"` // public names only
	Since        party.PartialDate `json:"since,omitzero" part:"PP"`
	Until        party.PartialDate `json:"until,omitzero" part:"PP"`
	Ended        bool              `json:"ended,omitempty" part:"PP"`
	Sources      []party.Source    `json:"sources,omitempty" part:"PP"`
	Named        bool              `json:"named,omitempty" part:"PP"` // agreed to be named in what the office publishes
	Keep         retention.Line    `json:"keep,omitzero" part:"PI"`
}

// Kinds gives the dossier kinds "organisation" and "function".
func Kinds() []store.Kind {
	return []store.Kind{organisations(), functions()}
}

func organisations() store.Kind {
	return store.Of(store.KindOf[Organisation]{
		Name: access.KindOrganisation, Base: journal.PP, Codes: []string{"type", "country", "parent", retention.Code}, Derives: 1,
		Types: append([]store.Type{
			{Name: party.OrganisationDescribed, Payload: party.Described{}, Overlap: []string{"names", "acronym", "type", "place", "parent", "since", "until", "website"}},
			{Name: party.OrganisationContacted, Payload: party.Contact{}, Overlap: []string{"name", "email", "phone"}},
		}, retention.Types(access.KindOrganisation)...),
		Fold: func(es []journal.Entry) (Organisation, error) {
			p, err := party.FoldOrganisation(es)
			o := Organisation{Organisation: p, Trail: trail(es)}
			o.Retention, o.contacts = kept(es)
			return o, err
		},
		Guard: func(g *store.Guarding, o Organisation, e journal.Entry) error {
			if retention.Is(e.Type) {
				return retention.Guard(g, o.Keeping(), e)
			}
			return party.CheckOrganisation(o.Organisation, e)
		},
		Derive: deriveOrganisation,
		Effects: func(_ *store.Guarding, _, _ Organisation, e journal.Entry) (store.Effects, error) {
			return retention.Effects(e, journal.PC), nil
		},
	})
}

func deriveOrganisation(o Organisation) store.Derived {
	d := store.Derived{State: "active", Codes: map[string][]string{}, Summary: OrganisationLine{Names: o.Names, Type: o.Type, Country: o.Place.Country, Parent: o.Parent, Keep: o.Keeping()}}
	if o.Until.Known() {
		d.State = "ended"
	}
	code(d.Codes, "type", string(o.Type))
	code(d.Codes, "country", o.Place.Country)
	d.Codes[retention.Code] = o.Keeping().Codes()
	if !o.Parent.IsZero() {
		code(d.Codes, "parent", o.Parent.String())
	}
	return d
}

func functions() store.Kind {
	return store.Of(store.KindOf[Function]{
		Name: access.KindFunction, Base: journal.PP, Codes: []string{"organisation", retention.Code}, Derives: 1,
		Types: append([]store.Type{
			{Name: party.FunctionHeld, Payload: party.Held{}, Overlap: []string{"titles", "organisation", "since", "until", "public_name"}},
			{Name: party.FunctionEnded, Payload: party.HeldUntil{}},
			{Name: party.FunctionNamed, Payload: party.Named{}, Overlap: []string{"may"}},
		}, retention.Types(access.KindFunction)...),
		Fold: func(es []journal.Entry) (Function, error) {
			p, err := party.FoldFunction(es)
			f := Function{Function: p, Trail: trail(es)}
			f.Retention, f.contacts = kept(es)
			if i := slices.IndexFunc(es, func(e journal.Entry) bool { return e.Type == party.FunctionEnded }); i >= 0 {
				f.ended = es[i].OccurredAt
			}
			return f, err
		},
		Guard: func(g *store.Guarding, f Function, e journal.Entry) error {
			if retention.Is(e.Type) {
				return retention.Guard(g, f.Keeping(), e)
			}
			return party.CheckFunction(f.Function, e)
		},
		Derive: deriveFunction,
		Effects: func(_ *store.Guarding, _, _ Function, e journal.Entry) (store.Effects, error) {
			return retention.Effects(e, journal.PC), nil
		},
	})
}

func deriveFunction(f Function) store.Derived {
	d := store.Derived{State: "held", Codes: map[string][]string{}, Summary: FunctionLine{f.Titles, f.Organisation, f.PublicName, f.Since, f.Until, f.Ended, slices.Clone(f.Sources), f.Named.May, f.Keeping()}}
	if f.Ended {
		d.State = "ended"
	}
	if !f.Organisation.IsZero() {
		code(d.Codes, "organisation", f.Organisation.String())
	}
	d.Codes[retention.Code] = f.Keeping().Codes()
	return d
}

func code(codes map[string][]string, name, value string) {
	if value != "" {
		codes[name] = []string{value}
	}
}

func trail(es []journal.Entry) (t provenance.Trail) {
	for _, e := range es {
		t.Note(e)
	}
	return t
}

// Keeping says how long an organisation keeps whom to reach there: from when it ended.
func (o Organisation) Keeping() retention.Line {
	from := time.Time{}
	if o.Until.Known() {
		from = o.Until.Last()
	}
	return o.Retention.Line(retention.Contacts, from, o.contacts)
}

// KeepingPast gives what was decided about that.
func (o Organisation) KeepingPast() []retention.Step { return o.Retention.Steps }

// Keeping says how long a function keeps who held it and how to reach them, but for a name that a public source gives: from when it
// was given up, or from when that was written down.
func (f Function) Keeping() retention.Line {
	from := f.ended
	if f.Until.Known() {
		from = f.Until.Last()
	}
	return f.Retention.Line(retention.Contacts, from, f.contacts)
}

// KeepingPast gives what was decided about that.
func (f Function) KeepingPast() []retention.Step { return f.Retention.Steps }

// kept says what was decided about contacts, and whether an entry holds some: a later one that replaces them leaves those before.
func kept(es []journal.Entry) (s retention.State, contacts bool) {
	for _, e := range es {
		if mine, err := s.Apply(e); !mine && err == nil {
			contacts = contacts || e.Has(journal.PC)
		}
	}
	return s, contacts
}
