// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/measure/estimate"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// estimateRoom mounts the page on which is estimated how many people lists know of.
func (n *Node) estimateRoom(Owner) (page.Room, bool, error) {
	return estimate.Pages(estimate.RoomConfig{Counts: n.sharedCounts}), true, nil
}

// sharedCounts gives the latest private count of what this office shares with each partner. A partner is covered where terms let
// both use what they count for statistics.
func (n *Node) sharedCounts(ctx context.Context, r *page.Request) ([]estimate.Counted, error) {
	owner := r.Actor.Owner
	job, err := n.Job(owner, "statistics", access.ForStatistics)
	if err != nil {
		return nil, err
	}
	latest := map[journal.ID]matching.Comparison{}
	err = n.eachOpened(ctx, job, store.Query{Kind: access.KindComparison, State: "counted"}, func(_ journal.ID, state any) {
		if c := state.(matching.Comparison); c.AnsweredAt.After(latest[c.Partner()].AnsweredAt) {
			latest[c.Partner()] = c
		}
	})
	if err != nil || len(latest) == 0 {
		return nil, err
	}
	known, ids, err := n.partners(ctx, r)
	if err != nil {
		return nil, err
	}
	var out []estimate.Counted
	for _, id := range ids {
		c, counted := latest[id]
		if !counted {
			continue
		}
		covered, err := n.countsBothWays(ctx, owner, id)
		if err != nil {
			return nil, err
		}
		out = append(out, estimate.Counted{Partner: known[id].Name, Of: c.Answered.Of, Shared: c.Answered.Overlap, Epsilon: c.Answered.Epsilon, At: c.AnsweredAt, Covered: covered})
	}
	return out, nil
}

// countsBothWays says whether sharing terms in force grant statistics from each of two offices to the other.
func (n *Node) countsBothWays(ctx context.Context, owner, partner journal.ID) (bool, error) {
	all, err := n.directory.Terms(ctx, owner, partner)
	if err != nil {
		return false, err
	}
	now, counts := n.Clock.Now(), []journal.Category{journal.D9}
	for _, way := range [][2]journal.ID{{owner, partner}, {partner, owner}} {
		if !slices.ContainsFunc(all, func(t terms.State) bool { return t.Covers(now, way[0], way[1], joint.Purpose, counts) == nil }) {
			return false, nil
		}
	}
	return true, nil
}
