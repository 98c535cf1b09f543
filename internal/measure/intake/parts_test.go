// SPDX-License-Identifier: EUPL-1.2

package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// counts gives the numbers of one column of a source in a year, by value.
func counts(t *testing.T, s source.Source, year int, column string) map[string]int64 {
	t.Helper()
	r, err := s.Coded(t.Context(), store.Who{}, source.Year(year))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Domain.Columns, func(c table.Column) bool { return c.Name == column })
	if i < 0 {
		t.Fatalf("%s has no %s: %+v", s.Title, column, r.Domain.Columns)
	}
	n, err := r.Count([]int{i})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for v, name := range r.Domain.Columns[i].Values {
		if n[v] > 0 {
			out[name] = n[v]
		}
	}
	return out
}

func titled(t *testing.T, all []source.Source, title string) source.Source {
	t.Helper()
	at := slices.IndexFunc(all, func(s source.Source) bool { return s.Title == title })
	if at < 0 {
		var have []string
		for _, s := range all {
			have = append(have, s.Title)
		}
		t.Fatalf("no %q in %q", title, have)
	}
	return all[at]
}

func same(t *testing.T, what string, got, want map[string]int64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
}

// TestPartsOfUNODCsTableAreCounted: each kind of figures along each breakdown is a source; totals, rates, years of which a number is
// not told and such as do not add up to their total are not counted.
func TestPartsOfUNODCsTableAreCounted(t *testing.T) {
	head := "Iso3_code,Country,Region,Subregion,Indicator,Dimension,Category,Sex,Age,Year,Unit of measurement,VALUE,Source\n"
	row := func(cells ...string) string { return "ALB,Albania,,," + strings.Join(cells, ",") + ",x\n" }
	det, con := "Detected trafficking victims", "Persons convicted"
	f := mustRead(t, intake.UNODC, head+
		row(det, "Total", "Total", "Total", "Total", "2021", "Counts", "10")+
		row(det, "Total", "Total", "Female", "Total", "2021", "Counts", "7")+row(det, "Total", "Total", "Male", "Total", "2021", "Counts", "3")+
		row(det, "by citizenship", "Albania", "Total", "Total", "2021", "Counts", "8")+row(det, "by citizenship", "Kosovo", "Total", "Total", "2021", "Counts", "2")+
		row(det, "Total", "Total", "Total", "Total", "2022", "Counts", "9")+
		row(det, "by citizenship", "Albania", "Total", "Total", "2022", "Counts", "8")+row(det, "by citizenship", "Kosovo", "Total", "Total", "2022", "Counts", "<5")+
		row(det, "Total", "Total", "Total", "Total", "2023", "Counts", "9")+
		row(det, "by citizenship", "Albania", "Total", "Total", "2023", "Counts", "9")+row(det, "by citizenship", "Kosovo", "Total", "Total", "2023", "Counts", "3")+
		row(det, "Total", "Total", "Total", "Total", "2021", "Rate per 100 000 population", "0.4")+
		row(con, "Total", "Total", "Total", "Total", "2021", "Counts", "4"))
	all, err := f.Sources("yearbook.1", "Table")
	if err != nil {
		t.Fatal(err)
	}
	by := titled(t, all, "Table · "+det+" · by citizenship")
	same(t, "by citizenship", counts(t, by, 2021, "category"), map[string]int64{"AL": 8, "XK": 2})
	if !slices.Equal(by.Years, []int{2021}) {
		t.Errorf("years %v are counted of which not all is told, or not as their total says", by.Years)
	}
	same(t, "by sex", counts(t, titled(t, all, "Table · "+det), 2021, "sex"), map[string]int64{"female": 7, "male": 3})
	same(t, "convicted", counts(t, titled(t, all, "Table · "+con), 2021, "geo"), map[string]int64{"AL": 4})
	if len(all) != 3 {
		t.Errorf("%d sources", len(all))
	}
	if again, _ := f.Sources("yearbook.1", "Table"); again[0].Code != all[0].Code || all[0].Code == all[1].Code {
		t.Error("codes of parts are not their own")
	}
}

// TestPartsOfEurostatsTableAreCounted: groups of countries and what overlaps are no parts of a whole.
func TestPartsOfEurostatsTableAreCounted(t *testing.T) {
	f := mustRead(t, intake.Eurostat, "freq,leg_stat,sex,unit,geo\\TIME_PERIOD\t2021\t2022\n"+
		"A,VICT,T,NR,RO\t10\t12\nA,VICT,F,NR,RO\t6\t7\nA,VICT,M,NR,RO\t4\t5\n"+
		"A,VICT,T,NR,EU27_2020\t100\t100\nA,VICT,F,NR,EU27_2020\t60\t60\nA,VICT,M,NR,EU27_2020\t40\t40\n"+
		"A,VICT,T,NR,BG\t10\t5\nA,VICT,F,NR,BG\t6\t3 b\nA,VICT,M,NR,BG\t:\t2\n"+
		"A,SUSP,T,NR,RO\t3\t4\nA,SUSP,F,NR,RO\t3\t3\nA,SUSP,M,NR,RO\t3\t1\n")
	all, err := f.Sources("yearbook.2", "E")
	if err != nil {
		t.Fatal(err)
	}
	victims := titled(t, all, "E · VICT")
	same(t, "2021", counts(t, victims, 2021, "sex"), map[string]int64{"female": 6, "male": 4})
	same(t, "2022", counts(t, victims, 2022, "geo"), map[string]int64{"RO": 12, "BG": 5})
	if s := titled(t, all, "E · SUSP"); !slices.Equal(s.Years, []int{2022}) {
		t.Errorf("%v: three women and three men are three suspects", s.Years)
	}
	none := mustRead(t, intake.Eurostat, "freq,unit,geo\\TIME_PERIOD\t2021\nA,P_HTHAB,RO\t0.5\n")
	if _, err := none.Sources("yearbook.3", "R"); !fault.Is(err, fault.Guarded) {
		t.Errorf("a rate was counted: %v", err)
	}
}

// TestOfManyPartsTheFirstAreCounted: and of a table with kinds of figures beyond number none is, before they are compared with each other.
func TestOfManyPartsTheFirstAreCounted(t *testing.T) {
	table := func(kinds int) *intake.Figures {
		var b strings.Builder
		b.WriteString("freq,leg_stat,unit,geo\\TIME_PERIOD\t2021\n")
		for i := range kinds {
			fmt.Fprintf(&b, "A,K%d,NR,RO\t1\n", i)
		}
		return mustRead(t, intake.Eurostat, b.String())
	}
	if all, err := table(intake.MostParts+6).Sources("yearbook.4", "M"); err != nil || len(all) != intake.MostParts {
		t.Errorf("%d parts, %v", len(all), err)
	}
	if _, err := table(2001).Sources("yearbook.5", "N"); !fault.Is(err, fault.Guarded) {
		t.Errorf("kinds beyond number: %v", err)
	}
}
