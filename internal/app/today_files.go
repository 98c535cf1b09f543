// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

const (
	recallAnswer = casework.RecallAnswer
	todayFiles   = 100 // files that are looked at, those due first
	todayRows    = 10  // that a card shows: what stands below it must be seen as well, on a telephone too
	todayLines   = 8
)

// dueFile is one thing due on a file.
type dueFile struct {
	casework.Due
	file casework.Summary
	path string
}

// todayAssistance is for an office that helps people: what is due on their files for those who work on them, and what others ask.
func (n *Node) todayAssistance(ctx context.Context, r *page.Request, d *todayData) error {
	d.blocked(r, nil)
	if works(r.Actor) {
		if err := n.todayCases(ctx, r, d); err != nil {
			return err
		}
	}
	asked, err := n.askedBlocks(ctx, r)
	if err != nil {
		return err
	}
	d.Side = append(d.Side, asked...)
	if n.sendsFigures(r.Actor) {
		p, err := programme.Config{Store: n.Store, Names: n.names}.Pending(ctx, r, n.country(r.Actor.Owner))
		if err != nil {
			return err
		}
		d.Side = append(d.Side, pending(r, "unsent", page.Warn, "chart-bar", p.Missing))
	}
	return nil
}

// todayCases is for those who work with people.
func (n *Node) todayCases(ctx context.Context, r *page.Request, d *todayData) error {
	dues, err := n.dues(ctx, r, store.Query{Kind: access.KindPerson, DueBy: r.Now.AddDate(1, 0, 0), ByDue: true})
	if err != nil {
		return err
	}
	mine, err := n.dues(ctx, r, store.Query{Kind: access.KindPerson, Codes: map[string]string{"doer": r.Actor.ID.String()}})
	if err != nil {
		return err
	}
	mine = slices.DeleteFunc(mine, func(x dueFile) bool { return x.For != r.Actor.ID })
	d.blocked(r, n.protected(r, dues))
	dues = slices.DeleteFunc(dues, func(x dueFile) bool { return x.For == r.Actor.ID || x.At.After(r.Now.Add(todayAhead)) })
	arrived, err := n.arrived(ctx, r)
	if err != nil {
		return err
	}
	signals, err := n.signalBlock(ctx, r)
	if err != nil {
		return err
	}
	if err := n.openedInEmergency(ctx, r, d); err != nil {
		return err
	}
	d.Main = append(d.Main, n.dueBlock(r, dues), arrived, signals)
	d.Side = append(d.Side, taskBlock(r, mine))
	return nil
}

// country gives the country or territory of an owner.
func (n *Node) country(owner journal.ID) string {
	o, _ := n.settingsOf(owner) // who asks is somebody of that owner
	return o.Country
}

// dues lists what is due on the files that a query finds, earliest first.
func (n *Node) dues(ctx context.Context, r *page.Request, q store.Query) ([]dueFile, error) {
	var out []dueFile
	for seen := 0; seen < todayFiles; {
		found, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForAssistance}, q)
		if err != nil {
			return nil, err
		}
		for _, row := range found.Rows {
			s, err := store.Summary[casework.Summary](row)
			if err != nil {
				return nil, err
			}
			for _, due := range s.Due {
				out = append(out, dueFile{due, s, "/cases/" + row.Ref.ID.String()})
			}
		}
		seen += len(found.Rows)
		if q.After = found.Next; q.After == "" {
			break
		}
	}
	inorder.Stably(out, func(a, b dueFile) int { return a.At.Compare(b.At) })
	return out, nil
}

// basis says what a due thing rests on: a rule of the rights clock, or a rule of this program.
func (n *Node) basis(r *page.Request, x dueFile) rights.Basis {
	if slices.Contains(rights.DueCodes(), x.What) {
		return rights.Explain(x.What, n.packs.For(x.file.Territory), x.file.Age != "adult", r.Now)
	}
	for _, room := range []string{"app.consequence.", "screening.consequence."} {
		if r.L.Has(room + x.What) {
			return rights.Basis{Consequence: room + x.What}
		}
	}
	return rights.Basis{}
}

// dueBlock is what is due within a week or overdue, each with what it rests on and what follows when it is missed.
func (n *Node) dueBlock(r *page.Request, dues []dueFile) block {
	l := r.L
	law := func(x dueFile) int {
		return slices.Index([]bool{true, false}, slices.Contains(rights.DueCodes(), x.What))
	}
	inorder.Stably(dues, func(a, b dueFile) int { return law(a) - law(b) }) // deadlines of law first
	b := block{ID: "due", Title: l.T("app.today.due"), N: len(dues), Tone: page.Warn, Empty: empty(r, "circle-check", "app.today.due.none"),
		Table: &page.Table{Caption: l.T("app.today.due"), Columns: []page.Column{{Text: l.T("app.today.what")}, {Text: l.T("app.today.file")}, {Text: l.T("app.today.basis")}, {Text: l.T("app.today.when")}}}}
	for i, x := range dues {
		if i == todayRows {
			b.More = &page.Action{Text: l.N("app.today.more", len(dues)-i), Href: "/cases?due=week"}
			break
		}
		basis := n.basis(r, x)
		what := page.Cell{Text: casework.DueWord(l, x.Due), Href: x.path + "#due"}
		if basis.Consequence != "" {
			what.Sub = l.T(basis.Consequence)
		}
		rests := page.Cell{Text: basis.Article, Sub: basis.SourceWord(l), Unverified: basis.Unverified}
		if basis.Article == "" && !slices.Contains(rights.DueCodes(), x.What) {
			rests = page.Cell{Text: l.T("app.today.basis.own")}
		}
		b.Table.Rows = append(b.Table.Rows, page.Row{Cells: []page.Cell{what, {Text: strings.ReplaceAll(x.file.Code, " ", "\u00a0"), Href: x.path}, rests, {Due: &x.At, Now: r.Now}}})
		if x.At.Before(r.Now) {
			b.Tone = page.Bad
		}
	}
	return b
}

