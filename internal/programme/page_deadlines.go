// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

const deadlinesPath = "/programme/deadlines"

// deadline is something in a register that waits for a day, or for a date.
type deadline struct {
	Room    string // whose record it is: the catalogue key of one of it
	Text    page.Cell
	Owners  []journal.ID
	On      party.PartialDate // not known: nobody has set a date
	Because string            // catalogue key of what the date is
	// Progress says how far it is; "" where only done and not done are told apart.
	Progress string
}

// moment is the end of the last day of a date.
func (d deadline) moment() time.Time { return d.On.Last().AddDate(0, 0, 1) }

func whens() []string { return []string{"late", "month", "later", "undated"} }

// waitsIn is a register in which something waits: what is due by a day is so in its dossiers' own column, and what has no date
// by a code.
type waitsIn struct {
	kind    string
	only    []store.Span // which of the kind; nil: all
	undated []store.Span // nil: everything that waits has a date
	ends    bool         // what is past waits no more
	of      func(l *lang.Locale, id journal.ID, row store.Row) (deadline, error)
}

func waitsOf[L any](of func(l *lang.Locale, id journal.ID, v L) deadline) func(*lang.Locale, journal.ID, store.Row) (deadline, error) {
	return func(l *lang.Locale, id journal.ID, row store.Row) (deadline, error) {
		v, err := store.Summary[L](row)
		return of(l, id, v), err
	}
}

func waitingIn() []waitsIn {
	return []waitsIn{
		{kind: access.KindNeed, of: waitsOf(needDeadline)},
		{kind: access.KindAction, undated: []store.Span{store.Is("undated", "open")}, of: waitsOf(actionDeadline)},
		{kind: access.KindRecommendation, undated: []store.Span{store.Is("undated", "open")}, of: waitsOf(recommendationDeadline)},
		{kind: access.KindMeasure, undated: []store.Span{store.Is("undated", "open")}, of: waitsOf(measureDeadline)},
		{kind: access.KindAgreement, only: []store.Span{{Name: "late"}}, undated: []store.Span{store.Is("undated", "open")}, of: waitsOf(agreementDeadline)},
		{kind: access.KindAgreement, only: []store.Span{store.Is("state", string(agreement.InForce))}, ends: true, of: waitsOf(agreementDeadline)},
		{kind: access.KindRound, undated: []store.Span{store.Is("undated", "open")}, of: waitsOf(roundDeadline)},
		{kind: access.KindQuestion, undated: []store.Span{store.Is("undated", "open")}, of: waitsOf(questionDeadline)},
	}
}

// needDeadline: a need is to be met by its own date, or else within twelve months of being identified.
func needDeadline(l *lang.Locale, id journal.ID, v need.Line) deadline {
	c := rolls.Excerpt(l, v.Text)
	c.Href = need.Path + "/" + id.String()
	because, owners := "programme.deadlines.need", []journal.ID(nil)
	if v.Due.Known() {
		because = "programme.deadlines.action"
	}
	if !v.Owner.IsZero() {
		owners = []journal.ID{v.Owner}
	}
	return deadline{Room: "need.one", Text: c, Owners: owners, On: v.ByWhen(), Because: because}
}

func actionDeadline(l *lang.Locale, id journal.ID, v action.Line) deadline {
	c := rolls.Excerpt(l, v.Text)
	c.Href = action.Path + "/" + id.String()
	return deadline{Room: "action.one", Text: c, Owners: []journal.ID{v.Owner}, On: v.Due, Because: "programme.deadlines.action"}
}

func recommendationDeadline(l *lang.Locale, id journal.ID, v recommendation.Line) deadline {
	return deadline{Room: "recommendation.one", Owners: v.Owners, On: v.Due, Because: "programme.deadlines.recommendation",
		Text: page.Cell{Text: v.Source + " · " + l.T("recommendation.at", "Paragraph", v.Paragraph), Href: recommendation.Path + "/" + id.String()}}
}

// measureDeadline: what a strategy or action plan asks for, with how far its owners are.
func measureDeadline(l *lang.Locale, id journal.ID, v measure.Line) deadline {
	return deadline{Room: "measure.one", Owners: v.Owners, On: v.Due, Because: "programme.deadlines.measure", Progress: progress(l, v),
		Text: page.Cell{Text: l.T("measure.at", "Code", v.Code) + " · " + v.Plan, Href: measure.Path + "/" + id.String()}}
}

