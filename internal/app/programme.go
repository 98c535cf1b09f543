// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/load"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

// programmeRoom mounts the programme in offices of every kind.
func (n *Node) programmeRoom(Owner) (page.Room, bool, error) {
	return programme.Room(programme.Config{Store: n.Store, Names: n.names}), true, nil
}

// figures connects the figures with the post.
func (n *Node) figures() figure.Mail {
	return figure.Mail{Store: n.Store, Post: n.Post, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "post", access.ForExchange) }}
}

// ImportProgrammeIn brings in a programme's file; empty is the one that the program carries.
type ImportProgrammeIn struct {
	Of
	File []byte `json:"file,omitempty"`
}

func opImportProgramme(ctx context.Context, n *Node, in ImportProgrammeIn) (load.Report, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return load.Report{}, err
	}
	who, err := n.Job(o.ID, "importer", access.ForProgramme)
	if err != nil {
		return load.Report{}, err
	}
	if len(in.File) == 0 {
		in.File = pack.File()
	}
	return load.Import(ctx, n.Store, who, in.File)
}

// SendFigureIn asks to count the referrals to a partner that reached help in a quarter, and to send the protected count
// to a programme's office.
type SendFigureIn struct {
	Of
	Activity  string     `json:"activity"`
	Recipient journal.ID `json:"recipient"` // of the referrals
	To        journal.ID `json:"to"`        // the programme's office
	Quarter   string     `json:"quarter"`   // "" is the running one
}

// SentFigure is what was sent; the exact number is not in it.
type SentFigure struct {
	Figure figure.Body `json:"figure"`
	Sent   bool        `json:"sent"` // false when it had not changed
}

func opSendFigure(ctx context.Context, n *Node, in SendFigureIn) (SentFigure, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return SentFigure{}, err
	}
	if o.Kind != access.Assistance {
		return SentFigure{}, fault.New(fault.Denied, "fault.denied")
	}
	q := figure.QuarterOf(n.Clock.Now())
	if in.Quarter != "" {
		if q, err = figure.ParseQuarter(in.Quarter); err != nil {
			return SentFigure{}, err
		}
	}
	recipient, err := n.directory.Partner(ctx, o.ID, in.Recipient)
	if err != nil {
		return SentFigure{}, err
	}
	who, err := n.Job(o.ID, "statistics", access.ForStatistics)
	if err != nil {
		return SentFigure{}, err
	}
	count, err := n.Work.Delivered(ctx, who, in.Recipient, q.Before().End(), q.End())
	if err != nil {
		return SentFigure{}, err
	}
	b := figure.Body{Corridor: activity.Corridor{From: o.Country, To: recipient.Country}, Quarter: q.String(), Count: figure.Protect(count, o.Threshold), K: o.Threshold, Activity: in.Activity}
	sent, err := n.figures().Send(ctx, o.ID, in.To, b)
	n.poke()
	return SentFigure{b, sent}, err
}
