// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"errors"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/exchange/witness"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func (n *Node) witnessing() witness.Mail {
	return witness.Mail{Store: n.Store, Post: n.Post, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "post", access.ForExchange) },
		Seed: func(owner journal.ID) [32]byte { return n.keys[owner].Seed("log") }}
}

// WitnessOnce sends the checkpoints whose fixed time has come, of every office that may sign, and gives how many.
func (n *Node) WitnessOnce(ctx context.Context) (total int, err error) {
	for _, o := range n.signing() {
		sent, serr := n.witnessing().Once(ctx, o)
		total += sent
		err = errors.Join(err, serr)
	}
	return total, err
}

// ChooseWitnessIn chooses a pinned partner as witness of this office's log, or lets it go.
type ChooseWitnessIn struct {
	Of
	Partner journal.ID `json:"partner"`
	Release bool       `json:"release"`
}

// WitnessChosen says who witnesses the log now.
type WitnessChosen struct {
	OK      bool       `json:"ok"`
	Partner journal.ID `json:"partner"`
	Name    string     `json:"name"`
	Witness bool       `json:"witness"`
	Covered bool       `json:"covered"` // terms in force let checkpoints go there
}

func opChooseWitness(ctx context.Context, n *Node, in ChooseWitnessIn) (WitnessChosen, error) {
	w, o, err := n.operatorOf(in.Owner)
	if err != nil {
		return WitnessChosen{}, err
	}
	card, err := n.directory.Partner(ctx, o.ID, in.Partner)
	if err != nil {
		return WitnessChosen{}, err
	}
	typ := terms.WitnessChosen
	if in.Release {
		typ = terms.WitnessReleased
	}
	if _, err := n.Store.Append(ctx, w, store.Ref{Kind: access.KindPartner, ID: in.Partner}, store.Draft{Type: typ, Payload: terms.Witnessing{}}); err != nil {
		return WitnessChosen{}, err
	}
	_, uncovered := n.directory.covering(ctx, o.ID, in.Partner, witness.Purpose, []journal.Category{journal.OF})
	return WitnessChosen{true, in.Partner, card.Name, !in.Release, uncovered == nil}, nil
}

// AcceptLogIn lets this office go on with the log of a partner that contradicts itself, as after an honest restore.
type AcceptLogIn struct {
	Of
	Partner journal.ID `json:"partner"`
	Reason  string     `json:"reason"`
}

// AcceptedLog is what was accepted: both signed checkpoints, which stay in the log.
type AcceptedLog struct {
	OK      bool       `json:"ok"`
	Partner journal.ID `json:"partner"`
	Before  string     `json:"before"`
	Now     string     `json:"now"`
}

func opAcceptLog(ctx context.Context, n *Node, in AcceptLogIn) (AcceptedLog, error) {
	w, _, err := n.operatorOf(in.Owner)
	if err != nil {
		return AcceptedLog{}, err
	}
	a, err := n.witnessing().Accept(ctx, w, in.Partner, in.Reason)
	return AcceptedLog{err == nil, in.Partner, a.Before, a.Now}, err
}

// OpenFork is a contradiction in a log that nobody has accepted or settled: in this office's own, as a witness found, or in
// a partner's.
type OpenFork struct {
	Owner   journal.ID `json:"owner"`
	Partner journal.ID `json:"partner"`
	Name    string     `json:"name"`
	Ours    bool       `json:"ours"`
	At      time.Time  `json:"at"`
	Before  string     `json:"before"`
	Now     string     `json:"now"`
}

// forks lists the open contradictions that an office knows of.
func (n *Node) forks(ctx context.Context, owner journal.ID) ([]OpenFork, error) {
	partners, err := n.witnessing().Partners(ctx, owner)
	if err != nil {
		return nil, err
	}
	out := []OpenFork{}
	for _, p := range partners {
		for _, f := range []*terms.Fork{p.Ours, p.Theirs} {
			if f != nil {
				out = append(out, OpenFork{owner, p.Card.Office, p.Card.Name, f.Ours, f.At, f.Before, f.Now})
			}
		}
	}
	return out, nil
}
