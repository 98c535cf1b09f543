// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

// between says who gives to whom.
func (f Flow) between(l *lang.Locale) string {
	switch f.What {
	case Contribution:
		return l.T("grant.flow.to", "From", f.From, "To", f.Fund)
	case Proceeds:
		return l.T("grant.flow.to", "From", f.Campaign, "To", f.Fund)
	}
	if f.Withheld {
		return l.T("grant.flow.to", "From", f.Fund, "To", l.T("programme.partner.withheld"))
	}
	return l.T("grant.flow.to", "From", f.Fund, "To", f.To)
}

func (f Flow) amount(l *lang.Locale) string {
	if !f.Amount.Known() {
		return ""
	}
	return l.T("grant.money", "Amount", f.Amount.Print(l), "Currency", f.Currency)
}

func (f Flow) when(l *lang.Locale) string {
	switch {
	case f.Since.Known():
		return l.T("grant.since", "Date", f.Since.Print(l))
	case f.On.Known():
		return f.On.Print(l)
	}
	return ""
}

// rank says a donor's place as the source states it, and when.
func (f Flow) rank(l *lang.Locale) page.Cell {
	if f.Rank == 0 {
		return page.Cell{}
	}
	c := page.Cell{Text: l.Number(f.Rank)}
	if f.RankOn.Known() {
		c.Sub = l.T("grant.rank.stated", "Date", f.RankOn.Print(l))
	}
	return c
}

func (rm room) funds(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	rows, err := Funds(ctx, rm.Store, register.As(r))
	if err != nil {
		return nil, err
	}
	t := tableOf(l, "grant.funds", "grant.flow", "grant.sort", "grant.field.amount", "grant.flow.when", "grant.donor_rank", "grant.source")
	t.Empty = &page.Empty{Icon: "coin", Title: l.T("grant.funds.empty"), Text: l.T("grant.funds.empty.text")}
	var lines []AwardLine
	for _, x := range rows {
		f := *x.V.Flow
		lines = append(lines, x.V)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: f.between(l), Href: FundPath + "/" + x.ID.String()}, {Text: l.T("grant.what." + string(f.What))}, {Text: f.amount(l)}, {Text: f.when(l)}, f.rank(l), {Text: f.Source.Print(l)}}})
	}
	d := register.List{Title: l.T("grant.funds"), Lead: l.T("grant.funds.lead"), Crumbs: crumbs(l, "grant.funds", FundPath), Tabs: tabs(l, FundPath), Table: t}
	for _, what := range Flows() {
		for _, c := range Currencies() {
			if !slices.ContainsFunc(lines, func(x AwardLine) bool { return x.What == what && x.Flow.Currency == c && x.Flow.Amount.Known() }) {
				continue
			}
			sum, unknown := Total(lines, what, c)
			d.Figures = append(d.Figures, register.Figure{Label: l.T("grant.what." + string(what)), Value: l.T("grant.money", "Amount", sum.Print(l), "Currency", c), Note: l.N("grant.funds.unknown", unknown)})
		}
	}
	if officer(r) {
		d.Actions = []page.Action{{Text: l.T("grant.act.fund"), Href: FundPath + "/new/act/edit", Icon: "plus", Primary: true}}
	}
	return page.View("register/list", l.T("grant.funds"), d), nil
}

func (rm room) fund(ctx context.Context, r *page.Request) (Award, error) {
	a, err := load[Award](ctx, rm, r, access.KindAward)
	if err == nil && a.Status != "" {
		err = fault.New(fault.NotFound, "store.not_found")
	}
	return a, err
}

func (rm room) showFund(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.fund(ctx, r)
	if err == nil && !a.Exists() {
		err = fault.New(fault.NotFound, "store.not_found")
	}
	if err != nil {
		return nil, err
	}
	l, f := r.L, a.Flow
	d := register.Record{Crumbs: crumbs(l, "grant.funds", FundPath, page.Crumb{Text: l.T("grant.flow")}), Title: page.Cell{Text: f.between(l)}, History: rm.history(ctx, r, a.History),
		Actions: step.Actions(r, rm.fundSteps(), a, FundPath+"/"+a.ID.String())}
	rank := f.rank(l)
	d.Facts = []page.Fact{{Term: l.T("grant.sort"), Text: l.T("grant.what." + string(f.What))}, {Term: l.T("grant.field.amount"), Text: f.amount(l)}, {Term: l.T("grant.flow.when"), Text: f.when(l)},
		{Term: l.T("grant.source"), Text: f.Source.Print(l)}}
	if !a.Funder.IsZero() && rm.Names != nil {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.flow.told_by"), Text: rm.Names(ctx, r.Actor.Owner, a.Funder)[a.Funder], Href: "/partners/" + a.Funder.String()})
	}
	if f.What == Contribution {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.donor_rank"), Text: rank.Text, Sub: rank.Sub})
	}
	if f.Country != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.field.country"), Text: l.Country(f.Country)})
	}
	if f.Activity != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.field.activity"), Text: f.Activity, Href: register.ActivityPath(f.Activity)})
	}
	if f.Reason != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.field.withheld_reason"), Text: f.Reason})
	}
	return page.View("register/record", l.T("grant.flow"), d), nil
}

