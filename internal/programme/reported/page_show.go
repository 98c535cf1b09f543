// SPDX-License-Identifier: EUPL-1.2

package reported

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// How many transactions, results and lines of one result a page shows; the rest is counted, and in the sums.
const (
	shownMoney   = 100
	shownResults = 50
	shownPeriods = 200
)

type showPage struct {
	Crumbs   []page.Crumb
	Title    page.Cell
	Passages []register.Passage // the title and what is said of it, in every language
	Facts    []page.Fact
	Partners page.Table
	Budgets  page.Table
	Sums     page.Table
	Wrong    string // how many amounts are no numbers
	Money    page.Table
	Rest     string // how many transactions are not shown
	Results  []resultView
	More     string // how many results are not shown
}

type resultView struct {
	Title page.Cell
	Type  string
	Table page.Table
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), store.Ref{Kind: access.KindActivity, ID: id})
	if err != nil {
		return nil, err
	}
	a, ok := o.State.(activity.Activity)
	if !ok || a.Reported.Identifier == "" {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	l, e := r.L, a.Reported.Record
	title := e.Title()
	d := showPage{Crumbs: crumbs(l, page.Crumb{Text: l.T("reported.title"), Href: Path}, page.Crumb{Text: a.Reported.Identifier}), Title: register.Quote(l, title), Facts: facts(l, a), Partners: partners(l, e), Budgets: budgets(l, e)}
	if d.Title.Text == "" {
		d.Title.Text = a.Reported.Identifier
	}
	if len(title.By) > 1 {
		d.Passages = passages(l, l.T("reported.name"), title)
	}
	for _, x := range e.All("description") {
		d.Passages = append(d.Passages, passages(l, l.T("reported.description"), e.Words(x))...)
	}
	d.money(l, e)
	results := e.All("result")
	for _, x := range results[:min(len(results), shownResults)] {
		d.Results = append(d.Results, result(l, e, x))
	}
	if n := len(results) - shownResults; n > 0 {
		d.More = l.N("reported.results.more", n)
	}
	return page.View("reported/show", l.T("reported.one"), d), nil
}

// passages gives a text in all its languages, the reader's first. The standard does not say which one is the original.
func passages(l *lang.Locale, title string, t wording.Text) []register.Passage {
	first := t.In(l.Tag()).Language
	tags := slices.DeleteFunc(t.Languages(), func(tag string) bool { return tag == first })
	var out []register.Passage
	for _, tag := range append([]string{first}, tags...) {
		if text := t.By[tag].Text; text != "" {
			out = append(out, register.Passage{Title: title, Text: text, Lang: l.Foreign(tag), Sub: l.T("reported.in", "Language", languageName(l, tag))})
		}
	}
	return out
}

func languageName(l *lang.Locale, tag string) string {
	if tag == record.Undetermined {
		return l.T("page.unknown")
	}
	return l.Language(tag)
}

// word gives a code of the standard's lists in words; the code itself where there are none.
func word(l *lang.Locale, list, code string) string {
	if key := "reported." + list + "." + code; code != "" && l.Has(key) {
		return l.T(key)
	}
	return code
}

func facts(l *lang.Locale, a activity.Activity) []page.Fact {
	e := a.Reported.Record
	publisher := e.First("reporting-org")
	out := []page.Fact{{Term: l.T("reported.identifier"), Text: a.Reported.Identifier}, {Term: l.T("reported.publisher"), Text: e.Words(publisher).In(l.Tag()).Text, Sub: publisher.Attr["ref"]},
		{Term: l.T("reported.status"), Text: word(l, "status", e.First("activity-status").Attr["code"])}}
	for _, typ := range Dates() {
		if day := e.Date(typ); day.Known() {
			out = append(out, page.Fact{Term: l.T("reported.date." + typ), Text: day.Print(l)})
		}
	}
	var where []string
	for _, c := range e.All("recipient-country") {
		where = append(where, shared(l, l.Country(strings.ToUpper(c.Attr["code"])), c))
	}
	for _, c := range e.All("recipient-region") {
		where = append(where, shared(l, cmp.Or(e.Words(c).In(l.Tag()).Text, l.T("reported.region", "Code", c.Attr["code"])), c))
	}
	out = append(out, page.Fact{Term: l.T("reported.country"), Text: l.List(where)})
	var sectors []string
	for _, s := range e.All("sector") {
		sectors = append(sectors, shared(l, cmp.Or(e.Words(s).In(l.Tag()).Text, s.Attr["code"]), s))
	}
	out = append(out, page.Fact{Term: l.T("reported.sectors"), Text: l.List(sectors)})
	if n := len(a.History); n > 0 {
		out = append(out, page.Fact{Term: l.T("reported.brought_in"), Text: l.Date(a.History[n-1].At), Sub: l.N("reported.versions", n)})
	}
	return out
}

// shared adds the share that a country, region or sector has, as it is reported.
func shared(l *lang.Locale, name string, e record.Element) string {
	if p := e.Attr["percentage"]; p != "" {
		return l.T("reported.share", "Name", name, "Percent", l.Decimal(p))
	}
	return name
}

func heads(l *lang.Locale, keys ...string) []page.Column {
	var out []page.Column
	for _, k := range keys {
		out = append(out, page.Column{Text: l.T("reported." + k), Num: k == "amount" || k == "sum" || k == "entries"})
	}
	return out
}

