// SPDX-License-Identifier: EUPL-1.2

package result

import (
	"context"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/packs/results"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the framework is shown.
const Path = "/programme/results"

// Config is what the pages and the documents need. Store is required.
type Config struct {
	Store   *store.Store
	Sources Sources
}

// Room gives the pages. Everybody who reads the programme may read them.
func Room(c Config) page.Room {
	return page.Room{Name: "result", Templates: templates, Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: c.list},
		{Pattern: "GET " + Path + "/{id}", Handle: c.show},
	}}
}

// Summed is an indicator with what it comes to.
type Summed struct {
	results.Indicator
	Sums Sums
}

// Measured is one with the records behind it.
type Measured struct {
	results.Indicator
	Value Value
	Of    int // of Distinct: how many there could be
}

// Reckon works out what every indicator comes to before somebody asks, in the name of a job that reads the programme: the first
// reader of a day, or after a start, then waits no longer than the next, whatever they choose.
func (c Config) Reckon(ctx context.Context, w store.Who, l *lang.Locale, now time.Time) error {
	if _, err := c.priorities(ctx, w); err != nil {
		return err
	}
	_, _, err := c.Measure(ctx, w, l, now, Chosen{})
	return err
}

// Measure computes every indicator of the framework.
func (c Config) Measure(ctx context.Context, w store.Who, l *lang.Locale, now time.Time, chosen Chosen) (results.Framework, []Summed, error) {
	f, err := results.Default()
	if err != nil {
		return f, nil, err
	}
	var out []Summed
	for _, x := range f.Indicators {
		m, err := c.sum(ctx, w, l, now, x, chosen)
		if err != nil {
			return f, nil, err
		}
		out = append(out, m)
	}
	return f, out, nil
}

// sum gives what an indicator comes to, as it was kept since anything that it reads changed.
func (c Config) sum(ctx context.Context, w store.Who, l *lang.Locale, now time.Time, x results.Indicator, chosen Chosen) (Summed, error) {
	kinds := slices.Clone(c.Sources[x.ID].Of)
	if chosen.Priority > 0 {
		kinds = append(kinds, access.KindActivity)
	}
	what := fmt.Sprintf("indicator %s %s %d %d %s", x.ID, register.Day(now), chosen.Year, chosen.Priority, chosen.Country)
	sums, err := store.Remembered(c.Store, w, kinds, what, func() (Sums, error) {
		m, err := c.measured(ctx, w, l, now, x, chosen)
		return m.Value.Sums, err
	})
	return Summed{x, sums}, err
}

// bare gives the records behind an indicator as far as they are counted by, as they were kept since one of them changed:
// of which year, priority or country somebody asks first is counted from these, and nothing is read again. What is late
// is so from day to day.
func (c Config) bare(ctx context.Context, w store.Who, l *lang.Locale, now time.Time, x results.Indicator) (Counted, error) {
	source := c.Sources[x.ID]
	return store.Remembered(c.Store, w, source.Of, fmt.Sprintf("records %s %s", source.records(x.ID), register.Day(now)), func() (Counted, error) {
		all, err := source.List(ctx, w, l, now)
		if err != nil {
			return Counted{}, err
		}
		return all.bare(), nil
	})
}

// one reads the records behind an indicator, with their priorities.
func (c Config) one(ctx context.Context, w store.Who, l *lang.Locale, now time.Time, x results.Indicator, chosen Chosen) (Measured, error) {
	if !c.measures(x) {
		return Measured{Indicator: x}, nil
	}
	all, err := c.worded(ctx, w, l, now, x)
	return Measured{x, Measure(x, all, chosen), all.Of}, err
}