func (rm room) askFund(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.fund(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.fundSteps(), a, rm.Store.NewID())
}

func (rm room) doFund(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.fund(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.fundSteps(), a)
}

func (rm room) fundSteps() []step.Step[Award] {
	return []step.Step[Award]{{Name: "edit", Icon: "edit", Text: "grant.act.fund", Can: func(r *page.Request, a Award) bool { return officer(r) && a.Funder.IsZero() }, Ask: rm.askFlow, Do: rm.doFlow},
		{Name: "tell", Icon: "send", Text: "grant.act.tell_fund", Can: func(r *page.Request, a Award) bool {
			return officer(r) && a.Exists() && a.Funder.IsZero() && rm.Offices != nil
		}, Ask: rm.askTell, Do: rm.doTell}}
}

// askTell asks which office is told what stands here.
func (rm room) askTell(ctx context.Context, r *page.Request, a Award, t *step.Typed) (register.Form, error) {
	offices, err := rm.Offices(ctx, r)
	return register.Form{Lead: r.L.T("grant.tell_fund.lead"), Crumbs: crumbs(r.L, "grant.funds", FundPath, page.Crumb{Text: r.L.T("grant.act.tell_fund")}), Cancel: FundPath + "/" + a.ID.String(),
		Fields: []register.Field{choice(r.L, t, "office", offices)}}, err
}

func (rm room) doTell(ctx context.Context, r *page.Request, a Award, t *step.Typed, entry journal.ID) (string, error) {
	to := t.ID("office")
	return FundPath + "/" + a.ID.String(), rm.write(ctx, r, t, access.KindAward, a.ID, entry, FlowToldType, FlowTold{to})
}

func (rm room) askFlow(ctx context.Context, r *page.Request, a Award, t *step.Typed) (register.Form, error) {
	l, f := r.L, a.Flow
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return register.Form{}, err
	}
	out := register.Form{Lead: l.T("grant.fund.lead"), Crumbs: crumbs(l, "grant.funds", FundPath, page.Crumb{Text: l.T("grant.act.fund")}), Cancel: FundPath}
	if a.Exists() {
		out.Cancel = FundPath + "/" + a.ID.String()
		t.Or("what", string(f.What))
	} else {
		t.Or("dossier", rm.Store.NewID().String())
		out.Fields = []register.Field{{Kind: "hidden", Name: "dossier", Value: t.Text("dossier")}}
	}
	t.Spell("amount", f.Amount)
	if f.Rank > 0 {
		t.Or("rank", strconv.Itoa(f.Rank))
	}
	for name, v := range map[string]string{"fund": f.Fund, "from": f.From, "to": f.To, "campaign": f.Campaign, "country": f.Country, "currency": f.Currency, "since": f.Since.String(), "on": f.On.String(), "rank_on": f.RankOn.String(),
		"activity": f.Activity, "source": f.Source.Document, "lines": f.Source.Lines, "withheld_reason": f.Reason} {
		t.Or(name, v)
	}
	if f.Withheld {
		t.Or("withhold", "partner")
	}
	recipient := register.Optional(text(l, t, "to"))
	recipient.Label = l.T("grant.field.recipient")
	out.Fields = append(out.Fields, choice(l, t, "what", register.Codes(l, "grant.what.", Flows())), text(l, t, "fund"), register.Optional(text(l, t, "from")), register.Optional(text(l, t, "campaign")), recipient)
	out.Fields = append(out.Fields, step.UncertainFields(l, t, "amount", l.T("grant.field.amount"))...)
	out.Fields = append(out.Fields, register.Optional(choice(l, t, "currency", currencies())), register.Optional(date(l, t, "since")), register.Optional(date(l, t, "on")), register.Optional(text(l, t, "rank")), register.Optional(date(l, t, "rank_on")),
		register.Optional(choice(l, t, "country", around.CountryOptions(l))), around.ActivityChoice(register.Optional(choice(l, t, "activity", nil))), text(l, t, "source"), register.Optional(text(l, t, "lines")),
		checks(l, t, "withhold", withheldOptions(l)[:1]), register.Optional(area(l, t, "withheld_reason", 2)))
	return out, nil
}

func (rm room) doFlow(ctx context.Context, r *page.Request, a Award, t *step.Typed, entry journal.ID) (string, error) {
	id := a.ID
	if !a.Exists() {
		id = t.ID("dossier")
	}
	f := Flow{What: What(t.Text("what")), Fund: t.Text("fund"), From: t.Text("from"), To: t.Text("to"), Campaign: t.Text("campaign"), Withheld: len(t.Many("withhold")) > 0, Country: t.Text("country"), Amount: t.Uncertain("amount"),
		Currency: t.Text("currency"), Since: t.Date("since"), On: t.Date("on"), Rank: int(t.Number("rank")), RankOn: t.Date("rank_on"), Activity: t.Text("activity"),
		Source: party.Source{Document: t.Text("source"), Lines: t.Text("lines")}, Reason: t.Text("withheld_reason")}
	if id.IsZero() {
		return "", fault.New(fault.Invalid, "page.fault.form")
	}
	return FundPath + "/" + id.String(), rm.write(ctx, r, t, access.KindAward, id, entry, FlowType, f)
}
