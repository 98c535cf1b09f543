// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"math"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Later is what was found out after a screening, by whoever identifies. The zero value is that nothing was recorded.
type Later string

const (
	Confirmed    Later = "confirmed"
	NotConfirmed Later = "not_confirmed"
	LaterUnknown Later = "unknown" // asked after and not to be found out
	NotRecorded  Later = ""
)

// Laters lists what can be recorded later.
func Laters() []Later { return []Later{Confirmed, NotConfirmed, LaterUnknown} }

// Followed is one screening with what came of it.
type Followed struct {
	Outcome string // RuleMet, NotExcluded or NoRule
	Later   Later
}

// Predictive is what an office's own screenings with one list say of the rule of that list. Only screenings whose
// later outcome is known enter a rate; the others are counted beside and never pass for negative ones.
//
// The figures are of the screenings that this office followed up, not of everybody: who was never screened, and who
// was lost, is in none of them.
type Predictive struct {
	MetConfirmed       int `json:"met_confirmed"`
	MetNotConfirmed    int `json:"met_not_confirmed"`
	NotMetConfirmed    int `json:"not_met_confirmed"`
	NotMetNotConfirmed int `json:"not_met_not_confirmed"`

	WithoutOutcome int `json:"without_outcome"` // nothing was recorded later
	OutcomeUnknown int `json:"outcome_unknown"` // what was recorded is that it is unknown
	WithoutRule    int `json:"without_rule"`    // screened by a list that has no rule to judge

	Sensitivity Rate `json:"sensitivity"` // of those confirmed, how many had met the rule
	Specificity Rate `json:"specificity"` // of those not confirmed, how many had not
	Positive    Rate `json:"positive"`    // of those who had met it, how many were confirmed
	Negative    Rate `json:"negative"`    // of those who had not, how many were not confirmed
}

// Rate is a share of N with its Wilson interval of 95 %. With N of 0 it is unknown, which is not 0.
type Rate struct {
	Count   int     `json:"count"`
	N       int     `json:"n"`
	Unknown bool    `json:"unknown"`
	Value   float64 `json:"value"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
}

// Predict counts screenings that were made with one list. It errs with fault.Invalid (fields "outcome", "later") for
// codes that there are not.
func Predict(screenings []Followed) (Predictive, error) {
	var p Predictive
	for _, s := range screenings {
		if !slices.Contains(Outcomes(), s.Outcome) {
			return Predictive{}, fault.Bad("outcome", "indicators.need.outcome")
		}
		if s.Later != NotRecorded && !slices.Contains(Laters(), s.Later) {
			return Predictive{}, fault.Bad("later", "indicators.need.later")
		}
		*p.cell(s)++
	}
	confirmed, not := p.MetConfirmed+p.NotMetConfirmed, p.MetNotConfirmed+p.NotMetNotConfirmed
	p.Sensitivity = rate(p.MetConfirmed, confirmed)
	p.Specificity = rate(p.NotMetNotConfirmed, not)
	p.Positive = rate(p.MetConfirmed, p.MetConfirmed+p.MetNotConfirmed)
	p.Negative = rate(p.NotMetNotConfirmed, p.NotMetConfirmed+p.NotMetNotConfirmed)
	return p, nil
}

// cell finds the one count that a screening belongs to.
func (p *Predictive) cell(s Followed) *int {
	switch {
	case s.Outcome == NoRule:
		return &p.WithoutRule
	case s.Later == NotRecorded:
		return &p.WithoutOutcome
	case s.Later == LaterUnknown:
		return &p.OutcomeUnknown
	case s.Outcome == RuleMet && s.Later == Confirmed:
		return &p.MetConfirmed
	case s.Outcome == RuleMet:
		return &p.MetNotConfirmed
	case s.Later == Confirmed:
		return &p.NotMetConfirmed
	}
	return &p.NotMetNotConfirmed
}

// z is the standard normal deviate that leaves 2.5 % on each side.
const z = 1.959963984540054

// rate gives a share with its Wilson score interval, which stays within 0 and 1 and keeps its width where nothing or
// everything was counted.
func rate(count, n int) Rate {
	if n == 0 {
		return Rate{Unknown: true}
	}
	x, m := float64(count), float64(n)
	middle := (x + z*z/2) / (m + z*z)
	half := z / (m + z*z) * math.Sqrt(x*(m-x)/m+z*z/4)
	r := Rate{Count: count, N: n, Value: x / m, Low: max(0, middle-half), High: min(1, middle+half)}
	if count == 0 {
		r.Low = 0 // exactly, and not what rounding leaves of it
	}
	if count == n {
		r.High = 1
	}
	return r
}
