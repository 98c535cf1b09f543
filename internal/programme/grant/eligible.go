// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"regexp"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/party"
)

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)

// RuleCode is what a call can ask of whoever applies.
type RuleCode string

// The closed list of rules.
const (
	Registered RuleCode = "registered" // for at least so many years on the last day for applications
	NonProfit  RuleCode = "non_profit" // an association or foundation: no public body, no company
	OwnAccount RuleCode = "account"    // the account is in the organisation's name
	OwnWork    RuleCode = "own_work"   // it carries the project out itself
	Direct     RuleCode = "direct"     // the project helps people directly, as the fund for them asks
	Seat       RuleCode = "seat"       // its seat is in one of the countries or territories
	Within     RuleCode = "within"     // it asks for no more than the call gives
)

// RuleCodes lists the closed list, in the order in which they are looked at.
func RuleCodes() []RuleCode {
	return []RuleCode{Registered, NonProfit, OwnAccount, OwnWork, Direct, Seat, Within}
}

// Rule is one rule of a call.
type Rule struct {
	Rule      RuleCode `json:"rule"`
	Least     int      `json:"least,omitempty"`     // years, for Registered
	Countries []string `json:"countries,omitempty"` // for Seat
}

// Verdict is what a rule says of an application.
type Verdict string

// The closed list of verdicts. What nobody has said is neither.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
	Unknown Verdict = "unknown"
)

// Outcome is a rule with its verdict.
type Outcome struct {
	Rule    RuleCode `json:"rule"`
	Verdict Verdict  `json:"verdict"`
}

// Examine looks at an application under the rules of a call, in the order of RuleCodes.
func Examine(n Notice, f Filed) []Outcome {
	var out []Outcome
	for _, code := range RuleCodes() {
		if i := slices.IndexFunc(n.Rules, func(r Rule) bool { return r.Rule == code }); i >= 0 {
			out = append(out, Outcome{code, n.Rules[i].examine(n, f)})
		}
	}
	return out
}

func (r Rule) examine(n Notice, f Filed) Verdict {
	switch r.Rule {
	case Registered:
		return registered(f.Registered, n.Closes, r.Least)
	case NonProfit:
		return verdict(f.Form == Association || f.Form == Foundation, f.Form != "")
	case OwnAccount:
		return verdict(f.Account == Yes, f.Account != Unsaid)
	case OwnWork:
		return verdict(f.OwnWork == Yes, f.OwnWork != Unsaid)
	case Direct:
		return verdict(f.Direct == Yes, f.Direct != Unsaid)
	case Seat:
		return verdict(slices.Contains(r.Countries, f.Country), f.Country != "")
	case Within:
		return verdict(n.Ceiling == 0 || f.Amount <= n.Ceiling, true)
	}
	return Unknown
}

// registered reads a date that is known in part cautiously: passed when even its last day is early enough, failed when even its
// first is not, else unknown.
func registered(since, closes party.PartialDate, years int) Verdict {
	if !since.Known() {
		return Unknown
	}
	latest := closes.First().AddDate(-years, 0, 0)
	switch {
	case !since.Last().After(latest):
		return Passed
	case since.First().After(latest):
		return Failed
	}
	return Unknown
}

func verdict(passed, known bool) Verdict {
	switch {
	case !known:
		return Unknown
	case passed:
		return Passed
	}
	return Failed
}

// With gives the rules that have a verdict.
func With(os []Outcome, v Verdict) []RuleCode {
	var out []RuleCode
	for _, o := range os {
		if o.Verdict == v {
			out = append(out, o.Rule)
		}
	}
	return out
}
