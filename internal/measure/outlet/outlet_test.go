// SPDX-License-Identifier: EUPL-1.2

package outlet_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

var names = sync.OnceValue(func() *territory.Names {
	b, err := lang.Load()
	if err != nil {
		panic(err)
	}
	return territory.Load(b)
})

func number(f float64) *float64 { return &f }

// release makes a release of persons with a table of all, of sex, of sex and age, and of citizenship.
func release(route bundle.Route) bundle.Whole {
	words := func(pairs ...string) map[string]map[string]string {
		en := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			en[pairs[i]] = pairs[i+1]
		}
		return map[string]map[string]string{"en": en}
	}
	r := bundle.Release{ID: "r", Title: map[string]string{"en": "=Detected victims", "fr": "Victimes détectées"}, Route: route, Source: "persons", Version: "2026-1", Unit: "person", From: "2025-01-01", Until: "2025-12-31",
		Offices: []bundle.Office{{Name: "Office in Tirana", Country: "AL"}}, At: time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC),
		Columns: []bundle.Column{
			{Code: "age", Values: []string{"child", "adult", "unknown"}, Words: words("child", "Child", "adult", "Adult")},
			{Code: "sex", Values: []string{"f", "m", "x", "unknown"}, Words: words("f", "Female", "m", "Male")},
			{Code: "citizenship", Values: []string{"AL", "GR", "XK", "unknown"}, List: "country", Words: words("AL", "Albania", "GR", "Greece", "XK", "Kosovo")},
			{Code: "forms.labour", Title: map[string]string{"en": "Forced labour or services"}, Values: []string{"yes", "no", "unknown"}},
		}}
	if route == bundle.Exact {
		r.Guard = &bundle.Guard{K: 10, Method: "suppressed"}
		told := func(v float64) bundle.Cell { return bundle.Cell{Value: number(v)} }
		below := bundle.Cell{Flag: bundle.Below, Low: number(0), High: number(9)}
		hidden := bundle.Cell{Flag: bundle.Hidden, Low: number(10), High: number(30)}
		return bundle.Whole{Release: r, Tables: bundle.Tables{Tables: []bundle.Table{
			{Cells: []bundle.Cell{told(120)}},
			{Columns: []string{"sex"}, Cells: []bundle.Cell{told(80), told(40), told(0), told(0)}},
			{Columns: []string{"age", "sex"}, Cells: []bundle.Cell{hidden, below, told(0), told(0), told(50), hidden, told(0), told(0), told(0), told(0), told(0), told(0)}},
			{Columns: []string{"citizenship"}, Cells: []bundle.Cell{told(90), told(12), told(18), told(0)}},
			{Columns: []string{"forms.labour"}, Cells: []bundle.Cell{told(70), told(30), told(20)}},
		}}}
	}
	r.Promise = &bundle.Promise{Rho: "1/10", Epsilon: 1, Delta: 1e-6}
	estimate := func(v float64, flag string) bundle.Cell {
		return bundle.Cell{Value: number(v), Low: number(v - 9.5), High: number(v + 9.5), Flag: flag}
	}
	x := bundle.Whole{Release: r, Tables: bundle.Tables{Tables: []bundle.Table{
		{Cells: []bundle.Cell{estimate(119.25, bundle.Estimated)}},
		{Columns: []string{"sex"}, Cells: []bundle.Cell{estimate(81.5, bundle.Estimated), estimate(39, bundle.Estimated), estimate(-1.25, bundle.Noise), estimate(1.234, bundle.Noise)}},
	}}}
	var err error
	if x.Records, err = table.NewRecords(r.Domain(), 2); err != nil {
		panic(err)
	}
	for _, record := range [][]uint16{{0, 0, 1, 0}, {1, 1, 3, 1}, {2, 2, 2, 2}} {
		if err := x.Records.Add(record...); err != nil {
			panic(err)
		}
	}
	return x
}

