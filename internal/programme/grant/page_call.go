// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

var callTones = map[CallState]string{Draft: page.Off, Open: page.Good, Closed: page.Info, Final: page.Info}

var stageTones = map[Stage]string{Received: page.Info, Sent: page.Info, Admitted: page.Good, Refused: page.Bad, Awarded: page.Good, Declined: page.Off, Withdrawn: page.Off}

func (rm room) calls(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	leaf, err := register.Leafed(ctx, r, rm.Store, CallPath, access.KindCall, nil, func(a, b register.Found[CallLine]) int {
		return strings.Compare(callOrder(a.V.Notice)[0], callOrder(b.V.Notice)[0])
	})
	if err != nil {
		return nil, err
	}
	var ids []journal.ID
	for _, x := range leaf.Rows {
		ids = append(ids, x.V.Office)
	}
	names := rm.names(ctx, r, ids...)
	t := tableOf(l, "grant.calls", "grant.call", "grant.field.closes", "grant.field.ceiling", "grant.state", "grant.office")
	t.Empty = &page.Empty{Icon: "file-text", Title: l.T("grant.calls.empty"), Text: l.T("grant.calls.empty.text")}
	for _, x := range leaf.Rows {
		first := register.Excerpt(l, x.V.Title)
		first.Href, first.Sub = CallPath+"/"+x.ID.String(), x.V.Code
		office := l.T("grant.here")
		if !x.V.Office.IsZero() {
			office = names[x.V.Office]
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{first, {Text: x.V.Closes.Print(l)}, {Text: amount(l, x.V.Ceiling, x.V.Currency)}, {Text: l.T("grant.call." + string(x.V.State)), Tone: callTones[x.V.State]}, {Text: office}}})
	}
	d := register.List{Title: l.T("grant.calls"), Lead: l.N("grant.calls.count", leaf.N), Crumbs: crumbs(l, "grant.calls", CallPath), Tabs: tabs(l, CallPath), Table: t}
	leaf.Turn(&d)
	if officer(r) {
		d.Actions = []page.Action{{Text: l.T("grant.act.announce"), Href: CallPath + "/new/act/edit", Icon: "plus", Primary: true}}
	}
	return page.View("register/list", l.T("grant.calls"), d), nil
}

func (rm room) showCall(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := load[Call](ctx, rm, r, access.KindCall)
	if err != nil {
		return nil, err
	}
	if !c.Exists() {
		return nil, fault.New(fault.NotFound, "store.not_found")
	}
	l, n := r.L, c.Notice
	d := register.Record{Crumbs: crumbs(l, "grant.calls", CallPath, page.Crumb{Text: n.Code}), Title: register.Quote(l, n.Title), Status: page.Mark{Tone: callTones[c.State], Text: l.T("grant.call." + string(c.State))},
		Passages: register.Passages(l, l.T("grant.field.text"), n.Text), Notes: register.Wanting(l, n.Title), History: rm.history(ctx, r, c.History),
		Actions: step.Actions(r, rm.callSteps(), c, CallPath+"/"+c.ID.String())}
	d.Facts = []page.Fact{{Term: l.T("grant.field.code"), Text: n.Code}, {Term: l.T("grant.field.closes"), Text: n.Closes.Print(l)}, {Term: l.T("grant.field.ceiling"), Text: amount(l, n.Ceiling, n.Currency)}}
	d.Facts = append(d.Facts, register.StateFacts(l, n.Title)...)
	if n.Activity != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.field.activity"), Text: n.Activity, Href: register.ActivityPath(n.Activity)})
	}
	if !c.Office.IsZero() {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("grant.office"), Text: rm.names(ctx, r, c.Office)[c.Office]})
	}
	d.Tables = append(d.Tables, rulesTable(l, n), criteriaTable(l, n))
	more, err := rm.callTables(ctx, r, c)
	d.Tables = append(d.Tables, more...)
	return page.View("register/record", l.T("grant.call"), d), err
}

