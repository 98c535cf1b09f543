// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// cell is one place of the matrix.
type cell struct{ priority, pillar, country string }

// counts is the matrix: how many activities stand in each place. "" in a cell is "any", so totals are distinct
// activities: one in two priorities counts once in the total.
type counts map[cell]int

// standing is how many activities stand in one place.
type standing struct {
	activity.Place
	n int
}

// places says where the programme's activities stand, from the index alone; those few that reach more countries than fit one
// code are read.
func (rm room) places(ctx context.Context, w store.Who) ([]standing, error) {
	codes, err := rm.Store.Tally(ctx, w, access.KindActivity, "place")
	if err != nil {
		return nil, err
	}
	var out []standing
	for code, n := range codes {
		if p, ok := activity.ReadPlace(code); ok {
			out = append(out, standing{p, n})
		}
	}
	if codes[activity.LongPlace] == 0 {
		return out, nil
	}
	list, err := rm.activities(ctx, w, map[string]string{"place": activity.LongPlace})
	return append(out, placesOf(list)...), err
}

func placesOf(list []activity.Line) []standing {
	var out []standing
	for _, a := range list {
		out = append(out, standing{activity.Place{Kind: a.Kind, Priorities: a.Priorities, Pillars: a.Pillars, Countries: a.Countries}, 1})
	}
	return out
}

// count gives how many of them fit a filter's codes.
func (f filter) count(list []standing) int {
	sum := 0
	fits := func(code string, of []string) bool { return code == "" || slices.Contains(of, code) }
	for _, p := range list {
		if fits(f.Priority, activity.Priorities(p.Priorities)) && fits(f.Pillar, orNone(p.Pillars)) && fits(f.Country, orNone(p.Countries)) && fits(f.Kind, []string{string(p.Kind)}) {
			sum += p.n
		}
	}
	return sum
}

func countPlaces(list []standing) counts {
	out := counts{}
	for _, a := range list {
		for _, n := range withAny(activity.Priorities(a.Priorities)) {
			for _, p := range withAny(orNone(a.Pillars)) {
				for _, c := range withAny(orNone(a.Countries)) {
					out[cell{n, p, c}] += a.n
				}
			}
		}
	}
	return out
}

func withAny(xs []string) []string { return append([]string{""}, xs...) }

func orNone(xs []string) []string {
	if len(xs) == 0 {
		return []string{activity.None}
	}
	return xs
}

// axes are the values of the matrix's three directions, in the order of the page.
type axes struct{ priorities, pillars, countries []string }

func axesOf(l *lang.Locale, s scheme.Scheme, m counts) axes {
	x := axes{pillars: append(activity.Pillars(), activity.None)}
	for _, p := range s.Priorities {
		x.priorities = append(x.priorities, strconv.Itoa(p.N))
	}
	x.priorities = append(x.priorities, activity.None)
	for _, o := range countryOptions(l, s) {
		if m[cell{country: o.Value}] > 0 || slices.Contains(s.Partners(), o.Value) { // a partner without an activity is a finding
			x.countries = append(x.countries, o.Value)
		}
	}
	return x
}

// matrixPage is /programme/matrix.
type matrixPage struct {
	Tabs      []page.Tab
	Overview  table // priority by pillar
	Countries table // country by priority, for the pillar of the tab
	Empty     *page.Empty
}

func (rm room) matrix(ctx context.Context, r *page.Request) (page.Response, error) {
	s, m, err := rm.counted(ctx, r)
	if err != nil {
		return nil, err
	}
	l := r.L
	if len(m) == 0 {
		return page.View("programme/matrix", l.T("programme.matrix.title"), matrixPage{Empty: nothingYet(l)}), nil
	}
	x, pillar := axesOf(l, s, m), filterOf(r).Pillar
	d := matrixPage{Tabs: pillarTabs(l, "/programme/matrix", m, x.pillars, pillar), Overview: m.overview(l, x), Countries: m.byCountry(l, x, pillar)}
	return page.View("programme/matrix", l.T("programme.matrix.title"), d), nil
}

func (rm room) counted(ctx context.Context, r *page.Request) (scheme.Scheme, counts, error) {
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return s, nil, err
	}
	list, err := rm.places(ctx, rolls.As(r))
	return s, countPlaces(list), err
}

func pillarName(l *lang.Locale, p string) string {
	switch p {
	case "":
		return l.T("programme.matrix.any")
	case activity.None:
		return l.T("programme.none.pillar")
	}
	return l.T("programme.pillar." + p)
}

func priorityName(l *lang.Locale, p string) string {
	if p == activity.None {
		return l.T("programme.none.priority")
	}
	n, _ := strconv.Atoi(p) // made by axesOf
	return short(l, n)
}

// number gives a cell as a link to the very activities that it counts.
func (m counts) number(l *lang.Locale, c cell) item {
	i := text(l.Number(m[c]))
	i.Zero = m[c] == 0
	if m[c] > 0 {
		i.Href = filter{Priority: c.priority, Pillar: c.pillar, Country: c.country}.path()
	}
	return i
}

func (m counts) overview(l *lang.Locale, x axes) table {
	t := table{Caption: l.T("programme.matrix.overview"), Columns: columns(l, "priority")}
	for _, p := range x.pillars {
		t.Columns = append(t.Columns, column{pillarName(l, p), true})
	}
	t.Columns = append(t.Columns, column{l.T("programme.column.distinct"), true})
	row := func(name, priority string) {
		cells := []item{text(name)}
		for _, p := range x.pillars {
			cells = append(cells, m.number(l, cell{priority: priority, pillar: p}))
		}
		t.Rows = append(t.Rows, append(cells, m.number(l, cell{priority: priority})))
	}
	for _, n := range x.priorities {
		row(priorityName(l, n), n)
	}
	row(l.T("programme.column.distinct"), "")
	return t
}

func (m counts) byCountry(l *lang.Locale, x axes, pillar string) table {
	t := table{Caption: l.T("programme.matrix.countries", "Pillar", pillarName(l, pillar)), Columns: columns(l, "country")}
	for _, n := range x.priorities {
		t.Columns = append(t.Columns, column{priorityName(l, n), true})
	}
	t.Columns = append(t.Columns, column{l.T("programme.column.distinct"), true})
	row := func(name, code string) {
		cells := []item{text(name)}
		for _, n := range x.priorities {
			cells = append(cells, m.number(l, cell{n, pillar, code}))
		}
		t.Rows = append(t.Rows, append(cells, m.number(l, cell{"", pillar, code})))
	}
	for _, c := range x.countries {
		row(country(l, c), c)
	}
	row(l.T("programme.column.distinct"), "")
	return t
}

// matrixCSV writes every place of the matrix as a line.
func (rm room) matrixCSV(ctx context.Context, r *page.Request) (page.Response, error) {
	s, m, err := rm.counted(ctx, r)
	if err != nil {
		return nil, err
	}
	l := r.L
	rows := [][]string{{l.T("programme.column.priority"), l.T("programme.column.pillars"), l.T("programme.column.country"), l.T("programme.column.count")}}
	x := axesOf(l, s, m)
	for _, n := range x.priorities {
		for _, p := range x.pillars {
			for _, c := range x.countries {
				rows = append(rows, []string{priorityName(l, n), pillarName(l, p), country(l, c), strconv.Itoa(m[cell{n, p, c}])})
			}
		}
	}
	return page.Sheet("matrix.csv", rows)
}
