// SPDX-License-Identifier: EUPL-1.2

package request

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Pending lists the requests that wait for somebody, as a reader may know of them.
func Pending(s *store.Store) func(context.Context, *page.Request) ([]conversation.Pending, error) {
	return func(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
		if !Works(r.Actor) {
			return nil, nil
		}
		return conversation.Waiting(ctx, s, As(r), access.KindRequest, func(row store.Row) (conversation.Pending, error) {
			v, err := store.Summary[Summary](row)
			return conversation.Pending{Office: v.Other, Title: Title(r, v), State: r.L.T("request.status." + string(v.Status)), Tone: tones[v.Status], Href: pathOf(row.Ref.ID),
				Sent: v.Here, Reminders: v.Reminders, Mine: v.Waits == conversation.Here && (row.Assignee == r.Actor.ID || v.Here && len(row.Relations) > 0)}, err
		})
	}
}

// Timely counts, of the requests that a reader may know of, those answered within the agreed time among those whose time is
// over or that were answered before it.
func Timely(s *store.Store) func(context.Context, *page.Request) ([]conversation.Kept, error) {
	return func(ctx context.Context, r *page.Request) ([]conversation.Kept, error) {
		var out []conversation.Kept
		if !Works(r.Actor) {
			return nil, nil
		}
		err := conversation.Each(ctx, s, As(r), store.Query{Kind: access.KindRequest}, func(row store.Row) error {
			v, err := store.Summary[Summary](row)
			switch {
			case err != nil:
				return err
			case v.Status == Answered:
				out = conversation.Tally(out, access.KindRequest, v.Other, v.Here, !v.Late)
			case slices.Contains([]Status{Sent, Received, Accepted, Partly}, v.Status) && !r.Now.Before(conversation.EndOf(v.Due)):
				out = conversation.Tally(out, access.KindRequest, v.Other, v.Here, false)
			}
			return nil
		})
		return out, err
	}
}
