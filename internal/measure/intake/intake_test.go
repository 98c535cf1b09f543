// SPDX-License-Identifier: EUPL-1.2

package intake_test

import (
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

var names = sync.OnceValue(func() *territory.Names {
	b, err := lang.Load()
	if err != nil {
		panic(err)
	}
	return territory.Load(b)
})

func read(as intake.Shape, src string) (*intake.Figures, error) {
	return intake.Read(strings.NewReader(src), int64(len(src)), as, intake.Options{Names: names()})
}

func mustRead(t *testing.T, as intake.Shape, src string) *intake.Figures {
	t.Helper()
	f, err := read(as, src)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// at gives the number of a cell by its values, in the order of the columns.
func at(f *intake.Figures, values ...string) string {
	for _, c := range f.Cells {
		same := len(values) == len(f.Columns)
		for i, v := range values {
			same = same && f.Columns[i].Values[c.At[i]] == v
		}
		if same {
			return c.Number.Text + " " + c.Number.Flags
		}
	}
	return "none"
}

// found says whether the report has a note of a line.
func found(f *intake.Figures, k intake.Kind, line int, column, why string) bool {
	return slices.ContainsFunc(f.Report.Notes, func(n intake.Note) bool {
		return n.Kind == k && n.Line == line && n.Column == column && n.Why == why
	})
}

const unodc = `Trafficking data,,,,,,,,,,,,
Iso3_code,Country,Region,Subregion,Indicator,Dimension,Category,Sex,Age,Year,Unit of measurement,VALUE,Source
ROU,Romania,Europe,Eastern Europe,Detected victims,Total,Total,Total,Total,2021,Counts,"1,234",CTS
ROU,ROMANIA,Europe,Eastern Europe,Detected victims,Total,Total,Male,Total,2021,Counts,1000,CTS
ROU,Romania,Europe,Eastern Europe,Detected victims,Total,Total,Female,Total,2021,Counts,300,CTS
,Serbia[a],Europe,,Detected victims,by citizenship,Romanian,Total,Total,2021,Counts,<5,CTS
SRB,Serbia,Europe,,Detected victims,by citizenship,ROMANIA,Total,Total,2021,Counts,7,CTS
SRB,Serbia,Europe,,Detected victims,by citizenship,Congolese,Total,Total,2021,Counts,2,CTS
,Kosovo under UNSCR 1244,Europe,,Detected victims,Total,Total,Total,Total,2021,Counts,30,CTS
,Kosovo*,Europe,,Detected victims,Total,Total,Total,Total,2021,Counts,30,CTS
FRA,Greece,Europe,,Detected victims,Total,Total,Total,Total,2021,Counts,30,CTS
ALB,Albania,Europe,,Detected victims,Total,Total,Total,Total,2021,"Rate per 100,000 population",3.5,CTS
ALB,Albania,Europe,,Detected victims,Total,Total,Total,Total,21,Counts,3,CTS
ALB,Albania,Europe,,Detected victims,Total,Total,Total,Total,2020,Counts,-3,CTS
ALB,Albania,Europe,,Detected victims,Total,Total,Total,Total,2019,Counts,1.234,CTS
ALB,Albania,Europe,,Detected victims,Total,Total,Total,Total,2018,Counts,,CTS
`

func TestTablesOfUNODC(t *testing.T) {
	f := mustRead(t, intake.UNODC, unodc)
	for want, where := range map[string][]string{
		"1234 ":         {"RO", "2021", "Detected victims", "total", "total", "total", "total", "Counts"},
		"30 ":           {"XK", "2021", "Detected victims", "total", "total", "total", "total", "Counts"},
		" contradicted": {"RS", "2021", "Detected victims", "by citizenship", "RO", "total", "total", "Counts"},
		"3.5 ":          {"AL", "2021", "Detected victims", "total", "total", "total", "total", "Rate per 100,000 population"},
		"2 ":            {"RS", "2021", "Detected victims", "by citizenship", "Congolese", "total", "total", "Counts"},
		" ":             {"AL", "2018", "Detected victims", "total", "total", "total", "total", "Counts"},
		"none":          {"AL", "2019", "Detected victims", "total", "total", "total", "total", "Counts"},
	} {
		if got := at(f, where...); got != want {
			t.Errorf("%v: %q, want %q", where, got, want)
		}
	}
	for _, x := range []struct {
		kind   intake.Kind
		line   int
		column string
		why    string
	}{
		{intake.Dropped, 1, "", "before"}, {intake.Repaired, 3, "value", "thousands"}, {intake.Contradictory, 3, "sex", "more"}, {intake.Repaired, 10, "geo", "country"},
		{intake.Repaired, 6, "geo", "territory_note"}, {intake.Contradictory, 6, "", "twice_differing"}, {intake.Contradictory, 7, "", "twice_differing"},
		{intake.Contradictory, 8, "category", "ambiguous"}, {intake.Dropped, 10, "", "twice"}, {intake.Contradictory, 11, "geo", "two_countries"},
		{intake.Dropped, 13, "time", "year"}, {intake.Dropped, 14, "value", "negative"}, {intake.Contradictory, 15, "value", "separator"},
	} {
		if !found(f, x.kind, x.line, x.column, x.why) {
			t.Errorf("not noted: %+v", x)
		}
	}
	if f.Report.Lines != 14 || f.Report.Taken != 6 {
		t.Errorf("%d lines, %d numbers", f.Report.Lines, f.Report.Taken)
	}
	if again := mustRead(t, intake.UNODC, unodc); !reflect.DeepEqual(f, again) {
		t.Error("the same file was read as something else")
	}
}

func TestTablesOfEurostat(t *testing.T) {
	tsv := "freq,citizen,sex,unit,geo\\TIME_PERIOD\t2021 \t2022 \n" +
		"A,TOTAL,T,NR,EL\t12 b\t1500\n" +
		"A,EU27_2020_FOR,T,NR,EL\t99 \t: \n" +
		"A,RO,T,NR,EL\t10 \t: c\n" +
		"A,UNK,T,NR,EL\t1 \t:z\n" +
		"A,RO,M,P_HTHAB,EL\t0.35 e\t:\n" +
		"A,RO,M\t1\t2\n"
	f := mustRead(t, intake.Eurostat, tsv)
	for want, where := range map[string][]string{
		"12 b": {"A", "total", "total", "NR", "GR", "2021"}, "99 ": {"A", "EU27_2020_FOR", "total", "NR", "GR", "2021"}, " withheld": {"A", "RO", "total", "NR", "GR", "2022"},
		"0.35 e": {"A", "RO", "male", "P_HTHAB", "GR", "2021"}, " z": {"A", "unknown", "total", "NR", "GR", "2022"},
	} {
		if got := at(f, where...); got != want {
			t.Errorf("%v: %q, want %q", where, got, want)
		}
	}
	if !found(f, intake.Contradictory, 2, "citizen", "less") || !found(f, intake.Dropped, 7, "", "cells") || !found(f, intake.Repaired, 2, "geo", "country") {
		t.Errorf("%+v", f.Report.Notes)
	}
	sdmx := "DATAFLOW,LAST UPDATE,freq,unit,sex,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\n" +
		"ESTAT:CRIM_THB_SEX(1.0),01/01/24,A: Annual,NR,F: Females,FR,2022,42,b,\nESTAT:CRIM_THB_SEX(1.0),01/01/24,A,NR,M,FR,2022,,,C\n"
	f = mustRead(t, intake.Eurostat, sdmx)
	if got := at(f, "A", "NR", "female", "FR", "2022"); got != "42 b" {
		t.Errorf("%q", got)
	}
	if got := at(f, "A", "NR", "male", "FR", "2022"); got != " withheld" {
		t.Errorf("%q", got)
	}
}

func TestTablesOfOnesOwn(t *testing.T) {
	crossed := "Our table of 2023\nNationality \\ Sex;Women;Men;Total\nRoumaine;10;5;15\nKosovo*;<5;3;7\nTotal;13;8;20\n"
	f := mustRead(t, intake.Table, crossed)
	if got := at(f, "RO", "female"); got != "10 " {
		t.Errorf("%q of %+v", got, f.Columns)
	}
	if got := at(f, "XK", "female"); got != "<5 " {
		t.Errorf("%q", got)
	}
	if !found(f, intake.Contradictory, 5, "sex", "more") || !found(f, intake.Contradictory, 5, "nationality", "more") || f.Report.N(intake.Contradictory) != 2 {
		t.Errorf("%+v", f.Report)
	}
	long := mustRead(t, intake.Table, "year,form,count\n2022,work,3\n2022,begging,2\n2023,work,1 200\n2023,begging,4\n2023,work,5\n")
	if got := at(long, "2023", "work"); got != " contradicted" {
		t.Errorf("%q", got)
	}
	if _, err := long.Source("mine"); !fault.Is(err, fault.Guarded) {
		t.Errorf("a number that is not told was counted: %v", err)
	}
}

func TestRecordsOfCTDC(t *testing.T) {
	f := mustRead(t, intake.CTDC, "yearOfRegistration,gender,ageBroad,majorityStatus,citizenship,isForcedLabour,typeOfLabourOther,means,isForcedLabour\n"+
		"2019,Female,30--38,Minor,ROU,0,1,Threats;Debt,1\n"+
		"2019.0,Male,-99,,Romanian,1,,-99\n"+
		"-99,,,,00,,,,,,x\n"+
		"yearOfRegistration,gender,ageBroad,majorityStatus,citizenship,isForcedLabour,typeOfLabourOther,means,isForcedLabour\n"+
		",,,,,,,,\n"+
		"2020,Woman,,Adult,XKX,0;1,,Threats,\n")
	if len(f.Rows) != 3 || len(f.Columns) != 8 {
		t.Fatalf("%d rows, %+v", len(f.Rows), f.Columns)
	}
	for _, x := range []struct {
		kind   intake.Kind
		line   int
		column string
		why    string
	}{{intake.Dropped, 1, "isForcedLabour", "column_twice"}, {intake.Contradictory, 2, "majoritystatus", "age"}, {intake.Contradictory, 2, "isforcedlabour", "kind_of_none"},
		{intake.Repaired, 3, "yearofregistration", "year_form"}, {intake.Repaired, 3, "citizenship", "country"}, {intake.Repaired, 3, "", "short"}, {intake.Dropped, 4, "", "cells"},
		{intake.Dropped, 5, "", "head_again"}, {intake.Dropped, 6, "", "nothing_said"}, {intake.Contradictory, 7, "isforcedlabour", "yes_and_no"}} {
		if !found(f, x.kind, x.line, x.column, x.why) {
			t.Errorf("not noted: %+v in %+v", x, f.Report.Notes)
		}
	}
	s, err := f.Source("published")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Coded(t.Context(), store.Who{}, source.Year(2019))
	if err != nil || r.Len() != 2 {
		t.Fatalf("%v", err)
	}
	if d := s.Domain(); !slices.ContainsFunc(d.Columns, func(c table.Column) bool { return c.Name == "means.Threats" }) {
		t.Errorf("%+v", d)
	}
}

// TestATableIsCountedAsItSays: as many records as each number says, and its totals are not counted again.
func TestATableIsCountedAsItSays(t *testing.T) {
	f := mustRead(t, intake.Table, "year,sex,count\n2022,F,3\n2022,M,2\n2022,Total,5\n2023,F,0\n2023,M,7\n")
	s, err := f.Source("mine")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Coded(t.Context(), store.Who{}, source.Year(2022))
	if err != nil || r.Len() != 5 {
		t.Fatalf("%v %v", r, err)
	}
	got, err := r.Count([]int{1})
	if err != nil || !slices.Equal(got, []int64{3, 2, 0}) {
		t.Errorf("%v %v", got, err)
	}
}

func TestNumbers(t *testing.T) {
	for s, want := range map[string]string{"12": "12", "1,234": "1234", "1 234": "1234", "1\u00a0234": "1234", "1'234": "1234", "1.234.567": "1234567", "<5": "<5", "< 5": "<5", "fewer than 5": "<5", "≤4": "<5",
		"more than 100": ">=101", "100+": ">=100", "≥ 3": ">=3", "12*": "12", "12[a]": "12", "007": "7", "'12": "12", "12.0": "12", "-99": "", ":": "", "..": "", "-": "", "*": " withheld", "0": "0",
		"1.234": "none", "12.5": "none", "1,23": "none", "-4": "none", "1e5": "none", "12,34,567": "none", "<0": "none", "x12": "none", "99999999999999999": "none", "NaN": "", "Inf": "none"} {
		f, err := read(intake.Table, "what;count;x\na;"+s+";1\n")
		if err != nil {
			t.Fatal(err)
		}
		got := strings.TrimSuffix(at(f, "a", "1"), " ")
		if got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestWhatIsNoSuchFileIsRefused(t *testing.T) {
	for name, x := range map[string]struct {
		as  intake.Shape
		src string
	}{
		"no shape": {"other", "a,b\n1,2"}, "no head": {intake.UNODC, "a,b\n1,2"}, "nothing": {intake.Table, ""}, "no table": {intake.CTDC, "PK\x03\x04"}, "letters": {intake.Table, "a,b\n\xff,2"},
		"twice": {intake.Eurostat, "sex,sex,geo\\TIME_PERIOD\t2020\n"}, "columns": {intake.CTDC, strings.Repeat("a,", 301) + "b\n"},
	} {
		if _, err := read(x.as, x.src); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var b strings.Builder
	b.WriteString("id,sex,count\n")
	for i := range 20_001 {
		b.WriteString(strconv.Itoa(i) + ",F,1\n")
	}
	if _, err := read(intake.Table, b.String()); !fault.Is(err, fault.Invalid) {
		t.Errorf("more values than a column has: %v", err)
	}
}

// TestTheLargestPublicTable reads the records that benchmarks are made with, where they are there.
func TestTheLargestPublicTable(t *testing.T) {
	const path = "../../../../shared/data/statistics/CTDC_VPsynthetic_condensed.csv"
	file, err := os.Open(path)
	if err != nil {
		t.Skip("no such file here")
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	f, err := intake.Read(file, info.Size(), intake.CTDC, intake.Options{Names: names()})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Rows) != 21_195 || len(f.Columns) != 16 || f.Report.N(intake.Dropped) != 0 {
		t.Errorf("%d records of %d columns, %+v", len(f.Rows), len(f.Columns), f.Report.Tallies)
	}
	several := 0
	for _, c := range f.Columns {
		if c.Several {
			several++
		}
	}
	t.Logf("%d columns with several answers; %+v", several, f.Report.Tallies)
}

// TestOrderOfRowsDoesNotMatter: whatever order rows come in, numbers stay with their places.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	g := rand.New(rand.NewPCG(5, 6))
	var rows []string
	for _, y := range []string{"2020", "2021", "2022"} {
		for _, c := range []string{"Romania", "Albania", "Kosovo", "unknown", "Total", "Other"} {
			rows = append(rows, y+","+c+","+strconv.Itoa(g.IntN(50)))
		}
	}
	want := mustRead(t, intake.Table, "year,citizenship,count\n"+strings.Join(rows, "\n"))
	if v := want.Columns[1].Values; !slices.Equal(v, []string{"total", "AL", "RO", "XK", "other", "unknown"}) {
		t.Errorf("%v", v)
	}
	g.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	got := mustRead(t, intake.Table, "year,citizenship,count\n"+strings.Join(rows, "\n"))
	for i := range want.Cells {
		if got.Cells[i].Number != want.Cells[i].Number || !slices.Equal(got.Cells[i].At, want.Cells[i].At) {
			t.Fatalf("%v, want %v", got.Cells[i], want.Cells[i])
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(0, "yearOfRegistration,gender,citizenship\n2019,F;M,RO\n")
	f.Add(1, unodc)
	f.Add(2, "freq,geo\\TIME_PERIOD\t2021\nA,EL\t12 b\n")
	f.Add(2, "STRUCTURE,STRUCTURE_ID,geo,OBS_VALUE\ndataflow,X,FR,<5\n")
	f.Add(3, "a\\b;x;Total\ny;<5;1 000\nTotal;4;3\n")
	f.Add(3, "year,count\n2020,3\n2020,4\n")
	f.Fuzz(func(t *testing.T, as int, src string) {
		shapes := intake.Shapes()
		shape := shapes[((as%len(shapes))+len(shapes))%len(shapes)]
		x, err := read(shape, src)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%v", err)
			}
			return
		}
		for _, c := range x.Cells {
			for i, v := range c.At {
				if int(v) >= len(x.Columns[i].Values) {
					t.Fatal("a cell stands nowhere")
				}
			}
			if low, high := c.Number.Range(); low < 0 && !c.Number.IsEstimate() || high < low {
				t.Errorf("%q is between %v and %v", c.Number.Text, low, high)
			}
		}
		all, err := x.Sources("f", "F")
		if err != nil && !fault.Is(err, fault.Guarded) {
			t.Errorf("%v", err)
		}
		for _, y := range all {
			if err == nil && (len(y.Years) == 0 || y.Domain().Validate() == nil && y.Read == nil) {
				t.Errorf("%q cannot be counted", y.Title)
			}
		}
		again, err := read(shape, src)
		if err != nil || !reflect.DeepEqual(x, again) {
			t.Error("read twice, two things")
		}
	})
}
