// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/returns"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// returns counts, sends and takes in statutory returns. What leaves is written in English, as bodies ask for it.
func (n *Node) returns() returns.Desk {
	english := n.inLanguage("en")
	return returns.Desk{Store: n.Store, Post: n.Post, Clock: n.Clock, Job: n.Job, Sources: n.counted, Words: n.releasing.Words, Office: n.releasing.Office,
		CountryOf: n.countryOf, Names: n.territories, Text: func(key string) string { return english.T(key) }, Country: english.Country}
}

// returnsRoom mounts the pages of statutory returns, in every office: a body's own receives them.
func (n *Node) returnsRoom(o Owner) (page.Room, bool, error) {
	return returns.Pages(returns.RoomConfig{Desk: n.returns(), Names: n.namesFor(o),
		Bodies: func(ctx context.Context, r *page.Request) ([]page.Option, error) {
			return n.covering(ctx, r, returns.Purpose, []journal.Category{journal.D9})
		}}), true, nil
}

// leftReturns lists the statutory returns that left an office, for its own list of what did.
func (n *Node) leftReturns(ctx context.Context, r *page.Request) ([]release.Aside, error) {
	all, err := returns.List(ctx, n.Store, release.As(r.Actor))
	var out []release.Aside
	for _, x := range all {
		if x.From.IsZero() && !x.Sent.IsZero() {
			out = append(out, release.Aside{What: returns.Title(r.L, x.Shape, x.Year), Sub: r.L.T("return.left"), Href: returns.Path + "/" + x.ID.String(), At: x.Sent})
		}
	}
	return out, err
}
