// SPDX-License-Identifier: EUPL-1.2

package results_test

import (
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/packs/results"
)

// TestTheFrameworkIsWhole: 23 indicators, none of which waits for something that is not built, and nothing is claimed.
func TestTheFrameworkIsWhole(t *testing.T) {
	f, err := results.Default()
	if err != nil {
		t.Fatal(err)
	}
	levels, waits := map[string]int{}, []string{}
	for _, x := range f.Indicators {
		levels[x.Level]++
		if x.Waits != "" {
			waits = append(waits, x.ID)
		}
	}
	if len(f.Indicators) != 23 || levels["output"] != 9 || levels["outcome"] != 11 || levels["impact"] != 3 {
		t.Errorf("%d indicators, %v", len(f.Indicators), levels)
	}
	if got := strings.Join(waits, " "); got != "" {
		t.Errorf("waiting: %s", got)
	}
	if len(f.NotToClaim) != 1 || !strings.Contains(f.NotToClaim[0].In("fr-FR"), "8.7.1") || !strings.Contains(f.NotToClaim[0].In("sq"), "8.7.1 measures") {
		t.Errorf("%+v", f.NotToClaim)
	}
	if x, ok := f.Find("C3"); !ok || x.Adds != results.Ratio || x.Lines != "133-136, 284" {
		t.Errorf("%+v", x)
	}
	if _, ok := f.Find("Z9"); ok {
		t.Error("an indicator that is not there was found")
	}
}

func TestAWrongFrameworkIsNamed(t *testing.T) {
	good := `{code: a, version: "1", goals: [G1], indicators: [{id: O1, level: output, measure: 1, adds: count, goals: [G1], title: {en: a, fr: b}, means: {en: c, fr: d}}]}`
	if _, err := results.Read([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"id: O1": "id: X1", "level: output": "level: high", "measure: 1": "measure: 3", "adds: count": "adds: average", "goals: [G1], title": "goals: [G9], title",
		"fr: d": "fr: ''", "code: a": "colour: a", "adds: count, goals": "adds: told, goals", "means:": "waits: rain, means:", "indicators: [": "indicators: [{id: O1, level: output, measure: 1, adds: count, goals: [G1], title: {en: a, fr: b}, means: {en: c, fr: d}}, "} {
		if _, err := results.Read([]byte(strings.Replace(good, from, to, 1))); err == nil {
			t.Errorf("%s was taken", to)
		}
	}
}

func TestPopulationsHaveTheirSourceAndYear(t *testing.T) {
	all, err := results.Populations()
	if err != nil || len(all) < 5 || all["AL"].Year != 2023 || all["AL"].People != 2402113 {
		t.Fatal(all, err)
	}
	for _, wrong := range []string{`{AL: {people: 0, year: 2023, source: {en: a, fr: b}}}`, `{AL: {people: 5, source: {en: a, fr: b}}}`, `{AL: {people: 5, year: 2023}}`, `{AL: {people: 5, year: 2023, rate: 3}}`, `{Albania: {people: 5, year: 2023, source: {en: a, fr: b}}}`} {
		if _, err := results.ReadPopulations([]byte(wrong)); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
}
