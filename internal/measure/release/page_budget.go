// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// budgetData is the page of what may still be told of a source.
type budgetData struct {
	Title, Lead string
	Crumbs      []page.Crumb
	Notes       []field.Note
	Gauges      []gauge
	Facts       []page.Fact
	Lines       page.Table
	Form        *field.Form
	Confirm     *page.Action
}

// proposed is what somebody types of a policy.
type proposed struct {
	Year   string `form:"year"`
	Life   string `form:"life"`
	Reason string `form:"reason"`
}

func (rm room) budget(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	if !rm.counts(ctx, r) {
		return page.Redirect(Path, ""), nil
	}
	d, err := rm.budgetOf(ctx, r, nil, nil)
	return page.View("release/budget", r.L.T("release.budget"), d), err
}

// counts says whether the office has the source that an address names.
func (rm room) counts(ctx context.Context, r *page.Request) bool {
	_, err := rm.Desk.Sources(ctx, r.Actor.Owner).Find(r.PathValue("source"))
	return err == nil
}

func (rm room) budgetOf(ctx context.Context, r *page.Request, v *proposed, bad error) (budgetData, error) {
	l, code := r.L, r.PathValue("source")
	src, err := rm.Desk.Sources(ctx, r.Actor.Owner).Find(code)
	if err != nil {
		return budgetData{}, err
	}
	b, err := rm.Desk.Budget(ctx, As(r.Actor), code)
	if err != nil {
		return budgetData{}, err
	}
	left, err := b.Left(nil, r.Now)
	if err != nil {
		return budgetData{}, err
	}
	say := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	d := budgetData{Title: Name(l, src), Lead: l.T("release.budget.lead"), Crumbs: crumbs(r, l.T("release.budget")), Gauges: gauges(r, "source", left, 0),
		Facts: []page.Fact{{Term: l.T("release.budget.year"), Text: l.Decimal(say(b.Policy.Year))}, {Term: l.T("release.budget.life"), Text: l.Decimal(say(b.Policy.Life))}, {Term: l.T("release.delta"), Text: l.T("release.delta.text")}}}
	if b.Policy.Reason != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("release.policy.reason"), Text: b.Policy.Reason})
	}
	d.Lines = lines(r, b)
	path := Path + "/budgets/" + code
	if p := b.Waiting; p != nil {
		d.Notes = append(d.Notes, field.Note{Tone: page.Warn, Title: l.T("release.policy.waits", "Year", l.Decimal(say(p.Year)), "Life", l.Decimal(say(p.Life))), Text: p.Reason})
		if b.By != r.Actor.ID {
			d.Confirm = &page.Action{Text: l.T("release.policy.confirm"), Post: path + "/confirm", Icon: "check", Primary: true}
		}
	}
	if v == nil {
		v = &proposed{Year: say(b.Policy.Year), Life: say(b.Policy.Life), Reason: b.Policy.Reason}
	}
	f := field.New(l, "release.policy", path, Path, "release.policy.propose")
	f.Errors = r.Errors(bad)
	f.Text("year", "release.policy.year", v.Year)
	f.Text("life", "release.policy.life", v.Life)
	f.Area("reason", "release.policy.reason", v.Reason).Set("MaxLength", maxWords).Optional()
	d.Form = f
	return d, nil
}

// lines shows the releases that a budget has borne, latest first.
func lines(r *page.Request, b Budget) page.Table {
	l := r.L
	t := page.Table{Caption: l.T("release.register"), Empty: &page.Empty{Icon: "book", Title: l.T("release.none"), Text: l.T("release.none.text")}}
	for _, k := range []string{"release.reserved_at", "release.route", "release.budget.of", "release.cost", "release.workload"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	for _, c := range slices.Backward(b.Charges) {
		of := l.T("release.budget.any")
		if len(c.Years) > 0 {
			var ys []string
			for _, y := range c.Years {
				ys = append(ys, strconv.Itoa(y))
			}
			of = l.List(ys)
		}
		work := page.Cell{Text: l.T("release.budget.reserved")}
		if c.Spent != nil {
			work = page.Cell{Text: l.N("release.tables.count", len(c.Spent.Workload)), Sub: l.N("release.cells.count", c.Spent.Cells)}
		}
		cost := page.Cell{Text: l.T("release.cost.none")}
		if c.Cost > 0 {
			cost.Text = c.Cost.String()
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.DateTime(c.At), Href: pathOf(c.Release)}, {Text: l.T("release.route." + string(c.Route))}, {Text: of}, cost, work}})
	}
	return t
}

// propose asks for another policy, which a second person confirms.
func (rm room) propose(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	var v proposed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	code := r.PathValue("source")
	if !rm.counts(ctx, r) {
		return page.Redirect(Path, ""), nil
	}
	p := Proposal{Source: code, Policy: Policy{Delta: Usual().Delta, Reason: v.Reason}}
	p.Year, _ = strconv.ParseFloat(v.Year, 64)
	p.Life, _ = strconv.ParseFloat(v.Life, 64)
	_, err := rm.Desk.Store.Append(ctx, As(r.Actor), BudgetRef(r.Actor.Owner, code), store.Draft{Type: ProposedType, Payload: p})
	if err == nil {
		return page.Redirect(Path+"/budgets/"+code, "release.policy.proposed"), nil
	}
	if !fault.Is(err, fault.Invalid) {
		return nil, err
	}
	d, other := rm.budgetOf(ctx, r, &v, err)
	return page.Status(422, page.View("release/budget", r.L.T("release.budget"), d)), other
}

func (rm room) confirm(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	code := r.PathValue("source")
	_, err := rm.Desk.Store.Append(ctx, As(r.Actor), BudgetRef(r.Actor.Owner, code), store.Draft{Type: ConfirmedType, Payload: Confirmation{Is: true}})
	return page.Redirect(Path+"/budgets/"+code, "release.saved"), err
}