// progress says how far a measure is: as a whole, and how many of its owners have said so of theirs.
func progress(l *lang.Locale, m measure.Line) string {
	text := l.T("measure.state." + string(m.State))
	if len(m.Owners) < 2 && len(m.Shares) == 0 {
		return text
	}
	done := 0
	for _, s := range m.Shares {
		if s.State == measure.Done {
			done++
		}
	}
	return text + " · " + l.T("measure.progress", "Reported", l.Number(len(m.Shares)), "Done", l.Number(done), "Owners", l.Number(len(m.Owners)))
}

// overdue are the first things of all registers whose dates are over, for the page of the day and the programme's home.
func (rm room) overdue(ctx context.Context, r *page.Request) (Lines, error) {
	out := Lines{Href: deadlinesPath + "?when=late"}
	var list []due
	for _, x := range waitingIn() {
		q := x.query("late", r.Now)
		q.Limit = shownPending
		found, next, err := rm.found(ctx, r, x, q)
		if err != nil {
			return out, err
		}
		list = append(list, found...)
		n := len(found)
		if next != "" {
			if n, err = rm.Store.Count(ctx, rolls.As(r), x.query("late", r.Now)); err != nil {
				return out, err
			}
		}
		out.N += n
	}
	if out.N == 0 {
		return out, nil
	}
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return out, err
	}
	sortDue(list)
	for _, x := range list[:min(len(list), shownPending)] {
		out.First = append(out.First, overdueLine(r, g, x.deadline))
	}
	return out, nil
}

func overdueLine(r *page.Request, g register, d deadline) page.Line {
	day := d.On.Last()
	return page.Line{Tone: page.Warn, Title: d.Text.Text, Lang: d.Text.Lang, Href: d.Text.Href, Text: joined(r.L.T(d.Room), d.Progress), Basis: r.L.List(g.names(r.L, d.Owners)), When: r.L.T("programme.pending.until"), Due: &day, Now: r.Now}
}

