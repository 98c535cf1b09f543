// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/atlas"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// mapPage is /programme/map: which country or territory how many activities reach, drawn and as a table.
type mapPage struct {
	Tabs   []page.Tab
	Map    coverage
	Table  table
	Notes  []string
	Empty  *page.Empty
	Source string
}

// coverage is the drawing.
type coverage struct {
	Width, Height int
	Others        []atlas.Territory // beside the programme
	Places        []place
	Lines         []atlas.Line
	Key           []shade
}

// place is a territory of the programme.
type place struct {
	atlas.Territory
	Level      int // of its shade, 0 where nothing is
	Number     string
	Name, Href string
}

// shade is one line of the key.
type shade struct {
	Level int
	Text  string
}

// levels is how many shades there are beside "none".
const levels = 4

// shadeOf gives the shade of a number when most is the greatest of all: 1 to levels, 0 for none.
func shadeOf(n, most int) int {
	if n == 0 {
		return 0
	}
	return (n*levels + most - 1) / most
}

func (rm room) drawMap(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	list, err := rm.places(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	l, pillar, m := r.L, filterOf(r).Pillar, countPlaces(list)
	if len(list) == 0 {
		return page.View("programme/map", l.T("programme.map.title"), mapPage{Empty: nothingYet(l)}), nil
	}
	d := mapPage{Tabs: pillarTabs(l, "/programme/map", m, axesOf(l, s, m).pillars, pillar), Map: m.coverage(l, s, pillar), Table: coverageTable(l, s, list, pillar),
		Notes: []string{l.T("programme.map.kosovo")}, Source: l.T("programme.map.source")}
	if n := m[cell{pillar: pillar, country: activity.None}]; n > 0 {
		d.Notes = append([]string{l.N("programme.map.nowhere", n)}, d.Notes...)
	}
	return page.View("programme/map", l.T("programme.map.title"), d), nil
}

// coverage draws the partners of a programme, shaded by how many activities reach them.
func (m counts) coverage(l *lang.Locale, s scheme.Scheme, pillar string) coverage {
	region, partners := atlas.Region(), s.Partners()
	d := coverage{Width: region.Width, Height: region.Height, Lines: region.Lines}
	most := 0
	for _, c := range partners {
		most = max(most, m[cell{pillar: pillar, country: c}])
	}
	for _, t := range region.Territories {
		if !slices.Contains(partners, t.Code) {
			d.Others = append(d.Others, t)
			continue
		}
		n := m[cell{pillar: pillar, country: t.Code}]
		d.Places = append(d.Places, place{t, shadeOf(n, most), l.Number(n), l.T("programme.map.place", "Country", l.Country(t.Code), "Activities", l.N("programme.list.count", n)), countryPath(t.Code)})
	}
	d.Key = append(d.Key, shade{0, l.T("programme.map.none")})
	from := 1
	for level := 1; level <= levels && from <= most; level++ {
		to := level * most / levels
		if to < from {
			continue
		}
		text := l.Number(from)
		if to > from {
			text = l.T("programme.map.range", "From", l.Number(from), "To", l.Number(to))
		}
		d.Key, from = append(d.Key, shade{level, text}), to+1
	}
	return d
}

// coverageTable says the same in words, with what the drawing leaves out: which kinds reach a country.
func coverageTable(l *lang.Locale, s scheme.Scheme, list []standing, pillar string) table {
	t := table{Caption: l.T("programme.map.table"), Columns: columns(l, "country")}
	kinds := []activity.Kind{"workshop", "grant", "training", "study"}
	t.Columns = append(t.Columns, column{l.T("programme.column.count"), true})
	for _, k := range kinds {
		t.Columns = append(t.Columns, column{l.T("programme.map.kind." + string(k)), true})
	}
	for _, o := range countryOptions(l, s) {
		if !slices.Contains(s.Partners(), o.Value) {
			continue
		}
		f := filter{Country: o.Value, Pillar: pillar}
		row := []item{text(o.Text).to(countryPath(o.Value)), f.number(l, list)}
		for _, k := range kinds {
			f.Kind = string(k)
			row = append(row, f.number(l, list))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// number says how many activities a filter leaves, and leads to them.
func (f filter) number(l *lang.Locale, list []standing) item {
	n := f.count(list)
	if n == 0 {
		return item{Text: l.Number(0), Zero: true}
	}
	return text(l.Number(n)).to(f.path())
}

func pillarTabs(l *lang.Locale, path string, m counts, pillars []string, current string) []page.Tab {
	var out []page.Tab
	for _, p := range withAny(pillars) {
		t := page.Tab{Text: pillarName(l, p), Count: l.Number(m[cell{pillar: p}]), Href: path, Current: p == current}
		if p != "" {
			t.Href += "?pillar=" + p
		}
		out = append(out, t)
	}
	return out
}

func countryPath(code string) string { return "/programme/countries/" + code }
