// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/query"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/prosecute/proceeding"
)

// figuresRoom mounts the figures that offices told everywhere; those that count people can tell them.
func (n *Node) figuresRoom(o Owner) (page.Room, bool, error) {
	c := figure.Config{Store: n.Store, Names: n.names}
	if len(n.sources(o)) > 0 {
		c.Tells = &figure.Tells{May: n.sendsFigures, Measures: func() []string { return n.tellable(o) }, Countries: n.partnerCountries, Programmes: n.figureReaders,
			Count: func(ctx context.Context, r *page.Request, a figure.Asked) (figure.Table, []query.Said, error) {
				t, qs, err := n.countTable(ctx, o, a.Measure, a.Period, a.Country)
				var said []query.Said
				for _, q := range qs {
					if s, err := n.sources(o).Find(q.Source); err == nil {
						said = append(said, q.Say(r.L, s))
					}
				}
				return t, said, err
			},
			Tell: func(ctx context.Context, r *page.Request, to journal.ID, t figure.Table) (bool, error) {
				return n.figures().SendTable(ctx, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, to, t)
			}}
	}
	return figure.Room(c), true, nil
}

// tellable lists the measures that an office's sources can count.
func (n *Node) tellable(o Owner) []string {
	var out []string
	for _, m := range figure.Measures() {
		if slices.ContainsFunc(tallies[m.Code], func(c tally) bool { _, err := n.sources(o).Find(c.source); return err == nil }) && (m.Code != "screenings" || o.Kind == access.Assistance) {
			out = append(out, m.Code)
		}
	}
	return out
}

// partnerCountries lists the countries or territories of an office's partners, but for its own.
func (n *Node) partnerCountries(ctx context.Context, r *page.Request) ([]page.Option, error) {
	o, err := n.settingsOf(r.Actor.Owner)
	if err != nil {
		return nil, err
	}
	known, _, err := n.partners(ctx, r)
	var out []page.Option
	for _, s := range known {
		if s.Country != o.Country && !slices.ContainsFunc(out, func(x page.Option) bool { return x.Value == s.Country }) {
			out = append(out, page.Option{Value: s.Country, Text: r.L.Country(s.Country)})
		}
	}
	inorder.By(out, func(a, b page.Option) int {
		return cmp.Or(strings.Compare(a.Text, b.Text), strings.Compare(a.Value, b.Value))
	})
	return out, err
}

// figureReaders lists the offices to which sharing terms let figures go.
func (n *Node) figureReaders(ctx context.Context, r *page.Request) ([]page.Option, error) {
	return n.covering(ctx, r, figure.Purpose, []journal.Category{journal.D9})
}

// tally is one query behind a measure, and how its figure goes into the measure's numbers.
type tally struct {
	source string
	by     []string
	where  map[string][]string // besides what the measure narrows to
	put    func(f query.Figure, add func(cell string, n int64))
}

// narrows gives what a measure's queries are narrowed to, with what this one is besides.
func (c tally) narrows(where map[string][]string) map[string][]string {
	if c.where == nil {
		return where
	}
	out := maps.Clone(where)
	maps.Copy(out, c.where)
	return out
}

