// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/round"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

// todayProgramme is for those who run a programme: what nobody has decided, what is late, which figures are missing.
func (n *Node) todayProgramme(ctx context.Context, r *page.Request, d *todayData) error {
	p, err := programme.Config{Store: n.Store, Names: n.names}.Pending(ctx, r, "")
	if err != nil {
		return err
	}
	asked, err := n.askedBlocks(ctx, r)
	if err != nil {
		return err
	}
	if len(p.Votes) > 0 {
		d.Main = append(d.Main, pending(r, "votes", page.Warn, "gavel", p.Votes))
	}
	d.Main = append(d.Main, asked...)
	if p.Overdue.N > 0 {
		d.Main = append(d.Main, some(r, "overdue", page.Warn, "calendar-due", p.Overdue))
	}
	d.Main = append(d.Main, some(r, "late", page.Warn, "calendar-due", p.Late), some(r, "undated", page.Off, "calendar", p.Undated))
	d.blocked(r, nil)
	d.Side = append(d.Side, pending(r, "undecided", page.Info, "gavel", p.Undecided), pending(r, "missing", page.Warn, "chart-bar", p.Missing), pending(r, "figures", page.Good, "inbox", p.Arrived))
	return nil
}

// pastKeeping lists what the office holds about people in its programme for longer than it may; a card only where there is
// something, for who runs the programme.
func (n *Node) pastKeeping(ctx context.Context, r *page.Request, d *todayData) error {
	lines, err := programme.Config{Store: n.Store, Names: n.names}.Keeping().Lines(ctx, r)
	if err != nil || len(lines) == 0 {
		return err
	}
	b := block{ID: "keeping", Title: r.L.T("app.today.keeping"), N: len(lines), Tone: page.Warn, Lines: lines}
	if len(lines) > todayLines {
		b.Lines, b.More = lines[:todayLines], &page.Action{Text: r.L.N("app.today.more", len(lines)-todayLines), Href: retention.Path}
	}
	d.Side = append(d.Side, b)
	return nil
}

// some is a card of the first of what the programme's room counts.
func some(r *page.Request, id, tone, icon string, lines programme.Lines) block {
	b := pending(r, id, tone, icon, lines.First)
	if b.N = lines.N; lines.N > len(b.Lines) {
		b.More = &page.Action{Text: r.L.N("app.today.more", lines.N-len(b.Lines)), Href: lines.Href}
	}
	return b
}

// pending is a card of what the programme's room has gathered.
func pending(r *page.Request, id, tone, icon string, lines []page.Line) block {
	b := block{ID: id, Title: r.L.T("app.today." + id), N: len(lines), Tone: tone, Lines: lines, Empty: empty(r, icon, "app.today."+id+".none")}
	if len(lines) > todayLines {
		b.Lines, b.More = lines[:todayLines], &page.Action{Text: r.L.N("app.today.more", len(lines)-todayLines), Href: "/programme/activities"}
	}
	return b
}

// askedBlocks are cards of what others ask of this office and of the reader in the programme: questions of monitoring rounds that
// wait for an answer, actions and recommendations that were given to it, applications to assess, reports on grants to accept,
// agreements that are late or end soon; none
// where none wait.
func (n *Node) askedBlocks(ctx context.Context, r *page.Request) ([]block, error) {
	c, grants := programme.Config{Store: n.Store, Names: n.names}, grant.Config{Store: n.Store, Names: n.names}
	var out []block
	for _, x := range []struct {
		id, icon, more string
		lines          func(context.Context, *page.Request) ([]page.Line, error)
	}{{"questions", "list-check", round.QuestionPath, c.QuestionsDue}, {"received", "inbox", "/programme/deadlines", c.Received}, {"assess", "clipboard-check", grant.AssessmentPath, grants.ToAssess},
		{"reports", "file-check", grant.Path, grants.ReportsWaiting}, {"agreements", "heart-handshake", agreement.Path, n.agreementsDue}} {
		lines, err := x.lines(ctx, r)
		if err != nil {
			return nil, err
		}
		if len(lines) == 0 {
			continue
		}
		b := pending(r, x.id, page.Warn, x.icon, lines)
		if b.More != nil {
			b.More.Href = x.more
		}
		out = append(out, b)
	}
	return out, nil
}

// agreementsDue lists, for who runs the programme in an office of another kind, the agreements that should be signed by now and
// those that end soon. A programme's own office reads them among what it has to decide; what waits for an answer stands with
// all that waits between offices.
func (n *Node) agreementsDue(ctx context.Context, r *page.Request) ([]page.Line, error) {
	if r.Office.Kind == access.Programme || !register.MayEdit(r) {
		return nil, nil
	}
	return agreement.Config{Store: n.Store, Names: n.names}.Due(ctx, r)
}

