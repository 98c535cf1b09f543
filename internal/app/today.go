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
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

//go:embed templates/*.html
var templates embed.FS

// todayAhead is how far "Today" looks for what is due; terms are told of terms.Notice before they end.
const todayAhead = 7 * 24 * time.Hour

// block is one card of the page: a table or lines, and what would stand there when there is nothing.
type block struct {
	ID, Title string
	N         int
	Tone      string // of its number, when there is one
	Table     *page.Table
	Lines     []page.Line
	More      *page.Action
	Empty     *page.Empty
}

// todayData is what the page shows: what needs somebody, how many of each, and each with its reason.
type todayData struct {
	Date       string
	Tally      []page.Tally
	Main, Side []block
}

// todayRoom is the first page: what is due, what arrived, what is blocked and why.
func (n *Node) todayRoom(o Owner) page.Room {
	return page.Room{Name: "app", Templates: templates,
		Menu: []page.MenuItem{{Key: "app.today.menu", Path: "/", Icon: "home", Order: 10}},
		Routes: []page.Route{{Pattern: "GET /{$}", Handle: func(ctx context.Context, r *page.Request) (page.Response, error) {
			d, err := n.today(ctx, r, o)
			return page.View("app/today", r.L.T("app.today.menu"), d), err
		}}}}
}

// today gathers the page for an office of its kind.
func (n *Node) today(ctx context.Context, r *page.Request, o Owner) (todayData, error) {
	d := todayData{Date: r.L.Date(r.Now)}
	gather := map[access.OfficeKind]func(context.Context, *page.Request, *todayData) error{
		access.Assistance: n.todayAssistance, access.Programme: n.todayProgramme, access.Police: n.todayOthers, access.Justice: n.todayOthers}[o.Kind]
	if gather != nil {
		if err := gather(ctx, r, &d); err != nil {
			return d, err
		}
	}
	if err := n.waitingFigures(ctx, r, &d); err != nil {
		return d, err
	}
	waits, err := n.pendingBlock(ctx, r)
	if err != nil {
		return d, err
	}
	if o.Kind == access.Police || o.Kind == access.Justice {
		d.Main = append(waits, d.Main...)
	} else {
		d.Main = append(d.Main, waits...)
	}
	if err := n.pastKeeping(ctx, r, &d); err != nil {
		return d, err
	}
	if err := n.staleListings(ctx, r, &d); err != nil {
		return d, err
	}
	if err := n.answersByLink(ctx, r, &d); err != nil {
		return d, err
	}
	post, err := n.waitingPost(ctx, r, o.ID)
	if err != nil {
		return d, err
	}
	unsigned, err := n.openTerms(ctx, r)
	if err != nil {
		return d, err
	}
	misused, err := n.misusedKeys(ctx, r)
	if err != nil {
		return d, err
	}
	d.blocked(r, slices.Concat(misused, post, unsigned))
	if len(d.Main) == 0 { // somebody for whom little stands here reads it in the middle of the page
		d.Main, d.Side = d.Side, nil
	}
	inorder.Stably(d.Main, func(a, b block) int { return min(b.N, 1) - min(a.N, 1) }) // what needs somebody before what does not
	for _, b := range slices.Concat(d.Main, d.Side) {
		t := page.Tally{N: r.L.Number(b.N), Text: b.Title, Href: "#" + b.ID, Tone: page.Off}
		if b.N > 0 {
			t.Tone = b.Tone
		}
		d.Tally = append(d.Tally, t)
	}
	return d, nil
}

// blocked puts lines into the card of what is blocked, which stands first on the side.
func (d *todayData) blocked(r *page.Request, lines []page.Line) {
	if len(d.Side) == 0 || d.Side[0].ID != "blocked" {
		d.Side = slices.Insert(d.Side, 0, block{ID: "blocked", Title: r.L.T("app.today.blocked"), Tone: page.Warn, Empty: empty(r, "lock-open", "app.today.blocked.none")})
	}
	b := &d.Side[0]
	b.Lines = append(b.Lines, lines...)
	b.N = len(b.Lines)
}

// empty says what would stand where nothing does.
func empty(r *page.Request, icon, key string) *page.Empty {
	return &page.Empty{Icon: icon, Title: r.L.T(key), Text: r.L.T(key + ".text")}
}

