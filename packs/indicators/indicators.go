// SPDX-License-Identifier: EUPL-1.2

// Package indicators holds sets of indicators of trafficking in human beings as versioned data, in English
// and French: what published lists say, in our own words, with their source, their rule where they have one
// and their weights where they give some. Weights that no source gives are not invented.
//
// A set's version never changes once an office may have used it: what a list says anew becomes a new version,
// and a screening keeps the version that it was made with.
package indicators

import (
	"slices"
	"strings"
)

// Text is a text in the languages of the house, and in Albanian where the list has it.
type Text struct {
	EN string `yaml:"en"`
	FR string `yaml:"fr"`
	SQ string `yaml:"sq"`
}

// In gives the text in a language, English when there is no other.
func (t Text) In(language string) string {
	switch {
	case strings.HasPrefix(language, "fr") && t.FR != "":
		return t.FR
	case strings.HasPrefix(language, "sq") && t.SQ != "":
		return t.SQ
	}
	return t.EN
}

// Weight is what a list says of an indicator's weight; empty where a list has none.
type Weight string

const (
	Strong Weight = "S"
	Medium Weight = "M"
	Weak   Weight = "W"
)

// Rules by which a dimension is met.
const (
	NoRule = ""       // the list gives none: indicators are listed, nothing is computed
	Delphi = "delphi" // 2 strong, or 1 strong and 1 other, or 3 medium, or 2 medium and 1 weak
)

// Set is one list for one population, in one version.
type Set struct {
	Code    string `yaml:"code"`    // delphi_labour_adult, delphi_labour_child, unodc, ilo11, smuggling
	Version string `yaml:"version"` // "2009-1": the year of the source and our edition of it
	Title   Text   `yaml:"title"`
	Lead    Text   `yaml:"lead"` // what it is for and how it is used, a sentence or two
	Source  Text   `yaml:"source"`
	Year    int    `yaml:"year"`
	Ours    bool   `yaml:"ours"` // drawn up by this project from other lists, and labelled so
	For     string `yaml:"for"`  // adult | child | any: whose screening offers it
	Rule    string `yaml:"rule"` // NoRule or Delphi
	// Weighted says that the source weighs its indicators and gives no rule: the weights are shown and meet nothing.
	Weighted bool `yaml:"weighted"`
	// Combination says how met dimensions combine to a result; nil where the source gives no way.
	Combination *Combination `yaml:"combination"`
	// WeightsChecked says who compared the weights with the source; empty shows them as unverified.
	WeightsChecked string `yaml:"weights_checked"`
	// Validated names the population in which the list was validated; empty means in none.
	Validated  Text        `yaml:"validated"`
	Dimensions []Dimension `yaml:"dimensions"`
}

// Combination is how the dimensions of a set combine, with its ground.
type Combination struct {
	Text   Text `yaml:"text"`
	Ground Text `yaml:"ground"` // where the source or the law says so
}

// Dimension is a group of indicators under one head: a Delphi dimension, a section of a list.
type Dimension struct {
	Code       string      `yaml:"code"` // DR, CR, GEN ...
	Title      Text        `yaml:"title"`
	Indicators []Indicator `yaml:"indicators"`
}

// Indicator is one thing to look or ask for.
type Indicator struct {
	ID   string `yaml:"id"`
	Text Text   `yaml:"text"`
	// Context says that it is about the situation and not about the person.
	Context bool   `yaml:"context"`
	Weight  Weight `yaml:"weight"`
	// Appearance marks what rests on appearance, ethnicity or place: off unless an office turns it on with its ground.
	Appearance bool `yaml:"appearance"`
	// Page is where the source has it, for one that is a book: "42", "42-43".
	Page string `yaml:"page"`
	// ILO lists the ILO's indicators of forced labour (1 to 11) that it speaks of.
	ILO []int `yaml:"ilo"`
	// Drawn names the indicators of other sets that an indicator of ours was drawn from, as set:id.
	Drawn []string `yaml:"drawn"`
}

// WithoutAppearance gives the set without the indicators that rest on appearance, ethnicity or place, as every office
// starts with: they are neither asked nor counted as unknown.
func (s Set) WithoutAppearance() Set {
	out := s
	out.Dimensions = nil
	for _, d := range s.Dimensions {
		d.Indicators = slices.DeleteFunc(slices.Clone(d.Indicators), func(i Indicator) bool { return i.Appearance })
		if len(d.Indicators) > 0 {
			out.Dimensions = append(out.Dimensions, d)
		}
	}
	return out
}

// Indicator gives an indicator by its id, and whether the set has it.
func (s Set) Indicator(id string) (Indicator, bool) {
	for _, d := range s.Dimensions {
		for _, i := range d.Indicators {
			if i.ID == id {
				return i, true
			}
		}
	}
	return Indicator{}, false
}
