// SPDX-License-Identifier: EUPL-1.2

package inquiry

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
		return conversation.Waiting(ctx, s, as(r), access.KindInquiry, func(row store.Row) (conversation.Pending, error) {
			v, err := store.Summary[Summary](row)
			return conversation.Pending{Office: v.Office, Title: conversation.Words(r, "inquiry.question.", v.Asked), State: r.L.T("inquiry.status." + string(v.Status)), Tone: tones[v.Status], Href: pathOf(row.Ref.ID),
				Sent: v.Here, Reminders: v.Again, Mine: v.Waits == conversation.Here && (row.Assignee == r.Actor.ID || v.Here && len(row.Relations) > 0)}, err
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
		err := conversation.Each(ctx, s, as(r), store.Query{Kind: access.KindInquiry}, func(row store.Row) error {
			v, err := store.Summary[Summary](row)
			switch {
			case err != nil:
				return err
			case v.Status == Answered:
				out = conversation.Tally(out, access.KindInquiry, v.Office, v.Here, !v.Late)
			case slices.Contains([]Status{Sent, Received, Accepted}, v.Status) && !r.Now.Before(Asked{Due: v.Due}.DueAt()):
				out = conversation.Tally(out, access.KindInquiry, v.Office, v.Here, false)
			}
			return nil
		})
		return out, err
	}
}