// waiting is messages of one type that wait for one office.
type waiting struct {
	partner journal.ID
	typ     string
	n       int
	since   time.Time
	reason  string
}

// waitingPost says which office does not answer, since when, and what waits for it. A confirmation of an
// erasure that waits longer than it may is overdue here as it is at the office that asked for it.
func (n *Node) waitingPost(ctx context.Context, r *page.Request, owner journal.ID) ([]page.Line, error) {
	var found []waiting
	err := n.DB.Read(ctx, func(tx dbTx) error {
		rows, err := tx.Query(ctx, `SELECT partner, type, COUNT(*), MIN(at), MAX(reason) FROM (SELECT partner, type, at, reason FROM post_out WHERE owner = $1 AND state = 'queued'
			UNION ALL SELECT partner, type, at, '' FROM post_held WHERE owner = $1) w GROUP BY partner, type ORDER BY 4, 2`, owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var w waiting
			var at int64
			if err := rows.Scan(&w.partner, &w.typ, &w.n, &at, &w.reason); err != nil {
				return err
			}
			w.since = db.Time(at)
			found = append(found, w)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	var out []page.Line
	for _, w := range found {
		x := page.Line{Tone: page.Warn, Title: n.names(ctx, owner, w.partner)[w.partner], Href: "/partners/" + w.partner.String(), When: r.L.T("app.today.since"), Due: &w.since, Now: r.Now,
			Text: r.L.N("app.today.post", w.n, "What", r.L.T(w.typ+".title"))}
		if w.reason != "" && r.L.Has(w.reason) {
			x.Text += " " + r.L.T("app.today.post.why", "Why", r.L.T(w.reason))
		}
		if w.typ == referral.MsgErased && r.Now.Sub(w.since) > recallAnswer {
			x.Tone, x.Basis = page.Bad, r.L.T("app.today.post.erased")
		}
		out = append(out, x)
	}
	return out, nil
}

// onDay gives a line the day on which terms end.
func onDay(x *page.Line, until, now time.Time, zone *time.Location) {
	due := terms.AsUTC(until, zone)
	x.Due, x.Now = &due, terms.AsUTC(now, zone)
}

// openTerms warns of sharing terms that nobody signed yet, that have ended, or that end soon, in red when that is near. Terms
// whose place later ones take need nobody.
func (n *Node) openTerms(ctx context.Context, r *page.Request) ([]page.Line, error) {
	var rows []store.Row
	all, instead := map[journal.ID]terms.Summary{}, map[journal.ID]bool{}
	err := n.Store.Each(ctx, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, store.Query{Kind: access.KindTerms}, func(row store.Row) error {
		s, err := store.Summary[terms.Summary](row)
		rows, all[row.Ref.ID] = append(rows, row), s
		if s.Status != "unsigned" && s.Status != "ended" {
			instead[s.Instead] = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []page.Line
	for _, row := range rows {
		s := all[row.Ref.ID]
		x := page.Line{Tone: page.Warn, Title: s.Title, Href: "/terms/" + row.Ref.ID.String(), Now: r.Now}
		near := terms.EndingOf(s.Until, r.Now)
		if s.Group != (journal.ID{}) && s.Status != "suspended" { // told once, with the terms of all
			continue
		}
		switch {
		case s.Status == "unsigned":
			x.Text, x.When, x.Due = r.L.T("app.today.terms.unsigned"), r.L.T("app.today.since"), &row.Updated
		case s.Status == "suspended":
			x.Text, x.When, x.Due = r.L.T("app.today.terms.suspended"), r.L.T("app.today.since"), &row.Updated
		case s.Status == "ended" || instead[row.Ref.ID]:
			continue
		case !r.Now.Before(s.Until):
			x.Tone, x.Text = page.Bad, r.L.T("app.today.terms.over")
			onDay(&x, s.Until, r.Now, r.L.Zone())
		case near == "":
			continue
		default:
			x.Text = r.L.T("app.today.terms.ends")
			onDay(&x, s.Until, r.Now, r.L.Zone())
			if near == terms.Now {
				x.Tone = page.Bad
			}
		}
		out = append(out, x)
	}
	several, err := n.openGroups(ctx, r)
	out = append(out, several...)
	inorder.By(out, func(a, b page.Line) int { return strings.Compare(a.Title, b.Title) })
	return out, err
}
