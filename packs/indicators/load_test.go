// SPDX-License-Identifier: EUPL-1.2

package indicators_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/entraide-thb/entraide/packs/indicators"
)

const weighted = `code: first
version: "2020-1"
title: {en: First, fr: Première}
lead: {en: For a test., fr: Pour un essai.}
source: {en: Nobody, fr: Personne}
year: 2020
for: adult
rule: delphi
combination:
  text: {en: Both, fr: Les deux}
  ground: {en: A law, fr: Une loi}
weights_checked: A reviewer
validated: {en: Nowhere, fr: Nulle part}
dimensions:
  - code: EX
    title: {en: Exploitation, fr: Exploitation}
    indicators:
      - {id: EX-01, weight: S, ilo: [10, 11], text: {en: Long days, fr: De longues journées}}
      - {id: EX-02, weight: W, context: true, appearance: true, text: {en: Little pay, fr: Peu payée}}
`

const ours = `code: second
version: "2021-1"
title: {en: Second, fr: Deuxième}
lead: {en: For a test., fr: Pour un essai.}
source: {en: We, fr: Nous}
year: 2021
ours: true
for: any
dimensions:
  - code: AA
    title: {en: A, fr: Un}
    indicators:
      - {id: AA-01, drawn: ["first:EX-01"], text: {en: Days, fr: Des journées}}
`

// read reads the two sets with one change to either of them.
func read(t testing.TB, old, new string) (indicators.Sets, error) {
	t.Helper()
	a, b := strings.Replace(weighted, old, new, 1), strings.Replace(ours, old, new, 1)
	if old != "" && a == weighted && b == ours {
		t.Fatalf("nothing says %q", old)
	}
	return indicators.Read(fstest.MapFS{"first.2020-1.yaml": {Data: []byte(a)}, "second.2021-1.yaml": {Data: []byte(b)}})
}

