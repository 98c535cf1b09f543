// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// accessCmd asks the door.
type accessCmd struct {
	Explain explainCmd `cmd:"" help:"Say which rule allows or refuses something, in words."`
	Rules   rulesCmd   `cmd:"" help:"List all rules."`
}

// explainCmd is one question. It needs no data folder: the rules are the same everywhere.
type explainCmd struct {
	Office    access.OfficeKind `required:"" enum:"programme,assistance,police,justice" help:"Kind of office: ${enum}."`
	Role      []string          `help:"Roles of who asks."`
	Relation  []string          `help:"How they stand to the dossier."`
	Action    access.Action     `enum:"read,write" default:"read" help:"${enum}"`
	Type      string            `help:"Entry type, when writing."`
	Kind      string            `required:"" help:"Kind of dossier: person, referral_in, activity ..."`
	Category  string            `required:"" help:"Data category: D0 to D9, PP, PI, PC, PB, PS, OF."`
	Purpose   string            `default:"assistance" help:"Purpose."`
	Job       string            `help:"Name of a background job, instead of a person."`
	Elsewhere bool              `help:"The dossier belongs to another office."`
}

func (e *explainCmd) Run(c *call) error {
	policies, err := access.Base()
	if err != nil {
		return err
	}
	own, other := journal.MustID("01890000-0000-7000-8000-000000000001"), journal.MustID("01890000-0000-7000-8000-000000000002")
	q := access.Request{Actor: access.Actor{ID: own, Owner: own, Office: e.Office, Job: e.Job}, Action: e.Action, Type: e.Type, Category: journal.Category(e.Category),
		Purpose: access.Purpose(e.Purpose), Row: access.Row{Owner: own, Kind: e.Kind, Dossier: own}}
	if e.Elsewhere {
		q.Row.Owner = other
	}
	for _, r := range e.Role {
		q.Actor.Roles = append(q.Actor.Roles, access.Role(r))
	}
	if e.Job != "" {
		q.Actor.Roles = []access.Role{access.Job}
	}
	for _, r := range e.Relation {
		q.Row.Relations = append(q.Row.Relations, access.Relation(r))
	}
	out := app.Explain(policies, q)
	verdict := "refused"
	if out.Allow {
		verdict = "allowed"
	}
	c.say("%s", verdict)
	for _, r := range out.Rules {
		c.say("  %s: %s", r.ID, r.Why)
	}
	if len(out.Rules) == 0 {
		c.say("  no rule permits it, and what no rule permits is refused")
	}
	if err := c.done(out); err != nil {
		return err
	}
	if !out.Allow {
		return errVerdict
	}
	return nil
}

// rulesCmd lists the rules.
type rulesCmd struct{}

func (rulesCmd) Run(c *call) error {
	policies, err := access.Base()
	if err != nil {
		return err
	}
	for _, r := range policies.Rules() {
		c.say("%-22s %-6s %s", r.ID, r.Effect, strings.TrimSpace(r.Why))
	}
	return c.done(struct {
		Count int               `json:"count"`
		Rules []access.RuleText `json:"rules"`
	}{len(policies.Rules()), policies.Rules()})
}