// todayOthers is for police and justice, which hold no care files: with whom they may exchange what, and which
// activities of the programme concern them.
func (n *Node) todayOthers(ctx context.Context, r *page.Request, d *todayData) error {
	partners, err := n.partnerBlock(ctx, r)
	if err != nil {
		return err
	}
	p, err := programme.Config{Store: n.Store, Names: n.names}.Pending(ctx, r, "")
	if err != nil {
		return err
	}
	if r.Office.Kind == access.Police {
		signals, err := n.signalBlock(ctx, r)
		if err != nil {
			return err
		}
		d.Main = append(d.Main, signals)
	}
	if r.Office.Kind == access.Justice {
		b, err := n.hearings(ctx, r)
		if err != nil {
			return err
		}
		d.Main = append(d.Main, b)
	}
	asked, err := n.askedBlocks(ctx, r)
	if err != nil {
		return err
	}
	d.Main = append(d.Main, asked...)
	d.Main = append(d.Main, partners, some(r, "justice", page.Info, "gavel", p.Justice))
	d.blocked(r, nil)
	pages, err := n.pagesAtHand(ctx, r)
	d.Side = append(d.Side, pages)
	return err
}

// pagesAtHand lists the information on rights of the office's own country: what may be handed over, and what may only
// be read aloud. Whoever meets a person first must have it at hand.
func (n *Node) pagesAtHand(ctx context.Context, r *page.Request) (block, error) {
	b := block{ID: "pages", Title: r.L.T("app.today.pages"), Tone: page.Good, Empty: empty(r, "info-circle", "app.today.pages.none")}
	all, err := rights.Texts{Store: n.Store}.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForProgramme})
	if err != nil {
		return b, err
	}
	for _, s := range all {
		if s.Country != n.country(r.Actor.Owner) {
			continue
		}
		x := page.Line{Tone: page.Warn, Title: r.L.Country(s.Country) + ", " + r.L.Language(s.Language), Href: "/rights-texts/" + s.Country + "/" + s.Language, Text: r.L.T("rights.text.draft.title")}
		if s.Status == rights.TextPublic {
			x.Tone, x.Text = page.Good, r.L.T("app.today.pages.signed")
		}
		b.Lines = append(b.Lines, x)
	}
	b.N = len(b.Lines)
	return b, nil
}

// partnerBlock lists the offices whose cards are pinned and what sharing terms let cross, either way.
func (n *Node) partnerBlock(ctx context.Context, r *page.Request) (block, error) {
	l := r.L
	b := block{ID: "partners", Title: l.T("app.today.partners"), Tone: page.Info, Empty: empty(r, "arrows-exchange", "app.today.partners.none"), Table: &page.Table{Caption: l.T("app.today.partners"),
		Columns: []page.Column{{Text: l.T("app.today.partner")}, {Text: l.T("app.today.terms")}, {Text: l.T("app.today.purposes")}}}}
	known, ids, err := n.partners(ctx, r)
	if err != nil {
		return b, err
	}
	for _, id := range ids {
		s := known[id]
		all, err := n.directory.Terms(ctx, r.Actor.Owner, id)
		if err != nil {
			return b, err
		}
		state, what := page.Cell{Text: l.T("app.today.terms.none"), Tone: page.Off}, page.Cell{Text: l.T("app.today.nothing_crosses")}
		for _, t := range all {
			if t.Status(r.Now) != "in_force" {
				continue
			}
			state = page.Cell{Text: l.T("exchange.status.in_force"), Tone: page.Good}
			what.Text = purposes(r, t)
		}
		b.Table.Rows = append(b.Table.Rows, page.Row{Cells: []page.Cell{{Text: s.Name, Href: "/partners/" + id.String(), Sub: join(l.Country(s.Country), l.T("page.kind."+string(s.Kind)))}, state, what}})
	}
	b.N = len(b.Table.Rows)
	inorder.By(b.Table.Rows, func(x, y page.Row) int { return strings.Compare(x.Cells[0].Text, y.Cells[0].Text) })
	return b, nil
}

// purposes names what terms are for, each purpose once.
func purposes(r *page.Request, t terms.State) string {
	var out []string
	for _, g := range t.Document.Grants {
		word := g.Purpose
		if key := "exchange.purpose." + g.Purpose; r.L.Has(key) {
			word = r.L.T(key)
		}
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return r.L.List(out)
}