// tallies say how each measure is counted.
var tallies = map[string][]tally{
	"referrals": {{"referrals", []string{"reached", "age"}, nil, putReferrals}, {"referrals", []string{"days"}, nil, putDays}},
	"requests":  {{"requests", []string{"in_time"}, nil, putRequests("request")}, {"inquiries", []string{"in_time"}, nil, putRequests("inquiry")}},
	"screenings": {{"screenings", []string{"led", "age"}, nil, putScreenings}, {"screenings", []string{"led", "identified"}, nil, func(f query.Figure, add func(string, int64)) {
		yes := f.Count("yes", "yes") + f.Count("no", "yes")
		add("identified", yes)
		add("not_identified", f.Count("yes")+f.Count("no")-yes)
	}}},
	"rights": {{"rights", []string{"told"}, nil, func(f query.Figure, add func(string, int64)) {
		add("people", f.Total)
		add("told", f.Count("own_language"))
		add("not_told", f.Total-f.Count("own_language"))
	}}, {"rights", []string{"applied"}, nil, putYes("applied")}, {"rights", []string{"received"}, nil, putYes("received")}},
	"detected": {{"persons", []string{"age"}, nil, func(f query.Figure, add func(string, int64)) {
		add("people", f.Total)
		putParts("people", figure.Ages())(f, add)
	}}, {"persons", []string{"sex"}, nil, func(f query.Figure, add func(string, int64)) {
		for _, p := range figure.Sexes() {
			add("people."+p, f.Count(figure.SexOf(p)))
		}
	}}, {"persons", []string{"forms"}, nil, putForms("people")}},
	"prosecutions": {{"prosecutions", nil, nil, func(f query.Figure, add func(string, int64)) { add("prosecuted", f.Total) }}, {"prosecutions", []string{"forms"}, nil, putForms("prosecuted")},
		{"judgments", []string{"outcome"}, nil, func(f query.Figure, add func(string, int64)) {
			add("judged", f.Total)
			for _, outcome := range proceeding.Outcomes() {
				add(outcome, f.Count(outcome))
			}
		}}, {"judgments", []string{"forms"}, map[string][]string{"outcome": proceeding.Outcomes()[:1]}, putForms("convicted")}},
}

// where narrows the queries of a measure beyond its period: referrals that were accepted, prosecutions in the office's own country
// under articles that figures of them count.
func where(measure, own, country string) map[string][]string {
	switch measure {
	case "prosecutions":
		return map[string][]string{"country": {own}, "core": {"yes"}}
	case "referrals":
		return map[string][]string{"to": {country}, "answer": {"accepted"}}
	case "requests":
		return map[string][]string{"to": {country}, "in_time": source.Is()}
	}
	return nil
}

// putForms tells, of each form, of whom it was said and of whom it was not: forms overlap.
func putForms(whole string) func(query.Figure, func(string, int64)) {
	return func(f query.Figure, add func(string, int64)) {
		for _, form := range figure.Forms() {
			add(whole+"."+form, f.Count(form))
			add(whole+".not_"+form, f.Total-f.Count(form))
		}
	}
}

func putParts(whole string, parts []string) func(query.Figure, func(string, int64)) {
	return func(f query.Figure, add func(string, int64)) {
		for _, p := range parts {
			add(whole+"."+p, f.Count(p))
		}
	}
}

func putYes(cell string) func(query.Figure, func(string, int64)) {
	return func(f query.Figure, add func(string, int64)) {
		add(cell, f.Count("yes"))
		add("not_"+cell, f.Total-f.Count("yes"))
	}
}

func putReferrals(f query.Figure, add func(string, int64)) {
	add("accepted", f.Total)
	add("completed", f.Count("yes"))
	add("not_completed", f.Total-f.Count("yes"))
	for _, age := range figure.Ages() {
		add("accepted."+age, f.Count("yes", age)+f.Count("no", age)+f.Count(source.Unknown, age))
		add("completed."+age, f.Count("yes", age))
	}
}

func putDays(f query.Figure, add func(string, int64)) {
	for _, c := range f.Cells {
		add("days."+figure.SpanOf(c.Key[0]), c.Count)
	}
}

func putRequests(sort string) func(query.Figure, func(string, int64)) {
	return func(f query.Figure, add func(string, int64)) {
		for cell, n := range map[string]int64{"due": f.Total, "in_time": f.Count("yes"), "late": f.Count("no")} {
			add(cell, n)
			add(cell+"."+sort, n)
		}
	}
}

func putScreenings(f query.Figure, add func(string, int64)) {
	add("screened", f.Count("yes")+f.Count("no"))
	add("led", f.Count("yes"))
	add("not_led", f.Count("no"))
	for _, age := range figure.Ages() {
		add("screened."+age, f.Count("yes", age)+f.Count("no", age))
		add("led."+age, f.Count("yes", age))
	}
}