// rule says a rule in words.
func rule(l *lang.Locale, n Notice, code RuleCode) string {
	i := slices.IndexFunc(n.Rules, func(r Rule) bool { return r.Rule == code })
	if i < 0 {
		return l.T("grant.rule." + string(code))
	}
	switch code {
	case Registered:
		return l.N("grant.rule.registered.years", n.Rules[i].Least)
	case Seat:
		return l.T("grant.rule.seat.in", "Countries", register.Countries(l, n.Rules[i].Countries))
	case Within:
		return l.T("grant.rule.within.of", "Amount", amount(l, n.Ceiling, n.Currency))
	}
	return l.T("grant.rule." + string(code))
}

func rulesTable(l *lang.Locale, n Notice) page.Table {
	t := tableOf(l, "grant.rules", "grant.rule")
	t.Empty = &page.Empty{Icon: "list-check", Title: l.T("grant.rules.none")}
	for _, code := range RuleCodes() {
		if slices.ContainsFunc(n.Rules, func(r Rule) bool { return r.Rule == code }) {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: rule(l, n, code)}}})
		}
	}
	return t
}

func criteriaTable(l *lang.Locale, n Notice) page.Table {
	t := tableOf(l, "grant.criteria", "grant.criterion", "grant.weight")
	t.Columns[1].Num = true
	for _, c := range n.Criteria {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{register.Quote(l, c.Name), {Text: l.Number(c.Weight)}}})
	}
	return t
}

// callTables are what is internal of a call: its panel, the applications, the ranking.
func (rm room) callTables(ctx context.Context, r *page.Request, c Call) ([]page.Table, error) {
	l := r.L
	rows, err := all[ApplicationLine](ctx, rm, r, access.KindApplication, map[string]string{"call": c.ID.String()})
	if err != nil {
		return nil, err
	}
	inorder.By(rows, func(a, b register.Found[ApplicationLine]) int {
		return strings.Compare(a.V.Applicant+a.ID.String(), b.V.Applicant+b.ID.String())
	})
	titles := map[journal.ID]page.Cell{}
	applications := tableOf(l, "grant.applications", "grant.field.applicant", "grant.field.amount", "grant.state")
	for _, x := range rows {
		titles[x.ID] = page.Cell{Text: x.V.Applicant, Href: ApplicationPath + "/" + x.ID.String(), Sub: x.V.Title}
		sub := ""
		for _, f := range x.V.Failed {
			sub = strings.TrimPrefix(sub+"; "+rule(l, c.Notice, f), "; ")
		}
		applications.Rows = append(applications.Rows, page.Row{Cells: []page.Cell{titles[x.ID], {Text: amount(l, x.V.Amount, c.Notice.Currency)}, {Text: l.T("grant.stage." + string(x.V.Stage)), Tone: stageTones[x.V.Stage], Sub: sub}}})
	}
	var out []page.Table
	if len(c.Ranking) > 0 {
		t := tableOf(l, "grant.ranking", "grant.rank", "grant.field.applicant", "grant.mean", "grant.spread", "grant.scored_by")
		for i := range t.Columns {
			t.Columns[i].Num = i != 1
		}
		for _, p := range c.Ranking {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.Number(p.Rank)}, titles[p.Application], {Text: percent(l, p.Mean)},
				{Text: percent(l, p.Spread()), Sub: l.T("grant.from_to", "Low", percent(l, p.Low), "High", percent(l, p.High))}, {Text: l.Number(p.Scores)}}})
		}
		out = append(out, t)
	}
	if len(rows) > 0 {
		out = append(out, applications)
	}
	if len(c.Panel) > 0 {
		names := rm.names(ctx, r, ids(c.Panel)...)
		t := tableOf(l, "grant.panel", "grant.assessor", "grant.bound")
		for _, m := range c.Panel {
			bound := l.Clauses(m.Bound)
			if bound == "" {
				bound = l.T("grant.bound.none")
			}
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: names[m.Assessor]}, {Text: bound}}})
		}
		out = append(out, t)
	}
	return out, nil
}

func (rm room) askCall(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := load[Call](ctx, rm, r, access.KindCall)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.callSteps(), c, rm.Store.NewID())
}

func (rm room) doCall(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := load[Call](ctx, rm, r, access.KindCall)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.callSteps(), c)
}