func partners(l *lang.Locale, e record.Element) page.Table {
	t := page.Table{Caption: l.T("reported.partners"), Columns: heads(l, "organisation", "role"), Empty: &page.Empty{Icon: "affiliate", Title: l.T("reported.partners.none")}}
	for _, p := range e.All("participating-org") {
		name := register.Quote(l, e.Words(p))
		if name.Text == "" {
			name = page.Cell{Text: p.Attr["ref"]}
		} else {
			name.Sub = p.Attr["ref"]
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{name, {Text: word(l, "role", p.Attr["role"])}}})
	}
	return t
}

func budgets(l *lang.Locale, e record.Element) page.Table {
	t := page.Table{Caption: l.T("reported.budgets"), Columns: heads(l, "period", "amount")}
	for _, b := range e.All("budget") {
		v := b.First("value")
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: between(l, b)}, {Text: amount(l, v.Text, cmp.Or(v.Attr["currency"], e.Attr["default-currency"]))}}})
	}
	return t
}

// money makes the sums, which are of all transactions, and the list, which shows the latest.
func (d *showPage) money(l *lang.Locale, e record.Element) {
	sums, wrong := Sums(e.Transactions())
	d.Sums = page.Table{Caption: l.T("reported.sums"), Columns: heads(l, "type", "entries", "sum"), Empty: &page.Empty{Icon: "chart-bar", Title: l.T("reported.money.none")}}
	for _, s := range sums {
		d.Sums.Rows = append(d.Sums.Rows, page.Row{Cells: []page.Cell{{Text: word(l, "type", s.Type)}, {Text: l.Number(s.Count)}, {Text: amount(l, s.Total, s.Currency)}}})
	}
	if wrong > 0 {
		d.Wrong = l.N("reported.money.wrong", wrong)
	}
	list := e.All("transaction")
	inorder.Stably(list, func(a, b record.Element) int {
		return cmp.Compare(b.First("transaction-date").Attr["iso-date"], a.First("transaction-date").Attr["iso-date"])
	})
	d.Money = page.Table{Caption: l.T("reported.money"), Columns: heads(l, "day", "type", "what_for", "amount")}
	for _, t := range list[:min(len(list), shownMoney)] {
		v := t.First("value")
		d.Money.Rows = append(d.Money.Rows, page.Row{Cells: []page.Cell{{Text: day(l, t.First("transaction-date").Attr["iso-date"])}, {Text: word(l, "type", t.First("transaction-type").Attr["code"])},
			register.Excerpt(l, e.Words(t.First("description"))), {Text: amount(l, v.Text, cmp.Or(v.Attr["currency"], e.Attr["default-currency"]))}}})
	}
	if n := len(list) - shownMoney; n > 0 {
		d.Rest = l.N("reported.money.more", n)
	}
}

// result shows each period of each indicator as it is reported: what was aimed at, what was reached.
func result(l *lang.Locale, e, x record.Element) resultView {
	v := resultView{Title: register.Quote(l, e.Words(x.First("title"))), Type: word(l, "result", x.Attr["type"])}
	if v.Title.Text == "" {
		v.Title.Text = l.T("reported.result.unnamed")
	}
	v.Table = page.Table{Caption: v.Title.Text, Columns: heads(l, "indicator", "period", "target", "actual")}
	for _, i := range x.All("indicator") {
		name := register.Quote(l, e.Words(i.First("title")))
		name.Sub = word(l, "measure", i.Attr["measure"])
		periods := i.All("period")
		if len(periods) == 0 {
			periods = []record.Element{{}}
		}
		for _, p := range periods {
			if len(v.Table.Rows) == shownPeriods {
				return v
			}
			v.Table.Rows = append(v.Table.Rows, page.Row{Cells: []page.Cell{name, {Text: between(l, p)}, {Text: values(l, p, "target")}, {Text: values(l, p, "actual")}}})
		}
	}
	return v
}

// values lists what a period aims at or reached; several stand beside each other, as nobody says how they add up.
func values(l *lang.Locale, p record.Element, name string) string {
	var out []string
	for _, x := range p.All(name) {
		if v := strings.TrimSpace(x.Attr["value"]); v != "" {
			out = append(out, decimal(l, v))
		}
	}
	return l.Clauses(out)
}

// decimal prints a number with the language's separators; what is none stands as it is.
func decimal(l *lang.Locale, v string) string {
	var s record.Sum
	if !s.Add(v) {
		return v
	}
	return l.Decimal(s.String())
}

func amount(l *lang.Locale, v, currency string) string {
	if v == "" {
		return ""
	}
	return strings.TrimSpace(decimal(l, v) + " " + cmp.Or(currency, l.T("reported.currency.unknown")))
}

func day(l *lang.Locale, iso string) string {
	d, err := party.ParseDate(first(iso))
	if err != nil {
		return iso
	}
	return d.Print(l)
}

// between says when a period of the standard begins and ends.
func between(l *lang.Locale, e record.Element) string {
	from, _ := party.ParseDate(first(e.First("period-start").Attr["iso-date"])) // what is no date is not known
	to, _ := party.ParseDate(first(e.First("period-end").Attr["iso-date"]))
	return span(l, from, to)
}

func first(s string) string { return s[:min(len(s), 10)] }

func span(l *lang.Locale, from, to party.PartialDate) string {
	switch {
	case from.Known() && to.Known():
		return party.Between(l, "programme.dates.range", from, to)
	case from.Known():
		return l.T("programme.dates.from", "From", from.Print(l))
	case to.Known():
		return l.T("programme.dates.until", "To", to.Print(l))
	}
	return ""
}