// worded gives the records behind an indicator in the words of a locale, as they were kept since one of them changed: whoever
// turns the pages of a long list reads it once. Of what offices told there is little, and what they are called may change.
func (c Config) worded(ctx context.Context, w store.Who, l *lang.Locale, now time.Time, x results.Indicator) (Counted, error) {
	source := c.Sources[x.ID]
	read := func() (Counted, error) {
		all, err := source.List(ctx, w, l, now)
		if err != nil {
			return Counted{}, err
		}
		return c.ranked(ctx, w, all)
	}
	if x.Figures != "" {
		return read()
	}
	return store.Remembered(c.Store, w, append([]string{access.KindActivity}, source.Of...), fmt.Sprintf("records in %s %s %s", l.Tag(), source.records(x.ID), register.Day(now)), read)
}

// measures says whether an indicator has records here.
func (c Config) measures(x results.Indicator) bool {
	return c.Sources[x.ID].List != nil && x.Waits == ""
}

// measured adds up the bare records; with a priority asked for, by those of their activities.
func (c Config) measured(ctx context.Context, w store.Who, l *lang.Locale, now time.Time, x results.Indicator, chosen Chosen) (Measured, error) {
	if !c.measures(x) {
		return Measured{Indicator: x}, nil
	}
	all, err := c.bare(ctx, w, l, now, x)
	if err == nil && chosen.Priority > 0 {
		all, err = c.ranked(ctx, w, all)
	}
	return Measured{x, Measure(x, all, chosen), all.Of}, err
}

// ranked gives records the priorities of their activities.
func (c Config) ranked(ctx context.Context, w store.Who, all Counted) (Counted, error) {
	priorities, err := c.priorities(ctx, w)
	if err != nil {
		return Counted{}, err
	}
	all.Items = slices.Clone(all.Items) // they may be kept
	for i, item := range all.Items {
		all.Items[i].Priorities = priorities[item.Activity]
	}
	return all, nil
}

// priorities gives those of the programme's activities, by code, as they were kept since an activity changed. Nobody changes it.
func (c Config) priorities(ctx context.Context, w store.Who) (map[string][]int, error) {
	return store.Remembered(c.Store, w, []string{access.KindActivity}, "priorities", func() (map[string][]int, error) { return c.ranks(ctx, w) })
}

// ranks reads them from the index of codes alone.
func (c Config) ranks(ctx context.Context, w store.Who) (map[string][]int, error) {
	all, err := c.Store.Tally(ctx, w, access.KindActivity, "priority")
	if err != nil {
		return nil, err
	}
	out := map[string][]int{}
	for _, p := range slices.Sorted(maps.Keys(all)) {
		n, err := strconv.Atoi(p)
		if err != nil { // of those that have none
			continue
		}
		of, err := c.Store.Tally(ctx, w, access.KindActivity, "code", store.Is("priority", p))
		if err != nil {
			return nil, err
		}
		for code := range of {
			out[code] = append(out[code], n)
		}
	}
	return out, nil
}

// listPage is the framework, one table for each level.
type listPage struct {
	Lead, Sheet string
	Filters     []register.Field
	Narrowed    bool
	Levels      []page.Table
	Notes       []register.Note
	Source      string
}

func (c Config) list(ctx context.Context, r *page.Request) (page.Response, error) {
	chosen, codes, filters, err := c.chosen(ctx, r)
	if err != nil {
		return nil, err
	}
	f, ms, err := c.Measure(ctx, register.As(r), r.L, r.Now, chosen)
	if err != nil {
		return nil, err
	}
	l := r.L
	if r.URL.Query().Get("as") == "csv" {
		return page.Sheet("results.csv", sheet(l, ms, chosen))
	}
	d := listPage{Lead: scope(l, chosen, measured(ms), len(ms)), Sheet: register.Address(Path, codes, "as", "csv"), Filters: filters, Narrowed: len(codes) > 0, Source: l.T("result.source", "Source", f.Source.Document.In(l.Tag()), "Version", f.Version)}
	for _, level := range results.Levels() {
		t := page.Table{Caption: l.T("result.level." + level), ShowCaption: true, Columns: []page.Column{{Text: l.T("result.indicator")}, {Text: l.T("result.value")}, {Text: l.T("result.adds")}, {Text: l.T("result.goals")}}}
		for _, m := range ms {
			if m.Level == level {
				t.Rows = append(t.Rows, row(l, m, codes))
			}
		}
		d.Levels = append(d.Levels, t)
	}
	for _, n := range f.NotToClaim {
		d.Notes = append(d.Notes, register.Note{Tone: page.Info, Title: l.T("result.not_to_claim"), Text: n.In(l.Tag())})
	}
	return page.View("result/list", l.T("result.title"), d), nil
}

