// SPDX-License-Identifier: EUPL-1.2

// Package screening asks after the indicators of a list and says what was observed, which rule that meets and what
// the list's source says. It never says that somebody is or is not a victim: where no rule is met it reads "not
// excluded, screen again", and where a list has no rule it says that there is none.
package screening

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/packs/indicators"
)

// Answer is what a screening says of one indicator. The zero value is unknown: blank is unknown, never no.
type Answer string

const (
	Observed    Answer = "yes"
	NotObserved Answer = "no"
	Unknown     Answer = ""
)

// Answers lists the answers that may be given.
func Answers() []Answer { return []Answer{Observed, NotObserved, Unknown} }

// What comes out of a screening. None of them is a verdict.
const (
	RuleMet     = "rule_met"     // at least one dimension meets the list's rule
	NotExcluded = "not_excluded" // no dimension does, with what is known: screen again
	NoRule      = "no_rule"      // the list gives no rule: what was observed speaks for itself
)

// Outcomes lists what may come out.
func Outcomes() []string { return []string{RuleMet, NotExcluded, NoRule} }

// Clauses of the Delphi rule: any of them meets a dimension.
const (
	TwoStrong     = "2_strong"
	StrongOther   = "1_strong_1_other"
	ThreeMedium   = "3_medium"
	TwoMediumWeak = "2_medium_1_weak"
)

// Clauses lists the clauses in the order in which they are tried.
func Clauses() []string { return []string{TwoStrong, StrongOther, ThreeMedium, TwoMediumWeak} }

// Result is what a screening's answers come to under one version of a list.
type Result struct {
	Set      string   `json:"set"`
	Version  string   `json:"version"`
	Observed []string `json:"observed"` // ids, in the list's order
	Unknown  int      `json:"unknown"`  // indicators without an answer
	// Dimensions are all of the list's, in its order, met or not.
	Dimensions []DimensionResult `json:"dimensions"`
	Outcome    string            `json:"outcome"`
	// ILO lists the ILO's indicators of forced labour that observed ones speak of, ascending.
	ILO []int `json:"ilo,omitempty"`
}

// DimensionResult counts the observed indicators of a dimension by weight. Other are those that the list gives no
// weight; they meet no rule.
type DimensionResult struct {
	Code   string `json:"code"`
	Strong int    `json:"strong"`
	Medium int    `json:"medium"`
	Weak   int    `json:"weak"`
	Other  int    `json:"other"`
	Met    bool   `json:"met"`
	By     string `json:"by,omitempty"` // the clause that meets it
}

// Evaluate says what answers, by indicator's id, come to. An indicator that has no answer is unknown.
//
// It errs with fault.Invalid for ids that the set does not have (field "answers": an id that nobody knows may be
// anything, so it is not repeated) and for answers that there are not (field "answers.<id>").
func Evaluate(s indicators.Set, answers map[string]Answer) (Result, error) {
	if err := check(s, answers); err != nil {
		return Result{}, err
	}
	r := Result{Set: s.Code, Version: s.Version, Observed: []string{}, Outcome: NoRule}
	if s.Rule != indicators.NoRule {
		r.Outcome = NotExcluded
	}
	for _, d := range s.Dimensions {
		dr := DimensionResult{Code: d.Code}
		for _, i := range d.Indicators {
			switch answers[i.ID] {
			case Unknown:
				r.Unknown++
			case Observed:
				r.Observed = append(r.Observed, i.ID)
				r.ILO = append(r.ILO, i.ILO...)
				dr.count(i.Weight)
			}
		}
		if s.Rule == indicators.Delphi {
			dr.By = dr.clause()
		}
		if dr.Met = dr.By != ""; dr.Met {
			r.Outcome = RuleMet
		}
		r.Dimensions = append(r.Dimensions, dr)
	}
	slices.Sort(r.ILO)
	r.ILO = slices.Compact(r.ILO)
	return r, nil
}

// check says which answers are not answers to this set.
func check(s indicators.Set, answers map[string]Answer) error {
	var fs fault.Fields
	known := 0
	for _, d := range s.Dimensions {
		for _, i := range d.Indicators {
			a, given := answers[i.ID]
			if !given {
				continue
			}
			known++
			if !slices.Contains(Answers(), a) {
				fs.Add("answers."+i.ID, "indicators.need.answer")
			}
		}
	}
	if known < len(answers) {
		fs.Add("answers", "indicators.need.known")
	}
	return fs.Err()
}

func (d *DimensionResult) count(w indicators.Weight) {
	switch w {
	case indicators.Strong:
		d.Strong++
	case indicators.Medium:
		d.Medium++
	case indicators.Weak:
		d.Weak++
	default:
		d.Other++
	}
}

// clause gives the first clause of the Delphi rule that the counts meet, or nothing. The clauses only ask for at
// least so many, so one more indicator observed never un-meets a dimension.
func (d *DimensionResult) clause() string {
	switch {
	case d.Strong >= 2:
		return TwoStrong
	case d.Strong == 1 && d.Medium+d.Weak >= 1:
		return StrongOther
	case d.Medium >= 3:
		return ThreeMedium
	case d.Medium >= 2 && d.Weak >= 1:
		return TwoMediumWeak
	}
	return ""
}
