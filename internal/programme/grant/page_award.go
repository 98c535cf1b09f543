// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

var (
	statusTones    = map[Status]string{Decision: page.Warn, Running: page.Good, Over: page.Off}
	judgementTones = map[Judgement]string{Waiting: page.Warn, Accepted: page.Good, Returned: page.Bad}
)

// Partner says who gets a grant, as far as it is public; inside the office officers see the name beside that.
func (l AwardLine) Partner(w *lang.Locale) page.Cell {
	switch {
	case !l.Withheld:
		return page.Cell{Text: l.Name}
	case l.Grantee != "":
		return page.Cell{Text: l.Grantee, Sub: w.T("programme.partner.withheld.outside")}
	}
	return page.Cell{Text: w.T("programme.partner.withheld")}
}

func (l AwardLine) place(w *lang.Locale) string {
	if l.PlaceWithheld {
		return w.T("programme.place.withheld")
	}
	if l.Country == "" {
		return ""
	}
	return w.Country(l.Country)
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	leaf, err := register.Leafed(ctx, r, rm.Store, Path, access.KindAward, map[string]string{"what": string(Grant)}, order)
	if err != nil {
		return nil, err
	}
	t := tableOf(l, "grant.title", "grant.partner", "grant.field.amount", "grant.field.country", "grant.period", "grant.instalments", "grant.state")
	t.Empty = &page.Empty{Icon: "rosette-discount-check", Title: l.T("grant.empty"), Text: l.T("grant.empty.text")}
	for _, x := range leaf.Rows {
		first := x.V.Partner(l)
		first.Href = Path + "/" + x.ID.String()
		if x.V.Project != "" {
			first.Sub = strings.TrimPrefix(first.Sub+" · "+x.V.Project, " · ")
		}
		state := page.Cell{}
		if x.V.Status != "" {
			state = page.Cell{Text: l.T("grant.status." + string(x.V.Status)), Tone: statusTones[x.V.Status]}
		}
		paid := ""
		if x.V.Of > 0 {
			paid = l.T("register.of", "N", l.Number(x.V.Paid), "Of", l.Number(x.V.Of))
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{first, {Text: amount(l, x.V.Amount, x.V.Currency)}, {Text: x.V.place(l)}, {Text: period(l, x.V)}, {Text: paid}, state}})
	}
	d := register.List{Title: l.T("grant.title"), Lead: l.N("grant.count", leaf.N), Crumbs: crumbs(l, "grant.title", Path), Tabs: tabs(l, Path), Table: t}
	leaf.Turn(&d)
	return page.View("register/list", l.T("grant.title"), d), nil
}

func period(l *lang.Locale, x AwardLine) string {
	if !x.Start.Known() && !x.End.Known() {
		return ""
	}
	return party.Between(l, "grant.from_until", x.Start, x.End)
}

func (rm room) award(ctx context.Context, r *page.Request) (Award, error) {
	a, err := load[Award](ctx, rm, r, access.KindAward)
	if err == nil && a.Status == "" {
		err = fault.New(fault.NotFound, "store.not_found")
	}
	return a, err
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.award(ctx, r)
	if err != nil {
		return nil, err
	}
	l, m := r.L, a.Made
	x := summary(a)
	d := register.Record{Crumbs: crumbs(l, "grant.title", Path, page.Crumb{Text: l.T("grant.one")}), Title: page.Cell{Text: m.Project}, History: rm.history(ctx, r, a.History),
		Actions: step.Actions(r, rm.awardSteps(), a, Path+"/"+a.ID.String()), Status: page.Mark{Tone: statusTones[a.Status], Text: l.T("grant.status." + string(a.Status))}}
	who := x.Partner(l)
	if d.Title.Text == "" { // for those who see what is public only
		d.Title.Text = who.Text
	}
	d.Facts = []page.Fact{{Term: l.T("grant.partner"), Text: who.Text, Sub: who.Sub}, {Term: l.T("grant.field.country"), Text: x.place(l)}, {Term: l.T("grant.field.amount"), Text: amount(l, m.Amount, m.Currency)},
		{Term: l.T("grant.period"), Text: period(l, AwardLine{Start: m.Start, End: m.End})}, {Term: l.T("grant.field.decided"), Text: m.Decided.Print(l), Sub: m.Decision}}
	if m.Activity != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.field.activity"), Text: m.Activity, Href: register.ActivityPath(m.Activity)})
	}
	if a.Contract.Number != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.contract"), Text: a.Contract.Number, Sub: a.Contract.On.Print(l)})
	}
	if m.Reason != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.field.withheld_reason"), Text: m.Reason})
	}
	if !m.Call.IsZero() {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.application"), Text: m.Project, Href: ApplicationPath + "/" + m.Application.String()})
	}
	if !a.Funder.IsZero() {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.funder"), Text: rm.names(ctx, r, a.Funder)[a.Funder]})
	}
	if n, waits := a.Next(); n > 0 && waits != "" {
		d.Notes = append(d.Notes, register.Note{Tone: page.Warn, Title: l.T("grant.blocked", "N", l.Number(n)), Text: l.T(waits)})
	}
	if len(m.Instalments) > 0 {
		d.Tables = append(d.Tables, instalmentTable(l, a))
		d.Tables = append(d.Tables, reportTable(l, a))
	}
	for _, p := range a.Reports {
		if p.Judgement == Returned && a.replaced(p) {
			continue // another one stands in its place
		}
		d.Passages = append(d.Passages, register.Passage{Title: l.T("grant.report.of", "Quarter", quarter(l, p.Quarter)), Text: p.Text, Lang: l.Foreign(p.Language), Sub: l.T("grant.spent", "Amount", amount(l, p.Spent, m.Currency))})
		d.Tables = append(d.Tables, helpedTable(l, p))
		if n, err := p.Helped.Told(ctx); p.Judgement == Waiting && (err != nil || n > 0) { // on both sides, before anybody accepts it
			d.Notes = append(d.Notes, register.Note{Tone: page.Bad, Title: l.T("grant.tells", "Quarter", quarter(l, p.Quarter)), Text: l.T("grant.guard.tells")})
		}
	}
	return page.View("register/record", l.T("grant.one"), d), nil
}