// countTable counts a measure of an office and protects it: the numbers that may leave, and the queries behind them. Errors:
// Invalid for what is no measure, period or country; Denied in an office that cannot count it.
func (n *Node) countTable(ctx context.Context, o Owner, measure, period, country string) (figure.Table, []query.Query, error) {
	m, ok := figure.Find(measure)
	if !ok {
		return figure.Table{}, nil, fault.Bad("measure", "programme.need.measure")
	}
	from, until, err := figure.Span(period)
	if err != nil {
		return figure.Table{}, nil, err
	}
	if !slices.Contains(n.tellable(o), measure) {
		return figure.Table{}, nil, fault.New(fault.Denied, "fault.denied")
	}
	who, err := n.Job(o.ID, "statistics", access.ForStatistics)
	if err != nil {
		return figure.Table{}, nil, err
	}
	numbers, queries, err := n.count(ctx, o, who, tallies[measure], query.Query{From: from.Format(time.DateOnly), Until: until.AddDate(0, 0, -1).Format(time.DateOnly), Where: where(measure, o.Country, country)})
	if err != nil {
		return figure.Table{}, nil, err
	}
	t := figure.Table{Measure: measure, From: o.Country, To: country, Period: period, K: o.Threshold}
	for _, q := range queries {
		t.Queries = append(t.Queries, q.Hash())
	}
	post, err := n.Job(o.ID, "post", access.ForExchange)
	if err != nil {
		return t, nil, err
	}
	last, err := n.figures().Last(ctx, post, t)
	if err != nil {
		return t, nil, err
	}
	if t.Cells, err = m.Protect(ctx, numbers, o.Threshold, last.Cells); err != nil {
		return t, nil, err
	}
	return t, queries, t.Check(ctx)
}

// count runs the queries that the office has sources for, each once, and adds up what they come to.
func (n *Node) count(ctx context.Context, o Owner, who store.Who, cs []tally, like query.Query) (map[string]int64, []query.Query, error) {
	numbers, sources := map[string]int64{}, n.sources(o)
	var queries []query.Query
	for _, c := range cs {
		s, err := sources.Find(c.source)
		if err != nil { // another kind of office counts it
			continue
		}
		q := like
		q.Source, q.Version, q.By, q.Where = s.Code, s.Version, c.by, c.narrows(like.Where)
		f, err := n.figureOf(ctx, sources, s, who, q)
		if err != nil {
			return nil, nil, err
		}
		queries = append(queries, q)
		c.put(f, func(cell string, n int64) { numbers[cell] += n })
	}
	return numbers, queries, nil
}

// figureOf runs a query, unless it is known since anything that it reads changed; what depends on the day is asked anew each day.
func (n *Node) figureOf(ctx context.Context, sources source.Sources, s source.Source, who store.Who, q query.Query) (query.Figure, error) {
	what := "query " + q.Hash() + " " + n.Clock.Now().UTC().Format(time.DateOnly) + " " + strconv.FormatBool(n.Settings.Demo)
	return store.Remembered(n.Store, who, s.Kinds, what, func() (query.Figure, error) { return query.Run(ctx, sources, who, q) })
}

// TellIn asks to count a measure and to tell the protected table to a programme's office.
type TellIn struct {
	Of
	Measure string     `json:"measure"`
	Period  string     `json:"period"`            // "2026-Q3", or "2026"
	Country string     `json:"country,omitempty"` // the other one, of a measure between two
	To      journal.ID `json:"to"`                // the programme's office
}

// ToldOut is what was told; the exact numbers are not in it. Queries are the texts that were counted.
type ToldOut struct {
	Table   figure.Table  `json:"table"`
	Sent    bool          `json:"sent"` // false when it had not changed
	Queries []query.Query `json:"queries"`
}

func opTell(ctx context.Context, n *Node, in TellIn) (ToldOut, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return ToldOut{}, err
	}
	t, queries, err := n.countTable(ctx, o, in.Measure, in.Period, in.Country)
	if err != nil {
		return ToldOut{}, err
	}
	who, err := n.Job(o.ID, "post", access.ForExchange)
	if err != nil {
		return ToldOut{}, err
	}
	sent, err := n.figures().SendTable(ctx, who, in.To, t)
	return ToldOut{t, sent, queries}, err
}
