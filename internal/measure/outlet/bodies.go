// SPDX-License-Identifier: EUPL-1.2

package outlet

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
)

var unodcWords = map[string]map[string]string{
	colSex: {"f": "Female", "m": "Male", "x": "Other", "unknown": "Unknown", Total: "Total"},
	colAge: {"child": "0 to 17 years", "adult": "18 years and over", "unknown": "Unknown", Total: "Total"},
}

// said gives a body's word of a value, else the value.
func said(words map[string]map[string]string, column, value string) string {
	if w := words[column][value]; w != "" {
		return w
	}
	return value
}

var unodcDimensions = map[string]string{"": "Total", colCitizen: "by citizenship", colForms: "by form of exploitation", colWhere: "by country of exploitation"}

// unodc writes a year in the columns of UNODC's data portal. Its questionnaire asks for detected victims by sex and age, by
// citizenship and by form of exploitation, and for those prosecuted and convicted.
func (w *Written) unodc(xs []bundle.Whole, a Asked) error {
	s := newSheet("Iso3_code", "Country", "Indicator", "Dimension", "Category", "Sex", "Age", "Year", "Unit of measurement", "VALUE", "Source")
	var code, of string
	for _, x := range xs {
		r := x.Release
		var err error
		if code, of, err = askedOfCourts(r); err != nil {
			return err
		}
		name := code
		if a.Country != nil {
			name = a.Country(code)
		}
		source := publishers(r)
		if err := w.told(x, func(p place, c bundle.Cell) {
			counts, p := indicator(r.Source, p)
			along, ok := unodcDimensions[p.along]
			if !ok || counts == "" {
				w.lose(p.along, "", "not_asked", 1)
				return
			}
			category := "Total"
			if p.along != "" {
				category = word(r, p)
			}
			w.unsaid(c.Flag, bundle.Rounded, bundle.Estimated, bundle.Noise)
			s.row([]string{a.Names.Alpha3(code), name, counts, along, category, said(unodcWords, colSex, p.sex), said(unodcWords, colAge, p.age), of, "Counts"},
				value(r, c), source)
		}); err != nil {
			return err
		}
	}
	w.add("unodc-"+code+"-"+of+".csv", s.bytes())
	return nil
}

// unsaid lists numbers whose form has no place to say that they are not as counted.
func (w *Written) unsaid(flag string, of ...string) {
	if slices.Contains(of, flag) {
		w.lose("", "", "unsaid", 1)
	}
}

func publishers(r bundle.Release) string {
	out := ""
	for i, o := range r.Offices {
		if i > 0 {
			out += "; "
		}
		out += o.Name
	}
	return out
}

var eurostatWords = map[string]map[string]string{
	colSex: {"f": "F", "m": "M", "x": "OTH", "unknown": "UNK", Total: "T"},
	colAge: {"child": "Y_LT18", "adult": "Y_GE18", "unknown": "UNK", Total: "TOTAL"},
}

// eurostatCountry gives Eurostat's code of a country or territory: EL and UK beside ISO's.
func eurostatCountry(code string) string {
	switch code {
	case "GR":
		return "EL"
	case "GB":
		return "UK"
	case "unknown":
		return "UNK"
	}
	return code
}

// eurostat writes the registered victims of a year as Eurostat's collection has them: by sex and age, by citizenship, and by form
// of exploitation, each a table of its own. Flags are Eurostat's: c for what is not told, e for estimates, u where they cannot be
// told from zero. Codes of forms are the release's own.
func (w *Written) eurostat(x bundle.Whole) error {
	r := x.Release
	code, of, err := asked(r)
	if err != nil {
		return err
	}
	head := func(along string) *sheet {
		return newSheet("DATAFLOW", "LAST UPDATE", "freq", along, "sex", "age", "unit", "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS")
	}
	tables := map[string]*sheet{}
	names := map[string][2]string{"": {"crim_thb_sex_age", "leg_stat"}, colCitizen: {"crim_thb_vctz", "citizen"}, colForms: {"crim_thb_vexp", "purpose"}}
	err = w.told(x, func(p place, c bundle.Cell) {
		n, ok := names[p.along]
		if !ok {
			w.lose(p.along, "", "not_asked", 1)
			return
		}
		if tables[p.along] == nil {
			tables[p.along] = head(n[1])
		}
		v := p.value
		switch {
		case p.along == "":
			v = "VICT"
		case p.along == colCitizen:
			v = eurostatCountry(v)
		}
		flag, conf := "", ""
		switch c.Flag {
		case bundle.Below, bundle.Hidden:
			conf = "C"
		case bundle.Estimated:
			flag = "e"
		case bundle.Noise:
			flag = "u"
		}
		if c.Flag == bundle.Below {
			w.lose("", "", "bound", 1)
		}
		w.unsaid(c.Flag, bundle.Rounded)
		tables[p.along].row([]string{"ENTRAIDE:" + n[0] + "(1.0)", r.At.UTC().Format("02/01/06 15:04:05"), "A", v, said(eurostatWords, colSex, p.sex), said(eurostatWords, colAge, p.age), "NR", eurostatCountry(code), of},
			figure(c.Value), flag, conf)
	})
	for _, along := range []string{"", colCitizen, colForms} {
		if t := tables[along]; t != nil {
			w.add(names[along][0]+"-"+eurostatCountry(code)+"-"+of+".csv", t.bytes())
		}
	}
	if tables[colForms] != nil {
		w.lose(colForms, "", "own_codes", 1)
	}
	return err
}