// taskBlock is what the reader was asked to do, whenever it is due.
func taskBlock(r *page.Request, mine []dueFile) block {
	b := block{ID: "tasks", Title: r.L.T("app.today.tasks"), N: len(mine), Tone: page.Info, Empty: empty(r, "checklist", "app.today.tasks.none")}
	for i, x := range mine {
		if i == todayRows {
			b.More = &page.Action{Text: r.L.N("app.today.more", len(mine)-i), Href: "/cases"}
			break
		}
		b.Lines = append(b.Lines, page.Line{Tone: dueTone(x.At, r.Now), Title: casework.DueWord(r.L, x.Due), Href: x.path, Text: x.file.Code, Due: &x.At, Now: r.Now})
	}
	return b
}

func dueTone(at, now time.Time) string {
	switch {
	case at.Before(now):
		return page.Bad
	case at.Before(now.Add(todayAhead)):
		return page.Warn
	}
	return page.Info
}

// protected says for which files the law blocks removal, transfer and return now (guard G2), until when and by what.
func (n *Node) protected(r *page.Request, dues []dueFile) []page.Line {
	var measures []string
	for _, m := range rights.Measures() {
		measures = append(measures, r.L.T("rights.measure."+m))
	}
	var out []page.Line
	for _, x := range dues {
		if x.What != "reflection_ends" && x.What != "check_reflection" {
			continue
		}
		basis := rights.Explain(x.What, n.packs.For(x.file.Territory), x.file.Age != "adult", r.Now)
		y := page.Line{Tone: page.Good, Title: x.file.Code, Href: x.path + "#reflection", Text: r.L.T("app.today.reflection", "Measures", r.L.List(measures)),
			Basis: join(basis.Article, basis.SourceWord(r.L)), Unverified: basis.Unverified, When: r.L.T("app.today.until.word"), Due: &x.At, Now: r.Now}
		if x.At.Before(r.Now) {
			y.Tone, y.Text = page.Warn, r.L.T("rights.consequence.check_reflection")
		}
		if len(out) == todayLines {
			break
		}
		out = append(out, y)
	}
	return out
}

// join joins what is not empty.
func join(xs ...string) string {
	return strings.Join(slices.DeleteFunc(xs, func(s string) bool { return s == "" }), "; ")
}

// arrived lists referrals received that wait for somebody of this office, those that run out first at the top.
func (n *Node) arrived(ctx context.Context, r *page.Request) (block, error) {
	l := r.L
	b := block{ID: "arrived", Title: l.T("app.today.arrived"), Tone: page.Info, Empty: empty(r, "inbox", "app.today.arrived.none"), Table: &page.Table{Caption: l.T("app.today.arrived"),
		Columns: []page.Column{{Text: l.T("app.today.what")}, {Text: l.T("app.today.from")}, {Text: l.T("app.today.state")}, {Text: l.T("app.today.until")}}}}
	who := store.Who{Actor: r.Actor, Purpose: access.ForReferral}
	for _, state := range []referral.Status{referral.Offered, referral.Accepted, referral.HandedOver, referral.InService} {
		q := store.Query{Kind: access.KindReferralIn, State: string(state), ByDue: true, Limit: todayRows}
		count, err := n.Store.Count(ctx, who, q)
		if err != nil {
			return b, err
		}
		b.N += count
		rows, err := n.Store.List(ctx, who, q)
		if err != nil {
			return b, err
		}
		for _, row := range rows.Rows {
			cells, err := n.arrivedRow(ctx, r, row)
			if err != nil {
				return b, err
			}
			b.Table.Rows = append(b.Table.Rows, page.Row{Cells: cells})
		}
		if state == referral.Offered && len(rows.Rows) > 0 {
			b.Tone = page.Warn
		}
	}
	if shown := len(b.Table.Rows); b.N > shown {
		b.More = &page.Action{Text: l.N("app.today.more", b.N-shown), Href: "/referrals"}
	}
	return b, nil
}

func (n *Node) arrivedRow(ctx context.Context, r *page.Request, row store.Row) ([]page.Cell, error) {
	s, err := store.Summary[referral.InSummary](row)
	if err != nil {
		return nil, err
	}
	what := page.Cell{Text: r.L.T("service.catalogue." + s.Offer.Need), Href: "/referrals/" + row.Ref.ID.String(), Sub: r.L.T("app.next." + string(s.Status))}
	until := page.Cell{Text: r.L.T("app.today.no_end")}
	if due := row.Due; !due.IsZero() {
		until = page.Cell{Due: &due, Now: r.Now}
	}
	return []page.Cell{what, {Text: n.names(ctx, r.Actor.Owner, s.From)[s.From], Sub: r.L.Date(s.At)}, {Text: r.L.T("referral.status." + string(s.Status)), Tone: arrivedTone(s.Status)}, until}, nil
}

func arrivedTone(s referral.Status) string {
	if s == referral.Offered {
		return page.Warn
	}
	return page.Info
}
