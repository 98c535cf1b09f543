// SPDX-License-Identifier: EUPL-1.2

package joint

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Published lists what everybody may see in the register: what was opened here, latest first, also where another office says that
// it has another result, which the line then says.
func (d Desk) Published(ctx context.Context, owner journal.ID) ([]release.Together, error) {
	who, err := d.job(owner)
	if err != nil {
		return nil, err
	}
	var out []release.Together
	for _, status := range []string{"opened", "disputed"} {
		q := store.Query{Kind: access.KindJoint, State: status}
		for {
			found, err := d.Store.List(ctx, who, q)
			if err != nil {
				return nil, err
			}
			for _, row := range found.Rows {
				o, err := d.Store.Open(ctx, who, row.Ref)
				if err != nil {
					return nil, err
				}
				t, err := o.State.(State).line(d.now())
				if err != nil {
					return nil, err
				}
				out = append(out, t)
			}
			if q.After = found.Next; q.After == "" {
				break
			}
		}
	}
	inorder.Stably(out, func(a, b release.Together) int { return b.At.Compare(a.At) })
	return out, nil
}

func (s State) line(now time.Time) (release.Together, error) {
	p := s.Proposal
	spent, _, err := p.Spent(now)
	if err != nil {
		return release.Together{}, err
	}
	at, err := time.Parse(time.RFC3339, p.At)
	return release.Together{ID: s.ID, Title: p.Title, Source: p.Source, From: p.From, Until: p.Until, Offices: len(p.Parties), Hash: s.Opened[s.Owner].Hash, Same: s.Status() == "opened", At: at, Cost: spent.Rho, Epsilon: p.Epsilon}, err
}

// Book gives one that all offices have alike as files, in the words that describe gives. Error: NotFound for any other.
func (d Desk) Book(ctx context.Context, owner, id journal.ID, describe func(owner journal.ID, p Proposal) Describe) (explorer.Book, error) {
	who, err := d.job(owner)
	if err != nil {
		return explorer.Book{}, err
	}
	o, err := d.Store.Open(ctx, who, refOf(id))
	if err != nil {
		return explorer.Book{}, err
	}
	return o.State.(State).book(describe)
}

func (s State) book(describe func(owner journal.ID, p Proposal) Describe) (explorer.Book, error) {
	if !s.Exists() || s.Status() != "opened" {
		return explorer.Book{}, fault.New(fault.NotFound, "fault.not_found")
	}
	w, err := s.Whole(describe(s.Owner, s.Proposal))
	if err != nil {
		return explorer.Book{}, err
	}
	_, seal, err := w.Files()
	return explorer.Book{Whole: w, Seal: seal}, err
}
