// SPDX-License-Identifier: EUPL-1.2

package indicators_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/packs/indicators"
)

func load(t testing.TB) indicators.Sets {
	t.Helper()
	s, err := indicators.Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func set(t testing.TB, code string) indicators.Set {
	t.Helper()
	s, ok := load(t).Newest(code)
	if !ok {
		t.Fatalf("no list %s", code)
	}
	return s
}

// each walks a set's indicators in its order.
func each(s indicators.Set, f func(indicators.Dimension, indicators.Indicator)) {
	for _, d := range s.Dimensions {
		for _, i := range d.Indicators {
			f(d, i)
		}
	}
}

func TestTheLists(t *testing.T) {
	all := load(t)
	var got []string
	for _, s := range all.Lists() {
		n := 0
		each(s, func(indicators.Dimension, indicators.Indicator) { n++ })
		got = append(got, s.Code+" "+s.Version+" "+s.For+" "+strconv.Itoa(n))
		if same, ok := all.Get(s.Code, s.Version); !ok || !reflect.DeepEqual(same, s) {
			t.Errorf("%s is not found by its version", s.Code)
		}
		if s.Validated != (indicators.Text{}) {
			t.Errorf("%s says that it was validated", s.Code)
		}
		if s.WeightsChecked != "" || s.Combination != nil {
			t.Errorf("%s passes for checked, or combines what no source combines", s.Code)
		}
		if s.Ours != (s.Code == "smuggling") {
			t.Errorf("%s: ours is %v", s.Code, s.Ours)
		}
	}
	want := []string{"delphi_labour_adult 2009-1 adult 67", "delphi_labour_child 2009-1 child 65", "ilo11 2012-1 any 11", "smuggling 2026-1 any 12", "unodc 2008-1 any 119"}
	if !slices.Equal(got, want) {
		t.Errorf("lists %v", got)
	}
	if _, ok := all.Get("unodc", "2008-2"); ok {
		t.Error("a version that nobody wrote is found")
	}
	if _, ok := all.Newest("unodc2"); ok {
		t.Error("a list that nobody wrote is found")
	}
}

// source reads a table of the lists from the project's source data, which is not everywhere.
func source(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "indicators", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the source data is not beside this folder")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatal(err, len(rows))
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, c := range r {
			m[rows[0][i]] = c
		}
		out = append(out, m)
	}
	return out
}

// line is what a row and an indicator are compared by.
type line struct {
	dimension, id, text, weight string
	context                     bool
	ilo                         []int
}

func lines(s indicators.Set) (out []line) {
	each(s, func(d indicators.Dimension, i indicators.Indicator) {
		out = append(out, line{d.Code, i.ID, i.Text.EN, string(i.Weight), i.Context, i.ILO})
	})
	return out
}

func numbers(t *testing.T, s string) (out []int) {
	t.Helper()
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(x)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, got, want []line) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d indicators, the source has %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%+v\nthe source: %+v", got[i], want[i])
		}
	}
}

func TestDelphiSaysWhatItsSourceSays(t *testing.T) {
	for _, population := range []string{"adult", "child"} {
		var want []line
		for _, r := range source(t, "delphi_labour.csv") {
			if w := r[population+"_labour"]; w != "-" {
				want = append(want, line{r["dimension"], r["id"], r["indicator_own_words"], w, false, numbers(t, r["ilo11"])})
			}
		}
		s := set(t, "delphi_labour_"+population)
		same(t, lines(s), want)
		if s.Rule != indicators.Delphi || s.Year != 2009 {
			t.Errorf("%s: rule %q of %d", s.Code, s.Rule, s.Year)
		}
	}
}

func TestUNODCSaysWhatItsSourceSays(t *testing.T) {
	var want []line
	for _, r := range source(t, "unodc_2008.csv") {
		text := r["indicator_own_words"]
		want = append(want, line{r["section"], r["id"], strings.ToUpper(text[:1]) + text[1:], "", r["kind"] == "context", nil})
	}
	s := set(t, "unodc")
	same(t, lines(s), want)
	if s.Rule != indicators.NoRule || s.Year != 2008 {
		t.Errorf("rule %q of %d", s.Rule, s.Year)
	}
}

