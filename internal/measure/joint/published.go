// SPDX-License-Identifier: EUPL-1.2

package joint

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/attack"
	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Published lists what everybody may see in the register: what was opened here, latest first, also where another office says that
// it has another result, which the line then says. It is read once until a joint release changes.
func (d Desk) Published(ctx context.Context, owner journal.ID) ([]release.Together, error) {
	who, err := d.job(owner)
	if err != nil {
		return nil, err
	}
	all, err := store.Remembered(d.Store, who, []string{access.KindJoint}, "register", func() ([]release.Together, error) { return d.published(ctx, who) })
	return slices.Clone(all), err // what is remembered stays as it is
}

func (d Desk) published(ctx context.Context, who store.Who) (out []release.Together, _ error) {
	for _, status := range []string{"opened", "disputed"} {
		q := store.Query{Kind: access.KindJoint, State: status}
		err := d.Store.Each(ctx, who, q, func(row store.Row) error {
			o, err := d.Store.Open(ctx, who, row.Ref)
			if err != nil {
				return err
			}
			t, err := o.State.(State).line(d.now())
			if err != nil {
				return err
			}
			out = append(out, t)
			return nil
		})
		if err != nil {
			return nil, err
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
//
// What everybody may ask for again and again is checked once: kept, which is of this owner, has it at hand.
func (d Desk) Book(ctx context.Context, owner, id journal.ID, describe func(owner journal.ID, p Proposal) Describe, kept *release.Kept[explorer.Book]) (explorer.Book, error) {
	who, err := d.job(owner)
	if err != nil {
		return explorer.Book{}, err
	}
	o, err := d.Store.Open(ctx, who, refOf(id))
	if err != nil {
		return explorer.Book{}, err
	}
	s := o.State.(State)
	if !s.public() {
		return explorer.Book{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return kept.Of(ctx, s.ID.String()+s.Opened[s.Owner].Hash, func() (explorer.Book, error) { return s.book(ctx, describe) })
}

// public says that it is open and no office has another result.
func (s State) public() bool { return s.Exists() && s.Status() == "opened" }

// book makes the files, with a certificate: what can be tried on the numbers alone, as anybody can, and the sums, which the offices
// held against what was dealt.
func (s State) book(ctx context.Context, describe func(owner journal.ID, p Proposal) Describe) (explorer.Book, error) {
	if !s.public() {
		return explorer.Book{}, fault.New(fault.NotFound, "fault.not_found")
	}
	w, err := s.Whole(describe(s.Owner, s.Proposal))
	if err != nil {
		return explorer.Book{}, err
	}
	checks, err := attack.Certificate(ctx, &w, attack.Trial{}, nil)
	if err != nil {
		return explorer.Book{}, err
	}
	w.Release.Checks = append(checks, w.Release.Checks...)
	_, seal, err := w.Files()
	return explorer.Book{Whole: w, Seal: seal}, err
}
