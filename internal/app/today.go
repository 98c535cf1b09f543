// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"embed"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

//go:embed templates/*.html
var templates embed.FS

// todayAhead is how far "Today" looks: a week.
const todayAhead = 7 * 24 * time.Hour

// todayRoom is the first page: what is due, what arrived, what waits and why.
func (n *Node) todayRoom(o Owner) page.Room {
	return page.Room{Name: "app", Templates: templates,
		Menu: []page.MenuItem{{Key: "app.today.menu", Path: "/", Icon: "home", Order: 10}},
		Routes: []page.Route{{Pattern: "GET /{$}", Handle: func(ctx context.Context, r *page.Request) (page.Response, error) {
			d, err := n.today(ctx, r, o)
			return page.View("app/today", r.L.T("app.today.menu"), d), err
		}}}}
}

// todayData is what the page shows.
type todayData struct {
	Greeting string
	Due      *page.Table // nil where the office has no files
	Arrived  *page.Table
	Terms    []page.Event
	Waiting  int64 // messages that wait for another office
}

func (n *Node) today(ctx context.Context, r *page.Request, o Owner) (todayData, error) {
	d := todayData{Greeting: r.L.T("app.today.lead", "Date", r.L.Date(r.Now))}
	var err error
	if o.Kind == access.Assistance {
		if d.Due, err = n.dueTable(ctx, r); err != nil {
			return d, err
		}
		if d.Arrived, err = n.arrivedTable(ctx, r); err != nil {
			return d, err
		}
	}
	if d.Terms, err = n.endingTerms(ctx, r); err != nil {
		return d, err
	}
	err = n.DB.Read(ctx, func(tx dbTx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM post_out WHERE owner = $1 AND state = 'queued'`, o.ID).Scan(&d.Waiting)
	})
	return d, err
}

// dueTable lists what is due on files that the reader works on, earliest first.
func (n *Node) dueTable(ctx context.Context, r *page.Request) (*page.Table, error) {
	t := &page.Table{Caption: r.L.T("app.today.due"), Columns: []page.Column{{Text: r.L.T("app.today.what")}, {Text: r.L.T("app.today.file")}, {Text: r.L.T("app.today.when")}},
		Empty: &page.Empty{Icon: "circle-check", Title: r.L.T("app.today.due.none"), Text: r.L.T("app.today.due.none.text")}}
	rows, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForAssistance},
		store.Query{Kind: access.KindPerson, DueBy: r.Now.Add(todayAhead), ByDue: true, Limit: 25})
	if err != nil {
		return nil, err
	}
	for _, row := range rows.Rows {
		s, err := store.Summary[casework.Summary](row)
		if err != nil {
			return nil, err
		}
		for _, due := range s.Due {
			if at := due.At; !at.After(r.Now.Add(todayAhead)) {
				t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: casework.DueWord(r.L, due)}, {Text: s.Code, Href: "/cases/" + row.Ref.ID.String()}, {Due: &at, Now: r.Now}}})
			}
		}
	}
	return t, nil
}

// arrivedTable lists referrals received that wait for somebody.
func (n *Node) arrivedTable(ctx context.Context, r *page.Request) (*page.Table, error) {
	t := &page.Table{Caption: r.L.T("app.today.arrived"), Columns: []page.Column{{Text: r.L.T("app.today.what")}, {Text: r.L.T("app.today.from")}, {Text: r.L.T("app.today.state")}, {Text: r.L.T("app.today.when")}},
		Empty: &page.Empty{Icon: "inbox", Title: r.L.T("app.today.arrived.none"), Text: r.L.T("app.today.arrived.none.text")}}
	for _, state := range []referral.Status{referral.Offered, referral.Accepted, referral.HandedOver, referral.InService} {
		rows, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForReferral}, store.Query{Kind: access.KindReferralIn, State: string(state), ByDue: true, Limit: 10})
		if err != nil {
			return nil, err
		}
		for _, row := range rows.Rows {
			s, err := store.Summary[referral.InSummary](row)
			if err != nil {
				return nil, err
			}
			cells := []page.Cell{{Text: r.L.T("service.catalogue." + s.Offer.Need), Href: "/referrals/" + row.Ref.ID.String()}, {Text: n.names(ctx, r.Actor.Owner, s.From)[s.From]},
				{Text: r.L.T("referral.status." + string(s.Status)), Tone: arrivedTone(s.Status)}, {}}
			if due := row.Due; !due.IsZero() {
				cells[3] = page.Cell{Due: &due, Now: r.Now}
			}
			t.Rows = append(t.Rows, page.Row{Cells: cells})
		}
	}
	return t, nil
}

func arrivedTone(s referral.Status) string {
	if s == referral.Offered {
		return page.Warn
	}
	return page.Info
}

// endingTerms warns of sharing terms that end within 90 days, or that nobody signed yet.
func (n *Node) endingTerms(ctx context.Context, r *page.Request) ([]page.Event, error) {
	rows, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, store.Query{Kind: access.KindTerms})
	if err != nil {
		return nil, err
	}
	var out []page.Event
	for _, row := range rows.Rows {
		s, err := store.Summary[terms.Summary](row)
		if err != nil {
			return nil, err
		}
		switch left := s.Until.Sub(r.Now); {
		case s.Status == "unsigned":
			out = append(out, page.Event{At: row.Updated, Title: s.Title, Text: r.L.T("app.today.terms.unsigned"), Tone: page.Warn, Href: "/terms/" + row.Ref.ID.String()})
		case left < 90*24*time.Hour:
			out = append(out, page.Event{At: s.Until, Title: s.Title, Text: r.L.T("app.today.terms.ends", "When", r.L.Relative(s.Until, r.Now)), Tone: page.Warn, Href: "/terms/" + row.Ref.ID.String()})
		}
	}
	slices.SortFunc(out, func(a, b page.Event) int { return strings.Compare(a.Title, b.Title) })
	return out, nil
}
