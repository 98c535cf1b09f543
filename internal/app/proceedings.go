// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/proceeding"
	"github.com/entraide-thb/entraide/packs/offences"
)

// proceedingLaw gives what proceedings are checked against; the error is one of ours, in the program's own file.
func (n *Node) proceedingLaw() (proceeding.Law, error) {
	p, err := offences.Default()
	return proceeding.Law{Pack: p, Countries: n.Bundle.Countries()}, err
}

// proceedingsRoom mounts the proceedings of a justice office.
func (n *Node) proceedingsRoom(o Owner) (page.Room, bool, error) {
	law, err := n.proceedingLaw()
	return proceeding.Room(proceeding.RoomConfig{Store: n.Store, Law: law, Country: o.Country, Colleagues: n.otherColleagues,
		Names: func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) }}), o.Kind == access.Justice, err
}

// proceedingExpiry erases what is sealed of a proceeding whose period is over.
func proceedingExpiry(law proceeding.Law) func(any, time.Time) []store.Draft {
	return func(state any, now time.Time) []store.Draft {
		s := state.(proceeding.State)
		if !s.Open() || now.Before(s.Until(law.Pack)) {
			return nil
		}
		return []store.Draft{{Type: proceeding.ExpiredType, Payload: proceeding.Ended{Reason: proceeding.Expired}}}
	}
}

// hearings is the card of what comes next in the reader's own proceedings.
func (n *Node) hearings(ctx context.Context, r *page.Request) (block, error) {
	rows, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForIdentification}, store.Query{Kind: access.KindProceeding, Codes: map[string]string{"worker": r.Actor.ID.String()}, DueBy: r.Now.Add(todayAhead), ByDue: true})
	if err != nil {
		return block{}, err
	}
	b := block{ID: "hearings", Title: r.L.T("app.today.hearings"), Tone: page.Warn, Empty: empty(r, "gavel", "app.today.hearings.none")}
	for _, row := range rows.Rows {
		s, err := store.Summary[proceeding.Summary](row)
		if err != nil {
			return b, err
		}
		if s.Next.On == "" {
			continue // its period is over: the clock's
		}
		b.Lines = append(b.Lines, page.Line{Tone: dueTone(row.Due, r.Now), Title: proceeding.Code(row.Ref.ID), Href: proceeding.Path + "/" + row.Ref.ID.String(), Text: r.L.T("proceeding.next.what." + s.Next.What), Due: &row.Due, Now: r.Now})
	}
	if b.N = len(b.Lines); b.N > todayLines {
		b.Lines, b.More = b.Lines[:todayLines], &page.Action{Text: r.L.N("app.today.more", b.N-todayLines), Href: proceeding.Path}
	}
	return b, nil
}
