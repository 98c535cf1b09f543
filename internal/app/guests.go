// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/rand"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/guest"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// guestsRoom mounts the doors for partners without an office: every office may open one, for a letter.
func (n *Node) guestsRoom(o Owner) (page.Room, bool, error) {
	at := n.publicAt(o)
	if at == "" {
		at = n.Settings.URL
	}
	return guest.Room(guest.Config{Store: n.Store, Random: rand.Reader, At: at, Languages: n.Bundle.Persons(),
		Job: func() (store.Who, error) { return n.Job(o.ID, "post", access.ForDelivery) },
		Self: func(ctx context.Context) (string, []age.Identity, error) {
			c, s, err := n.directory.Self(ctx, o.ID)
			return c.Seal, s.Identities(), err
		},
		Names: func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) }}), true, nil
}

// answersByLink lists the reader's letters by link that are open and were answered; a card only where there is one. Whom a letter went
// to stands on its own page only.
func (n *Node) answersByLink(ctx context.Context, r *page.Request, d *todayData) error {
	if !guest.Writes(r.Actor) {
		return nil
	}
	rows, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, store.Query{Kind: access.KindGuest, Assignee: r.Actor.ID, Codes: map[string]string{"answered": "yes"}, DueAfter: r.Now})
	if err != nil || len(rows.Rows) == 0 {
		return err
	}
	b := block{ID: "links", Title: r.L.T("guest.today"), N: len(rows.Rows), Tone: page.Good}
	for _, row := range rows.Rows[:min(len(rows.Rows), todayLines)] {
		x, err := store.Summary[guest.Summary](row)
		if err != nil {
			return err
		}
		b.Lines = append(b.Lines, page.Line{Tone: page.Good, Title: r.L.T("guest.one"), Href: guest.Path + "/" + row.Ref.ID.String(), Text: r.L.N("guest.answered", x.Answers), Basis: r.L.T("guest.ends", "At", r.L.Date(x.Until))})
	}
	if len(rows.Rows) > todayLines {
		b.More = &page.Action{Text: r.L.N("app.today.more", len(rows.Rows)-todayLines), Href: guest.Path}
	}
	d.Side = append(d.Side, b)
	return nil
}
