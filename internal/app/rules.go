// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/office"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// ExplainIn is a question to the door, as `access explain` asks it.
type ExplainIn struct {
	Of
	Request access.Request `json:"request"`
}

// Explained is the answer with the rules that decided, in words.
type Explained struct {
	Allow bool            `json:"allow"`
	Rules []ExplainedRule `json:"rules"`
}

// ExplainedRule is one rule that decided.
type ExplainedRule struct {
	ID  string `json:"id"`
	Why string `json:"why"`
}

// opExplain asks the door of one office, with the packs that hold there. The question is as if its people asked.
func opExplain(_ context.Context, n *Node, in ExplainIn) (Explained, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return Explained{}, err
	}
	if in.Request.Actor.Office != o.Kind {
		return Explained{}, fault.Bad("office", "access.explain.kind")
	}
	elsewhere := in.Request.Row.Owner != in.Request.Actor.Owner
	in.Request.Actor.Owner = o.ID
	if !elsewhere {
		in.Request.Row.Owner = o.ID
	}
	return Explain(n.rules(o.ID), in.Request), nil
}

// Explain asks the door and puts the deciding rules into words.
func Explain(p *access.Policies, q access.Request) Explained {
	d := p.Authorize(q)
	out := Explained{Allow: d.Allow, Rules: []ExplainedRule{}}
	for _, r := range p.Rules() {
		for _, id := range d.Rules {
			if r.ID == id {
				out.Rules = append(out.Rules, ExplainedRule{r.ID, r.Why})
			}
		}
	}
	return out
}

// AddRulesIn adds a pack of policies, which may only forbid.
type AddRulesIn struct {
	Of
	Name   string `json:"name"`
	Source string `json:"source"`
}

// RemoveRulesIn takes one away.
type RemoveRulesIn struct {
	Of
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Rules are the packs that hold in an office, and with them all rules.
type Rules struct {
	OK    bool              `json:"ok"`
	Owner journal.ID        `json:"owner"`
	Packs []RulesPack       `json:"packs"`
	Rules []access.RuleText `json:"rules"`
}

// RulesPack is one pack that holds.
type RulesPack struct {
	Name   string    `json:"name"`
	SHA256 string    `json:"sha256"`
	Added  time.Time `json:"added"`
	By     string    `json:"by"` // a name, or "command line"
}

func opAddRules(ctx context.Context, n *Node, in AddRulesIn) (Rules, error) {
	h := sha256.Sum256([]byte(in.Source))
	return n.changeRules(ctx, in.Owner, store.Draft{Type: access.RulesAdded, Payload: office.RulesAdded{Name: in.Name, SHA256: hex.EncodeToString(h[:]), Source: in.Source}})
}

func opRemoveRules(ctx context.Context, n *Node, in RemoveRulesIn) (Rules, error) {
	return n.changeRules(ctx, in.Owner, store.Draft{Type: access.RulesRemoved, Payload: office.RulesRemoved{Name: in.Name, Reason: in.Reason}})
}

// changeRules appends the decision, which holds from the moment that this returns.
func (n *Node) changeRules(ctx context.Context, owner journal.ID, d store.Draft) (Rules, error) {
	o, err := n.of(owner)
	if err != nil {
		return Rules{}, err
	}
	w, err := n.Job(o.ID, "operator", access.ForAdministration)
	if err != nil {
		return Rules{}, err
	}
	if _, err := n.Store.Append(ctx, w, store.Ref{Kind: access.KindOffice, ID: o.ID}, d); err != nil {
		return Rules{}, err
	}
	if err := n.offices.load(ctx, o.ID); err != nil {
		return Rules{}, err
	}
	return opRules(ctx, n, Of{o.ID})
}

func opRules(ctx context.Context, n *Node, in Of) (Rules, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return Rules{}, err
	}
	out := Rules{OK: true, Owner: o.ID, Packs: []RulesPack{}, Rules: n.rules(o.ID).Rules()}
	w, err := n.Job(o.ID, "operator", access.ForAdministration)
	if err != nil {
		return out, err
	}
	d, err := n.Store.Open(ctx, w, store.Ref{Kind: access.KindOffice, ID: o.ID})
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	for _, p := range d.State.(office.State).Packs {
		by := n.names(ctx, o.ID, p.By)[p.By]
		if p.By == store.JobID("operator") {
			by = "command line"
		}
		out.Packs = append(out.Packs, RulesPack{p.Name, p.SHA256, p.At, by})
	}
	return out, nil
}