func asked() outlet.Asked {
	return outlet.Asked{Names: names(), Words: func(key string) string { return key }, Country: func(code string) string { return map[string]string{"AL": "Albania"}[code] }, People: outlet.Censuses()}
}

func write(t *testing.T, x bundle.Whole, as outlet.Form) outlet.Written {
	t.Helper()
	w, err := outlet.Write(x, as, asked())
	if err != nil {
		t.Fatalf("%s: %v", as, err)
	}
	return w
}

func rows(t *testing.T, w outlet.Written, i int) [][]string {
	t.Helper()
	out, err := csv.NewReader(bytes.NewReader(w.Files[w.Names[i]])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWhatIsWrittenIsReadBack: both forms that hold every number, on both routes, give the same numbers back.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for _, route := range []bundle.Route{bundle.Exact, bundle.Pooled} {
		x := release(route)
		for as, shape := range map[outlet.Form]intake.Shape{outlet.CSV: intake.Table, outlet.SDMX: intake.Eurostat} {
			w := write(t, x, as)
			src := w.Files[w.Names[0]]
			f, err := intake.Read(bytes.NewReader(src), int64(len(src)), shape, intake.Options{Names: names()})
			if err != nil {
				t.Fatalf("%s %s: %v", route, as, err)
			}
			got := map[string]string{}
			for _, c := range f.Cells {
				var at []string
				for i, v := range c.At {
					if code := f.Columns[i].Code; code != "freq" && code != "time" {
						at = append(at, f.Columns[i].Values[v])
					}
				}
				got[plain(at)] = c.Number.Text
			}
			want := 0
			for _, tab := range x.Tables.Tables {
				for i, c := range tab.Cells {
					want++
					number := "<10"
					switch {
					case c.Value != nil:
						number = strings.TrimSuffix(strings.TrimRight(formatted(*c.Value), "0"), ".")
						if number == "" || number == "-" {
							number = "0"
						}
					case c.Flag == bundle.Hidden:
						number = ""
					}
					at := place(x.Release, tab, i)
					if got[plain(at)] != number {
						t.Errorf("%s %s, %v: %q, want %q", route, as, at, got[plain(at)], number)
					}
				}
			}
			if len(got) != want || f.Report.N(intake.Contradictory) != 0 {
				t.Errorf("%s %s: %d numbers, want %d; %+v", route, as, len(got), want, f.Report.Notes)
			}
		}
	}
}

// plain joins where a number stands; other words of reading for one sex are one here.
func plain(at []string) string {
	return strings.NewReplacer("female", "f", "male", "m").Replace(strings.Join(at, "|"))
}

func formatted(f float64) string {
	b, _ := json.Marshal(f)
	s := string(b)
	if !strings.Contains(s, ".") {
		s += "."
	}
	return s
}

func place(r bundle.Release, t bundle.Table, n int) []string {
	at := []string{"total", "total", "total", "total"}
	for i := len(t.Columns) - 1; i >= 0; i-- {
		c := slices.IndexFunc(r.Columns, func(c bundle.Column) bool { return c.Code == t.Columns[i] })
		at[c], n = r.Columns[c].Values[n%len(r.Columns[c].Values)], n/len(r.Columns[c].Values)
	}
	return at
}

func TestSDMXSaysWhyThereIsNoNumber(t *testing.T) {
	w := write(t, release(bundle.Exact), outlet.SDMX)
	all := rows(t, w, 0)
	head := all[0]
	col := func(row []string, name string) string { return row[slices.Index(head, name)] }
	seen := map[string]bool{}
	for _, row := range all[1:] {
		if col(row, "STRUCTURE") != "dataflow" || col(row, "ACTION") != "I" || col(row, "FREQ") != "A" || col(row, "TIME_PERIOD") != "2025" {
			t.Errorf("%v", row)
		}
		seen[col(row, "OBS_STATUS")+col(row, "CONF_STATUS")+"/"+col(row, "COMMENT_OBS")] = true
		if (col(row, "OBS_STATUS") == "Q") != (col(row, "OBS_VALUE") == "") {
			t.Errorf("%v", row)
		}
	}
	if len(seen) != 3 || !seen["AF/"] || !seen["QA/<10"] || !seen["QD/"] {
		t.Errorf("%v", seen)
	}
	if !strings.Contains(string(w.Files["dictionary.csv"]), "'=Detected victims") {
		t.Error("a text that is a formula was written as one")
	}
}

func TestTablesThatBodiesAskFor(t *testing.T) {
	x := release(bundle.Exact)
	has := func(rows [][]string, want string) {
		t.Helper()
		if !slices.ContainsFunc(rows, func(r []string) bool { return strings.Contains(strings.Join(r, "|"), want) }) {
			t.Errorf("no row %s in %v", want, rows)
		}
	}
	u := write(t, x, outlet.UNODC)
	has(rows(t, u, 0), "ALB|Albania|Detected trafficking victims|Total|Total|Female|Total|2025|Counts|80|Office in Tirana")
	has(rows(t, u, 0), "by citizenship|Kosovo|Total|Total|2025|Counts|18")
	has(rows(t, u, 0), "Total|Total|Male|0 to 17 years|2025|Counts|<10")
	has(rows(t, u, 0), "by form of exploitation|Forced labour or services|Total|Total|2025|Counts|70")
	src := u.Files[u.Names[0]]
	back, err := intake.Read(bytes.NewReader(src), int64(len(src)), intake.UNODC, intake.Options{Names: names()})
	if err != nil || back.Report.Taken != 20 || back.Report.N(intake.Contradictory) != 1 {
		t.Errorf("read back: %v %+v", err, back)
	}
	// That one is no error: forms are not all there are, and the report says that they come to less than the total.
	e := write(t, x, outlet.Eurostat)
	if len(e.Names) != 3 {
		t.Fatalf("%v", e.Names)
	}
	has(rows(t, e, 0), "A|VICT|M|Y_LT18|NR|AL|2025|||C")
	has(rows(t, e, 1), "A|EL|T|TOTAL|NR|AL|2025|12||")
	if !slices.ContainsFunc(e.Losses, func(l outlet.Loss) bool { return l.Why == "bound" && l.N == 1 }) {
		t.Errorf("%+v", e.Losses)
	}
	rounded := release(bundle.Exact)
	rounded.Tables.Tables[0].Cells[0].Flag = bundle.Rounded
	for _, as := range []outlet.Form{outlet.UNODC, outlet.Eurostat} {
		if w := write(t, rounded, as); !slices.ContainsFunc(w.Losses, func(l outlet.Loss) bool { return l.Why == "unsaid" && l.N == 1 }) {
			t.Errorf("%s does not say that a number was rounded: %+v", as, w.Losses)
		}
	}
	g := write(t, x, outlet.GRETA)
	has(rows(t, g, 0), "outlet.greta.identified|outlet.greta.identified.means|AL|2025|Female|Total|||80|counted")
	has(rows(t, g, 0), "outlet.greta.convictions|outlet.greta.convictions.means|AL|2025||||||not_in_this_release")
	if n := len(slices.DeleteFunc(rows(t, g, 0), func(r []string) bool { return r[len(r)-1] != "not_in_this_release" })); n != len(outlet.Items())-1 {
		t.Errorf("%d items that are not in it", n)
	}
}

func TestRatesNameTheirDenominator(t *testing.T) {
	w := write(t, release(bundle.Exact), outlet.SDG)
	all := rows(t, w, 0)
	if got := strings.Join(all[1], "|"); got != "16.2.2|AL|2025|total|total|total|120||2402113|2023|Census 2023, INSTAT|no|4.9956||" {
		t.Errorf("%s", got)
	}
	for _, row := range all {
		if row[6] == "<10" && row[12] != "<0.4163" {
			t.Errorf("%v", row)
		}
		if row[7] == bundle.Hidden && row[12] != "" {
			t.Errorf("a number that is not told has a rate: %v", row)
		}
	}
	if len(w.Losses) < 2 {
		t.Errorf("%+v", w.Losses)
	}
	a := asked()
	a.People = nil
	if _, err := outlet.Write(release(bundle.Exact), outlet.SDG, a); !fault.Is(err, fault.Guarded) {
		t.Errorf("%v", err)
	}
}

func TestRecordsOfThoseWhoDoNotExistOnly(t *testing.T) {
	w := write(t, release(bundle.Pooled), outlet.CTDC)
	all := rows(t, w, 0)
	want := [][]string{{"yearOfRegistration", "majorityStatus", "gender", "citizenship", "isForcedLabour"}, {"2025", "Minor", "Female", "GRC", "1"}, {"2025", "Adult", "Male", "", "0"}, {"2025", "", "", "XKX", ""}}
	if !slices.EqualFunc(all, want, slices.Equal) {
		t.Errorf("%v", all)
	}
	if !slices.ContainsFunc(w.Losses, func(l outlet.Loss) bool { return l.Column == "sex" && l.Value == "x" && l.Why == "no_value" }) {
		t.Errorf("%+v", w.Losses)
	}
	x := release(bundle.Pooled) // as a file of records has it, whose columns no code list is known of
	for i := range x.Release.Columns {
		x.Release.Columns[i].List = ""
	}
	if bare := rows(t, write(t, x, outlet.CTDC), 0); !slices.EqualFunc(bare, want, slices.Equal) {
		t.Errorf("without a list of countries: %v", bare)
	}
	for name, x := range map[string]bundle.Whole{"exact": release(bundle.Exact), "exact with records": func() bundle.Whole {
		x := release(bundle.Exact)
		x.Records = release(bundle.Pooled).Records
		return x
	}()} {
		if _, err := outlet.Write(x, outlet.CTDC, asked()); !fault.Is(err, fault.Guarded) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatBodiesDoNotTake(t *testing.T) {
	for name, change := range map[string]func(*bundle.Release){
		"half a year": func(r *bundle.Release) { r.Until = "2025-06-30" }, "two countries": func(r *bundle.Release) { r.Offices = append(r.Offices, bundle.Office{Country: "GR"}) },
		"no country": func(r *bundle.Release) { r.Offices = nil }, "cases": func(r *bundle.Release) { r.Unit = "case" },
	} {
		x := release(bundle.Exact)
		change(&x.Release)
		for _, as := range []outlet.Form{outlet.UNODC, outlet.GRETA, outlet.Eurostat, outlet.SDG} {
			if _, err := outlet.Write(x, as, asked()); !fault.Is(err, fault.Guarded) {
				t.Errorf("%s, %s: %v", name, as, err)
			}
		}
		write(t, x, outlet.CSV)
	}
	if _, err := outlet.Write(release(bundle.Exact), "other", asked()); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}

func TestTheDataFilesAreWhole(t *testing.T) {
	if len(outlet.Censuses()) != 10 || len(outlet.Mapping()) < 40 {
		t.Error("lines are missing")
	}
	for _, p := range outlet.Censuses() {
		if p.Verified || names().Alpha3(p.Country) == "" {
			t.Errorf("%+v", p)
		}
	}
	for _, bad := range []string{"", "country,year,population,source,verified\nAL,2023,0,x,no\n", "country,year\n", "country,year,population,source,verified\nALB,2023,1,x,no\n"} {
		if _, err := outlet.ReadPopulation(strings.NewReader(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	w := write(t, release(bundle.Exact), outlet.JSON)
	var out map[string]any
	if err := json.Unmarshal(w.Files["figures.json"], &out); err != nil || len(out["figures"].([]any)) != 24 {
		t.Errorf("%v", err)
	}
}