func (c Call) own(states ...CallState) bool {
	return c.Office.IsZero() && slices.Contains(states, c.State)
}

func (rm room) callSteps() []step.Step[Call] {
	when := func(states ...CallState) func(*page.Request, Call) bool {
		return func(r *page.Request, c Call) bool { return officer(r) && c.own(states...) }
	}
	return []step.Step[Call]{
		{Name: "edit", Icon: "edit", Text: "grant.act.announce", Can: when("", Draft), Ask: rm.askNotice, Do: rm.doNotice},
		{Name: "open", Icon: "speakerphone", Text: "grant.act.open", Primary: true, Can: when(Draft), Ask: rm.askPlain("grant.open.lead"), Do: rm.doOpen},
		{Name: "send", Icon: "send", Text: "grant.act.send_call", Can: func(r *page.Request, c Call) bool { return officer(r) && c.own(Open) && rm.Offices != nil }, Ask: rm.askSend, Do: rm.doSend},
		{Name: "apply", Icon: "plus", Text: "grant.act.apply", Primary: true, Can: func(r *page.Request, c Call) bool { return officer(r) && c.State == Open }, Ask: rm.askApply, Do: rm.doApply},
		{Name: "panel", Icon: "users", Text: "grant.act.panel", Can: when(Draft, Open, Closed), Ask: rm.askPanel, Do: rm.doPanel},
		{Name: "close", Icon: "lock", Text: "grant.act.close", Can: when(Open), Ask: rm.askPlain("grant.close.lead"), Do: rm.doClose},
		{Name: "rank", Icon: "list-details", Text: "grant.act.rank", Primary: true, Can: when(Closed), Ask: rm.askRank, Do: rm.doRank},
	}
}

func callCrumbs(l *lang.Locale, c Call, key string) []page.Crumb {
	if !c.Exists() {
		return crumbs(l, "grant.calls", CallPath, page.Crumb{Text: l.T(key)})
	}
	return crumbs(l, "grant.calls", CallPath, page.Crumb{Text: c.Notice.Code, Href: CallPath + "/" + c.ID.String()}, page.Crumb{Text: l.T(key)})
}

func callPath(c Call) string { return CallPath + "/" + c.ID.String() }

// askPlain asks for the day only.
func (rm room) askPlain(lead string) func(context.Context, *page.Request, Call, *step.Typed) (register.Form, error) {
	return func(_ context.Context, r *page.Request, c Call, t *step.Typed) (register.Form, error) {
		t.Or("on", today(r))
		return register.Form{Lead: r.L.T(lead), Crumbs: callCrumbs(r.L, c, "grant.call"), Cancel: callPath(c), Fields: []register.Field{date(r.L, t, "on")}}, nil
	}
}

func (rm room) askNotice(ctx context.Context, r *page.Request, c Call, t *step.Typed) (register.Form, error) {
	l, n := r.L, c.Notice
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return register.Form{}, err
	}
	f := register.Form{Lead: l.T("grant.announce.lead"), Crumbs: callCrumbs(l, c, "grant.act.announce"), Cancel: CallPath}
	if c.Exists() {
		f.Cancel = callPath(c)
	} else {
		t.Or("dossier", rm.Store.NewID().String())
		f.Fields = []register.Field{{Kind: "hidden", Name: "dossier", Value: t.Text("dossier")}}
		n = usual(l)
	}
	noticed(l, t, n)
	f.Fields = append(f.Fields, text(l, t, "code"), register.Field{Kind: "select", Name: "language", Label: l.T("register.language"), Options: register.Languages(l), Value: t.Text("language")}, register.ShownField(t.Text("language")),
		text(l, t, "title"), register.Optional(area(l, t, "text", 6)), around.ActivityChoice(register.Optional(choice(l, t, "activity", nil))), date(l, t, "closes"), register.Optional(text(l, t, "ceiling")), choice(l, t, "currency", currencies()),
		checks(l, t, "rules", register.Codes(l, "grant.rule.", RuleCodes())), register.Optional(text(l, t, "years")), checks(l, t, "countries", around.CountryOptions(l, n.countries()...)), area(l, t, "criteria", 6))
	return f, nil
}
