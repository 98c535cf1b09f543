// SPDX-License-Identifier: EUPL-1.2

// Package scheme keeps a cooperation programme itself: what it is called, where that stands, its priorities, the Four
// Ps, its countries or territories, what it is part of, and what its source leaves unknown or says in two ways.
package scheme

import (
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// Source is the document that everything was read from.
type Source struct {
	Kind     string            `json:"kind,omitempty"`     // of SourceKinds
	Title    string            `json:"title,omitempty"`    // "" when it has none
	Masthead string            `json:"masthead,omitempty"` // whose publication it is
	Language string            `json:"language,omitempty"`
	Date     party.PartialDate `json:"date,omitzero"` // of publication, as printed
	From     party.PartialDate `json:"from,omitzero"` // it was published between From and To: inferred
	To       party.PartialDate `json:"to,omitzero"`
	Why      string            `json:"why,omitempty"` // what that was inferred from
}

// Document names the source as a reader would look for it.
func (s Source) Document() string {
	switch {
	case s.Title != "" && s.Masthead != "":
		return s.Title + " (" + s.Masthead + ")"
	case s.Title != "":
		return s.Title
	}
	return s.Masthead
}

// SourceKinds lists what sort of document a source can be.
func SourceKinds() []string { return []string{"newsletter", "report", "website", "other"} }

// Statement is a text with the lines where the source says it. Code is its identifier in the file.
type Statement struct {
	Code  string `json:"code,omitempty"`
	Text  string `json:"text"`
	Lines string `json:"lines,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Priority is one of the programme's themes. Heading is how the source words it elsewhere; "" when the same.
type Priority struct {
	N            int    `json:"n"`
	Title        string `json:"title"`
	Heading      string `json:"heading,omitempty"`
	CrossCutting bool   `json:"cross_cutting,omitempty"`
	Lines        string `json:"lines,omitempty"`
}

// Country is a country or territory of the programme.
type Country struct {
	Code     string   `json:"code"`              // alpha-2, or XK
	InSource string   `json:"in_source"`         // as the source first writes it
	Aliases  []string `json:"aliases,omitempty"` // how else it writes it
	Role     string   `json:"role"`              // of CountryRoles
	EU       *bool    `json:"eu_2021,omitempty"` // member state in 2021; not from the source
	Note     string   `json:"note,omitempty"`    //
}

// CountryRoles lists what a country or territory is to the programme.
func CountryRoles() []string {
	return []string{"partner", "donor_and_destination", "co_organiser", "venue"}
}

// Contradiction is a thing that the source states in several ways; all are kept.
type Contradiction struct {
	About  string      `json:"about"` // in the source's words
	Stated []Statement `json:"stated"`
}

// Imported is the payload of programme.imported; each replaces the one before.
type Imported struct {
	Code           string          `json:"code" part:"PP"`
	Title          string          `json:"title" part:"PP"`
	Objective      string          `json:"objective,omitempty" part:"PP"`
	Year           int             `json:"year,omitempty" part:"PP"`
	ReportingYear  int             `json:"reporting_year,omitempty" part:"PP"`
	Lead           journal.ID      `json:"lead,omitzero" part:"PP"`
	Implementer    journal.ID      `json:"implementer,omitzero" part:"PP"`
	Budget         party.Uncertain `json:"budget,omitzero" part:"PP"`
	Currency       string          `json:"currency,omitempty" part:"PP"`
	Modalities     []string        `json:"modalities,omitempty" part:"PP"`
	Lines          string          `json:"lines,omitempty" part:"PP"`
	Source         Source          `json:"source" part:"PP"`
	Goals          []Statement     `json:"goals,omitempty" part:"PP"`
	Schemes        []Statement     `json:"schemes,omitempty" part:"PP"` // that the programme is included in
	Priorities     []Priority      `json:"priorities,omitempty" part:"PP"`
	Pillars        []Statement     `json:"pillars,omitempty" part:"PP"`
	Countries      []Country       `json:"countries,omitempty" part:"PP"`
	Mechanisms     []Statement     `json:"mechanisms,omitempty" part:"PP"`
	Instruments    []Statement     `json:"instruments,omitempty" part:"PP"`
	Publications   []Statement     `json:"publications,omitempty" part:"PP"`
	Contradictions []Contradiction `json:"contradictions,omitempty" part:"PP"`
	Findings       []string        `json:"findings,omitempty" part:"PP"` // notes on the source's quality, ours, in its language
}

// Scheme is the state of a programme's dossier.
type Scheme struct {
	ID journal.ID
	Imported
	Trail  provenance.Trail
	Worded Worded // its texts in further languages
	// Settlements says what this office holds of questions that the source leaves open, by the question's key.
	Settlements map[string]Settlement
}

// Imports gives the trail of imports.
func (s Scheme) Imports() provenance.Trail { return s.Trail }

// Exists says whether anything was recorded.
func (s Scheme) Exists() bool { return s.Code != "" }

// Partners lists the codes of its partner countries or territories, in the source's order.
func (s Scheme) Partners() []string {
	var out []string
	for _, c := range s.Countries {
		if c.Role == "partner" {
			out = append(out, c.Code)
		}
	}
	return out
}

// Ref names the dossier of a programme by its code.
func Ref(owner journal.ID, code string) store.Ref {
	return store.Ref{Kind: access.KindProgramme, ID: provenance.ID("programme", owner.String(), code)}
}

// Line is what a list shows of a programme.
type Line struct {
	Code  string `json:"code" part:"PP"`
	Title string `json:"title" part:"PP"`
	Year  int    `json:"year,omitempty" part:"PP"`
}
