// SPDX-License-Identifier: EUPL-1.2

package intake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/territory"
)

// unodc reads one number a row: whose it is, of which year and indicator, along which dimension and category, of which sex and
// age, in which unit.
type unodc struct {
	collector
	at map[string]int // where each field stands
}

// unodcHeads are what the columns are called.
var unodcHeads = map[string][]string{
	"iso3": {"iso3 code", "iso3", "iso 3 code", "iso code"}, "geo": {"country", "country or territory", "country territory", "territory", "reporting country"},
	"indicator": {"indicator"}, "dimension": {"dimension"}, "category": {"category"}, "sex": {"sex"}, "age": {"age", "age group"},
	"time": {"year", "time period"}, "unit": {"unit of measurement", "unit", "unit of measure"}, "value": {"value", "obs value", "txtvalue", "count"},
	"source": {"source"}, "region": {"region"}, "subregion": {"subregion", "sub region"},
}

var unodcDims = []string{"geo", "time", "indicator", "dimension", "category", "sex", "age", "unit"}

func (u *unodc) head(line int, cells []string) (bool, error) {
	at := map[string]int{}
	for i, h := range cells {
		p := territory.Plain(h)
		for f, words := range unodcHeads {
			if slices.Contains(words, p) {
				if _, twice := at[f]; !twice {
					at[f] = i
				}
			}
		}
	}
	for _, f := range []string{"time", "indicator", "value"} {
		if _, ok := at[f]; !ok {
			return false, nil
		}
	}
	if _, ok := at["geo"]; !ok {
		if _, ok := at["iso3"]; !ok {
			return false, nil
		}
	}
	u.at, u.pieces = at, []string{"dimension", "category"}
	for i, h := range cells {
		known := false
		for _, x := range at {
			known = known || x == i
		}
		if !known && h != "" {
			u.report.note(Dropped, line, h, "column", "")
		}
	}
	for _, d := range unodcDims {
		u.dims = append(u.dims, newDimension(d, d == "geo"))
	}
	return true, nil
}

func (u *unodc) text(cells []string, f string) string {
	if i, ok := u.at[f]; ok && i < len(cells) {
		return cells[i]
	}
	return ""
}

func (u *unodc) row(line int, cells []string) error {
	geo, ok := u.place(line, cells)
	if !ok {
		return nil
	}
	year := u.text(cells, "time")
	if y, err := strconv.Atoi(strings.TrimSuffix(year, ".0")); err != nil || y < 1900 || y > 2200 {
		u.report.note(Dropped, line, "time", "year", year)
		return nil
	} else if year = strconv.Itoa(y); u.text(cells, "indicator") == "" {
		u.report.note(Dropped, line, "indicator", "blank", "")
		return nil
	}
	unit := u.text(cells, "unit")
	n, ok := u.number(line, "value", u.text(cells, "value"), sortOf(unit))
	if !ok {
		return nil
	}
	dimension := whole(u.text(cells, "dimension"))
	category := whole(u.text(cells, "category"))
	if p := territory.Plain(dimension); strings.Contains(p, "citizenship") || strings.Contains(p, "nationality") || strings.Contains(p, "country of") {
		category = u.country(line, "category", category, false)
	}
	age := u.text(cells, "age")
	if v := common(age); v != "" {
		age = v
	}
	at := make([]int32, len(u.dims))
	for i, v := range []string{geo, year, u.text(cells, "indicator"), dimension, category, sex(u.text(cells, "sex")), age, unit} {
		x, err := u.dims[i].value(v)
		if err != nil {
			return err
		}
		at[i] = x
	}
	return u.add(line, at, n)
}

// whole gives a word that every column may have, else the text; blank is unknown.
func whole(text string) string {
	if v := common(text); v != "" {
		return v
	}
	return text
}

// place reads whose number it is: by the code, the name, or both where they agree.
func (u *unodc) place(line int, cells []string) (string, bool) {
	name, iso := u.text(cells, "geo"), u.text(cells, "iso3")
	if iso == "" || name == "" {
		geo := u.country(line, "geo", name+iso, false)
		return geo, geo != Unknown
	}
	code, how := u.names.Read(iso)
	if how < territory.Code {
		geo := u.country(line, "geo", name, false)
		return geo, geo != Unknown
	}
	if m := u.means(name, false); len(m.code) == 2 && m.code != code {
		u.report.note(Contradictory, line, "geo", "two_countries", iso+" / "+name)
		return "", false
	}
	return code, true // the name says the same, or nothing that is known
}

// counted says whether a unit is one of counts, which are whole and add up.
func counted(unit string) bool {
	p := territory.Plain(unit)
	return p == "" || slices.Contains([]string{"counts", "count", "number", "nr", "persons", "people", "nombre", "victims", "cases", "person"}, p)
}

// sortOf says what numbers of a unit are.
func sortOf(unit string) sort {
	if counted(unit) {
		return counts
	}
	return measured
}

func (u *unodc) done() (*Figures, error) {
	d := slices.IndexFunc(u.dims, func(x *dimension) bool { return x.code == "unit" })
	u.check(func(at []int32) bool { return counted(u.dims[d].values[at[d]]) })
	return u.figures(), nil
}