func measured(ms []Summed) int {
	n := 0
	for _, m := range ms {
		if m.Sums.Measured {
			n++
		}
	}
	return n
}

func row(l *lang.Locale, m Summed, codes map[string]string) page.Row {
	value := page.Cell{Text: Print(l, m.Indicator, m.Sums), Sub: Beside(l, m.Indicator, m.Sums)}
	if !m.Sums.Measured {
		value.Tone = page.Off
	}
	return page.Row{Cells: []page.Cell{{Text: m.ID + " · " + m.Title.In(l.Tag()), Href: register.Address(Path+"/"+m.ID, codes), Sub: m.Caution.In(l.Tag())}, value, {Text: l.T("result.adds." + m.Adds)}, {Text: l.List(m.Goals)}}}
}

// scope says which part of the records is shown.
func scope(l *lang.Locale, c Chosen, n, of int) string {
	s := l.T("result.measured", "N", l.Number(n), "Of", l.Number(of))
	if c.Priority > 0 {
		s += " " + l.T("result.priority.note")
	}
	return s
}

// chosen reads what an address narrows to: a year that records are of, a priority, a country or territory.
func (c Config) chosen(ctx context.Context, r *page.Request) (Chosen, map[string]string, []register.Field, error) {
	a, err := register.Look(ctx, c.Store, register.As(r), r.L)
	if err != nil {
		return Chosen{}, nil, nil, err
	}
	spans, err := c.Store.Tally(ctx, register.As(r), access.KindActivity, activity.SpanCode)
	if err != nil {
		return Chosen{}, nil, nil, err
	}
	priorities, err := c.Store.Tally(ctx, register.As(r), access.KindActivity, "priority")
	if err != nil {
		return Chosen{}, nil, nil, err
	}
	l := r.L
	filters := []register.Field{
		{Kind: "select", Name: "year", Label: l.T("result.year"), Blank: l.T("register.any"), Options: years(spans, r.Now)},
		{Kind: "select", Name: "priority", Label: l.T("programme.column.priority"), Blank: l.T("register.any"), Options: priorityOptions(l, priorities)},
		{Kind: "select", Name: "country", Label: l.T("result.by.country"), Blank: l.T("register.any"), Options: a.CountryOptions(l)},
	}
	codes := register.Query(r, filters)
	for i := range filters {
		filters[i].Value = codes[filters[i].Name]
	}
	out := Chosen{Country: codes["country"]}
	out.Year, _ = strconv.Atoi(codes["year"])         // of the options,
	out.Priority, _ = strconv.Atoi(codes["priority"]) // so a number
	return out, codes, filters, nil
}

// years offers those from the programme's first to this one.
func years(spans map[string]int, now time.Time) []page.Option {
	first := now.Year()
	for code := range spans {
		if s, ok := activity.ReadSpan(code); ok {
			first = min(first, s.From.Year)
		}
	}
	var out []page.Option
	for y := now.Year(); y >= first; y-- {
		out = append(out, page.Option{Value: strconv.Itoa(y), Text: strconv.Itoa(y)})
	}
	return out
}

func priorityOptions(l *lang.Locale, counted map[string]int) []page.Option {
	var ns []int
	for code := range counted {
		if n, err := strconv.Atoi(code); err == nil {
			ns = append(ns, n)
		}
	}
	slices.Sort(ns)
	var out []page.Option
	for _, n := range ns {
		out = append(out, page.Option{Value: strconv.Itoa(n), Text: named(l, priorityWord(n))})
	}
	return out
}