func instalmentTable(l *lang.Locale, a Award) page.Table {
	t := tableOf(l, "grant.instalments", "grant.instalment", "grant.field.amount", "grant.due", "grant.state")
	next, waits := a.Next()
	for i, x := range a.Made.Instalments {
		state := page.Cell{Text: l.T("grant.instalment.later"), Tone: page.Off}
		switch {
		case x.Paid.Known():
			state = page.Cell{Text: l.T("grant.instalment.paid"), Tone: page.Good, Sub: x.Paid.Print(l)}
		case i+1 == next && waits != "":
			state = page.Cell{Text: l.T("grant.instalment.blocked"), Tone: page.Bad, Sub: l.T(waits)}
		case i+1 == next:
			state = page.Cell{Text: l.T("grant.instalment.ready"), Tone: page.Info}
		}
		due := ""
		if x.Due.Known() {
			due = x.Due.Print(l)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.Number(i + 1)}, {Text: amount(l, x.Amount, a.Made.Currency)}, {Text: due}, state}})
	}
	return t
}

func quarter(l *lang.Locale, s string) string {
	q, err := figure.ParseQuarter(s)
	if err != nil {
		return s
	}
	return l.T("programme.quarter", "N", q.N, "Year", q.String()[:4])
}

func reportTable(l *lang.Locale, a Award) page.Table {
	t := tableOf(l, "grant.reports", "grant.quarter", "grant.instalment", "grant.written", "grant.people", "grant.state")
	t.Empty = &page.Empty{Icon: "report", Title: l.T("grant.reports.none")}
	for _, p := range a.Reports {
		key := string(p.Judgement)
		if p.Judgement == Waiting {
			key = "waiting"
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: quarter(l, p.Quarter)}, {Text: l.Number(p.Instalment)}, {Text: written(l, p.At)}, {Text: told(l, p.Helped.Total)},
			{Text: l.T("grant.judgement." + key), Tone: judgementTones[p.Judgement], Sub: p.Reason}}})
	}
	return t
}

// written prints the day of a report.
func written(l *lang.Locale, day string) string {
	d, err := party.ParseDate(day)
	if err != nil {
		return day
	}
	return d.Print(l)
}

// told prints a protected number.
func told(l *lang.Locale, code string) string {
	if code == Hidden {
		return l.T("grant.hidden")
	}
	return code
}

func helpedTable(l *lang.Locale, p Report) page.Table {
	t := tableOf(l, "grant.people", "grant.group", "grant.since.new", "grant.since.before", "grant.total")
	t.Caption = l.T("grant.people.of", "Quarter", quarter(l, p.Quarter), "K", l.Number(p.Helped.K))
	for i := 1; i < len(t.Columns); i++ {
		t.Columns[i].Num = true
	}
	row := func(name string, codes ...string) {
		cells := []page.Cell{{Text: name}}
		for _, c := range codes {
			cells = append(cells, page.Cell{Text: told(l, c)})
		}
		t.Rows = append(t.Rows, page.Row{Cells: cells})
	}
	for i, g := range Groups() {
		if i < len(p.Helped.Cells) {
			row(l.T("grant.group."+g), append(slices.Clone(p.Helped.Cells[i]), p.Helped.Rows[i])...)
		}
	}
	if !p.Helped.IsZero() {
		row(l.T("grant.total"), append(slices.Clone(p.Helped.Cols), p.Helped.Total)...)
	}
	return t
}

func (rm room) askAward(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.award(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.awardSteps(), a, rm.Store.NewID())
}

func (rm room) doAward(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.award(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.awardSteps(), a)
}

func awardPath(a Award) string { return Path + "/" + a.ID.String() }

func awardCrumbs(l *lang.Locale, a Award, key string) []page.Crumb {
	return crumbs(l, "grant.title", Path, page.Crumb{Text: l.T("grant.one"), Href: awardPath(a)}, page.Crumb{Text: l.T(key)})
}
