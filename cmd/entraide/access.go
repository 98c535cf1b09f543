// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// accessCmd asks the door.
type accessCmd struct {
	Explain explainCmd     `cmd:"" help:"Say which rule allows or refuses something, in words."`
	Rules   rulesCmd       `cmd:"" help:"List the rules of every office."`
	Add     addRulesCmd    `cmd:"" help:"Add a file of Cedar policies to an office's rules. They may only forbid; they hold at once."`
	Remove  removeRulesCmd `cmd:"" help:"Take a pack of rules that was added away."`
	List    listRulesCmd   `cmd:"" help:"List the packs of rules that an office added."`
}

// explainCmd is one question. Without a data folder it is asked of the rules of every office, with one of those that hold
// there, packs included.
type explainCmd struct {
	At        string            `help:"Data folder of the office that is asked, whose own rules hold too." type:"path" placeholder:"FOLDER"`
	KeyFile   string            `help:"With --at: key file that unlocks the keyring." type:"path" placeholder:"FILE"`
	In        string            `help:"With --at: id of the office that is meant, where the folder holds several." placeholder:"ID"`
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
	out, err := e.ask(c, q)
	if err != nil {
		return err
	}
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

// ask asks the rules of every office, or those of the office that is named.
func (e *explainCmd) ask(c *call, q access.Request) (app.Explained, error) {
	if e.At == "" {
		policies, err := access.Base()
		if err != nil {
			return app.Explained{}, err
		}
		return app.Explain(policies, q), nil
	}
	a := at{Folder: e.At, KeyFile: e.KeyFile, Office: e.In}
	of, err := a.of()
	if err != nil {
		return app.Explained{}, err
	}
	var out app.Explained
	return out, a.ask(c, "explain", app.ExplainIn{Of: of, Request: q}, &out)
}

// addRulesCmd adds a pack.
type addRulesCmd struct {
	at
	File string `arg:"" help:"Cedar policies, each a forbid with @id and @why." type:"existingfile"`
	Name string `help:"Name of the pack. Default: the file's name without its ending."`
}

func (a *addRulesCmd) Run(c *call) error {
	of, err := a.of()
	if err != nil {
		return err
	}
	b, err := readAtMost(a.File, access.MaxPack)
	if err != nil {
		return err
	}
	name := cmp.Or(a.Name, strings.TrimSuffix(filepath.Base(a.File), filepath.Ext(a.File)))
	var out app.Rules
	if err := a.ask(c, "access.add", app.AddRulesIn{Of: of, Name: name, Source: string(b)}, &out); err != nil {
		return err
	}
	return sayPacks(c, out)
}

// readAtMost reads a file and one byte more than it may have, which the office then refuses.
func readAtMost(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read
	return io.ReadAll(io.LimitReader(f, most+1))
}

// removeRulesCmd takes a pack away.
type removeRulesCmd struct {
	at
	Name   string `arg:"" help:"Name of the pack."`
	Reason string `required:"" help:"Why its rules no longer hold; it stays in the log."`
}

func (r *removeRulesCmd) Run(c *call) error {
	of, err := r.of()
	if err != nil {
		return err
	}
	var out app.Rules
	if err := r.ask(c, "access.remove", app.RemoveRulesIn{Of: of, Name: r.Name, Reason: r.Reason}, &out); err != nil {
		return err
	}
	return sayPacks(c, out)
}

// listRulesCmd lists the packs.
type listRulesCmd struct{ at }

func (l *listRulesCmd) Run(c *call) error {
	of, err := l.of()
	if err != nil {
		return err
	}
	var out app.Rules
	if err := l.ask(c, "access.rules", of, &out); err != nil {
		return err
	}
	return sayPacks(c, out)
}

func sayPacks(c *call, r app.Rules) error {
	for _, p := range r.Packs {
		c.say("%s  added %s by %s  %s", p.Name, c.l.DateTime(p.Added), p.By, p.SHA256)
		for _, x := range r.Rules {
			if strings.HasPrefix(x.ID, p.Name+".") {
				c.say("  %s: %s", x.ID, strings.TrimSpace(x.Why))
			}
		}
	}
	if len(r.Packs) == 0 {
		c.say("no packs: the rules of every office hold")
	}
	return c.done(r)
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