func TestTheSetsOfTheseTestsAreRead(t *testing.T) {
	s, err := read(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	first, ok := s.Get("first", "2020-1")
	if !ok || first.Combination == nil || len(first.Dimensions[0].Indicators) != 2 || first.Dimensions[0].Indicators[0].ILO[1] != 11 || !first.Dimensions[0].Indicators[1].Context {
		t.Errorf("%+v", first)
	}
}

func TestNothingDoubtfulIsRead(t *testing.T) {
	for what, change := range map[string][2]string{
		"an unknown field":               {"year: 2020", "year: 2020\nprobability: 0.7"},
		"an unknown field inside":        {"weight: S", "weight: S, score: 3"},
		"a field twice":                  {"rule: delphi", "rule: delphi\nrule: delphi"},
		"an id twice":                    {"EX-02", "EX-01"},
		"a dimension twice":              {"dimensions:\n  - code: EX", "dimensions:\n  - code: EX\n    title: {en: A, fr: B}\n    indicators: [{id: EX-09, weight: S, text: {en: A, fr: B}}]\n  - code: EX"},
		"no French":                      {", fr: De longues journées", ""},
		"no English":                     {"en: Long days, ", ""},
		"an empty French":                {"fr: De longues journées", `fr: ""`},
		"a title without French":         {"title: {en: First, fr: Première}", "title: {en: First}"},
		"no lead":                        {"lead: {en: For a test., fr: Pour un essai.}\n", ""},
		"no source":                      {"source: {en: Nobody, fr: Personne}\n", ""},
		"a dimension without a title":    {"    title: {en: Exploitation, fr: Exploitation}\n", ""},
		"half a validation":              {"validated: {en: Nowhere, fr: Nulle part}", "validated: {en: Nowhere}"},
		"a combination without a ground": {"  ground: {en: A law, fr: Une loi}\n", ""},
		"a weight without a rule":        {"AA-01,", "AA-01, weight: M,"},
		"a weight missing under a rule":  {"weight: S, ", ""},
		"a weight that is none":          {"weight: S", "weight: X"},
		"a rule that is none":            {"rule: delphi", "rule: sum"},
		"weights checked without a rule": {"for: any", "for: any\nweights_checked: A reviewer"},
		"a combination without a rule":   {"for: any", "for: any\ncombination: {text: {en: A, fr: B}, ground: {en: A, fr: B}}"},
		"an unknown population":          {"for: adult", "for: women"},
		"no population":                  {"for: adult\n", ""},
		"an ILO indicator 12":            {"[10, 11]", "[10, 12]"},
		"an ILO indicator 0":             {"[10, 11]", "[0, 11]"},
		"an ILO indicator twice":         {"[10, 11]", "[11, 11]"},
		"ILO indicators out of order":    {"[10, 11]", "[11, 10]"},
		"another's that is drawn":        {"weight: S,", `weight: S, drawn: ["second:AA-01"],`},
		"ours that is not drawn":         {`drawn: ["first:EX-01"], `, ""},
		"drawn from nowhere":             {"first:EX-01", "first:EX-03"},
		"drawn from no list":             {"first:EX-01", "third:EX-01"},
		"drawn from ours":                {"first:EX-01", "second:AA-01"},
		"drawn twice from the same":      {`["first:EX-01"]`, `["first:EX-01", "first:EX-01"]`},
		"drawn from no id":               {"first:EX-01", "EX-01"},
		"no indicators":                  {"    indicators:\n      - {id: AA-01, drawn: [\"first:EX-01\"], text: {en: Days, fr: Des journées}}\n", ""},
		"another name than its file's":   {"code: first", "code: fourth"},
		"another version than its file":  {`version: "2020-1"`, `version: "2020-2"`},
		"another year than its version":  {"year: 2020", "year: 2019"},
		"an id of another form":          {"id: EX-02", "id: ex 2"},
		"a second document":              {"code: first", "---\ncode: first\n---\ncode: first"},
		"a text of two lines":            {"en: Long days", `en: "Long\ndays"`},
		"a text with blanks around":      {"en: Long days", `en: " Long days"`},
		"a text without end":             {"en: Long days", "en: " + strings.Repeat("long ", 300)},
		"a word for a truth":             {"context: true", "context: sometimes"},
		"a list for a text":              {"text: {en: Long days, fr: De longues journées}", "text: [Long days]"},
	} {
		if _, err := read(t, change[0], change[1]); err == nil {
			t.Errorf("%s is read", what)
		} else if !strings.Contains(err.Error(), "2020-1.yaml") && !strings.Contains(err.Error(), "2021-1.yaml") {
			t.Errorf("%s: the error does not name the file: %v", what, err)
		}
	}
	if _, err := indicators.Read(fstest.MapFS{"empty.2020-1.yaml": {}}); err == nil {
		t.Error("an empty file is read")
	}
	if _, err := indicators.Read(fstest.MapFS{"first.2020-1.yaml": {Data: []byte(weighted + strings.Repeat("# \n", 1<<19))}}); err == nil {
		t.Error("a file without end is read")
	}
}

// TestVersionsInOrder: the tenth edition is newer than the ninth, and the old ones stay to be found.
func TestVersionsInOrder(t *testing.T) {
	files := fstest.MapFS{}
	for _, v := range []string{"2020-9", "2020-10", "2020-1", "2019-99"} {
		text := strings.Replace(strings.Replace(weighted, "2020-1", v, 1), "year: 2020", "year: "+v[:4], 1)
		files["first."+v+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := indicators.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	if newest, ok := s.Newest("first"); !ok || newest.Version != "2020-10" {
		t.Errorf("the newest is %s", newest.Version)
	}
	if l := s.Lists(); len(l) != 1 || l[0].Version != "2020-10" {
		t.Errorf("%d lists", len(l))
	}
	if old, ok := s.Get("first", "2019-99"); !ok || old.Year != 2019 {
		t.Error("an old version is gone")
	}
}

// FuzzRead: whatever a file says, the loader refuses it or gives a set that keeps its promises.
func FuzzRead(f *testing.F) {
	f.Add([]byte(weighted))
	f.Add([]byte(ours))
	f.Add([]byte("code: &a [*a, *a]"))
	f.Add([]byte("dimensions: [{indicators: [{ilo: [1, 1]}]}]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := indicators.Read(fstest.MapFS{"first.2020-1.yaml": {Data: b}})
		if err != nil {
			return
		}
		first, ok := s.Get("first", "2020-1")
		if !ok {
			t.Fatal("the set is read under another name")
		}
		seen := map[string]bool{}
		each(first, func(d indicators.Dimension, i indicators.Indicator) {
			if seen[i.ID] || i.Text.EN == "" || i.Text.FR == "" || d.Title.EN == "" || d.Title.FR == "" {
				t.Fatalf("%s twice or without its words", i.ID)
			}
			seen[i.ID] = true
			if (i.Weight != "") != (first.Rule != indicators.NoRule) || len(i.Drawn) > 0 {
				t.Fatalf("%+v under rule %q", i, first.Rule)
			}
		})
		if len(seen) == 0 {
			t.Fatal("a set without indicators")
		}
	})
}
