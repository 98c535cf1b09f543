// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of money to or from a fund, in a dossier of the kind "award": what this office states of it, that it has told
// another office (a contributor's yearly report), and what another office told; the post writes that one.
const (
	FlowType     = "fund.stated"
	FlowToldType = "fund.told"
	FlowCameType = "fund.came"
)

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

// FlowTold is the payload of fund.told: what stands here has gone to another office.
type FlowTold struct {
	To journal.ID `json:"to" part:"PP"`
}

// FlowCame is the payload of fund.came. Each replaces those that were sent earlier.
type FlowCame struct {
	From journal.ID `json:"from" part:"PP"`
	Flow Flow       `json:"flow" part:"PP"`
}

// FlowCameRef names the dossier of a flow that another office tells of. That office is in it, so that nobody can write into
// another's.
func FlowCameRef(owner, from, flow journal.ID) store.Ref {
	return store.Ref{Kind: access.KindAward, ID: provenance.ID("fund came", owner.String(), from.String(), flow.String())}
}

func guardFlowTold(g *store.Guarding, a Award, e journal.Entry) error {
	v, err := read[FlowTold](e)
	if err != nil {
		return err
	}
	if a.Flow.What == "" {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if v.To.IsZero() || v.To == g.Owner {
		return fault.Bad("office", "grant.want.choice")
	}
	return nil
}

func guardFlowCame(a Award, e journal.Entry) error {
	v, err := read[FlowCame](e)
	if err != nil {
		return err
	}
	if v.From.IsZero() || a.Exists() && (a.Funder != v.From || a.Flow.What != v.Flow.What) || v.Flow.Reason != "" {
		return fault.New(fault.Guarded, "grant.guard.whose")
	}
	v.Flow.Reason = "there" // why somebody is not named stays where it was decided
	if !v.Flow.Withheld {
		v.Flow.Reason = ""
	}
	var fs fault.Fields
	v.Flow.check(&fs)
	return fs.Err()
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
	if v.Withheld && (v.To != "" || v.Reason == "") || wording.Longer(v.Reason, maxReason) {
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
