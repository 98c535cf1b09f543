// SPDX-License-Identifier: EUPL-1.2

// Package actors keeps who takes part in a programme: organisations, and the functions that people hold in them.
//
// What they are and how they fold is platform/party's; this room gives them their place in an office: dossiers of
// their own, found by code, with a summary for lists. Names of persons are public only where a public source
// names them in that function.
package actors

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
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
	Trail provenance.Trail
}

// Imports gives the trail.
func (o Organisation) Imports() provenance.Trail { return o.Trail }

// Function is a function with the trail of its imports.
type Function struct {
	party.Function
	Trail provenance.Trail
}

// Imports gives the trail.
func (f Function) Imports() provenance.Trail { return f.Trail }

// OrganisationLine is what a list shows of an organisation.
type OrganisationLine struct {
	Names   party.Names `json:"names,omitempty" part:"PP"`
	Type    party.Type  `json:"type,omitempty" part:"PP"`
	Country string      `json:"country,omitempty" part:"PP"`
	Parent  journal.ID  `json:"parent,omitzero" part:"PP"`
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
}

// Kinds gives the dossier kinds "organisation" and "function".
func Kinds() []store.Kind {
	return []store.Kind{organisations(), functions()}
}

func organisations() store.Kind {
	return store.Of(store.KindOf[Organisation]{
		Name: access.KindOrganisation, Base: journal.PP, Codes: []string{"type", "country", "parent"},
		Types: []store.Type{
			{Name: party.OrganisationDescribed, Payload: party.Described{}, Overlap: []string{"names", "acronym", "type", "place", "parent", "since", "until", "website"}},
			{Name: party.OrganisationContacted, Payload: party.Contact{}, Overlap: []string{"name", "email", "phone"}},
		},
		Fold: func(es []journal.Entry) (Organisation, error) {
			p, err := party.FoldOrganisation(es)
			return Organisation{p, trail(es)}, err
		},
		Guard: func(_ *store.Guarding, o Organisation, e journal.Entry) error {
			return party.CheckOrganisation(o.Organisation, e)
		},
		Derive: deriveOrganisation,
	})
}

func deriveOrganisation(o Organisation) store.Derived {
	d := store.Derived{State: "active", Codes: map[string][]string{}, Summary: OrganisationLine{Names: o.Names, Type: o.Type, Country: o.Place.Country, Parent: o.Parent}}
	if o.Until.Known() {
		d.State = "ended"
	}
	code(d.Codes, "type", string(o.Type))
	code(d.Codes, "country", o.Place.Country)
	if !o.Parent.IsZero() {
		code(d.Codes, "parent", o.Parent.String())
	}
	return d
}

func functions() store.Kind {
	return store.Of(store.KindOf[Function]{
		Name: access.KindFunction, Base: journal.PP, Codes: []string{"organisation"},
		Types: []store.Type{
			{Name: party.FunctionHeld, Payload: party.Held{}, Overlap: []string{"titles", "organisation", "since", "until", "public_name"}},
			{Name: party.FunctionEnded, Payload: party.HeldUntil{}},
			{Name: party.FunctionNamed, Payload: party.Named{}, Overlap: []string{"may"}},
		},
		Fold: func(es []journal.Entry) (Function, error) {
			p, err := party.FoldFunction(es)
			return Function{p, trail(es)}, err
		},
		Guard:  func(_ *store.Guarding, f Function, e journal.Entry) error { return party.CheckFunction(f.Function, e) },
		Derive: deriveFunction,
	})
}

func deriveFunction(f Function) store.Derived {
	d := store.Derived{State: "held", Codes: map[string][]string{}, Summary: FunctionLine{f.Titles, f.Organisation, f.PublicName, f.Since, f.Until, f.Ended, slices.Clone(f.Sources), f.Named.May}}
	if f.Ended {
		d.State = "ended"
	}
	if !f.Organisation.IsZero() {
		code(d.Codes, "organisation", f.Organisation.String())
	}
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
