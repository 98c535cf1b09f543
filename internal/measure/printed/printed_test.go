// SPDX-License-Identifier: EUPL-1.2

package printed_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/printed"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

func read(t testing.TB, text string, o printed.Options) *printed.Table {
	t.Helper()
	p, err := printed.Read(strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// recovered gives the labels of cells whose number is certain, with the number.
func recovered(t testing.TB, p *printed.Table) (out []string) {
	t.Helper()
	found, err := p.Audit(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found.Recovered {
		out = append(out, fmt.Sprintf("%s=%d", strings.Join(p.Places[c].Labels, "/"), found.Findings[c].Low))
	}
	return out
}

// TestWhatAColumnOfTotalsGivesAway: a cross table with marks between thousands, signs for what is not told, totals at the end.
func TestWhatAColumnOfTotalsGivesAway(t *testing.T) {
	p := read(t, "Country;2019;2020;Total\nGreece;1 200;<5;1 203\nItaly;*;30;\nTotal;1.240;33;1,273\n", printed.Options{})
	if p.Report != (printed.Report{Cells: 9, Shown: 6, Fewer: 1, Hidden: 2, Sums: 6}) {
		t.Errorf("%+v", p.Report)
	}
	if got, want := recovered(t, p), []string{"Greece/2020=3", "Italy/2019=40", "Italy/Total=70"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	// The same as a list of cells.
	p = read(t, "year,sex,persons\n2019,f,7\n2019,m,..\n2019,all,9\n2020,f,:\n2020,m,1\n2020,all,\nall,f,\nall,m,\nall,all,20\n", printed.Options{})
	if got := recovered(t, p); !slices.Equal(got, []string{"2019/m=2", "2020/f=10", "2020/all=11", "all/f=17", "all/m=3"}) {
		t.Errorf("%q", got)
	}
}

// TestWhatIsProtectedStaysSo: two numbers withheld in one line of two are told of by nothing, and a table without totals tells
// nothing at all.
func TestWhatIsProtectedStaysSo(t *testing.T) {
	for _, text := range []string{
		"c,a,b,total\nx,*,*,50\ny,*,*,60\ntotal,40,70,110\n",
		"c,a,b\nx,1,*\ny,<5,3\n",
	} {
		p := read(t, text, printed.Options{})
		if got := recovered(t, p); len(got) > 0 {
			t.Errorf("%q is calculated of %q", got, text)
		}
	}
	// "Fewer than" that never means zero: 1 + 1 = 2.
	text := "c,a,b,total\nx,<5,<5,2\n"
	if got := recovered(t, read(t, text, printed.Options{})); len(got) > 0 {
		t.Errorf("%q", got)
	}
	if got := recovered(t, read(t, text, printed.Options{Positive: true})); len(got) != 2 {
		t.Errorf("%q", got)
	}
	// Rounded numbers need not add up.
	p := read(t, "c,a,b,total\nx,10,10,30\n", printed.Options{Base: 10})
	if got := recovered(t, p); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// TestBadTablesAreRefused, before anything is calculated, and with the place.
func TestBadTablesAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, key string }{
		"negative":                     {"c,a,b\nx,1,-2\n", "printed.want.negative"},
		"not whole":                    {"c,a,b\nx,1,2.5\n", "printed.want.whole"},
		"too large":                    {"c,a,b\nx,1,99999999999999999999\n", "printed.want.whole"},
		"contradicting":                {"c,a,b,total\nx,1,2,4\ny,1,1,2\n", "printed.want.adding_up"},
		"with parts that are too many": {"c,a,b,total\nx,9,*,4\ny,1,1,2\n", "printed.want.adding_up"},
		"text":                         {"c,a,b\nx,1,2\ny,3,some\n", "printed.want.number"},
		"twice":                        {"c,a,b\nx,1,2\nx,3,4\n", "printed.want.once"},
		"ragged":                       {"c,a,b\nx,1\n", "printed.want.as_many"},
		"no number":                    {"c,a\nx,y\n", "printed.want.table"},
		"head only":                    {"c,a\n", "printed.want.table"},
		"open quote":                   {"c,a\n\"x,1\n", "printed.want.csv"},
	} {
		if _, err := printed.Read(strings.NewReader(c.text), printed.Options{}); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Each sum can be, but not all together: a is 6 at least in each line, and 5 in both.
	p := read(t, "c,a,b,total\nx,*,<5,10\ny,*,<5,10\ntotal,5,*,20\n", printed.Options{})
	if _, err := p.Audit(t.Context(), nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("margins that contradict: %v", err)
	}
	var large strings.Builder
	for i := range exact.MostCells + 2 {
		fmt.Fprintf(&large, "r%d,1\n", i)
	}
	if _, err := printed.Read(strings.NewReader(large.String()), printed.Options{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("too many cells: %v", err)
	}
	if _, err := printed.Read(strings.NewReader(strings.Repeat("x", printed.MostBytes+1)), printed.Options{}); !fault.Is(err, fault.TooMuch) {
		t.Errorf("too large: %v", err)
	}
}

// TestWhatIsCalculatedIsTrue: of tables in which anything may be left out, what is called certain is the number that was there.
func TestWhatIsCalculatedIsTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 4).Draw(t, "lines"), rapid.IntRange(2, 4).Draw(t, "columns")
		inner := rapid.SliceOfN(rapid.Int64Range(0, 30), n*m, n*m).Draw(t, "counts")
		values, err := exact.Margins(inner, n, m)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		text.WriteString("c")
		for c := range m {
			fmt.Fprintf(&text, ",c%d", c)
		}
		text.WriteString(",Total\n")
		for i, v := range values {
			if i%(m+1) == 0 {
				text.WriteString(map[bool]string{true: "Total", false: fmt.Sprintf("r%d", i)}[i/(m+1) == n])
			}
			fmt.Fprintf(&text, ",%s", rapid.SampledFrom([]string{fmt.Sprint(v), map[bool]string{true: "<5", false: "*"}[v < 5]}).Draw(t, "cell"))
			if i%(m+1) == m {
				text.WriteString("\n")
			}
		}
		p, err := printed.Read(strings.NewReader(text.String()), printed.Options{})
		if err != nil {
			t.Fatalf("%v of\n%s", err, text.String())
		}
		found, err := p.Audit(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for c, f := range found.Findings {
			if values[c] < f.Low || values[c] > f.High {
				t.Fatalf("cell %d is %d, calculated as %v, of\n%s", c, values[c], f, text.String())
			}
		}
	})
}

// FuzzRead: any file is refused or gives a system that is one.
func FuzzRead(f *testing.F) {
	f.Add([]byte("c,a,b,total\nx,<5,*,1 234\ntotal,,2,3\n"))
	f.Add([]byte("year;sex;n\n2019;f;7\n2019;all;:\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := printed.Read(strings.NewReader(string(text)), printed.Options{})
		if err != nil {
			return
		}
		if err := p.System.Validate(); err != nil {
			t.Fatal(err)
		}
		if len(p.Known) != p.System.Cells || len(p.Places) != p.System.Cells {
			t.Fatal(len(p.Known), len(p.Places), p.System.Cells)
		}
	})
}
