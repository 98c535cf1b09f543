// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// openedShown is how long an emergency access stands on the page of those who answer for the file.
const openedShown = 14 * 24 * time.Hour

// openedInEmergency tells the case manager and the supervisor of a file at once who opened it without standing, latest
// first. Why stands in the file.
func (n *Node) openedInEmergency(ctx context.Context, r *page.Request, d *todayData) error {
	q := store.Query{Kind: access.KindPerson, Codes: map[string]string{"opened": "emergency"}}
	var lines []page.Line
	err := n.Store.Each(ctx, store.Who{Actor: r.Actor, Purpose: access.ForAssistance}, q, func(row store.Row) error {
		if !slices.Contains(row.Relations, access.AsManager) && !slices.Contains(row.Relations, access.AsSuper) {
			return nil
		}
		s, err := store.Summary[casework.Summary](row)
		if err == nil {
			lines = append(lines, n.openings(ctx, r, row, s)...)
		}
		return err
	})
	if err != nil || len(lines) == 0 {
		return err
	}
	inorder.Stably(lines, func(a, b page.Line) int { return b.Due.Compare(*a.Due) })
	d.Main = append(d.Main, block{ID: "opened", Title: r.L.T("app.today.opened"), N: len(lines), Tone: page.Bad, Lines: lines})
	return nil
}

func (n *Node) openings(ctx context.Context, r *page.Request, row store.Row, s casework.Summary) []page.Line {
	var out []page.Line
	for _, o := range s.Opened {
		if r.Now.Sub(o.At) > openedShown {
			continue
		}
		x := page.Line{Tone: page.Bad, Title: s.Code, Href: "/cases/" + row.Ref.ID.String(), When: r.L.T("app.today.since"), Due: &o.At, Now: r.Now,
			Text: r.L.T("app.today.opened.runs", "Who", n.names(ctx, r.Actor.Owner, o.By)[o.By], "Until", r.L.DateTime(o.Until))}
		if !r.Now.Before(o.Until) {
			x.Tone, x.Text = page.Warn, r.L.T("app.today.opened.over", "Who", n.names(ctx, r.Actor.Owner, o.By)[o.By], "Until", r.L.DateTime(o.Until))
		}
		out = append(out, x)
	}
	return out
}