// names names organisations; who is unknown is left out.
func (g register) names(l *lang.Locale, ids []journal.ID) []string {
	var out []string
	for _, id := range ids {
		if s := g.name(l, id); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// agreementDeadline: an agreement is to be signed by its date, when somebody has said one; in force, it ends when it says when.
func agreementDeadline(l *lang.Locale, id journal.ID, v agreement.Line) deadline {
	c := rolls.Excerpt(l, v.Title)
	c.Text, c.Href = v.Code+" · "+c.Text, agreement.Path+"/"+id.String()
	d := deadline{Room: "agreement.one", Text: c, On: v.Until, Because: "programme.deadlines.agreement"}
	if v.Waiting() {
		d.On, d.Because = v.Due, "programme.deadlines.signature"
	}
	if !v.Owner.IsZero() {
		d.Owners = []journal.ID{v.Owner}
	}
	return d
}

// query asks for what is due when one of whens says, by the day.
func (x waitsIn) query(when string, now time.Time) store.Query {
	today := now.Truncate(24 * time.Hour)
	month := today.AddDate(0, 0, 30)
	q := store.Query{Kind: x.kind, Spans: x.only, ByDue: true}
	switch when {
	case "late":
		q.DueBy = today
	case "month":
		q.DueAfter, q.DueBy = today, month
	case "later":
		q.DueAfter = month
	default:
		q.DueAfter = time.Unix(0, 0)
	}
	if x.ends && q.DueAfter.Before(today) {
		q.DueAfter = today
	}
	return q
}

// countDeadlines counts what waits in all registers, by whens.
func (rm room) countDeadlines(ctx context.Context, r *page.Request) (map[string]int, error) {
	w, n := rolls.As(r), map[string]int{}
	for _, x := range waitingIn() {
		for _, when := range []string{"late", "month", "later"} {
			m, err := rm.Store.Count(ctx, w, x.query(when, r.Now))
			if err != nil {
				return nil, err
			}
			n[when] += m
		}
		if x.undated != nil {
			undated, err := rm.Store.Count(ctx, w, store.Query{Kind: x.kind, Spans: x.undated})
			if err != nil {
				return nil, err
			}
			n["undated"] += undated
		}
	}
	return n, nil
}

// due is a deadline with its place among those of all registers.
type due struct {
	deadline
	row store.Row
}

// found reads a page of one register.
func (rm room) found(ctx context.Context, r *page.Request, x waitsIn, q store.Query) (out []due, next string, err error) {
	p, err := rm.Store.List(ctx, rolls.As(r), q)
	if err != nil {
		return nil, "", err
	}
	for _, row := range p.Rows {
		d, err := x.of(r.L, row.Ref.ID, row)
		if err != nil {
			return nil, "", err
		}
		out = append(out, due{d, row})
	}
	return out, p.Next, nil
}

func sortDue(list []due) {
	inorder.Stably(list, func(a, b due) int {
		return cmp.Or(a.row.Due.Compare(b.row.Due), bytes.Compare(a.row.Ref.ID[:], b.row.Ref.ID[:]))
	})
}

// byDue merges the registers by due date, and gives a page of that after a cursor.
func (rm room) byDue(ctx context.Context, r *page.Request, when, after string) (out []due, next string, err error) {
	more := false
	for _, x := range waitingIn() {
		q := x.query(when, r.Now)
		q.After = after
		found, rest, err := rm.found(ctx, r, x, q)
		if err != nil {
			return nil, "", err
		}
		out = append(out, found...)
		more = more || rest != ""
	}
	sortDue(out)
	if len(out) > store.PageSize || more && len(out) > 0 {
		out = out[:min(len(out), store.PageSize)]
		next = store.AfterDue(out[len(out)-1].row)
	}
	return out, next, nil
}

// undated gives the first of each register that waits without a date.
func (rm room) undated(ctx context.Context, r *page.Request) ([]due, error) {
	var out []due
	for _, x := range waitingIn() {
		if x.undated == nil {
			continue
		}
		found, _, err := rm.found(ctx, r, x, store.Query{Kind: x.kind, Spans: x.undated, By: rolls.OrderCode})
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// waits gives the page of what waits that an address asks for.
func (rm room) waits(ctx context.Context, r *page.Request, when string) (out []due, next string, err error) {
	if when != "undated" {
		if out, next, err = rm.byDue(ctx, r, when, r.URL.Query().Get("after")); err != nil {
			return nil, "", err
		}
	}
	if next == "" && when != "late" && when != "month" && when != "later" { // what has no date comes last
		undated, err := rm.undated(ctx, r)
		if err != nil {
			return nil, "", err
		}
		out = append(out, undated...)
	}
	return out, next, nil
}

func (rm room) showDeadlines(ctx context.Context, r *page.Request) (page.Response, error) {
	n, err := rm.countDeadlines(ctx, r)
	if err != nil {
		return nil, err
	}
	l, chosen := r.L, r.URL.Query().Get("when")
	if !slices.Contains(whens(), chosen) {
		chosen = ""
	}
	for _, w := range whens() {
		n[""] += n[w]
	}
	list, next, err := rm.waits(ctx, r, chosen)
	if err != nil {
		return nil, err
	}
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	d := rolls.List{Title: l.T("programme.deadlines.title"), Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.deadlines.title")}},
		Tabs: []page.Tab{{Text: l.T("register.any"), Count: l.Number(n[""]), Href: deadlinesPath, Current: chosen == ""}}}
	for _, w := range whens() {
		d.Tabs = append(d.Tabs, page.Tab{Text: l.T("programme.deadlines." + w), Count: l.Number(n[w]), Href: deadlinesPath + "?when=" + w, Current: w == chosen})
	}
	codes := map[string]string{}
	if chosen != "" {
		codes["when"] = chosen
	}
	if next != "" {
		d.Next = rolls.Address(deadlinesPath, codes, "after", next)
	}
	if r.URL.Query().Get("after") != "" {
		d.First = rolls.Address(deadlinesPath, codes)
	}
	d.Lead = l.N("programme.deadlines.count", n[chosen])
	d.Table = page.Table{Caption: l.T("programme.deadlines.title"), Empty: &page.Empty{Icon: "calendar-event", Title: l.T("programme.deadlines.none"), Text: l.T("programme.deadlines.none.text")},
		Columns: []page.Column{{Text: l.T("programme.deadlines.record")}, {Text: l.T("programme.deadlines.until")}, {Text: l.T("programme.deadlines.owner")}}}
	for _, x := range list {
		d.Table.Rows = append(d.Table.Rows, deadlineRow(r, g, x.deadline))
	}
	return page.View("register/list", l.T("programme.deadlines.title"), d), nil
}

func deadlineRow(r *page.Request, g register, x deadline) page.Row {
	l := r.L
	x.Text.Sub = l.T(x.Room)
	until := page.Cell{Text: l.T("programme.deadlines.undated"), Tone: page.Off, Sub: l.T(x.Because)}
	if x.On.Known() {
		until = page.Cell{Text: x.On.Print(l), Sub: l.T(x.Because)}
		if !r.Now.Before(x.moment()) {
			until.Tone = page.Bad
		}
	}
	return page.Row{Cells: []page.Cell{x.Text, until, {Text: l.List(g.names(l, x.Owners)), Sub: x.Progress}}}
}
