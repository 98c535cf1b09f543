// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
)

// FlowType is the entry type of money to or from a fund, in a dossier of the kind "award".
const FlowType = "fund.stated"

// What is what sort of award a dossier holds.
type What string

// The closed list of awards.
const (
	Grant        What = "grant"
	Contribution What = "contribution" // of a state or body to a fund
	Proceeds     What = "proceeds"     // of a campaign, to a fund
	FundGrant    What = "fund_grant"   // of a fund, to those who help people
)

// Flows lists what can go to or from a fund.
func Flows() []What { return []What{Contribution, Proceeds, FundGrant} }

// Flow is the payload of fund.stated: what a source says of money to or from a fund. Each replaces the one before. An amount that
// the source does not give is unknown, and so is a rank.
type Flow struct {
	What     What              `json:"what" part:"PP"`
	Fund     string            `json:"fund" part:"PP"`
	From     string            `json:"from,omitempty" part:"PP"` // who gives to it
	To       string            `json:"to,omitempty" part:"PP"`   // who gets from it; "" when withheld
	Withheld bool              `json:"withheld,omitempty" part:"PP"`
	Country  string            `json:"country,omitempty" part:"PP"` // where the help is
	Amount   party.Uncertain   `json:"amount,omitzero" part:"PP"`
	Currency string            `json:"currency,omitempty" part:"PP"`
	Since    party.PartialDate `json:"since,omitzero" part:"PP"` // of something that recurs
	On       party.PartialDate `json:"on,omitzero" part:"PP"`
	Rank     int               `json:"rank,omitempty" part:"PP"`   // among contributors, as the source states it
	RankOn   party.PartialDate `json:"rank_on,omitzero" part:"PP"` // when it stated that
	Campaign string            `json:"campaign,omitempty" part:"PP"`
	Activity string            `json:"activity,omitempty" part:"PP"` // of the programme
	Source   party.Source      `json:"source" part:"PP"`
	Reason   string            `json:"reason,omitempty" part:"PI"` // why somebody is not named
}

func guardFlow(a Award, e journal.Entry) error {
	v, err := read[Flow](e)
	if err != nil {
		return err
	}
	if a.Made.Amount > 0 || a.Flow.What != "" && a.Flow.What != v.What {
		return fault.New(fault.Guarded, "grant.guard.award")
	}
	var fs fault.Fields
	v.check(&fs)
	return fs.Err()
}

func (v Flow) check(fs *fault.Fields) {
	if !slices.Contains(Flows(), v.What) {
		fs.Add("what", "grant.want.choice")
	}
	line(fs, "fund", v.Fund, true)
	line(fs, "from", v.From, v.What == Contribution)
	line(fs, "to", v.To, v.What == FundGrant && !v.Withheld)
	line(fs, "campaign", v.Campaign, v.What == Proceeds)
	if v.Withheld && (v.To != "" || v.Reason == "") || len(v.Reason) > maxReason {
		fs.Add("withheld_reason", "grant.want.reason")
	}
	if v.Amount.Known() && !slices.Contains(Currencies(), v.Currency) {
		fs.Add("currency", "grant.want.currency")
	}
	if v.Rank < 0 || v.Rank > 1000 || v.Rank > 0 && v.What != Contribution {
		fs.Add("rank", "grant.want.rank")
	}
	if v.Country != "" && !activity.IsCountry(v.Country) {
		fs.Add("country", "grant.want.choice")
	}
	if v.Activity != "" && !activity.IsCode(v.Activity) {
		fs.Add("activity", "programme.need.code")
	}
	line(fs, "source", v.Source.Document, true)
}

// Total adds the amounts of flows in one currency, as they are known, and counts those that nobody has stated.
func Total(rows []AwardLine, what What, currency string) (party.Uncertain, int) {
	var known []party.Uncertain
	for _, r := range rows {
		if r.What == what && r.Flow != nil && (r.Flow.Currency == currency || !r.Flow.Amount.Known()) {
			known = append(known, r.Flow.Amount)
		}
	}
	return party.Sum(known...)
}

// ids are those of a list of members.
func ids(ms []Member) []journal.ID {
	var out []journal.ID
	for _, m := range ms {
		out = append(out, m.Assessor)
	}
	return out
}
