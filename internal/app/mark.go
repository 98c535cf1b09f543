// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// mark runs the clock's work every so often: what has run out is marked, so that nothing waits for ever.
func (n *Node) mark(ctx context.Context) {
	t := time.NewTicker(markEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if n.held.Load() != nil { // what ran out is told to others
				continue
			}
			if _, err := n.MarkOnce(ctx); err != nil && ctx.Err() == nil {
				n.trouble("mark what has run out")(err)
			}
			if _, err := n.WitnessOnce(ctx); err != nil && ctx.Err() == nil {
				n.trouble("send checkpoints to witnesses")(err)
			}
		}
	}
}

// MarkOnce marks offers whose time has run out, on both sides, and signals that nobody passed on or took on, and gives how
// many it marked.
func (n *Node) MarkOnce(ctx context.Context) (int, error) {
	total := 0
	for _, o := range n.Settings.Owners {
		if o.Kind == access.Assistance || o.Kind == access.Police {
			signals, err := n.expire(ctx, o.ID, access.KindSignal, nil, func(state any, now time.Time) []store.Draft {
				return screening.Lapses(state.(screening.Signal), o.Kind, now)
			})
			if total += signals; err != nil {
				return total, err
			}
		}
		if o.Kind == access.Police || o.Kind == access.Justice {
			ended, err := n.expire(ctx, o.ID, access.KindSubject, nil, subjectExpiry)
			if total += ended; err != nil {
				return total, err
			}
		}
		if o.Kind == access.Justice {
			law, err := n.proceedingLaw()
			if err != nil {
				return total, err
			}
			ended, err := n.expire(ctx, o.ID, access.KindProceeding, nil, proceedingExpiry(law))
			if total += ended; err != nil {
				return total, err
			}
		}
		if o.Kind != access.Assistance {
			continue
		}
		out, err := n.expire(ctx, o.ID, access.KindPerson, map[string]string{"referral": string(referral.Offered)}, outExpiries)
		if err != nil {
			return total, err
		}
		in, err := n.expire(ctx, o.ID, access.KindReferralIn, nil, inExpiry)
		if err != nil {
			return total, err
		}
		total += out + in
	}
	return total, nil
}

func outExpiries(state any, now time.Time) []store.Draft {
	var ds []store.Draft
	for _, o := range state.(casework.Person).Referral.Out {
		if o.Status == referral.Offered && !now.Before(o.Expires) {
			ds = append(ds, store.Draft{Type: "referral.expired", Payload: referral.Marked{Referral: o.Referral}})
		}
	}
	return ds
}

func inExpiry(state any, now time.Time) []store.Draft {
	if s := state.(referral.In); s.Status == referral.Offered && !now.Before(s.Expires) {
		return []store.Draft{{Type: "incoming.expired", Payload: referral.InClosed{Reason: "expired"}}}
	}
	return nil
}

// expire walks the dossiers of a kind that are due, earliest first, and appends what drafts says.
func (n *Node) expire(ctx context.Context, owner journal.ID, kind string, codes map[string]string, drafts func(any, time.Time) []store.Draft) (int, error) {
	who, err := n.Job(owner, "clock", access.ForDeadlines)
	if err != nil {
		return 0, err
	}
	q := store.Query{Kind: kind, Codes: codes, DueBy: n.Clock.Now(), ByDue: true}
	total := 0
	err = n.Store.Each(ctx, who, q, func(r store.Row) error {
		res, err := n.Store.Update(ctx, who, r.Ref, func(state any) ([]store.Draft, error) { return drafts(state, n.Clock.Now()), nil })
		total += len(res.Appended)
		if fault.Is(err, fault.Guarded) {
			return nil
		}
		return err
	})
	return total, err
}