// Item is one thing that GRETA's questionnaire asks figures of, in our words: of which source, along which columns. Its words are
// outlet.greta.<code>, and what exactly is counted outlet.greta.<code>.means.
type Item struct {
	Code    string
	Source  string
	Columns []string
}

// Items lists what is asked for by calendar year.
func Items() []Item {
	return []Item{
		{"identified", "persons", []string{colSex, colAge, colCitizen, colForms, colWhere}},
		{"presumed", "persons", []string{"identification", colSex, colAge}},
		{"assisted", "services", []string{colSex, colAge}},
		{"guardians", "clocks", nil}, {"reflection", "clocks", []string{colSex, colAge, "reflection"}}, {"residence", "clocks", nil},
		{"compensation", "rights", []string{colSex, colAge, "applied", "received"}}, {"returned", "services", nil},
		{"investigations", "proceedings", nil}, {"prosecutions", "prosecutions", []string{colSex, colAge, colForms}}, {"convictions", "judgments", []string{colSex, colAge, colForms}}, {"confiscations", "proceedings", nil}, {"companies", "prosecutions", nil},
	}
}

// asks says whether an item is of figures that a source counts along a column; "" is along none but sex and age.
func (i Item) asks(source, along string) bool {
	if source == Convictions {
		source = "judgments"
	}
	if along == "" {
		return i.Source == source && slices.Contains([]string{"identified", "prosecutions", "convictions"}, i.Code)
	}
	return i.Source == source && slices.Contains(i.Columns, along)
}

// greta writes the statistics that GRETA's questionnaire asks for, item by item: the numbers that these releases have, and of
// every other item that it is not in them, so that nothing is missing unsaid.
func (w *Written) greta(xs []bundle.Whole, a Asked) error {
	text := func(key string) string {
		if a.Words == nil {
			return key
		}
		return a.Words(key)
	}
	s := newSheet("item", "definition", "country", "year", "sex", "age", "along", "category", "value", "state")
	has := map[string]bool{}
	var code, of string
	for _, x := range xs {
		r := x.Release
		var err error
		if code, of, err = askedOfCourts(r); err != nil {
			return err
		}
		if err := w.told(x, func(p place, c bundle.Cell) {
			counts, p := indicator(r.Source, p)
			at := slices.IndexFunc(Items(), func(i Item) bool { return i.asks(r.Source, p.along) })
			if at < 0 || counts == "" {
				if p.along != "" || !slices.ContainsFunc(Items(), func(i Item) bool { return i.Source == r.Source }) {
					w.lose(p.along, "", "not_asked", 1)
				}
				return
			}
			item, category, state := Items()[at].Code, "", c.Flag
			if has[item] = true; p.along != "" {
				category = word(r, p)
			}
			if state == "" {
				state = "counted"
			}
			s.row([]string{text("outlet.greta." + item), text("outlet.greta." + item + ".means"), code, of, said(unodcWords, colSex, p.sex), said(unodcWords, colAge, p.age), p.along, category}, value(r, c), state)
		}); err != nil {
			return err
		}
	}
	for _, i := range Items() {
		if !has[i.Code] {
			s.row([]string{text("outlet.greta." + i.Code), text("outlet.greta." + i.Code + ".means"), code, of, "", "", "", ""}, "", "not_in_this_release")
			w.lose(i.Code, "", "not_in_release", 1)
		}
	}
	w.add("greta-"+code+"-"+of+".csv", s.bytes())
	return nil
}

func hasColumn(r bundle.Release, code string) bool {
	return slices.ContainsFunc(r.Columns, func(c bundle.Column) bool { return c.Code == code })
}