func TestTheILOsElevenSayWhatTheirSourceSays(t *testing.T) {
	var want []line
	for i, r := range source(t, "ilo11.csv") {
		if r["no"] != strconv.Itoa(i+1) {
			t.Fatalf("the source counts %s", r["no"])
		}
		want = append(want, line{"ILO", "ILO-" + strings.Repeat("0", 2-len(r["no"])) + r["no"], r["name"], "", false, []int{i + 1}})
	}
	same(t, lines(set(t, "ilo11")), want)
}

func TestWhatRestsOnAppearanceIsMarkedAndLeftOut(t *testing.T) {
	want := []string{"GEN-15", "GEN-34", "SEX-01", "SEX-04", "SEX-07", "SEX-08", "SEX-09", "SEX-16", "SEX-17", "SEX-18", "SEX-19", "BEG-01", "BEG-03", "BEG-04", "BEG-05", "BEG-06", "BEG-13"}
	var got []string
	for _, s := range load(t).Lists() {
		each(s, func(_ indicators.Dimension, i indicators.Indicator) {
			if i.Appearance {
				got = append(got, i.ID)
			}
		})
		before := len(lines(s))
		for _, l := range lines(s.WithoutAppearance()) {
			if i, _ := s.Indicator(l.id); i.Appearance {
				t.Errorf("%s %s is still asked", s.Code, l.id)
			}
		}
		if len(lines(s)) != before {
			t.Errorf("leaving out changed %s itself", s.Code)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("marked are %v", got)
	}
	if n := len(lines(set(t, "unodc").WithoutAppearance())); n != 119-len(want) {
		t.Errorf("%d are left", n)
	}
}

// TestOursClaimsNoMore: an indicator of ours speaks of no ILO indicator that none of those it was drawn from does,
// unless the list it was drawn from names none at all (the UNODC's).
func TestOursClaimsNoMore(t *testing.T) {
	all := load(t)
	each(set(t, "smuggling"), func(_ indicators.Dimension, i indicators.Indicator) {
		var may []int
		for _, from := range i.Drawn {
			code, id, _ := strings.Cut(from, ":")
			s, _ := all.Newest(code)
			x, ok := s.Indicator(id)
			if !ok {
				t.Errorf("%s is drawn from %s, which is nowhere", i.ID, from)
			}
			may = append(may, x.ILO...)
		}
		for _, n := range i.ILO {
			if !slices.Contains(may, n) {
				t.Errorf("%s speaks of the ILO's %d, what it was drawn from does not", i.ID, n)
			}
		}
	})
}

// TestOneWordingInBothDelphiSets: the adults' and the children's sets differ in weights, never in words.
func TestOneWordingInBothDelphiSets(t *testing.T) {
	adult := set(t, "delphi_labour_adult")
	each(set(t, "delphi_labour_child"), func(_ indicators.Dimension, i indicators.Indicator) {
		if a, ok := adult.Indicator(i.ID); !ok || a.Text != i.Text {
			t.Errorf("%s: %q and %q", i.ID, a.Text, i.Text)
		}
	})
}

// TestFrenchIsFrench catches a text that was left in English, and typing that French does not have.
func TestFrenchIsFrench(t *testing.T) {
	for _, s := range load(t).Lists() {
		texts := []indicators.Text{s.Title, s.Lead, s.Source}
		for _, d := range s.Dimensions {
			if d.Title.EN != "Exploitation" { // the same word in both
				texts = append(texts, d.Title)
			}
			for _, i := range d.Indicators {
				texts = append(texts, i.Text)
			}
		}
		for _, x := range texts {
			if x.EN == x.FR || strings.ContainsAny(x.FR, "'\"") || strings.Contains(x.In("fr-FR"), " the ") || x.In("de") != x.EN {
				t.Errorf("%s: %q", s.Code, x.FR)
			}
		}
	}
}
